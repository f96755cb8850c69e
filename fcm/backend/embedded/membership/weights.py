"""Dynamic weights: what the members of a cluster with quorum agree on about their votes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.model.entities import ResourceState, ResourceType
from fcm.model.rules.quorum import dynamic_weights, members_of, reaches_witness, witness_online

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core


def weigh(core: Core) -> None:
    """Bring the dynamic weights in line with the membership: after it has quorum, and never before."""
    state, cluster = core.state, core.cluster
    if cluster.stopped or cluster.forced:
        return
    weights, of_witness = dynamic_weights(cluster, state.nodes, members_of(state), _holds_witness(core))
    for name, weight in weights.items():
        core.change_node(name, dynamic_weight=weight)
    what = f"The witness {'has a vote' if of_witness else 'has no vote'}"
    core.configure(replace(core.cluster, witness_weight=of_witness), what)


def _holds_witness(core: Core) -> bool:
    """Whether the witness is online, or about to be: a cluster that forms has taken it before its resource starts."""
    state, cluster = core.state, core.cluster
    if witness_online(cluster, state.disks):
        return True
    failed = any(
        one.state is ResourceState.FAILED
        for one in state.resources.values()
        if one.type is ResourceType.FILE_SHARE_WITNESS or (one.disk is not None and one.disk == cluster.witness)
    )
    return not failed and any(reaches_witness(state, name) for name in members_of(state))
