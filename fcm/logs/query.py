"""Structured XML queries of Windows event logs.

``<QueryList><Query Id="0"><Select Path="LOG">*[System[(Level=1 or Level=2)]]</Select></Query></QueryList>``

The XML is read by expat piece by piece: a document type, an entity of one's own or deep nesting ends the reading where
it stands, so that nothing is ever expanded, and each fault is told with its line and column.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn
from xml.parsers import expat

from fcm.logs import xpath
from fcm.logs.channels import channel_named
from fcm.logs.xpath import All, AnyOf, Compare, Every, HasData, Node, Not, parse_xpath
from fcm.logs.xpath import QueryError as QueryError  # who parses queries knows it by this room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.logs.records import EventRecord

    Test = Callable[[EventRecord, float], bool]

LONGEST = 256 * 1024
"""Characters of a query."""
MOST_SELECTS = 500
_ELEMENTS = {"QueryList": 0, "Query": 1, "Select": 2, "Suppress": 2}
"""Elements of a query and their depth."""


@dataclass(frozen=True, slots=True)
class Select:
    """One Select or Suppress: a log and a test."""

    channel: str
    expression: str
    tree: Node
    test: Test = field(compare=False, repr=False)
    suppresses: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query."""

    selects: tuple[Select, ...]

    @property
    def channels(self) -> tuple[str, ...]:
        """Logs that are read, in order."""
        return tuple(dict.fromkeys(one.channel for one in self.selects if not one.suppresses))

    def test(self) -> Test:
        """Whether an event is selected and not suppressed (now: s since the epoch, for timediff)."""
        tests: dict[str, list[Test]] = {}
        against: dict[str, list[Test]] = {}
        for one in self.selects:
            (against if one.suppresses else tests).setdefault(one.channel, []).append(one.test)
        whether = {channel: _any(chosen) for channel, chosen in tests.items()}
        unless = {channel: _any(chosen) for channel, chosen in against.items()}

        def holds(record: EventRecord, now: float) -> bool:
            test = whether.get(record.channel)
            if test is None or not test(record, now):
                return False
            refuse = unless.get(record.channel)
            return refuse is None or not refuse(record, now)

        return holds

    def run(self, records: Iterable[EventRecord], now: float) -> list[EventRecord]:
        """The records that are selected and not suppressed (now: s since the epoch, for timediff)."""
        holds = self.test()
        return [record for record in records if holds(record, now)]


def parse_query(text: str) -> Query:
    """A structured query.

    Raises:
        QueryError: it is too long, no XML, has a document type, names an unknown log or has a wrong expression; line
            and column say where.
    """
    if len(text) > LONGEST:
        raise QueryError(f"The query has more than {LONGEST} characters. Make it shorter.", 1, 1)
    return _Reader(text.removeprefix("\ufeff")).read()


def query_of(channel: str, expression: str = "*") -> Query:
    """The query for one log.

    Raises:
        QueryError: the expression is wrong.
    """
    tree = parse_xpath(expression)
    return Query((Select(channel, expression, tree, test_of(tree)),))


def compile_xpath(expression: str) -> Test:
    """The test that an expression is.

    Raises:
        QueryError: it is none of the subset.
    """
    return test_of(parse_xpath(expression))


class _Reader:
    """Reads the XML of a query; knows where every character of an expression stands."""

    def __init__(self, text: str) -> None:
        self.text = text.lstrip("\r\n\t ")
        skipped = text[: len(text) - len(self.text)].replace("\r\n", "\n")
        self.skipped_lines = skipped.count("\n")
        self.skipped_columns = len(skipped) - skipped.rfind("\n") - 1
        self.selects: list[Select] = []
        self.open: list[str] = []
        self.path = ""
        self.log = ""
        self.log_at = (1, 1)
        self.pieces: list[tuple[str, tuple[int, int]]] = []
        self.parser = expat.ParserCreate("UTF-8")
        self.parser.buffer_text = False
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.parser.EntityDeclHandler = self._document_type
        self.parser.ProcessingInstructionHandler = self._instruction
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def read(self) -> Query:
        try:
            # UTF-8 overrides the declaration, which names the encoding of the file that the text came from.
            self.parser.Parse(self.text.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            line, column = self._place(error.lineno, error.offset)
            said = expat.ErrorString(error.code)
            raise QueryError(f"The query is no XML: {said}. Begin with <QueryList>.", line, column) from error
        if not any(not one.suppresses for one in self.selects):
            raise QueryError('The query selects nothing. Write <Select Path="System">*</Select>.', 1, 1)
        return Query(tuple(self.selects))

    def _place(self, line: int, column: int) -> tuple[int, int]:
        """Line and column (from 1) of what expat calls line (from 1) and byte of the line (from 0)."""
        lines = self.text.split("\n")
        before = lines[line - 1].encode("utf-8", "replace")[:column] if line <= len(lines) else b""
        shift = self.skipped_columns if line == 1 else 0
        return line + self.skipped_lines, len(before.decode("utf-8", "replace")) + 1 + shift

    def _here(self) -> tuple[int, int]:
        return self._place(self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber)

    def _refuse(self, why: str) -> NoReturn:
        raise QueryError(why, *self._here())

    def _document_type(self, *_: Any) -> None:
        self._refuse("The query has a document type or an entity, which is not allowed. Remove <!DOCTYPE ...>.")

    def _instruction(self, *_: Any) -> None:
        self._refuse("The query has a processing instruction, which is not allowed. Remove <? ... ?>.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        depth = len(self.open)
        if depth == 0 and name != "QueryList":
            self._refuse(f"The query begins with <{name[:40]}>. Begin it with <QueryList>.")
        if _ELEMENTS.get(name) != depth:
            place = self.open[-1] if self.open else ""
            wanted = {"QueryList": "Write <Query> there.", "Query": "Write <Select> or <Suppress> there."}
            self._refuse(f"<{name[:40]}> stands in <{place}>. {wanted.get(place, 'Write the expression there.')}")
        self.open.append(name)
        if depth == 1:
            self.path = attributes.get("Path", "")
        if depth == 2:
            self.log, self.log_at, self.pieces = attributes.get("Path", self.path), self._here(), []
            if len(self.selects) >= MOST_SELECTS:
                self._refuse(f"The query has more than {MOST_SELECTS} selections. Make it shorter.")

    def _characters(self, text: str) -> None:
        if len(self.open) == 3:
            self.pieces.append((text, self._here()))
        elif text.strip():
            self._refuse(f"{text.strip()[:20]!r} stands outside of <Select>. Remove it.")

    def _end(self, name: str) -> None:
        self.open.pop()
        if len(self.open) != 2:
            return
        channel = channel_named(self.log)
        if channel is None:
            raise QueryError(f"There is no log {self.log!r}. wevtutil el lists them.", *self.log_at)
        raw = "".join(text for text, _ in self.pieces)
        expression = raw.strip()
        try:
            tree = parse_xpath(expression)
        except QueryError as error:
            offset = max(error.offset, 0) + len(raw) - len(raw.lstrip())
            at = self._in_pieces(offset) if self.pieces else self._here()
            shown = f" The expression is {expression[:120]!r}." if expression else ""
            raise QueryError(f"{error}{shown}", *at) from error
        self.selects.append(Select(channel.name, expression, tree, test_of(tree), name == "Suppress"))

    def _in_pieces(self, offset: int) -> tuple[int, int]:
        """Where a character of the expression stands."""
        for text, (line, column) in self.pieces:
            if offset < len(text):
                return line, column + offset
            offset -= len(text)
        text, (line, column) = self.pieces[-1]
        return line, column + len(text)


# Tests of a tree


_VALUES: dict[str, Callable[[EventRecord], Any]] = {
    xpath.PROVIDER: lambda r: r.provider,
    "System/Provider/@Guid": lambda r: r.guid,
    xpath.EVENT_ID: lambda r: r.id,
    "System/Version": lambda r: 0,
    xpath.LEVEL: lambda r: r.level,
    xpath.TASK: lambda r: r.task,
    "System/Opcode": lambda r: 0,
    xpath.KEYWORDS: lambda r: r.keywords,
    xpath.TIME: lambda r: r.time,
    "System/EventRecordID": lambda r: r.record_id,
    "System/Execution/@ProcessID": lambda r: r.process,
    "System/Execution/@ThreadID": lambda r: r.thread,
    xpath.CHANNEL: lambda r: r.channel,
    xpath.COMPUTER: lambda r: r.computer,
    "System/Security/@UserID": lambda r: r.user,
}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def test_of(tree: Node) -> Test:
    """The tree as a function of an event and of now (s since the epoch)."""
    match tree:
        case Every():
            return lambda record, now: True
        case All(tests=tests):
            return _all([test_of(test) for test in tests])
        case AnyOf(tests=tests):
            return _any([test_of(test) for test in tests])
        case Not(test=inner):
            negated = test_of(inner)
            return lambda record, now: not negated(record, now)
        case HasData(name=name):
            return lambda record, now: any(name is None or key == name for key, _ in record.data)
        case Compare():
            return _compare(tree)


test_of.__test__ = False  # type: ignore[attr-defined]  # pytest: the name is not that of a test


def _compare(tree: Compare) -> Test:
    compare, wanted = _COMPARE[tree.operator], tree.value
    if tree.path == xpath.DATA:
        name, matches = tree.name, _beside(compare, wanted)
        return lambda record, now: any((name is None or key == name) and matches(value) for key, value in record.data)
    value = _VALUES[tree.path]
    if tree.function == "timediff":
        if isinstance(wanted, str):
            return lambda record, now: False
        return lambda record, now: compare((now - value(record)) * 1000, wanted)
    if tree.function == "band":
        mask, masked = tree.mask, _beside(compare, wanted)
        return lambda record, now: masked(value(record) & mask)
    plain = _beside(compare, wanted)
    return lambda record, now: plain(value(record))


def _beside(compare: Callable[[Any, Any], bool], wanted: float | str) -> Callable[[Any], bool]:
    """Numbers are compared as numbers where the constant is one, else as texts."""
    if isinstance(wanted, str):
        return lambda value: compare(str(value), wanted)

    def numbers(value: Any) -> bool:
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                return False
        return compare(value, wanted)

    return numbers


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
    if len(tests) == 2:
        first, second = tests
        return lambda record, now: first(record, now) and second(record, now)
    return lambda record, now: all(test(record, now) for test in tests)
