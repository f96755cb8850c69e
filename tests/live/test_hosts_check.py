"""``fcm hosts check`` on the lab's hosts, and how fast a host with many virtual machines is listed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from fcm.backend.libvirt.configuration.hosts_file import load
from fcm.backend.libvirt.connection import HostConnection
from fcm.backend.libvirt.inventory import HostReport
from fcm.cli.main import main
from fcm.lab.faults import LinkFault, NodeFault, break_link, break_node
from fcm.lab.plan import LIVE_MIGRATION
from fcm.model.telemetry import Phase
from fcm.ui.tour.patience import stretched
from tests.live.live_lab import wait_until
from tests.live.watched import Watched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

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
    (differing,) = [line for line in told if "processors differ" in line]
    assert differing.startswith("WARN  The processors differ: node3 lacks aes, avx, avx2.")
    assert "cannot be live migrated to node3" in differing


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
    assert "FAIL  node3: No response within 10 s." in told
    assert "FAIL  node2 does not respond on Live Migration" in told


def test_one_host_under_two_names_and_two_nodes_with_one_address_are_found(
    lab: LiveLab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twice = tmp_path / "twice.toml"
    first = lab.folders.socket(lab.node("node1"))
    second = lab.folders.socket(lab.node("node2"))
    alias = tmp_path / "alias"
    alias.symlink_to(first)
    text = lab.hosts_file.read_text().replace(str(second), str(alias))
    twice.write_text(text.replace('"Cluster" = "10.91.0.3"', '"Cluster" = "10.91.0.1"'))
    lab.permit(twice)

    code = main(["hosts", "check", str(twice)])
    told = capsys.readouterr().out

    assert code == 1
    assert "FAIL  node1 and node2 are the same host: both report the host name node1" in told
    assert "FAIL  node1 and node3 have the same address, 10.91.0.1, on Cluster." in told


def test_ipv6_networks_are_checked_and_used_and_an_address_that_libvirt_refuses_lets_the_next_one_be_tried(
    lab: LiveLab, machine: LabMachine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    six = tmp_path / "six.toml"
    text = lab.hosts_file.read_text().replace('subnet = "10.92.0.0/24"', 'subnet = "fd00:92::/64"')
    for node in lab.plan.nodes:
        lab.give_address(node.name, f"fd00:92::{node.number}/64", "lm")
        text = text.replace(f'"10.92.0.{node.number}"', f'"fd00:92::{node.number}"')
    six.write_text(text)
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(text.replace('"fd00:92::1"', '"fe80::1%nowhere"'))

    def moved(hosts: Path, destination: str) -> list[tuple[str, bool]]:
        folder = tmp_path / destination
        folder.mkdir()
        watched = Watched(lab, folder, hosts)
        try:
            ended = watched.end_of(watched.migrate(watched.machine(machine.name), destination))
        finally:
            watched.workspace.close()
        assert ended.phase is Phase.COMPLETED, ended.reason
        print([attempt.result for attempt in ended.attempts])
        return [(attempt.address, attempt.connected) for attempt in ended.attempts]

    code = main(["hosts", "check", str(six)])

    assert code == 0, capsys.readouterr().out
    assert moved(six, "node2") == [("fd00:92::2", True)]
    assert lab.running(machine) == ["node2"]
    assert moved(wrong, "node1") == [("fe80::1%nowhere", False), ("10.90.0.1", True)]
    assert lab.running(machine) == ["node1"]


LISTED = 0.5
"""s that a list of 200 may take."""


@pytest.fixture
def many(lab: LiveLab) -> Iterator[Any]:
    """Two hundred domains on node3, which are off."""
    connection = lab.connection("node3")
    domains = [
        connection.defineXML(
            f"<domain type='qemu'><name>many{number}</name><memory unit='MiB'>8</memory><os><type>hvm</type></os>"
            f"<devices><emulator>{lab.folders.emulator}</emulator><disk type='file' device='disk'>"
            f"<source file='{lab.folders.shared}/many{number}.raw'/><target dev='vda'/></disk></devices></domain>"
        )
        for number in range(200)
    ]
    yield connection
    for domain in domains:
        domain.undefine()


def test_two_hundred_domains_are_listed_in_half_a_second_with_and_without_their_definitions(
    lab: LiveLab, many: Any
) -> None:
    (host,) = (one for one in load(lab.hosts_file).hosts if one.name == "node3")
    connection = HostConnection(host)
    reports: list[tuple[float, HostReport | str]] = []

    def ask() -> tuple[float, HostReport | str]:
        begin, before = time.monotonic(), len(reports)
        connection.poll(lambda report: reports.append((time.monotonic() - begin, report)))
        wait_until(lambda: len(reports) > before, "the host tells its domains")
        return reports[-1]

    try:
        connection.connection()
        for taken, report in (ask(), ask()):
            assert isinstance(report, HostReport), report
            listed = [found.machine for found in report.machines if found.machine.name.startswith("many")]
            assert len(listed) == 200
            assert all(machine.disk is not None for machine in listed)
            assert taken < stretched(LISTED)
    finally:
        connection.close()
