"""Pipelines, commands with their arguments, redirections and assignments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fcm.shell.language import tree
from fcm.shell.language.scanner import DASHES, DOUBLE, SINGLE, WORD_END, Token, TokenKind
from fcm.text.words import quoted

if TYPE_CHECKING:
    from fcm.shell.language.expressions import ExpressionParser, Statements
    from fcm.shell.language.scanner import Scanner

_PARAMETER = re.compile(rf"[{DASHES}]([A-Za-z_?][\w?]*)(:?)")
_REDIRECTION = re.compile(r"([1-6*]?)(>>|>)(&[12])?")
_AFTER_DOT = " \t\u00a0$({" + SINGLE + DOUBLE
"""What may follow the dot that runs a command in the scope of its caller."""
_SPLAT = re.compile(r"@([A-Za-z_]\w*)")
_CONTINUED = re.compile(r"(?:\s|#[^\n]*\n)*\|(?!\|)")
_CHAINED = re.compile(r"(?:\s|#[^\n]*\n)*(&&|\|\|)")
ASSIGNMENTS = ("=", "+=", "-=", "*=", "/=", "%=", "??=")


def _assignable(node: tree.Node) -> bool:
    match node:
        case tree.Variable() | tree.Member() | tree.Index() | tree.StaticCall(arguments=None):
            return True
        case tree.Cast(operand=operand) | tree.Guarded(operand=operand):
            return _assignable(operand)
        case tree.Sequence(items=items):
            return all(_assignable(item) for item in items)
        case _:
            return False


class PipelineParser:
    """Reads pipelines at the place of a scanner."""

    def __init__(self, scan: Scanner, expressions: ExpressionParser, statements: Statements) -> None:
        self._scan = scan
        self._expressions = expressions
        self._statements = statements
        self._raw = False
        """True after ``--``: no word is the name of a parameter any more."""

    def pipeline_or_assignment(self) -> tree.Node:
        """A pipeline, an expression or an assignment."""
        start = self._scan.at
        first = self._stage()
        self._scan.skip_space()
        for operator in ASSIGNMENTS:
            if not isinstance(first, tree.Command) and self._scan.starts(operator):
                if not _assignable(first):
                    raise self._scan.fail(
                        "The expression cannot be assigned to.", "Assign the value to a variable or a property."
                    )
                self._scan.take(operator)
                self._scan.skip_space(newlines=True)
                return tree.Assignment(first, operator, self._statements.statement(), at=start)
        node = self._rest_of_pipeline(first, start)
        return self._chained(node, start)

    def _chained(self, node: tree.Node, start: int) -> tree.Node:
        while (match := _CHAINED.match(self._scan.text, self._scan.at)) is not None:
            if "\n" in match[0]:
                return node
            self._scan.at = match.end()
            self._scan.skip_space(newlines=True)
            begin = self._scan.at
            second = self._rest_of_pipeline(self._stage(), begin)
            node = tree.Chain(node, match[1], second, at=start)
        return node

    def _rest_of_pipeline(self, first: tree.Node, start: int) -> tree.Node:
        stages = [self._redirected(first)]
        while True:
            self._scan.skip_space()
            match = _CONTINUED.match(self._scan.text, self._scan.at)
            if match is None:
                break
            self._scan.skip_space(newlines=True)
            self._scan.take("|")
            self._scan.skip_space(newlines=True)
            if not self._scan.peek():
                raise self._scan.fail("The pipeline ends with |.", "Add a command after |.")
            stages.append(self._redirected(self._stage()))
        if self._scan.peek() == "&" and self._scan.peek(1) != "&":
            raise self._scan.unsupported("Running a command in the background (&)", "Separate commands with ;.")
        if len(stages) == 1 and stages[0] is first and not isinstance(first, tree.Command):
            return first
        return tree.Pipeline(tuple(stages), at=start)

    def _redirected(self, stage: tree.Node) -> tree.Node:
        """A stage with the redirections that follow it."""
        found: list[tree.Redirection] = []
        while True:
            self._scan.skip_space()
            start, match = self._scan.at, _REDIRECTION.match(self._scan.text, self._scan.at)
            if match is None:
                return tree.Redirected(stage, tuple(found), at=stage.at) if found else stage
            self._scan.at = match.end()
            self._scan.mark(TokenKind.OPERATOR, start)
            stream = 0 if match[1] == "*" else int(match[1] or 1)
            if any(one.stream == stream for one in found):
                raise self._scan.fail("The same stream is redirected twice.", "Remove one redirection.", start)
            target = None
            if not match[3]:
                self._scan.skip_space()
                target = self._argument("The redirection")
            elif stream == 1 or match[2] != ">" or match[3] != "&1":
                raise self._scan.fail(
                    f"{quoted(match[0])} is not a valid redirection.",
                    "To redirect errors to the output, use 2>&1.",
                    start,
                )
            found.append(tree.Redirection(stream, target, match[2] == ">>", at=start))

    def _stage(self) -> tree.Node:
        char = self._scan.peek()
        dotted = char == "." and bool(self._scan.peek(1)) and self._scan.peek(1) in _AFTER_DOT
        if char == "&" or dotted:
            start = self._scan.at
            self._scan.take(char)
            self._scan.skip_space()
            return self._command(start, self._called(), called=True, dotted=dotted)
        begins_value = char in SINGLE + DOUBLE + "$(@{[!+," or (char in DASHES and bool(char)) if char else True
        if begins_value or self._is_number():
            return self._expressions.expression()
        start = self._scan.at
        if char in WORD_END or char in "=]<":
            raise self._scan.fail(
                f"{quoted(self._scan.here())} cannot start a statement.",
                "Start the statement with a command, a variable or a value.",
            )
        name = self._expressions.texts.word(WORD_END)
        if self._scan.tokens and self._scan.tokens[-1].start == start:
            self._scan.tokens[-1] = Token(TokenKind.COMMAND, start, self._scan.at)
        if isinstance(name, tree.Literal) and name.word == ".":
            raise self._scan.fail(
                "Dot-sourcing requires a script file or a script block.",
                "Add a space and the name after the dot.",
                start,
            )
        if isinstance(name, tree.Literal) and name.word:
            return self._command(start, tree.Literal(name.word, name.word, at=start))
        return self._command(start, name, called=True)

    def _called(self) -> tree.Node:
        """What stands after & or the dot: a block, a value, or a name as it is written."""
        start, known = self._scan.at, len(self._scan.tokens)
        node = self._one_argument("The call")
        if isinstance(node, tree.Literal) and node.word:
            del self._scan.tokens[known:]
            self._scan.mark(TokenKind.COMMAND, start)
            return tree.Literal(node.word, node.word, at=start)
        return node

    def _is_number(self) -> bool:
        before, known = self._scan.at, len(self._scan.tokens)
        found = self._scan.read_number() is not None
        follows = self._scan.peek()
        self._scan.at = before
        del self._scan.tokens[known:]
        return found and (not follows or not (follows.isalnum() or follows in "_\\:") or follows in DASHES)

    def _command(self, start: int, name: tree.Node, called: bool = False, dotted: bool = False) -> tree.Node:
        elements: list[tree.Node] = []
        self._raw = False
        while True:
            self._scan.skip_space()
            char = self._scan.peek()
            if not char or char in "\n;|)}" or _REDIRECTION.match(self._scan.text, self._scan.at):
                break
            if char in "&":
                break
            elements.append(
                self._verbatim(elements) or self._parameter() or self._splat() or self._argument("The command")
            )
        self._raw = False
        return tree.Command(name, tuple(elements), called, dotted, at=start)

    def _verbatim(self, elements: list[tree.Node]) -> tree.Node | None:
        """What follows ``--%`` is one text; what follows ``--`` are values, whatever they look like."""
        start = self._scan.at
        if self._scan.starts("--%"):
            elements.append(tree.Literal("--%", at=start))
            end = re.compile(r"[^\n|]*").match(self._scan.text, start + 3)
            assert end is not None
            self._scan.at = end.end()
            return tree.Literal(end[0].strip(), at=start)
        if re.compile(r"--(?=\s)").match(self._scan.text, start):
            self._scan.at += 2
            self._scan.skip_space()
            self._raw = True
            return self._argument("The command")
        return None

    def _parameter(self) -> tree.Node | None:
        if self._raw:
            return None
        match = _PARAMETER.match(self._scan.text, self._scan.at)
        if match is None:
            return None
        start, self._scan.at = self._scan.at, match.end()
        self._scan.mark(TokenKind.PARAMETER, start)
        value = None
        if match[2]:
            self._scan.skip_space()
            value = self._argument(f"The parameter -{match[1]}")
        return tree.Parameter(match[1], value, at=start)

    def _splat(self) -> tree.Node | None:
        match = _SPLAT.match(self._scan.text, self._scan.at)
        if match is None:
            return None
        start, self._scan.at = self._scan.at, match.end()
        self._scan.mark(TokenKind.VARIABLE, start)
        return tree.Splat(match[1], at=start)

    def _argument(self, what: str) -> tree.Node:
        start = self._scan.at
        if self._scan.peek() == "," and self._scan.peek(1) not in (" ", "", "\n"):
            self._scan.take(",")
            return tree.Sequence((self._argument(what),), at=start)
        first = self._one_argument(what)
        items = [first]
        while True:
            self._scan.skip_space()
            if not self._scan.take(","):
                break
            self._scan.skip_space(newlines=True)
            items.append(self._one_argument(what))
        return first if len(items) == 1 else tree.Sequence(tuple(items), at=first.at)

    def _one_argument(self, what: str) -> tree.Node:
        start, char = self._scan.at, self._scan.peek()
        if not char or char in "\n;|)},":
            raise self._scan.fail(f"{what} requires a value.", "Add a value.")
        if char in SINGLE + DOUBLE:
            return self._expressions.postfix(self._expressions.primary())
        if char in "({" or (char == "@" and self._scan.peek(1) in ("(", "{", *SINGLE, *DOUBLE)):
            return self._expressions.postfix(self._expressions.primary())
        if char == "$" and (
            self._scan.peek(1) == "(" or self._expressions.texts.names_variable() or self._scan.peek(1) == "$"
        ):
            known = len(self._scan.tokens)
            node = self._expressions.postfix(self._expressions.dollar())
            if not self._scan.peek() or self._scan.peek() in WORD_END:
                return node
            self._scan.at = start
            del self._scan.tokens[known:]
        node = self._expressions.texts.word(WORD_END)
        if self._scan.at == start:
            raise self._scan.fail(f"{quoted(self._scan.here())} is unexpected here.", "Enclose it in quotes.")
        return node
