"""What an earlier session of fcm left: preferences of moves, blocked machines, flags, half adoptions. It is cleaned up.

Nothing else is needed to go on after fcm was killed: the marks are in the cluster itself, so that any fcm on any
computer finds them. A machine that an administrator moves or blocks by hand bears no mark; of those only machines that
a failed live migration has blocked are cleared, because nobody restarts a blocked machine when it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.pacemaker.adoption.adopting import go_on
from fcm.backend.pacemaker.drains import watch
from fcm.backend.pacemaker.mapping import ADOPTING, DRAINING, MOVING, RELEASING, uuid_of
from fcm.backend.pacemaker.moves.attempts import cancel_attribute
from fcm.backend.pacemaker.moves.forgetting import clear_blocked
from fcm.backend.pacemaker.moves.options import end_lines
from fcm.backend.pacemaker.remote import lines
from fcm.backend.pacemaker.remote.shells import NodeUnreachableError
from fcm.mistakes import SentenceError
from fcm.model import events as ev
from fcm.model.rules.moving.drains import active_drain

if TYPE_CHECKING:
    from fcm.backend.pacemaker.context import Context
    from fcm.backend.pacemaker.status import ClusterStatus, ResourceStatus

BEGIN_LIMIT = 5.0
"""s in which Pacemaker begins what was ordered right before fcm was killed."""
LIMIT = 60.0
"""s that the commands for one machine may take."""


def put_right(context: Context, status: ClusterStatus, only: frozenset[str] | None = None) -> frozenset[str]:
    """Put right what an earlier session of fcm left behind, and say so; blocks, after the first status with quorum.

    Args:
        context: the cluster.
        status: how it is.
        only: the resources to look at; None: all, and the nodes.

    Returns:
        The resources with which something is under way: they must be looked at again. Commands that an fcm had begun
        before it was killed come to their end in the cluster.
    """
    busy: set[str] = set()
    for resource in status.machines:
        if only is not None and resource.id not in only:
            continue
        if is_busy(context, status, resource):
            busy.add(resource.id)
            continue
        if _is_about_to_move(context, resource):
            busy.add(resource.id)
            continue
        try:
            _put_right(context, status, resource)
        except (NodeUnreachableError, SentenceError) as error:
            text = f"What an earlier session of fcm left of {resource.id} could not be cleaned up: {error}"
            context.tell(ev.BackendReported("warning", text, "Use Clear and keep running if it is blocked."))
    if only is None:
        _end_drains(context, status)
    return frozenset(busy)


def _end_drains(context: Context, status: ClusterStatus) -> None:
    for node in status.nodes:
        if DRAINING in node.attributes and active_drain(context.state, node.name) is not None:
            watch(context, node.name)
        elif DRAINING in node.attributes:
            context.shell().run(lines.delete_node(node.name, DRAINING), limit=LIMIT)
            text = (
                f"{node.name} was left paused by a drain that an earlier session of fcm did not finish. It is up again."
            )
            context.tell(ev.BackendReported("information", text, "Drain it again if it is to be empty."))


def is_busy(context: Context, status: ClusterStatus, resource: ResourceStatus) -> bool:
    """Whether something is under way with a machine, here or in the cluster."""
    if context.state.active_migration(uuid_of(resource)) is not None:
        return True
    return bool(resource.pending) or any(op.resource == resource.id and op.pending for op in status.operations)


def _is_about_to_move(context: Context, resource: ResourceStatus) -> bool:
    """Whether Pacemaker begins a move that an fcm ordered right before it was killed; blocks if one was ordered.

    What was set for it must not be taken back then: Pacemaker restarts a machine whose destination changes on its way.
    """
    if resource.meta.get(MOVING) in (None, *resource.nodes) or resource.blocked or not resource.managed:
        return False

    def begins(status: ClusterStatus) -> bool:
        known = status.resource(resource.id)
        return known is None or is_busy(context, status, known)

    return context.wait_for(begins, BEGIN_LIMIT)


def _put_right(context: Context, status: ClusterStatus, resource: ResourceStatus) -> None:
    if resource.orphaned:  # released, but its history is still there
        context.shell().run(lines.refresh(resource.id), limit=LIMIT)
        text = f"{resource.id} was removed from the cluster by an earlier session of fcm. Its history was removed too."
        context.tell(ev.BackendReported("information", text))
        return
    if ADOPTING in resource.meta or RELEASING in resource.meta:
        context.tell(ev.BackendReported("information", go_on(context, resource)))
        return
    is_blocked = is_blocked_by_move(status, resource)
    if MOVING in resource.meta and not is_blocked and resource.managed:
        context.shell().run("\n".join(end_lines(resource.id)), limit=LIMIT)
        text = f"A preference for {resource.meta[MOVING]}, left by an earlier move of {resource.id}, was removed."
        context.tell(ev.BackendReported("information", text))
    flags = status.moves.get(cancel_attribute(resource.id), {})
    for node, flag in flags.items():
        if flag == "1":
            script = lines.set_private(node, cancel_attribute(resource.id), "0")
            context.shell().run(script, limit=LIMIT)
    if is_blocked or (MOVING in resource.meta and not resource.managed):
        clear_blocked(context, resource)
        text = (
            f"{resource.id} was blocked by a failed live migration. It keeps running, and Pacemaker monitors it again."
        )
        context.tell(ev.BackendReported("information", text))


def is_blocked_by_move(status: ClusterStatus, resource: ResourceStatus) -> bool:
    """Whether a live migration that failed is why Pacemaker keeps its hands off a machine."""
    failures = (op for op in status.operations if op.resource == resource.id and not op.pending and op.code != 0)
    return resource.blocked and any(op.name in ("migrate_to", "migrate_from") for op in failures)
