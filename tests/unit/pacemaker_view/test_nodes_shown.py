"""Nodes: Up, Paused, Joining, Down, and how it stands with fencing."""

from __future__ import annotations

from dataclasses import replace

from fcm.backend.pacemaker.status import FencingStatus
from fcm.model.entities import FencingState, NodeState
from fcm.model.state import State
from tests.unit.pacemaker_reading.recorded import status
from tests.unit.pacemaker_view.shown import NAMES, Window


def test_members_are_up() -> None:
    window = Window("adopted")
    assert {window.node(name).state for name in NAMES} == {NodeState.UP}
    assert {window.node(name).note for name in NAMES} == {""}
    assert window.node("node1").memory == 2**33


def test_a_node_in_standby_is_paused_and_says_standby() -> None:
    node = Window("standby").node("node3")
    assert (node.state, node.paused, node.standby) == (NodeState.PAUSED, True, True)
    assert node.note.startswith("Standby")


def test_a_node_in_maintenance_is_paused_without_standby() -> None:
    node = Window("maintenance").node("node3")
    assert (node.state, node.paused, node.standby) == (NodeState.PAUSED, True, False)
    assert "do not fail over" in node.note


def test_a_node_that_is_drained_by_single_moves_is_paused() -> None:
    seen = status("adopted")
    drained = tuple(
        replace(one, attributes={**one.attributes, "fcm-draining": "1"}) if one.name == "node2" else one
        for one in seen.nodes
    )
    window = Window()
    window.show(replace(seen, nodes=drained))
    node = window.node("node2")
    assert (node.state, node.paused, node.standby, node.note) == (NodeState.PAUSED, True, False, "It is being drained.")


def test_maintenance_of_the_whole_cluster_pauses_all_nodes() -> None:
    seen = status("adopted")
    window = Window()
    window.show(replace(seen, properties={**seen.properties, "maintenance-mode": "true"}))
    assert {window.node(name).state for name in NAMES} == {NodeState.PAUSED}


def test_a_node_that_resumes_is_no_longer_paused() -> None:
    window = Window("standby")
    window.show(status("adopted"))
    node = window.node("node3")
    assert (node.state, node.paused, node.standby, node.note) == (NodeState.UP, False, False, "")


def test_a_node_that_starts_pacemaker_is_joining() -> None:
    seen = status("adopted")
    window = Window()
    window.show(replace(seen, nodes=(replace(seen.nodes[0], pending=True), *seen.nodes[1:])))
    assert window.node("node1").state is NodeState.JOINING


def test_a_node_that_leaves_says_that_its_machines_go_first() -> None:
    node = Window("node-leaving").node("node3")
    assert node.note == "It is leaving the cluster: its machines are moved away first."


def test_a_lost_node_needs_fencing_although_it_is_still_listed_as_online() -> None:
    node = Window("unclean").node("node1")
    assert (node.state, node.fencing) == (NodeState.DOWN, FencingState.NEEDED)
    assert node.note == "node1 is lost. It must be fenced before its machines start elsewhere."


def test_a_node_that_is_being_fenced_says_so() -> None:
    node = Window("fencing-pending").node("node1")
    assert (node.state, node.fencing) == (NodeState.DOWN, FencingState.RUNNING)
    assert node.note == "node1 is lost and is being fenced."


def test_fencing_that_failed_asks_to_confirm_although_another_attempt_is_in_progress() -> None:
    node = Window("fencing-failed").node("node1")
    assert node.fencing is FencingState.FAILED
    assert node.note.startswith("Waiting: node1 could not be fenced (Fencing did not complete")
    assert node.note.endswith("Confirm that it is off. Another attempt is in progress.")


def test_attempts_that_failed_at_an_earlier_loss_are_not_counted() -> None:
    window = Window("adopted")
    old = status("fencing-failed")
    window.show(replace(old, clock=max(one.completed for one in old.fencing) + 100.0))
    assert window.node("node1").fencing is FencingState.RUNNING


def test_a_lost_node_without_fencing_says_that_fencing_is_off() -> None:
    seen = status("unclean")
    window = Window()
    window.show(replace(seen, properties={**seen.properties, "stonith-enabled": "false"}))
    node = window.node("node1")
    assert node.fencing is FencingState.NEEDED
    assert "fencing is turned off" in node.note


def test_a_fenced_node_is_down_and_clean_with_the_time_of_its_fencing() -> None:
    node = Window("failed-over").node("node1")
    assert (node.state, node.fencing) == (NodeState.DOWN, FencingState.NONE)
    assert "It was fenced last at" in node.note


def test_a_node_that_was_switched_off_in_order_is_not_said_to_be_fenced() -> None:
    seen = status("failed-over")
    window = Window()
    window.show(replace(seen, fencing=()))
    assert window.node("node1").note == "It is off, or Pacemaker is not running on it."
    failed = replace(seen.fencing[0], status=FencingStatus.FAILED)
    window.show(replace(seen, fencing=(failed,)))
    assert "fenced" not in window.node("node1").note


def test_a_node_without_quorum_is_joining_and_says_the_votes() -> None:
    window = Window("quorum-lost")
    node = window.node("node1")
    assert (node.state, node.note) == (NodeState.JOINING, "No quorum: 1 of 5 votes, 3 needed.")
    assert window.node("node2").fencing is FencingState.NEEDED
    assert window.node("node2").note == "node2 is lost. It is not fenced, because node1 has no quorum."


def test_a_member_whose_libvirt_is_silent_is_up_with_that_reason() -> None:
    window = Window("adopted")
    window.show(status("adopted"), silent={"node2": "libvirtd does not respond."})
    assert (window.node("node2").state, window.node("node2").note) == (NodeState.UP, "libvirtd does not respond.")


def test_a_host_that_the_cluster_does_not_know_is_down_with_that_reason() -> None:
    seen = status("adopted")
    window = Window()
    window.show(replace(seen, nodes=seen.nodes[:2]))
    assert window.node("node3").state is NodeState.DOWN
    assert "not a node of the cluster" in window.node("node3").note
    assert window.node("node3").weight == 0, "nobody counts its vote"
    window.show(seen)
    assert window.node("node3").weight == 1


def test_before_the_first_answer_nothing_changes() -> None:
    window = Window()
    window.show(None, silent=dict.fromkeys(NAMES, "x"))
    assert {window.node(name).note for name in NAMES} == {"Connecting ..."}


def test_without_any_answer_each_node_says_its_own_reason() -> None:
    window = Window("adopted")
    window.show(None, reasons=dict.fromkeys(NAMES, "Pacemaker does not run on it. Corosync does."), is_cluster=False)
    assert {window.node(name).state for name in NAMES} == {NodeState.DOWN}
    assert {window.node(name).note for name in NAMES} == {"Pacemaker does not run on it. Corosync does."}
    assert window.state.cluster is not None
    assert window.state.cluster.stopped == "Pacemaker does not run on any node."


def test_votes_of_nodes_are_those_of_corosync() -> None:
    seen = status("adopted")
    assert seen.quorum is not None
    window = Window()
    window.show(replace(seen, quorum=replace(seen.quorum, votes={"node1": 3, "node2": 1})))
    assert [window.node(name).weight for name in NAMES] == [3, 1, 1]


def test_the_same_answer_again_changes_nothing() -> None:
    for name in ("adopted", "blocked", "fencing-failed", "quorum-lost", "failed-over", "configured", "stopped"):
        window = Window(name)
        assert isinstance(window.state, State)
        assert window.show(status(name)) == []
