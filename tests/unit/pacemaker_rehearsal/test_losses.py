"""If a node fails now, asked of the scheduler of Pacemaker for each node."""

from __future__ import annotations

from dataclasses import replace

from fcm.model import events as ev
from fcm.model.entities import NodeState
from fcm.workspace.planning.losses import predicted_losses
from tests.ui.pacemaker_by_hand import Scheduler, cluster, node, opened


def test_each_node_tells_what_would_find_no_place() -> None:
    workspace, backend = opened()
    backend.scheduler = Scheduler({"--node-fail node3": "node-fails", "--node-fail": "machine-fails"})
    found = predicted_losses(workspace, workspace.state, lambda: True)
    assert found["node3"] == ("warn", "files could not start elsewhere")
    assert found["node1"][0] == "warn", "what the answer does not start elsewhere stays down"
    workspace.close()


def test_a_node_without_which_there_is_no_quorum_stops_the_cluster() -> None:
    workspace, backend = opened(ev.ClusterConfigured(cluster(witness_online=False), "quorum"))
    backend.tell(ev.NodeChanged(node("node1", state=NodeState.DOWN)))
    workspace.drain(60)
    found = predicted_losses(workspace, workspace.state, lambda: True)
    assert found["node1"] == ("info", "Is down")
    assert found["node3"] == ("fail", "The cluster stops: 1 of 3 needed votes would be left")
    workspace.close()


def test_a_node_on_which_nothing_runs_can_fail() -> None:
    workspace, backend = opened()
    backend.scheduler = Scheduler({"--node-fail": "nothing"})
    empty = replace(workspace.state.nodes["node1"], name="node4")
    state = replace(workspace.state, nodes={"node4": empty})
    backend.tell(ev.NodeChanged(empty))
    workspace.drain(60)
    assert predicted_losses(workspace, state, lambda: True) == {
        "node4": ("pass", "Every service and application can start on another node")
    }
    workspace.close()


def test_why_the_scheduler_does_not_answer_is_told_and_it_can_be_ended() -> None:
    workspace, backend = opened()
    backend.status = None
    found = predicted_losses(workspace, workspace.state, lambda: True)
    assert {level for level, _ in found.values()} == {"info"}
    assert "is unknown" in found["node1"][1]
    assert predicted_losses(workspace, workspace.state, lambda: False) == {}
    workspace.close()
