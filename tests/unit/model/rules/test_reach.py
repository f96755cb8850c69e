"""Who hears whose heartbeats, by the failures that are simulated."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fcm.backend.embedded import find_cluster_file
from fcm.backend.embedded.cluster_file.reading import load
from fcm.model import events as ev
from fcm.model.failures import Fault, FaultKind, ServiceProcess
from fcm.model.rules.failing.faults import groups_that_hear, has_any_link, reach, service_exists, service_runs
from fcm.model.state import State, apply
from fcm.model.structures.tables import table

ALL = ("node1", "node2", "node3")


@pytest.fixture
def state() -> State:
    """Three nodes on three networks with role 1 or 3, and one with role 0."""
    found, _ = apply(State(), ev.Entry(1, 1.0, load(find_cluster_file("contoso"))))
    return found


def failed(state: State, *faults: tuple[FaultKind, str]) -> State:
    for number, (kind, target) in enumerate(faults):
        fault = Fault(f"fault-{number}-{target}", kind, target, 1.0)
        state = replace(state, faults=table(state.faults).with_one(fault.id, fault))
    return state


def without_cables(state: State, node: str, *networks: str) -> State:
    adapters = [one for one in state.adapters.values() if one.node == node]
    wanted = [one.id for one in adapters if not networks or state.networks[one.network].name in networks]
    return failed(state, *((FaultKind.UNPLUG_CABLE, adapter) for adapter in wanted))


def test_all_hear_one_another_while_nothing_fails(state: State) -> None:
    assert groups_that_hear(state, ALL) == (frozenset(ALL),)


@pytest.mark.parametrize("kind", [FaultKind.POWER_OFF, FaultKind.BUGCHECK, FaultKind.HANG, FaultKind.SERVICE_CRASH])
def test_a_node_that_does_not_run_is_in_no_group(state: State, kind: FaultKind) -> None:
    assert groups_that_hear(failed(state, (kind, "node2")), ALL) == (frozenset({"node1", "node3"}),)


def test_a_frozen_service_exists_and_does_not_run(state: State) -> None:
    frozen = failed(state, (FaultKind.HANG, "node2"))
    assert service_exists(frozen, "node2")
    assert not service_runs(frozen, "node2")


def test_a_service_that_ended_unnoticed_does_not_exist_and_one_that_was_dropped_does(state: State) -> None:
    gone = replace(state.nodes["node2"], process=ServiceProcess(gone=1.0))
    cut_off = replace(state.nodes["node2"], process=ServiceProcess(cut_off=1.0))
    assert not service_exists(replace(state, nodes=table(state.nodes).with_one("node2", gone)), "node2")
    assert service_exists(replace(state, nodes=table(state.nodes).with_one("node2", cut_off)), "node2")


def test_an_isolated_node_is_a_group_of_its_own(state: State) -> None:
    cut = failed(state, (FaultKind.ISOLATE, "node3"))
    assert groups_that_hear(cut, ALL) == (frozenset({"node1", "node2"}), frozenset({"node3"}))


def test_the_last_network_is_told_though_with_role_0_it_carries_no_heartbeats(state: State) -> None:
    three = without_cables(state, "node3", "Cluster Network 1", "Cluster Network 2", "Cluster Network 3")
    found = reach(three)
    assert not found.hears("node1", "node3")
    assert not has_any_link(three, "node3")
    last = found.last_resort("node1", "node3")
    assert last is not None
    assert three.networks[last].name == "Cluster Network 4"
    assert found.last_resort("node1", "node2") is None


def test_a_node_without_cables_has_no_link_and_one_behind_a_dead_switch_has(state: State) -> None:
    assert not has_any_link(without_cables(state, "node3"), "node3")
    dark = failed(state, *((FaultKind.SWITCH_DOWN, network) for network in state.networks))
    assert has_any_link(dark, "node3")
    assert groups_that_hear(dark, ALL) == tuple(frozenset({name}) for name in ALL)


def test_of_a_chain_only_the_larger_part_is_a_group(state: State) -> None:
    chain = without_cables(state, "node1", "Cluster Network 1", "Cluster Network 2", "Cluster Network 4")
    chain = without_cables(chain, "node3", "Cluster Network 3", "Cluster Network 4")
    assert groups_that_hear(chain, ALL) == (frozenset({"node1", "node2"}), frozenset({"node3"}))
