"""Structured XML queries of Windows event logs (MS-EVEN6 2.2.16).

``<QueryList><Query Id="0"><Select Path="LOG">*[System[(Level=1 or Level=2)]]</Select></Query></QueryList>``

Each Query is a query of its own: what its Suppress elements hold back, another Query may select. A path is the name
of a log or ``file://`` with the path of an event log file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from fcm.logs.channels import CHANNELS, channel_named
from fcm.logs.queries.conditions import Node, conditions_of
from fcm.logs.queries.evaluation import holds
from fcm.logs.queries.event_tree import tree_of
from fcm.logs.queries.scanner import nearest, shown
from fcm.logs.queries.xml import LONGEST as LONGEST  # who parses queries knows it by this room
from fcm.logs.queries.xml import Selection, read_query_xml
from fcm.logs.queries.xpath import Expression, parse_xpath
from fcm.logs.queries.xpath import QueryError as QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.logs.records import EventRecord
    from fcm.logs.schema import Element

    Test = Callable[[EventRecord, float], bool]

FILE = "file://"
"""What the path of an event log file begins with."""


@dataclass(frozen=True)
class Select:
    """One Select or Suppress: a log or file and an expression."""

    channel: str
    """Name of a log; of a file: FILE and its path."""
    expression: str
    tree: Expression = field(compare=False, repr=False)
    suppresses: bool = False

    @cached_property
    def conditions(self) -> Node:
        """The expression as conditions on single values, as far as it is one."""
        return conditions_of(self.tree)


@dataclass(frozen=True)
class QueryPart:
    """One Query element: its selections, and what it suppresses of them."""

    selects: tuple[Select, ...]
    id: str = "0"

    def takes(self, source: str, event: Element, now: float) -> bool:
        """Whether it selects an event of a log or file (now: s since the epoch, for timediff)."""
        of_source = [one for one in self.selects if one.channel == source]
        if not any(holds(one.tree, event, now) for one in of_source if not one.suppresses):
            return False
        return not any(holds(one.tree, event, now) for one in of_source if one.suppresses)


@dataclass(frozen=True)
class Query:
    """A whole query."""

    parts: tuple[QueryPart, ...]

    @property
    def selects(self) -> tuple[Select, ...]:
        """Every Select and Suppress, in order."""
        return tuple(one for part in self.parts for one in part.selects)

    @property
    def channels(self) -> tuple[str, ...]:
        """Logs that are read, in order."""
        return tuple(source for source in self._sources() if not source.startswith(FILE))

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of the event log files that are read, in order."""
        return tuple(source.removeprefix(FILE) for source in self._sources() if source.startswith(FILE))

    @property
    def follows_the_clock(self) -> bool:
        """Whether it asks how long ago something was (timediff)."""
        return any("timediff" in one.expression for one in self.selects)

    def _sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.channel for one in self.selects if not one.suppresses))

    def test(self, file: str | None = None) -> Test:
        """Whether an event is selected and not suppressed.

        Args:
            file: path of the file that the events are from, one of ``files``; None: they are from their logs.
        """

        def takes(record: EventRecord, now: float) -> bool:
            source = record.channel if file is None else FILE + file
            event = tree_of(record)
            return any(part.takes(source, event, now) for part in self.parts)

        return takes

    def run(self, records: Iterable[EventRecord], now: float) -> list[EventRecord]:
        """The records of logs that are selected and not suppressed (now: s since the epoch, for timediff)."""
        test = self.test()
        return [record for record in records if test(record, now)]


def parse_query(text: str) -> Query:
    """A structured query, or a custom view of Event Viewer that holds one.

    Raises:
        QueryError: it is too long, no XML, has a document type, names an unknown log or has a wrong expression; line
            and column say where.
    """
    selects: list[Select] = []
    parts = read_query_xml(text, lambda one: selects.append(_select(one))).parts
    rest = iter(selects)
    return Query(tuple(QueryPart(tuple(next(rest) for _ in part.selections), part.id) for part in parts))


def _select(one: Selection) -> Select:
    source = _source(one.path, one.at)
    try:
        tree = parse_xpath(one.expression)
    except QueryError as error:
        said = f" The expression is {shown(one.expression, 120)}." if one.expression else ""
        raise QueryError(f"{error}{said}", *one.place(max(error.offset, 0))) from error
    return Select(source, one.expression, tree, one.suppresses)


def _source(path: str, at: tuple[int, int]) -> str:
    """The name of a log as it is written here, or FILE and a path.

    Raises:
        QueryError: there is no such log.
    """
    if path[: len(FILE)].casefold() == FILE:
        if not path[len(FILE) :].strip():
            raise QueryError("The path of the file is missing. Write file:// and the whole path of an .evtx file.", *at)
        file = path[len(FILE) :].strip()
        if file[:2] in ("\\\\", "//", "\\/", "/\\"):
            # Opening it would make Windows show the user's credentials to whoever wrote the query.
            raise QueryError("The query names a file on another computer. Copy the file here first, and name the copy.",
                             *at)  # fmt: skip
        return FILE + file
    if not path.strip():
        raise QueryError('The log is missing. Write Path="System" in <Select> or in <Query>.', *at)
    channel = channel_named(path)
    if channel is None:
        near = nearest(path, [one.name for one in CHANNELS])
        near = near if near.startswith(" Did") else ""
        raise QueryError(f"There is no log {shown(path, 80)}.{near} wevtutil el lists them.", *at)
    return channel.name


def query_of(source: str, expression: str = "*") -> Query:
    """The query for one log, or for one file (FILE and its path).

    Raises:
        QueryError: the expression is wrong.
    """
    return Query((QueryPart((Select(source, expression, parse_xpath(expression)),)),))


def query_of_all(sources: Iterable[str], expression: str = "*") -> Query:
    """The query for several logs.

    Raises:
        QueryError: the expression is wrong.
    """
    tree = parse_xpath(expression)
    return Query((QueryPart(tuple(Select(source, expression, tree) for source in sources)),))


def compile_xpath(expression: str) -> Test:
    """The test that an expression is.

    Raises:
        QueryError: it is none of the subset.
    """
    tree = parse_xpath(expression)
    return lambda record, now: holds(tree, tree_of(record), now)
