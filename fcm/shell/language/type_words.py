"""Types in brackets and attributes: ``[int[]]``, ``[List[string]]``, ``[ValidateRange(1, 5)]``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from fcm.shell.language import tree

if TYPE_CHECKING:
    from fcm.shell.language.scanner import Scanner

CAST_TYPES = frozenset(
    (
        "int",
        "long",
        "string",
        "bool",
        "double",
        "datetime",
        "timespan",
        "array",
        "xml",
        "object",
        "hashtable",
        "pscustomobject",
    )
)
_TYPE_WORD = re.compile(r"[A-Za-z_][\w.+]*(?:`\d+)?")
_ATTRIBUTE = re.compile(r"\[\s*([A-Za-z_][\w.]*)\s*\(")
_TYPE_NAMES = {
    **{"int32": "int", "int64": "long", "boolean": "bool", "management.automation.psobject": "psobject"},
    **{"management.automation.pscustomobject": "pscustomobject", "collections.hashtable": "hashtable"},
}


class Expressions(Protocol):
    """Reads the expressions that stand in attributes."""

    def expression(self, least: int = ..., lists: bool = ...) -> tree.Node:
        """An expression."""


class TypeWords:
    """Reads types and attributes at the place of a scanner."""

    def __init__(self, scan: Scanner, expressions: Expressions) -> None:
        self._scan = scan
        self._expressions = expressions

    def type_name(self) -> str | None:
        """The type in brackets that stands here, in its short form where it has one; passes it. None: it is none."""
        start = self._scan.at
        if not self._scan.starts("["):
            return None
        self._scan.at += 1
        self._scan.skip_space()
        name = self._type_inside()
        self._scan.skip_space()
        if name is None or not self._scan.starts("]"):
            self._scan.at = start
            return None
        self._scan.at += 1
        return name

    def _type_inside(self) -> str | None:
        match = _TYPE_WORD.match(self._scan.text, self._scan.at)
        if match is None:
            return None
        self._scan.at = match.end()
        plain = match[0].partition("`")[0]
        folded = plain.lower().removeprefix("system.")
        name = _TYPE_NAMES.get(folded, folded if folded in CAST_TYPES else plain)
        while self._scan.peek() == "[":
            before = self._scan.at
            self._scan.at += 1
            commas = re.compile(r"[\s,]*").match(self._scan.text, self._scan.at)
            assert commas is not None
            if self._scan.text.startswith("]", commas.end()):
                self._scan.at = commas.end() + 1
                name += f"[{',' * commas[0].count(',')}]"
                continue
            parts: list[str] = []
            while (part := self._type_inside()) is not None:
                parts.append(part)
                self._scan.skip_space()
                if not self._scan.starts(","):
                    break
                self._scan.at += 1
                self._scan.skip_space()
            if not parts or not self._scan.starts("]"):
                self._scan.at = before
                return None
            self._scan.at += 1
            name += f"[{','.join(parts)}]"
        return name

    def attribute(self) -> tree.Attribute | None:
        """``[Name(values, Name = value)]`` that stands here; passes it. None: there is none."""
        match = _ATTRIBUTE.match(self._scan.text, self._scan.at)
        if match is None:
            return None
        start, self._scan.at = self._scan.at, match.end()
        given: list[tree.Node] = []
        named: list[tuple[str, tree.Node | None]] = []
        self._scan.skip_space(newlines=True)
        while self._scan.peek() != ")":
            word = re.compile(r"([A-Za-z_]\w*)\s*(=(?!=)|(?=[,)\s]))").match(self._scan.text, self._scan.at)
            if word is None:
                given.append(self._expressions.expression(lists=False))
            else:
                self._scan.at = word.end()
                self._scan.skip_space(newlines=True)
                named.append((word[1], self._expressions.expression(lists=False) if word[2] else None))
            self._scan.skip_space(newlines=True)
            if not self._scan.take(","):
                break
            self._scan.skip_space(newlines=True)
        self._scan.expect(")", "The attribute")
        self._scan.skip_space(newlines=True)
        self._scan.expect("]", "The attribute")
        name = match[1].removeprefix("System.Management.Automation.").removesuffix("Attribute")
        return tree.Attribute(name, tuple(given), tuple(named), at=start)
