"""Rules at their bounds: exactly as much as is allowed, and one more or less."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import MIB, ClusterVersion, DiskUse, NodeState, QuorumMode, ResourceState, SharedVolume
from fcm.model.failures import FaultKind
from fcm.model.migrations import MigrationOptions
from fcm.model.rules.allowed import allowed
from fcm.model.rules.dependencies import is_met
from fcm.model.rules.failing.filling import PAUSED_BELOW, has_room
from fcm.model.rules.moving.bandwidth import limit_holds
from fcm.model.rules.roles import first_owner
from fcm.model.rules.verdict import MOST_REASONS, no, together
from tests.unit.model.changed import (
    disk,
    group,
    machine,
    network,
    resource,
    with_cluster,
    with_disk,
    with_machine,
    with_node,
    with_object,
)

if TYPE_CHECKING:
    from fcm.model.state import State


@pytest.mark.parametrize(
    ("version", "elsewhere", "free", "room"),
    [
        (ClusterVersion.V2008_R2, False, PAUSED_BELOW, True),
        (ClusterVersion.V2008_R2, False, PAUSED_BELOW - 1, False),
        (ClusterVersion.V2008_R2, True, 1, True),
        (ClusterVersion.V2008_R2, True, 0, False),
        (ClusterVersion.V2016, False, 0, True),
    ],
)
def test_a_disk_has_room_above_200_mb_on_its_coordinator_and_above_nothing_elsewhere(
    state: State, version: ClusterVersion, elsewhere: bool, free: int, room: bool
) -> None:
    volume = disk(state, "Cluster Disk 2")
    changed = with_disk(with_cluster(state, version=version), volume.name, use=DiskUse.SHARED_VOLUME)
    changed = with_disk(changed, volume.name, used=volume.size - free)
    shared = SharedVolume(volume.id, "Volume", "Volume1", "node3" if elsewhere else "node1")
    changed = replace(changed, shared_volumes=MappingProxyType({volume.id: shared}))
    changed = with_machine(changed, "WEB01", disk=volume.id, node="node1")
    assert disk(changed, volume.name).free == free
    assert has_room(changed, machine(changed, "WEB01")) is room


@pytest.mark.parametrize(("count", "more"), [(MOST_REASONS, ""), (MOST_REASONS + 1, "There are 1 more reasons.")])
def test_twelve_reasons_are_told_and_of_more_how_many_there_are(count: int, more: str) -> None:
    verdict = together(no(f"Reason {number}.", f"Remedy {number}.") for number in range(count))
    assert f"Reason {MOST_REASONS - 1}." in verdict.reason
    assert f"Reason {MOST_REASONS}." not in verdict.reason
    assert ("more reasons" in verdict.reason) is bool(more)
    assert verdict.reason.endswith(more)
    assert verdict.remedy.endswith(f"Remedy {MOST_REASONS - 1}.")


@pytest.mark.parametrize(("users", "more"), [(3, False), (4, True)])
def test_of_the_machines_with_files_on_a_witness_three_are_named(state: State, users: int, more: bool) -> None:
    free = disk(state, "Cluster Disk 2").id
    changed = state
    for name in ("DC01", "LEGACY01", "SQL01", "WEB01")[:users]:
        changed = with_machine(changed, name, disk=free)
    refused = allowed(cmd.SetQuorum(QuorumMode.NODE_AND_DISK_MAJORITY, free), changed)
    assert "holds files of " in refused.reason
    assert ("and 1 more" in refused.reason) is more


def test_of_a_name_with_a_forbidden_character_what_can_be_shown_is_shown(state: State) -> None:
    refused = allowed(cmd.ConfigureGroup(group(state, "WEB01").id, name="a\tb|c"), state)
    assert 'The name "a b|c" has a character that file names cannot have.' in refused.reason


def test_a_switch_fails_only_where_a_node_has_an_adapter_on_its_network(state: State) -> None:
    used = network(state, "Cluster Network 3").id
    switch_down = cmd.InjectFault(FaultKind.SWITCH_DOWN, used)
    assert allowed(switch_down, state)
    others = {key: one for key, one in state.adapters.items() if one.network != used}
    refused = allowed(switch_down, replace(state, adapters=type(state.adapters)(others)))
    assert refused.reason == "No node has an adapter on Cluster Network 3."


@pytest.mark.parametrize(
    ("bandwidth", "connections", "holds"),
    [(None, 1, True), (0, 1, True), (1, 0, True), (1, 256, True), (1, 255, False), (1, 1, False), (2 * MIB, 1, True)],
)
def test_what_is_no_limit_and_no_number_of_connections_is_refused_elsewhere(
    state: State, bandwidth: int | None, connections: int, holds: bool
) -> None:
    node = replace(state.nodes["node1"], version="QEMU 7.2.0")
    options = MigrationOptions(bandwidth=bandwidth, parallel_connections=connections)
    assert bool(limit_holds(options, node)) is holds


def test_a_role_without_disks_starts_where_the_fewest_groups_are_on_a_node_that_is_up(state: State) -> None:
    counts = {name: sum(one.owner == name for one in state.groups.values()) for name in state.nodes}
    least = min(counts, key=lambda name: counts[name])
    assert first_owner(state) == least
    others = with_node(state, least, state=NodeState.PAUSED)
    assert first_owner(others) == min((name for name in counts if name != least), key=lambda name: counts[name])
    none = others
    for name in state.nodes:
        none = with_node(none, name, state=NodeState.DOWN)
    assert first_owner(none) is None


def test_all_that_a_resource_depends_on_and_one_of_each_alternative_has_to_be_online(state: State) -> None:
    address, name = resource(state, "Cluster IP Address"), resource(state, "Cluster Name")
    assert is_met(state, name)
    off = with_object(state, "resources", address.id, state=ResourceState.OFFLINE)
    assert not is_met(off, replace(name, depends_on=(address.id,), alternatives=()))
    assert not is_met(state, replace(name, depends_on=("gone",), alternatives=()))
    other = resource(state, "Cluster Disk 2").id
    either = replace(name, depends_on=(), alternatives=((address.id, other),))
    assert is_met(off, either)
    assert not is_met(off, replace(either, alternatives=((address.id, other), (address.id,))))


def test_a_disk_that_no_node_reaches_stays_offline_and_without_members_nobody_can_say(state: State) -> None:
    volume = disk(state, "Cluster Disk 2")
    off = with_disk(state, volume.name, state=ResourceState.OFFLINE, use=DiskUse.SHARED_VOLUME)
    command = cmd.SetDiskOnline(volume.id, online=True)
    assert allowed(command, off)
    unseen = with_disk(off, volume.name, visible_to=())
    assert "No node has a path to" in allowed(command, unseen).reason
    seen = with_disk(off, volume.name, visible_to=("node2",))
    assert allowed(command, seen)
