"""Dynamic weights: what the members of a cluster with quorum agree on about their votes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.model.entities import ResourceState, ResourceType
from fcm.model.rules.failing.faults import groups_that_hear
from fcm.model.rules.quorum import dynamic_weights, members_of, reaches_witness, witness_online

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.model.state import State


def weigh(core: Core) -> None:
    """Bring the dynamic weights in line with the membership: after it has quorum, and never before.

    While a member is silent nothing is agreed on: the vote of the witness does not go before the membership is settled.
    """
    state, cluster = core.state, core.cluster
    if cluster.stopped or cluster.forced or not _all_heard(state):
        return
    weights, of_witness = dynamic_weights(cluster, state.nodes, members_of(state), _holds_witness(core))
    for name, weight in weights.items():
        core.change_node(name, dynamic_weight=weight)
    what = f"The witness {'has a vote' if of_witness else 'has no vote'}"
    core.configure(replace(core.cluster, witness_weight=of_witness), what)
    if state is not core.state:
        words = ", ".join(f"{node.name} {node.dynamic_weight}" for node in core.state.nodes.values())
        for member in core.members():
            core.log("weights", member.name, weights=f"{words}, witness {of_witness}")


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


def _all_heard(state: State) -> bool:
    members = members_of(state)
    if not state.faults and not any(state.nodes[name].process.gone is not None for name in members):
        return True
    groups = groups_that_hear(state, members)
    return len(groups) == 1 and len(groups[0]) == len(members)
