"""The quorum board in words: who votes, who hears whom, what one more loss would do; and what a stopped cluster lacks.

All of it is what the cluster has noticed, not the physical truth: a node that lost its power a second ago is still up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model.entities import AdapterState, NetworkRole
from fcm.model.rules.failing.faults import has_power
from fcm.model.rules.failing.stopped import TURN_ON
from fcm.model.rules.quorum import (
    WITH_DISK,
    Votes,
    has_witness,
    is_dynamic,
    losses_in_turn,
    members_of,
    node_vote,
    reaches_witness,
    votes,
    waiting,
    what_if_lost,
    what_if_witness_lost,
    witness_online,
    witness_vote,
)
from fcm.model.rules.verdict import some
from fcm.model.structures.indexes import SERVICES_ONLINE
from fcm.model.structures.tables import name_of, table
from fcm.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.model.entities import Cluster, Node
    from fcm.model.state import State

WITNESS = "the witness"
"""Id of the row of the witness; no node can have a space in its name."""
_NO_NETWORKS: frozenset[str] = frozenset()
_NAMES = 6
"""Nodes that a sentence names."""


@dataclass(frozen=True, slots=True)
class Voter:
    """One row of the board."""

    id: str
    """Name of the node, or WITNESS."""
    name: str
    vote: int
    """1 if it has a vote now, else 0."""
    vote_words: str
    """The vote, and why there is none."""
    state: str
    hears: str
    """Of a node: which others it hears. Of the witness: who can reach it."""
    left: Votes
    """What would be left without it."""
    stops: bool
    """Whether its loss would stop the cluster."""
    if_lost: str
    """What its loss would do; "" where it is lost already."""
    services: int
    """Services and applications that it owns and that are not offline."""


@dataclass(frozen=True, slots=True)
class Board:
    """The board."""

    level: str
    """pass: any one loss is survived; warn: some loss stops the cluster; fail: it is stopped."""
    sentence: str
    votes: Votes
    voters: tuple[Voter, ...]


def quorum_board(state: State) -> Board:
    """The board of a cluster."""
    cluster = state.cluster
    assert cluster is not None
    count = votes(cluster, state.nodes, state.disks)
    up = _networks_up(state)
    rows = [_node_row(state, cluster, node, up) for node in state.nodes.values()]
    if has_witness(cluster):
        rows.append(_witness_row(state, cluster))
    if not cluster.responds:
        return Board("fail", "No node of the cluster responds.", waiting(state).votes, tuple(rows))
    if cluster.stopped:
        count = waiting(state).votes
        return Board("fail", f"The cluster is stopped: {count.in_words}.", count, tuple(rows))
    present = [row for row in rows if _is_present(state, row)]
    stopping = [row for row in present if row.stops]
    if len(stopping) == 1 < len(present):
        sentence = f"The loss of {stopping[0].name} stops the cluster{_with_it(state)}."
    elif stopping:
        sentence = f"One more loss stops the cluster{_with_it(state)}."
    else:
        sentence = _survives(state, count)
    if cluster.forced:
        sentence = f"Quorum is forced until a majority is back. {sentence if stopping else ''}".strip()
    return Board("warn" if stopping else "pass", sentence, count, tuple(rows))


def _is_present(state: State, row: Voter) -> bool:
    assert state.cluster is not None
    if row.id == WITNESS:
        return witness_online(state.cluster, state.disks)
    return state.nodes[row.id].state.is_member


def _survives(state: State, count: Votes) -> str:
    """What the cluster survives, in one sentence."""
    assert state.cluster is not None
    text = "Survives any one loss" if count.spare < 2 else f"Survives any {count.spare} losses at once"
    turns = losses_in_turn(state) if is_dynamic(state.cluster) else 0
    return text + (f", and {turns} nodes one after the other." if turns > max(count.spare, 1) else ".")


def _with_it(state: State) -> str:
    online = _online(state)
    return f", and with it {counted(online, 'service or application', 'services and applications')}" if online else ""


def _online(state: State, node: str = "") -> int:
    """Services that are online, of one node or of all."""
    found = table(state.groups).find(SERVICES_ONLINE)
    return found.get(node, 0) if node else sum(found.values())


def _node_row(state: State, cluster: Cluster, node: Node, up: dict[str, frozenset[str]]) -> Voter:
    vote, left = node_vote(cluster, node), what_if_lost(state, node.name)
    stops = members_of(state) == (node.name,) if cluster.forced else not left.has_quorum
    why = ""
    if not vote:
        why = ", quorum_votes 0" if cluster.engine else ", NodeWeight 0" if not node.weight else ", dynamic quorum"
    if not vote and cluster.quorum_mode in WITH_DISK and not is_dynamic(cluster):
        why = ", the disk decides"
    member = node.state.is_member and not cluster.stopped
    return Voter(
        node.name,
        node.name,
        vote,
        f"{vote}{why}",
        str(node.state),
        _hears(state, node, up) if member else "nobody",
        left,
        stops,
        _if_lost(left, stops) if member else "",
        _online(state, node.name),
    )


def _witness_row(state: State, cluster: Cluster) -> Voter:
    vote, online = witness_vote(cluster), witness_online(cluster, state.disks)
    disk = state.disks.get(cluster.witness or "") if cluster.quorum_mode in WITH_DISK else None
    left = what_if_witness_lost(state)
    stops = not left.has_quorum and not cluster.forced
    shown = str(disk.state) if disk is not None else "Online" if online else "Failed"
    if cluster.stopped:
        shown, reached = "Offline", [name for name in waiting(state).nodes if reaches_witness(state, name)]
    elif not online:
        reached = []
    else:
        reached = list(state.nodes) if disk is None else [name for name in disk.visible_to if name in state.nodes]
    return Voter(
        WITNESS,
        name_of(state.disks, cluster.witness) or "Witness",
        vote,
        f"{vote}{'' if vote else ', does not vote' if cluster.engine else ', dynamic witness'}",
        shown,
        _listed(reached, state),
        left,
        stops,
        _if_lost(left, stops) if online and not cluster.stopped else "",
        0,
    )


def _listed(names: Sequence[str], state: State) -> str:
    return "all nodes" if len(names) == len(state.nodes) else some(list(names), _NAMES) or "nobody"


def _if_lost(left: Votes, stops: bool) -> str:
    return f"{'Stops' if stops else 'Continues'}: {left.present} of {left.total}"


def _networks_up(state: State) -> dict[str, frozenset[str]]:
    """Of each node that is a member: the networks for the cluster on which its adapter works, as far as it is known."""
    usable = {network.id for network in state.networks.values() if network.role is not NetworkRole.NONE}
    found: dict[str, set[str]] = {node.name: set() for node in state.nodes.values() if node.state.is_member}
    for adapter in state.adapters.values():
        if adapter.state is AdapterState.UP and adapter.network in usable and adapter.node in found:
            found[adapter.node].add(adapter.network)
    return {name: frozenset(networks) for name, networks in found.items()}


def heard_over(state: State, one: str, other: str) -> tuple[str, ...]:
    """Names of the networks over which two members hear each other, as far as the cluster has noticed."""
    up = _networks_up(state)
    both = up.get(one, _NO_NETWORKS) & up.get(other, _NO_NETWORKS)
    return tuple(network.name for network in state.networks.values() if network.id in both)


def _hears(state: State, node: Node, up: dict[str, frozenset[str]]) -> str:
    """The other nodes that a member hears; those it does not; and where only one network is left."""
    own = up.get(node.name, _NO_NETWORKS)
    over = {other: own & up.get(other, _NO_NETWORKS) for other in state.nodes if other != node.name}
    if not over:
        return "there is no other node"
    heard = [other for other, networks in over.items() if networks]
    silent = [other for other, networks in over.items() if not networks]
    text = f"all {len(heard)}" if not silent and len(heard) > 2 else some(heard, _NAMES) or "nobody"
    if silent and heard:
        text = f"all but {some(silent, _NAMES)}"
    used = {networks for networks in over.values() if networks}
    if len(used) == 1 and (len(only := next(iter(used))) == 1) and any(len(networks) > 1 for networks in up.values()):
        text += f", only over {name_of(state.networks, next(iter(only)))}"
    return text


# a cluster that is stopped


def what_is_missing(state: State) -> str:
    """Why the cluster does not run and what would help, in one sentence; "" while it runs."""
    cluster = state.cluster
    assert cluster is not None
    if not cluster.stopped:
        return ""
    if not cluster.responds:
        return f"No node of {cluster.name} responds, so it is not known how it is. {TURN_ON}"
    waits = waiting(state)
    if not waits.nodes:
        soon = any(node.service_due is not None for node in state.nodes.values())
        remedy = "Windows starts the cluster services again soon." if soon else "Choose Start Cluster to start it."
        return f"{cluster.name} is stopped. {cluster.stopped} {remedy}"
    found = waits.votes.in_words
    if waits.votes.has_quorum:
        return f"{cluster.name} is starting: {found}."
    return (
        f"{cluster.name} is stopped for lack of quorum: {found}. {_remedy(state, waits.votes.missing, waits.startable)}"
    )


def _remedy(state: State, missing: int, startable: Sequence[str]) -> str:
    """What brings the missing votes."""
    on = [name for name in startable if has_power(state, name)]
    off = [name for name in startable if name not in on]
    steps = []
    if len(startable) >= missing > 1:
        several = len(startable) > missing
        what = f"{missing} of {_any(startable, 'and')}" if several else _any(startable, "and")
        steps.append(f"{'start' if not off else 'turn on or start'} {what}")
    elif len(startable) >= missing:
        steps += [f"start {_any(on, 'or')}"] if on else []
        steps += [f"turn on {_any(off, 'or')}"] if off else []
    text = " or ".join([*steps, "force the start"]) if len(steps) < 2 else f"{steps[0]}, {steps[1]}, or force the start"
    text = text.replace(" or force", ", or force", 1) if len(steps) == 1 else text
    return f"{text[:1].upper()}{text[1:]}."


def _any(names: Sequence[str], joiner: str) -> str:
    shown = list(names[:_NAMES])
    if len(names) > _NAMES:
        return f"{', '.join(shown)} {joiner} {len(names) - _NAMES} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {joiner} {shown[-1]}"
