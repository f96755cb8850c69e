"""Where each limit lies: the last value that is allowed beside the first that is not."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import GIB, MIB, DiskUse, MachineState, NetworkRole, NodeState, QuorumMode
from fcm.model.migrations import UNLIMITED, Migration, MigrationKind, MigrationOptions
from fcm.model.rules.allowed import allowed
from fcm.model.rules.moving.bandwidth import least_limit, limit_to_set
from fcm.model.rules.moving.preflight_checks import migration_checks, waiting_reason
from fcm.model.telemetry import Phase
from fcm.model.validation.validate import validate
from tests.unit.model.changed import group, machine, network, with_cluster, with_disk, with_machine, with_node

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.state import State

    Make = Callable[[State, Any], cmd.Command]


def option(name: str, **others: Any) -> Make:
    """A live migration with one option."""
    return lambda state, value: cmd.LiveMigrate(
        machine(state, "DC01").id, "node2", MigrationOptions(**{name: value, **others})
    )


def default(name: str) -> Make:
    """The same option as the default of the cluster."""
    return lambda state, value: cmd.SetMigrationOptions(MigrationOptions(**{name: value}))


def created(field: str) -> Make:
    def make(state: State, value: Any) -> cmd.Command:
        fields: dict[str, Any] = {"name": "NEW", "node": "node1", "memory": 512 * MIB, "disk": None, field: value}
        return cmd.CreateVirtualMachine(**fields)

    return make


def memory_of_legacy(state: State, value: Any) -> cmd.Command:
    return cmd.ConfigureVirtualMachine(machine(state, "LEGACY01").id, memory=value)


def of_group(field: str) -> Make:
    return lambda state, value: cmd.ConfigureGroup(group(state, "WEB01").id, **{field: value})


def metric(state: State, value: Any) -> cmd.Command:
    return cmd.ConfigureNetwork(network(state, "Cluster Network 4").id, metric=value)


def snapshot(state: State, value: Any) -> cmd.Command:
    return cmd.TakeSnapshot(machine(state, "WEB01").id, value)


DAY = 86_400.0
LIMITS: dict[str, tuple[Make, list[Any], list[Any]]] = {
    "downtime limit, s": (option("downtime_limit"), [0.001, 2000], [0, 2000.5]),
    "downtime limit of the cluster, s": (default("downtime_limit"), [0.001, 2000], [0, 2000.5]),
    "bandwidth, bytes/s": (option("bandwidth"), [1], [0, -1]),
    "time limit, s": (option("time_limit"), [1, 30 * DAY], [0.5, 30 * DAY + 1]),
    "first throttle, %": (option("auto_converge_initial"), [1, 99], [0, 100]),
    "more throttle, %": (option("auto_converge_increment"), [1, 99], [0, 100]),
    "connections": (option("parallel_connections"), [1, 2, 255], [0, 256]),
    "connections beside post-copy": (option("parallel_connections", post_copy=True), [1], [2]),
    "connections beside XBZRLE": (option("parallel_connections", xbzrle=True), [1], [2]),
    "migrations at once": (lambda state, value: cmd.SetConcurrentMigrations(value), [1, 16], [0, 17]),
    "memory of a new machine": (created("memory"), [8 * MIB, 64 * GIB], [6 * MIB, 9 * MIB, 64 * GIB + 2 * MIB]),
    "memory of a machine": (memory_of_legacy, [8 * MIB, 64 * GIB], [6 * MIB, 9 * MIB, 64 * GIB + 2 * MIB]),
    "processors": (created("processors"), [1, 4], [0, 5]),
    "characters of a machine's name": (created("name"), ["x" * 80], ["", "x" * 81]),
    "first hour of failback": (of_group("failback_window"), [(0, 23), (23, 0)], [(-1, 5), (24, 5)]),
    "last hour of failback": (of_group("failback_window"), [(5, 0), (5, 23)], [(5, -1), (5, 24)]),
    "failures of a group": (of_group("maximum_failures"), [0, 999], [-1, 1000]),
    "hours in which failures count": (of_group("failover_period"), [1], [0]),
    "metric": (metric, [1, 65_535], [0, 65_536]),
    "characters of a snapshot's name": (snapshot, ["x" * 100], ["x" * 101]),
}


@pytest.mark.parametrize("what", LIMITS)
def test_a_limit_lies_where_it_is_said_to_lie(state: State, what: str) -> None:
    make, possible, impossible = LIMITS[what]
    state = with_machine(state, "LEGACY01", state=MachineState.OFF)
    for value in possible:
        verdict = allowed(make(state, value), state)
        assert verdict, f"{value!r}: {verdict.sentence()}"
    for value in impossible:
        assert not allowed(make(state, value), state), f"{value!r} was allowed"


@pytest.mark.parametrize(
    ("command", "good"),
    [
        (cmd.TuneMigration("m1", downtime_limit=0.001), True),
        (cmd.TuneMigration("m1", downtime_limit=2000), True),
        (cmd.TuneMigration("m1", downtime_limit=0), False),
        (cmd.TuneMigration("m1", downtime_limit=2000.5), False),
        (cmd.TuneMigration("m1", bandwidth=1), True),
        (cmd.TuneMigration("m1", bandwidth=UNLIMITED), True),
        (cmd.TuneMigration("m1", bandwidth=UNLIMITED - 1), False),
    ],
)
def test_a_running_migration_has_the_limits_of_a_new_one(state: State, command: cmd.Command, good: bool) -> None:
    moved = machine(state, "DC01")
    one = Migration("m1", MigrationKind.LIVE, moved.id, moved.node, "node2", MigrationOptions(), Phase.BROWNOUT, 0.0)
    assert bool(allowed(command, replace(state, migrations=MappingProxyType({"m1": one})))) is good


def test_a_machine_fits_where_exactly_its_memory_is_free_and_not_where_one_byte_is_lacking(state: State) -> None:
    moved = machine(state, "DC01")
    used = state.nodes["node2"].memory - state.free_memory("node2")
    fits = with_node(state, "node2", memory=used + moved.memory)
    assert allowed(cmd.LiveMigrate(moved.id, "node2"), fits)
    short = with_node(state, "node2", memory=used + moved.memory - 1)
    assert not allowed(cmd.LiveMigrate(moved.id, "node2"), short)


@pytest.mark.parametrize("lacking", [0, 1])
def test_a_machine_starts_where_exactly_its_memory_is_free(state: State, lacking: int) -> None:
    state = with_machine(state, "DC01", state=MachineState.OFF)
    home, off = machine(state, "DC01").node, machine(state, "DC01")
    used = state.nodes[home].memory - state.free_memory(home)
    state = with_node(state, home, memory=used + off.memory - lacking)
    assert bool(allowed(cmd.SetMachineState(off.id, MachineState.RUNNING), state)) is not bool(lacking)
    new = cmd.CreateVirtualMachine("NEW", home, off.memory, None, start=True)
    assert bool(allowed(new, state)) is not bool(lacking)


def test_a_node_with_less_than_nothing_free_is_said_to_have_nothing(state: State) -> None:
    state = with_node(with_machine(state, "DC01", state=MachineState.OFF), "node1", memory=GIB)
    reason = allowed(cmd.SetMachineState(machine(state, "DC01").id, MachineState.RUNNING), state).reason
    assert reason.startswith("node1 has 0 B of free memory")


@pytest.mark.parametrize("lacking", [0, 1])
def test_a_new_disk_may_take_all_that_is_free_of_its_volume(eight: State, lacking: int) -> None:
    volume = next(iter(eight.shared_volumes.values()))
    free = eight.disks[volume.disk].free
    new = cmd.CreateVirtualMachine("NEW", "host1", 512 * MIB, volume.disk, disk_size=free + lacking)
    assert bool(allowed(new, eight)) is not bool(lacking)


@pytest.mark.parametrize("lacking", [0, 1])
def test_a_snapshot_of_a_running_machine_needs_room_for_exactly_its_memory(state: State, lacking: int) -> None:
    web = machine(state, "WEB01")
    size = next(d for d in state.disks.values() if d.id == web.disk)
    state = with_disk(state, size.name, used=size.size - web.memory + lacking)
    assert bool(allowed(cmd.TakeSnapshot(web.id), state)) is not bool(lacking)


def test_a_node_may_leave_as_long_as_the_votes_that_are_needed_stay_and_is_told_how_many_would(state: State) -> None:
    """Four votes of which three are needed: one node may be down, a second may not leave."""
    assert allowed(cmd.StopClusterService("node1"), state)
    short = with_node(state, "node3", state=NodeState.DOWN)
    refused = allowed(cmd.StopClusterService("node1"), short)
    assert "only 2 of 3 needed votes are left" in refused.reason


def test_with_the_witness_alone_deciding_any_node_but_the_last_may_leave(state: State) -> None:
    state = with_cluster(state, quorum_mode=QuorumMode.DISK_ONLY)
    two_down = with_node(state, "node3", state=NodeState.DOWN)
    assert allowed(cmd.StopClusterService("node2"), two_down)
    assert not allowed(cmd.StopClusterService("node1"), with_node(two_down, "node2", state=NodeState.DOWN))


def test_one_network_that_the_cluster_may_use_must_be_left_for_live_migration(state: State) -> None:
    """Cluster Network 4 may not be used at all: leaving it ticked is no help."""
    usable = [one.id for one in state.networks.values() if one.role is not NetworkRole.NONE]
    assert 1 < len(usable) < len(state.networks)
    assert not allowed(cmd.SetMigrationNetworks((), tuple(usable)), state)
    assert allowed(cmd.SetMigrationNetworks((), tuple(usable[1:])), state)


# Bandwidth limits, as measured with QEMU 7.2.22 and 10.0.2


@pytest.mark.parametrize(
    ("version", "connections", "least"),
    [
        ("QEMU 7.2.22", 1, 1.0),
        ("QEMU 7.2.22", 2, 5.0),
        ("QEMU 7.2.22", 8, 5.0),
        ("QEMU 8.0.9", 2, 5.0),
        ("QEMU 8.1.0", 1, 1.25),
        ("QEMU 8.1.0", 2, 15.0),
        ("QEMU 10.0.2", 1, 1.25),
        ("QEMU 10.0.2", 4, 25.0),
        ("Hyper-V 6.1", 8, 0.0),
    ],
)
def test_the_least_limit_is_what_one_block_each_tenth_of_a_second_and_those_uncounted_make(
    version: str, connections: int, least: float
) -> None:
    """Packets of 512 KiB over several connections, 128 KiB at a time over one since 8.1; at least 1 MiB/s."""
    assert least_limit(version, connections) == least * MIB


@pytest.mark.parametrize(
    ("limit", "version", "connections", "told"),
    [
        (20 * MIB, "QEMU 7.2.22", 1, 20),
        (20 * MIB, "QEMU 7.2.22", 2, 20),
        (23 * MIB, "QEMU 7.2.22", 2, 20),
        (20 * MIB, "QEMU 10.0.2", 1, 20),
        (25 * MIB, "QEMU 10.0.2", 2, 15),
        (100 * MIB, "QEMU 10.0.2", 4, 80),
        (1, "QEMU 7.2.22", 1, 1),
    ],
)
def test_qemu_is_told_less_than_the_limit_by_what_it_does_not_count(
    limit: int, version: str, connections: int, told: int
) -> None:
    assert limit_to_set(limit, version, connections) == told


def remedy(state: State, limit: int, connections: int) -> str:
    hosts = replace(state, nodes={name: replace(node, version="QEMU 10.0.2") for name, node in state.nodes.items()})
    options = MigrationOptions(bandwidth=limit, parallel_connections=connections)
    return allowed(cmd.LiveMigrate(machine(state, "DC01").id, "node2", options), hosts).remedy


def test_one_connection_is_offered_where_it_would_keep_the_limit(state: State) -> None:
    assert remedy(state, 2 * MIB, 2) == "Choose 15 MiB/s (126 Mbit/s) or more, or one connection."
    assert remedy(state, 5 * MIB // 4, 2).endswith("or one connection.")
    assert "one connection, which allows 1.25 MiB/s" in remedy(state, 5 * MIB // 4 - 1, 2)
    assert "connection" not in remedy(state, MIB, 1)
    assert remedy(state, 15 * MIB, 2) == ""


# Pre-flight checks


def processor(state: State, lacking: int) -> str:
    features = frozenset(f"feature{number}" for number in range(lacking))
    state = with_machine(state, "DC01", features=machine(state, "DC01").features | features)
    checks = migration_checks(state, machine(state, "DC01"), "node2")
    return next(check.text for check in checks if check.name == "Processor")


def test_six_missing_features_are_named_and_of_more_the_first_six(state: State) -> None:
    assert processor(state, 6).endswith("feature5.")
    assert processor(state, 7).endswith("feature5 ....")


@pytest.mark.parametrize("limit", [1, 2])
def test_a_node_is_busy_with_as_many_migrations_as_it_may_take_part_in_and_the_first_is_named(
    state: State, limit: int
) -> None:
    state = with_cluster(state, concurrent_migrations=limit)
    moves: dict[str, Migration] = {}
    for number, name in enumerate(("DC01", "WEB01")[:limit]):
        assert waiting_reason(state, "node3", "node1") == ""
        one = machine(state, name)
        moves[f"m{number}"] = Migration(
            f"m{number}", MigrationKind.LIVE, one.id, "node1", "node2", MigrationOptions(), Phase.BROWNOUT, 0.0
        )
        state = replace(state, migrations=MappingProxyType(dict(moves)))
    busy = "node1 is already taking part in a live migration (DC01, node1 to node2)."
    assert waiting_reason(state, "node3", "node1") == busy
    assert waiting_reason(state, "node3", "node4") == ""


# Validation


def complaints(state: State, test: str) -> list[str]:
    report = validate(state, (test,))
    return [check.text for check in report.results if check.level in ("warn", "fail")]


@pytest.mark.parametrize(("bytes_more", "complains"), [(0, False), (1, True)])
def test_a_volume_is_nearly_full_above_nine_tenths(eight: State, bytes_more: int, complains: bool) -> None:
    volume = next(d for d in eight.disks.values() if d.use is DiskUse.SHARED_VOLUME)
    state = with_disk(eight, volume.name, size=1000 * GIB, used=900 * GIB + bytes_more)
    assert bool(complaints(state, "Validate Disk Space")) is complains


@pytest.mark.parametrize(("size", "complains"), [(512 * MIB, False), (512 * MIB - 1, True)])
def test_a_witness_needs_half_a_gibibyte(state: State, size: int, complains: bool) -> None:
    witness = next(d for d in state.disks.values() if d.use is DiskUse.WITNESS)
    assert bool(complaints(with_disk(state, witness.name, size=size), "Validate Disk Witness")) is complains
