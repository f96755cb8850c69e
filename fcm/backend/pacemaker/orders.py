"""Which function carries out which command; all of them block, in a worker thread, without the lock of the hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.backend.pacemaker import drains, machines
from fcm.backend.pacemaker.adoption import adopting
from fcm.backend.pacemaker.remote import evicting, service, whole_cluster
from fcm.backend.pacemaker.settings import corosync, groups, networks, resources
from fcm.model import commands as cmd

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fcm.backend.pacemaker.context import Context
    from fcm.model.commands import Command
    from fcm.model.rules.verdict import Verdict

_TABLE: dict[type[Command], Callable[[Context, Any], Verdict]] = {
    cmd.MakeHighlyAvailable: adopting.make_highly_available,
    cmd.RemoveGroup: adopting.remove_group,
    cmd.SetMachineState: machines.set_machine_state,
    cmd.BringOnline: machines.bring_resource_online,
    cmd.ClearBlocked: machines.clear_group,
    cmd.ConfirmNodeOff: machines.confirm_node_off,
    cmd.PauseNode: drains.pause_node,
    cmd.DrainNode: drains.drain_node,
    cmd.ResumeNode: drains.resume_node,
    cmd.EvictNode: evicting.evict_node,
    cmd.StartClusterService: service.start_cluster_service,
    cmd.StopClusterService: service.stop_cluster_service,
    cmd.StartCluster: whole_cluster.start_cluster,
    cmd.StopCluster: whole_cluster.stop_cluster,
    cmd.ConfigureGroup: groups.configure_group,
    cmd.ConfigureResource: resources.configure_resource,
    cmd.ConfigureNode: corosync.configure_node,
    cmd.ConfigureCluster: corosync.configure_cluster,
    cmd.SetMigrationNetworks: networks.set_migration_networks,
    cmd.SetMachineNetworks: networks.set_machine_networks,
    cmd.SetConcurrentMigrations: networks.set_concurrent_migrations,
    cmd.SetMigrationOptions: networks.set_migration_options,
}

HANDLERS: Mapping[type[Command], Callable[[Context, Command], Verdict]] = _TABLE
"""Command class -> what carries it out. A refusal is a verdict, or a SentenceError or NodeUnreachableError."""
