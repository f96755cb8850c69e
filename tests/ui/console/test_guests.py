"""PowerShell sessions that have joined the window: they act on the cluster that is seen, and each step is shown."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QMessageBox

from fcm.app import open_workspace
from fcm.shell.serving.meeting import join, place
from fcm.ui.window.panes.docks import ConsoleDock
from fcm.workspace.files.journal_paths import journal_of
from fcm.workspace.files.settings import JOINABLE
from tests.ui.window_by_hand import window_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.console.view import ConsoleView
    from fcm.ui.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
MOVE = {"Name": "DC01", "Node": "node2"}


class Asking:
    """A client: answers are read in a thread, for the window works meanwhile."""

    def __init__(self, qtbot: QtBot, send: Callable[[bytes], object], receive: Callable[[], bytes]) -> None:
        self._qtbot = qtbot
        self._send = send
        self._receive = receive
        self._number = 0
        self.lines: list[dict[str, Any]] = []
        self.is_over = False
        self.reader = threading.Thread(target=self._read, name="client")
        self.reader.start()

    def _read(self) -> None:
        rest = b""
        while data := self._received():
            *lines, rest = (rest + data).split(b"\n")
            self.lines += [json.loads(line) for line in lines]
        self.is_over = True

    def _received(self) -> bytes:
        try:
            return self._receive()
        except OSError:
            return b""

    def send(self, **said: Any) -> int:
        self._number += 1
        self._send(json.dumps({"id": self._number, **said}).encode() + b"\n")
        return self._number

    def invoke(self, cmdlet: str, **parameters: Any) -> int:
        return self.send(do="invoke", cmdlet=cmdlet, parameters=parameters)

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        self._qtbot.waitUntil(lambda: any(wanted(line) for line in self.lines))
        return next(line for line in self.lines if wanted(line))

    def answers(self, number: int) -> list[dict[str, Any]]:
        self.until(lambda line: line == {"id": number, "end": True})
        return [line for line in self.lines if line["id"] == number]

    def run(self, cmdlet: str, **parameters: Any) -> list[Any]:
        lines = self.answers(self.invoke(cmdlet, **parameters))
        assert not any("error" in line for line in lines), lines
        return [one for line in lines for one in line.get("outputs", ())]


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """A window with contoso, whose history is kept; its clock is fast."""
    workspace = open_workspace("embedded:contoso")
    assert workspace.clock is not None
    workspace.clock.set_speed(600.0)
    return window_of(qtbot, tmp_path, workspace)


def console(shown: MainWindow) -> ConsoleView:
    dock = shown.docks["Console"]
    assert isinstance(dock, ConsoleDock)
    return dock.view


def name_of(shown: MainWindow) -> str:
    assert shown.workspace is not None
    assert shown.workspace.journal_file is not None
    return place(shown.workspace.journal_file)


@pytest.fixture
def joined(qtbot: QtBot, shown: MainWindow) -> Iterator[Callable[[], Asking]]:
    """Makes clients that have joined the window."""
    made = []

    def one() -> Asking:
        name, found = name_of(shown), []

        def is_there() -> bool:
            found.extend(filter(None, [join(name)]))
            return bool(found)

        qtbot.waitUntil(is_there)
        client = Asking(qtbot, found[0].send, found[0].receive)
        made.append((client, found[0]))
        return client

    yield one
    for client, connection in made:
        connection.close()
        client.reader.join()


def test_what_a_script_does_is_seen_in_the_window_and_shown_in_the_console(
    shown: MainWindow, joined: Callable[[], Asking]
) -> None:
    (moved,) = joined().run("Move-ClusterVirtualMachineRole", **MOVE)
    assert moved["p"]["OwnerNode"]["v"] == "node2"
    machine = shown.state.machine_named("DC01")
    assert machine is not None
    assert shown.state.nodes[machine.node].name == "node2"
    assert "Move-ClusterVirtualMachineRole -Name DC01 -Node node2" in console(shown).output.toPlainText()


def test_a_serve_program_joins_the_window(qtbot: QtBot, shown: MainWindow, joined: Callable[[], Asking]) -> None:
    joined()  # the window lets in
    command = [sys.executable, "-m", "fcm", "serve", "--stdio", "--cluster", "embedded:contoso"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        stdout = program.stdout
        client = Asking(qtbot, program.stdin.write, lambda: stdout.read(65536))
        client.run("Suspend-ClusterNode", Name="node3")
        assert str(shown.state.nodes["node3"].state) == "Paused"
        program.stdin.close()
        qtbot.waitUntil(lambda: client.is_over)
        client.reader.join()
        assert program.wait() == 0


def test_two_clients_work_at_once(qtbot: QtBot, shown: MainWindow, joined: Callable[[], Asking]) -> None:
    first, second = joined(), joined()
    assert shown.workspace is not None
    assert shown.workspace.clock is not None
    shown.workspace.clock.set_speed(1.0)
    number = first.invoke("Move-ClusterVirtualMachineRole", **MOVE)
    first.until(lambda line: "progress" in line)
    assert [one["text"] for one in second.run("Get-VM", Name="WEB01")] == ["WEB01"]
    assert console(shown).guests.count(shown.workspace) == 2
    assert {"id": number, "end": True} not in first.lines
    first.send(id=number, do="stop")
    assert any("error" in line for line in first.answers(number))


def test_a_question_goes_to_the_powershell_that_asks(shown: MainWindow, joined: Callable[[], Asking]) -> None:
    client = joined()
    number = client.invoke("Stop-VM", Name="DC01", TurnOff=True, Confirm=True)
    client.until(lambda line: "ask" in line)
    assert not [box for box in shown.findChildren(QMessageBox) if box.isVisible()]
    client.send(id=number, yes=False)
    client.answers(number)
    machine = shown.state.machine_named("DC01")
    assert machine is not None
    assert machine.state.value == "Running"


def test_the_clock_of_the_window_is_not_held_for_a_script_that_waits(
    shown: MainWindow, joined: Callable[[], Asking], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shown.workspace is not None
    clock = shown.workspace.clock
    assert clock is not None
    held: list[float] = []
    monkeypatch.setattr(clock, "hold", lambda until, reached: held.append(until))
    begun = clock.now()
    joined().run("Start-Sleep", Seconds=120)
    assert clock.now() - begun >= 120
    assert held == []
    assert clock.speed == 600.0


def test_a_cluster_without_a_history_cannot_be_joined(qtbot: QtBot, tmp_path: Path) -> None:
    shown = window_of(qtbot, tmp_path, open_workspace("embedded:contoso", keep=False))
    assert shown.workspace is not None
    assert join(place(journal_of("embedded:contoso"))) is None
    assert console(shown).guests.count(shown.workspace) == 0


def test_closing_the_cluster_ends_those_that_have_joined(
    qtbot: QtBot, shown: MainWindow, joined: Callable[[], Asking]
) -> None:
    client = joined()
    assert shown.workspace is not None
    assert shown.workspace.clock is not None
    shown.workspace.clock.set_speed(1.0)
    number = client.invoke("Move-ClusterVirtualMachineRole", **MOVE)
    client.until(lambda line: "progress" in line)
    shown.close_cluster()
    assert client.answers(number)[-2]["error"]["category"] == "OperationStopped"
    qtbot.waitUntil(lambda: client.is_over)


def test_a_client_that_is_gone_ends_its_move_as_with_ctrl_c(
    qtbot: QtBot, shown: MainWindow, joined: Callable[[], Asking]
) -> None:
    name = name_of(shown)
    joined()
    assert shown.workspace is not None
    assert shown.workspace.clock is not None
    shown.workspace.clock.set_speed(1.0)
    gone = join(name)
    assert gone is not None
    client = Asking(qtbot, gone.send, gone.receive)
    client.invoke("Move-ClusterVirtualMachineRole", **MOVE)
    client.until(lambda line: "progress" in line)
    gone.close()
    qtbot.waitUntil(lambda: [one.phase.value for one in shown.state.migrations.values()] == ["canceled"])
    client.reader.join()


def test_nobody_joins_while_it_is_not_allowed(qtbot: QtBot, shown: MainWindow, joined: Callable[[], Asking]) -> None:
    client, name = joined(), name_of(shown)
    action = next(
        one for one in shown.findChildren(type(shown.menus.help)) if one.objectName() == "let-powershell-join"
    )
    assert action.isChecked()
    action.trigger()
    qtbot.waitUntil(lambda: client.is_over)
    assert join(name) is None
    assert shown.context.settings.get(JOINABLE) is False
    action.trigger()
    assert joined().run("Get-ClusterNode", Name="node1")[0]["text"] == "node1"
