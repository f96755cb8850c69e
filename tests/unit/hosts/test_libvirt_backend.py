"""The backend of libvirt hosts over connections that a test plays: what is shown, kept and carried out."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from fcm.backend.base import Operation, RehearseError
from fcm.backend.libvirt.backend import LibvirtBackend
from fcm.backend.libvirt.guard import NoGuard
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, NodeState
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions, NetworkPreference
from fcm.model.state import State, apply
from fcm.model.telemetry import Phase
from tests.unit.hosts.fake_hosts import FILE, NAMES, Heard, machine, use_fake_connections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.hosts.fake_hosts import FakeConnection


class Stage:
    """An open backend, what it posted, and its hosts."""

    def __init__(self, connections: dict[str, FakeConnection]) -> None:
        self.backend = LibvirtBackend(FILE, "libvirt:hosts.toml", NoGuard())
        self.heard = Heard()
        self.connections = connections

    def open(self, state: State | None = None) -> None:
        self.begin = state or State()
        self.backend.start(self.heard, self.begin)

    @property
    def state(self) -> State:
        return self.heard.state(self.begin)

    def until(self, reached: object, what: str) -> None:
        self.heard.until(lambda: bool(reached()), what)  # type: ignore[operator]

    def carry_out(self, command: cmd.Command) -> Operation:
        operation = Operation(command)
        self.backend.submit(operation)
        self.until(lambda: operation in self.heard.over, "the command is over")
        return operation


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    made = Stage(use_fake_connections(monkeypatch))
    yield made
    made.backend.close()


def all_up(stage: Stage) -> bool:
    return all(node.state is NodeState.UP for node in stage.state.nodes.values())


def runs(stage: Stage, *machines: str) -> None:
    """Open it with these machines on node1."""
    stage.open()
    for connection in stage.connections.values():
        connection.machines = [machine(name, "node1") for name in machines]
        connection.happens()
    stage.until(lambda: all_up(stage) and len(stage.state.machines) == len(machines), "the machines are seen")


def test_hosts_that_answer_are_up_and_their_machines_are_shown(stage: Stage) -> None:
    runs(stage, "web")

    assert isinstance(stage.heard.entries[0].event, ev.ClusterFormed)
    assert stage.state.machines["uuid-web"].is_highly_available
    assert stage.backend.silence("node1") is not None


def test_a_host_that_does_not_answer_is_down_with_the_reason_said_once(stage: Stage) -> None:
    runs(stage, "web")

    stage.connections["node2"].silent = "The host refuses."

    stage.until(lambda: stage.state.nodes["node2"].state is NodeState.DOWN, "it is down")
    stage.until(lambda: stage.backend.silence("node1") is not None, "others answer on")
    assert stage.state.nodes["node2"].note == "The host refuses."
    assert [event.text for event in stage.heard.events(ev.BackendReported)] == ["node2: The host refuses."]


def test_what_cannot_be_written_is_kept_and_written_in_its_order(stage: Stage) -> None:
    runs(stage, "web")
    stage.heard.refuses = True
    operation = Operation(cmd.SetConcurrentMigrations(3))
    stage.backend.submit(operation)
    stage.until(lambda: operation in stage.heard.over, "the command is over")
    assert not stage.heard.events(ev.ClusterConfigured)

    stage.heard.refuses = False

    stage.until(lambda: stage.heard.events(ev.ClusterConfigured), "it is written")
    numbers = [entry.sequence for entry in stage.heard.entries if entry.sequence]
    assert numbers == sorted(set(numbers))


def test_a_machine_is_shut_down_by_its_host(stage: Stage) -> None:
    runs(stage, "web")

    operation = stage.carry_out(cmd.SetMachineState("uuid-web", MachineState.OFF))

    assert operation.verdict
    assert stage.connections["node1"].calls == ["shutdown uuid-web"]


@pytest.mark.parametrize(
    ("before", "command", "call"),
    [
        (MachineState.OFF, cmd.SetMachineState("uuid-web", MachineState.RUNNING), "create"),
        (MachineState.PAUSED, cmd.SetMachineState("uuid-web", MachineState.RUNNING), "resume"),
        (MachineState.RUNNING, cmd.SetMachineState("uuid-web", MachineState.PAUSED), "suspend"),
        (MachineState.RUNNING, cmd.SetMachineState("uuid-web", MachineState.SAVED), "managedSave"),
        (MachineState.RUNNING, cmd.SetMachineState("uuid-web", MachineState.OFF, forced=True), "destroy"),
    ],
)
def test_each_state_that_is_asked_for_has_its_call_of_libvirt(
    stage: Stage, before: MachineState, command: cmd.SetMachineState, call: str
) -> None:
    stage.open()
    for connection in stage.connections.values():
        connection.machines = [machine("web", "node1", before)]
        connection.happens()
    stage.until(lambda: all_up(stage) and len(stage.state.machines) == 1, "the machine is seen")

    assert stage.carry_out(command).verdict

    assert stage.connections["node1"].calls == [f"{call} uuid-web"]


def test_networks_of_a_machine_and_a_report_are_facts_at_once(stage: Stage) -> None:
    runs(stage, "web")
    network = next(one.id for one in stage.state.networks.values() if one.name == "Migration")

    assert stage.carry_out(cmd.SetMachineNetworks("uuid-web", NetworkPreference((network,)))).verdict
    assert stage.carry_out(cmd.ValidateCluster()).verdict

    assert stage.state.machines["uuid-web"].migration_networks == NetworkPreference((network,))
    assert len(stage.heard.events(ev.ClusterValidated)) == 1


def test_real_hosts_live_in_real_time_and_have_no_twin(stage: Stage) -> None:
    assert (stage.backend.uri, stage.backend.clock) == ("libvirt:hosts.toml", None)
    with pytest.raises(RehearseError):
        stage.backend.rehearse([], lambda _: None, lambda: True)


def test_a_machine_that_has_left_its_host_is_not_taken_for_stopped(stage: Stage) -> None:
    runs(stage, "web")
    stage.connections["node1"].domain = lambda identity: None  # type: ignore[method-assign]

    operation = stage.carry_out(cmd.SetMachineState("uuid-web", MachineState.OFF))

    assert operation.verdict is not None
    assert operation.verdict.reason == "The virtual machine is no longer on this host."


def test_what_the_rules_do_not_allow_is_refused_and_written_down(stage: Stage) -> None:
    runs(stage, "web")

    operation = stage.carry_out(cmd.LiveMigrate("uuid-web", "node9"))

    assert not operation.verdict
    assert len(stage.heard.events(ev.CommandRefused)) == 1


def test_a_node_is_paused_and_resumed_by_a_mark_of_fcm(stage: Stage) -> None:
    runs(stage)

    assert stage.carry_out(cmd.PauseNode("node2")).verdict
    assert stage.state.nodes["node2"].state is NodeState.PAUSED
    assert stage.carry_out(cmd.ResumeNode("node2")).verdict
    stage.until(lambda: all_up(stage), "it is up again")


def test_a_migration_that_an_earlier_session_left_waiting_is_over(stage: Stage) -> None:
    waiting = Migration(
        "migration-1",
        MigrationKind.LIVE,
        "uuid-web",
        "node1",
        "node2",
        MigrationOptions(),
        Phase.WAITING,
        requested=1.0,
    )
    state, _ = apply(State(), ev.Entry(1, 1.0, ev.MigrationRequested(waiting)))

    stage.open(state)

    [event] = stage.heard.events(ev.MigrationInterrupted)
    assert event.migration == "migration-1"
    assert event.reason.startswith("fcm was closed before this migration started")


def test_closing_ends_all_threads_of_the_hosts(stage: Stage) -> None:
    runs(stage)

    stage.backend.close()

    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith(("lane-", "libvirt-inventory"))]
    assert set(stage.connections) == set(NAMES)
