"""Branch Here: asks for the name of the new cluster and opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QPushButton, QVBoxLayout

from fcm.ui.dialogs.frame import PlainDialog
from fcm.ui.look import format
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import Notice, form, named, wrapped
from fcm.workspace.files.folders import cluster_folder
from fcm.workspace.replay import branch

if TYPE_CHECKING:
    from fcm.ui.desk import Desk

_BUTTON = QDialogButtonBox.StandardButton
_SIMULATED = (
    "A new simulated cluster goes on from {}. It has everything that the cluster had then, and a journal of its own. "
    "Migrations that were in progress are interrupted in it, as when a cluster is opened again."
)
_HOSTS = (
    "A new simulated cluster begins as the hosts were at {}: nodes, networks, disks and virtual machines. How they "
    "behave from then on is simulated; virtual machines whose memory writes are not known are taken as idle."
)


class BranchDialog(PlainDialog):
    """A name, and OK."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Branch Here", "branch", QSize(480, 200))
        replay = self.workspace.replay
        assert replay is not None
        self._state, self._title, self._simulated = self.state, replay.past.title, replay.simulated
        about = _SIMULATED if self._simulated else _HOSTS
        self.name = named(QLineEdit(), "Name of the new cluster")
        self.name.setMaxLength(branch.LONGEST)
        fields = form()
        fields.addRow("&Name of the new cluster:", self.name)
        self.notice = Notice()
        buttons = QDialogButtonBox(_BUTTON.Ok | _BUTTON.Cancel)
        for button in buttons.buttons():
            named(button, button.text().replace("&", ""))
        self._ok: QPushButton = buttons.button(_BUTTON.Ok)
        self._ok.setDefault(True)
        buttons.accepted.connect(self._make)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addWidget(wrapped(about.format(format.date_time(replay.clock.now()))))
        column.addLayout(fields)
        column.addStretch(1)
        column.addWidget(self.notice)
        column.addWidget(buttons)
        self.name.textChanged.connect(lambda text: self._ok.setEnabled(bool(text.strip())))
        self._ok.setEnabled(False)
        self.name.setFocus()
        state = self._state
        Work(self, lambda: branch.free_name(state, cluster_folder()), self._name_found)

    def _name_found(self, outcome: Outcome) -> None:
        if outcome.error is None and not self.name.text():
            self.name.setText(outcome.result)
            self.name.selectAll()

    def _make(self) -> None:
        state, simulated, title, name = self._state, self._simulated, self._title, self.name.text().strip()
        self._ok.setEnabled(False)
        Work(self, lambda: branch.branch(state, simulated, title, name, cluster_folder()), self._made)

    def _made(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self._ok.setEnabled(True)
            self.notice.say(str(outcome.error))
            return
        self.window_of.open(outcome.result)
        self.accept()
