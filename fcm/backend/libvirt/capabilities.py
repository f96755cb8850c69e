"""What can be done with real hosts from here."""

from __future__ import annotations

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

CAPABILITIES = Capabilities(
    COMMANDS,
    reason="The hosts themselves decide this; do it with their own tools (virsh, virt-manager).",
    special=(
        *((kind, _NO_FAILURES) for kind in (cmd.InjectFault, cmd.RepairFault, cmd.FailResource)),
        *((kind, WITHOUT_PACEMAKER) for kind in (cmd.ClearBlocked, cmd.ConfirmNodeOff)),
    ),
)
