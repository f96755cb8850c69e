"""An expression as conditions on single values of an event, as far as it is one.

An event has each element of System once, so a test in brackets is one more condition; only Data can occur several
times. What cannot be said so is ``Other``: it has to be asked of the event itself
(fcm.logs.queries.evaluation). SQL and the form work on conditions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.logs.queries.evaluation import constant_time, folded, is_plain
from fcm.logs.queries.xpath import (
    FLIPPED,
    And,
    Call,
    Comparison,
    Expression,
    Literal,
    Number,
    Or,
    Path,
    Step,
    number_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

TIME = "System/TimeCreated/@SystemTime"
PROVIDER = "System/Provider/@Name"
GUID = "System/Provider/@Guid"
USER = "System/Security/@UserID"
EVENT_ID = "System/EventID"
LEVEL = "System/Level"
TASK = "System/Task"
COMPUTER = "System/Computer"
CHANNEL = "System/Channel"
KEYWORDS = "System/Keywords"
DATA = "EventData/Data"
NUMBERS = frozenset(
    {EVENT_ID, LEVEL, TASK, KEYWORDS, "System/Version", "System/Opcode", "System/EventRecordID",
     "System/Execution/@ProcessID", "System/Execution/@ThreadID"}
)  # fmt: skip
TEXTS = frozenset({PROVIDER, COMPUTER, CHANNEL})
LEAVES = frozenset({TIME, GUID, USER}) | NUMBERS | TEXTS
"""Paths with one value in every event of the event log."""
_INNER = frozenset({"", "System", "EventData", "System/Provider", "System/TimeCreated", "System/Execution",
                    "System/Security", "System/Correlation"})  # fmt: skip
"""Elements that every event has."""


@dataclass(frozen=True, slots=True)
class Every:
    """Holds for every event."""


@dataclass(frozen=True, slots=True)
class Other:
    """Something else: to be asked of the event itself."""


@dataclass(frozen=True, slots=True)
class Compare:
    """A value of the event beside a constant."""

    path: str
    """One of LEAVES, or DATA."""
    operator: str
    value: int | float | str
    """A time is in s since the epoch."""
    function: str = ""
    """"", "timediff" (ms from the event's time to ``reference``) or "band"."""
    mask: int = 0
    """Of band."""
    name: str | None = None
    """Name of Data; None: any."""
    reference: float | None = None
    """s since the epoch, of timediff; None: now."""


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
    """What is suppressed; no expression has it."""

    test: Node


Node = Every | Other | Compare | HasData | All | AnyOf | Not


def all_of(tests: Sequence[Node]) -> Node:
    """``and`` of tests, without what always holds."""
    flat: list[Node] = []
    for test in tests:
        flat += test.tests if isinstance(test, All) else () if isinstance(test, Every) else (test,)
    return Every() if not flat else flat[0] if len(flat) == 1 else All(tuple(flat))


def any_of(tests: Sequence[Node]) -> Node:
    """``or`` of tests."""
    flat: list[Node] = []
    for test in tests:
        flat += test.tests if isinstance(test, AnyOf) else (test,)
    return flat[0] if len(flat) == 1 else AnyOf(tuple(flat))


def conditions_of(expression: Expression) -> Node:
    """The conditions that an expression is."""
    return _at(expression, None)


def _at(found: Expression, context: str | None) -> Node:
    """The conditions of a test at an element; None: above the event."""
    match found:
        case And(tests=tests):
            return all_of([_at(one, context) for one in tests])
        case Or(tests=tests):
            return any_of([_at(one, context) for one in tests])
        case Path(steps=steps):
            return _exists(steps, context)
        case Comparison():
            return _compared(found, context)
        case Call(name="band"):
            return _band(found, context)
        case _:
            return Other()


@dataclass(frozen=True, slots=True)
class _Place:
    path: str
    """An inner element, one of LEAVES, or DATA."""
    tests: tuple[Node, ...] = ()
    name: str | None = None
    """Of Data."""
    value: str | None = None
    """That Data has to have, by text()='...' in its brackets."""


def _exists(steps: tuple[Step, ...], context: str | None) -> Node:
    place = _follow(steps, context)
    if place is None:
        return Other()
    if place.path == DATA:
        last: Node = HasData(place.name)
        if place.value is not None:
            last = Compare(DATA, "=", place.value, name=place.name)
        return all_of([*place.tests, last])
    return all_of(place.tests)


def _follow(steps: tuple[Step, ...], context: str | None) -> _Place | None:
    """Where a path leads, and what has to hold on the way; None where that is no single value."""
    place = context
    tests: list[Node] = []
    for number, step in enumerate(steps):
        is_last = number == len(steps) - 1
        if place is None:
            place = ""  # * or Event, which all events are
        elif step.name == "text()" and place in NUMBERS and is_last:
            return _Place(place, tuple(tests))  # no event lacks it
        elif step.name in ("*", "text()"):
            return None
        else:
            place = f"{place}/{'@' if step.is_attribute else ''}{step.name}".strip("/")
        if place == DATA:
            return _data(step, steps[number + 1 :], tuple(tests))
        if place not in _INNER and place not in LEAVES:
            return None
        tests += [_at(one, place) for one in step.predicates]
    assert place is not None
    return _Place(place, tuple(tests))


def _data(step: Step, rest: tuple[Step, ...], tests: tuple[Node, ...]) -> _Place | None:
    if rest:
        return None
    wanted: dict[str, str] = {}
    for predicate in step.predicates:
        for one in predicate.tests if isinstance(predicate, And) else (predicate,):
            said = _data_test(one)
            if said is None or said[0] in wanted:
                return None
            wanted[said[0]] = said[1]
    return _Place(DATA, tests, wanted.get("@Name"), wanted.get("text()"))


def _data_test(test: Expression) -> tuple[str, str] | None:
    """``@Name='...'`` or ``text()='...'``."""
    match test:
        case Comparison(operator="=", left=Path(steps=(Step() as step,)), right=Literal(text=text)):
            pass
        case Comparison(operator="=", left=Literal(text=text), right=Path(steps=(Step() as step,))):
            pass
        case _:
            return None
    name = f"{'@' if step.is_attribute else ''}{step.name}"
    if not is_plain(text) or name not in ("@Name", "text()") or (name == "text()" and not text):
        return None
    return name, text


def _compared(found: Comparison, context: str | None) -> Node:
    left, right, sign = found.left, found.right, found.operator
    if isinstance(left, Literal | Number):
        left, right, sign = right, left, FLIPPED[sign]
    assert isinstance(right, Literal | Number)
    if isinstance(left, Call):
        return _difference(left, sign, right, context) if left.name == "timediff" else Other()
    if not isinstance(left, Path):
        return Other()
    place = _follow(left.steps, context)
    if place is None:
        return Other()
    value = _constant(place.path, sign, right)
    if value is None or place.value is not None:
        return Other()
    return all_of([*place.tests, Compare(place.path, sign, value, name=place.name)])


def _constant(path: str, sign: str, constant: Literal | Number) -> int | float | str | None:
    """What a value of the path is compared with; None where kinds of values meet that only evaluation knows."""
    if path == TIME:
        return constant_time(constant)
    if path in NUMBERS:
        try:
            return constant.value if isinstance(constant, Number) else number_of(constant.text)
        except ValueError:
            return None
    if not isinstance(constant, Literal) or sign not in ("=", "!="):
        return constant.value if path == DATA and isinstance(constant, Number) else None
    if path in (GUID, USER):
        return folded(constant.text)
    return constant.text if is_plain(constant.text) and (path in TEXTS or path == DATA) else None


def _band(call: Call, context: str | None) -> Node:
    path, mask = call.arguments if isinstance(call.arguments[0], Path) else call.arguments[::-1]
    assert isinstance(path, Path)
    assert isinstance(mask, Number)
    place = _follow(path.steps, context)
    if place is None or place.path != KEYWORDS:
        return Other()
    return all_of([*place.tests, Compare(KEYWORDS, "!=", 0, "band", int(mask.value))])


def _difference(call: Call, sign: str, constant: Literal | Number, context: str | None) -> Node:
    try:
        value = constant.value if isinstance(constant, Number) else number_of(constant.text)
    except ValueError:
        return Other()
    path, other = call.arguments[0], call.arguments[1] if len(call.arguments) == 2 else None
    if not isinstance(path, Path):
        assert isinstance(other, Path)
        path, other, sign, value = other, path, FLIPPED[sign], -value
    place = _follow(path.steps, context)
    if place is None or place.path != TIME:
        return Other()
    reference = constant_time(other) if isinstance(other, Literal | Number) else None
    return all_of([*place.tests, Compare(TIME, sign, value, "timediff", reference=reference)])
