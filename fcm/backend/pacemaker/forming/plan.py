"""What a cluster of the hosts of a hosts file will be: names, links, votes, fencing. Pure; nothing is asked here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count as count_from
from typing import TYPE_CHECKING

from fcm.backend.libvirt.cluster_view import formed_cluster
from fcm.mistakes import SentenceError
from fcm.model.entities import NetworkRole
from fcm.model.rules.networks import migration_order
from fcm.text.words import counted, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.backend.libvirt.configuration.failover_keys import FencingOptions
    from fcm.backend.libvirt.configuration.hosts_file import Host, HostsFile
    from fcm.model.entities import Network

MOST_NODES = 16
"""Above it a run of Pacemaker's scheduler takes seconds (measured: 16 nodes with 400 machines, 1.2 to 1.6 s)."""
MOST_LINKS = 8
"""Links of knet (corosync.conf(5), INTERFACE_MAX)."""
TOKEN = 3000
"""ms without the token after which a node is lost: the default of corosync.conf(5), said so that it can be read."""

NO_NUMBERS: Mapping[str, int] = {}
_NODE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,62})", re.ASCII)
"""Names of nodes that go unquoted through corosync.conf, the CIB (as part of an id) and every shell."""


class PlanError(SentenceError):
    """The hosts of this file cannot form a cluster; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class PlannedLink:
    """One link of Corosync: a network that carries heartbeats."""

    number: int
    """From 0, in order of preference."""
    network: str
    """Its name in the hosts file."""


@dataclass(frozen=True, slots=True)
class PlannedNode:
    """One node."""

    name: str
    id: int
    """Corosync's, from 1; a node keeps it while others come and go."""
    rings: tuple[str, ...]
    """Its address on each link."""
    addresses: str
    """Value of its attribute ``fcm-addresses``: ids of networks with its addresses, first choice first."""
    peer_uri: str
    """How the other nodes reach its libvirtd."""
    fencing: FencingOptions
    """Options of the fence agent for it, complete."""
    storage: str | None


@dataclass(frozen=True, slots=True)
class PlannedWitness:
    """The witness, a corosync-qnetd outside the cluster."""

    host: str
    algorithm: str
    """``ffsplit`` (one vote, for an even number of nodes) or ``lms`` (one vote less than nodes, for an odd one)."""


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """A whole cluster."""

    name: str
    """Of the hosts file."""
    corosync_name: str
    """The same in letters that Corosync, certificates and file names take."""
    nodes: tuple[PlannedNode, ...]
    links: tuple[PlannedLink, ...]
    agent: str
    """The fence agent."""
    witness: PlannedWitness | None
    migrations: int
    """Live migrations at once per node."""
    token: int = TOKEN
    """ms."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the nodes."""
        return tuple(node.name for node in self.nodes)


def plan_cluster(hosts: HostsFile, known: Mapping[str, int] = NO_NUMBERS) -> ClusterPlan:
    """The cluster that the hosts of a file will form.

    Args:
        hosts: the file.
        known: numbers that nodes have already; the others get the next ones, in the order of the file.

    Raises:
        PlanError: they cannot.
    """
    count = len(hosts.hosts)
    if count < 2:
        raise PlanError("A cluster needs at least two nodes, and the hosts file has one. Add another [[node]].")
    if count > MOST_NODES:
        raise PlanError(
            f"The hosts file has {counted(count, 'node')}; a Pacemaker cluster can have {MOST_NODES}. Remove some."
        )
    if count == 2 and hosts.witness is None:
        raise PlanError(
            "Two nodes need a witness: without one, no node has a majority when the other one is lost. "
            "Add [witness] with a host outside the cluster, or a third node."
        )
    if hosts.fencing is None:
        raise PlanError(
            "The hosts file names no fencing device. Without one, a lost node cannot be switched off, so nothing may "
            "be started elsewhere: it could then run twice. Add [fencing] with the fence agent of the hosts."
        )
    for host in hosts.hosts:
        if not _NODE.fullmatch(host.name):
            reason = "use only letters, digits, periods, hyphens and underscores"
            raise PlanError(f"{quoted(host.name)} cannot be the name of a node in Pacemaker. Rename it: {reason}.")
    formed = formed_cluster(hosts, None)
    networks = {network.id: network for network in formed.networks}
    links = _links(hosts, tuple(networks.values()))
    order = migration_order(formed.cluster, networks)
    general = hosts.fencing.general
    new = count_from(max(known.values(), default=0) + 1)
    numbers = {host.name: known[host.name] if host.name in known else next(new) for host in hosts.hosts}
    nodes = tuple(
        PlannedNode(
            host.name,
            numbers[host.name],
            tuple(host.addresses[link.network] for link in links),
            _addresses(host, order, networks),
            host.peer_uri,
            general if host.fencing is None else host.fencing.over(general),
            host.storage,
        )
        for host in hosts.hosts
    )
    witness = None
    if hosts.witness is not None:
        witness = PlannedWitness(hosts.witness.host, "lms" if count % 2 else "ffsplit")
    corosync_name = _corosync_name(hosts.name)
    parallel = formed.cluster.concurrent_migrations
    return ClusterPlan(
        hosts.name, corosync_name, nodes, links, hosts.fencing.agent, witness, parallel, hosts.token or TOKEN
    )


def _links(hosts: HostsFile, networks: tuple[Network, ...]) -> tuple[PlannedLink, ...]:
    """The networks on which the cluster communicates and on which every node has an address, by their metric."""
    usable = sorted((one for one in networks if one.role is not NetworkRole.NONE), key=lambda one: (one.metric, one.id))
    full = [one for one in usable if all(one.name in host.addresses for host in hosts.hosts)][:MOST_LINKS]
    if not full:
        raise PlanError(
            "No network of the hosts file can carry heartbeats: each node needs an address on the same network, and "
            'its role must not be "none". Add addresses.'
        )
    return tuple(PlannedLink(number, network.name) for number, network in enumerate(full))


def _addresses(host: Host, order: tuple[str, ...], networks: dict[str, Network]) -> str:
    return " ".join(
        f"{identity}={host.addresses[networks[identity].name]}"
        for identity in order
        if networks[identity].name in host.addresses
    )


def _corosync_name(name: str) -> str:
    """At most 32 letters, digits and hyphens; it is also the subject of certificates."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:32].strip("-")
    return plain or "fcm"
