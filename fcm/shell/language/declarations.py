"""Parameters that a script, function or block declares: ``param([string]$Name = 'x', [switch]$Force)``."""

from __future__ import annotations

import re

from fcm.shell.language import tree
from fcm.shell.language.expressions import CAST_TYPES
from fcm.shell.language.pipelines import PipelineParser

_BINDING = re.compile(r"\[\s*CmdletBinding\s*\([^()\[\]]*\)\s*\]\s*(?=param\b)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\[\s*([A-Za-z]+)\s*\(")
_MOST = 100
"""Parameters of one block."""


class DeclarationParser(PipelineParser):
    """Reads ``param( )``."""

    def skip_binding(self) -> None:
        """Pass ``[CmdletBinding()]`` before ``param``: every function here has the common parameters."""
        match = _BINDING.match(self.text, self.at)
        if match is not None:
            self.at = match.end()

    def parameters(self, start: int) -> tree.ParamBlock:
        """``( declaration, ... )``."""
        self.expect("(", "param")
        found: list[tree.Declaration] = []
        self.skip_space(newlines=True)
        while self.peek() != ")":
            found.append(self._declaration())
            if len(found) > _MOST:
                raise self.fail(f"There are more than {_MOST} parameters.", "Use a table for them.")
            self.skip_space(newlines=True)
            if not self.take(","):
                break
            self.skip_space(newlines=True)
        self.expect(")", "param")
        names = [one.name.casefold() for one in found]
        if len(set(names)) < len(names):
            raise self.fail("Two parameters have the same name.", "Give each a name of its own.", start)
        return tree.ParamBlock(tuple(found), at=start)

    def _declaration(self) -> tree.Declaration:
        start, kind, needed = self.at, "", False
        choices: tuple[str, ...] = ()
        while self.peek() == "[":
            attribute = _ATTRIBUTE.match(self.text, self.at)
            if attribute is None:
                kind = self._type()
            elif attribute[1].lower() == "validateset":
                self.at = attribute.end() - 1
                choices = tuple(self._choice(node) for node in self.arguments())
                self._close()
            elif attribute[1].lower() == "parameter":
                self.at = attribute.end()
                needed = self._mandatory()
            else:
                raise self.fail(
                    f"The attribute [{attribute[1]}] is not part of this shell's language.",
                    "Parameter(Mandatory=$true) and ValidateSet(...) are.",
                )
            self.skip_space(newlines=True)
        variable = self.dollar() if self.peek() == "$" else None
        if not isinstance(variable, tree.Variable):
            raise self.fail("A parameter needs a variable.", "Write param($Name, [switch]$Force).")
        self.skip_space()
        default = None
        if self.take("="):
            self.skip_space(newlines=True)
            default = self.expression(lists=False)
        return tree.Declaration(variable.name, kind, default, needed, choices, at=start)

    def _type(self) -> str:
        start = self.at
        found = self.type_name()
        name, is_list = ("switch", False) if found == ("switchparameter", False) else found or ("", False)
        if name not in CAST_TYPES and name != "switch":
            raise self.fail("The type of the parameter is not known.", "Use string, int, bool, switch ...", start)
        return f"{name}[]" if is_list else name

    def _choice(self, node: tree.Node) -> str:
        if not isinstance(node, tree.Literal):
            raise self.fail("ValidateSet needs texts.", "Write [ValidateSet('Live', 'Quick')].")
        return str(node.value)

    def _close(self) -> None:
        self.skip_space(newlines=True)
        self.expect("]", "The attribute")

    def _mandatory(self) -> bool:
        """``Mandatory=$true)]`` or ``Mandatory)]``."""
        match = re.compile(r"\s*(?:Mandatory\s*(?:=\s*\$(true|false)\s*)?)?\)\s*\]", re.IGNORECASE).match(
            self.text, self.at
        )
        if match is None:
            raise self.fail(
                "Of [Parameter()] only Mandatory is part of this shell's language.",
                "Write [Parameter(Mandatory=$true)].",
            )
        written = match[0].lower()
        self.at = match.end()
        return "mandatory" in written and match[1] != "false"
