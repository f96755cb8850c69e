"""How the width of the window is shared between tree, page and Actions pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QScrollArea

from fcm.workspace.selection import Place, Selection
from tests.ui.window_by_hand import busy_window, window

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


def test_the_tree_has_room_for_names_in_a_wide_window_until_a_border_is_dragged(qtbot: QtBot, tmp_path: Path) -> None:
    first = window(qtbot, tmp_path)
    first.resize(1280, 800)
    assert abs(first.panes.sizes()[0] - 240) <= 4
    first.resize(2560, 1200)
    assert abs(first.panes.sizes()[0] - 420) <= 4
    assert abs(first.panes.sizes()[2] - 220) <= 4
    drag = first.panes.handle(1)
    middle = drag.rect().center()
    qtbot.mousePress(drag, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(drag, middle - QPoint(120, 0))
    qtbot.mouseRelease(drag, Qt.MouseButton.LeftButton, pos=middle)
    dragged = first.panes.sizes()[0]
    assert dragged < 400
    first.resize(2500, 1200)
    assert abs(first.panes.sizes()[0] - dragged) <= 12
    first.close()
    second = window(qtbot, tmp_path)
    second.resize(2560, 1200)
    assert second.panes.sizes()[0] < 400
    second.reset_layout()
    assert second.panes.sizes()[0] > 400


def test_no_page_scrolls_sideways_beside_the_learn_panel_in_a_narrow_window(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    shown.resize(1024, 640)
    machine = next(one.machine for one in shown.state.running_migrations())

    def too_wide() -> list[str]:
        areas = [one for one in shown.page.findChildren(QScrollArea) if one.isVisible()]
        assert areas
        return [one.objectName() for one in areas if one.horizontalScrollBar().maximum() > 0]

    shown.select(Selection(Place.MACHINE, machine))
    shown.docks["Learn"].show()
    shown.resizeDocks([shown.docks["Learn"]], [300], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: not too_wide())
    shown.select(Selection(Place.CLUSTER))
    qtbot.waitUntil(lambda: not too_wide())
