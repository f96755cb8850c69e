"""A new membership: its number, and the votes that dynamic quorum gives its members."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fcm.backend.embedded.membership.votes.weights import weigh
from fcm.model import events as ev
from fcm.model.rules.quorum import is_dynamic, reaches_witness, tally

if TYPE_CHECKING:
    from collections.abc import Collection

    from fcm.backend.embedded.core import Core


def count_on(core: Core, members: Collection[str], what: str, **changes: Any) -> None:
    """The members agreed on a membership that has quorum, or was forced.

    The states of the nodes say already who they are. Whoever left before keeps the number of its last membership
    (``Node.epoch``): its cluster database is older.

    Args:
        core: the cluster.
        members: names of the members.
        what: what happened, in words.
        changes: further fields of the cluster.
    """
    state = core.state
    witness = any(reaches_witness(state, name) for name in members)
    cluster = replace(core.cluster, epoch=core.cluster.epoch + 1, **changes)
    if cluster.forced and tally(state, members, witness).has_quorum:
        cluster = replace(cluster, forced=False)
        if core.cluster.forced:
            core.log("force-ended", cluster.host)
    core.emit(ev.ClusterConfigured(cluster, what))
    if is_dynamic(cluster):
        weigh(core)
