"""Servers that Validate a Configuration is about, which need be no cluster: where they are from, and their tests."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from fcm.installation import typed
from fcm.model.rules.verdict import OK, Verdict, no, some
from fcm.model.state import State
from fcm.model.structures.tables import Table
from fcm.model.validation.servers import joined, narrowed, tests_of
from fcm.model.validation.validate import validate
from fcm.workspace.actions.powershell import quoted
from fcm.workspace.planning import cluster_plan
from fcm.workspace.planning.cluster_plan import ClusterPlan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fcm.model.validation.report import ValidationReport
    from fcm.workspace.hosts.site import HostsFile
    from fcm.workspace.planning.cluster_plan import PlannedNetwork, PlannedNode

    Told = Callable[[str, int, int], None]

DESCRIBED = "the described servers"
"""Where described servers are from, in sentences."""

NOTHING = State()
"""Of described servers whose networks are not described yet."""


@dataclass(frozen=True, slots=True)
class SomeNodes:
    """Simulated servers of one place."""

    where: str
    """The cluster, or DESCRIBED."""
    names: tuple[str, ...]
    state: State
    """Everything that is there."""


@dataclass(frozen=True, slots=True)
class SomeHosts:
    """Hosts of one hosts file."""

    where: str
    names: tuple[str, ...]
    hosts: HostsFile
    """All of the file."""
    clustered: bool
    """Whether they are known as a cluster of Pacemaker."""


class Subject(Protocol):
    """What is validated."""

    @property
    def names(self) -> tuple[str, ...]:
        """The servers."""

    @property
    def title(self) -> str:
        """What the report is about."""

    @property
    def tests(self) -> tuple[tuple[str, str], ...]:
        """Name and category of each test that can be run."""

    @property
    def may_form_cluster(self) -> Verdict:
        """Whether a cluster can be created of the servers now, apart from what the tests find."""

    def power_shell(self, tests: Sequence[str]) -> str:
        """The line that does the same; no names mean all tests."""

    def run(self, tests: Sequence[str], progress: Told, now: float) -> ValidationReport:
        """Run tests by name, all where empty; blocks. What ``progress`` raises ends it. Raises SentenceError."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """Simulated servers."""

    state: State
    members: tuple[tuple[str, str], ...]
    """Servers that are nodes of a cluster, and which."""

    @property
    def names(self) -> tuple[str, ...]:
        """The servers."""
        return tuple(self.state.nodes)

    @property
    def title(self) -> str:
        """The cluster if they are all of one, else the servers."""
        return self.state.cluster.full_name if self.state.cluster is not None else some(list(self.names), 4)

    @property
    def tests(self) -> tuple[tuple[str, str], ...]:
        """Those about clusters only if they are one."""
        return tuple((test.name, test.category) for test in tests_of(self.state))

    @property
    def may_form_cluster(self) -> Verdict:
        """A server is in one cluster at most."""
        if not self.members:
            return OK
        node, cluster = self.members[0]
        return no(f"{node} is already a node of {cluster}.", "A server can be in only one cluster.")

    def power_shell(self, tests: Sequence[str]) -> str:
        """Test-Cluster of the cluster or of the servers."""
        cluster = self.state.cluster
        nodes = ", ".join(map(quoted, self.names))
        whom = f"-Node {nodes}" if cluster is None else f"-Cluster {quoted(cluster.name)}"
        chosen = f" -Include {', '.join(map(quoted, tests))}" if tests else ""
        return f"Test-Cluster {whom}{chosen}"

    def run(self, tests: Sequence[str], progress: Told, now: float) -> ValidationReport:
        """The tests of Validate a Configuration."""
        return validate(self.state, tests or [name for name, _ in self.tests], progress, now)


@dataclass(frozen=True, slots=True)
class Real:
    """Real hosts."""

    chosen: SomeHosts

    @property
    def names(self) -> tuple[str, ...]:
        """The hosts."""
        return self.chosen.names

    @property
    def title(self) -> str:
        """The cluster of the hosts file if they are all of it, else the hosts."""
        return self.chosen.hosts.name if self._all else some(list(self.names), 4)

    @property
    def _all(self) -> bool:
        return len(self.names) == len(self.chosen.hosts.hosts)

    @property
    def tests(self) -> tuple[tuple[str, str], ...]:
        """The one about Pacemaker only with fencing and all hosts."""
        from fcm.workspace.hosts import checking

        whole = self._all and self.chosen.hosts.fencing is not None
        return tuple(test for test in checking.TESTS if whole or test[0] != checking.FAILOVER)

    @property
    def may_form_cluster(self) -> Verdict:
        """A cluster is formed of all hosts of a file."""
        if self.chosen.clustered:
            return no(f"The hosts are already the cluster {self.chosen.where}.", "A host can be in only one cluster.")
        if not self._all:
            count = len(self.chosen.hosts.hosts)
            reason = f"Only {len(self.names)} of the {count} hosts of the hosts file are selected."
            return no(reason, "A cluster is created of all hosts of a file.")
        return OK

    def power_shell(self, _tests: Sequence[str]) -> str:
        """Test-Cluster knows no hosts files; this line can be typed in any shell."""
        return f"fcm hosts check {typed(str(self.chosen.hosts.path))}"

    def run(self, tests: Sequence[str], progress: Told, now: float) -> ValidationReport:
        """Ask the hosts."""
        from fcm.workspace.hosts.checking import validate_hosts

        hosts = self.chosen.hosts
        asked = replace(hosts, hosts=tuple(host for host in hosts.hosts if host.name in self.names))
        return validate_hosts(asked, tests or [name for name, _ in self.tests], progress, now)


def verdict(chosen: Sequence[SomeNodes | SomeHosts]) -> Verdict:
    """Whether the servers can be validated together."""
    if not any(one.names for one in chosen):
        return no("No server is selected.", "Select nodes of a cluster, describe servers, or read a hosts file.")
    files = [one for one in chosen if isinstance(one, SomeHosts)]
    if files and len(files) < len(chosen):
        return no("Simulated servers and real hosts are selected together.", "Validate them one after the other.")
    if len(files) > 1:
        return no("Hosts of more than one hosts file are selected.", "Select the hosts of one hosts file.")
    seen: dict[str, SomeNodes | SomeHosts] = {}
    for one in chosen:
        for name in one.names:
            other = seen.setdefault(name.casefold(), one)
            if other is not one:
                reason = f"Two of the selected servers are named {name}: one of {other.where}, one of {one.where}."
                return no(reason, "Clear one of them. Servers of one cluster have different names.")
    return OK


def subject(chosen: Sequence[SomeNodes | SomeHosts]) -> Subject:
    """What is validated with servers for which ``verdict`` is good."""
    for one in chosen:
        if isinstance(one, SomeHosts):
            return Real(one)
    nodes = [one for one in chosen if isinstance(one, SomeNodes)]
    members = [(name, one.where) for one in nodes if one.where != DESCRIBED for name in one.names]
    return Simulated(joined([(one.where, narrowed(one.state, one.names)) for one in nodes]), tuple(members))


def described_servers(
    nodes: Sequence[PlannedNode], networks: Sequence[PlannedNetwork], disks: Iterable[int]
) -> SomeNodes:
    """Servers as Create a Cluster would make them, but in no cluster, and without the addresses that it gives out.

    Args:
        nodes: for which ``described_servers_verdict`` is good.
        networks: for which ``networks_verdict`` is good.
        disks: size of each LUN in bytes; all servers see them.

    Raises:
        BackendError: they cannot exist; the message is a sentence.
    """
    from fcm.backend.embedded import described_state  # only now: the page that offers this must not wait for it

    names = tuple(node.name for node in nodes)
    state = described_state(cluster_plan.described(plan_of(nodes, networks, disks)))
    adapters = {one.id: replace(one, address="") for one in state.adapters.values()}
    alone = State(nodes=state.nodes, networks=state.networks, adapters=Table(adapters), disks=state.disks)
    return SomeNodes(DESCRIBED, names, alone)


def plan_of(nodes: Sequence[PlannedNode], networks: Sequence[PlannedNetwork], disks: Iterable[int]) -> ClusterPlan:
    """The plan of described servers; the cluster has a name and an address that are not used."""
    taken = {node.name.casefold() for node in nodes}
    name = next(f"cluster{number}" for number in range(len(nodes) + 1) if f"cluster{number}" not in taken)
    address = str(ipaddress.ip_network(networks[0].subnet)[10])
    return ClusterPlan(name, "", address, tuple(nodes), tuple(networks), tuple(disks))
