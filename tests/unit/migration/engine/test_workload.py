from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from fcm.migration.engine.catalogue import load_workload, named_workload, workload_names
from fcm.migration.engine.layout import lay_out
from fcm.migration.engine.workload import Burst, Sweep, Uniform, Workload, Zipf, slowdown
from fcm.migration.fields import BadFileError

if TYPE_CHECKING:
    from pathlib import Path


def test_distinct_pages_follow_the_closed_form_and_its_variance() -> None:
    work = Workload((Uniform(0, 1000, 500.0),))
    assert work.distinct(2.0) == pytest.approx(1000 * (1 - np.exp(-1.0)))
    assert work.distinct_variance(2.0) == pytest.approx(1000 * np.exp(-1.0) * (1 - np.exp(-1.0)))


def test_drawn_writes_scatter_as_the_variance_says() -> None:
    random = np.random.default_rng(7)
    found = [len(np.unique(random.integers(0, 1000, random.poisson(1000)))) for _ in range(400)]
    work = Workload((Uniform(0, 1000, 500.0),))
    assert np.mean(found) == pytest.approx(work.distinct(2.0), rel=0.01)
    assert np.std(found) == pytest.approx(work.distinct_variance(2.0) ** 0.5, rel=0.15)


def test_a_zipf_law_keeps_its_total_rate_in_bins() -> None:
    layout = lay_out(Workload((Zipf(1000, 50_000, 900.0, 1.1),)), 1 << 30, 1 << 18)
    assert float((layout.pages * layout.rate).sum()) == pytest.approx(900.0, rel=1e-6)


def test_a_sweep_covers_the_segments_it_passed_and_no_others() -> None:
    layout = lay_out(Workload((Sweep(0, 1000, 100.0, start=900.0),)), 1 << 24, 1 << 18)
    (sweep,) = layout.sweeps
    touched = sweep.touched(np.array(0.0), np.array(2.0)) * (sweep.high - sweep.low)
    assert touched.sum() == pytest.approx(200.0)
    inside = (layout.edges[:-1] >= 100) & (layout.edges[1:] <= 900)
    assert touched[inside].sum() == pytest.approx(0.0, abs=1e-9)


def test_bursts_write_at_full_rate_and_then_nothing() -> None:
    burst = Burst(writes=1000, silence=2.0)
    active = burst.activity(np.array([0.5, 1.0, 2.9, 3.5]), 1000.0)
    assert active == pytest.approx([0.5, 1.0, 1.0, 1.5])


def test_a_throttle_spares_a_writer_that_leaves_its_processor_idle() -> None:
    assert slowdown(0.5, 0.2) == 1.0
    assert slowdown(1.0, 0.2) == pytest.approx(0.8)
    assert slowdown(1.0, 0.2, patience=0.9) < 0.8


@pytest.mark.parametrize("name", workload_names())
def test_every_workload_that_is_shipped_names_its_source_or_says_that_it_is_assumed(name: str) -> None:
    work = named_workload(name)
    assert work.rate > 0
    assert "Assumption" in work.source or "Clark" in work.source


def test_an_unknown_kind_of_pattern_is_named(tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text('[[pattern]]\nkind = "gauss"\nsize_mib = 1\nrate = 1\nfirst_mib = 0\n')
    with pytest.raises(BadFileError, match=r"pattern\[0\].kind"):
        load_workload(path)
