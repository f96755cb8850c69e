"""What ``fcm hosts drain`` prints and returns, over an embedded cluster in the place of real hosts."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

import pytest

from fcm.backend.embedded import open_embedded
from fcm.cli.main import main
from fcm.model import commands as cmd
from fcm.model.entities import NodeState
from fcm.ui.tour.patience import PATIENCE, stretched
from fcm.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.commands import Command

Opened = list[Workspace]


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Opened]:
    """Every cluster that is opened is contoso as fast as possible, after these commands."""
    opened: Opened = []

    def prepare(*commands: Command) -> Opened:
        def open_workspace(uri: str, keep: bool = True) -> Workspace:
            assert uri == "libvirt:hosts.toml"
            workspace = Workspace(open_embedded("contoso", seed=1, start_time=1e6, paced=True, speed=math.inf))
            workspace.open()
            for command in commands:
                workspace.submit(command).wait(stretched(PATIENCE))
            workspace.drain(60.0)
            awake = threading.Event()
            workspace.set_wake(awake.set)
            while any(drain.ended is None for drain in workspace.state.drains.values()):
                assert awake.wait(stretched(PATIENCE)), "the drain goes on"
                awake.clear()
                workspace.drain(60.0)
            opened.append(workspace)
            return workspace

        monkeypatch.setattr("fcm.app.open_workspace", open_workspace)
        monkeypatch.setattr("fcm.workspace.planning.preflight.MEMBERS", 1)
        return opened

    return prepare


def test_the_plan_alone_changes_nothing(hosts: Callable[..., Opened], capsys: pytest.CaptureFixture[str]) -> None:
    opened = hosts()
    assert main(["hosts", "drain", "hosts.toml", "node1"]) == 0
    assert "1. SQL01 to node2: about 7" in capsys.readouterr().out
    assert opened[0].state.nodes["node1"].state is NodeState.UP
    assert not opened[0].state.migrations


def test_each_real_duration_is_told_beside_the_planned_one_and_the_node_stays_paused(
    hosts: Callable[..., Opened], capsys: pytest.CaptureFixture[str]
) -> None:
    opened = hosts()
    assert main(["hosts", "drain", "hosts.toml", "node1", "--go"]) == 0
    told = capsys.readouterr().out.splitlines()
    moves = [line for line in told if " runs on " in line]
    assert [line.split()[0] for line in moves] == ["SQL01", "WEB01", "DC01", "WEB02"]
    assert all(", planned " in line for line in moves)
    assert told[-1] == "node1 is paused: nothing can move to it until it is resumed."
    assert not [m for m in opened[0].state.machines_on("node1") if m.state.holds_memory]


def test_where_nothing_can_move_it_is_said_why_and_the_node_is_paused_as_always(
    hosts: Callable[..., Opened], capsys: pytest.CaptureFixture[str]
) -> None:
    opened = hosts(cmd.PauseNode("node2"), cmd.PauseNode("node3"))
    assert main(["hosts", "drain", "hosts.toml", "node1", "--go"]) == 1
    printed = capsys.readouterr()
    assert "WEB01 stays: " in printed.out
    assert printed.out.endswith("node1 is paused: nothing can move to it until it is resumed.\n")
    assert opened[0].state.nodes["node1"].state is NodeState.PAUSED


def test_a_refused_drain_is_told_in_a_sentence(
    hosts: Callable[..., Opened], capsys: pytest.CaptureFixture[str]
) -> None:
    hosts(cmd.StopClusterService("node1"))
    assert main(["hosts", "drain", "hosts.toml", "node1", "--go"]) == 1
    assert capsys.readouterr().err == (
        "node1 was not drained. node1 is down. Only a node that is up or paused can be drained.\n"
    )


def test_a_node_that_is_not_there_is_wrong_usage(
    hosts: Callable[..., Opened], capsys: pytest.CaptureFixture[str]
) -> None:
    hosts()
    assert main(["hosts", "drain", "hosts.toml", "node9"]) == 2
    assert "has no node node9" in capsys.readouterr().err


def test_a_paused_node_is_resumed_and_takes_machines_again(
    hosts: Callable[..., Opened], capsys: pytest.CaptureFixture[str]
) -> None:
    opened = hosts(cmd.PauseNode("node1"))

    assert main(["hosts", "resume", "hosts.toml", "node1"]) == 0
    assert "node1 is resumed and accepts virtual machines again." in capsys.readouterr().out
    assert opened[0].state.nodes["node1"].state is NodeState.UP
    assert not opened[0].state.migrations


def test_with_failback_what_a_drain_moved_away_comes_back_and_each_is_told(
    hosts: Callable[..., Opened], capsys: pytest.CaptureFixture[str]
) -> None:
    opened = hosts(cmd.DrainNode("node1"))

    assert main(["hosts", "resume", "hosts.toml", "node1", "--failback"]) == 0
    told = capsys.readouterr().out
    state = opened[0].state
    back = {one.machine for one in state.migrations.values() if one.destination == "node1"}
    assert back
    assert all(f"{state.machines[machine].name} is back on node1." in told for machine in back)


@pytest.mark.parametrize(("node", "code", "words"), [("node1", 1, "node1 is not paused."), ("node9", 2, "has no node")])
def test_a_node_that_is_not_paused_or_not_there_is_told(
    hosts: Callable[..., Opened], capsys: pytest.CaptureFixture[str], node: str, code: int, words: str
) -> None:
    hosts()

    assert main(["hosts", "resume", "hosts.toml", node]) == code
    assert words in capsys.readouterr().err
