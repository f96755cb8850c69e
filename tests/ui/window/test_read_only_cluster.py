"""A cluster whose journal is read-only, in the window: it is shown, said to be so, and nothing runs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from fcm.app import journal_path, open_workspace
from fcm.cli.main import main
from fcm.model.commands import PauseNode, ResumeNode
from fcm.ui.tour.driver import is_closed
from fcm.workspace.events.event_log import EventSelection, everything
from fcm.workspace.selection import Place, Selection
from tests.ordinary_user import as_ordinary_user
from tests.ui.window_by_hand import named, window

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
    assert "is read-only" in strip.text
    assert "FCM_DATA" in strip.remedy
    assert sorted(shown.state.nodes) == ["node1", "node2", "node3"]
    shown.select(Selection(Place.NODE, "node1"))
    qtbot.waitUntil(lambda: shown.actions_pane.button("pause-node") is not None)
    pause = shown.actions_pane.button("pause-node")
    assert pause is not None
    assert not pause.isEnabled()
    assert "is read-only" in " ".join(pause.toolTip().split())
    qtbot.mouseClick(pause, Qt.MouseButton.LeftButton)
    assert not is_closed(shown)
    assert str(shown.state.nodes["node1"].state) == "Up"


def test_its_events_are_those_of_its_event_log_with_cleared_logs_and_the_last_reset(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    owner = open_workspace("embedded:contoso", paced=False)
    log, now = owner.events, owner.now()
    owner.submit(PauseNode("node3"))
    owner.submit(ResumeNode("node2"))  # is refused, which no journal keeps
    owner.drain(60)
    log.clear("Microsoft-Windows-FailoverClustering-Operational", now)
    log.reset_recent(now)
    left = [one.text for one in log.select(EventSelection(everything(), now))]
    owner.close()
    assert len(left) == 2
    kept = [tmp_path / "data", *(tmp_path / "data").rglob("*")]
    for path in kept:
        path.chmod(0o555 if path.is_dir() else 0o444)
    shown = window(qtbot, tmp_path, lambda uri: as_ordinary_user(lambda: open_workspace(uri)))
    shown.docks["Events"].show()
    with qtbot.waitSignal(shown.opened):
        shown.open("embedded:contoso")
    table = shown.docks["Events"].view.table
    qtbot.waitUntil(lambda: table.rowCount() == len(left))
    place = [column.title for column in table.columns].index("Description")
    assert [table.index(row, place).data() for row in range(table.rowCount())] == left[::-1]
    qtbot.waitUntil(lambda: shown.page.is_settled)
    assert named(shown.page, "None in the last 24 hours").isVisible()
    for path in kept:
        path.chmod(0o755)
