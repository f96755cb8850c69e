"""Live migrations with goals in a simulated cluster: what is changed on the way, what is told, and what ends it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.embedded import open_embedded
from fcm.logs.records import records_of
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.migrations import UNLIMITED, MigrationOptions
from fcm.model.telemetry import Phase
from fcm.workspace.files.journal import Journal
from fcm.workspace.tuning import advice
from tests.unit.embedded.desk import START, Desk

if TYPE_CHECKING:
    from pathlib import Path

LINE = 100_000_000
"""bytes/s: over this CACHE01, which writes its memory without a pause, never ends by itself."""
GOALS = MigrationOptions(bandwidth=LINE, move_within=400.0, pause_at_most=0.5)


def migrate(desk: Desk, name: str, node: str, options: MigrationOptions) -> None:
    assert desk.do(cmd.LiveMigrate(desk.machine(name).id, node, options))


def steps(desk: Desk) -> list[ev.MigrationSteered]:
    return [entry.event for entry in desk.entries if isinstance(entry.event, ev.MigrationSteered)]


def test_a_guest_that_hardly_writes_ends_with_a_short_pause_and_nothing_to_change(desk: Desk) -> None:
    migrate(desk, "WEB01", "node2", MigrationOptions(move_within=60.0, pause_at_most=1.0))
    desk.settle()
    migration = desk.migration("WEB01")
    assert migration.phase is Phase.COMPLETED
    assert migration.figures is not None
    assert migration.figures.total < 60.0
    assert migration.figures.downtime < 0.2
    assert "Begins with a downtime limit of 100 ms" in migration.steps[0].text
    entry = next(entry for entry in desk.entries if isinstance(entry.event, ev.MigrationCompleted))
    record, *_ = records_of(entry, desk.state)
    assert "the goal was 1 min 0 s. The virtual machine stood still for" in record.text
    assert migration.wanted == MigrationOptions(move_within=60.0, pause_at_most=1.0)


def test_the_downtime_limit_rises_in_steps_but_never_beyond_the_longest_pause(desk: Desk) -> None:
    migrate(desk, "CACHE01", "node1", GOALS)
    desk.run(400.0)
    found = steps(desk)
    limits = [step.options.downtime_limit for step in found]
    assert len(set(limits)) > 2
    assert all(limit is not None and limit <= 0.5 for limit in limits)
    assert not any(step.options.bandwidth not in (None, UNLIMITED) and step.options.bandwidth > LINE for step in found)
    migration = desk.migration("CACHE01")
    assert [step.text for step in migration.steps] == [step.text for step in found]
    assert advice(desk.workspace, migration, desk.workspace.outlook(migration.id)).helps == ()


def test_a_deadline_that_will_be_missed_is_told_with_what_would_help_and_once_that_it_is_missed(desk: Desk) -> None:
    migrate(desk, "CACHE01", "node1", replace(GOALS, move_within=120.0))
    desk.run(400.0)
    warnings = [step.text for step in steps(desk) if step.warning]
    assert any("not expected to finish within" in text and "post-copy" in text for text in warnings)
    assert sum("is missed" in text for text in warnings) == 1
    assert desk.migration("CACHE01").phase is Phase.BROWNOUT


def test_post_copy_is_used_only_where_it_is_permitted_and_only_when_the_time_gets_short(desk: Desk) -> None:
    migrate(desk, "CACHE01", "node1", replace(GOALS, post_copy=True, move_within=200.0))
    desk.run(40.0)
    assert desk.migration("CACHE01").phase is Phase.BROWNOUT
    desk.settle()
    migration = desk.migration("CACHE01")
    assert migration.phase is Phase.COMPLETED
    assert migration.figures is not None
    assert migration.figures.total <= 200.0
    assert "Switched to post-copy, as permitted" in migration.steps[-1].text


def test_shadow_mode_changes_nothing_and_tells_what_would_have_been_done(desk: Desk) -> None:
    options = replace(GOALS, goals_shadow=True, post_copy=False, downtime_limit=0.2)
    migrate(desk, "CACHE01", "node1", options)
    desk.run(300.0)
    migration = desk.migration("CACHE01")
    assert migration.options == options
    assert len(migration.steps) > 2
    assert all(step.shadow for step in migration.steps)
    entry = next(entry for entry in desk.entries if isinstance(entry.event, ev.MigrationSteered))
    (record,) = records_of(entry, desk.state)
    assert record.id == 60057
    assert "would have been steered" in record.text


def test_who_changes_the_options_by_hand_has_them_from_then_on(desk: Desk) -> None:
    migrate(desk, "CACHE01", "node1", GOALS)
    desk.run(60.0)
    identity = desk.migration("CACHE01").id
    assert desk.do(cmd.TuneMigration(identity, downtime_limit=0.15))
    told = len(steps(desk))
    assert "changed manually" in steps(desk)[-1].text
    desk.run(300.0)
    assert len(steps(desk)) == told
    assert desk.migration("CACHE01").options.downtime_limit == 0.15


def test_a_person_can_still_switch_a_steered_migration_to_post_copy(desk: Desk) -> None:
    migrate(desk, "CACHE01", "node1", replace(GOALS, post_copy=True, move_within=3000.0))
    desk.run(60.0)
    assert desk.migration("CACHE01").phase is Phase.BROWNOUT
    assert desk.do(cmd.TuneMigration(desk.migration("CACHE01").id, post_copy=True))
    desk.settle()
    assert desk.migration("CACHE01").phase is Phase.COMPLETED


def test_goals_that_cannot_be_are_refused_in_words(desk: Desk) -> None:
    web = desk.machine("WEB01").id
    for options, words in (
        (MigrationOptions(move_within=0.5), "from 1 s to 30 days"),
        (MigrationOptions(pause_at_most=0.0), "greater than 0 s"),
        (MigrationOptions(pause_at_most=1.0, downtime_limit=0.3), "cannot be set together"),
        (MigrationOptions(goals_shadow=True), "Shadow mode requires a goal"),
    ):
        verdict = desk.do(cmd.LiveMigrate(web, "node2", options))
        assert not verdict
        assert words in verdict.reason


def test_the_steps_are_there_again_after_the_journal_is_opened_anew(tmp_path: Path) -> None:
    path = tmp_path / "contoso.journal"
    first = Desk(journal=Journal.open(path, "embedded:contoso"))
    migrate(first, "WEB01", "node2", MigrationOptions(move_within=60.0))
    first.settle()
    told = first.migration("WEB01").steps
    first.workspace.close()
    again = Desk(
        backend=open_embedded("contoso", seed=1, start_time=START), journal=Journal.open(path, "embedded:contoso")
    )
    assert again.migration("WEB01").steps == told != ()
    again.workspace.close()
