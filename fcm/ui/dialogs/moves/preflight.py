"""Check a live migration before the click: destination, checks, options, and the button that starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox, QHBoxLayout

from fcm.model.commands import Command, LiveMigrate
from fcm.model.rules.moving.transfer_options import lacks_of
from fcm.model.structures.tables import name_of
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.dialogs.moves.migration_options import MigrationOptionsPanel
from fcm.ui.look import icons
from fcm.ui.look.appearance import node_icon
from fcm.ui.look.plain import Label
from fcm.ui.widgets.dialog_parts import named

if TYPE_CHECKING:
    from fcm.model.entities import VirtualMachine
    from fcm.model.migrations import MigrationOptions
    from fcm.ui.desk import Desk


class PreflightDialog(CommandDialog):
    """Everything that decides whether and how fast the machine will move."""

    def __init__(self, window: Desk, machine: str) -> None:
        self._machine = machine
        name = name_of(window.state.machines, machine)
        super().__init__(window, f"Live migrate {name}", "live-migrate", QSize(760, 680))
        self.destination = named(QComboBox(), "Destination")
        for node in self.state.nodes.values():
            if node.name != self.machine.node:
                text = node.name if node.state == "Up" else f"{node.name} ({node.state.lower()})"
                self.destination.addItem(icons.icon(node_icon(node)), text, node.name)
        self._choose_possible()
        label = Label("&Destination:")
        label.setBuddy(self.destination)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.destination)
        row.addStretch(1)
        from fcm.ui.migration import PreflightPanel  # only now is numpy needed

        self.panel = PreflightPanel()
        self.body.addLayout(row)
        self.body.addWidget(self.panel, 1)
        self.choice = MigrationOptionsPanel(self.state.migration_options(None))
        self.choice.changed.connect(self.refresh)
        self.body.addWidget(self.choice)
        self.ok.setText("&Live migrate")
        self.ok.setIcon(icons.icon("live-migrate"))
        named(self.ok, "Live migrate")
        self._shown: object = None
        self.destination.currentIndexChanged.connect(lambda _: self.refresh())
        self.finish_layout(self.destination)

    @property
    def machine(self) -> VirtualMachine:
        """The machine as it is now."""
        return self.state.machines[self._machine]

    def _choose_possible(self) -> None:
        """Begin with the first destination that the rules allow."""
        for index in range(self.destination.count()):
            if self.workspace.allowed(LiveMigrate(self._machine, str(self.destination.itemData(index)))):
                self.destination.setCurrentIndex(index)
                return

    def choose_destination(self, node: str) -> None:
        """Begin with this destination."""
        index = self.destination.findData(node)
        if index >= 0:
            self.destination.setCurrentIndex(index)

    def options(self) -> MigrationOptions | None:
        """What is chosen; None where it is what the cluster has for all migrations."""
        chosen = self.choice.options()
        return None if chosen == self.state.migration_options(None) else chosen

    def refresh(self) -> None:
        """Look at the plan again; the panel is drawn anew only when something that it shows changed."""
        if self._machine not in self.state.machines:
            self.reject()
            return
        ends = [self.state.nodes[name] for name in (self.machine.node, self.destination.currentData()) if name]
        self.choice.lack(lacks_of(ends, self.workspace.simulated))
        seen = (self.destination.currentData(), self.options(), self.state.sequence)
        if seen != self._shown and self.destination.count():
            self._shown = seen
            destination = str(self.destination.currentData())
            self.panel.show_plan(self.workspace, self._machine, destination, self.options())
        super().refresh()

    def may_accept(self) -> bool:
        """There must be somewhere to go, and no check may fail; the list says which one does."""
        commands = self.commands()
        return bool(commands) and bool(self.workspace.allowed(commands[0]))

    def commands(self) -> tuple[Command, ...]:
        """The live migration."""
        if not self.destination.count():
            return ()
        return (LiveMigrate(self._machine, str(self.destination.currentData()), self.options()),)
