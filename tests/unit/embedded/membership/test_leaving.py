"""A node whose operating system is shut down or restarted leaves in order, as its version does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm import resources
from fcm.model import events as ev
from fcm.model.commands import PauseNode, ShutDownNode
from fcm.model.entities import MachineState, NodeState
from fcm.model.failures import FaultKind
from fcm.model.migrations import MigrationKind
from fcm.model.rules.failing.faults import has_power
from fcm.workspace.events.event_log import EventSelection, everything
from fcm.workspace.files.journal import Journal
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

MOST = 1200.0


def until(desk: Desk, node: str, off: bool) -> float:
    """Seconds until a node has lost its power, or has got it."""
    begun = desk.workspace.now()
    while has_power(desk.state, node) is off:
        assert desk.workspace.now() < begun + MOST
        desk.run(1.0)
    return desk.workspace.now() - begun


def kinds_of(desk: Desk, node: str) -> set[MigrationKind]:
    return {one.kind for one in desk.state.migrations.values() if one.source == node}


def test_its_machines_run_elsewhere_before_it_is_off(desk: Desk) -> None:
    owned = {one.id for one in desk.state.machines_on("node3") if one.is_highly_available and one.state.holds_memory}
    assert owned
    assert desk.do(ShutDownNode("node3"))
    assert desk.state.nodes["node3"].shutdown == "off"
    until(desk, "node3", off=True)
    node = desk.state.nodes["node3"]
    assert (node.state, node.shutdown, node.shutdown_due) == (NodeState.DOWN, "", None)
    desk.run(60.0)
    for identity in owned:
        machine = desk.state.machines[identity]
        assert machine.node != "node3"
        assert machine.state is MachineState.RUNNING
    assert kinds_of(desk, "node3") == {MigrationKind.MOVE}


@pytest.mark.parametrize(
    ("version", "kinds"),
    [
        ("2012", {MigrationKind.QUICK}),
        ("2012 R2", {MigrationKind.LIVE, MigrationKind.QUICK}),  # CACHE01 writes too fast to go live
        ("2019", {MigrationKind.LIVE, MigrationKind.QUICK}),
    ],
)
def test_its_machines_go_as_the_version_does_it(tmp_path: Path, version: str, kinds: set[MigrationKind]) -> None:
    text = resources.path("clusters", "contoso.toml").read_text(encoding="utf-8")
    path = tmp_path / "later.toml"
    path.write_text(text.replace("[cluster]\n", f'[cluster]\nversion = "{version}"\n', 1), encoding="utf-8")
    desk = Desk(path)
    assert desk.do(ShutDownNode("node2", restart=True))
    until(desk, "node2", off=True)
    assert kinds_of(desk, "node2") == kinds
    assert not [one for one in desk.state.machines_on("node2") if one.is_highly_available]
    until(desk, "node2", off=False)
    desk.run(150.0)
    node = desk.state.nodes["node2"]
    assert (node.state, node.left) == (NodeState.UP, ())
    assert not any(isinstance(e.event, ev.NodeLogged) and e.event.key in ("1135", "6008") for e in desk.entries)
    desk.close()


def test_a_node_that_the_user_paused_comes_back_paused(desk: Desk) -> None:
    assert desk.do(PauseNode("node3"))
    assert desk.do(ShutDownNode("node3", restart=True))
    until(desk, "node3", off=True)
    until(desk, "node3", off=False)
    desk.run(150.0)
    assert desk.state.nodes["node3"].state is NodeState.PAUSED


def test_it_is_off_but_has_not_failed(desk: Desk) -> None:
    assert desk.do(ShutDownNode("node3"))
    until(desk, "node3", off=True)
    (fault,) = desk.state.faults.values()
    assert (fault.kind, fault.target, fault.ordered) == (FaultKind.POWER_OFF, "node3", True)
    assert not any(isinstance(e.event, ev.NodeLogged) and e.event.key == "1135" for e in desk.entries)


def test_its_events_speak_of_no_failure(desk: Desk) -> None:
    assert desk.do(ShutDownNode("node3", restart=True))
    until(desk, "node3", off=True)
    until(desk, "node3", off=False)
    told = [record.text for record in desk.workspace.events.select(EventSelection(everything(), desk.workspace.now()))]
    assert "The computer node3 was shut down in order and is off." in told
    assert "The computer node3 was turned on." in told
    assert not any("failure was simulated" in text for text in told)


def test_a_restart_comes_back(desk: Desk) -> None:
    assert desk.do(ShutDownNode("node3", restart=True))
    until(desk, "node3", off=True)
    assert until(desk, "node3", off=False) < 30.0
    assert not desk.state.faults


def test_what_cannot_run_elsewhere_does_not_hold_it_up(desk: Desk) -> None:
    assert desk.do(ShutDownNode("node1"))
    assert desk.do(ShutDownNode("node2"))
    until(desk, "node1", off=True)
    assert desk.state.nodes["node1"].state is NodeState.DOWN


def test_it_goes_on_after_the_program_was_closed(tmp_path: Path) -> None:
    path = tmp_path / "c.journal"
    desk = Desk(journal=Journal.open(path, "embedded:contoso"))
    assert desk.do(ShutDownNode("node3", restart=True))
    desk.run(3.0)
    desk.close()
    desk = Desk(journal=Journal.open(path, "embedded:contoso"))
    assert desk.state.nodes["node3"].shutdown == "restart"
    until(desk, "node3", off=True)
    desk.close()
    desk = Desk(journal=Journal.open(path, "embedded:contoso"))
    until(desk, "node3", off=False)
    assert desk.state.nodes["node3"].shutdown == ""
    desk.close()


@pytest.mark.parametrize("restart", [False, True])
def test_a_node_that_fails_meanwhile_is_no_longer_shut_down(desk: Desk, restart: bool) -> None:
    assert desk.do(ShutDownNode("node3", restart=restart))
    desk.run(2.0)
    assert desk.inject(FaultKind.POWER_OFF, "node3")
    desk.run(5.0)
    assert desk.state.nodes["node3"].shutdown == ""
    (fault,) = desk.state.faults.values()
    assert not fault.ordered
