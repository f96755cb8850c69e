"""Open Recording: a real migration that was recorded, one of those that travel with the program or a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
)

from fcm import resources
from fcm.ui.dialogs.frame import PlainDialog
from fcm.ui.look import icons
from fcm.ui.look.plain import Label, literal
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import IDENTITY, Notice, named, wrapped
from fcm.ui.widgets.recording_titles import recording_title

if TYPE_CHECKING:
    from fcm.ui.desk import Desk


class OpenRecordingDialog(PlainDialog):
    """Choose a recording; it opens in a window of its own."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Open Recording", "open-recording", QSize(600, 400))
        self.list = named(QListWidget(), "Recordings")
        self.list.currentItemChanged.connect(lambda *_: self._enable())

        self.list.itemActivated.connect(lambda _: self._open())
        self.path = named(QLineEdit(), "File")
        self.path.setPlaceholderText("Your own recording, instead of one from the list")
        self.path.textChanged.connect(lambda _: self._enable())
        self.list.itemClicked.connect(lambda _: self.path.clear())
        browse = named(QPushButton("&Browse..."), "Browse...")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        label = Label("&File:")
        label.setBuddy(self.path)
        self.notice = Notice()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        for button in buttons.buttons():
            named(button, button.text().replace("&", ""))
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Open)
        self.ok.setDefault(True)
        buttons.accepted.connect(self._open)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.path, 1)
        row.addWidget(browse)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addWidget(
            wrapped(
                "A recording holds what QEMU reported during a real live migration. It is shown like one of your own "
                "migrations, together with what the engine predicts for the same case."
            )
        )
        column.addWidget(self.list, 1)
        column.addLayout(row)
        column.addWidget(self.notice)
        column.addWidget(buttons)
        self._enable()
        self.list.setFocus()
        Work(self, _shipped, self._show)

    def _show(self, outcome: Outcome) -> None:
        for path in outcome.result or ():
            item = QListWidgetItem(icons.icon("recording"), recording_title(path))
            item.setData(IDENTITY, str(path))
            item.setToolTip(literal(path.name))
            self.list.addItem(item)
        if self.list.count() and not self.path.text():
            self.list.setCurrentRow(0)
        self._enable()

    def chosen(self) -> str:
        """Path of what would be opened: the file typed, else the recording selected; "" if neither."""
        item = self.list.currentItem()
        return self.path.text().strip() or (str(item.data(IDENTITY)) if item is not None else "")

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Open Recording", "", "Recordings (*.json *.jsonl *.qmp *.log *.txt);;All files (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.path.setText)
        dialog.open()

    def _enable(self) -> None:
        self.ok.setEnabled(bool(self.chosen()))

    def _open(self) -> None:
        text = self.chosen()
        if text:
            from fcm.ui.migration import RecordingWindow  # only now is numpy needed

            self.accept()
            RecordingWindow(Path(text), self.window_of).show()


def _shipped() -> list[Path]:
    return sorted(path for path in resources.path("recordings").glob("*.json*") if path.is_file())
