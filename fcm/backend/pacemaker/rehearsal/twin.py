"""A rehearsal on a Pacemaker cluster: what its scheduler would do, as states of the cluster one after the other.

The scheduler says what would be done, not when: all moments of a rehearsal have the same time (``RehearsalEnd.timed``).
Whether the nodes that are left have quorum is reckoned from the votes, because ``crm_simulate`` does not look at them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.base import Ending, RehearsalEnd, Rehearsed, RehearseError
from fcm.backend.pacemaker.rehearsal.changes import MachineFails, NodeFails, NodeLeaves, QuorumLost
from fcm.backend.pacemaker.rehearsal.scheduler import Action, ActionKind, SchedulerError, ask_scheduler, reason_of
from fcm.backend.pacemaker.remote.shells import NodeUnreachableError
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import FencingState, MachineState, NodeState, ResourceState
from fcm.model.entries import stamped
from fcm.model.failures import Candidate, Failover, FaultKind
from fcm.model.migrations import Migration, MigrationKind
from fcm.model.rules.quorum import what_if_lost
from fcm.model.rules.verdict import OK, Verdict, no, some
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fcm.backend.pacemaker.rehearsal.changes import Change
    from fcm.backend.pacemaker.rehearsal.scheduler import Plan
    from fcm.backend.pacemaker.remote.shells import NodeShell
    from fcm.backend.pacemaker.status import ClusterStatus
    from fcm.model.commands import Command
    from fcm.model.entities import VirtualMachine
    from fcm.model.state import State

NODE_FAILURES = frozenset({FaultKind.POWER_OFF, FaultKind.HANG, FaultKind.BUGCHECK, FaultKind.SERVICE_CRASH})
"""Failures after which Pacemaker fences the node: for the scheduler they are all the same."""
USUAL_INTERVAL = 10.0
"""s between two monitors of a machine where the status names no monitor."""
_CANNOT = no(
    "Only these can be rehearsed with Pacemaker: nodes fail, a node is drained or leaves, the process of a virtual "
    "machine ends.",
    "Describe the cluster in a cluster file, and rehearse it there.",
)
_UNKNOWN = "The current state of the cluster is unknown, so nothing can be rehearsed."


def rehearse(
    state: State,
    status: ClusterStatus | None,
    shell: Callable[[], NodeShell],
    commands: Sequence[Command],
    seen: Callable[[Rehearsed], None],
    wanted: Callable[[], bool],
) -> RehearsalEnd:
    """Ask the scheduler what commands would bring; see ``fcm.backend.base.Backend.rehearse``. Blocks.

    Args:
        state: the cluster as it is shown.
        status: what a node said of it; None: nobody answers for the cluster.
        shell: of a node that has quorum.
        commands: what happens.
        seen: called with how it is today and after each step.
        wanted: asked before the scheduler is, and between steps.

    Raises:
        RehearseError: the scheduler cannot be asked.
    """
    if status is None:
        raise RehearseError(_UNKNOWN)
    seen(Rehearsed(status.at, state, ()))
    found = _changes(commands, state, status)
    if isinstance(found, Verdict):
        return RehearsalEnd(Ending.REFUSED, found, timed=False)
    if not wanted():
        return RehearsalEnd(Ending.CANCELED, OK, timed=False)
    try:
        plan = ask_scheduler(shell(), found)
    except (SchedulerError, NodeUnreachableError) as error:
        raise RehearseError(str(error)) from error
    for events in _Steps(state, status, found, plan).moments():
        if not wanted():
            return RehearsalEnd(Ending.CANCELED, OK, timed=False)
        state, entries = stamped(state, events, status.at)
        seen(Rehearsed(status.at, state, tuple(entries)))
    return RehearsalEnd(Ending.SETTLED, OK, timed=False)


def machine_ids(status: ClusterStatus, state: State) -> dict[str, str]:
    """Resource of Pacemaker -> id of its machine, by ``fcm-uuid``; resources without one by their name."""
    by_name = {machine.name: machine.id for machine in state.machines.values()}
    found = {}
    for resource in status.machines:
        uuid = resource.meta.get("fcm-uuid", "") or resource.parameters.get("fcm-uuid", "")
        identity = uuid if uuid in state.machines else by_name.get(resource.parameters.get("name", resource.id), "")
        if identity:
            found[resource.id] = identity
    return found


def _changes(commands: Sequence[Command], state: State, status: ClusterStatus) -> tuple[Change, ...] | Verdict:
    found: list[Change] = []
    for command in commands:
        match command:
            case cmd.InjectFault(kind=kind, target=node) if kind in NODE_FAILURES:
                if node not in state.nodes or not state.nodes[node].state.is_member:
                    return no(f"{node} is not a member of the cluster now.", "Choose another node.")
                found.append(NodeFails(node))
            case cmd.InjectFault(kind=FaultKind.GUEST_SHUTDOWN, target=machine):
                resource = {one: name for name, one in machine_ids(status, state).items()}.get(machine)
                if resource is None:
                    return no(
                        f"{state.machines[machine].name} is not highly available.", "Pacemaker does not monitor it."
                    )
                found.append(MachineFails(resource, state.machines[machine].node, _interval(status, resource)))
            case cmd.DrainNode(node=node) | cmd.StopClusterService(node=node):
                found.append(NodeLeaves(node))
            case _:
                return _CANNOT
    lost = [one.node for one in found if isinstance(one, NodeFails)]
    if lost and not what_if_lost(state, *lost).has_quorum:
        found.append(QuorumLost())
    return tuple(found)


def _interval(status: ClusterStatus, resource: str) -> float:
    """Seconds between two monitors of a resource, as the last one says."""
    monitors = [one for one in status.operations if one.resource == resource and one.name == "monitor" and one.interval]
    return monitors[0].interval if monitors else USUAL_INTERVAL


class _Steps:
    """The plan of the scheduler as facts, moment by moment."""

    def __init__(self, state: State, status: ClusterStatus, changes: tuple[Change, ...], plan: Plan) -> None:
        self._state = state
        self._time = status.at
        self._changes = changes
        self._plan = plan
        self._machines = machine_ids(status, state)
        self._off: set[str] = set()
        """Machines that do not run at the moment."""

    def moments(self) -> Iterator[tuple[ev.Event, ...]]:
        """What happens, in the order of Pacemaker: failures, fencing, then what is stopped, moved and started."""
        yield tuple(self._failures())
        for node in self._plan.fenced:
            if node in self._state.nodes:
                found = self._state.nodes[node]
                yield (ev.NodeChanged(replace(found, state=NodeState.DOWN, fencing=FencingState.NONE)),)
        for action in self._plan.actions:
            if action.resource in self._machines:
                yield from self._moments_of(action)
        yield tuple(self._without_action())

    def _failures(self) -> Iterator[ev.Event]:
        nodes = self._state.nodes
        for change in self._changes:
            match change:
                case NodeFails(node=node):
                    yield ev.NodeChanged(replace(nodes[node], state=NodeState.DOWN, fencing=FencingState.NEEDED))
                    for resource, where in self._plan.before.items():
                        if where == node and resource in self._machines:
                            yield from self._stopped(resource, f"{node} is lost.")
                    for machine in self._state.machines_on(node):
                        if machine.id not in self._machines.values() and machine.state is MachineState.RUNNING:
                            yield ev.MachineChanged(replace(machine, state=MachineState.OFF))
                case NodeLeaves(node=node):
                    paused = replace(nodes[node], state=NodeState.PAUSED, paused=True, standby=True)
                    yield ev.NodeChanged(paused)
                case MachineFails(resource=resource):
                    yield from self._stopped(resource, "Its process has ended.")
                case _:
                    pass

    def _moments_of(self, action: Action) -> Iterator[tuple[ev.Event, ...]]:
        """What still runs is stopped before it is started again, so that both are seen."""
        starts_again = action.kind in (ActionKind.MOVE, ActionKind.RECOVER, ActionKind.RESTART)
        if starts_again and not action.blocked and action.resource not in self._off:
            yield tuple(self._stopped(action.resource, ""))
        yield tuple(self._done(action))

    def _done(self, action: Action) -> Iterator[ev.Event]:
        if action.blocked:
            yield from self._stopped(action.resource, reason_of(action))
            return
        match action.kind:
            case ActionKind.MIGRATE:
                yield from self._migrated(action)
            case ActionKind.STOP:
                yield from self._stopped(action.resource, reason_of(action))
            case ActionKind.RELOAD:
                pass
            case _:
                yield from self._started(action)

    def _without_action(self) -> Iterator[ev.Event]:
        """What ended with its node and is started nowhere, of which the scheduler says nothing."""
        for resource in sorted(self._off):
            if self._plan.action_of(resource) is None:
                yield from self._stopped(resource, reason_of(None))

    # facts

    def _machine(self, resource: str) -> VirtualMachine:
        return self._state.machines[self._machines[resource]]

    def _stopped(self, resource: str, why: str) -> Iterator[ev.Event]:
        machine = self._machine(resource)
        self._off.add(resource)
        yield ev.MachineChanged(replace(machine, state=MachineState.OFF))
        yield from self._group(machine, ResourceState.FAILED, machine.node, why)

    def _started(self, action: Action) -> Iterator[ev.Event]:
        machine = self._machine(action.resource)
        self._off.discard(action.resource)
        if machine.group is not None:
            yield ev.FailoverRecorded(self._failover(machine, action))
        yield ev.MachineChanged(replace(machine, node=action.destination, state=MachineState.RUNNING))
        yield from self._group(machine, ResourceState.ONLINE, action.destination, "")

    def _failover(self, machine: VirtualMachine, action: Action) -> Failover:
        where = "again on" if action.destination == machine.node else "on"
        cause = {
            ActionKind.RECOVER: f"{machine.name} has failed",
            ActionKind.RESTART: f"{machine.name} is restarted ({action.reason})",
        }.get(action.kind, f"{some(self._lost(), 3) or machine.node} is lost")
        chosen = Candidate(action.destination, True, f"It starts {where} {action.destination}.")
        return Failover(
            f"foreseen-{machine.id}",
            machine.group or "",
            cause,
            machine.node,
            action.destination,
            self._time,
            candidates=(chosen,),
        )

    def _lost(self) -> list[str]:
        return [change.node for change in self._changes if isinstance(change, NodeFails)]

    def _migrated(self, action: Action) -> Iterator[ev.Event]:
        machine = self._machine(action.resource)
        assert self._state.cluster is not None
        migration = Migration(
            f"foreseen-{machine.id}",
            MigrationKind.LIVE,
            machine.id,
            machine.node,
            action.destination,
            self._state.cluster.migration_options,
            Phase.SETUP,
            self._time,
            name=machine.name,
        )
        yield ev.MigrationRequested(migration)
        yield ev.MigrationHandedOver(migration.id)
        yield ev.MigrationCompleted(migration.id, None)

    def _group(self, machine: VirtualMachine, state: ResourceState, owner: str, why: str) -> Iterator[ev.Event]:
        group = self._state.groups.get(machine.group or "")
        if group is None:
            return
        for resource in self._state.group_resources(group.id):
            yield ev.ResourceChanged(replace(resource, state=state, failure=why))
        yield ev.GroupChanged(replace(group, state=state, owner=owner))
