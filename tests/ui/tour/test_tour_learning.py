"""The chapters of the tour on learning, replay, incident files and reports, walked by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.app import make_context
from fcm.model.telemetry import Phase
from fcm.ui.tour import walkthrough as tour
from fcm.ui.tour.driver import Driver
from fcm.ui.tour.failing import SIMULATE
from fcm.ui.tour.learning import STEPS
from fcm.ui.tour.steps import manage
from fcm.ui.tour.walk import Step, Walk
from fcm.ui.window.main_window import MainWindow

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support (raise|grabbing)")


def move(walk: Walk) -> None:
    """Something that happened: a live migration and a failure."""
    walk.live_migrate("DC01", "node2")
    walk.speed("60x")
    walk.wait_phase("DC01", Phase.COMPLETED)
    walk.driver.right_click_row("Console tree", "node3")
    walk.driver.choose_in_menu("Simulate failure", "Power off (pull the plug)")
    walk.driver.press(SIMULATE)
    walk.driver.wait(lambda: walk.state.nodes["node3"].state == "Down", "node3 to be down")
    walk.speed("1x")


def test_a_course_a_drill_a_replay_and_what_is_sent_are_shown(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path))
    window = MainWindow(make_context())
    qtbot.addWidget(window)
    window.resize(*tour.SIZE)
    window.show()
    seen: dict[str, str] = {}

    def shoot(_: QWidget, name: str, __: str) -> None:
        seen[name] = window.desk.cluster

    tour.walk(window, Driver(), shoot, steps=(Step("Manage", "", manage), Step("Move", "", move), *STEPS))

    assert seen["replay"] == "replay:embedded:contoso"
    assert seen["drill"].startswith("embedded:drill-")
    assert seen["availability"] == "embedded:contoso"
    assert {"course", "branch", "what if", "incident", "incident preview"} <= set(seen)
    assert [one.uri for one in window.workspaces()] == ["embedded:contoso"]
