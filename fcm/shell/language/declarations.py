"""Parameters that a script, function or block declares: ``param([string]$Name = 'x', [switch]$Force)``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fcm.shell.language import tree

if TYPE_CHECKING:
    from fcm.shell.language.expressions import ExpressionParser
    from fcm.shell.language.scanner import Scanner

_BEFORE_PARAM = re.compile(r"\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]\s*(?=\[|param\b)", re.IGNORECASE)
_MOST = 100
"""Parameters of one block."""


class DeclarationParser:
    """Reads ``param( )`` at the place of a scanner."""

    def __init__(self, scan: Scanner, expressions: ExpressionParser) -> None:
        self._scan = scan
        self._expressions = expressions

    def binding(self) -> tuple[tree.Attribute, ...]:
        """``[CmdletBinding()]`` and the like before ``param``; passes them."""
        found: list[tree.Attribute] = []
        before = self._scan.at
        while _BEFORE_PARAM.match(self._scan.text, self._scan.at) and (one := self._expressions.types.attribute()):
            found.append(one)
            self._scan.skip_space(newlines=True)
        if not re.compile(r"param\b", re.IGNORECASE).match(self._scan.text, self._scan.at):
            self._scan.at = before
            return ()
        return tuple(found)

    def parameters(self, start: int, attributes: tuple[tree.Attribute, ...] = ()) -> tree.ParamBlock:
        """``( declaration, ... )``."""
        self._scan.expect("(", "param")
        found: list[tree.Declaration] = []
        self._scan.skip_space(newlines=True)
        while self._scan.peek() != ")":
            found.append(self._declaration())
            if len(found) > _MOST:
                raise self._scan.fail(f"More than {_MOST} parameters are not allowed.", "Use a hashtable instead.")
            self._scan.skip_space(newlines=True)
            if not self._scan.take(","):
                break
            self._scan.skip_space(newlines=True)
        self._scan.expect(")", "param")
        names = [one.name.casefold() for one in found]
        if len(set(names)) < len(names):
            raise self._scan.fail("Two parameters have the same name.", "Use a unique name for each parameter.", start)
        return tree.ParamBlock(tuple(found), attributes, at=start)

    def _declaration(self) -> tree.Declaration:
        start, kind = self._scan.at, ""
        attributes: list[tree.Attribute] = []
        while self._scan.peek() == "[":
            attribute = self._expressions.types.attribute()
            if attribute is not None:
                attributes.append(attribute)
            else:
                kind = self._type()
            self._scan.skip_space(newlines=True)
        variable = self._expressions.dollar() if self._scan.peek() == "$" else None
        if not isinstance(variable, tree.Variable):
            raise self._scan.fail("A parameter must be a variable.", "Example: param($Name, [switch]$Force).")
        self._scan.skip_space(newlines=True)
        default = None
        if self._scan.take("="):
            self._scan.skip_space(newlines=True)
            default = self._expressions.expression(lists=False)
        needed = any(one.name.casefold() == "parameter" and _says(one.value("Mandatory")) for one in attributes)
        sets = next((one for one in attributes if one.name.casefold() == "validateset"), None)
        choices = () if sets is None else tuple(map(self._choice, sets.arguments))
        return tree.Declaration(variable.name, kind, default, needed, choices, tuple(attributes), at=start)

    def _type(self) -> str:
        start = self._scan.at
        found = self._expressions.types.type_name()
        if found is None:
            raise self._scan.fail("The type of the parameter is unknown.", "Use string, int, bool, switch ...", start)
        return "switch" if found.casefold().endswith("switchparameter") else found

    def _choice(self, node: tree.Node) -> str:
        if not isinstance(node, tree.Literal):
            raise self._scan.unsupported("ValidateSet with values that are not written out")
        return str(node.value)


def _says(given: tree.Node | bool | None) -> bool:
    """Whether an argument of an attribute means yes: its mere name, or $true."""
    if isinstance(given, tree.Variable):
        return given.name.casefold() == "true"
    return given is True or (isinstance(given, tree.Literal) and bool(given.value))
