"""How flows share links: max-min fairness by progressive filling, and the links that the engine knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from fcm.migration.arrays import Flags, Floats, Ints
    from fcm.migration.engine.state import Rows


@dataclass(slots=True)
class _Link:
    capacity: float
    other: float = 0.0


class Links:
    """The links of one engine and the traffic on them."""

    def __init__(self) -> None:
        self._links: dict[str, _Link] = {}

    def set(self, name: str, capacity: float, other: float) -> None:
        """Creates or changes a link; `capacity` and the foreign traffic `other` in bytes/s."""
        self._links[name] = _Link(max(capacity, 0.0), max(other, 0.0))

    def __contains__(self, name: str) -> bool:
        return name in self._links

    def shared(self, rows: Rows, which: Ints, demand: Floats) -> tuple[Floats, Floats]:
        """[k] bytes/s that each migration may send, and how fast it does within a window while its budget lasts.

        Args:
            rows: the engine's arrays.
            which: [k] rows of the migrations.
            demand: [k] bytes/s that each could use.
        """
        if not self._links:
            return demand, rows.line[which]
        crosses = np.zeros((len(which) + len(self._links), len(self._links)), bool)
        column = {name: j for j, name in enumerate(self._links)}
        for row, i in enumerate(which):
            spec = rows.specs[int(i)]
            for name in spec.links if spec is not None else ():
                crosses[row, column[name]] = True
        crosses[len(which) :] = np.eye(len(self._links), dtype=bool)
        capacity = np.array([one.capacity for one in self._links.values()])
        other = np.array([one.other for one in self._links.values()])
        share = max_min_shares(np.concatenate([demand, other]), crosses, capacity)
        own = share[: len(which)]
        spare = np.maximum(capacity - crosses.astype(np.float64).T @ share, 0.0)
        spare_on_path = np.where(crosses[: len(which)], spare, np.inf).min(axis=1, initial=np.inf)
        return own, np.minimum(own + spare_on_path, rows.line[which])


def max_min_shares(demand: Floats, crosses: Flags, capacity: Floats) -> Floats:
    """Shares of `capacity` that no flow can raise without lowering a smaller one.

    Bertsekas and Gallager, Data Networks, section 6.5.2: all shares grow together; a flow stops at its own
    demand or when a link it crosses is full.

    Args:
        demand: [F] bytes/s each flow could use (``inf`` for as much as there is).
        crosses: [F, L] which links each flow crosses; a flow that crosses none gets its demand.
        capacity: [L] bytes/s.

    Returns:
        [F] bytes/s.
    """
    share = np.zeros(len(demand))
    free = ~crosses.any(axis=1)
    share[free] = demand[free]
    open_ = ~free & (demand > 0)
    left = np.maximum(capacity, 0.0).astype(np.float64)
    level = 0.0
    weight = crosses.astype(np.float64)
    while open_.any():
        active = open_.astype(np.float64) @ weight
        room = np.divide(left, active, out=np.full_like(left, np.inf), where=active > 0)
        link = float(room.min()) if len(room) else np.inf
        wanted = float(demand[open_].min()) - level
        rise = max(min(link, wanted), 0.0)
        level += rise
        share[open_] = level
        left = np.maximum(left - rise * active, 0.0)
        full = (room <= rise * (1 + 1e-12)) & (active > 0)
        closing = open_ & ((demand <= level * (1 + 1e-12)) | (crosses & full).any(axis=1))
        if not closing.any():
            break
        open_ &= ~closing
    return share
