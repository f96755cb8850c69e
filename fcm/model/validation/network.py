"""Validation tests of the category Network."""

from __future__ import annotations

import ipaddress
from itertools import combinations
from typing import TYPE_CHECKING

from fcm.model.entities import AdapterState, NetworkRole, NodeState
from fcm.model.quantities import rate
from fcm.model.validation.finding import Finding, NamedTests, fail, listed, passed, warn, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model.entities import Network
    from fcm.model.state import State


def _metrics(state: State) -> Iterator[Finding]:
    ordered = sorted(state.networks.values(), key=lambda network: network.metric)
    lines = (f"{n.name}: metric {n.metric}{' (automatic)' if n.auto_metric else ''}" for n in ordered)
    return listed(lines, "There are no cluster networks.")


def _configuration(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        for network in state.networks.values():
            missing = [name for name in state.nodes if state.adapter(name, network.id) is None]
            if missing and network.role is not NetworkRole.NONE:
                text = f"{words(missing)} has no adapter on {network.name}."
                yield warn(text, "Connect every node to every network that the cluster uses.")
        used = [n for n in state.networks.values() if n.role is not NetworkRole.NONE]
        if len(used) == 1:
            yield warn(
                f"{used[0].name} carries all traffic: it is a single point of failure, and migrations slow down "
                "everything else.",
                "Add networks for cluster and Cluster Shared Volumes and for live migration.",
            )
        if used and not any(network.gateway is None for network in used):
            yield warn("No network of the cluster is private.", "Add a network without a default gateway.")
        gateways = [network.name for network in state.networks.values() if network.gateway is not None]
        if len(gateways) > 1:
            yield warn(
                f"Several networks have a default gateway: {words(gateways)}.",
                "Configure a gateway on only one network.",
            )

    return passed(bad(), "Every node has an adapter on every network that the cluster uses.")


def _communication(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        up = [n.name for n in state.nodes.values() if n.state in (NodeState.UP, NodeState.PAUSED)]
        for adapter in state.adapters.values():
            if adapter.node in up and adapter.state is not AdapterState.UP:
                name = state.networks[adapter.network].name
                yield fail(f"{adapter.name} on {name} is {adapter.state.lower()}.", "Repair the adapter or its cable.")
        usable = [n.id for n in state.networks.values() if n.role is not NetworkRole.NONE]
        for first, second in combinations(up, 2):
            paths = sum(_connects(state, first, second, network) for network in usable)
            if paths == 0:
                yield fail(f"{first} cannot reach {second} on any network.", "Repair the adapters of these nodes.")
            elif paths == 1:
                yield warn(f"{first} can reach {second} on only one network.", "Add or repair a second path.")

    return passed(bad(), "All nodes reach each other on more than one network.")


def _connects(state: State, first: str, second: str, network: str) -> bool:
    ends = (state.adapter(first, network), state.adapter(second, network))
    return all(end is not None and end.state is AdapterState.UP for end in ends)


def _ip_configuration(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        owners: dict[str, list[str]] = {}
        for adapter in state.adapters.values():
            if adapter.address:
                owners.setdefault(adapter.address, []).append(adapter.name)
        if state.cluster is not None and state.cluster.address in owners:
            owners[state.cluster.address].append("the cluster itself")
        for address, names in owners.items():
            if len(names) > 1:
                yield fail(f"{address} is used more than once: {words(names)}.", "Give each adapter its own address.")
        for adapter in state.adapters.values():
            subnet = _subnet(state.networks[adapter.network])
            if subnet is not None and adapter.address and not _inside(adapter.address, subnet):
                text = f"{adapter.name} has {adapter.address}, which is not in {subnet}."
                yield fail(text, "Correct the address or its mask.")
        for network in state.networks.values():
            subnet = _subnet(network)
            if network.gateway and subnet is not None and not _inside(network.gateway, subnet):
                yield fail(f"The gateway {network.gateway} is not in {subnet}.", "Correct the gateway.")

    return passed(bad(), "Every address is in its subnet and used once.")


def _subnets(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        for first, second in combinations(state.networks.values(), 2):
            one, other = _subnet(first), _subnet(second)
            if one is not None and other is not None and one.version == other.version and one.overlaps(other):
                text = f"{first.name} ({first.subnet}) and {second.name} ({second.subnet}) overlap."
                yield fail(text, "Give each network its own subnet.")

    return passed(bad(), "No subnets overlap.")


def _bandwidth(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        for network in state.networks.values():
            slow = network.role is not NetworkRole.NONE and network.bandwidth < 125_000_000
            # What is shown as 1 Gbit/s counts as that: a rate that was measured is seldom a round one.
            if slow and rate(network.bandwidth) != rate(125_000_000):
                yield warn(f"{network.name} carries {rate(network.bandwidth)}.", "Use gigabit or faster networks.")

    return passed(bad(), "All networks of the cluster carry 1 Gbit/s or more.")


def _subnet(network: Network) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(network.subnet, strict=False)
    except ValueError:
        return None


def _inside(address: str, subnet: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    try:
        return ipaddress.ip_address(address) in subnet
    except ValueError:
        return False


TESTS: NamedTests = (
    ("List Network Metric Order", _metrics),
    ("Validate Cluster Network Configuration", _configuration),
    ("Validate IP Configuration", _ip_configuration),
    ("Validate Multiple Subnet Properties", _subnets),
    ("Validate Network Communication", _communication),
    ("Validate Network Bandwidth", _bandwidth),
)
