"""The URI that real hosts are reached by, qemu+ssh: ask, move, and what ssh refuses is said with its remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.cli.main import main
from fcm.lab.plan import MANAGEMENT
from fcm.lab.processes import inside, run
from fcm.model.telemetry import Phase
from tests.live.live_lab import wait_until
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


@pytest.fixture
def aliases(lab: LiveLab, tmp_path: Path) -> Path:
    """A hosts file: node1 by an alias of ssh, node2 by its IPv6 address and a port; also between the nodes."""
    place = tmp_path / "ssh"
    place.mkdir()
    known = (lab.folders.ssh / "known_hosts").read_text()
    hosts = lab.folders.ssh_hosts_file.read_text()
    for node in lab.plan.nodes:
        address = f"fd00:90::{node.number}"
        lab.give_address(node.name, f"{address}/64", MANAGEMENT.interface)
        words = inside(lab.folders.namespace(node.name))
        assert words is not None
        settings = (f"ListenAddress=[{address}]:2222", f"PidFile=/run/sshd-{tmp_path.name}.pid")
        options = [word for setting in settings for word in ("-o", setting)]
        run(*words, "/usr/sbin/sshd", *options, "-f", lab.folders.ssh / f"sshd-{node.name}")
        key = next(line for line in known.splitlines() if line.startswith(f"{node.name},")).split()[1:]
        known += f"[{address}]:2222 {' '.join(key)}\n"
    lab.give_address("client", "fd00:90::c8/64", MANAGEMENT.interface)
    (place / "known_hosts").write_text(known)
    config = (lab.folders.ssh / "config").read_text().replace(f"{lab.folders.ssh}/known", f"{place}/known")
    (place / "config").write_text(f"Host KVM-1\n    HostName fd00:90::1\n    Port 2222\n\n{config}")
    for start, words in (("station", f"ip netns exec {lab.client} "), ("node", "")):
        program = lab.folders.ssh / f"alias-{start}"
        program.write_text(f'#!/bin/sh\nexec {words}ssh -F {place}/config "$@"\n')
        program.chmod(0o700)
        hosts = hosts.replace(f"command={lab.folders.ssh}/from-{start}", f"command={program}")
    hosts = hosts.replace(f"root@{MANAGEMENT.address(1)}/system", "KVM-1/system")
    hosts = hosts.replace(f"root@{MANAGEMENT.address(2)}/system", "root@[fd00:90::2]:2222/system")
    file = tmp_path / "aliases.toml"
    file.write_text(hosts)
    lab.permit(file)
    return file


def test_an_alias_of_ssh_as_typed_and_an_ipv6_address_with_a_port_lead_to_the_hosts(
    lab: LiveLab, aliases: Path, machine: LabMachine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "qemu+ssh://KVM-1/system" in aliases.read_text(encoding="utf-8")
    assert main(["hosts", "check", str(aliases)]) == 0, capsys.readouterr().out
    watched = Watched(lab, tmp_path, aliases)
    try:
        identity = watched.machine(machine.name)
        for destination in ("node2", "node1"):
            ended = watched.end_of(watched.migrate(identity, destination))
            assert ended.phase is Phase.COMPLETED, ended.reason
            wait_until(lambda where=destination: lab.running(machine) == [where], "it runs at the destination alone")
            watched.until(
                lambda where=destination: watched.workspace.state.machines[identity].node == where, "the move is seen"
            )
    finally:
        watched.workspace.close()
