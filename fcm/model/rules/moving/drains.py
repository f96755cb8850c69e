"""Emptying a node: where its machines go, what is refused, when it is over.

Windows Server 2008 R2 pauses a node and leaves its machines there; a drain ("Suspend-ClusterNode -Drain") came with
2012. Here it is planned: what moves in which order, what stays and why, before anything happens.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import NodeState
from fcm.model.migrations import Drain, DrainMove, Staying
from fcm.model.quantities import size
from fcm.model.rules.machines import live_migrate
from fcm.model.rules.moving.preflight_checks import migration_checks
from fcm.model.rules.verdict import OK, Verdict, for_all, no, some, together
from fcm.model.structures import indexes
from fcm.model.structures.tables import table
from fcm.model.telemetry import Phase
from fcm.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fcm.model.entities import VirtualMachine
    from fcm.model.migrations import Migration, MigrationOptions
    from fcm.model.state import State

PLAN_AGAIN = "Plan the drain again."
LEFT_OUT = "It was left out of the drain."


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a machine of a drain goes, and why there."""

    machine: str
    node: str
    reason: str


class Planning:
    """Destinations chosen one after the other: what an earlier machine takes is not given to a later one."""

    def __init__(self, state: State) -> None:
        self.state = state
        """With the memory of earlier choices taken; the machines are still where they are."""
        self._classes: dict[str, set[str]] = {}
        for group in state.groups.values():
            if group.anti_affinity:
                self._classes.setdefault(group.owner, set()).update(group.anti_affinity)

    def order(self, machine: VirtualMachine) -> list[str]:
        """Other nodes, the best first: without a machine of its anti-affinity class, then by free memory."""
        names = [name for name in self.state.nodes if name != machine.node]
        return sorted(names, key=lambda name: (bool(self._rivals(machine, name)), -self.state.free_memory(name), name))

    def choose(self, machine: VirtualMachine) -> Destination | Staying:
        """The best node that passes every check of a live migration, or everything that keeps it from all of them."""
        refused: list[tuple[str, str, Verdict]] = []
        for name in self.order(machine):
            failed = [check for check in migration_checks(self.state, machine, name) if check.level == "fail"]
            if not failed:
                reason = self._reason(machine, name)
                self.take(machine, name)
                return Destination(machine.id, name, reason)
            refused += ((name, check.name, no(check.text, check.remedy)) for check in failed)
        if not refused:
            return Staying(machine.id, "There is no other node.", "Add a node to the cluster.")
        verdict = for_all(refused)
        return Staying(machine.id, verdict.reason, verdict.remedy)

    def take(self, machine: VirtualMachine, name: str) -> None:
        """A machine will go there."""
        node = self.state.nodes[name]
        taken = replace(node, reserved_memory=node.reserved_memory + machine.memory)
        self.state = replace(self.state, nodes=table(self.state.nodes).with_one(name, taken))
        self._classes.setdefault(name, set()).update(self._own(machine))

    def _own(self, machine: VirtualMachine) -> set[str]:
        group = self.state.groups.get(machine.group or "")
        return set(group.anti_affinity) if group else set()

    def _rivals(self, machine: VirtualMachine, name: str) -> list[str]:
        return sorted(self._own(machine) & self._classes.get(name, set()))

    def _reason(self, machine: VirtualMachine, name: str) -> str:
        free = size(self.state.free_memory(name))
        if rivals := self._rivals(machine, name):
            return (
                f"{name} has {free} of free memory. Every node that can take the machine already has one of the "
                f"anti-affinity class {rivals[0]}."
            )
        if own := sorted(self._own(machine)):
            return f"{name} has no other machine of the anti-affinity class {own[0]} ({free} of free memory)."
        return f"{name} has the most free memory ({free})."


def plan_destinations(state: State, node: str) -> tuple[tuple[Destination, ...], tuple[Staying, ...]]:
    """Where the running machines of a node would go, in order, and those that would stay; changes nothing.

    The largest machines choose first, so that what is left still fits.
    """
    planning = Planning(state)
    found: list[Destination] = []
    staying: list[Staying] = []
    for machine in running_machines(state, node):
        active = state.active_migration(machine.id)
        if active is not None:
            text = f"{machine.name} is already being moved to {active.destination}."
            staying.append(Staying(machine.id, text, "Wait until it ends."))
            continue
        choice = planning.choose(machine)
        if isinstance(choice, Destination):
            found.append(choice)
        else:
            staying.append(choice)
    return tuple(found), tuple(staying)


def running_machines(state: State, node: str) -> list[VirtualMachine]:
    """Machines of a node that hold memory, the largest first."""
    running = [machine for machine in state.machines_on(node) if machine.state.holds_memory]
    return sorted(running, key=lambda one: (-one.memory, one.name))


def active_drain(state: State, node: str) -> Drain | None:
    """The drain of a node that is not over."""
    return next((one for one in state.drains.values() if one.node == node and one.ended is None), None)


def last_drain(state: State, node: str) -> Drain | None:
    """The newest drain of a node, over or not."""
    return next((one for one in reversed(tuple(state.drains.values())) if one.node == node), None)


def drain_migrations(state: State, drain: str) -> dict[str, Migration]:
    """The migrations of a drain by their machine."""
    found = table(state.migrations).find(indexes.MIGRATIONS_BY_DRAIN).get(drain, ())
    return {state.migrations[identity].machine: state.migrations[identity] for identity in found}


def may_plan(state: State, name: str) -> Verdict:
    """Whether a node can be drained at all, as far as that can be told without looking for destinations."""
    node = state.nodes[name]
    if node.state not in (NodeState.UP, NodeState.PAUSED):
        return no(f"{node.name} is {node.state.lower()}.", "Only a node that is up or paused can be drained.")
    active = active_drain(state, node.name)
    if active is not None:
        over = sum(migration.phase.is_over for migration in drain_migrations(state, active.id).values())
        of_all = counted(len(active.moves), "move is", "moves are")
        text = f"{node.name} is already being drained: {over} of {of_all} finished."
        return no(text, "Wait until it ends, or cancel its migrations.")
    if len(state.nodes) == 1:
        return no(f"{node.name} is the only node: there is nowhere to move its machines.", "Add a node to the cluster.")
    coming = [
        state.machines[migration.machine].name
        for migration in state.active_migrations()
        if migration.destination == name and not migration.handed_over and migration.machine in state.machines
    ]
    return together(
        no(f"{machine} is being moved to {name} now.", "Wait until that move ends, or cancel it.") for machine in coming
    )


def may_drain(command: cmd.DrainNode, state: State) -> Verdict:
    """Whether a node can be drained like this."""
    verdict = may_plan(state, command.node)
    if not verdict:
        return verdict
    if command.moves is None:
        return OK  # What cannot move stays, and is said; the node is paused either way.
    if not command.moves and plan_destinations(state, command.node)[0]:
        return no("No machine was chosen to move.", "Choose a destination for at least one, or pause the node instead.")
    return _may_move(command.moves, command.node, command.options, state)


def _may_move(moves: Sequence[DrainMove], node: str, options: MigrationOptions | None, state: State) -> Verdict:
    return together(_refused_moves(moves, node, options, state))


def _refused_moves(
    moves: Sequence[DrainMove], node: str, options: MigrationOptions | None, state: State
) -> Iterator[Verdict]:
    planning = Planning(state)
    seen: set[str] = set()
    for move in moves:
        machine = state.machines[move.machine]
        if machine.id in seen:
            yield no(f"{machine.name} is listed twice.", "List each machine once.")
            continue
        seen.add(machine.id)
        if machine.node != node:
            yield no(f"{machine.name} is on {machine.node}, not on {node}.", PLAN_AGAIN)
            continue
        verdict = live_migrate(cmd.LiveMigrate(machine.id, move.destination, options), planning.state)
        yield verdict
        if verdict:
            planning.take(machine, move.destination)


def drain_of(command: cmd.DrainNode, state: State, now: float) -> Drain:
    """The drain that an allowed command begins."""
    found, staying = plan_destinations(state, command.node)
    moves = command.moves
    if moves is None:
        moves = tuple(DrainMove(one.machine, one.node) for one in found)
    chosen = {move.machine for move in moves}
    left_out = [one.machine for one in found if one.machine not in chosen]
    stay = (*(one for one in staying if one.machine not in chosen), *(Staying(one, LEFT_OUT) for one in left_out))
    return Drain(f"drain-{state.sequence + 1}", command.node, now, moves, stay)


def drains_to_end(state: State) -> list[ev.NodeDrainEnded]:
    """The ends that are to be told: of drains whose migrations are all over."""
    ended = []
    for drain in state.drains.values():
        if drain.ended is None and all(one.phase.is_over for one in drain_migrations(state, drain.id).values()):
            ended.append(ev.NodeDrainEnded(drain.id))
    return ended


def drains_held_up(state: State) -> list[ev.NodeDrainHeldUp]:
    """What is to be told of drains, once each: that a move does not end, or waits for a migration that does not."""
    endless = [one for one in state.running_migrations() if one.endless]
    if not endless:
        return []
    told = []
    for drain in state.drains.values():
        if drain.ended is not None or drain.held_up:
            continue
        own = [one for one in drain_migrations(state, drain.id).values() if not one.phase.is_over]
        waiting = [one for one in own if one.phase is Phase.WAITING]
        for one in endless:
            ends = {one.source, one.destination}
            behind = [state.moved_name(other) for other in waiting if ends & {other.source, other.destination}]
            if one.drain != drain.id and not behind:
                continue
            waits = f" {some(behind, 12)} wait{'s' if len(behind) == 1 else ''} for it to end." if behind else ""
            reason = f"The live migration of {state.moved_name(one)} does not end by itself.{waits}"
            remedy = f"Cancel it, or change it so that it ends: {one.endless}"
            told.append(ev.NodeDrainHeldUp(drain.id, reason, remedy))
            break
    return told


def moves_back(state: State, node: str) -> tuple[cmd.LiveMigrate, ...]:
    """The live migrations that bring back what the last drain of a node took away and what is still there."""
    drain = last_drain(state, node)
    if drain is None:
        return ()
    done = drain_migrations(state, drain.id)
    return tuple(
        cmd.LiveMigrate(move.machine, node)
        for move in drain.moves
        if move.machine in done
        and done[move.machine].phase is Phase.COMPLETED
        and move.machine in state.machines
        and state.machines[move.machine].node == move.destination
    )
