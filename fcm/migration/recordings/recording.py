"""What is kept of one live migration, whatever its source: the embedded engine, a real host or a laboratory.

Rows live in numpy columns that grow by doubling; appending costs a constant on average. Passes are derived from
them. Files: ``to_json`` and ``from_json`` for the program's own, :func:`load_qemu_recording` for laboratory recordings.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fcm.migration.fields import BadFileError, Fields, is_number, read_json
from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.migration.recordings.case import Case
    from fcm.migration.recordings.kept import Kept

FORMAT = "fcm-migration/1"
MAX_ROWS = 2_000_000
MAX_ATTEMPTS = 1000
_PHASES = list(Phase)
_COLUMNS: dict[str, type[np.generic]] = {
    "time": np.float64,
    "pass_number": np.int64,
    "remaining": np.int64,
    "sent": np.int64,
    "dirty_rate": np.float64,
    "rate": np.float64,
    "phase": np.int8,
    "throttle": np.int64,
}


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
    """What a laboratory run reached, for predictions that shall not guess it."""

    pass1_bandwidth: float | None
    """bytes/s in the first pass."""
    window_bandwidth: tuple[float, ...]
    """bytes/s about every 100 ms."""
    writes: tuple[tuple[float, float], ...]
    """(s since the start, guest writes since then)."""


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
        self.kept: Kept | None = None
        """What a journal knew of it."""
        self._count = 0
        self._columns: dict[str, npt.NDArray[Any]] = {n: np.zeros(64, t) for n, t in _COLUMNS.items()}

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
    def time(self) -> npt.NDArray[np.float64]:
        """[n] s since the start."""
        return self._columns["time"][: self._count]

    @property
    def pass_number(self) -> npt.NDArray[np.int64]:
        """[n] pass."""
        return self._columns["pass_number"][: self._count]

    @property
    def remaining(self) -> npt.NDArray[np.int64]:
        """[n] bytes still to be sent."""
        return self._columns["remaining"][: self._count]

    @property
    def sent(self) -> npt.NDArray[np.int64]:
        """[n] bytes sent since the start."""
        return self._columns["sent"][: self._count]

    @property
    def dirty_rate(self) -> npt.NDArray[np.float64]:
        """[n] pages/s."""
        return self._columns["dirty_rate"][: self._count]

    @property
    def rate(self) -> npt.NDArray[np.float64]:
        """[n] bytes/s."""
        return self._columns["rate"][: self._count]

    @property
    def throttle(self) -> npt.NDArray[np.int64]:
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

    # Files -------------------------------------------------------------------------------------------------------

    def to_json(self) -> str:
        """The recording as JSON text; ``from_json`` gives it back."""
        columns = {n: c[: self._count].tolist() for n, c in self._columns.items() if n != "phase"}
        columns["phase"] = [p.value for p in self.phases]
        data = {
            "format": FORMAT,
            "identity": dataclasses.asdict(self.identity),
            "memory": self.memory,
            "bandwidth": self.bandwidth,
            "downtime_limit": self.downtime_limit,
            "page_size": self.page_size,
            "attempts": [dataclasses.asdict(a) for a in self.attempts],
            "final": dataclasses.asdict(self.final) if self.final is not None else None,
            "outcome": self.outcome,
            "rows": columns,
        }
        if self.kept is not None:
            from fcm.migration.recordings.kept import kept_json

            data = kept_json(self, self.kept) | data
        return json.dumps(data)

    @classmethod
    def from_json(cls, text: str, file: str = "recording") -> Recording:
        """Reads what ``to_json`` wrote.

        Raises:
            BadFileError: naming the field and what was expected of it.
        """
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            raise BadFileError(file, "", "JSON") from None
        if not isinstance(data, dict):
            raise BadFileError(file, "", "a JSON object", data)
        return cls.from_object(data, file)

    @classmethod
    def from_object(cls, data: dict[str, Any], file: str = "recording") -> Recording:
        """Like ``from_json``, from an object already read."""
        f = Fields(data, file)
        if data.get("format") != FORMAT:
            raise f.bad("format", FORMAT, data.get("format"))
        who = f.inner("identity")
        out = cls(
            Identity(*(who.text(n, "", 1000) for n in ("machine", "source", "destination", "network"))),
            memory=f.whole("memory", 0, 1 << 60, 0),
            bandwidth=f.number("bandwidth", 0, 1e18, 0.0),
            downtime_limit=f.number("downtime_limit", 0, 1e9, 0.0),
            page_size=f.whole("page_size", 512, 1 << 30, 4096),
        )
        out.outcome = f.text("outcome", "", 10_000)
        out.attempts = [
            Attempt(a.text("network", "", 1000), a.number("began", 0, 1e9, 0.0), a.text("outcome", "", 10_000))
            for a in f.objects("attempts", MAX_ATTEMPTS)
        ]
        if f.has("final"):
            x = f.inner("final")
            out.final = FinalFigures(
                x.number("total", 0, 1e9),
                x.number("downtime", 0, 1e9),
                x.whole("bytes", 0, 1 << 60),
                x.whole("passes", 0, 1 << 40),
            )
        out._read_rows(f.inner("rows"))
        if f.has("kept"):
            from fcm.migration.recordings.kept import read_kept

            out.kept = read_kept(f)
        return out

    def _read_rows(self, f: Fields) -> None:
        names = [n for n in _COLUMNS if n != "phase"]
        values = {n: f.numbers(n, MAX_ROWS) for n in names}
        phases = f.items("phase", MAX_ROWS)
        count = len(phases)
        for n in names:
            if len(values[n]) != count:
                raise f.bad(n, f"{count} values, as many as there are phases", len(values[n]))
        known = {p.value: k for k, p in enumerate(_PHASES)}
        for p in phases:
            if not isinstance(p, str) or p not in known:
                raise f.bad("phase", f"names among {', '.join(known)}", p)
        if any(b < a for a, b in zip(values["time"], values["time"][1:], strict=False)):
            raise f.bad("time", "times that do not run backwards")
        for n in names:
            if any(abs(v) > 2**62 for v in values[n]):
                raise f.bad(n, "numbers below 2**62")
            self._columns[n] = np.array(values[n] or [0], _COLUMNS[n])
        self._columns["phase"] = np.array([known[p] for p in phases] or [0], np.int8)
        self._count = count


def load_qemu_recording(path: Path) -> Recording:
    """Reads a laboratory recording: rows from its passes and windows, final figures, the case and what was achieved.

    Raises:
        BadFileError: naming the file, the field and what was expected.
    """
    return qemu_recording(Fields(read_json(path), str(path)))


def qemu_recording(f: Fields) -> Recording:
    """Like :func:`load_qemu_recording`, from an object already read."""
    from fcm.migration.recordings.case import case_from_json

    case = case_from_json(f.inner("case"))
    tag = f.text("tag", "", 1000)
    out = Recording(Identity(machine=tag), case.memory, case.bandwidth, case.downtime_limit)
    passes = [_QemuPass.read(p) for p in f.objects("passes", 100_000)]
    windows = tuple(f.numbers("window_bandwidth", 1_000_000))
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
    dirty = []
    for k, entry in enumerate(f.items("dirty_rate_mib_s", 1000)):
        good = isinstance(entry, list) and len(entry) == 3 and isinstance(entry[0], str)
        if not good or not all(is_number(x) and x >= 0 for x in entry[1:]):
            raise f.bad(f"dirty_rate_mib_s[{k}]", "[mode, seconds, MiB/s]", entry)
        if entry[1] <= 0:
            raise f.bad(f"dirty_rate_mib_s[{k}]", "a time above 0 s", entry[1])
        dirty.append((entry[0], float(entry[1]), float(entry[2])))
    pass1 = f.number("pass1_bandwidth", 0, 1e13, 0.0) or None
    out.laboratory = Laboratory(case, Achieved(pass1, windows, writes), tuple(dirty), tag, status)
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
        )


def _rows(passes: list[_QemuPass], windows: tuple[float, ...]) -> list[TelemetryRow]:
    """A row every window: exact at the passes, between them the windows' bandwidth scaled to what was sent."""
    if not passes:
        return []
    out = []
    length = passes[-1].time / len(windows) if windows else 0.1
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
