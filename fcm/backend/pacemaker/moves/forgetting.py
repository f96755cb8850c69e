"""The failure of a machine that runs is forgotten without touching it.

``crm_resource --cleanup`` must never be used for this: it deletes the history of the node that failed alone, and an
older "migrate_to" of another node then reads as half a migration, for which Pacemaker restarts the machine (seen with
2.1.5: a canceled migration back to the node from which the machine had come). So the machine is taken out of
Pacemaker's hands, its whole history is deleted, all nodes are probed, and only if it is found where it runs and the
scheduler would leave it there, it is managed again.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.impact import OrderError
from fcm.backend.pacemaker.mapping import MOVING, uuid_of
from fcm.backend.pacemaker.moves.options import end_lines
from fcm.backend.pacemaker.rehearsal.changes import Lines
from fcm.backend.pacemaker.rehearsal.scheduler import ActionKind, ask_scheduler
from fcm.backend.pacemaker.remote import lines
from fcm.mistakes import SentenceError

if TYPE_CHECKING:
    from fcm.backend.pacemaker.context import Context
    from fcm.backend.pacemaker.status import ClusterStatus, ResourceStatus

REPORTS_LIMIT = 20.0
"""s in which libvirt of all nodes must have said what runs there."""
LIMIT = lines.WAIT + 30.0
"""s that the commands for one machine may take."""


class BlockedError(SentenceError):
    """A blocked machine cannot be cleared; the message says why."""


def clear_blocked(context: Context, resource: ResourceStatus) -> None:
    """Forget the failure of a machine that runs on one node alone, so that Pacemaker watches it again; blocks.

    Raises:
        BlockedError: it is not known to run exactly once, so that Pacemaker could do harm; or it is not clear
            afterwards.
        NodeUnreachableError: nobody answers for the cluster.
    """
    copies = running_copies(context, uuid_of(resource))
    if len(copies) > 1:
        text = f"{resource.id} is running on {' and '.join(copies)} at the same time."
        raise BlockedError(f"{text} Turn off the one that must not continue, on its host (virsh destroy).")
    forget(context, resource.id, copies[0] if copies else "")


def forget(context: Context, resource: str, node: str) -> None:
    """Forget everything that Pacemaker remembers of a machine, and let it look anew; blocks.

    Args:
        context: the cluster.
        resource: id of the resource.
        node: where the machine runs, and nowhere else; "": it is off everywhere.

    Raises:
        BlockedError: Pacemaker does not find it there; it stays out of Pacemaker's hands.
        NodeUnreachableError: nobody answers for the cluster.
        OrderError: the machine is still not managed afterwards.
    """
    begin = [
        lines.set_meta(resource, MOVING, node or "-"),  # a mark, in case that this is not brought to its end
        lines.set_meta(resource, "is-managed", "false"),
        lines.clear(resource),
        lines.refresh(resource),
        f"{lines.wait()} || :",
    ]
    answer = context.shell().run(lines.script(begin), limit=LIMIT)
    if answer.code:
        raise BlockedError(f"{resource} was not cleared: {_last(answer.errors)}.")
    wanted = (node,) if node else ()

    def is_found(status: ClusterStatus) -> bool:
        found = status.resource(resource)
        pending = any(op.resource == resource and op.pending for op in status.operations)
        return found is not None and not pending and not found.failed and found.nodes == wanted and not found.managed

    if not context.wait_for(is_found, LIMIT):
        where = f"only on {node}" if node else "off"
        raise BlockedError(f"Pacemaker did not find {resource} {where}, so it stays unmanaged.")
    manage = lines.delete_meta(resource, "is-managed")
    action = ask_scheduler(context.shell(), (Lines(manage),)).action_of(resource)
    if action is not None and node and action.kind is not ActionKind.MIGRATE:  # such as on a node in standby
        raise BlockedError(f"Pacemaker would {action.kind} {resource} at once, so it stays unmanaged.")
    answer = context.shell().run("\n".join([f"{manage} || exit 1", *end_lines(resource)]), limit=LIMIT)
    if answer.code:
        raise BlockedError(f"{resource} could not be managed again: {_last(answer.errors)}.")

    def is_managed(status: ClusterStatus) -> bool:
        found = status.resource(resource)
        return found is None or (found.managed and not found.blocked)

    if not context.wait_for(is_managed, LIMIT) and not context.closing.is_set():
        raise OrderError(f"{resource} is still not managed. See pacemaker.log on its node.")


def running_copies(context: Context, machine: str) -> tuple[str, ...]:
    """Nodes on which libvirt says that a machine runs; waits until libvirt of all nodes that are up has answered.

    Raises:
        BlockedError: one of them does not respond.
    """
    asked = time.monotonic()
    end = asked + REPORTS_LIMIT
    while True:
        status = context.status
        with context.hosts.lock:
            reports = dict(context.hosts.reports)
        members = {node.name for node in status.nodes if node.online} if status is not None else set(reports)
        fresh = {name for name, report in reports.items() if report.began >= asked}
        if members and members <= fresh:
            break
        if time.monotonic() > end or context.closing.wait(0.1):
            silent = ", ".join(sorted(members - fresh)) or "the nodes"
            raise BlockedError(f"libvirtd of {silent} does not respond, so it is not known what runs there.")
    return tuple(
        name
        for name, report in reports.items()
        if any(
            one.machine.id == machine and one.machine.state.holds_memory and not one.arriving for one in report.machines
        )
    )


def _last(errors: str) -> str:
    found = errors.strip().splitlines()
    return found[-1].rstrip(".") if found else "no reason was given"
