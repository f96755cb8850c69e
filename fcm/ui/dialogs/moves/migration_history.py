"""Migration History: every past migration of the open cluster; open, compare, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
)

from fcm.model.moments import zoned
from fcm.model.state import Change, Kind
from fcm.model.telemetry import Phase
from fcm.ui.dialogs.frame import PlainDialog
from fcm.ui.dialogs.moves.history_columns import HistoryRows
from fcm.ui.look import icons
from fcm.ui.look.format import count
from fcm.ui.look.plain import Label, literal
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import Notice, long_choice, named, wrapped
from fcm.ui.widgets.page_parts import EmptyState

if TYPE_CHECKING:
    from fcm.migration.recordings.recording import Recording
    from fcm.ui.desk import Desk
    from fcm.workspace.history import History, PastMigration

_EVERY_MACHINE = "All virtual machines"
_ENDS = (
    ("Any result", None),
    ("Completed", Phase.COMPLETED),
    ("Failed", Phase.FAILED),
    ("Canceled", Phase.CANCELED),
    ("Interrupted", Phase.INTERRUPTED),
)
_NOTHING = (
    "No migration has finished yet. Finished migrations are listed here with their curves. You can open, compare and "
    "export them."
)


class MigrationHistoryDialog(PlainDialog):
    """Lists what the journal kept; stays open beside the window."""

    def __init__(self, window: Desk, machine: str = "") -> None:
        """``machine``: id of the virtual machine whose migrations are shown at first; "" = of all."""
        super().__init__(window, "Migration History", "history", QSize(1000, 520))
        self.setWindowModality(Qt.WindowModality.NonModal)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        found = window.state.machines.get(machine)
        self._wanted = found.name if found is not None else ""
        self._history: History | None = None
        self._past: dict[str, PastMigration] = {}
        self._over: frozenset[str] = frozenset()
        self._work: Work | None = None
        self.rows = HistoryRows(self._past)
        self.table = TableView("Past migrations", self.rows.model, window.context.settings, self)
        self.table.opened.connect(lambda identity: self._open([identity]))
        self.table.picked.connect(self._enable)
        self.filter = named(QLineEdit(), "Filter")
        self.filter.setPlaceholderText("Filter")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(lambda _: self._show_rows())
        self.machine = named(long_choice(QComboBox()), "Virtual machine")
        self.machine.addItem(_EVERY_MACHINE)
        self.machine.currentIndexChanged.connect(lambda _: self._show_rows())
        self.ended = named(QComboBox(), "Result")
        for text, phase in _ENDS:
            self.ended.addItem(text, phase)
        self.ended.currentIndexChanged.connect(lambda _: self._show_rows())
        self.notice = Notice()
        self.kept = named(wrapped("Reading the journal.", "quiet"), "Saved migrations")
        self.empty = EmptyState(_NOTHING)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.table)
        self._lay_out()
        window.changed.connect(self._changed)
        self._read()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        for text, box, stretch in (
            ("F&ilter:", self.filter, 2),
            ("&Virtual machine:", self.machine, 2),
            ("&Ended:", self.ended, 1),
        ):
            label = Label(text)
            label.setBuddy(box)
            top.addWidget(label)
            top.addWidget(box, stretch)
            top.addSpacing(8)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.open_button = self._button("&Open", "recording", "Show its curve together with what the engine predicts")
        self.open_button.clicked.connect(lambda: self._open(self.table.selected_ids()))
        self.compare_button = self._button("&Compare", "overlay", "Show two to seven of them in one plot")
        self.compare_button.clicked.connect(self._compare)
        self.export_button = self._button(
            "E&xport Recordings...", "export", "Export the selected ones (or all, if none is selected) as JSON and CSV"
        )
        self.export_button.clicked.connect(self._ask_folder)
        self.list_button = self._button("Export &List...", "export-csv", "Export this list as CSV")
        self.list_button.clicked.connect(self._ask_file)
        for button in (self.open_button, self.compare_button, self.export_button, self.list_button):
            buttons.addButton(button, role)
        named(buttons.button(QDialogButtonBox.StandardButton.Close), "Close")
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.stack, 1)
        column.addWidget(self.kept)
        column.addWidget(self.notice)
        column.addWidget(buttons)
        self.filter.setFocus()
        self._enable()

    def _button(self, text: str, icon: str, tip: str) -> QPushButton:
        button = named(QPushButton(icons.icon(icon), text), text.replace("&", ""))
        button.setAutoDefault(False)
        button.setToolTip(literal(tip))
        return button

    # What is listed

    def _changed(self, change: object) -> None:
        workspace = self.window_of.workspace
        if workspace is None:
            self.close()
            return
        if isinstance(change, Change) and (change.structural or Kind.MIGRATION in change.kinds()):
            over = frozenset(one.id for one in workspace.state.migrations.values() if one.phase.is_over)
            if over != self._over:
                self._read()

    def _read(self) -> None:
        if self._work is not None:
            self._work.abandon()
        state = self.workspace.state
        self._over = frozenset(one.id for one in state.migrations.values() if one.phase.is_over)
        self._history = history = self.workspace.history()
        self._work = Work(self, lambda: (history.migrations(), history.gap(zoned)), self._take)

    def _take(self, outcome: Outcome) -> None:
        self._work = None
        if outcome.error is not None:
            self.kept.setText("")
            self.notice.say(str(outcome.error))
            return
        self._past.clear()
        past, gap = outcome.result
        self._past.update({one.id: one for one in past})
        self._list_machines()
        self._tell_kept()
        self.notice.say(gap)
        self._show_rows()

    def _list_machines(self) -> None:
        chosen = self._wanted or (self.machine.currentText() if self.machine.currentIndex() > 0 else "")
        names = sorted({one.machine_name for one in self._past.values()} | ({chosen} if chosen else set()))
        self.machine.blockSignals(True)
        self.machine.clear()
        self.machine.addItems([_EVERY_MACHINE, *names])
        self.machine.setCurrentIndex(self.machine.findText(chosen) if chosen else 0)
        self.machine.blockSignals(False)
        self._wanted = ""

    def _tell_kept(self) -> None:
        where = self._history.kept_in if self._history is not None else None
        curves = sum(one.has_rows for one in self._past.values())
        text = f"{count(len(self._past), 'migration')} saved, {curves} with a curve"
        if where is None:
            self.kept.setText(
                f"{text.capitalize()}. They are lost when the cluster is closed, because it has no journal."
            )
        else:
            self.kept.setText(
                f"{text.capitalize()}, since this cluster was first opened. All their data is in the journal "
                f"{where.name}."
            )
            self.kept.setToolTip(literal(str(where)))

    def _show_rows(self) -> None:
        needle = self.filter.text().casefold().strip()
        machine = self.machine.currentText() if self.machine.currentIndex() > 0 else ""
        phase = self.ended.currentData()
        ids = [
            one.id
            for one in self._past.values()
            if (not machine or one.machine_name == machine)
            and (phase is None or one.migration.phase is phase)
            and (not needle or needle in self.rows.words(one.id))
        ]
        self.rows.model.set_ids(ids)
        none = not ids
        if none:
            self.empty.words.setText(_NOTHING if not self._past else "No past migration matches these filters.")
        self.stack.setCurrentIndex(0 if none else 1)
        self._enable()

    def _enable(self) -> None:
        chosen = self.table.selected_ids()
        curves = [identity for identity in chosen if self._past[identity].has_rows]
        self.open_button.setEnabled(len(curves) == 1 and len(chosen) == 1)
        self.compare_button.setEnabled(2 <= len(curves) <= 7)
        self.export_button.setEnabled(bool(self.rows.model.ids))
        self.list_button.setEnabled(bool(self.rows.model.ids))

    # Actions

    def _open(self, chosen: list[str]) -> None:
        from fcm.ui.migration.recordings.kept import kept_migration
        from fcm.ui.migration.recordings.recording_window import RecordingWindow

        past, history = self._past[chosen[0]], self._history
        if history is None or not past.has_rows:
            self.notice.say("No telemetry was saved for this migration, so there is no curve to show.", "info")
            return
        self.notice.say("")
        RecordingWindow(kept_migration(history, past.id, self.rows.title(past)), self.window_of).show()

    def _compare(self) -> None:
        from fcm.ui.migration.recordings.compare_window import CompareWindow

        chosen = [self._past[identity] for identity in self.table.selected_ids()]
        history = self._history
        if history is None:
            return
        titles = {one.id: self.rows.title(one) for one in chosen}

        def load() -> list[tuple[str, Recording]]:
            found = history.recordings(chosen)
            return [(titles[one.id], found[one.id]) for one in chosen if one.id in found]

        CompareWindow(load, self.window_of).show()

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self, "Export Recordings: choose a folder")
        dialog.setObjectName("exportFolder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.export(Path(path)))
        dialog.open()

    def export(self, folder: Path) -> None:
        """Write the selected migrations, or all that are listed, into a folder; the notice tells how it went."""
        ids = self.table.selected_ids() or list(self.rows.model.ids)
        chosen, history = [self._past[identity] for identity in ids], self._history
        if history is None:
            return
        self.notice.say("Writing the recordings.", "info")

        def done(outcome: Outcome) -> None:
            if outcome.error is not None:
                self.notice.say(str(outcome.error))
                return
            text = f"{count(len(outcome.result.files), 'file')} written to {folder}."
            if outcome.result.without_rows:
                text += f" {count(len(outcome.result.without_rows), 'migration')} left out: no telemetry was saved."
            self.notice.say(text, "pass")

        Work(self, lambda: history.export(chosen, folder, with_csv=True), done)

    def _ask_file(self) -> None:
        from fcm.ui.tables import export

        export.ask_and_write(self.table, self, self.window_of.messages)
