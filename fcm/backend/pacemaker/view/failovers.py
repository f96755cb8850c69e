"""Failovers of machines whose node was lost, step by step, as far as their times are known.

When a node fails is not known, only when the cluster has noticed it, and since when libvirt of the node has not
responded: where that comes first, the time line begins with it. The history of fencing and the operations have whole
seconds of the clock of the nodes, which ``skew`` corrects; steps are never put before the step that they follow.
Scores of the other nodes are not told by Pacemaker, so that there are no candidates.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.mapping import uuid_of
from fcm.backend.pacemaker.status import FencingStatus
from fcm.backend.pacemaker.view.nodes import WHOLE_SECOND
from fcm.backend.pacemaker.view.services import is_wanted_off
from fcm.model import events as ev
from fcm.model.failures import Failover

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.backend.pacemaker.status import ClusterStatus, ResourceStatus
    from fcm.model.state import State

NOBODY: Mapping[str, float] = {}
LONGEST_DETECTION = 120.0
"""s; a libvirt that has been silent for longer has most likely another reason than this loss."""


def failover_events(
    state: State, before: ClusterStatus, now: ClusterStatus, silent: Mapping[str, float] = NOBODY
) -> list[ev.Event]:
    """What has become of failovers between two answers; a part without quorum knows nothing of them.

    Args:
        state: as it was.
        before: the answer before.
        now: this one.
        silent: hosts of which libvirt does not respond -> since when, s since the epoch.
    """
    if not now.have_quorum:
        return []
    found: list[ev.Event] = []
    for resource in now.machines:
        machine = state.machines.get(uuid_of(resource))
        if machine is None or machine.group is None:
            continue
        record = state.failovers.get(machine.group)
        if record is None or record.online is not None or record.outcome:
            record = None
        after = record or _begun(machine.group, resource, before, now, silent)
        if after is not None:
            after = _gone_on(after, resource, now)
        if after is not None and after != record:
            found.append(ev.FailoverRecorded(after))
    return found


def _begun(
    group: str, resource: ResourceStatus, before: ClusterStatus, now: ClusterStatus, silent: Mapping[str, float]
) -> Failover | None:
    """The failover of a machine whose node has just been lost."""
    known = before.resource(resource.id)
    if known is None or len(known.nodes) != 1:
        return None
    (source,) = known.nodes
    was, node = before.node(source), now.node(source)
    if was is None or node is None or was.unclean or not was.online or was.shutdown:
        return None
    if not node.unclean and node.online:
        return None
    identity, told = f"{group}@{now.at:.0f}", "The cluster reports times in whole seconds."
    since = silent.get(source, now.at)
    if now.at - LONGEST_DETECTION <= since < now.at:
        cause = f"{source} was lost: from then on libvirt on it did not respond. {told}"
        return Failover(identity, group, cause, source, None, since, now.at)
    cause = f"{source} was lost; the time of its failure is unknown. {told}"
    return Failover(identity, group, cause, source, None, now.at, now.at)


def _gone_on(record: Failover, resource: ResourceStatus, now: ClusterStatus) -> Failover:
    """A failover with what is known of its next steps."""
    noticed = record.noticed or record.failed
    if record.decided is None:
        done = [
            one.completed - now.skew
            for one in now.fencing
            if one.target == record.source
            and one.status is FencingStatus.SUCCESS
            and one.completed - now.skew + WHOLE_SECOND >= noticed
        ]
        record = replace(record, decided=max(noticed, min(done)) if done else None)
    if is_wanted_off(now, resource):
        return replace(record, outcome="It was taken offline meanwhile.")
    node = now.node(resource.nodes[0]) if len(resource.nodes) == 1 else None
    if node is None or node.unclean or not node.online or resource.role != "Started":
        return record
    started = [
        one.changed + one.duration - now.skew
        for one in now.operations_of(resource.id)
        if one.name == "start" and one.node == node.name and one.code == 0 and not one.pending
    ]
    since = record.decided or noticed
    recent = [one for one in started if one + WHOLE_SECOND >= noticed]
    if not recent:
        return replace(record, outcome="It is running on as before.") if node.name == record.source else record
    return replace(record, destination=node.name, online=max(since, min(recent)))
