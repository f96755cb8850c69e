"""One sentence that is always true about a migration: what goes on now, with numbers, and how it should end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fcm.model.migrations import MigrationKind
from fcm.model.structures.tables import name_of
from fcm.model.telemetry import Phase
from fcm.ui.look.format import count, rate, seconds, size
from fcm.ui.migration.words import about, between, sentence_of

if TYPE_CHECKING:
    from fcm.migration.forecast.outlook import Outlook
    from fcm.model.migrations import Migration
    from fcm.model.state import State
    from fcm.model.telemetry import TelemetryRow
    from fcm.workspace.tuning import Advice

NOTHING = (
    "No live migration yet. Choose Live migrate virtual machine to another node in the Actions pane. This view then "
    "shows how the memory converges, pass by pass."
)
"""What the view says before the first migration of a machine."""


def sentence(
    state: State,
    migration: Migration,
    row: TelemetryRow | None,
    outlook: Outlook | None,
    advice: Advice | None = None,
) -> str:
    """The sentence for a migration.

    Args:
        state: the cluster, for names, memory and limits.
        migration: one of its migrations.
        row: the newest telemetry, or None before the first.
        outlook: the newest forecast, or None where there is none.
        advice: what could be done about it, see fcm.workspace.tuning.
    """
    match migration.phase:
        case Phase.WAITING:
            reason = sentence_of(migration.reason) or "it is in the queue of its nodes."
            return f"Waiting: {reason} It starts automatically."
        case Phase.SETUP:
            return _setup(state, migration)
        case Phase.BROWNOUT:
            return _brownout(state, migration, row, outlook, advice)
        case Phase.BLACKOUT:
            return _blackout(state, migration, row)
        case Phase.STORAGE:
            return f"Handing over: control of the storage moves to {migration.destination}. The guest is stopped."
        case Phase.NETWORK:
            return (
                f"Finishing: {_name(state, migration)} runs on {migration.destination}; the network is learning "
                "its new location."
            )
        case Phase.CLEANUP:
            return (
                f"Finishing: {_name(state, migration)} runs on {migration.destination}; {migration.source} is being "
                "cleaned up."
            )
        case Phase.COMPLETED:
            return _completed(state, migration)
        case Phase.FAILED:
            return _failed(state, migration)
        case Phase.CANCELED:
            return _canceled(state, migration, row)
        case Phase.INTERRUPTED:
            reason = sentence_of(migration.reason) or "this program ended during the migration."
            return f"Interrupted: {reason} {_where(state, migration)}".rstrip()


def _name(state: State, migration: Migration) -> str:
    return state.moved_name(migration)


def _network(state: State, migration: Migration) -> str:
    network = state.networks.get(migration.network or "")
    return f" over {network.name}" if network else ""


def _where(state: State, migration: Migration) -> str:
    """Where the machine is after a move; "" where the reason has said so. A node that died may have lost it since."""
    name, expected = _name(state, migration), migration.destination if migration.handed_over else migration.source
    latest, machine = state.last_migration(migration.machine), state.machines.get(migration.machine)
    node = machine.node if machine is not None and latest is not None and latest.id == migration.id else expected
    if f"on {node}." in migration.reason:
        return ""
    if node != expected:
        return f"{name} is now on {node}."
    return f"{name} is on {node}." if migration.handed_over else f"{name} is still on {node}."


def _setup(state: State, migration: Migration) -> str:
    failed = [attempt for attempt in migration.attempts if not attempt.connected]
    tried = ""
    if failed and migration.network is None:
        last = failed[-1]
        tried = f" {name_of(state.networks, last.network)}: {sentence_of(last.result)} Trying the next network."
    if migration.kind is not MigrationKind.LIVE:
        return f"{migration.kind}: preparing {_name(state, migration)} on {migration.destination}.{tried}"
    connected = _network(state, migration)
    if connected:
        return f"Setting up: connected to {migration.destination}{connected}; memory is being allocated there."
    return f"Setting up: connecting to {migration.destination}.{tried}"


def _brownout(
    state: State,
    migration: Migration,
    row: TelemetryRow | None,
    outlook: Outlook | None,
    advice: Advice | None,
) -> str:
    if migration.kind is not MigrationKind.LIVE:
        return (
            f"{migration.kind}: {_name(state, migration)} moves to {migration.destination}; its guest is not running."
        )
    if row is None or row.pass_number < 1:
        return f"Copying memory{_network(state, migration)}: the first pass is starting."
    now = _copying(state, migration, row)
    if outlook is None:
        return now
    verdict = outlook.verdict.value
    told = advice.sentence if advice is not None and advice.sentence else sentence_of(outlook.reason)
    if verdict == "will not converge":
        return f"Will not converge: {told}"
    if verdict == "unknown" and outlook.reason and not outlook.assumed:
        return f"{now} {told}"
    ending = _ending(outlook)
    return f"{now} {ending} {advice.sentence}" if advice is not None and advice.sentence else f"{now} {ending}"


def _copying(state: State, migration: Migration, row: TelemetryRow) -> str:
    machine = state.machines.get(migration.machine)
    of = f" of {size(machine.memory)}" if machine else ""
    speed = f" at {rate(row.rate)}" if row.rate > 0 else ", nothing is being sent now,"
    slowed = f", the guest slowed by {row.throttle} %" if row.throttle else ""
    left = size(row.remaining)
    limit = migration.options.bandwidth
    held = f", limited to {rate(limit)}" if limit is not None else ""
    return f"Copying memory, pass {row.pass_number}: {left} left{of}{speed}{_network(state, migration)}{held}{slowed}."


def _ending(outlook: Outlook) -> str:
    low, high = outlook.eta.low, outlook.eta.high
    if not math.isfinite(low):
        return "The outcome is not known yet."
    if not math.isfinite(outlook.eta.mid):
        text = f"Needs at least {seconds(max(low, 0.0))} more"
    elif not math.isfinite(high):
        text = f"Expected to finish in {about(low, outlook.eta.mid)}, perhaps much later,"
    else:
        text = f"Expected to finish in {about(low, high)}"
    blackout = outlook.blackout
    if math.isfinite(blackout.high):
        text += f" with a blackout of {between(blackout.low, blackout.high)}"
    assumed = " (assumed from other guests until the first pass ends)" if outlook.assumed else ""
    assumed = " (as its last migration went, until the first pass ends)" if outlook.from_before else assumed
    return f"{text}{assumed}."


def _blackout(state: State, migration: Migration, row: TelemetryRow | None) -> str:
    limit = migration.options.downtime_limit
    within = f" The limit is {seconds(limit)}." if limit is not None else ""
    last = f"the last {size(row.remaining)} is" if row is not None and row.remaining > 0 else "the last state is"
    return f"Blackout: the guest is stopped while {last} sent{_network(state, migration)}.{within}"


def _completed(state: State, migration: Migration) -> str:
    name, figures = _name(state, migration), migration.figures
    path = f"from {migration.source} to {migration.destination}"
    if figures is None:
        taken = ""
        if migration.started is not None and migration.ended is not None:
            taken = f" in {seconds(migration.ended - migration.started)}"
        return f"Completed: {name} moved {path}{taken}{_network(state, migration)}."
    return (
        f"Completed: {name} moved {path} in {seconds(figures.total)}{_network(state, migration)}. "
        f"{size(figures.bytes)} was sent in {count(figures.passes, 'pass', 'passes')}; the blackout lasted "
        f"{seconds(figures.downtime)}."
    )


def _failed(state: State, migration: Migration) -> str:
    reason = sentence_of(migration.reason) or "no reason was given."
    parts = [f"Failed: {reason}", _where(state, migration), sentence_of(migration.remedy)]
    return " ".join(part for part in parts if part)


def _canceled(state: State, migration: Migration, row: TelemetryRow | None) -> str:
    if migration.started is None or row is None:
        return f"Canceled before it began. {_where(state, migration)}"
    when = f" after {seconds(row.time)}" + (f" in pass {row.pass_number}" if row.pass_number else "")
    return f"Canceled{when}; {size(row.sent)} had been sent. {_where(state, migration)}"
