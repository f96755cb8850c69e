"""A cluster that is shut down, started, and forced to start, from PowerShell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import NodeState
from fcm.model.failures import FaultKind
from fcm.workspace.quorum_board import what_is_missing

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


def states(desk: ShellDesk) -> set[NodeState]:
    return {node.state for node in desk.state.nodes.values()}


def lose(desk: ShellDesk, *nodes: str) -> None:
    """These nodes lose their power, and the others notice it."""
    for node in nodes:
        verdict = desk.workspace.submit(cmd.InjectFault(FaultKind.POWER_OFF, node)).verdict
        assert verdict
    desk.must("Start-Sleep 90")


def test_a_cluster_that_was_shut_down_starts_again(desk: ShellDesk) -> None:
    desk.must("Stop-Cluster -Force")
    assert states(desk) == {NodeState.DOWN}
    assert what_is_missing(desk.state).startswith("contoso is stopped. The cluster was shut down.")
    desk.must("Start-Cluster contoso -Wait 60")
    assert NodeState.UP in states(desk)
    desk.must("Start-Sleep 60")
    assert states(desk) == {NodeState.UP}
    assert what_is_missing(desk.state) == ""


def test_a_shutdown_is_not_waited_for_where_wait_is_zero(desk: ShellDesk) -> None:
    desk.must("Stop-Cluster -Wait 0")
    assert states(desk) == {NodeState.UP}
    assert desk.must("Stop-Cluster -WhatIf") != []


def test_a_cluster_without_quorum_refuses_settings_and_is_forced_to_start(desk: ShellDesk) -> None:
    lose(desk, "node2", "node3")
    assert "2 of 4 votes, 3 needed" in what_is_missing(desk.state)
    assert "contoso is not running." in desk.run("Set-ClusterQuorum -NodeMajority").text()
    assert "has no power" in desk.run("Start-ClusterNode node2 -FixQuorum").text()
    desk.must("Start-ClusterNode node1 -FixQuorum; Start-Sleep 30")
    assert desk.state.nodes["node1"].state is NodeState.UP
    cluster = desk.state.cluster
    assert cluster is not None
    assert cluster.forced


def test_a_forced_start_ends_by_itself_once_there_is_a_majority(desk: ShellDesk) -> None:
    lose(desk, "node2", "node3")
    desk.must("Start-ClusterNode node1 -fq; Start-Sleep 30")
    for fault in tuple(desk.state.faults):
        assert desk.workspace.submit(cmd.RepairFault(fault)).verdict
    desk.must("Start-Sleep 240")
    cluster = desk.state.cluster
    assert cluster is not None
    assert (states(desk), cluster.forced, cluster.stopped) == ({NodeState.UP}, False, "")


def test_a_name_of_another_cluster_is_refused(desk: ShellDesk) -> None:
    assert "fabrikam" in desk.run("Stop-Cluster fabrikam").text()
    assert states(desk) == {NodeState.UP}
