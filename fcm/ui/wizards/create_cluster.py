"""Create Cluster wizard: servers, networks and storage, the access point; it ends in a new embedded cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from fcm.model.entities import GIB, ClusterVersion
from fcm.ui.look import format as words
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import form, named, wrapped
from fcm.ui.wizards.frame import (
    BeforeYouBegin,
    ConfirmationPage,
    ProgressPage,
    SummaryPage,
    Wizard,
    WizardPage,
)
from fcm.ui.wizards.servers.tables import NetworksForm, ServersTable
from fcm.workspace.actions.powershell import quoted
from fcm.workspace.planning import cluster_plan
from fcm.workspace.planning.cluster_plan import ClusterPlan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.model.rules.verdict import Verdict
    from fcm.ui.desk import Desk
    from fcm.workspace.planning.cluster_plan import PlannedNetwork, PlannedNode

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

    def fill(self, nodes: Sequence[PlannedNode], networks: Sequence[PlannedNetwork], disks: Sequence[int]) -> None:
        """Begin with these servers, networks and disks (sizes in bytes, all the same), which can still be changed."""
        self.servers.servers.show_nodes(nodes)
        self.networks.form.show_networks(networks, disks)

    def plan(self) -> ClusterPlan:
        """What was chosen so far."""
        return ClusterPlan(
            name=self.access.name.text().strip(),
            domain=self.access.domain.text().strip(),
            address=self.access.address.text().strip(),
            nodes=self.servers.servers.nodes(),
            networks=self.networks.form.networks(),
            disks=(GIB,) * self.networks.witness.isChecked() + self.networks.form.sizes(),
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
        self.servers = ServersTable(3)
        self.column.addWidget(self.servers, 1)
        self.versions = named(QComboBox(), "Windows Server version")
        self.versions.addItems([str(version) for version in ClusterVersion])
        fields = form()
        fields.addRow("Windows Server &version:", self.versions)
        self.column.addLayout(fields)
        self._about = wrapped("", "quiet")
        self.column.addWidget(self._about)
        self.versions.currentTextChanged.connect(self._explain)
        self._explain(self.versions.currentText())

    def _explain(self, text: str) -> None:
        self._about.setText(_VERSIONS[ClusterVersion(text)])

    def version(self) -> ClusterVersion:
        """The version chosen."""
        return ClusterVersion(self.versions.currentText())

    def first_focus(self) -> QWidget:
        return self.servers.table

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
        self.form = NetworksForm()
        self.witness = named(QCheckBox("An additional 1 GiB disk as quorum &witness"), "Disk witness")
        self.form.fields.addRow("", self.witness)
        self.column.addWidget(self.form, 1)

    def enter(self) -> None:
        """An even number of nodes needs a witness; from 2012 R2 it helps any number."""
        if not self._wizard.uri and self._wizard.access.name.text() == "":
            page = self._wizard.servers
            self.witness.setChecked(cluster_plan.wants_witness(len(page.servers.nodes()), page.version()))

    def first_focus(self) -> QWidget:
        return self.form.table

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
        networks = self._wizard.networks.form.networks()
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
