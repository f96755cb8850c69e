"""Select Servers: nodes of known clusters, servers that are described, hosts of a hosts file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from fcm.model.rules.verdict import Verdict, no, some
from fcm.ui.widgets.dialog_parts import named, wrapped
from fcm.ui.wizards.frame import WizardPage
from fcm.ui.wizards.servers.cluster_tree import ClusterTree
from fcm.ui.wizards.servers.hosts_tab import HostsTab
from fcm.ui.wizards.servers.tables import NetworksForm, ServersTable
from fcm.workspace.planning import cluster_plan, servers
from fcm.workspace.planning.cluster_plan import ClusterPlan
from fcm.workspace.planning.servers import SomeHosts, SomeNodes

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.ui.desk import Desk

_MOST = 8
"""Names of selected servers that are said."""


class SelectServersPage(WizardPage):
    """One tab for each place where servers can be from."""

    def __init__(self, window: Desk, changed: Callable[[], None], say: Callable[[str], None]) -> None:
        super().__init__(
            "Select Servers",
            "Select the servers that you want to validate: before they form a cluster, or together with the nodes of "
            "a cluster that they will join.",
        )
        self.clusters = ClusterTree(window)
        self.described = ServersTable()
        self.hosts = HostsTab()
        self.tabs = named(QTabWidget(), "Servers from")
        self.tabs.addTab(
            _tab("To test a whole cluster, select it. A cluster need not be open.", self.clusters), "&Clusters"
        )
        self.tabs.addTab(
            _tab("Describe servers that are in no cluster. Double-click a cell to change it.", self.described),
            "&Described servers",
        )
        self.tabs.addTab(self.hosts, "Hosts &file")
        self.column.addWidget(self.tabs, 1)
        self.selected = wrapped("")
        named(self.selected, "Selected servers")
        self.column.addWidget(self.selected)
        for part in (self.clusters, self.described, self.hosts):
            part.changed.connect(self._tell)
            part.changed.connect(changed)
        for reading in (self.clusters, self.hosts):
            reading.failed.connect(say)
        self._tell()

    def chosen(self) -> list[SomeNodes | SomeHosts]:
        """The servers of clusters and hosts files that are selected."""
        return [*self.clusters.chosen(), *self.hosts.chosen()]

    def first_focus(self) -> QWidget:
        """The clusters."""
        return self.clusters

    def verdict(self) -> Verdict:
        """Whether these servers can be validated together."""
        waiting = self.clusters.waits_for()
        if waiting:
            return no(f"The cluster {waiting} is being read.", "Choose Next once its nodes are listed.")
        if self.hosts.is_pending:
            return no("The hosts of the hosts file are not listed yet.", "Choose Read hosts, or clear the name.")
        nodes = self.described.nodes()
        if nodes:
            sound = cluster_plan.described_servers_verdict(ClusterPlan("", "", "", nodes, ()))
            if not sound:
                return sound
        return servers.verdict(self._all())

    def _all(self) -> list[SomeNodes | SomeHosts]:
        """Those that are described, too; their networks are asked on the next page."""
        names = tuple(node.name for node in self.described.nodes())
        described = SomeNodes(servers.DESCRIBED, names, servers.NOTHING)
        return [*self.chosen(), *([described] if names else [])]

    def _tell(self) -> None:
        parts = [f"{some(list(one.names), _MOST)} of {one.where}" for one in self._all()]
        self.selected.setText(f"Selected: {'; '.join(parts) or 'none'}")


class NetworksPage(WizardPage):
    """The networks and disks of described servers."""

    def __init__(self, select: SelectServersPage) -> None:
        super().__init__(
            "Networks and Storage",
            "Describe the networks that connect the described servers, and the disks that all of them see.",
        )
        self._select = select
        self.form = NetworksForm()
        self.column.addWidget(self.form, 1)

    def skipped(self) -> bool:
        """Only described servers need it."""
        return not self._select.described.nodes()

    def first_focus(self) -> QWidget:
        """The networks."""
        return self.form.table

    def verdict(self) -> Verdict:
        """Whether the networks could exist."""
        nodes = self._select.described.nodes()
        return cluster_plan.networks_verdict(ClusterPlan("", "", "", nodes, self.form.networks()))


def _tab(intro: str, content: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.addWidget(wrapped(intro, "quiet"))
    column.addWidget(content, 1)
    return page
