"""What every backend does, whatever is behind it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from fcm.backend.base import MeasureError
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, NodeState
from fcm.model.migrations import DrainMove, MigrationOptions
from fcm.model.rules.moving.drains import active_drain
from fcm.model.state import apply
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from fcm.migration.judging.fitting import DirtySample
    from tests.contract.harness import Harness

ORDER = [Phase.SETUP, Phase.BROWNOUT, Phase.BLACKOUT, Phase.STORAGE, Phase.NETWORK, Phase.CLEANUP]


def test_a_cluster_without_history_forms_first(cluster: Harness) -> None:
    state = cluster.workspace.state
    assert state.sequence >= 1
    assert state.cluster is not None
    assert cluster.destination in state.nodes
    assert cluster.machine in state.machines


def test_entries_are_numbered_without_a_gap_and_time_never_runs_back(cluster: Harness) -> None:
    before = cluster.workspace.state.sequence
    cluster.carry_out(cmd.LiveMigrate(cluster.machine, cluster.destination))
    cluster.reach(cluster.machine, Phase.COMPLETED)
    lasting = [entry for entry in cluster.entries if not entry.event.transient]
    assert [entry.sequence for entry in lasting if entry.sequence > before] == list(
        range(before + 1, cluster.workspace.state.sequence + 1)
    )
    times = [entry.time for entry in lasting]
    assert times == sorted(times)
    assert all(entry.sequence == 0 for entry in cluster.entries if entry.event.transient)


def test_a_live_migration_brings_the_machine_to_its_destination_running(cluster: Harness) -> None:
    assert cluster.carry_out(cmd.LiveMigrate(cluster.machine, cluster.destination))
    migration = cluster.reach(cluster.machine, Phase.COMPLETED)
    machine = cluster.workspace.state.machines[cluster.machine]
    assert machine.node == cluster.destination
    assert machine.state is MachineState.RUNNING
    assert migration.handed_over
    assert migration.network is not None


def test_a_live_migration_goes_through_its_phases_in_order(cluster: Harness) -> None:
    cluster.carry_out(cmd.LiveMigrate(cluster.machine, cluster.destination))
    migration = cluster.reach(cluster.machine, Phase.COMPLETED)
    entered = [
        event.phase
        for event in cluster.events(ev.MigrationPhaseEntered)
        if isinstance(event, ev.MigrationPhaseEntered) and event.migration == migration.id
    ]
    seen = [Phase.SETUP, *(phase for phase in entered if phase is not Phase.SETUP)]
    assert [ORDER.index(phase) for phase in seen] == sorted(ORDER.index(phase) for phase in seen)
    assert Phase.BROWNOUT in seen


def test_a_machine_is_handed_over_exactly_once_and_has_one_owner_at_every_event(cluster: Harness) -> None:
    source = cluster.workspace.state.machines[cluster.machine].node
    state = cluster.workspace.state
    cluster.entries.clear()
    cluster.carry_out(cmd.LiveMigrate(cluster.machine, cluster.destination))
    cluster.reach(cluster.machine, Phase.COMPLETED)
    handed_over = 0
    for entry in cluster.entries:
        state, _ = apply(state, entry)
        handed_over += isinstance(entry.event, ev.MigrationHandedOver)
        assert state.machines[cluster.machine].node == (cluster.destination if handed_over else source)
    assert handed_over == 1


def test_every_network_attempt_is_recorded_and_the_last_one_carried_the_migration(cluster: Harness) -> None:
    cluster.carry_out(cmd.LiveMigrate(cluster.machine, cluster.destination))
    migration = cluster.reach(cluster.machine, Phase.COMPLETED)
    assert migration.attempts
    assert migration.attempts[-1].connected
    assert migration.attempts[-1].network == migration.network
    assert all(attempt.result and attempt.duration >= 0 for attempt in migration.attempts)


def test_telemetry_counts_up_and_agrees_with_the_final_figures(cluster: Harness) -> None:
    cluster.carry_out(cmd.LiveMigrate(cluster.machine, cluster.destination))
    migration = cluster.reach(cluster.machine, Phase.COMPLETED)
    rows = cluster.workspace.rows(migration.id)
    assert len(rows) >= 3
    for earlier, later in itertools.pairwise(rows):
        assert later.time >= earlier.time
        assert later.sent >= earlier.sent
        assert later.pass_number >= earlier.pass_number
        assert later.remaining >= 0
    figures = migration.figures
    assert figures is not None
    assert 0 < figures.downtime < figures.total
    assert figures.bytes >= rows[-1].sent * 0.99
    assert figures.passes >= rows[-1].pass_number


def test_goals_of_a_live_migration_choose_its_limits_and_every_step_is_told(cluster: Harness) -> None:
    goals = MigrationOptions(move_within=300.0, pause_at_most=1.5)
    assert cluster.carry_out(cmd.LiveMigrate(cluster.machine, cluster.destination, goals))
    migration = cluster.reach(cluster.machine, Phase.COMPLETED)
    assert migration.wanted == goals
    assert migration.steps
    assert not any(step.shadow for step in migration.steps)
    assert migration.options.downtime_limit is not None
    assert migration.options.downtime_limit <= 1.5
    assert migration.figures is not None
    assert migration.figures.downtime <= 1.5


def test_a_canceled_migration_leaves_the_machine_running_at_its_source(cluster: Harness) -> None:
    source = cluster.workspace.state.machines[cluster.busy_machine].node
    assert cluster.carry_out(cmd.LiveMigrate(cluster.busy_machine, cluster.busy_destination))
    migration = cluster.reach(cluster.busy_machine, Phase.BROWNOUT)
    cluster.until(lambda: len(cluster.workspace.rows(migration.id)) > 3)
    assert cluster.carry_out(cmd.CancelMigration(migration.id))
    cluster.reach(cluster.busy_machine, Phase.CANCELED)
    machine = cluster.workspace.state.machines[cluster.busy_machine]
    assert machine.node == source
    assert machine.state is MachineState.RUNNING
    assert cluster.carry_out(cmd.LiveMigrate(cluster.busy_machine, cluster.busy_destination))


def test_a_drained_node_is_paused_and_what_went_comes_back_with_failback(cluster: Harness) -> None:
    source = cluster.workspace.state.machines[cluster.machine].node
    assert cluster.carry_out(cmd.DrainNode(source, (DrainMove(cluster.machine, cluster.destination),)))
    assert cluster.workspace.state.nodes[source].state is NodeState.PAUSED
    cluster.until(lambda: active_drain(cluster.workspace.state, source) is None)
    assert cluster.workspace.state.machines[cluster.machine].node == cluster.destination
    assert cluster.workspace.state.nodes[source].state is NodeState.PAUSED
    assert cluster.events(ev.NodeDrainEnded)
    assert cluster.carry_out(cmd.ResumeNode(source, failback=True))
    cluster.reach(cluster.machine, Phase.COMPLETED)
    assert cluster.workspace.state.machines[cluster.machine].node == source


def test_all_migrations_of_a_node_are_canceled_at_once(cluster: Harness) -> None:
    assert cluster.carry_out(cmd.LiveMigrate(cluster.busy_machine, cluster.busy_destination))
    assert cluster.carry_out(cmd.CancelMigrations(cluster.busy_destination))
    cluster.reach(cluster.busy_machine, Phase.CANCELED)
    assert not cluster.carry_out(cmd.CancelMigrations(cluster.busy_destination))


def test_a_second_request_for_a_busy_node_waits_with_its_reason_and_starts_by_itself(cluster: Harness) -> None:
    assert cluster.carry_out(cmd.LiveMigrate(cluster.busy_machine, cluster.busy_destination))
    assert cluster.carry_out(cmd.LiveMigrate(cluster.other_machine, cluster.busy_destination))
    waiting = cluster.migration(cluster.other_machine)
    assert waiting.phase is Phase.WAITING
    assert cluster.busy_destination in waiting.reason
    assert cluster.carry_out(cmd.CancelMigration(cluster.migration(cluster.busy_machine).id))
    cluster.reach(cluster.other_machine, Phase.COMPLETED)
    state = cluster.workspace.state
    assert state.machines[cluster.other_machine].node == cluster.busy_destination
    assert state.machines[cluster.busy_machine].node != cluster.busy_destination


def test_a_waiting_request_that_is_canceled_never_starts(cluster: Harness) -> None:
    assert cluster.carry_out(cmd.LiveMigrate(cluster.busy_machine, cluster.busy_destination))
    assert cluster.carry_out(cmd.LiveMigrate(cluster.other_machine, cluster.busy_destination))
    waiting = cluster.migration(cluster.other_machine)
    assert cluster.carry_out(cmd.CancelMigration(waiting.id))
    assert cluster.carry_out(cmd.CancelMigration(cluster.migration(cluster.busy_machine).id))
    cluster.reach(cluster.busy_machine, Phase.CANCELED)
    assert cluster.migration(cluster.other_machine).phase is Phase.CANCELED
    assert not cluster.workspace.state.active_migrations()


def test_a_migration_that_is_over_cannot_be_canceled(cluster: Harness) -> None:
    cluster.carry_out(cmd.LiveMigrate(cluster.machine, cluster.destination))
    migration = cluster.reach(cluster.machine, Phase.COMPLETED)
    verdict = cluster.carry_out(cmd.CancelMigration(migration.id))
    assert not verdict
    assert "has ended" in verdict.reason


def test_a_bandwidth_limit_slows_a_running_migration(cluster: Harness) -> None:
    limit = 20_000_000
    cluster.carry_out(
        cmd.LiveMigrate(cluster.busy_machine, cluster.busy_destination, MigrationOptions(bandwidth=limit))
    )
    migration = cluster.reach(cluster.busy_machine, Phase.BROWNOUT)
    cluster.until(lambda: len(cluster.workspace.rows(migration.id)) > 10)
    first, last = cluster.workspace.rows(migration.id)[3], cluster.workspace.rows(migration.id)[-1]
    assert (last.sent - first.sent) / (last.time - first.time) < 1.5 * limit
    assert cluster.carry_out(cmd.CancelMigration(migration.id))


def test_a_refused_command_changes_nothing_and_says_why(cluster: Harness) -> None:
    before = cluster.workspace.state
    verdict = cluster.carry_out(cmd.LiveMigrate(cluster.machine, cluster.unreachable))
    assert not verdict
    assert cluster.unreachable in verdict.reason
    assert verdict.remedy
    assert cluster.workspace.state.migrations == before.migrations


def test_a_second_migration_of_the_same_machine_is_refused(cluster: Harness) -> None:
    cluster.carry_out(cmd.LiveMigrate(cluster.busy_machine, cluster.busy_destination))
    verdict = cluster.carry_out(cmd.LiveMigrate(cluster.busy_machine, cluster.busy_destination))
    assert not verdict
    assert cluster.busy_destination in verdict.reason
    migration = cluster.migration(cluster.busy_machine)
    assert cluster.carry_out(cmd.CancelMigration(migration.id))


def test_commands_that_the_backend_cannot_do_are_refused_with_a_reason(cluster: Harness) -> None:
    capabilities = cluster.workspace.capabilities
    for kind in cmd.COMMAND_TYPES:
        verdict = capabilities.verdict(kind)
        assert verdict or verdict.reason


def test_an_unknown_object_is_refused(cluster: Harness) -> None:
    for command in (cmd.PauseNode("nowhere"), cmd.CancelMigration("none"), cmd.LiveMigrate("nobody", "nowhere")):
        assert not cluster.carry_out(command)


def test_the_state_is_that_of_its_entries_replayed(cluster: Harness) -> None:
    cluster.carry_out(cmd.LiveMigrate(cluster.machine, cluster.destination))
    cluster.reach(cluster.machine, Phase.COMPLETED)
    state = cluster.begin
    for entry in cluster.entries:
        state, _ = apply(state, entry)
    assert state == cluster.workspace.state


def test_closing_twice_and_commands_after_it_do_no_harm(cluster: Harness) -> None:
    cluster.workspace.close()
    cluster.workspace.close()
    assert cluster.workspace.state.cluster is not None


def test_a_running_machine_is_measured_over_growing_times_and_nothing_changes(cluster: Harness) -> None:
    before = cluster.workspace.state
    told: list[DirtySample] = []
    samples = cluster.workspace.measure_writes(cluster.busy_machine, told.append, lambda: True)
    assert [sample.seconds for sample in samples] == [1.0, 2.0, 4.0, 8.0]
    assert tuple(told) == samples
    assert all(sample.mib_per_s >= 0 for sample in samples)
    assert samples[-1].mib_per_s > 0
    assert cluster.workspace.state.machines == before.machines


def test_a_measurement_that_nobody_waits_for_ends_early(cluster: Harness) -> None:
    assert cluster.workspace.measure_writes(cluster.machine, lambda _: None, lambda: False) == ()


def test_nothing_is_measured_during_a_migration(cluster: Harness) -> None:
    cluster.carry_out(cmd.LiveMigrate(cluster.busy_machine, cluster.busy_destination))
    with pytest.raises(MeasureError, match="is being migrated"):
        cluster.workspace.measure_writes(cluster.busy_machine, lambda _: None, lambda: True)


def test_a_migration_past_its_time_limit_is_canceled_and_the_machine_runs_on_at_its_source(cluster: Harness) -> None:
    source = cluster.workspace.state.machines[cluster.busy_machine].node
    slow = MigrationOptions(bandwidth=5_000_000, time_limit=3.0)
    assert cluster.carry_out(cmd.LiveMigrate(cluster.busy_machine, cluster.busy_destination, slow))
    ended = cluster.reach(cluster.busy_machine, Phase.CANCELED, Phase.COMPLETED, Phase.FAILED)
    assert ended.phase is Phase.CANCELED
    assert ended.ended is not None
    assert ended.started is not None
    assert ended.ended - ended.started >= 3.0
    assert "time limit of 3.0 s" in ended.reason
    machine = cluster.workspace.state.machines[cluster.busy_machine]
    assert (machine.node, machine.state) == (source, MachineState.RUNNING)
    assert not cluster.events(ev.MigrationHandedOver)


def test_a_migration_that_ends_within_its_time_limit_is_left_alone(cluster: Harness) -> None:
    options = MigrationOptions(time_limit=500.0)
    assert cluster.carry_out(cmd.LiveMigrate(cluster.machine, cluster.destination, options))
    assert cluster.reach(cluster.machine, Phase.COMPLETED, Phase.CANCELED).phase is Phase.COMPLETED


def test_a_time_limit_that_nobody_can_mean_is_refused(cluster: Harness) -> None:
    for limit in (0.0, -5.0, float("nan"), float("inf")):
        command = cmd.LiveMigrate(cluster.machine, cluster.destination, MigrationOptions(time_limit=limit))
        assert not cluster.carry_out(command)
