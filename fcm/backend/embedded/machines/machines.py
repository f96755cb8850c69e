"""Virtual machines of the embedded cluster: made, set up, started, stopped, clustered."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from fcm.backend.embedded.cluster_file.groups import machine_group
from fcm.backend.embedded.cluster_file.identity import identity
from fcm.backend.embedded.cluster_file.places import local_path, volume_path
from fcm.backend.embedded.machines.workloads import workload_names
from fcm.model import events as ev
from fcm.model.entities import DiskUse, MachineState, ResourceState, StartAction, VirtualMachine
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.faults import active, answers
from fcm.model.rules.failing.guests import is_unmonitored
from fcm.model.rules.failing.starting import start_obstacle
from fcm.model.rules.snapshots import snapshots_of
from fcm.model.rules.verdict import OK, Verdict, no
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.kernel import Timer
    from fcm.backend.embedded.machines.guests import Guests
    from fcm.backend.embedded.storage.disks import Storage
    from fcm.model import commands as cmd
    from fcm.model.failures import Fault
    from fcm.model.state import State

START_TIME = 4.0
"""s from Start to running. An assumption; the guest's own boot is not part of it."""
SHUT_DOWN_TIME = 8.0
"""s a guest takes to shut down. An assumption."""
STATE_FILE_RATE = 150e6
"""bytes/s at which a machine's memory is saved to its disk and restored. An assumption: with it a quick migration of
2 GiB takes about 30 s, as white papers of the time say."""
STATE_FILE_TIME = 1.0
"""s to save or restore beyond the memory itself: device state, opening files."""
_PAUSED = (MachineState.PAUSED, MachineState.PAUSED_CRITICAL)
MOST_STARTING = 32
"""Clustered machines that start on one node at once; the next starts when one runs."""
_POWER = (FaultKind.POWER_OFF, FaultKind.BUGCHECK)


class Machines:
    """What happens with virtual machines."""

    def __init__(self, core: Core, storage: Storage, guests: Guests) -> None:
        self._core = core
        self._storage = storage
        self.guests = guests
        self._pending: dict[str, Timer] = {}
        """Machine -> the end of its starting, stopping or saving."""
        self._frozen: dict[str, tuple[MachineState, Callable[[], None] | None]] = {}
        """Machine -> the end of such a change that came due while its node did not respond."""
        self._after_queue: dict[str, Callable[[], None]] = {}
        """Machine whose start waits -> what follows once it runs."""
        self.on_failed: Callable[[str, str], None] | None = None
        """A resource, by id, could not be brought online, and why in words."""
        self.on_stopped: Callable[[str], None] | None = None
        """A machine, by id, has stopped, or could not start, without a move having asked for it."""

    # made and set up

    def create(self, command: cmd.CreateVirtualMachine) -> Verdict:
        """New Virtual Machine."""
        if command.workload not in workload_names():
            return _unknown_workload(command.workload)
        state = self._core.state
        volume = None if command.disk is None else state.shared_volumes[command.disk]
        drive = state.nodes[command.node].system_drive
        machine = VirtualMachine(
            id=identity(self._core.cluster.name, "machine", command.name, state.sequence),
            name=command.name,
            node=command.node,
            state=MachineState.OFF,
            memory=command.memory,
            processors=command.processors,
            workload=command.workload,
            path=local_path(drive, command.name) if volume is None else volume_path(volume, drive, command.name),
            disk=command.disk,
            switch=command.switch,
            start_action=command.start_action,
            processor_compatibility=command.processor_compatibility,
            disk_size=command.disk_size,
        )
        self._core.emit(ev.MachineCreated(machine))
        self._storage.fill(command.disk, command.disk_size)
        if command.start:
            self.start(machine.id)
        return OK

    def configure(self, command: cmd.ConfigureVirtualMachine) -> Verdict:
        """Settings."""
        if command.workload is not None and command.workload not in workload_names():
            return _unknown_workload(command.workload)
        wanted = {
            "memory": command.memory,
            "start_action": command.start_action,
            "processor_compatibility": command.processor_compatibility,
            "workload": command.workload,
        }
        changes: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
        for name, text in (("switch", command.switch), ("media", command.media)):
            if text is not None:
                changes[name] = text or None
        self._core.change_machine(command.machine, **changes)
        return OK

    def delete(self, command: cmd.DeleteVirtualMachine) -> None:
        """The machine and its virtual hard disk are gone."""
        machine = self._core.state.machines[command.machine]
        if machine.disk is not None:
            self._storage.drop_files(machine.disk, machine.id)
        snapshots = sum(one.size for one in snapshots_of(self._core.state, machine.id))
        self._core.emit(ev.MachineDeleted(machine.id))
        self._storage.fill(machine.disk, -machine.disk_size - snapshots)

    # started and stopped

    def set_state(self, command: cmd.SetMachineState) -> Verdict:
        """Start, shut down, turn off, save, pause.

        The start of a clustered machine that something on its node stands against fails, and its policies follow; that
        of any other machine is refused.
        """
        machine = self._core.state.machines[command.machine]
        match command.state:
            case MachineState.RUNNING if machine.state in _PAUSED:
                self.go_on(machine.id)
            case MachineState.RUNNING:
                _, why = start_obstacle(self._core.state, machine)
                if why and not machine.is_highly_available:
                    return no(why, "Repair it, or move the machine.")
                self.start_or_fail(machine.id)
            case MachineState.OFF if command.forced or machine.state in _PAUSED or machine.queued_since is not None:
                self.turn_off(machine.id)
            case MachineState.OFF:
                self.shut_down(machine.id)
            case MachineState.SAVED:
                self.save(machine.id)
            case _:
                self._enter(machine.id, MachineState.PAUSED)
        return OK

    def start(self, identity_: str, then: Callable[[], None] | None = None) -> None:
        """Start or restore a machine where it is; ``then`` follows once it runs.

        A clustered machine waits while MOST_STARTING others start on its node ("Understanding Hyper-V VM Failover
        Policies", clustering blog 2010/12/14).
        """
        machine = self._core.state.machines[identity_]
        self.forget(identity_)
        if machine.is_highly_available and not self._may_start(machine.node):
            if then is not None:
                self._after_queue[identity_] = then
            self._core.change_machine(identity_, queued_since=self._core.kernel.now)
            return
        duration = self.state_file_time(machine) if machine.state is MachineState.SAVED else START_TIME
        node = self._core.state.nodes[machine.node]
        connected = machine.switch is None or machine.switch in node.switches
        if not connected:
            self._core.log("21142", node.name, resource=f"Virtual Machine {machine.name}", switch=machine.switch or "")
        self._core.change_machine(
            identity_, state=MachineState.STARTING, queued_since=None, starts_with_host=False, connected=connected
        )
        self._later(identity_, duration, MachineState.RUNNING, then)

    def start_or_fail(self, identity_: str, then: Callable[[], None] | None = None) -> bool:
        """Start a machine if its node can; else its resource has failed, and its policies say what follows.

        Returns:
            Whether it starts.
        """
        machine = self._core.state.machines[identity_]
        events, why = start_obstacle(self._core.state, machine)
        if not why:
            self.start(identity_, then)
            return True
        self.forget(identity_)
        for key in events:
            self._core.log(key, machine.node, machine=machine.name, reason=why)
        self._tell_stopped(identity_)
        resource = self._core.state.machine_resource(identity_)
        if resource is not None and self.on_failed is not None:
            self.on_failed(resource.id, why)
        else:
            self.fail(identity_)
        return False

    def _may_start(self, node: str) -> bool:
        starting = sum(machine.state is MachineState.STARTING for machine in self._core.state.machines_on(node))
        return starting < MOST_STARTING

    def _start_next(self, node: str) -> None:
        """Start machines that wait on a node, as many as may: by the priority of their groups, then by their turn."""
        state = self._core.state
        if node not in state.nodes or not state.nodes[node].state.is_member:
            return
        waiting = [one for one in state.machines_on(node) if one.queued_since is not None]
        for machine in sorted(waiting, key=partial(_turn, state)):
            if not self._may_start(node):
                return
            then = self._after_queue.get(machine.id)
            self._core.change_machine(machine.id, queued_since=None)
            self.start_or_fail(machine.id, then)

    def shut_down(self, identity_: str, then: Callable[[], None] | None = None) -> None:
        """The guest shuts down by itself; ``then`` follows once it is off."""
        self._core.change_machine(identity_, state=MachineState.STOPPING)
        self._later(identity_, SHUT_DOWN_TIME, MachineState.OFF, then)

    def shut_down_inside(self, identity_: str) -> None:
        """A user inside the guest shuts it down: no failure, and nobody starts it again."""
        machine = self._core.state.machines[identity_]
        if machine.state is MachineState.RUNNING:
            self.shut_down(identity_)

    def fails(self, identity_: str, why: str) -> None:
        """What runs as the machine cannot go on, or IsAlive failed: the policies of its resource say what follows."""
        resource = self._core.state.machine_resource(identity_)
        if resource is not None and self.on_failed is not None:
            self.on_failed(resource.id, why)

    def save(self, identity_: str, then: Callable[[], None] | None = None) -> None:
        """Memory and device state go to a file; ``then`` follows once they are there."""
        machine = self._core.change_machine(identity_, state=MachineState.SAVING)
        self._later(identity_, self.state_file_time(machine), MachineState.SAVED, then)

    def turn_off(self, identity_: str, planned: bool = False, resource_state: ResourceState | None = None) -> None:
        """Off at once, whatever it was doing; a state that was being restored is still saved.

        Args:
            identity_: the machine.
            planned: True: a move does it; no other one needs to be told.
            resource_state: of its resource; None: what follows from the machine.
        """
        machine = self._core.state.machines[identity_]
        self.forget(identity_)
        restoring = machine.state is MachineState.STARTING and bool(machine.features)
        runs_on = f"{machine.id}@{machine.node}" in self._core.state.copies  # cut off: nobody can turn it off
        if machine.state.holds_memory and not machine.ended and not runs_on and answers(self._core.state, machine.node):
            self._core.log("18502", machine.node, machine=machine.name)
        self._enter(identity_, MachineState.SAVED if restoring else MachineState.OFF, resource_state)
        if machine.state is MachineState.STARTING:
            self._core.kernel.after(0.0, partial(self._start_next, machine.node))
        if not planned:
            self._tell_stopped(identity_)

    def state_file_time(self, machine: VirtualMachine) -> float:
        """Seconds to write a machine's saved state to its disk, or to read it."""
        return STATE_FILE_TIME + machine.memory / STATE_FILE_RATE

    def forget(self, identity_: str) -> None:
        """Cancel the end of a change of state, and a start that waits."""
        timer = self._pending.pop(identity_, None)
        if timer is not None:
            timer.cancel()
        self._frozen.pop(identity_, None)
        self._after_queue.pop(identity_, None)
        machine = self._core.state.machines.get(identity_)
        if machine is not None and machine.queued_since is not None:
            self._core.change_machine(identity_, queued_since=None)

    def settle(self) -> None:
        """Bring machines that were changing their state when the program ended to the end of that change."""
        ends = {
            MachineState.STARTING: MachineState.RUNNING,
            MachineState.STOPPING: MachineState.OFF,
            MachineState.SAVING: MachineState.SAVED,
        }
        for machine in tuple(self._core.state.machines.values()):
            if is_unmonitored(self._core.state, machine):
                continue  # see undo; or it starts elsewhere
            if machine.state in ends and answers(self._core.state, machine.node):
                self._enter(machine.id, ends[machine.state])
            elif machine.state in ends:
                self._frozen[machine.id] = (ends[machine.state], None)
        for node in tuple(self._core.state.nodes):
            self._start_next(node)
        for node in dict.fromkeys(one.node for one in self._core.state.machines.values() if one.starts_with_host):
            if answers(self._core.state, node):
                self._boot(node)
        self.guests.settle()

    def resume(self, identity_: str) -> None:
        """Have a machine run at once where it is, if that node has the memory: after a restart of the program."""
        machine = self._core.state.machines[identity_]
        if not answers(self._core.state, machine.node):
            return  # the cluster will notice, and start it elsewhere
        if machine.state.holds_memory or self._core.state.free_memory(machine.node) >= machine.memory:
            self._enter(identity_, MachineState.RUNNING)
            if is_unmonitored(self._core.state, self._core.state.machines[identity_]):
                self.pause_critically(identity_)  # it has lost its disk

    def _later(self, identity_: str, duration: float, state: MachineState, then: Callable[[], None] | None) -> None:
        self.forget(identity_)
        delay = self._core.vary(duration, f"{state} {identity_}")
        self._pending[identity_] = self._core.kernel.after(delay, partial(self._end, identity_, state, then))

    def _end(self, identity_: str, state: MachineState, then: Callable[[], None] | None) -> None:
        self._pending.pop(identity_, None)
        machine = self._core.state.machines.get(identity_)
        if machine is None:
            return
        if machine.ended:
            return  # there is nothing left that could change its state; the cluster will notice
        if not answers(self._core.state, machine.node):
            self._frozen[identity_] = (state, then)  # nothing goes on there, unless the host wakes up again
            return
        by_guest = active(self._core.state, FaultKind.GUEST_SHUTDOWN, identity_) is not None
        ends = {
            MachineState.RUNNING: "18596" if machine.features else "18500",
            MachineState.OFF: "18508" if by_guest else "18504",
            MachineState.SAVED: "18510",
        }
        self._core.log(ends[state], machine.node, machine=machine.name)
        if state is MachineState.RUNNING and machine.is_highly_available:
            self._core.log("21119", machine.node, resource=f"Virtual Machine {machine.name}")
        self._enter(identity_, state)
        if machine.state is MachineState.STARTING:
            self._start_next(machine.node)
        if then is not None:
            then()
        elif state is not MachineState.RUNNING:
            self._tell_stopped(identity_)

    def _tell_stopped(self, identity_: str) -> None:
        if self.on_stopped is not None:
            self.on_stopped(identity_)

    def _enter(self, identity_: str, state: MachineState, resource_state: ResourceState | None = None) -> None:
        machine = self._core.state.machines[identity_]
        gone = (MachineState.OFF, MachineState.SAVED)
        ended = machine.ended and state not in gone
        changes: dict[str, Any] = {"state": state, "ended": ended, **self.guests.after(machine, state)}
        if state is MachineState.OFF:
            changes |= {"features": frozenset(), "critical_since": None, "connected": True}
        elif state is MachineState.RUNNING:
            changes["critical_since"] = None
            possible = self._core.state.nodes[machine.node].processor.features
            if not machine.features or not machine.features <= possible:
                changes["features"] = self._core.features_at(machine, machine.node)
        self._core.change_machine(identity_, resource_state, **changes)
        self.guests.follow(identity_)

    def pause_critically(self, identity_: str) -> None:
        """Hyper-V pauses a machine whose storage is gone, on a node that the cluster does not monitor."""
        machine = self._core.state.machines[identity_]
        fields = self.guests.after(machine, MachineState.PAUSED_CRITICAL)
        since = self._core.kernel.now
        paused = replace(machine, state=MachineState.PAUSED_CRITICAL, critical_since=since, **fields)
        self._core.emit(ev.MachineChanged(paused))  # its resource stays as the cluster saw it last
        self.guests.follow(identity_)

    def go_on(self, identity_: str) -> None:
        """A machine that was paused, by whom ever, goes on."""
        self._enter(identity_, MachineState.RUNNING)

    def undo(self, identity_: str) -> None:
        """A machine whose saving or stopping was given up while nobody reached its node runs on."""
        machine = self._core.state.machines[identity_]
        changing = machine.state in (MachineState.SAVING, MachineState.STOPPING)
        if changing and not machine.ended and identity_ not in self._pending and identity_ not in self._frozen:
            self._enter(identity_, MachineState.RUNNING)

    # nodes that end

    def node_ended(self, node: str) -> None:
        """The power or the cluster service of a node is gone, and with it every copy of a clustered machine there.

        What the cluster has not noticed yet stays as the cluster sees it, and is marked as ended.
        """
        noticed = not self._core.state.nodes[node].state.counts_as_running
        for machine in self._core.state.machines_on(node):
            if not machine.is_highly_available:
                continue
            if machine.queued_since is not None:
                self.forget(machine.id)
            if not machine.state.holds_memory:
                continue
            if noticed:
                self.turn_off(machine.id)
            elif not machine.ended:
                timer = self._pending.pop(machine.id, None)
                if timer is not None:
                    timer.cancel()
                self._frozen.pop(machine.id, None)
                if answers(self._core.state, node):
                    self._core.log("18502", node, machine=machine.name)
                self._core.change_machine(machine.id, ended=True, booted_at=None)
                self.guests.follow(machine.id)
                if answers(self._core.state, node):
                    self._tell_stopped(machine.id)

    def node_back(self, node: str) -> None:
        """A node is a member again: copies that ended while the cluster did not know of it start again there."""
        for machine in self._core.state.machines_on(node):
            if machine.ended:
                self.turn_off(machine.id)
                group = self._core.state.groups.get(machine.group or "")
                if group is not None and group.wanted and group.auto_start:
                    self.start_or_fail(machine.id)

    def fault_changed(self, fault: Fault, began: bool) -> None:
        """A host lost its power or has it again, its cluster service crashed, or it is no longer frozen."""
        if fault.kind in _POWER and began:
            self._host_ended(fault.target)
            self.node_ended(fault.target)
        elif fault.kind is FaultKind.SERVICE_CRASH and began:
            self.node_ended(fault.target)
        elif fault.kind in _POWER:
            self._boot(fault.target)
        elif fault.kind is FaultKind.HANG and not began:
            for machine in self._core.state.machines_on(fault.target):
                frozen = self._frozen.pop(machine.id, None)
                if frozen is not None:
                    self._end(machine.id, *frozen)

    def _host_ended(self, node: str) -> None:
        """Machines that are not clustered are off; their start action looks at what they were doing."""
        for machine in self._core.state.machines_on(node):
            if machine.is_highly_available:
                continue
            ran = machine.state in (MachineState.RUNNING, MachineState.STARTING, MachineState.PAUSED)
            action = machine.start_action
            wanted = machine.starts_with_host or action is StartAction.ALWAYS
            wanted = wanted or (action is StartAction.START_IF_RUNNING and ran)
            if machine.state.holds_memory:
                self.turn_off(machine.id)
            self._core.change_machine(machine.id, starts_with_host=wanted)

    def _boot(self, node: str) -> None:
        boot = self._core.vary(self._core.figure("boot"), f"host {node}")
        self._core.kernel.after(boot, partial(self._host_booted, node))

    def _host_booted(self, node: str) -> None:
        state = self._core.state
        if node not in state.nodes or not answers(state, node):
            return
        for machine in state.machines_on(node):
            if machine.starts_with_host:
                self._core.change_machine(machine.id, starts_with_host=False)
                if not machine.is_highly_available and machine.state is not MachineState.RUNNING:
                    self.start_or_fail(machine.id)

    # clustered

    def make_highly_available(self, command: cmd.MakeHighlyAvailable) -> None:
        """Each machine gets a group and its resources; a disk of Available Storage goes into the group."""
        for identity_ in command.machines:
            state = self._core.state
            machine = state.machines[identity_]
            assert machine.disk is not None  # by the rules
            if state.disks[machine.disk].use is DiskUse.AVAILABLE:
                self._storage.take_from_available(machine.disk, machine.node)
            state = self._core.state
            group, resources = machine_group(
                self._core.cluster.name, machine, state.disks[machine.disk], tuple(state.nodes)
            )
            taken = {other.name.casefold() for other in state.groups.values()}
            number = 1
            while group.name.casefold() in taken:
                number += 1
                group = replace(group, name=f"{machine.name} ({number})")
            self._core.emit(ev.MachineMadeHighlyAvailable(identity_, group, resources))

    def remove_group(self, command: cmd.RemoveGroup) -> None:
        """The machine stays on its node; a disk of its own goes back to Available Storage."""
        members = self._core.state.group_machines(command.group)
        self._core.emit(ev.GroupRemoved(command.group))
        for machine in members:
            if machine.disk is not None and self._core.state.disks[machine.disk].use is DiskUse.GROUP:
                self._storage.make_available(machine.disk, machine.node)

    def fail(self, identity_: str) -> None:
        """Mark the machine's resource as failed: it could not be brought online."""
        resource = self._core.state.machine_resource(identity_)
        if resource is not None:
            self._core.change_resource(resource, state=ResourceState.FAILED)


def _turn(state: State, machine: VirtualMachine) -> tuple[int, float]:
    """Order in which machines that wait start: higher priority first, then who has waited longer."""
    group = state.groups.get(machine.group or "")
    return (-group.priority if group is not None else 0, machine.queued_since or 0.0)


def _unknown_workload(name: str) -> Verdict:
    return no(f"There is no workload {quoted(name)}.", f"Choose one of: {', '.join(workload_names())}.")
