"""Add Node: a server that joins an embedded cluster, with what it brings and the addresses it gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLineEdit

from fcm.model.commands import AddNode, Command
from fcm.model.rules.new_node import free_address, free_name
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.look import format as words
from fcm.ui.widgets.dialog_parts import fact, form, named, wrapped

if TYPE_CHECKING:
    from fcm.ui.desk import Desk

INTRO = (
    "The server has the same processor, memory, virtual networks and storage paths as the current host server. "
    "Validate the cluster after the server joins."
)


class AddNodeDialog(CommandDialog):
    """The name of the server; the rest follows from the cluster."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Add Node", "add-node", QSize(560, 420))
        cluster = self.state.cluster
        self.name = named(QLineEdit(free_name(self.state)), "Server name")
        self.name.textChanged.connect(lambda _: self.refresh())
        fields = form()
        fields.addRow("&Server name:", self.name)
        host = self.state.nodes.get(cluster.host) if cluster else None
        if host is not None:
            fields.addRow("Same as:", fact(host.name))
            fields.addRow("Processor:", fact(f"{host.processor.model}, {host.logical_processors} logical processors"))
            fields.addRow("Memory:", fact(words.size(host.memory)))
        for network in self.state.networks.values():
            address = free_address(network, self.state) or "none free"
            fields.addRow(f"{network.name}:", fact(f"{address} in {network.subnet}"))
        self.body.addWidget(wrapped(INTRO))
        self.body.addLayout(fields)
        self.body.addStretch(1)
        self.name.selectAll()
        self.finish_layout(self.name)

    def commands(self) -> tuple[Command, ...]:
        """The server joins."""
        return (AddNode(self.name.text().strip()),)
