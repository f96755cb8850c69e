"""Which of the views of a cluster that was cut may go on: by votes, and by who gets the witness."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from fcm.model.entities import QuorumMode
from fcm.model.rules.failing.assumed import figure
from fcm.model.rules.quorum import WITH_DISK, Votes, reaches_witness, tally

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.state import State


class Chance(Enum):
    """What a view can do about its quorum."""

    MAJORITY = "has the votes"
    WITNESS = "is one vote short and tries to get the witness"
    NONE = "is too many votes short, or reaches no witness"


@dataclass(frozen=True, slots=True)
class View:
    """Nodes that hear one another and no one else."""

    nodes: frozenset[str]
    votes: Votes
    """Without the witness."""
    chance: Chance
    wait: float
    """s until it has the witness."""


def views(state: State, groups: Iterable[frozenset[str]]) -> tuple[View, ...]:
    """The groups of nodes that hear one another, with what becomes of each.

    A node exactly one vote short arbitrates for the witness, the side of its owner at once, others later (cluster log
    of 2020; MSCS ArbitrationDelay); two short none is tried (assumption).
    """
    cluster, found = state.cluster, list(groups)
    assert cluster is not None
    if cluster.forced:
        first = max(found, key=lambda group: (cluster.host in group, len(group)), default=frozenset())
        return tuple(
            View(group, tally(state, group, False), Chance.MAJORITY if group == first else Chance.NONE, 0.0)
            for group in found
        )
    return tuple(_view(state, group, alone=len(found) == 1) for group in found)


def winner(found: Iterable[View]) -> View | None:
    """The one view that goes on: at most one has a majority, and at most one gets the witness."""
    able = [view for view in found if view.chance is not Chance.NONE]
    return min(
        able,
        key=lambda view: (view.chance is not Chance.MAJORITY, view.wait, -len(view.nodes), min(view.nodes)),
        default=None,
    )


def witness_owner(state: State) -> str | None:
    """The node that holds the witness."""
    assert state.cluster is not None
    if state.cluster.quorum_mode in WITH_DISK:
        disk = state.disks.get(state.cluster.witness or "")
        return None if disk is None else disk.owner
    return state.cluster.host


def _view(state: State, group: frozenset[str], *, alone: bool) -> View:
    cluster = state.cluster
    assert cluster is not None
    count = tally(state, group, False)
    if count.has_quorum:
        return View(group, count, Chance.MAJORITY, 0.0)
    takers = [name for name in group if reaches_witness(state, name)]
    if not takers or not tally(state, group, True).has_quorum:
        return View(group, count, Chance.NONE, 0.0)
    if witness_owner(state) in takers:
        return View(group, count, Chance.WITNESS, 0.0 if alone else figure(cluster, "arbitrate_owner"))
    share = cluster.quorum_mode is QuorumMode.NODE_AND_FILE_SHARE_MAJORITY
    return View(group, count, Chance.WITNESS, figure(cluster, "arbitrate_share" if share else "arbitrate_disk"))
