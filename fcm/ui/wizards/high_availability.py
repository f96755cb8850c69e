"""High Availability wizard: choose a kind of service, then virtual machines or a client access point and storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPushButton, QWidget

from fcm.model.commands import AddRole, Command, MakeHighlyAvailable
from fcm.model.entities import GroupType, StartAction
from fcm.model.roles import KINDS
from fcm.model.rules.verdict import Verdict, no
from fcm.ui.dialogs.report_viewer import ReportViewer
from fcm.ui.look import format as words
from fcm.ui.look import icons
from fcm.ui.look.appearance import machine_icon
from fcm.ui.look.plain import literal
from fcm.ui.widgets.dialog_parts import TickList, named, wrapped
from fcm.ui.wizards.frame import (
    BeforeYouBegin,
    CommandWizard,
    ConfirmationPage,
    ProgressPage,
    SummaryPage,
    WizardPage,
)
from fcm.ui.wizards.role_pages import AccessPointPage, ProgramPage, StoragePage, facts_of_role
from fcm.workspace.actions.powershell import powershell
from fcm.workspace.reports import high_availability_report, role_report
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from fcm.ui.desk import Desk

_INTRO = """
<p>This wizard makes a service or application highly available: if the node that runs it fails, another node takes it
over.</p>
<p>A service or application other than a virtual machine gets a client access point, that is, a network name and an
IP address, and disks from Available Storage.</p>
<p>Before you make a virtual machine highly available:</p>
<ul><li>Its files should be on a Cluster Shared Volume, under <i>SystemDrive</i>\\ClusterStorage.</li>
<li>Set its Automatic Start Action to Nothing, so that the cluster decides where it starts.</li>
<li>The virtual network that it uses must have the same name on all nodes.</li>
<li>If the nodes have different processor versions, select processor compatibility in its settings.</li></ul>
"""


_MACHINE = "A virtual machine that runs on one of the nodes, and that any other node can take over."


class HighAvailabilityWizard(CommandWizard):
    """Select Service or Application > Select Virtual Machine > Confirmation > Configure > Summary.

    Other kinds have the pages Client Access Point and Select Storage, and two of them name what they run.
    """

    def __init__(self, window: Desk, machine: str = "") -> None:
        """``machine``: id of the virtual machine that is selected at first; "" = none."""
        self._machine = machine
        self.kinds = _KindPage(self)
        self.machines = _MachinesPage(self)
        self.program = ProgramPage(self)
        self.access = AccessPointPage(self)
        self.storage = StoragePage(self)
        self.confirmation = _Confirmation(self)
        self.progress = ProgressPage("Configure High Availability", "The cluster is creating groups and resources.",
                                     self.carry_out)  # fmt: skip
        self.summary = _Summary(self)
        pages = (
            BeforeYouBegin(_INTRO),
            self.kinds,
            self.machines,
            self.program,
            self.access,
            self.storage,
            self.confirmation,
            self.progress,
            self.summary,
        )
        super().__init__(window, "High Availability Wizard", "configure-service", pages, QSize(820, 560))
        self.machines.fill(self._machine)
        self.kinds.fill()
        self.storage.fill()
        self.update_steps()

    @property
    def kind(self) -> GroupType:
        """The chosen kind of service."""
        return self.kinds.kind

    def command(self) -> Command:
        """Cluster the ticked machines, or configure the service."""
        if self.kind is GroupType.VIRTUAL_MACHINE:
            return MakeHighlyAvailable(self.machines.list.ticked())
        program = self.program.line.text().strip() if KINDS[self.kind].program else ""
        name, address = self.access.name.text().strip(), self.access.address.text().strip()
        return AddRole(self.kind, name, address, self.storage.list.ticked(), program)

    def made(self) -> Selection | None:
        """What was configured: the first machine, or the new service."""
        if self.kind is GroupType.VIRTUAL_MACHINE:
            clustered = [identity for identity in self.machines.list.ticked() if identity in self.state.machines]
            return Selection(Place.MACHINE, clustered[0]) if clustered else None
        name = self.access.name.text().strip()
        found = next((group.id for group in self.state.groups.values() if group.name == name), None)
        return Selection(Place.GROUP, found) if found else None

    def accept(self) -> None:
        """Finish shows what was configured."""
        made = self.made()
        super().accept()
        if made is not None:
            self.window_of.select(made)

    def carried_out(self) -> None:
        """Keep what was done for the summary."""
        self.power_shell_text = powershell(self.command(), self.state)


class _KindPage(WizardPage):
    def __init__(self, wizard: HighAvailabilityWizard) -> None:
        super().__init__(
            "Select Service or Application", "Select the service or application to configure for high availability."
        )
        self._wizard = wizard
        self.list = named(QListWidget(), "Services and applications to choose from")
        self.column.addWidget(self.list, 1)
        self.about = wrapped("", "quiet")
        named(self.about, "Description")
        self.column.addWidget(self.about)
        self.list.currentRowChanged.connect(lambda _: self._chosen())

    def fill(self) -> None:
        """All kinds in the order of the alphabet; those that this cluster cannot have say why."""
        able = self._wizard.workspace.capabilities.verdict(AddRole)
        for kind in sorted((*KINDS, GroupType.VIRTUAL_MACHINE), key=str):
            is_machine = kind is GroupType.VIRTUAL_MACHINE
            item = QListWidgetItem(icons.icon("vm" if is_machine else "group"), str(kind))
            item.setData(Qt.ItemDataRole.UserRole, kind)
            if not is_machine and not able:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
                item.setToolTip(literal(able.sentence()))
            self.list.addItem(item)
            if is_machine:
                self.list.setCurrentItem(item)

    @property
    def kind(self) -> GroupType:
        """The chosen one."""
        item = self.list.currentItem()
        return GroupType(item.data(Qt.ItemDataRole.UserRole)) if item is not None else GroupType.VIRTUAL_MACHINE

    def _chosen(self) -> None:
        kind = self.kind
        self.about.setText(_MACHINE if kind is GroupType.VIRTUAL_MACHINE else KINDS[kind].about)
        if hasattr(self._wizard, "next"):
            self._wizard.update_steps()
            self._wizard.recheck()

    def first_focus(self) -> QWidget:
        return self.list


class _MachinesPage(WizardPage):
    def __init__(self, wizard: HighAvailabilityWizard) -> None:
        super().__init__(
            "Select Virtual Machine",
            "Select virtual machines to make highly available. If one cannot be clustered yet, the reason is shown.",
        )
        self._wizard = wizard
        self.list = TickList("Virtual machines", ["Name", "Status", "Node", "Memory", "Location"])
        self.column.addWidget(self.list, 1)

    def fill(self, selected: str = "") -> None:
        """List all machines that are not highly available, one of them selected."""
        workspace = self._wizard.workspace
        for machine in workspace.state.machines.values():
            if machine.is_highly_available:
                continue
            verdict = workspace.allowed(MakeHighlyAvailable((machine.id,)))
            where = machine.path if verdict else verdict.reason
            texts = (machine.name, str(machine.state), machine.node, words.size(machine.memory), where)
            icon, ticked = machine_icon(machine, None, False), machine.id == selected and bool(verdict)
            self.list.add(machine.id, texts, icon, ticked=ticked, reason=verdict.sentence())
        self.list.align_right(3)
        self.list.fit()
        self.list.select_first()
        self.list.select(selected)

    def skipped(self) -> bool:
        return self._wizard.kind is not GroupType.VIRTUAL_MACHINE

    def first_focus(self) -> QWidget:
        return self.list

    def verdict(self) -> Verdict:
        if not self.list.ticked():
            return no("No virtual machine is selected.", "Select at least one.")
        return self._wizard.workspace.allowed(self._wizard.command())


class _Confirmation(ConfirmationPage):
    def __init__(self, wizard: HighAvailabilityWizard) -> None:
        super().__init__("You are ready to configure high availability.")
        self._wizard = wizard

    def enter(self) -> None:
        command, state = self._wizard.command(), self._wizard.state
        facts = facts_of_role(command, state) if isinstance(command, AddRole) else self._of_machines()
        self.show_choice(facts, powershell(command, state))

    def _of_machines(self) -> list[tuple[str, str]]:
        facts = []
        for identity in self._wizard.machines.list.ticked():
            machine = self._wizard.state.machines[identity]
            facts.append((machine.name, f"on {machine.node}, {machine.path}"))
            if machine.start_action is not StartAction.NOTHING:
                facts.append(("", f"Automatic Start Action is not Nothing: {machine.start_action}"))
        return facts

    def verdict(self) -> Verdict:
        return self._wizard.workspace.allowed(self._wizard.command())


class _Summary(SummaryPage):
    def __init__(self, wizard: HighAvailabilityWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self.view = named(QPushButton(icons.icon("validate-report"), "&View Report..."), "View Report...")
        self.view.clicked.connect(self._view)
        self.add_button(self.view)

    def enter(self) -> None:
        state, wizard = self._wizard.state, self._wizard
        command = wizard.command()
        if isinstance(command, AddRole):
            made = wizard.made()
            group = state.groups.get(made.id) if made is not None else None
            status = f"{group.state} on {group.owner}" if group is not None else "not yet"
            text = f"High availability was successfully configured for {command.name} ({command.type})."
            self.show_outcome(
                "pass", text, [*facts_of_role(command, state), ("Status", status)], wizard.power_shell_text
            )
            return
        self.facts.setHeaderLabels(["Virtual machine", "Service or application"])
        facts = []
        for identity in wizard.machines.list.ticked():
            machine = state.machines.get(identity)
            group = state.groups.get(machine.group or "") if machine else None
            if machine is not None:
                facts.append((machine.name, f"{group.name}, {group.state} on {group.owner}" if group else "not yet"))
        self.show_outcome(
            "pass",
            f"High availability was successfully configured for {words.count(len(facts), 'virtual machine')}.",
            facts,
            wizard.power_shell_text,
        )

    def _view(self) -> None:
        wizard = self._wizard
        now, made = wizard.workspace.now(), wizard.made()
        if wizard.kind is GroupType.VIRTUAL_MACHINE:
            machines = wizard.machines.list.ticked()
            report = high_availability_report(wizard.state, machines, "", now, wizard.power_shell_text)
        else:
            report = role_report(wizard.state, made.id if made is not None else "", now, wizard.power_shell_text)
        viewer = ReportViewer(wizard.window_of, report, now)
        viewer.setParent(wizard, viewer.windowFlags())
        viewer.open()
