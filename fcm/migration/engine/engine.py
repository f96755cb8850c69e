"""The migration engine: pre-copy as QEMU does it, many migrations at once, in windows of 100 ms.

How it is used::

    engine = Engine(seed=1)
    engine.set_link("LM1", capacity=125e6)                  # bytes/s; 0 = stalled; `other` = foreign traffic
    handle = engine.add(MigrationSpec(workload, memory=4 << 30, links=("LM1",)))
    step = engine.step()                                    # every running migration goes on by 100 ms
    step.rows[handle]                                       # TelemetryRow
    step.finished.get(handle)                               # FinalFigures, once, exact to less than a window
    engine.set_bandwidth(handle, 50e6); engine.set_downtime_limit(handle, 1.0)
    engine.start_postcopy(handle); engine.cancel(handle)

Pure numpy; the same calls give the same figures, also with `noise` (a seed). A migration's clock starts at the
beginning of the step after `add`. A finished or canceled migration leaves the engine by itself.

The model is an expectation over segments and classes of pages (see `passes`), advanced by QEMU's own clock: a budget a
window, a look at what remains at the start of each window, a threshold from the bandwidth of the window before
(migration/migration.c: migration_update_counters, migration_iteration_run, migration_rate_limit). The cost of a
window grows with segments, that of a reading of the dirty log with segments x classes, neither with memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fcm.migration.engine.links import Links
from fcm.migration.engine.observation import LazyRows, Step
from fcm.migration.engine.passes import arrange, at_position, pending_pages, read_log
from fcm.migration.engine.specification import Capability, MigrationSpec
from fcm.migration.engine.state import BLACKOUT, BROWNOUT, EMPTY, NOTHING, POSTCOPY, SETUP, Rows
from fcm.migration.engine.throttle import adapt_rate, settle_throttle
from fcm.migration.engine.workload import PAGE
from fcm.model.telemetry import FinalFigures

if TYPE_CHECKING:
    from fcm.migration.arrays import Flags, Floats, Ints

WINDOW = 0.1
"""s of one step (BUFFER_DELAY, migration.c)."""
_ACCOUNTING = 1.0
"""s between two settlements of the dirty rate and the throttle (ram.c, migration_bitmap_sync)."""


class Engine:
    """Live migrations that share links."""

    def __init__(self, seed: int | None = None, noise: float = 0.0) -> None:
        """Creates an engine.

        Args:
            seed: for the random draws; without noise nothing is drawn.
            noise: 0 gives the expectation. Above 0, the pages found dirty are drawn with their own variance and
                the bandwidth of each window varies with this relative standard deviation.
        """
        self._rows = Rows()
        self._free: list[int] = []
        self._slots: dict[int, int] = {}
        self._handles: dict[int, int] = {}
        self._next = 1
        self._links = Links()
        self._shares_stale = True
        self._random = np.random.default_rng(seed) if noise > 0 else None
        self._noise = noise
        self._with_series: dict[int, tuple[Floats, Floats]] = {}
        """Slot -> times and rates of a bandwidth that changes."""

    # Links -------------------------------------------------------------------------------------------------------

    def set_link(self, name: str, capacity: float, other: float = 0.0) -> None:
        """Creates or changes a link.

        Args:
            name: what specifications call it.
            capacity: bytes/s; 0 while it is down: migrations that cross it stall.
            other: bytes/s of other traffic, which takes part in the sharing as one flow.
        """
        self._links.set(name, capacity, other)
        self._shares_stale = True

    # Migrations --------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, handle: int) -> bool:
        return handle in self._slots

    def add(self, spec: MigrationSpec) -> int:
        """Starts a migration with the next step and returns its handle.

        Raises:
            KeyError: if `spec` crosses a link the engine does not know.
        """
        for name in spec.links:
            if name not in self._links:
                raise KeyError(f"migration uses unknown link {name}")
        rows = self._rows
        if not self._free:
            old = rows.size
            rows.reserve(max(4, old * 2), rows.S, rows.K)
            self._free.extend(range(rows.size - 1, old - 1, -1))
        slot = self._free.pop()
        rows.fill(slot, spec)
        handle = self._next
        self._next += 1
        self._slots[handle] = slot
        self._handles[slot] = handle
        if spec.bandwidth_series:
            times, rates = np.array(spec.bandwidth_series, np.float64).T
            self._with_series[slot] = np.ascontiguousarray(times), np.ascontiguousarray(rates)
        self._shares_stale = True
        return handle

    def cancel(self, handle: int) -> None:
        """Takes a migration out; the guest stays at the source. Raises KeyError for an unknown handle."""
        slot = self._slots.pop(handle)
        del self._handles[slot]
        self._rows.clear(slot)
        self._with_series.pop(slot, None)
        self._free.append(slot)
        self._shares_stale = True

    def set_bandwidth(self, handle: int, limit: float) -> None:
        """Changes the bandwidth limit (bytes/s, 0 or inf for none) from the next window on."""
        slot = self._slots[handle]
        spec = self._rows.specs[slot]
        assert spec is not None
        self._rows.bandwidth[slot] = spec.carried(limit) if limit > 0 else np.inf
        self._shares_stale = True

    def set_downtime_limit(self, handle: int, seconds: float) -> None:
        """Changes the downtime limit (s) from the next look at what remains."""
        self._rows.limit[self._slots[handle]] = max(seconds, 0.0)

    def start_postcopy(self, handle: int) -> None:
        """Lets the guest go on at the destination at once; what remains follows, every page once.

        Source: QEMU docs/devel/migration, postcopy; the blackout is the device state alone.

        Raises:
            ValueError: if the migration was not given the capability or has not begun or is in its blackout.
        """
        rows, slot = self._rows, self._slots[handle]
        spec = rows.specs[slot]
        if spec is None or Capability.POSTCOPY not in spec.capabilities:
            raise ValueError("post-copy is not enabled for this migration: enable the capability postcopy-ram")
        if rows.state[slot] != BROWNOUT:
            raise ValueError("post-copy can only start while memory is copied and the guest runs on the source")
        which = np.array([slot])
        read_log(rows, which, rows.time[which], self._random)
        self._suspend(which, rows.time[which])
        rows.state[slot] = POSTCOPY
        self._shares_stale = True

    # Time --------------------------------------------------------------------------------------------------------

    def step(self) -> Step:
        """Advances every migration by one window of 100 ms."""
        return self._advance(1)

    def leap(self, most: int) -> tuple[Step, int]:
        """Advances by as many windows, up to `most`, as pass without an event; returns how many passed.

        Equal to that many calls of :meth:`step` up to rounding, where bandwidths do not change meanwhile.
        """
        count = self._uneventful(most)
        return self._advance(count), count

    def _advance(self, windows: int) -> Step:
        rows = self._rows
        self._share_links()
        state = rows.state
        before = rows.sent.copy()
        synced: dict[int, int] = {}
        started_at = rows.time.copy()
        begin = np.flatnonzero(state == SETUP)
        if len(begin):
            self._begin(begin)
        running = np.flatnonzero(state == BROWNOUT)
        if len(running):
            self._windows(running, windows, synced)
        ending = np.flatnonzero((state == BLACKOUT) | (state == POSTCOPY))
        if len(ending):
            self._finish_sending(ending, started_at, windows)
        occupied = np.flatnonzero(state != EMPTY)
        waiting = state[occupied] == SETUP
        rows.time[occupied[~waiting]] += windows * WINDOW
        sent = rows.sent - before
        rows.measured[occupied] = sent[occupied] / (windows * WINDOW)
        return self._report(occupied, synced)

    def _begin(self, which: Ints) -> None:
        """Setup passes; what is left of it below a window delays the first window only."""
        rows = self._rows
        long = which[rows.wait[which] >= WINDOW]
        rows.wait[long] -= WINDOW
        rows.time[long] += WINDOW
        ready = which[rows.wait[which] < WINDOW]
        ready = np.setdiff1d(ready, long)
        if not len(ready):
            return
        rows.time[ready] += rows.wait[ready]
        rows.wait[ready] = 0.0
        rows.state[ready] = BROWNOUT
        rows.last_sync[ready] = rows.period_start[ready] = rows.time[ready]
        for i in ready:
            clock = rows.clocks[int(i)]
            rows.activity[i] = rows.time[i] if clock is None else clock(rows.time[i : i + 1])[0]
        arrange(rows, ready)

    # One window --------------------------------------------------------------------------------------------------

    def _windows(self, which: Ints, windows: int, synced: dict[int, int]) -> None:
        rows = self._rows
        now = rows.time[which].copy()
        left = np.full(len(which), float(windows))
        self._price(which)
        threshold = self._threshold(which)
        due = self._log_due(which, threshold, now)
        live = np.ones(len(which), bool)
        for _ in range(16):
            if due.any():
                self._sync(which[due], now[due], synced)
                stop = due & self._may_stop(which, threshold)
                if stop.any():
                    self._suspend(which[stop], now[stop])
                    live &= ~stop
                self._price(which[due])
            going = live & (left > 1e-9)
            if not going.any():
                return
            now[going], left[going] = self._send(which[going], now[going], left[going], windows)
            empty = rows.position[which] >= rows.S + 1 - 1e-9
            due = live & empty & (left > 1e-9)
            if not due.any():
                return

    def _price(self, which: Ints) -> None:
        """Brings the cost curve (in windows) up to the budget of this window where that has changed."""
        rows = self._rows
        rate = np.minimum(np.minimum(rows.allotted[which], rows.adaptive[which]), rows.line[which])
        budget = np.where(rate > 0, rate, 0.0) * WINDOW
        changed = budget != rows.budget[which]
        if not changed.any():
            return
        some = which[changed]
        fresh = budget[changed]
        rows.budget[some] = fresh
        with np.errstate(divide="ignore", invalid="ignore"):
            cost = rows.entry_bytes[some] / fresh[:, None]
        cost = np.where(rows.entry_bytes[some] > 0, cost, 0.0)
        cost = np.maximum(cost, rows.entry_time[some] / WINDOW)
        rows.total_cost[some, 1:] = np.cumsum(np.minimum(cost, 1e15), axis=1)

    def _threshold(self, which: Ints) -> Floats:
        """[k] bytes: suspend below this (migration.c: threshold_size = bandwidth of the last window x limit)."""
        rows = self._rows
        bandwidth = np.where(rows.available[which] > 0, rows.available[which], rows.measured[which] + rows.late[which])
        by_time = np.where(rows.by_downtime[which], bandwidth * rows.limit[which], 0.0)
        return np.maximum(by_time, rows.stop_bytes[which])

    def _log_due(self, which: Ints, threshold: Floats, now: Floats) -> Flags:
        rows = self._rows
        remaining = pending_pages(rows, which) * PAGE
        due = np.where(rows.early[which], remaining < np.maximum(threshold, NOTHING), remaining < NOTHING)
        ticked = now >= rows.tick[which]
        if ticked.any():
            passes = rows.passes[which]
            due |= ticked & (passes > 1) & (passes == rows.tick_passes[which])
            some, period = which[ticked], rows.periodic[which[ticked]]
            rows.tick_passes[some] = passes[ticked] + due[ticked]
            rows.tick[some] = (np.floor(now[ticked] / period) + 1.0) * period
        result: Flags = due
        return result

    def _may_stop(self, which: Ints, threshold: Floats) -> Flags:
        rows = self._rows
        remaining = pending_pages(rows, which) * PAGE
        result: Flags = (
            (remaining < np.maximum(threshold, NOTHING))
            | (rows.passes[which] >= rows.max_passes[which])
            | (rows.sent[which] > rows.max_sent[which])
            | np.isnan(rows.adaptive[which])
        )
        return result

    def _sync(self, which: Ints, at: Floats, synced: dict[int, int]) -> None:
        rows = self._rows
        duration = np.maximum(at - rows.last_sync[which], 1e-6)
        fresh = read_log(rows, which, at, self._random)
        rows.period_dirty[which] += fresh
        if adapt_rate(rows, which, duration):
            self._shares_stale = True
        settle = at - rows.period_start[which] > _ACCOUNTING
        if settle.any():
            some = which[settle]
            length = at[settle] - rows.period_start[some]
            rows.dirty_rate[some] = rows.period_dirty[some] / length
            settle_throttle(rows, some, at[settle])
            rows.period_start[some] = at[settle]
            rows.period_dirty[some] = 0.0
            rows.period_sent[some] = rows.sent[some]
        for i, pages in zip(which, pending_pages(rows, which), strict=True):
            synced[self._handles[int(i)]] = round(float(pages))

    def _send(self, which: Ints, now: Floats, left: Floats, windows: int) -> tuple[Floats, Floats]:
        """Sends until the budget or the pass ends; returns the time within the window and the budget left."""
        rows = self._rows
        old = rows.position[which]
        cost_before = at_position(rows, rows.total_cost, which)
        bytes_before = at_position(rows, rows.total_bytes, which)
        time_before = at_position(rows, rows.total_time, which)
        target = cost_before + left
        totals = rows.total_cost[which]
        whole = np.minimum((totals[:, 1:] < target[:, None]).sum(axis=1), rows.S + 1)
        done = whole > rows.S
        base = np.minimum(whole, rows.S)
        low = totals[np.arange(len(which)), base]
        width = totals[np.arange(len(which)), base + 1] - low
        share = np.divide(target - low, width, out=np.ones_like(target), where=width > 0)
        rows.position[which] = np.where(done, rows.S + 1.0, base + np.clip(share, 0.0, 1.0))
        moved = at_position(rows, rows.total_bytes, which) - bytes_before
        spent = at_position(rows, rows.total_time, which) - time_before
        rows.sent[which] += moved
        burst = rows.budget[which] / np.maximum(rows.burst[which], 1e-9)
        burst = np.minimum(np.where(rows.budget[which] > 0, burst, WINDOW), WINDOW)
        self._mark_reached(which, old, now, cost_before, totals, burst)
        used = np.where(done, totals[:, -1] - cost_before, left)
        if windows > 1:
            after = now + used * WINDOW
        else:
            after = now + np.minimum(np.maximum(moved / np.maximum(rows.burst[which], 1e-9), spent), WINDOW * used)
        return after, np.maximum(left - used, 0.0)

    def _mark_reached(
        self, which: Ints, old: Floats, now: Floats, before: Floats, totals: Floats, burst: Floats
    ) -> None:
        """Notes when the cursor came to each entry: windows passed, and the part of a window's burst."""
        rows = self._rows
        line = np.arange(len(which))
        first = np.minimum(old.astype(np.int64), rows.S)
        crossed = (rows.position[which] > first + 1) | ~np.isfinite(rows.entry_reached[which, first])
        if not crossed.any():
            return
        some = which[crossed]
        line, first = line[crossed], first[crossed]
        entry = np.arange(rows.S + 1)
        reached = rows.entry_reached[some]
        fresh = (entry < rows.position[some][:, None]) & (entry >= first[:, None]) & ~np.isfinite(reached)
        ahead = np.maximum(totals[line, :-1] - before[crossed][:, None], 0.0)
        full = np.floor(ahead)
        when = now[crossed][:, None] + full * WINDOW + (ahead - full) * burst[crossed][:, None]
        rows.entry_reached[some] = np.where(fresh, when, reached)

    def _suspend(self, which: Ints, at: Floats) -> None:
        """Stops the guest: the rate limit is off, everything that remains is sent (migration_completion)."""
        rows = self._rows
        rows.state[which] = BLACKOUT
        rows.stopped_at[which] = at
        rows.left[which] = rows.total_bytes[which, -1] - at_position(rows, rows.total_bytes, which)
        rows.left_pages[which] = pending_pages(rows, which)
        for i in which[rows.skips[which]]:
            # Nothing is skipped while the guest is stopped.
            rows.left_pages[i] = (rows.logged[i] + rows.unlogged[i]).sum()
            rows.left[i] = rows.left_pages[i] * rows.normal_bytes[i]
        rows.end_at[which] = np.inf
        self._shares_stale = True

    def _finish_sending(self, which: Ints, window_start: Floats, windows: int) -> None:
        rows = self._rows
        begin = np.maximum(window_start[which], rows.stopped_at[which])
        end = rows.time[which] + windows * WINDOW
        speed = np.maximum(np.minimum(rows.burst[which], rows.line[which]), 0.0)
        sending = rows.left[which] > 0
        need = np.divide(rows.left[which], speed, out=np.full(len(which), np.inf), where=speed > 0)
        need[~sending] = 0.0
        room = np.maximum(end - begin, 0.0)
        fits = need <= room
        moved = np.where(fits, rows.left[which], speed * room)
        share = np.divide(moved, rows.left[which], out=np.ones(len(which)), where=sending)
        rows.sent[which] += moved
        rows.left[which] = np.where(fits, 0.0, rows.left[which] - moved)
        rows.left_pages[which] *= np.where(fits, 0.0, 1.0 - share)
        first = fits & ~np.isfinite(rows.end_at[which])
        rows.end_at[which] = np.where(first, begin + need + rows.fixed[which], rows.end_at[which])

    # Sharing -----------------------------------------------------------------------------------------------------

    def _share_links(self) -> None:
        """Splits the links; `allotted` is what a migration may send, `burst` how fast within a window."""
        rows = self._rows
        which = np.flatnonzero(rows.state != EMPTY)
        if self._shares_stale and len(which):
            limited = np.isin(rows.state[which], (SETUP, BROWNOUT))
            limit = np.minimum(
                rows.bandwidth[which] * rows.share[which], np.nan_to_num(rows.adaptive[which], nan=np.inf)
            )
            demand = np.minimum(np.where(limited, limit, np.inf), rows.line[which])
            rows.allotted[which], rows.burst[which] = self._links.shared(rows, which, demand)
            self._shares_stale = False
        for i, (times, rates) in self._with_series.items():
            if rows.state[i] in (SETUP, BROWNOUT):
                rows.allotted[i] = np.interp(rows.time[i] + WINDOW / 2, times, rates)
        if self._random is not None and len(which):
            factor = 1.0 - np.abs(self._random.standard_normal(len(which))) * self._noise
            self._shares_stale = True
            rows.allotted[which] *= np.clip(factor, 0.05, 1.0)

    def _uneventful(self, most: int) -> int:
        """Windows, 1 to `most`, until one of the running migrations may read its log."""
        rows = self._rows
        occupied = np.flatnonzero(rows.state != EMPTY)
        if most <= 1 or not len(occupied) or self._random is not None or self._with_series:
            return 1
        which = occupied[rows.state[occupied] == BROWNOUT]
        ending = occupied[np.isin(rows.state[occupied], (BLACKOUT, POSTCOPY))]
        if len(which) + len(ending) < len(occupied):
            return 1
        self._share_links()
        most = self._until_sent(ending, most) if len(ending) else most
        if most <= 1 or not len(which):
            return most
        self._price(which)
        if (rows.budget[which] <= 0).any() or (rows.measured[which] <= 0).any():
            return 1
        threshold = np.where(rows.early[which], self._threshold(which), 0.0)
        keep = np.maximum(rows.total_pages[which, -1] - threshold / PAGE, 0.0)
        totals = rows.total_pages[which]
        line = np.arange(len(which))
        whole = np.minimum((totals[:, 1:] < keep[:, None]).sum(axis=1), rows.S)
        width = totals[line, whole + 1] - totals[line, whole]
        share = np.divide(keep - totals[line, whole], width, out=np.zeros(len(which)), where=width > 0)
        cost = rows.total_cost[which]
        at = cost[line, whole] + np.clip(share, 0, 1) * (cost[line, whole + 1] - cost[line, whole])
        windows = np.floor(at - at_position(rows, rows.total_cost, which) - 1e-9)
        periodic = np.floor((rows.tick[which] - rows.time[which]) / WINDOW)
        periodic = np.where(rows.passes[which] > 1, periodic, np.inf)
        return int(np.clip(min(float(windows.min()), float(periodic.min())), 1, most))

    def _until_sent(self, which: Ints, most: int) -> int:
        """Windows, 1 to `most`, in which none of the suspended migrations arrives."""
        rows = self._rows
        speed = np.minimum(rows.burst[which], rows.line[which])
        need = np.divide(rows.left[which], speed, out=np.zeros(len(which)), where=speed > 0)
        need = np.where(np.isfinite(rows.end_at[which]), rows.end_at[which] - rows.time[which], need)
        return int(np.clip(np.floor(need.min() / WINDOW - 1e-9), 1, most))

    # Reports -----------------------------------------------------------------------------------------------------

    def _report(self, which: Ints, synced: dict[int, int]) -> Step:
        rows = self._rows
        finished: dict[int, FinalFigures] = {}
        brown = rows.state[which] == BROWNOUT
        remaining = np.where(brown, pending_pages(rows, which), rows.left_pages[which]) * PAGE
        setup = rows.state[which] == SETUP
        remaining[setup] = rows.memory[which[setup]]
        over = rows.end_at[which] <= rows.time[which]
        handles = [self._handles[slot] for slot in which.tolist()]
        for k in np.flatnonzero(over):
            finished[handles[k]] = self._final(int(which[k]))
        shown = LazyRows(
            {handle: k for k, handle in enumerate(handles)},
            np.where(over, rows.end_at[which], rows.time[which]),
            np.where(setup, 0, rows.passes[which]),
            remaining,
            rows.sent[which],
            rows.dirty_rate[which],
            rows.measured[which],
            np.where(over, EMPTY, rows.state[which]),
            rows.throttle[which],
        )
        for handle in finished:
            self.cancel(handle)
        return Step(shown, finished, synced)

    def _final(self, slot: int) -> FinalFigures:
        rows = self._rows
        end = float(rows.end_at[slot])
        stopped = float(rows.stopped_at[slot])
        downtime = float(rows.fixed[slot]) if rows.state[slot] == POSTCOPY else end - stopped
        return FinalFigures(end, downtime, round(float(rows.sent[slot])), int(rows.passes[slot]))
