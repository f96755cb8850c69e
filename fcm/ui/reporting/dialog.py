"""A report that is made in the background, shown, and saved where the user wants it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QFileDialog, QPushButton, QTextBrowser, QVBoxLayout

from fcm.model.moments import MONTHS, in_utc
from fcm.ui.dialogs.frame import PlainDialog
from fcm.ui.dialogs.report_viewer import colours
from fcm.ui.look import icons
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import Notice, form, named, wrapped
from fcm.workspace.replay import SCHEME
from fcm.workspace.reporting import making

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.ui.desk import Desk
    from fcm.workspace.reporting.reports import SentReport

MONTHS_BACK = 12


class SentReportDialog(PlainDialog):
    """Shows what ``make`` makes; of several times, each is made anew."""

    def __init__(self, window: Desk, title: str, make: Callable[[str], SentReport]) -> None:
        super().__init__(window, title, "report", QSize(820, 640))
        self.report: SentReport | None = None
        self.path: Path | None = None
        self._making: Work | None = None
        self.column = QVBoxLayout(self)
        self.browser = named(QTextBrowser(), "Report")
        self.browser.setOpenLinks(False)
        self.notice = Notice()
        self.saved = wrapped("", "quiet")
        named(self.saved, "Saved report")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.save_button = named(QPushButton("&Save..."), "Save...")
        self.open_button = named(QPushButton(icons.icon("validate-report"), "&Open in browser"), "Open in browser")
        for button, do in ((self.save_button, self._ask), (self.open_button, self._open)):
            button.setEnabled(False)
            button.clicked.connect(do)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        named(close, "Close")
        close.setDefault(True)
        buttons.rejected.connect(self.reject)
        for part in (self.notice, self.saved, buttons):
            self.column.addWidget(part)
        self.column.insertWidget(0, self.browser, 1)
        close.setFocus()
        self.make(make)

    def make(self, make: Callable[[str], SentReport]) -> None:
        """Make a report of the history of the cluster, which ``make`` gets by what it was opened by."""
        if self._making is not None:
            self._making.abandon()
        self.report = None
        self.save_button.setEnabled(False)
        self.notice.say("")
        self.saved.setText("Reading the history...")
        part = self.workspace.uri.removeprefix(SCHEME)
        self._making = Work(self, lambda: make(part), self._made)

    def _made(self, outcome: Outcome) -> None:
        self._making = None
        self.saved.setText("")
        if outcome.error is not None:
            self.browser.clear()
            self.notice.say(str(outcome.error))
            return
        self.report = outcome.result
        self.save_button.setEnabled(True)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew after a switch between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "report"):
            self._draw()

    def _draw(self) -> None:
        if self.report is not None:
            self.browser.setHtml(self.report.for_viewer(colours(self.palette())))

    def _ask(self) -> None:
        if self.report is None:
            return
        folder = self.window_of.context.report_folder
        dialog = QFileDialog(self, "Save Report", str(folder / making.file_name(self.report)), "Reports (*.html)")
        dialog.setObjectName("save-report")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("html")
        dialog.fileSelected.connect(lambda path: self.save(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, path: Path) -> None:
        """Write the page and the CSV beside it in the background; how it went is said."""
        report = self.report
        if report is None:
            return

        def work() -> tuple[Path, Path]:
            if path.parent == self.window_of.context.report_folder:
                path.parent.mkdir(parents=True, exist_ok=True)
            return making.save(report, path)

        def done(outcome: Outcome) -> None:
            if outcome.error is not None:
                self.notice.say(str(outcome.error))
                return
            self.path, table = outcome.result
            self.saved.setText(f"Saved as {self.path} and {table.name}")
            self.open_button.setEnabled(True)

        Work(self, work, done)

    def _open(self) -> None:
        if self.path is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.path))):
            self.notice.say(f"The browser could not be started. Open this file: {self.path}", "warn")


class AvailabilityDialog(SentReportDialog):
    """The report of a month, or of the last 30 days."""

    def __init__(self, window: Desk) -> None:
        workspace = window.workspace
        now = workspace.now() if workspace is not None else 0.0
        self._times = [("The last 30 days", now - 30 * making.DAY, now), *_months(now)]
        super().__init__(window, "Availability Report", self._made_of(0))
        self.time = named(QComboBox(), "Time")
        self.time.addItems([name for name, _, _ in self._times])
        self.time.currentIndexChanged.connect(lambda number: self.make(self._made_of(number)))
        fields = form()
        fields.addRow("&Time:", self.time)
        self.column.insertLayout(0, fields)

    def _made_of(self, number: int) -> Callable[[str], SentReport]:
        _, begin, end = self._times[number]
        return lambda part: making.report_of_time(part, begin, end)


def _months(now: float) -> list[tuple[str, float, float]]:
    """The month of a time and those before it: name, begin and end (s since the epoch, UTC)."""
    found = []
    year, number = in_utc(now).year, in_utc(now).month
    for _ in range(MONTHS_BACK):
        begin, end = making.month(f"{year:04}-{number:02}")
        found.append((f"{MONTHS[number - 1]} {year}", begin, min(end, max(now, begin))))
        year, number = (year, number - 1) if number > 1 else (year - 1, 12)
    return found
