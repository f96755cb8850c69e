"""What an incident file holds, and how it comes about from a history."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fcm.logs.cluster_log import cluster_log
from fcm.logs.pacemaker_log import hide
from fcm.mistakes import SentenceError
from fcm.model import events as ev
from fcm.model.state import apply
from fcm.model.structures.tables import one_turn
from fcm.workspace.events.fact_records import records_around
from fcm.workspace.incident.excerpt import Excerpt, collected, state_with_stand_ins, with_stand_ins
from fcm.workspace.replay.opening import open_past

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fcm.logs.records import EventRecord
    from fcm.model.state import State
    from fcm.model.telemetry import TelemetryRow
    from fcm.workspace.incident.stand_ins import StandIns

HOUR = 3600.0
LOG_LINES = 400
"""Lines of the log of each node, the newest."""
MOST_EVENTS = 200_000
"""Events of an incident file; of more, the newest."""


class IncidentError(SentenceError):
    """An incident file cannot be made; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Everything that goes into the file, with stand-ins, and the table that does not."""

    excerpt: Excerpt
    simulated: bool
    records: tuple[EventRecord, ...]
    """What happened, in words."""
    logs: Mapping[str, Sequence[str]]
    """Lines of the cluster log of each node."""
    checks: tuple[str, ...]
    """What validation found last, a line for each."""
    hosts: Mapping[str, Mapping[str, object]]
    """Versions of each node."""
    table: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Original: what it is, and what stands for it. It stays at home."""


def made_from(
    part: str, hours: float | None, node_log: Callable[[str], Sequence[str] | None] = lambda node: None
) -> Incident:
    """The incident of a cluster or a replay; blocks, for seconds if its journal is long.

    Args:
        part: the URI of a cluster, or the path of an incident file or a journal.
        hours: how far back it reaches from the last event; None: as far as the journal does.
        node_log: lines that a real node logged itself, by its name; None: there are none.

    Raises:
        BackendError, JournalError: there is no history, or it cannot be read.
        IncidentError: nothing is in it.
    """
    past = open_past(part)
    with contextlib.closing(past.journal):
        state = past.journal.follow(lambda _, before, after: past.take(before, after), 0)
        past.begin_with(state)
        if state.cluster is None:
            raise IncidentError(f"In the history of {past.title} there is no cluster yet. Open the cluster first.")
        first = past.first if hours is None else past.place(past.time(past.last) - hours * HOUR)
        first = max(first, past.last - MOST_EVENTS, past.first)
        begin = past.state(first)
        entries = list(past.entries(first, past.last))
        newest = [one.id for one in state.migrations.values() if one.ended is None or one.ended >= begin.time]
        telemetry = past.telemetry(newest)
        stand_ins = collected((begin, state), entries)
        logs = {node: lines for node in state.nodes if (lines := node_log(node)) is not None}
        return _incident(past.simulated, begin, entries, telemetry, stand_ins, logs)


def _incident(
    simulated: bool,
    begin: State,
    entries: Sequence[ev.Entry],
    telemetry: Mapping[str, Sequence[TelemetryRow]],
    stand_ins: StandIns,
    logs: Mapping[str, Sequence[str]],
) -> Incident:
    start = state = state_with_stand_ins(begin, stand_ins)
    changed: list[ev.Entry] = []
    records: list[EventRecord] = []
    with one_turn():
        for entry in entries:
            new = ev.Entry(entry.sequence, entry.time, with_stand_ins(entry.event, stand_ins))
            after, _ = apply(state, new)
            records += records_around(new, state, after)
            changed.append(new)
            state = after
    kept = {stand_ins.text(key): rows for key, rows in telemetry.items()}
    told = {
        stand_ins.text(node): [stand_ins.text(hide(line)) for line in list(lines)[-LOG_LINES:]]
        for node, lines in logs.items()
    }
    for node in state.nodes:
        told.setdefault(node, list(cluster_log(records, node))[-LOG_LINES:])
    report = state.cluster.validation if state.cluster is not None else None
    checks = tuple(f"{one.level}: {one.category}: {one.name}: {one.text}" for one in report.results) if report else ()
    hosts: dict[str, Mapping[str, object]] = {
        node.name: {
            "version": node.version,
            "processor": node.processor.model,
            "memory": node.memory,
            "state": str(node.state),
            "updates": list(node.updates),
        }
        for node in state.nodes.values()
    }
    excerpt = Excerpt(start, tuple(changed), kept, state)
    return Incident(excerpt, simulated, tuple(records), told, checks, hosts, dict(stand_ins.table))
