"""Speed of the migration engine, as ratios to other ways of computing the same on the same machine.

Run: python benchmarks/engine.py [--json]

1. A machine of 64 GiB, 64 clear-bitmap chunks x 24 classes of a Zipf law, one migration of about 50 s, against pages
   one by one. The page model is run for 1 GiB of the same law and scaled by 64 (its cost is linear in pages;
   memory for 64 GiB of pages would be needed otherwise), and says so.
2. 1,000 migrations at once that share 32 links, against the time they take in reality.
3. The cost of a reading of the dirty log over segments x classes, and over memory at the same segments.
4. One step of 8 migrations, of one hot set, of a sweep and of a throttled hot set each, and one update and view of a
   forecast before the first reading of the dirty log, after it, and on the row of a reading, when it learns: medians.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import numpy as np

from fcm.migration.engine.engine import Engine
from fcm.migration.engine.specification import Capability, MigrationSpec
from fcm.migration.engine.workload import PAGE, Scattered, Sweep, Uniform, Workload, Zipf, zipf_bins
from fcm.migration.forecast.forecast import Forecast
from fcm.migration.judging.prediction import predict
from fcm.migration.validation.reference import page_monte_carlo
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

GIB = 1 << 30


def best(work: Callable[[], object], times: int = 3) -> float:
    """Shortest time in s of a few runs."""
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        found.append(time.perf_counter() - begin)
    return min(found)


def zipf_classes(pages: int, rate: float, classes: int) -> Workload:
    """A Zipf law cut into classes that lie scattered over memory."""
    edges, rates = zipf_bins(Zipf(0, pages, rate, 0.9), classes + 1)
    sizes = np.diff(edges)
    return Workload(tuple(Scattered(int(n), float(n * r)) for n, r in zip(sizes, rates, strict=True)))


def large() -> dict[str, float]:
    """64 GiB, 64 segments x about 24 classes, 10 Gbit/s."""
    spec = MigrationSpec(zipf_classes(4 << 20, 60_000.0, 24), 64 * GIB, bandwidth=1.4e9, line_rate=1.6e9, segments=64)
    result = predict(spec)
    engine = best(lambda: predict(spec), 5)
    small = MigrationSpec(Workload((Zipf(0, (4 << 20) // 64, 60_000.0 / 64, 0.9),)), GIB, bandwidth=1.4e9 / 64)
    by_page = best(lambda: page_monte_carlo(small), 1) * 64
    return {
        "migration_s": round(result.total, 1),
        "engine_ms": engine * 1e3,
        "pages_one_by_one_s": by_page,
        "times_faster": by_page / engine,
        "times_real_time": result.total / engine,
    }


def many(count: int = 1000, links: int = 32, windows: int = 800) -> dict[str, float]:
    """Many migrations that share links, a window of 100 ms at a time."""
    engine = Engine()
    random = np.random.default_rng(1)
    for k in range(links):
        engine.set_link(f"link{k}", 1.25e9, other=2e8)
    for _ in range(count):
        a, b = random.choice(links, 2, replace=False)
        pages = int(random.integers(20_000, 120_000))
        spec = MigrationSpec(
            Workload((Uniform(30_000, pages, float(random.uniform(500, 8000))),)),
            int(random.integers(1, 9)) * GIB,
            bandwidth=125e6,
            links=(f"link{a}", f"link{b}"),
        )
        engine.add(spec)
    begin = time.perf_counter()
    for _ in range(windows):
        engine.step()
    spent = time.perf_counter() - begin
    return {"migrations": count, "ms_a_window": spent / windows * 1e3, "of_real_time": spent / (windows * 0.1)}


def growth() -> dict[str, float]:
    """Time of whole migrations over segments x classes, and over memory; about 1 and 2, and 1, where linear."""

    def run(segments: int, classes: int, memory: int) -> float:
        work = zipf_classes(1 << 17, 8000.0, classes)
        spec = MigrationSpec(work, memory, bandwidth=memory / 10.0, line_rate=1e12, segments=segments)
        return best(lambda: predict(spec, 60.0), 5)

    base = run(256, 24, 4 * GIB)
    return {
        "twice_the_segments": run(512, 24, 4 * GIB) / base,
        "four_times_the_segments": run(1024, 24, 4 * GIB) / base,
        "twice_the_classes": run(256, 48, 4 * GIB) / base,
        "sixteen_times_the_memory": run(256, 24, 64 * GIB) / base,
    }


def small() -> dict[str, float]:
    """Eight migrations a step; one update and view of a forecast. Medians."""
    result = {}
    kinds: dict[str, Uniform | Sweep] = {
        "hot_set": Uniform(45_056, 65_536, 20_000.0),
        "sweep": Sweep(45_056, 65_536, 20_000.0),
        "throttled": Uniform(45_056, 65_536, 20_000.0),
    }
    for name, pattern in kinds.items():
        engine = Engine()
        slowed = name == "throttled"
        capabilities = frozenset({Capability.AUTO_CONVERGE}) if slowed else frozenset()
        spec = MigrationSpec(Workload((pattern,)), GIB, bandwidth=1e8, capabilities=capabilities)
        handles = [engine.add(spec) for _ in range(8)]
        forecast = Forecast(GIB, 1e8, auto_converge=slowed)
        steps: list[float] = []
        views: dict[str, list[float]] = {"first_pass": [], "later": [], "after_a_reading": []}
        passes = 1
        for _ in range(160):
            begin = time.perf_counter()
            row = engine.step().rows[handles[0]]
            middle = time.perf_counter()
            forecast.update(row)
            forecast.view()
            if row.phase is Phase.BROWNOUT:
                later = "later" if row.pass_number == passes else "after_a_reading"
                views[later if row.pass_number > 1 else "first_pass"].append(time.perf_counter() - middle)
                passes = row.pass_number
                steps.append(middle - begin)
        result[f"step_of_8_{name}_ms"] = float(np.median(steps)) * 1e3
        for phase, times in views.items():
            result[f"forecast_{name}_{phase}_ms"] = float(np.median(times)) * 1e3
    return result


def measured() -> dict[str, dict[str, float]]:
    """Everything, by its name."""
    return {"64 GiB": large(), "1,000 migrations": many(), "growth": growth(), "small": small()}


def speed_table(result: dict[str, dict[str, float]]) -> str:
    """The figures as a Markdown table."""
    lines = ["| of | figure | value |", "|---|---|---|"]
    lines += [f"| {name} | {key} | {value:,.3f} |" for name, part in result.items() for key, value in part.items()]
    return "\n".join(lines)


def main() -> None:
    """Runs all and prints."""
    result = measured()
    if "--json" in sys.argv[1:]:
        print(json.dumps(result, indent=2))
        return
    for name, figures in result.items():
        print(name)
        for key, value in figures.items():
            print(f"  {key:32s} {value:12.3f}")
    print(f"(pages of {PAGE} bytes; the page model of 64 GiB is 64 times one of 1 GiB)")


if __name__ == "__main__":
    main()
