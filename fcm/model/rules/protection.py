"""How snapshots and backups change with their events: a part of the reducer in fcm.model.state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from fcm.model import events as ev

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.model.snapshots import Backup, Snapshot

SnapshotEvent: TypeAlias = ev.SnapshotTaken | ev.SnapshotApplied | ev.SnapshotDeleted
BackupEvent: TypeAlias = ev.BackupRequested | ev.BackupStarted | ev.BackupWarned | ev.BackupEnded


def snapshot_after(snapshots: Mapping[str, Snapshot], event: SnapshotEvent, time: float) -> tuple[Snapshot, bool]:
    """The snapshot that an event is about, and whether it is still there. Raises KeyError for an unknown one."""
    match event:
        case ev.SnapshotTaken(snapshot=snapshot):
            return snapshot, True
        case ev.SnapshotApplied(snapshot=identity):
            return replace(snapshots[identity], applied=time), True
        case ev.SnapshotDeleted(snapshot=identity):
            return snapshots[identity], False


def backup_after(backups: Mapping[str, Backup], event: BackupEvent, time: float) -> Backup:
    """A backup after an event. Raises KeyError for an unknown one."""
    match event:
        case ev.BackupRequested(backup=backup):
            return backup
        case ev.BackupStarted(backup=identity, file_copy=file_copy):
            return replace(backups[identity], started=time, file_copy=file_copy)
        case ev.BackupWarned(backup=identity):
            return replace(backups[identity], warnings=backups[identity].warnings + 1)
        case ev.BackupEnded(backup=identity, reason=reason):
            return replace(backups[identity], ended=time, reason=reason)
