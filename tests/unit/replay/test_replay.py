"""Replay: the history of a cluster shown at any of its moments, as it was then, and never changed."""

from __future__ import annotations

import gc
import math
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.app import open_workspace, refuse_wrong_input
from fcm.backend import registry
from fcm.backend.base import BackendError
from fcm.cli.main import main
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.state import State, apply
from fcm.model.structures.tables import table
from fcm.workspace import workspace as workspace_file
from fcm.workspace.events.event_log import EventSelection, everything
from fcm.workspace.files.journal_paths import journal_path
from fcm.workspace.replay import key_frames
from fcm.workspace.replay import past as past_file
from tests.unit.replay.lived import URI, advance, live, lived

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fcm.backend.replay import Replay
    from fcm.workspace.workspace import Workspace

REPLAY = f"replay:{URI}"


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))


@pytest.fixture
def replayed() -> Iterator[Workspace]:
    """The replay of a cluster that was closed."""
    lived().close()
    opened = open_workspace(REPLAY)
    yield opened
    opened.close()


def of(workspace: Workspace) -> Replay:
    assert workspace.replay is not None
    return workspace.replay


def until(workspace: Workspace, reached: Callable[[], bool]) -> None:
    """Drain whenever there is something, until a condition holds."""
    woken = threading.Event()
    workspace.set_wake(woken.set)
    workspace.drain(60.0)
    while not reached():
        woken.wait()
        woken.clear()
        workspace.drain(60.0)
    workspace.set_wake(lambda: None)


def go_to(workspace: Workspace, moment: float) -> None:
    of(workspace).go_to(moment)
    place = of(workspace).place
    until(workspace, lambda: workspace.now() == moment and workspace.state.sequence == place)


def test_each_moment_is_as_it_was_when_the_cluster_ran() -> None:
    ran: dict[int, State] = {}
    workspace = lived(ran=ran)
    workspace.close()
    opened = open_workspace(REPLAY)
    assert opened.state == ran[max(ran)]
    for sequence in sorted(ran, key=lambda number: (number * 7919) % 97)[:40]:
        of(opened).go_to_event(sequence)
        until(opened, lambda sequence=sequence: opened.state.sequence == sequence)  # type: ignore[misc]
        assert opened.state == ran[sequence]
        assert opened.now() == of(opened).past.time(sequence)
    assert len(ran) > 20
    opened.close()


def test_the_first_moment_is_the_cluster_as_it_was_formed_and_there_is_none_before(replayed: Workspace) -> None:
    first = of(replayed).past.time(of(replayed).past.first)
    assert of(replayed).past.place(first - 1e6) == of(replayed).past.first
    of(replayed).go_to_event(-5)
    until(replayed, lambda: replayed.now() == first)
    assert replayed.state.sequence == of(replayed).past.first
    assert not replayed.state.migrations
    assert replayed.state.cluster is not None


def test_in_the_middle_of_a_migration_its_telemetry_ends_there(replayed: Workspace) -> None:
    migration = next(iter(replayed.state.migrations.values()))
    assert migration.started is not None
    assert migration.ended is not None
    whole = replayed.rows(migration.id)
    half = (migration.started + migration.ended) / 2
    go_to(replayed, half)
    shown = replayed.rows(migration.id)
    assert 0 < len(shown) < len(whole)
    assert all(migration.started + row.time <= half for row in shown)
    assert replayed.state.active_migration(migration.machine) is not None
    assert len(replayed.forecasts.course(migration.id).recording) == len(shown)
    go_to(replayed, of(replayed).past.time(of(replayed).past.last))
    assert len(replayed.forecasts.course(migration.id).recording) == len(whole)


def test_playing_shows_what_happened_with_its_telemetry_and_ends_at_the_end(replayed: Workspace) -> None:
    past, end = of(replayed).past, replayed.state
    whole = {one: list(replayed.rows(one)) for one in end.migrations}
    assert any(whole.values())
    go_to(replayed, past.time(past.first))
    seen: list[ev.Entry] = []
    replayed.subscribe(lambda change, entries: seen.extend(entries))
    of(replayed).clock.set_speed(math.inf)
    until(replayed, lambda: replayed.state.sequence == past.last)
    assert replayed.state == end
    assert {one: list(replayed.rows(one)) for one in end.migrations} == whole
    lasting = [entry.sequence for entry in seen if entry.sequence]
    assert lasting == sorted(lasting)
    assert lasting[-1] == past.last


def test_playing_goes_on_from_a_moment_in_a_migration_without_a_row_missing_or_twice(replayed: Workspace) -> None:
    migration = next(iter(replayed.state.migrations.values()))
    assert migration.started is not None
    assert migration.ended is not None
    whole = list(replayed.rows(migration.id))
    go_to(replayed, migration.started + whole[len(whole) // 3].time)
    of(replayed).clock.set_speed(math.inf)
    until(replayed, lambda: replayed.state.migrations[migration.id].phase.is_over)
    assert list(replayed.rows(migration.id)) == whole


def test_quiet_time_is_skipped_unless_that_is_not_wanted(replayed: Workspace) -> None:
    past = of(replayed).past
    times = [past.time(number) for number in range(past.first, past.last + 1)]
    gap = max(range(len(times) - 1), key=lambda number: times[number + 1] - times[number])
    assert times[gap + 1] - times[gap] > 60.0
    go_to(replayed, times[gap])
    of(replayed).clock.set_speed(1.0)
    until(replayed, lambda: replayed.state.sequence > past.first + gap)
    of(replayed).clock.set_speed(0.0)
    assert replayed.now() >= times[gap + 1]


def test_whoever_waits_for_a_time_sees_that_moment(replayed: Workspace) -> None:
    past = of(replayed).past
    begin, end = past.time(past.first), past.time(past.last)
    go_to(replayed, begin)
    reached, wanted = threading.Event(), (begin + end) / 2
    of(replayed).clock.hold(wanted, reached.set)
    of(replayed).clock.set_speed(math.inf)
    reached.wait()
    assert replayed.now() == wanted
    of(replayed).clock.set_speed(0.0)
    of(replayed).clock.release()


def test_nothing_can_be_changed_and_the_reason_names_what_can(replayed: Workspace) -> None:
    verdict = replayed.submit(cmd.PauseNode("node1")).wait()
    assert verdict is not None
    assert not verdict
    assert f"replay of {URI}" in verdict.reason
    assert "Branch Here" in verdict.remedy
    assert not replayed.capabilities.rehearsal()
    with pytest.raises(BackendError, match="replay"):
        replayed.measure_writes(next(iter(replayed.state.machines)), lambda sample: None, lambda: True)
    with pytest.raises(BackendError, match="replay"):
        replayed.console("x")
    with pytest.raises(BackendError, match="replay"):
        replayed.rehearse((), lambda seen: None, lambda: True)
    assert of(replayed).silence("node1") is None


def test_a_speed_below_zero_is_refused(replayed: Workspace) -> None:
    with pytest.raises(ValueError, match="not valid"):
        of(replayed).clock.set_speed(-1.0)


def test_the_event_log_has_what_had_happened_by_then(replayed: Workspace) -> None:
    def count() -> int:
        return sum(replayed.events.counts(EventSelection(everything(), replayed.now())).levels.values())

    whole, last = count(), replayed.events.last()
    past = of(replayed).past
    generation = replayed.events.generation
    go_to(replayed, past.time(past.first) + 1.0)
    early = count()
    assert 0 < early < whole
    assert replayed.events.generation != generation
    assert replayed.events.last() < last
    go_to(replayed, past.time(past.last))
    assert count() == whole


def test_failures_of_the_whole_history_are_known_at_any_moment(replayed: Workspace) -> None:
    whole = replayed.events.marks(1000)
    assert any(level <= 2 for _, level in whole)
    assert whole == sorted(whole, key=lambda mark: mark[0])
    past = of(replayed).past
    go_to(replayed, past.time(past.first))
    assert replayed.events.marks(1000) == whole


def test_the_history_of_migrations_is_that_of_the_moment(replayed: Workspace) -> None:
    first, second = list(replayed.state.migrations.values())[:2]
    assert first.ended is not None
    assert len(replayed.history().migrations()) == len(replayed.state.migrations)
    go_to(replayed, (first.ended + second.requested) / 2)
    assert [one.id for one in replayed.history().migrations()] == [first.id]


def test_an_open_cluster_can_be_replayed_while_it_goes_on() -> None:
    workspace = lived()
    opened = open_workspace(REPLAY)
    shown = opened.state
    assert shown == workspace.state
    live(workspace, "node2")
    advance(workspace, 300.0)
    assert workspace.state.sequence > shown.sequence
    opened.drain(1.0)
    assert opened.state == shown
    opened.close()
    workspace.close()
    again = open_workspace(URI, paced=False)
    assert again.state.sequence > shown.sequence
    again.close()


def test_a_replay_leaves_neither_a_trace_in_the_journal_nor_a_file() -> None:
    lived().close()
    path = journal_path(URI)
    before = path.read_bytes()
    opened = open_workspace(REPLAY)
    copy = opened.journal_file
    assert copy is not None
    assert copy.exists()
    opened.submit(cmd.PauseNode("node1"))
    opened.drain(1.0)
    opened.close()
    assert not copy.parent.exists()
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()].count(journal_path(REPLAY).name) == 0


def test_a_history_in_parts_is_replayed_from_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: dict[int, State] = {}
    lived(ran=ran).close()
    monkeypatch.setattr(workspace_file, "LONGEST", 40)
    monkeypatch.setattr(workspace_file, "KEPT", 20)
    open_workspace(URI, paced=False).close()
    assert list(journal_path(URI).parent.glob("*.old"))
    opened = open_workspace(REPLAY)
    first = min(number for number in ran if number)
    assert of(opened).past.first == 1
    for sequence in (first, max(ran) // 2, max(ran)):
        near = max(number for number in ran if number <= sequence)
        of(opened).go_to_event(near)
        until(opened, lambda near=near: opened.state.sequence == near)  # type: ignore[misc]
        assert opened.state == ran[near]
    opened.close()


def test_with_its_older_part_gone_a_history_begins_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    lived().close()
    monkeypatch.setattr(workspace_file, "LONGEST", 40)
    monkeypatch.setattr(workspace_file, "KEPT", 20)
    open_workspace(URI, paced=False).close()
    (older,) = journal_path(URI).parent.glob("*.old")
    older.unlink()
    opened = open_workspace(REPLAY)
    past = of(opened).past
    assert past.first > 1
    of(opened).go_to(0.0)
    until(opened, lambda: opened.state.sequence == past.first)
    assert opened.state.cluster is not None
    opened.close()


def test_states_are_kept_so_that_no_moment_is_far_from_one(monkeypatch: pytest.MonkeyPatch) -> None:
    lived().close()
    monkeypatch.setattr(past_file, "EVERY", 10)
    monkeypatch.setattr(key_frames, "WHOLE", 4)
    opened = open_workspace(REPLAY)
    past = of(opened).past
    assert isinstance(past, past_file.JournalPast)
    assert past.kept >= (past.last - past.first) // 12
    read: list[tuple[int, int]] = []
    between = past.journal.entries_between
    monkeypatch.setattr(past.journal, "entries_between", lambda a, b: read.append((a, b)) or between(a, b))
    past.state(past.last)
    past.state(past.first + 25)
    assert all(until - after <= 11 for after, until in read)
    opened.close()


def test_a_cluster_that_was_never_open_has_nothing_to_replay(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BackendError, match="never open"):
        open_workspace(REPLAY)
    with pytest.raises(BackendError, match="never open"):
        refuse_wrong_input(REPLAY)
    assert main(["show", REPLAY]) == 2
    assert "never open" in capsys.readouterr().err
    assert not journal_path(URI).exists()


def test_a_replay_of_a_replay_is_refused() -> None:
    with pytest.raises(BackendError, match="already"):
        registry.canonical_uri(f"replay:{REPLAY}")


def test_a_replay_is_simulated_as_what_it_is_the_history_of() -> None:
    assert registry.is_simulated(REPLAY)
    assert not registry.is_simulated("replay:libvirt:/hosts.toml")
    assert registry.canonical_uri("replay:contoso") == REPLAY


def test_a_journal_is_replayed_wherever_it_is(tmp_path: Path) -> None:
    lived().close()
    elsewhere = tmp_path / "sent" / "of a friend.journal"
    elsewhere.parent.mkdir()
    journal_path(URI).rename(elsewhere)
    opened = open_workspace(f"replay:{elsewhere}")
    assert opened.simulated
    assert opened.state.migrations
    opened.close()
    (tmp_path / "text.journal").write_text("no journal")
    with pytest.raises(BackendError, match="not a journal"):
        open_workspace(f"replay:{tmp_path / 'text.journal'}")
    with pytest.raises(BackendError, match="no file"):
        open_workspace(f"replay:{tmp_path / 'none.journal'}")


def test_the_command_line_shows_the_end_of_a_history(capsys: pytest.CaptureFixture[str]) -> None:
    lived().close()
    assert main(["show", REPLAY]) == 0
    assert "node1" in capsys.readouterr().out


def test_a_state_after_one_event_follows_from_the_one_before(replayed: Workspace) -> None:
    past = of(replayed).past
    for sequence in range(past.first, past.first + 30):
        (entry,) = past.entries(sequence, sequence + 1)
        assert apply(past.state(sequence), entry)[0] == past.state(sequence + 1)


def test_the_states_of_a_long_history_are_not_searched_for_garbage_while_it_is_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lived().close()
    before = gc.get_freeze_count()
    monkeypatch.setattr(workspace_file, "LONG_PAST", 20)
    opened = open_workspace(REPLAY)
    assert gc.get_freeze_count() > before
    opened.close()
    assert gc.get_freeze_count() == before


def test_a_kept_state_takes_what_did_not_change_from_the_whole_one_before() -> None:
    ran: dict[int, State] = {}
    lived(ran=ran).close()
    frames = key_frames.KeyFrames()
    begun = [number for number in sorted(ran) if ran[number].cluster is not None]
    for number in begun:
        frames.keep(ran[number])
    for number in begun[1:]:
        found, before = frames.before(number), frames.before(number - 1)
        assert found == ran[number]
        shared = [name for name in key_frames.TABLES if getattr(found, name) is getattr(before, name)]
        assert len(shared) > len(key_frames.TABLES) // 2
    assert frames.before(begun[0] - 5) == ran[begun[0]]


def test_an_object_that_is_gone_or_has_another_place_is_not_shown_where_it_was() -> None:
    ran: dict[int, State] = {}
    lived(ran=ran).close()
    state = ran[max(ran)]
    name, other = list(state.machines)[:2]
    gone = replace(state, sequence=state.sequence + 1, machines=table(state.machines).without({name}))
    back = replace(
        state, sequence=state.sequence + 2, machines=table(gone.machines).with_one(name, state.machines[name])
    )
    frames = key_frames.KeyFrames()
    for one in (state, gone, back):
        frames.keep(one)
    assert next(iter(frames.before(gone.sequence).machines)) == other
    assert list(frames.before(back.sequence).machines)[-1] == name
