"""Open Saved Log: an event log file is shown in place of the logs of the cluster until it is closed."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QToolButton, QWidget

from fcm.ui.look import format, icons
from fcm.ui.look.plain import literal
from fcm.ui.widgets.background import Outcome, Work, posted
from fcm.ui.widgets.page_parts import Elided
from fcm.workspace.events.saved_log import ReadingStoppedError, SavedLog

if TYPE_CHECKING:
    from fcm.ui.desk import Desk

_FILES = "Event logs (*.evtx);;All files (*)"


class SavedLogBar(QWidget):
    """Hidden while the logs of the cluster are shown."""

    changed = Signal()
    """Another log is to be shown: ``log``."""

    def __init__(self, window: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("saved-log-bar")
        self._window = window
        self.log: SavedLog | None = None
        """The file that is shown; None: the logs of the cluster."""
        self._stop = threading.Event()
        self._work: Work | None = None
        self._name = ""
        self._words = Elided()
        self.close_log = QPushButton("&Close saved log")
        self.close_log.setObjectName("close-saved-log")
        self.close_log.setAccessibleName("Close saved log")
        self.close_log.clicked.connect(self._close)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._words, 1)
        row.addWidget(self.close_log)
        self._progress = posted(self, self._show_progress)
        stop = self._stop
        self.destroyed.connect(lambda *_: stop.set())
        self.hide()

    @property
    def is_busy(self) -> bool:
        """Whether a file is being read."""
        return self._work is not None

    def ask(self) -> QFileDialog:
        """Ask which file."""
        dialog = QFileDialog(self._window, "Open Saved Log", "", _FILES)
        dialog.setObjectName("open-saved-log")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.open_file(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def open_file(self, path: Path) -> None:
        """Read a file in the background, then show it."""
        if self._work is not None:
            self._tell("warning", "Another saved log is still being read.", "Wait until it ends, or close it.")
            return
        self._stop.clear()
        self._name = path.name
        self._show_progress(0)
        self.show()

        def done(outcome: Outcome) -> None:
            self._work = None
            if outcome.error is None:
                self._show(outcome.result)
                return
            self.setVisible(self.log is not None)
            self._say()
            if not isinstance(outcome.error, ReadingStoppedError):
                self._tell("error", str(outcome.error), "")

        self._work = Work(self, lambda: SavedLog(path, self._go_on), done)

    def _go_on(self, count: int) -> bool:
        """Called in the worker thread."""
        self._progress(count)
        return not self._stop.is_set()

    def _show_progress(self, count: int) -> None:
        if self._work is not None or not count:
            self._words.say(f"Reading {self._name}: {format.count(count, 'event')}" if count else
                            f"Reading {self._name}...")  # fmt: skip

    def _show(self, log: SavedLog) -> None:
        self._forget()
        self.log = log
        self._say()
        for sentence in log.warnings:
            self._tell("warning", sentence, "")
        self.changed.emit()

    def _say(self) -> None:
        if self.log is not None:
            self._words.say(
                f"Saved log {self.log.file.name}: {format.count(self.log.count, 'event')}. "
                "Queries apply to this file, whichever log they name."
            )

    def _close(self) -> None:
        if self._work is not None:
            self._stop.set()
            return
        self._forget()
        self.hide()
        self.changed.emit()

    def forget(self) -> None:
        """Another cluster is shown: its own logs are wanted."""
        self._stop.set()
        self._forget()
        self.hide()

    def _forget(self) -> None:
        log, self.log = self.log, None
        if log is not None:
            log.close()

    def _tell(self, level: str, text: str, remedy: str) -> None:
        self._window.messages.show_message(level, text, remedy)


def open_button(bar: SavedLogBar) -> QToolButton:
    """The button that asks for a file."""
    button = QToolButton()
    button.setObjectName("open-saved-log")
    button.setAccessibleName("Open saved log")
    button.setText(literal("Open log"))
    button.setToolTip("Open an event log file (.evtx) of this or another computer")
    button.setIcon(icons.icon("open-recording"))
    button.setAutoRaise(True)
    button.setFocusPolicy(bar.close_log.focusPolicy())
    button.clicked.connect(lambda: bar.ask())
    return button
