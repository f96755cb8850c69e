"""Workload files as a guest of the lab writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm import resources
from fcm.lab.machines import SYSTEM_MIB, LabMachine
from fcm.lab.plan import LabError
from fcm.lab.workload import guest_writing
from fcm.migration.engine.catalogue import workload_names

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", workload_names())
@pytest.mark.parametrize("memory", [128, 512, 4096])
def test_every_workload_of_the_program_fits_a_machine_of_any_size(name: str, memory: int) -> None:
    writing = guest_writing(resources.path("workloads", f"{name}.toml"), memory)

    LabMachine("vm", 50, memory, writing.fill, writing.dirty, writing.working_set).check()
    assert writing.dirty <= writing.working_set <= writing.fill <= memory - SYSTEM_MIB


def test_a_sweep_becomes_the_same_sweep(tmp_path: Path) -> None:
    file = tmp_path / "sweep.toml"
    file.write_text('name = "sweep"\n[[pattern]]\nkind = "sweep"\nfirst_mib = 0\nsize_mib = 100\nrate = 2560\n')

    writing = guest_writing(file, 512)

    assert (writing.dirty, writing.working_set, writing.fill) == (10, 100, 512 - SYSTEM_MIB)


def test_a_wrong_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text("pattern = 3")

    with pytest.raises(LabError, match=r"wrong\.toml"):
        guest_writing(file, 512)


def test_a_machine_without_room_is_refused() -> None:
    with pytest.raises(LabError, match="enough memory for a workload"):
        guest_writing(resources.path("workloads", "idle.toml"), SYSTEM_MIB)
