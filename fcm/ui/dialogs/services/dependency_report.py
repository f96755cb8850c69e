"""Show Dependency Report: the resources of a service or application and what they need, drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRectF, QSize
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QPushButton, QScrollArea, QVBoxLayout, QWidget

from fcm.model.rules.names import safe_file_name
from fcm.ui.dialogs.frame import PlainDialog
from fcm.ui.look import icons, theme
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import Notice, named
from fcm.workspace.dependency_report import PRINTED, Colours, drawn, sentences
from fcm.workspace.files.whole_file import write_whole

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtPrintSupport import QPrinter

    from fcm.model.entities import Group
    from fcm.ui.desk import Desk


SMALLEST, LARGEST = QSize(560, 380), QSize(1000, 680)
"""Of the dialog as it opens, in pixels: as large as the drawing needs, within these."""
FRAME = QSize(24, 24)
"""Around the drawing, so that no scroll bar comes for a few pixels."""


class _Drawing(QWidget):
    """An SVG in its own size, in the middle of what room there is."""

    def __init__(self) -> None:
        super().__init__()
        self.renderer = QSvgRenderer(self)

    def show_svg(self, text: str) -> None:
        """Draw another one."""
        self.renderer.load(QByteArray(text.encode()))
        self.setMinimumSize(self.renderer.defaultSize())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The drawing."""
        size = self.renderer.defaultSize()
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        left = max(0, (self.width() - size.width()) // 2)
        self.renderer.render(painter, QRectF(left, 0, size.width(), size.height()))
        painter.end()


class DependencyReport(PlainDialog):
    """Drawn anew with every change of the cluster; Export writes an SVG, Print a page."""

    def __init__(self, window: Desk, group: str) -> None:
        self._group = group
        found = window.state.groups[group]
        super().__init__(window, f"Dependency Report of {found.name}", "dependencies", SMALLEST)
        self.drawing = named(_Drawing(), "Dependency Report")
        self.area = QScrollArea()
        self.area.setWidget(self.drawing)
        self.area.setWidgetResizable(True)
        named(self.area, "Drawing of the dependencies")
        self.shown_svg = ""
        """The drawing in the colors of the window."""
        self.notice = Notice()
        self.export = named(QPushButton(icons.icon("export-svg"), "&Export..."), "Export")
        self.print = named(QPushButton(icons.icon("print"), "&Print..."), "Print")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        for button in (self.export, self.print):
            button.setAutoDefault(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        named(buttons.button(QDialogButtonBox.StandardButton.Close), "Close")
        buttons.rejected.connect(self.reject)
        self.export.clicked.connect(self.ask_export)
        self.print.clicked.connect(self.ask_print)
        column = QVBoxLayout(self)
        column.addWidget(self.area, 1)
        column.addWidget(self.notice)
        column.addWidget(buttons)
        self._draw()
        around = self.sizeHint() - self.area.sizeHint() + FRAME
        self._size = (self.drawing.minimumSize() + around).expandedTo(SMALLEST).boundedTo(LARGEST)
        window.changed.connect(self._changed)

    def _found(self) -> Group | None:
        return self.window_of.state.groups.get(self._group)

    def _changed(self, _change: object) -> None:
        if self._found() is None:
            self.reject()
        else:
            self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew after a switch between light and dark."""
        super().changeEvent(event)
        if event.type() == event.Type.PaletteChange and hasattr(self, "drawing") and self._found() is not None:
            self._draw()

    def _draw(self) -> None:
        group = self._found()
        if group is None:
            return
        self.shown_svg = drawn(self.window_of.state, group, self._colours())
        self.drawing.show_svg(self.shown_svg)
        self.drawing.setAccessibleDescription(" ".join(sentences(self.window_of.state, group.id)))

    def _colours(self) -> Colours:
        palette, role = self.palette(), QPalette.ColorRole
        states = theme.state_colours(theme.shown_by(palette))
        return Colours(
            good=states.good,
            bad=states.bad,
            busy=states.busy,
            warning=states.warning,
            off=states.quiet,
            text=palette.color(role.Text).name(),
            quiet=palette.color(role.PlaceholderText).name(),
            line=palette.color(role.PlaceholderText).name(),
            box=palette.color(role.AlternateBase).name(),
            paper=palette.color(role.Base).name(),
        )

    def svg(self) -> str:
        """The report as a file has it: black on white."""
        group = self._found()
        return drawn(self.window_of.state, group, PRINTED) if group is not None else ""

    def ask_export(self) -> QFileDialog:
        """Ask for a file and write it beside the thread of the window."""
        group = self._found()
        name = safe_file_name(f"Dependency Report of {group.name}" if group is not None else "Dependency Report")
        box = QFileDialog(self, "Export Dependency Report", f"{name}.svg", "SVG (*.svg)")
        box.setObjectName("export-dependencies")
        box.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        box.setDefaultSuffix("svg")
        box.fileSelected.connect(lambda path: self.write(Path(path)))
        box.finished.connect(box.deleteLater)
        box.open()
        return box

    def write(self, path: Path) -> None:
        """Write the report as SVG."""
        text = self.svg()
        self._work = Work(self, lambda: write_whole(path, text), lambda outcome: self._written(path, outcome))

    def _written(self, path: Path, outcome: Outcome) -> None:
        if outcome.error is not None:
            self.notice.say(f"The report could not be written: {outcome.error}\nChoose another folder.")
        else:
            self.notice.say(f"Exported to {path}", "pass")

    def ask_print(self) -> None:
        """Ask for a printer and print the report on one page."""
        try:
            from PySide6.QtPrintSupport import QPrintDialog, QPrinter
        except ImportError:  # the bundle has no part for printing
            self.notice.say("This installation cannot print. Export the report, and print it from a browser.", "warn")
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        box = QPrintDialog(printer, self)
        box.setObjectName("print-dependencies")
        box.accepted.connect(lambda: self.print_on(printer))
        box.finished.connect(box.deleteLater)
        QDialog.open(box)

    def print_on(self, printer: QPrinter) -> None:
        """Paint the report as large as the page allows."""
        renderer = QSvgRenderer(QByteArray(self.svg().encode()))
        painter = QPainter()
        if not painter.begin(printer):
            self.notice.say("The printer does not accept the page. Choose another printer, or export the report.")
            return
        page, size = QRectF(painter.viewport()), renderer.defaultSize()
        scale = min(page.width() / max(1, size.width()), page.height() / max(1, size.height()))
        renderer.render(painter, QRectF(0, 0, size.width() * scale, size.height() * scale))
        painter.end()
