"""The chapter of the tour in which the plug of a node is pulled, walked by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.app import make_context
from fcm.model.entities import MachineState, NodeState
from fcm.ui.tour import walkthrough as tour
from fcm.ui.tour.driver import Driver
from fcm.ui.tour.failing import LOST, STEPS, TAKEN_OVER
from fcm.ui.tour.steps import manage
from fcm.ui.tour.walk import Step
from fcm.ui.window.main_window import MainWindow

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support (raise|grabbing)")


def test_the_plug_of_a_node_is_pulled_and_board_explainer_and_time_line_are_shown(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path))
    window = MainWindow(make_context())
    qtbot.addWidget(window)
    window.resize(*tour.SIZE)
    window.show()
    shown: list[tuple[str, str, str]] = []

    def shoot(_: QWidget, name: str, caption: str) -> None:
        page = window.page
        board = getattr(getattr(page, "quorum", None), "sentence", None)
        line = getattr(getattr(page, "explainer", None), "line", None)
        shown.append((name, caption, line.accessibleDescription() if line else board.text() if board else ""))

    tour.walk(window, Driver(), shoot, steps=(Step("Manage", "", manage), *STEPS))

    said = {name: text for name, _, text in shown}
    assert [step.title for step in STEPS] == ["If a node fails", "Pull the plug", "Put it back"]
    assert said["quorum board"]
    assert said["node lost"] != said["quorum board"]
    assert all(step in said["failover explained"] for step in ("Detection", "Arbitration", "Start", "Boot"))
    state = window.state
    assert state.nodes[LOST].state is NodeState.UP
    assert state.faults == {}
    machine = state.machine_named(TAKEN_OVER)
    assert machine is not None
    assert (machine.node != LOST, machine.state) == (True, MachineState.RUNNING)
