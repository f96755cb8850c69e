"""How the width of the window is shared between tree, page and Actions pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt

from tests.ui.window_by_hand import window

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
