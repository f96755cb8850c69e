"""Structured XML queries of Windows event logs, and the XPath subset that they are written in.

``<QueryList><Query Id="0"><Select Path="LOG">*[System[(Level=1 or Level=2)]]</Select></Query></QueryList>``

Understood: paths through System, EventData and their elements, ``[...]`` tests, ``and``, ``or``, ``not()``,
comparisons, ``timediff(@SystemTime)`` in ms, ``band(Keywords, n)``. A document type or entity is refused before
anything is parsed, so nothing can be expanded.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fcm.logs.channels import channel_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fcm.logs.records import EventRecord

    Values = Callable[[EventRecord, float], Sequence[Any]]
    Test = Callable[[EventRecord, float], bool]

LONGEST = 256 * 1024
"""Characters of a query."""
DEEPEST = 30
"""Nestings of an XPath expression."""
MOST_SELECTS = 500
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>0x[0-9A-Fa-f]+|-?\d+(?:\.\d+)?)|(?P<name>@?[A-Za-z_][\w.-]*)"
    r"|(?P<symbol><=|>=|!=|[=<>()\[\]/,*]))"
)


class QueryError(ValueError):
    """The query is not one; the message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Select:
    """One Select or Suppress: a log and a test."""

    channel: str
    expression: str
    test: Test
    suppresses: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query."""

    selects: tuple[Select, ...]

    @property
    def channels(self) -> tuple[str, ...]:
        """Logs that are read, in order."""
        return tuple(dict.fromkeys(one.channel for one in self.selects if not one.suppresses))

    def run(self, records: Iterable[EventRecord], now: float) -> list[EventRecord]:
        """The records that are selected and not suppressed.

        Args:
            records: all there are.
            now: s since the epoch, for timediff.
        """
        tests: dict[str, list[Test]] = {}
        against: dict[str, list[Test]] = {}
        for one in self.selects:
            (against if one.suppresses else tests).setdefault(one.channel, []).append(one.test)
        whether = {channel: _any(chosen) for channel, chosen in tests.items()}
        unless = {channel: _any(chosen) for channel, chosen in against.items()}
        found = []
        for record in records:
            channel = record.channel
            test = whether.get(channel)
            if test is None or not test(record, now):
                continue
            refuse = unless.get(channel)
            if refuse is None or not refuse(record, now):
                found.append(record)
        return found


def _any(tests: list[Test]) -> Test:
    """Whether one of the tests holds; one and two of them are the usual case and quick."""
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda record, now: first(record, now) or second(record, now)
    return lambda record, now: any(test(record, now) for test in tests)


def _all(tests: list[Test]) -> Test:
    """Whether all of the tests hold."""
    if not tests:
        return lambda record, now: True
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda record, now: first(record, now) and second(record, now)
    return lambda record, now: all(test(record, now) for test in tests)


def parse_query(text: str) -> Query:
    """A structured query.

    Raises:
        QueryError: it is too long, no XML, has a document type, names an unknown log or has a wrong expression.
    """
    if len(text) > LONGEST:
        raise QueryError(f"The query has more than {LONGEST} characters. Make it shorter.")
    text = text.lstrip("\ufeff \r\n\t")
    if "<!" in re.sub(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", "", text, flags=re.DOTALL):
        raise QueryError("The query has a document type or an entity, which is not allowed. Remove <!DOCTYPE ...>.")
    try:
        root = ET.fromstring(text)
    except (ET.ParseError, ValueError) as error:
        raise QueryError(f"The query is no XML: {error}. Begin with <QueryList>.") from error
    if root.tag != "QueryList":
        raise QueryError(f"The query begins with <{root.tag}>. Begin it with <QueryList>.")
    selects: list[Select] = []
    for query in root:
        if query.tag != "Query":
            raise QueryError(f"<{query.tag}> stands in <QueryList>. Write <Query> there.")
        for one in query:
            if one.tag not in ("Select", "Suppress"):
                raise QueryError(f"<{one.tag}> stands in <Query>. Write <Select> or <Suppress> there.")
            selects.append(_select(one, query.get("Path", "")))
    if not any(not one.suppresses for one in selects):
        raise QueryError('The query selects nothing. Write <Select Path="System">*</Select>.')
    if len(selects) > MOST_SELECTS:
        raise QueryError(f"The query has more than {MOST_SELECTS} selections. Make it shorter.")
    return Query(tuple(selects))


def _select(element: ET.Element, path: str) -> Select:
    name = element.get("Path", path)
    channel = channel_named(name)
    if channel is None:
        raise QueryError(f"There is no log {name!r}. wevtutil el lists them.")
    expression = (element.text or "").strip()
    return Select(channel.name, expression, compile_xpath(expression), element.tag == "Suppress")


def query_of(channel: str, expression: str = "*") -> Query:
    """The query for one log.

    Raises:
        QueryError: the expression is wrong.
    """
    return Query((Select(channel, expression, compile_xpath(expression)),))


def compile_xpath(expression: str) -> Test:
    """The test that an expression is.

    Raises:
        QueryError: it is none of the subset.
    """
    return _Compiler(expression).whole()


# elements


_SYSTEM: dict[str, Callable[[EventRecord], Any]] = {
    "Provider/@Name": lambda r: r.provider,
    "Provider/@Guid": lambda r: r.guid,
    "EventID": lambda r: r.id,
    "Version": lambda r: 0,
    "Level": lambda r: r.level,
    "Task": lambda r: r.task,
    "Opcode": lambda r: 0,
    "Keywords": lambda r: r.keywords,
    "TimeCreated/@SystemTime": lambda r: r.time,
    "EventRecordID": lambda r: r.record_id,
    "Execution/@ProcessID": lambda r: r.process,
    "Execution/@ThreadID": lambda r: r.thread,
    "Channel": lambda r: r.channel,
    "Computer": lambda r: r.computer,
    "Security/@UserID": lambda r: r.user,
}
_LEAVES = {f"System/{path}": get for path, get in _SYSTEM.items()}
_INNER = {"", "System", "EventData", "UserData", "System/Provider", "System/TimeCreated", "System/Execution",
          "System/Security", "System/Correlation"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Path:
    """What a path gives: its values (none: it does not exist); quicker ways where there are."""

    values: Values
    leaf: Callable[[EventRecord], Any] | None = None
    """Its one value, where it always has one."""
    test: Test | None = None
    """Whether it exists."""


class _Compiler:
    """Recursive descent over the expression; every path is resolved while compiling."""

    def __init__(self, expression: str) -> None:
        self.text = expression
        self.tokens: list[tuple[str, str]] = []
        place = 0
        stripped = expression.rstrip()
        while place < len(stripped):
            match = _TOKEN.match(stripped, place)
            if match is None:
                raise QueryError(f"{stripped[place:][:20]!r} in {expression[:60]!r} is not understood.")
            kind = match.lastgroup or ""
            self.tokens.append((kind, match[kind]))
            place = match.end()
        self.at = 0
        self.depth = 0

    def whole(self) -> Test:
        """``*``, ``*[...]`` or ``Event[...]``; also a bare path as wevtutil takes it."""
        if not self.tokens:
            raise self.wrong("The expression is empty. Write * for all events.")
        test = self.one("")
        if self.at < len(self.tokens):
            raise self.wrong(f"{self.peek()!r} is unexpected.")
        return test

    def wrong(self, why: str) -> QueryError:
        return QueryError(f"{why} The expression is {self.text[:120]!r}.")

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def kind(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def take(self, word: str) -> bool:
        if self.peek() == word and self.kind() in ("symbol", "name"):
            self.at += 1
            return True
        return False

    def expect(self, word: str) -> None:
        if not self.take(word):
            found = repr(self.peek()) if self.peek() else "the end"
            raise self.wrong(f"{word!r} is missing before {found}.")

    def path(self, context: str) -> _Path:
        """A path from a context."""
        tests: list[Test] = []
        place = context
        while True:
            if self.kind() != "name" and self.peek() != "*":
                raise self.wrong(f"A name is missing before {self.peek()!r}.")
            name = self.tokens[self.at][1]
            self.at += 1
            if name == "*" or (name == "Event" and place == ""):
                name = ""
            place = f"{place}/{name}".strip("/") if name else place
            if place in ("EventData/Data", "UserData/Data"):
                return self._data(tests)
            if place not in _INNER and place not in _LEAVES:
                raise self.wrong(f"{place!r} is no part of an event.")
            while self.take("["):
                tests.append(self.either(place))
                self.expect("]")
            if not self.take("/"):
                break
        get = _LEAVES.get(place)
        holds = _all(tests)
        if get is None:
            return _Path(lambda record, now: (True,) if holds(record, now) else (), test=holds)
        if not tests:
            return _Path(lambda record, now: (get(record),), leaf=get)
        return _Path(lambda record, now: (get(record),) if holds(record, now) else ())

    def _data(self, before: list[Test]) -> _Path:
        name: str | None = None
        if self.take("["):
            self.expect("@Name")
            self.expect("=")
            if self.kind() != "text":
                raise self.wrong("Data[@Name=...] needs a text in quotes.")
            name = self.peek()[1:-1]
            self.at += 1
            self.expect("]")

        def values(record: EventRecord, now: float) -> Sequence[Any]:
            if not all(test(record, now) for test in before):
                return ()
            return [value for key, value in record.data if name is None or key == name]

        return _Path(values)

    def either(self, context: str) -> Test:
        """Tests with ``or`` between them."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong(f"It is nested deeper than {DEEPEST} levels.")
        tests = [self.both(context)]
        while self.take("or"):
            tests.append(self.both(context))
        self.depth -= 1
        return _any(tests)

    def both(self, context: str) -> Test:
        """Tests with ``and`` between them."""
        tests = [self.one(context)]
        while self.take("and"):
            tests.append(self.one(context))
        return _all(tests)

    def one(self, context: str) -> Test:
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
            return lambda record, now: not negated(record, now)
        left, is_time = self.operand(context)
        operator = self.peek()
        values = left.values
        if operator not in _COMPARE:
            return left.test or (lambda record, now: any(values(record, now)))
        self.at += 1
        wanted = self.constant(is_time)
        compare, leaf = _COMPARE[operator], left.leaf
        if isinstance(wanted, str):
            return lambda record, now: any(compare(str(value), wanted) for value in values(record, now))
        if leaf is None:
            return lambda record, now: any(compare(value, wanted) for value in values(record, now))
        if operator == "=":
            return lambda record, now: bool(leaf(record) == wanted)
        return lambda record, now: compare(leaf(record), wanted)

    def operand(self, context: str) -> tuple[_Path, bool]:
        """Left side of a comparison, and whether it is a time."""
        if self.peek() == "timediff":
            self.at += 1
            self.expect("(")
            times = self.path(context).values
            self.expect(")")
            return _Path(lambda record, now: [(now - value) * 1000 for value in times(record, now)]), False
        if self.peek() == "band":
            self.at += 1
            self.expect("(")
            flags = self.path(context).values
            self.expect(",")
            mask = self.constant(is_time=False)
            self.expect(")")
            if not isinstance(mask, int):
                raise self.wrong("band() needs a whole number.")
            return _Path(lambda record, now: [int(value) & mask for value in flags(record, now)]), False
        start = self.at
        path = self.path(context)
        return path, any(word == "@SystemTime" for _, word in self.tokens[start : self.at])

    def constant(self, is_time: bool) -> int | float | str:
        """Right side of a comparison."""
        kind, word = self.kind(), self.peek()
        self.at += 1
        if kind == "text":
            text = word[1:-1]
            if not is_time:
                return text
            try:
                time = datetime.fromisoformat(text)
            except ValueError as error:
                raise self.wrong(f"{text!r} is no time; write it as 2009-10-17T19:20:41Z.") from error
            return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
        if kind == "number":
            return int(word, 16) if word.startswith("0x") else float(word) if "." in word else int(word)
        raise self.wrong(f"A number or a text in quotes is missing before {word!r}.")


def _numbers(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def test(value: Any, wanted: Any) -> bool:
        if isinstance(value, str) and not isinstance(wanted, str):
            try:
                return compare(float(value), wanted)
            except ValueError:
                return False
        return compare(value, wanted)

    return test


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": _numbers(lambda value, wanted: bool(value == wanted)),
    "!=": _numbers(lambda value, wanted: bool(value != wanted)),
    "<": _numbers(lambda value, wanted: bool(value < wanted)),
    "<=": _numbers(lambda value, wanted: bool(value <= wanted)),
    ">": _numbers(lambda value, wanted: bool(value > wanted)),
    ">=": _numbers(lambda value, wanted: bool(value >= wanted)),
}
