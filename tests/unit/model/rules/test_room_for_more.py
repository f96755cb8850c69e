"""Where another node, another address and another group still find room, and who makes way."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import ClusterVersion, MachineState, QuorumMode
from fcm.model.migrations import MigrationOptions
from fcm.model.rules.allowed import allowed
from fcm.model.rules.failing.faults import groups_that_hear
from fcm.model.rules.failing.placement import n_plus_one, victims
from fcm.model.rules.new_node import free_address
from fcm.model.validation import servers
from fcm.model.validation.validate import CLUSTER
from tests.unit.model.changed import group, machine, network, with_cluster, with_machine, with_network, with_object

if TYPE_CHECKING:
    from fcm.model.state import State


def with_group(state: State, name: str, **changes: object) -> State:
    return with_object(state, "groups", group(state, name).id, **changes)


def test_a_network_without_a_free_address_takes_no_further_node(state: State) -> None:
    name = "Cluster Network 1"
    assert allowed(cmd.AddNode("node9"), state)
    full = with_network(state, name, subnet="10.0.1.0/28")
    assert free_address(network(full, name), full) != ""
    adapter = next(one for one in full.adapters.values() if one.network == network(full, name).id)
    others = {
        f"x{last}": replace(adapter, id=f"x{last}", node="elsewhere", address=f"10.0.1.{last}")
        for last in range(11, 15)
    }
    full = replace(full, adapters=MappingProxyType({**full.adapters, **others}))
    assert free_address(network(full, name), full) == ""
    verdict = allowed(cmd.AddNode("node9"), full)
    assert verdict.reason == f"The subnet 10.0.1.0/28 of {name} has no free address."


def test_the_last_address_of_a_subnet_is_that_of_all_in_it_and_is_never_given_to_a_node(state: State) -> None:
    name = "Cluster Network 1"
    small = with_network(state, name, subnet="10.7.0.0/28", gateway=None)
    adapter = next(one for one in small.adapters.values() if one.network == network(small, name).id)
    given = []
    while address := free_address(network(small, name), small):
        given.append(address)
        other = replace(adapter, id=address, node="elsewhere", address=address)
        small = replace(small, adapters=MappingProxyType({**small.adapters, address: other}))
    assert given == [f"10.7.0.{last}" for last in (11, 12, 13, 14)]


def test_tests_of_the_cluster_configuration_need_a_cluster(state: State) -> None:
    assert {test.category for test in servers.tests_of(state)} >= {CLUSTER}
    without = servers.tests_of(replace(state, cluster=None))
    assert without
    assert CLUSTER not in {test.category for test in without}


@pytest.mark.parametrize(("limit", "taken"), [(1.0, True), (30 * 86_400.0, True), (0.9, False), (2_592_001.0, False)])
def test_a_time_limit_is_between_a_second_and_30_days(state: State, limit: float, taken: bool) -> None:
    options = MigrationOptions(time_limit=limit)
    assert bool(allowed(cmd.SetMigrationOptions(options), state)) is taken


def test_all_nodes_that_hear_each_other_are_one_set(state: State) -> None:
    assert groups_that_hear(state, state.nodes) == (frozenset(state.nodes),)
    assert groups_that_hear(state, list(state.nodes)[:1]) == (frozenset(list(state.nodes)[:1]),)
    assert groups_that_hear(state, ()) == ()


def _with_priorities(state: State) -> State:
    state = with_cluster(state, version=ClusterVersion.V2012)
    for number, one in enumerate(state.machines.values()):
        if one.group is not None:
            state = with_object(state, "groups", one.group, priority=(1000, 2000, 3000)[number % 3])
    return state


def test_nobody_makes_way_where_there_is_just_enough_room_and_one_does_where_a_byte_is_missing(state: State) -> None:
    state = _with_priorities(state)
    first = machine(state, "WEB01")
    state = with_group(state, first.name, priority=3000)
    others = [one for one in state.machines_on(first.node) if one.id != first.id and one.group is not None]
    for one in others:
        state = with_machine(state, one.name, state=MachineState.RUNNING)
        state = with_object(state, "groups", one.group or "", priority=1000)
    state = with_machine(state, first.name, state=MachineState.OFF)
    asking = group(state, first.name)
    free = state.free_memory(first.node)
    assert victims(state, asking, replace(first, memory=free)) == ()
    if others:
        found = victims(state, asking, replace(first, memory=free + 1))
        assert found is not None
        assert len(found) == 1
    assert victims(state, asking, replace(first, memory=1 << 50)) is None


def test_what_one_group_takes_is_not_there_for_the_next_and_groups_are_spread(state: State) -> None:
    assert n_plus_one(state, "node1") == ()
    for one in state.machines_on("node1"):
        state = with_machine(state, one.name, memory=1 << 50)
    names = [one.name for one in state.machines_on("node1") if one.group is not None and one.state.holds_memory]
    found = n_plus_one(state, "node1")
    assert sorted(found) == sorted(f"No node has enough memory for {name}" for name in names)


def test_a_quorum_mode_is_judged_with_its_new_witness_online(state: State) -> None:
    two = dict(list(state.nodes.items())[:2])
    small = replace(state, nodes=MappingProxyType(two))
    share = cmd.SetQuorum(QuorumMode.NODE_AND_FILE_SHARE_MAJORITY, "\\\\files\\witness")
    assert allowed(share, small)
    assert allowed(share, with_cluster(small, witness_online=False))
