"""A query as a condition of SQLite, so that events that do not fit are never read.

The condition lets every event pass that the query selects. Where it lets no other one pass it is exact, and the events
need not be asked again. Columns are those of fcm.workspace.events.event_log.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.logs.queries import conditions as xpath
from fcm.logs.queries.conditions import All, AnyOf, Compare, Every, HasData, Node, Not, Other

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.logs.channels import EventLogs
    from fcm.logs.queries.query import Query, QueryPart

    Value = int | float | str

_NUMBERS = {
    xpath.EVENT_ID: "event",
    "System/Version": "0",
    xpath.LEVEL: "level",
    xpath.TASK: "task",
    "System/Opcode": "0",
    xpath.TIME: "time",
    "System/EventRecordID": "id",
    "System/Execution/@ProcessID": "process",
    "System/Execution/@ThreadID": "thread",
}
_TEXTS = {
    xpath.PROVIDER: "provider",
    xpath.GUID: "lower(trim(guid, '{}'))",
    xpath.CHANNEL: "channel",
    xpath.COMPUTER: "computer",
    xpath.USER: "lower(user)",
}
MOST_VALUES = 400
"""Constants of a condition; SQLite takes no expressions of any depth."""
_LARGEST = 2**63 - 1
_MARGIN = 1.0
"""s by which the bound that the index serves is wider than the time that is asked for."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Text with ``?``, its values, and whether it says all that the query says."""

    text: str = ""
    """"" lets everything pass."""
    values: tuple[Value, ...] = ()
    exact: bool = True


_ANYTHING = Condition(exact=False)


def condition_of(query: Query, logs: EventLogs, now: float) -> Condition:
    """The condition for a query over the enabled logs (now: s since the epoch, for timediff)."""
    parts = []
    for channel in query.channels:
        inside = of_tree(xpath.any_of([_of_part(part, channel) for part in query.parts]), now)
        if len(inside.values) > MOST_VALUES:
            inside = _ANYTHING
        parts.append(_all([Condition("channel = ?", (channel,)), _enabled(logs.spans(channel)), inside]))
    return _any(parts)


def _of_part(part: QueryPart, channel: str) -> Node:
    """What one Query lets pass of a log."""
    chosen = [one.conditions for one in part.selects if one.channel == channel and not one.suppresses]
    refused = [one.conditions for one in part.selects if one.channel == channel and one.suppresses]
    return xpath.all_of([xpath.any_of(chosen), *(Not(one) for one in refused)])


def of_tree(tree: Node, now: float) -> Condition:
    """The condition for a tree."""
    match tree:
        case Every():
            return Condition()
        case Other():
            return _ANYTHING
        case All(tests=tests):
            return _all([of_tree(test, now) for test in tests])
        case AnyOf(tests=tests):
            return _any([of_tree(test, now) for test in tests])
        case Not(test=inner):
            found = of_tree(inner, now)
            if not found.exact:
                return _ANYTHING
            return Condition(f"NOT ({found.text})", found.values) if found.text else Condition("0")
        case HasData(name=name):
            return _data(name, "", ())
        case Compare():
            return _compare(tree, now)


def _compare(tree: Compare, now: float) -> Condition:
    operator, value = tree.operator, tree.value
    if isinstance(value, int) and abs(value) > _LARGEST:
        return _ANYTHING
    if tree.path == xpath.DATA:
        if not isinstance(value, str):
            return _ANYTHING
        found = _data(tree.name, operator, (value,))
        if operator != "=" or not value:
            return found
        # A look at the whole is quicker than one at each part.
        packed = json.dumps(value, ensure_ascii=False)[1:-1]
        return _all([Condition("instr(data, ?) OR text = ?", (packed, value)), found])
    if tree.function == "timediff":
        if isinstance(value, str):
            return _ANYTHING
        reference = now if tree.reference is None else tree.reference
        bound = reference - value / 1000
        exactly = Condition(f"(? - time) * 1000 {operator} ?", (reference, value))
        if operator in ("<", "<=", "="):
            return _all([Condition("time >= ?", (bound - _MARGIN,)), exactly])
        return exactly
    if tree.function == "band":
        plain = operator == "!=" and value == 0 and 0 <= tree.mask <= _LARGEST
        return Condition("(keywords & ?) != 0", (tree.mask,)) if plain else _ANYTHING
    if tree.path in _NUMBERS and not isinstance(value, str):
        return Condition(f"{_NUMBERS[tree.path]} {operator} ?", (value,))
    if tree.path in _TEXTS and isinstance(value, str):
        return Condition(f"{_TEXTS[tree.path]} {operator} ?", (value,))
    return _ANYTHING


def _data(name: str | None, operator: str, value: tuple[str, ...]) -> Condition:
    """Whether one of the data has this name (None: any) and a value that compares so.

    The data are a list of [name, value]; a name alone has the text of the event for its value.
    """
    tests: list[str] = []
    values: list[Value] = []
    for kind, its_name, its_value in (
        ("array", "json_extract(one.value, '$[0]')", "json_extract(one.value, '$[1]')"),
        ("text", "one.value", "events.text"),
    ):
        parts = [f"one.type = '{kind}'"]
        if name is not None:
            parts.append(f"{its_name} = ?")
            values.append(name)
        if operator:
            parts.append(f"{its_value} {operator} ?")
            values += value
        tests.append(f"({' AND '.join(parts)})")
    return Condition(f"EXISTS (SELECT 1 FROM json_each(events.data) AS one WHERE {' OR '.join(tests)})", tuple(values))


def _enabled(spans: Sequence[tuple[float, float]]) -> Condition:
    """When the log took events."""
    if len(spans) > MOST_VALUES:
        return _ANYTHING
    infinite = float("inf")
    parts = []
    for start, end in spans:
        bounds = [Condition("time >= ?", (start,))] if start != -infinite else []
        bounds += [Condition("time <= ?", (end,))] if end != infinite else []
        parts.append(_all(bounds))
    return _any(parts)


def _all(parts: list[Condition]) -> Condition:
    said = [part for part in parts if part.text]
    text = " AND ".join(f"({part.text})" for part in said) if len(said) > 1 else said[0].text if said else ""
    return Condition(text, tuple(v for part in said for v in part.values), all(part.exact for part in parts))


def _any(parts: list[Condition]) -> Condition:
    """One that lets everything pass lets everything pass here; none at all lets nothing pass."""
    if not parts:
        return Condition("0")
    exact = all(part.exact for part in parts)
    if not all(part.text for part in parts):
        return Condition(exact=exact)
    if len(parts) == 1:
        return parts[0]
    text = " OR ".join(f"({part.text})" for part in parts)
    return Condition(text, tuple(v for part in parts for v in part.values), exact)
