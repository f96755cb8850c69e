"""Migrations that others measured and published; what cannot be matched is told in docs/migration-model.md."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fcm.migration.policies import CLARK_2005, QEMU_7_2, LogWindow
from fcm.migration.prediction import COMPLETED, DID_NOT_CONVERGE, predict
from fcm.migration.specification import Capability, MigrationSpec
from fcm.migration.workload import Scattered, Sweep, Uniform, Workload

MB = 1e6
MIB = 1 << 20


def test_cloud_hypervisors_saturated_guest_sends_its_working_set_in_every_pass() -> None:
    # Cloud Hypervisor PR 7799: 6 GiB, then 5418 MiB in each pass at about 1830 MiB/s.
    rule = replace(QEMU_7_2, early_sync=False, keeps_cursor=False, log_window=LogWindow.PASS)
    pages = 5418 * 256
    spec = MigrationSpec(
        Workload((Uniform(0, pages, pages * 6.0),)), 6144 * MIB, rule, bandwidth=1830.0 * MIB, line_rate=2e9
    )
    result = predict(spec, 20.0)
    assert result.status == DID_NOT_CONVERGE
    assert [row.pages / 256 for row in result.rows[1:]] == pytest.approx([5418] * (len(result.rows) - 1), rel=0.001)
    times = [row.begin for row in result.rows]
    assert times[2] - times[1] == pytest.approx(2.95, rel=0.03)


def mmuncher(rate: float) -> MigrationSpec:
    # Clark et al. 2005, 6.5: 512 MB, writes a region of 256 MB; adaptive rate up to 500 Mbit/s, then the last copy.
    workload = Workload((Sweep(256 * 256, 256 * 256, rate),))
    return MigrationSpec(workload, 512 * MIB, CLARK_2005, bandwidth=62.5e6, line_rate=62.5e6, fixed_downtime=0.009)


def test_xen_skips_the_half_that_mmuncher_keeps_writing_in_the_first_pass() -> None:
    result = predict(mmuncher(15_000.0))
    first = result.rows[1].sent
    assert first == pytest.approx(255.4 * MB, rel=0.08)


def test_mmuncher_ends_with_a_stop_and_copy_of_seconds() -> None:
    result = predict(mmuncher(15_000.0))
    assert result.status == COMPLETED
    assert result.downtime == pytest.approx(3.5, rel=0.25)
    assert result.bytes == pytest.approx(638 * MB, rel=0.25)


def test_specweb_sends_little_more_than_its_memory_after_a_first_pass_with_skips() -> None:
    # Clark et al. 2005, 6.2: 800 MB; 676.8 MB in the first pass, 960 MB in all, about 71 s.
    workload = Workload((Scattered(30_000, 6000.0), Scattered(3000, 6000.0)))
    spec = MigrationSpec(workload, round(800 * MB), CLARK_2005, bandwidth=62.5e6, line_rate=87.5e6)
    result = predict(spec)
    assert result.rows[1].sent == pytest.approx(676.8 * MB, rel=0.05)
    assert result.bytes == pytest.approx(960 * MB, rel=0.10)
    assert result.total == pytest.approx(71.0, rel=0.10)


@pytest.mark.parametrize(("slowed", "status"), [(False, DID_NOT_CONVERGE), (True, COMPLETED)])
def test_auto_converge_ends_the_java_warehouse_that_did_not_end_without(slowed: bool, status: str) -> None:
    # QEMU commit 7ca1dfad: 256 GB, most of it zero pages, 383.7 GB in 1487.5 s without, 28.2 GB in 241.2 s with it.
    capabilities = frozenset({Capability.AUTO_CONVERGE}) if slowed else frozenset()
    workload = Workload((Scattered(900_000, 108_000.0),), zero_share=0.93)
    spec = MigrationSpec(
        workload,
        256 << 30,
        bandwidth=258e6,
        line_rate=258e6,
        downtime_limit=4.0,
        capabilities=capabilities,
        segments=64,
    )
    result = predict(spec, 1487.5)
    assert result.status == status
    assert result.bytes == pytest.approx(28.2e9 if slowed else 383.7e9, rel=0.10)


def test_kubevirts_first_pass_takes_as_long_as_published_and_the_whole_about_as_long() -> None:
    # kubevirt/enhancements#249: 1 Gbit/s, 650 Mbit/s dirtied on average, 67.4 s first pass, 112.4 s (91 to 161) in all.
    spec = MigrationSpec(
        Workload((Scattered(1_000_000, 19_800.0),)), round(67.4 * 117.5e6), bandwidth=117.5e6, line_rate=117.5e6
    )
    result = predict(spec)
    assert result.rows[1].begin == pytest.approx(67.4, rel=0.02)
    assert 91.0 <= result.total <= 161.0
