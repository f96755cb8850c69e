"""The cluster service of a node, that is Pacemaker, the client of the witness, and Corosync: ended and started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.pacemaker.forming import services
from fcm.backend.pacemaker.forming.corosync_conf import PATH
from fcm.backend.pacemaker.impact import OrderError, leaving, status_of
from fcm.model.rules.verdict import OK, Verdict, no

if TYPE_CHECKING:
    from fcm.backend.pacemaker.context import Context
    from fcm.backend.pacemaker.status import ClusterStatus
    from fcm.model import commands as cmd

STOP_LIMIT = 150.0
"""s; Pacemaker moves the machines of the node away first."""
START_LIMIT = 90.0
"""s."""
MEMBER_LIMIT = 90.0
"""s in which a node must be a member, or none any more; a DC is elected in 8 to 25 s (measured under load)."""


def stop_cluster_service(context: Context, command: cmd.StopClusterService) -> Verdict:
    """Take a node out of the running cluster: what it runs is live migrated away first; blocks.

    Raises:
        OrderError: a service of the node did not end.
    """
    node = command.node
    status = status_of(context)
    verdict = keeps_quorum(status, node)
    if verdict:
        verdict = leaving(context, node, f"the end of the cluster service on {node}")
    if not verdict:
        return verdict
    shell = context.shell_of(node)
    # While Pacemaker ends it answers nothing, so another node is asked.
    for script in (services.STOP_PACEMAKER, services.STOP_DEVICE, services.STOP_COROSYNC):
        answer = shell.run(script, limit=STOP_LIMIT)
        if answer.code:
            raise OrderError(f"The cluster service on {node} did not end: {_said(answer.errors)}")
    context.wait_for(lambda now: not _is_online(now, node), MEMBER_LIMIT)
    return OK


def start_cluster_service(context: Context, command: cmd.StartClusterService) -> Verdict:
    """Bring a node that is down back into the cluster; blocks.

    Raises:
        OrderError: a service of the node did not start.
    """
    node = command.node
    if command.fix_quorum:
        return no(
            "Corosync has no Force Cluster Start: nodes that start without a majority would have to be sure that the "
            "others are off.",
            "Start more nodes, or confirm that the lost ones are off.",
        )
    shell = context.shell_of(node)
    device = f"if grep -q '^ *device *{{' {PATH}; then ( {services.start_device()} ); fi"
    for script in (services.start_corosync(), device, services.start_pacemaker()):
        answer = shell.run(script, limit=START_LIMIT)
        if answer.code:
            raise OrderError(f"The cluster service on {node} did not start: {_said(answer.errors)}")
    if not context.wait_for(lambda now: _is_online(now, node), MEMBER_LIMIT) and not context.closing.is_set():
        return no(f"{node} has started, but is not a member of the cluster yet.", "Check its networks.")
    return OK


def keeps_quorum(status: ClusterStatus, node: str) -> Verdict:
    """Whether the others keep quorum when a node leaves; without it all machines are stopped."""
    quorum = status.quorum
    if quorum is None:
        return no("It is not known how many votes the cluster has.", "Wait until Corosync answers.")
    left = quorum.total - quorum.votes.get(node, 1)
    if left < quorum.needed:
        return no(
            f"Without {node}, the cluster would have {left} of the {quorum.needed} votes that it needs, and "
            "would stop all machines.",
            "Start more nodes first.",
        )
    return OK


def _is_online(status: ClusterStatus, node: str) -> bool:
    found = status.node(node)
    return found is not None and found.online


def _said(errors: str) -> str:
    found = errors.strip().splitlines()
    return (found[-1] if found else "no reason was given.").removeprefix("fcm: ")
