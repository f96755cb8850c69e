"""Moves of machines and their defaults as objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.networks import migration_order
from fcm.shell.objects import when
from fcm.shell.values import ShellObject

if TYPE_CHECKING:
    from fcm.model.entities import Migration, MigrationOptions, VirtualMachine
    from fcm.model.state import State


def migration_object(migration: Migration, state: State) -> ShellObject:
    """A move of a machine."""
    machine, network = state.machines.get(migration.machine), state.networks.get(migration.network or "")
    figures = migration.figures
    return ShellObject(
        "Migration",
        {
            "VirtualMachine": machine.name if machine else migration.machine,
            "Kind": str(migration.kind),
            "Source": migration.source,
            "Destination": migration.destination,
            "State": str(migration.phase),
            "Reason": migration.reason,
            "Network": network.name if network else "",
            "Requested": when(migration.requested),
            "Ended": None if migration.ended is None else when(migration.ended),
            "TotalSeconds": figures.total if figures else None,
            "BlackoutSeconds": figures.downtime if figures else None,
            "Passes": figures.passes if figures else None,
            "BytesSent": figures.bytes if figures else None,
            "Id": migration.id,
        },
        migration.id,
    )


def migration_default_object(options: MigrationOptions) -> ShellObject:
    """Options of live migrations that name none of their own."""
    return ShellObject(
        "MigrationDefault",
        {
            "DowntimeLimit": options.downtime_limit,
            "Bandwidth": options.bandwidth,
            "AutoConverge": options.auto_converge,
            "AutoConvergeInitial": options.auto_converge_initial,
            "AutoConvergeIncrement": options.auto_converge_increment,
            "PostCopy": options.post_copy,
            "Xbzrle": options.xbzrle,
            "ParallelConnections": options.parallel_connections,
            "Tls": options.tls,
            "TimeLimit": options.time_limit,
        },
    )


def network_order_object(machine: VirtualMachine, state: State) -> ShellObject:
    """The networks that live migrations of a machine try, and whether the order is its own."""
    assert state.cluster is not None
    order = migration_order(state.cluster, state.networks, machine)
    return ShellObject(
        "MigrationNetworkOrder",
        {
            "VMName": machine.name,
            "Order": [state.networks[identity].name for identity in order],
            "From": "Cluster" if machine.migration_networks is None else "Machine",
        },
    )
