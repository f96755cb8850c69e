"""*Show me*: the framed controls of a step are used by a pointer that the user can follow with their eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer, Signal
from PySide6.QtWidgets import QApplication, QComboBox
from shiboken6 import isValid

from fcm.ui.console.input import ConsoleInput
from fcm.ui.learning import hand
from fcm.workspace.learning.moves import Act

if TYPE_CHECKING:
    from fcm.ui.learning.finding import Target
    from fcm.ui.learning.guide import Guide

TURN = 16
"""ms between two places of the pointer."""
TRAVEL = 450
"""ms that it takes from one control to the next."""
REST = 350
"""ms that it rests on a control before it acts."""
_HANDS = (QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress)


class Show(QObject):
    """Uses the controls of one step, until it is done, it is stopped, or the user takes over."""

    ended = Signal()

    def __init__(self, guide: Guide, parent: QObject) -> None:
        super().__init__(parent)
        self._guide = guide
        self._timer = QTimer(self)
        self._timer.setInterval(TURN)
        self._timer.timeout.connect(self._turn)
        self._aimed: Target | None = None
        self._elapsed = 0
        self._from = QPoint()

    @property
    def is_on(self) -> bool:
        """Whether it shows a step now."""
        return self._timer.isActive()

    def begin(self, start: QPoint) -> None:
        """Begin; ``start``: where the pointer comes from, globally."""
        if self.is_on:
            return
        self._from, self._aimed, self._elapsed = start, None, 0
        self._guide.begin_again()
        self._guide.look()
        self._timer.start()
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def stop(self) -> None:
        """End it, wherever it is."""
        if not self.is_on:
            return
        self._timer.stop()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self._guide.overlays.point(None)
        self.ended.emit()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """A real hand at mouse or keyboard takes over."""
        if event.type() in _HANDS and event.spontaneous():
            self.stop()
        return False

    def _turn(self) -> None:
        target = self._guide.target
        if target is None:
            return  # it is being done
        if target.move is None and target.row is None:
            self.stop()  # only Next is left
            return
        if not isValid(target.widget) or not target.widget.isVisible():
            return
        if not target.is_same(self._aimed):
            self._aimed, self._elapsed = target, 0
        self._elapsed += TURN
        to = target.widget.mapToGlobal(target.place)
        window = target.widget.window()
        share = min(1.0, self._elapsed / TRAVEL)
        smooth = share * share * (3 - 2 * share)
        now = self._from + (to - self._from) * smooth
        self._guide.overlays.point(window, window.mapFromGlobal(now))
        if self._elapsed >= TRAVEL + REST:
            self._from, self._aimed = to, None
            use(target)
            self._guide.look()


def use(target: Target) -> None:
    """Do what the target is there for, as mouse and keyboard do it."""
    widget, place, move = target.widget, target.place, target.move
    if move is None or move.act in (Act.CLICK, Act.ROW, Act.CHECK_ROW, Act.TAB) or target.entry is not None:
        hand.click(widget, place)
    elif move.act is Act.MENU:
        hand.ask_for_menu(widget, place)
    elif move.act is Act.ENTER:
        hand.type_text(widget, move.name)
        if isinstance(widget, ConsoleInput):
            widget.is_proposed = True  # by a file that somebody sent: it reaches no file
    elif isinstance(widget, QComboBox):
        wanted = (number for number in range(widget.count()) if widget.itemText(number).startswith(move.name))
        hand.choose(widget, next(wanted, widget.currentIndex()))
    else:
        hand.press(widget, move.name)
