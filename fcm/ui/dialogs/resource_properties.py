"""Properties of a resource; those of a Virtual Machine have Settings and Network for live migration too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QTabWidget, QTreeWidget, QTreeWidgetItem, QVBoxLayout
from PySide6.QtWidgets import QWidget as Widget

from fcm.model.commands import Command, ConfigureResource
from fcm.model.entities import OfflineAction, ResourceType
from fcm.model.structures.tables import name_of
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.dialogs.moves.migration_networks import MigrationNetworksPanel
from fcm.ui.dialogs.resource_policies import PoliciesPanel, PossibleOwnersPanel
from fcm.ui.look import icons
from fcm.ui.look.appearance import resource_icon, resource_status
from fcm.ui.widgets.dialog_parts import changed, fact, form, named, wrapped

if TYPE_CHECKING:
    from fcm.model.entities import Resource, RestartPolicy
    from fcm.ui.desk import Desk

OFFLINE_ACTIONS = {
    OfflineAction.SAVE: "Save",
    OfflineAction.SHUT_DOWN: "Shut down",
    OfflineAction.SHUT_DOWN_FORCED: "Shut down (forced)",
    OfflineAction.TURN_OFF: "Turn off",
}
OFFLINE_NOTE = (
    "What happens to the running machine when it is moved with Move or its resource is taken offline. It does not "
    "affect live migration, quick migration or unplanned failover."
)


class ResourcePropertiesDialog(CommandDialog):
    """All tabs in one property sheet; each change becomes one command."""

    def __init__(self, window: Desk, resource: str) -> None:
        self._resource = resource
        name = name_of(window.state.resources, resource)
        super().__init__(window, f"{name} Properties", "properties", QSize(840, 600), with_apply=True)
        self.networks: MigrationNetworksPanel | None = None
        self.offline: QComboBox | None = None
        self.heartbeat: QCheckBox | None = None
        item = self.resource
        self.tabs = named(QTabWidget(), "Properties")
        self.tabs.addTab(self._general(item), "General")
        self.tabs.addTab(self._dependencies(item), "Dependencies")
        self.policies = PoliciesPanel(item.policy)
        self.policies.changed.connect(self.refresh)
        self.tabs.addTab(self.policies, "Policies")
        self.owners = PossibleOwnersPanel(item, self.state)
        self._shown_policy = self._policy()
        self.owners.changed.connect(self.refresh)
        self.tabs.addTab(self.owners, "Advanced Policies")
        if item.type is ResourceType.VIRTUAL_MACHINE:
            self.tabs.addTab(self._settings(item), "Settings")
            self.networks = MigrationNetworksPanel(self.state, item.machine)
            self.networks.changed.connect(self.refresh)
            self.tabs.addTab(self.networks, "Network for live migration")
        self.body.addWidget(self.tabs, 1)
        self.finish_layout(self.tabs.tabBar())

    @property
    def resource(self) -> Resource:
        """The resource as it is now."""
        return self.state.resources[self._resource]

    def _general(self, item: Resource) -> Widget:
        page = Widget()
        self.name = named(QLineEdit(item.name), "Resource name")
        self.name.textChanged.connect(lambda _: self.refresh())
        group = self.state.groups.get(item.group)
        fields = form()
        fields.addRow("Resource &name:", self.name)
        fields.addRow("Resource type:", fact(str(item.type)))
        fields.addRow("Status:", fact(resource_status(item, self.state)))
        fields.addRow("Service or application:", fact(name_of(self.state.groups, item.group)))
        fields.addRow("Current owner:", fact(group.owner if group else ""))
        machine = self.state.machines.get(item.machine or "")
        if machine is not None:
            fields.addRow("Virtual machine:", fact(f"{machine.name} ({str(machine.state).lower()})"))
            fields.addRow("Location of files:", fact(machine.path))
        disk = self.state.disks.get(item.disk or "")
        if disk is not None:
            fields.addRow("Disk:", fact(f"{disk.name}, disk {disk.number}"))
        if item.detail:
            fields.addRow("Details:", fact(item.detail))
        column = QVBoxLayout(page)
        column.addLayout(fields)
        column.addStretch(1)
        return page

    def _dependencies(self, item: Resource) -> Widget:
        page = Widget()
        table = named(QTreeWidget(), "Dependencies")
        table.setHeaderLabels(["AND/OR", "Resource", "Type", "Status"])
        table.setRootIsDecorated(False)
        sets = [*((one,) for one in item.depends_on), *item.alternatives]
        for number, identity in [(place, one) for some in sets for place, one in enumerate(some)]:
            other = self.state.resources.get(identity)
            if other is None:
                continue
            status = resource_status(other, self.state)
            word = "OR" if number else "AND" if table.topLevelItemCount() else ""
            row = QTreeWidgetItem([word, other.name, str(other.type), status])
            row.setIcon(1, icons.icon(resource_icon(other)))
            table.addTopLevelItem(row)
        for column in range(3):
            table.resizeColumnToContents(column)
        text = "These resources must be online before this one can be brought online."
        if item.alternatives:
            text += " Of resources that OR connects, one is enough."
        if not sets:
            text = "This resource depends on no other resource: it can be brought online on its own."
        column_layout = QVBoxLayout(page)
        column_layout.addWidget(wrapped(text))
        column_layout.addWidget(table, 1)
        return page

    def _settings(self, item: Resource) -> Widget:
        page = Widget()
        self.offline = named(QComboBox(), "Cluster-controlled offline action")
        for action, text in OFFLINE_ACTIONS.items():
            self.offline.addItem(text, int(action))
        self.offline.setCurrentIndex(list(OFFLINE_ACTIONS).index(item.offline_action))
        self.heartbeat = named(
            QCheckBox("Enable &heartbeat monitoring for the virtual machine"),
            "Enable heartbeat monitoring for the virtual machine",
        )
        self.heartbeat.setChecked(item.heartbeat)
        self.offline.currentIndexChanged.connect(lambda _: self.refresh())
        self.heartbeat.toggled.connect(lambda _: self.refresh())
        fields = form()
        fields.addRow("Cluster-controlled &offline action:", self.offline)
        column = QVBoxLayout(page)
        column.addLayout(fields)
        column.addWidget(wrapped(OFFLINE_NOTE, "quiet"))
        column.addSpacing(12)
        column.addWidget(self.heartbeat)
        column.addWidget(
            wrapped(
                "The cluster restarts the machine when its operating system no longer answers through the integration "
                "services.",
                "quiet",
            )
        )
        column.addStretch(1)
        return page

    def _policy(self) -> RestartPolicy:
        """The tab Policies, and the intervals of the tab Advanced Policies."""
        basic, thorough = self.owners.basic.value(), self.owners.thorough.value()
        return replace(self.policies.policy(), looks_alive=basic, is_alive=thorough)

    def commands(self) -> tuple[Command, ...]:
        """The change of the resource, and that of the networks for live migration."""
        item = self.state.resources.get(self._resource)
        if item is None:
            return ()
        policy = self._policy()
        owners = self.owners.owners(self.state)
        command = ConfigureResource(
            self._resource,
            name=changed(self.name.text().strip(), item.name),
            possible_owners=None if set(owners) == set(item.possible_owners) else owners,
            policy=policy if policy != self._shown_policy and policy != item.policy else None,
            separate_monitor=changed(self.owners.monitor.isChecked(), item.separate_monitor),
        )
        if self.offline is not None and self.heartbeat is not None:
            action = list(OFFLINE_ACTIONS)[self.offline.currentIndex()]
            command = replace(
                command,
                offline_action=changed(action, item.offline_action),
                heartbeat=changed(self.heartbeat.isChecked(), item.heartbeat),
            )
        own: tuple[Command, ...] = () if command == ConfigureResource(self._resource) else (command,)
        return (*own, *(self.networks.commands(self.state) if self.networks else ()))
