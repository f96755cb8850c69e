"""The engine's arrays: one row per migration, padded to the largest number of segments and classes.

Shapes: V rows, S segments by address, K classes, E = S + 1 entries of the sending order (the segment under the
cursor comes first with its later part and last with its earlier part).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fcm.migration.engine.layout import lay_out
from fcm.migration.engine.pacing import PacedWriter
from fcm.migration.engine.policies import LogWindow
from fcm.migration.engine.specification import Capability
from fcm.migration.engine.workload import PAGE, slowdown

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.migration.arrays import Flags, Floats, Ints
    from fcm.migration.engine.layout import Layout
    from fcm.migration.engine.specification import MigrationSpec


EMPTY, SETUP, BROWNOUT, BLACKOUT, POSTCOPY = range(5)

NOTHING = PAGE / 2
"""bytes expected to remain below which nothing remains, whatever the threshold: QEMU ends where no page is dirty."""
NORMAL_BYTES = PAGE + 8
"""A page on the wire: content and an 8-byte header (QEMU migration/ram.c, save_page_header)."""
ZERO_BYTES = 9
"""A zero page on the wire (ram.c, save_zero_page_to_file)."""
MULTIFD_BYTES = PAGE + 1344 / 128
"""A page in a multifd packet of 128 pages: 320 bytes and 8 a page of MultiFDPacket_t (multifd.h)."""
XBZRLE_HEADER = 11
"""bytes around an encoded page: page header 8, flag 1, length 2 (ram.c, save_xbzrle_page)."""


class Rows:
    """All per-migration arrays; ``rows.x[i]`` belongs to migration i. Times in s, sizes in bytes or pages."""

    # What the specification says.
    limit: Floats
    bandwidth: Floats
    share: Floats
    line: Floats
    fixed: Floats
    zero_cost: Floats
    normal_bytes: Floats
    available: Floats
    late: Floats
    utilisation: Floats
    memory: Floats
    stop_bytes: Floats
    max_sent: Floats
    max_passes: Ints
    periodic: Floats
    tick: Floats
    """s since the start: next tick of the clock that has the log read (``MigrationSpec.periodic``)."""
    tick_passes: Ints
    """Passes begun at the last tick."""
    window: Floats
    early: Flags
    keeps_cursor: Flags
    skips: Flags
    chunked: Flags
    by_downtime: Flags
    auto_converge: Flags
    xbzrle: Flags
    special: Flags
    """True where a pass needs code of its own: sweeps, bursts, achieved writes, skipping, series."""
    # Where the migration stands.
    state: Ints
    time: Floats
    """s since the start at the beginning of the next window."""
    wait: Floats
    position: Floats
    """Entries sent in this pass; the fraction is the share of the entry under the cursor."""
    measured: Floats
    """bytes/s of the last window (threshold, row)."""
    sent: Floats
    dirty_rate: Floats
    passes: Ints
    segments: Ints
    cursor: Ints
    cursor_share: Floats
    last_sync: Floats
    activity: Floats
    """s of full-rate writing up to the last sync."""
    multiplier: Floats
    throttle: Ints
    dirty_periods: Ints
    period_start: Floats
    period_sent: Floats
    period_dirty: Floats
    adaptive: Floats
    allotted: Floats
    """bytes/s of links this window."""
    burst: Floats
    """bytes/s within a window while the budget lasts."""
    budget: Floats
    """bytes of the last window's budget, for which total_cost holds."""
    stopped_at: Floats
    end_at: Floats
    left: Floats
    """bytes of the blackout or post-copy still to be sent."""
    left_pages: Floats
    deviation: Floats
    """Standard deviation (pages) of what the last sync found, writes being independent."""
    # Two and three axes.
    pages: Floats
    rate: Floats
    zero: Floats
    logged: Floats
    """[V, S, K] expected pages in the bitmap whose log bit was set at the last sync (protection is off)."""
    unlogged: Floats
    """[V, S, K] expected pages in the bitmap that stayed protected."""
    chunk: Ints
    chunk_share: Floats
    entry_pages: Floats
    entry_bytes: Floats
    entry_time: Floats
    entry_reached: Floats
    total_pages: Floats
    total_bytes: Floats
    total_time: Floats
    total_cost: Floats

    def __init__(self) -> None:
        self.size = 0
        self.S = 1
        self.K = 1
        self.specs: list[MigrationSpec | None] = []
        self.layouts: list[Layout | None] = []
        self.clocks: list[Callable[[Floats], Floats] | None] = []
        for name in _ROW:
            setattr(self, name, np.zeros(0, _DTYPE.get(name, np.float64)))
        for name, shape in _SHAPES.items():
            setattr(self, name, np.zeros((0, *shape(self)), _DTYPE.get(name, np.float64)))

    def reserve(self, rows: int, segments: int, classes: int) -> None:
        """Makes room for at least these numbers; what is there stays."""
        if rows <= self.size and segments <= self.S and classes <= self.K:
            return
        more = max(rows, self.size)
        self.S = max(self.S, segments)
        self.K = max(self.K, classes)
        for name in (*_ROW, *_SHAPES):
            old: npt.NDArray[np.generic] = getattr(self, name)
            shape = (more, *(_SHAPES[name](self) if name in _SHAPES else ()))
            new = np.zeros(shape, old.dtype)
            new[tuple(slice(0, n) for n in old.shape)] = old
            if name.startswith("total_") and old.shape[0]:
                new[: old.shape[0], old.shape[1] :] = old[:, -1:]
            setattr(self, name, new)
        extra = more - self.size
        self.specs.extend([None] * extra)
        self.layouts.extend([None] * extra)
        self.clocks.extend([None] * extra)
        self.size = more

    def fill(self, i: int, spec: MigrationSpec) -> None:
        """Puts a new migration into row `i` (which must be empty), enlarging the arrays where needed."""
        layout = lay_out(spec.workload, spec.memory, 1 << spec.chunk_shift, spec.segments)
        s, k = layout.pages.shape
        self.reserve(i + 1, s, k)
        rule = spec.rule
        for name in (*_ROW, *_SHAPES):
            getattr(self, name)[i] = 0
        self.specs[i] = spec
        self.layouts[i] = layout
        self.clocks[i] = spec.workload.activity() or _paced(spec)
        self.pages[i, :s, :k] = layout.pages
        self.rate[i, :s, :k] = layout.rate
        self.zero[i, :s, :k] = layout.zero
        self.chunk[i, :s] = layout.chunk
        self.chunk[i, s:] = layout.chunk[-1]
        self.chunk_share[i, :s] = layout.chunk_share
        self.logged[i] = self.pages[i]
        self.segments[i] = s
        self.limit[i] = spec.limit
        self.bandwidth[i] = spec.carried(spec.bandwidth) if spec.bandwidth > 0 else np.inf
        self.share[i] = spec.bandwidth_share
        self.line[i] = spec.line
        self.fixed[i] = spec.fixed_downtime
        self.zero_cost[i] = spec.zero_page_cost
        self.normal_bytes[i] = MULTIFD_BYTES if Capability.MULTIFD in spec.capabilities else NORMAL_BYTES
        self.late[i] = spec.late / rule.window
        self.available[i] = spec.available_switchover_bandwidth or 0.0
        self.utilisation[i] = spec.workload.utilisation
        self.memory[i] = spec.memory
        self.stop_bytes[i] = (rule.stop_pages or 0) * PAGE
        self.max_passes[i] = rule.max_passes or np.iinfo(np.int64).max
        self.max_sent[i] = np.inf if rule.max_sent_factor is None else rule.max_sent_factor * spec.memory
        self.periodic[i] = self.tick[i] = spec.periodic
        self.window[i] = rule.window
        self.early[i] = rule.early_sync
        self.keeps_cursor[i] = rule.keeps_cursor
        self.skips[i] = rule.skips_redirtied
        self.chunked[i] = rule.log_window is LogWindow.CHUNK and not spec.dirty_ring
        self.by_downtime[i] = rule.threshold_from_downtime
        # Achieved writes contain what a throttle took already.
        self.auto_converge[i] = Capability.AUTO_CONVERGE in spec.capabilities and not spec.workload.achieved
        self.xbzrle[i] = Capability.XBZRLE in spec.capabilities
        self.special[i] = bool(layout.sweeps) or self.clocks[i] is not None or rule.skips_redirtied
        self.state[i] = SETUP
        self.wait[i] = spec.setup_time
        work = spec.workload
        paced = work.achieved or isinstance(self.clocks[i], PacedWriter)
        self.multiplier[i] = 1.0 if paced else slowdown(work.utilisation, 0.0, work.pacing_patience)
        self.passes[i] = 1
        self.adaptive[i] = np.inf if rule.rate_start is None else rule.rate_start
        self.end_at[i] = np.inf

    def clear(self, i: int) -> None:
        """Empties row `i`."""
        self.state[i] = EMPTY
        self.pages[i] = 0
        self.specs[i] = self.layouts[i] = self.clocks[i] = None


_INTEGERS = {"state", "passes", "segments", "cursor", "throttle", "dirty_periods", "max_passes", "chunk", "tick_passes"}


def _paced(spec: MigrationSpec) -> PacedWriter | None:
    """The clock of a writer that paces itself and falls behind, or may once it is throttled."""
    work = spec.workload
    may_slow = work.utilisation > 1.0 or Capability.AUTO_CONVERGE in spec.capabilities
    if work.pacing_patience is None or work.rate <= 0 or not may_slow:
        return None
    return PacedWriter(work.utilisation, work.pacing_patience, work.paced_for)


_FLAGS = {"early", "keeps_cursor", "skips", "chunked", "by_downtime", "auto_converge", "xbzrle", "special"}
_DTYPE: dict[str, type[np.generic]] = dict.fromkeys(_INTEGERS, np.int64) | dict.fromkeys(_FLAGS, np.bool_)
_SHAPES: dict[str, Callable[[Rows], tuple[int, ...]]] = (
    {n: (lambda r: (r.S, r.K)) for n in ("pages", "rate", "zero", "logged", "unlogged")}
    | {n: (lambda r: (r.S,)) for n in ("chunk", "chunk_share")}
    | {n: (lambda r: (r.S + 1,)) for n in ("entry_pages", "entry_bytes", "entry_time", "entry_reached")}
    | {n: (lambda r: (r.S + 2,)) for n in ("total_pages", "total_bytes", "total_time", "total_cost")}
)
_ROW = tuple(n for n in Rows.__annotations__ if n not in _SHAPES)
