from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.backend.embedded.cluster_file import ClusterFileError
from fcm.backend.embedded.workloads import load_workload, workload_names, workload_of
from fcm.migration.workload import PAGE
from fcm.model.entities import GIB, MIB, MachineState, VirtualMachine

if TYPE_CHECKING:
    from pathlib import Path

GIGABIT = 125e6
"""bytes/s."""


def machine(workload: str, memory: int = 4 * GIB) -> VirtualMachine:
    return VirtualMachine("id", "VM", "node1", MachineState.RUNNING, memory, 1, workload, "", None, None)


def test_the_workloads_that_clusters_are_described_with_are_there() -> None:
    expected = {"idle", "web-server", "oltp-database", "in-memory-cache", "build-server", "memory-hog"}
    assert expected <= set(workload_names())


@pytest.mark.parametrize("name", workload_names())
@pytest.mark.parametrize("memory", [8 * MIB, 512 * MIB, 64 * GIB])
def test_a_workload_fits_into_machines_of_any_size(name: str, memory: int) -> None:
    workload = workload_of(machine(name, memory))
    pages = memory // PAGE
    for pattern in workload.patterns:
        assert 1 <= pattern.pages <= pages
        assert getattr(pattern, "first", 0) + pattern.pages <= pages
        assert pattern.rate > 0
    assert 0 < workload.utilisation <= 1


def test_only_the_memory_hog_dirties_more_than_a_gigabit_network_carries_for_long() -> None:
    fast = {name for name in workload_names() if workload_of(machine(name)).distinct(10.0) * PAGE / 10.0 > GIGABIT}
    assert fast == {"memory-hog"}


def test_the_database_has_a_hot_working_set() -> None:
    workload = workload_of(machine("oltp-database", 8 * GIB))
    assert workload.distinct(60.0) < 0.5 * workload.working_set()
    assert workload.distinct(10.0) > 0.5 * 96 * MIB / PAGE


def test_only_the_build_server_writes_in_bursts() -> None:
    assert [name for name in workload_names() if workload_of(machine(name)).burst is not None] == ["build-server"]


def test_an_unknown_workload_counts_as_idle() -> None:
    assert workload_of(machine("gaming")).patterns == workload_of(machine("idle")).patterns


def test_zero_pages_are_those_of_the_machine() -> None:
    assert workload_of(replace(machine("idle"), zero_share=0.4)).zero_share == 0.4


def test_a_broken_workload_file_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text('format = 1\npatterns = [\n  { kind = "round", size = "1 MiB", rate = 5 },\n]\n', encoding="utf-8")
    with pytest.raises(ClusterFileError, match="line 3: 'kind' is 'round'; it must be one of: uniform"):
        load_workload(path)
