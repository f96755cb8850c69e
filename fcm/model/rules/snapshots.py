"""What is allowed with snapshots and backups, and what is advised against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import MachineState, NodeState, ResourceState, VolumeAccess
from fcm.model.quantities import apart
from fcm.model.rules.failing.access import io_flows
from fcm.model.rules.failing.guests import monitored
from fcm.model.rules.maintenance import not_in_maintenance
from fcm.model.rules.names import not_taken
from fcm.model.rules.verdict import OK, Verdict, no, together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model import commands as cmd
    from fcm.model.entities import VirtualMachine
    from fcm.model.snapshots import Backup, Snapshot
    from fcm.model.state import State

MOST_SNAPSHOTS = 50
"""Of one machine (Hyper-V in Windows Server 2008 R2)."""
LONGEST_NAME = 100
_CHANGING = (MachineState.STARTING, MachineState.STOPPING, MachineState.SAVING)


def snapshots_of(state: State, machine: str) -> tuple[Snapshot, ...]:
    """Snapshots of a machine, oldest first."""
    return tuple(one for one in state.snapshots.values() if one.machine.id == machine)


def current_snapshot(state: State, machine: str) -> Snapshot | None:
    """The one that Revert goes back to: taken or applied last."""
    found = snapshots_of(state, machine)
    return max(found, key=lambda one: (max(one.time, one.applied or 0.0), one.time), default=None)


def active_backup(state: State, machine: str) -> Backup | None:
    """The backup of a machine that waits or runs."""
    return next((one for one in state.backups.values() if one.machine == machine and one.ended is None), None)


def last_backup(state: State, machine: str) -> Backup | None:
    """The newest backup of a machine, over or not."""
    return next((one for one in reversed(tuple(state.backups.values())) if one.machine == machine), None)


def backup_words(state: State, machine: str) -> str:
    """How the newest backup of a machine stands, in words; "" if there is none."""
    backup = last_backup(state, machine)
    if backup is None:
        return ""
    if backup.ended is not None:
        if backup.reason:
            return f"stopped: {backup.reason}"
        return "complete, but only as a copy of files, because of a live migration" if backup.file_copy else "complete"
    if backup.started is None:
        return "waiting for the live migration to end"
    return "in progress, as a copy of files" if backup.file_copy else "in progress"


def snapshot_advice(state: State, machine: VirtualMachine) -> str:
    """What the guide says against a snapshot now; "" if nothing."""
    if not machine.state.holds_memory:
        return ""
    text = (
        f"{machine.name} is {machine.state.lower()}. Avoid snapshots of a running virtual machine: reverting to one "
        "restores its memory as well as its disk."
    )
    if not machine.is_highly_available:
        return text
    return (
        f"{text} It is clustered: shut it down in Failover Cluster Manager, take the snapshot, and then start it again."
    )


def revert_advice(state: State, snapshot: Snapshot) -> str:
    """What going back to a snapshot costs."""
    name = snapshot.machine.name
    text = f"Everything that {name} has written since {snapshot.name} will be lost."
    if snapshot.with_memory:
        text += (
            f" The snapshot was taken while {name} was {snapshot.machine.state.lower()}: its memory is "
            "restored too, so it does not know what other computers have done since then. It will be in the Saved "
            "state. Start it to resume it."
        )
    return text


def take(command: cmd.TakeSnapshot, state: State) -> Verdict:
    """Snapshot of Hyper-V Manager: everything that stands against it is told."""
    return together(_against_snapshot(command, state))


def _against_snapshot(command: cmd.TakeSnapshot, state: State) -> Iterator[Verdict]:
    machine = state.machines[command.machine]
    yield from _moving(state, machine)
    if machine.state is MachineState.PAUSED_CRITICAL:
        yield no(f"Hyper-V paused {machine.name} because of its storage.", "Resume it first, or turn it off.")
    others = snapshots_of(state, machine.id)
    if len(others) >= MOST_SNAPSHOTS:
        yield no(f"{machine.name} has {len(others)} snapshots, the maximum that Hyper-V allows.", "Delete one first.")
    if len(command.name) > LONGEST_NAME or command.name != command.name.strip() or not command.name.isprintable():
        yield no(
            f"The name of a snapshot can have at most {LONGEST_NAME} characters, no control characters, and no "
            "spaces at either end.",
            "Choose another name, or none.",
        )
    reason = f"{machine.name} already has a snapshot {command.name}."
    yield not_taken(command.name, (one.name for one in others), reason)
    if machine.disk is not None and machine.state is not MachineState.OFF:
        disk = state.disks[machine.disk]
        if disk.free < machine.memory:
            free, taken = apart(disk.free, machine.memory)
            yield no(
                f"{disk.name} has {free} free; the memory of {machine.name} takes {taken}.",
                "Shut down the machine first, or free some space.",
            )


def _moving(state: State, machine: VirtualMachine) -> Iterator[Verdict]:
    """Why the files of a machine cannot be changed now."""
    if state.active_migration(machine.id) is not None:
        yield no(f"{machine.name} is being migrated.", "Wait until the migration ends, or cancel it.")
    if machine.state in _CHANGING:
        yield no(f"{machine.name} is {machine.state.lower()}.", "Wait until it is finished.")
    if active_backup(state, machine.id) is not None:
        yield no(f"{machine.name} is being backed up.", "Wait until the backup ends.")
    yield io_flows(state, machine.node, machine.disk)


def revert(command: cmd.RevertToSnapshot, state: State) -> Verdict:
    """Revert and Apply of Hyper-V Manager; a clustered machine must be off, as the guide asks for."""
    return together(_against_revert(state.snapshots[command.snapshot], state))


def _against_revert(snapshot: Snapshot, state: State) -> Iterator[Verdict]:
    machine = state.machines[snapshot.machine.id]
    yield from _moving(state, machine)
    if machine.is_highly_available and machine.state is not MachineState.OFF:
        yield no(
            f"{machine.name} is clustered and {machine.state.lower()}; the cluster would treat reverting it to a "
            "snapshot as a failure.",
            "Shut it down in Failover Cluster Manager first, take a snapshot of its current state, and then revert.",
        )
    if state.nodes[machine.node].state is NodeState.DOWN:
        yield no(f"{machine.node} is down.", "Start the cluster service of the node.")


def delete(command: cmd.DeleteSnapshot, state: State) -> Verdict:
    """Delete Snapshot of Hyper-V Manager."""
    return together(_moving(state, state.machines[state.snapshots[command.snapshot].machine.id]))


def back_up(command: cmd.BackUpMachine, state: State) -> Verdict:
    """Online backup; one that meets a live migration waits for it and is not refused."""
    return together(_against_backup(state.machines[command.machine], state))


def _against_backup(machine: VirtualMachine, state: State) -> Iterator[Verdict]:
    if active_backup(state, machine.id) is not None:
        yield no(f"{machine.name} is already being backed up.", "Wait until that backup ends.")
    if machine.state in _CHANGING:
        yield no(f"{machine.name} is {machine.state.lower()}.", "Wait until it is finished.")
    if state.nodes[machine.node].state is NodeState.DOWN:
        yield no(f"{machine.node} is down.", "Start the cluster service of the node.")
    yield monitored(state, machine)
    if machine.disk is not None:
        disk = state.disks[machine.disk]
        if disk.state is not ResourceState.ONLINE:
            yield no(f"{disk.name} with the files of {machine.name} is offline.", "Bring the disk online first.")
    yield not_in_maintenance(state, machine.disk)


def volume_in_backup(state: State, disk: str) -> Verdict:
    """Whether access to a volume is left alone by backups."""
    volume = state.shared_volumes[disk]
    if volume.access is VolumeAccess.BACKUP_REDIRECTED:
        return no(
            f"A backup of {volume.name} is in progress; its access is redirected until then.", "Wait until it ends."
        )
    return OK
