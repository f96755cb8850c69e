from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, OfflineAction
from fcm.model.migrations import UNLIMITED, MigrationOptions, NetworkPreference
from fcm.model.rules.moving.preflight_checks import migration_checks
from fcm.model.rules.networks import migration_order
from fcm.model.state import apply
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from tests.unit.embedded.desk import Desk


def migrate(desk: Desk, name: str, node: str, **options: object) -> None:
    command = cmd.LiveMigrate(desk.machine(name).id, node, MigrationOptions(**options))  # type: ignore[arg-type]
    assert desk.do(command)


def until(desk: Desk, name: str, phase: Phase, most: float = 600.0) -> None:
    end = desk.workspace.now() + most
    while desk.migration(name).phase is not phase:
        assert desk.workspace.now() < end
        desk.run(0.1)


def fail(desk: Desk, node: str, network: str) -> None:
    assert desk.unplug(node, network)


def tried(desk: Desk, name: str) -> list[tuple[str, bool]]:
    return [(desk.state.networks[a.network].name, a.connected) for a in desk.migration(name).attempts]


# networks


def test_the_private_network_comes_first_and_that_of_shared_volumes_last(desk: Desk) -> None:
    assert desk.state.cluster is not None
    order = [
        desk.state.networks[identity].name for identity in migration_order(desk.state.cluster, desk.state.networks)
    ]
    assert order == ["Cluster Network 3", "Cluster Network 1", "Cluster Network 2"]


def test_a_migration_uses_the_first_network_of_the_order(desk: Desk) -> None:
    migrate(desk, "WEB01", "node2")
    desk.settle()
    assert tried(desk, "WEB01") == [("Cluster Network 3", True)]


def test_a_network_whose_far_end_is_down_costs_a_second_and_the_next_is_taken(desk: Desk) -> None:
    fail(desk, "node2", "Cluster Network 3")
    migrate(desk, "WEB01", "node2")
    desk.settle()
    assert tried(desk, "WEB01") == [("Cluster Network 3", False), ("Cluster Network 1", True)]
    first = desk.migration("WEB01").attempts[0]
    assert first.duration == 1.0
    assert "No response from 10.0.3.12" in first.result


def test_a_failed_adapter_at_the_source_is_noticed_at_once(desk: Desk) -> None:
    fail(desk, "node1", "Cluster Network 3")
    migrate(desk, "WEB01", "node2")
    desk.settle()
    first = desk.migration("WEB01").attempts[0]
    assert first.duration < 0.1
    assert "The adapter of node1 is failed" in first.result


def test_the_order_that_the_user_set_is_followed_without_the_excluded_ones(desk: Desk) -> None:
    two, one = desk.network("Cluster Network 2").id, desk.network("Cluster Network 1").id
    assert desk.do(cmd.SetMigrationNetworks((two, one), (desk.network("Cluster Network 3").id,)))
    migrate(desk, "WEB01", "node2")
    desk.settle()
    assert tried(desk, "WEB01") == [("Cluster Network 2", True)]


def test_a_machine_follows_an_order_of_its_own_and_the_others_that_of_the_cluster(desk: Desk) -> None:
    one, two, three = (desk.network(f"Cluster Network {k}").id for k in (1, 2, 3))
    web = desk.machine("WEB01")
    assert desk.do(cmd.SetMigrationNetworks((three, two)))
    assert desk.do(cmd.SetMachineNetworks(web.id, NetworkPreference((two, one), (three,))))
    migrate(desk, "WEB01", "node2")
    desk.settle()
    migrate(desk, "DC01", "node1" if desk.machine("DC01").node == "node2" else "node2")
    desk.settle()
    assert tried(desk, "WEB01") == [("Cluster Network 2", True)]
    assert tried(desk, "DC01") == [("Cluster Network 3", True)]
    assert desk.do(cmd.SetMachineNetworks(web.id, None))
    migrate(desk, "WEB01", "node1")
    desk.settle()
    assert tried(desk, "WEB01") == [("Cluster Network 3", True)]


def test_the_check_of_a_live_migration_reckons_with_the_order_of_its_machine(desk: Desk) -> None:
    web, two = desk.machine("WEB01"), desk.network("Cluster Network 2")
    others = tuple(network.id for network in desk.state.networks.values() if network.id != two.id)
    assert desk.do(cmd.SetMachineNetworks(web.id, NetworkPreference((two.id,), others)))
    (check,) = (one for one in migration_checks(desk.state, desk.machine("WEB01"), "node2") if one.name == "Network")
    assert check.text.startswith("Cluster Network 2 will be used")


def test_with_all_networks_exhausted_it_fails_with_every_attempt_and_the_machine_runs_on(desk: Desk) -> None:
    migrate(desk, "SQL01", "node2")
    until(desk, "SQL01", Phase.BROWNOUT)
    for number in (1, 2, 3):
        fail(desk, "node2", f"Cluster Network {number}")
    desk.settle()
    migration = desk.migration("SQL01")
    assert migration.phase is Phase.FAILED
    assert "SQL01 is still running on node1" in migration.reason
    for number in (1, 2, 3):
        assert f"Cluster Network {number}:" in migration.reason
    assert migration.remedy
    machine = desk.machine("SQL01")
    assert (machine.node, machine.state) == ("node1", MachineState.RUNNING)
    assert not list(desk.events(ev.MigrationHandedOver))


def test_a_migration_to_a_node_that_no_network_reaches_is_refused_before_it_begins(desk: Desk) -> None:
    for number in (1, 2, 3):
        fail(desk, "node2", f"Cluster Network {number}")
    verdict = desk.do(cmd.LiveMigrate(desk.machine("WEB01").id, "node2"))
    assert "None of the networks" in verdict.reason


def test_a_connection_that_breaks_is_given_up_after_three_seconds_and_memory_starts_anew(desk: Desk) -> None:
    migrate(desk, "SQL01", "node2")
    until(desk, "SQL01", Phase.BROWNOUT)
    desk.run(5.0)
    sent = desk.workspace.rows(desk.migration("SQL01").id)[-1].sent
    fail(desk, "node2", "Cluster Network 3")
    desk.run(2.5)
    stalled = desk.workspace.rows(desk.migration("SQL01").id)
    assert stalled[-1].rate == 0
    assert stalled[-1].sent == stalled[-10].sent
    desk.run(2.0)
    attempts = desk.migration("SQL01").attempts
    assert [attempt.connected for attempt in attempts] == [True, False, True]
    assert attempts[1].network == desk.network("Cluster Network 3").id
    stood = attempts[2].time - (attempts[0].time + attempts[0].duration)
    assert 8.0 <= stood < 11.0
    assert abs(attempts[1].duration - stood) < 0.2, "the connection that broke is told to have stood so long"
    assert "adapter of node2 failed, and no data arrived for 3 s" in attempts[1].result
    desk.settle()
    migration = desk.migration("SQL01")
    assert migration.phase is Phase.COMPLETED
    assert migration.network == desk.network("Cluster Network 1").id
    assert migration.figures is not None
    assert migration.figures.bytes > sent + desk.machine("SQL01").memory
    rows = desk.workspace.rows(migration.id)
    assert all(a.sent <= b.sent for a, b in itertools.pairwise(rows))


def test_an_adapter_that_comes_back_in_time_lets_the_migration_go_on(desk: Desk) -> None:
    migrate(desk, "SQL01", "node2")
    until(desk, "SQL01", Phase.BROWNOUT)
    desk.run(3.0)
    fail(desk, "node1", "Cluster Network 3")
    desk.run(2.0)
    assert desk.plug_in("node1", "Cluster Network 3")
    desk.settle()
    assert tried(desk, "SQL01") == [("Cluster Network 3", True)]
    assert desk.migration("SQL01").phase is Phase.COMPLETED


def test_a_failure_on_another_path_disturbs_nobody(desk: Desk) -> None:
    assert desk.do(cmd.SetConcurrentMigrations(4))
    migrate(desk, "SQL01", "node2")
    migrate(desk, "DC01", "node3")
    desk.run(2.0)
    fail(desk, "node3", "Cluster Network 3")
    desk.settle()
    assert tried(desk, "SQL01") == [("Cluster Network 3", True)]
    assert tried(desk, "DC01")[-1] == ("Cluster Network 1", True)


# options


def test_a_migration_without_options_of_its_own_takes_those_of_the_cluster(desk: Desk) -> None:
    defaults = MigrationOptions(downtime_limit=0.5, bandwidth=20_000_000)
    assert desk.do(cmd.SetMigrationOptions(defaults))
    assert desk.do(cmd.LiveMigrate(desk.machine("WEB01").id, "node2"))
    assert desk.migration("WEB01").options == defaults


def test_a_migration_with_options_of_its_own_ignores_those_of_the_cluster(desk: Desk) -> None:
    assert desk.do(cmd.SetMigrationOptions(MigrationOptions(downtime_limit=0.5)))
    migrate(desk, "WEB01", "node2", auto_converge=True)
    assert desk.migration("WEB01").options == MigrationOptions(auto_converge=True)


def test_options_of_the_cluster_obey_the_limits_of_the_emulator(desk: Desk) -> None:
    verdict = desk.do(cmd.SetMigrationOptions(MigrationOptions(downtime_limit=3000)))
    assert not verdict
    assert "2000 s" in verdict.reason


# phases and figures


def test_phases_follow_each_other_and_the_machine_changes_its_node_between_blackout_and_network(desk: Desk) -> None:
    desk.entries.clear()
    state = desk.state
    migrate(desk, "WEB01", "node2")
    desk.settle()
    seen: list[str] = []
    for entry in desk.entries:
        state, _ = apply(state, entry)
        if isinstance(entry.event, ev.MigrationPhaseEntered):
            seen.append(entry.event.phase)
        elif isinstance(entry.event, ev.MigrationHandedOver):
            seen.append("handed over")
        owner = state.machines[desk.machine("WEB01").id].node
        assert owner == ("node2" if "handed over" in seen else "node1")
    assert seen == ["brownout", "blackout", "storage", "handed over", "network", "cleanup"]


def test_group_and_own_disk_change_their_owner_together_with_the_machine(desk: Desk) -> None:
    migrate(desk, "WEB01", "node2")
    desk.settle()
    assert desk.group("WEB01").owner == "node2"
    assert desk.disk("Cluster Disk 6").owner == "node2"


def test_total_time_is_that_between_start_and_end(desk: Desk) -> None:
    migrate(desk, "WEB01", "node2")
    desk.settle()
    migration = desk.migration("WEB01")
    assert migration.figures is not None
    assert migration.started is not None
    assert migration.ended is not None
    assert migration.figures.total == pytest.approx(migration.ended - migration.started)
    black = [e.time for e in desk.entries if isinstance(e.event, ev.MigrationPhaseEntered)]
    handed_over = [e.time for e in desk.entries if isinstance(e.event, ev.MigrationHandedOver)]
    assert migration.figures.downtime == pytest.approx(handed_over[0] - black[1], abs=0.11)


def test_an_idle_machine_takes_about_its_memory_over_the_line_rate(desk: Desk) -> None:
    migrate(desk, "FILE01", "node1")
    desk.settle()
    figures = desk.migration("FILE01").figures
    assert figures is not None
    data = desk.machine("FILE01").memory * (1 - desk.machine("FILE01").zero_share)
    assert figures.total == pytest.approx(data / (125e6 * 0.94), rel=0.15)
    assert figures.downtime < 0.5


def test_a_memory_hog_does_not_converge_on_a_gigabit_network_and_can_be_canceled(desk: Desk) -> None:
    migrate(desk, "CACHE01", "node1")
    desk.run(75.0)
    migration = desk.migration("CACHE01")
    assert migration.phase is Phase.BROWNOUT
    assert desk.workspace.rows(migration.id)[-1].pass_number > 3
    assert desk.do(cmd.CancelMigration(migration.id))
    assert desk.machine("CACHE01").node == "node2"
    assert desk.backend.next_due is None


def test_a_longer_downtime_limit_lets_it_end(desk: Desk) -> None:
    migrate(desk, "CACHE01", "node1")
    desk.run(120.0)
    assert desk.do(cmd.TuneMigration(desk.migration("CACHE01").id, downtime_limit=60.0))
    desk.run(120.0)
    migration = desk.migration("CACHE01")
    assert migration.phase is Phase.COMPLETED
    assert migration.options.downtime_limit == 60.0
    assert migration.figures is not None
    assert migration.figures.downtime > 1


def test_a_bandwidth_limit_taken_away_on_the_way_leaves_what_the_network_carries(desk: Desk) -> None:
    migrate(desk, "WEB01", "node2", bandwidth=4_000_000)
    desk.run(60.0)
    identity = desk.migration("WEB01").id
    slow = desk.workspace.rows(identity)[-1]
    assert desk.do(cmd.TuneMigration(identity, bandwidth=UNLIMITED))
    desk.run(10.0)
    fast = max(row.rate for row in desk.workspace.rows(identity))
    assert desk.migration("WEB01").options.bandwidth is None
    assert slow.rate <= 4_100_000
    assert fast > 100_000_000


def test_auto_converge_throttles_the_guest(desk: Desk) -> None:
    migrate(desk, "CACHE01", "node1", auto_converge=True)
    desk.run(100.0)
    assert max(row.throttle for row in desk.workspace.rows(desk.migration("CACHE01").id)) >= 20


def test_auto_converge_begins_at_the_chosen_share_and_grows_by_the_chosen_step(desk: Desk) -> None:
    migrate(desk, "CACHE01", "node1", auto_converge=True, auto_converge_initial=35, auto_converge_increment=7)
    desk.run(200.0)
    steps = {row.throttle for row in desk.workspace.rows(desk.migration("CACHE01").id)} - {0}
    assert {35, 42} <= steps
    assert all((step - 35) % 7 == 0 for step in steps if step < 99)


def test_xbzrle_sends_less_of_a_guest_that_writes_the_same_pages_again(desk: Desk) -> None:
    sent = {}
    for xbzrle in (False, True):
        migrate(desk, "WEB01", "node2" if desk.machine("WEB01").node == "node1" else "node1", xbzrle=xbzrle)
        desk.settle()
        figures = desk.migration("WEB01").figures
        assert figures is not None
        sent[xbzrle] = figures.bytes
    assert sent[True] < sent[False]


def test_parallel_connections_cost_the_headers_of_their_packets(desk: Desk) -> None:
    sent = {}
    for connections in (1, 4):
        node = "node2" if desk.machine("WEB01").node == "node1" else "node1"
        migrate(desk, "WEB01", node, parallel_connections=connections)
        desk.settle()
        figures = desk.migration("WEB01").figures
        assert figures is not None
        sent[connections] = figures.bytes
    assert sent[4] != sent[1]


def test_encryption_is_refused_with_the_reason_because_it_would_change_nothing(desk: Desk) -> None:
    before = len(desk.state.migrations)
    for command in (
        cmd.LiveMigrate(desk.machine("WEB01").id, "node2", MigrationOptions(tls=True)),
        cmd.SetMigrationOptions(MigrationOptions(tls=True)),
    ):
        refused = desk.do(command)
        assert not refused
        assert "TLS has no effect" in refused.reason
    assert len(desk.state.migrations) == before


def test_in_post_copy_the_machine_runs_at_the_destination_before_all_memory_is_there(desk: Desk) -> None:
    migrate(desk, "CACHE01", "node1")
    desk.run(60.0)
    assert desk.do(cmd.TuneMigration(desk.migration("CACHE01").id, post_copy=True))
    until(desk, "CACHE01", Phase.NETWORK)
    migration = desk.migration("CACHE01")
    assert desk.machine("CACHE01").node == "node1"
    assert desk.workspace.rows(migration.id)[-1].remaining > 0
    desk.settle()
    migration = desk.migration("CACHE01")
    assert migration.phase is Phase.COMPLETED
    assert migration.figures is not None
    assert migration.figures.downtime < 0.2


def test_two_migrations_into_one_node_share_its_line(desk: Desk) -> None:
    assert desk.do(cmd.SetConcurrentMigrations(2))
    migrate(desk, "SQL01", "node2")
    migrate(desk, "FILE01", "node2")
    desk.run(10.0)
    rates = [desk.workspace.rows(desk.migration(name).id)[-1].rate for name in ("SQL01", "FILE01")]
    assert sum(rates) == pytest.approx(125e6 * 0.94, rel=0.02)
    assert rates[0] == pytest.approx(rates[1], rel=0.02)


def test_rows_come_every_tenth_of_a_second(desk: Desk) -> None:
    migrate(desk, "SQL01", "node2")
    desk.run(20.0)
    rows = desk.workspace.rows(desk.migration("SQL01").id)
    steps = [later.time - earlier.time for earlier, later in itertools.pairwise(rows)]
    assert steps == pytest.approx([0.1] * len(steps))
    assert all(row.phase is Phase.BROWNOUT for row in rows)


# canceling


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.2, 5.0])
def test_a_canceled_migration_tells_nothing_more(desk: Desk, seconds: float) -> None:
    migrate(desk, "WEB01", "node2")
    desk.run(seconds)
    assert desk.do(cmd.CancelMigration(desk.migration("WEB01").id))
    count = len(desk.entries)
    desk.run(60.0)
    assert len(desk.entries) == count
    assert desk.migration("WEB01").phase is Phase.CANCELED
    assert desk.machine("WEB01").node == "node1"


def test_it_is_too_late_to_cancel_once_the_machine_stands_still(desk: Desk) -> None:
    migrate(desk, "WEB01", "node2")
    while desk.migration("WEB01").phase in (Phase.SETUP, Phase.BROWNOUT):
        desk.run(0.01)
    verdict = desk.do(cmd.CancelMigration(desk.migration("WEB01").id))
    assert "too late" in verdict.reason
    desk.settle()
    assert desk.migration("WEB01").phase is Phase.COMPLETED


# quick migration and Move


def test_a_quick_migration_saves_moves_and_restores(desk: Desk) -> None:
    desk.entries.clear()
    assert desk.do(cmd.QuickMigrate(desk.machine("APP01").id, "node1"))
    desk.settle()
    states = [e.event.machine.state for e in desk.entries if isinstance(e.event, ev.MachineChanged)]
    assert states == [MachineState.SAVING, MachineState.SAVED, MachineState.STARTING, MachineState.RUNNING]
    migration = desk.migration("APP01")
    assert (migration.phase, migration.figures) == (Phase.COMPLETED, None)
    assert (desk.machine("APP01").node, desk.group("APP01").owner) == ("node1", "node1")
    # about half a minute for a couple of GiB
    assert migration.started is not None
    assert migration.ended is not None
    assert 20 < migration.ended - migration.started < 60


@pytest.mark.parametrize(
    ("action", "states"),
    [
        (OfflineAction.SAVE, ["Saving", "Saved", "Starting", "Running"]),
        (OfflineAction.SHUT_DOWN, ["Stopping", "Off", "Starting", "Running"]),
        (OfflineAction.SHUT_DOWN_FORCED, ["Stopping", "Off", "Starting", "Running"]),
        (OfflineAction.TURN_OFF, ["Off", "Starting", "Running"]),
    ],
)
def test_move_follows_the_offline_action_of_the_resource(desk: Desk, action: OfflineAction, states: list[str]) -> None:
    machine = desk.machine("APP01")
    resource = desk.state.machine_resource(machine.id)
    assert resource is not None
    assert desk.do(cmd.ConfigureResource(resource.id, offline_action=action))
    desk.entries.clear()
    assert desk.do(cmd.MoveMachine(machine.id, "node3"))
    desk.settle()
    found = [e.event.machine.state.value for e in desk.entries if isinstance(e.event, ev.MachineChanged)]
    assert [state for state, _ in itertools.groupby(found)] == states  # the end of the boot is told too
    assert desk.machine("APP01").node == "node3"


def test_a_machine_that_is_off_moves_at_once(desk: Desk) -> None:
    machine = desk.machine("APP01").id
    assert desk.do(cmd.SetMachineState(machine, MachineState.OFF, forced=True))
    assert desk.do(cmd.MoveMachine(machine, "node3"))
    assert desk.migration("APP01").phase is Phase.COMPLETED
    assert (desk.machine("APP01").node, desk.machine("APP01").state) == ("node3", MachineState.OFF)


# refusals


@pytest.mark.parametrize(
    ("name", "node", "reason"),
    [
        ("LEGACY01", "node1", "not highly available"),
        ("WEB01", "node1", "is already on node1"),
        ("WEB01", "node3", "lacks processor features"),
        ("WEB02", "node2", "no virtual network named 'DMZ Network'"),
        ("SETUP01", "node1", "ISO file"),
        ("WEB01", "node7", "no node node7"),
    ],
)
def test_what_cannot_move_is_refused_with_reason_and_remedy(desk: Desk, name: str, node: str, reason: str) -> None:
    verdict = desk.do(cmd.LiveMigrate(desk.machine(name).id, node))
    assert reason in verdict.reason
    assert verdict.remedy


def test_with_processor_compatibility_a_machine_can_go_to_the_older_node_and_back(desk: Desk) -> None:
    migrate(desk, "DC01", "node3")
    desk.settle()
    migrate(desk, "DC01", "node1")
    desk.settle()
    assert desk.machine("DC01").node == "node1"


def test_a_machine_in_a_migration_cannot_be_stopped_or_set_up_or_removed(desk: Desk) -> None:
    migrate(desk, "WEB01", "node2")
    machine = desk.machine("WEB01").id
    for command in (
        cmd.SetMachineState(machine, MachineState.OFF),
        cmd.ConfigureVirtualMachine(machine, switch=""),
        cmd.RemoveGroup(desk.group("WEB01").id),
        cmd.StopClusterService("node1"),
        cmd.StopClusterService("node2"),
    ):
        assert not desk.do(command)
