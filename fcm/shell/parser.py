"""Statements, pipelines and commands: the text of a script to its tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fcm.shell import tree
from fcm.shell.errors import ShellSyntaxError
from fcm.shell.expressions import ExpressionParser
from fcm.shell.scanner import DASHES, DOUBLE, SINGLE, WORD_END, Token, TokenKind

if TYPE_CHECKING:
    from collections.abc import Callable

_PARAMETER = re.compile(rf"[{DASHES}]([A-Za-z_?][\w?]*)(:?)")
_LATER_KEYWORDS = frozenset(
    ("function", "filter", "switch", "while", "do", "for", "param", "begin", "process", "end", "class", "trap")
)
LONGEST = 200_000
"""Characters of a script."""


def parse(text: str) -> tuple[tree.Node, ...]:
    """The statements of a script.

    Raises:
        ShellSyntaxError: the text is not of the language; ``incomplete`` says whether more lines could help.
    """
    if len(text) > LONGEST:
        raise ShellSyntaxError(f"The script has more than {LONGEST} characters.", "Divide it into parts.")
    return Parser(text).statements("")


def tokens(text: str) -> tuple[list[Token], ShellSyntaxError | None]:
    """The tokens of a text for colouring and completion; what cannot be read is one token of kind ERROR."""
    parser = Parser(text[:LONGEST])
    error = None
    try:
        parser.statements("")
    except ShellSyntaxError as wrong:
        error = wrong
        last = max((token.end for token in parser.tokens), default=0)
        if last < len(text):
            parser.tokens.append(Token(TokenKind.ERROR, last, len(text)))
    return sorted(parser.tokens, key=lambda token: (token.start, token.end)), error


class Parser(ExpressionParser):
    """Reads statements."""

    def statements(self, end: str) -> tuple[tree.Node, ...]:
        """Statements up to and with the closing ``end`` ("": the end of the text)."""
        found: list[tree.Node] = []
        while True:
            self.skip_space(newlines=True)
            while self.take(";"):
                self.skip_space(newlines=True)
            if not self.peek():
                if end:
                    raise self.fail(f"{end!r} is missing.", f"Write {end!r}.")
                return tuple(found)
            if end and self.take(end):
                return tuple(found)
            found.append(self.statement())
            self.skip_space()
            closing = self.peek()
            if closing and closing not in ";\n" and not (end and self.starts(end)):
                raise self.fail(f"{self._here()!r} is unexpected here.", "End the statement with ; or a new line.")

    def statement(self) -> tree.Node:
        """One statement."""
        self.enter()
        start, word = self.at, self.keyword()
        reader: Callable[[int], tree.Node] | None = {
            "if": self._if,
            "try": self._try,
            "throw": self._throw,
            "foreach": self._foreach,
        }.get(word)
        if word == "foreach" and not re.compile(r"\s*\(").match(self.text, self.at + 7):
            reader = None
        if reader is not None:
            self.at += len(word)
            self.mark(TokenKind.KEYWORD, start)
            self.skip_space(newlines=True)
            node = reader(start)
        elif word in _LATER_KEYWORDS:
            raise self.fail(
                f"{word!r} is not part of this shell's language.",
                "Use foreach (...) { }, if (...) { } and pipelines; docs/powershell.md lists what there is.",
            )
        else:
            node = self._pipeline_or_assignment()
        self.leave()
        return node

    def _condition(self) -> tree.Node:
        self.expect("(", "The condition")
        self.skip_space(newlines=True)
        test = self.statement()
        self.skip_space(newlines=True)
        self.expect(")", "The condition")
        return test

    def _braces(self, what: str) -> tuple[tree.Node, ...]:
        self.skip_space(newlines=True)
        self.expect("{", what)
        return self.statements("}")

    def _follows(self, word: str) -> bool:
        """Whether a keyword follows, on this line or a later one; passes it."""
        before, known = self.at, len(self.tokens)
        self.skip_space(newlines=True)
        if self.keyword() == word:
            start = self.at
            self.at += len(word)
            self.mark(TokenKind.KEYWORD, start)
            self.skip_space(newlines=True)
            return True
        self.at = before
        del self.tokens[known:]
        return False

    def _if(self, start: int) -> tree.Node:
        branches = [(self._condition(), self._braces("if"))]
        otherwise: tuple[tree.Node, ...] = ()
        while True:
            if self._follows("elseif"):
                branches.append((self._condition(), self._braces("elseif")))
            elif self._follows("else"):
                if self.keyword() == "if":
                    self.at += 2
                    self.skip_space(newlines=True)
                    branches.append((self._condition(), self._braces("else if")))
                    continue
                otherwise = self._braces("else")
                break
            else:
                break
        return tree.If(tuple(branches), otherwise, at=start)

    def _foreach(self, start: int) -> tree.Node:
        self.expect("(", "foreach")
        self.skip_space(newlines=True)
        variable = self.dollar() if self.peek() == "$" else None
        if not isinstance(variable, tree.Variable):
            raise self.fail("foreach needs a variable.", "Write foreach ($item in ...) { }.")
        self.skip_space(newlines=True)
        if self.keyword() != "in":
            raise self.fail("foreach needs 'in'.", "Write foreach ($item in ...) { }.")
        self.at += 2
        self.skip_space(newlines=True)
        source = self.statement()
        self.skip_space(newlines=True)
        self.expect(")", "foreach")
        return tree.ForEach(variable.name, source, self._braces("foreach"), at=start)

    def _try(self, start: int) -> tree.Node:
        body = self._braces("try")
        catch = self._braces("catch") if self._follows("catch") else None
        final = self._braces("finally") if self._follows("finally") else ()
        if catch is None and not final:
            raise self.fail("try needs catch or finally.", "Write try { } catch { }.")
        return tree.Try(body, catch, final, at=start)

    def _throw(self, start: int) -> tree.Node:
        return tree.Throw(self._pipeline_or_assignment(), at=start)

    # pipelines

    def _pipeline_or_assignment(self) -> tree.Node:
        start = self.at
        first = self._stage()
        self.skip_space()
        for operator in ("=", "+=", "-="):
            if not isinstance(first, tree.Command) and self.starts(operator):
                if not isinstance(first, tree.Variable | tree.Member | tree.Index):
                    raise self.fail("Nothing can be assigned to this.", "Assign to a variable or to a property.")
                self.take(operator)
                self.skip_space(newlines=True)
                return tree.Assignment(first, operator, self.statement(), at=start)
        stages = [first]
        while self.peek() == "|" and self.peek(1) != "|":
            self.take("|")
            self.skip_space(newlines=True)
            if not self.peek():
                raise self.fail("The pipeline ends with |.", "Write the next command.")
            stages.append(self._stage())
            self.skip_space()
        redirect, append = None, False
        if self.peek() == ">":
            append = self.take(">>") or not self.take(">")
            self.skip_space()
            redirect = self._argument("The redirection")
            self.skip_space()
        if len(stages) == 1 and redirect is None and not isinstance(first, tree.Command):
            return first
        return tree.Pipeline(tuple(stages), redirect, append, at=start)

    def _stage(self) -> tree.Node:
        char = self.peek()
        if char == "&":
            start = self.at
            self.take("&")
            self.skip_space()
            return self._command(start, self.postfix(self.primary()), called=True)
        begins_value = char in SINGLE + DOUBLE + "$(@{[!+" or (char in DASHES and bool(char)) if char else True
        if begins_value or self._is_number():
            return self.expression()
        start = self.at
        if char in WORD_END or char in "=]<":
            raise self.fail(f"{self._here()!r} begins no statement.", "Begin with a command, a variable or a value.")
        name = self.word(WORD_END)
        if self.tokens and self.tokens[-1].start == start:
            self.tokens[-1] = Token(TokenKind.COMMAND, start, self.at)
        if isinstance(name, tree.Literal) and name.word:
            return self._command(start, tree.Literal(name.word, name.word, at=start))
        return self._command(start, name, called=True)

    def _is_number(self) -> bool:
        before, known = self.at, len(self.tokens)
        found = self.read_number() is not None
        follows = self.peek()
        self.at = before
        del self.tokens[known:]
        return found and (not follows or not (follows.isalnum() or follows in "_-\\:") or follows in DASHES)

    def _command(self, start: int, name: tree.Node, called: bool = False) -> tree.Node:
        elements: list[tree.Node] = []
        while True:
            self.skip_space()
            char = self.peek()
            if not char or char in "\n;|)}>":
                break
            if char in "&":
                raise self.fail("'&' is unexpected here.", "Separate commands by ; or a new line.")
            elements.append(self._parameter() or self._argument("The command"))
        return tree.Command(name, tuple(elements), called, at=start)

    def _parameter(self) -> tree.Node | None:
        match = _PARAMETER.match(self.text, self.at)
        if match is None:
            return None
        start, self.at = self.at, match.end()
        self.mark(TokenKind.PARAMETER, start)
        value = None
        if match[2]:
            self.skip_space()
            value = self._argument(f"The parameter -{match[1]}")
        return tree.Parameter(match[1], value, at=start)

    def _argument(self, what: str) -> tree.Node:
        first = self._one_argument(what)
        items = [first]
        while True:
            self.skip_space()
            if not self.take(","):
                break
            self.skip_space(newlines=True)
            items.append(self._one_argument(what))
        return first if len(items) == 1 else tree.Sequence(tuple(items), at=first.at)

    def _one_argument(self, what: str) -> tree.Node:
        start, char = self.at, self.peek()
        if not char or char in "\n;|)},":
            raise self.fail(f"{what} needs a value here.", "Write a value.")
        if char in SINGLE + DOUBLE:
            return self.postfix(self.primary())
        if char in "({" or (char == "@" and self.peek(1) in ("(", "{", *SINGLE, *DOUBLE)):
            return self.postfix(self.primary())
        if char == "$" and (self.peek(1) == "(" or self._names_variable() or self.peek(1) == "$"):
            known = len(self.tokens)
            node = self.postfix(self.dollar())
            if not self.peek() or self.peek() in WORD_END:
                return node
            self.at = start
            del self.tokens[known:]
        node = self.word(WORD_END)
        if self.at == start:
            raise self.fail(f"{self._here()!r} is unexpected here.", "Put it into quotes.")
        return node
