"""The page Cluster Shared Volumes while storage fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.model.failures import FaultKind
from fcm.ui.pages.machine import alerts
from fcm.workspace.selection import Place, Selection
from tests.ui.pages.test_pages import cells
from tests.ui.window_by_hand import window_of
from tests.unit.embedded.failing_storage import desk_of, lose, volume, with_volume

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow
    from tests.unit.embedded.desk import Desk


def shown_volumes(qtbot: QtBot, folder: Path, desk: Desk) -> tuple[MainWindow, Any]:
    shown = window_of(qtbot, folder, desk.workspace)
    shown.resize(1024, 640)
    shown.select(Selection(Place.VOLUME, volume(desk).disk))
    return shown, shown.page


def test_a_node_without_a_path_is_shown_as_redirected_with_network_and_assumed_io(qtbot: QtBot, tmp_path: Path) -> None:
    desk = desk_of()
    with_volume(desk, "node1", DB1="node3")
    lose(desk, FaultKind.LOSE_PATH, node="node3")
    desk.run(30)
    _, page = shown_volumes(qtbot, tmp_path, desk)
    assert cells(page.volumes, volume(desk).disk)["Status"].startswith("Redirected Access on node3")
    found = cells(page.paths, "node3")
    assert found["I/O path"] == "Redirected: no path"
    assert found["Redirected I/O"] == "40.0 MB/s (assumed) over Cluster Network 2"
    assert cells(page.paths, "node2")["I/O path"] == "Direct"
    assert "node3 has no path to Cluster Disk 2: its I/O goes through node1." in alerts(desk.state, desk.machine("DB1"))


def test_paused_io_and_a_failed_volume_are_said(qtbot: QtBot, tmp_path: Path) -> None:
    desk = desk_of()
    with_volume(desk, "node1", DB1="node3")
    lose(desk, FaultKind.LOSE_LUN)
    desk.run(17)
    shown, page = shown_volumes(qtbot, tmp_path, desk)
    assert cells(page.volumes, volume(desk).disk)["Status"].startswith(("Paused on node1, node2, node3", "Pending"))
    with qtbot.waitSignal(shown.changed):
        desk.run(30)
    assert cells(page.volumes, volume(desk).disk)["Status"].startswith("Failed")
    assert cells(page.paths, "node1")["I/O path"] == "No access"
