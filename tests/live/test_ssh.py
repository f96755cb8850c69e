"""The URI that real hosts are reached by, qemu+ssh: ask, move, and what ssh refuses is said with its remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.cli.main import main
from fcm.lab.plan import MANAGEMENT
from fcm.model.telemetry import Phase
from tests.live.watched import Watched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fcm.lab.machines import LabMachine
    from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live


@pytest.fixture
def over_ssh(lab: LiveLab, tmp_path: Path) -> Iterator[Watched]:
    """The lab's hosts, reached by ssh."""
    opened = Watched(lab, tmp_path, lab.folders.ssh_hosts_file)
    yield opened
    opened.workspace.close()


def test_hosts_reached_by_ssh_are_listed_and_a_machine_moves_between_them(
    lab: LiveLab, over_ssh: Watched, machine: LabMachine
) -> None:
    identity = over_ssh.machine(machine.name)
    ended = over_ssh.end_of(over_ssh.migrate(identity, "node2"))
    over_ssh.until(lambda: over_ssh.workspace.state.machines[identity].node == "node2", "the move is seen")

    assert "qemu+ssh://" in lab.folders.ssh_hosts_file.read_text()
    assert "qemu+tcp" not in lab.folders.ssh_hosts_file.read_text()
    assert ended.phase is Phase.COMPLETED, ended.reason
    assert ended.figures is not None
    assert lab.running(machine) == ["node2"]


def test_an_unknown_host_key_and_a_refused_login_are_told_apart_with_what_to_do(
    lab: LiveLab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "ssh"
    place.mkdir()
    known = (lab.folders.ssh / "known_hosts").read_text().splitlines()
    first_two = [line for line in known if not line.startswith("node3,")]
    changed = f"node2,{MANAGEMENT.address(2)} {' '.join(first_two[0].split()[1:])}"
    (place / "known_hosts").write_text(f"{first_two[0]}\n{changed}\n")
    hosts = lab.folders.ssh_hosts_file.read_text()
    config = (lab.folders.ssh / "config").read_text()
    (place / "config").write_text(config.replace(f"{lab.folders.ssh}/known_hosts", f"{place}/known_hosts"))
    (place / "no-key").write_text(config.replace(f"{lab.folders.ssh}/key", f"{place}/nothing"))
    for name, settings in (("from-station", "config"), ("without-key", "no-key")):
        program = place / name
        program.write_text(f'#!/bin/sh\nexec ip netns exec {lab.client} ssh -F {place}/{settings} "$@"\n')
        program.chmod(0o700)
    hosts = hosts.replace(f"command={lab.folders.ssh}/from-station", f"command={place}/from-station")
    first = f"{MANAGEMENT.address(1)}/system?proxy=native&command={place}/"
    file = tmp_path / "hosts.toml"
    file.write_text(hosts.replace(f"{first}from-station", f"{first}without-key"))
    assert main(["hosts", "check", str(file)]) == 2
    assert "No running lab on this computer has the node" in capsys.readouterr().err
    lab.permit(file)

    code = main(["hosts", "check", str(file)])
    told = capsys.readouterr().out.splitlines()

    said = {
        name: next(line for line in told if line.startswith(f"FAIL  {name}:")) for name in ("node1", "node2", "node3")
    }
    assert code == 1
    assert "The host denied the login" in said["node1"]
    assert "Permission denied (publickey)" in said["node1"]
    assert "The host key has changed: SHA256:" in said["node2"]
    assert "remove the old key" in said["node2"]
    assert "The host key is unknown" in said["node3"]
    assert "compare the key with the key of the host" in said["node3"]
