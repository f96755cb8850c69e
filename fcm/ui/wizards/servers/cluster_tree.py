"""Nodes of known clusters, open or not, each with a check box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from fcm.mistakes import SentenceError
from fcm.model.state import State
from fcm.ui.look import format as words
from fcm.ui.look import icons
from fcm.ui.look.plain import literal
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import IDENTITY, named
from fcm.ui.window.trust import ask_or_say
from fcm.workspace.planning.servers import SomeHosts, SomeNodes

if TYPE_CHECKING:
    from fcm.ui.desk import Desk
    from fcm.ui.window.context import KnownCluster
    from fcm.workspace.hosts.site import HostsFile

_HOSTS = ("libvirt", "pacemaker")
"""Schemes of clusters of real hosts: those are asked when they are validated."""
_CHECKED = Qt.CheckState.Checked


class ClusterTree(QTreeWidget):
    """Clusters with their nodes. A cluster is read, in a thread, once it is expanded or selected."""

    changed = Signal()
    """Others are selected, or something was read."""
    failed = Signal(str)
    """Something could not be read, as a sentence."""

    def __init__(self, window: Desk) -> None:
        super().__init__()
        self._window = window
        self._read: dict[str, State | HostsFile] = {}
        self._reading: set[str] = set()
        named(self, "Clusters and nodes")
        self.setHeaderLabels(["Cluster or node", "Description"])
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        header = self.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.itemExpanded.connect(self._want)
        self.itemChanged.connect(self._ticked)
        Work(self, window.context.clusters, self._listed)

    def chosen(self) -> list[SomeNodes | SomeHosts]:
        """The nodes that are selected, by cluster; an open cluster as it is now."""
        found: list[SomeNodes | SomeHosts] = []
        for item in self._clusters():
            uri = str(item.data(0, IDENTITY))
            source = self._read.get(uri)
            if isinstance(source, State):
                source = self._window.state_of(uri) or source
            nodes = [child for number in range(item.childCount()) if (child := item.child(number)) is not None]
            names = tuple(node.text(0) for node in nodes if node.checkState(0) == _CHECKED)
            if not names or source is None:
                continue
            if isinstance(source, State):
                cluster = source.cluster
                there = tuple(name for name in names if name in source.nodes)
                found.append(SomeNodes(cluster.name if cluster is not None else item.text(0), there, source))
            else:
                found.append(SomeHosts(source.name, names, source, uri.startswith("pacemaker:")))
        return found

    def waits_for(self) -> str:
        """The name of a selected cluster that is being read; "": none is."""
        waiting = (one for one in self._clusters() if one.data(0, IDENTITY) in self._reading)
        return next((one.text(0) for one in waiting if one.checkState(0) == _CHECKED), "")

    def _clusters(self) -> list[QTreeWidgetItem]:
        items = (self.topLevelItem(number) for number in range(self.topLevelItemCount()))
        return [item for item in items if item is not None]

    def _listed(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self.failed.emit(f"The known clusters could not be listed: {outcome.error}")
            return
        known: list[KnownCluster] = sorted(outcome.result, key=lambda cluster: -(cluster.last_opened or 0))
        is_open = set(self._window.open_clusters)
        for cluster in known:
            item = QTreeWidgetItem([cluster.title, "Open" if cluster.uri in is_open else cluster.description])
            item.setIcon(0, icons.icon("cluster"))
            item.setData(0, IDENTITY, cluster.uri)
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(0, Qt.CheckState.Unchecked)
            for column in range(2):
                item.setToolTip(column, literal(f"{cluster.description}\n{cluster.uri}"))
            self.addTopLevelItem(item)
        for item in self._clusters()[:1]:
            self.setCurrentItem(item)

    def _ticked(self, item: QTreeWidgetItem, column: int) -> None:
        if column:
            return
        if item.parent() is None and item.checkState(0) == _CHECKED:
            self._want(item)
        self.changed.emit()

    def _want(self, item: QTreeWidgetItem) -> None:
        """Read a cluster that was not read yet."""
        uri = item.data(0, IDENTITY)
        if item.parent() is not None or not isinstance(uri, str) or uri in self._read or uri in self._reading:
            return
        hosts = uri.partition(":")[0] in _HOSTS
        state = None if hosts else self._window.state_of(uri)
        if state is not None:
            self._show(item, uri, state)
            return
        self._reading.add(uri)
        known_state = self._window.context.known_state
        Work(self, lambda: _hosts_of(uri) if hosts else known_state(uri), lambda outcome: self._done(uri, outcome))

    def _done(self, uri: str, outcome: Outcome) -> None:
        self._reading.discard(uri)
        item = next((one for one in self._clusters() if one.data(0, IDENTITY) == uri), None)
        if item is None:
            return
        if outcome.error is None:
            self._show(item, uri, outcome.result)
            return
        item.setCheckState(0, Qt.CheckState.Unchecked)
        item.setExpanded(False)
        if not isinstance(outcome.error, SentenceError):
            raise outcome.error
        ask_or_say(self, outcome.error, self.failed.emit, lambda: self._want(item))

    def _show(self, item: QTreeWidgetItem, uri: str, source: State | HostsFile) -> None:
        self._read[uri] = source
        checked = item.checkState(0)
        blocked = self.blockSignals(True)
        for name, about in _about_servers(source):
            node = QTreeWidgetItem([name, about])
            node.setIcon(0, icons.icon("node"))
            node.setFlags(node.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            node.setCheckState(0, checked)
            item.addChild(node)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsAutoTristate)
        self.blockSignals(blocked)
        self.changed.emit()


def _hosts_of(uri: str) -> HostsFile:
    from fcm.workspace.hosts import site  # needs the backend of Pacemaker

    return site.read_hosts(site.path_of(uri))


def _about_servers(source: State | HostsFile) -> list[tuple[str, str]]:
    if isinstance(source, State):
        return [
            (node.name, f"{node.state}, {words.size(node.memory)}, {node.processor.model}")
            for node in source.nodes.values()
        ]
    return [(host.name, host.uri) for host in source.hosts]
