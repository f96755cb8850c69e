"""``fcm hosts check`` on the lab's hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.cli import main
from fcm.lab.faults import LinkFault, NodeFault, break_link, break_node
from fcm.lab.plan import LIVE_MIGRATION

if TYPE_CHECKING:
    from fcm.lab.machines import LabMachine
    from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live


def test_hosts_that_answer_are_listed_with_their_versions_and_the_older_processor_is_pointed_out(
    lab: LiveLab, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["hosts", "check", str(lab.hosts_file)])
    told = capsys.readouterr().out.splitlines()

    assert code == 0, told
    assert [line.split()[0] for line in told[1:4]] == ["node1", "node2", "node3"]
    assert all(" 4 of 4 " in line for line in told[1:4])
    assert all(line.endswith(" files") for line in told[1:4])


def test_a_host_that_sees_another_storage_is_found_by_what_lies_in_its_pool(
    lab: LiveLab, machine: LabMachine, capsys: pytest.CaptureFixture[str]
) -> None:
    second = lab.node("node2")
    break_node(NodeFault.STORAGE_LOST, second, lab.folders)
    try:
        code = main(["hosts", "check", str(lab.hosts_file)])
    finally:
        break_node(NodeFault.STORAGE_BACK, second, lab.folders)
    told = capsys.readouterr().out

    assert code == 1
    assert f"FAIL  The shared storage is not the same on all hosts: node2 lacks {machine.name}.raw" in told
    assert "Mount the same storage on all hosts." in told


def test_a_dead_link_and_a_hanging_host_are_both_found(lab: LiveLab, capsys: pytest.CaptureFixture[str]) -> None:
    second, third = lab.node("node2"), lab.node("node3")
    lab.disconnect("node3")
    break_link(LinkFault.DOWN, second, LIVE_MIGRATION, lab.plan, lab.folders)
    break_node(NodeFault.LIBVIRTD_HANG, third, lab.folders)
    try:
        code = main(["hosts", "check", str(lab.hosts_file)])
    finally:
        break_node(NodeFault.LIBVIRTD_RESUME, third, lab.folders)
        break_link(LinkFault.UP, second, LIVE_MIGRATION, lab.plan, lab.folders)
    told = capsys.readouterr().out

    assert code == 1
    assert "FAIL  node3: No answer within 10 s." in told
    assert "FAIL  node2 does not answer on Live Migration" in told
