"""Expressions of the language: recursive descent with precedence climbing.

Precedence follows PowerShell: logical < bitwise < comparison < additive < multiplicative < format < range < comma <
unary.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Protocol

from fcm.shell.language import tree
from fcm.shell.language.kinds import Integer
from fcm.shell.language.scanner import DASHES, DOUBLE, SINGLE, Scanner, Token, TokenKind
from fcm.shell.language.texts import TextReader
from fcm.shell.language.type_words import TypeWords
from fcm.text.words import quoted

CHAIN = 200
"""Operators in one row."""
_COMPARISONS = (
    *("eq", "ne", "gt", "ge", "lt", "le", "like", "notlike", "match", "notmatch", "contains", "notcontains", "in"),
    *("notin", "replace", "split", "join", "is", "isnot", "as", "shl", "shr"),
)
_CASED = _COMPARISONS[:16]
"""Operators that have a form with i (case does not count, as without it) and one with c (case counts)."""
_PREFIXED = {f"i{name}": name for name in _CASED}
PRECEDENCE = {
    **dict.fromkeys(("-and", "-or", "-xor"), 1),
    **dict.fromkeys(("-band", "-bor", "-bxor"), 2),
    **dict.fromkeys((f"-{name}" for name in (*_COMPARISONS, *(f"c{name}" for name in _CASED))), 3),
    "??": 4,
    "+": 5,
    "-": 5,
    **dict.fromkeys(("*", "/", "%"), 6),
    "-f": 7,
    "..": 8,
}
_VALUE = SINGLE + DOUBLE + "$(@{[!0123456789."


class Statements(Protocol):
    """Reads the statements that stand in expressions."""

    def statements(self, end: str) -> tuple[tree.Node, ...]:
        """Statements up to and with the closing ``end``."""

    def statement(self) -> tree.Node:
        """One statement."""

    def within(self, text: str) -> TextReader:
        """A reader for a text that stands inside of the one being read, one level deeper."""

    def declared(self, start: int) -> tree.ParamBlock:
        """Parameters in parentheses."""


class ExpressionParser:
    """Reads expressions at the place of a scanner; what needs statements is left to another reader."""

    def __init__(self, scan: Scanner, statements: Statements, origin: tree.Source | None = None) -> None:
        self._scan = scan
        self._statements = statements
        self.texts = TextReader(scan, self)
        self.types = TypeWords(scan, self)
        self._origin = origin
        self._read: dict[int, tuple[tree.SubExpression, int, list[Token]]] = {}
        """Subexpressions by where they begin, with their end and their tokens."""

    def within(self, text: str) -> TextReader:
        """A reader for a text that stands inside of the one being read, one level deeper."""
        return self._statements.within(text)

    def declared(self, start: int) -> tree.ParamBlock:
        """Parameters in parentheses that stand here, as those of a method."""
        return self._statements.declared(start)

    # operators

    def expression(self, least: int = 1, lists: bool = True) -> tree.Node:
        """An expression whose operators bind at least as strongly as ``least``; ``lists``: commas may stand in it."""
        self._scan.enter()
        left = self.comma() if lists else self.unary()
        length = 0
        while True:
            self._scan.skip_space()
            start = self._scan.at
            operator, width = self._operator()
            if not operator or PRECEDENCE[operator] < least:
                break
            length += 1
            if length > CHAIN:
                raise self._scan.fail(
                    f"The expression has more than {CHAIN} operators.", "Split the expression with variables."
                )
            self._scan.at += width
            self._scan.mark(TokenKind.OPERATOR, start)
            self._scan.skip_space(newlines=True)
            right = self.expression(PRECEDENCE[operator] + 1, lists)
            left = tree.Binary(operator, left, right, at=left.at)
        self._scan.leave()
        if least == 1 and self._scan.peek() == "?" and self._scan.peek(1) not in ("?", ".", "["):
            return self._ternary(left, lists)
        return left

    def _ternary(self, test: tree.Node, lists: bool) -> tree.Node:
        """``? first : second`` after its test."""
        self._scan.take("?")
        self._scan.skip_space(newlines=True)
        first = self.expression(lists=lists)
        self._scan.skip_space(newlines=True)
        self._scan.expect(":", "The ternary operator")
        self._scan.skip_space(newlines=True)
        return tree.Ternary(test, first, self.expression(lists=lists), at=test.at)

    def _operator(self) -> tuple[str, int]:
        word = self._scan.dashed_word()
        if word:
            name = _PREFIXED.get(word, word)
            return (f"-{name}", len(word) + 1) if f"-{name}" in PRECEDENCE else ("", 0)
        if self._scan.starts(".."):
            return "..", 2
        if self._scan.starts("??") and self._scan.peek(2) != "=":
            return "??", 2
        char = self._scan.peek()
        if char and char in DASHES and self._scan.peek(1) != "=":
            return "-", 1
        return (char, 1) if char and char in "+*/%" and self._scan.peek(1) != "=" else ("", 0)

    def comma(self) -> tree.Node:
        """Operands with commas between them; a comma before the first makes a list of it."""
        start = self._scan.at
        if self._scan.take(","):
            self._scan.skip_space(newlines=True)
            self._scan.enter()
            inner = self.comma()
            self._scan.leave()
            return tree.Sequence((inner,), at=start)
        first = self.unary()
        items = [first]
        while True:
            self._scan.skip_space()
            if not self._scan.take(","):
                break
            self._scan.skip_space(newlines=True)
            items.append(self.unary())
        return first if len(items) == 1 else tree.Sequence(tuple(items), at=first.at)

    def unary(self) -> tree.Node:
        """An operand with the signs before it."""
        start, word = self._scan.at, self._scan.dashed_word()
        if word == "not" or self._scan.peek() == "!":
            self._scan.at += 4 if word else 1
            return self._signed("-not", start)
        if word in ("join", "split", "bnot", "isplit", "csplit", "inot"):
            self._scan.at += len(word) + 1
            return self._signed("-split" if word == "isplit" else f"-{word}", start)
        if self._scan.starts("++") or (
            self._scan.peek() and self._scan.peek() in DASHES and self._scan.peek(1) and self._scan.peek(1) in DASHES
        ):
            found = self._incremented(start)
            if found is not None:
                return found
        if self._scan.peek() and self._scan.peek() in DASHES + "+" and not word:
            sign = "+" if self._scan.peek() == "+" else "-"
            self._scan.at += 1
            return self._signed(sign, start)
        if self._scan.peek() == "[":
            return self._bracketed(start)
        return self._counted(self.postfix(self.primary()))

    def _bracketed(self, start: int) -> tree.Node:
        """A type as a value, a cast, a static member, or an attribute before a variable."""
        attribute = self.types.attribute()
        if attribute is not None:
            self._scan.skip_space(newlines=True)
            self._scan.enter()
            operand = self.unary()
            self._scan.leave()
            return tree.Guarded(attribute, operand, at=start)
        name = self.types.type_name()
        if name is None:
            raise self._scan.fail(f"{quoted(self._scan.here())} is not a value.", "Enclose text in quotes.")
        self._scan.mark(TokenKind.KEYWORD, start)
        if self._scan.starts("::"):
            return self._counted(self.postfix(tree.TypeName(name, at=start)))
        if self._scan.peek() == ".":
            return self.postfix(tree.TypeName(name, at=start))
        before = self._scan.at
        self._scan.skip_space()
        char, following = self._scan.peek(), self._scan.peek(1)
        signed = bool(char) and char in DASHES + "+" and bool(following) and (following.isdigit() or following in "$(.")
        if not char or (char not in _VALUE and char != "," and not signed) or char == ",":
            self._scan.at = before
            return tree.TypeName(name, at=start)
        self._scan.enter()
        operand = self.unary()
        self._scan.leave()
        return tree.Cast(name, operand, at=start)

    def _signed(self, operator: str, start: int) -> tree.Node:
        self._scan.mark(TokenKind.OPERATOR, start)
        self._scan.skip_space()
        self._scan.enter()
        operand = self.unary()
        self._scan.leave()
        if operator == "-" and isinstance(operand, tree.Literal) and isinstance(operand.value, int | float | Decimal):
            below = -operand.value
            kind = type(operand.value)
            if isinstance(operand.value, Integer) and not kind.low <= below <= kind.high:  # type: ignore[union-attr]
                return tree.Unary(operator, operand, at=start)
            return tree.Literal(kind(below), f"-{operand.word}", at=start)
        return tree.Unary(operator, operand, at=start)

    def _incremented(self, start: int) -> tree.Node | None:
        """``++$x``; None where no variable follows the two signs."""
        operator = "++" if self._scan.peek() == "+" else "--"
        self._scan.at += 2
        if self._scan.peek() == "[":
            self._scan.mark(TokenKind.OPERATOR, start)
            return tree.Increment(self.unary(), operator, before=True, at=start)
        if self._scan.peek() != "$" or not self.texts.names_variable():
            self._scan.at = start
            return None
        self._scan.mark(TokenKind.OPERATOR, start)
        return tree.Increment(self.postfix(self.dollar()), operator, before=True, at=start)

    def _counted(self, node: tree.Node) -> tree.Node:
        """``$x++``: an operand with the two signs right behind it."""
        first, second = self._scan.peek(), self._scan.peek(1)
        if not isinstance(node, tree.Variable | tree.Member | tree.Index | tree.StaticCall) or not first or not second:
            return node
        if (first + second) != "++" and not (first in DASHES and second in DASHES):
            return node
        start = self._scan.at
        self._scan.at += 2
        self._scan.mark(TokenKind.OPERATOR, start)
        return tree.Increment(node, "++" if first == "+" else "--", before=False, at=node.at)

    # operands

    def postfix(self, node: tree.Node) -> tree.Node:
        """Member access, calls and indexes that follow an operand without a space."""
        for _ in range(CHAIN // 2):
            char, following = self._scan.peek(), self._scan.peek(1)
            asks = char == "?" and following in (".", "[")
            if asks:
                char, following = following, self._scan.peek(2)
            if char == "." and following and (following.isalpha() or following in "_$(\n\r" + SINGLE + DOUBLE):
                if following in "\n\r" and not re.compile(r"\.\s*[A-Za-z_]").match(self._scan.text, self._scan.at):
                    return node
                self._scan.at += 2 if asks else 1
                self._scan.skip_space(newlines=True)
                node = self._member(node, asks)
            elif char == ":" and following == ":" and not asks:
                self._scan.at += 2
                name = self._name_of_member()
                arguments = self.arguments() if self._scan.peek() == "(" else None
                kind: str | tree.Node = node.name if isinstance(node, tree.TypeName) else node
                node = tree.StaticCall(kind, name, arguments, at=node.at)
            elif char == "[":
                self._scan.at += 2 if asks else 1
                self._scan.skip_space(newlines=True)
                index = self.expression()
                self._scan.skip_space(newlines=True)
                self._scan.expect("]", "The index")
                node = tree.Index(node, index, asks, at=node.at)
            else:
                return node
        raise self._scan.fail("The expression has too many member accesses.", "Split the expression with variables.")

    def _member(self, node: tree.Node, asks: bool) -> tree.Node:
        name = self._name_of_member()
        if self._scan.peek() == "(":
            return tree.Call(node, name, self.arguments(), asks, at=node.at)
        if self._scan.peek() == "{":  # $list.Where{ ... }
            start = self._scan.at
            self._scan.take("{")
            return tree.Call(node, name, (self.block(start),), asks, at=node.at)
        return tree.Member(node, name, asks, at=node.at)

    def _name_of_member(self) -> str | tree.Node:
        """A name after a dot or ::, or what gives it."""
        if self._scan.peek() and self._scan.peek() in SINGLE:
            return self._scan.read_single()
        if self._scan.peek() and self._scan.peek() in DOUBLE:
            read = self.texts.read_double()
            return read.value if isinstance(read, tree.Literal) and isinstance(read.value, str) else read
        if self._scan.peek() == "$":
            return self.dollar()
        if self._scan.peek() == "(":
            return self.group()
        match = re.compile(r"\w+").match(self._scan.text, self._scan.at)
        if match is None:
            raise self._scan.fail("A name is missing after the dot.", "Add the name of a property or method.")
        self._scan.at = match.end()
        return match[0]

    def block(self, start: int) -> tree.ScriptBlock:
        """The script block whose opening brace was passed."""
        begin = self._scan.at
        body = self._block("}")
        return tree.ScriptBlock(body, self._origin, (begin, self._scan.at - 1), at=start)

    def arguments(self) -> tuple[tree.Node, ...]:
        """``(a, b)`` of a call."""
        self._scan.take("(")
        self._scan.skip_space(newlines=True)
        arguments: list[tree.Node] = []
        while self._scan.peek() != ")":
            arguments.append(self.expression(lists=False))
            self._scan.skip_space(newlines=True)
            if not self._scan.take(","):
                break
            self._scan.skip_space(newlines=True)
        self._scan.expect(")", "The call")
        return tuple(arguments)

    def primary(self) -> tree.Node:
        """One operand."""
        start, char = self._scan.at, self._scan.peek()
        if not char:
            raise self._scan.fail("A value is missing at the end.", "Add a value.")
        if char in SINGLE:
            return tree.Literal(self._scan.read_single(), at=start)
        if char in DOUBLE:
            return self.texts.read_double()
        if char == "$":
            return self.dollar()
        if char == "(":
            return self.group()
        if char == "@":
            return self._at_sign()
        if char == "{":
            self._scan.take("{")
            return self.block(start)
        found = self._scan.read_number()
        if found is not None:
            return tree.Literal(found[0], found[1], at=start)
        raise self._scan.fail(
            f"{quoted(self._scan.here())} is not a value.",
            "Enclose text in quotes and commands in parentheses. Variables start with $.",
        )

    def dollar(self) -> tree.Node:
        """A variable or ``$( ... )``."""
        start = self._scan.at
        if self._scan.peek(1) == "(":
            return self._sub_expression(start)
        name = self._scan.read_variable()
        if name is None:
            raise self._scan.fail("A variable name is missing after $.", "For a literal $, use single quotes.")
        return tree.Variable(name, at=start)

    def _sub_expression(self, start: int) -> tree.Node:
        """``$( statements )``. One that is read again (an argument turned out to be a word) is not parsed again."""
        known = self._read.get(start)
        if known is None:
            before = len(self._scan.tokens)
            self._scan.take("$(")
            node = tree.SubExpression(self._block(")"), at=start)
            self._read[start] = (node, self._scan.at, self._scan.tokens[before:])
            return node
        node, self._scan.at, tokens = known
        self._scan.tokens += tokens
        return node

    def group(self) -> tree.Node:
        """``( statement )``; parentheses around a mere expression leave no node of their own."""
        start = self._scan.at
        self._scan.take("(")
        self._scan.enter()
        self._scan.skip_space(newlines=True)
        body = self._statements.statement()
        self._scan.skip_space(newlines=True)
        self._scan.expect(")", "The parenthesis")
        self._scan.leave()
        return tree.Group(body, at=start) if isinstance(body, (*tree.STATEMENTS, tree.Increment)) else body

    def _at_sign(self) -> tree.Node:
        start = self._scan.at
        if self._scan.peek(1) and self._scan.peek(1) in SINGLE + DOUBLE:
            text, expands = self._scan.read_here()
            return self.texts.expanded(text, start) if expands else tree.Literal(text, at=start)
        if self._scan.take("@("):
            return tree.ArrayExpression(self._block(")"), at=start)
        if self._scan.take("@{"):
            self._scan.enter()
            entries = self._entries()
            self._scan.leave()
            return tree.Hash(entries, at=start)
        raise self._scan.fail(
            "@ does not start a value here.", "Use @( ... ) for an array or @{ ... } for a hashtable."
        )

    def _entries(self) -> tuple[tuple[tree.Node, tree.Node], ...]:
        entries: list[tuple[tree.Node, tree.Node]] = []
        while True:
            self._scan.skip_space(newlines=True)
            while self._scan.take(";"):
                self._scan.skip_space(newlines=True)
            if self._scan.take("}"):
                return tuple(entries)
            start = self._scan.at
            match = re.compile(r"[A-Za-z_][\w\-]*(?=\s*=)").match(self._scan.text, self._scan.at)
            if match is not None:
                self._scan.at = match.end()
                self._scan.mark(TokenKind.WORD, start)
                key: tree.Node = tree.Literal(match[0], at=start)
            else:
                key = self.unary()
            self._scan.skip_space()
            self._scan.expect("=", "The key")
            self._scan.skip_space(newlines=True)
            entries.append((key, self._statements.statement()))
            self._scan.skip_space()
            if self._scan.peek() not in (";", "\n", "}"):
                raise self._scan.fail(
                    "The hashtable is not closed.", "Separate entries with ; and close the hashtable with }."
                )

    def _block(self, end: str) -> tuple[tree.Node, ...]:
        self._scan.enter()
        body = self._statements.statements(end)
        self._scan.leave()
        return body
