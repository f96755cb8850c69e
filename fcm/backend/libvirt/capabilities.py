"""What can be done with real hosts from here."""

from __future__ import annotations

from fcm.backend.base import Capabilities
from fcm.model import commands as cmd

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

CAPABILITIES = Capabilities(
    COMMANDS,
    reason="The hosts themselves decide this; do it with their own tools (virsh, virt-manager).",
)
