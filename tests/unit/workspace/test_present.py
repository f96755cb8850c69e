"""How a cluster is, in one line."""

from __future__ import annotations

from dataclasses import replace

from fcm.model.failures import FaultKind
from fcm.model.state import State
from fcm.workspace.present import present_words
from tests.unit.embedded.desk import Desk


def test_the_line_counts_what_is_there_and_what_is_not_as_it_should_be() -> None:
    desk = Desk()
    state = desk.state
    running = sum(machine.state.holds_memory for machine in state.machines.values())
    assert present_words(state) == (
        f"3 nodes, {len(state.machines)} virtual machines ({running} running), Cluster Shared Volumes not enabled"
    )
    desk.close()


def test_nodes_that_are_not_up_are_counted() -> None:
    desk = Desk()
    assert desk.inject(FaultKind.POWER_OFF, "node3")
    desk.backend.advance(120.0)
    desk.workspace.drain(60.0)
    assert present_words(desk.state).startswith("3 nodes (1 not up), ")
    desk.close()


def test_a_cluster_that_has_stopped_says_so_first() -> None:
    desk = Desk()
    cluster = desk.state.cluster
    assert cluster is not None
    stopped = replace(desk.state, cluster=replace(cluster, stopped="No quorum."))
    assert present_words(stopped).startswith("No quorum. 3 nodes")
    desk.close()


def test_of_no_cluster_there_is_nothing_to_say() -> None:
    assert present_words(State()) == ""
