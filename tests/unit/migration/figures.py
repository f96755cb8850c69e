"""What the mathematics says of fixed migrations, for `test_kept_figures.py`.

The figures in tests/data/migration-figures.json were made when the predictions were compared with the recordings of
docs/migration-model.md. Who changes the mathematics on purpose compares anew (`fcm validate`), and keeps new ones:

    python -m tests.unit.migration.figures
"""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fcm.migration.engine.catalogue import named_workload, workload_names
from fcm.migration.engine.engine import Engine
from fcm.migration.engine.policies import PRESETS, QEMU_7_2, QEMU_9_2
from fcm.migration.engine.specification import Capability, MigrationSpec
from fcm.migration.engine.workload import Burst, Scattered, Sweep, Uniform, Workload, Zipf
from fcm.migration.forecast.forecast import Forecast
from fcm.migration.judging.fitting import DirtySample, fit
from fcm.migration.judging.plan import Plan
from fcm.migration.judging.prediction import from_case, predict, whole_course
from fcm.migration.judging.preflight import judge
from fcm.migration.judging.sketch import sketch
from fcm.migration.recordings.laboratory_form import load_qemu_recording
from fcm.migration.recordings.own_form import to_json
from fcm.migration.recordings.reading import read_recording
from fcm.migration.validation.reference import ablations, geometric, page_monte_carlo
from fcm.migration.validation.runs import validate, waited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fcm.migration.forecast.outlook import Outlook
    from fcm.migration.judging.prediction import Prediction

DATA = Path(__file__).parents[2] / "data"
KEPT = DATA / "migration-figures.json"
MIB = 1 << 20
AC, CACHED, PARALLEL = Capability.AUTO_CONVERGE, Capability.XBZRLE, Capability.MULTIFD

GUESTS: dict[str, Workload] = {
    "idle": Workload(()),
    "uniform": Workload((Uniform(8192, 20_000, 9_000.0),)),
    "two ranges": Workload((Uniform(4096, 3_000, 12_000.0), Uniform(20_000, 30_000, 2_000.0))),
    "zipf": Workload((Zipf(2048, 40_000, 12_000.0, 0.9),)),
    "sweep": Workload((Sweep(1024, 50_000, 7_000.0, 300.0),)),
    "scattered": Workload((Scattered(15_000, 6_000.0), Scattered(2_000, 9_000.0))),
    "bursts": Workload((Uniform(4096, 30_000, 15_000.0),), burst=Burst(20_000, 1.5, 0.4)),
    "zero pages": Workload((Uniform(4096, 8_000, 5_000.0),), zero_share=0.4, zero_ranges=((50_000, 9_000),)),
}


def migration(guest: Workload, **more: Any) -> MigrationSpec:
    """256 MiB over 32 MiB/s."""
    return MigrationSpec(guest, 256 * MIB, **{"bandwidth": 32.0 * MIB, "downtime_limit": 0.2, **more})


def told(made: Prediction) -> dict[str, Any]:
    """A prediction with one in six of its passes and the last."""
    said = made.as_json()
    said["rows"] = [list(row.values()) for row in (*said["rows"][::6], *said["rows"][-1:])]
    return said


def each_rule() -> Iterator[tuple[str, Any]]:
    for name, rule in PRESETS.items():
        for guest in ("uniform", "two ranges", "zipf"):
            yield f"{name}, {guest}", told(predict(migration(GUESTS[guest], rule=rule), 40.0))


def each_guest() -> Iterator[tuple[str, Any]]:
    for name, guest in GUESTS.items():
        yield name, told(predict(migration(guest), 50.0))
    for name in workload_names():
        spec = MigrationSpec(named_workload(name), 4096 * MIB, bandwidth=125e6)
        yield name, told(predict(spec, 200.0))
        yield f"{name}, distinct pages", [spec.workload.distinct(t) for t in (0.5, 4.0, 60.0)]


def each_option() -> Iterator[tuple[str, Any]]:
    busy = Workload((Uniform(8192, 30_000, 40_000.0),), utilisation=0.7)
    slowed = frozenset({AC})
    options: dict[str, dict[str, Any]] = {
        "auto-converge": {"capabilities": slowed},
        "auto-converge, own steps": {"capabilities": slowed, "throttle_initial": 35, "throttle_increment": 7},
        "auto-converge, tailslow": {"capabilities": slowed, "throttle_tailslow": True, "throttle_trigger": 0.3},
        "auto-converge, at most 40 %": {"capabilities": slowed, "throttle_max": 40},
        "xbzrle": {"capabilities": frozenset({CACHED})},
        "xbzrle, small cache": {"capabilities": frozenset({CACHED}), "xbzrle_cache": 8 * MIB, "xbzrle_delta": 900.0},
        "multifd": {"capabilities": frozenset({PARALLEL})},
        "dirty ring": {"dirty_ring": True},
        "9.2 with a known bandwidth": {"rule": QEMU_9_2, "available_switchover_bandwidth": 400.0 * MIB},
        "small chunks": {"chunk_shift": 10},
        "few segments": {"segments": 5},
        "line": {"line_rate": 300e6, "fixed_downtime": 0.05, "setup_time": 0.3},
        "share": {"bandwidth_share": 0.9},
        "series": {"bandwidth_series": ((0.0, 20e6), (4.0, 50e6), (9.0, 31e6))},
        "long limit": {"downtime_limit": 3.0},
    }
    for name, option in options.items():
        yield name, told(predict(migration(busy, **option), 60.0))


def shared_links() -> Iterator[tuple[str, Any]]:
    """Four migrations over two links, of which one is canceled, one tuned and one ends by post-copy."""
    engine = Engine(seed=3, noise=0.02)
    engine.set_link("A", 60e6)
    engine.set_link("B", 40e6, other=15e6)
    first = engine.add(migration(GUESTS["uniform"], links=("A",), bandwidth=math.inf))
    second = engine.add(migration(GUESTS["zipf"], links=("A", "B"), capabilities=frozenset({AC})))
    third = engine.add(migration(GUESTS["sweep"], links=("B",), capabilities=frozenset({Capability.POSTCOPY})))
    fourth = engine.add(migration(GUESTS["scattered"], links=("A",)))
    for number in range(400):
        step = engine.step()
        if number % 25 == 0 or step.finished or step.synced:
            yield str(number), [plain(dict(step.rows)), plain(dict(step.finished)), plain(dict(step.synced))]
        if number == 30:
            engine.cancel(fourth)
        if number == 60:
            engine.set_bandwidth(second, 10e6)
            engine.set_link("A", 90e6)
        if number == 120 and third in engine:
            engine.start_postcopy(third)
        if number == 150 and first in engine:
            engine.set_downtime_limit(first, 2.0)


def sketches() -> Iterator[tuple[str, Any]]:
    guests = {"idle": Workload(()), "one range": GUESTS["uniform"]}
    guests["never"] = Workload((Uniform(8192, 30_000, 40_000.0),))
    guests["hot"] = Workload((Uniform(30_000, 4_000, 30_000.0),), utilisation=0.8)
    for name, rule in PRESETS.items():
        for guest, work in guests.items():
            for converge in (frozenset(), frozenset({AC})):
                spec = migration(work, rule=rule, capabilities=converge, chunk_shift=12)
                yield f"{name}, {guest}, {len(converge)}", told(sketch(spec, 90.0))


def whole_courses() -> Iterator[tuple[str, Any]]:
    """Those that end, that end too late and that never end."""
    cases = {"ends": 9_000.0, "late": 9_000.0, "never": 60_000.0, "never drawn": 60_000.0}
    for name, rate in cases.items():
        spec = migration(Workload((Uniform(8192, 20_000, rate),)))
        made = whole_course(spec, 8.0 if name == "late" else 400.0, curve=name == "never drawn")
        curve = made.curve[:: max(len(made.curve) // 7, 1)]
        yield name, [told(made), len(made.curve), plain(curve)]


def outlook(view: Outlook) -> list[Any]:
    bands = [[float(x) for x in band[:: max(len(band) // 5, 1)]] for band in (view.time, view.low, view.mid, view.high)]
    said = [view.verdict, view.reason, list(view.remedies), view.enough_limit, view.enough_bandwidth, view.assumed]
    return [len(view.time), *bands, plain(view.eta), plain(view.blackout), view.progress, *said]


def followed(spec: MigrationSpec, every: int, most: int, tune: int = -1) -> Iterator[tuple[str, Any]]:
    """Outlooks of a running migration; from window ``tune`` on it has another bandwidth and downtime limit."""
    engine = Engine()
    handle = engine.add(spec)
    forecast = Forecast(
        spec.memory,
        spec.bandwidth,
        spec.downtime_limit,
        spec.rule,
        line_rate=spec.line_rate,
        auto_converge=AC in spec.capabilities,
    )
    yield "before", outlook(forecast.view())
    for number in range(most):
        step = engine.step()
        forecast.update(step.rows[handle])
        if number % every == every - 1 or handle in step.finished:
            yield str(number), outlook(forecast.view())
        if handle in step.finished:
            return
        if number == tune:
            engine.set_bandwidth(handle, 20e6)
            forecast.set_bandwidth(20e6)
            engine.set_downtime_limit(handle, 1.0)
            forecast.set_downtime_limit(1.0)


def outlooks_of_one_that_ends() -> Iterator[tuple[str, Any]]:
    return followed(migration(GUESTS["two ranges"], line_rate=200e6), 29, 900, tune=95)


def outlooks_of_one_that_is_stuck() -> Iterator[tuple[str, Any]]:
    return followed(migration(Workload((Uniform(8192, 30_000, 40_000.0),))), 67, 210)


def outlooks_of_one_that_is_slowed() -> Iterator[tuple[str, Any]]:
    busy = Workload((Uniform(8192, 30_000, 40_000.0),), utilisation=0.7)
    return followed(migration(busy, capabilities=frozenset({AC})), 83, 400)


def outlooks_by_other_rules() -> Iterator[tuple[str, Any]]:
    for name in ("hyperv", "xen-legacy", "xen-nsdi-2005", "vmware", "qemu-9.2+"):
        for number, view in followed(migration(GUESTS["zipf"], rule=PRESETS[name]), 71, 160):
            yield f"{name}, {number}", view


def outlooks_of_a_large_machine() -> Iterator[tuple[str, Any]]:
    """Over several chunks of 1 GiB, whose logging begins one after the other."""
    for where in (4096, 550_000):
        guest = Workload((Uniform(where, 60_000, 9_000.0),))
        spec = MigrationSpec(guest, 3072 * MIB, bandwidth=100.0 * MIB, downtime_limit=0.3)
        for number, view in followed(spec, 83, 500):
            yield f"{where}, {number}", view


def judgements() -> Iterator[tuple[str, Any]]:
    readings = {
        "quiet": [DirtySample(1.0, 3.0), DirtySample(4.0, 2.0)],
        "never": [DirtySample(1.0, 70.0), DirtySample(4.0, 60.0), DirtySample(8.0, 50.0)],
        "close": [DirtySample(1.0, 26.0, exact=False), DirtySample(8.0, 14.0, exact=False)],
        "nothing": [DirtySample(1.0, 0.0), DirtySample(4.0, 0.0)],
    }
    for name, samples in readings.items():
        spec = migration(Workload(()), line_rate=90e6 if name == "close" else None)
        found = judge(Plan(spec, zero_share=0.1 if name == "quiet" else 0.0), samples=samples, members=8)
        figures = [plain(f) for f in (found.total, found.downtime, found.bytes, found.passes, found.remedies)]
        yield name, [found.verdict, found.certain, found.sentence, found.reckoned_with, *figures]
    known = judge(Plan(migration(Workload(()), capabilities=frozenset({AC}))), workload=GUESTS["uniform"], members=3)
    yield "known", [known.verdict, known.sentence, known.reckoned_with, plain(known.total)]


def fits() -> Iterator[tuple[str, Any]]:
    for name, work in GUESTS.items():
        if work.patterns and not isinstance(work.patterns[0], Sweep):
            rates = [(t, work.distinct(t) / t / 256) for t in (1.0, 2.0, 5.0, 9.0)]
            counted = [DirtySample(t, mib, rounded=False, timing=0.02) for t, mib in rates]
            found = fit(counted, 256 * MIB, members=3)
            # What it says, not its classes: which of those that are all written within the first point get the pages
            # is decided by rounding, and another numpy rounds otherwise (2.4 and 2.5).
            yield (
                name,
                [[one.distinct(t) for t in (0.3, 1.0, 3.0, 9.0, 27.0)] for one in (found.workload, *found.members)],
            )


def other_models() -> Iterator[tuple[str, Any]]:
    for guest in ("idle", "uniform", "zipf", "sweep"):
        spec = migration(GUESTS[guest])
        yield f"{guest}, geometric", geometric(spec, 90.0).as_json()
        yield f"{guest}, page by page", told(page_monte_carlo(spec, 60.0))
    busy = migration(Workload((Uniform(8192, 30_000, 40_000.0),), utilisation=0.7), capabilities=frozenset({AC}))
    yield "slowed, page by page", told(page_monte_carlo(busy, 60.0))
    for name, made in ablations(busy, 60.0).items():
        yield name, told(made)


def recorded_migrations() -> Iterator[tuple[str, Any]]:
    for name in ("burst-0.5s.0", "sweep-5k-64MiB.0", "zipf0.6.0", "auto-converge-step20.0"):
        laboratory = load_qemu_recording(DATA / "recordings" / f"{name}.json").laboratory
        assert laboratory is not None
        for achieved in (None, laboratory.achieved):
            spec = from_case(laboratory.case, achieved, QEMU_7_2, waited=waited(laboratory))
            made = predict(replace(spec, dirty_ring=False), laboratory.case.give_up)
            yield f"{name}, {achieved is not None}", [told(made), plain(spec.bandwidth_series[::9])]


def validated() -> Iterator[tuple[str, Any]]:
    names = ("idle-1GiB.1", "preflight-two-class.0", "never-uniform-64MiB.0", "two-class-48MiB.0")
    files = [DATA / "recordings" / f"{name}.json" for name in names]
    files += sorted((DATA / "kept").glob("*.json"))
    for achieved in (False, True):
        yield f"achieved: {achieved}", validate(files, achieved, pages=False).as_json()


def read_recordings() -> Iterator[tuple[str, Any]]:
    """What a recording says of its passes and bandwidth, and what a file of the program's own form has of it."""
    names = ("hot-sets-2GiB.0", "never-burst-24MiB.0", "auto-converge-30k.0", "idle-1GiB.1", "sweep-5k-64MiB.0")
    files = [DATA / "recordings" / f"{name}.json" for name in names] + sorted((DATA / "kept").glob("*.json"))
    for path in files:
        found = read_recording(path)
        samples = found.bandwidth_samples(0.5)
        again = json.loads(to_json(found))
        rows = {name: column[::31] for name, column in again.pop("rows").items()}
        yield path.stem, [found.passes(), found.first_pass_bandwidth(), len(samples), samples[::5], found.final]
        yield f"{path.stem}, exported", [again.get("passes"), again.get("window_bandwidth", [])[::17], rows]
        yield f"{path.stem}, fields", [again.get("case"), again.get("kept"), again.get("identity"), again["memory"]]
        if found.laboratory is not None:
            reached = found.laboratory.achieved
            writes = [reached.pass1_bandwidth, reached.window_bandwidth[::29], reached.writes[::3]]
            yield f"{path.stem}, laboratory", [plain(found.laboratory.case), *writes, found.laboratory.dirty_rate]


MADE: dict[str, Callable[[], Iterator[tuple[str, Any]]]] = {
    made.__name__: made
    for made in (
        each_rule,
        each_guest,
        each_option,
        shared_links,
        sketches,
        whole_courses,
        outlooks_of_one_that_ends,
        outlooks_of_one_that_is_stuck,
        outlooks_of_one_that_is_slowed,
        outlooks_by_other_rules,
        outlooks_of_a_large_machine,
        judgements,
        fits,
        other_models,
        recorded_migrations,
        validated,
        read_recordings,
    )
}


def plain(value: Any) -> Any:
    """As JSON has it: ten digits of a number, and words for what is not a number."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.10g}") if math.isfinite(value) else str(float(value))
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, (set, frozenset)):
        return sorted(str(one) for one in value)
    return str(value) if isinstance(value, str) else value


def figures(name: str) -> dict[str, Any]:
    """Those of one theme, by case."""
    return {case: plain(found) for case, found in MADE[name]()}


if __name__ == "__main__":
    KEPT.write_text(json.dumps({name: figures(name) for name in MADE}, indent=0) + "\n", encoding="utf-8")
