"""Quorum, witness, current host and networks of a Pacemaker cluster: pure functions.

Votes are those of Corosync. The links of one node alone are known, to each other node: of a link that is down, the
other end has failed if the own end reaches anybody else on that network.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.reading.xml import is_true, whole
from fcm.backend.pacemaker.view.nodes import without_quorum
from fcm.model import events as ev
from fcm.model.entities import AdapterState, NetworkState, QuorumMode

if TYPE_CHECKING:
    from fcm.backend.pacemaker.parts import Facts
    from fcm.backend.pacemaker.status import ClusterStatus
    from fcm.model.entities import Adapter, Cluster
    from fcm.model.state import State

WITNESS = "corosync-qnetd"
"""What a witness is called that the hosts file does not name."""
ALL_STOPPED = "All machines are stopped by the property stop-all-resources."


def cluster_events(state: State, facts: Facts) -> list[ev.Event]:
    """What has changed of the cluster itself."""
    known = state.cluster
    if known is None:
        return []
    shown = _cluster(known, facts)
    return [] if shown == known else [ev.ClusterConfigured(shown, _what(known, shown))]


def _cluster(known: Cluster, facts: Facts) -> Cluster:
    status = facts.status
    if status is None:
        if not facts.reasons:
            return known
        text = "No node of the cluster responds." if facts.is_cluster else "Pacemaker does not run on any node."
        return replace(known, stopped=text, responds=not facts.is_cluster)
    stopped = ""
    if not status.have_quorum:
        stopped = without_quorum(status)
    elif is_true(status.properties.get("stop-all-resources", "")):
        stopped = ALL_STOPPED
    shown = replace(
        known,
        engine=f"Pacemaker {status.version}".strip(),
        host=status.dc or known.host,
        stopped=stopped,
        responds=True,
        concurrent_migrations=max(whole(status.properties.get("migration-limit"), known.concurrent_migrations), 1),
    )
    quorum = status.quorum
    if quorum is None:
        return shown
    shown = replace(shown, epoch=_ring(quorum.ring, shown.epoch))
    if not quorum.device:
        return replace(shown, quorum_mode=QuorumMode.NODE_MAJORITY, witness=None, witness_weight=1, witness_online=True)
    return replace(
        shown,
        quorum_mode=QuorumMode.NODE_AND_FILE_SHARE_MAJORITY,
        witness=facts.file.witness.host if facts.file.witness is not None else WITNESS,
        witness_weight=quorum.device_votes,
        witness_online=quorum.device_alive,
    )


def _ring(identity: str, known: int) -> int:
    """The number of a membership from its identity in Corosync, such as 1.1a (a node and a hexadecimal number)."""
    try:
        return int(identity.rpartition(".")[2], 16)
    except ValueError:
        return known


def _what(before: Cluster, after: Cluster) -> str:
    """What has changed, in words."""
    if after.stopped != before.stopped:
        return after.stopped or "The cluster has quorum."
    if after.witness_online != before.witness_online:
        return "The witness responds again." if after.witness_online else "The witness does not respond."
    if after.host != before.host:
        return f"{after.host} is the designated controller"
    if (after.quorum_mode, after.witness, after.witness_weight) != (
        before.quorum_mode,
        before.witness,
        before.witness_weight,
    ):
        return "The votes of the cluster changed"
    return "The members of the cluster changed" if after.epoch != before.epoch else "Pacemaker reports other settings"


def network_events(state: State, facts: Facts) -> list[ev.Event]:
    """What has changed of adapters and networks: links of Corosync that are up or down."""
    status = facts.status
    if status is None:
        return []
    found: list[ev.Event] = []
    adapters: dict[str, Adapter] = {}
    for adapter in state.adapters.values():
        shown = adapter_state(status, adapter)
        adapters[adapter.id] = adapter if shown is None else replace(adapter, state=shown)
        if adapters[adapter.id] != adapter:
            found.append(ev.AdapterChanged(adapters[adapter.id]))
    for network in state.networks.values():
        states = [one.state for one in adapters.values() if one.network == network.id]
        wanted = network_state(states)
        if network.state is not wanted:
            found.append(ev.NetworkChanged(replace(network, state=wanted)))
    return found


def adapter_state(status: ClusterStatus, adapter: Adapter) -> AdapterState | None:
    """How an adapter is; None = nothing is known of it.

    A network without a link of Corosync carries no heartbeats, so that only the node says whether it may work.
    """
    node = status.node(adapter.node)
    if node is None or node.unclean or not node.online:
        return AdapterState.UNAVAILABLE
    if not status.links:
        return None if adapter.state is not AdapterState.UNAVAILABLE else AdapterState.UP
    own = [one for one in status.links if one.own_address == adapter.address]
    to_it = [one for one in status.links if one.address == adapter.address]
    if adapter.node == status.asked:
        if not own or any(one.connected for one in own):
            return AdapterState.UP
        return AdapterState.UNREACHABLE
    if not to_it or any(one.connected for one in to_it):
        return AdapterState.UP
    others = [one for one in status.links if one.own_address == to_it[0].own_address and one.address != adapter.address]
    if any(one.connected for one in others):
        return AdapterState.FAILED
    return None if others else AdapterState.UNREACHABLE  # the node that was asked is cut off there itself


def network_state(adapters: list[AdapterState]) -> NetworkState:
    """State of a network from its adapters: Partitioned if some of them work, Down if none of the members' does."""
    members = [one for one in adapters if one is not AdapterState.UNAVAILABLE]
    if not members:
        return NetworkState.UNAVAILABLE
    if all(one is AdapterState.UP for one in members):
        return NetworkState.UP
    return NetworkState.PARTITIONED if AdapterState.UP in members else NetworkState.DOWN
