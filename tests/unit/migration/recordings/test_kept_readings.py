"""What the rows of a kept migration tell of each reading of the dirty log, and how well a run is retold from that."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.migration.judging.kept_readings import readings, samples
from fcm.migration.judging.recorded_prediction import Basis, NotComparableError, comparable, predict_recorded
from fcm.migration.recordings.reading import read_recording
from fcm.migration.recordings.recording import Recording
from fcm.model.telemetry import Phase, TelemetryRow

DATA = Path(__file__).parents[3] / "data" / "kept"
MIB = 1 << 20
SPEED = 24.0 * MIB
LIMIT = 0.3
BEGIN = 0.8


class Guest:
    """Writes ``rate`` pages/s, each time any of ``pages``."""

    def __init__(self, pages: int, rate: float) -> None:
        self.pages, self.rate = pages, rate

    def distinct(self, seconds: float) -> float:
        """bytes of different pages written in a time."""
        return 4096 * self.pages * -math.expm1(-self.rate * seconds / self.pages)


def passes_of(guest: Guest, filled: float) -> list[tuple[float, float, float]]:
    """(s of the end, bytes left then, bytes found) of each pass as QEMU makes them, up to the stop of the guest."""
    out, time, left = [], BEGIN, filled
    for _ in range(60):
        least = SPEED * LIMIT
        length = max(left - least, 0.02 * SPEED) / SPEED
        time += length
        left -= length * SPEED
        found = guest.distinct(length)
        out.append((time, left, found))
        left += found
        if left <= least:
            break
    return out


def reported(ends: list[tuple[float, float, float]]) -> float:
    """bytes/s that QEMU reports after some passes: of those since its last report, a second or more before."""
    said, since, found = 0.0, BEGIN, 0.0
    for end, _, one in ends:
        found += one
        if end - since >= 1.0:
            said, since, found = found / (end - since), end, 0.0
    return said


def rows_of(guest: Guest, zero: float, filled: float, gaps: list[float]) -> tuple[Recording, float]:
    """A recording with a row after each of the gaps (s, used in turn), and when the guest stopped.

    ``zero`` bytes of zero pages lie before the data's last 16 MiB: they are skipped in no time.
    """
    ends = passes_of(guest, filled)
    stopped = ends[-1][0]
    out = Recording(memory=round(filled + zero), downtime_limit=LIMIT)
    time, k = BEGIN + gaps[0], 1
    while time < stopped:
        number = sum(1 for end, _, _ in ends if end <= time) + 1
        begin, before = (BEGIN, filled) if number == 1 else (ends[number - 2][0], sum(ends[number - 2][1:]))
        remaining = before - (time - begin) * SPEED
        skipped = number == 1 and (time - BEGIN) * SPEED < filled - 16 * MIB
        said = reported(ends[: number - 1])
        sent = (time - BEGIN) * SPEED
        left = round(max(remaining, 0.0) + (zero if skipped else 0.0))
        out.append(TelemetryRow(time, number, left, round(sent), said / 4096, SPEED, Phase.BROWNOUT))
        time += gaps[k % len(gaps)]
        k += 1
    total = filled + sum(found for _, _, found in ends)
    after = stopped + (total - (stopped - BEGIN) * SPEED) / SPEED
    out.append(TelemetryRow(after, len(ends) + 1, 0, round(total), reported(ends) / 4096, SPEED, Phase.BLACKOUT))
    return out, stopped


GAPS = st.lists(st.sampled_from([0.1, 0.1, 0.1, 0.13, 0.3, 0.9]), min_size=4, max_size=12)
ZERO = st.one_of(st.just(0), st.integers(140, 400))
"""MiB; a few zero pages beside much that was written cannot be told from it, which is said of `readings`."""
GUESTS = st.builds(Guest, st.integers(2000, 30_000), st.floats(50, 4000))


@settings(max_examples=200, deadline=None)
@given(guest=GUESTS, filled=st.integers(60, 200), zero=ZERO, gaps=GAPS)
def test_what_was_sent_before_the_first_reading_is_all_memory_but_zero_pages(
    guest: Guest, filled: int, zero: int, gaps: list[float]
) -> None:
    memory, stopped = rows_of(guest, zero * MIB, filled * MIB, gaps)
    seen = readings(memory, BEGIN, stopped)
    reported = [one for one in seen[:1] if one.reported is not None or zero == 0]
    for one in reported:
        hidden = SPEED * LIMIT if zero else 0.02 * filled * MIB  # at most what is left when QEMU reads the log
        assert one.before == pytest.approx(filled * MIB, abs=hidden)


@settings(max_examples=200, deadline=None)
@given(guest=GUESTS, filled=st.integers(60, 200), zero=ZERO, gaps=GAPS)
def test_the_sample_of_the_first_pass_lies_on_the_curve_of_what_the_guest_writes(
    guest: Guest, filled: int, zero: int, gaps: list[float]
) -> None:
    memory, stopped = rows_of(guest, zero * MIB, filled * MIB, gaps)
    seen = readings(memory, BEGIN, stopped)
    for sample in samples(seen[:1], BEGIN) if seen and seen[0].reported is not None else ():
        truth = guest.distinct(sample.seconds) / 4096
        assert sample.pages == pytest.approx(truth, abs=max(3 * sample.error, 0.03 * truth))


@settings(max_examples=100, deadline=None)
@given(guest=GUESTS, filled=st.integers(60, 200), gaps=GAPS)
def test_all_that_was_sent_was_filled_or_found(guest: Guest, filled: int, gaps: list[float]) -> None:
    memory, stopped = rows_of(guest, 0, filled * MIB, gaps)
    seen = readings(memory, BEGIN, stopped)
    assert seen[0].before + sum(one.found for one in seen) == pytest.approx(float(memory.sent[-1]), rel=0.01)


@pytest.mark.parametrize("name", ["rewrites-2MiB", "rewrites-10MiB", "rewrites-14MiB"])
def test_a_real_run_is_retold_from_its_own_readings(name: str) -> None:
    recording = read_recording(DATA / f"{name}.json")
    how = comparable(recording)
    made = predict_recorded(recording, how)
    assert recording.final is not None
    assert how.basis is Basis.FITTED
    assert made.total == pytest.approx(recording.final.total, rel=0.06)
    assert made.bytes == pytest.approx(recording.final.bytes, rel=0.06)


def test_the_rate_that_qemu_reported_is_taken_for_the_first_pass() -> None:
    recording = read_recording(DATA / "rewrites-14MiB.json")
    assert recording.final is not None
    (first, *_) = readings(recording, 0.62, recording.final.total - recording.final.downtime)
    assert first.reported == 2488 * 4096
    assert first.count == 1
    assert 6.592 <= first.time <= 6.7


def test_a_run_whose_first_pass_ended_unseen_is_not_retold() -> None:
    recording = read_recording(DATA / "no-pass-seen.json")
    with pytest.raises(NotComparableError, match="no pass was recorded completely"):
        comparable(recording)


def test_the_recordings_are_of_real_hosts() -> None:
    for path in DATA.glob("*.json"):
        assert json.loads(path.read_text())["recorded"] == {"by": "fcm", "simulated": False}
