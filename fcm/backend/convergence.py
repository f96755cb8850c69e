"""Reports once that a live migration is not expected to converge, based on its telemetry.

Every backend feeds one such watch for each migration. The forecast must say so continuously for SUSTAINED s and over
LEAST_PASSES passes: a burst of the guest is no verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.quantities import seconds
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from fcm.model.migrations import MigrationOptions
    from fcm.model.telemetry import TelemetryRow

SUSTAINED = 10.0
"""s of copying over which every forecast must say that there is no end."""
LEAST_PASSES = 3
EVERY = 1.0
"""s of copying between two forecasts, which take about a millisecond each."""


class ConvergenceWatch:
    """One live migration; belongs to the thread that feeds it."""

    def __init__(self, memory: int, options: MigrationOptions, version: str = "") -> None:
        """Nothing is computed before the second pass.

        Args:
            memory: bytes of the machine.
            options: those that the migration began with.
            version: of the source (``Node.version``), on which the stopping rule depends.
        """
        from fcm.migration.engine.policies import host_rule
        from fcm.migration.engine.specification import downtime_of, specification_of
        from fcm.migration.forecast.forecast import Forecast  # numpy: only once memory moves
        from fcm.migration.forecast.outlook import Verdict

        self._endless = Verdict.WILL_NOT_CONVERGE
        self._forecast = Forecast(
            max(memory, 1),
            float(options.bandwidth or 0),
            _limit(options),
            rule=host_rule(version),
            fixed_downtime=downtime_of(version),
            late=specification_of(options, max(memory, 1), rule=host_rule(version)).late,
            auto_converge=options.auto_converge,
        )
        self._options = options
        self._since: float | None = None
        self._looked = 0.0
        self._passes = 0
        self._told = False

    def tuned(self, options: MigrationOptions) -> None:
        """Its options changed: what was seen before says nothing about what comes."""
        self._options = options
        self._forecast.set_bandwidth(float(options.bandwidth or 0))
        self._forecast.set_downtime_limit(_limit(options))
        self._since = None

    def read(self, row: TelemetryRow) -> tuple[str, str] | None:
        """Take a row; reason and remedy as sentences, once, when it is certain that there is no end in sight."""
        if self._told:
            return None
        self._forecast.update(row)
        if row.phase is not Phase.BROWNOUT or row.pass_number < 2 or row.time - self._looked < EVERY:
            return None
        self._looked = row.time
        outlook = self._forecast.view()
        if outlook.verdict is not self._endless:
            self._since = None
            return None
        if self._since is None:
            self._since, self._passes = row.time, row.pass_number
        if row.time - self._since < SUSTAINED or row.pass_number - self._passes < LEAST_PASSES:
            return None
        self._told = True
        return outlook.reason.strip(), self._remedy(outlook.remedies)

    def _remedy(self, found: tuple[str, ...]) -> str:
        """What would let it end, as a sentence: what can be changed now first, then what needs a new start."""
        now, anew = [], []
        for piece in found:
            if piece.startswith("turn on "):
                anew.append(f"restart it with {piece.removeprefix('turn on ')}")
            elif piece.startswith("switch to post-copy") and not self._options.post_copy:
                anew.append("restart it with post-copy")
            else:
                now.append(piece)
        ways = [*now, "cancel it", *anew[:1]] if anew else [*now, "cancel it"]
        text = f"{', '.join(ways[:-1])} or {ways[-1]}" if len(ways) > 1 else ways[0]
        return f"{text[0].upper()}{text[1:]}. Otherwise it continues until the guest writes less memory."


def _limit(options: MigrationOptions) -> float:
    from fcm.migration.engine.policies import QEMU_7_2

    return QEMU_7_2.downtime_limit if options.downtime_limit is None else options.downtime_limit


def past_limit(limit: float, source: str) -> str:
    """Why a migration was canceled whose time was limited, as sentences."""
    return (
        f"The migration did not finish within its time limit of {seconds(limit)}. The virtual machine is still "
        f"running on {source}."
    )
