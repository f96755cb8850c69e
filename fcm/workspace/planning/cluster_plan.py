"""What the Create Cluster wizard asked for, and the cluster file that it becomes (docs/cluster-files.md)."""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fcm.model.entities import GIB, MIB, ClusterVersion, QuorumMode
from fcm.model.quantities import size
from fcm.model.rules.names import domain_name, object_name, same, server_name
from fcm.model.rules.quorum import recommended_mode
from fcm.model.rules.verdict import OK, Verdict, no, together
from fcm.text.words import quoted
from fcm.workspace.files.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INTEL_2011 = (
    *("sse", "sse2", "sse3", "ssse3", "sse4.1", "sse4.2", "popcnt", "aes", "pclmulqdq", "cx16", "lahf", "nx"),
    *("rdtscp", "page1gb", "avx"),
)
PROCESSORS: dict[str, tuple[str, tuple[str, ...]]] = {
    "Intel Xeon E5450": ("GenuineIntel", ("sse", "sse2", "sse3", "ssse3", "sse4.1", "cx16", "lahf", "nx")),
    "Intel Xeon X5670": ("GenuineIntel", tuple(name for name in INTEL_2011 if name != "avx")),
    "Intel Xeon E5-2690": ("GenuineIntel", INTEL_2011),
    "AMD Opteron 6174": (
        "AuthenticAMD",
        ("sse", "sse2", "sse3", "sse4a", "popcnt", "cx16", "lahf", "nx", "rdtscp", "page1gb", "3dnow"),
    ),
}
"""Processors to choose from: vendor, and the features by which live migration tells them apart."""
USUAL_PROCESSOR = "Intel Xeon X5670"
_NO_SERVER = no("No server was chosen.", "Add at least one server.")


@dataclass(frozen=True, slots=True)
class PlannedNode:
    """A server of a cluster that is to be created."""

    name: str
    memory: int = 32 * GIB
    """bytes."""
    logical_processors: int = 8
    processor: str = USUAL_PROCESSOR
    """A key of PROCESSORS."""


@dataclass(frozen=True, slots=True)
class PlannedNetwork:
    """A network that connects all planned nodes."""

    name: str
    subnet: str
    """CIDR."""
    gateway: str | None = None
    bandwidth: int = 125_000_000
    """bytes/s of an adapter."""


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """What the Create Cluster wizard asked for."""

    name: str
    domain: str
    address: str
    """Address of the access point, in the subnet of one of the networks."""
    nodes: tuple[PlannedNode, ...]
    networks: tuple[PlannedNetwork, ...]
    disks: tuple[int, ...] = field(default=())
    """Size of each LUN of the shared storage in bytes."""
    witness: bool = False
    """Whether the first LUN becomes the disk witness."""
    switches: tuple[str, ...] = ("VM Network",)
    """Virtual networks of every node."""
    version: ClusterVersion = ClusterVersion.V2008_R2
    """Windows Server version whose rules the cluster follows."""


def servers_verdict(plan: ClusterPlan) -> Verdict:
    """Whether the servers can form a cluster."""
    return together(_against_servers(plan)) if plan.nodes else _NO_SERVER


def described_servers_verdict(plan: ClusterPlan) -> Verdict:
    """Whether the servers could exist; whether they can form a cluster is what validation finds."""
    return together(_against_each_server(plan)) if plan.nodes else _NO_SERVER


def _against_servers(plan: ClusterPlan) -> Iterator[Verdict]:
    most = plan.version.most_nodes
    if len(plan.nodes) > most:
        text = f"A cluster of Windows Server {plan.version} has at most {most}."
        yield no(f"{len(plan.nodes)} servers were chosen.", text)
    yield from _against_each_server(plan)
    if len({PROCESSORS[node.processor][0] for node in plan.nodes}) > 1:
        yield no(
            "The processors of the servers are from different manufacturers.",
            "Live migration requires processors from one manufacturer on all nodes.",
        )


def _against_each_server(plan: ClusterPlan) -> Iterator[Verdict]:
    seen: set[str] = set()
    for node in plan.nodes:
        yield server_name(node.name, "server")
        if node.name.casefold() in seen:
            yield no(f"Two servers are named {node.name}.", "Give each server a unique name.")
        seen.add(node.name.casefold())
        if node.memory <= 2 * GIB:
            yield no(
                f"{node.name} has {size(node.memory)} of memory.", "The host itself needs 2 GiB. Enter a larger value."
            )


def networks_verdict(plan: ClusterPlan) -> Verdict:
    """Whether the networks can connect the servers."""
    if not plan.networks:
        return no("No network was added.", "Add at least one network.")
    return together(_against_networks(plan))


def _against_networks(plan: ClusterPlan) -> Iterator[Verdict]:
    subnets: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
    taken: set[str] = set()
    for network in plan.networks:
        yield object_name(network.name, "network")
        if same(network.name) in taken:
            yield no(f"Two networks are named {network.name}.", "Give each network a unique name.")
        taken.add(same(network.name))
        try:
            subnet = ipaddress.ip_network(network.subnet)
        except ValueError:
            yield no(f"{quoted(network.subnet)} is not a subnet.", "Enter it as in 10.0.1.0/24.")
            continue
        if subnet.num_addresses < len(plan.nodes) + 12:
            yield no(f"The subnet {subnet} is too small for {len(plan.nodes)} servers.", "Use a larger one.")
        if any(subnet.version == other.version and subnet.overlaps(other) for other in subnets):
            yield no(f"The subnet {subnet} overlaps with another network.", "Give each network its own subnet.")
        subnets.append(subnet)
        if network.gateway is not None and not _inside(network.gateway, network.subnet):
            yield no(f"The gateway {network.gateway} is not in {subnet}.", "Correct the gateway, or leave it empty.")


def access_point_verdict(plan: ClusterPlan) -> Verdict:
    """Whether name and address can be the access point of the cluster."""
    named_so = any(node.name.casefold() == plan.name.casefold() for node in plan.nodes)
    return together(
        (
            server_name(plan.name, "cluster"),
            domain_name(plan.domain),
            no(f"A server is named {plan.name}.", "Give the cluster a unique name.") if named_so else OK,
            _address_verdict(plan),
        )
    )


def _address_verdict(plan: ClusterPlan) -> Verdict:
    if not any(_inside(plan.address, network.subnet) for network in plan.networks):
        subnets = ", ".join(network.subnet for network in plan.networks)
        return no(
            f"The address {quoted(plan.address)} is not in any of the networks.", f"Choose a free address in {subnets}."
        )
    taken = {address for network in plan.networks for address in _addresses(plan, network).values()}
    gateways = {network.gateway for network in plan.networks}
    if plan.address in taken or plan.address in gateways:
        return no(f"The address {plan.address} is in use by a server or gateway.", "Choose another one.")
    return OK


def verdict(plan: ClusterPlan) -> Verdict:
    """Whether the plan as a whole can become a cluster; everything that stands against it is told."""
    parts = (servers_verdict(plan), networks_verdict(plan))
    # Addresses can be given out only where the networks are sound.
    return together((*parts, access_point_verdict(plan)) if all(parts) else parts)


def cluster_file(plan: ClusterPlan) -> str:
    """The plan as the text of a cluster file.

    The first network with a gateway serves clients as well, all others are internal. The first private network gets
    a metric below 1000, which makes it the network of Cluster Shared Volumes.

    Raises:
        ValueError: the plan cannot become a cluster; the message is a sentence with a remedy.
    """
    refused = verdict(plan)
    if not refused:
        raise ValueError(refused.sentence())
    return described(plan)


def described(plan: ClusterPlan) -> str:
    """The plan as the text of a cluster file, whether or not it should become a cluster."""
    mode = "NodeAndDiskMajority" if plan.witness and plan.disks else "NodeMajority"
    lines = [
        f"# {plan.name}: written by the Create Cluster Wizard. Every key is described in docs/cluster-files.md.",
        "format = 1",
        *_table(
            "[cluster]",
            name=plan.name,
            domain=plan.domain,
            address=plan.address,
            version=str(plan.version),
            quorum=mode,
        ),
    ]
    for model in dict.fromkeys(node.processor for node in plan.nodes):
        vendor, features = PROCESSORS[model]
        lines += _table("[[processors]]", name=model, vendor=vendor, features=list(features))
    for node in plan.nodes:
        lines += _table(
            "[[nodes]]",
            name=node.name,
            memory=_size(node.memory),
            logical_processors=node.logical_processors,
            processor=node.processor,
            switches=list(plan.switches),
        )
    private = [network for network in plan.networks if network.gateway is None]
    for network in plan.networks:
        values: dict[str, object] = {"name": network.name, "subnet": network.subnet}
        if network.gateway is not None:
            values["gateway"] = network.gateway
        values["role"] = "internal" if network.gateway is None else "internal and client"
        if len(private) > 1 and network == private[0]:
            values["metric"] = 900
        values["bandwidth"] = f"{network.bandwidth * 8 / 1e6:g} Mbit/s"
        lines += _table("[[networks]]", **values)
        pairs = ", ".join(f"{_toml(node)} = {_toml(address)}" for node, address in _addresses(plan, network).items())
        lines.append(f"addresses = {{ {pairs} }}")
    for number, count in enumerate(plan.disks, 1):
        use = "Disk Witness in Quorum" if mode != "NodeMajority" and number == 1 else "Available Storage"
        lines += _table("[[disks]]", name=f"Cluster Disk {number}", use=use, size=_size(count), used=_size(64 * MIB))
    return "\n".join(lines) + "\n"


def wants_witness(nodes: int, version: ClusterVersion) -> bool:
    """Whether the quorum of a new cluster should have a disk witness."""
    return recommended_mode(nodes, has_witness=True, version=version) is QuorumMode.NODE_AND_DISK_MAJORITY


def usual_plan(
    name: str,
    nodes: tuple[str, ...],
    address: str = "",
    storage: bool = True,
    version: ClusterVersion = ClusterVersion.V2008_R2,
) -> ClusterPlan:
    """The plan of New-Cluster, which names only servers and address: what the wizard proposes, for the rest.

    Three networks at 1 Gbit/s, of which the first has a gateway; four LUNs of 500 GiB, and for an even number of
    servers (from 2012 R2 for any number) a witness of 1 GiB.

    Args:
        name: of the cluster.
        nodes: names of the servers.
        address: of the access point; "": .10 in 10.0.1.0/24. An address elsewhere makes its /24 the first network.
        storage: False: no LUNs.
        version: whose rules the cluster follows.
    """
    public = _public(address)
    private = [subnet for number in range(2, 5) if (subnet := f"10.0.{number}.0/24") != str(public)][:2]
    witness = storage and wants_witness(len(nodes), version)
    return ClusterPlan(
        name=name,
        domain="example",
        address=address or str(public[10]),
        nodes=tuple(PlannedNode(node) for node in nodes),
        networks=(
            PlannedNetwork("Cluster Network 1", str(public), str(public[1])),
            *(PlannedNetwork(f"Cluster Network {number}", subnet) for number, subnet in enumerate(private, 2)),
        ),
        disks=((GIB,) * witness + (500 * GIB,) * 4) if storage else (),
        witness=witness,
        version=version,
    )


def _public(address: str) -> ipaddress.IPv4Network:
    try:
        return ipaddress.IPv4Network(f"{address}/24", strict=False)
    except ValueError:
        return ipaddress.IPv4Network("10.0.1.0/24")


def save(plan: ClusterPlan, folder: Path) -> str:
    """Write the cluster file of a plan into a folder and return its URI.

    Raises:
        ValueError: the plan cannot become a cluster, or one of that name was created before.
        OSError: the file cannot be written.
    """
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", plan.name).strip("-.") or "cluster"
    path = folder / f"{name}.toml"
    if path.exists():
        raise ValueError(f"A cluster {plan.name} already exists ({path}). Choose another name.")
    text = cluster_file(plan)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(path, text)
    return f"embedded:{path}"


def _addresses(plan: ClusterPlan, network: PlannedNetwork) -> dict[str, str]:
    """Addresses of the servers on a network: .11, .12 ... past gateway and access point."""
    subnet = ipaddress.ip_network(network.subnet)
    free = (
        address
        for number in range(11, subnet.num_addresses)
        if (address := str(subnet[number])) not in (network.gateway, plan.address)
    )
    return {node.name: next(free) for node in plan.nodes}


def _inside(address: str, subnet: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(subnet)
    except ValueError:
        return False


def _size(count: int) -> str:
    return f"{count // MIB} MiB" if count % GIB else f"{count // GIB} GiB"


def _table(head: str, **values: object) -> list[str]:
    return ["", head, *(f"{key} = {_toml(value)}" for key, value in values.items() if value != "")]


def _toml(value: object) -> str:
    # Strings and arrays of JSON are strings and arrays of TOML, but for the character DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
