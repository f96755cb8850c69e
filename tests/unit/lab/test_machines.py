"""Machines of the lab as libvirt is told of them."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.lab.machines import LabMachine, free_number
from fcm.lab.plan import LabError, LabFolders


def _domain(machine: LabMachine) -> ElementTree.Element:
    return ElementTree.fromstring(machine.domain_xml(LabFolders()))


def test_the_domain_tells_the_guest_its_work_and_its_address() -> None:
    domain = _domain(LabMachine("web", 57, memory=512, fill=300, dirty=20, working_set=100))

    words = (domain.findtext("os/cmdline") or "").split()
    assert {"lab.name=web", "lab.ip=10.99.0.57/24", "lab.fill=300", "lab.dirty=20", "lab.wset=100"} <= set(words)
    assert domain.findtext("memory") == "512"


def test_disk_and_console_lie_where_every_node_sees_them() -> None:
    domain = _domain(LabMachine("web", 57))

    disk, console = domain.find("devices/disk/source"), domain.find("devices/serial/source")
    assert disk is not None
    assert console is not None
    assert disk.get("file") == "/run/fcm-lab/shared/web.raw"
    assert console.attrib == {"path": "/run/fcm-lab/consoles/web.log", "append": "on"}


def test_features_after_plus_signs_are_required_of_the_processor() -> None:
    processor = _domain(LabMachine("web", 57, processor="Nehalem+aes+avx")).find("cpu")

    assert processor is not None
    assert processor.findtext("model") == "Nehalem"
    assert [(item.get("policy"), item.get("name")) for item in processor.findall("feature")] == [
        ("require", "aes"),
        ("require", "avx"),
    ]


@given(st.sets(st.integers(50, 199), max_size=149))
def test_a_new_machine_gets_the_lowest_free_address(taken: set[int]) -> None:
    number = free_number(taken)

    assert number not in taken
    assert all(lower in taken for lower in range(50, number))


def test_a_full_lab_takes_no_further_machine() -> None:
    with pytest.raises(LabError, match="limited to 150 virtual machines"):
        free_number(set(range(50, 200)))


@pytest.mark.parametrize("name", ["", "a/b", "../x", "-v", "a b", "x" * 42, "<x>"])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(LabError, match="not a valid name for a virtual machine"):
        LabMachine(name, 50).check()


@pytest.mark.parametrize("processor", ["", "a'b", "qemu64+", "x<y"])
def test_a_processor_that_is_no_model_is_refused(processor: str) -> None:
    with pytest.raises(LabError, match="not a processor model"):
        LabMachine("web", 50, processor=processor).check()


def test_more_data_than_memory_is_refused_with_the_memory_it_takes() -> None:
    with pytest.raises(LabError, match="--memory 372MiB"):
        LabMachine("web", 50, memory=256, fill=100, working_set=300).check()


def test_negative_amounts_are_refused() -> None:
    with pytest.raises(LabError, match="must not be negative"):
        LabMachine("web", 50, dirty=-1).check()
