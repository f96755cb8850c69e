"""A cluster of two nodes and a witness: created, destroyed and created again, killed at every step, beside a machine
that runs through all of it.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.backend.libvirt.configuration.hosts_file import load
from fcm.backend.pacemaker.forming.setup_state import Stage
from fcm.backend.pacemaker.forming.site import Site
from fcm.backend.pacemaker.opening import open_file
from fcm.backend.pacemaker.remote import shells
from fcm.backend.pacemaker.remote.shells import SshShell, shells_of, witness_shell
from fcm.backend.pacemaker.steps import Runner
from fcm.cli.main import DONE, FAILED, main
from fcm.lab.lab import bring_up, take_down
from fcm.lab.machines import ready_count
from fcm.lab.plan import MANAGEMENT, make_plan
from fcm.lab.processes import command_line, processes_in, program
from fcm.model import commands as cmd
from fcm.model.telemetry import Phase
from fcm.ui.tour.patience import stretched
from tests.live.live_lab import LiveLab, own_folders
from tests.live.pacemaker.opened import Opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from fcm.backend.libvirt.configuration.hosts_file import HostsFile
    from fcm.backend.pacemaker.forming.setup_state import SetupState
    from fcm.lab.machines import LabMachine

pytestmark = pytest.mark.live

KILLED = """\
import os, signal, sys, threading
from pathlib import Path
from fcm.backend.libvirt.configuration.hosts_file import load
from fcm.backend.pacemaker.forming.site import Site
from fcm.backend.pacemaker.remote.shells import shells_of, witness_shell
from fcm.backend.pacemaker.steps import StepState

verb, file, delay, *seen = sys.argv[1:]
hosts = load(Path(file))
site = Site(hosts, shells_of(hosts), witness_shell(hosts))

def told(number, report):
    if report.state is StepState.RUNNING and report.step.title not in seen:
        print(report.step.title, flush=True)
        seen.append(report.step.title)
        timer = threading.Timer(float(delay), os.kill, (os.getpid(), signal.SIGKILL))
        timer.daemon = True
        timer.start()
        if float(delay) == 0:
            timer.join()

setup = site.read_setup()
if verb == "create":
    site.carry_out(site.steps(setup, {}), told).require()
else:
    site.carry_out(site.release_steps(setup), told).require()
    site.take_back(told).require()
"""
"""A program that carries out create or destroy, and kills itself some s after it began a kind of step not seen yet."""
DELAYS = (0.0, 0.03, 0.2)
"""s; a step takes from 20 ms to 5 s."""


class TwoNodes(LiveLab):
    """The lab, with one machine that must not notice anything."""

    def site(self) -> Site:
        """The hosts, by shells of its own."""
        hosts = load(self.hosts_file)
        return Site(hosts, shells_of(hosts), witness_shell(hosts))

    def read_setup(self) -> SetupState:
        """What stands."""
        with closing(self.site()) as site:
            return site.read_setup()

    def processes(self, machine: LabMachine) -> list[int]:
        """Every QEMU of a machine, on any node."""
        return [
            pid
            for node in self.plan.nodes
            for pid in processes_in(self.folders.namespace(node.name))
            if program(pid).startswith("qemu") and any(f"guest={machine.name}," in word for word in command_line(pid))
        ]

    def killed_at_every_step(self, verb: str, machine: LabMachine, besides: Iterable[str] = ()) -> list[str]:
        """Carry out a verb that is killed at each of its kinds of steps and begun again; what it was killed at.

        The machine is the same process after each kill, and what stands can be told.
        """
        before = self.processes(machine)
        assert len(before) == 1
        seen = list(besides)
        while True:
            delay = str(DELAYS[len(seen) % len(DELAYS)])
            done = subprocess.run(
                [sys.executable, "-c", KILLED, verb, str(self.hosts_file), delay, *seen],
                capture_output=True,
                text=True,
                timeout=stretched(200),
                check=False,
            )
            assert self.processes(machine) == before
            new = [line for line in done.stdout.splitlines() if line not in seen]
            if done.returncode == 0 and not new:
                return seen
            assert new, done.stderr
            assert done.returncode in (0, -9), done.stderr
            seen += new
            assert self.read_setup().sentence


@pytest.fixture(scope="module")
def two_nodes() -> Iterator[TwoNodes]:
    folders = own_folders("testforming")
    plan = make_plan(2, bandwidth=200_000_000, failover=True)
    try:
        yield TwoNodes(plan, folders, bring_up(plan, folders, own=True))
    finally:
        take_down(folders)


def test_a_cluster_that_is_killed_at_every_step_is_completed_and_removed_and_no_machine_notices(
    two_nodes: TwoNodes, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = two_nodes.add_machine("web", "node1", memory=192)
    before = two_nodes.processes(machine)
    assert two_nodes.read_setup().stage is Stage.COMPLETE

    undone = two_nodes.killed_at_every_step("destroy", machine)
    assert {"Start Pacemaker", "Start Corosync", "Write corosync.conf", "Store the key of Corosync"} <= set(undone)
    assert two_nodes.read_setup().stage is Stage.NONE
    assert main(["hosts", "cluster", "status", str(two_nodes.hosts_file)]) == FAILED
    left = "ls /etc/corosync /var/lib/pacemaker/cib /etc/fcm 2>/dev/null | grep -v :; pidof corosync pacemakerd"
    for shell in shells_of(load(two_nodes.hosts_file)).values():
        assert shell.run(f"{left}; ls /usr/lib/ocf/resource.d").output.split() == ["heartbeat", "pacemaker"]
        shell.close()

    made = two_nodes.killed_at_every_step("create", machine)
    assert len(made) > 20
    setup = two_nodes.read_setup()
    assert list(setup.problems()) == []
    assert setup.votes == {"Expected votes": 3, "Total votes": 3, "Quorum": 2}
    assert main(["hosts", "cluster", "status", str(two_nodes.hosts_file)]) == DONE
    assert "fencing works" in capsys.readouterr().out
    assert two_nodes.processes(machine) == before


def test_a_highly_available_machine_is_released_before_the_cluster_is_removed_and_runs_on(
    two_nodes: TwoNodes, capsys: pytest.CaptureFixture[str]
) -> None:
    from fcm.backend.pacemaker.adoption.adoption_steps import Adoption, adoption_steps

    machine = two_nodes.add_machine("db", "node2", memory=192)
    before = two_nodes.processes(machine)
    shells = shells_of(load(two_nodes.hosts_file))
    uuid = shells["node2"].run("virsh -q domuuid db").output.strip()
    peers = {node.name: node.peer_uri for node in two_nodes.plan.nodes}
    adoption = Adoption("db", uuid, "db", "node2", True, str(two_nodes.folders.shared), 192, peers)
    Runner(lambda name: shells[name or "node1"]).carry_out(adoption_steps(adoption)).require()
    assert main(["hosts", "cluster", "destroy", str(two_nodes.hosts_file), "--yes"]) == FAILED
    assert "still highly available: db" in capsys.readouterr().err

    with closing(two_nodes.site()) as site:
        others = {step.title for step in site.undo_steps()}  # killed there by the other test
    killed = two_nodes.killed_at_every_step("destroy", machine, others)

    assert len(killed) > len(others)
    assert two_nodes.read_setup().stage is Stage.NONE
    assert two_nodes.processes(machine) == before
    assert "yes" in shells["node2"].run("virsh -q dominfo db | grep ^Persistent").output
    for shell in shells.values():
        shell.close()


def over_the_network(lab: TwoNodes, folder: Path) -> HostsFile:
    """The nodes reached as hosts outside a lab are, by ssh; by each other node1 is reached by TLS and node2 by ssh."""
    text = lab.folders.ssh_hosts_file.read_text(encoding="utf-8")
    first, second = (f"@{MANAGEMENT.address(number)}/system?proxy=native" for number in (1, 2))
    [by_ssh] = [line for line in text.splitlines() if line.startswith("peer_uri") and first in line]
    assert f'peer_uri = "qemu+ssh://root{second}' in text
    path = folder / "hosts.toml"
    path.write_text(text.replace(by_ssh, f'peer_uri = "qemu+tls://{MANAGEMENT.address(1)}/system"'))
    lab.permit(path)
    hosts = load(path)
    return replace(hosts, hosts=tuple(replace(host, probe_namespace=None) for host in hosts.hosts))


def test_a_cluster_is_formed_by_ssh_and_its_nodes_move_a_machine_by_ssh_and_by_tls(
    two_nodes: TwoNodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = over_the_network(two_nodes, tmp_path)
    addresses = {host.name: host.addresses[MANAGEMENT.name] for host in hosts.hosts}
    log_in = (str(two_nodes.folders.ssh / "from-station"), "-T", "-l", "root", "--")  # into the lab's own networks
    monkeypatch.setattr(shells, "host_login", lambda host: [*log_in, addresses[host.name]])
    with closing(Site(hosts, shells_of(hosts), witness_shell(hosts))) as site:
        assert all(isinstance(shell, SshShell) for shell in shells_of(hosts).values())
        site.create().require()
        assert list(site.read_setup().problems()) == []
    machine = two_nodes.add_machine("far", "node1", memory=192, fill=24, dirty=2, working_set=8)
    booted = ready_count(machine, two_nodes.folders)
    opened = Opened(two_nodes, tmp_path, open_file(hosts, f"pacemaker:{hosts.path}"))
    try:
        authority = two_nodes.folders.node(two_nodes.node("node2")) / "etc" / "pki" / "CA" / "cacert.pem"
        refused = _refused_with(authority, "", opened, machine)
        assert "node2 cannot reach libvirtd of node1 at qemu+tls://10.90.0.1/system: " in refused
        login = two_nodes.folders.ssh / "from-node"
        stranger = login.read_text().replace("ssh -F", "ssh -o UserKnownHostsFile=/dev/null -F")
        refused = _refused_with(login, stranger, opened, machine)
        assert "node1 cannot reach libvirtd of node2 at qemu+ssh://root@10.90.0.2/system" in refused
        assert "Host key verification failed" in refused
        assert two_nodes.running(machine) == ["node1"]

        identity = opened.adopt("far")
        by_ssh = opened.end_of(opened.migrate(identity, "node2"))
        assert by_ssh.phase is Phase.COMPLETED, by_ssh.reason
        assert two_nodes.running(machine) == ["node2"]
        by_tls = opened.end_of(opened.migrate(identity, "node1"))
        assert by_tls.phase is Phase.COMPLETED, by_tls.reason
        assert two_nodes.running(machine) == ["node1"]
        opened.carry_out(cmd.RemoveGroup(f"group-{identity}"))
    finally:
        opened.workspace.close()
    assert ready_count(machine, two_nodes.folders) == booted, "it was restarted"
    with closing(Site(hosts, shells_of(hosts), witness_shell(hosts))) as site:
        site.destroy().require()
        assert site.read_setup().is_gone


def _refused_with(file: Path, text: str, opened: Opened, machine: LabMachine) -> str:
    """Why a machine cannot be made highly available while a file has another text."""
    identity, before = opened.machine(machine.name), file.read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    try:
        verdict = opened.do(cmd.MakeHighlyAvailable((identity,)))
    finally:
        file.write_text(before, encoding="utf-8")
    assert not verdict
    return verdict.sentence()
