"""Nodes that leave the cluster and are added to it again, killed on the way; no machine notices."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from fcm.backend.libvirt.configuration.hosts_file import load
from fcm.backend.pacemaker.forming.setup_state import Stage
from fcm.backend.pacemaker.forming.site import Site
from fcm.backend.pacemaker.remote.shells import shells_of, witness_shell
from fcm.cli.main import DONE, FAILED, main
from fcm.model import commands as cmd
from fcm.ui.tour.patience import stretched
from tests.live.pacemaker.opened import Opened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fcm.backend.pacemaker.forming.setup_state import SetupState
    from tests.live.pacemaker.cluster import Failover
    from tests.live.pacemaker.watcher import Watcher

pytestmark = pytest.mark.live

KILLED = """\
import os, signal, sys
from pathlib import Path
from fcm.backend.libvirt.configuration.hosts_file import load
from fcm.backend.pacemaker.forming.site import Site
from fcm.backend.pacemaker.remote.shells import shells_of, witness_shell
from fcm.backend.pacemaker.steps import StepState

verb, file, title = sys.argv[1:]
hosts = load(Path(file))
site = Site(hosts, shells_of(hosts), witness_shell(hosts))

def told(number, report):
    if report.step.title == title and report.state is not StepState.RUNNING:
        os.kill(os.getpid(), signal.SIGKILL)

setup = site.read_setup()
site.carry_out(site.evict_steps(setup, "node3") if verb == "evict" else site.steps(setup, {}), told).require()
"""
"""A program that evicts node3 or adds it, and kills itself once a step is done."""


class Quorum(threading.Thread):
    """Writes down how long node1 was without quorum, s."""

    def __init__(self, failover: Failover) -> None:
        super().__init__(daemon=True)
        self._failover = failover
        self._ended = threading.Event()
        self.without = 0.0

    def run(self) -> None:
        before = time.monotonic()
        while not self._ended.wait(0.2):
            said, now = self._failover.says("node1", "corosync-quorumtool -s; true"), time.monotonic()
            self.without += (
                now - before if "Quorate:" in said and "Yes" not in said.partition("Quorate:")[2][:20] else 0.0
            )
            before = now

    def end(self) -> float:
        self._ended.set()
        self.join()
        return self.without


def read_setup(failover: Failover) -> SetupState:
    hosts = load(failover.hosts_file)
    with closing(Site(hosts, shells_of(hosts), witness_shell(hosts))) as site:
        return site.read_setup()


def killed_after(failover: Failover, verb: str, titles: Sequence[str]) -> None:
    """Begin a verb for each of these steps, and kill it once that is done; what stands can be told each time."""
    for title in titles:
        done = subprocess.run(
            [sys.executable, "-c", KILLED, verb, str(failover.hosts_file), title],
            capture_output=True,
            text=True,
            timeout=stretched(200),
            check=False,
        )
        assert done.returncode == -9, f"{title}: {done.stderr}"
        assert read_setup(failover).stage is Stage.PARTIAL


def test_a_node_is_evicted_and_added_again_killed_on_the_way_and_no_machine_notices(
    failover: Failover, watch: Watcher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, freeze = str(failover.hosts_file), "Keep virtual machines running if the cluster has no quorum for a moment"
    booted = {name: failover.boots(name) for name in failover.adopted}
    assert main(["hosts", "cluster", "evict", file, "node1", "--yes"]) == FAILED
    assert "node1 runs " in capsys.readouterr().err

    quorum = Quorum(failover)
    quorum.start()
    killed_after(failover, "evict", ("Stop Pacemaker", "Write corosync.conf", "Remove fencing of node3"))
    opened = Opened(failover, tmp_path)
    try:
        opened.until(lambda: opened.is_up("node2"), "the cluster is shown")
        opened.carry_out(cmd.EvictNode("node3"))
        opened.until(lambda: "not a node of the cluster" in opened.workspace.state.nodes["node3"].note, "it is shown")
    finally:
        opened.workspace.close()
    lost = quorum.end()
    setup = read_setup(failover)
    assert setup.votes == {"Expected votes": 3, "Total votes": 3, "Quorum": 2}
    assert setup.settings["no-quorum-policy"] == "stop"
    assert setup.known == {"node1", "node2"}
    assert not setup.looks["node3"].conf

    quorum = Quorum(failover)
    quorum.start()
    killed_after(failover, "create", (freeze, "Reload the configuration of Corosync"))
    assert main(["hosts", "cluster", "create", file, "--yes"]) == DONE
    missed = quorum.end()
    assert list(read_setup(failover).problems()) == []
    assert read_setup(failover).votes == {"Expected votes": 5, "Total votes": 5, "Quorum": 3}
    assert {name: failover.boots(name) for name in failover.adopted} == booted, "a machine was restarted"
    assert all(failover.seen(name).nodes == ("node1",) for name in failover.adopted)
    print(
        f"\nROW | node evicted, added | without quorum {lost:.1f} and {missed:.1f} s; no machine was stopped",
        flush=True,
    )
