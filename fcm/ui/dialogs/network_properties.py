"""Properties of a cluster network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QCheckBox,
    QGroupBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fcm.model.commands import Command, ConfigureNetwork
from fcm.model.entities import NetworkRole
from fcm.model.rules.networks import rank_reason
from fcm.model.structures.tables import name_of
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.look import format as words
from fcm.ui.look import icons
from fcm.ui.look.appearance import adapter_icon
from fcm.ui.look.plain import literal
from fcm.ui.tables.rows import dress_rows
from fcm.ui.widgets.dialog_parts import changed, fact, form, named, wrapped

if TYPE_CHECKING:
    from fcm.model.entities import Network
    from fcm.ui.desk import Desk

ALLOW = "Allow cluster network communication on this network"
CLIENTS = "Allow clients to connect through this network"
FORBID = "Do not allow cluster network communication on this network"


class NetworkPropertiesDialog(CommandDialog):
    """Name, cluster use and metric of a network; its adapters."""

    def __init__(self, window: Desk, network: str) -> None:
        self._network = network
        name = name_of(window.state.networks, network)
        super().__init__(window, f"{name} Properties", "properties", QSize(560, 640), with_apply=True)
        item = self.state.networks[network]
        self.name = named(QLineEdit(item.name), "Name")
        self.status = fact("")
        self.rank = named(fact(""), "For live migration")
        fields = form()
        fields.addRow("Na&me:", self.name)
        fields.addRow("Status:", self.status)
        gateway = f"default gateway {item.gateway}" if item.gateway else "no default gateway"
        fields.addRow("Subnet:", fact(f"{item.subnet}, {gateway}, {words.rate(item.bandwidth)}"))
        self.body.addLayout(fields)
        self.body.addWidget(self._use(item))
        self.body.addWidget(self._metric(item))
        self.body.addWidget(self._adapters(item), 1)
        self.name.textChanged.connect(lambda _: self.refresh())
        self.name.selectAll()
        self.finish_layout(self.name)

    def _use(self, item: Network) -> QWidget:
        box = QGroupBox("Cluster use")
        self.allow = named(QRadioButton("&Allow cluster network communication on this network"), ALLOW)
        self.clients = named(QCheckBox("Allow &clients to connect through this network"), CLIENTS)
        self.forbid = named(QRadioButton("&Do not allow cluster network communication on this network"), FORBID)
        self.allow.setChecked(item.role is not NetworkRole.NONE)
        self.forbid.setChecked(item.role is NetworkRole.NONE)
        self.clients.setChecked(item.role is NetworkRole.INTERNAL_AND_CLIENT)
        for button in (self.allow, self.clients, self.forbid):
            button.toggled.connect(lambda _: self.refresh())
        column = QVBoxLayout(box)
        column.addWidget(self.allow)
        row = QHBoxLayout()
        row.setContentsMargins(24, 0, 0, 0)
        row.addWidget(self.clients)
        column.addLayout(row)
        column.addWidget(self.forbid)
        return box

    def _metric(self, item: Network) -> QWidget:
        box = QGroupBox("Metric")
        self.automatic = named(QCheckBox("A&utomatic metric"), "Automatic metric")
        self.automatic.setChecked(item.auto_metric)
        self.metric_value = named(QSpinBox(), "Metric")
        self.metric_value.setRange(1, 65535)
        self.metric_value.setValue(item.metric)
        self.automatic.toggled.connect(lambda _: self.refresh())
        self.metric_value.valueChanged.connect(lambda _: self.refresh())
        row = QHBoxLayout()
        row.addWidget(self.automatic)
        row.addWidget(self.metric_value)
        row.addStretch(1)
        column = QVBoxLayout(box)
        column.addLayout(row)
        rule = wrapped(
            "Cluster Shared Volumes use the enabled network with the lowest metric. Automatic metrics begin at "
            "1000 without a gateway, at 10000 with one.",
            "quiet",
        )
        # Else the dialog would keep room for its lines in a narrow column, more than a small screen has.
        rule.setMinimumHeight(2 * rule.fontMetrics().lineSpacing())
        column.addWidget(rule)
        column.addWidget(self.rank)
        return box

    def _adapters(self, item: Network) -> QTreeWidget:
        table = named(QTreeWidget(), "Network adapters")
        table.setHeaderLabels(["Network adapter", "Node", "Address", "Status"])
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.setMinimumHeight(52)
        for adapter in self.state.adapters.values():
            if adapter.network == item.id:
                row = QTreeWidgetItem([adapter.name, adapter.node, adapter.address, str(adapter.state)])
                row.setIcon(0, icons.icon(adapter_icon(adapter)))
                row.setToolTip(0, literal(adapter.name))
                table.addTopLevelItem(row)
        header = table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        dress_rows(table)
        return table

    def role(self) -> NetworkRole:
        """The cluster use chosen."""
        if self.forbid.isChecked():
            return NetworkRole.NONE
        return NetworkRole.INTERNAL_AND_CLIENT if self.clients.isChecked() else NetworkRole.INTERNAL

    def refresh(self) -> None:
        """Enable what applies; status and rank of the moment."""
        item = self.state.networks.get(self._network)
        if item is None:
            self.reject()
            return
        self.clients.setEnabled(self.allow.isChecked())
        self.metric_value.setEnabled(not self.automatic.isChecked())
        self.status.setText(str(item.state))
        self.rank.setText(f"For live migration: {rank_reason(item, self.state.networks.values())}")
        super().refresh()

    def commands(self) -> tuple[Command, ...]:
        """What differs from what is."""
        item = self.state.networks.get(self._network)
        if item is None:
            return ()
        automatic = self.automatic.isChecked()
        new_metric = not automatic and (item.auto_metric or self.metric_value.value() != item.metric)
        command = ConfigureNetwork(
            self._network,
            name=changed(self.name.text().strip(), item.name),
            role=changed(self.role(), item.role),
            metric=self.metric_value.value() if new_metric else None,
            auto_metric=True if automatic and not item.auto_metric else None,
        )
        return () if command == ConfigureNetwork(self._network) else (command,)
