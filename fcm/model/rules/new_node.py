"""A server that joins an embedded cluster: whether it may, and which addresses are free for it."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from fcm.model.rules.names import server_name
from fcm.model.rules.verdict import Verdict, no, together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model import commands as cmd
    from fcm.model.entities import Network
    from fcm.model.state import State

_TRIED = 4096
"""Addresses of a subnet that are tried."""


def may_add(command: cmd.AddNode, state: State) -> Verdict:
    """Whether a server of this name can join."""
    return together(_against_node(command, state))


def _against_node(command: cmd.AddNode, state: State) -> Iterator[Verdict]:
    assert state.cluster is not None
    yield server_name(command.node, "server")
    taken = next((name for name in state.nodes if name.casefold() == command.node.casefold()), "")
    if taken:
        yield no(f"{taken} is already a node of the cluster.", "Choose another server.")
    if command.node.casefold() == state.cluster.name.casefold():
        yield no(f"{command.node} is the name of the cluster.", "Choose another server.")
    version = state.cluster.version
    if len(state.nodes) >= version.most_nodes:
        text = f"Windows Server {version} has at most {version.most_nodes}."
        yield no(f"The cluster has {len(state.nodes)} nodes.", text)
    for full in (network for network in state.networks.values() if not free_address(network, state)):
        yield no(f"The subnet {full.subnet} of {full.name} has no free address.", "Evict a node first.")


def free_address(network: Network, state: State) -> str:
    """The first address after those of the other nodes that nobody uses; "" if none is free."""
    assert state.cluster is not None
    subnet = ipaddress.ip_network(network.subnet, strict=False)
    used = {adapter.address for adapter in state.adapters.values()} | {state.cluster.address, network.gateway}
    last = min(subnet.num_addresses - 1, _TRIED)
    return next((address for number in range(11, last) if (address := str(subnet[number])) not in used), "")


def free_name(state: State) -> str:
    """The next name of the usual kind: node1, node2, ..."""
    taken = {name.casefold() for name in state.nodes}
    return next(name for number in range(1, len(taken) + 2) if (name := f"node{number}") not in taken)
