"""Hosts opened by libvirt alone: machines that Pacemaker manages are left alone."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Any

import pytest

from fcm.backend.base import Operation
from fcm.backend.libvirt.backend import LibvirtBackend
from fcm.backend.pacemaker import guard as module
from fcm.backend.pacemaker.guard import SCRIPT, PacemakerGuard, read_seen
from fcm.backend.pacemaker.remote.shells import Answer, NodeUnreachableError, PersistentShell
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, NodeState
from fcm.model.state import State
from fcm.ui.tour.patience import stretched
from tests.unit.hosts.fake_hosts import FILE, NAMES, Heard, machine, use_fake_connections

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.hosts.fake_hosts import FakeConnection

CIB = """cib
<resources>
  <primitive id="web" class="ocf" provider="fcm" type="VirtualMachine">
    <instance_attributes id="a"><nvpair id="b" name="config" value="/srv/vm/web.xml"/></instance_attributes>
    <meta_attributes id="c"><nvpair id="d" name="fcm-uuid" value="uuid-web"/></meta_attributes>
  </primitive>
</resources>
"""


class FakeShell:
    """A host whose configuration of Pacemaker is what a test says."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.says = "none\n"
        self.asked = 0

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        assert script == SCRIPT
        self.asked += 1
        if not self.says:
            raise NodeUnreachableError(f"{self.node} is gone.")
        return Answer(0, self.says)

    def close(self) -> None:
        self.says = ""


class Stage:
    """Hosts opened by libvirt, with a guard."""

    def __init__(self, connections: dict[str, FakeConnection]) -> None:
        self.shells = {name: FakeShell(name) for name in NAMES}
        self.guard = PacemakerGuard(self.shells, "pacemaker:/etc/hosts.toml")
        self.backend = LibvirtBackend(FILE, "libvirt:/etc/hosts.toml", self.guard)
        self.connections = connections
        self.heard = Heard()

    def open(self) -> None:
        self.backend.start(self.heard, State())
        for connection in self.connections.values():
            connection.machines = [machine("web", "node1"), machine("db", "node1")]
            connection.happens()
        self.heard.until(lambda: all(n.state is NodeState.UP for n in self.state.nodes.values()), "all are up")
        self.heard.until(lambda: len(self.state.machines) == 2, "the machines are seen")

    @property
    def state(self) -> State:
        return self.heard.state(State())

    def carry_out(self, command: cmd.Command) -> Any:
        operation = Operation(command)
        self.backend.submit(operation)
        self.heard.until(lambda: operation in self.heard.over, "the command is over")
        return operation.verdict

    def calls(self) -> list[str]:
        return [call for one in self.connections.values() for call in one.calls]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr(module, "FIRST", 0.02)
    monkeypatch.setattr(module, "AGAIN", 0.1)
    made = Stage(use_fake_connections(monkeypatch))
    yield made
    made.backend.close()


STOP = cmd.SetMachineState("uuid-web", MachineState.OFF)


@pytest.mark.parametrize(
    "command", [STOP, cmd.LiveMigrate("uuid-web", "node2"), cmd.DrainNode("node1")], ids=lambda one: type(one).__name__
)
def test_a_managed_machine_is_neither_stopped_nor_moved_and_the_way_is_told(stage: Stage, command: cmd.Command) -> None:
    for shell in stage.shells.values():
        shell.says = CIB
    stage.open()
    stage.heard.until(lambda: not stage.guard.known(machine("web", "node1")), "the host was looked at")

    verdict = stage.carry_out(command)

    assert verdict.reason.startswith("Pacemaker manages web (resource web). If libvirt starts, stops or moves it,")
    assert verdict.remedy == "Open the cluster as pacemaker:/etc/hosts.toml"
    assert stage.calls() == []
    assert len(stage.heard.events(ev.CommandRefused)) == 1
    assert not stage.heard.events(ev.MigrationRequested)


def test_a_machine_that_was_adopted_since_the_last_look_is_found_right_before_it_is_touched(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN", 3600.0)
    stage.open()
    stage.heard.until(lambda: all(shell.asked for shell in stage.shells.values()), "all hosts were looked at")
    stage.shells["node1"].says = CIB

    verdict = stage.carry_out(STOP)

    assert verdict.reason.startswith("Pacemaker manages web")
    assert stage.calls() == []


def test_other_machines_of_the_same_hosts_are_stopped_as_before(stage: Stage) -> None:
    for shell in stage.shells.values():
        shell.says = CIB
    stage.open()

    assert stage.carry_out(cmd.SetMachineState("uuid-db", MachineState.OFF))
    assert stage.calls() == ["shutdown uuid-db"]


def test_a_machine_that_was_released_may_be_stopped_again(stage: Stage) -> None:
    stage.shells["node1"].says = CIB
    stage.open()
    stage.heard.until(lambda: not stage.guard.known(machine("web", "node1")), "it is managed")

    stage.shells["node1"].says = "none\n"

    stage.heard.until(lambda: stage.guard.known(machine("web", "node1")), "it is looked at again")
    assert stage.carry_out(STOP)


def test_hosts_that_cannot_be_looked_at_are_told_once_and_work_as_before(stage: Stage) -> None:
    stage.shells["node1"].says = ""
    stage.shells["node2"].says = "unknown\n"
    stage.open()
    stage.heard.until(lambda: stage.shells["node1"].asked > 3, "it is looked at again and again")

    told = {event.text: event for event in stage.heard.events(ev.BackendReported)}

    assert sorted(told) == [
        "fcm cannot tell whether Pacemaker manages virtual machines on node1: node1 is gone.",
        "fcm cannot tell whether Pacemaker manages virtual machines on node2: its login is not permitted to "
        "read the configuration of Pacemaker.",
    ]
    assert all(event.level == "information" and "ssh =" in event.remedy for event in told.values())
    assert stage.carry_out(STOP)


def test_what_another_host_says_of_the_cluster_counts_too(stage: Stage) -> None:
    stage.shells["node1"].says = ""
    stage.shells["node3"].says = CIB
    stage.open()
    stage.heard.until(lambda: not stage.guard.known(machine("web", "node1")), "node3 was looked at")

    assert not stage.carry_out(STOP)


@pytest.fixture
def shell() -> Iterator[PersistentShell]:
    opened = PersistentShell("node1", ("sh",))
    yield opened
    opened.close()


def looked_at(shell: PersistentShell, folder: Path) -> module.Seen:
    return read_seen(shell.run(SCRIPT.replace("/var/lib/pacemaker", str(folder)), limit=stretched(20)).output)


def test_a_host_without_pacemaker_is_told_from_one_with_a_cluster(shell: PersistentShell, tmp_path: Path) -> None:
    folder = tmp_path / "pacemaker"
    assert looked_at(shell, folder) == module.Seen(is_known=True)
    (folder / "cib").mkdir(parents=True)
    assert looked_at(shell, folder) == module.Seen(is_known=True)
    (folder / "cib" / "cib.xml").write_text(f"<cib><configuration>{CIB.partition(chr(10))[2]}</configuration></cib>")

    seen = looked_at(shell, folder)

    assert seen.is_known
    assert [(one.id, one.agent, one.meta) for one in seen.resources] == [
        ("web", "ocf:fcm:VirtualMachine", {"fcm-uuid": "uuid-web"})
    ]
    assert seen.resources[0].parameters == {"config": "/srv/vm/web.xml"}


@pytest.mark.parametrize("output", ["", "unknown\n", "cib\n<cib", "cib\n", "something else\n"])
def test_what_cannot_be_understood_is_not_known(output: str) -> None:
    assert read_seen(output) == module.Seen(is_known=False)


def test_closing_does_not_wait_for_the_next_look() -> None:
    guard = PacemakerGuard({name: FakeShell(name) for name in NAMES}, "pacemaker:x")
    looks: queue.Queue[str] = queue.Queue()
    guard.start(lambda: NAMES, lambda text, remedy: looks.put(text))

    guard.close()

    assert not guard._thread.is_alive()
