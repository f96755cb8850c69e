"""The lab itself, on real libvirt and QEMU: what it offers, what it survives and what it leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import libvirt
import pytest

from fcm.app import journal_path, open_workspace
from fcm.cli.main import main
from fcm.installation import command
from fcm.lab.faults import LinkFault, NodeFault, break_link, break_node, emulator_of
from fcm.lab.lab import bring_up, read_status, take_down
from fcm.lab.plan import (
    CLUSTER,
    LIBVIRTD_PORT,
    LIVE_MIGRATION,
    MANAGEMENT,
    LabError,
    LabFolders,
    LabNetwork,
    make_plan,
)
from fcm.lab.processes import NAMESPACES, network_namespaces
from tests.live.live_lab import LiveLab, own_folders, wait_until
from tests.live.station import connect_from

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.lab.machines import LabMachine

pytestmark = pytest.mark.live


def test_every_node_is_reached_from_outside_the_namespaces_and_is_a_host_of_its_own(lab: LiveLab) -> None:
    names = [lab.connection(node.name).getHostname() for node in lab.plan.nodes]
    identities = {lab.connection(node.name).getCapabilities().split("<uuid>")[1][:36] for node in lab.plan.nodes}

    assert names == ["node1", "node2", "node3"]
    assert identities == {node.host_uuid for node in lab.plan.nodes}


@pytest.mark.parametrize("network", [MANAGEMENT, CLUSTER, LIVE_MIGRATION], ids=lambda network: network.interface)
def test_the_nodes_reach_each_other_over_every_network(lab: LiveLab, network: LabNetwork) -> None:
    address = network.address(2)

    with connect_from(lab.folders.namespace("node1"), address, LIBVIRTD_PORT) as line:
        assert line.getpeername() == (address, LIBVIRTD_PORT)


def test_the_hosts_file_names_the_socket_the_peer_uri_and_the_namespace_of_each_node(lab: LiveLab) -> None:
    hosts = tomllib.loads(lab.hosts_file.read_text())

    second = hosts["node"][1]
    assert libvirt.open(second["uri"]).getHostname() == second["name"] == "node2"
    assert second["peer_uri"] == "qemu+tcp://10.90.0.2/system"
    assert second["probe_namespace"] in network_namespaces()
    assert Path(second["storage"]).is_dir()


def test_the_machine_s_own_network_interfaces_are_left_alone(lab: LiveLab) -> None:
    own = set(os.listdir("/sys/class/net"))

    assert not own & {"mgmt", "csv", "lm", "vm", "vmbr", "br-mgmt", "br-lm"}


def test_a_guest_boots_and_answers_at_its_address(lab: LiveLab, machine: LabMachine) -> None:
    figures = dict(part.split("=") for part in lab.ask(machine, "stat").split())

    assert figures["name"] == machine.name
    assert (figures["rate"], figures["wset"], figures["memcap"]) == ("4", "16", "48")
    assert lab.running(machine) == ["node1"]


def test_a_live_migration_takes_the_guest_with_its_connection_to_another_node(
    lab: LiveLab, machine: LabMachine, record_property: Callable[[str, object], None]
) -> None:
    with lab.hold(machine) as held:
        held.wait_for_ticks(50)
        lab.move(machine, "node1", "node2")
        held.wait_for_ticks(50)
        seen = held.read()

    arrived = lab.connection("node2").lookupByName(machine.name)
    figures = arrived.jobStats(libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED)
    record_property("longest gap, s", round(seen.longest_gap, 3))
    assert lab.running(machine) == ["node2"]
    assert seen.unbroken
    assert figures["memory_iteration"] >= 3
    assert figures["memory_processed"] > 48 << 20
    assert seen.longest_gap * 1000 >= figures["downtime"] * 0.5


def test_a_node_with_an_older_processor_refuses_a_guest_that_was_promised_more(lab: LiveLab) -> None:
    from fcm.lab.machines import remove_machine

    modern = lab.add_machine("modern", processor="Nehalem+aes+xsave+avx")
    try:
        definition = lab.connection("node1").lookupByName("modern").XMLDesc(libvirt.VIR_DOMAIN_XML_MIGRATABLE)
        wanted = definition[definition.index("<cpu") : definition.index("</cpu>") + len("</cpu>")]
        question = (str(lab.folders.emulator), "x86_64", None, "qemu", wanted)
        fails = libvirt.VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE

        assert lab.connection("node2").compareHypervisorCPU(*question, fails) > 0
        with pytest.raises(libvirt.libvirtError, match="required features: aes, avx"):
            lab.connection("node3").compareHypervisorCPU(*question, fails)
        with pytest.raises(libvirt.libvirtError, match="missing features: aes,avx"):
            lab.move(modern, "node1", "node3")
        assert lab.running(modern) == ["node1"]
    finally:
        remove_machine("modern", lab.plan, lab.folders)


def test_a_pulled_cable_cuts_one_network_of_one_node(lab: LiveLab) -> None:
    second, source = lab.node("node2"), lab.folders.namespace("node1")
    break_link(LinkFault.DOWN, second, LIVE_MIGRATION, lab.plan, lab.folders)
    try:
        with pytest.raises(LabError, match=r"No connection from fcm-test.*-node1 to 10\.92\.0\.2"):
            connect_from(source, LIVE_MIGRATION.address(2), LIBVIRTD_PORT, limit=1.0)
        connect_from(source, LIVE_MIGRATION.address(3), LIBVIRTD_PORT).close()
        connect_from(source, CLUSTER.address(2), LIBVIRTD_PORT).close()
    finally:
        break_link(LinkFault.UP, second, LIVE_MIGRATION, lab.plan, lab.folders)

    connect_from(source, LIVE_MIGRATION.address(2), LIBVIRTD_PORT).close()


def test_swallowed_packets_let_a_connect_hang_until_they_pass_again(lab: LiveLab) -> None:
    second, source = lab.node("node2"), lab.folders.namespace("node1")
    break_link(LinkFault.DROP, second, LIVE_MIGRATION, lab.plan, lab.folders)
    try:
        with pytest.raises(LabError, match="timed out"):
            connect_from(source, LIVE_MIGRATION.address(2), LIBVIRTD_PORT, limit=0.5)
    finally:
        break_link(LinkFault.PASS, second, LIVE_MIGRATION, lab.plan, lab.folders)

    connect_from(source, LIVE_MIGRATION.address(2), LIBVIRTD_PORT).close()


def test_a_killed_libvirtd_comes_back_and_its_machine_never_noticed(lab: LiveLab, machine: LabMachine) -> None:
    emulator = emulator_of(machine.name, lab.node("node1"), lab.folders)
    with lab.hold(machine) as held:
        break_node(NodeFault.LIBVIRTD_KILL, lab.node("node1"), lab.folders)
        lab.disconnect("node1")
        wait_until(lambda: read_status(lab.folders).nodes[0].answering, "libvirtd of node1 answers again")
        held.wait_for_ticks(20)
        seen = held.read()

    assert seen.unbroken
    assert emulator_of(machine.name, lab.node("node1"), lab.folders) == emulator
    assert lab.running(machine) == ["node1"]


def test_a_hanging_libvirtd_is_told_apart_from_a_node_without_power(lab: LiveLab) -> None:
    second, third = lab.node("node2"), lab.node("node3")
    break_node(NodeFault.LIBVIRTD_HANG, second, lab.folders)
    break_node(NodeFault.POWER_CUT, third, lab.folders)
    lab.disconnect("node3")
    try:
        states = {seen.node.name: (seen.running, seen.answering) for seen in read_status(lab.folders).nodes}
    finally:
        break_node(NodeFault.LIBVIRTD_RESUME, second, lab.folders)
        bring_up(lab.plan, lab.folders)

    assert states == {"node1": (True, True), "node2": (True, False), "node3": (False, False)}
    assert all(seen.answering for seen in read_status(lab.folders).nodes)


def test_up_on_a_lab_that_is_up_changes_nothing(lab: LiveLab, machine: LabMachine) -> None:
    before = emulator_of(machine.name, lab.node("node1"), lab.folders)

    assert bring_up(lab.plan, lab.folders) == lab.hosts_file
    assert emulator_of(machine.name, lab.node("node1"), lab.folders) == before


def test_up_with_other_nodes_is_refused_while_a_lab_is_up(lab: LiveLab) -> None:
    with pytest.raises(LabError, match="Stop it first: fcm lab down"):
        bring_up(make_plan(2), lab.folders)


# what it leaves behind

_SMALL = own_folders("small")


def _traces(folders: LabFolders) -> list[str]:
    """Everything a lab could leave: folders, mounts, namespaces and processes."""
    found = [str(folders.state)] if folders.state.exists() else []
    found += [name for name in network_namespaces() if folders.owns(name)]
    found += [
        line
        for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
        if str(folders.state) in line
    ]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if f"{folders.state}/".encode() in words or str(folders.state).encode() + b"\0" in words:
            found.append(words.decode(errors="replace"))
    return found


def _mounted() -> set[Path]:
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    folders = {Path(line.split(" ")[4]) for line in lines}
    return {folder for folder in folders if folder.parent != NAMESPACES}


def test_down_leaves_nothing_behind() -> None:
    from fcm.lab.machines import LabMachine, add_machine

    plan = make_plan(1)
    before = _mounted()
    try:
        bring_up(plan, _SMALL)
        add_machine(LabMachine("left", 50), plan.nodes[0], _SMALL)
        assert len(_traces(_SMALL)) > 3
    finally:
        assert take_down(_SMALL)

    assert _traces(_SMALL) == []
    others_need_it = {NAMESPACES} if network_namespaces() else set()
    assert _mounted() - before <= others_need_it
    assert not take_down(_SMALL)


@pytest.mark.parametrize("step", ["build_guest", "build_networks", "place_guest", "start_node", "wait_for_node"])
def test_a_lab_killed_on_its_way_up_is_cleared_by_down(step: str) -> None:
    kill_before = (
        "import os, fcm.lab.lab as lab\n"
        "from fcm.lab.plan import LabFolders, make_plan\n"
        f"lab.{step} = lambda *_: os.kill(os.getpid(), 9)\n"
        f"lab.bring_up(make_plan(2), LabFolders(name='{_SMALL.name}'))\n"
    )
    killed = subprocess.run([sys.executable, "-c", kill_before], check=False)

    assert killed.returncode == -signal.SIGKILL
    assert _traces(_SMALL) != []
    assert take_down(_SMALL)
    assert _traces(_SMALL) == []


def test_the_lab_of_a_process_that_was_killed_is_named_by_status_and_removed_by_down_and_a_living_one_s_is_only_named(
    lab: LiveLab, capsys: pytest.CaptureFixture[str]
) -> None:
    make_and_wait = (
        "import signal\n"
        "from fcm.lab.lab import bring_up\n"
        "from fcm.lab.plan import LabFolders, make_plan\n"
        f"bring_up(make_plan(1), LabFolders(name='{_SMALL.name}'), own=True)\n"
        "print('up', flush=True)\n"
        "signal.pause()\n"
    )
    with subprocess.Popen([sys.executable, "-c", make_and_wait], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "up\n"
        other = ["lab", "--name", f"{_SMALL.name}x"]

        assert main([*other, "down"]) == 0
        living = capsys.readouterr().out
        owner.kill()
        owner.wait()
        assert main([*other, "status"]) == 1
        named = capsys.readouterr().out
        stood = _traces(_SMALL)
        assert main([*other, "down"]) == 0
        removed = capsys.readouterr().out

    stands = f"The lab '{_SMALL.name}' exists on this computer"
    remedy = f"To remove it: {command(f'lab --name {_SMALL.name} down')}"
    assert f"{stands} and belongs to process {owner.pid}, which is running. {remedy}" in living
    assert f"{stands}; process {owner.pid}, which created it, has ended. {remedy}" in named
    assert f"The lab '{lab.folders.name}' exists on this computer and belongs to process {os.getpid()}" in named
    assert stood != []
    assert f"The lab '{_SMALL.name}' was also removed: process {owner.pid}, which created it, has ended." in removed
    assert _traces(_SMALL) == []
    assert read_status(lab.folders).nodes[0].answering


def test_a_new_lab_is_a_new_cluster_in_which_no_node_of_the_old_one_is_still_paused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path))
    uri = f"libvirt:{_SMALL.hosts_file}"
    try:
        bring_up(make_plan(2), _SMALL)
        assert main(["hosts", "drain", str(_SMALL.hosts_file), "node1", "--go"]) == 0
        first = journal_path(uri)
        bring_up(make_plan(2), _SMALL)
        mended = journal_path(uri)
        with closing(open_workspace(uri)) as workspace:
            still = workspace.state.nodes["node1"].paused
        assert main(["hosts", "resume", str(_SMALL.hosts_file), "node1"]) == 0
        assert main(["hosts", "resume", str(_SMALL.hosts_file), "node1"]) == 1
        take_down(_SMALL)
        bring_up(make_plan(2), _SMALL)
        second = journal_path(uri)
        with closing(open_workspace(uri)) as workspace:
            after = workspace.state.nodes["node1"].paused
    finally:
        take_down(_SMALL)
    capsys.readouterr()

    assert (still, after) == (True, False)
    assert first == mended != second
    assert main(["history", str(first)]) == 0


def test_a_lab_killed_on_its_way_down_is_cleared_by_the_next_down() -> None:
    bring_up(make_plan(1), _SMALL)
    kill_before_the_folder_goes = (
        "import os, shutil, fcm.lab.lab as lab\n"
        "from fcm.lab.plan import LabFolders\n"
        "shutil.rmtree = lambda *_: os.kill(os.getpid(), 9)\n"
        f"lab.take_down(LabFolders(name='{_SMALL.name}'))\n"
    )
    killed = subprocess.run([sys.executable, "-c", kill_before_the_folder_goes], check=False)

    assert killed.returncode == -signal.SIGKILL
    assert take_down(_SMALL)
    assert _traces(_SMALL) == []


def test_a_second_up_or_down_at_the_same_time_is_turned_away() -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as lock:
        lock.bind(f"\0fcm-lab-{_SMALL.name}")
        with pytest.raises(LabError, match="Another fcm lab command is using this lab"):
            take_down(_SMALL)
