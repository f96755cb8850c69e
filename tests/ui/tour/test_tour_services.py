"""The chapter of the tour about a file server, walked by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.app import make_context
from fcm.model.entities import DiskUse
from fcm.ui.tour import walkthrough as tour
from fcm.ui.tour.driver import Driver
from fcm.ui.tour.services import SERVER, STEPS
from fcm.ui.tour.steps import manage
from fcm.ui.tour.walk import Step
from fcm.ui.window.main_window import MainWindow

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support (raise|grabbing)")


def test_a_file_server_is_configured_moved_taken_offline_and_deleted_by_clicks(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path))
    window = MainWindow(make_context())
    qtbot.addWidget(window)
    window.resize(*tour.SIZE)
    window.show()
    shown: list[str] = []

    def shoot(_: QWidget, name: str, caption: str) -> None:
        shown.append(name)

    tour.walk(window, Driver(), shoot, steps=(Step("Manage", "", manage), *STEPS))

    assert {"role page", "dependency report", "advanced policies", "services of all kinds"} <= set(shown)
    state = window.state
    assert not [group for group in state.groups.values() if group.name == SERVER]
    assert [disk.name for disk in state.disks.values() if disk.use is DiskUse.AVAILABLE] == [
        "Cluster Disk 2",
        "Cluster Disk 3",
        "Cluster Disk 4",
    ]
