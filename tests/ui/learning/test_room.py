"""Where dialogs lie while a course says what to do in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QDialog

from fcm.ui.learning.room import move_beside

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def dialog_at(qtbot: QtBot, place: QRect, least: int = 100) -> QDialog:
    made = QDialog()
    qtbot.addWidget(made)
    made.setMinimumSize(QSize(least, 50))
    made.setGeometry(place)
    made.show()
    return made


def test_a_dialog_over_the_panel_is_moved_beside_it(qtbot: QtBot) -> None:
    dialog = dialog_at(qtbot, QRect(200, 100, 300, 200))
    screen = dialog.screen().availableGeometry()
    panel = QRect(screen.left() + 420, screen.top(), 200, 400)
    move_beside(dialog, panel)
    assert not dialog.frameGeometry().intersects(panel)
    assert dialog.width() == 300


def test_one_that_is_too_wide_becomes_narrower_but_not_narrower_than_its_parts(qtbot: QtBot) -> None:
    dialog = dialog_at(qtbot, QRect(150, 100, 500, 200))
    screen = dialog.screen().availableGeometry()
    panel = QRect(screen.left() + 420, screen.top(), 200, 400)
    move_beside(dialog, panel)
    assert not dialog.frameGeometry().intersects(panel)
    assert dialog.frameGeometry().left() >= screen.left()
    wide = dialog_at(qtbot, QRect(150, 100, 500, 200), least=450)
    move_beside(wide, panel)
    assert (wide.width(), wide.frameGeometry().left()) == (450, screen.left())


def test_one_beside_the_panel_stays_where_it_is(qtbot: QtBot) -> None:
    dialog = dialog_at(qtbot, QRect(50, 60, 300, 200))
    before = dialog.geometry()
    move_beside(dialog, QRect(before.right() + 50, 0, 200, 400))
    assert dialog.geometry() == before


def test_beside_a_panel_on_the_left_it_goes_to_the_right(qtbot: QtBot) -> None:
    dialog = dialog_at(qtbot, QRect(150, 100, 300, 200))
    screen = dialog.screen().availableGeometry()
    panel = QRect(screen.left(), screen.top(), 200, 400)
    move_beside(dialog, panel)
    assert dialog.frameGeometry().left() == panel.right() + 1
