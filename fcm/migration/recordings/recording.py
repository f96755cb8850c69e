"""What is kept of one live migration, whatever its source: the embedded engine, a real host or a laboratory.

Rows live in numpy columns that grow by doubling; appending costs a constant on average. Passes are derived from
them. Files are read by ``reading``; the program's own form is ``own_form``, the laboratory's ``laboratory_form``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fcm.migration.arrays import Floats, Ints
    from fcm.migration.recordings.case import Case
    from fcm.migration.recordings.facts import MigrationFacts

_PHASES = list(Phase)
COLUMNS: dict[str, type[np.generic]] = {
    "time": np.float64,
    "pass_number": np.int64,
    "remaining": np.int64,
    "sent": np.int64,
    "dirty_rate": np.float64,
    "rate": np.float64,
    "phase": np.int8,
    "throttle": np.int64,
}
"""What a row has, and how it is held; ``phase`` by its place among the phases."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which machine went from where to where, over what."""

    machine: str = ""
    source: str = ""
    destination: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One network that was tried."""

    network: str
    began: float
    """s since the migration was ordered."""
    outcome: str
    """In words: connected, refused with the reason, timed out after how long."""


@dataclass(frozen=True, slots=True)
class PassFigures:
    """One memory pass."""

    number: int
    begin: float
    """s since the start."""
    duration: float
    """s."""
    to_send: int
    """pages dirty when the pass began."""
    sent: int
    """pages' worth of bytes sent in it."""
    dirtied: int
    """pages found newly dirty when it ended; 0 for the last."""
    rate: float
    """bytes/s over the pass."""


@dataclass(frozen=True, slots=True)
class Achieved:
    """What a laboratory run reached, for predictions that must not guess it."""

    pass1_bandwidth: float | None
    """bytes/s in the first pass."""
    window_bandwidth: tuple[float, ...]
    """bytes/s about every 100 ms."""
    writes: tuple[tuple[float, float], ...]
    """(s since the start, guest writes since then)."""
    sent: tuple[tuple[float, float, int], ...] = ()
    """(s since the start, bytes sent since then, zero pages among them), where a pass was seen to begin."""


@dataclass(frozen=True, slots=True)
class Laboratory:
    """What a laboratory recording knows beyond the migration."""

    case: Case
    achieved: Achieved
    dirty_rate: tuple[tuple[str, float, float], ...] = ()
    """(mode, s, MiB/s) of calc-dirty-rate before the migration."""
    tag: str = ""
    status: str = ""


class Recording:
    """Telemetry of one migration. Columns are views: do not change them."""

    def __init__(
        self,
        identity: Identity | None = None,
        memory: int = 0,
        bandwidth: float = 0.0,
        downtime_limit: float = 0.0,
        page_size: int = 4096,
    ) -> None:
        """Starts an empty recording.

        Args:
            identity: who moves where.
            memory: bytes of guest memory; 0 where unknown.
            bandwidth: limit in bytes/s; 0 where none or unknown.
            downtime_limit: s; 0 where unknown.
            page_size: bytes.
        """
        self.identity = identity if identity is not None else Identity()
        self.memory = memory
        self.bandwidth = bandwidth
        self.downtime_limit = downtime_limit
        self.page_size = page_size
        self.attempts: list[Attempt] = []
        self.final: FinalFigures | None = None
        self.outcome = ""
        self.laboratory: Laboratory | None = None
        self.facts: MigrationFacts | None = None
        """What a journal knew of it."""
        self._count = 0
        self._columns: dict[str, npt.NDArray[Any]] = {n: np.zeros(64, t) for n, t in COLUMNS.items()}

    # Rows --------------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return self._count

    def append(self, row: TelemetryRow) -> None:
        """Adds a row. Rows whose time lies before the last one are taken as of the last one's time."""
        if self._count == len(self._columns["time"]):
            self._columns = {n: np.concatenate([c, np.zeros_like(c)]) for n, c in self._columns.items()}
        i, c = self._count, self._columns
        c["time"][i] = max(row.time, c["time"][i - 1]) if i else row.time
        c["pass_number"][i] = row.pass_number
        c["remaining"][i] = row.remaining
        c["sent"][i] = row.sent
        c["dirty_rate"][i] = row.dirty_rate
        c["rate"][i] = row.rate
        c["phase"][i] = _PHASES.index(row.phase)
        c["throttle"][i] = row.throttle
        self._count += 1

    def row(self, index: int) -> TelemetryRow:
        """The row at `index` (negative from the end). Raises IndexError."""
        if not -self._count <= index < self._count:
            raise IndexError(index)
        i = index % self._count
        c = self._columns
        return TelemetryRow(
            float(c["time"][i]),
            int(c["pass_number"][i]),
            int(c["remaining"][i]),
            int(c["sent"][i]),
            float(c["dirty_rate"][i]),
            float(c["rate"][i]),
            _PHASES[int(c["phase"][i])],
            int(c["throttle"][i]),
            self.page_size,
        )

    @property
    def time(self) -> Floats:
        """[n] s since the start."""
        return self._columns["time"][: self._count]

    @property
    def pass_number(self) -> Ints:
        """[n] pass."""
        return self._columns["pass_number"][: self._count]

    @property
    def remaining(self) -> Ints:
        """[n] bytes still to be sent."""
        return self._columns["remaining"][: self._count]

    @property
    def sent(self) -> Ints:
        """[n] bytes sent since the start."""
        return self._columns["sent"][: self._count]

    @property
    def dirty_rate(self) -> Floats:
        """[n] pages/s."""
        return self._columns["dirty_rate"][: self._count]

    @property
    def rate(self) -> Floats:
        """[n] bytes/s."""
        return self._columns["rate"][: self._count]

    @property
    def throttle(self) -> Ints:
        """[n] % by which the guest is slowed."""
        return self._columns["throttle"][: self._count]

    @property
    def phases(self) -> list[Phase]:
        """[n] phase of each row."""
        return [_PHASES[int(k)] for k in self._columns["phase"][: self._count]]

    def passes(self) -> list[PassFigures]:
        """The memory passes seen so far, derived from the rows; the last may still run."""
        n = self._count
        if n == 0:
            return []
        number, time, sent = self.pass_number, self.time, self.sent
        starts = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist()]
        starts = [s for s in starts if number[s] > 0]
        out: list[PassFigures] = []
        for k, s in enumerate(starts):
            e = starts[k + 1] if k + 1 < len(starts) else n - 1
            last = e - 1 if k + 1 < len(starts) else e
            moved = int(sent[e] - sent[s]) if e > s else 0
            duration = float(time[e] - time[s])
            left = max(int(self.remaining[last]) - int(sent[e] - sent[last]), 0)
            after = int(self.remaining[e]) - left if k + 1 < len(starts) else 0
            out.append(
                PassFigures(
                    number=int(number[s]),
                    begin=float(time[s]),
                    duration=duration,
                    to_send=int(self.remaining[s]) // self.page_size,
                    sent=moved // self.page_size,
                    dirtied=max(after, 0) // self.page_size,
                    rate=moved / duration if duration > 0 else 0.0,
                )
            )
        return out

    def first_pass_bandwidth(self) -> float | None:
        """bytes/s reached in the first pass; None where it was not seen whole."""
        passes = self.passes()
        if len(passes) < 2 or passes[0].number != 1 or passes[0].rate <= 0:
            return None
        return round(passes[0].rate)

    def bandwidth_samples(self, every: float) -> tuple[tuple[float, float], ...]:
        """(s at which it began, bytes/s) of stretches of ``every`` s or more, from the first memory row to the last."""
        out: list[tuple[float, float]] = []
        time, sent, number = self.time, self.sent, self.pass_number
        begin = next((k for k in range(len(self)) if number[k] > 0), len(self))
        for k in range(begin + 1, len(self)):
            length = float(time[k] - time[begin])
            if length >= every:
                out.append((float(time[begin]), float(max(sent[k] - sent[begin], 0)) / length))
                begin = k
        return tuple(out)

    def columns(self) -> dict[str, list[Any]]:
        """All rows as plain lists by the names of ``COLUMNS``, phases by their names."""
        lists: dict[str, list[Any]] = {n: c[: self._count].tolist() for n, c in self._columns.items() if n != "phase"}
        lists["phase"] = [p.value for p in self.phases]
        return lists

    def set_columns(self, values: Mapping[str, Sequence[float]], phases: Sequence[Phase]) -> None:
        """Replaces all rows by what ``columns`` gave: lists of one length, times in ascending order."""
        for name, numbers in values.items():
            self._columns[name] = np.array(numbers or [0], COLUMNS[name])
        self._columns["phase"] = np.array([_PHASES.index(p) for p in phases] or [0], np.int8)
        self._count = len(phases)
