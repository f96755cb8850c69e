"""Save Incident: how far back it reaches, what is in it, and what stands for what, before the file is saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from fcm.ui.dialogs.frame import PlainDialog
from fcm.ui.look import format
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import Notice, form, named, wrapped
from fcm.workspace.incident.incident import made_from
from fcm.workspace.incident.writing import contents, write
from fcm.workspace.replay import SCHEME
from fcm.workspace.workspace import NodeLogError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.ui.desk import Desk
    from fcm.workspace.incident.incident import Incident

PERIODS: tuple[tuple[str, float | None], ...] = (
    ("The last hour", 1.0),
    ("The last 24 hours", 24.0),
    ("The last 7 days", 168.0),
    ("Everything", None),
)
USUAL = 1
LEAST_NAME, OF_STAND_INS = 360, 190
"""Pixels that the names have at least, and those that the stand-ins keep."""
MOST_SHOWN = 20_000
"""Characters of a file that are shown before it is saved."""
_INTRO = (
    "An incident file has what happened in this cluster, for somebody who is to look at it. Names, addresses, ids and "
    "paths in it are stand-ins; what they stand for stays on this computer. Look at the file before you send it."
)


class IncidentDialog(PlainDialog):
    """Two tabs to look at, and Save."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Save Incident", "incident", QSize(820, 600))
        self._incident: Incident | None = None
        self._files: dict[str, str] = {}
        self._making: Work | None = None
        self.period = named(QComboBox(), "Events")
        self.period.addItems([label for label, _ in PERIODS])
        self.period.setCurrentIndex(USUAL)
        self.period.currentIndexChanged.connect(self._make)
        fields = form()
        fields.addRow("&Events:", self.period)
        self.table = named(QTreeWidget(), "Stand-ins")
        self.table.setHeaderLabels(["Name", "Kind", "Stand-in"])
        self.table.setRootIsDecorated(False)
        self.files = named(QTreeWidget(), "Files")
        self.files.setHeaderLabels(["File", "Size"])
        self.files.setRootIsDecorated(False)
        self.files.currentItemChanged.connect(self._show_file)
        self.text = named(QPlainTextEdit(), "Contents")
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        inside = self._inside = QSplitter(Qt.Orientation.Horizontal)
        inside.addWidget(self.files)
        inside.addWidget(self.text)
        inside.setStretchFactor(1, 1)
        inside.setSizes([230, 500])
        tabs = named(QTabWidget(), "Preview")
        tabs.addTab(self.table, "&What is replaced")
        tabs.addTab(inside, "&Files in it")
        self.said = wrapped("", "quiet")
        named(self.said, "Summary")
        self.notice = Notice()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._save = named(QPushButton("&Save..."), "Save...")
        buttons.addButton(self._save, QDialogButtonBox.ButtonRole.ActionRole)
        named(buttons.button(QDialogButtonBox.StandardButton.Cancel), "Cancel")
        self._save.clicked.connect(self._ask)
        self._save.setDefault(True)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addWidget(wrapped(_INTRO))
        column.addLayout(fields)
        column.addWidget(tabs, 1)
        column.addWidget(self.said)
        column.addWidget(self.notice)
        column.addWidget(buttons)
        self.period.setFocus()
        self._make()

    # What it would be

    def _make(self) -> None:
        if self._making is not None:
            self._making.abandon()
        self._incident = None
        self._save.setEnabled(False)
        self.notice.say("")
        self.said.setText("Reading the history...")
        workspace, hours = self.workspace, PERIODS[self.period.currentIndex()][1]
        part = workspace.uri.removeprefix(SCHEME)

        def node_log(node: str) -> Sequence[str] | None:
            try:
                return workspace.node_log(node)
            except NodeLogError as error:
                return (f"The log of this node was not read: {error}",)

        def work() -> tuple[Incident, dict[str, str]]:
            made = made_from(part, hours, node_log)
            return made, dict(contents(made))

        self._making = Work(self, work, self._made)

    def _made(self, outcome: Outcome) -> None:
        self._making = None
        if outcome.error is not None:
            self.said.setText("")
            self.notice.say(str(outcome.error))
            return
        self._incident, self._files = outcome.result
        incident = outcome.result[0]
        begin, end = (format.date_time(one.time) for one in (incident.excerpt.begin, incident.excerpt.end))
        events = format.count(len(incident.excerpt.entries), "event")
        self.said.setText(f"{events} from {begin} to {end}; {format.count(len(incident.table), 'stand-in')}.")
        self.table.clear()
        self.table.addTopLevelItems(
            [QTreeWidgetItem([original, kind, made]) for original, (kind, made) in incident.table.items()]
        )
        for column in (0, 1):
            self.table.resizeColumnToContents(column)
        others = self.table.columnWidth(1) + OF_STAND_INS
        room = max(self.table.viewport().width() - others, LEAST_NAME)
        self.table.setColumnWidth(0, min(self.table.columnWidth(0), room))
        self.files.clear()
        self.files.addTopLevelItems(
            [QTreeWidgetItem([name, format.size(len(text.encode()))]) for name, text in self._files.items()]
        )
        for column in (0, 1):
            self.files.resizeColumnToContents(column)
        edge = self.files.width() - self.files.viewport().width() + 2
        list_width = self.files.columnWidth(0) + self.files.columnWidth(1) + edge
        self._inside.setSizes([list_width, max(self._inside.width() - list_width, 1)])
        first = self.files.topLevelItem(0)
        if first is not None:
            self.files.setCurrentItem(first)
        self._save.setEnabled(True)

    def _show_file(self, item: QTreeWidgetItem | None, _before: object = None) -> None:
        text = self._files.get(item.text(0), "") if item is not None else ""
        more = f"\n... {len(text) - MOST_SHOWN:,} more characters" if len(text) > MOST_SHOWN else ""
        self.text.setPlainText(text[:MOST_SHOWN] + more)

    # The file

    def _ask(self) -> None:
        if self._incident is None:
            return
        dialog = QFileDialog(self, "Save Incident", "incident.zip", "Incident files (*.zip)")
        dialog.setObjectName("save-incident")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.fileSelected.connect(lambda path: self.save(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, path: Path) -> None:
        """Write the file in the background, then close; what goes wrong is said here."""
        incident = self._incident
        if incident is None:
            return
        self._save.setEnabled(False)

        def done(outcome: Outcome) -> None:
            if outcome.error is not None:
                self._save.setEnabled(True)
                self.notice.say(str(outcome.error))
                return
            self.window_of.messages.show_message(
                "information",
                f"The incident file {path} was written.",
                f"What its names stand for is in {outcome.result}. Keep that file for yourself.",
            )
            self.accept()

        Work(self, lambda: write(incident, path), done)
