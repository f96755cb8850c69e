"""Servers that are validated without being a cluster: some nodes of one, or servers of several places together.

Networks with the same subnet are taken as one, as Windows does when it forms a cluster of the servers. Tests of the
category Cluster Configuration need a cluster (Windows Server 2008 R2: "existing clusters only"), so they are left out
unless all nodes of one cluster are chosen.
"""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.model.state import State
from fcm.model.structures.tables import Table
from fcm.model.validation.validate import CLUSTER, TESTS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from fcm.model.entities import Adapter, Disk, Network, VirtualMachine
    from fcm.model.validation.validate import ValidationTest


def narrowed(state: State, names: Collection[str]) -> State:
    """A cluster with only some of its nodes and what belongs to them; with all of them, the cluster itself."""
    if state.cluster is not None and all(name in names for name in state.nodes):
        return state
    adapters = {adapter.id: adapter for adapter in state.adapters.values() if adapter.node in names}
    used = {adapter.network for adapter in adapters.values()}
    return State(
        time=state.time,
        nodes=Table({node.name: node for node in state.nodes.values() if node.name in names}),
        networks=Table({network.id: network for network in state.networks.values() if network.id in used}),
        adapters=Table(adapters),
        disks=Table({disk.id: disk for disk in state.disks.values() if any(name in names for name in disk.visible_to)}),
        machines=Table({machine.id: machine for machine in state.machines.values() if machine.node in names}),
    )


def joined(places: Sequence[tuple[str, State]]) -> State:
    """The servers of several places as if they stood beside each other; one place is what it was.

    Args:
        places: what each place is called, such as the name of its cluster, and its servers. No two have a server of
            the same name.
    """
    if len(places) == 1:
        return places[0][1]
    networks: dict[str, Network] = {}
    adapters: dict[str, Adapter] = {}
    disks: dict[str, Disk] = {}
    machines: dict[str, VirtualMachine] = {}
    for number, (where, state) in enumerate(places):
        for adapter in state.adapters.values():
            network = state.networks[adapter.network]
            key = _subnet_key(network)
            networks.setdefault(key, replace(network, id=key))
            identity = f"{number}/{adapter.id}"
            adapters[identity] = replace(adapter, id=identity, network=key)
        for disk in state.disks.values():
            identity = f"{number}/{disk.id}"
            disks[identity] = replace(disk, id=identity, name=f"{disk.name} of {where}")
        for machine in state.machines.values():
            identity = f"{number}/{machine.id}"
            machines[identity] = replace(machine, id=identity)
    return State(
        time=max(state.time for _, state in places),
        nodes=Table({node.name: node for _, state in places for node in state.nodes.values()}),
        networks=Table(networks),
        adapters=Table(adapters),
        disks=Table(disks),
        machines=Table(machines),
    )


def tests_of(state: State) -> tuple[ValidationTest, ...]:
    """The tests that can be run: those of the category Cluster Configuration need a cluster."""
    return tuple(test for test in TESTS if state.cluster is not None or test.category != CLUSTER)


def _subnet_key(network: Network) -> str:
    try:
        return str(ipaddress.ip_network(network.subnet, strict=False))
    except ValueError:
        return network.subnet
