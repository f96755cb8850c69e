"""What a form with fields can say about events, as a structured query and back.

The query has the shape that Event Viewer writes: one Select a log, excluded numbers as Suppress. Back to the form goes
every query of that kind, whoever wrote it; one that says more is for the XML alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.logs.channels import CHANNELS
from fcm.logs.queries import conditions as xpath
from fcm.logs.queries.conditions import All, AnyOf, Compare, Every, Node
from fcm.logs.queries.query import parse_query
from fcm.model.moments import in_utc
from fcm.text.markup import escape, quoteattr
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVELS = (1, 2, 3, 4, 5)
LARGEST_ID = 65535
MOST_IDS = 200
"""Numbers and ranges of a form."""
_PART = re.compile(r"(?P<minus>-)?\s*(?P<first>\d{1,9})\s*(?:-\s*(?P<last>\d{1,9}))?")


@dataclass(frozen=True, slots=True)
class Ids:
    """Event numbers that are wanted and not wanted; a number is a range of one."""

    included: tuple[tuple[int, int], ...] = ()
    excluded: tuple[tuple[int, int], ...] = ()

    def __str__(self) -> str:
        """As a user types it: ``1,3,5-99,-76``."""
        parts = [_range_words(one) for one in self.included]
        return ",".join([*parts, *(f"-{_range_words(one)}" for one in self.excluded)])


def _range_words(one: tuple[int, int]) -> str:
    return str(one[0]) if one[0] == one[1] else f"{one[0]}-{one[1]}"


def parse_ids(text: str) -> Ids:
    """Numbers and ranges with commas between them, excluded ones with a minus sign.

    Raises:
        ValueError: something else was typed (sentence).
    """
    included: list[tuple[int, int]] = []
    excluded: list[tuple[int, int]] = []
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;]", text))):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"{quoted(part)} is not an event ID. Write numbers and ranges such as 1,3,5-99,-76.")
        first, last = int(match["first"]), int(match["last"] or match["first"])
        if max(first, last) > LARGEST_ID:
            raise ValueError(f"{quoted(part)} is too large: event IDs go to {LARGEST_ID}.")
        if first > last:
            raise ValueError(f"The range {quoted(part)} runs backwards. Write the smaller number first.")
        (excluded if match["minus"] else included).append((first, last))
    if len(included) + len(excluded) > MOST_IDS:
        raise ValueError(f"These are more than {MOST_IDS} event IDs. Use ranges such as 5-99.")
    return Ids(tuple(included), tuple(excluded))


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What the form says. Empty tuples mean: whichever."""

    within: int | None = None
    """ms before now."""
    start: float | None = None
    """s since the epoch; together with ``end`` instead of ``within``."""
    end: float | None = None
    """s since the epoch."""
    levels: tuple[int, ...] = ()
    """1 Critical to 5 Verbose."""
    logs: tuple[str, ...] = ()
    """Names of channels."""
    providers: tuple[str, ...] = ()
    tasks: tuple[int, ...] = ()
    computers: tuple[str, ...] = ()
    ids: Ids = Ids()

    def xml(self) -> str:
        """The structured query."""
        logs = self.logs or tuple(channel.name for channel in CHANNELS)
        test = self._expression()
        lines = ["<QueryList>", f'  <Query Id="0" Path={quoteattr(logs[0])}>']
        lines += [f"    <Select Path={quoteattr(log)}>{escape(test)}</Select>" for log in logs]
        if self.ids.excluded:
            against = escape(f"*[System[{_id_test(self.ids.excluded)}]]")
            lines += [f"    <Suppress Path={quoteattr(log)}>{against}</Suppress>" for log in logs]
        return "\n".join([*lines, "  </Query>", "</QueryList>"])

    def _expression(self) -> str:
        tests = []
        if self.providers:
            tests.append(f"Provider[{' or '.join(f'@Name={_quoted(name)}' for name in self.providers)}]")
        if self.levels:
            tests.append(f"({' or '.join(f'Level={level}' for level in self.levels)})")
        if self.tasks:
            tests.append(f"({' or '.join(f'Task={task}' for task in self.tasks)})")
        if self.ids.included:
            tests.append(_id_test(self.ids.included))
        if self.computers:
            tests.append(f"({' or '.join(f'Computer={_quoted(name)}' for name in self.computers)})")
        times = []
        if self.within is not None:
            times.append(f"timediff(@SystemTime) <= {self.within}")
        if self.start is not None:
            times.append(f"@SystemTime >= '{_stamp(self.start)}'")
        if self.end is not None:
            times.append(f"@SystemTime <= '{_stamp(self.end)}'")
        if times:
            tests.append(f"TimeCreated[{' and '.join(times)}]")
        return f"*[System[{' and '.join(tests)}]]" if tests else "*"


def filter_of(text: str) -> EventFilter | None:
    """The form that says the same as a query; None: the form cannot say it.

    Raises:
        QueryError: it is no query.
    """
    query = parse_query(text)
    selects = [one for one in query.selects if not one.suppresses]
    against = [one for one in query.selects if one.suppresses]
    if query.files or (against and len(query.parts) > 1):
        return None
    logs = tuple(one.channel for one in selects)
    trees = {one.conditions for one in selects}
    if len(set(logs)) != len(logs) or len(trees) != 1:
        return None
    excluded: tuple[tuple[int, int], ...] = ()
    if against:
        if {one.channel for one in against} != set(logs) or len({one.conditions for one in against}) != 1:
            return None
        found = _Fields().read(against[0].conditions)
        if found is None or found.only_ids() is None:
            return None
        excluded = found.only_ids() or ()
    fields = _Fields().read(selects[0].conditions)
    every = {channel.name for channel in CHANNELS}
    return None if fields is None else fields.as_filter(() if set(logs) == every else logs, excluded)


class _Fields:
    """What the tests of a tree say, field by field."""

    def __init__(self) -> None:
        self.levels: tuple[int, ...] = ()
        self.tasks: tuple[int, ...] = ()
        self.providers: tuple[str, ...] = ()
        self.computers: tuple[str, ...] = ()
        self.ids: tuple[tuple[int, int], ...] = ()
        self.within: int | None = None
        self.bounds: dict[str, float] = {}
        self.id_bounds: dict[str, int] = {}

    def read(self, tree: Node) -> _Fields | None:
        tests = tree.tests if isinstance(tree, All) else () if isinstance(tree, Every) else (tree,)
        if not all(self._take(test) for test in tests):
            return None
        if self.id_bounds:
            if self.ids or set(self.id_bounds) != {">=", "<="}:
                return None
            self.ids = ((self.id_bounds[">="], self.id_bounds["<="]),)
        return self if all(0 <= first <= last <= LARGEST_ID for first, last in self.ids) else None

    def only_ids(self) -> tuple[tuple[int, int], ...] | None:
        """The numbers, where nothing else is said."""
        other = (self.levels, self.tasks, self.providers, self.computers, self.within, self.bounds)
        return self.ids if self.ids and other == ((), (), (), (), None, {}) else None

    def as_filter(self, logs: tuple[str, ...], excluded: tuple[tuple[int, int], ...]) -> EventFilter | None:
        if self.within is not None and self.bounds:
            return None
        return EventFilter(self.within, self.bounds.get(">="), self.bounds.get("<="), self.levels, logs,
                           self.providers, self.tasks, self.computers, Ids(self.ids, excluded))  # fmt: skip

    def _take(self, test: Node) -> bool:
        """Take one condition; False if the form has no field for it, or has it already."""
        choices = test.tests if isinstance(test, AnyOf) else (test,)
        first = choices[0]
        path = first.path if isinstance(first, Compare) else xpath.EVENT_ID
        if isinstance(test, Compare) and test.path == xpath.TIME:
            return self._take_time(test)
        if isinstance(test, Compare) and path == xpath.EVENT_ID and test.operator in (">=", "<="):
            return self._take_bound(test)
        if path == xpath.EVENT_ID and not self.ids:
            ranges = [_range(choice) for choice in choices]
            self.ids = tuple(one for one in ranges if one is not None)
            return None not in ranges
        name = {
            xpath.LEVEL: "levels",
            xpath.TASK: "tasks",
            xpath.PROVIDER: "providers",
            xpath.COMPUTER: "computers",
        }.get(path)
        if name is None or getattr(self, name):
            return False
        kind = int if name in ("levels", "tasks") else str
        values = [_equal(choice, path) for choice in choices]
        if not all(type(value) is kind for value in values):
            return False
        if name == "levels" and not set(values) <= set(LEVELS):
            return False
        setattr(self, name, tuple(dict.fromkeys(values)))
        return True

    def _take_time(self, test: Compare) -> bool:
        value = test.value
        if test.function == "timediff":
            if test.reference is not None or test.operator != "<=" or self.within is not None:
                return False
            if not isinstance(value, int) or value < 0:
                return False
            self.within = value
            return True
        if test.operator not in (">=", "<=") or isinstance(value, str) or test.operator in self.bounds:
            return False
        self.bounds[test.operator] = float(value)
        return True

    def _take_bound(self, test: Compare) -> bool:
        if not isinstance(test.value, int) or test.operator in self.id_bounds:
            return False
        self.id_bounds[test.operator] = test.value
        return True


def _equal(test: Node, path: str) -> int | float | str | None:
    """The constant of ``path = constant``."""
    is_plain = isinstance(test, Compare) and test.path == path and test.operator == "=" and not test.function
    return test.value if is_plain and isinstance(test, Compare) else None


def _range(test: Node) -> tuple[int, int] | None:
    """One number, or two bounds."""
    match test:
        case Compare(path=xpath.EVENT_ID, operator="=", value=int() as value):
            return (value, value)
        case All(
            tests=(
                Compare(path=xpath.EVENT_ID, operator=">=", value=int() as first),
                Compare(path=xpath.EVENT_ID, operator="<=", value=int() as last),
            )
        ):
            return (first, last)
        case _:
            return None


def _id_test(ranges: Sequence[tuple[int, int]]) -> str:
    tests = [
        f"EventID={first}" if first == last else f"(EventID >= {first} and EventID <= {last})" for first, last in ranges
    ]
    return f"({' or '.join(tests)})"


def _quoted(name: str) -> str:
    return f'"{name}"' if "'" in name else f"'{name}'"


def _stamp(time: float) -> str:
    """A time (s since the epoch) to the ms."""
    return in_utc(round(time, 3)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
