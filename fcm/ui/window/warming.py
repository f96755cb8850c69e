"""What is heavy is loaded after the first picture of the window, in the background."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from fcm.ui import console

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from fcm.ui.window.connections import Connections

WARM_UP = 700
"""ms after the first paint: what the first migration will need is loaded in the background."""


class Warming(QTimer):
    """Begins once; the window is shown again after each time it was minimized."""

    def __init__(self, connections: Connections, parent: QObject) -> None:
        super().__init__(parent, singleShot=True, interval=WARM_UP)
        self._connections = connections
        self._began = False
        self.timeout.connect(self._load)

    def begin(self) -> bool:
        """Load after a while; False if that was asked for before."""
        if self._began:
            return False
        self._began = True
        self.start()
        return True

    def _load(self) -> None:
        for load in (lambda: import_module("fcm.workspace.forecasts"), console.load):
            self._connections.run(load)
