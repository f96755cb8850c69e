"""The operating systems inside virtual machines: they boot, hang, stop, and are watched by their heartbeat.

The heartbeat of a guest is known once it has booted. If it is lost after that and heartbeat monitoring is on, the next
IsAlive of the machine's resource fails (default 60 s), and the policies of the resource follow. A guest that boots is
not watched: its integration services have not answered yet.
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from fcm.backend.embedded.machines.workloads import workload_of
from fcm.model import events as ev
from fcm.model.entities import ClusterVersion, MachineState
from fcm.model.failures import Fault, FaultKind, GuestState
from fcm.model.rules.failing.faults import active, answers, faults_at
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.kernel import Timer
    from fcm.backend.embedded.membership.faults import Faults
    from fcm.model.entities import VirtualMachine

BUGCHECK = "0xef"
"""CRITICAL_PROCESS_DIED: the code of a guest whose failure is simulated. An assumption."""
_OF_GUESTS = (FaultKind.GUEST_HANG, FaultKind.GUEST_BUGCHECK, FaultKind.GUEST_SHUTDOWN)


class Guests:
    """What happens inside virtual machines."""

    def __init__(self, core: Core, faults: Faults) -> None:
        self._core = core
        self._faults = faults
        self._booting: dict[str, Timer] = {}
        self._watched: dict[str, Timer] = {}
        """Fault of a guest -> when something follows from it."""
        self.on_failed: Callable[[str, str], None] | None = None
        """A machine's heartbeat is lost: the id of the machine, and why in words."""
        self.on_shut_down: Callable[[str], None] | None = None
        """A user inside shuts the machine with this id down."""

    # its machine starts, stops and moves

    def after(self, machine: VirtualMachine, state: MachineState) -> dict[str, Any]:
        """Fields of the guest once its machine, which is still as before, is in another state."""
        match state:
            case MachineState.OFF:
                return {"guest": GuestState.UNKNOWN, "booted_at": None}
            case MachineState.RUNNING if machine.state is MachineState.RUNNING:
                return {}
            case MachineState.RUNNING if machine.guest is GuestState.UNKNOWN and machine.features:
                # It was saved when guests were not known yet.
                return {"guest": GuestState.RUNNING, "booted_at": None}
            case MachineState.RUNNING if machine.guest in (GuestState.UNKNOWN, GuestState.BOOTING):
                # What was saved or paused while it booted begins its time again, unless it hangs in its boot.
                hangs = active(self._core.state, FaultKind.GUEST_HANG, machine.id) is not None
                return {"guest": GuestState.BOOTING, "booted_at": None if hangs else self._boot_end(machine)}
            case MachineState.SAVED | MachineState.PAUSED | MachineState.PAUSED_CRITICAL:
                return {"booted_at": None}
            case _:
                return {}

    def follow(self, identity: str) -> None:
        """Its machine has changed its state: arm the end of its boot, and end the failures that a stop ends."""
        timer = self._booting.pop(identity, None)
        if timer is not None:
            timer.cancel()
        machine = self._core.state.machines.get(identity)
        if machine is not None and machine.booted_at is not None and machine.state is MachineState.RUNNING:
            self._booting[identity] = self._core.kernel.at(machine.booted_at, partial(self._booted, identity))
        for fault in faults_at(self._core.state, identity):
            if machine is None or machine.ended or machine.state is MachineState.OFF:
                self._faults.end(fault.id)
            else:
                self._follow_fault(fault)

    def _boot_end(self, machine: VirtualMachine) -> float:
        seconds = workload_of(machine).boot * self._core.figure("guest_boot")
        return self._core.kernel.now + self._core.vary(seconds, f"boot {machine.id}")

    def _booted(self, identity: str) -> None:
        self._booting.pop(identity, None)
        state = self._core.state
        machine = state.machines.get(identity)
        if machine is None or machine.booted_at is None or machine.state is not MachineState.RUNNING:
            return
        if not answers(state, machine.node):
            return  # its host is frozen, and it with it: see fault_changed
        self._core.change_machine(identity, guest=GuestState.RUNNING, booted_at=None)
        failover = state.failovers.get(machine.group or "")
        if failover is not None and failover.online is not None and failover.booted is None:
            self._core.emit(ev.FailoverRecorded(replace(failover, booted=self._core.kernel.now)))

    # failures

    def fault_changed(self, fault: Fault, began: bool) -> None:
        """A failure of a guest began or ended; a frozen host goes on, and its guests with it."""
        if fault.kind is FaultKind.HANG and not began:
            for machine in self._core.state.machines_on(fault.target):
                if machine.booted_at is not None:
                    self.follow(machine.id)
            self.look()
        if fault.kind not in _OF_GUESTS:
            return
        if began:
            self._begin(fault)
        else:
            self._ended(fault)

    def look(self) -> None:
        """After a command: heartbeat monitoring may have been turned on, or a failure be of a machine that is gone."""
        for fault in self._guest_faults():
            self._follow_fault(fault)

    def settle(self) -> None:
        """Arm what was due when the program ended."""
        for machine in tuple(self._core.state.machines.values()):
            if machine.booted_at is not None:
                self.follow(machine.id)
        self.look()

    def _begin(self, fault: Fault) -> None:
        machine = self._core.state.machines[fault.target]
        if machine.state is not MachineState.RUNNING:
            self._faults.end(fault.id)  # there is no guest that could fail
            return
        if fault.kind is FaultKind.GUEST_SHUTDOWN:
            if self.on_shut_down is not None:
                self.on_shut_down(machine.id)
            return
        if machine.guest is GuestState.BOOTING and fault.kind is FaultKind.GUEST_HANG:
            self._core.change_machine(machine.id, booted_at=None)  # no heartbeat was seen: it seems to boot for ever
        else:
            self._core.change_machine(machine.id, guest=GuestState.HUNG, booted_at=None)
        self.follow(machine.id)
        if fault.kind is FaultKind.GUEST_BUGCHECK and self._core.cluster.version.at_least(ClusterVersion.V2012_R2):
            self._core.log("18590", machine.node, machine=machine.name, codes=BUGCHECK)
        self._follow_fault(fault)

    def _ended(self, fault: Fault) -> None:
        self._forget(fault.id)
        machine = self._core.state.machines.get(fault.target)
        if (
            machine is None
            or machine.ended
            or machine.state is MachineState.OFF
            or faults_at(self._core.state, machine.id)
        ):
            return
        if fault.kind is FaultKind.GUEST_BUGCHECK:
            self._core.log("18514", machine.node, machine=machine.name)
            self._core.change_machine(machine.id, guest=GuestState.BOOTING, booted_at=self._boot_end(machine))
        elif machine.guest is GuestState.BOOTING and machine.booted_at is None:
            self._core.change_machine(machine.id, booted_at=self._boot_end(machine))
        elif machine.guest is GuestState.HUNG:
            self._core.change_machine(machine.id, guest=GuestState.RUNNING)
        self.follow(machine.id)

    def _follow_fault(self, fault: Fault) -> None:
        """Arm what follows from a failure of a guest, if it is not armed and something follows."""
        if fault.id in self._watched:
            return
        machine = self._core.state.machines.get(fault.target)
        if machine is None or machine.state is MachineState.OFF:
            self._faults.end(fault.id)
        elif fault.kind is FaultKind.GUEST_BUGCHECK:
            due = fault.since + self._core.figure("guest_dump")
            self._watched[fault.id] = self._core.kernel.at(due, partial(self._dumped, fault.id))
        elif machine.state is MachineState.RUNNING and machine.guest is GuestState.HUNG and self._is_watched(machine):
            self._watched[fault.id] = self._core.kernel.at(self._noticed(fault), partial(self._is_alive, fault.id))

    def _is_watched(self, machine: VirtualMachine) -> bool:
        resource = self._core.state.machine_resource(machine.id)
        return resource is not None and resource.heartbeat

    def _noticed(self, fault: Fault) -> float:
        """The first IsAlive after the heartbeat counts as lost; the same however often it is asked."""
        resource = self._core.state.machine_resource(fault.target)
        period = 60.0 if resource is None else float(max(resource.policy.is_alive, 1))
        share = random.Random(f"{self._core.seed}/{fault.id}").random()
        due = fault.since + self._core.figure("guest_silence") + share * period
        while due < self._core.kernel.now:
            due += period
        return due

    def _dumped(self, identity: str) -> None:
        self._forget(identity)
        fault = self._core.state.faults.get(identity)
        if fault is None:
            return
        machine = self._core.state.machines.get(fault.target)
        if machine is not None and not answers(self._core.state, machine.node):
            return  # frozen: look or fault_changed goes on with it
        self._faults.end(identity)

    def _is_alive(self, identity: str) -> None:
        """The thorough health check of a machine whose guest hangs."""
        self._forget(identity)
        state = self._core.state
        fault = state.faults.get(identity)
        machine = None if fault is None else state.machines.get(fault.target)
        if fault is None or machine is None or machine.guest is not GuestState.HUNG or not self._is_watched(machine):
            return
        resource = state.machine_resource(machine.id)
        assert resource is not None
        watches = state.nodes[machine.node].state.is_member and answers(state, machine.node)
        if machine.state is not MachineState.RUNNING:
            return  # followed again once it runs
        if state.active_migration(machine.id) is not None or not watches:
            later = self._core.kernel.now + max(resource.policy.is_alive, 1)
            self._watched[identity] = self._core.kernel.at(later, partial(self._is_alive, identity))
        elif self.on_failed is not None:
            why = f"The guest of {quoted(machine.name)} stopped responding, and its heartbeat was lost."
            self.on_failed(machine.id, why)

    def _forget(self, fault: str) -> None:
        timer = self._watched.pop(fault, None)
        if timer is not None:
            timer.cancel()

    def _guest_faults(self) -> list[Fault]:
        return [fault for fault in self._core.state.faults.values() if fault.kind in _OF_GUESTS]
