"""A migration or a drain that will not end: told once, with what would help; and a limit that the user sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.embedded import open_embedded
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.migrations import DrainMove, MigrationOptions
from fcm.model.rules.allowed import allowed
from fcm.model.telemetry import Phase
from fcm.workspace.files.journal import Journal
from tests.unit.embedded.desk import START, Desk

if TYPE_CHECKING:
    from pathlib import Path

LINE = 100_000_000
"""bytes/s: over this CACHE01, which writes its memory without a pause, never ends."""


def migrate(desk: Desk, name: str, node: str, options: MigrationOptions) -> None:
    assert desk.do(cmd.LiveMigrate(desk.machine(name).id, node, options))


def told(desk: Desk, kind: type[ev.Event]) -> list[ev.Event]:
    return [entry.event for entry in desk.entries if isinstance(entry.event, kind)]


def test_a_migration_that_does_not_end_is_told_once_with_reason_and_remedy(desk: Desk) -> None:
    migrate(desk, "CACHE01", "node1", MigrationOptions(bandwidth=LINE))
    desk.run(400.0)
    (one,) = told(desk, ev.MigrationFoundEndless)
    assert isinstance(one, ev.MigrationFoundEndless)
    assert "while the same amount is sent" in one.reason
    assert "cancel it" in one.remedy
    assert "auto-converge" in one.remedy
    migration = desk.migration("CACHE01")
    assert migration.phase is Phase.BROWNOUT
    assert migration.endless == one.reason


def test_it_is_an_event_of_its_own_in_the_log(desk: Desk) -> None:
    migrate(desk, "CACHE01", "node1", MigrationOptions(bandwidth=LINE))
    desk.run(300.0)
    from fcm.logs.records import records_of

    entry = next(entry for entry in desk.entries if isinstance(entry.event, ev.MigrationFoundEndless))
    (record,) = records_of(entry, desk.state)
    assert record.id == 60047
    assert record.level == 3
    assert "CACHE01" in record.text
    assert "does not end by itself" in record.text


def test_a_migration_that_converges_is_not_suspected(desk: Desk) -> None:
    for name, node in (("WEB01", "node2"), ("SQL01", "node2"), ("BUILD01", "node1")):
        if desk.machine(name).node != node:
            migrate(desk, name, node, MigrationOptions())
            desk.settle()
    assert not told(desk, ev.MigrationFoundEndless)


def test_a_drain_whose_move_does_not_end_is_held_up_and_says_who_waits(desk: Desk) -> None:
    cache = desk.machine("CACHE01")
    assert desk.do(cmd.DrainNode(cache.node, (DrainMove(cache.id, "node1"),), MigrationOptions(bandwidth=LINE)))
    desk.run(400.0)
    (one,) = told(desk, ev.NodeDrainHeldUp)
    assert isinstance(one, ev.NodeDrainHeldUp)
    assert "The live migration of CACHE01 does not end by itself" in one.reason
    drain = desk.state.drains[one.drain]
    assert drain.held_up == one.reason
    assert drain.ended is None


def test_a_drain_that_waits_for_a_migration_that_does_not_end_is_held_up_too(desk: Desk) -> None:
    migrate(desk, "CACHE01", "node1", MigrationOptions(bandwidth=LINE))
    desk.run(300.0)
    assert told(desk, ev.MigrationFoundEndless)
    cache = desk.machine("CACHE01")
    beside = next(
        one
        for one in desk.state.machines_on(cache.node)
        if one.id != cache.id
        and any(allowed(cmd.LiveMigrate(one.id, node), desk.state) for node in desk.state.nodes if node != cache.node)
    )
    node = next(node for node in desk.state.nodes if allowed(cmd.LiveMigrate(beside.id, node), desk.state))
    assert desk.do(cmd.DrainNode(cache.node, (DrainMove(beside.id, node),)))
    (one,) = told(desk, ev.NodeDrainHeldUp)
    assert isinstance(one, ev.NodeDrainHeldUp)
    assert f"{beside.name} waits for it to end" in one.reason


def test_a_time_limit_ends_it_and_the_drain_goes_on_with_the_next(desk: Desk) -> None:
    cache = desk.machine("CACHE01")
    migrate(desk, "CACHE01", "node1", MigrationOptions(bandwidth=LINE, time_limit=60.0))
    web = desk.machine("WEB01")
    assert desk.do(cmd.LiveMigrate(web.id, cache.node))
    desk.run(300.0)
    migration = desk.migration("CACHE01")
    assert migration.phase is Phase.CANCELED
    assert migration.ended is not None
    assert migration.started is not None
    assert abs(migration.ended - migration.started - 60.0) < 0.2
    assert "time limit of 1 min 0 s" in migration.reason
    assert desk.machine("CACHE01").node == cache.node
    assert desk.migration("WEB01").phase is Phase.COMPLETED


def test_a_time_limit_of_the_cluster_holds_for_every_migration_without_one_of_its_own(desk: Desk) -> None:
    assert desk.do(cmd.SetMigrationOptions(MigrationOptions(bandwidth=LINE, time_limit=120.0)))
    assert desk.do(cmd.LiveMigrate(desk.machine("CACHE01").id, "node1"))
    desk.run(300.0)
    assert desk.migration("CACHE01").phase is Phase.CANCELED


def test_a_migration_that_has_ended_leaves_no_timer_behind(desk: Desk) -> None:
    migrate(desk, "WEB01", "node2", MigrationOptions(time_limit=86_400.0))
    desk.settle(most=3600.0)
    assert desk.migration("WEB01").phase is Phase.COMPLETED
    due = desk.backend.next_due
    assert due is None or due < START + 3600.0


def test_the_journal_keeps_what_was_told(tmp_path: Path) -> None:
    path = tmp_path / "c.journal"
    desk = Desk(journal=Journal.open(path, "embedded:contoso"))
    migrate(desk, "CACHE01", "node1", MigrationOptions(bandwidth=LINE, time_limit=3600.0))
    desk.run(300.0)
    assert desk.migration("CACHE01").endless
    desk.workspace.close()
    again = Desk(
        journal=Journal.open(path, "embedded:contoso"), backend=open_embedded("contoso", seed=1, start_time=START)
    )
    assert again.migration("CACHE01").endless
    assert again.migration("CACHE01").options.time_limit == 3600.0
    again.workspace.close()
