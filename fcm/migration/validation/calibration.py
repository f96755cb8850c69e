"""How often the intervals of a running forecast hold: recordings replayed row by row."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fcm.migration.engine.policies import qemu_rule
from fcm.migration.engine.specification import (
    FIXED_DOWNTIME,
    LOOPBACK_RATE,
    Capability,
    MigrationSpec,
    downtime_of,
)
from fcm.migration.engine.workload import IDLE
from fcm.migration.forecast.first_pass import Earlier, HostFacts
from fcm.migration.forecast.forecast import Forecast
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.migration.forecast.outlook import Interval
    from fcm.migration.recordings.recording import Recording
    from fcm.model.telemetry import TelemetryRow


@dataclass(frozen=True, slots=True)
class Held:
    """Instants at which an 80 % interval was compared with the truth."""

    instants: int = 0
    inside: int = 0
    below: int = 0
    """Truth below the interval."""

    def __add__(self, other: Held) -> Held:
        return Held(self.instants + other.instants, self.inside + other.inside, self.below + other.below)

    def after(self, interval: Interval, truth: float) -> Held:
        """With one more instant."""
        inside = interval.low <= truth <= interval.high
        return Held(self.instants + 1, self.inside + inside, self.below + (truth < interval.low))

    def as_json(self) -> dict[str, float | None]:
        """Shares of the instants; null where there were none."""
        n = self.instants
        return {
            "held": round(self.inside / n, 4) if n else None,
            "below": round(self.below / n, 4) if n else None,
            "above": round((n - self.inside - self.below) / n, 4) if n else None,
        }


@dataclass(frozen=True, slots=True)
class ReplayedCase:
    """One recording replayed, from the middle of its first pass on."""

    name: str
    eta: tuple[Held, Held]
    """Time to the end: before the first reading of the dirty log, and after it."""
    blackout: tuple[Held, Held]
    widths: tuple[float, ...] = ()
    """Width of the interval of the end over the time that was left, at each instant; infinite where it was open."""
    version: str = ""
    """Of QEMU."""
    moved_before: bool = False
    """True where the migration before of the same machine was known."""


def limit_of(recording: Recording) -> float:
    """bytes/s that bound a migration: its own limit, else what its network carries of memory; 0 where none is known."""
    kept = recording.facts
    if kept is not None and not kept.simulated and kept.bandwidth is None and kept.line_rate is not None:
        return kept.line_rate
    return recording.bandwidth


def replay(
    name: str,
    recording: Recording,
    every: int = 1,
    earlier: Earlier | None = None,
    looked: Callable[[TelemetryRow, Forecast], None] = lambda _row, _forecast: None,
) -> ReplayedCase | None:
    """Feeds a forecast row by row and compares each outlook with what came.

    None where the migration did not end: an end that never comes is in no interval. The last copy is taken to run as
    fast as it did on the host of a laboratory recording, that of a kept migration as its network allows. All
    rows are fed, and one of `every` is looked at. ``earlier`` is what the last migration of the same machine showed;
    ``looked`` is called with each row at which the outlook was compared.
    """
    final, laboratory, kept = recording.final, recording.laboratory, recording.facts
    if final is None:
        return None
    slowed = laboratory is not None and Capability.AUTO_CONVERGE in laboratory.case.capabilities
    line_rate: float | None = LOOPBACK_RATE
    fixed, version = FIXED_DOWNTIME, kept.qemu if kept is not None else ""
    if laboratory is not None and laboratory.case.host is not None:
        host = laboratory.case.host
        line_rate, fixed, version = host.line, host.fixed_downtime, host.qemu
    late = 0.0
    if kept is not None:
        own = MigrationSpec(IDLE, recording.memory, rule=qemu_rule(version), capabilities=kept.capabilities)
        own = own.with_parameters(kept.parameters)
        late = own.late
        if not kept.simulated:
            several = Capability.MULTIFD in kept.capabilities
            held = kept.bandwidth is None or (kept.line_rate is not None and kept.line_rate <= kept.bandwidth)
            fixed = downtime_of(f"QEMU {version}", kept.line_rate, held, own.channels if several else 1)
        slowed = Capability.AUTO_CONVERGE in kept.capabilities
        line_rate = kept.line_rate if kept.bandwidth is not None else None
    on_hosts = kept is not None and not kept.simulated
    forecast = Forecast(
        recording.memory,
        limit_of(recording),
        recording.downtime_limit,
        rule=qemu_rule(version),
        line_rate=line_rate,
        fixed_downtime=fixed,
        auto_converge=slowed,
        late=late,
        host=HostFacts(kept.emulator, earlier) if kept is not None and on_hosts else None,
    )
    eta, blackout = [Held(), Held()], [Held(), Held()]
    widths: list[float] = []
    for k in range(len(recording)):
        row = recording.row(k)
        forecast.update(row)
        halfway = row.pass_number > 1 or row.remaining < recording.memory / 2
        if row.phase is not Phase.BROWNOUT or not halfway or k % every:
            continue
        outlook = forecast.view()
        looked(row, forecast)
        known = 0 if outlook.assumed else 1
        left = max(final.total - row.time, 1e-3)
        is_open = math.isinf(outlook.eta.high)  # so may be the other edge
        widths.append(math.inf if is_open else (outlook.eta.high - outlook.eta.low) / left)
        eta[known] = eta[known].after(outlook.eta, final.total - row.time)
        blackout[known] = blackout[known].after(outlook.blackout, final.downtime)
    return ReplayedCase(name, (eta[0], eta[1]), (blackout[0], blackout[1]), tuple(widths), version, earlier is not None)


def calibration(cases: Sequence[ReplayedCase]) -> dict[str, Any]:
    """The key `forecast` of `fcm validate --json`."""

    def part(*known: int) -> dict[str, Any]:
        eta = sum((c.eta[k] for c in cases for k in known), Held())
        blackout = sum((c.blackout[k] for c in cases for k in known), Held())
        return {"instants": eta.instants, "eta": eta.as_json(), "blackout": blackout.as_json()}

    def by_run(runs: Sequence[Held]) -> dict[str, float | None]:
        """The mean of the shares of runs: a long run counts as much as a short one."""
        seen = [run for run in runs if run.instants]
        if not seen:
            return Held().as_json()
        shares = [(run.inside / run.instants, run.below / run.instants) for run in seen]
        held, below = (sum(share[k] for share in shares) / len(seen) for k in (0, 1))
        return {"held": round(held, 4), "below": round(below, 4), "above": round(1.0 - held - below, 4)}

    return {
        "recordings": len(cases),
        **part(0, 1),
        "by_run": {
            "instants": sum(h.instants for c in cases for h in c.eta),
            "eta": by_run([sum(c.eta, Held()) for c in cases]),
            "blackout": by_run([sum(c.blackout, Held()) for c in cases]),
        },
        "before_first_reading": part(0),
        "after_first_reading": part(1),
        "cases": [
            {
                "name": c.name,
                "instants": sum(h.instants for h in c.eta),
                "eta": sum(c.eta, Held()).as_json(),
                "blackout": sum(c.blackout, Held()).as_json(),
            }
            for c in cases
        ],
    }
