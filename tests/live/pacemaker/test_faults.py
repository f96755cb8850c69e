"""Faults of real nodes under Pacemaker: what becomes of the machines, and in what time.

Never more than one copy of a machine runs: see the fixture ``watch``. Each test prints its row of the table in
docs/failover.md.
"""

from __future__ import annotations

import os
import re
import signal
import time
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from fcm.backend.pacemaker.forming.configuration import RECHECK
from fcm.lab.faults import LinkFault, NodeFault, WitnessFault, break_link, break_witness, emulator_of
from fcm.lab.plan import CLUSTER, LabError
from fcm.model import commands as cmd
from fcm.ui.tour.patience import stretched
from tests.live.live_lab import wait_until
from tests.live.pacemaker.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.live.pacemaker.cluster import Failover
    from tests.live.pacemaker.watcher import Watcher

pytestmark = pytest.mark.live

OUTSIDE = ("node2", "node3")
BOTH = ("web", "db")
SOON = 40.0
"""s on an idle machine; pacemaker.md measured 4 to 7 s."""


FENCED = 15.0
"""s in which a lost node must be fenced. Token 1.7 and agreement 2.0 (measured); the witness waits for a node that it
does not know to be lost, 12 s at most (1.5 heartbeats of 8 s, corosync-qnetd(8); 2 to 6 measured); Pacemaker 1."""
LOST = "It was fenced last at"


@pytest.fixture
def shown(failover: Failover, watch: Watcher, tmp_path: Path) -> Iterator[Shown]:
    """What fcm shows of it, from before the fault on."""
    assert watch.looks >= 0
    found = Shown(failover, tmp_path)
    try:
        found.open_on(*BOTH)
        yield found
    finally:
        found.workspace.close()


def shown_elsewhere(shown: Shown, *machines: str) -> None:
    """Wait until fcm shows node1 as fenced and its machines as failed over."""
    shown.tells("60104 .*: node node1, ", rf"node1: Down\. .*{LOST}", "failover from node1 to node[23]: ")
    for machine in machines:
        shown.is_online(machine, *OUTSIDE)


def soon(condition: Callable[[], bool], what: str, limit: float = SOON) -> float:
    """Wait for a lasting state; s that took. A cluster that does not answer for a moment is asked again."""
    begun = time.monotonic()

    def asked() -> bool:
        with suppress(LabError):
            return condition()
        return False

    wait_until(asked, what, limit)
    return time.monotonic() - begun


def now(watch: Watcher) -> float:
    """s since the watch began."""
    return time.monotonic() - watch.began


def first_outside(watch: Watcher, machine: str, after: float) -> float | None:
    """When a machine first ran on another node than node1."""
    times = [at for node in OUTSIDE if (at := watch.first(machine, node, after)) is not None]
    return min(times, default=None)


def runs_elsewhere(watch: Watcher, *machines: str, after: float, limit: float = SOON) -> str:
    """Wait until the machines run outside node1; the times in words."""

    def there() -> bool:
        return all(first_outside(watch, machine, after) is not None for machine in machines)

    wait_until(there, f"{', '.join(machines)} elsewhere than on node1", limit)
    times = {machine: (first_outside(watch, machine, after) or 0) - after for machine in machines}
    return ", ".join(f"{machine} elsewhere {took:.1f}" for machine, took in times.items())


def row(fault: str, course: str) -> None:
    """Tell what was measured."""
    print(f"ROW | {fault} | {course} |", flush=True)


def fenced_after(failover: Failover, node: str, since: float) -> str:
    """When the power switch cut the node by request of the cluster, s after *since* (s since the epoch), in words."""
    for line in (failover.folders.state / "power" / "log").read_text(encoding="utf-8").splitlines():
        at = re.match(rf"(\S+) {node} (?:off|was already off), asked by 10\.", line)
        if at is not None:
            took = _epoch(at[1]) - since
            if took > 0:
                assert took < stretched(FENCED), f"{node} was fenced after {took:.1f} s"
                return f"fenced {took:.1f}"
    return "not fenced"


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def emulator(failover: Failover, machine: str, node: str = "node1") -> int:
    return emulator_of(machine, failover.node(node), failover.folders)


def still(failover: Failover, machine: str, pid: int, boots: int, node: str = "node1") -> None:
    """The machine has run on without a gap: the same process, no boot."""
    assert emulator(failover, machine, node) == pid
    assert failover.boots(machine) == boots


def started(failover: Failover, machine: str, *nodes: str, asked: tuple[str, ...] = ()) -> bool:
    """Pacemaker has it started on one of these nodes, and nothing else to say."""
    seen = failover.seen(machine, *asked)
    return seen.role == "Started" and len(seen.nodes) == 1 and seen.nodes[0] in nodes and not seen.blocked


def gone(failover: Failover, node: str, *asked: str) -> None:
    """Wait until a node is fenced, as these nodes see it."""
    soon(lambda: failover.node_state(node, *asked) == "offline", f"{node} is fenced")


def begin_move(failover: Failover, watch: Watcher, machine: str, node: str) -> None:
    """Begin a live migration from node1 and return when it sends memory."""
    failover.on("node1", f"crm_resource -r {machine} --move --node {node}")

    def sends() -> bool:
        text = failover.says("node1", f"virsh -q domjobinfo {machine} --rawstats")
        sent = re.search(r"^memory_processed: (\d+)", text, re.MULTILINE)
        return sent is not None and int(sent[1]) > 4 * 2**20

    soon(sends, f"{machine} is on its way to {node}")


def test_machines_of_a_node_whose_power_is_cut_run_elsewhere(failover: Failover, watch: Watcher, shown: Shown) -> None:
    at, since = now(watch), time.time()
    failover.break_node(NodeFault.POWER_CUT, "node1")
    course = runs_elsewhere(watch, *BOTH, after=at)
    soon(lambda: all(started(failover, name, *OUTSIDE, asked=OUTSIDE) for name in BOTH), "started for Pacemaker")
    assert failover.node_state("node1", *OUTSIDE) == "offline"
    shown_elsewhere(shown, *BOTH)
    row("power cut of a node with two machines", f"{fenced_after(failover, 'node1', since)}, {course}")


def test_a_source_that_loses_its_power_in_a_migration_loses_no_machine(
    failover: Failover, watch: Watcher, shown: Shown
) -> None:
    begin_move(failover, watch, "web", "node2")
    at, since = now(watch), time.time()
    failover.break_node(NodeFault.POWER_CUT, "node1")
    course = runs_elsewhere(watch, *BOTH, after=at)
    soon(lambda: started(failover, "web", *OUTSIDE, asked=OUTSIDE), "web is started")
    shown_elsewhere(shown, *BOTH)
    shown.tells(r"migration failed: node1 was lost during the migration\.")
    row("power cut of the source in a migration", f"{fenced_after(failover, 'node1', since)}, {course}")


def test_a_destination_that_loses_its_power_leaves_the_machine_running_and_blocked(
    failover: Failover, watch: Watcher, shown: Shown
) -> None:
    pid, boots = emulator(failover, "web"), failover.boots("web")
    begin_move(failover, watch, "web", "node2")
    since = time.time()
    failover.break_node(NodeFault.POWER_CUT, "node2")
    took = soon(lambda: failover.seen("web", "node1").blocked, "web is blocked")
    gone(failover, "node2", "node1")
    still(failover, "web", pid, boots)
    shown.tells(
        "60116 .*: resource web",
        r"Virtual Machine web: Online\. The live migration from node1 to node2 failed.* Pacemaker will not react",
        rf"node2: Down\. .*{LOST}",
    )
    row(
        "power cut of the destination in a migration",
        f"{fenced_after(failover, 'node2', since)}; blocked {took:.1f}, runs on at the source without a gap",
    )

    os.kill(pid, signal.SIGKILL)
    soon(lambda: "web" not in failover.on("node1", "virsh -q list --name"), "the QEMU of web has ended")
    begun = time.monotonic()
    soon(lambda: time.monotonic() - begun > 8, "two intervals of the monitor")
    assert watch.moments[-1].running == () or failover.where("web") == ""
    assert failover.seen("web", "node1").blocked
    shown.tells(r"Virtual Machine web: Failed\. web is off")
    at = now(watch)
    shown.carry_out(cmd.ClearBlocked(shown.group("web").id))
    soon(lambda: started(failover, "web", "node1", "node3", asked=("node1",)), "web runs again")
    shown.is_online("web", "node1", "node3")
    shown.tells("60117 .*: resource web", "60118 .*: resource web")
    row("QEMU dies while its machine is blocked", f"off until the failure is cleared, then runs {now(watch) - at:.1f}")


def test_a_machine_whose_qemu_is_killed_is_started_again(failover: Failover, watch: Watcher, shown: Shown) -> None:
    boots = failover.boots("web")
    at = now(watch)
    os.kill(emulator(failover, "web"), signal.SIGKILL)
    soon(
        lambda: watch.first("web", "node1", at + 0.5) is not None or first_outside(watch, "web", at) is not None, "web"
    )
    course = f"runs again {now(watch) - at:.1f}"
    soon(lambda: failover.boots("web") == boots + 1, "web has booted")
    assert failover.node_state("node1") == "online"
    shown.tells("60118 node.: resource web")
    shown.is_online("web", "node1", *OUTSIDE)
    row("kill -9 of QEMU", course)


def test_a_libvirtd_that_hangs_stops_nothing_and_a_stop_meanwhile_does_not_fence(
    failover: Failover, watch: Watcher, shown: Shown
) -> None:
    web, db = emulator(failover, "web"), emulator(failover, "db")
    boots = failover.boots("web"), failover.boots("db")
    since = time.time()
    failover.break_node(NodeFault.LIBVIRTD_HANG, "node1")
    took = soon(lambda: "does not respond" in failover.reason("web"), "the monitor tells it")
    still(failover, "web", web, boots[0])
    assert started(failover, "web", "node1")
    shown.tells(r"60115 node1: resource web, .*does not respond", r"node1: Up\. .*")
    shown.never_told("node1: Down", "web: (Failed|Offline|Pending)")
    row("libvirtd hangs", f"degraded {took:.1f}, runs on")

    at = now(watch)
    failover.on("node2", "crm_resource -r web --meta -p target-role -v Stopped")
    soon(lambda: failover.seen("web").role == "Stopped", "web is stopped")
    took = now(watch) - at
    with pytest.raises(LabError):
        emulator(failover, "web")
    shown.tells("web: Offline on node1")
    failover.on("node2", "crm_resource -r web --ban --node node1 --lifetime=PT5M")
    failover.on("node2", "crm_resource -r web --meta -d target-role")
    soon(lambda: started(failover, "web", *OUTSIDE), "web runs elsewhere")
    still(failover, "db", db, boots[1])
    assert failover.is_on("node1")
    assert fenced_after(failover, "node1", since) == "not fenced"
    shown.is_online("web", *OUTSIDE)
    shown.tells("60119 node1: resource web", "60118 node[23]: resource web")
    row("stop while libvirtd hangs", f"its own QEMU is ended {took:.1f}, node not fenced, started elsewhere")


def test_lost_storage_stops_nothing_and_a_stop_meanwhile_does_not_fence(
    failover: Failover, watch: Watcher, shown: Shown
) -> None:
    web, db = emulator(failover, "web"), emulator(failover, "db")
    boots = failover.boots("web"), failover.boots("db")
    since = time.time()
    failover.break_node(NodeFault.STORAGE_LOST, "node1")
    took = soon(lambda: "cannot be read" in failover.reason("web"), "the monitor tells it")
    still(failover, "web", web, boots[0])
    assert started(failover, "web", "node1")
    shown.tells("60115 node1: resource web, .*cannot be read")
    shown.never_told("node1: Down", "web: (Failed|Offline|Pending)")
    row("shared storage lost on one node", f"degraded {took:.1f}, runs on")

    at = now(watch)
    failover.on("node2", "crm_resource -r web --meta -p target-role -v Stopped")
    soon(lambda: failover.seen("web").role == "Stopped", "web is stopped")
    took = now(watch) - at
    with pytest.raises(LabError):
        emulator(failover, "web")
    failover.on("node2", "crm_resource -r web --meta -d target-role")
    soon(lambda: started(failover, "web", *OUTSIDE), "web runs elsewhere")
    failover.break_node(NodeFault.STORAGE_BACK, "node1")
    still(failover, "db", db, boots[1])
    assert fenced_after(failover, "node1", since) == "not fenced"
    shown.is_online("web", *OUTSIDE)
    shown.tells("60119 node1: resource web", "60118 node[23]: resource web")
    row(
        "stop of a guest that ignores ACPI, storage lost",
        f"turned off {took:.1f} (timeout 30), node not fenced, started elsewhere",
    )


def test_a_node_that_all_others_lost_is_fenced_and_its_machines_run_elsewhere(
    failover: Failover, watch: Watcher, shown: Shown
) -> None:
    at, since = now(watch), time.time()
    failover.break_node(NodeFault.LINKS_DOWN, "node1")
    course = runs_elsewhere(watch, *BOTH, after=at)
    gone(failover, "node1", *OUTSIDE)
    shown_elsewhere(shown, *BOTH)
    row("all rings of one node down", f"{fenced_after(failover, 'node1', since)}, {course}")


def test_one_ring_down_is_only_told(failover: Failover, watch: Watcher, shown: Shown) -> None:
    pids = {name: emulator(failover, name) for name in BOTH}
    break_link(LinkFault.DOWN, failover.node("node1"), CLUSTER, failover.plan, failover.folders)
    took = soon(
        lambda: (
            re.search(r"10\.91\.0\.1\S*\) enabled(?! connected)", failover.on("node2", "corosync-cfgtool -n"))
            is not None
        ),
        "the link is told to be down",
    )
    for name, pid in pids.items():
        still(failover, name, pid, failover.boots(name))
    assert all(failover.node_state(node.name) == "online" for node in failover.plan.nodes)
    shown.tells(r"60108 .*: node node., address 10\.91\.0\.")
    break_link(LinkFault.UP, failover.node("node1"), CLUSTER, failover.plan, failover.folders)
    shown.tells(r"60109 .*: node node., address 10\.91\.0\.")
    shown.never_told("node.: Down", "(web|db): (Failed|Offline|Pending)")
    row("one ring down", f"told by corosync-cfgtool {took:.1f}, all run")


def test_with_the_witness_the_last_node_of_three_keeps_its_machines(
    failover: Failover, watch: Watcher, shown: Shown
) -> None:
    pids = {name: emulator(failover, name) for name in BOTH}
    since = time.time()
    for node in OUTSIDE:
        failover.break_node(NodeFault.POWER_CUT, node)
    for node in OUTSIDE:
        gone(failover, node, "node1")
    for name, pid in pids.items():
        still(failover, name, pid, failover.boots(name))
        assert started(failover, name, "node1", asked=("node1",))
    shown.tells(*(rf"{node}: Down\. .*{LOST}" for node in OUTSIDE))
    shown.never_told("(web|db): (Failed|Offline|Pending)", "60106 ")
    row("two of three nodes cut, with witness", f"{fenced_after(failover, 'node3', since)}; both machines run on")


def test_without_a_majority_machines_are_stopped_and_run_again_with_it(
    failover: Failover, watch: Watcher, shown: Shown
) -> None:
    break_witness(WitnessFault.KILL, failover.folders)
    soon(lambda: re.search(r"Total votes:\s+3\b", _votes(failover)) is not None, "the witness is missed")
    at = now(watch)
    for node in OUTSIDE:
        failover.break_node(NodeFault.POWER_CUT, node)
    soon(lambda: all(_is_off(failover, name) for name in BOTH), "both machines are stopped", 60)
    stopped = now(watch) - at
    assert failover.is_on("node1")
    shown.tells(r"60110 ", r"60106 .*No quorum: 1 of 5 votes, 3 needed", r"cluster: No quorum", "web: Offline on node1")
    at = now(watch)
    break_witness(WitnessFault.START, failover.folders)
    soon(lambda: all(started(failover, name, "node1", asked=("node1",)) for name in BOTH), "both run again", 90)
    shown.tells("60107 ", "60111 ", "cluster: runs", *(rf"{node}: Down\. .*{LOST}" for node in OUTSIDE))
    for name in BOTH:
        shown.is_online(name, "node1")
    row("two of three nodes cut, no witness", f"the third stops its machines {stopped:.1f}")
    row("... and the witness is back", f"the lost nodes are fenced, both machines run {now(watch) - at:.1f}")


def _votes(failover: Failover) -> str:
    return failover.on("node1", "corosync-quorumtool -s; exit 0")


def _is_off(failover: Failover, machine: str) -> bool:
    try:
        emulator(failover, machine)
    except LabError:
        return True
    return False


def test_without_fencing_a_lost_nodes_machines_wait_for_a_hand(
    failover: Failover, watch: Watcher, shown: Shown
) -> None:
    # A confirmation is taken at once, but the transition waits for the attempt that runs: 60 s by default.
    failover.on("node2", "crm_attribute -n stonith-timeout -v 15s")
    failover.break_node(NodeFault.FENCE_OFF, "node1")
    failover.break_node(NodeFault.POWER_CUT, "node1")
    took = soon(lambda: failover.node_state("node1", *OUTSIDE) == "unclean", "node1 is unclean")
    begun = time.monotonic()
    soon(lambda: time.monotonic() - begun > 10, "time in which they would have started")
    assert all(_is_off_everywhere(failover, name) for name in BOTH)
    shown.tells(
        r"node1: Down, fencing failed\. Waiting: node1 could not be fenced.*Confirm that it is off",
        r"Virtual Machine web: Pending\. Unknown: it ran on node1, which is lost and is not known to be off\.",
        "60105 .*: node node1, ",
    )
    shown.never_told("web: (Online|Offline|Failed)", "db: (Online|Offline|Failed)")
    at = now(watch)
    shown.carry_out(cmd.ConfirmNodeOff("node1"))
    course = runs_elsewhere(watch, *BOTH, after=at, limit=90)
    failover.break_node(NodeFault.FENCE_ON, "node1")
    failover.on("node2", "crm_attribute -n stonith-timeout -D")
    for name in BOTH:
        shown.is_online(name, *OUTSIDE)
    row("fencing device does not respond", f"unclean {took:.1f}, machines are started nowhere")
    row("... and confirmed by hand", course)


def _is_off_everywhere(failover: Failover, machine: str) -> bool:
    for node in failover.plan.nodes:
        with suppress(LabError):
            emulator(failover, machine, node.name)
            return False
    return True


@pytest.mark.parametrize("fault", [NodeFault.COROSYNC_KILL, NodeFault.PACEMAKER_KILL])
def test_a_node_whose_cluster_daemons_are_killed_is_fenced(
    fault: NodeFault, failover: Failover, watch: Watcher, shown: Shown
) -> None:
    at, since = now(watch), time.time()
    failover.break_node(fault, "node1")
    course = runs_elsewhere(watch, *BOTH, after=at, limit=SOON + RECHECK)  # Pacemaker may miss it at first
    soon(lambda: not failover.is_on("node1"), "node1 is off")
    shown_elsewhere(shown, *BOTH)
    row(f"{fault.value} (kill -9)", f"{fenced_after(failover, 'node1', since)}, {course}")


@pytest.mark.parametrize("fault", [NodeFault.PACEMAKERD_KILL, NodeFault.LIBVIRTD_KILL])
def test_machines_run_on_when_a_daemon_is_killed_that_none_of_them_needs(
    fault: NodeFault, failover: Failover, watch: Watcher, shown: Shown
) -> None:
    pids = {name: emulator(failover, name) for name in BOTH}
    since = time.time()
    failover.break_node(fault, "node1")
    begun = time.monotonic()
    soon(lambda: time.monotonic() - begun > 8, "an interval of the monitor")
    for name, pid in pids.items():
        still(failover, name, pid, failover.boots(name))
        assert started(failover, name, "node1")
    assert fenced_after(failover, "node1", since) == "not fenced"
    shown.never_told("(web|db): (Failed|Offline|Pending)", "6010[12345] ")
    row(f"{fault.value} (kill -9)", "all run")


def test_a_migration_behind_pacemakers_back_is_found_and_starts_no_second_copy(
    failover: Failover, watch: Watcher, shown: Shown
) -> None:
    boots = failover.boots("web")
    at = now(watch)
    failover.on(
        "node1",
        "virsh -q migrate --live --p2p --unsafe web qemu+tcp://node2/system --migrateuri tcp://10.92.0.2",
        limit=120,
    )
    soon(lambda: started(failover, "web", *OUTSIDE, "node1"), "Pacemaker has found web")
    assert failover.settled("web", "node2") >= 0
    assert failover.boots("web") == boots
    shown.is_online("web", "node2")
    row("virsh migrate behind Pacemaker's back", f"found at the destination {now(watch) - at:.1f}, no second start")
