"""Room for a dialog beside the panel that says what to do in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtWidgets import QWidget


def move_beside(dialog: QWidget, panel: QRect) -> None:
    """Move a window off the panel, as far as the screen has room; one that is too wide for that becomes narrower.

    Args:
        dialog: it is shown.
        panel: global, in pixels.
    """
    outer, screen = dialog.frameGeometry(), dialog.screen().availableGeometry()
    if not outer.intersects(panel):
        return
    is_right = panel.center().x() >= outer.center().x()
    room = panel.left() - screen.left() if is_right else screen.right() - panel.right()
    edge = outer.width() - dialog.width()
    least = max(dialog.minimumSizeHint().width(), dialog.minimumWidth())
    if outer.width() > room:
        dialog.resize(max(least, min(dialog.width(), room - edge)), dialog.height())
    width = dialog.width() + edge
    x = max(screen.left(), panel.left() - width) if is_right else min(panel.right() + 1, screen.right() + 1 - width)
    lowest = screen.bottom() + 1 - outer.height()
    dialog.move(x, max(screen.top(), min(outer.y(), lowest)))
