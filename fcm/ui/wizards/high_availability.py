"""High Availability wizard: choose a kind of service, choose virtual machines, cluster them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPushButton, QWidget

from fcm.model.commands import MakeHighlyAvailable
from fcm.model.entities import StartAction
from fcm.model.rules.verdict import Verdict, no
from fcm.ui.dialogs.report_viewer import ReportViewer
from fcm.ui.look import format as words
from fcm.ui.look import icons
from fcm.ui.look.appearance import machine_icon
from fcm.ui.widgets.dialog_parts import TickList, named, wrapped
from fcm.ui.wizards.frame import (
    BeforeYouBegin,
    CommandWizard,
    ConfirmationPage,
    ProgressPage,
    SummaryPage,
    WizardPage,
)
from fcm.workspace.actions.powershell import powershell
from fcm.workspace.reports import high_availability_report
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from fcm.ui.desk import Desk

_INTRO = """
<p>This wizard makes a service or application highly available: if the node that runs it fails, another node takes it
over.</p>
<p>Before you make a virtual machine highly available:</p>
<ul><li>Its files should be on a Cluster Shared Volume, under <i>SystemDrive</i>\\ClusterStorage.</li>
<li>Set its Automatic Start Action to Nothing, so that the cluster decides where it starts.</li>
<li>The virtual network that it uses must have the same name on all nodes.</li>
<li>If the nodes have different processor versions, select processor compatibility in its settings.</li></ul>
"""


class HighAvailabilityWizard(CommandWizard):
    """Select Service or Application > Select Virtual Machine > Confirmation > Configure > Summary."""

    def __init__(self, window: Desk, machine: str = "") -> None:
        """``machine``: id of the virtual machine that is selected at first; "" = none."""
        self._machine = machine
        self.machines = _MachinesPage(self)
        self.confirmation = _Confirmation(self)
        self.progress = ProgressPage("Configure High Availability", "The cluster is creating groups and resources.",
                                     self.carry_out)  # fmt: skip
        self.summary = _Summary(self)
        pages = (
            BeforeYouBegin(_INTRO),
            _KindPage(),
            self.machines,
            self.confirmation,
            self.progress,
            self.summary,
        )
        super().__init__(window, "High Availability Wizard", "configure-service", pages, QSize(820, 560))
        self.machines.fill(self._machine)

    def command(self) -> MakeHighlyAvailable:
        """Cluster the ticked machines."""
        return MakeHighlyAvailable(self.machines.list.ticked())

    def accept(self) -> None:
        """Finish shows the first machine that was clustered."""
        clustered = [identity for identity in self.machines.list.ticked() if identity in self.state.machines]
        super().accept()
        if clustered:
            self.window_of.select(Selection(Place.MACHINE, clustered[0]))

    def carried_out(self) -> None:
        """Keep what was done for the summary."""
        self.power_shell_text = powershell(self.command(), self.state)


class _KindPage(WizardPage):
    def __init__(self) -> None:
        super().__init__(
            "Select Service or Application", "Select the service or application to configure for high availability."
        )
        self.list = named(QListWidget(), "Services and applications to choose from")
        self.list.addItem(QListWidgetItem(icons.icon("vm"), "Virtual Machine"))
        self.list.setCurrentRow(0)
        self.column.addWidget(self.list, 1)
        self.column.addWidget(
            wrapped("A virtual machine that runs on one of the nodes, and that any other node can take over.", "quiet")
        )

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

    def first_focus(self) -> QWidget:
        return self.list

    def verdict(self) -> Verdict:
        if not self.list.ticked():
            return no("No virtual machine is selected.", "Select at least one.")
        return self._wizard.workspace.allowed(self._wizard.command())


class _Confirmation(ConfirmationPage):
    def __init__(self, wizard: HighAvailabilityWizard) -> None:
        super().__init__("You are ready to configure high availability for these virtual machines.")
        self._wizard = wizard

    def enter(self) -> None:
        state = self._wizard.state
        command = self._wizard.command()
        facts = []
        for identity in command.machines:
            machine = state.machines[identity]
            facts.append((machine.name, f"on {machine.node}, {machine.path}"))
            if machine.start_action is not StartAction.NOTHING:
                facts.append(("", f"Automatic Start Action is not Nothing: {machine.start_action}"))
        self.show_choice(facts, powershell(command, state))


class _Summary(SummaryPage):
    def __init__(self, wizard: HighAvailabilityWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self.facts.setHeaderLabels(["Virtual machine", "Service or application"])
        self.view = named(QPushButton(icons.icon("validate-report"), "&View Report..."), "View Report...")
        self.view.clicked.connect(self._view)
        self.add_button(self.view)

    def enter(self) -> None:
        state = self._wizard.state
        facts = []
        for identity in self._wizard.command().machines:
            machine = state.machines.get(identity)
            group = state.groups.get(machine.group or "") if machine else None
            if machine is not None:
                facts.append((machine.name, f"{group.name}, {group.state} on {group.owner}" if group else "not yet"))
        self.show_outcome(
            "pass",
            f"High availability was successfully configured for {words.count(len(facts), 'virtual machine')}.",
            facts,
            self._wizard.power_shell_text,
        )

    def _view(self) -> None:
        wizard = self._wizard
        now = wizard.workspace.now()
        report = high_availability_report(wizard.state, wizard.command().machines, "", now, wizard.power_shell_text)
        viewer = ReportViewer(wizard.window_of, report, now)
        viewer.setParent(wizard, viewer.windowFlags())
        viewer.open()
