"""Export of events: asks for a file, writes it in the background, shows how far it is and can be stopped."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QProgressBar, QPushButton, QToolButton, QWidget

from fcm.logs.evtx import ExportStoppedError
from fcm.ui.look import format, icons
from fcm.ui.widgets.background import Outcome, Work, posted
from fcm.ui.widgets.page_parts import Elided
from fcm.workspace.events.event_export import FORMATS, export_cluster_logs, export_events
from fcm.workspace.events.event_log import EventLog, EventSelection, everything

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.ui.desk import Desk
    from fcm.workspace.workspace import Workspace


class ExportBar(QWidget):
    """Hidden until something is exported; one export at a time."""

    def __init__(self, window: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("export-bar")
        self._window = window
        self._stop = threading.Event()
        self._work: Work | None = None
        self._what = ""
        self._words = Elided()
        self._bar = QProgressBar()
        self._bar.setObjectName("export-progress")
        self._bar.setAccessibleName("Progress of the export")
        self._bar.setTextVisible(False)
        self._bar.setMaximumWidth(220)
        self.cancel = QPushButton("&Cancel export")
        self.cancel.setObjectName("cancel-export")
        self.cancel.setAccessibleName("Cancel export")
        self.cancel.clicked.connect(self.stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._words, 1)
        row.addWidget(self._bar)
        row.addWidget(self.cancel)
        self._progress = posted(self, self._show_progress)
        stop = self._stop
        self.destroyed.connect(lambda *_: stop.set())
        self.hide()

    @property
    def is_busy(self) -> bool:
        """Whether an export runs."""
        return self._work is not None

    def stop(self) -> None:
        """End the export that runs; it leaves no half file."""
        self._stop.set()

    def write_events(self, events: EventLog, numbers: Sequence[int], path: Path, title: str) -> None:
        """Write these events to a file in the format of its suffix."""
        self._begin(
            f"Exporting to {path.name}",
            lambda: export_events(events, numbers, path, self.report_progress, title),
            lambda count: f"{format.count(count, 'event')} {'was' if count == 1 else 'were'} written to {path}.",
        )

    def write_cluster_logs(self, workspace: Workspace, nodes: Sequence[str], folder: Path) -> None:
        """Write the cluster log of each node into a folder, with what real nodes logged themselves."""
        events, now = workspace.events, workspace.now()
        selection = EventSelection(everything(), now, any_log=True)
        self._begin(
            f"Writing cluster logs to {folder}",
            lambda: export_cluster_logs(
                events, events.find(selection), nodes, folder, self.report_progress, workspace.node_log, now
            ),
            lambda files: f"{format.count(len(files), 'cluster log')} written to {folder}.",
        )

    def _begin(self, what: str, function: Callable[[], Any], words: Callable[[Any], str]) -> None:
        if self._work is not None:
            text = "Another export is still running."
            self._window.messages.show_message("warning", text, "Wait until it ends, or cancel it.")
            return
        self._stop.clear()
        self._what = what
        self._show_progress((0, 0))
        self.show()

        def done(outcome: Outcome) -> None:
            self._work = None
            self.hide()
            if outcome.error is None:
                self._window.messages.show_message("information", words(outcome.result))
            elif isinstance(outcome.error, ExportStoppedError):
                self._window.messages.show_message("information", "The export was canceled; no file was written.")
            else:
                why = getattr(outcome.error, "strerror", None) or outcome.error
                text = f"The events were not exported: {str(why).rstrip('.')}."
                self._window.messages.show_message("error", text, "Choose another folder or name.")

        self._work = Work(self, function, done)

    def report_progress(self, done: int, total: int) -> bool:
        """Show how many of *total* events are written; False once the export is canceled. Any thread."""
        self._progress((done, total))
        return not self._stop.is_set()

    def _show_progress(self, progress: tuple[int, int]) -> None:
        done, total = progress
        self._bar.setMaximum(total)
        self._bar.setValue(done)
        self._words.say(f"{self._what}: {done:,} of {total:,}" if total else f"{self._what}...")


def export_button(ask: Callable[[str], object]) -> QToolButton:
    """A button with a menu of formats; ``ask`` gets the suffix, "log" for cluster logs."""
    button = QToolButton()
    button.setObjectName("export-events")
    button.setAccessibleName("Export events")
    button.setText("Export")
    button.setToolTip("Write the events of this list to a file")
    button.setIcon(icons.icon("export"))
    button.setAutoRaise(True)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    menu = QMenu(button)
    menu.setObjectName("export-events-menu")
    menu.setAccessibleName("Export events")
    for suffix, words in FORMATS.items():
        entry = menu.addAction(f"As {words.partition(' (')[0]}...")
        entry.setObjectName(f"export-{suffix}")
        entry.triggered.connect(lambda _=False, suffix=suffix: ask(suffix))
    menu.addSeparator()
    entry = menu.addAction("Cluster log of each node...")
    entry.setObjectName("export-log")
    entry.triggered.connect(lambda _=False: ask("log"))
    button.setMenu(menu)
    return button


def ask_for_file(window: QWidget, suffix: str, then: Callable[[Path], None]) -> QFileDialog:
    """Ask where to write; ``suffix`` "log" asks for a folder."""
    if suffix == "log":
        dialog = QFileDialog(window, "Folder for Cluster Logs")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    else:
        dialog = QFileDialog(window, "Export Events", f"Cluster Events.{suffix}", FORMATS[suffix])
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
    dialog.setObjectName("export-events-file")
    dialog.fileSelected.connect(lambda path: then(Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
