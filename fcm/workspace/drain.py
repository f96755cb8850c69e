"""What emptying a node for maintenance would take: which machine goes where, in what order and for how long."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import MachineState
from fcm.model.preflight_checks import migration_checks
from fcm.model.tables import table
from fcm.model.verdict import gib
from fcm.workspace.preflight import question

if TYPE_CHECKING:
    from fcm.model.entities import MigrationOptions, VirtualMachine
    from fcm.model.state import State
    from fcm.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """One live migration of a drain."""

    command: cmd.LiveMigrate
    machine: str
    """Name."""
    duration: float | None
    """Forecast (s); None where it is not expected to end by itself."""
    basis: str
    """What the duration rests on: "forecast", or "assumed" where the machine's writing was never measured."""
    reason: str
    """Why this destination."""


@dataclass(frozen=True, slots=True)
class Staying:
    """A machine that a drain does not move."""

    machine: str
    """Name."""
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class DrainPlan:
    """How a node is emptied: pause it, submit the moves in order, do its maintenance, resume it."""

    node: str
    moves: tuple[PlannedMove, ...]
    staying: tuple[Staying, ...]

    @property
    def duration(self) -> float | None:
        """Forecast (s) of all moves one after the other, as a limit of one live migration a node has it."""
        durations = [move.duration for move in self.moves]
        return sum(filter(None, durations)) if None not in durations else None

    @property
    def is_complete(self) -> bool:
        """True if no running machine stays behind."""
        return not self.staying


def plan_drain(workspace: Workspace, node: str, options: MigrationOptions | None = None) -> DrainPlan:
    """Plan to move every running machine off ``node``; changes nothing.

    The largest machines choose first, so that what is left still fits; each goes to the node with the most memory
    free after all earlier choices, among those that pass every check of a live migration. May take some tenths of a
    second a machine.

    Raises:
        KeyError: there is no such node.
    """
    state = workspace.state
    if node not in state.nodes:
        raise KeyError(node)
    moves: list[PlannedMove] = []
    staying: list[Staying] = []
    running = [machine for machine in state.machines_on(node) if machine.state.holds_memory]
    for machine in sorted(running, key=lambda one: (-one.memory, one.name)):
        active = state.active_migration(machine.id)
        if active is not None:
            if active.source == node:
                text = f"{machine.name} is being moved to {active.destination} already."
                staying.append(Staying(machine.name, text, "Wait for its end."))
            continue
        destination, why = _destination(state, machine)
        if not destination:
            staying.append(Staying(machine.name, *why))
            continue
        duration, basis = _duration(workspace, machine, destination, state.migration_options(options))
        free = gib(state.free_memory(destination))
        moves.append(
            PlannedMove(
                cmd.LiveMigrate(machine.id, destination, options),
                machine.name,
                duration,
                basis,
                f"{destination} has the most memory free ({free}).",
            )
        )
        moved = table(state.machines).with_one(machine.id, replace(machine, node=destination))
        state = replace(state, machines=moved)
    return DrainPlan(node, tuple(moves), tuple(staying))


def _destination(state: State, machine: VirtualMachine) -> tuple[str, tuple[str, str]]:
    """The destination, or "" with the reason and remedy for which the likeliest one is refused."""
    refusals: list[tuple[str, str]] = []
    others = [name for name in state.nodes if name != machine.node]
    for name in sorted(others, key=lambda name: (-state.free_memory(name), name)):
        failed = next((check for check in migration_checks(state, machine, name) if check.level == "fail"), None)
        if failed is None:
            return name, ("", "")
        refusals.append((failed.text, failed.remedy))
    if not refusals:
        return "", ("There is no other node.", "Add a node to the cluster.")
    if machine.state is not MachineState.RUNNING:
        return "", refusals[0]
    text = " ".join(dict.fromkeys(text for text, _ in refusals))
    return "", (text, refusals[0][1])


def _duration(
    workspace: Workspace, machine: VirtualMachine, destination: str, options: MigrationOptions
) -> tuple[float | None, str]:
    """Forecast (s) and what it rests on."""
    asked = question(workspace, machine, destination, options)
    if asked.plan is None:
        return None, "assumed"
    if asked.unknown:
        return asked.plan.memory * (1 - asked.plan.zero_share) / asked.plan.bandwidth, "assumed"
    _, judgement = asked.answer()
    if judgement is None or judgement.total.value == float("inf"):
        return None, "forecast"
    return judgement.total.value, "forecast"
