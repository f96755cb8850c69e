"""What a step of the engine reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fcm.migration.engine.state import BLACKOUT, BROWNOUT, EMPTY, POSTCOPY, SETUP
from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.migration.arrays import Floats, Ints

_PHASES = {
    SETUP: Phase.SETUP,
    BROWNOUT: Phase.BROWNOUT,
    BLACKOUT: Phase.BLACKOUT,
    POSTCOPY: Phase.BROWNOUT,
    EMPTY: Phase.COMPLETED,
}


class LazyRows(Mapping[int, TelemetryRow]):
    """The rows of a step, made when asked for: a thousand migrations need not be looked at one by one."""

    def __init__(
        self,
        places: dict[int, int],
        time: Floats,
        passes: Ints,
        remaining: Floats,
        sent: Floats,
        dirty_rate: Floats,
        rate: Floats,
        state: Ints,
        throttle: Ints,
    ) -> None:
        self._places = places
        self._time, self._passes, self._remaining, self._sent = time, passes, remaining, sent
        self._dirty_rate, self._rate, self._state, self._throttle = dirty_rate, rate, state, throttle

    def __getitem__(self, handle: int) -> TelemetryRow:
        k = self._places[handle]
        return TelemetryRow(
            float(self._time[k]),
            int(self._passes[k]),
            round(float(self._remaining[k])),
            round(float(self._sent[k])),
            float(self._dirty_rate[k]),
            float(self._rate[k]),
            _PHASES[int(self._state[k])],
            int(self._throttle[k]),
        )

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@dataclass(frozen=True)
class Step:
    """What one step brought."""

    rows: Mapping[int, TelemetryRow]
    """handle -> how the migration stands at the end of the window (also of those that finished in it)."""
    finished: Mapping[int, FinalFigures]
    synced: Mapping[int, int] = field(default_factory=dict)
    """handle -> pages to be sent in the pass that began in this window."""
