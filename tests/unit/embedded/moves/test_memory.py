"""Memory on its way between embedded nodes: how fast, in which steps, and when what is told."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import AdapterState
from fcm.model.failures import FaultKind
from fcm.model.migrations import MigrationOptions
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from fcm.model.telemetry import TelemetryRow
    from tests.unit.embedded.desk import Desk

GIGABIT = 125e6


def move(desk: Desk, name: str = "WEB01", node: str = "node2", **options: object) -> str:
    chosen = MigrationOptions(**options)  # type: ignore[arg-type]
    assert desk.do(cmd.LiveMigrate(desk.machine(name).id, node, chosen))
    return desk.migration(name).id


def rows(desk: Desk, migration: str) -> list[TelemetryRow]:
    return list(desk.workspace.rows(migration))


def copying(desk: Desk, migration: str) -> list[TelemetryRow]:
    """The rows of whole windows in which memory was sent."""
    return [row for row in rows(desk, migration) if row.phase is Phase.BROWNOUT and row.pass_number][1:]


def test_a_gigabit_line_carries_94_percent_of_its_rate_as_memory(desk: Desk) -> None:
    found = move(desk)
    desk.run(5.0)
    assert copying(desk, found)[-1].rate == pytest.approx(GIGABIT * 0.94, rel=0.02)


def test_a_limit_below_the_line_is_kept_and_one_above_it_changes_nothing(desk: Desk) -> None:
    found = move(desk, bandwidth=20_000_000)
    desk.run(5.0)
    assert copying(desk, found)[-1].rate == pytest.approx(20e6, rel=0.02)
    assert desk.do(cmd.TuneMigration(found, bandwidth=10**12))
    desk.run(1.0)
    assert copying(desk, found)[-1].rate == pytest.approx(GIGABIT * 0.94, rel=0.02)


def test_rows_come_every_tenth_of_a_second(desk: Desk) -> None:
    found = move(desk)
    desk.run(5.0)
    times = [row.time for row in rows(desk, found)]
    assert len(times) > 20
    assert [b - a for a, b in itertools.pairwise(times)] == pytest.approx([0.1] * (len(times) - 1))


def test_a_failed_adapter_stops_the_flow_and_its_repair_lets_it_go_on(desk: Desk) -> None:
    found = move(desk, "SQL01", "node2")
    desk.run(5.0)
    network = desk.migration("SQL01").network
    adapter = next(
        one for one in desk.state.adapters.values() if one.network == network and one.node == desk.machine("SQL01").node
    )
    assert desk.inject(FaultKind.UNPLUG_CABLE, adapter.id)
    desk.run(1.0)
    assert desk.state.adapters[adapter.id].state is AdapterState.FAILED
    standing = rows(desk, found)[-1]
    assert standing.rate == 0.0
    assert desk.repair(adapter.id)
    desk.run(1.0)
    assert rows(desk, found)[-1].rate > 0


def test_the_blackout_is_told_when_it_begins_and_lasts_as_long_as_the_final_figures_say(desk: Desk) -> None:
    move(desk)
    desk.settle()
    entries = [entry for entry in desk.entries if isinstance(entry.event, ev.MigrationPhaseEntered)]
    begins = {entry.event.phase: entry.time for entry in entries}  # type: ignore[union-attr]
    (done,) = desk.events(ev.MigrationCompleted)
    assert isinstance(done, ev.MigrationCompleted)
    assert done.figures is not None
    after = next(phase for phase in (Phase.STORAGE, Phase.NETWORK, Phase.CLEANUP) if phase in begins)
    assert begins[Phase.BROWNOUT] < begins[Phase.BLACKOUT] < begins[after]
    assert begins[after] - begins[Phase.BLACKOUT] <= done.figures.downtime + 1e-6


def test_two_migrations_over_one_line_share_it(fabrikam: Desk) -> None:
    """A gigabit out of one node, two machines on their way over it."""
    assert fabrikam.do(cmd.SetConcurrentMigrations(2))
    moved = [one for one in fabrikam.state.machines_on("host1") if one.state.holds_memory and one.is_highly_available]
    for machine, node in zip(moved, ("host2", "host3"), strict=False):
        assert fabrikam.do(cmd.LiveMigrate(machine.id, node))
    fabrikam.run(3.0)
    shares = [
        rows(fabrikam, one.id)[-1].rate
        for one in fabrikam.state.running_migrations()
        if rows(fabrikam, one.id) and rows(fabrikam, one.id)[-1].phase is Phase.BROWNOUT
    ]
    assert len(shares) == 2
    assert shares[0] == pytest.approx(shares[1], rel=0.02)


def test_a_canceled_migration_frees_the_line_for_the_other(fabrikam: Desk) -> None:
    assert fabrikam.do(cmd.SetConcurrentMigrations(2))
    moved = [one for one in fabrikam.state.machines_on("host1") if one.state.holds_memory and one.is_highly_available]
    for machine, node in zip(moved, ("host2", "host3"), strict=False):
        assert fabrikam.do(cmd.LiveMigrate(machine.id, node))
    fabrikam.run(3.0)
    first, second = fabrikam.state.running_migrations()
    before = rows(fabrikam, second.id)[-1].rate
    assert fabrikam.do(cmd.CancelMigration(first.id))
    fabrikam.run(1.0)
    told = len(rows(fabrikam, first.id))
    fabrikam.run(1.0)
    assert len(rows(fabrikam, first.id)) == told, "nothing more is told of it"
    assert rows(fabrikam, second.id)[-1].rate == pytest.approx(2 * before, rel=0.05)
