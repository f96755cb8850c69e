"""Words of pages and dialogs are not cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton

from fcm.ui.dialogs.moves.measure import MeasureDialog
from fcm.ui.widgets.page_parts import Elided, Title
from tests.ui.parts import is_idle
from tests.ui.window_by_hand import busy_window

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


def test_the_button_that_stops_or_begins_a_measurement_is_wide_enough_for_both(qtbot: QtBot, tmp_path: Path) -> None:
    window, _ = busy_window(qtbot, tmp_path)
    dialog = MeasureDialog(window, "vm-Web01")
    begun = dialog.stop.minimumWidth()
    dialog.open()
    qtbot.waitUntil(lambda: is_idle(dialog))
    assert dialog.stop.text() == "Measure &again"
    assert begun >= QPushButton("Measure &again", window).sizeHint().width()
    dialog.close()


def test_a_short_heading_leaves_its_room_to_the_line_beside_it(qtbot: QtBot) -> None:
    title = Title("Map", "map")
    qtbot.addWidget(title)
    title.say("Map", "map", "3 nodes, 5 virtual machines, 1 migration in progress")
    words, note = title.findChildren(Elided)
    title.resize(36 + words.sizeHint().width() + note.sizeHint().width() + 30, 40)
    title.show()
    qtbot.waitUntil(lambda: note.text() == "3 nodes, 5 virtual machines, 1 migration in progress")
    assert words.text() == "Map"
