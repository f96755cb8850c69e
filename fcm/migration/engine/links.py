"""How flows share links: max-min fairness by progressive filling."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def max_min_shares(demand: Floats, crosses: npt.NDArray[np.bool_], capacity: Floats) -> Floats:
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
