"""States of a history that are kept while it is read, so that each of its moments is near one of them.

A few are kept whole; between two of those, many only as what is another object than in the whole one before. States
share what did not change, so such a frame of a cluster with ten thousand old migrations is a few small dictionaries.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from fcm.model.state import State
from fcm.model.structures.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.model.entities import Cluster

EVERY = 200
"""Events between two frames."""
WHOLE = 32
"""Frames from one whole one to the next, if no object went meanwhile."""
TABLES = tuple(one.name for one in fields(State) if one.name not in ("sequence", "time", "cluster"))
"""Names of the tables of a state."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is another than in the whole state before."""

    base: State
    sequence: int
    time: float
    cluster: Cluster | None
    tables: Mapping[str, Mapping[str, Any]]

    def state(self) -> State:
        """The state; made anew each time."""
        made = {name: getattr(self.base, name) for name in TABLES}
        for name, changed in self.tables.items():
            made[name] = Table({**made[name], **changed})
        return State(self.sequence, self.time, self.cluster, **made)


class KeyFrames:
    """The states that are kept, by their sequence numbers, which rise."""

    def __init__(self) -> None:
        self._kept: list[State | _Frame] = []
        self._places: list[int] = []
        self._whole = 0
        """Place of the last whole one."""

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def last(self) -> int:
        """Sequence number of the last one; 0 without one."""
        return self._places[-1] if self._places else 0

    def keep(self, state: State) -> None:
        """Keep a state, which comes after all that are kept."""
        frame = None
        if self._kept and len(self._kept) - self._whole < WHOLE:
            base = self._kept[self._whole]
            assert isinstance(base, State)
            frame = _frame(base, state)
        if frame is None:
            self._whole = len(self._kept)
        self._kept.append(state if frame is None else frame)
        self._places.append(state.sequence)

    def before(self, sequence: int) -> State:
        """The newest one up to a sequence number; the first one if there is none."""
        found = self._kept[max(bisect_right(self._places, sequence) - 1, 0)]
        return found if isinstance(found, State) else found.state()


def _frame(base: State, state: State) -> _Frame | None:
    """What a state has otherwise; None if an object of the base is gone or has another place in the order."""
    changed: dict[str, dict[str, Any]] = {}
    for name in TABLES:
        before, after = getattr(base, name), getattr(state, name)
        if before is after:
            continue
        found = {key: one for key, one in after.items() if before.get(key) is not one}
        if [*before, *(key for key in found if key not in before)] != list(after):
            return None
        if found:
            changed[name] = found
    return _Frame(base, state.sequence, state.time, state.cluster, changed)
