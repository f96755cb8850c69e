"""The page of the cluster: Summary of Cluster."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fcm.model.entities import DiskUse, NodeState, ResourceType
from fcm.model.rules.networks import migration_order
from fcm.model.rules.quorum import description, votes, waiting
from fcm.model.state import Change, Kind
from fcm.ui.events.recent_line import RecentLine
from fcm.ui.look import appearance, format
from fcm.ui.pages.page import Page
from fcm.ui.pages.quorum_board import QuorumBoard, StoppedBar
from fcm.ui.pages.simulated_failures import FailureList
from fcm.ui.tables.table_model import Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.page_parts import Elided, Facts, Folding, Link, heading, scrolled
from fcm.ui.window.qactions import entry_for
from fcm.workspace.actions.catalog import BY_ID
from fcm.workspace.quorum_board import what_is_missing
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from fcm.model.entities import Cluster
    from fcm.ui.desk import Desk

_CONFIGURE = (
    "configure-service",
    "validate",
    "enable-csv",
    "add-node",
    "quorum",
    "migration-networks",
    "validation-report",
)
_NAVIGATE = (
    (Place.SERVICES, "Services and applications", "services"),
    (Place.NODES, "Nodes", "nodes"),
    (Place.SHARED_VOLUMES, "Cluster Shared Volumes", "volumes"),
    (Place.STORAGE, "Storage", "storage"),
    (Place.NETWORKS, "Networks", "networks"),
    (Place.EVENTS, "Cluster Events", "events"),
    (Place.MAP, "Map", "map"),
)
_CORE = (
    ResourceType.NETWORK_NAME,
    ResourceType.IP_ADDRESS,
    ResourceType.PHYSICAL_DISK,
    ResourceType.FILE_SHARE_WITNESS,
)
_FACTS = (
    "Name",
    "Version",
    "Current Host Server",
    "Quorum Configuration",
    "Votes",
    "Networks",
    "Networks for live migration",
)


class ClusterPage(Page):
    """Summary sentence, Configure, Navigate, Cluster Core Resources."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Summary of Cluster", "cluster")
        inside = QWidget()
        inside.setObjectName("cluster-inside")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.stopped = StoppedBar(window)
        self.column.addWidget(self.stopped)
        self._sentence = Elided()
        self._sentence.setObjectName("summary")
        column.addWidget(self._sentence)
        self._facts = Facts(_FACTS)
        column.addWidget(self._facts)
        line = RecentLine(window, self.isVisible)
        self.events, self._recent = line.link, line.recent
        column.addWidget(line)
        self.failed = FailureList(window)
        column.addWidget(self.failed)
        self.quorum = QuorumBoard(window)
        column.addWidget(self.quorum)
        self._configure = {name: self._configure_link(name) for name in _CONFIGURE}
        self._navigate = {
            place: Link(label, icon, partial(window.select, Selection(place))) for place, label, icon in _NAVIGATE
        }
        links = QHBoxLayout()
        links.setSpacing(28)
        links.addLayout(_under("Configure", list(self._configure.values())))
        links.addLayout(_under("Navigate", list(self._navigate.values())))
        links.addStretch(1)
        column.addLayout(links)
        column.addWidget(heading("Cluster Core Resources"))
        self._core = TableView("Cluster Core Resources", self._core_model(), window.context.settings)
        self._core.setMinimumHeight(150)
        self.watch(self._core, Place.RESOURCE, opens=False)
        self.watch(self.failed.table, Place.FAULT, opens=False)
        column.addWidget(self._core, 1)
        area = scrolled(inside)
        Folding(area, links)
        self.column.addWidget(area, 1)

    @property
    def is_settled(self) -> bool:
        """False while recent events are being counted."""
        return not self._recent.is_busy

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while another page was shown."""
        super().showEvent(event)
        self._recent.look()

    def _configure_link(self, name: str) -> Link:
        action = BY_ID[name]
        return Link(action.label, action.icon, lambda: self._perform(name))

    def _perform(self, name: str) -> None:
        self.frame.perform(entry_for(self.frame.workspace, BY_ID[name], Selection(Place.CLUSTER)))

    def refresh(self, change: Change) -> None:
        """Everything here is cheap; telemetry alone changes nothing."""
        cluster, state = self.state.cluster, self.state
        if cluster is None or (not change.structural and change.kinds() <= {Kind.TELEMETRY}):
            return
        validated = cluster.validation
        note = ""
        if validated is not None:
            words = {"fail": "failed", "warn": "passed with warnings"}.get(validated.level, "passed")
            note = f"Validation {words}, {format.date_time(validated.time)}"
        self.title.say(
            f"Summary of Cluster {cluster.name}", appearance.cluster_icon(state), note or "Not validated yet"
        )
        self._sentence.say(self._in_a_sentence(cluster))
        self._show_facts(cluster)
        simulated = self.frame.workspace is not None and self.frame.workspace.simulated
        has_quorum = simulated or bool(cluster.engine)
        self.stopped.say(what_is_missing(state) if has_quorum else "")
        self.failed.show_state(state)
        self.quorum.setVisible(has_quorum)
        if has_quorum:
            self.quorum.show_state(state)
        if change.structural:  # perhaps another cluster
            self._recent.look()
        for name, link in self._configure.items():
            entry = entry_for(self.frame.workspace, BY_ID[name], Selection(Place.CLUSTER))
            link.allow(entry.reason)
            if name == "enable-csv":
                link.setVisible(not cluster.shared_volumes_enabled)
            elif name == "validation-report":
                link.setVisible(cluster.validation is not None)
        self._navigate[Place.SHARED_VOLUMES].setVisible(cluster.shared_volumes_enabled)
        self._core.table.set_ids(one.id for one in state.core_resources() if one.type in _CORE)

    def _in_a_sentence(self, cluster: Cluster) -> str:
        state = self.state
        services = state.count_services()
        down = [node.name for node in state.nodes.values() if node.state is NodeState.DOWN]
        text = (
            f"{cluster.name} has {format.count(services, 'service or application', 'services or applications')} "
            f"and {format.count(len(state.nodes), 'node')}"
        )
        loose = state.count_loose_machines()
        if loose:
            text += f"; {format.count(loose, 'virtual machine is', 'virtual machines are')} not highly available"
        if down:
            text += f". {format.listed(down)} {'is' if len(down) == 1 else 'are'} down"
        return text + "."

    def _show_facts(self, cluster: Cluster) -> None:
        state, say = self.state, self._facts.say
        count = waiting(state).votes if cluster.stopped else votes(cluster, state.nodes, state.disks)
        order = [state.networks[identity].name for identity in migration_order(cluster, state.networks)]
        say("Name", cluster.full_name)
        simulated = self.frame.workspace is not None and self.frame.workspace.simulated
        hosts = f"{cluster.engine} on QEMU and libvirt hosts" if cluster.engine else "QEMU and libvirt hosts"
        say("Version", f"Windows Server {cluster.version}" if simulated else hosts)
        host = f"{cluster.host} (designated controller)" if cluster.engine else cluster.host
        if cluster.stopped:
            host = "none, while the cluster is stopped" if cluster.responds else "not known: no node responds"
        say("Current Host Server", host)
        say("Quorum Configuration", description(cluster, state.disks))
        say("Votes", f"{count.present} of {count.total} present, {count.needed} needed")
        say("Networks", format.listed([network.name for network in state.networks.values()], 4))
        say("Networks for live migration", ", then ".join(order) or "no network")

    def _core_model(self) -> TableModel:
        def resource(identity: str) -> str:
            found = self.state.resources[identity]
            return f"{found.type}: {found.detail}" if found.detail and found.detail != found.name else found.name

        def name(identity: str) -> str:
            found = self.state.resources[identity]
            disk = self.state.disks.get(found.disk or "")
            return f"{disk.name} ({disk.use})" if disk and disk.use is DiskUse.WITNESS else resource(identity)

        return TableModel(
            (
                Column("Name", name, 380, icon=lambda i: appearance.resource_icon(self.state.resources[i])),
                Column("Status", lambda i: appearance.resource_words(self.state.resources[i].state), 120),
                Column("Type", lambda i: str(self.state.resources[i].type), 160),
            )
        )


def _under(title: str, links: list[Link]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(1)
    column.addWidget(heading(title))
    for link in links:
        column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
    column.addStretch(1)
    return column
