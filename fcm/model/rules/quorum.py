"""Votes and quorum modes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model.entities import NodeState, QuorumMode, ResourceState
from fcm.model.tables import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.model.entities import Cluster, Disk, Node


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


def recommended_mode(nodes: int, has_witness: bool) -> QuorumMode:
    """An odd number of nodes votes alone, an even number with a disk witness (2008 R2 quorum wizard)."""
    if nodes % 2 == 0 and has_witness:
        return QuorumMode.NODE_AND_DISK_MAJORITY
    return QuorumMode.NODE_MAJORITY


def votes(cluster: Cluster, nodes: Mapping[str, Node], disks: Mapping[str, Disk]) -> Votes:
    """Count the votes as they are; paused nodes vote."""
    up = sum(node.state in (NodeState.UP, NodeState.PAUSED) for node in nodes.values())
    match cluster.quorum_mode:
        case QuorumMode.NODE_MAJORITY:
            present, total = up, len(nodes)
        case QuorumMode.NODE_AND_DISK_MAJORITY:
            witness = disks.get(cluster.witness or "")
            present = up + (witness is not None and witness.state is ResourceState.ONLINE)
            total = len(nodes) + 1
        case QuorumMode.NODE_AND_FILE_SHARE_MAJORITY:
            present, total = up + bool(cluster.witness), len(nodes) + 1
        case QuorumMode.DISK_ONLY:
            witness = disks.get(cluster.witness or "")
            present = int(up > 0 and witness is not None and witness.state is ResourceState.ONLINE)
            total = 1
    return Votes(present, total, total // 2 + 1)


def description(cluster: Cluster, disks: Mapping[str, Disk]) -> str:
    """Quorum Configuration as the cluster page words it."""
    words = {
        QuorumMode.NODE_MAJORITY: "Node Majority",
        QuorumMode.NODE_AND_DISK_MAJORITY: "Node and Disk Majority",
        QuorumMode.NODE_AND_FILE_SHARE_MAJORITY: "Node and File Share Majority",
        QuorumMode.DISK_ONLY: "No Majority: Disk Only",
    }[cluster.quorum_mode]
    if cluster.witness and cluster.quorum_mode is not QuorumMode.NODE_MAJORITY:
        words += f" ({name_of(disks, cluster.witness)})"
    return words
