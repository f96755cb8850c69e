from __future__ import annotations

import numpy as np
import pytest

from fcm.migration.engine.engine import Engine
from fcm.migration.engine.specification import Capability, MigrationSpec
from fcm.migration.engine.workload import Uniform, Workload
from fcm.model.telemetry import FinalFigures, Phase
from tests.unit.migration.running import run_to_end

MIB = 1 << 20


def machine(rate: float = 2000.0, bandwidth: float = 128 * MIB, **more: object) -> MigrationSpec:
    return MigrationSpec(Workload((Uniform(45056, 65536, rate),)), memory=1024 * MIB, bandwidth=bandwidth, **more)  # type: ignore[arg-type]


def finish(engine: Engine, handle: int, most: int = 2000) -> FinalFigures:
    for _ in range(most):
        done = engine.step().finished
        if handle in done:
            return done[handle]
    raise AssertionError("the migration did not end")


def test_single_windows_and_leaps_end_alike() -> None:
    engine = Engine()
    stepped = finish(engine, engine.add(machine(20000.0)))
    (leapt,) = run_to_end([machine(20000.0)])
    assert leapt is not None
    assert stepped.total == pytest.approx(leapt.total, abs=0.11)
    assert stepped.bytes == pytest.approx(leapt.bytes, rel=0.003)


def test_a_long_blackout_is_leapt_over_and_ends_as_it_would_step_by_step() -> None:
    """1 GiB left for a line of 4 MiB/s: 256 s of standing still."""
    crawling = machine(50_000.0, bandwidth=4.0 * MIB, line_rate=4.0 * MIB, downtime_limit=200.0)
    engine = Engine()
    stepped = finish(engine, engine.add(crawling), most=20_000)
    engine = Engine()
    handle, leaps, done = engine.add(crawling), 0, None
    while done is None:
        step, _ = engine.leap(100_000)
        leaps, done = leaps + 1, step.finished.get(handle)
    assert done.downtime > 30
    assert done.total == pytest.approx(stepped.total, rel=1e-6)
    assert done.downtime == pytest.approx(stepped.downtime, rel=1e-6)
    assert leaps < 100


def test_a_row_tells_pass_phase_and_what_remains() -> None:
    engine = Engine()
    handle = engine.add(machine())
    row = engine.step().rows[handle]
    assert (row.pass_number, row.phase) == (1, Phase.BROWNOUT)
    assert row.remaining + row.sent == pytest.approx(1024 * MIB, rel=0.01)


def test_two_migrations_share_a_link_in_halves() -> None:
    engine = Engine()
    engine.set_link("LM", 100e6)
    first = engine.add(machine(links=("LM",)))
    second = engine.add(machine(links=("LM",)))
    rows = engine.step().rows
    assert rows[first].rate == pytest.approx(50e6, rel=0.01)
    assert rows[second].rate == pytest.approx(50e6, rel=0.01)


def test_a_dead_link_stalls_and_a_restored_one_carries_on() -> None:
    engine = Engine()
    engine.set_link("LM", 100e6)
    handle = engine.add(machine(links=("LM",)))
    engine.step()
    engine.set_link("LM", 0.0)
    before = engine.step().rows[handle].sent
    assert engine.step().rows[handle].sent == before
    engine.set_link("LM", 100e6)
    assert engine.step().rows[handle].sent > before
    assert finish(engine, handle).bytes > 1024 * MIB


def test_a_canceled_migration_is_gone() -> None:
    engine = Engine()
    handle = engine.add(machine())
    engine.step()
    engine.cancel(handle)
    assert handle not in engine
    assert engine.step().rows == {}


def test_post_copy_ends_what_would_never_converge_with_a_short_blackout() -> None:
    engine = Engine()
    handle = engine.add(machine(60000.0, 32 * MIB, capabilities=frozenset({Capability.POSTCOPY})))
    for _ in range(700):
        engine.step()
    assert handle in engine
    engine.start_postcopy(handle)
    assert finish(engine, handle).downtime < 0.1


def test_post_copy_without_the_capability_is_refused_with_the_remedy() -> None:
    engine = Engine()
    handle = engine.add(machine())
    engine.step()
    with pytest.raises(ValueError, match="postcopy-ram"):
        engine.start_postcopy(handle)


def test_a_raised_downtime_limit_ends_a_stuck_migration() -> None:
    engine = Engine()
    handle = engine.add(machine(60000.0, 64 * MIB))
    for _ in range(400):
        engine.step()
    assert handle in engine
    engine.set_downtime_limit(handle, 60.0)
    assert finish(engine, handle, 200).passes > 1


def test_noise_repeats_under_a_seed_and_differs_between_seeds() -> None:
    def run(seed: int) -> FinalFigures:
        engine = Engine(seed=seed, noise=0.02)
        return finish(engine, engine.add(machine(15000.0)))

    assert run(1) == run(1)
    assert run(1) != run(2)


def test_an_unknown_link_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="LM9"):
        Engine().add(machine(links=("LM9",)))


def test_a_bandwidth_of_many_samples_is_looked_up_and_not_copied_in_each_window() -> None:
    """A window costs the same with two samples and with a hundred thousand."""
    seen: list[type] = []
    looked_up = np.interp

    def watched(at: float, times: np.ndarray, rates: np.ndarray) -> object:
        seen.extend((type(times), type(rates)))
        return looked_up(at, times, rates)

    engine = Engine()
    handle = engine.add(machine(bandwidth_series=tuple((k / 1e3, 128.0 * MIB) for k in range(100_000))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(np, "interp", watched)
        varied = finish(engine, handle)
    assert set(seen) == {np.ndarray}
    steady = Engine()
    assert varied.total == pytest.approx(finish(steady, steady.add(machine())).total, abs=0.2)
