"""Enumerations, classes and namespaces that a script declares."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fcm.shell.language import tree

if TYPE_CHECKING:
    from fcm.shell.language.expressions import ExpressionParser, Statements
    from fcm.shell.language.scanner import Scanner

_FLAGS = re.compile(r"\[\s*(?:System\.)?Flags(?:Attribute)?\s*\(\s*\)\s*\]\s*(?=enum\b)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_]\w*")
_MODIFIER = re.compile(r"(static|hidden)\b\s*", re.IGNORECASE)


class TypeParser:
    """Reads declarations of types at the place of a scanner."""

    def __init__(self, scan: Scanner, expressions: ExpressionParser, statements: Statements) -> None:
        self._scan = scan
        self._expressions = expressions
        self._statements = statements

    def flags(self) -> bool:
        """Whether ``[Flags()] enum`` stands here; passes all but the name of the type."""
        match = _FLAGS.match(self._scan.text, self._scan.at)
        if match is None:
            return False
        self._scan.at = match.end() + len("enum")
        self._scan.skip_space(newlines=True)
        return True

    def using(self, start: int) -> tree.Node:
        """``namespace Name``."""
        match = re.compile(r"namespace\s+([\w.]+)", re.IGNORECASE).match(self._scan.text, self._scan.at)
        if match is None:
            raise self._scan.unsupported("using for anything but a namespace")
        self._scan.at = match.end()
        return tree.Using(match[1], at=start)

    def enum(self, start: int, flags: bool = False) -> tree.Node:
        """``Name { A; B = 2 }``."""
        name = self._name("The enumeration")
        self._scan.skip_space(newlines=True)
        if self._scan.starts(":"):
            raise self._scan.unsupported("An enumeration with a type of its own")
        self._scan.expect("{", "enum")
        members: list[tuple[str, tree.Node | None]] = []
        while not self._closed():
            member = self._name("The member")
            self._scan.skip_space()
            value = None
            if self._scan.take("="):
                self._scan.skip_space()
                value = self._expressions.expression(lists=False)
            members.append((member, value))
        return tree.EnumType(name, tuple(members), flags, at=start)

    def class_type(self, start: int) -> tree.Node:
        """``Name : Base { members }``."""
        name = self._name("The class")
        self._scan.skip_space(newlines=True)
        base = ""
        if self._scan.take(":"):
            self._scan.skip_space(newlines=True)
            match = re.compile(r"[A-Za-z_][\w.]*").match(self._scan.text, self._scan.at)
            if match is None:
                raise self._scan.fail("The name of the base class is missing.", "Example: class B : A { }.")
            self._scan.at, base = match.end(), match[0]
            self._scan.skip_space(newlines=True)
            if self._scan.starts(","):
                raise self._scan.unsupported("A class with interfaces")
        self._scan.expect("{", "class")
        members: list[tree.ClassMember] = []
        while not self._closed():
            members.append(self._member(name))
        return tree.ClassType(name, base, tuple(members), at=start)

    def _member(self, name: str) -> tree.ClassMember:
        start, kind, static = self._scan.at, "", False
        attributes: list[tree.Attribute] = []
        while True:
            self._scan.skip_space(newlines=True)
            modifier = _MODIFIER.match(self._scan.text, self._scan.at)
            if modifier is not None:
                self._scan.at = modifier.end()
                static = static or modifier[1].lower() == "static"
            elif (attribute := self._expressions.types.attribute()) is not None:
                attributes.append(attribute)
            elif (found := self._expressions.types.type_name()) is not None:
                kind = found
            else:
                break
        if self._scan.peek() == "$":
            variable = self._expressions.dollar()
            if not isinstance(variable, tree.Variable):
                raise self._scan.fail("A property must be a variable.", "Example: [string]$Name.")
            self._scan.skip_space()
            value = None
            if self._scan.take("="):
                self._scan.skip_space(newlines=True)
                value = self._statements.statement()
            return tree.ClassMember(variable.name, kind, static, value, attributes=tuple(attributes), at=start)
        method = self._name("The method")
        self._scan.skip_space()
        parameters = self._expressions.declared(self._scan.at)
        self._scan.skip_space(newlines=True)
        given: tuple[tree.Node, ...] | None = None
        if self._scan.take(":"):
            self._scan.skip_space(newlines=True)
            word = self._name("base")
            if word.casefold() != "base":
                raise self._scan.fail("Only base(...) can follow the colon.", "Example: B($n) : base($n) { }.")
            self._scan.skip_space()
            given = self._expressions.arguments()
            self._scan.skip_space(newlines=True)
        begin = self._scan.at
        self._scan.expect("{", "The method")
        block = self._expressions.block(begin)
        block = tree.ScriptBlock((parameters, *block.body), block.origin, block.span, at=begin)
        return tree.ClassMember(method, kind, static, None, block, given, at=start)

    def _name(self, what: str) -> str:
        match = _NAME.match(self._scan.text, self._scan.at)
        if match is None:
            raise self._scan.fail(f"{what} has no name.", "Add a name.")
        self._scan.at = match.end()
        return match[0]

    def _closed(self) -> bool:
        self._scan.skip_space(newlines=True)
        while self._scan.take(";"):
            self._scan.skip_space(newlines=True)
        return self._scan.take("}")
