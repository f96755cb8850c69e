"""Snapshots and backups in words: level, source, Windows event id (0 = none is confirmed) and sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fcm.model import events as ev
from fcm.model.structures.tables import name_of

if TYPE_CHECKING:
    from fcm.model.rules.protection import BackupEvent, SnapshotEvent
    from fcm.model.state import State

Said: TypeAlias = tuple[str, str, int, str]
_VMMS = "Hyper-V-VMMS"
_INFORMATION, _WARNING = "Information", "Warning"


def of_snapshot(event: SnapshotEvent, state: State) -> Said:
    """What happened to a snapshot."""
    match event:
        case ev.SnapshotTaken(snapshot=snapshot):
            memory = " with its memory" if snapshot.with_memory else ""
            return _info(
                f"The snapshot '{snapshot.name}' of the virtual machine {snapshot.machine.name} was taken{memory}."
            )
        case ev.SnapshotApplied(snapshot=identity):
            found = state.snapshots.get(identity)
            if found is None:
                return _info(f"The snapshot {identity} was applied.")
            return _info(f"The virtual machine {found.machine.name} was reverted to the snapshot '{found.name}'.")
        case ev.SnapshotDeleted(snapshot=identity):
            return _info(f"The snapshot '{name_of(state.snapshots, identity)}' was deleted.")


def of_backup(event: BackupEvent, state: State) -> Said:
    """What happened to a backup."""
    if isinstance(event, ev.BackupRequested):
        backup = event.backup
        return _info(f"A backup of the virtual machine {_name(state, backup.machine)} was requested on {backup.node}.")
    known = state.backups.get(event.backup)
    if known is None:
        return _info(f"The backup {event.backup} continued.")
    name = _name(state, known.machine)
    match event:
        case ev.BackupStarted(file_copy=True):
            return (
                _WARNING,
                _VMMS,
                0,
                f"The backup of the virtual machine {name} continues as a copy of its files: it was migrated away from "
                f"{known.node} in the meantime, so the steps of an online backup are skipped.",
            )
        case ev.BackupStarted():
            return _info(f"The backup of the virtual machine {name} started on {known.node}.")
        case ev.BackupWarned():
            return (
                _WARNING,
                _VMMS,
                0,
                f"The Hyper-V VSS writer did not find the virtual machine '{name}' on {known.node}.",
            )
        case ev.BackupEnded(reason=""):
            return _info(f"The backup of the virtual machine {name} is complete{_kind(known.file_copy)}.")
        case ev.BackupEnded(reason=reason):
            return _WARNING, _VMMS, 0, f"The backup of the virtual machine {name} was stopped. {reason}"


def _kind(file_copy: bool) -> str:
    return ", as a copy of its files only" if file_copy else ""


def _info(text: str) -> Said:
    return _INFORMATION, _VMMS, 0, text


def _name(state: State, identity: str) -> str:
    return name_of(state.machines, identity)
