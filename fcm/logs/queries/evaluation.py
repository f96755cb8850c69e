"""Whether an expression (fcm.logs.queries.xpath) holds for an event, step by step over the tree of the event.

As in XPath 1.0 a path beside a constant holds if one of the nodes that it names does. Numbers are compared as numbers
wherever the value or the constant is one, GUIDs, SIDs and hexadecimal numbers whatever the case, other texts letter
by letter; <, <=, > and >= compare numbers and times only.
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any

from fcm.logs.queries.xpath import FLIPPED, And, Call, Comparison, Expression, Literal, Number, Or, Path, number_in
from fcm.logs.schema import Element, Value, seconds_of, seconds_of_file_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_GUID = re.compile(r"\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?")
_SID = re.compile(r"S-\d+(-\d+)+", re.IGNORECASE | re.ASCII)
_HEX = re.compile(r"0x[0-9A-Fa-f]+", re.IGNORECASE)
Found = tuple[Value, str]
"""A value and its kind."""


def holds(expression: Expression, event: Element, now: float) -> bool:
    """Whether an expression holds for an event (now: s since the epoch, for timediff)."""
    return _truth(expression, Element("", children=(event,)), 1, now)


def _truth(found: Expression, node: Element, position: int, now: float) -> bool:
    match found:
        case And(tests=tests):
            return all(_truth(one, node, position, now) for one in tests)
        case Or(tests=tests):
            return any(_truth(one, node, position, now) for one in tests)
        case Path():
            return next(_nodes(found, node, now), None) is not None
        case Comparison():
            return _compared(found, node, position, now)
        case Number():
            return position == found.value
        case Call(name="band"):
            return _band(found, node, now)
        case _:
            return False


def _nodes(path: Path, node: Element, now: float) -> Iterator[Found]:
    """The values of the nodes that a path names, in document order."""
    return _below(path.steps, 0, node, now)


def _below(steps: Sequence[Any], place: int, node: Element, now: float) -> Iterator[Found]:
    step = steps[place]
    is_last = place == len(steps) - 1
    if step.is_attribute:
        for name, value in node.attributes.items():
            if step.name in ("*", name):
                yield value, node.kind(name)
        return
    if step.name == "text()":
        if node.text != "":
            yield node.text, node.kind()
        return
    matching = [one for one in node.children if step.name in ("*", one.name)]
    for predicate in step.predicates:
        matching = [one for number, one in enumerate(matching, 1) if _truth(predicate, one, number, now)]
    for one in matching:
        if is_last:
            yield one.text, one.kind()
        else:
            yield from _below(steps, place + 1, one, now)


def _compared(found: Comparison, node: Element, position: int, now: float) -> bool:
    left, right, sign = found.left, found.right, found.operator
    if isinstance(left, Literal | Number):
        left, right, sign = right, left, FLIPPED[sign]
    assert isinstance(right, Literal | Number)
    match left:
        case Path():
            return any(beside(value, kind, sign, right) for value, kind in _nodes(left, node, now))
        case Call(name="position"):
            return beside(position, "number", sign, right)
        case Call(name="timediff"):
            difference = _difference(left, node, now)
            return difference is not None and beside(difference, "number", sign, right)
        case Call(name="band"):
            truth = (isinstance(right, Literal) and bool(right.text)) or (
                isinstance(right, Number) and right.value != 0
            )
            return COMPARE[sign](int(_band(left, node, now)), int(truth))
        case _:
            return False


def _band(call: Call, node: Element, now: float) -> bool:
    path, mask = call.arguments if isinstance(call.arguments[0], Path) else call.arguments[::-1]
    assert isinstance(path, Path)
    assert isinstance(mask, Number)
    wanted = int(mask.value)
    numbers = (_number(value) for value, _ in _nodes(path, node, now))
    return any(isinstance(one, int) and one & wanted != 0 for one in numbers)


def _difference(call: Call, node: Element, now: float) -> float | None:
    """Milliseconds from the first time to the second; None if the event has none."""
    times = [_time_of(one, node, now) for one in call.arguments]
    first, second = times[0], times[1] if len(times) == 2 else now
    return None if first is None or second is None else (second - first) * 1000


def _time_of(argument: Expression, node: Element, now: float) -> float | None:
    if isinstance(argument, Path):
        return next((_seconds(value) for value, _ in _nodes(argument, node, now)), None)
    return constant_time(argument) if isinstance(argument, Literal | Number) else None


def constant_time(constant: Literal | Number) -> float:
    """Seconds since the epoch of a constant; a number is a FILETIME."""
    return seconds_of(constant.text) if isinstance(constant, Literal) else seconds_of_file_time(constant.value)


def _seconds(value: Value) -> float | None:
    if not isinstance(value, str):
        return float(value)
    try:
        return seconds_of(value)
    except ValueError:
        return None


def _number(value: Value) -> int | float | None:
    return number_in(value) if isinstance(value, str) else value


def folded(text: str) -> str | None:
    """A GUID or SID in one way of writing it; None: the text is none."""
    if _GUID.fullmatch(text):
        return text.strip("{}").casefold()
    return text.casefold() if _SID.fullmatch(text) else None


def is_plain(text: str) -> bool:
    """Whether a text is compared letter by letter: it is no GUID, SID or hexadecimal number."""
    return folded(text) is None and not _HEX.fullmatch(text)


def beside(value: Value, kind: str, sign: str, constant: Literal | Number) -> bool:
    """A value of an event beside a constant."""
    if kind == "time":
        time = _seconds(value)
        return time is not None and COMPARE[sign](time, constant_time(constant))
    if isinstance(constant, Literal) and kind != "number" and sign in ("=", "!="):
        return _same(str(value), constant.text) is (sign == "=")
    left = _number(value)
    right = constant.value if isinstance(constant, Number) else _number(constant.text)
    if left is None or right is None:
        return sign == "!="
    return COMPARE[sign](left, right)


def _same(value: str, wanted: str) -> bool:
    if value == wanted:
        return True
    known = folded(wanted)
    if known is not None:
        return folded(value) == known
    return bool(_HEX.fullmatch(wanted) and _HEX.fullmatch(value)) and int(value, 16) == int(wanted, 16)
