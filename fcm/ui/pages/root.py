"""The start page: ways to begin, what is managed from here, and the clusters of before with how they are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from fcm.ui.look import format
from fcm.ui.look.plain import literal
from fcm.ui.pages.page import Page
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import named
from fcm.ui.widgets.page_parts import Link, heading, quiet, rule, scrolled
from fcm.workspace.actions.catalog import BY_ID
from fcm.workspace.files.settings import RECENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.ui.desk import Desk
    from fcm.ui.window.context import KnownCluster
    from fcm.workspace.selection import Selection

_OVERVIEW = (
    "A failover cluster is a group of independent servers that work together: if one of them fails, another takes "
    "over its services. Here you prepare a cluster, make virtual machines highly available, and live migrate them from "
    "node to node while you watch their memory converge."
)
_BEGIN = (
    ("Begin the guide", "tour", "Microsoft's guide to live migration, step by step, on a simulated cluster."),
    ("Look around", "cluster", "A simulated cluster of eight nodes with running virtual machines."),
    ("My hosts", "node", "Servers of yours that run QEMU and libvirt, with or without Pacemaker."),
    ("Courses and drills", "learn", "Guided courses, and clusters in trouble that you mend."),
)
GUIDE, SAMPLE = "live-migration", "embedded:fabrikam"
"""The course that Begin the guide begins, and the cluster of Look around."""
_MANAGEMENT = (
    ("validate-any", "Check that servers, networks and storage can form a cluster, with a report."),
    ("create-cluster", "Plan nodes, networks and disks of a new simulated cluster."),
    ("create-hosts-cluster", "Form a cluster of real hosts, with fencing and a witness."),
    ("manage-cluster", "Open a simulated cluster, or real hosts that run QEMU and libvirt."),
    ("open-recording", "View a migration that was measured on real hosts."),
)
AFTER_PAINT = 30
"""ms until the page looks for clusters: reading their files must not compete with the first paint."""
SHOWN = 8
"""Clusters that are listed."""


class RootPage(Page):
    """Overview, Management, Clusters."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Failover Cluster Manager", "app")
        inside = QWidget()
        inside.setObjectName("root-inside")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(quiet("Prepare failover clusters and live migrate virtual machines"))
        column.addWidget(rule())
        overview = quiet(_OVERVIEW)
        overview.setProperty("role", "")
        overview.setMaximumWidth(760)
        column.addWidget(overview)
        column.addSpacing(6)
        column.addWidget(heading("Begin"))
        begin = self._ways_to_begin()
        column.addLayout(begin)
        self._hosts = self._hosts_line()
        column.addWidget(self._hosts)
        column.addSpacing(6)
        column.addWidget(heading("Management"))
        self._links: dict[str, Link] = {}
        grid = _grid()
        for row, (identity, hint) in enumerate(_MANAGEMENT):
            action = BY_ID[identity]
            link = Link(action.label, action.icon, partial(self._dialog, action.dialog))
            self._links[identity] = link
            grid.addWidget(link, row, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(quiet(hint), row, 1)
        column.addLayout(grid)
        column.addSpacing(6)
        column.addWidget(heading("Clusters"))
        self._clusters = _grid()
        column.addLayout(self._clusters)
        for each in (begin, grid, self._clusters):
            each.setColumnMinimumWidth(0, max(link.sizeHint().width() for link in self._links.values()))
        self._none = quiet("Looking for clusters...")
        column.addWidget(self._none)
        column.addStretch(1)
        self.column.addWidget(scrolled(inside), 1)
        self._work: Work | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(AFTER_PAINT)
        self._soon.timeout.connect(self._look)
        self._shown: list[KnownCluster] | None = None

    def _ways_to_begin(self) -> QGridLayout:
        callbacks: tuple[Callable[[], object], ...] = (
            partial(self.frame.learn, GUIDE),
            partial(self.frame.open, SAMPLE),
            self._show_hosts,
            partial(self.frame.learn, ""),
        )
        grid = _grid()
        for row, ((label, icon, hint), callback) in enumerate(zip(_BEGIN, callbacks, strict=True)):
            grid.addWidget(Link(label, icon, callback), row, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(quiet(hint), row, 1)
        return grid

    def _hosts_line(self) -> QWidget:
        """Where one says which hosts; shown when one asks for it."""
        inside = QWidget()
        inside.setObjectName("hosts-line")
        line = QHBoxLayout(inside)
        line.setContentsMargins(28, 0, 0, 0)
        self.hosts_file = named(QLineEdit(), "Hosts file")
        self.hosts_file.setPlaceholderText("Path of a hosts file, such as /etc/fcm/hosts.toml")
        self.hosts_file.setMaximumWidth(420)
        self.hosts_file.returnPressed.connect(self._open_hosts)
        go = named(QPushButton("Open"), "Open these hosts")
        go.clicked.connect(self._open_hosts)
        line.addWidget(self.hosts_file, 1)
        line.addWidget(go)
        line.addWidget(Link("What is a hosts file?", "help", partial(self._dialog, "help")))
        line.addStretch(1)
        inside.hide()
        return inside

    def _show_hosts(self) -> None:
        """The hosts that are known are among the clusters below; others are named here."""
        self._hosts.show()
        self.hosts_file.setFocus(Qt.FocusReason.OtherFocusReason)
        for uri in self.frame.context.settings.get(RECENT):
            if not uri.startswith("embedded:") and not self.hosts_file.text():
                self.hosts_file.setText(uri)
                self.hosts_file.selectAll()

    def _open_hosts(self) -> None:
        text = self.hosts_file.text().strip()
        if text:
            Work(self, lambda: self.frame.context.uri_of(text), self._open_found)

    def _open_found(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self.frame.messages.show_message("error", "The hosts cannot be opened.", str(outcome.error))
        else:
            self.frame.open(outcome.result)

    def open_at(self, selection: Selection) -> None:
        """Look for clusters whenever the page is entered."""
        super().open_at(selection)
        for identity, link in self._links.items():
            action = BY_ID[identity]
            link.allow("" if action.window or self.frame.workspace else "Open a cluster first (Manage a Cluster).")
        if self._work is None:
            self._soon.start()

    def _look(self) -> None:
        if self._work is None:
            self._work = Work(self, self.frame.context.clusters, self._found)

    def _found(self, outcome: Outcome) -> None:
        self._work = None
        if outcome.error is not None:
            self._none.setText(f"The list of clusters cannot be read: {outcome.error}")
            return
        clusters: list[KnownCluster] = outcome.result
        clusters = sorted(clusters, key=lambda cluster: -(cluster.last_opened or 0))[:SHOWN]
        if clusters == self._shown:
            return
        self._shown = clusters
        while item := self._clusters.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for row, cluster in enumerate(clusters):
            link = Link(cluster.title, "cluster", partial(self.frame.open, cluster.uri))
            link.setToolTip(literal(cluster.uri))
            link.setAccessibleDescription(cluster.uri)
            opened = f"opened {format.date_time(cluster.last_opened)}" if cluster.last_opened else "not opened yet"
            self._clusters.addWidget(link, row, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            self._clusters.addWidget(quiet(f"{cluster.description} ({opened})".strip()), row, 1)
            if cluster.last_opened and cluster.uri.startswith("embedded:"):
                reset = Link("Reset", "restart", partial(self.frame.offer_reset, cluster.uri))
                reset.setAccessibleName(f"Reset {cluster.title}")
                reset.setToolTip("Reset this cluster: it will be as it was at first. A copy of its journal is kept.")
                self._clusters.addWidget(reset, row, 2, Qt.AlignmentFlag.AlignTop)
        self._none.setText("No clusters yet. Create one, or open a hosts file with Manage a Cluster.")
        self._none.setVisible(not clusters)

    def _dialog(self, name: str | None) -> None:
        self.frame.show_dialog(name or "", self.selection)


def _grid() -> QGridLayout:
    """Links on the left, what they are for beside them."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    return grid
