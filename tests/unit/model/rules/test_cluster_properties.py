"""Which properties a cluster of each version has, and which values they take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import ClusterVersion, NodeState
from fcm.model.rules.allowed import allowed
from tests.unit.model.changed import with_cluster, with_node, with_object

if TYPE_CHECKING:
    from fcm.model.state import State

V2012, V2012_R2, V2016 = ClusterVersion.V2012, ClusterVersion.V2012_R2, ClusterVersion.V2016


def refusal(state: State, version: ClusterVersion = ClusterVersion.V2008_R2, **values: Any) -> str:
    return allowed(cmd.ConfigureCluster(**values), with_cluster(state, version=version)).sentence()


def test_heartbeats_can_be_set_in_every_version(state: State) -> None:
    for version in ClusterVersion:
        assert not refusal(state, version, same_subnet_delay=2000, same_subnet_threshold=10)


@pytest.mark.parametrize("values", [{"same_subnet_delay": 249}, {"same_subnet_delay": 2001}])
def test_a_delay_outside_its_limits_is_refused_with_them(state: State, values: dict[str, int]) -> None:
    assert "Enter 250 to 2000 milliseconds." in refusal(state, **values)


def test_a_long_threshold_requires_2012_r2(state: State) -> None:
    assert refusal(state, V2012, same_subnet_threshold=20) == (
        "SameSubnetThreshold cannot be 20. Enter 3 to 10 heartbeats."
    )
    assert not refusal(state, V2012_R2, same_subnet_threshold=20)


@pytest.mark.parametrize(
    ("values", "since"),
    [
        ({"dynamic_quorum": False}, V2012),
        ({"lower_quorum_priority_node": "node2"}, V2012_R2),
        ({"resiliency_level": 1}, V2016),
        ({"resiliency_period": 60}, V2016),
        ({"quarantine_threshold": 5}, V2016),
        ({"quarantine_duration": 4294967295}, V2016),
    ],
)
def test_a_property_is_refused_before_the_version_that_brought_it(
    state: State, values: dict[str, Any], since: ClusterVersion
) -> None:
    for version in ClusterVersion:
        said = refusal(state, version, **values)
        assert bool(said) is not version.at_least(since)
        assert not said or f"requires Windows Server {since}" in said


def test_every_value_that_is_wrong_is_named(state: State) -> None:
    said = refusal(state, V2016, resiliency_level=3, quarantine_threshold=0, lower_quorum_priority_node="nobody")
    assert "ResiliencyLevel cannot be 3." in said
    assert "QuarantineThreshold cannot be 0." in said
    assert "There is no node 'nobody'." in said


def test_node_weight_of_2008_r2_requires_an_update(state: State) -> None:
    assert "KB2494036" in allowed(cmd.ConfigureNode("node3", 0), state).sentence()
    for name in state.nodes:
        state = with_node(state, name, updates=("KB2494036",))
    assert allowed(cmd.ConfigureNode("node3", 0), state)


def test_votes_of_corosync_need_no_update_of_windows(state: State) -> None:
    assert allowed(cmd.ConfigureNode("node3", 0), with_cluster(state, engine="Pacemaker 2.1.5"))


def test_a_vote_without_which_the_cluster_would_stop_cannot_be_taken(state: State) -> None:
    two = with_node(with_cluster(state, version=V2012, dynamic_quorum=False), "node3", state=NodeState.DOWN)
    two = with_node(two, "node2", state=NodeState.DOWN, weight=0)
    assert "lose quorum" in allowed(cmd.ConfigureNode("node1", 0), two).sentence()


@pytest.mark.parametrize("weight", [-1, 2])
def test_a_weight_is_zero_or_one(state: State, weight: int) -> None:
    changed = with_cluster(state, version=V2012)
    assert "Enter 1 for a vote, or 0 for none." in allowed(cmd.ConfigureNode("node1", weight), changed).sentence()


def test_a_start_is_forced_only_while_the_cluster_does_not_run(state: State) -> None:
    down = with_node(state, "node1", state=NodeState.DOWN)
    force = cmd.StartClusterService("node1", fix_quorum=True)
    assert "The cluster is running." in allowed(force, down).sentence()
    assert allowed(force, with_cluster(down, stopped="no quorum"))
    unknown = state
    for name in state.nodes:
        unknown = with_node(unknown, name, state=NodeState.DOWN)
    assert "It is not known yet whether the cluster is running." in allowed(force, unknown).sentence()
    waits = with_node(with_cluster(state, stopped="no quorum"), "node1", state=NodeState.JOINING)
    assert allowed(force, waits)
    assert not allowed(cmd.StartClusterService("node1"), waits)


def test_a_node_cannot_be_forced_and_prevented_at_once(state: State) -> None:
    down = with_node(with_cluster(state, version=V2012, stopped="no quorum"), "node1", state=NodeState.DOWN)
    assert not allowed(cmd.StartClusterService("node1", fix_quorum=True, prevent_quorum=True), down)


def test_a_start_that_only_joins_requires_2012(state: State) -> None:
    down = with_node(state, "node1", state=NodeState.DOWN)
    command = cmd.StartClusterService("node1", prevent_quorum=True)
    assert "requires Windows Server 2012" in allowed(command, down).sentence()
    assert allowed(command, with_cluster(down, version=V2012))


def test_a_quarantined_node_starts_only_when_its_quarantine_is_cleared(state: State) -> None:
    kept = with_node(with_cluster(state, version=V2016), "node1", state=NodeState.QUARANTINED)
    assert "is quarantined" in allowed(cmd.StartClusterService("node1"), kept).sentence()
    assert allowed(cmd.StartClusterService("node1", clear_quarantine=True), kept)


def test_a_cluster_is_started_while_a_node_is_down_and_stopped_while_it_runs(state: State) -> None:
    assert not allowed(cmd.StartCluster(), state)
    assert allowed(cmd.StartCluster(), with_node(state, "node2", state=NodeState.DOWN))
    assert allowed(cmd.StopCluster(), state)
    assert "already stopped" in allowed(cmd.StopCluster(), with_cluster(state, stopped="by the user")).sentence()


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [
        ("same_subnet_delay", 250, 2000),
        ("same_subnet_threshold", 3, 120),
        ("dynamic_quorum", 0, 1),
        ("resiliency_level", 1, 2),
        ("resiliency_period", 0, 86_400),
        ("quarantine_threshold", 1, 100),
    ],
)
def test_a_property_takes_the_values_that_windows_takes_and_no_others(
    state: State, field: str, least: int, most: int
) -> None:
    newest = tuple(ClusterVersion)[-1]
    for value in (least, most):
        assert refusal(state, newest, **{field: value}) == ""
    for value in (least - 1, most + 1):
        assert f"cannot be {value}" in refusal(state, newest, **{field: value})


def test_before_2012_r2_at_most_10_heartbeats_may_be_missed(state: State) -> None:
    assert refusal(state, V2012, same_subnet_threshold=10) == ""
    assert "cannot be 11" in refusal(state, V2012, same_subnet_threshold=11)


@pytest.mark.parametrize(
    ("priority", "taken"), [(3000, 1), (2000, 1), (1000, 1), (0, 1), (1999, 0), (2001, 0), (500, 0)]
)
def test_a_priority_is_one_of_the_four_of_windows(state: State, priority: int, taken: bool) -> None:
    group = next(one for one in state.groups.values() if not one.is_core)
    later = with_cluster(with_object(state, "groups", group.id, priority=-1), version=V2012)
    assert bool(allowed(cmd.ConfigureGroup(group.id, priority=priority), later)) is bool(taken)
