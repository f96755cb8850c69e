"""Networks and options of live migrations, as the agent reads them, also while fcm is closed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.impact import order, status_of
from fcm.backend.pacemaker.mapping import NETWORKS, resource_of
from fcm.backend.pacemaker.moves.options import BANDWIDTH, DOWNTIME, OPTIONS, words_of
from fcm.backend.pacemaker.remote import lines
from fcm.model import events as ev
from fcm.model.rules.moving.bandwidth import limit_to_set
from fcm.model.rules.networks import migration_order
from fcm.model.rules.verdict import OK, Verdict, no

if TYPE_CHECKING:
    from fcm.backend.pacemaker.context import Context
    from fcm.model import commands as cmd
    from fcm.model.entities import Cluster
    from fcm.model.state import State

ADDRESSES = "fcm-addresses"
"""Node attribute: networks with the addresses of the node, in order of preference."""


def set_migration_networks(context: Context, command: cmd.SetMigrationNetworks) -> Verdict:
    """The order of all machines: each node's addresses in that order; blocks. Nothing restarts (measured)."""
    status_of(context)
    state = context.state
    assert state.cluster is not None
    wanted = replace(state.cluster, migration_order=command.order, migration_excluded=command.excluded)
    order(context, address_lines(state, wanted))
    context.tell(ev.MigrationNetworksSet(command.order, command.excluded))
    return OK


def address_lines(state: State, cluster: Cluster) -> list[str]:
    """The addresses of every node in the order of a cluster."""
    networks = migration_order(cluster, state.networks)
    found = []
    for node in state.nodes:
        adapters = ((network, state.adapter(node, network)) for network in networks)
        text = " ".join(f"{network}={adapter.address}" for network, adapter in adapters if adapter is not None)
        found.append(lines.set_node(node, ADDRESSES, text) if text else lines.delete_node(node, ADDRESSES))
    return found


def set_machine_networks(context: Context, command: cmd.SetMachineNetworks) -> Verdict:
    """The order of one machine alone; blocks."""
    state = context.state
    machine = replace(state.machines[command.machine], migration_networks=command.networks)
    resource = resource_of(status_of(context), machine.id)
    if resource is not None:
        assert state.cluster is not None
        if command.networks is None:
            order(context, [lines.delete_meta(resource.id, NETWORKS)])
        else:
            networks = migration_order(state.cluster, state.networks, machine)
            if not networks:
                return no(f"No network would be left for {machine.name}.", "Leave at least one.")
            order(context, [lines.set_meta(resource.id, NETWORKS, " ".join(networks))])
    context.tell(ev.MachineChanged(machine))
    return OK


def set_concurrent_migrations(context: Context, command: cmd.SetConcurrentMigrations) -> Verdict:
    """How many live migrations a node takes part in: fcm's order book, and Pacemaker's own by itself; blocks."""
    status_of(context)
    order(context, [lines.set_property("migration-limit", str(command.limit))])
    with context.hosts.lock:
        state = context.state
        assert state.cluster is not None
        cluster = replace(state.cluster, concurrent_migrations=command.limit)
        context.tell(ev.ClusterConfigured(cluster, f"Simultaneous live migrations per node: {command.limit}"))
        context.runs.book.look()
    return OK


def set_migration_options(context: Context, command: cmd.SetMigrationOptions) -> Verdict:
    """What live migrations use that say nothing else, also Pacemaker's own; blocks."""
    status_of(context)
    options = command.options
    words, downtime = words_of(options), options.downtime_limit
    oldest = min((node.version for node in context.state.nodes.values()), default="")
    speed = None if options.bandwidth is None else limit_to_set(options.bandwidth, oldest, options.parallel_connections)
    values = (
        (OPTIONS, words),
        (BANDWIDTH, "" if speed is None else str(speed)),
        (DOWNTIME, "" if downtime is None else str(max(1, round(downtime * 1000)))),
    )
    order(
        context,
        [lines.set_default(name, value) if value else lines.delete_default(name) for name, value in values],
    )
    with context.hosts.lock:
        cluster = context.state.cluster
        assert cluster is not None
        changed = replace(cluster, migration_options=options)
        context.tell(ev.ClusterConfigured(changed, "Options of live migrations changed"))
    return OK
