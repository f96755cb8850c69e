"""Virtual machines of the embedded cluster: made, set up, started, stopped, clustered."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fcm.backend.embedded.cluster_file.groups import machine_group
from fcm.backend.embedded.cluster_file.identity import identity
from fcm.backend.embedded.cluster_file.places import local_path, volume_path
from fcm.backend.embedded.machines.workloads import workload_names
from fcm.model import events as ev
from fcm.model.entities import DiskUse, MachineState, ResourceState, VirtualMachine
from fcm.model.rules.access import volume_usable
from fcm.model.rules.snapshots import snapshots_of
from fcm.model.rules.verdict import OK, Verdict, no
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.kernel import Timer
    from fcm.backend.embedded.storage.disks import Storage
    from fcm.model import commands as cmd

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


class Machines:
    """What happens with virtual machines."""

    def __init__(self, core: Core, storage: Storage) -> None:
        self._core = core
        self._storage = storage
        self._pending: dict[str, Timer] = {}
        """Machine -> the end of its starting, stopping or saving."""

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
        changes: dict[str, object] = {name: value for name, value in wanted.items() if value is not None}
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

    def set_state(self, command: cmd.SetMachineState) -> None:
        """Start, shut down, turn off, save, pause."""
        machine = self._core.state.machines[command.machine]
        match command.state:
            case MachineState.RUNNING if machine.state in _PAUSED:
                self._core.change_machine(machine.id, state=MachineState.RUNNING, critical_since=None)
            case MachineState.RUNNING:
                self.start(machine.id)
            case MachineState.OFF if command.forced or machine.state in _PAUSED:
                self.turn_off(machine.id)
            case MachineState.OFF:
                self.shut_down(machine.id)
            case MachineState.SAVED:
                self.save(machine.id)
            case _:
                self._core.change_machine(machine.id, state=MachineState.PAUSED)

    def start(self, identity_: str, then: Callable[[], None] | None = None) -> None:
        """Start or restore a machine where it is; ``then`` follows once it runs."""
        machine = self._core.state.machines[identity_]
        saved = machine.state is MachineState.SAVED
        duration = self.state_file_time(machine) if saved else START_TIME
        self._core.change_machine(identity_, state=MachineState.STARTING)
        self._later(identity_, duration, MachineState.RUNNING, then)

    def start_or_fail(self, identity_: str) -> None:
        """Start a machine if its node has the memory and its files are within reach; else its resource has failed."""
        machine = self._core.state.machines[identity_]
        state = self._core.state
        usable = volume_usable(state, machine.node, machine.disk)
        if state.free_memory(machine.node) >= machine.memory and usable:
            self.start(identity_)
        else:
            self.fail(identity_)

    def shut_down(self, identity_: str, then: Callable[[], None] | None = None) -> None:
        """The guest shuts down by itself; ``then`` follows once it is off."""
        self._core.change_machine(identity_, state=MachineState.STOPPING)
        self._later(identity_, SHUT_DOWN_TIME, MachineState.OFF, then)

    def save(self, identity_: str, then: Callable[[], None] | None = None) -> None:
        """Memory and device state go to a file; ``then`` follows once they are there."""
        machine = self._core.change_machine(identity_, state=MachineState.SAVING)
        self._later(identity_, self.state_file_time(machine), MachineState.SAVED, then)

    def turn_off(self, identity_: str) -> None:
        """Off at once, whatever it was doing."""
        self.forget(identity_)
        self._core.change_machine(identity_, state=MachineState.OFF, features=frozenset(), critical_since=None)

    def state_file_time(self, machine: VirtualMachine) -> float:
        """Seconds to write a machine's saved state to its disk, or to read it."""
        return STATE_FILE_TIME + machine.memory / STATE_FILE_RATE

    def forget(self, identity_: str) -> None:
        """Cancel the end of a change of state."""
        timer = self._pending.pop(identity_, None)
        if timer is not None:
            timer.cancel()

    def settle(self) -> None:
        """Bring machines that were changing their state when the program ended to the end of that change."""
        ends = {
            MachineState.STARTING: MachineState.RUNNING,
            MachineState.STOPPING: MachineState.OFF,
            MachineState.SAVING: MachineState.SAVED,
        }
        for machine in tuple(self._core.state.machines.values()):
            if machine.state in ends:
                self._enter(machine.id, ends[machine.state])

    def resume(self, identity_: str) -> None:
        """Have a machine run at once where it is, if that node has the memory: after a restart of the program."""
        machine = self._core.state.machines[identity_]
        if machine.state.holds_memory or self._core.state.free_memory(machine.node) >= machine.memory:
            self._enter(identity_, MachineState.RUNNING)

    def _later(self, identity_: str, duration: float, state: MachineState, then: Callable[[], None] | None) -> None:
        self.forget(identity_)
        delay = self._core.vary(duration, f"{state} {identity_}")
        self._pending[identity_] = self._core.kernel.after(delay, partial(self._end, identity_, state, then))

    def _end(self, identity_: str, state: MachineState, then: Callable[[], None] | None) -> None:
        self._pending.pop(identity_, None)
        if identity_ in self._core.state.machines:
            self._enter(identity_, state)
            if then is not None:
                then()

    def _enter(self, identity_: str, state: MachineState) -> None:
        machine = self._core.state.machines[identity_]
        features = machine.features
        if state is MachineState.OFF:
            features = frozenset()
        elif state is MachineState.RUNNING:
            possible = self._core.state.nodes[machine.node].processor.features
            if not features or not features <= possible:
                features = self._core.features_at(machine, machine.node)
        self._core.change_machine(identity_, state=state, features=features)

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


def _unknown_workload(name: str) -> Verdict:
    return no(f"There is no workload {quoted(name)}.", f"Choose one of: {', '.join(workload_names())}.")
