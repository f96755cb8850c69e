"""What judgements and forecasts need to know of an open cluster: less than the workspace, which makes use of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fcm.migration.judging.fitting import DirtySample
    from fcm.model.state import State
    from fcm.model.telemetry import TelemetryRow


class ClusterView(Protocol):
    """One open cluster, to look at."""

    @property
    def state(self) -> State:
        """The state as it is drawn."""

    @property
    def simulated(self) -> bool:
        """Whether its figures are computed by the migration engine instead of measured on hosts."""

    @property
    def measured(self) -> Mapping[str, tuple[float, tuple[DirtySample, ...]]]:
        """Machine -> when its writing was measured last in this session (s since the epoch), and what was found."""

    def rows(self, migration: str) -> Sequence[TelemetryRow]:
        """Telemetry of a migration so far, oldest first."""
