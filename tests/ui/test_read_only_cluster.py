"""A cluster whose journal can only be read, in the window: it is shown, said to be so, and nothing runs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from fcm.app import journal_path, open_workspace
from fcm.cli.main import main
from fcm.ui.tour.driver import is_closed
from fcm.workspace.selection import Place, Selection
from tests.ordinary_user import as_ordinary_user
from tests.ui.window_by_hand import window

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot


def test_the_window_says_it_once_and_offers_nothing_that_would_change_the_cluster(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    assert main(["show", "embedded:contoso"]) == 0
    journal_path("embedded:contoso").chmod(0o444)
    shown = window(qtbot, tmp_path, lambda uri: as_ordinary_user(lambda: open_workspace(uri)))
    with qtbot.waitSignal(shown.opened):
        shown.open("embedded:contoso")
    (strip,) = shown.messages.strips
    assert strip.level == "warning"
    assert "can only be read" in strip.text
    assert "FCM_DATA" in strip.remedy
    assert sorted(shown.state.nodes) == ["node1", "node2", "node3"]
    shown.select(Selection(Place.NODE, "node1"))
    qtbot.waitUntil(lambda: shown.actions_pane.button("pause-node") is not None)
    pause = shown.actions_pane.button("pause-node")
    assert pause is not None
    assert not pause.isEnabled()
    assert "can only be read" in pause.toolTip()
    qtbot.mouseClick(pause, Qt.MouseButton.LeftButton)
    assert not is_closed(shown)
    assert str(shown.state.nodes["node1"].state) == "Up"
