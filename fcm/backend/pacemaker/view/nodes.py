"""How the nodes of a Pacemaker cluster look in the window: pure functions from facts to nodes.

Up = online; Paused = standby or maintenance; Joining = it starts, or is in a part without quorum; Down = anything else.
A node that is unclean is down and says how it stands with its fencing: nothing of it starts elsewhere before.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.libvirt.cluster_view import CONNECTING, bridges_in_use
from fcm.backend.pacemaker.mapping import DRAINING
from fcm.backend.pacemaker.reading.xml import is_true
from fcm.backend.pacemaker.status import FencingStatus
from fcm.model import events as ev
from fcm.model.entities import FencingState, NodeState
from fcm.model.moments import clock_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.backend.pacemaker.parts import Facts
    from fcm.backend.pacemaker.status import ClusterStatus, FencingEvent, NodeStatus
    from fcm.model.entities import Node
    from fcm.model.state import State

WHOLE_SECOND = 1.0
"""Times of the history of fencing are cut to whole seconds."""
LEAVING = "It is leaving the cluster: its machines are moved away first."
STARTING = "Pacemaker is starting there. The node is not a member yet."
NOT_CONFIGURED = (
    "It is not a node of the cluster that the others form. Remove it from the hosts file, or run Create a Cluster on "
    "Hosts again, which adds it."
)
OFF = "It is off, or Pacemaker is not running on it."


def node_events(state: State, facts: Facts, lost: Mapping[str, float]) -> list[ev.Event]:
    """What has changed of the nodes.

    Args:
        state: as it was.
        facts: as it is.
        lost: nodes that are unclean -> s since the epoch, clock of the cluster, since when; 0 = as long as is known.
    """
    bridges = bridges_in_use(state, facts.reports)
    found: list[ev.Event] = []
    for name, node in state.nodes.items():
        report = facts.reports.get(name)
        if report is None and name not in facts.silent and node.note == CONNECTING and facts.status is not None:
            continue  # whoever sees a node come up knows what it runs
        shown = node
        if report is not None:
            shown = replace(
                report.node,
                paused=node.paused,
                standby=node.standby,
                weight=node.weight,
                state=node.state,
                note=node.note,
                fencing=node.fencing,
            )
            shown = shown if shown.switches else replace(shown, switches=bridges)
        shown = _of_cluster(shown, facts, lost.get(name, 0.0))
        if shown != node:
            found.append(ev.NodeChanged(shown))
    return found


def _of_cluster(node: Node, facts: Facts, lost_since: float) -> Node:
    """A node as the cluster sees it."""
    status = facts.status
    if status is None:
        if not facts.reasons:  # nothing was asked yet
            return node
        note = facts.reasons.get(node.name, "It does not report the state of the cluster.")
        return replace(node, state=NodeState.DOWN, note=note, fencing=FencingState.NONE)
    known = status.node(node.name)
    if known is None:
        return replace(node, state=NodeState.DOWN, note=NOT_CONFIGURED, fencing=FencingState.NONE, weight=0)
    draining = is_true(known.attributes.get(DRAINING, ""))
    everything = is_true(status.properties.get("maintenance-mode", ""))
    weight = status.quorum.votes.get(node.name, node.weight) if status.quorum is not None else node.weight
    node = replace(
        node,
        paused=known.standby or known.maintenance or draining or everything,
        standby=known.standby,
        weight=weight,
        fencing=FencingState.NONE,
    )
    if known.unclean:
        fencing, note = fencing_of(status, node.name, lost_since)
        return replace(node, state=NodeState.DOWN, fencing=fencing, note=note)
    if known.pending:
        return replace(node, state=NodeState.JOINING, note=STARTING)
    if not known.online:
        return replace(node, state=NodeState.DOWN, note=_why_off(status, node.name))
    if not status.have_quorum:
        return replace(node, state=NodeState.JOINING, note=without_quorum(status))
    state = NodeState.PAUSED if node.paused else NodeState.UP
    return replace(node, state=state, note=_of_member(known, draining, everything, facts.silent.get(node.name, "")))


def _of_member(known: NodeStatus, draining: bool, everything: bool, silent: str) -> str:
    """What is to be said of a node that is a member."""
    if known.shutdown:
        return LEAVING
    if silent:
        return silent
    if draining and not known.standby:
        return "It is being drained."
    if known.maintenance or everything:
        return "Maintenance: nothing is started, stopped or monitored on it. Its machines do not fail over."
    return "Standby: nothing is started on it." if known.standby else ""


def fencing_of(status: ClusterStatus, node: str, since: float) -> tuple[FencingState, str]:
    """How it stands with the fencing of a node that is unclean, and the sentence for it.

    An attempt that failed counts although the next one is in progress: Pacemaker tries for ever.

    Args:
        status: of the cluster.
        node: its name.
        since: s since the epoch, clock of the cluster: attempts that ended before were about an earlier loss.
    """
    if not is_true(status.properties.get("stonith-enabled", status.properties.get("fencing-enabled", "true"))):
        text = f"{node} is lost, and fencing is turned off: what runs there is unknown. Turn fencing on."
        return FencingState.NEEDED, text
    of_node = [one for one in status.fencing if one.target == node]
    running = any(one.status is FencingStatus.PENDING for one in of_node)
    failed = next((one for one in of_node if _has_failed(one, since)), None)
    if failed is not None:
        why = f" ({failed.reason.rstrip('.')})" if failed.reason else ""
        again = " Another attempt is in progress." if running else ""
        return FencingState.FAILED, f"Waiting: {node} could not be fenced{why}. Confirm that it is off.{again}"
    if running:
        return FencingState.RUNNING, f"{node} is lost and is being fenced."
    if not status.have_quorum:
        text = f"{node} is lost. It is not fenced, because {status.asked} has no quorum."
        return FencingState.NEEDED, text
    return FencingState.NEEDED, f"{node} is lost. It must be fenced before its machines start elsewhere."


def _has_failed(event: FencingEvent, since: float) -> bool:
    return event.status is FencingStatus.FAILED and event.completed + WHOLE_SECOND >= since


def _why_off(status: ClusterStatus, node: str) -> str:
    """Why a node is offline that is known to be off or stopped."""
    last = next((one for one in status.fencing if one.target == node and one.status is not FencingStatus.PENDING), None)
    if last is None or last.status is not FencingStatus.SUCCESS or last.action == "on":
        return OFF
    return f"{OFF} It was fenced last at {clock_time(last.completed - status.skew)}."


def without_quorum(status: ClusterStatus) -> str:
    """Why nothing runs in a part of the cluster without quorum."""
    if status.quorum is None:
        return "No quorum."
    return f"No quorum: {status.quorum.total} of {status.quorum.expected} votes, {status.quorum.needed} needed."
