"""A part of a history with stand-ins in it: objects stay objects, only their texts change."""

from __future__ import annotations

import dataclasses
import enum
import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from fcm.migration.engine.catalogue import workload_names
from fcm.model.structures.tables import Table
from fcm.workspace.files.checkpoint import KINDS
from fcm.workspace.incident.stand_ins import StandIns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fcm.model import events as ev
    from fcm.model.state import State
    from fcm.model.telemetry import TelemetryRow

T = TypeVar("T")

PATHS = frozenset({("VirtualMachine", "path"), ("VirtualMachine", "media")})
"""Class and field of what names a file or a folder."""
PLAIN: Mapping[tuple[str, str], str] = {
    ("Cluster", "name"): "cluster",
    ("Cluster", "domain"): "domain",
    ("Cluster", "host"): "node",
    ("Node", "name"): "node",
    ("Node", "switches"): "switch",
    ("VirtualMachine", "name"): "machine",
    ("VirtualMachine", "switch"): "switch",
    ("Migration", "name"): "machine",
    ("Network", "name"): "network",
    ("Network", "description"): "description",
    ("Disk", "name"): "disk",
    ("SharedVolume", "name"): "volume",
    ("SharedVolume", "folder"): "folder",
    ("Group", "anti_affinity"): "class",
}
"""Class and field of names, and what they name."""
COMPOSED: Mapping[tuple[str, str], str] = {
    ("Group", "name"): "service",
    ("Adapter", "name"): "adapter",
    ("Resource", "name"): "resource",
    ("Resource", "detail"): "detail",
    ("Snapshot", "name"): "snapshot",
}
"""The same of names that may be made of others, such as "Virtual Machine SQL01"."""
WORDS = frozenset(
    {
        ("BackendReported", "level"),
        ("CheckResult", "category"),
        ("CheckResult", "level"),
        ("CheckResult", "name"),
        ("CommandRefused", "command"),
        ("Disk", "file_system"),
        ("Node", "shutdown"),
        ("Node", "updates"),
        ("NodeLogged", "key"),
        ("Processor", "features"),
        ("Processor", "vendor"),
        ("VirtualMachine", "features"),
        ("Cluster", "assumed"),
    }
)
"""Class and field of words of this program or of processors, which stay as they are."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A state, what happened from then on, and its telemetry; all with stand-ins."""

    begin: State
    entries: tuple[ev.Entry, ...]
    telemetry: Mapping[str, Sequence[TelemetryRow]]
    end: State


def collected(states: Sequence[State], entries: Iterable[ev.Entry]) -> StandIns:
    """Stand-ins for everything that states and events name."""
    found = StandIns()
    plain: list[tuple[str, str]] = []
    composed: list[tuple[str, str]] = []
    for state in states:
        for one in _objects(state):
            _collect(one, found, plain, composed)
    for entry in entries:
        _collect(entry.event, found, plain, composed)
    for kind, name in dict.fromkeys(plain):
        found.add(kind, name)
    for kind, name in dict.fromkeys(composed):
        found.add_composed(kind, name)
    return found


def _objects(state: State) -> Iterator[Any]:
    if state.cluster is not None:
        yield state.cluster
    for part in KINDS:
        yield from getattr(state, part).values()


@functools.cache
def _fields(kind: type[Any]) -> tuple[str, ...]:
    return tuple(one.name for one in dataclasses.fields(kind))


def _collect(value: Any, found: StandIns, plain: list[tuple[str, str]], composed: list[tuple[str, str]]) -> None:
    if isinstance(value, (tuple, frozenset)):
        for part in value:
            _collect(part, found, plain, composed)
        return
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return
    kind = type(value).__name__
    for name in _fields(type(value)):
        part = getattr(value, name)
        where = (kind, name)
        if where == ("Network", "subnet"):
            found.add_subnet(part)
        elif where in PATHS:
            found.add_path(part)
        elif where in PLAIN or where in COMPOSED:
            into, of = (plain, PLAIN) if where in PLAIN else (composed, COMPOSED)
            into.extend((of[where], one) for one in (part if isinstance(part, tuple) else (part,)) if one)
        else:
            _collect(part, found, plain, composed)


def with_stand_ins(value: T, stand_ins: StandIns) -> T:
    """An object of the model with stand-ins in all its texts."""
    changed: T = _changed(value, stand_ins)
    return changed


def _changed(value: Any, stand_ins: StandIns) -> Any:
    if isinstance(value, enum.Enum) or value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return stand_ins.text(value)
    if isinstance(value, (tuple, frozenset)):
        return type(value)(_changed(part, stand_ins) for part in value)
    kind: Any = type(value)
    new = {}
    for name in _fields(kind):
        part = getattr(value, name)
        if (kind.__name__, name) in WORDS:
            new[name] = part
        elif (kind.__name__, name) == ("VirtualMachine", "workload"):
            new[name] = part if part in workload_names() else ""
        else:
            new[name] = _changed(part, stand_ins)
    return kind(**new)


def state_with_stand_ins(state: State, stand_ins: StandIns) -> State:
    """A whole state with stand-ins."""
    tables: dict[str, Any] = {
        part: Table((stand_ins.text(key), _changed(one, stand_ins)) for key, one in getattr(state, part).items())
        for part in KINDS
    }
    cluster = None if state.cluster is None else with_stand_ins(state.cluster, stand_ins)
    return replace(state, cluster=cluster, **tables)
