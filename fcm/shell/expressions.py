"""Expressions of the language: recursive descent with precedence climbing.

Precedence follows PowerShell: logical < comparison < additive < multiplicative < format < range < comma < unary.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from fcm.shell import tree
from fcm.shell.scanner import DASHES, DOUBLE, ESCAPES, SINGLE, Scanner, TokenKind, number

DEPTH = 40
"""Nestings that a script may have."""
CHAIN = 200
"""Operators in one row."""
_COMPARISONS = (
    *("eq", "ne", "gt", "ge", "lt", "le", "like", "notlike", "match", "notmatch", "contains", "notcontains", "in"),
    *("notin", "replace", "split", "join", "is", "isnot", "as"),
)
_PREFIXED = {prefix + name: name for name in _COMPARISONS[:15] for prefix in "ic"}
PRECEDENCE = {
    **dict.fromkeys(("-and", "-or", "-xor"), 1),
    **dict.fromkeys((f"-{name}" for name in _COMPARISONS), 2),
    "+": 3,
    "-": 3,
    **dict.fromkeys(("*", "/", "%"), 4),
    "-f": 5,
    "..": 6,
}
_STATEMENTS = (tree.Pipeline, tree.Assignment, tree.If, tree.ForEach, tree.Try, tree.Throw)
CAST_TYPES = frozenset(("int", "long", "string", "bool", "double", "datetime", "array", "xml"))


class ExpressionParser(Scanner, ABC):
    """Reads expressions; what needs statements is left to the parser of statements."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0

    @abstractmethod
    def statements(self, end: str) -> tuple[tree.Node, ...]:
        """Statements up to and with the closing ``end``."""

    @abstractmethod
    def statement(self) -> tree.Node:
        """One statement."""

    def enter(self) -> None:
        """One level deeper.

        Raises:
            ShellSyntaxError: the script is nested too deeply.
        """
        self.depth += 1
        if self.depth > DEPTH:
            raise self.fail(f"The script is nested deeper than {DEPTH} levels.", "Use variables for its parts.")

    def leave(self) -> None:
        """One level up."""
        self.depth -= 1

    # operators

    def expression(self, least: int = 1) -> tree.Node:
        """An expression whose operators bind at least as strongly as ``least``."""
        self.enter()
        left = self.comma()
        length = 0
        while True:
            self.skip_space()
            start = self.at
            operator, width = self._operator()
            if not operator or PRECEDENCE[operator] < least:
                break
            length += 1
            if length > CHAIN:
                raise self.fail(f"More than {CHAIN} operators stand in one row.", "Use variables for the parts.")
            self.at += width
            self.mark(TokenKind.OPERATOR, start)
            self.skip_space(newlines=True)
            right = self.expression(PRECEDENCE[operator] + 1)
            left = tree.Binary(operator, left, right, at=left.at)
        self.leave()
        return left

    def _operator(self) -> tuple[str, int]:
        word = self.dashed_word()
        if word:
            name = _PREFIXED.get(word, word)
            return (f"-{name}", len(word) + 1) if f"-{name}" in PRECEDENCE else ("", 0)
        if self.starts(".."):
            return "..", 2
        char = self.peek()
        if char and char in DASHES and self.peek(1) != "=":
            return "-", 1
        return (char, 1) if char and char in "+*/%" and self.peek(1) != "=" else ("", 0)

    def comma(self) -> tree.Node:
        """Operands with commas between them."""
        first = self.unary()
        items = [first]
        while True:
            self.skip_space()
            if not self.take(","):
                break
            self.skip_space(newlines=True)
            items.append(self.unary())
        return first if len(items) == 1 else tree.Sequence(tuple(items), at=first.at)

    def unary(self) -> tree.Node:
        """An operand with the signs before it."""
        start, word = self.at, self.dashed_word()
        if word == "not" or self.peek() == "!":
            self.at += 4 if word else 1
            return self._signed("-not", start)
        if word in ("join", "split"):
            self.at += len(word) + 1
            return self._signed(f"-{word}", start)
        if self.peek() and self.peek() in DASHES + "+" and not word:
            sign = "+" if self.peek() == "+" else "-"
            self.at += 1
            return self._signed(sign, start)
        match = re.compile(r"\[\s*([A-Za-z.]+)(\[\])?\s*\]").match(self.text, self.at)
        if match is not None:
            name = match[1].lower().removeprefix("system.")
            name = {"int32": "int", "int64": "long", "boolean": "bool"}.get(name, name)
            if name not in CAST_TYPES:
                raise self.fail(f"The type [{match[1]}] is not known.", f"Known are {', '.join(sorted(CAST_TYPES))}.")
            self.at = match.end()
            self.mark(TokenKind.KEYWORD, start)
            self.skip_space()
            self.enter()
            operand = self.unary()
            self.leave()
            return tree.Cast("array" if match[2] else name, operand, at=start)
        return self.postfix(self.primary())

    def _signed(self, operator: str, start: int) -> tree.Node:
        self.mark(TokenKind.OPERATOR, start)
        self.skip_space()
        self.enter()
        operand = self.unary()
        self.leave()
        if operator == "-" and isinstance(operand, tree.Literal) and isinstance(operand.value, int | float):
            return tree.Literal(-operand.value, f"-{operand.word}", at=start)
        return tree.Unary(operator, operand, at=start)

    # operands

    def postfix(self, node: tree.Node) -> tree.Node:
        """Member access, calls and indexes that follow an operand without a blank."""
        for _ in range(CHAIN // 2):
            char, following = self.peek(), self.peek(1)
            if char == "." and following and (following.isalpha() or following in "_" + SINGLE + DOUBLE):
                self.at += 1
                node = self._member(node)
            elif char == "[":
                self.at += 1
                self.skip_space(newlines=True)
                index = self.expression()
                self.skip_space(newlines=True)
                self.expect("]", "The index")
                node = tree.Index(node, index, at=node.at)
            else:
                return node
        raise self.fail("Too many members in one row.", "Use variables for the parts.")

    def _member(self, node: tree.Node) -> tree.Node:
        if self.peek() in SINGLE:
            name = self.read_single()
        elif self.peek() in DOUBLE:
            read = self.read_double()
            name = read.value if isinstance(read, tree.Literal) and isinstance(read.value, str) else ""
        else:
            match = re.compile(r"\w+").match(self.text, self.at)
            assert match is not None
            name, self.at = match[0], match.end()
        if self.peek() != "(":
            return tree.Member(node, name, at=node.at)
        self.take("(")
        self.skip_space(newlines=True)
        arguments: list[tree.Node] = []
        while self.peek() != ")":
            arguments.append(self.expression_without_comma())
            self.skip_space(newlines=True)
            if not self.take(","):
                break
            self.skip_space(newlines=True)
        self.expect(")", "The call")
        return tree.Call(node, name, tuple(arguments), at=node.at)

    def expression_without_comma(self) -> tree.Node:
        """One argument of a call."""
        self.enter()
        node = self.unary()
        self.leave()
        return node

    def primary(self) -> tree.Node:
        """One operand."""
        start, char = self.at, self.peek()
        if not char:
            raise self.fail("The text ends where a value should stand.", "Write a value.")
        if char in SINGLE:
            return tree.Literal(self.read_single(), at=start)
        if char in DOUBLE:
            return self.read_double()
        if char == "$":
            return self.dollar()
        if char == "(":
            return self.group()
        if char == "@":
            return self._at_sign()
        if char == "{":
            self.take("{")
            return tree.ScriptBlock(self._block("}"), at=start)
        found = self.read_number()
        if found is not None:
            return tree.Literal(found[0], found[1], at=start)
        raise self.fail(
            f"{self._here()!r} is no value.", "Put a text into quotes, a command into parentheses, $ before a variable."
        )

    def _here(self) -> str:
        match = re.compile(r"[^\s;|(){},]+|.").match(self.text, self.at)
        return match[0][:40] if match else ""

    def dollar(self) -> tree.Node:
        """A variable or ``$( ... )``."""
        start = self.at
        if self.peek(1) == "(":
            self.take("$(")
            return tree.SubExpression(self._block(")"), at=start)
        name = self.read_variable()
        if name is None:
            raise self.fail("A variable needs a name after $.", "Put the text into single quotes if $ is meant.")
        return tree.Variable(name, at=start)

    def group(self) -> tree.Node:
        """``( statement )``; parentheses around a mere expression leave no node of their own."""
        start = self.at
        self.take("(")
        self.enter()
        self.skip_space(newlines=True)
        body = self.statement()
        self.skip_space(newlines=True)
        self.expect(")", "The parenthesis")
        self.leave()
        return tree.Group(body, at=start) if isinstance(body, _STATEMENTS) else body

    def _at_sign(self) -> tree.Node:
        start = self.at
        if self.peek(1) and self.peek(1) in SINGLE + DOUBLE:
            text, expands = self.read_here()
            return self.expanded(text, start) if expands else tree.Literal(text, at=start)
        if self.take("@("):
            return tree.ArrayExpression(self._block(")"), at=start)
        if self.take("@{"):
            self.enter()
            entries = self._entries()
            self.leave()
            return tree.Hash(entries, at=start)
        raise self.fail("@ begins no value.", "Write @( ... ) for a list or @{ ... } for a table.")

    def _entries(self) -> tuple[tuple[tree.Node, tree.Node], ...]:
        entries: list[tuple[tree.Node, tree.Node]] = []
        while True:
            self.skip_space(newlines=True)
            while self.take(";"):
                self.skip_space(newlines=True)
            if self.take("}"):
                return tuple(entries)
            start = self.at
            match = re.compile(r"[A-Za-z_]\w*").match(self.text, self.at)
            if match is not None:
                self.at = match.end()
                self.mark(TokenKind.WORD, start)
                key: tree.Node = tree.Literal(match[0], at=start)
            else:
                key = self.postfix(self.primary())
            self.skip_space()
            self.expect("=", "The key")
            self.skip_space(newlines=True)
            entries.append((key, self.statement()))
            self.skip_space()
            if self.peek() not in (";", "\n", "}"):
                raise self.fail("The table has no end.", "Separate its entries by ; and end it with }.")

    def _block(self, end: str) -> tuple[tree.Node, ...]:
        self.enter()
        body = self.statements(end)
        self.leave()
        return body

    # texts

    def read_double(self) -> tree.Node:
        """A text in double quotes, with what is to be expanded in it."""
        start = self.at
        self.at += 1
        parts: list[str | tree.Node] = []
        text: list[str] = []
        before = len(self.tokens)
        while True:
            char = self.peek()
            if not char:
                raise self.fail("The text has no end.", "End it with a double quote.", start)
            if char in DOUBLE:
                if not self.peek(1) or self.peek(1) not in DOUBLE:
                    break
                text.append(self.peek(1))
                self.at += 2
            else:
                self.piece(parts, text)
        self.at += 1
        if len(self.tokens) == before:
            self.mark(TokenKind.TEXT, start)
        return self._joined(parts, text, start)

    def expanded(self, text: str, start: int) -> tree.Node:
        """What a here-string expands to; errors in it are placed at its start."""
        inner = type(self)(text)
        inner.depth = self.depth + 1
        parts: list[str | tree.Node] = []
        plain: list[str] = []
        while inner.peek():
            inner.piece(parts, plain)
        return self._joined(parts, plain, start)

    def piece(self, parts: list[str | tree.Node], text: list[str]) -> None:
        """One character, escape or expansion of a text in double quotes."""
        char = self.peek()
        if char == "`" and self.peek(1):
            text.append(ESCAPES.get(self.peek(1), self.peek(1)))
            self.at += 2
        elif char == "$" and (self.peek(1) == "(" or self._names_variable()):
            node = self.dollar()
            if text:
                parts.append("".join(text))
                text.clear()
            parts.append(node)
        else:
            text.append(char)
            self.at += 1

    def _names_variable(self) -> bool:
        following = self.peek(1)
        return bool(following) and ((following.isascii() and following.isalpha()) or following in "_{?")

    def _joined(self, parts: list[str | tree.Node], text: list[str], start: int) -> tree.Node:
        if text:
            parts.append("".join(text))
        if all(isinstance(part, str) for part in parts):
            return tree.Literal("".join(str(part) for part in parts), at=start)
        merged: list[str | tree.Node] = []
        for part in parts:
            if isinstance(part, str) and merged and isinstance(merged[-1], str):
                merged[-1] += part
            else:
                merged.append(part)
        return tree.Expanded(tuple(merged), at=start)

    def word(self, stop: frozenset[str]) -> tree.Node:
        """A bare word of a command, up to a character of ``stop``; quotes and variables in it are part of it."""
        start = self.at
        parts: list[str | tree.Node] = []
        text: list[str] = []
        bare = True
        while (char := self.peek()) and char not in stop:
            if char in SINGLE and self.at > start:
                text.append(self.read_single())
                bare = False
            elif char in DOUBLE:
                bare = False
                node = self.read_double()
                if isinstance(node, tree.Expanded):
                    if text:
                        parts.append("".join(text))
                        text.clear()
                    parts.extend(node.parts)
                else:
                    assert isinstance(node, tree.Literal)
                    text.append(str(node.value))
            else:
                bare = bare and char not in "`$"
                self.piece(parts, text)
        if bare:
            self.mark(TokenKind.WORD, start)
            written = self.text[start : self.at]
            value = number(written)
            return tree.Literal(written if value is None else value, written, at=start)
        return self._joined(parts, text, start)
