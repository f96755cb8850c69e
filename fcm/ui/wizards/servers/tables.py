"""Servers, networks and storage as a person describes them: for Create a Cluster and for Validate a Configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from fcm.model.entities import GIB
from fcm.ui.look import icons
from fcm.ui.look.plain import Label, literal
from fcm.ui.widgets.dialog_parts import form, named
from fcm.ui.wizards.edit_table import EditTable
from fcm.workspace.planning.cluster_plan import PROCESSORS, USUAL_PROCESSOR, PlannedNetwork, PlannedNode

if TYPE_CHECKING:
    from collections.abc import Sequence

_RATES = {"100 Mbit/s": 12_500_000, "1 Gbit/s": 125_000_000, "10 Gbit/s": 1_250_000_000, "25 Gbit/s": 3_125_000_000}


class ServersTable(QWidget):
    """Servers in a table whose cells are typed or chosen."""

    changed = Signal()

    def __init__(self, count: int = 0) -> None:
        super().__init__()
        self.table = EditTable("Servers", ["Server name", "Memory", "Logical processors", "Processor"])
        add = named(QPushButton(icons.icon("add-node"), "&Add"), "Add server")
        add.clicked.connect(lambda: self._add())
        remove = named(QPushButton(icons.icon("delete"), "&Remove"), "Remove server")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table.with_buttons(add, remove), 1)
        self.table.itemChanged.connect(lambda _: self.changed.emit())
        self.table.model().rowsRemoved.connect(lambda *_: self.changed.emit())
        for _ in range(count):
            self._add()
        for number, width in enumerate((120, 90, 124)):
            self.table.setColumnWidth(number, width)

    def _add(self) -> None:
        row = self.table.rowCount()
        names = {self.table.text(number, 0) for number in range(row)}
        name = next(f"node{number}" for number in range(1, row + 2) if f"node{number}" not in names)
        self._put(PlannedNode(name))

    def _put(self, node: PlannedNode) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        memory = named(QSpinBox(), f"Memory of {node.name}")
        memory.setRange(3, 4096)
        memory.setSuffix(" GiB")
        memory.setValue(node.memory // GIB)
        processors = named(QSpinBox(), f"Logical processors of {node.name}")
        processors.setRange(1, 256)
        processors.setValue(node.logical_processors)
        model = named(QComboBox(), f"Processor of {node.name}")
        for choice, (vendor, _) in PROCESSORS.items():
            model.addItem(choice)
            model.setItemData(model.count() - 1, literal(vendor), Qt.ItemDataRole.ToolTipRole)
        model.setCurrentText(node.processor if node.processor in PROCESSORS else USUAL_PROCESSOR)
        memory.setFrame(False)
        processors.setFrame(False)
        model.setFrame(False)
        for column, widget in enumerate((memory, processors, model), 1):
            self.table.setCellWidget(row, column, widget)
        memory.valueChanged.connect(lambda _: self.changed.emit())
        processors.valueChanged.connect(lambda _: self.changed.emit())
        model.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.table.put(row, [node.name])
        self.table.setCurrentCell(row, 0)

    def show_nodes(self, nodes: Sequence[PlannedNode]) -> None:
        """Show these servers instead of those in the table."""
        self.table.setRowCount(0)
        for node in nodes:
            self._put(node)

    def nodes(self) -> tuple[PlannedNode, ...]:
        """The servers as they stand in the table."""
        found = []
        for row in range(self.table.rowCount()):
            memory, processors, model = (self.table.cellWidget(row, column) for column in (1, 2, 3))
            assert isinstance(memory, QSpinBox)
            assert isinstance(processors, QSpinBox)
            assert isinstance(model, QComboBox)
            name = self.table.text(row, 0)
            found.append(PlannedNode(name, memory.value() * GIB, processors.value(), model.currentText()))
        return tuple(found)


class NetworksForm(QWidget):
    """Networks in a table, and disks that all servers see."""

    def __init__(self) -> None:
        super().__init__()
        self.table = EditTable("Networks", ["Name", "Subnet", "Default gateway", "Rate"])
        add = named(QPushButton(icons.icon("network"), "&Add"), "Add network")
        add.clicked.connect(lambda: self._add("", ""))
        remove = named(QPushButton(icons.icon("delete"), "&Remove"), "Remove network")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.table.with_buttons(add, remove), 1)
        for number, gateway in ((1, "10.0.1.1"), (2, ""), (3, "")):
            self._add(f"10.0.{number}.0/24", gateway)
        for number, width in enumerate((140, 112, 116)):
            self.table.setColumnWidth(number, width)
        self.disks = named(QSpinBox(), "Shared disks")
        self.disks.setRange(0, 32)
        self.disks.setValue(4)
        self.disk_size = named(QSpinBox(), "Size of each disk")
        self.disk_size.setRange(1, 65536)
        self.disk_size.setValue(500)
        self.disk_size.setSuffix(" GiB")
        row = QHBoxLayout()
        row.addWidget(self.disks)
        row.addWidget(Label("of"))
        row.addWidget(self.disk_size)
        row.addStretch(1)
        self.fields = form()
        label = Label("Shared &disks:")
        label.setBuddy(self.disks)
        self.fields.addRow(label, row)
        column.addLayout(self.fields)

    def _add(self, subnet: str, gateway: str) -> None:
        number = self.table.rowCount() + 1
        self._put(PlannedNetwork(f"Cluster Network {number}", subnet or f"10.0.{number}.0/24", gateway or None))

    def _put(self, network: PlannedNetwork) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        self.table.put(row, [network.name, network.subnet, network.gateway or ""])
        rate = named(QComboBox(), f"Rate of network {row + 1}")
        rate.addItems(list(_RATES))
        rate.setCurrentText(next((text for text, count in _RATES.items() if count == network.bandwidth), "1 Gbit/s"))
        rate.setFrame(False)
        self.table.setCellWidget(row, 3, rate)
        self.table.setCurrentCell(row, 0)

    def show_networks(self, networks: Sequence[PlannedNetwork], disks: Sequence[int]) -> None:
        """Show these networks and disks (sizes in bytes, all the same) instead of what is shown."""
        self.table.setRowCount(0)
        for network in networks:
            self._put(network)
        self.disks.setValue(len(disks))
        if disks:
            self.disk_size.setValue(disks[0] // GIB)

    def networks(self) -> tuple[PlannedNetwork, ...]:
        """The networks as they stand in the table."""
        found = []
        for row in range(self.table.rowCount()):
            rate = self.table.cellWidget(row, 3)
            assert isinstance(rate, QComboBox)
            name, subnet, gateway = (self.table.text(row, column) for column in range(3))
            found.append(PlannedNetwork(name, subnet, gateway or None, _RATES[rate.currentText()]))
        return tuple(found)

    def sizes(self) -> tuple[int, ...]:
        """Size of each disk in bytes."""
        return (self.disk_size.value() * GIB,) * self.disks.value()
