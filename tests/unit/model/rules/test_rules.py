"""What holds for the rules of all commands, and rules that need more than an entry in `refused`."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import (
    GIB,
    NodeState,
    QuorumMode,
)
from fcm.model.events import Entry, NodeEvicted
from fcm.model.rules.allowed import allowed
from fcm.model.rules.cluster import may_enable_shared_volumes
from fcm.model.state import State, apply
from tests.unit.model.changed import (
    machine,
    with_cluster,
    with_machine,
    with_node,
)
from tests.unit.model.refused.case import (
    enabled,
    moving,
    with_volume,
)


def test_the_closed_unions_name_every_command_and_every_event() -> None:
    # By name: a dataclass with slots leaves the class behind from which it was made.
    for named, base in ((cmd.COMMAND_TYPES, cmd.BaseCommand), (ev.EVENT_TYPES.values(), ev.BaseEvent)):
        assert {kind.__name__ for kind in named} == {kind.__name__ for kind in base.__subclasses__()}


def test_a_command_without_a_rule_is_a_fault_of_the_program_and_no_refusal(state: State) -> None:
    with pytest.raises(AssertionError):
        allowed(object(), state)  # type: ignore[arg-type]


def test_only_an_object_that_is_gone_is_refused_as_such(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*_: object) -> None:
        raise KeyError("a slip in a rule")

    assert "node9 is no longer in this cluster" in allowed(cmd.PauseNode("node9"), state).reason
    monkeypatch.setattr("fcm.model.rules.nodes.pause_node", faulty)
    with pytest.raises(KeyError):
        allowed(cmd.PauseNode("node1"), state)


def test_without_a_cluster_everything_is_refused() -> None:
    assert "No cluster is open" in allowed(cmd.ValidateCluster(), State()).reason


def test_what_is_gone_is_refused_instead_of_failing(state: State) -> None:
    verdict = allowed(cmd.SetDiskOnline("gone", online=True), state)
    assert verdict.reason == "gone is no longer in this cluster."
    assert verdict.remedy


def test_enabling_can_be_offered_before_its_notice_is_read(state: State) -> None:
    assert may_enable_shared_volumes(state)
    assert not may_enable_shared_volumes(enabled(state))


def test_a_busy_node_refuses_nothing_because_the_request_waits(state: State) -> None:
    assert allowed(cmd.LiveMigrate(machine(state, "SQL01").id, "node2"), moving(state, "WEB01"))


def test_a_node_that_is_down_can_be_evicted_whatever_it_owned(state: State) -> None:
    dead = with_node(with_volume(state), "node2", state=NodeState.DOWN)
    volumes = {key: replace(item, owner="node2") for key, item in dead.shared_volumes.items()}
    dead = replace(dead, shared_volumes=MappingProxyType(volumes))
    assert any(one.is_highly_available for one in dead.machines_on("node2"))
    assert allowed(cmd.EvictNode("node2"), dead)


def test_a_machine_that_is_not_clustered_does_not_keep_its_node_in_the_cluster(state: State) -> None:
    changed = state
    for item in state.machines_on("node3"):
        changed = with_machine(changed, item.name, node="node1")
    local = next(one.name for one in state.machines.values() if not one.is_highly_available and one.disk is None)
    changed = with_machine(changed, local, node="node3")
    assert allowed(cmd.EvictNode("node3"), changed)
    after, _ = apply(changed, Entry(changed.sequence + 1, 1.0, NodeEvicted("node3")))
    assert after.machine_named(local) is None


def test_everything_that_keeps_a_node_in_the_cluster_is_told_at_once(state: State) -> None:
    volume = with_volume(moving(state, "WEB01"))
    volumes = {key: replace(item, owner="node2") for key, item in volume.shared_volumes.items()}
    verdict = allowed(cmd.EvictNode("node2"), replace(volume, shared_volumes=MappingProxyType(volumes)))
    for words in ("node2 owns ", "coordinator of a shared volume", "takes part in a live migration"):
        assert words in verdict.reason
    assert "Move the volume to another node first." in verdict.remedy
    assert "Move or delete what it owns first." in verdict.remedy


def test_a_live_migration_is_refused_with_all_that_stands_against_it(state: State) -> None:
    changed = with_machine(with_node(state, "node2", memory=GIB), "WEB01", media="C:\\iso\\setup.iso")
    verdict = allowed(cmd.LiveMigrate(machine(changed, "WEB01").id, "node2"), changed)
    assert "of free memory" in verdict.reason
    assert "setup.iso" in verdict.reason
    assert "DVD drive" in verdict.remedy


def test_a_machine_on_a_node_that_is_down_is_not_migrated_live(state: State) -> None:
    down = with_node(state, "node1", state=NodeState.DOWN)
    verdict = allowed(cmd.LiveMigrate(machine(down, "WEB01").id, "node2"), down)
    assert verdict.reason == "node1, the owner of WEB01, is down."


def test_a_node_without_machines_and_volumes_can_be_evicted(state: State) -> None:
    changed = state
    for item in state.machines_on("node3"):
        changed = with_machine(changed, item.name, node="node1")
    assert allowed(cmd.EvictNode("node3"), changed)
    volume = with_volume(changed)
    volumes = {key: replace(item, owner="node3") for key, item in volume.shared_volumes.items()}
    refused = allowed(cmd.EvictNode("node3"), replace(volume, shared_volumes=MappingProxyType(volumes)))
    assert "coordinator of a shared volume" in refused.reason


def test_an_evicted_node_takes_its_vote_along_a_stopped_one_does_not(state: State) -> None:
    two = evicted_from(with_cluster(state, quorum_mode=QuorumMode.NODE_MAJORITY, witness=None), "node3")
    empty = two
    for item in two.machines_on("node2"):
        empty = with_machine(empty, item.name, node="node1")
    assert allowed(cmd.EvictNode("node2"), empty), "of one node that is left, one is the majority"
    refused = allowed(cmd.StopClusterService("node2"), empty)
    assert refused.reason.startswith("Without node2 only 1 of 2 needed votes are left")


def evicted_from(state: State, node: str) -> State:
    """The cluster after a node that is down was evicted."""
    down = with_node(state, node, state=NodeState.DOWN)
    for item in down.machines_on(node):
        down = with_machine(down, item.name, node="node1")
    assert allowed(cmd.EvictNode(node), down)
    return apply(down, Entry(down.sequence + 1, 1.0, NodeEvicted(node)))[0]
