"""Hosts of a hosts file, each with a check box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from fcm.mistakes import SentenceError
from fcm.ui.look.plain import Label
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import TickList, named, wrapped
from fcm.ui.window.trust import ask_or_say
from fcm.workspace.planning.servers import SomeHosts

if TYPE_CHECKING:
    from fcm.workspace.hosts.site import HostsFile


class HostsTab(QWidget):
    """The path of a hosts file, and its hosts once it was read."""

    changed = Signal()
    """Others are selected, or something was read."""
    failed = Signal(str)
    """The file could not be read, as a sentence."""

    def __init__(self) -> None:
        super().__init__()
        self._hosts: HostsFile | None = None
        self._work: Work | None = None
        self.path = named(QLineEdit(), "Hosts file")
        self.path.setPlaceholderText("Path of a hosts file, such as /etc/fcm/hosts.toml")
        self.path.textChanged.connect(self._retyped)
        self.path.returnPressed.connect(self.read)
        browse = named(QPushButton("&Browse..."), "Browse...")
        browse.clicked.connect(self._browse)
        self.read_button = named(QPushButton("&Read hosts"), "Read hosts")
        self.read_button.clicked.connect(self.read)
        self.list = TickList("Hosts", ["Host", "Connection"])
        self.list.ticked_changed.connect(self.changed)
        self.bar = named(QProgressBar(), "Reading the hosts file")
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.hide()
        label = Label("&Hosts file:")
        label.setBuddy(self.path)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.path, 1)
        for button in (browse, self.read_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.addWidget(
            wrapped(
                "The hosts are asked when the tests run: about their versions, processors, networks and storage, as "
                "fcm hosts check does. Nothing on them is changed.",
                "quiet",
            )
        )
        column.addLayout(row)
        column.addWidget(self.bar)
        column.addWidget(self.list, 1)

    @property
    def is_pending(self) -> bool:
        """Whether a file is named whose hosts are not listed yet."""
        return bool(self.path.text().strip()) and self._hosts is None

    def chosen(self) -> list[SomeHosts]:
        """The hosts that are selected."""
        names = self.list.ticked()
        if self._hosts is None or not names:
            return []
        return [SomeHosts(self._hosts.name, names, self._hosts, clustered=False)]

    def read(self) -> None:
        """Read the file in a thread and list its hosts."""
        text = self.path.text().strip()
        if not text or self._work is not None:
            return

        def work() -> HostsFile:
            from fcm.workspace.hosts import site  # needs the backend of Pacemaker

            return site.read_hosts(site.path_of(text))

        self.bar.show()
        self._work = Work(self, work, self._done)

    def _done(self, outcome: Outcome) -> None:
        self._work = None
        self.bar.hide()
        if outcome.error is None:
            self._hosts = outcome.result
            for host in outcome.result.hosts:
                self.list.add(host.name, [host.name, host.uri], "node", ticked=True)
            self.list.fit()
            self.changed.emit()
        elif isinstance(outcome.error, SentenceError):
            ask_or_say(self, outcome.error, self.failed.emit, self.read)
        else:
            raise outcome.error

    def _retyped(self) -> None:
        """The hosts that are listed are of another file."""
        if self._work is not None:
            self._work.abandon()
            self._work = None
            self.bar.hide()
        self._hosts = None
        self.list.clear()
        self.changed.emit()

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Hosts file", "", "Hosts files (*.toml);;All files (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._browsed)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _browsed(self, path: str) -> None:
        self.path.setText(path)
        self.read()
