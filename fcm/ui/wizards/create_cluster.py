"""Create Cluster wizard: servers, networks and storage, the access point; it ends in a new embedded cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from fcm.model.entities import GIB, ClusterVersion
from fcm.ui.look import format as words
from fcm.ui.look import icons
from fcm.ui.look.plain import Label, literal
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import form, named, wrapped
from fcm.ui.wizards.edit_table import EditTable
from fcm.ui.wizards.frame import (
    BeforeYouBegin,
    ConfirmationPage,
    ProgressPage,
    SummaryPage,
    Wizard,
    WizardPage,
)
from fcm.workspace.actions.powershell import quoted
from fcm.workspace.planning import cluster_plan
from fcm.workspace.planning.cluster_plan import PROCESSORS, USUAL_PROCESSOR, ClusterPlan, PlannedNetwork, PlannedNode

if TYPE_CHECKING:
    from fcm.model.rules.verdict import Verdict
    from fcm.ui.desk import Desk

_INTRO = """
<p>This wizard creates a failover cluster: a set of servers that work together, so that when one of them fails, another
takes over its services.</p>
<p>The cluster is simulated inside this program, so you can safely try everything with servers, networks and storage of
your choice. Its description is saved as a cluster file that you can edit and share. To manage real hosts with QEMU and
libvirt, choose Manage a Cluster and browse to a hosts file.</p>
<ul><li>Choose processors from one manufacturer. Otherwise, virtual machines cannot be live migrated between the
servers.</li>
<li>Plan at least one private network for live migration, separate from the management network.</li></ul>
"""
_VERSIONS = {
    ClusterVersion.V2008_R2: "Votes are fixed. A node counts as lost after 5 s.",
    ClusterVersion.V2012: "Dynamic quorum: a node that has left loses its vote, so that the last nodes can continue.",
    ClusterVersion.V2012_R2: "Dynamic quorum and dynamic witness. With virtual machines, a node counts as lost "
    "after 10 s.",
    ClusterVersion.V2016: "As 2012 R2. A node that cannot be reached is isolated for 4 minutes before its virtual "
    "machines start elsewhere, and quarantined when it leaves too often.",
    ClusterVersion.V2019: "As 2016.",
}
"""What a version changes, as far as this program follows it."""
_RATES = {"100 Mbit/s": 12_500_000, "1 Gbit/s": 125_000_000, "10 Gbit/s": 1_250_000_000, "25 Gbit/s": 3_125_000_000}


class CreateClusterWizard(Wizard):
    """Select Servers > Networks and Storage > Access Point > Confirmation > Creating > Summary."""

    def __init__(self, window: Desk) -> None:
        self.servers = _ServersPage(self)
        self.networks = _NetworksPage(self)
        self.access = _AccessPage(self)
        self.progress = ProgressPage("Creating", "The cluster file is being written.", self._create)
        self.uri = ""
        self._work: Work | None = None
        pages = (
            BeforeYouBegin(_INTRO),
            self.servers,
            self.networks,
            self.access,
            _Confirmation(self),
            self.progress,
            _Summary(self),
        )
        super().__init__(window, "Create Cluster Wizard", "create-cluster", pages, QSize(880, 580))

    def plan(self) -> ClusterPlan:
        """What was chosen so far."""
        return ClusterPlan(
            name=self.access.name.text().strip(),
            domain=self.access.domain.text().strip(),
            address=self.access.address.text().strip(),
            nodes=self.servers.nodes(),
            networks=self.networks.networks(),
            disks=(GIB,) * self.networks.witness.isChecked()
            + (self.networks.disk_size.value() * GIB,) * self.networks.disks.value(),
            witness=self.networks.witness.isChecked(),
            version=self.servers.version(),
        )

    def power_shell(self) -> str:
        """The cmdlet that forms a cluster of real servers."""
        plan = self.plan()
        nodes = ", ".join(quoted(node.name) for node in plan.nodes)
        line = f"New-Cluster -Name {quoted(plan.name)} -Node {nodes} -StaticAddress {quoted(plan.address)}"
        return line if plan.version is ClusterVersion.V2008_R2 else f"{line} -Version {quoted(plan.version)}"

    def _create(self, progress: ProgressPage) -> None:
        plan, window = self.plan(), self.window_of

        def done(outcome: Outcome) -> None:
            progress.done()
            if outcome.error is not None:
                self.go_back()
                self.show_error(str(outcome.error))
                return
            self.uri = outcome.result
            window.echo(self.power_shell())
            self._show(self.stack.currentIndex() + 1)

        self._work = Work(self, lambda: window.context.create_cluster(plan), done)

    def accept(self) -> None:
        """Finish opens the new cluster."""
        super().accept()
        if self.uri:
            self.window_of.open(self.uri)


class _ServersPage(WizardPage):
    def __init__(self, wizard: CreateClusterWizard) -> None:
        super().__init__(
            "Select Servers", "Describe the servers that form the cluster. Double-click a cell to change it."
        )
        self._wizard = wizard
        self.table = EditTable("Servers", ["Server name", "Memory", "Logical processors", "Processor"])
        add = named(QPushButton(icons.icon("add-node"), "&Add"), "Add server")
        add.clicked.connect(lambda: self._add())
        remove = named(QPushButton(icons.icon("delete"), "&Remove"), "Remove server")
        self.column.addWidget(self.table.with_buttons(add, remove), 1)
        self.versions = named(QComboBox(), "Windows Server version")
        self.versions.addItems([str(version) for version in ClusterVersion])
        fields = form()
        fields.addRow("Windows Server &version:", self.versions)
        self.column.addLayout(fields)
        self._about = wrapped("", "quiet")
        self.column.addWidget(self._about)
        self.versions.currentTextChanged.connect(self._explain)
        self._explain(self.versions.currentText())
        for _ in range(3):
            self._add()
        for column, width in enumerate((120, 90, 124)):
            self.table.setColumnWidth(column, width)

    def _add(self) -> None:
        row = self.table.rowCount()
        names = {self.table.text(number, 0) for number in range(row)}
        name = next(f"node{number}" for number in range(1, row + 2) if f"node{number}" not in names)
        self.table.insertRow(row)
        self.table.put(row, [name])
        memory = named(QSpinBox(), f"Memory of {name}")
        memory.setRange(3, 4096)
        memory.setSuffix(" GiB")
        memory.setValue(32)
        processors = named(QSpinBox(), f"Logical processors of {name}")
        processors.setRange(1, 256)
        processors.setValue(8)
        model = named(QComboBox(), f"Processor of {name}")
        for choice, (vendor, _) in PROCESSORS.items():
            model.addItem(choice)
            model.setItemData(model.count() - 1, literal(vendor), Qt.ItemDataRole.ToolTipRole)
        model.setCurrentText(USUAL_PROCESSOR)
        memory.setFrame(False)
        processors.setFrame(False)
        model.setFrame(False)
        for column, widget in enumerate((memory, processors, model), 1):
            self.table.setCellWidget(row, column, widget)
        self.table.setCurrentCell(row, 0)

    def _explain(self, text: str) -> None:
        self._about.setText(_VERSIONS[ClusterVersion(text)])

    def version(self) -> ClusterVersion:
        """The version chosen."""
        return ClusterVersion(self.versions.currentText())

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

    def first_focus(self) -> QWidget:
        return self.table

    def verdict(self) -> Verdict:
        return cluster_plan.servers_verdict(self._wizard.plan())


class _NetworksPage(WizardPage):
    def __init__(self, wizard: CreateClusterWizard) -> None:
        super().__init__(
            "Networks and Storage",
            "Describe the networks that connect all servers. A network without a gateway is private. Live migration "
            "prefers the last private network.",
        )
        self._wizard = wizard
        self.table = EditTable("Networks", ["Name", "Subnet", "Default gateway", "Rate"])
        add = named(QPushButton(icons.icon("network"), "&Add"), "Add network")
        add.clicked.connect(lambda: self._add("", ""))
        remove = named(QPushButton(icons.icon("delete"), "&Remove"), "Remove network")
        self.column.addWidget(self.table.with_buttons(add, remove), 1)
        for number, gateway in ((1, "10.0.1.1"), (2, ""), (3, "")):
            self._add(f"10.0.{number}.0/24", gateway)
        for column, width in enumerate((140, 112, 116)):
            self.table.setColumnWidth(column, width)
        self.disks = named(QSpinBox(), "Shared disks")
        self.disks.setRange(0, 32)
        self.disks.setValue(4)
        self.disk_size = named(QSpinBox(), "Size of each disk")
        self.disk_size.setRange(1, 65536)
        self.disk_size.setValue(500)
        self.disk_size.setSuffix(" GiB")
        self.witness = named(QCheckBox("An additional 1 GiB disk as quorum &witness"), "Disk witness")
        row = QHBoxLayout()
        row.addWidget(self.disks)
        row.addWidget(Label("of"))
        row.addWidget(self.disk_size)
        row.addStretch(1)
        fields = form()
        label = Label("Shared &disks:")
        label.setBuddy(self.disks)
        fields.addRow(label, row)
        fields.addRow("", self.witness)
        self.column.addLayout(fields)

    def _add(self, subnet: str, gateway: str) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        self.table.put(row, [f"Cluster Network {row + 1}", subnet or f"10.0.{row + 1}.0/24", gateway])
        rate = named(QComboBox(), f"Rate of network {row + 1}")
        rate.addItems(list(_RATES))
        rate.setCurrentText("1 Gbit/s")
        rate.setFrame(False)
        self.table.setCellWidget(row, 3, rate)
        self.table.setCurrentCell(row, 0)

    def networks(self) -> tuple[PlannedNetwork, ...]:
        """The networks as they stand in the table."""
        found = []
        for row in range(self.table.rowCount()):
            rate = self.table.cellWidget(row, 3)
            assert isinstance(rate, QComboBox)
            name, subnet, gateway = (self.table.text(row, column) for column in range(3))
            found.append(PlannedNetwork(name, subnet, gateway or None, _RATES[rate.currentText()]))
        return tuple(found)

    def enter(self) -> None:
        """An even number of nodes needs a witness; from 2012 R2 it helps any number."""
        if not self._wizard.uri and self._wizard.access.name.text() == "":
            servers = self._wizard.servers
            self.witness.setChecked(cluster_plan.wants_witness(len(servers.nodes()), servers.version()))

    def first_focus(self) -> QWidget:
        return self.table

    def verdict(self) -> Verdict:
        return cluster_plan.networks_verdict(self._wizard.plan())


class _AccessPage(WizardPage):
    def __init__(self, wizard: CreateClusterWizard) -> None:
        super().__init__(
            "Access Point",
            "Type the name and the address to use when administering the cluster.",
        )
        self._wizard = wizard
        self.name = named(QLineEdit(), "Cluster name")
        self.domain = named(QLineEdit("example"), "Domain")
        self.address = named(QLineEdit(), "Address")
        fields = form()
        fields.addRow("Cluster na&me:", self.name)
        fields.addRow("&Domain:", self.domain)
        fields.addRow("&Address:", self.address)
        self.column.addLayout(fields)
        self.hint = wrapped("", "quiet")
        self.column.addWidget(self.hint)
        self.column.addStretch(1)

    def enter(self) -> None:
        networks = self._wizard.networks.networks()
        public = next((network for network in networks if network.gateway), networks[0])
        self.hint.setText(f"An unused address in a network that clients use, such as one in {public.subnet}.")
        if not self.address.text():
            base = public.subnet.partition("/")[0].rpartition(".")[0]
            self.address.setText(f"{base}.10" if base else "")

    def first_focus(self) -> QWidget:
        return self.name

    def verdict(self) -> Verdict:
        return cluster_plan.verdict(self._wizard.plan())


class _Confirmation(ConfirmationPage):
    next_label = "&Create"

    def __init__(self, wizard: CreateClusterWizard) -> None:
        super().__init__("You are ready to create this cluster.")
        self._wizard = wizard

    def enter(self) -> None:
        plan = self._wizard.plan()
        facts = [("Cluster", f"{plan.name}.{plan.domain}" if plan.domain else plan.name), ("Address", plan.address)]
        facts.append(("Version", f"Windows Server {plan.version}"))
        facts += [(node.name, f"{words.size(node.memory)}, {node.processor}") for node in plan.nodes]
        facts += [
            (network.name, f"{network.subnet}, {words.rate(network.bandwidth)}, gateway {network.gateway or 'none'}")
            for network in plan.networks
        ]
        facts.append(("Shared disks", ", ".join(words.size(size) for size in plan.disks) or "none"))
        self.show_choice(facts, self._wizard.power_shell())


class _Summary(SummaryPage):
    def __init__(self, wizard: CreateClusterWizard) -> None:
        super().__init__()
        self._wizard = wizard

    def enter(self) -> None:
        plan = self._wizard.plan()
        facts = [("Cluster", plan.name), ("Servers", ", ".join(node.name for node in plan.nodes))]
        facts.append(("Opened by", self._wizard.uri))
        text = f"The cluster {plan.name} was created. Choose Finish to open it, and then validate its configuration."
        self.show_outcome("pass", text, facts, self._wizard.power_shell())
