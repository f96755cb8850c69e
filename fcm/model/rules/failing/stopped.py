"""What can be done with a cluster that does not run: start it, play its failures, and use what is not clustered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.rules.verdict import OK, Verdict, no

if TYPE_CHECKING:
    from fcm.model.state import State

TURN_ON = "Check that the nodes are on and that this computer can reach them."
"""What helps where no node responds."""

_ALWAYS = (
    cmd.ValidateCluster,
    cmd.StartCluster,
    cmd.StopCluster,
    cmd.StartClusterService,
    cmd.StopClusterService,
    cmd.ShutDownNode,
    cmd.InjectFault,
    cmd.RepairFault,
    cmd.CancelMigration,
    cmd.CancelMigrations,
)


def runs(command: cmd.Command, state: State) -> Verdict:
    """Whether the cluster runs, where the command needs it."""
    return runs_for(type(command), state, getattr(command, "machine", None))


def runs_for(kind: type[cmd.Command], state: State, machine: str | None = None) -> Verdict:
    """Whether the cluster runs, where commands of a kind need it.

    Args:
        kind: of command.
        state: the cluster.
        machine: id of the virtual machine that it is for; Hyper-V runs one that is not clustered without the cluster.
    """
    cluster = state.cluster
    if cluster is None or not (cluster.stopped or cluster.stopping) or kind in _ALWAYS:
        return OK
    found = state.machines.get(machine or "")
    if found is not None and not found.is_highly_available:
        return OK
    if not cluster.responds:
        return no(f"No node of {cluster.name} responds, so it is not known how it is.", TURN_ON)
    if cluster.stopping:
        return no(f"{cluster.name} is being shut down.", "Start it again when it is down.")
    return no(f"{cluster.name} is not running.", "Start it with Start Cluster, or force its start on a node.")
