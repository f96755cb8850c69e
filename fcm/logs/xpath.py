"""The XPath subset of Windows event queries, as a tree.

Understood: paths through System, EventData and their elements, ``[...]`` tests, ``and``, ``or``, ``not()``,
comparisons, ``timediff(@SystemTime)`` in ms, ``band(Keywords, n)``. An event has each element of System once, so a
test in brackets is one more condition; only Data can occur several times.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

DEEPEST = 30
"""Nestings of an expression."""
LONGEST_EXPRESSION = 64 * 1024
"""Characters of an expression."""
TIME = "System/TimeCreated/@SystemTime"
PROVIDER = "System/Provider/@Name"
EVENT_ID = "System/EventID"
LEVEL = "System/Level"
TASK = "System/Task"
COMPUTER = "System/Computer"
CHANNEL = "System/Channel"
KEYWORDS = "System/Keywords"
DATA = "EventData/Data"
LEAVES = frozenset(
    {TIME, PROVIDER, EVENT_ID, LEVEL, TASK, COMPUTER, CHANNEL, KEYWORDS, "System/Provider/@Guid", "System/Version",
     "System/Opcode", "System/EventRecordID", "System/Execution/@ProcessID", "System/Execution/@ThreadID",
     "System/Security/@UserID"}
)  # fmt: skip
"""Paths with one value in every event."""
_INNER = {"", "System", "EventData", "UserData", "System/Provider", "System/TimeCreated", "System/Execution",
          "System/Security", "System/Correlation"}  # fmt: skip
_OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>0x[0-9A-Fa-f]+|-?\d+(?:\.\d+)?)|(?P<name>@?[A-Za-z_][\w.-]*)"
    r"|(?P<symbol><=|>=|!=|[=<>()\[\]/,*]))"
)


class QueryError(ValueError):
    """The query is not one; the message says what is wrong and what to do."""

    def __init__(self, message: str, line: int = 0, column: int = 0, offset: int = -1) -> None:
        super().__init__(message)
        self.line = line
        """1, 2 ...; 0 if it is not known."""
        self.column = column
        """1, 2 ...; 0 if it is not known."""
        self.offset = offset
        """Characters before the fault within its expression; -1 if it is not in one."""


@dataclass(frozen=True, slots=True)
class Every:
    """Holds for every event."""


@dataclass(frozen=True, slots=True)
class Compare:
    """A value of the event beside a constant."""

    path: str
    """One of LEAVES, or DATA."""
    operator: str
    value: int | float | str
    """A time is in s since the epoch."""
    function: str = ""
    """"", "timediff" (ms before now) or "band"."""
    mask: int = 0
    """Of band."""
    name: str | None = None
    """Name of Data; None: any."""


@dataclass(frozen=True, slots=True)
class HasData:
    """Whether the event has a Data of that name (None: any)."""

    name: str | None


@dataclass(frozen=True, slots=True)
class All:
    """``and``."""

    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """``or``."""

    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """``not()``."""

    test: Node


Node = Every | Compare | HasData | All | AnyOf | Not


def all_of(tests: list[Node]) -> Node:
    """``and`` of tests, without what always holds."""
    flat: list[Node] = []
    for test in tests:
        flat += test.tests if isinstance(test, All) else () if isinstance(test, Every) else (test,)
    return Every() if not flat else flat[0] if len(flat) == 1 else All(tuple(flat))


def any_of(tests: list[Node]) -> Node:
    """``or`` of tests."""
    flat: list[Node] = []
    for test in tests:
        flat += test.tests if isinstance(test, AnyOf) else (test,)
    return flat[0] if len(flat) == 1 else AnyOf(tuple(flat))


def parse_xpath(expression: str) -> Node:
    """The tree of an expression: ``*``, ``*[...]`` or ``Event[...]``; also a bare path as wevtutil takes it.

    Raises:
        QueryError: it is none of the subset; ``offset`` says where.
    """
    if len(expression) > LONGEST_EXPRESSION:
        raise QueryError(f"The expression has more than {LONGEST_EXPRESSION} characters. Make it shorter.", offset=0)
    return _Parser(expression).whole()


@dataclass(frozen=True, slots=True)
class _Operand:
    """Left side of a comparison: a value with what has to hold for it to exist."""

    path: str
    condition: Node
    function: str = ""
    mask: int = 0
    name: str | None = None


class _Parser:
    """Recursive descent."""

    def __init__(self, expression: str) -> None:
        self.text = expression
        self.tokens: list[tuple[str, str, int]] = []
        place = 0
        end = len(expression.rstrip())
        while place < end:
            match = _TOKEN.match(expression, place, end)
            if match is None:
                rest = expression[place:end].lstrip()
                at = end - len(rest)
                if rest[0] in "'\"":
                    raise QueryError(f"The text {rest[:20]} has no end. Write a {rest[0]} after it.", offset=at)
                raise QueryError(f"{rest[:20]!r} is not understood.", offset=at)
            kind = match.lastgroup or ""
            self.tokens.append((kind, match[kind], match.start(kind)))
            place = match.end()
        self.end = end
        self.at = 0
        self.depth = 0

    def whole(self) -> Node:
        if not self.tokens:
            raise self.wrong("The expression is empty. Write * for all events.")
        test = self.one("")
        if self.at < len(self.tokens):
            raise self.wrong(f"{self.peek()!r} is unexpected.")
        return test

    def wrong(self, why: str, at: int | None = None) -> QueryError:
        place = self.at if at is None else at
        offset = self.tokens[place][2] if place < len(self.tokens) else self.end
        return QueryError(why, offset=offset)

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def kind(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def shown(self) -> str:
        return repr(self.peek()) if self.peek() else "the end"

    def take(self, word: str) -> bool:
        if self.peek() == word and self.kind() in ("symbol", "name"):
            self.at += 1
            return True
        return False

    def expect(self, word: str) -> None:
        if not self.take(word):
            raise self.wrong(f"{word!r} is missing before {self.shown()}.")

    def path(self, context: str) -> _Operand:
        """A path from a context."""
        tests: list[Node] = []
        place = context
        while True:
            if self.kind() != "name" and self.peek() != "*":
                raise self.wrong(f"A name is missing before {self.shown()}.")
            start = self.at
            name = self.peek()
            self.at += 1
            if name != "*" and not (name == "Event" and place == ""):
                place = f"{place}/{name}".strip("/")
            if place in (DATA, "UserData/Data"):
                return _Operand(DATA, all_of(tests), name=self.data_name())
            if place not in _INNER and place not in LEAVES:
                raise self.wrong(f"{place!r} is no part of an event.", start)
            while self.take("["):
                tests.append(self.either(place))
                self.expect("]")
            if not self.take("/"):
                return _Operand(place, all_of(tests))

    def data_name(self) -> str | None:
        if not self.take("["):
            return None
        self.expect("@Name")
        self.expect("=")
        if self.kind() != "text":
            raise self.wrong("Data[@Name=...] needs a text in quotes.")
        name = self.peek()[1:-1]
        self.at += 1
        self.expect("]")
        return name

    def either(self, context: str) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong(f"It is nested deeper than {DEEPEST} levels.")
        tests = [self.both(context)]
        while self.take("or"):
            tests.append(self.both(context))
        self.depth -= 1
        return any_of(tests)

    def both(self, context: str) -> Node:
        tests = [self.one(context)]
        while self.take("and"):
            tests.append(self.one(context))
        return all_of(tests)

    def one(self, context: str) -> Node:
        """One comparison, or something in parentheses."""
        if self.take("("):
            inside = self.either(context)
            self.expect(")")
            return inside
        if self.peek() == "not" and self.kind() == "name":
            self.at += 1
            self.expect("(")
            negated = self.either(context)
            self.expect(")")
            return Not(negated)
        start = self.at
        left = self.operand(context)
        operator = self.peek()
        if operator not in _OPERATORS:
            return self.exists(left)
        if left.path != DATA and left.path not in LEAVES:
            raise self.wrong(f"{left.path or '*'} has no value that can be compared.", start)
        self.at += 1
        value = self.constant(is_time=left.path == TIME and not left.function)
        found = Compare(left.path, operator, value, left.function, left.mask, left.name)
        return all_of([left.condition, found])

    def exists(self, left: _Operand) -> Node:
        """A value without a comparison."""
        if left.function:
            return all_of([left.condition, Compare(left.path, "!=", 0, left.function, left.mask, left.name)])
        return all_of([left.condition, HasData(left.name)]) if left.path == DATA else left.condition

    def operand(self, context: str) -> _Operand:
        if self.peek() == "timediff":
            self.at += 1
            self.expect("(")
            start = self.at
            times = self.path(context)
            if times.path != TIME:
                raise self.wrong("timediff() needs @SystemTime.", start)
            self.expect(")")
            return _Operand(times.path, times.condition, "timediff")
        if self.peek() == "band":
            self.at += 1
            self.expect("(")
            start = self.at
            flags = self.path(context)
            if flags.path != KEYWORDS:
                raise self.wrong("band() needs Keywords.", start)
            self.expect(",")
            number = self.at
            mask = self.constant(is_time=False)
            self.expect(")")
            if not isinstance(mask, int):
                raise self.wrong("band() needs a whole number.", number)
            return _Operand(flags.path, flags.condition, "band", mask)
        return self.path(context)

    def constant(self, is_time: bool) -> int | float | str:
        """Right side of a comparison."""
        kind, word = self.kind(), self.peek()
        if kind == "text":
            text = word[1:-1]
            if is_time:
                try:
                    time = datetime.fromisoformat(text)
                    seconds = (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
                except (ValueError, OverflowError) as error:
                    raise self.wrong(f"{text!r} is no time; write it as 2009-10-17T19:20:41Z.") from error
                self.at += 1
                return seconds
            self.at += 1
            return text
        if kind == "number":
            self.at += 1
            return int(word, 16) if word.startswith("0x") else float(word) if "." in word else int(word)
        raise self.wrong(f"A number or a text in quotes is missing before {self.shown()}.")
