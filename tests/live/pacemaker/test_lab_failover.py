"""A lab with failover: what ``fcm lab up --failover`` leaves, how its faults are mended, and what it never touches."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from fcm.cli.main import main
from fcm.lab.failover import is_formed, read_cluster
from fcm.lab.faults import NodeFault, WitnessFault, break_node, break_witness
from fcm.lab.lab import bring_up, take_down
from fcm.lab.machines import LabMachine, add_machine, ready_count, remove_machine
from fcm.lab.node import is_running
from fcm.lab.plan import LabError, LabFolders, make_plan
from fcm.lab.power import ask_switch, switch_process
from fcm.lab.processes import (
    NAMESPACES,
    inside,
    network_namespaces,
    process_start,
    process_state,
    processes_in,
    program,
    run,
)
from fcm.lab.station import witness_process
from fcm.model import commands as cmd
from tests.live.live_lab import own_folders, wait_until
from tests.live.pacemaker.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.live

PLAN = make_plan(2, failover=True)
FIRST, SECOND = PLAN.nodes
DAEMONS = ("corosync", "pacemaker", "libvirtd", "virtqemud", "qemu-system")
SEEN = 60.0
"""s for a loss that is seen, agreed on and fenced; see the part Failover of docs/lab.md for its parts."""


@pytest.fixture(scope="module")
def pair() -> Iterator[LabFolders]:
    """Two nodes, so that the witness decides."""
    folders = own_folders("testpair")
    try:
        bring_up(PLAN, folders, own=True)
        yield folders
    finally:
        take_down(folders)


def _online(folders: LabFolders) -> tuple[str, ...]:
    return read_cluster(PLAN, folders).online


def _asked_by_nodes(folders: LabFolders) -> list[str]:
    """What the nodes had the power switch do."""
    lines = folders.power_log.read_text(encoding="utf-8").splitlines()
    return [line.split(" ", 1)[1].partition(",")[0] for line in lines if "asked by 10.90.0." in line]


def _status(folders: LabFolders, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    assert main(["lab", "--name", folders.name, "status"]) == 0
    return capsys.readouterr().out.splitlines()


def test_status_tells_members_quorum_witness_and_power_switch(
    pair: LabFolders, capsys: pytest.CaptureFixture[str]
) -> None:
    assert {
        "Cluster: node1, node2 online",
        "Quorum: yes, 3 of 3 votes",
        "Witness: running",
        "Power switch: running",
    } <= set(_status(pair, capsys))


def test_a_fenced_node_stays_off_until_up_and_comes_back_as_a_member(
    pair: LabFolders, capsys: pytest.CaptureFixture[str]
) -> None:
    break_node(NodeFault.COROSYNC_KILL, SECOND, pair)
    wait_until(lambda: not is_running(SECOND, pair), "node2 is fenced", SEEN)
    wait_until(lambda: read_cluster(PLAN, pair).others == (("node2", "off"),), "node1 knows that node2 is off", SEEN)
    told = _status(pair, capsys)
    fenced = _asked_by_nodes(pair)
    bring_up(PLAN, pair)

    assert "node2: off; machines: none" in told
    assert "Cluster: node1 online; node2 off" in told
    assert "Quorum: yes, 2 of 3 votes" in told
    assert fenced[-1] == "node2 off"
    assert _online(pair) == ("node1", "node2")


def test_the_other_of_two_nodes_runs_what_a_lost_one_ran_and_the_switch_turns_that_on_as_a_member(
    pair: LabFolders, tmp_path: Path
) -> None:
    """With the vote of the witness one of two nodes has the majority."""
    machine = LabMachine("two", 50)
    add_machine(machine, SECOND, pair)
    shown = Shown(SimpleNamespace(hosts_file=pair.hosts_file), tmp_path)  # type: ignore[arg-type]
    try:
        group = f"group-{shown.adopt(machine.name)}"
        break_node(NodeFault.POWER_CUT, SECOND, pair)
        shown.is_online("two", "node1", limit=SEEN)
        wait_until(lambda: ready_count(machine, pair) == 2, "it has booted", SEEN)
        assert read_cluster(PLAN, pair).others == (("node2", "off"),)
        ask_switch("on node2", pair)

        wait_until(lambda: _online(pair) == ("node1", "node2"), "node2 is a member", SEEN)
        shown.until(lambda: shown.is_up("node2"), "node2 is shown as up")
        bring_up(PLAN, pair)
        shown.carry_out(cmd.RemoveGroup(group))
    finally:
        shown.workspace.close()
        remove_machine(machine.name, PLAN, pair)


def test_a_node_for_which_the_switch_does_not_answer_is_unclean_until_it_does(
    pair: LabFolders, capsys: pytest.CaptureFixture[str]
) -> None:
    break_node(NodeFault.FENCE_OFF, SECOND, pair)
    try:
        break_node(NodeFault.POWER_CUT, SECOND, pair)
        wait_until(
            lambda: _asked_by_nodes(pair)[-1:] == ["off node2: not answered"], "the switch was asked in vain", SEEN
        )
        told = _status(pair, capsys)
    finally:
        break_node(NodeFault.FENCE_ON, SECOND, pair)
    wait_until(lambda: _asked_by_nodes(pair)[-1] == "node2 was already off", "node2 is fenced at last", SEEN)
    wait_until(lambda: read_cluster(PLAN, pair).others == (("node2", "off"),), "node1 knows", SEEN)
    bring_up(PLAN, pair)

    assert "Cluster: node1 online; node2 unclean" in told
    assert "Power switch: does not respond for node2" in told


def test_pacemakerd_that_was_killed_alone_is_started_again_by_up_and_no_node_is_fenced(pair: LabFolders) -> None:
    before = _asked_by_nodes(pair)
    break_node(NodeFault.PACEMAKERD_KILL, FIRST, pair)
    wait_until(lambda: "pacemakerd" not in map(program, processes_in(pair.namespace("node1"))), "it has ended")
    bring_up(PLAN, pair)
    back = [program(pid) for pid in processes_in(pair.namespace("node1"))]

    assert back.count("pacemakerd") == 1
    assert _asked_by_nodes(pair) == before


def test_the_witness_is_killed_and_started_again(pair: LabFolders, capsys: pytest.CaptureFixture[str]) -> None:
    break_witness(WitnessFault.KILL, pair)
    wait_until(lambda: read_cluster(PLAN, pair).votes == 2, "the vote of the witness is missing")
    without = _status(pair, capsys)
    with pytest.raises(LabError, match=r"The witness is not running\."):
        break_witness(WitnessFault.KILL, pair)
    break_witness(WitnessFault.START, pair)
    wait_until(lambda: read_cluster(PLAN, pair).witness, "the witness votes again", SEEN)
    break_witness(WitnessFault.KILL, pair)
    bring_up(PLAN, pair)

    assert {"Quorum: yes, 2 of 3 votes", "Witness: not running"} <= set(without)
    wait_until(lambda: read_cluster(PLAN, pair).witness, "up started the witness", SEEN)


def test_a_power_switch_that_was_killed_is_started_again_by_up(
    pair: LabFolders, capsys: pytest.CaptureFixture[str]
) -> None:
    switch = switch_process(pair)
    assert switch is not None
    os.kill(switch, signal.SIGKILL)
    wait_until(lambda: switch_process(pair) is None, "the switch has ended")
    without = _status(pair, capsys)
    bring_up(PLAN, pair)

    assert "Power switch: not running" in without
    assert ask_switch("list", pair) == "node1 node2"


def test_a_lab_without_failover_does_not_become_one_with_failover_while_it_is_running(pair: LabFolders) -> None:
    bring_up(make_plan(2), pair)
    assert read_cluster(PLAN, pair).formed

    plain = own_folders("testplain")
    try:
        bring_up(make_plan(2), plain)
        with pytest.raises(LabError, match=r"A lab without failover is already running\. Stop it first: fcm lab down"):
            bring_up(PLAN, plain)
        with pytest.raises(LabError, match="This lab has no power switch"):
            break_node(NodeFault.FENCE_OFF, FIRST, plain)
        with pytest.raises(LabError, match="corosync is not running on node1"):
            break_node(NodeFault.COROSYNC_KILL, FIRST, plain)
        with pytest.raises(LabError, match="The management station of this lab is off"):
            break_witness(WitnessFault.START, plain)
    finally:
        take_down(plain)


# what it never touches and what it leaves behind


def _usr() -> dict[str, tuple[int, int]]:
    """Every file below /usr, as long as no program of it keeps what it compiled there."""
    found = {}
    for folder, folders, names in os.walk("/usr"):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            found[path] = (status.st_size, status.st_mtime_ns)
    return found


def _daemons_of_the_host() -> set[tuple[int, str]]:
    """Daemons that a package or a lab could start, in the host's own network: of no lab."""
    own = os.stat("/proc/self/ns/net").st_ino
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.stat(process / "ns" / "net").st_ino == own and program(int(process.name)).startswith(DAEMONS):
                found.add((int(process.name), program(int(process.name))))
        except OSError:
            continue
    return found


def _processes_of(folders: LabFolders) -> dict[int, int | None]:
    """Everything that runs in the namespaces of a lab, and when it began."""
    names = [name for name in network_namespaces() if folders.owns(name)]
    return {pid: process_start(pid) for name in names for pid in processes_in(name)}


def _left_of(ran: dict[int, int | None]) -> list[str]:
    """Those of these processes that still run; one that has ended may wait for a moment to be reaped."""
    return [program(pid) for pid, began in ran.items() if process_start(pid) == began and process_state(pid) != "Z"]


def _files() -> dict[str, tuple[int, int]]:
    """The host's own files of Corosync and Pacemaker."""
    places = ("/etc/corosync", "/var/lib/pacemaker", "/var/lib/corosync")
    found = {path for place in places for path in Path(place).rglob("*")} | set(Path("/dev/shm").glob("qb-*"))
    return {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in found}


def test_an_up_that_was_killed_in_the_middle_goes_on_and_down_leaves_the_host_as_it_was() -> None:
    folders = own_folders("testkilled")
    usr, files, daemons, labs = _usr(), _files(), _daemons_of_the_host(), set(network_namespaces())
    kill_while_it_is_formed = (
        "import os\n"
        "from fcm.backend.pacemaker.forming.site import Site\n"
        "from fcm.lab.lab import bring_up\n"
        "from fcm.lab.plan import LabFolders, make_plan\n"
        "create = Site.create\n"
        "Site.create = lambda site: create(site, lambda number, _: os.kill(os.getpid(), 9) if number == 9 else None)\n"
        f"bring_up(make_plan(2, failover=True), LabFolders(name='{folders.name}'))\n"
    )
    try:
        killed = subprocess.run([sys.executable, "-c", kill_while_it_is_formed], check=False)
        half = read_cluster(PLAN, folders).quorate
        bring_up(PLAN, folders)
        add_machine(LabMachine("left", 50), FIRST, folders)
        ran = _processes_of(folders)
        formed, online = is_formed(PLAN, folders), _online(folders)
        witness = witness_process(folders)
        agent = run(*(inside(folders.namespace("node1")) or ()), "ls", "/usr/lib/ocf/resource.d/fcm")
        while_up = _daemons_of_the_host()
    finally:
        assert take_down(folders)

    assert killed.returncode == -signal.SIGKILL
    assert not half
    assert formed
    assert online == ("node1", "node2")
    assert witness in ran
    assert agent.strip() == "VirtualMachine"
    assert while_up == daemons == _daemons_of_the_host()
    wait_until(lambda: not _left_of(ran), "all processes of the lab have ended")
    assert not folders.state.exists()
    assert [name for name in network_namespaces() if folders.owns(name)] == []
    mounted = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    assert folders.name not in mounted
    assert "overlay /usr " not in mounted
    if not labs:
        assert f" {NAMESPACES} " not in mounted
    assert _usr() == usr
    assert _files() == files
    assert not take_down(folders)


@pytest.mark.parametrize("step", ["start_switch", "start_station"])
def test_a_lab_with_failover_that_was_killed_on_its_way_up_is_cleared_by_down(step: str) -> None:
    folders = own_folders("testkilled")
    kill_before = (
        "import os\n"
        "from fcm.lab import failover\n"
        "from fcm.lab.lab import bring_up\n"
        "from fcm.lab.plan import LabFolders, make_plan\n"
        f"failover.{step} = lambda *_: os.kill(os.getpid(), 9)\n"
        f"bring_up(make_plan(2, failover=True), LabFolders(name='{folders.name}'))\n"
    )
    killed = subprocess.run([sys.executable, "-c", kill_before], check=False)
    ran = _processes_of(folders)

    assert killed.returncode == -signal.SIGKILL
    assert take_down(folders)
    wait_until(lambda: not _left_of(ran), "all processes of the lab have ended")
    assert not folders.state.exists()
    assert not take_down(folders)
