"""What would come of a change of the cluster, asked before it is made: nothing that runs may be stopped by the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.pacemaker.mapping import uuid_of
from fcm.backend.pacemaker.rehearsal.changes import Lines, NodeLeaves
from fcm.backend.pacemaker.rehearsal.scheduler import ask_scheduler, restarted_by, stopped_by
from fcm.backend.pacemaker.remote import lines
from fcm.mistakes import SentenceError
from fcm.model.rules.verdict import OK, Verdict, no, some
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from fcm.backend.pacemaker.context import Context
    from fcm.backend.pacemaker.rehearsal.scheduler import Plan
    from fcm.backend.pacemaker.status import ClusterStatus, ResourceStatus

ORDER_LIMIT = 30.0
"""s that the command lines of one change may take."""


_CHANGING = frozenset({"migrate_to", "migrate_from", "start", "stop"})
"""Operations by which a machine begins or ends to run on a node."""


class OrderError(SentenceError):
    """Pacemaker did not take an order; the message says what it said."""


def status_of(context: Context) -> ClusterStatus:
    """The newest status of a cluster that can be changed.

    Raises:
        OrderError: nobody answers for the cluster, or it has no quorum.
    """
    status = context.status
    if status is None:
        raise OrderError("No node of the cluster responds. Wait until one does.")
    if not status.have_quorum:
        raise OrderError("The cluster has no quorum, so its configuration cannot be changed. Start more nodes.")
    return status


def order(context: Context, commands: Sequence[str]) -> None:
    """Carry command lines out on the node that answers for the cluster, the first that fails ends it; blocks.

    Raises:
        OrderError: one of them failed.
        NodeUnreachableError: nobody answers for the cluster.
    """
    if not commands:
        return
    answer = context.shell().run(lines.script(commands), limit=ORDER_LIMIT)
    if answer.code:
        said = (answer.errors.strip().splitlines() or ["it gave no reason"])[-1].rstrip(".")
        raise OrderError(f"Pacemaker rejected the change: {said}.")


def change(context: Context, commands: Sequence[str], what: str, meant: Collection[str] = ()) -> Verdict:
    """Ask the scheduler about command lines, and carry them out if nothing that runs would be stopped; blocks.

    Args:
        context: the cluster.
        commands: that change its configuration.
        what: the change, such as "the priority of web".
        meant: resources that are to stop.

    Raises:
        OrderError, SchedulerError, NodeUnreachableError: it could not be asked or done.
    """
    if not commands:
        return OK
    status_of(context)
    verdict = harmless(ask_scheduler(context.shell(), (Lines(lines.script(commands)),)), what, meant)
    if verdict:
        order(context, [lines.at_once(commands)])
    return verdict


def at_rest(context: Context, status: ClusterStatus, resource: ResourceStatus, name: str) -> Verdict:
    """Whether a machine stays where it is: Pacemaker restarts one whose destination changes on its way (seen)."""
    migration = context.state.active_migration(uuid_of(resource))
    moves = migration is not None and migration.phase is not Phase.WAITING
    pending = (op.name for op in status.operations if op.resource == resource.id and op.pending)
    if moves or resource.role == "Migrating" or not _CHANGING.isdisjoint(pending):
        return no(
            f"{name} is being moved, started or stopped, and Pacemaker would restart it if this changed meanwhile.",
            "Wait until that has finished.",
        )
    return OK


def harmless(plan: Plan, what: str, meant: Collection[str] = ()) -> Verdict:
    """Whether all that runs runs on, apart from live migrations; see ``change``."""
    stopped = [one for one in stopped_by(plan) if one.resource not in meant]
    if stopped:
        them = some(tuple(f"{one.resource} on {one.node} ({one.reason.rstrip('.')})" for one in stopped), 8)
        return no(f"Pacemaker would stop {them} because of {what}.", "Make room first, or shut these machines down.")
    restarted = [one.resource for one in restarted_by(plan) if one.resource not in meant]
    if restarted:
        return no(
            f"Pacemaker would restart {some(tuple(restarted), 12)} because of {what}.",
            # Pacemaker knows which parameters may change only of what it has started or migrated itself (seen).
            "Live migrate it once, or shut it down first.",
        )
    return OK


def leaving(context: Context, node: str, what: str) -> Verdict:
    """Whether all that runs on a node finds a place when it is left; blocks."""
    status_of(context)
    return harmless(ask_scheduler(context.shell(), (NodeLeaves(node),)), what)
