"""What happens when the dirty log is read: the expectation of the next pass, and the order it is sent in.

For each segment and class the engine keeps two expected counts of pages in the migration bitmap: those whose log bit
was set at the last reading (`logged`: KVM does not protect them until their chunk is cleared) and those that stayed
protected (`unlogged`). A write counts from the chunk's clearing for the first, from the last reading for everything
else. Source: QEMU 7.2 migration/ram.c (migration_bitmap_sync, migration_clear_memory_region_dirty_bitmap) and
Linux Documentation/virt/kvm/api.rst, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fcm.migration.engine.state import XBZRLE_HEADER, ZERO_BYTES, Rows
from fcm.migration.engine.workload import PAGE

if TYPE_CHECKING:
    from fcm.migration.arrays import Flags, Floats, Ints


def read_log(rows: Rows, which: Ints, at: Floats, noise: np.random.Generator | None = None) -> Floats:
    """Reads the dirty log of some migrations: their counts become those of the next pass.

    Args:
        rows: the engine's arrays, changed in place.
        which: [k] rows.
        at: [k] s since each migration's start.
        noise: where given, the number of pages found is drawn instead of expected.

    Returns:
        [k] pages newly found dirty (QEMU: num_dirty_pages_period grows by this).
    """
    k = len(which)
    begin = rows.last_sync[which]
    cursor = rows.cursor[which][:, None]
    count = rows.segments[which][:, None]
    segment = np.arange(rows.S)[None, :]
    sent = np.clip(rows.position[which][:, None] - np.arange(rows.S + 1), 0.0, 1.0)
    entry = np.where(segment < count, (segment - cursor) % count, 0)
    line = np.arange(k)[:, None]
    unsent = 1.0 - sent[line, entry]
    tail = 1.0 - sent[line, count]
    under = segment == cursor
    part = rows.cursor_share[which][:, None]
    unsent_logged = np.where(under, (1.0 - part) * unsent + part * tail, unsent)

    cleared, end = _clear_times(rows, which, at, entry)
    now, since_sync, since_clear = _activity(rows, which, at, begin, np.minimum(cleared, end))
    rate = rows.rate[which]
    p_clear = -np.expm1(-rate * since_clear[:, :, None])
    p_sync = -np.expm1(-rate * since_sync[:, None, None])
    _add_sweeps(rows, which, now, since_sync, since_clear, p_clear, p_sync)
    never = (rows.chunked[which][:, None] & ~np.isfinite(cleared))[:, :, None]

    pages = rows.pages[which]
    logged = rows.logged[which]
    unlogged = rows.unlogged[which]
    rest = pages - logged - unlogged
    logged_unsent = logged * unsent_logged[:, :, None]
    unlogged_unsent = unlogged * unsent[:, :, None]
    p_unsent = np.where(never | _small(rows, which), 1.0, p_clear)
    found = logged_unsent * p_unsent + (logged - logged_unsent) * p_clear + (unlogged + rest) * p_sync
    kept = logged_unsent * (1.0 - p_unsent) + unlogged_unsent * (1.0 - p_sync)
    spread = (logged - logged_unsent) * p_clear * (1.0 - p_clear) + (unlogged + rest) * p_sync * (1.0 - p_sync)
    spread += logged_unsent * p_unsent * (1.0 - p_unsent)
    if noise is not None:
        drawn = np.clip(found + noise.standard_normal(found.shape) * np.sqrt(spread), 0.0, pages)
        kept *= np.divide(pages - drawn, pages - found, out=np.ones_like(pages), where=pages - found > 1e-9)
        found = drawn
    rows.deviation[which] = np.sqrt(spread.sum(axis=(1, 2)))
    fresh: Floats = (found + kept - logged_unsent - unlogged_unsent).sum(axis=(1, 2))

    rows.logged[which] = found
    rows.unlogged[which] = kept
    rows.activity[which] = now
    rows.last_sync[which] = at
    _move_cursor(rows, which)
    rows.passes[which] += 1
    arrange(rows, which)
    found_new: Floats = np.maximum(fresh, 0.0)
    return found_new


def arrange(rows: Rows, which: Ints) -> None:
    """Lays out what is to be sent, in the order of the cursor, and sets the position to its beginning."""
    cursor = rows.cursor[which][:, None]
    count = rows.segments[which][:, None]
    part = rows.cursor_share[which][:, None]
    entry = np.arange(rows.S + 1)[None, :]
    index = np.where(entry <= count, (cursor + entry) % count, 0)
    whole = np.where(entry < count, 1.0, np.where(entry == count, part, 0.0))
    weight_logged = np.where(entry == 0, 1.0 - part, whole)
    weight_unlogged = np.where(entry < count, 1.0, 0.0)
    line = np.arange(len(which))[:, None]
    logged = rows.logged[which]
    unlogged = rows.unlogged[which]
    zero = rows.zero[which]
    pages = logged.sum(axis=2)[line, index] * weight_logged + unlogged.sum(axis=2)[line, index] * weight_unlogged
    zeros = (logged * zero).sum(axis=2)[line, index] * weight_logged
    zeros += (unlogged * zero).sum(axis=2)[line, index] * weight_unlogged
    normal = _page_bytes(rows, which, pages.sum(axis=1))[:, None]
    rows.entry_pages[which] = pages
    rows.entry_bytes[which] = (pages - zeros) * normal + zeros * ZERO_BYTES
    rows.entry_time[which] = (pages - zeros) * normal / rows.line[which][:, None] + zeros * rows.zero_cost[which][
        :, None
    ]
    if rows.skips[which].any():
        _skip(rows, which)
    rows.entry_reached[which] = np.inf
    rows.position[which] = 0.0
    for total, part_ in (
        (rows.total_pages, rows.entry_pages),
        (rows.total_bytes, rows.entry_bytes),
        (rows.total_time, rows.entry_time),
    ):
        total[which, 1:] = np.cumsum(part_[which], axis=1)
    rows.budget[which] = -1.0


def pending_pages(rows: Rows, which: Ints) -> Floats:
    """[k] pages still to be sent in this pass."""
    left: Floats = np.maximum(rows.total_pages[which, -1] - at_position(rows, rows.total_pages, which), 0.0)
    return left


def at_position(rows: Rows, total: Floats, which: Ints) -> Floats:
    """[k] value of a running total at each migration's position."""
    whole = np.minimum(rows.position[which].astype(np.int64), rows.S)
    low = total[which, whole]
    value: Floats = low + (rows.position[which] - whole) * (total[which, whole + 1] - low)
    return value


def _small(rows: Rows, which: Ints) -> Flags:
    """[k, S, 1] True where clear chunks are smaller than the segment: unsent pages are never cleared there."""
    flag: Flags = ((rows.chunk_share[which] > 0) & rows.chunked[which][:, None])[:, :, None]
    return flag


def _clear_times(rows: Rows, which: Ints, at: Floats, entry: Ints) -> tuple[Floats, Floats]:
    """When protection returned to each segment's logged pages ([k, S] s, ``inf`` for never) and `at`, broadcast."""
    line = np.arange(len(which))[:, None]
    reached = rows.entry_reached[which]
    first = reached[line, entry]
    small = rows.chunk_share[which] > 0
    number = rows.chunk[which]
    lowest = np.full((len(which), int(number.max(initial=0)) + 1), np.inf)
    inside = np.arange(rows.S)[None, :] < rows.segments[which][:, None]
    np.minimum.at(lowest, (np.broadcast_to(line, number.shape), number), np.where(inside, first, np.inf))
    cleared = lowest[line, number]
    if small.any():
        after = np.minimum(np.concatenate([reached[:, 1:], np.full((len(which), 1), np.inf)], axis=1), at[:, None])
        through = np.maximum(after[line, entry] - np.minimum(first, at[:, None]), 0.0)
        own = np.where(first <= at[:, None], first + through * 0.5 * (1.0 - rows.chunk_share[which]), np.inf)
        cleared = np.where(small, own, cleared)
    end = np.broadcast_to(at[:, None], cleared.shape)
    whole_pass = ~rows.chunked[which][:, None]
    return np.where(whole_pass, rows.last_sync[which][:, None], cleared), end


def _activity(rows: Rows, which: Ints, at: Floats, begin: Floats, cleared: Floats) -> tuple[Floats, Floats, Floats]:
    """Writing time up to `at` [k], since the last sync [k] and since the clearing [k, S]."""
    since_sync = at - begin
    since_clear = at[:, None] - cleared
    for j in np.flatnonzero(rows.special[which]):
        clock = rows.clocks[int(which[j])]
        if clock is not None:
            end = clock(at[j : j + 1])[0]
            since_sync[j] = end - clock(begin[j : j + 1])[0]
            since_clear[j] = end - clock(cleared[j])
    multiplier = rows.multiplier[which]
    since_sync = np.maximum(since_sync, 0.0) * multiplier
    since_clear = np.maximum(since_clear, 0.0) * multiplier[:, None]
    return rows.activity[which] + since_sync, since_sync, since_clear


def _add_sweeps(
    rows: Rows, which: Ints, now: Floats, since_sync: Floats, since_clear: Floats, p_clear: Floats, p_sync: Floats
) -> None:
    """Joins the coverage of sweeps to the probabilities, in place."""
    for j in np.flatnonzero(rows.special[which]):
        layout = rows.layouts[int(which[j])]
        if layout is None:
            continue
        n = int(rows.segments[which[j]])
        for sweep in layout.sweeps:
            clear = sweep.touched(now[j] - since_clear[j, :n], now[j])
            sync = sweep.touched(now[j] - since_sync[j], now[j])
            p_clear[j, :n] = 1.0 - (1.0 - p_clear[j, :n]) * (1.0 - clear[:, None])
            p_sync[j, :n] = 1.0 - (1.0 - p_sync[j, :n]) * (1.0 - sync[:, None])


def _move_cursor(rows: Rows, which: Ints) -> None:
    """The next pass starts where this one stopped, or at address 0 where the rule says so or all was sent."""
    position = rows.position[which]
    count = rows.segments[which]
    whole = np.minimum(position.astype(np.int64), count)
    share = position - whole
    old = rows.cursor_share[which]
    part = np.where(whole == 0, old + (1.0 - old) * share, np.where(whole == count, old * share, share))
    restart = (position >= rows.S + 1 - 1e-9) | (position >= count + 1 - 1e-9) | ~rows.keeps_cursor[which]
    rows.cursor[which] = np.where(restart, 0, (rows.cursor[which] + whole) % count)
    rows.cursor_share[which] = np.where(restart, 0.0, np.clip(part, 0.0, 1.0))


def _page_bytes(rows: Rows, which: Ints, pending: Floats) -> Floats:
    """[k] bytes a non-zero page takes in the coming pass.

    With xbzrle from the third pass on, a page found in the cache goes encoded (ram.c, save_xbzrle_page: the first
    pass does not fill the cache, the second does); the cache contains its size in pages, whichever were sent last.
    """
    normal = rows.normal_bytes[which].copy()
    for j in np.flatnonzero(rows.xbzrle[which] & (rows.passes[which] >= 3)):
        spec = rows.specs[int(which[j])]
        if spec is not None:
            hit = min(1.0, spec.xbzrle_cache / PAGE / max(float(pending[j]), 1.0))
            normal[j] = hit * (XBZRLE_HEADER + spec.xbzrle_delta) + (1.0 - hit) * normal[j]
    return normal


def _skip(rows: Rows, which: Ints) -> None:
    """Leaves out pages that are dirty again when the cursor reaches them (Clark et al. 2005, section 5.2).

    Expected share of a class sent: exp(-r x time since the log was read), segment after segment, because what is
    skipped before lets the cursor arrive earlier.
    """
    for j in np.flatnonzero(rows.skips[which]):
        i = int(which[j])
        speed = max(min(float(rows.bandwidth[i]) * float(rows.share[i]), float(rows.adaptive[i]), rows.line[i]), 1.0)
        elapsed = 0.0
        layout = rows.layouts[i]
        sweeps = layout.sweeps if layout is not None else ()
        for s in range(int(rows.segments[i])):
            logged = rows.logged[i, s] + rows.unlogged[i, s]
            pages = float(logged.sum())
            if pages <= 0:
                continue
            full = rows.entry_bytes[i, s] / speed
            # The cursor's own time through the segment thins it further: half of it on average, twice refined.
            through = full
            for _ in range(3):
                age = rows.multiplier[i] * (elapsed + through / 2)
                stay = np.exp(-rows.rate[i, s] * age)
                for sweep in sweeps:
                    begin = np.full(1, rows.activity[i])
                    stay = stay * (1.0 - sweep.touched(begin, begin + age)[s])
                share = float((logged * stay).sum()) / pages
                through = full * share
            rows.entry_pages[i, s] *= share
            rows.entry_bytes[i, s] *= share
            rows.entry_time[i, s] *= share
            elapsed += through
