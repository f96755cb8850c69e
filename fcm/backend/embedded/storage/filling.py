"""Disks that fill: saved states, and what machines with snapshots write. See ``fcm.model.rules.failing.filling``."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.model import events as ev
from fcm.model.entities import MIB, MachineState
from fcm.model.rules.failing import filling as rules

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.kernel import Timer
    from fcm.backend.embedded.storage.critical import Critical
    from fcm.model.entities import VirtualMachine

TICK = 60.0
"""s between two looks at what machines have written."""
TELL = 600.0
"""s between two events that tell what was written; at each look once a disk is nearly full."""
STEP = 64 * MIB
"""Less than that is not worth an event."""


class Filling:
    """What fills disks, and what follows."""

    def __init__(self, core: Core, critical: Critical) -> None:
        self._core = core
        self._critical = critical
        self._tick: Timer | None = None
        self._since = self._told = 0.0
        """Virtual times of the last look, and of the last one that was told."""
        self._untold: defaultdict[tuple[str, str], float] = defaultdict(float)
        """Disk and machine -> bytes written that were not told yet."""
        self._warned: set[str] = set()
        """Disks of whose little room was warned."""

    def look(self) -> None:
        """Begin to count what is written once there is a snapshot."""
        if self._tick is None and self._core.state.snapshots:
            self._since = self._core.kernel.now
            self._told = self._told or self._since
            self._tick = self._core.kernel.after(TICK, self._count)

    def settle(self) -> None:
        """Disks that are nearly full have warned already."""
        self._warned = {key for key, disk in self._core.state.disks.items() if self._is_scarce(disk.free)}
        self.look()

    def state_changed(self, before: VirtualMachine, after: VirtualMachine) -> None:
        """The saved state of a machine takes the room of its memory, as long as it is there."""
        saved = MachineState.SAVED
        if after.state is MachineState.RUNNING and not rules.has_room(self._core.state, after):
            self._pause(after)
        if after.disk is None or (before.state is saved) is (after.state is saved):
            return
        disk = self._core.state.disks[after.disk]
        size = min(after.memory, disk.free) if after.state is saved else 0
        change = size - dict(disk.saved).get(after.id, 0)
        files = rules.with_file(disk.saved, after.id, size)
        self._change(disk.id, change, saved=files)

    def filled(self, identity: str) -> None:
        """The room on a disk has changed: warn, pause machines, or let them go on."""
        disk = self._core.state.disks[identity]
        machines = self._core.state.machines_with_files_on(identity)
        if not self._is_scarce(disk.free):
            self._warned.discard(identity)
        elif identity not in self._warned:
            self._warned.add(identity)
            for machine in machines:
                if machine.state is MachineState.RUNNING:
                    self._core.log("16050", machine.node, machine=machine.name, path=machine.path)
        for machine in machines:
            if machine.state is MachineState.RUNNING and not rules.has_room(self._core.state, machine):
                self._pause(machine)
        self._critical.look()

    def _pause(self, machine: VirtualMachine) -> None:
        self._core.log("16060", machine.node, machine=machine.name, path=machine.path)
        self._critical.pause(machine.id)

    def _is_scarce(self, free: int) -> bool:
        return free < rules.warned_below(self._core.state)

    def _count(self) -> None:
        """Add what was written since the last look."""
        now = self._core.kernel.now
        passed, self._since = now - self._since, now
        self._tick = None
        state = self._core.state
        grown: defaultdict[str, list[str]] = defaultdict(list)
        for machine in {one.machine.id: None for one in state.snapshots.values()}:
            found = state.machines[machine]
            rate = rules.growth(state, found)
            if rate and found.disk is not None:
                self._untold[found.disk, machine] += rate * passed
                grown[found.disk].append(machine)
        due = now - self._told >= TELL
        for disk, machines in grown.items():
            self._tell(disk, machines, due)
        if due:
            self._told = now
        self.look()

    def _tell(self, identity: str, machines: list[str], due: bool) -> None:
        disk = self._core.state.disks[identity]
        total = int(sum(self._untold[identity, machine] for machine in machines))
        nearly_full = self._is_scarce(disk.free - total) or disk.free <= total
        if not nearly_full and (not due or total < STEP):
            return
        written = disk.written
        for machine in machines:
            size = dict(written).get(machine, 0) + int(self._untold.pop((identity, machine)))
            written = rules.with_file(written, machine, size)
        if disk.free < total:  # the last one could not write all of it
            last = machines[-1]
            written = rules.with_file(written, last, dict(written)[last] - (total - disk.free))
        self._change(identity, sum(dict(written).values()) - sum(dict(disk.written).values()), written=written)

    def _change(self, identity: str, size: int, **changes: object) -> None:
        disk = self._core.state.disks[identity]
        used = min(max(disk.used + size, 0), disk.size)
        self._core.emit(ev.DiskChanged(replace(disk, used=used, **changes)))  # type: ignore[arg-type]
        self.filled(identity)
