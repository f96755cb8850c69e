"""What is made of measured dirty rates: how many pages a reading stands for, how sure it is, what guest fits it."""

from __future__ import annotations

import math

import pytest

from fcm.migration.engine.workload import PAGE, Scattered, Workload
from fcm.migration.judging.fitting import RATES, DirtySample, fit

MIB_PAGES = 256
GIB = 1 << 30


def curve(work: Workload, times: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)) -> list[DirtySample]:
    """What calc-dirty-rate would report of a guest: whole MiB/s, rounded down."""
    return [DirtySample(t, float(int(work.distinct(t) / MIB_PAGES / t))) for t in times]


def test_a_reading_in_whole_mib_stands_for_the_middle_of_what_was_rounded_to_it() -> None:
    assert DirtySample(2.0, 10.0).pages == pytest.approx(10.5 * 2.0 * MIB_PAGES)


def test_a_count_of_pages_stands_for_itself() -> None:
    assert DirtySample(2.0, 10.0, rounded=False).pages == pytest.approx(20.0 * MIB_PAGES)
    assert DirtySample(2.0, 0.0, rounded=False).pages == 0.0


def test_a_reading_of_nothing_may_hide_a_quarter_of_a_mib_a_second() -> None:
    assert DirtySample(4.0, 0.0).pages == pytest.approx(0.25 * 4.0 * MIB_PAGES)


def test_rounding_and_scatter_make_a_reading_unsure() -> None:
    """An even spread over 1 MiB/s has the deviation 1 / sqrt 12; a measured rate scatters by one hundredth."""
    rounding, scatter = 2.0 * MIB_PAGES / math.sqrt(12), 0.01 * 100.0 * 2.0 * MIB_PAGES
    assert DirtySample(2.0, 100.0).error == pytest.approx(math.hypot(rounding, scatter))


def test_a_time_that_is_not_known_well_makes_a_count_unsure_in_its_proportion() -> None:
    sure, unsure = (DirtySample(10.0, 100.0, rounded=False, timing=t) for t in (0.0, 1.0))
    assert math.sqrt(unsure.error**2 - sure.error**2) == pytest.approx(unsure.pages * 0.1)


def test_sampling_adds_the_chance_of_which_pages_were_looked_at() -> None:
    """One looked-at page stands for 512: n of them scatter like the square root of n."""
    sample = DirtySample(8.0, 4.0, exact=False)
    rounding, scatter = 8.0 * MIB_PAGES / math.sqrt(12), 0.2 * 4.0 * 8.0 * MIB_PAGES
    chance = math.sqrt(sample.pages * 512)
    assert sample.error == pytest.approx(math.sqrt(rounding**2 + scatter**2 + chance**2))


def test_sampled_rates_are_left_out_where_exact_ones_are_there() -> None:
    exact = curve(Workload((Scattered(50_000, 20_000.0),)))
    alone = fit(exact, GIB).workload
    mixed = fit([*exact, DirtySample(8.0, 1.0, exact=False)], GIB).workload
    assert mixed == alone


def test_sampled_rates_are_used_where_nothing_else_is_known() -> None:
    found = fit([DirtySample(8.0, 40.0, exact=False)], GIB).workload
    assert found.distinct(8.0) == pytest.approx(40.5 * 8 * MIB_PAGES, rel=0.15)


def test_a_curve_without_a_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one sample"):
        fit([], GIB)


def test_a_guest_that_wrote_nothing_stays_silent_in_every_member() -> None:
    found = fit([DirtySample(1.0, 0.0), DirtySample(8.0, 0.0)], GIB, members=3)
    assert found.workload.rate == 0.0
    assert len(found.members) == 3
    assert len(fit([DirtySample(1.0, 0.0)], GIB, members=0).members) == 1


def test_one_reading_that_is_not_zero_is_enough_for_a_guest_that_writes() -> None:
    assert fit([DirtySample(1.0, 0.0), DirtySample(8.0, 5.0)], GIB).workload.rate > 0


def test_no_fit_writes_to_more_pages_than_the_machine_has() -> None:
    memory = 64 << 20
    found = fit([DirtySample(t, 60.0) for t in (0.5, 1.0, 2.0)], memory)
    for member in found.members:
        assert member.working_set() <= memory / PAGE + len(RATES)


def test_the_members_differ_as_much_as_the_readings_are_unsure() -> None:
    truth = Workload((Scattered(50_000, 20_000.0),))
    sharp = [DirtySample(t, truth.distinct(t) / MIB_PAGES / t, rounded=False) for t in (1.0, 2.0, 4.0, 8.0)]
    blurred = [DirtySample(s.seconds, s.mib_per_s, rounded=False, timing=s.seconds / 5) for s in sharp]

    def spread(samples: list[DirtySample]) -> float:
        written = [member.distinct(4.0) for member in fit(samples, GIB).members]
        return max(written) - min(written)

    assert spread(blurred) > 3 * spread(sharp)


def test_the_same_seed_gives_the_same_fit_and_another_one_other_members() -> None:
    samples = curve(Workload((Scattered(50_000, 20_000.0),)))
    assert fit(samples, GIB, members=4, seed=3) == fit(samples, GIB, members=4, seed=3)
    assert fit(samples, GIB, members=4, seed=3).members != fit(samples, GIB, members=4, seed=4).members


def test_hot_and_cold_pages_are_told_apart() -> None:
    """2,000 pages written 20 times a second each, 60,000 once in 20 s."""
    truth = Workload((Scattered(2_000, 40_000.0), Scattered(60_000, 3_000.0)))
    found = fit(curve(truth, (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)), GIB).workload
    hot = sum(p.pages for p in found.patterns if isinstance(p, Scattered) and p.rate / p.pages > 2.0)
    assert hot == pytest.approx(2_000, rel=0.5)
    assert found.distinct(1.0) == pytest.approx(truth.distinct(1.0), rel=0.05)
    assert found.distinct(16.0) == pytest.approx(truth.distinct(16.0), rel=0.05)


def test_a_single_reading_says_how_much_is_written_but_not_how_few_pages_take_it() -> None:
    """A hot set that fits makes every pass find as much; memory written evenly makes a shorter one find less."""
    found = fit([DirtySample(8.0, 2.0, rounded=False)], 256 << 20)
    pages = 16.0 * MIB_PAGES
    assert found.workload.distinct(8.0) == pytest.approx(pages, rel=0.15)
    assert found.workload.distinct(0.3) < 0.15 * pages, "the best guess is no hot set"
    short = [member.distinct(0.3) / pages for member in found.members]
    assert min(short) < 0.05
    assert max(short) > 0.06, "but what is possible is among the members"
