"""pyqtgraph costs about a second to import: it is fetched in a worker thread once a plot is first shown."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from fcm.ui.widgets.background import Outcome, Work

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from PySide6.QtCore import QObject

_CANVAS = "fcm.ui.migration.plots.canvas"


def load_canvas(parent: QObject, on_loaded: Callable[[ModuleType | None, str], None]) -> None:
    """Import the canvas after the next paint and hand it over; with a sentence instead where that fails.

    ``on_loaded`` is called in the thread of the window, at once if the canvas has been imported before.
    """
    loaded = sys.modules.get(_CANVAS)
    if loaded is not None and hasattr(loaded, "Canvas"):
        on_loaded(loaded, "")
        return

    def deliver(outcome: Outcome) -> None:
        if outcome.error is None:
            on_loaded(outcome.result, "")
        else:
            on_loaded(None, f"The plot cannot be drawn: {outcome.error}. Install fcm again to repair pyqtgraph.")

    def begin() -> None:
        Work(parent, lambda: importlib.import_module(_CANVAS), deliver)

    QTimer.singleShot(0, parent, begin)
