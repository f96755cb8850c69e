"""What nodes have to tell: the differences between two answers, as records of event logs.

What had happened before the first answer is told by the states alone, so that nothing is told again after fcm was
closed. Words, levels and numbers are in resources/events/pacemaker.toml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.pacemaker.status import FencingStatus
from fcm.backend.pacemaker.view.nodes import without_quorum
from fcm.backend.pacemaker.view.services import is_failure
from fcm.model import events as ev

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.backend.pacemaker.status import ClusterStatus, OperationStatus

_NOT_RUNNING, _DEGRADED = 7, 190
_UNKNOWN = "a node that is not named"


def logged_events(before: ClusterStatus, now: ClusterStatus) -> list[ev.NodeLogged]:
    """What has happened between two answers, in the order in which one thing leads to another."""
    return [
        *_quorum(before, now),
        *_links(before, now),
        *_members(before, now),
        *_fencing(before, now),
        *_operations(before, now),
        *_blocked(before, now),
    ]


def _log(key: str, writer: str, /, **values: str) -> ev.NodeLogged:
    return ev.NodeLogged(key, writer, tuple(values.items()))


def _quorum(before: ClusterStatus, now: ClusterStatus) -> Iterator[ev.NodeLogged]:
    if before.have_quorum and not now.have_quorum:
        yield _log("60106", now.asked, text=without_quorum(now))
    if now.have_quorum and not before.have_quorum:
        yield _log("60107", now.asked)
    if before.quorum is not None and now.quorum is not None and before.quorum.device and now.quorum.device:
        if before.quorum.device_alive and not now.quorum.device_alive:
            yield _log("60110", now.asked)
        if now.quorum.device_alive and not before.quorum.device_alive:
            yield _log("60111", now.asked)
    if before.dc and now.dc and before.dc != now.dc:
        yield _log("60112", now.dc, node=now.dc)


def _links(before: ClusterStatus, now: ClusterStatus) -> Iterator[ev.NodeLogged]:
    if before.asked != now.asked:
        return
    known = {(one.node, one.number): one.connected for one in before.links}
    for link in now.links:
        if known.get((link.node, link.number), link.connected) is not link.connected:
            yield _log("60109" if link.connected else "60108", now.asked, node=link.node, address=link.address)


def _members(before: ClusterStatus, now: ClusterStatus) -> Iterator[ev.NodeLogged]:
    """Of a part with quorum alone: a node that is cut off takes all others for lost."""
    if not (before.have_quorum and now.have_quorum):
        return
    for node in now.nodes:
        known = before.node(node.name)
        if known is None:
            continue
        was, is_now = known.online and not known.unclean, node.online and not node.unclean
        if node.unclean and not known.unclean:
            yield _log("60102", now.dc or now.asked, node=node.name)
        elif was and not is_now and not node.unclean:
            yield _log("60101", now.dc or now.asked, node=node.name)
        elif is_now and not was:
            yield _log("60100", now.dc or now.asked, node=node.name)


def _fencing(before: ClusterStatus, now: ClusterStatus) -> Iterator[ev.NodeLogged]:
    pending = {one.target for one in before.fencing if one.status is FencingStatus.PENDING}
    known = {(one.target, one.action, one.status, one.completed) for one in before.fencing}
    writer = now.dc or now.asked
    for one in reversed(now.fencing):
        if one.status is FencingStatus.PENDING:
            if one.target not in pending:
                yield _log("60103", writer, node=one.target, action=one.action)
        elif (one.target, one.action, one.status, one.completed) in known:
            continue
        elif one.status is FencingStatus.SUCCESS:
            yield _log("60104", writer, node=one.target, action=one.action, by=one.device or _UNKNOWN)
        else:
            yield _log("60105", writer, node=one.target, action=one.action, text=_sentence(one.reason))


def _operations(before: ClusterStatus, now: ClusterStatus) -> Iterator[ev.NodeLogged]:
    known = {_key(one) for one in before.operations if not one.pending}
    ids = {one.id: one.parameters.get("name") or one.id for one in now.resources}
    found = {_key(one): one for one in now.operations if not one.pending and _key(one) not in known}
    for one in sorted(found.values(), key=lambda one: (one.changed, one.call)):
        name = ids.get(one.resource, one.resource)
        if one.code == _DEGRADED:
            yield _log("60115", one.node, resource=name, text=_sentence(one.reason))
        elif is_failure(one):
            if one.name == "monitor" and one.code == _NOT_RUNNING:
                yield _log("60114", one.node, resource=name)
            else:
                yield _log("60113", one.node, resource=name, operation=one.name, text=_sentence(one.reason))
        elif one.code == 0 and one.name in ("start", "stop"):
            yield _log("60118" if one.name == "start" else "60119", one.node, resource=name)


def _key(operation: OperationStatus) -> tuple[str, str, str, int, int]:
    """One run of an operation; the last failure is kept beside the last run of its kind."""
    return operation.resource, operation.node, operation.name, operation.call, operation.code


def _blocked(before: ClusterStatus, now: ClusterStatus) -> Iterator[ev.NodeLogged]:
    for resource in now.resources:
        known = before.resource(resource.id)
        if known is not None and known.blocked is not resource.blocked:
            name = resource.parameters.get("name") or resource.id
            yield _log("60116" if resource.blocked else "60117", now.dc or now.asked, resource=name)


def _sentence(reason: str) -> str:
    return f"{reason.rstrip('.')}." if reason.strip() else ""
