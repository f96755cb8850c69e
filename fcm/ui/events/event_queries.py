"""The bar above the events: which query is shown, the dialog that makes one, and what can be done with saved ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QMenu, QToolButton, QWidget

from fcm.logs.queries.query import QueryError
from fcm.logs.queries.xml import custom_view
from fcm.ui.look import icons
from fcm.ui.look.plain import Label, literal
from fcm.ui.widgets.background import Outcome, Work
from fcm.workspace.events.saved_queries import ALL_EVENTS, SavedQueries, read_query, write_query

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction

    from fcm.logs.queries.xml import QueryText
    from fcm.ui.desk import Desk

UNSAVED = "Edited query"
_FILES = "Event queries and custom views (*.xml *.txt)"
_VIEWS = "Custom views of Event Viewer (*.xml)"


class QueryBar(QWidget):
    """``xml`` is the query that is shown."""

    changed = Signal()
    """Another query is to be shown."""

    def __init__(self, window: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("query-bar")
        self.window_of = window
        self.saved = SavedQueries(window.context.settings)
        self.xml = self.saved.all()[ALL_EVENTS]
        self.choice = QComboBox()
        self.choice.setObjectName("query")
        self.choice.setAccessibleName("Query")
        self.choice.setMinimumContentsLength(10)
        self.choice.setMaximumWidth(380)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        label = Label("&Query:")
        label.setBuddy(self.choice)
        self.edit = self._button("Edit query", "Query...", "filter", "Choose events by time, level, log, source and ID")
        self.edit.clicked.connect(lambda: self.open_dialog())
        self.manage = self._button("Saved queries", "Saved", "save", "Save, rename, delete, import and export queries")
        self.manage.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.manage)
        menu.setObjectName("saved-queries-menu")
        menu.setAccessibleName("Saved queries")
        self._entry(menu, "&Save query as...", "save", self._save_as)
        self._rename = self._entry(menu, "&Rename query...", "rename", self._rename_it)
        self._delete = self._entry(menu, "&Delete query", "delete", self._delete_it)
        menu.addSeparator()
        self._entry(menu, "&Import query...", "open-recording", self._ask_import)
        self._entry(menu, "&Export query...", "export", lambda: self._ask_export(as_view=False))
        self._entry(menu, "Export as custom &view...", "export", lambda: self._ask_export(as_view=True))
        menu.aboutToShow.connect(self._enable)
        self.manage.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(label)
        row.addWidget(self.choice, 3)
        row.addWidget(self.edit)
        row.addWidget(self.manage)
        row.addStretch(1)
        self.fill(ALL_EVENTS)
        self.choice.activated.connect(lambda _: self._chosen())

    def _button(self, name: str, text: str, icon: str, tooltip: str) -> QToolButton:
        made = QToolButton()
        made.setObjectName(name.casefold().replace(" ", "-"))
        made.setAccessibleName(name)
        made.setText(text)
        made.setToolTip(literal(tooltip))
        made.setIcon(icons.icon(icon))
        made.setAutoRaise(True)
        made.setToolButtonStyle(made.toolButtonStyle().ToolButtonTextBesideIcon)
        made.setFocusPolicy(self.choice.focusPolicy())
        return made

    @staticmethod
    def _entry(menu: QMenu, text: str, icon: str, callback: Callable[[], object]) -> QAction:
        made = menu.addAction(icons.icon(icon), text)
        made.setObjectName(text.replace("&", "").rstrip(".").casefold().replace(" ", "-"))
        made.triggered.connect(lambda: callback())
        return made

    # Which query

    @property
    def name(self) -> str:
        """Name of the query that is shown; UNSAVED if it has none."""
        return self.choice.currentText()

    def fill(self, name: str) -> None:
        """Show the saved queries, and which one is shown."""
        self.choice.clear()
        self.choice.addItems(list(self.saved.all()))
        if name == UNSAVED:
            self.choice.insertItem(0, UNSAVED)
        self.choice.setCurrentText(name)
        self.choice.setToolTip(literal(self.saved.description(name) or name))

    def show_query(self, name: str) -> None:
        """Show a saved query."""
        self.xml = self.saved.all()[name]
        self.fill(name)
        self.changed.emit()

    def show_xml(self, xml: str) -> None:
        """Show a query without a name; one that was saved goes by its name."""
        names = [name for name, known in self.saved.all().items() if known.split() == xml.split()]
        self.xml = xml
        self.fill(names[0] if names else UNSAVED)
        self.changed.emit()

    def _chosen(self) -> None:
        if self.name != UNSAVED:
            self.show_query(self.name)

    def open_dialog(self) -> QWidget:
        """Open Cluster Events Filter for the query that is shown."""
        from fcm.ui.events.event_query import EventQueryDialog  # opens later than the first picture

        dialog = EventQueryDialog(self.window_of, self.xml)
        dialog.chosen.connect(self.show_xml)
        dialog.open()
        return dialog

    # Saved queries

    def _enable(self) -> None:
        own = self.saved.is_own(self.name)
        for entry in (self._rename, self._delete):
            entry.setEnabled(own)
            entry.setToolTip("" if own else "Only queries that you saved can be renamed and deleted.")

    def _save_as(self) -> None:
        def use(name: str) -> None:
            self.saved.save(name, self.xml)
            self.fill(" ".join(name.split()))

        self._ask_name("Save Query As", "" if self.name in (UNSAVED, ALL_EVENTS) else self.name, use)

    def _rename_it(self) -> None:
        before = self.name

        def use(name: str) -> None:
            self.saved.rename(before, name)
            self.fill(" ".join(name.split()))

        self._ask_name("Rename Query", before, use)

    def _ask_name(self, title: str, name: str, use: Callable[[str], None]) -> None:
        from fcm.ui.events.event_query import NameQueryDialog

        NameQueryDialog(self.window_of, title, name, use).open()

    def _delete_it(self) -> None:
        # The query stays on the page, so nothing is lost by a slip.
        self.saved.delete(self.name)
        self.fill(UNSAVED)

    # Files

    def _ask_import(self) -> None:
        dialog = QFileDialog(self.window_of, "Import Query", "", _FILES)
        dialog.setObjectName("import-query")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.import_query(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_export(self, as_view: bool) -> None:
        title, files = ("Export Custom View", _VIEWS) if as_view else ("Export Query", _FILES)
        dialog = QFileDialog(self.window_of, title, f"{self.name}.xml", files)
        dialog.setObjectName("export-view" if as_view else "export-query")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xml")
        dialog.fileSelected.connect(lambda path: self.export_query(Path(path), as_view))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def import_query(self, path: Path) -> Work:
        """Read a query from a file, save it under the file's name and show it."""

        def done(outcome: Outcome) -> None:
            if outcome.error is not None:
                why = _reason(outcome.error)
                self._tell("error", f"The query was not imported from {path}: {why}", "Choose a file with a query.")
                return
            found: QueryText = outcome.result
            try:
                name = self.saved.save_beside(found.name or path.stem, found.xml, found.description)
            except ValueError as error:
                self.show_xml(found.xml)
                self._tell("warning", f"The query of {path.name} is shown but was not saved: {error}", "")
            else:
                self.show_query(name)

        return Work(self, lambda: read_query(path), done)

    def export_query(self, path: Path, as_view: bool = False) -> Work:
        """Write the query that is shown to a file; as a custom view Event Viewer imports it with its name."""
        xml, name, description = self.xml, self.name, self.saved.description(self.name)

        def write() -> None:
            write_query(path, custom_view(xml, name, description) if as_view else xml)

        def done(outcome: Outcome) -> None:
            if outcome.error is None:
                what = "custom view" if as_view else "query"
                self._tell("information", f"The {what} was written to {path}.", "")
            else:
                why = _reason(outcome.error)
                self._tell("error", f"The query was not written to {path}: {why}", "Choose another folder or name.")

        return Work(self, write, done)

    def _tell(self, level: str, text: str, remedy: str) -> None:
        self.window_of.messages.show_message(level, text, remedy)


def _reason(error: Exception) -> str:
    if isinstance(error, QueryError):
        return error.placed[0].lower() + error.placed[1:]
    return str(getattr(error, "strerror", None) or error)
