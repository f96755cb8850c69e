"""Check a live migration before the click: destination, checks, options, and the button that starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QGroupBox, QHBoxLayout, QLabel, QVBoxLayout

from fcm.model.commands import Command, LiveMigrate
from fcm.model.entities import MigrationOptions
from fcm.ui import icons
from fcm.ui.appearance import node_icon
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.dialogs.parts import form, named

if TYPE_CHECKING:
    from fcm.model.entities import VirtualMachine
    from fcm.ui.main_window import MainWindow

_MBIT = 125_000


class PreflightDialog(CommandDialog):
    """Everything that decides whether and how fast the machine will move."""

    def __init__(self, window: MainWindow, machine: str) -> None:
        self._machine = machine
        found = window.workspace.state.machines[machine] if window.workspace else None
        name = found.name if found else machine
        super().__init__(window, f"Live migrate {name}", "live-migrate", QSize(760, 680))
        self.destination = named(QComboBox(), "Destination")
        for node in self.state.nodes.values():
            if node.name != self.machine.node:
                text = node.name if node.state == "Up" else f"{node.name} ({node.state.lower()})"
                self.destination.addItem(icons.icon(node_icon(node)), text, node.name)
        self._choose_possible()
        label = QLabel("&Destination:")
        label.setBuddy(self.destination)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.destination)
        row.addStretch(1)
        from fcm.ui.migration import PreflightPanel  # only now is numpy needed

        self.panel = PreflightPanel()
        self.body.addLayout(row)
        self.body.addWidget(self.panel, 1)
        self.body.addWidget(self._options())
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

    def _options(self) -> QGroupBox:
        box = QGroupBox("Options")
        self.downtime = named(QDoubleSpinBox(), "Downtime limit")
        self.downtime.setRange(0, 2_000_000)
        self.downtime.setDecimals(0)
        self.downtime.setSingleStep(50)
        self.downtime.setSuffix(" ms")
        self.downtime.setSpecialValueText("Default")
        self.downtime.setToolTip("How long the machine may stand still at the end; 300 ms where nothing is set")
        self.bandwidth = named(QDoubleSpinBox(), "Bandwidth")
        self.bandwidth.setRange(0, 400_000)
        self.bandwidth.setDecimals(0)
        self.bandwidth.setSingleStep(100)
        self.bandwidth.setSuffix(" Mbit/s")
        self.bandwidth.setSpecialValueText("All that the network carries")
        self.auto_converge = named(
            QCheckBox("&Auto-converge: slow the guest down if it writes too fast"), "Auto-converge"
        )
        self.post_copy = named(
            QCheckBox("&Post-copy: move the machine first and fetch the rest of its memory afterwards"), "Post-copy"
        )
        for spin in (self.downtime, self.bandwidth):
            spin.valueChanged.connect(lambda _: self.refresh())
        for tick in (self.auto_converge, self.post_copy):
            tick.toggled.connect(lambda _: self.refresh())
        fields = form()
        fields.addRow("Down&time limit:", self.downtime)
        fields.addRow("&Bandwidth:", self.bandwidth)
        ticks = QVBoxLayout()
        ticks.addWidget(self.auto_converge)
        ticks.addWidget(self.post_copy)
        row = QHBoxLayout(box)
        row.addLayout(fields)
        row.addSpacing(16)
        row.addLayout(ticks, 1)
        return box

    def options(self) -> MigrationOptions:
        """What is chosen."""
        return MigrationOptions(
            downtime_limit=self.downtime.value() / 1000 or None,
            bandwidth=round(self.bandwidth.value() * _MBIT) or None,
            auto_converge=self.auto_converge.isChecked(),
            post_copy=self.post_copy.isChecked(),
        )

    def refresh(self) -> None:
        """Look at the plan again; the panel is drawn anew only when something that it shows changed."""
        if self._machine not in self.state.machines:
            self.reject()
            return
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
