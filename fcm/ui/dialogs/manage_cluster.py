"""Manage a Cluster: choose a known cluster, type its URI, or browse to a cluster file or hosts file."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from fcm.ui.dialogs.frame import PlainDialog
from fcm.ui.look import format as words
from fcm.ui.look import icons
from fcm.ui.look.plain import Label, literal
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import IDENTITY, Notice, named, wrapped
from fcm.ui.window.trust import ask_or_say
from fcm.workspace.files.settings import RECENT

if TYPE_CHECKING:
    from fcm.ui.desk import Desk
    from fcm.ui.window.context import KnownCluster
    from fcm.workspace.workspace import Workspace


def _close(opened: tuple[str, Workspace | None]) -> None:
    if opened[1] is not None:
        opened[1].close()


class ManageClusterDialog(PlainDialog):
    """Opens in a worker thread; what goes wrong is said here and nothing typed is lost."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Manage a Cluster", "manage-cluster", QSize(780, 460))
        self._work: Work | None = None
        self.list = named(QTreeWidget(), "Known clusters")
        self.list.setHeaderLabels(["Cluster", "Description", "Last opened"])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.currentItemChanged.connect(lambda item, _: self._chosen(item))
        # Not itemActivated: Enter is for the default button. The list, disabled by then, would hand it on to Cancel.
        self.list.itemDoubleClicked.connect(lambda *_: self._open())
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        self.uri = named(QLineEdit(), "Cluster or file")
        self.uri.setPlaceholderText(window.context.uri_forms)
        self.uri.setClearButtonEnabled(True)
        self.uri.textChanged.connect(lambda _: self._enable())
        self.browse = named(QPushButton("&Browse..."), "Browse...")
        self.browse.setAutoDefault(False)
        self.browse.clicked.connect(self._browse)
        label = Label("Cluster or &file:")
        label.setBuddy(self.uri)
        self.progress = named(QProgressBar(), "Connecting")
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.notice = Notice()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        for button in self.buttons.buttons():
            named(button, button.text().replace("&", ""))
        self.ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setDefault(True)
        self.buttons.accepted.connect(self._open)
        self.buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.uri, 1)
        row.addWidget(self.browse)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addWidget(wrapped("Select the cluster that you want to manage, or specify it by its URI or file."))
        column.addWidget(self.list, 1)
        column.addLayout(row)
        column.addWidget(self.notice)
        column.addWidget(self.progress)
        column.addWidget(self.buttons)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self._enable()
        Work(self, window.context.clusters, self._show_known)

    def _show_known(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self.notice.say(f"The known clusters could not be listed: {outcome.error}", "warn")
            return
        known: list[KnownCluster] = sorted(outcome.result, key=lambda cluster: -(cluster.last_opened or 0))
        for cluster in known:
            opened = words.date_time(cluster.last_opened)[:16] if cluster.last_opened else "Never"
            item = QTreeWidgetItem([cluster.title, cluster.description, opened])
            item.setIcon(0, icons.icon("cluster"))
            item.setData(0, IDENTITY, cluster.uri)
            for column in range(3):
                item.setToolTip(column, literal(f"{cluster.description}\n{cluster.uri}"))
            self.list.addTopLevelItem(item)
        if known and not self.uri.text():
            self.list.setCurrentIndex(self.list.model().index(0, 0))

    def _chosen(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.uri.setText(str(item.data(0, IDENTITY)))

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Cluster file or hosts file", "", "Cluster and hosts files (*.toml);;All files (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._browsed)
        dialog.open()

    def _browsed(self, path: str) -> None:
        self.list.setCurrentIndex(QModelIndex())
        self.uri.setText(path)

    def _enable(self) -> None:
        busy = self._work is not None
        for widget in (self.list, self.uri, self.browse):
            widget.setEnabled(not busy)
        self.ok.setEnabled(not busy and bool(self.uri.text().strip()))
        self.progress.setVisible(busy)

    def _open(self) -> None:
        text = self.uri.text().strip()
        if not text or self._work is not None:
            return
        window = self.window_of
        self.notice.say("")
        there = tuple(window.open_clusters)

        def work() -> tuple[str, Workspace | None]:
            uri = window.context.uri_of(text)
            return uri, None if uri in there else window.context.open_cluster(uri)

        self._work = Work(self, work, self._opened, _close)
        self._enable()

    def _opened(self, outcome: Outcome) -> None:
        self._work = None
        self._enable()
        if outcome.error is not None:
            ask_or_say(self, outcome.error, self.notice.say, self._open)
            self.uri.setFocus(Qt.FocusReason.OtherFocusReason)
            self.uri.selectAll()
            return
        uri, workspace = outcome.result
        window = self.window_of
        self.accept()
        if workspace is None:
            window.open(uri)
            return
        window.context.settings.change(RECENT, lambda known: {**known, uri: time()})
        window.show_workspace(workspace)

    def reject(self) -> None:
        """Cancel: a cluster that is being opened is closed again once it is open."""
        if self._work is not None:
            self._work.abandon()
        super().reject()

    def event(self, event: QEvent) -> bool:
        """A closed dialog wants nothing any more."""
        if event.type() == QEvent.Type.Close and self._work is not None:
            self._work.abandon()
        return super().event(event)
