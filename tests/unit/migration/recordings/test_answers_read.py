"""What each field of an answer to query-migrate becomes, and what stands in for one that is missing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from fcm.migration.engine.specification import Capability
from fcm.migration.fields import BadFileError
from fcm.migration.recordings import query_migrate
from fcm.migration.recordings.reading import read_recording
from fcm.model.telemetry import FinalFigures, Phase

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fcm.migration.recordings.recording import Recording

    Read = Callable[..., Recording]

EPOCH = 1_795_000_000


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reader(*values: Any, text: str = "") -> Recording:
        path = tmp_path / "answers.jsonl"
        path.write_text(text or "\n".join(json.dumps(one) for one in values), encoding="utf-8")
        return read_recording(path)

    return reader


def answer(status: str = "active", ms: int | None = 100, **ram: float) -> dict[str, Any]:
    memory = {"total": 1 << 30, "remaining": 1 << 29, "transferred": 1000, "dirty-sync-count": 1, **ram}
    said: dict[str, Any] = {"status": status, "ram": memory}
    return said if ms is None else {**said, "total-time": ms}


def at(stamp: Any, said: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"timestamp": stamp, "return": said or answer(ms=None)}


def notes(recording: Recording) -> str:
    assert recording.facts is not None
    return recording.facts.notes


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"seconds": EPOCH, "microseconds": 250_000}, {"seconds": EPOCH + 2, "microseconds": 500_000}),
        ({"seconds": EPOCH}, {"seconds": EPOCH + 2, "microseconds": 250_000}),
        (EPOCH + 0.25, EPOCH + 2.5),
        (EPOCH * 1000 + 250, EPOCH * 1000 + 2500),
        (12.0, 14.25),
        ("2026-11-18T12:00:00.25Z", "2026-11-18T12:00:02.5Z"),
        ("2026-11-18 12:00:00,25", "2026-11-18 12:00:02,50"),
        ("2026-11-18T12:00:59.75", "2026-11-18T12:01:02"),
        ("2026-11-18T12:00:00.25+01:00", "2026-11-18T11:00:02.5+00:00"),
        ("at 2026-11-18T12:00:00.250", "2026-11-17T00:00:00 and then 2026-11-18T12:00:02.500"),
        (f"[{EPOCH}.25]", f"[{EPOCH + 2}.5]"),
    ],
)
def test_a_time_stamp_counts_in_each_of_its_usual_forms(read: Read, first: Any, second: Any) -> None:
    recording = read(at(first), at(second))
    assert list(recording.time) == pytest.approx([0.0, 2.25])
    assert "times are relative to the first answer" in notes(recording)


@pytest.mark.parametrize(
    "stamp",
    [
        {"seconds": 1e12, "microseconds": 0},
        {"seconds": EPOCH, "microseconds": 1e6},
        {"seconds": EPOCH, "microseconds": -1},
        {"seconds": "now"},
        "2026-13-45T12:00:00",
        "never",
        None,
    ],
)
def test_without_a_clock_of_its_own_and_a_stamp_for_each_answer_nothing_is_read(read: Read, stamp: Any) -> None:
    with pytest.raises(BadFileError, match="a time stamp for each answer"):
        read(at(EPOCH), at(stamp))


def test_a_stamp_before_a_value_counts_for_it_and_the_clock_of_the_answers_goes_before_stamps(read: Read) -> None:
    lines = [f"{EPOCH} {json.dumps(answer(ms=None))}", f"{EPOCH + 3} {json.dumps(answer(ms=None))}"]
    assert list(read(text="\n".join(lines)).time) == [0.0, 3.0]
    recording = read(at(EPOCH, answer(ms=4_000)), at(EPOCH + 90, answer(ms=5_500)), at(EPOCH + 99))
    assert list(recording.time) == [4.0, 5.5, 5.5]
    assert recording.facts is not None
    assert recording.facts.requested == EPOCH


def test_a_stamp_that_is_no_time_of_day_says_nothing_of_when_it_was_asked_for(read: Read) -> None:
    kept = read(at(12.0), at(13.0)).facts
    assert kept is not None
    assert kept.requested == 0.0


@pytest.mark.parametrize(
    ("status", "phase", "outcome"),
    [
        ("active", Phase.BROWNOUT, ""),
        ("pre-switchover", Phase.BLACKOUT, ""),
        ("device", Phase.BLACKOUT, ""),
        ("postcopy-active", Phase.NETWORK, ""),
        ("postcopy-paused", Phase.NETWORK, ""),
        ("completed", Phase.COMPLETED, "completed"),
        ("failed", Phase.FAILED, "failed"),
        ("cancelling", Phase.CANCELED, "canceled"),
        ("cancelled", Phase.CANCELED, "canceled"),
        ("setup", Phase.SETUP, ""),
    ],
)
def test_a_status_is_a_phase_and_the_last_one_the_outcome(read: Read, status: str, phase: Phase, outcome: str) -> None:
    recording = read(answer(), answer(status, ms=200))
    assert (recording.row(-1).phase, recording.outcome) == (phase, outcome)
    assert ("result is unknown" in notes(recording)) is (outcome == "")


def test_a_row_has_bytes_pages_per_second_and_bytes_per_second(read: Read) -> None:
    ram = {"remaining": 5000, "transferred": 700, "dirty-sync-count": 3, "mbps": 8.0, "dirty-pages-rate": 11}
    said = answer(ms=1500, **ram, **{"page-size": 512})
    row = read({**said, "cpu-throttle-percentage": 20}).row(0)
    assert (row.time, row.pass_number, row.remaining, row.sent, row.dirty_rate) == (1.5, 3, 5000, 700, 11.0)
    assert (row.rate, row.throttle, row.page_size) == (1e6, 20, 512)


def test_what_an_answer_leaves_out_is_as_in_the_one_before(read: Read) -> None:
    first = answer(ms=1000, mbps=8.0, **{"dirty-pages-rate": 7, "dirty-sync-count": 2})
    second = {"status": "active", "total-time": 2000, "ram": {"total": 1 << 30, "remaining": 9}}
    recording = read(first, second)
    row = recording.row(1)
    assert (row.pass_number, row.sent, row.dirty_rate, row.throttle, row.page_size) == (2, 1000, 7.0, 0, 4096)
    assert row.rate == 0.0
    assert "dirty-pages-rate" not in notes(recording)
    assert "dirty-sync-count" not in notes(recording)


def test_a_rate_that_is_missing_follows_from_what_was_sent_since_the_last_answer(read: Read) -> None:
    rows = read(answer(ms=1000), answer(ms=3000, transferred=5000), answer(ms=3000, transferred=6000))
    assert [rows.row(k).rate for k in range(3)] == [0.0, 2000.0, 0.0]


def test_without_a_count_of_passes_memory_that_grows_begins_one(read: Read) -> None:
    found = [answer(ms=100 * k, remaining=left) for k, left in enumerate((900, 500, 500, 800, 100, 101))]
    for one in found:
        del one["ram"]["dirty-sync-count"]
    recording = read(*found)
    assert list(recording.pass_number) == [1, 1, 1, 2, 2, 3]
    assert "dirty-sync-count is missing" in notes(recording)


def test_the_first_pass_is_one_even_before_the_log_was_read(read: Read) -> None:
    assert read(answer(**{"dirty-sync-count": 0})).row(0).pass_number == 1


def test_the_end_has_seconds_bytes_and_the_passes_before_the_last_reading_of_the_log(read: Read) -> None:
    last = answer("completed", ms=9_000, transferred=5_000, **{"dirty-sync-count": 6})
    recording = read(answer(), {**last, "downtime": 120})
    assert recording.final == FinalFigures(9.0, 0.12, 5_000, 5)
    assert recording.facts is not None
    assert recording.facts.phases == ((Phase.BROWNOUT, 0.1), (Phase.BLACKOUT, 8.88))
    at_once = read(answer(), {**answer("completed", **{"dirty-sync-count": 1}), "downtime": 120}).final
    assert at_once is not None
    assert at_once.passes == 1


def test_an_end_without_downtime_is_not_compared_and_that_is_said(read: Read) -> None:
    recording = read(answer(), answer("completed", ms=9_000))
    assert recording.final is None
    assert "the last answer has no downtime, so the end is not compared" in notes(recording)


@pytest.mark.parametrize(
    ("said", "bandwidth", "limit", "words"),
    [
        ({"max-bandwidth": 5_000_000, "downtime-limit": 250}, 5e6, 0.25, ""),
        ({"max-bandwidth": 0, "downtime-limit": 250}, None, 0.25, "the bandwidth limit is missing"),
        ({"max-bandwidth": 10**13, "downtime-limit": 2_000_000}, 1e13, 2000.0, ""),
        ({"max-bandwidth": 10**13 + 2, "downtime-limit": 250}, None, 0.25, "the bandwidth limit is missing"),
        ({"max-bandwidth": 5_000_000, "downtime-limit": None}, 5e6, None, "300 ms is assumed"),
    ],
)
def test_limits_are_those_that_qemu_was_set_to(
    read: Read, said: dict[str, Any], bandwidth: float | None, limit: float | None, words: str
) -> None:
    recording = read({"return": said}, answer())
    assert recording.facts is not None
    assert (recording.facts.bandwidth, recording.facts.downtime_limit) == (bandwidth, limit)
    assert (recording.bandwidth, recording.downtime_limit) == (bandwidth or 0.0, limit or 0.0)
    assert words in notes(recording)
    assert ("missing" in notes(recording).replace("dirty-pages-rate is missing", "")) is bool(words)


def test_only_capabilities_that_are_turned_on_and_known_count(read: Read) -> None:
    listed = [
        {"capability": "xbzrle", "state": True},
        {"capability": "auto-converge", "state": False},
        {"capability": "rdma-pin-all", "state": True},
    ]
    recording = read({"return": listed}, answer())
    assert recording.facts is not None
    assert recording.facts.capabilities == {Capability.XBZRLE}


def test_a_failure_has_its_words_up_to_a_thousand_characters(read: Read) -> None:
    recording = read(answer(), {**answer("failed"), "error-desc": "x" * 1_001})
    assert recording.facts is not None
    assert recording.facts.reason == "x" * 1_000


def test_memory_is_what_the_answers_say_else_the_most_that_was_left(read: Read) -> None:
    assert read(answer()).memory == 1 << 30
    some = [answer(ms=ms, remaining=left) for ms, left in ((0, 300), (100, 900), (200, 500))]
    for one in some:
        del one["ram"]["total"]
    assert read(*some).memory == 900


def test_an_answer_may_lie_four_wrappers_deep_and_no_deeper(read: Read) -> None:
    def wrapped(depth: int) -> Any:
        value: Any = answer()
        for _ in range(depth):
            value = {"return": value}
        return value

    assert len(read(wrapped(4))) == 1
    with pytest.raises(BadFileError):
        read(wrapped(5))


@pytest.mark.parametrize(("ends", "count", "others"), [(["completed"], 2, 0), (["failed", "completed"], 2, 1)])
def test_of_several_migrations_the_last_one_counts(read: Read, ends: list[str], count: int, others: int) -> None:
    found = [one for end in ends for one in (answer(ms=100), {**answer(end, ms=900), "downtime": 5})]
    recording = read(*found)
    assert len(recording) == count
    assert ("contains 2 migrations, and the last one is used" in notes(recording)) is (others == 1)


def test_answers_after_the_end_change_nothing_and_a_clock_that_goes_back_is_another_migration(read: Read) -> None:
    end = {**answer("completed", ms=900), "downtime": 5}
    assert len(read(answer(ms=100), end, end, end)) == 2
    back = read(answer(ms=500), answer(ms=600), answer(ms=50), answer(ms=150), answer(ms=250))
    assert list(back.time) == [0.05, 0.15, 0.25]


def test_a_file_has_fifty_thousand_answers_at_most(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    assert query_migrate.MOST_ANSWERS == 50_000
    monkeypatch.setattr(query_migrate, "MOST_ANSWERS", 3)
    assert len(read(*[answer(ms=k) for k in range(3)])) == 3
    with pytest.raises(BadFileError, match="at most 3 answers"):
        read(*[answer(ms=k) for k in range(4)])


def test_a_value_that_stops_is_named_by_its_line_and_more_of_them_than_answers_are_refused(read: Read) -> None:
    good, stopped = json.dumps(answer()), '{"return": {"status": "act'
    recording = read(text=f"{good}\n{stopped}")
    assert "the incomplete value in line 2 is ignored" in notes(recording)
    assert "line 2 is ignored" in notes(read(text=f"{good}\n{stopped}\n{good}"))
    with pytest.raises(BadFileError, match="incomplete value in line 2"):
        read(text=f"{good}\n{stopped}\n{stopped}\n")


LIMITS = [
    ("total-time", 0, -1),
    ("total-time", 10**13, 10**13 + 10),
    ("cpu-throttle-percentage", 100, 101),
    ("cpu-throttle-percentage", 0, -1),
    ("ram.total", 0, -1),
    ("ram.total", 1 << 60, (1 << 60) + 1024),
    ("ram.remaining", 0, -1),
    ("ram.transferred", 0, -1),
    ("ram.dirty-sync-count", 1 << 40, (1 << 40) + 1),
    ("ram.dirty-sync-count", 0, -1),
    ("ram.dirty-pages-rate", 0, -0.5),
    ("ram.dirty-pages-rate", 1e15, 1.01e15),
    ("ram.mbps", -1e9, -1.01e9),
    ("ram.mbps", 1e9, 1.01e9),
    ("ram.page-size", 512, 511),
    ("ram.page-size", 1 << 30, (1 << 30) + 1),
]


@pytest.mark.parametrize(("name", "possible", "impossible"), LIMITS)
def test_a_limit_of_a_field_lies_where_it_is_said_to_lie(
    read: Read, name: str, possible: float, impossible: float
) -> None:
    for value in (possible, impossible):
        said = answer()
        place = said["ram"] if name.startswith("ram.") else said
        place[name.removeprefix("ram.")] = value
        if value == possible:
            assert len(read(said)) == 1
            continue
        with pytest.raises(BadFileError, match=name.replace(".", "[.]")):
            read(said)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"max-bandwidth": -1, "downtime-limit": 1}, "max-bandwidth"),
        ({"max-bandwidth": 1, "downtime-limit": -0.5}, "downtime-limit"),
        ({"max-bandwidth": 1, "downtime-limit": 2_000_001}, "downtime-limit"),
    ],
)
def test_a_limit_that_nobody_can_set_is_refused(read: Read, said: dict[str, Any], name: str) -> None:
    with pytest.raises(BadFileError, match=f"query-migrate-parameters[.]{name}"):
        read({"return": said}, answer())


def test_until_a_rate_was_told_nothing_was_dirtied(read: Read) -> None:
    first, later = answer(), answer(ms=200, **{"dirty-pages-rate": 5})
    assert [read(first, later).row(k).dirty_rate for k in (0, 1)] == [0.0, 5.0]
