"""Every event since the beginning, whatever happened to the program in between."""

from __future__ import annotations

import math
import sqlite3
import threading
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.logs.channels import EventLogs
from fcm.logs.queries.query import Query, QueryError, QueryPart, parse_query, query_of
from fcm.logs.queries.sql import condition_of
from fcm.model import events as ev
from fcm.model.commands import LiveMigrate
from fcm.model.state import State
from fcm.workspace.events import event_log
from fcm.workspace.events.event_log import EventLog, EventLogError, EventSelection, everything
from fcm.workspace.events.event_log_limits import SMALLEST, LogLimit
from fcm.workspace.events.event_selection import Counts
from fcm.workspace.events.saved_queries import recent_events
from fcm.workspace.files.journal import Journal
from tests.property.shell.test_shell_logs import RECORDS
from tests.unit.embedded.desk import Desk
from tests.unit.logs.test_evtx import record

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.logs.records import EventRecord

ANALYTIC = "Microsoft-Windows-Hyper-V-High-Availability-Analytic"
NOW = 1_255_807_300.0


def desk_on(folder: Path) -> Desk:
    """A cluster with a journal in the folder."""
    return Desk(journal=Journal.open(folder / "one.journal", "embedded:contoso"))


def texts(desk: Desk) -> list[str]:
    """What happened, in words and in order."""
    return [one.text for one in desk.workspace.events.select(EventSelection(everything(), desk.workspace.now()))]


def found(log: EventLog, query: Query, **how: object) -> list[EventRecord]:
    return list(log.select(replace(EventSelection(query, NOW), **how)))  # type: ignore[arg-type]


def filled(*records: EventRecord) -> EventLog:
    log = EventLog()
    log.append(records)
    return log


def test_events_are_there_after_a_restart_with_the_names_of_their_time(tmp_path: Path) -> None:
    desk = desk_on(tmp_path)
    desk.do(LiveMigrate(desk.machine("DC01").id, "node2"))
    desk.settle()
    desk.workspace.events.enable(ANALYTIC, True, 0.0)
    before = texts(desk)
    desk.close()
    again = desk_on(tmp_path)
    assert texts(again)[: len(before)] == before
    assert again.workspace.events.logs.enabled(ANALYTIC)
    again.close()


@pytest.mark.parametrize("loss", ["gone", "damaged"])
def test_a_file_that_is_lost_is_made_anew_from_the_journal(loss: str, tmp_path: Path) -> None:
    desk = desk_on(tmp_path)
    desk.workspace.events.enable(ANALYTIC, True, 0.0)
    desk.do(LiveMigrate(desk.machine("DC01").id, "node2"))
    desk.settle()
    before = texts(desk)
    desk.close()
    if loss == "gone":
        (tmp_path / "one.events").unlink()
    else:
        (tmp_path / "one.events").write_bytes(b"no database" * 1000)
    again = desk_on(tmp_path)
    again.workspace.events.enable(ANALYTIC, True, 0.0)
    assert sorted(texts(again)[: len(before)]) == sorted(before)
    assert sum("pass 1 begins" in text for text in texts(again)) == 1
    again.close()


def test_a_file_of_another_history_is_made_anew(tmp_path: Path) -> None:
    desk = desk_on(tmp_path)
    desk.close()
    other = EventLog(tmp_path / "one.events")
    other.append([record(1, text="of another history")], (1, 5.0))
    other.close()
    again = desk_on(tmp_path)
    assert "of another history" not in texts(again)
    assert texts(again)
    again.close()


def test_however_many_events_there_are_all_can_be_found(tmp_path: Path) -> None:
    desk = desk_on(tmp_path)
    report = ev.BackendReported("warning", "A host is slow.")
    desk.workspace.post([ev.Entry(0, float(number), report) for number in range(5100)])
    desk.workspace.drain(60.0)
    assert texts(desk).count("A host is slow.") == 5100
    desk.close()


def test_events_come_in_the_order_that_is_asked_for() -> None:
    log = filled(record(1, id=5, level=2), record(2, id=3, level=4), record(3, id=4, level=1))
    asked = query_of("Microsoft-Windows-Hyper-V-VMMS-Admin")
    assert [one.id for one in found(log, asked)] == [5, 3, 4]
    assert [one.id for one in found(log, asked, descending=True)] == [4, 3, 5]
    assert [one.id for one in found(log, asked, order="event")] == [3, 4, 5]
    assert [one.id for one in found(log, asked, order="no column")] == [5, 3, 4]
    log.close()


def test_words_levels_time_and_number_narrow_what_is_found() -> None:
    log = filled(
        record(1, text="100% done", level=2), record(2, text="1000 done", level=3), record(3, text="other", level=2)
    )
    asked = query_of("Microsoft-Windows-Hyper-V-VMMS-Admin")
    assert [one.text for one in found(log, asked, words="DONE 100%")] == ["100% done"]
    assert [one.text for one in found(log, asked, levels=(2,))] == ["100% done", "other"]
    assert [one.text for one in found(log, asked, since=record(3).time)] == ["other"]
    assert [one.text for one in found(log, asked, after=2)] == ["other"]
    assert [one.text for one in found(log, asked, words="node1 vmms other")] == ["other"]
    log.close()


def test_every_field_of_a_record_is_kept() -> None:
    one = record(1, keywords=0x8080000000000001, nodes=("node1", "node2"), fact="NodeChanged")
    log = filled(one)
    assert found(log, query_of(one.channel)) == [one]
    log.close()


@pytest.mark.parametrize(
    "expression",
    [
        "*[System[(Level=1 or Level=2) and TimeCreated[timediff(@SystemTime) <= 60000]]]",
        "*[EventData[Data[@Name='VmName']='VM 1']]",
        "*[EventData[Data='moved']]",
        "*[EventData[Data > 'VM 2']]",
        "*[System[EventID!=20415 and band(Keywords, 1)]]",
    ],
)
def test_a_condition_lets_every_event_pass_that_the_query_selects(expression: str) -> None:
    asked = query_of("Microsoft-Windows-Hyper-V-VMMS-Admin", expression)
    records = [
        record(number, level=1 + number % 5, id=20414 + number % 2, keywords=number, data=(("VmName", f"VM {number}"),))
        for number in range(1, 40)
    ]
    records.append(record(40, text="moved", data=(("Text", "moved"),)))
    log = filled(*records)
    assert found(log, asked) == asked.run(records, NOW)
    log.close()


_PATHS = st.sampled_from(
    ["Level", "EventID", "Task", "Computer", "Version", "Keywords", "Provider[@Name]", "TimeCreated/@SystemTime"]
)
_CONSTANTS = st.sampled_from(["0", "1", "4", "20415", "0x8000000000000000", "-1", "1.5", "'node1'", "'2009-10-17'"])
_LEAVES = st.builds(
    "{} {} {}".format, _PATHS, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), _CONSTANTS
) | st.sampled_from(
    ["band(Keywords, 1)", "TimeCreated[timediff(@SystemTime) <= 5000]", "Provider[@Name='x']", "Computer"]
)
_DATA = st.builds(
    "*[EventData[Data{} {} '{}']]".format,
    st.sampled_from(["", "[@Name='a']", "[@Name='b']"]),
    st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
    st.sampled_from(["", "x", "ä", "20", "moved"]),
) | st.sampled_from(["*[EventData[Data[@Name='a']]]", "*[EventData[Data]]", "*[EventData[Data > 5]]"])
_WITH_DATA = st.builds(
    lambda one, data: replace(one, data=tuple(data), text="moved"),
    RECORDS,
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "x", "ä", "moved", "20", "z'\"\\<"])), max_size=3),
)
_TESTS = st.recursive(
    _LEAVES,
    lambda inner: st.builds("({} and {})".format, inner, inner) | st.builds("({} or {})".format, inner, inner),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(_TESTS, _TESTS, st.lists(RECORDS, max_size=6))
def test_the_file_finds_what_the_query_selects_for_any_query(
    test: str, against: str, records: list[EventRecord]
) -> None:
    text = (
        f'<QueryList><Query Path="System"><Select>*[System[{test}]]</Select><Suppress>*[System[{against}]]</Suppress>'
        "</Query></QueryList>"
    )
    try:
        asked = parse_query(text.replace("<=", "&lt;=").replace(" < ", " &lt; "))
    except QueryError:
        return
    log = filled(*records)
    numbered = [replace(one, record_id=number) for number, one in enumerate(records, 1)]
    assert sorted(log.find(EventSelection(asked, NOW))) == [one.record_id for one in asked.run(numbered, NOW)]
    log.close()


@settings(max_examples=150, deadline=None)
@given(_DATA, st.booleans(), st.lists(_WITH_DATA, max_size=6))
def test_the_file_finds_what_a_query_over_data_selects(
    expression: str, negated: bool, records: list[EventRecord]
) -> None:
    asked = query_of("System", expression)
    if negated:
        chosen = query_of("System").selects
        asked = Query((QueryPart((*chosen, replace(asked.selects[0], suppresses=True))),))
    log = filled(*records)
    numbered = [replace(one, record_id=number) for number, one in enumerate(records, 1)]
    assert sorted(log.find(EventSelection(asked, NOW))) == [one.record_id for one in asked.run(numbered, NOW)]
    log.close()


def test_a_log_that_was_disabled_shows_only_what_came_while_it_was_enabled() -> None:
    log = filled(*(record(number) for number in range(1, 5)))
    channel = record(1).channel
    log.enable(channel, False, record(2).time)
    log.enable(channel, True, record(4).time)
    assert [one.record_id for one in found(log, query_of(channel))] == [1, 2, 4]
    assert [one.record_id for one in found(log, query_of(channel, "*[EventData[Data]]"))] == [1, 2, 4]
    log.close()


def test_a_query_with_thousands_of_numbers_is_asked_of_the_events_instead() -> None:
    asked = query_of("System", "*[System[" + " or ".join(f"EventID={number}" for number in range(3000)) + "]]")
    assert not condition_of(asked, EventLogs(), NOW).exact
    log = filled(record(1, channel="System", id=2999), record(2, channel="System", id=3000))
    assert [one.id for one in found(log, asked)] == [2999]
    log.close()


def test_a_file_that_cannot_be_written_is_told_and_loses_nothing(tmp_path: Path) -> None:
    desk = desk_on(tmp_path)
    events = desk.workspace.events
    texts(desk)
    block = sqlite3.connect(tmp_path / "one.events", isolation_level=None)
    block.execute("BEGIN EXCLUSIVE")
    events._connection.execute("PRAGMA busy_timeout=1")  # type: ignore[union-attr]
    desk.workspace.post([ev.Entry(0, 1.0, ev.BackendReported("warning", "A host is slow."))])
    desk.workspace.drain(60.0)
    with pytest.raises(EventLogError, match="completed later"):
        events.write()
    block.execute("ROLLBACK")
    block.close()
    assert texts(desk).count("A host is slow.") == 1
    desk.close()


def test_what_is_asked_of_a_closed_log_is_refused_in_words() -> None:
    log = filled(record(1))
    log.close()
    with pytest.raises(EventLogError, match="was closed"):
        log.find(EventSelection(everything(), NOW))


def test_a_cluster_that_closes_while_its_events_are_written_waits_for_them(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "one.events")
    before = State()
    entries = [ev.Entry(0, float(number), ev.BackendReported("warning", f"Report {number}.")) for number in range(401)]
    log._writing.acquire()  # the writer has begun and the file is not open yet
    log.take(entries, before, before)
    writer = log._thread
    assert writer is not None

    class Awaited(threading.Thread):
        def join(self, timeout: float | None = None) -> None:
            log._writing.release()
            writer.join(timeout)

    log._thread = Awaited()
    log.close()  # and nothing is logged, which the nets of the tests would tell
    again = EventLog(tmp_path / "one.events")
    assert len(again.find(EventSelection(everything(), NOW))) == 401
    again.close()


def test_facts_whose_states_are_large_are_written_before_there_are_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "MOST_HELD", 30)
    desk = desk_on(tmp_path)
    log, after = EventLog(), desk.workspace.state
    assert 10 <= len(after.machines) < 15
    log._writing.acquire()  # the writer does not end at once
    for number in range(2):
        log.take([ev.Entry(0, float(number), ev.BackendReported("warning", f"Report {number}."))], after, after)
    assert log._thread is None
    log.take([ev.Entry(0, 2.0, ev.BackendReported("warning", "Report 2."))], after, after)
    assert log._thread is not None
    log._writing.release()
    log.close()
    assert not log._taken
    desk.close()


# Counts, and who hears of changes


@settings(deadline=None, max_examples=30)
@given(
    st.lists(RECORDS, max_size=12), st.sampled_from(["*", "*[System[Level<=3]]", "*[UserData]", "*[System/Level=2]"])
)
def test_a_count_is_the_number_of_events_that_are_found(records: list[EventRecord], expression: str) -> None:
    log = filled(*records)
    selection = EventSelection(query_of("System", expression), NOW, within=NOW)
    counts = log.counts(selection)
    chosen = list(log.select(selection))
    assert counts.levels == Counter(one.level for one in chosen)
    assert counts.oldest == min((one.time for one in chosen), default=math.inf)
    assert counts.last == max((one.record_id for one in chosen), default=0)
    half = len(records) // 2
    below = [one for one in chosen if one.record_id <= half]
    oldest, last = min((one.time for one in below), default=math.inf), max((one.record_id for one in below), default=0)
    known = Counts(Counter(one.level for one in below), oldest, last)
    assert known + log.counts(replace(selection, after=half)) == counts
    log.close()


def test_recent_events_are_those_of_24_hours_that_came_after_the_reset() -> None:
    day = 86_400
    times = (NOW - day - 1, NOW - day, NOW - 7200, NOW - 3600, NOW)
    log = filled(*(record(number, time=time, level=2) for number, time in enumerate(times, 1)))
    assert log.counts(recent_events(NOW)).levels == {2: 4}
    log.reset_recent(NOW - 3600)
    assert [one.time for one in log.select(recent_events(NOW))] == [NOW]
    assert log.counts(recent_events(NOW)).levels == {2: 1}
    assert len(found(log, everything())) == 5
    log.close()


def test_whoever_observes_hears_of_everything_that_changes_what_is_found(tmp_path: Path) -> None:
    desk = desk_on(tmp_path)
    log = desk.workspace.events
    told: list[int] = []
    end = log.observe(lambda: told.append(log.generation))
    before = log.generation
    for change, goes in (
        (lambda: desk.do(LiveMigrate(desk.machine("DC01").id, "node2")), False),
        (lambda: log.enable(ANALYTIC, True, NOW), True),
        (lambda: log.clear("System", NOW), True),
        (lambda: log.set_limit("fcm", LogLimit(SMALLEST)), False),
        (lambda: log.reset_recent(NOW), True),
    ):
        told.clear()
        change()
        assert told, "nobody was told"
        assert (log.generation > before) is goes
        before = log.generation
    end()
    told.clear()
    log.clear("System", NOW)
    assert told == []
    desk.close()
