"""What can be done with a cluster that does not run: start it, play its failures, and use what is not clustered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.rules.verdict import OK, Verdict, no

if TYPE_CHECKING:
    from fcm.model.state import State

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
    cluster = state.cluster
    assert cluster is not None
    if not (cluster.stopped or cluster.stopping) or isinstance(command, _ALWAYS):
        return OK
    machine = state.machines.get(getattr(command, "machine", None) or "")
    if machine is not None and not machine.is_highly_available:
        return OK  # Hyper-V runs it without the cluster
    if cluster.stopping:
        return no(f"{cluster.name} is being shut down.", "Start it again when it is down.")
    return no(f"{cluster.name} is not running.", "Start it with Start Cluster, or force its start on a node.")
