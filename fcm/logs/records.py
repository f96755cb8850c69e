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
from fcm.model import events as ev
from fcm.model.entities import MigrationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fcm.logs.channels import EventLogs
    from fcm.model.entities import Migration
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


def records(
    entries: Iterable[ev.Entry],
    state: State,
    telemetry: Mapping[str, Sequence[TelemetryRow]],
    logs: EventLogs,
) -> list[EventRecord]:
    """What the enabled logs hold, oldest first.

    Args:
        entries: the cluster's log.
        state: for names.
        telemetry: rows by migration; their passes are in the analytic log.
        logs: which logs are enabled, and since when.
    """
    found: list[EventRecord] = []
    for entry in entries:
        found += _of_entry(entry, state)
    for identity, rows in telemetry.items():
        migration = state.migrations.get(identity)
        if migration is not None and migration.started is not None:
            found += _of_passes(migration, rows, state)
    kept = sorted((item for item in found if logs.keeps(item.channel, item.time)), key=lambda item: item.time)
    return [_numbered(item, number) for number, item in enumerate(kept, 1)]


def _numbered(item: EventRecord, number: int) -> EventRecord:
    return replace(item, record_id=number)


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


def _of_entry(entry: ev.Entry, state: State) -> list[EventRecord]:
    event = entry.event
    kind = type(event).__name__
    known = catalog()[1].get(kind)
    if known is None:
        return []
    said = describe(entry, state)
    computer = _computer(event, state)
    made = _record(known, said, entry.time, computer, _data(event, state))
    if isinstance(event, ev.MigrationPhaseEntered):
        made = _in_channel(made, ANALYTIC)
    if isinstance(event, ev.MigrationCompleted):
        return [made, *_figures(event, state, entry.time, computer)]
    return [made]


def _in_channel(item: EventRecord, channel: str) -> EventRecord:
    return replace(item, channel=channel)


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


def _of_passes(migration: Migration, rows: Sequence[TelemetryRow], state: State) -> list[EventRecord]:
    assert migration.started is not None
    name = _machine_name(state, migration.machine)
    entry = catalog()[1]["MigrationProgressed"]
    found: list[EventRecord] = []
    last = 0
    for row in rows:
        if row.pass_number != last:
            last = row.pass_number
            text = f"Live migration of '{name}': pass {last} begins, {row.remaining} bytes are left to send."
            data = {
                "VmName": name,
                "VmId": migration.machine,
                "Pass": str(last),
                "BytesRemaining": str(row.remaining),
                "BytesSent": str(row.sent),
            }
            said = EventText(VERBOSE, HIGH_AVAILABILITY, 0, text)
            made = _record(entry, said, migration.started + row.time, _host(state, migration.source), data)
            found.append(_in_channel(made, ANALYTIC))
    return found


def _machine_name(state: State, identity: str) -> str:
    machine = state.machines.get(identity)
    return machine.name if machine else identity


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
    if isinstance(event, ev.MigrationFailed):
        data |= {"Reason": event.reason, "Remedy": event.remedy}
    for key, label in (("node", "NodeName"), ("network", "NetworkName"), ("group", "ResourceGroup"),
                       ("resource", "ResourceName"), ("machine", "VmName"), ("volume", "VolumeName"),
                       ("disk", "DiskName"), ("adapter", "InterfaceName")):  # fmt: skip
        name = getattr(getattr(event, key, None), "name", None)
        if isinstance(name, str):
            data[label] = name
    return data
