"""Snapshots and backups of the embedded cluster's machines."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, VolumeAccess
from fcm.model.failures import GuestState
from fcm.model.migrations import MigrationKind
from fcm.model.moments import in_utc
from fcm.model.rules.snapshots import snapshots_of
from fcm.model.snapshots import Backup, Snapshot

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.storage.disks import Storage
    from fcm.model.entities import VirtualMachine

BACKUP_RATE = 100e6
"""bytes/s at which a virtual hard disk is backed up. An assumption: one gigabit line to the backup server."""
BACKUP_LEAST = 10.0
"""s that a backup takes at least. An assumption."""
VSS_WARNINGS = 2
"""Warnings of the Hyper-V VSS writer that the machine is not found (Microsoft's guide to live migration, 2009)."""


class Snapshots:
    """Takes, applies and deletes snapshots."""

    def __init__(self, core: Core, storage: Storage) -> None:
        self._core = core
        self._storage = storage

    def take(self, command: cmd.TakeSnapshot) -> None:
        """Keep a machine as it is; its memory, if it contains any, takes room on its disk."""
        machine = self._core.state.machines[command.machine]
        size = 0 if machine.state is MachineState.OFF else machine.memory
        identity = f"snapshot-{self._core.state.sequence + 1}"
        name = command.name or self._free_name(machine)
        self._core.emit(ev.SnapshotTaken(Snapshot(identity, name, machine, self._core.kernel.now, size)))
        self._storage.fill(machine.disk, size)

    def _free_name(self, machine: VirtualMachine) -> str:
        """The machine's name and the time (UTC), as Hyper-V Manager names snapshots."""
        when = in_utc(self._core.kernel.now).strftime("%Y-%m-%d - %H:%M:%S")
        taken = {one.name.casefold() for one in snapshots_of(self._core.state, machine.id)}
        name, number = f"{machine.name} - ({when})", 2
        while name.casefold() in taken:
            name, number = f"{machine.name} - ({when}) {number}", number + 1
        return name

    def revert(self, command: cmd.RevertToSnapshot) -> None:
        """Disk, settings and memory as they were; a machine with its memory back is saved, as Hyper-V leaves it."""
        snapshot = self._core.state.snapshots[command.snapshot]
        was = snapshot.machine
        state = MachineState.SAVED if snapshot.with_memory else MachineState.OFF
        self._core.emit(ev.SnapshotApplied(snapshot.id))
        if was.disk is not None:
            self._storage.merge(was.disk, was.id)  # what was written since is lost
        self._core.change_machine(
            was.id,
            state=state,
            guest=was.guest if snapshot.with_memory else GuestState.UNKNOWN,
            booted_at=None,
            features=was.features if snapshot.with_memory else frozenset(),
            memory=was.memory,
            processors=was.processors,
            processor_compatibility=was.processor_compatibility,
            switch=was.switch,
            media=was.media,
            workload=was.workload,
            zero_share=was.zero_share,
        )

    def delete(self, command: cmd.DeleteSnapshot) -> None:
        """Its room on the disk is free again."""
        snapshot = self._core.state.snapshots[command.snapshot]
        machine = self._core.state.machines[snapshot.machine.id]
        self._core.emit(ev.SnapshotDeleted(snapshot.id))
        if machine.disk is not None and not snapshots_of(self._core.state, machine.id):
            self._storage.merge(machine.disk, machine.id)
        self._storage.fill(machine.disk, -snapshot.size)


class Backups:
    """Backs up virtual machines; a backup during a live migration waits until it has ended."""

    def __init__(self, core: Core, storage: Storage) -> None:
        self._core = core
        self._storage = storage

    def back_up(self, command: cmd.BackUpMachine) -> None:
        """Begin, or wait for the live migration that is under way."""
        state = self._core.state
        machine = state.machines[command.machine]
        volume = state.shared_volumes.get(machine.disk or "")
        redirected = volume is not None and volume.access is VolumeAccess.REDIRECTED
        if volume is not None and volume.access is VolumeAccess.BACKUP_REDIRECTED:
            redirected = any(one.redirected_before for one in self._active() if one.volume == volume.disk)
        identity = f"backup-{state.sequence + 1}"
        self._core.emit(
            ev.BackupRequested(
                Backup(
                    identity,
                    machine.id,
                    machine.node,
                    volume.disk if volume is not None else None,
                    self._core.kernel.now,
                    redirected,
                )
            )
        )
        self.look()

    def look(self) -> None:
        """Begin what waited, once its machine is not migrated live any more."""
        for backup in self._active():
            if backup.started is None and not self._is_migrating(backup.machine):
                self._begin(backup)

    def node_lost(self, node: str) -> None:
        """The cluster has lost a node: what was being backed up there is no backup."""
        for backup in self._active():
            if backup.node == node and backup.started is not None:
                self._end(backup.id, f"The cluster lost {node} during the backup.")

    def settle(self) -> None:
        """Backups under way when the program ended are over."""
        for backup in self._active():
            self._end(backup.id, "fcm was closed during the backup.")

    def _active(self) -> list[Backup]:
        return [one for one in self._core.state.backups.values() if one.ended is None]

    def _is_migrating(self, machine: str) -> bool:
        active = self._core.state.active_migration(machine)
        return active is not None and active.kind is MigrationKind.LIVE

    def _begin(self, backup: Backup) -> None:
        machine = self._core.state.machines.get(backup.machine)
        if machine is None:
            self._end(backup.id, "The machine was deleted.")
            return
        gone = machine.node != backup.node
        self._core.emit(ev.BackupStarted(backup.id, file_copy=gone))
        if gone:
            for _ in range(VSS_WARNINGS):
                self._core.emit(ev.BackupWarned(backup.id))
        if backup.volume is not None:
            self._access(backup.volume, VolumeAccess.BACKUP_REDIRECTED)
        length = max(machine.disk_size / BACKUP_RATE, BACKUP_LEAST)
        self._core.kernel.after(self._core.vary(length, backup.id), partial(self._end, backup.id, ""))

    def _end(self, identity: str, reason: str) -> None:
        backup = self._core.state.backups[identity]
        if backup.ended is not None:
            return
        self._core.emit(ev.BackupEnded(identity, reason))
        others = [one for one in self._active() if one.volume == backup.volume and one.started is not None]
        if backup.volume is not None and backup.started is not None and not others:
            self._access(backup.volume, VolumeAccess.REDIRECTED if backup.redirected_before else VolumeAccess.DIRECT)

    def _access(self, disk: str, access: VolumeAccess) -> None:
        volume = self._core.state.shared_volumes.get(disk)
        if volume is not None and volume.access is not access:
            self._core.emit(ev.SharedVolumeChanged(replace(volume, access=access)))
