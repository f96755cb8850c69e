"""Nodes paused, emptied and resumed.

*Pause* is Pacemaker's maintenance of a node: what runs there stays and is not watched. *Drain* is fcm's own order of
single live migrations, and standby at the end: standby alone moves in Pacemaker's order, and STOPS what finds no room
(crm_simulate), so it is rehearsed first and set only on an empty node.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.impact import leaving, order, status_of
from fcm.backend.pacemaker.mapping import DRAINING
from fcm.backend.pacemaker.remote import lines
from fcm.backend.pacemaker.remote.shells import NodeUnreachableError
from fcm.mistakes import SentenceError
from fcm.model import events as ev
from fcm.model.rules.moving.drains import active_drain, drain_migrations
from fcm.model.rules.verdict import OK, Verdict, no, some
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from fcm.backend.pacemaker.context import Context
    from fcm.backend.pacemaker.status import ClusterStatus
    from fcm.model import commands as cmd

LOOK_EVERY = 0.5
"""s between two looks whether a drain is over."""
SHOWN_LIMIT = 15.0
"""s in which the state must show that a node is no longer paused."""
STANDBY_LIMIT = 60.0
"""s in which a node must be in standby."""


def pause_node(context: Context, command: cmd.PauseNode) -> Verdict:
    """Keep what the node owns, start and watch nothing there (maintenance); blocks."""
    status_of(context)
    order(context, [lines.set_node(command.node, "maintenance", "true")])
    context.wait_for(lambda status: _is(status, command.node, "maintenance"), STANDBY_LIMIT)
    return OK


def drain_node(context: Context, command: cmd.DrainNode) -> Verdict:
    """Ask the scheduler whether all finds a place, then let the order book move one after the other; blocks shortly."""
    node = command.node
    found = status_of(context).node(node)
    if found is not None and found.maintenance:
        return no(f"{node} is paused, so Pacemaker moves nothing there.", "Resume it, then drain it.")
    verdict = leaving(context, node, f"the drain of {node}")
    if not verdict:
        return verdict
    order(context, [lines.set_node(node, DRAINING, "1")])
    with context.hosts.lock:
        context.runs.book.drain(command)
    watch(context, node)
    return OK


def resume_node(context: Context, command: cmd.ResumeNode) -> Verdict:
    """End pause, drain and standby of a node; with failback, move back what its last drain took away. Blocks."""
    node = command.node
    status_of(context)
    with context.pausing:
        order(
            context,
            [lines.end_standby(node), lines.delete_node(node, "maintenance"), lines.delete_node(node, DRAINING)],
        )
    context.wait_for(lambda status: not _is_paused(status, node), STANDBY_LIMIT)
    waited = 0.0
    while context.state.nodes[node].paused and waited < SHOWN_LIMIT and not context.closing.wait(0.1):
        waited += 0.1
    with context.hosts.lock:
        context.runs.book.resume(command)
    return OK


def pause(context: Context, node: str) -> None:
    """Of the order book, when a drain begins: the mark in the cluster is set already. Under the lock."""


def resume(context: Context, command: cmd.ResumeNode) -> None:
    """Of the order book: done before it is asked, see ``resume_node``. Under the lock."""


def watch(context: Context, node: str) -> None:
    """Put a node in standby once its drain is over and it is empty; returns at once."""
    threading.Thread(target=_watch, args=(context, node), name=f"drain-{node}", daemon=True).start()


def _watch(context: Context, node: str) -> None:
    drain = active_drain(context.state, node)
    while active_drain(context.state, node) is not None:
        if context.closing.wait(LOOK_EVERY):
            return
    try:
        _end(context, node, drain.id if drain is not None else "")
    except (NodeUnreachableError, SentenceError) as error:
        text = f"{node} could not be put in standby after its drain: {error}"
        context.tell(ev.BackendReported("warning", text, "Drain it again, or resume it."))


def _end(context: Context, node: str, drain: str) -> None:
    moves = drain_migrations(context.state, drain) if drain else {}
    failed = [one for one in moves.values() if one.phase is not Phase.COMPLETED]
    if failed:
        them = some(tuple(one.name or one.machine for one in failed), 12)
        reason = f" {failed[0].reason}" if failed[0].reason else ""
        text = f"Drain failed: {them} is still on {node}, which stays paused.{reason}"
        context.tell(ev.BackendReported("warning", text, "Drain it again, or resume it."))
        return
    status = status_of(context)
    found = status.node(node)
    if found is None or DRAINING not in found.attributes:
        return  # resumed meanwhile
    staying = [one.id for one in status.machines if node in one.nodes]
    if staying:
        text = f"{some(tuple(staying), 12)} was left on {node}, which is paused, but not in standby."
        context.tell(ev.BackendReported("information", text))
        return
    verdict = leaving(context, node, f"the drain of {node}")
    if not verdict:
        context.tell(ev.BackendReported("warning", verdict.reason, verdict.remedy))
        return
    # Resumed while the scheduler was asked: the mark is gone, though the newest status may still have it.
    still = lines.only_while(node, DRAINING, "1")
    with context.pausing:
        order(context, [still, lines.standby(node), lines.delete_node(node, DRAINING)])


def _is(status: ClusterStatus, node: str, what: str) -> bool:
    found = status.node(node)
    return found is not None and bool(getattr(found, what))


def _is_paused(status: ClusterStatus, node: str) -> bool:
    found = status.node(node)
    return found is not None and (found.standby or found.maintenance or DRAINING in found.attributes)
