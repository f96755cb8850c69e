"""Recordings of the laboratory: rows from passes and windows, final figures, the case and what was achieved."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from fcm.migration.fields import Fields, read_json
from fcm.migration.recordings.case import case_from_json
from fcm.migration.recordings.dirty_rates import read_dirty_rates
from fcm.migration.recordings.laboratory import host_of
from fcm.migration.recordings.recording import Achieved, Identity, Laboratory, Recording
from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow

if TYPE_CHECKING:
    from pathlib import Path


MOST_PASSES = 10_000
"""Passes of one file; the laboratory gives up after minutes, and has seen 20."""
MOST_WINDOWS = 100_000
"""Samples of one file, and rows that are made of it; a sample each 100 ms for three hours."""


def load_qemu_recording(path: Path) -> Recording:
    """Reads a laboratory recording: rows from its passes and windows, final figures, the case and what was achieved.

    Raises:
        BadFileError: naming the file, the field and what was expected.
    """
    return qemu_recording(Fields(read_json(path), str(path)))


def qemu_recording(f: Fields) -> Recording:
    """Like :func:`load_qemu_recording`, from an object already read."""
    case = case_from_json(f.inner("case"), host_of(f))
    tag = f.text("tag", "", 1000)
    out = Recording(Identity(machine=tag), case.memory, case.bandwidth, case.downtime_limit)
    passes = [_QemuPass.read(p) for p in f.objects("passes", MOST_PASSES)]
    if any(after.time < before.time for before, after in pairwise(passes)):
        raise f.bad("passes", "times in ascending order")
    windows = tuple(f.numbers("window_bandwidth", MOST_WINDOWS))
    status = f.text("status", "", 100)
    total = f.number("total_ms", 0, 1e12, 0.0) / 1000.0
    sync = f.whole("sync", 0, 1 << 40, 0)
    if status == "completed":
        out.final = FinalFigures(
            total,
            f.number("downtime_ms", 0, 1e12) / 1000.0,
            f.whole("transferred", 0, 1 << 60),
            max(sync - 1, 1),
        )
    out.outcome = status
    writes = tuple((p.time, float(p.writes)) for p in passes)
    sent = tuple((p.time, float(p.sent), p.zero) for p in passes)
    pass1 = f.number("pass1_bandwidth", 0, 1e13, 0.0) or None
    if out.final is not None and out.final.passes <= 2 and all(p.sync != 2 for p in passes):
        # One pass, whose end no poll saw: it ends with what is sent within the downtime limit still to be sent.
        pass1 = out.final.bytes / max(total - out.final.downtime + case.downtime_limit, 1e-3)
    out.laboratory = Laboratory(case, Achieved(pass1, windows, writes, sent), read_dirty_rates(f), tag, status)
    if out.final is not None and passes and total > passes[-1].time:
        last = passes[-1]
        whole = last.handled + last.remaining
        passes.append(_QemuPass(total, out.final.passes, 0, out.final.bytes, whole, last.dirty_rate, last.throttle))
    for row in _rows(passes, windows):
        out.append(row)
    return out


@dataclass(frozen=True, slots=True)
class _QemuPass:
    time: float
    sync: int
    remaining: int
    sent: int
    """bytes on the wire."""
    handled: int
    """bytes of guest memory they stand for; a zero page is 9 bytes on the wire and counts full in what remains."""
    dirty_rate: float
    throttle: int
    writes: int = field(default=0)
    zero: int = 0
    """zero pages sent."""

    @classmethod
    def read(cls, p: Fields) -> _QemuPass:
        pages = 1 << 50
        normal, zero = p.whole("normal", 0, pages), p.whole("duplicate", 0, pages, 0)
        return cls(
            time=p.number("t", 0, 1e9, unit="s"),
            sync=p.whole("sync", 0, 1 << 40),
            remaining=p.whole("remaining_pages", 0, pages) * 4096,
            sent=normal * 4104 + zero * 9,
            handled=(normal + zero) * 4096,
            dirty_rate=p.number("dirty_pages_rate", 0, 1e12, 0.0),
            throttle=p.whole("throttle", 0, 100, 0),
            writes=p.whole("writes", 0, 1 << 60, 0),
            zero=zero,
        )


def _rows(passes: list[_QemuPass], windows: tuple[float, ...]) -> list[TelemetryRow]:
    """A row every window: exact at the passes, between them the windows' bandwidth scaled to what was sent."""
    if not passes:
        return []
    out = []
    length = max(passes[-1].time / len(windows) if windows else 0.1, passes[-1].time / MOST_WINDOWS)
    for k, p in enumerate(passes):
        after = passes[k + 1] if k + 1 < len(passes) else None
        until = after.time if after is not None else p.time
        moved = after.sent - p.sent if after is not None else 0
        rate = moved / (until - p.time) if until > p.time else 0.0
        steps = max(int((until - p.time) / max(length, 1e-3)), 1) if after is not None else 1
        for j in range(steps):
            share = j / steps
            now = p.time + share * (until - p.time)
            index = int(now / length) if windows else 0
            shown = windows[index] if index < len(windows) else rate
            falls = (p.remaining - _left_before(p, after)) * share if after is not None else 0.0
            phase = Phase.COMPLETED if p.remaining == 0 and after is None else Phase.BROWNOUT
            out.append(
                TelemetryRow(
                    now,
                    p.sync,
                    max(round(p.remaining - falls), 0),
                    round(p.sent + moved * share),
                    p.dirty_rate,
                    shown,
                    phase,
                    p.throttle,
                )
            )
    return out


def _left_before(p: _QemuPass, after: _QemuPass) -> float:
    """Bytes left just before the next reading of the log: what was there less the pages sent since, zero or not."""
    return max(p.remaining - (after.handled - p.handled), 0.0)
