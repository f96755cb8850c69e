"""Snapshots, as in the Hyper-V module of Windows Server 2012, and backups, which have no cmdlet there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.rules.snapshots import snapshots_of
from fcm.shell.language.errors import ParameterError
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.objects import when
from fcm.shell.values.values import ShellObject
from fcm.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.entities import VirtualMachine
    from fcm.model.snapshots import Snapshot
    from fcm.shell.runtime.call import Call

_MACHINE = Param(
    "VMName",
    "texts",
    position=0,
    aliases=("VM",),
    help="Names of virtual machines. Wildcards are permitted.",
    pipes=("VirtualMachine", TEXT),
    of="machine",
)
_NAME = Param("Name", "texts", position=1, help="Names of snapshots. Wildcards are permitted.")
_ID = Param(
    "Id",
    "texts",
    aliases=("VMSnapshot", "VMCheckpoint"),
    help="IDs of snapshots, as shown by Get-VMSnapshot. Use them if several snapshots have the same name.",
    pipes=("VMSnapshot",),
    by_property=True,
)
_ON = Param("ComputerName", "texts", help="Nodes: only virtual machines that are there.")
_PASSTHRU = Param("Passthru", "switch", help="Return what was changed.")
_NAMED = Param("Name", "texts", position=0, aliases=("VMName", "VM"), pipes=("VirtualMachine", TEXT), of="machine")


def _machines(call: Call, parameter: str) -> list[VirtualMachine]:
    return finding.machines(call, finding.named(call, "a virtual machine", "Get-VM", parameter))


def _snapshots(call: Call) -> list[Snapshot]:
    """Those of the machines with these names, or those that were piped in; -Id alone needs no machine.

    Raises:
        NotFoundError: there is no such machine or snapshot.
        ParameterError: neither machine nor -Id is named.
    """
    identities = call.names("Id")
    if identities is not None and not call.has("VMName"):
        finding.check_cluster(call)
        items = [(one.name, one.id, one) for one in call.state.snapshots.values()]
        found = finding.pick(call, "snapshot", items, call.names())
    else:
        found = []
        for machine in _machines(call, "VMName"):
            items = [(one.name, one.id, one) for one in snapshots_of(call.state, machine.id)]
            found += finding.pick(call, "snapshot", items, call.names())
    return finding.pick(call, "snapshot of the Id", [(one.id, one.id, one) for one in found], identities)


def _object(snapshot: Snapshot) -> ShellObject:
    return ShellObject(
        "VMSnapshot",
        {
            "VMName": snapshot.machine.name,
            "VMId": snapshot.machine.id,
            "Name": snapshot.name,
            "SnapshotType": "Standard",
            "CreationTime": when(snapshot.time),
            "State": str(snapshot.machine.state),
            "Size": snapshot.size,
            "Id": snapshot.id,
        },
        snapshot.id,
    )


@cmdlet(
    "Get-VMSnapshot",
    _MACHINE,
    _NAME,
    _ID,
    _ON,
    CLUSTER,
    INPUT,
    synopsis="Gets the snapshots of a virtual machine.",
    example="Get-VMSnapshot DC01",
    aliases=("Get-VMCheckpoint",),
    module="Hyper-V",
    since="2012",
)
def get_snapshots(call: Call) -> Iterable[Any]:
    """Snapshots, oldest first."""
    return [_object(one) for one in _snapshots(call)]


@cmdlet(
    "Checkpoint-VM",
    _NAMED,
    _ON,
    _PASSTHRU,
    Param(
        "SnapshotName",
        position=1,
        aliases=("CheckpointName",),
        help="Name of the snapshot. Default: the name of the virtual machine and the time.",
    ),
    CLUSTER,
    INPUT,
    synopsis="Takes a snapshot of a virtual machine.",
    example="Checkpoint-VM DC01 -SnapshotName 'before the update'",
    module="Hyper-V",
    since="2012",
)
def take(call: Call) -> Iterable[Any]:
    """Take."""
    name = call.text("SnapshotName")

    def taken(machine: VirtualMachine) -> list[Any]:
        made = snapshots_of(call.state, machine.id)[-1:] if call.switch("Passthru") else []
        return [_object(one) for one in made]

    return call.each(_machines(call, "Name"), lambda machine: cmd.TakeSnapshot(machine.id, name), taken)


@cmdlet(
    "Restore-VMSnapshot",
    _MACHINE,
    _NAME,
    _ID,
    _ON,
    CLUSTER,
    INPUT,
    synopsis="Reverts a virtual machine to a snapshot. A clustered virtual machine must be off.",
    example="Checkpoint-VM TEST01 -SnapshotName before; Restore-VMSnapshot TEST01 before",
    aliases=("Restore-VMCheckpoint",),
    module="Hyper-V",
    since="2012",
)
def restore(call: Call) -> Iterable[Any]:
    """Revert a machine to a snapshot.

    Raises:
        ParameterError: not exactly one snapshot matches.
    """
    found = _snapshots(call)
    if len(found) != 1:
        raise ParameterError(
            f"This matches {counted(len(found), 'snapshot')}.",
            "Specify one with -Name, or with -Id if names are equal. Get-VMSnapshot shows the IDs.",
            call.at,
        )
    return call.submit(cmd.RevertToSnapshot(found[0].id), found[0].machine.name)


@cmdlet(
    "Remove-VMSnapshot",
    _MACHINE,
    _NAME,
    _ID,
    _ON,
    Param(
        "IncludeAllChildSnapshots",
        "switch",
        aliases=("IncludeAllChildCheckpoints",),
        absent="snapshot trees are not supported.",
    ),
    CLUSTER,
    INPUT,
    synopsis="Deletes snapshots of a virtual machine.",
    example="Checkpoint-VM DC01 -SnapshotName before; Remove-VMSnapshot DC01 before",
    aliases=("Remove-VMCheckpoint",),
    module="Hyper-V",
    since="2012",
)
def remove(call: Call) -> Iterable[Any]:
    """Delete."""
    return call.each(_snapshots(call), lambda one: cmd.DeleteSnapshot(one.id), lambda _: [])


@cmdlet(
    "Start-VMBackup",
    _NAMED,
    CLUSTER,
    INPUT,
    synopsis="Backs up a virtual machine (fcm only; in Windows, use a backup program).",
    example="Start-VMBackup DC01",
    module="fcm",
)
def back_up(call: Call) -> Iterable[Any]:
    """Back up."""
    return call.each(_machines(call, "Name"), lambda machine: cmd.BackUpMachine(machine.id), lambda _: [])
