"""When each hypervisor ends the pre-copy of a guest that would go on for ever, as its source says."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from fcm.migration.engine.engine import WINDOW, Engine
from fcm.migration.engine.policies import CLARK_2005, HYPERV, PRESETS, QEMU_7_2, XEN_4_6, XEN_LEGACY, preset
from fcm.migration.engine.specification import MigrationSpec
from fcm.migration.engine.workload import PAGE, Uniform, Workload
from tests.unit.migration.running import run_to_end

if TYPE_CHECKING:
    from fcm.migration.engine.policies import StoppingRule
    from fcm.model.telemetry import FinalFigures

MIB = 1 << 20
MEMORY = 256 * MIB
MBIT = 1e6 / 8
CAP = 500 * MBIT
ENDLESS = 1e7
"""writes/s: every page of the range is written again before the next reading of the log."""


def guest(pages: int, rule: StoppingRule, rate: float = ENDLESS, **more: object) -> MigrationSpec:
    """A guest that writes to so many pages of its 256 MiB all the time, over a line of 64 MiB/s."""
    work = Workload((Uniform(4096, pages, rate),))
    return MigrationSpec(work, memory=MEMORY, rule=rule, bandwidth=64.0 * MIB, **more)  # type: ignore[arg-type]


def end(spec: MigrationSpec) -> FinalFigures:
    (done,) = run_to_end([spec])
    assert done is not None, "it did not end within an hour"
    return done


@pytest.mark.parametrize(("rule", "passes"), [(HYPERV, 10), (XEN_4_6, 5)], ids=lambda value: getattr(value, "name", ""))
def test_a_guest_that_never_converges_is_suspended_after_the_documented_number_of_passes(
    rule: StoppingRule, passes: int
) -> None:
    done = end(guest(16_384, rule))
    assert done.passes == passes
    assert done.downtime == pytest.approx(1.0, rel=0.1), "64 MiB are copied while it stands still"


def test_xen_before_4_6_gives_up_after_29_iterations_of_little() -> None:
    assert end(guest(2_000, XEN_LEGACY, rate=100_000.0)).passes == 29


@pytest.mark.parametrize("rule", [XEN_4_6, XEN_LEGACY], ids=lambda rule: rule.name)
def test_xen_suspends_at_once_when_fewer_than_50_pages_are_dirty(rule: StoppingRule) -> None:
    assert end(guest(49, rule)).passes == 2
    assert end(guest(52, replace(rule, skips_redirtied=False))).passes > 2


def test_xen_before_4_6_suspends_once_more_than_three_times_the_memory_was_sent() -> None:
    whole = guest(MEMORY // PAGE - 4096, XEN_LEGACY, rate=60_000.0)
    done = end(whole)
    assert 2 < done.passes < 29
    before = end(replace(whole, rule=replace(XEN_LEGACY, max_passes=done.passes - 1)))
    assert before.bytes < done.bytes
    assert before.passes == done.passes - 1, "without the limit on what is sent it would have gone on"
    final = done.downtime * 64 * MIB
    assert 2.5 * MEMORY < done.bytes - final < 4.0 * MEMORY


def test_xen_since_4_6_has_no_limit_on_what_is_sent() -> None:
    assert XEN_4_6.max_sent_factor is None
    assert end(guest(MEMORY // PAGE - 4096, replace(XEN_4_6, max_passes=8))).passes == 8


def test_hyper_v_has_neither_a_number_of_pages_nor_a_number_of_bytes_that_ends_it() -> None:
    """Few pages fit its threshold of 300 ms; what does not fit goes through all ten passes."""
    assert end(guest(49, HYPERV)).passes == 2
    assert end(guest(6_000, HYPERV)).passes == 10


def passes_of_clark(rate: float) -> tuple[FinalFigures, list[tuple[float, float]]]:
    """The migration of Clark et al., and when each pass was seen first (s) and how fast it was sent (bytes/s)."""
    engine = Engine()
    work = Workload((Uniform(4096, 40_000, rate),))
    handle = engine.add(MigrationSpec(work, memory=MEMORY, rule=CLARK_2005, bandwidth=1e9, line_rate=CAP))
    seen: dict[int, tuple[float, float]] = {}
    for _ in range(5_000):
        step = engine.step()
        if handle in step.finished:
            return step.finished[handle], list(seen.values())
        row = step.rows[handle]
        begin, fastest = seen.get(row.pass_number, (row.time, 0.0))
        seen[row.pass_number] = (begin, max(fastest, row.rate))
    raise AssertionError("it did not end")


def test_clarks_first_pass_is_sent_at_100_mbit_and_none_slower() -> None:
    _, passes = passes_of_clark(500.0)
    assert [rate for _, rate in passes[:2]] == pytest.approx([100 * MBIT] * 2, rel=0.02)


def test_clarks_second_pass_is_sent_50_mbit_faster_than_the_first_was_dirtied() -> None:
    _, ((_, first), (begin, second), *_) = passes_of_clark(10_000.0)
    assert first == pytest.approx(100 * MBIT, rel=0.02)
    dirtied = 40_000 * (1 - math.exp(-10_000 * begin / 40_000))
    assert second == pytest.approx(dirtied * PAGE / begin + 50 * MBIT, rel=0.03)


def test_clarks_precopy_ends_when_the_next_pass_would_need_more_than_500_mbit_a_second() -> None:
    """40,000 pages that are all dirty after each pass: after a second one of 1.5 s it would need 900 Mbit/s."""
    wild, _ = passes_of_clark(40_000.0)
    assert wild.passes == 3
    assert wild.downtime == pytest.approx(30_000 * PAGE / CAP, rel=0.1), "the rest goes at the cap"
    tame, _ = passes_of_clark(10_000.0)
    assert tame.passes > 3
    assert tame.downtime < 0.1


def readings(rule: StoppingRule, seconds: float) -> tuple[list[float], float]:
    """When the dirty log of a slow migration was read (s), and when its first pass was over."""
    engine = Engine()
    handle = engine.add(guest(40_000, rule, rate=20_000.0))
    engine.set_bandwidth(handle, 8.0 * MIB)
    found: list[float] = []
    for number in range(round(seconds / WINDOW)):
        if handle in engine.step().synced:
            found.append(number * WINDOW)
    return found, found[0]


def test_qemu_7_2_reads_the_log_only_when_little_remains() -> None:
    found, first = readings(QEMU_7_2, 60.0)
    assert first == pytest.approx(MEMORY / (8.0 * MIB), rel=0.1)
    assert all(b - a > 8.0 for a, b in pairwise(found))


@pytest.mark.parametrize(("name", "limit"), [("qemu-7.2", 0.3), ("qemu-9.2+", 0.3), ("hyperv", 0.3), ("vmware", 0.5)])
def test_the_downtime_limit_of_a_hypervisor_holds_where_the_caller_names_none(name: str, limit: float) -> None:
    rule = PRESETS[name]
    work = Workload((Uniform(4096, 20, 1.0),))
    assert MigrationSpec(work, memory=MEMORY, rule=rule).limit == limit
    assert MigrationSpec(work, memory=MEMORY, rule=rule, downtime_limit=1.5).limit == 1.5


def test_vmware_goes_on_until_what_remains_fits_its_switch_over_goal_of_half_a_second() -> None:
    """Of a working set of 24 MiB, 0.3 s at 64 MiB/s are too short and 0.5 s enough."""
    assert end(guest(24 * MIB // PAGE, PRESETS["vmware"])).passes == 2
    (stuck,) = run_to_end([guest(24 * MIB // PAGE, replace(PRESETS["vmware"], downtime_limit=0.3))], most=120.0)
    assert stuck is None


def test_an_unknown_preset_is_refused_with_the_names_of_all() -> None:
    with pytest.raises(KeyError, match=r"kvm-9.*qemu-7\.2, .*vmware"):
        preset("kvm-9")
