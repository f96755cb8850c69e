"""The chapter of the tour in which servers are validated, walked by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.app import make_context
from fcm.ui.tour import walkthrough as tour
from fcm.ui.tour.driver import Driver
from fcm.ui.tour.servers import STEPS
from fcm.ui.window.main_window import MainWindow

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support (raise|grabbing)")


def test_servers_are_validated_and_lead_to_create_a_cluster_without_an_open_one(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path))
    window = MainWindow(make_context())
    qtbot.addWidget(window)
    window.resize(*tour.SIZE)
    window.show()
    seen: list[str] = []

    tour.walk(window, Driver(), lambda _widget, name, _caption: seen.append(name), steps=STEPS)

    assert seen == [f"validate servers {page}" for page in ("select", "described", "summary", "create")]
    assert window.workspaces() == []
