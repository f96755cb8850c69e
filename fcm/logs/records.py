"""Events as Windows keeps them: channel, provider, id, level, task, computer, data.

Records are made from what the cluster's log holds, by the catalog (resources/events/catalog.toml). Texts are those of
fcm.logs.describe. A fact without a confirmed Windows event id has a number of this program's own, 60000 and above.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from fcm import resources
from fcm.logs.describe import HIGH_AVAILABILITY, INFORMATION, LEVELS, VERBOSE, EventText, describe
from fcm.logs.describe_failures import is_told, version_of
from fcm.logs.node_events import DIAGNOSTIC, FACT, data_of, fields_of, node_events
from fcm.model import events as ev
from fcm.model.migrations import MigrationKind
from fcm.model.structures.tables import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.logs.schema import Element
    from fcm.model.migrations import Migration
    from fcm.model.state import State
    from fcm.model.telemetry import TelemetryRow

ANALYTIC = "Microsoft-Windows-Hyper-V-High-Availability-Analytic"
WORKER = "Hyper-V-Worker"
SYSTEM_USER = "S-1-5-18"


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One record of an event log."""

    record_id: int
    time: float
    """s since the epoch."""
    channel: str
    provider: str
    guid: str
    """With braces."""
    id: int
    level: int
    """1 Critical, 2 Error, 3 Warning, 4 Information, 5 Verbose."""
    task: int
    task_name: str
    computer: str
    text: str
    data: tuple[tuple[str, str], ...] = ()
    process: int = 0
    thread: int = 0
    keywords: int = 0x8000000000000000
    user: str = SYSTEM_USER
    fact: str = ""
    """The class of fcm.model.events that it tells of, of NodeLogged with its key; "": one more record about a fact."""
    nodes: tuple[str, ...] = ()
    """Nodes that take part; none: it concerns all."""
    element: Element | None = None
    """The whole event as it was read from a file; None: one of this cluster."""

    @property
    def level_name(self) -> str:
        """Critical, Error, Warning, Information or Verbose."""
        return LEVELS[self.level - 1] if 1 <= self.level <= len(LEVELS) else "LogAlways"


@dataclass(frozen=True, slots=True)
class Provider:
    """Who writes events, and where they go."""

    source: str
    name: str
    guid: str
    channel: str
    information: str
    """Channel of what is no warning or error; mostly the same."""
    process: int


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """What the catalog says about one kind of fact."""

    event: str
    id: int
    task: int
    task_name: str
    meaning: str


@cache
def catalog() -> tuple[dict[str, Provider], dict[str, CatalogEntry]]:
    """Providers by source, entries by event class."""
    with resources.path("events", "catalog.toml").open("rb") as file:
        table = tomllib.load(file)
    tasks: dict[str, int] = table["tasks"]
    providers = {
        item["source"]: Provider(
            item["source"],
            item["name"],
            item["guid"],
            item["channel"],
            item.get("information", item["channel"]),
            item["process"],
        )
        for item in table["providers"]
    }
    entries = {
        item["event"]: CatalogEntry(item["event"], item["id"], tasks[item["task"]], item["task"], item["meaning"])
        for item in table["events"]
    }
    return providers, entries


@cache
def task_names() -> dict[int, str]:
    """Names of all task categories, by number; 0 is none."""
    named = {entry.task: entry.task_name for entry in catalog()[1].values()}
    named |= {words.task: words.task_name for words in node_events().entries.values() if words.task}
    return dict(sorted(named.items()))


def records_of(entry: ev.Entry, state: State) -> list[EventRecord]:
    """What the logs get of one entry; a fact that is in no log gives none.

    Args:
        entry: what happened.
        state: for names.
    """
    event = entry.event
    kind = type(event).__name__
    known = catalog()[1].get(kind)
    if known is None or isinstance(event, ev.MigrationProgressed):
        return []
    if isinstance(event, ev.FailoverRecorded) and not is_told(event.failover):
        return []
    said = describe(entry, state)
    if isinstance(event, ev.NodeLogged):
        return [_of_node(known, said, entry.time, event, state)]
    computer = _computer(event, state)
    made = _record(known, said, entry.time, computer, _data(event, state))
    made = replace(made, fact=kind, nodes=_nodes(event, state))
    if isinstance(event, ev.MigrationPhaseEntered):
        made = replace(made, channel=ANALYTIC)
    if isinstance(event, ev.MigrationCompleted):
        return [made, *_figures(event, state, entry.time, computer)]
    return [made]


def _of_node(entry: CatalogEntry, said: EventText, time: float, event: ev.NodeLogged, state: State) -> EventRecord:
    """What a node wrote itself: in the log of Windows where there is one, else in that of the cluster log alone."""
    data = data_of(event.key, fields_of(event, state))
    made = replace(
        _record(entry, said, time, _host(state, event.node), data),
        channel=DIAGNOSTIC,
        fact=f"{FACT} {event.key}",
        nodes=(event.node,),
    )
    words = node_events().entries.get(event.key)
    if words is None:
        return made
    made = replace(made, task=words.task, task_name=words.task_name)
    return replace(made, channel=words.channel) if words.is_event_in(version_of(state)) else made


def pass_record(migration: Migration, row: TelemetryRow, state: State) -> EventRecord:
    """The beginning of a memory pass, in the analytic log.

    Args:
        migration: it has started.
        row: the first one of the pass.
        state: for names.
    """
    name = _machine_name(state, migration.machine)
    text = f"Live migration of '{name}': pass {row.pass_number} begins, {row.remaining} bytes are left to send."
    data = {
        "VmName": name,
        "VmId": migration.machine,
        "MigrationId": migration.id,
        "Pass": str(row.pass_number),
        "BytesRemaining": str(row.remaining),
        "BytesSent": str(row.sent),
    }
    said = EventText(VERBOSE, HIGH_AVAILABILITY, 0, text)
    entry = catalog()[1]["MigrationProgressed"]
    made = _record(entry, said, (migration.started or 0.0) + row.time, _host(state, migration.source), data)
    return replace(made, channel=ANALYTIC)


def first_rows(rows: Iterable[TelemetryRow]) -> list[TelemetryRow]:
    """The first row of each pass."""
    found: list[TelemetryRow] = []
    for row in rows:
        if row.pass_number != (found[-1].pass_number if found else 0):
            found.append(row)
    return found


def _nodes(event: ev.Event, state: State) -> tuple[str, ...]:
    migration = getattr(event, "migration", None)
    found = migration if isinstance(event, ev.MigrationRequested) else state.migrations.get(str(migration))
    if migration is not None and found is not None:
        return (found.source, found.destination)
    node = getattr(getattr(event, "machine", None), "node", None)
    return (node,) if isinstance(node, str) else ()


def _record(entry: CatalogEntry, said: EventText, time: float, computer: str, data: dict[str, str]) -> EventRecord:
    provider = catalog()[0][said.source]
    is_information = LEVELS.index(said.level) >= LEVELS.index(INFORMATION)
    return EventRecord(
        record_id=0,
        time=time,
        channel=provider.information if is_information else provider.channel,
        provider=provider.name,
        guid=provider.guid,
        id=said.id or entry.id,
        level=LEVELS.index(said.level) + 1,
        task=entry.task,
        task_name=entry.task_name,
        computer=computer,
        text=said.text,
        data=tuple({**data, "Text": said.text}.items()),
        process=provider.process,
        thread=provider.process + 0x1D8,
    )


def _figures(event: ev.MigrationCompleted, state: State, time: float, computer: str) -> list[EventRecord]:
    """22508 and 22509 of Worker-Admin: brownout and blackout."""
    migration, figures = state.migrations.get(event.migration), event.figures
    if migration is None or figures is None or migration.kind is not MigrationKind.LIVE:
        return []
    name = _machine_name(state, migration.machine)
    entry = catalog()[1]["MigrationCompleted"]
    brownout = max(0.0, figures.total - figures.downtime)
    texts = (
        (22508, f"'{name}': the brownout of the live migration took {brownout:.2f} seconds."),
        (22509, f"'{name}': the blackout of the live migration took {figures.downtime:.3f} seconds."),
    )
    data = _data(event, state)
    return [
        _record(entry, EventText(INFORMATION, WORKER, number, text), time, computer, data) for number, text in texts
    ]


def _machine_name(state: State, identity: str) -> str:
    return name_of(state.machines, identity)


def _host(state: State, node: str) -> str:
    domain = state.cluster.domain if state.cluster else ""
    return f"{node}.{domain}" if node and domain else node


def _computer(event: ev.Event, state: State) -> str:
    """The node that writes the event."""
    migration = getattr(event, "migration", None)
    if isinstance(event, ev.MigrationRequested):
        return _host(state, event.migration.source)
    if isinstance(migration, str):
        found = state.migrations.get(migration)
        if found is not None:
            at_end = isinstance(event, ev.MigrationHandedOver)
            return _host(state, found.destination if at_end else found.source)
    for holder, name in (("machine", "node"), ("adapter", "node"), ("group", "owner"), ("volume", "owner")):
        value = getattr(getattr(event, holder, None), name, None)
        if isinstance(value, str) and value:
            return _host(state, value)
    return _host(state, state.cluster.host if state.cluster else "")


def _data(event: ev.Event, state: State) -> dict[str, str]:
    """EventData: names and ids of what the event speaks of."""
    data: dict[str, str] = {}
    migration = getattr(event, "migration", None)
    found = migration if isinstance(event, ev.MigrationRequested) else state.migrations.get(str(migration))
    if found is not None and migration is not None:
        data |= {
            "VmName": _machine_name(state, found.machine),
            "VmId": found.machine,
            "SourceNode": found.source,
            "DestinationNode": found.destination,
            "MigrationId": found.id,
        }
    if isinstance(event, ev.MigrationCompleted) and event.figures is not None:
        data["BlackoutSeconds"] = f"{event.figures.downtime:.3f}"
        data["BytesSent"] = str(event.figures.bytes)
    if isinstance(event, ev.MigrationFailed | ev.MigrationFoundEndless | ev.NodeDrainHeldUp):
        data |= {"Reason": event.reason, "Remedy": event.remedy}
    for key, label in (("node", "NodeName"), ("network", "NetworkName"), ("group", "ResourceGroup"),
                       ("resource", "ResourceName"), ("machine", "VmName"), ("volume", "VolumeName"),
                       ("disk", "DiskName"), ("adapter", "InterfaceName")):  # fmt: skip
        name = getattr(getattr(event, key, None), "name", None)
        if isinstance(name, str):
            data[label] = name
    if isinstance(event, ev.NodeChanged):
        data["State"] = str(event.node.state)
    return data
