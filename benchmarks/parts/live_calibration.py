"""The ranks of ``fcm/migration/forecast/ranks.py``, from migrations between real hosts.

    python -m benchmarks.parts.live_calibration tests/data/live{,-qemu-7.2,-corpus,-once-aside}

Each folder is a history of its own. The part that is set aside is never given here: it is for judging alone.
"""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fcm.migration.engine.specification import Capability
from fcm.migration.forecast.ranks import Situation, at, situation_of
from fcm.migration.recordings.reading import read_recording
from fcm.migration.validation.calibration import replay
from fcm.migration.validation.live import migrations_before

if TYPE_CHECKING:
    from fcm.migration.arrays import Floats
    from fcm.migration.forecast.forecast import Forecast
    from fcm.model.telemetry import TelemetryRow

HELD = 0.80
"""Share of instants at which an interval is to hold."""
LENGTH = 0.75
"""A migration of n instants counts as n to this power: neither does a slow one decide all, nor do all count alike."""
MOST_OUT = 0.18
"""Most that is left out on one side."""
LEAST = (100, 8)
"""Instants and migrations that a situation must have, for ranks of its own."""
GRID = np.round(np.arange(0.02, 0.99, 0.02), 2)


class Instant(NamedTuple):
    """One outlook and the truth: s to the end and of blackout, of the members and as it came."""

    run: str
    end: Floats
    ended: float
    blackout: Floats
    stood: float


def instants(folders: list[Path]) -> dict[Situation, list[Instant]]:
    """All outlooks by situation."""
    found: dict[Situation, list[Instant]] = defaultdict(list)
    for folder in folders:
        recordings = {path.stem: read_recording(path) for path in sorted(folder.glob("*.json"))}
        before = migrations_before(list(recordings.values()))
        for name, recording in recordings.items():
            earlier, final = before.get(id(recording)), recording.final
            if final is None:
                continue

            seen: list[tuple[TelemetryRow, tuple[Floats, Floats]]] = []
            replay(name, recording, earlier=earlier, looked=partial(_keep, seen))
            for row, members in seen:
                end, blackout = (np.sort(values) for values in members)
                slowed = recording.facts is not None and Capability.AUTO_CONVERGE in recording.facts.capabilities
                situation = situation_of(earlier is not None, row.pass_number, end, slowed)
                run = f"{folder.name}/{name}"
                found[situation].append(Instant(run, end, final.total - row.time, blackout, final.downtime))
    return found


def _keep(seen: list[tuple[TelemetryRow, tuple[Floats, Floats]]], row: TelemetryRow, forecast: Forecast) -> None:
    if forecast.members is not None:
        seen.append((row, forecast.members))


def rank_of(ordered: Floats, truth: float) -> float:
    """Share of the members below the truth."""
    count = len(ordered)
    below = int(np.searchsorted(ordered, truth))
    if below == 0:
        return 0.5 / count * truth / float(ordered[0]) if ordered[0] > 0 else 0.0
    if below == count:
        return 1.0 - 0.5 / count
    low, high = float(ordered[below - 1]), float(ordered[below])
    share = (truth - low) / (high - low) if math.isfinite(high) and high > low else 0.5
    return (below - 0.5 + share) / count


def quantile(values: Floats, weights: Floats, share: float) -> float:
    """Weighted."""
    order = np.argsort(values)
    steps = np.cumsum(weights[order])
    return float(values[order][min(np.searchsorted(steps, share * steps[-1]), len(values) - 1)])


def shortest(ordered: list[Floats], truth: Floats, weights: Floats) -> tuple[float, float]:
    """Ranks of the shortest interval, over what was left, that holds as often as it should."""
    values = np.array([[at(one, rank) for rank in GRID] for one in ordered])
    best = (math.inf, 0.1, 0.9)
    for low in range(len(GRID) // 3):
        below = float((weights * (truth < values[:, low])).sum())
        for high in range(len(GRID) - 1, low, -1):
            above = float((weights * (truth > values[:, high])).sum())
            if below > MOST_OUT or above > MOST_OUT or 1.0 - below - above < HELD:
                break
            top = np.where(np.isfinite(values[:, high]), values[:, high], 50.0 * truth)
            wide = (top - values[:, low]) / truth
            # The median decides, and where it hardly differs the upper quarter.
            score = float(np.quantile(wide, 0.5) + 0.25 * min(np.quantile(wide, 0.75), 3.0))
            best = min(best, (score, float(GRID[low]), float(GRID[high])))
    return best[1], best[2]


def main(words: list[str]) -> int:
    """Print both tables."""
    found = instants([Path(word) for word in words])
    lines: dict[str, list[str]] = {"ENDS": [], "BLACKOUTS": []}
    for situation, all_of in sorted(found.items()):
        count: dict[str, int] = defaultdict(int)
        for one in all_of:
            count[one.run] += 1
        if len(all_of) < LEAST[0] or len(count) < LEAST[1]:
            print(f"# {situation}: {len(all_of)} instants of {len(count)} migrations, too few", file=sys.stderr)
            continue
        weights = np.array([count[one.run] ** (LENGTH - 1.0) for one in all_of])
        weights /= weights.sum()
        ended = np.array([max(one.ended, 1e-3) for one in all_of])
        ranks = np.array([rank_of(one.end, one.ended) for one in all_of])
        low, high = shortest([one.end for one in all_of], ended, weights)
        middle = min(max(quantile(ranks, weights, 0.5), low + 0.02), high - 0.02)
        lines["ENDS"].append(f"    {situation}: ({low:.2f}, {middle:.2f}, {high:.2f}),")
        ranks = np.array([rank_of(one.blackout, one.stood) for one in all_of])
        edges = (quantile(ranks, weights, share) for share in ((1 - HELD) / 2, 0.5, (1 + HELD) / 2))
        lines["BLACKOUTS"].append(f"    {situation}: ({', '.join(f'{max(edge, 0.01):.2f}' for edge in edges)}),")
        print(f"# {situation}: {len(all_of)} instants of {len(count)} migrations", file=sys.stderr)
    for name, table in lines.items():
        print(f"{name} = {{", *table, "}", sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
