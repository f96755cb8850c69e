"""What can be done with real hosts from here."""

from __future__ import annotations

from typing import get_args

from fcm.backend.base import Capabilities
from fcm.model import commands as cmd
from fcm.model.rules.fencing import WITHOUT_PACEMAKER
from fcm.model.rules.verdict import no

COMMANDS = frozenset(
    {
        cmd.LiveMigrate,
        cmd.CancelMigration,
        cmd.CancelMigrations,
        cmd.TuneMigration,
        cmd.SetMigrationNetworks,
        cmd.SetMachineNetworks,
        cmd.SetConcurrentMigrations,
        cmd.SetMigrationOptions,
        cmd.SetMachineState,
        cmd.PauseNode,
        cmd.DrainNode,
        cmd.ResumeNode,
        cmd.ValidateCluster,
    }
)

_NO_FAILURES = no(
    "Failures can be simulated only in simulated clusters; real hosts would really fail.",
    "Describe the cluster in a cluster file and open it with embedded:PATH, or open embedded:contoso.",
)

_NO_ROLES = no(
    "libvirt runs virtual machines only; it has no services or applications of other types.",
    "Run the service in a virtual machine, or simulate it in a cluster that is described in a cluster file.",
)

CAPABILITIES = Capabilities(
    COMMANDS,
    consoles=True,
    reason="The hosts themselves decide this; do it with their own tools (virsh, virt-manager).",
    special=(
        *((kind, _NO_FAILURES) for kind in (cmd.InjectFault, cmd.RepairFault, cmd.FailResource)),
        *((kind, _NO_ROLES) for kind in get_args(cmd.RoleCommand)),
        *((kind, WITHOUT_PACEMAKER) for kind in (cmd.ClearBlocked, cmd.ConfirmNodeOff)),
    ),
)
