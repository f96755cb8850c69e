"""What is so where nobody chose otherwise: the defaults of Windows Server 2008 R2, and what outlasts a session."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, get_args

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import (
    AdapterState,
    DiskUse,
    Group,
    GroupType,
    OfflineAction,
    QuorumMode,
    Resource,
    ResourceState,
    ResourceType,
    RestartPolicy,
    SharedVolume,
    StartAction,
    VolumeAccess,
)
from fcm.model.migrations import MigrationOptions
from fcm.model.rules.allowed import allowed
from fcm.model.rules.new_node import free_name
from fcm.model.rules.verdict import for_all, no, some
from fcm.model.validation.validate import validate
from tests.unit.model.changed import disk, network, with_cluster, with_disk, with_machine, with_network, with_object

if TYPE_CHECKING:
    from fcm.model.state import State


def test_a_resource_is_restarted_once_in_15_minutes_then_fails_over_and_begins_again_after_an_hour() -> None:
    assert RestartPolicy() == RestartPolicy(
        restart=True, period=900, maximum_restarts=1, failover=True, retry_after=3600, pending_timeout=180
    )


def test_a_group_starts_by_itself_counts_failures_over_six_hours_and_does_not_fail_back() -> None:
    group = Group("id", "WEB01", GroupType.VIRTUAL_MACHINE, "node1", ResourceState.ONLINE)
    assert (group.auto_start, group.persistent, group.failback) == (True, False, False)
    assert (group.maximum_failures, group.failover_period, group.failback_window) == (None, 6, None)


def test_a_machine_is_saved_when_its_resource_goes_offline_and_watched_by_its_heartbeat() -> None:
    resource = Resource("id", "VM", ResourceType.VIRTUAL_MACHINE, "group", ResourceState.ONLINE, ())
    assert (resource.offline_action, resource.heartbeat) == (OfflineAction.SAVE, True)


def test_a_new_machine_has_one_processor_and_a_disk_of_20_gib_and_is_not_started() -> None:
    new = cmd.CreateVirtualMachine("NEW", "node1", 512 << 20, None)
    assert (new.processors, new.disk_size, new.start) == (1, 20 << 30, False)
    assert (new.start_action, new.processor_compatibility) == (StartAction.START_IF_RUNNING, False)


def test_a_migration_has_no_option_of_its_own_over_one_connection() -> None:
    plain = MigrationOptions()
    assert not any((plain.auto_converge, plain.post_copy, plain.xbzrle, plain.tls))
    assert (plain.parallel_connections, plain.downtime_limit, plain.bandwidth, plain.time_limit) == (
        1,
        None,
        None,
        None,
    )


def test_progress_refusals_and_reports_of_the_backend_are_not_part_of_the_history_and_all_else_is() -> None:
    passing = {kind.__name__ for kind in get_args(ev.Event) if kind.transient}
    assert passing == {"MigrationProgressed", "CommandRefused", "BackendReported"}


@pytest.mark.parametrize(
    ("count", "words"), [(0, ""), (1, "A"), (3, "A, B, C"), (4, "A, B, C and 1 more"), (5, "A, B, C and 2 more")]
)
def test_of_many_names_the_first_are_told_and_how_many_more_there_are(count: int, words: str) -> None:
    assert some("ABCDE"[:count], 3) == words


def test_of_the_machines_that_keep_a_disk_from_becoming_a_volume_three_are_named(state: State) -> None:
    state = with_cluster(state, shared_volumes_enabled=True)
    free = disk(state, "Cluster Disk 2").id
    names = ["DC01", "LEGACY01", "SQL01", "WEB01"]
    for name in names:
        state = with_machine(state, name, disk=free)
    assert "and 1 more" in allowed(cmd.AddStorage((free,)), state).reason


def test_an_obstacle_that_many_nodes_share_is_told_once_with_twelve_of_their_names() -> None:
    refused = [(f"n{number:02}", "memory", no(f"n{number:02} lacks memory.")) for number in range(14)]
    assert for_all(refused).reason.endswith("n11, n12 and 1 more.")
    assert for_all(refused[:13]).reason.endswith("n11, n12.")


def test_a_new_node_gets_the_first_number_that_is_free(state: State) -> None:
    def named(*names: str) -> str:
        nodes = {name: replace(state.nodes["node1"], name=name) for name in names}
        return free_name(replace(state, nodes=MappingProxyType(nodes)))

    assert named("node1", "node2", "node3") == "node4"
    assert named("node1", "node3") == "node2"
    assert named("NODE1", "Node2") == "node3"
    assert named("alpha") == "node1"


# Validation


def found(state: State, test: str) -> list[str]:
    return [one.text for one in validate(state, (test,)).results if one.level in ("warn", "fail")]


@pytest.mark.parametrize(
    ("access", "words"),
    [
        (VolumeAccess.DIRECT, ""),
        (VolumeAccess.MAINTENANCE, "Volume 1 is in maintenance mode: no node can access it."),
        (VolumeAccess.REDIRECTED, "All I/O goes through node2."),
    ],
)
def test_a_volume_that_the_nodes_do_not_reach_directly_is_warned_of(
    state: State, access: VolumeAccess, words: str
) -> None:
    identity = disk(state, "Cluster Disk 2").id
    volume = SharedVolume(identity, "Volume 1", "Volume1", "node2", access)
    state = replace(state, shared_volumes=MappingProxyType({identity: volume}))
    told = found(state, "Validate Cluster Shared Volume Access")
    assert bool(told) is bool(words)
    assert all(words in text for text in told)


@pytest.mark.parametrize(
    ("bandwidth", "words"),
    [
        (125_000_000, ""),
        (124_950_000, ""),
        (124_937_500, ""),
        (124_900_000, "carries 999 Mbit/s"),
        (12_500_000, "carries 100 Mbit/s"),
        (100_000, "carries 800 kbit/s"),
    ],
)
def test_a_network_of_the_cluster_that_is_shown_as_less_than_one_gigabit_is_warned_of(
    state: State, bandwidth: int, words: str
) -> None:
    told = found(with_network(state, "Cluster Network 3", bandwidth=bandwidth), "Validate Network Bandwidth")
    assert bool(told) is bool(words)
    assert all(words in text for text in told)
    spare = with_network(state, "Cluster Network 4", bandwidth=1_000)
    assert found(spare, "Validate Network Bandwidth") == [], "no network of the cluster"


def test_only_a_disk_that_could_become_one_of_the_cluster_is_a_potential_cluster_disk(state: State) -> None:
    """Unassigned, seen by all nodes and able to hold persistent reservations."""
    fit = {"use": DiskUse.UNASSIGNED, "visible_to": tuple(state.nodes), "persistent_reservations": True}

    def potential(**changes: object) -> bool:
        changed = with_disk(state, "Cluster Disk 2", **{**fit, **changes})
        report = validate(changed, ("List Potential Cluster Disks",))
        return "Cluster Disk 2" in " ".join(one.text for one in report.results)

    assert potential()
    assert not potential(persistent_reservations=False)
    assert not potential(visible_to=("node1", "node2"))
    assert not potential(use=DiskUse.AVAILABLE)


def test_nodes_that_reach_each_other_on_one_network_alone_are_warned_of_and_on_two_not(state: State) -> None:
    def told(*down: str) -> list[str]:
        changed = state
        for name in down:
            adapter = changed.adapter("node2", network(changed, name).id)
            assert adapter is not None
            changed = with_object(changed, "adapters", adapter.id, state=AdapterState.FAILED)
        return [text for text in found(changed, "Validate Network Communication") if " reach" in text]

    assert told("Cluster Network 1") == []
    one = told("Cluster Network 1", "Cluster Network 2")
    assert one == ["node1 can reach node2 on only one network.", "node2 can reach node3 on only one network."]
    assert "cannot reach" in told("Cluster Network 1", "Cluster Network 2", "Cluster Network 3")[0]


def test_only_with_an_odd_number_of_nodes_the_disk_that_votes_with_them_is_said_to_add_nothing(
    state: State, eight: State
) -> None:
    def told(of: State) -> bool:
        return "would tolerate just as many" in str(validate(of, ("Validate Quorum Configuration",)).results)

    assert told(state)
    assert not told(with_cluster(eight, quorum_mode=QuorumMode.NODE_AND_DISK_MAJORITY))
    assert not told(with_cluster(state, quorum_mode=QuorumMode.NODE_MAJORITY))
