"""The chapter of the tour with two clusters, walked by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.app import make_context
from fcm.ui.tour import walkthrough as tour
from fcm.ui.tour.clusters import STEPS
from fcm.ui.tour.driver import Driver
from fcm.ui.tour.steps import manage
from fcm.ui.tour.walk import Step
from fcm.ui.window.main_window import MainWindow

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support (raise|grabbing)")


def test_two_real_clusters_are_open_side_by_side_each_with_its_clock(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path))
    window = MainWindow(make_context())
    qtbot.addWidget(window)
    window.resize(*tour.SIZE)
    window.show()
    seen: dict[str, tuple[str, list[float]]] = {}

    def shoot(_: QWidget, name: str, __: str) -> None:
        clocks = [workspace.clock for workspace in window.workspaces()]
        seen[name] = (window.desk.cluster, [clock.speed for clock in clocks if clock is not None])

    tour.walk(window, Driver(), shoot, steps=(Step("Manage", "", manage), *STEPS))

    assert seen["two clusters"] == ("embedded:fabrikam", [1.0, 1.0])
    assert seen["prompt of a cluster"] == ("embedded:contoso", [1.0, 0.0])
    assert len(seen["one cluster again"][1]) == 1
    assert window.workspace is not None
    assert window.workspace.uri == "embedded:contoso"
