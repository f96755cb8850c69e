"""Dynamic weights: what the members of a cluster with quorum agree on about their votes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.model import events as ev
from fcm.model.rules.quorum import dynamic_weights, members_of, witness_online

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core


def weigh(core: Core) -> None:
    """Bring the dynamic weights in line with the membership: after it has quorum, and never before."""
    state, cluster = core.state, core.cluster
    if cluster.stopped or cluster.forced:
        return
    weights, of_witness = dynamic_weights(cluster, state.nodes, members_of(state), witness_online(cluster, state.disks))
    for name, weight in weights.items():
        node = core.state.nodes[name]
        if node.dynamic_weight != weight:
            core.emit(ev.NodeChanged(replace(node, dynamic_weight=weight)))
    if core.cluster.witness_weight != of_witness:
        what = f"The witness {'has a vote' if of_witness else 'has no vote'}"
        core.emit(ev.ClusterConfigured(replace(core.cluster, witness_weight=of_witness), what))
