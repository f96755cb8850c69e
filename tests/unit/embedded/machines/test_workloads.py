from __future__ import annotations

from dataclasses import replace

import pytest

from fcm.backend.embedded.machines.workloads import workload_names, workload_of
from fcm.migration.engine.catalogue import named_workload
from fcm.migration.engine.workload import PAGE
from fcm.model.entities import GIB, MIB, MachineState, VirtualMachine

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


def test_only_the_memory_hog_dirties_memory_faster_than_a_gigabit_network_carries() -> None:
    fast = {name for name in workload_names() if workload_of(machine(name)).distinct(1.0) * PAGE > GIGABIT}
    assert fast == {"memory-hog"}


def test_the_database_has_a_hot_working_set() -> None:
    workload = workload_of(machine("oltp-database", 8 * GIB))
    assert workload.distinct(60.0) < 0.7 * workload.working_set()
    assert workload.distinct(10.0) > 96 * MIB / PAGE


def test_only_the_build_server_writes_in_bursts() -> None:
    assert [name for name in workload_names() if workload_of(machine(name)).burst is not None] == ["build-server"]


def test_an_unknown_workload_counts_as_idle() -> None:
    assert workload_of(machine("gaming")).patterns == workload_of(machine("idle")).patterns


def test_a_machine_that_is_too_small_for_its_workload_gets_it_shrunk_at_the_same_rate() -> None:
    large, small = (workload_of(machine("build-server", memory)) for memory in (4 * GIB, 396 * MIB))
    assert [pattern.rate for pattern in small.patterns] == [pattern.rate for pattern in large.patterns]
    assert [pattern.pages for pattern in small.patterns] == [pattern.pages // 2 for pattern in large.patterns]


@pytest.mark.parametrize("name", workload_names())
def test_a_machine_just_large_enough_for_its_workload_gets_it_as_it_is_and_one_page_less_shrinks_it(name: str) -> None:
    whole = named_workload(name).patterns
    extent = max(getattr(pattern, "first", 0) + pattern.pages for pattern in whole)
    assert workload_of(machine(name, extent * PAGE)).patterns == whole
    smaller = workload_of(machine(name, (extent - 1) * PAGE)).patterns
    assert sum(pattern.pages for pattern in smaller) < sum(pattern.pages for pattern in whole)


def test_zero_pages_are_those_of_the_machine() -> None:
    assert workload_of(replace(machine("idle"), zero_share=0.4)).zero_share == 0.4
