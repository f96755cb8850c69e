"""What the scheduler makes of the cluster, from ``crm_mon -1 --output-as=xml``.

Source of the form: schema api of Pacemaker (crm_mon-2.25.rng and later), seen with 2.1.5. What Pacemaker 3 names
otherwise is read by both names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.reading.xml import flag
from fcm.backend.pacemaker.status import FencingEvent, FencingStatus, NodeStatus, ResourceStatus

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_TIMES = ("%Y-%m-%d %H:%M:%SZ", "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S%z", "%a %b %d %H:%M:%S %Y")


@dataclass(slots=True)
class Monitored:
    """The parts of the answer that are used."""

    dc: str = ""
    version: str = ""
    with_quorum: bool | None = None
    """None: there is no DC that could say it."""
    nodes: dict[str, NodeStatus] = field(default_factory=dict)
    resources: dict[str, ResourceStatus] = field(default_factory=dict)
    fencing: tuple[FencingEvent, ...] = ()
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)


def read_monitor(answer: Element) -> Monitored:
    """The parts that are used; what is missing or strange is left out."""
    found = Monitored()
    dc = answer.find("summary/current_dc")
    if dc is not None and flag(dc, "present"):
        found.dc = dc.get("name", "")
        found.version = dc.get("version", "").partition("-")[0]
        found.with_quorum = flag(dc, "with_quorum") if dc.get("with_quorum") is not None else None
    for node in answer.iterfind("nodes/node"):
        name = node.get("name", "")
        if name:
            found.nodes[name] = NodeStatus(
                name,
                node.get("id", ""),
                online=flag(node, "online"),
                standby=flag(node, "standby") or flag(node, "standby_onfail"),
                maintenance=flag(node, "maintenance"),
                pending=flag(node, "pending"),
                unclean=flag(node, "unclean"),
                is_dc=flag(node, "is_dc"),
                shutdown=flag(node, "shutdown"),
            )
    for resource in answer.iterfind("resources//resource"):
        made = _resource(resource)
        if made.id:
            found.resources[made.id] = made
    events = [_fencing(event) for event in answer.iterfind("fence_history/fence_event")]
    found.fencing = tuple(event for event in events if event.target)
    return found


def _resource(resource: Element) -> ResourceStatus:
    nodes = tuple(name for name in (node.get("name", "") for node in resource.iterfind("node")) if name)
    return ResourceStatus(
        id=resource.get("id", "").partition(":")[0],
        agent=resource.get("resource_agent", "").replace("::", ":"),
        role=resource.get("role", "Stopped"),
        nodes=nodes,
        active=flag(resource, "active"),
        managed=flag(resource, "managed", default=True),
        failed=flag(resource, "failed"),
        blocked=flag(resource, "blocked"),
        orphaned=flag(resource, "orphaned") or flag(resource, "removed"),
        failure_ignored=flag(resource, "failure_ignored"),
        pending=resource.get("pending", ""),
        target_role=resource.get("target_role", ""),
    )


def _fencing(event: Element) -> FencingEvent:
    status = event.get("status", "")
    known = {one.value: one for one in FencingStatus}
    return FencingEvent(
        event.get("target", ""),
        event.get("action", ""),
        known.get(status, FencingStatus.PENDING),
        event.get("delegate", ""),
        event.get("client", "").partition(".")[0],
        moment(event.get("completed", "")),
        event.get("exit-reason", ""),
    )


def moment(written: str) -> float:
    """A time as Pacemaker writes it, in s since the epoch; 0 where it cannot be read.

    One without a zone is taken as UTC, which the programs of Pacemaker print into XML where a node has no other.
    """
    for form in _TIMES:
        try:
            read = datetime.strptime(written.strip(), form)
        except ValueError:
            continue
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    return 0.0
