"""How a cluster is, in one line: for lists of clusters, of which most are closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities.servers import NodeState
from fcm.text.words import counted

if TYPE_CHECKING:
    from fcm.model.state import State


def present_words(state: State) -> str:
    """Nodes, virtual machines, Cluster Shared Volumes and what is not as it should be; "" of no cluster."""
    cluster = state.cluster
    if cluster is None:
        return ""
    down = sum(node.state is not NodeState.UP for node in state.nodes.values())
    running = sum(machine.state.holds_memory for machine in state.machines.values())
    nodes = counted(len(state.nodes), "node") + (f" ({down} not up)" if down else "")
    machines = f"{counted(len(state.machines), 'virtual machine')} ({running} running)"
    volumes = "enabled" if cluster.shared_volumes_enabled else "not enabled"
    stopped = "" if not cluster.stopped else "No quorum. " if cluster.responds else "No node responds. "
    return f"{stopped}{nodes}, {machines}, Cluster Shared Volumes {volumes}"
