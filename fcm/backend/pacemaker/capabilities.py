"""What can be done with a cluster of Pacemaker."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from fcm.backend.base import Capabilities
from fcm.backend.libvirt.moves.runs import Runs
from fcm.model import commands as cmd
from fcm.model.rules.verdict import no

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.commands import Command
    from fcm.model.rules.verdict import Verdict

_OWN = frozenset({cmd.SetMachineState, cmd.ValidateCluster})

_NO_FAILURES = no(
    "Failures can be simulated only in simulated clusters; real hosts would really fail.",
    "Use Rehearse to see what Pacemaker would do, or fcm lab fault in the lab.",
)
_NO_STORAGE = no(
    "Pacemaker has no Cluster Shared Volumes: the shared storage is what the hosts have mounted.",
    "Change it with the tools of the storage, on all hosts.",
)
_NO_SNAPSHOTS = no(
    "Pacemaker does not support snapshots. A snapshot would be lost at the next failover.",
    "Back up inside the virtual machine or on the storage.",
)
_BY_LIBVIRT = no(
    "Virtual machines are defined by libvirt; Pacemaker starts them from their definition on the shared storage.",
    "Create or change it with virsh or virt-manager, then make it highly available here.",
)
_LIVE_ONLY = no(
    "Pacemaker moves running virtual machines by live migration only.",
    "Live migrate it, or take it offline, which lets Pacemaker start it on another node.",
)
_BY_FILE = no(
    "The hosts file says which nodes there are.",
    "Add the node to it, then run Create a Cluster on Hosts again, which adds it to the cluster.",
)
_NO_ROLES = no(
    "fcm makes only virtual machines highly available with Pacemaker; it leaves other resources as they are.",
    "Configure other services with pcs or crmsh, or simulate them in a cluster that is described in a cluster file.",
)

_WITHOUT: tuple[tuple[Verdict, tuple[type[Command], ...]], ...] = (
    (_NO_FAILURES, (cmd.InjectFault, cmd.RepairFault, cmd.FailResource)),
    (
        _NO_STORAGE,
        (
            cmd.EnableSharedVolumes,
            cmd.AddClusterDisk,
            cmd.AddStorage,
            cmd.RemoveSharedVolume,
            cmd.RenameSharedVolume,
            cmd.RenameVolumeFolder,
            cmd.MoveSharedVolume,
            cmd.SetRedirectedAccess,
            cmd.SetMaintenance,
            cmd.SetDiskOnline,
        ),
    ),
    (_NO_SNAPSHOTS, (cmd.TakeSnapshot, cmd.RevertToSnapshot, cmd.DeleteSnapshot, cmd.BackUpMachine)),
    (_BY_LIBVIRT, (cmd.CreateVirtualMachine, cmd.ConfigureVirtualMachine, cmd.DeleteVirtualMachine)),
    (_LIVE_ONLY, (cmd.QuickMigrate, cmd.MoveMachine)),
    (_BY_FILE, (cmd.AddNode,)),
    (_NO_ROLES, get_args(cmd.RoleCommand)),
)
"""Commands that have no counterpart, with the reason; a handler takes precedence."""


def capabilities_of(handled: Iterable[type[Command]], rehearses: bool) -> Capabilities:
    """What can be done, given the commands that Pacemaker carries out and whether its scheduler can be asked."""
    return Capabilities(
        frozenset(handled) | Runs.COMMANDS | _OWN,
        reason="Pacemaker has no equivalent.",
        late_post_copy=False,
        remedy="",
        special=tuple((kind, verdict) for verdict, kinds in _WITHOUT for kind in kinds),
        rehearses=rehearses,
        consoles=True,
    )
