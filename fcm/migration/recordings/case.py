"""One case of a migration: a machine, a write pattern and the settings, as recordings of the laboratory state them.

A case on its own is anyone's guest: it writes exactly what is asked, over the bandwidth that is asked. What follows is
of the laboratory alone, and used only for its recordings.

The guest of the recordings fills its memory with data up to `memend`, then writes pages at an exact pace: random
ones from a table of 4096 equally likely buckets (uniform ranges, Zipf), or a sweep. With every write it also counts in
page 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fcm.migration.constants import DOWNTIME_LIMIT
from fcm.migration.engine.pacing import filled_in
from fcm.migration.engine.policies import QEMU_7_2, StoppingRule
from fcm.migration.engine.specification import FIXED_DOWNTIME, WINDOW_SHARE, XBZRLE_DELTA, Capability, MigrationSpec
from fcm.migration.engine.workload import PAGE, Burst, Pattern, Sweep, Uniform, Workload, Zipf
from fcm.migration.fields import Fields, is_number
from fcm.migration.recordings.laboratory import FIRST, LaboratoryHost

if TYPE_CHECKING:
    from collections.abc import Sequence


COUNTER_PAGE = 9
"""The page in which the guest counts its writes."""
BUCKETS = 4096
"""Entries of the guest's table; a sweep visits each bucket once a round."""
ROM_PAGES = 130
"""Pages of firmware and ACPI blocks that QEMU's pc machine migrates after its memory (262,274 pages of 1 GiB)."""
ROM_ZERO_PAGES = 78
"""Zero pages among them (295 of the recordings' zero pages are neither above `memend` nor missing)."""
LOW_ZERO_PAGES = (24, 217)
"""First page and number of zero pages in the first MiB after the firmware has run."""
START_DELAY = 2.56
"""s from the guest's first write to the migration: the recorder waits 1.5 s, counts for 1 s, polls every 50 ms."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked of a migration. Sizes in bytes, times in s."""

    memory: int
    patterns: tuple[Pattern, ...]
    rate: float
    """writes/s."""
    bandwidth: float
    downtime_limit: float
    burst: Burst | None = None
    chunk_shift: int = 18
    capabilities: frozenset[Capability] = frozenset()
    parameters: tuple[tuple[str, float], ...] = ()
    filled_to: int = 0
    """bytes: memory from here to the end holds zero pages; 0 where it is not known."""
    accelerator: str = "kvm"
    give_up: float = 3600.0
    """s after which it is given up."""
    host: LaboratoryHost | None = FIRST
    """The computer of a recording of the laboratory, with its guest, its firmware and its limits; ``None`` for a case
    that someone wrote down."""
    line_rate: float | None = None
    """bytes/s of the last copy, which no limit holds, where a case on its own names it; ``None``: as the bandwidth."""

    @property
    def laboratory(self) -> bool:
        """True for a recording of the laboratory."""
        return self.host is not None

    def zero_ranges(self) -> tuple[tuple[int, int], ...]:
        """(first page, pages) of the ranges that hold zero pages."""
        total = self.memory // PAGE
        first = min(self.filled_to // PAGE, total)
        if first <= 0:
            return ()
        if not self.laboratory:
            return ((first, total - first),) if first < total else ()
        return (LOW_ZERO_PAGES, (first, total - first + ROM_ZERO_PAGES))

    def workload(self, writes: Sequence[tuple[float, float]] = (), waited: float = START_DELAY) -> Workload:
        """The guest's writing.

        Args:
            writes: (s since the start, writes since then) where it was measured.
            waited: s the guest had been writing when the migration began: where a sweep or a burst stands then.
        """
        patterns = tuple(
            Sweep(p.first, p.pages, p.rate, (waited * p.rate) % p.pages) if isinstance(p, Sweep) else p
            for p in self.patterns
        )
        burst = self.burst
        if burst is not None:
            burst = Burst(burst.writes, burst.silence, waited % burst.period(self.rate))
        if (
            self.host is not None
            and len(writes) > 1
            and burst is None
            and Capability.AUTO_CONVERGE in self.capabilities
        ):
            writes = filled_in(writes, *self.host.pace(self.rate, waited))
        if self.host is None:
            return Workload(patterns, burst=burst, zero_ranges=self.zero_ranges(), achieved=tuple(writes))
        return Workload(
            patterns=patterns,
            burst=burst,
            utilisation=max(self.rate / self.host.capacity, 0.05),
            pacing_patience=self.host.patience,
            paced_for=waited,
            zero_ranges=self.zero_ranges(),
            counter_page=COUNTER_PAGE if self.rate > 0 else None,
            achieved=tuple(writes),
        )

    def specification(
        self,
        workload: Workload,
        rule: StoppingRule = QEMU_7_2,
        bandwidth: float | None = None,
        series: Sequence[tuple[float, float]] = (),
    ) -> MigrationSpec:
        """The migration as the engine wants it; `bandwidth` and `series` replace the case's limit."""
        limit = self.bandwidth if bandwidth is None else bandwidth
        host = self.host
        return MigrationSpec(
            workload=workload,
            memory=self.memory + (ROM_PAGES * PAGE if host is not None else 0),
            rule=rule,
            bandwidth=limit,
            bandwidth_share=WINDOW_SHARE,
            line_rate=max(host.line, limit) if host is not None else self.line_rate,
            fixed_downtime=host.fixed_downtime if host is not None else FIXED_DOWNTIME,
            bandwidth_series=tuple(series),
            downtime_limit=self.downtime_limit,
            capabilities=self.capabilities,
            chunk_shift=self.chunk_shift,
            dirty_ring=self.accelerator != "kvm",
            xbzrle_delta=GUEST_DELTA if host is not None else XBZRLE_DELTA,
        ).with_parameters(self.parameters)


GUEST_DELTA = 6.0
"""bytes of an encoded page of the laboratory guest: it increments one word of a page (xbzrle.c)."""


def case_from_json(fields: Fields, host: LaboratoryHost | None = FIRST) -> Case:
    """Reads a `case` object.

    Args:
        fields: the object.
        host: the computer of the recording of the laboratory to which it belongs; ``None`` for a case that someone
            wrote down.

    Raises:
        BadFileError: naming the field and what was expected of it.
    """
    mem = fields.number("mem", 1, 1 << 26, unit="MiB")
    memory = int(mem * (1 << 20))
    total = memory // PAGE
    rate = fields.number("rate", 0, 1e9, unit="writes/s")
    patterns = _patterns(fields, rate, total, BUCKETS if host is not None else 1)
    return Case(
        memory=memory,
        patterns=patterns,
        rate=rate,
        bandwidth=fields.number("bw", 1, 1e13, unit="bytes/s"),
        downtime_limit=fields.number("dl", 0, 2_000_000, default=DOWNTIME_LIMIT * 1000, unit="ms") / 1000.0,
        burst=_burst(fields, rate) if not fields.has("sweep") else None,
        chunk_shift=fields.whole("shift", 6, 31, default=18),
        capabilities=capabilities_from(fields),
        parameters=parameters_from(fields),
        filled_to=fields.whole("memend", 0, memory, default=0, unit="bytes"),
        accelerator=_accelerator(fields),
        give_up=fields.number("maxt", 0.1, 1e12, default=3600, unit="s"),
        host=host,
        line_rate=fields.number("line", 1, 1e13, unit="bytes/s") if fields.has("line") else None,
    )


def _patterns(fields: Fields, rate: float, total: int, buckets: int) -> tuple[Pattern, ...]:
    if fields.has("sweep"):
        values = fields.numbers("sweep", 2)
        if len(values) != 2:
            raise fields.bad("sweep", "[first page, pages]", fields.data["sweep"])
        first, pages = _range(fields, "sweep", values[0], values[1], total)
        # Below one page a bucket of the laboratory's guest, a round takes 4096 writes whatever the pages.
        return (Sweep(first, pages, rate * pages / max(pages, buckets)),) if rate > 0 else ()
    rows = fields.items("pattern", 4096)
    if not rows:
        raise fields.bad("pattern", "a list of [share of writes, first page, pages(, exponent)] or a sweep", "nothing")
    table: list[tuple[float, int, int, float | None]] = []
    for k, row in enumerate(rows):
        name = f"pattern[{k}]"
        good = isinstance(row, list) and len(row) in (3, 4)
        if not good or not all(is_number(x) for x in row):
            raise fields.bad(name, "[share of writes, first page, pages] or the same with a Zipf exponent", row)
        if not 0 <= row[0] < 1e9:
            raise fields.bad(name, "a share of writes of at least 0", row[0])
        first, pages = _range(fields, name, row[1], row[2], total)
        exponent = float(row[3]) if len(row) == 4 else None
        if exponent is not None and not 0 <= exponent <= 10:
            raise fields.bad(name, "a Zipf exponent from 0 to 10", row[3])
        table.append((float(row[0]), first, pages, exponent))
    shares = sum(row[0] for row in table)
    if shares <= 0:
        raise fields.bad("pattern", "shares of writes that add up to more than 0", shares)
    out: list[Pattern] = []
    for share, first, pages, exponent in table:
        writes = rate * share / shares
        if writes <= 0:
            continue
        out.append(Uniform(first, pages, writes) if exponent is None else Zipf(first, pages, writes, exponent))
    return tuple(out)


def _range(fields: Fields, name: str, first: Any, pages: Any, total: int) -> tuple[int, int]:
    if first != int(first) or pages != int(pages) or first < 0 or pages < 1 or first + pages > total:
        raise fields.bad(name, f"a page range inside the machine's {total} pages of 4 KiB", [first, pages])
    return int(first), int(pages)


def _burst(fields: Fields, rate: float) -> Burst | None:
    if not fields.has("burst") or rate <= 0:
        return None
    values = fields.numbers("burst", 2)
    if len(values) != 2 or values[0] < 0 or values[1] < 0:
        raise fields.bad("burst", "[writes per burst, seconds of silence]", fields.data["burst"])
    return Burst(int(values[0]), values[1]) if values[0] > 0 else None


def capabilities_from(fields: Fields) -> frozenset[Capability]:
    """The field `caps`. Raises BadFileError."""
    known = {c.value: c for c in Capability}
    out = set()
    for value in fields.items("caps", 100):
        if not isinstance(value, str) or value not in known:
            raise fields.bad("caps", f"names among {', '.join(known)}", value)
        out.add(known[value])
    return frozenset(out)


def parameters_from(fields: Fields) -> tuple[tuple[str, float], ...]:
    """The field `params`: numbers by QEMU's names, with underscores. Raises BadFileError."""
    value = fields.data.get("params") or {}
    if not isinstance(value, dict) or len(value) > 100:
        raise fields.bad("params", "an object of migration parameters", value)
    out = []
    for name, setting in value.items():
        if not isinstance(setting, int | float):
            continue
        if not abs(setting) <= 1e18:
            raise fields.bad(f"params.{name}"[:200], "a number up to 1e18", setting)
        out.append((str(name).replace("-", "_"), float(setting)))
    return tuple(sorted(out))


def _accelerator(fields: Fields) -> str:
    value = fields.text("accel", "kvm", 100)
    name = value.split(",")[0]
    if name not in ("kvm", "tcg"):
        raise fields.bad("accel", "kvm or tcg", value)
    return "kvm" if value == "kvm" else value
