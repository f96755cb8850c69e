"""What every dock is: it fills itself when it is first shown, and takes the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget

from fcm.workspace.actions.powershell import powershell

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QShowEvent

    from fcm.ui.window.frame import Frame
    from fcm.workspace.workspace import Workspace


class Dock(QDockWidget):
    """One dock; it fills itself when it is first shown."""

    def __init__(self, name: str, window: Frame) -> None:
        super().__init__(name, window)
        self.frame = window
        self.setObjectName(f"dock-{name.casefold()}")
        self.setAccessibleName(name)
        self.setAllowedAreas(Qt.DockWidgetArea.AllDockWidgetAreas)
        self.on_top = False
        """Whether it is shown, and not below another one of its tabs."""
        self.visibilityChanged.connect(self._visibility_changed)

    def sizeHint(self) -> QSize:
        """Low, so that the page keeps its room."""
        return QSize(600, 170)

    def toggle(self) -> None:
        """Show the dock and put the keyboard there, or hide it if it is already on top."""
        if self.on_top:
            self.hide()
            return
        self.show()
        self.raise_()
        self.focus_first()

    def _visibility_changed(self, on_top: bool) -> None:
        self.on_top = on_top

    def observe(self, workspace: Workspace) -> Callable[[], None]:
        """Hear of the commands of an opened cluster; returns what ends that."""
        return workspace.observe_commands(lambda command: self.echo(powershell(command, workspace.state), workspace))

    def follow(self, workspace: Workspace | None) -> None:
        """Another cluster is current, or none."""

    def echo(self, text: str, workspace: Workspace | None = None) -> None:
        """A command was given to a cluster, or without one (the console shows it)."""

    def take(self, text: str) -> None:
        """Put a text where one types (the console has such a place)."""

    def fill(self) -> None:
        """Show what is true now."""

    def focus_first(self) -> None:
        """Put the keyboard into the dock."""
        inside = self.widget()
        if inside is not None:
            inside.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while it was hidden."""
        super().showEvent(event)
        self.fill()
