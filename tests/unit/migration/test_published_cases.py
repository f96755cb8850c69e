"""Migrations that others measured and published; what cannot be matched is told in docs/migration-model.md."""

from __future__ import annotations

import pytest

from benchmarks.published import (
    GIVE_UP,
    MB,
    cases,
    cloud_hypervisor,
    java_warehouse,
    kubevirt,
    mmuncher,
    published_table,
    specweb,
)
from fcm.migration.judging.prediction import COMPLETED, DID_NOT_CONVERGE, predict


def test_cloud_hypervisors_saturated_guest_sends_its_working_set_in_every_pass() -> None:
    result = predict(cloud_hypervisor(), 20.0)
    assert result.status == DID_NOT_CONVERGE
    assert [row.pages / 256 for row in result.rows[1:]] == pytest.approx([5418] * (len(result.rows) - 1), rel=0.001)
    times = [row.begin for row in result.rows]
    assert times[2] - times[1] == pytest.approx(2.95, rel=0.03)


def test_xen_skips_the_half_that_mmuncher_keeps_writing_in_the_first_pass() -> None:
    assert predict(mmuncher()).rows[1].sent == pytest.approx(255.4 * MB, rel=0.08)


def test_mmuncher_ends_with_a_stop_and_copy_of_seconds() -> None:
    result = predict(mmuncher())
    assert result.status == COMPLETED
    assert result.downtime == pytest.approx(3.5, rel=0.25)
    assert result.bytes == pytest.approx(638 * MB, rel=0.25)


def test_specweb_sends_little_more_than_its_memory_after_a_first_pass_with_skips() -> None:
    result = predict(specweb())
    assert result.rows[1].sent == pytest.approx(676.8 * MB, rel=0.05)
    assert result.bytes == pytest.approx(960 * MB, rel=0.10)
    assert result.total == pytest.approx(71.0, rel=0.10)


@pytest.mark.parametrize(("slowed", "status"), [(False, DID_NOT_CONVERGE), (True, COMPLETED)])
def test_auto_converge_ends_the_java_warehouse_that_did_not_end_without(slowed: bool, status: str) -> None:
    result = predict(java_warehouse(slowed), GIVE_UP)
    assert result.status == status
    assert result.bytes == pytest.approx(28.2e9 if slowed else 383.7e9, rel=0.10)


def test_kubevirts_first_pass_takes_as_long_as_published_and_the_whole_about_as_long() -> None:
    result = predict(kubevirt())
    assert result.rows[1].begin == pytest.approx(67.4, rel=0.02)
    assert 91.0 <= result.total <= 161.0


def test_the_table_has_a_line_for_every_case_with_figures_of_its_own() -> None:
    lines = published_table().splitlines()[2:]
    assert len(lines) == len(cases())
    assert len({line.rsplit("|", 2)[1] for line in lines}) == len(lines)
