"""A machine's memory cut into address segments of one behaviour each, for the engine.

A segment is a run of pages inside one clear-bitmap chunk over which every page behaves alike, or, where a class is
known by its size only, in which all classes are mixed in fixed proportion. The cost of the engine follows the
number of segments and classes, never the number of pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fcm.migration.engine.workload import PAGE, Scattered, Sweep, Uniform, Workload, Zipf, zipf_bins

if TYPE_CHECKING:
    from fcm.migration.arrays import Floats, Ints


SEGMENTS = 48
"""Least number of address segments, so that the sending cursor's place is known to 2 % of the memory."""
SWEEP_SEGMENTS = 256
"""Least number of segments over the range of a sweep: its front is then known to 0.4 % of the range.
Within the segment that contains the front, sent and swept pages count as independent, which they are not."""
MAX_CHUNK_EDGES = 512
"""Beyond this many clear-bitmap chunks the segments do not follow their edges."""


@dataclass(frozen=True, slots=True)
class SweepCover:
    """Where each segment lies on one sweep's circle."""

    low: Floats
    """[S] first position of the segment, pages past the sweep's first page (clipped to the range)."""
    high: Floats
    """[S] one past its last position."""
    pages: int
    rate: float
    start: float

    def touched(self, begin: Floats, end: Floats) -> Floats:
        """Share of each segment's pages swept between two activity times (s), [..., S]."""
        length = np.minimum((end - begin) * self.rate, float(self.pages))
        at = np.mod(self.start + begin * self.rate, float(self.pages))
        covered = np.zeros(np.broadcast_shapes(np.shape(at), self.low.shape))
        for turn in (-self.pages, 0, self.pages):
            left = at + turn
            covered += np.clip(np.minimum(self.high, left + length) - np.maximum(self.low, left), 0.0, None)
        width = self.high - self.low
        share: Floats = np.divide(covered, width, out=np.zeros_like(covered), where=width > 0)
        return np.minimum(share, 1.0)


@dataclass(frozen=True, slots=True)
class Layout:
    """Segments [S] in address order and page classes [S, K] within them."""

    edges: Ints
    """[S + 1] page numbers."""
    pages: Floats
    """[S, K] pages of each class."""
    rate: Floats
    """[S, K] independent writes/s to each page while the guest writes."""
    zero: Floats
    """[S, K] 1 where the class holds zero pages, else 0."""
    chunk: Ints
    """[S] number of the clear-bitmap chunk the segment is in (its own number where chunks are smaller)."""
    chunk_share: Floats
    """[S] size of a chunk over the size of the segment where chunks are smaller, else 0."""
    sweeps: tuple[SweepCover, ...]


def lay_out(workload: Workload, memory: int, chunk_pages: int, segments: int = SEGMENTS) -> Layout:
    """Cuts `memory` bytes into segments.

    Args:
        workload: what writes where.
        memory: bytes of guest memory, all RAM blocks.
        chunk_pages: pages of a clear-bitmap chunk (2**18 by default in QEMU: CLEAR_BITMAP_SHIFT_DEFAULT).
        segments: at least this many segments over all of memory.
    """
    total = max(1, memory // PAGE)
    marks = {0, total}
    chunks_guide = total // chunk_pages <= MAX_CHUNK_EDGES
    if chunks_guide:
        marks.update(range(0, total, chunk_pages))
    marks.update(int(x) for x in np.linspace(0, total, max(2, segments + 1)))
    for first, count in workload.zero_ranges:
        marks.update((first, first + count))
    for p in workload.patterns:
        if isinstance(p, Scattered):
            continue
        marks.update((p.first, p.first + p.pages))
        if isinstance(p, Zipf):
            marks.update(p.first + e for e in zipf_bins(p)[0])
        elif isinstance(p, Sweep):
            marks.update(p.first + int(x) for x in np.linspace(0, p.pages, SWEEP_SEGMENTS + 1))
    if workload.counter_page is not None:
        marks.update((workload.counter_page, workload.counter_page + 1))
    edges = np.array(sorted(m for m in marks if 0 <= m <= total), dtype=np.int64)
    size = np.diff(edges).astype(np.float64)
    middle = (edges[:-1] + edges[1:]) / 2.0

    local = np.zeros(len(size))
    sweeps = []
    for p in workload.patterns:
        if isinstance(p, Uniform):
            local += np.where((middle >= p.first) & (middle < p.first + p.pages), p.rate / p.pages, 0.0)
        elif isinstance(p, Zipf):
            bins, rates = zipf_bins(p)
            index = np.searchsorted(np.array(bins), middle - p.first, side="right") - 1
            inside = (index >= 0) & (index < len(rates)) & (middle >= p.first)
            local += np.where(inside, rates[np.clip(index, 0, len(rates) - 1)], 0.0)
        elif isinstance(p, Sweep):
            low = np.clip(edges[:-1] - p.first, 0, p.pages).astype(np.float64)
            high = np.clip(edges[1:] - p.first, 0, p.pages).astype(np.float64)
            sweeps.append(SweepCover(low, high, p.pages, p.rate, p.start))

    if workload.counter_page is not None:
        local += np.where(np.floor(middle) == workload.counter_page, workload.rate, 0.0)
    shares, rates_k, zeros_k = _mixed_classes(workload, total)
    pages = size[:, None] * shares
    rate = local[:, None] + rates_k
    zero = np.broadcast_to(zeros_k, pages.shape).copy()
    for first, count in workload.zero_ranges:
        zero[(middle >= first) & (middle < first + count)] = 1.0
    written = (rate > 0) | np.any([c.high > c.low for c in sweeps] or [np.zeros(len(size), bool)], axis=0)[:, None]
    zero[written] = 0.0
    number = edges[:-1] // chunk_pages
    chunk = number if chunks_guide else np.arange(len(size), dtype=np.int64)
    small = size > chunk_pages
    return Layout(edges, pages, rate, zero, chunk, np.where(small, chunk_pages / size, 0.0), tuple(sweeps))


def _mixed_classes(workload: Workload, total: int) -> tuple[Floats, Floats, Floats]:
    """Share of every segment, write rate per page and zero flag of the classes known by size only, each [K]."""
    scattered = [p for p in workload.patterns if isinstance(p, Scattered) and p.pages > 0]
    shares = [p.pages / total for p in scattered]
    rates = [p.rate / p.pages for p in scattered]
    used = sum(shares)
    if used > 1.0:
        shares = [s / used for s in shares]
        used = 1.0
    zero = min(max(workload.zero_share, 0.0), 1.0 - used)
    kinds = [(s, r, 0.0) for s, r in zip(shares, rates, strict=True)]
    kinds.append((1.0 - used - zero, 0.0, 0.0))
    if zero > 0:
        kinds.append((zero, 0.0, 1.0))
    array = np.array(kinds, dtype=np.float64)
    return array[:, 0], array[:, 1], array[:, 2]
