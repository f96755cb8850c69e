"""What the lab consists of: its networks, nodes, addresses and folders. Pure; nothing here touches the machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fcm.mistakes import SentenceError, WrongInputError
from fcm.text.words import quoted

MIB: Final = 1 << 20

LAB_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,22}[A-Za-z0-9])?", re.ASCII)
"""Name of a lab: part of the names of folders and namespaces."""

MOST_NODES: Final = 8
"""More nodes than this make no sense on one machine: each is a libvirtd and its machines."""
LEAST_FAILOVER: Final = 2
"""Fewer nodes than this have no one to take over."""


LINUX_ONLY = (
    "The lab requires Linux, because its nodes are Linux namespaces. On this computer, use embedded:contoso instead."
)


class LabError(SentenceError):
    """The lab cannot do what was asked; the text is a sentence for the user with a remedy."""


class LabInputError(LabError, WrongInputError):
    """A name that the lab does not have, or a figure that makes no sense."""


@dataclass(frozen=True, slots=True)
class LabNetwork:
    """One network of the lab: a bridge in the switch namespace and one interface in every node."""

    name: str
    """Name in Failover Cluster Manager."""
    interface: str
    """Name of the interface in each node; ports of the switch are called ``INTERFACE-NODE``."""
    prefix: str
    """The first three bytes of its /24 subnet."""
    role: str
    """``internal``, ``internal-and-client`` or ``none``."""
    metric: int
    """As Windows assigns it: from 1000 for internal networks, from 10000 where there is a gateway."""
    gateway: str | None = None

    @property
    def subnet(self) -> str:
        """Subnet in CIDR notation."""
        return f"{self.prefix}.0/24"

    def address(self, number: int) -> str:
        """Address of node *number* (from 1) or of a fixed station (200 the client, 254 the gateway)."""
        return f"{self.prefix}.{number}"


MANAGEMENT: Final = LabNetwork("Management", "mgmt", "10.90.0", "internal-and-client", 10000, gateway="10.90.0.254")
CLUSTER: Final = LabNetwork("Cluster", "csv", "10.91.0", "internal", 1000)
LIVE_MIGRATION: Final = LabNetwork("Live Migration", "lm", "10.92.0", "internal", 1100)
MACHINES: Final = LabNetwork("Virtual Machines", "vm", "10.99.0", "none", 10100)
NETWORKS: Final = (MANAGEMENT, CLUSTER, LIVE_MIGRATION, MACHINES)

CLIENT: Final = 200
"""Last byte of the management station's addresses."""
SWITCH: Final = 253
"""Last byte of the power switch's address in the management network."""
POWER_PORT: Final = 6230
"""TCP port of the power switch."""
FIRST_MACHINE: Final = 50
LAST_MACHINE: Final = 199
"""Last bytes of the addresses of virtual machines."""

MACHINE_BRIDGE: Final = "vmbr"
"""The bridge in each node to which virtual machines are attached (their virtual switch)."""

LIBVIRTD_PORT: Final = 16509


@dataclass(frozen=True, slots=True)
class LabNode:
    """One node: a set of namespaces with its own libvirtd."""

    number: int
    """From 1."""
    older_processor: bool = False

    @property
    def name(self) -> str:
        """Host name."""
        return f"node{self.number}"

    @property
    def host_uuid(self) -> str:
        """Identity towards libvirt, which refuses to migrate between two hosts of the same one."""
        return f"0fc17ab0-1111-4222-8333-{self.number:012d}"

    @property
    def peer_uri(self) -> str:
        """How the other nodes reach its libvirtd: over the management network."""
        return f"qemu+tcp://{MANAGEMENT.address(self.number)}/system"


@dataclass(frozen=True, slots=True)
class LabPlan:
    """A whole lab before it exists.

    Args:
        nodes: 1 to ``MOST_NODES`` nodes.
        bandwidth: bits/s of the live-migration network in each direction; ``None`` leaves it unshaped.
        failover: the nodes are a cluster of Pacemaker and Corosync, with a power switch and a witness.
    """

    nodes: tuple[LabNode, ...]
    bandwidth: int | None
    failover: bool = False

    @property
    def bytes_per_second(self) -> int | None:
        """The bandwidth in bytes/s."""
        return None if self.bandwidth is None else self.bandwidth // 8

    def node(self, name: str) -> LabNode:
        """The node called *name*.

        Raises:
            LabError: it does not exist.
        """
        for node in self.nodes:
            if node.name == name:
                return node
        known = ", ".join(node.name for node in self.nodes)
        raise LabInputError(f"The lab has no node {quoted(name)}. Nodes: {known}.")


def make_plan(
    nodes: int = 3, bandwidth: int | None = None, older: str | None = None, failover: bool = False
) -> LabPlan:
    """A plan with *nodes* nodes, of which *older* (a node name) has an older processor model.

    Raises:
        LabError: too few or too many nodes, or *older* names none of them.
    """
    if not 1 <= nodes <= MOST_NODES:
        raise LabInputError(f"A lab can have 1 to {MOST_NODES} nodes, not {nodes}.")
    if failover and nodes < LEAST_FAILOVER:
        raise LabInputError(f"A lab with failover can have {LEAST_FAILOVER} to {MOST_NODES} nodes, not {nodes}.")
    plan = LabPlan(
        tuple(LabNode(number, older == f"node{number}") for number in range(1, nodes + 1)), bandwidth, failover
    )
    if older is not None:
        plan.node(older)
    return plan


def find_network(name: str) -> LabNetwork:
    """The network called *name*, by its full name or its interface (``lm``), in any case.

    Raises:
        LabError: it does not exist.
    """
    for network in NETWORKS:
        if name.casefold() in (network.name.casefold(), network.interface):
            return network
    known = ", ".join(f'"{network.name}" ({network.interface})' for network in NETWORKS)
    raise LabInputError(f"The lab has no network {quoted(name)}. Networks: {known}.")


def parse_lab_name(text: str) -> str:
    """The name of a lab.

    Raises:
        LabInputError: it cannot be one.
    """
    if LAB_NAME.fullmatch(text) is None:
        raise LabInputError(f"{quoted(text)} is not a valid name for a lab. Use up to 24 letters, digits and hyphens.")
    return text


_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]?)bit(?:/s)?", re.IGNORECASE)
_SIZE = re.compile(r"(\d+)\s*(MiB|GiB|M|G)?", re.IGNORECASE)


def parse_bandwidth(text: str) -> int | None:
    """``200mbit`` or ``1gbit`` as bits/s (decimal prefixes, as networks are sold); ``none`` is unshaped.

    Raises:
        LabError: not a bandwidth, or below 1 mbit/s.
    """
    if text.casefold() == "none":
        return None
    match = _RATE.fullmatch(text.strip())
    if match is None:
        raise LabInputError(f"{quoted(text)} is not a bandwidth. Enter a value such as 200mbit or 1gbit, or none.")
    bits = float(match[1]) * {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}[match[2].lower()]
    if not 10**6 <= bits <= 10**11:
        raise LabInputError(f"{text} is out of range for the live migration network. Choose 1mbit to 100gbit.")
    return int(bits)


def parse_memory(text: str) -> int:
    """``256MiB``, ``1GiB`` or a bare number of MiB, in MiB.

    Raises:
        LabError: not an amount of memory.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise LabInputError(f"{quoted(text)} is not a memory size. Enter a value such as 256MiB or 1GiB.")
    return int(match[1]) * (1024 if (match[2] or "").lower().startswith("g") else 1)


@dataclass(frozen=True, slots=True)
class LabFolders:
    """Where a lab lives. The name tells several labs of one machine apart (tests have their own).

    Attributes:
        name: ``lab`` for the user's; appears in the names of the namespaces of any other.
        cache: the guest's kernel and program, kept when the lab goes down.
    """

    name: str = "lab"
    cache: Path = Path("/var/cache/fcm-lab")

    @property
    def state(self) -> Path:
        """Everything of the running lab; gone after ``down``."""
        return Path("/run/fcm-lab" if self.name == "lab" else f"/run/fcm-lab-{self.name}")

    def namespace(self, part: str) -> str:
        """Name of the network namespace of a node, of ``switch`` or of ``client``."""
        return f"fcm-{part}" if self.name == "lab" else f"fcm-{self.name}-{part}"

    def owns(self, namespace: str) -> bool:
        """True for the name of a namespace of this lab."""
        head, _, part = namespace.rpartition("-")
        return bool(part) and head == self.namespace("").rstrip("-")

    def node(self, node: LabNode) -> Path:
        """The node's own folder, with its /etc, /var and /run."""
        return self.state / "nodes" / node.name

    def socket(self, node: LabNode) -> Path:
        """The node's libvirtd on the host's file system."""
        return self.node(node) / "run" / "libvirt" / "libvirt-sock"

    def uri(self, node: LabNode) -> str:
        """How a program outside the lab's namespaces reaches the node's libvirtd."""
        return f"qemu+unix:///system?socket={self.socket(node)}"

    def hold_libvirtd(self, node: LabNode) -> Path:
        """While this file exists the node does not start its libvirtd again."""
        return self.state / f"hold-libvirtd-{node.name}"

    def no_answer(self, node: LabNode) -> Path:
        """While this file exists the power switch answers no question of other nodes about the node."""
        return self.state / "power" / f"no-answer-{node.name}"

    @property
    def power_socket(self) -> Path:
        """The power switch's own line for this program."""
        return self.state / "power" / "socket"

    @property
    def power_log(self) -> Path:
        """What the power switch did and for whom, a line each."""
        return self.state / "power" / "log"

    @property
    def station(self) -> Path:
        """The folder of the management station, with its /etc, /var and /run, in a lab with failover."""
        return self.state / "station"

    @property
    def hosts_file(self) -> Path:
        """The file that fcm opens."""
        return self.state / "hosts.toml"

    @property
    def shared(self) -> Path:
        """The shared storage: the same folder on all nodes."""
        return self.state / "shared"

    @property
    def guest(self) -> Path:
        """Kernel and first file system of the machines, as the nodes see them."""
        return self.state / "guest"

    @property
    def ssh(self) -> Path:
        """Keys and settings of the nodes' ssh daemons."""
        return self.state / "ssh"

    @property
    def ssh_hosts_file(self) -> Path:
        """The hosts file by which the nodes are reached over ssh."""
        return self.state / "hosts-ssh.toml"

    @property
    def consoles(self) -> Path:
        """What each machine printed, one file per machine."""
        return self.state / "consoles"

    @property
    def emulator(self) -> Path:
        """The emulator of the lab's machines."""
        return self.state / "emulator" / "qemu-system-x86_64"

    @property
    def record(self) -> Path:
        """The plan of the lab that is up or half up."""
        return self.state / "lab.json"
