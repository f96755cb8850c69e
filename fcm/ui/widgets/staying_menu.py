"""A menu of things to select: it stays open while they are selected and cleared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent


class StayingMenu(QMenu):
    """Entries that can be checked do not close it, neither by mouse nor by Space or Enter; Escape does."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Check or clear the entry under the pointer."""
        action = self.actionAt(event.position().toPoint())
        if not self._checked(action):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Check or clear the current entry."""
        pressed = event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not (pressed and self._checked(self.activeAction())):
            super().keyPressEvent(event)

    @staticmethod
    def _checked(action: QAction | None) -> bool:
        if action is None or not action.isCheckable() or not action.isEnabled():
            return False
        action.trigger()
        return True
