"""Votes and quorum: who votes, how many votes are needed, and which vote is taken away for a while.

Needed is more than half of all votes (Learn, "Configure and manage quorum"). From Windows Server 2012 dynamic quorum
takes the vote of a node that has left, once the rest has quorum without it, and gives it back when the node joins; from
2012 R2 the witness votes only where it makes the number of votes odd, and where there is none at an even number, one
node does not vote. What is marked as an assumption was not found in any documentation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fcm.model.entities import ClusterVersion, NodeState, QuorumMode, ResourceState
from fcm.model.rules.failing.faults import answers, reaches_disk, reaches_share
from fcm.model.structures.tables import Table, name_of
from fcm.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from fcm.model.entities import Cluster, Disk, Node
    from fcm.model.state import State

WITH_DISK = (QuorumMode.NODE_AND_DISK_MAJORITY, QuorumMode.DISK_ONLY)
"""Modes with a disk witness."""


@dataclass(frozen=True, slots=True)
class Votes:
    """How many votes there are, how many are present, how many are needed."""

    present: int
    total: int
    needed: int

    @property
    def has_quorum(self) -> bool:
        """True while the cluster may run."""
        return self.present >= self.needed

    @property
    def missing(self) -> int:
        """Votes that are missing for quorum."""
        return max(self.needed - self.present, 0)

    @property
    def in_words(self) -> str:
        """Such as "2 of 4 votes, 3 needed"."""
        return f"{self.present} of {counted(self.total, 'vote')}, {self.needed} needed"

    @property
    def spare(self) -> int:
        """Votes that can be lost at once, whichever they are."""
        return max(self.present - self.needed, 0)


def recommended_mode(nodes: int, has_witness: bool, version: ClusterVersion = ClusterVersion.V2008_R2) -> QuorumMode:
    """What the quorum wizard recommends.

    Until 2012 an odd number of nodes votes alone, an even number with a disk witness; from 2012 R2 a witness is always
    recommended, because it votes only where it helps.
    """
    if has_witness and (nodes % 2 == 0 or version.at_least(ClusterVersion.V2012_R2)):
        return QuorumMode.NODE_AND_DISK_MAJORITY
    return QuorumMode.NODE_MAJORITY


def is_dynamic(cluster: Cluster) -> bool:
    """Whether dynamic quorum is on: from 2012, unless the user turned it off; Corosync counts votes as they are."""
    if cluster.engine:
        return False
    default = cluster.version.at_least(ClusterVersion.V2012)
    wanted = default if cluster.dynamic_quorum is None else cluster.dynamic_quorum
    return default and wanted and cluster.quorum_mode is not QuorumMode.DISK_ONLY


def engine_of(state: State) -> str:
    """What decides about failover on real hosts, with its version; "" where nothing does, or a simulation."""
    return state.cluster.engine if state.cluster is not None else ""


def has_dynamic_witness(cluster: Cluster) -> bool:
    """Whether the vote of the witness comes and goes: with dynamic quorum, from 2012 R2."""
    return is_dynamic(cluster) and cluster.version.at_least(ClusterVersion.V2012_R2)


def has_witness(cluster: Cluster) -> bool:
    """Whether the mode has a witness."""
    return cluster.quorum_mode is not QuorumMode.NODE_MAJORITY


def witness_online(cluster: Cluster, disks: Mapping[str, Disk]) -> bool:
    """Whether there is a witness and the cluster holds it."""
    if cluster.quorum_mode in WITH_DISK:
        witness = disks.get(cluster.witness or "")
        return witness is not None and witness.state is ResourceState.ONLINE
    return has_witness(cluster) and bool(cluster.witness) and cluster.witness_online


def node_vote(cluster: Cluster, node: Node) -> int:
    """1 where the node has a vote now, else 0 (Corosync: as many as it has); present or not."""
    if cluster.quorum_mode is QuorumMode.DISK_ONLY:
        return 0
    if cluster.engine:
        return node.weight
    return int(bool(node.weight) and (bool(node.dynamic_weight) or not is_dynamic(cluster)))


def witness_vote(cluster: Cluster) -> int:
    """1 where the witness has a vote now, else 0 (Corosync: as many as it has); online or not."""
    if not has_witness(cluster):
        return 0
    if cluster.engine:
        return cluster.witness_weight
    return int(bool(cluster.witness_weight) or not has_dynamic_witness(cluster))


def count(cluster: Cluster, nodes: Mapping[str, Node], members: Collection[str], witness: bool) -> Votes:
    """The votes of some nodes.

    Args:
        cluster: with mode and version.
        nodes: all nodes of the cluster.
        members: names of those that are together.
        witness: whether they hold the witness, where there is one.
    """
    of_witness = witness_vote(cluster)
    total = sum(node_vote(cluster, node) for node in nodes.values()) + of_witness
    present = sum(node_vote(cluster, nodes[name]) for name in members if name in nodes)
    if members and witness:
        present += of_witness
    return Votes(present, total, total // 2 + 1)


def votes(cluster: Cluster, nodes: Mapping[str, Node], disks: Mapping[str, Disk]) -> Votes:
    """Count the votes as they are; paused nodes vote."""
    members = [node.name for node in nodes.values() if node.state.is_member]
    return count(cluster, nodes, members, witness_online(cluster, disks))


def tally(state: State, members: Collection[str], witness: bool) -> Votes:
    """The votes that a membership would have; see ``count``. Weights are those before it: quorum comes first."""
    assert state.cluster is not None
    return count(state.cluster, state.nodes, members, witness)


def dynamic_weights(
    cluster: Cluster, nodes: Mapping[str, Node], members: Collection[str], witness_ok: bool
) -> tuple[dict[str, int], int]:
    """The dynamic weights of a membership that has quorum: those of the nodes by name, and that of the witness.

    A node without NodeWeight never votes; one that has left does not vote until it joins. From 2012 R2 an even number
    of voters without a witness gives up one vote: that of LowerQuorumPriorityNodeID, else of the node without a vote so
    far, else of the last one (Windows picks one at random: assumption). 2012 does so for the last two voters alone, and
    its witness always votes (assumption).

    Args:
        cluster: with mode, version and the node to be given up first.
        nodes: all nodes of the cluster.
        members: names of those that are members now.
        witness_ok: whether they hold the witness.
    """
    if not is_dynamic(cluster):
        return {node.name: node.weight for node in nodes.values()}, 1
    voters = [node for node in nodes.values() if node.name in members and node.weight]
    voting = {node.name for node in voters}
    weights = {name: int(name in voting) for name in nodes}
    even = len(voters) > 0 and len(voters) % 2 == 0
    if not has_dynamic_witness(cluster):
        of_witness = int(has_witness(cluster))
        even = even and len(voters) == 2
    else:
        of_witness = int(has_witness(cluster) and witness_ok and even)
    if even and not of_witness:
        weights[_given_up(cluster, voters)] = 0
    return weights, of_witness


def _given_up(cluster: Cluster, voters: list[Node]) -> str:
    """Which of an even number of voters does not vote."""
    names = [node.name for node in voters]
    if cluster.lower_quorum_priority_node in names:
        return cluster.lower_quorum_priority_node
    return next((node.name for node in voters if not node.dynamic_weight), names[-1])


def reweighted(
    cluster: Cluster, nodes: Mapping[str, Node], members: Collection[str], witness_ok: bool
) -> tuple[Cluster, dict[str, Node]]:
    """Cluster and nodes with the dynamic weights of a membership that has quorum."""
    weights, of_witness = dynamic_weights(cluster, nodes, members, witness_ok)
    changed = {
        name: node if node.dynamic_weight == weights[name] else replace(node, dynamic_weight=weights[name])
        for name, node in nodes.items()
    }
    return replace(cluster, witness_weight=of_witness), changed


def members_of(state: State) -> tuple[str, ...]:
    """Names of the nodes that are members now."""
    return tuple(node.name for node in state.nodes.values() if node.state.is_member)


def what_if_lost(state: State, *lost: str) -> Votes:
    """The votes that would be left if these nodes died now, all at once and without a goodbye."""
    assert state.cluster is not None
    left = [name for name in members_of(state) if name not in lost]
    return tally(state, left, witness_online(state.cluster, state.disks) and _reach_witness(state, left))


def what_if_witness_lost(state: State) -> Votes:
    """The votes that would be left if the witness was lost now."""
    return tally(state, members_of(state), witness=False)


def losses_in_turn(state: State) -> int:
    """How many nodes can be lost one after the other, whichever they are, with new weights after each."""
    assert state.cluster is not None
    lost = 0
    while True:
        members = members_of(state)
        seen_by = _seen_by(state)
        alike = {(node_vote(state.cluster, state.nodes[name]), name in seen_by): name for name in members}
        left = {name: what_if_lost(state, name) for name in alike.values()}
        if len(members) < 2 or not all(found.has_quorum for found in left.values()):
            return lost
        worst = min(left, key=lambda name: left[name].spare)
        lost += 1
        nodes = {**state.nodes, worst: replace(state.nodes[worst], state=NodeState.DOWN)}
        rest = [name for name in members if name != worst]
        witness = witness_online(state.cluster, state.disks) and _reach_witness(state, rest)
        cluster, nodes = reweighted(state.cluster, nodes, rest, witness)
        state = replace(state, cluster=cluster, nodes=Table(nodes))


def _reach_witness(state: State, nodes: Collection[str]) -> bool:
    """Whether one of the nodes sees the LUN of a disk witness; a file share is seen by all."""
    seen_by = _seen_by(state)
    return any(name in seen_by for name in nodes)


def _seen_by(state: State) -> Collection[str]:
    """The nodes that see the witness."""
    assert state.cluster is not None
    if state.cluster.quorum_mode not in WITH_DISK:
        return state.nodes
    witness = state.disks.get(state.cluster.witness or "")
    return () if witness is None else witness.visible_to


def after_leaving(state: State, node: str, evicted: bool = False) -> Votes:
    """The votes that are left when a node leaves in order.

    With dynamic quorum it hands its vote over before, so that the rest has quorum while one of them may vote (Learn,
    "Understanding cluster and pool quorum").

    Args:
        state: the cluster.
        node: which node leaves.
        evicted: whether its vote leaves for good with it.
    """
    assert state.cluster is not None
    left = [name for name in members_of(state) if name != node]
    witness = witness_online(state.cluster, state.disks) and _reach_witness(state, left)
    cluster, nodes = reweighted(state.cluster, state.nodes, left, witness) if left else (state.cluster, state.nodes)
    return count(cluster, {name: one for name, one in nodes.items() if name != node or not evicted}, left, witness)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a stopped cluster has and what it waits for."""

    votes: Votes
    """Those of the nodes that wait, with the witness if one of them reaches it."""
    nodes: tuple[str, ...]
    """Names of the nodes that wait."""
    startable: tuple[str, ...]
    """Names of nodes with a vote that do not wait yet."""


def waiting(state: State) -> Waiting:
    """What a stopped cluster has and what it waits for."""
    assert state.cluster is not None
    here = tuple(n.name for n in state.nodes.values() if n.state.is_member or n.state is NodeState.JOINING)
    here = tuple(name for name in here if answers(state, name))
    found = tally(state, here, any(reaches_witness(state, name) for name in here))
    others = tuple(n.name for n in state.nodes.values() if n.name not in here and node_vote(state.cluster, n))
    return Waiting(found, here, others)


def reaches_witness(state: State, node: str) -> bool:
    """Whether a node could take the witness: the physical truth, which the node finds out by trying."""
    cluster = state.cluster
    assert cluster is not None
    if cluster.engine:  # what Corosync has found out is all that is known
        return has_witness(cluster) and cluster.witness_online
    if cluster.quorum_mode in WITH_DISK:
        return cluster.witness in state.disks and reaches_disk(state, node, cluster.witness or "")
    return has_witness(cluster) and bool(cluster.witness) and reaches_share(state, node)


def description(cluster: Cluster, disks: Mapping[str, Disk]) -> str:
    """Quorum Configuration as the cluster page words it."""
    if cluster.engine:
        return f"Majority of votes with a witness ({cluster.witness})" if has_witness(cluster) else "Majority of votes"
    words = {
        QuorumMode.NODE_MAJORITY: "Node Majority",
        QuorumMode.NODE_AND_DISK_MAJORITY: "Node and Disk Majority",
        QuorumMode.NODE_AND_FILE_SHARE_MAJORITY: "Node and File Share Majority",
        QuorumMode.DISK_ONLY: "No Majority: Disk Only",
    }[cluster.quorum_mode]
    if cluster.witness and cluster.quorum_mode is not QuorumMode.NODE_MAJORITY:
        words += f" ({name_of(disks, cluster.witness)})"
    return words
