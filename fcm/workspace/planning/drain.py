"""What emptying a node would take, how it goes, and what came of it: predictions beside what it really took."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fcm.model.entities import NodeState
from fcm.model.moments import in_utc
from fcm.model.quantities import size
from fcm.model.rules.failing.placement import successor
from fcm.model.rules.moving.drains import drain_migrations, plan_destinations
from fcm.model.structures.tables import name_of
from fcm.model.telemetry import Phase
from fcm.text.words import counted
from fcm.workspace.planning.drain_plan import DrainPlan, PlannedMove, RoleMove
from fcm.workspace.planning.drain_together import predict_together
from fcm.workspace.planning.preflight import question

if TYPE_CHECKING:
    from fcm.model.migrations import Drain, DrainMove, Migration, MigrationOptions
    from fcm.model.state import State
    from fcm.workspace.view import ClusterView

ENDS = {
    Phase.WAITING: "waits",
    Phase.COMPLETED: "moved",
    Phase.FAILED: "failed",
    Phase.CANCELED: "canceled",
    Phase.INTERRUPTED: "interrupted",
}
"""Phases in one word; all others are "moving"."""


def plan_moves(state: State, node: str) -> DrainPlan:
    """Destinations and order without durations, see fcm.model.rules.moving.drains; changes nothing.

    Raises:
        KeyError: there is no such node.
    """
    if node not in state.nodes:
        raise KeyError(node)
    found, staying = plan_destinations(state, node)
    moves = []
    for one in found:
        machine = state.machines[one.machine]
        moves.append(PlannedMove(machine.id, machine.name, machine.memory, one.node, one.reason))
    off = sum(not machine.state.holds_memory for machine in state.machines_on(node))
    return DrainPlan(node, tuple(moves), staying, off, _roles(state, node))


def _roles(state: State, node: str) -> tuple[RoleMove, ...]:
    """Where its services and applications that are no virtual machines go: as in a failover, to a node that is up."""
    found = []
    for group in state.groups.values():
        if group.is_role and group.owner == node:
            target = successor(state, group, node)
            up = target is not None and state.nodes[target].state is NodeState.UP
            found.append(RoleMove(group.name, target if up else None))
    return tuple(found)


def plan_drain(workspace: ClusterView, node: str, options: MigrationOptions | None = None) -> DrainPlan:
    """The plan with all durations; some tenths of a second a machine.

    Raises:
        KeyError: there is no such node.
    """
    plan = plan_moves(workspace.state, node)
    plan = replace(plan, moves=tuple(predicted(workspace, move, options) for move in plan.moves))
    return predict_together(workspace, plan, options)


def predicted(workspace: ClusterView, move: PlannedMove, options: MigrationOptions | None = None) -> PlannedMove:
    """The move with the duration that it has alone. May take some tenths of a second; any thread may ask."""
    duration, basis = _alone(workspace, move, options)
    return replace(move, duration=duration, alone=duration, basis=basis)


def _alone(workspace: ClusterView, move: PlannedMove, options: MigrationOptions | None) -> tuple[float | None, str]:
    machine = workspace.state.machines.get(move.machine)
    if machine is None:
        return move.alone, move.basis
    asked = question(workspace, machine, move.destination, options)
    if asked.plan is None:
        return None, "assumed"
    if asked.unknown:
        copied = asked.plan.spec.memory * (1 - asked.plan.zero_share)
        return copied / asked.plan.spec.bandwidth, "assumed"
    _, judgement = asked.answer()
    endless = judgement is None or judgement.total.value == float("inf")
    basis = "forecast" if asked.workload is not None else "measured"
    return None if endless or judgement is None else judgement.total.value, basis


# The course


@dataclass(frozen=True, slots=True)
class DrainRow:
    """One move of a drain that has begun."""

    move: DrainMove
    name: str
    memory: int | None
    """bytes; None once the machine is gone."""
    migration: Migration | None
    actual: float | None
    """s that it took, or has taken until now; None before it starts."""

    @property
    def phase(self) -> Phase | None:
        """Where its migration is."""
        return self.migration.phase if self.migration else None

    @property
    def status(self) -> str:
        """In words, with the reason where there is one."""
        if self.migration is None:
            return "not requested"
        word = ENDS.get(self.migration.phase, "moving")
        return f"{word}: {self.migration.reason}" if self.migration.reason else word


def course(state: State, drain: Drain, now: float) -> tuple[DrainRow, ...]:
    """All moves of a drain in their order, as they stand at ``now`` (s since the epoch, clock of the cluster)."""
    migrations = drain_migrations(state, drain.id)
    rows = []
    for move in drain.moves:
        machine, migration = state.machines.get(move.machine), migrations.get(move.machine)
        rows.append(
            DrainRow(
                move,
                name_of(state.machines, move.machine),
                machine.memory if machine else None,
                migration,
                None if migration is None else _took(migration, now),
            )
        )
    return tuple(rows)


def _took(migration: Migration, now: float) -> float | None:
    if migration.figures is not None:
        return migration.figures.total
    if migration.started is None:
        return None
    return max(0.0, (now if migration.ended is None else migration.ended) - migration.started)


def summary(state: State, drain: Drain, now: float) -> str:
    """What came of a drain, as a text that can be kept: each move with predicted and actual time, and what stayed."""
    rows = course(state, drain, now)
    moved = sum(row.phase is Phase.COMPLETED for row in rows)
    end = (
        "not finished yet"
        if drain.ended is None
        else f"finished {_clock(drain.ended)} ({drain.ended - drain.requested:.1f} s)"
    )
    lines = [
        f"Drain of {drain.node}, started {_clock(drain.requested)}, {end}",
        f"{moved} of {counted(len(rows), 'machine was', 'machines were')} moved.",
    ]
    table = [("Machine", "Destination", "Memory", "Predicted", "Actual", "Result")]
    for row in rows:
        memory = "" if row.memory is None else size(row.memory)
        took = "" if row.actual is None else f"{row.actual:.1f} s"
        table.append((row.name, row.move.destination, memory, prediction_words(row.move), took, row.status))
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    lines += ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table]
    for item in drain.staying:
        lines.append(f"{name_of(state.machines, item.machine)} stayed: {item.reason} {item.remedy}".rstrip())
    lines.append(node_sentence(state, drain))
    return "\n".join(lines)


def prediction_words(move: DrainMove) -> str:
    """The predicted duration and what it rests on."""
    if not move.basis:
        return "not predicted"
    if move.predicted is None:
        return f"not expected to finish ({move.basis})"
    return f"{move.predicted:.1f} s ({move.basis})"


def node_sentence(state: State, drain: Drain) -> str:
    """How the node is left."""
    node = state.nodes.get(drain.node)
    if node is None:
        return f"{drain.node} is no longer in the cluster."
    if node.state is not NodeState.PAUSED:
        return f"{drain.node} is {node.state.lower()}."
    return f"{drain.node} is paused: nothing can move to it until it is resumed."


def _clock(time: float) -> str:
    return in_utc(time).strftime("%Y-%m-%d %H:%M:%S UTC")
