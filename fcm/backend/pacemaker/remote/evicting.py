"""Evict: a node is taken out of the cluster, which keeps running; the hosts file is left to its owner."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.forming.site import Site, nothing_told
from fcm.backend.pacemaker.impact import status_of
from fcm.backend.pacemaker.remote import shells
from fcm.backend.pacemaker.remote.recent_commands import RecordingShell
from fcm.model import events as ev
from fcm.model.rules.verdict import OK, Verdict

if TYPE_CHECKING:
    from fcm.backend.pacemaker.context import Context
    from fcm.model import commands as cmd


def evict_node(context: Context, command: cmd.EvictNode) -> Verdict:
    """Take a node out; blocks. What an earlier run began goes on.

    Raises:
        SentenceError: it may not be evicted, or a step failed; what was done stands.
    """
    status_of(context)
    hosts = context.file

    ways = {name: RecordingShell(shell, context.recent_commands) for name, shell in shells.shells_of(hosts).items()}
    with closing(Site(hosts, ways, shells.witness_shell(hosts))) as site:
        site.carry_out(site.evict_steps(site.read_setup(), command.node), nothing_told).require()
    context.tell(
        ev.BackendReported(
            "information",
            f"{command.node} is no longer a node of the cluster.",
            f"Remove its [[node]] from {hosts.path}, then open the cluster again. To add the node again, run Create a "
            "Cluster on Hosts.",
        )
    )
    return OK
