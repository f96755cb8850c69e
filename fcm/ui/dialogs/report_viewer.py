"""The viewer of reports, with a button that opens the saved page in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, QUrl
from PySide6.QtGui import QDesktopServices, QPalette
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QPushButton, QTextBrowser, QVBoxLayout

from fcm.ui.dialogs.frame import PlainDialog
from fcm.ui.look import icons, theme
from fcm.ui.look.plain import literal
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import Notice, named, wrapped
from fcm.workspace import reports

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.ui.desk import Desk
    from fcm.workspace.reports import Report


def colours(palette: QPalette) -> reports.Colours:
    """Colours of a report in the window's own palette."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    states = theme.state_colours(theme.current(application))
    role = QPalette.ColorRole
    return reports.Colours(
        text=palette.color(role.Text).name(),
        quiet=palette.color(role.PlaceholderText).name(),
        line=palette.color(role.Midlight).name(),
        accent=palette.color(role.Link).name(),
        good=states.good,
        warning=states.warning,
        bad=states.bad,
    )


class ReportViewer(PlainDialog):
    """Shows a report and saves it beside the thread of the window; the path appears once it is written."""

    def __init__(self, window: Desk, report: Report, time: float) -> None:
        super().__init__(window, report.title, "validate-report", QSize(820, 640))
        self.report = report
        self.path: Path | None = None
        self.notice = Notice()
        self.browser = named(QTextBrowser(), "Report")
        self.browser.setOpenLinks(False)
        self.browser.anchorClicked.connect(lambda url: self.browser.scrollToAnchor(url.fragment()))
        self.saved = wrapped("Saving the report...", "quiet")
        named(self.saved, "Saved report")
        self.open_button = named(QPushButton(icons.icon("validate-report"), "&Open in browser"), "Open in browser")
        self.open_button.setEnabled(False)
        self.open_button.clicked.connect(self._open)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.open_button, QDialogButtonBox.ButtonRole.ActionRole)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        named(close, "Close")
        close.setDefault(True)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.browser, 1)
        column.addWidget(self.notice)
        column.addWidget(self.saved)
        column.addWidget(buttons)
        self._draw()
        close.setFocus()
        folder, name = window.context.report_folder, reports.file_name(report.title, time)
        self._work = Work(self, lambda: reports.save(report, folder, name), self._was_saved)

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew after a switch between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "browser"):
            self._draw()

    def _draw(self) -> None:
        self.browser.setHtml(self.report.for_viewer(colours(self.palette())))

    def _was_saved(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self.saved.setText("The report was not saved.")
            self.notice.say(
                f"The report could not be saved: {outcome.error}\nFree some space, or choose another data folder."
            )
            return
        path: Path = outcome.result
        self.path = path
        self.saved.setText(f"Saved as {path}")
        self.saved.setToolTip(literal(str(path)))
        self.open_button.setEnabled(True)

    def _open(self) -> None:
        if self.path is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.path))):
            self.notice.say(f"The browser could not be started. Open this file: {self.path}", "warn")
