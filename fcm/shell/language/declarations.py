"""Parameters that a script, function or block declares: ``param([string]$Name = 'x', [switch]$Force)``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fcm.shell.language import tree
from fcm.shell.language.expressions import CAST_TYPES

if TYPE_CHECKING:
    from fcm.shell.language.expressions import ExpressionParser
    from fcm.shell.language.scanner import Scanner

_BINDING = re.compile(r"\[\s*CmdletBinding\s*\([^()\[\]]*\)\s*\]\s*(?=param\b)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\[\s*([A-Za-z]+)\s*\(")
_MOST = 100
"""Parameters of one block."""


class DeclarationParser:
    """Reads ``param( )`` at the place of a scanner."""

    def __init__(self, scan: Scanner, expressions: ExpressionParser) -> None:
        self._scan = scan
        self._expressions = expressions

    def skip_binding(self) -> None:
        """Pass ``[CmdletBinding()]`` before ``param``: every function here has the common parameters."""
        match = _BINDING.match(self._scan.text, self._scan.at)
        if match is not None:
            self._scan.at = match.end()

    def parameters(self, start: int) -> tree.ParamBlock:
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
        return tree.ParamBlock(tuple(found), at=start)

    def _declaration(self) -> tree.Declaration:
        start, kind, needed = self._scan.at, "", False
        choices: tuple[str, ...] = ()
        while self._scan.peek() == "[":
            attribute = _ATTRIBUTE.match(self._scan.text, self._scan.at)
            if attribute is None:
                kind = self._type()
            elif attribute[1].lower() == "validateset":
                self._scan.at = attribute.end() - 1
                choices = tuple(self._choice(node) for node in self._expressions.arguments())
                self._close()
            elif attribute[1].lower() == "parameter":
                self._scan.at = attribute.end()
                needed = self._mandatory()
            else:
                raise self._scan.fail(
                    f"The attribute [{attribute[1]}] is not supported.",
                    "Parameter(Mandatory=$true) and ValidateSet(...) are supported.",
                )
            self._scan.skip_space(newlines=True)
        variable = self._expressions.dollar() if self._scan.peek() == "$" else None
        if not isinstance(variable, tree.Variable):
            raise self._scan.fail("A parameter must be a variable.", "Example: param($Name, [switch]$Force).")
        self._scan.skip_space()
        default = None
        if self._scan.take("="):
            self._scan.skip_space(newlines=True)
            default = self._expressions.expression(lists=False)
        return tree.Declaration(variable.name, kind, default, needed, choices, at=start)

    def _type(self) -> str:
        start = self._scan.at
        found = self._expressions.type_name()
        name, is_list = ("switch", False) if found == ("switchparameter", False) else found or ("", False)
        if name not in CAST_TYPES and name != "switch":
            raise self._scan.fail("The type of the parameter is unknown.", "Use string, int, bool, switch ...", start)
        return f"{name}[]" if is_list else name

    def _choice(self, node: tree.Node) -> str:
        if not isinstance(node, tree.Literal):
            raise self._scan.fail("ValidateSet requires strings.", "Example: [ValidateSet('Live', 'Quick')].")
        return str(node.value)

    def _close(self) -> None:
        self._scan.skip_space(newlines=True)
        self._scan.expect("]", "The attribute")

    def _mandatory(self) -> bool:
        """``Mandatory=$true)]`` or ``Mandatory)]``."""
        match = re.compile(r"\s*(?:Mandatory\s*(?:=\s*\$(true|false)\s*)?)?\)\s*\]", re.IGNORECASE).match(
            self._scan.text, self._scan.at
        )
        if match is None:
            raise self._scan.fail(
                "[Parameter()] supports only Mandatory.",
                "Example: [Parameter(Mandatory=$true)].",
            )
        written = match[0].lower()
        self._scan.at = match.end()
        return "mandatory" in written and match[1] != "false"
