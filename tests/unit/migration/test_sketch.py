from __future__ import annotations

import random

import pytest

from fcm.migration.engine.policies import PRESETS
from fcm.migration.engine.specification import Capability, MigrationSpec
from fcm.migration.engine.workload import PAGE, Uniform, Workload, Zipf
from fcm.migration.judging.prediction import predict
from fcm.migration.judging.sketch import sketch

MIB = 1 << 20


def drawn(seed: int, preset: str) -> MigrationSpec:
    """A migration of anything from an idle to a hopeless guest, 0.5 to 32 GiB, in 2 to 200 s a pass."""
    dice = random.Random(seed)

    def between(low: float, high: float) -> float:
        return float(low * (high / low) ** dice.random())

    memory = int(between(512 * MIB, 32768 * MIB)) // PAGE * PAGE
    bandwidth = between(memory / 200, memory / 2)
    pages = int(between(1024, memory // PAGE))
    slowed = dice.random() < 0.3
    return MigrationSpec(
        Workload((Uniform((memory // PAGE - pages) // 2, pages, bandwidth * between(0.01, 20) / PAGE),)),
        memory,
        PRESETS[preset],
        bandwidth,
        between(0.01, 5.0),
        capabilities=frozenset({Capability.AUTO_CONVERGE} if slowed else ()),
        line_rate=bandwidth,
    )


@pytest.mark.parametrize("preset", PRESETS)
def test_a_sketch_says_what_the_engine_says(preset: str) -> None:
    far = []
    for seed in range(10):
        spec = drawn(seed, preset)
        patience = 10.0 * spec.memory / spec.bandwidth + 30.0
        full = predict(spec, patience, until_standstill=True)
        quick = sketch(spec, patience)
        assert quick.status == full.status
        if full.downtime is not None:
            far.append(abs(quick.total / full.total - 1.0))
    assert sorted(far)[len(far) // 2] < 0.01
    assert max(far) < 0.2


def test_an_idle_guest_takes_one_pass_and_a_moment() -> None:
    spec = MigrationSpec(Workload(()), 1024 * MIB, bandwidth=128.0 * MIB, line_rate=128.0 * MIB)
    quick = sketch(spec)
    assert (quick.status, quick.passes) == ("completed", 2)
    assert quick.total == pytest.approx(predict(spec).total, rel=0.01)


def test_what_only_the_engine_can_reckon_is_refused() -> None:
    spec = MigrationSpec(Workload((Zipf(0, 1000, 100.0, 1.0),)), 1024 * MIB)
    with pytest.raises(ValueError, match="one range of pages uniformly"):
        sketch(spec)
