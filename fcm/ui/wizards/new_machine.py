"""New Virtual Machine wizard: its files on a Cluster Shared Volume, ready to be made highly available."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QWidget

from fcm.model.commands import CreateVirtualMachine, MakeHighlyAvailable
from fcm.model.entities import GIB, NodeState, StartAction
from fcm.model.rules.verdict import OK, Verdict
from fcm.ui.dialogs.machine_settings import COMPATIBILITY, MemoryBox, chosen_switch, switch_box
from fcm.ui.dialogs.workloads import WorkloadBox
from fcm.ui.look import format as words
from fcm.ui.look import icons
from fcm.ui.look.appearance import node_icon
from fcm.ui.look.plain import literal
from fcm.ui.widgets.dialog_parts import fact, form, long_choice, named, wrapped
from fcm.ui.wizards.frame import (
    BeforeYouBegin,
    CommandWizard,
    ConfirmationPage,
    ProgressPage,
    SummaryPage,
    WizardPage,
)
from fcm.workspace.actions.powershell import powershell
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from fcm.ui.desk import Desk

_INTRO = """
<p>This wizard creates a virtual machine. To be live migrated later, it must meet these conditions:</p>
<ul><li>Its files are on a Cluster Shared Volume, under <i>SystemDrive</i>\\ClusterStorage.</li>
<li>Its Automatic Start Action is Nothing: the cluster decides where it starts.</li>
<li>It is then made highly available with Configure a Service or Application.</li></ul>
"""
LOCAL = "Local storage of the node (cannot be made highly available)"


class NewMachineWizard(CommandWizard):
    """Name and Location > Memory > Networking > Virtual Hard Disk > Options > Confirmation > Creating > Summary."""

    def __init__(self, window: Desk, selection: Selection) -> None:
        self.place = _PlacePage(self, selection)
        self.memory = _MemoryPage(self)
        self.network = _NetworkPage(self)
        self.disk = _DiskPage(self)
        self.options = _OptionsPage(self)
        self.created = ""
        self.summary = _Summary(self)
        self.progress = ProgressPage(
            "Creating", "The node is creating the virtual machine and its disk.", self.carry_out
        )
        pages = (
            BeforeYouBegin(_INTRO),
            self.place,
            self.memory,
            self.network,
            self.disk,
            self.options,
            _Confirmation(self),
            self.progress,
            self.summary,
        )
        super().__init__(window, "New Virtual Machine Wizard", "new-vm", pages, QSize(780, 540))
        self.place.fill()

    def command(self) -> CreateVirtualMachine:
        """The machine that was described."""
        return CreateVirtualMachine(
            name=self.place.name.text().strip(),
            node=str(self.place.node.currentData() or ""),
            memory=self.memory.memory.bytes(),
            disk=self.place.location.currentData(),
            switch=self.network.chosen(),
            processors=self.memory.processors.value(),
            disk_size=self.disk.disk_size.value() * GIB,
            workload=self.options.workload.currentText(),
            start_action=list(StartAction)[self.options.start_action.currentIndex()],
            processor_compatibility=self.options.compatibility.isChecked(),
            start=self.options.start.isChecked(),
        )

    def path(self) -> str:
        """Where the files will lie."""
        name = self.place.name.text().strip() or "name of the machine"
        volume = self.state.shared_volumes.get(self.place.location.currentData() or "")
        node = self.state.nodes.get(str(self.place.node.currentData() or ""))
        drive = node.system_drive if node else "C:"
        return f"{volume.path(drive)}\\{name}" if volume else f"Local storage of {node.name if node else 'the node'}"

    def carried_out(self) -> None:
        """Show the new machine behind the wizard."""
        command = self.command()
        machine = self.state.machine_named(command.name)
        self.created = machine.id if machine else ""
        self.power_shell_text = powershell(command, self.state)

    def accept(self) -> None:
        """Finish shows the new machine, and the High Availability wizard where that was wanted."""
        follows = self.summary.follows.isChecked() and self.summary.follows.isEnabled()
        super().accept()
        if self.created:
            place = Selection(Place.MACHINE, self.created)
            self.window_of.select(place)
            if follows:
                self.window_of.show_dialog("high-availability", place)

    def checked(self) -> Verdict:
        """What the rules say about what was chosen so far."""
        return self.workspace.allowed(self.command())


class _PlacePage(WizardPage):
    def __init__(self, wizard: NewMachineWizard, selection: Selection) -> None:
        super().__init__(
            "Specify Name and Location", "Specify a name, the node that runs it first, and the location of its files."
        )
        self._wizard = wizard
        self._selection = selection
        self.name = named(QLineEdit(), "Name")
        self.name.setPlaceholderText("Such as web-2")
        self.node = named(QComboBox(), "Node")
        self.location = long_choice(named(QComboBox(), "Location"))
        self.path = fact("")
        self.note = wrapped("", "quiet")
        fields = form()
        fields.addRow("Na&me:", self.name)
        fields.addRow("N&ode:", self.node)
        fields.addRow("&Location:", self.location)
        fields.addRow("Path:", self.path)
        self.column.addLayout(fields)
        self.column.addWidget(self.note)
        self.column.addStretch(1)
        self.name.textChanged.connect(lambda _: self._show_path())
        for box in (self.node, self.location):
            box.currentIndexChanged.connect(lambda _: self._show_path())

    def fill(self) -> None:
        """Nodes that are up, shared volumes, local storage."""
        state, wanted = self._wizard.state, self._selection
        for node in state.nodes.values():
            if node.state in (NodeState.UP, NodeState.PAUSED):
                text = f"{node.name} ({words.size(max(0, state.free_memory(node.name)))} of free memory)"
                self.node.addItem(icons.icon(node_icon(node)), text, node.name)
        for volume in state.shared_volumes.values():
            free = words.size(state.disks[volume.disk].free)
            self.location.addItem(icons.icon("volume"), f"{volume.path()} ({volume.name}, {free} free)", volume.disk)
        self.location.addItem(icons.icon("disk"), LOCAL, None)
        if wanted.place is Place.NODE:
            self.node.setCurrentIndex(max(0, self.node.findData(wanted.id)))
        if wanted.place is Place.VOLUME:
            self.location.setCurrentIndex(max(0, self.location.findData(wanted.id)))
        if not state.shared_volumes:
            self.note.setText(
                "There is no Cluster Shared Volume yet. Enable Cluster Shared Volumes and add storage first, so that "
                "the machine can be made highly available."
            )
        self._show_path()

    def _show_path(self) -> None:
        self.path.setText(self._wizard.path())

    def first_focus(self) -> QWidget:
        return self.name

    def verdict(self) -> Verdict:
        verdict = self._wizard.checked()
        # Memory, network and disk have pages of their own.
        words_of_this_page = ("name", "named", "already exists", "is down", "Cluster Shared Volume", "characters")
        return verdict if any(word in verdict.reason for word in words_of_this_page) else OK


class _MemoryPage(WizardPage):
    def __init__(self, wizard: NewMachineWizard) -> None:
        super().__init__("Assign Memory and Processors", "The more memory, the longer a live migration takes.")
        self._wizard = wizard
        self.memory = MemoryBox("Memory", GIB)
        self.processors = named(QSpinBox(), "Processors")
        self.processors.setRange(1, 4)
        self.free = wrapped("", "quiet")
        fields = form()
        fields.addRow("&Memory:", self.memory)
        fields.addRow("Vi&rtual processors:", self.processors)
        self.column.addLayout(fields)
        self.column.addWidget(self.free)
        self.column.addStretch(1)

    def enter(self) -> None:
        state, node = self._wizard.state, self._wizard.command().node
        lines = [
            f"{name}: {words.size(max(0, state.free_memory(name)))} of free memory"
            + (" (runs it first)" if name == node else "")
            for name in state.nodes
        ]
        self.free.setText(
            "\n".join(["To run the machine, a node needs this much free memory. Free memory now:", *lines])
        )

    def first_focus(self) -> QWidget:
        return self.memory


class _NetworkPage(WizardPage):
    def __init__(self, wizard: NewMachineWizard) -> None:
        super().__init__(
            "Configure Networking",
            "Choose the virtual network. It must have the same name on every node that the machine may be migrated to.",
        )
        self._wizard = wizard
        self._node = ""
        self.switch: QComboBox | None = None
        self.fields = form()
        self.where = wrapped("", "quiet")
        self.column.addLayout(self.fields)
        self.column.addWidget(self.where)
        self.column.addStretch(1)

    def chosen(self) -> str | None:
        """The virtual network; None before the page was seen and while not connected."""
        return chosen_switch(self.switch) if self.switch is not None else None

    def enter(self) -> None:
        state, node = self._wizard.state, self._wizard.command().node
        if self.switch is None or node != self._node:
            self._node = node
            switches = state.nodes[node].switches if node in state.nodes else ()
            before = self.chosen()
            everywhere = [name for name in switches if all(name in other.switches for other in state.nodes.values())]
            first = before if before in switches else next(iter(everywhere or switches), None)
            while self.fields.rowCount():
                self.fields.removeRow(0)
            self.switch = switch_box(switches, first)
            self.switch.currentIndexChanged.connect(lambda _: self._tell())
            self.fields.addRow("&Virtual network:", self.switch)
        self._tell()

    def _tell(self) -> None:
        chosen, nodes = self.chosen(), self._wizard.state.nodes.values()
        missing = [node.name for node in nodes if chosen and chosen not in node.switches]
        if chosen is None:
            self.where.setText("Without a virtual network, the machine has no network connection.")
        elif missing:
            self.where.setText(
                f"{', '.join(missing)} has no virtual network of this name, so it cannot be live migrated there."
            )
        else:
            self.where.setText("All nodes have a virtual network of this name.")

    def first_focus(self) -> QWidget | None:
        return self.switch


class _DiskPage(WizardPage):
    def __init__(self, wizard: NewMachineWizard) -> None:
        super().__init__("Create a Virtual Hard Disk", "Choose how large the virtual hard disk is.")
        self._wizard = wizard
        self.disk_size = named(QSpinBox(), "Size")
        self.disk_size.setRange(1, 2040)
        self.disk_size.setSuffix(" GiB")
        self.disk_size.setValue(20)
        self.path = fact("")
        self.free = fact("")
        fields = form()
        fields.addRow("&Size:", self.disk_size)
        fields.addRow("Location:", self.path)
        fields.addRow("Free space:", self.free)
        self.column.addLayout(fields)
        self.column.addStretch(1)

    def enter(self) -> None:
        self.path.setText(self._wizard.path())
        disk = self._wizard.state.disks.get(self._wizard.command().disk or "")
        self.free.setText(words.size(disk.free) if disk else "Not known")

    def first_focus(self) -> QWidget:
        return self.disk_size

    def verdict(self) -> Verdict:
        return self._wizard.checked()


class _OptionsPage(WizardPage):
    def __init__(self, wizard: NewMachineWizard) -> None:
        super().__init__("Options", "Choose the workload, the start action and processor compatibility.")
        self._wizard = wizard
        self.workload = WorkloadBox("idle")
        self.start_action = named(QComboBox(), "Automatic Start Action")
        for action in StartAction:
            self.start_action.addItem(str(action))
        self.start_action.setCurrentIndex(list(StartAction).index(StartAction.NOTHING))
        long_choice(self.start_action)
        self.compatibility = named(QCheckBox(COMPATIBILITY.replace("different", "&different")), COMPATIBILITY)
        self.start = named(QCheckBox("Start the &virtual machine when it is created"), "Start when created")
        self.processors = wrapped("", "quiet")
        fields = form()
        fields.addRow("&Workload:", self.workload)
        fields.addRow("Automatic &Start Action:", self.start_action)
        self.column.addLayout(fields)
        self.column.addWidget(wrapped("For a machine that will be highly available, choose Nothing.", "quiet"))
        self.column.addWidget(self.compatibility)
        self.column.addWidget(self.processors)
        self.column.addWidget(self.start)
        self.column.addStretch(1)

    def enter(self) -> None:
        models = sorted({node.processor.model for node in self._wizard.state.nodes.values()})
        self.processors.setText(
            f"The nodes have different processors ({', '.join(models)}): select it to move between them."
            if len(models) > 1
            else "All nodes have the same processor, so it is not needed."
        )

    def first_focus(self) -> QWidget:
        return self.workload

    def verdict(self) -> Verdict:
        return self._wizard.checked()


class _Confirmation(ConfirmationPage):
    next_label = "&Create"

    def __init__(self, wizard: NewMachineWizard) -> None:
        super().__init__("You are ready to create this virtual machine.")
        self._wizard = wizard

    def enter(self) -> None:
        command = self._wizard.command()
        facts = [
            ("Name", command.name),
            ("Node", command.node),
            ("Location", self._wizard.path()),
            ("Memory", words.size(command.memory)),
            ("Virtual processors", str(command.processors)),
            ("Virtual network", command.switch or "Not connected"),
            ("Virtual hard disk", words.size(command.disk_size)),
            ("Workload", command.workload),
            ("Automatic Start Action", str(command.start_action)),
            ("Processor compatibility", "On" if command.processor_compatibility else "Off"),
            ("Start when created", "Yes" if command.start else "No"),
        ]
        self.show_choice(facts, powershell(command, self._wizard.state))

    def verdict(self) -> Verdict:
        return self._wizard.checked()


class _Summary(SummaryPage):
    def __init__(self, wizard: NewMachineWizard) -> None:
        super().__init__()
        self._wizard = wizard
        label = "Make it highly available: run the &High Availability Wizard next"
        self.follows = named(QCheckBox(label), label.replace("&", ""))
        self.follows.setChecked(True)
        self.column.addWidget(self.follows)

    def enter(self) -> None:
        machine = self._wizard.state.machines.get(self._wizard.created)
        able = self._wizard.workspace.allowed(MakeHighlyAvailable((self._wizard.created,)))
        self.follows.setEnabled(bool(able))
        self.follows.setChecked(bool(able))
        self.follows.setToolTip(literal(able.sentence()))
        if machine is None:
            self.show_outcome("warn", "The virtual machine is being created.", (), self._wizard.power_shell_text)
            return
        facts = [("Name", machine.name), ("Node", machine.node), ("Location", machine.path)]
        facts.append(("Status", str(machine.state)))
        following = "" if able else f" It cannot be made highly available. {able.sentence()}"
        self.show_outcome("pass", f"{machine.name} was created.{following}", facts, self._wizard.power_shell_text)
