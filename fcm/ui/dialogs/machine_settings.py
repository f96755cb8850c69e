"""Settings of a virtual machine: memory, start, processor compatibility, network, DVD drive, workload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from fcm.model.commands import Command, ConfigureVirtualMachine
from fcm.model.entities import MIB, MachineState, StartAction
from fcm.model.structures.tables import name_of
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.dialogs.workloads import WorkloadBox
from fcm.ui.look import icons
from fcm.ui.widgets.dialog_parts import changed, fact, form, long_choice, named, wrapped

if TYPE_CHECKING:
    from fcm.model.entities import VirtualMachine
    from fcm.ui.desk import Desk

COMPATIBILITY = "Migrate to a physical computer with a different processor version"
NOT_CONNECTED = "Not connected"


class MachineSettingsDialog(CommandDialog):
    """What can be changed of a machine; what needs the machine off says so."""

    def __init__(self, window: Desk, machine: str) -> None:
        self._machine = machine
        name = name_of(window.state.machines, machine)
        super().__init__(window, f"Settings for {name}", "settings", QSize(600, 600), with_apply=True)
        item = self.machine
        self.memory = MemoryBox("Memory", item.memory)
        self.start = named(QComboBox(), "Automatic Start Action")
        for action in StartAction:
            self.start.addItem(str(action))
        self.start.setCurrentIndex(list(StartAction).index(item.start_action))
        long_choice(self.start)
        self.compatibility = named(QCheckBox(COMPATIBILITY.replace("physical", "&physical")), COMPATIBILITY)
        self.compatibility.setChecked(item.processor_compatibility)
        self.switch = switch_box(self.state.nodes[item.node].switches, item.switch)
        self.workload = WorkloadBox(item.workload)
        self._status, self._node = fact(""), fact("")
        fields = form()
        fields.addRow("Status:", self._status)
        fields.addRow("Location:", fact(item.path))
        fields.addRow("Processors:", fact(str(item.processors)))
        fields.addRow("&Memory:", self.memory)
        fields.addRow("Pr&ocessor:", self.compatibility)
        self.off_note = wrapped("", "quiet")
        fields.addRow("", self.off_note)
        fields.addRow("&Virtual network:", self.switch)
        fields.addRow("DVD drive:", self._drive(item))
        fields.addRow("&Workload:", self.workload)
        fields.addRow("Automatic &Start Action:", self.start)
        self.start_note = wrapped("", "quiet")
        fields.addRow("", self.start_note)
        self.body.addLayout(fields)
        self.body.addStretch(1)
        self.memory.valueChanged.connect(lambda _: self.refresh())
        self.compatibility.toggled.connect(lambda _: self.refresh())
        self.media.textChanged.connect(lambda _: self.refresh())
        for box in (self.start, self.switch, self.workload):
            box.currentIndexChanged.connect(lambda _: self.refresh())
        self.finish_layout(self.start if item.state is not MachineState.OFF else self.memory)

    @property
    def machine(self) -> VirtualMachine:
        """The machine as it is now."""
        return self.state.machines[self._machine]

    def _drive(self, item: VirtualMachine) -> QWidget:
        self.no_media = named(QRadioButton("&None"), "None")
        self.image = named(QRadioButton("&Image file:"), "Image file")
        group = QButtonGroup(self)
        group.addButton(self.no_media)
        group.addButton(self.image)
        self.media = named(QLineEdit(item.media or ""), "Path of the image file")
        self.media.setPlaceholderText("Path of the ISO file on the nodes")
        browse = named(QPushButton("&Browse..."), "Browse...")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self._browse_button = browse
        self.no_media.setChecked(item.media is None)
        self.image.setChecked(item.media is not None)
        self.image.toggled.connect(lambda _: self.refresh())
        place = QWidget()
        column = QVBoxLayout(place)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.no_media)
        row = QHBoxLayout()
        row.addWidget(self.image)
        row.addWidget(self.media, 1)
        row.addWidget(browse)
        column.addLayout(row)
        return place

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Image file", "", "Image files (*.iso);;All files (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.media.setText)
        dialog.open()

    def refresh(self) -> None:
        """Enable what can be changed in the machine's state, and say why the rest cannot."""
        item = self.state.machines.get(self._machine)
        if item is None:
            self.reject()
            return
        off = item.state is MachineState.OFF
        self._status.setText(f"{item.state} on {item.node}")
        self.memory.setEnabled(off)
        self.compatibility.setEnabled(off)
        self.off_note.setText(
            "Processor compatibility lets the machine move between different processor versions of one manufacturer."
            if off
            else f"Memory and processor compatibility can be changed only while the machine is off. "
            f"Shut down {item.name} first."
        )
        wanted = list(StartAction)[self.start.currentIndex()]
        self.start_note.setText(
            "Choose Nothing for a highly available machine: the cluster decides where it starts."
            if wanted is not StartAction.NOTHING
            else "The cluster decides where the machine starts."
        )
        self.media.setEnabled(self.image.isChecked())
        self._browse_button.setEnabled(self.image.isChecked())
        super().refresh()

    def problem(self) -> str:
        """An image must be named."""
        if self.image.isChecked() and not self.media.text().strip():
            return "Enter the path of the image file, or choose None for the DVD drive."
        return ""

    def commands(self) -> tuple[Command, ...]:
        """What differs from what is."""
        item = self.state.machines.get(self._machine)
        if item is None:
            return ()
        media = self.media.text().strip() if self.image.isChecked() else ""
        command = ConfigureVirtualMachine(
            self._machine,
            memory=changed(self.memory.bytes(), item.memory) if self.memory.isEnabled() else None,
            start_action=changed(list(StartAction)[self.start.currentIndex()], item.start_action),
            processor_compatibility=changed(self.compatibility.isChecked(), item.processor_compatibility)
            if self.compatibility.isEnabled()
            else None,
            switch=changed(chosen_switch(self.switch) or "", item.switch or ""),
            media=changed(media, item.media or ""),
            workload=changed(self.workload.currentText(), item.workload),
        )
        return () if command == ConfigureVirtualMachine(self._machine) else (command,)


class MemoryBox(QSpinBox):
    """Memory in MiB, in steps that Hyper-V takes."""

    def __init__(self, name: str, value: int) -> None:
        super().__init__()
        named(self, name)
        self.setRange(8, 64 * 1024)
        self.setSingleStep(256)
        self.setSuffix(" MiB")
        self.setGroupSeparatorShown(True)
        self.setValue(value // MIB)

    def bytes(self) -> int:
        """The memory in bytes."""
        return self.value() * MIB


def switch_box(switches: tuple[str, ...], current: str | None) -> QComboBox:
    """Virtual networks to choose from, and none."""
    box = named(QComboBox(), "Virtual network")
    box.addItem(NOT_CONNECTED)
    names = switches if current is None or current in switches else (*switches, current)
    for switch in names:
        box.addItem(icons.icon("network"), switch)
    box.setCurrentIndex(0 if current is None else names.index(current) + 1)
    return box


def chosen_switch(box: QComboBox) -> str | None:
    """The virtual network chosen; None = not connected."""
    return box.currentText() if box.currentIndex() > 0 else None
