"""Logs have sizes, retention and archives as Windows has them, and know that they were cleared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from evtx import PyEvtxParser

from fcm.logs.queries.query import query_of
from fcm.workspace.events.event_log import EventLog, EventSelection
from fcm.workspace.events.event_log_limits import SMALLEST, LogLimit, file_size, rounded
from tests.unit.logs.test_evtx import record

if TYPE_CHECKING:
    from pathlib import Path

CHANNEL = record(1).channel
NOW = 1_255_900_000.0
BATCH = 500
TEXT = "x" * 1000


def log_of(path: Path, limit: LogLimit | None = None) -> EventLog:
    log = EventLog(path / "one.events")
    log.open()
    if limit is not None:
        log.set_limit(CHANNEL, limit)
    return log


def fill(log: EventLog, first: int, count: int) -> None:
    log.append([record(number, data=(("Text", TEXT),)) for number in range(first, first + count)])


def numbers(log: EventLog, channel: str = CHANNEL) -> list[int]:
    return list(log.find(EventSelection(query_of(channel), NOW)))


def test_a_full_log_overwrites_its_oldest_events(tmp_path: Path) -> None:
    log = log_of(tmp_path, LogLimit(SMALLEST))
    log.append([record(1, channel="fcm")])
    for batch in range(4):
        fill(log, batch * BATCH, BATCH)
        assert file_size(log.size(CHANNEL)) <= SMALLEST
    kept = numbers(log)
    assert kept == list(range(kept[0], 2002))
    assert 300 < len(kept) < 600
    assert len(numbers(log, "fcm")) == 1
    log.close()


def test_a_full_log_with_retention_takes_no_more_until_it_is_cleared(tmp_path: Path) -> None:
    log = log_of(tmp_path, LogLimit(SMALLEST, retention=True))
    fill(log, 0, 2 * BATCH)
    kept = numbers(log)
    fill(log, 2 * BATCH, BATCH)
    assert numbers(log) == kept == list(range(1, len(kept) + 1))
    log.clear(CHANNEL, 0.0)
    fill(log, 3 * BATCH, 1)
    assert numbers(log) == [len(kept) + 1]
    log.close()


def test_a_full_log_with_backup_goes_to_an_archive_and_begins_anew(tmp_path: Path) -> None:
    log = log_of(tmp_path, LogLimit(SMALLEST, retention=True, backup=True))
    fill(log, 0, 2 * BATCH)
    archives = sorted(tmp_path.glob("Archive-*.evtx"))
    archived = sum(1 for path in archives for _ in PyEvtxParser(str(path)).records())
    assert archives
    assert archived + len(numbers(log)) == 2 * BATCH
    log.close()


def test_an_archive_that_cannot_be_written_loses_no_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_log: object
) -> None:
    def refuse(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fcm.workspace.events.event_log_limits.whole_file", refuse)
    assert callable(expected_log)
    expected_log(r"was not archived to .*No space left on device")
    log = log_of(tmp_path, LogLimit(SMALLEST, retention=True, backup=True))
    fill(log, 0, 2 * BATCH)
    assert len(numbers(log)) == 2 * BATCH
    log.close()


def test_a_smaller_size_takes_effect_at_once_and_both_are_there_at_the_next_start(tmp_path: Path) -> None:
    log = log_of(tmp_path)
    fill(log, 0, 2 * BATCH)
    log.set_limit(CHANNEL, LogLimit(SMALLEST))
    kept = numbers(log)
    assert len(kept) < 2 * BATCH
    log.close()
    again = log_of(tmp_path)
    assert again.limits.limit(CHANNEL) == LogLimit(SMALLEST)
    assert numbers(again) == kept
    again.close()


def test_a_cleared_log_is_cleared_at_the_next_start_too_and_its_numbers_go_on(tmp_path: Path) -> None:
    log = log_of(tmp_path)
    fill(log, 0, 10)
    log.clear(CHANNEL, NOW)
    log.close()
    again = log_of(tmp_path)
    assert numbers(again) == []
    again.append([record(10**6), record(1)])  # the second is of before the clearing
    assert numbers(again) == [11]
    again.close()


@pytest.mark.parametrize(("asked", "size"), [(1, SMALLEST), (SMALLEST, SMALLEST), (SMALLEST + 1, SMALLEST + 65536)])
def test_sizes_are_multiples_of_64_kib_and_1_mib_at_least(asked: int, size: int) -> None:
    assert rounded(asked) == size
