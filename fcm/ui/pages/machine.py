"""The page of a virtual machine: Summary, resources, and the migration view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from fcm.model.commands import MakeHighlyAvailable
from fcm.model.entities import DiskUse, MachineState, NodeState, ResourceType, VolumeAccess
from fcm.model.moments import clock_time
from fcm.model.rules.failing.access import io_flows
from fcm.model.rules.failing.filling import short_of_room
from fcm.model.rules.failing.guests import guest_words, is_unmonitored
from fcm.model.rules.snapshots import backup_words, snapshots_of
from fcm.model.state import Change, Kind
from fcm.text.words import quoted
from fcm.ui.failover.explainer import FailoverExplainer
from fcm.ui.look import appearance, format
from fcm.ui.pages.page import EVERYTHING, Page
from fcm.ui.tables.table_model import Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.dialog_parts import named
from fcm.ui.widgets.page_parts import EmptyState, Facts, Link, scrolled
from fcm.workspace.files.settings import PLOT_LOG
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from fcm.model.entities import VirtualMachine
    from fcm.model.state import State
    from fcm.ui.desk import Desk
    from fcm.ui.migration import MigrationView

_NOT_CLUSTERED = (
    "This virtual machine is not highly available: the cluster cannot restart it on another node or live migrate it."
)
_FACTS = (
    "Status",
    "Alerts",
    "Preferred Owners",
    "Current Owner",
    "Memory",
    "Processors",
    "Virtual network",
    "Automatic start",
    "Guest",
    "Workload",
    "Path",
    "Snapshots",
    "Backup",
)


class MachinePage(Page):
    """Summary on top, the resources, the migration view and the failover explainer below in a splitter."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Virtual machine", "vm")
        self._facts = Facts(_FACTS, columns=2)
        # In a small window the page scrolls, so that the plot keeps its height below summary and strips.
        inside = QWidget()
        inside.setObjectName("machine-inside")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.column.addWidget(scrolled(inside), 1)
        column.addWidget(self._facts)
        self.resources = TableView("Resources", self._model(), window.context.settings)
        self.resources.setMinimumHeight(74)
        self.watch(self.resources, Place.RESOURCE, opens=False)
        self._cluster = Link("Make highly available...", "configure-service", self._make_highly_available)
        self._loose = EmptyState(_NOT_CLUSTERED, link=self._cluster)
        self._loose.hide()
        self._lower = QWidget()
        self._lower.setObjectName("migration-place")
        self._lower_column = QVBoxLayout(self._lower)
        self._lower_column.setContentsMargins(0, 4, 0, 0)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setObjectName("machine-split")
        self._split.setChildrenCollapsible(False)
        self.explainer = FailoverExplainer(window.context.settings)
        self.tabs = named(QTabWidget(), "Migration and failover")
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._lower, "Live migration")
        self.tabs.addTab(self.explainer, "Failover")
        self._split.addWidget(self.resources)
        self._split.addWidget(self.tabs)
        self._split.setStretchFactor(1, 1)
        self._split.setSizes([110, 420])
        column.addWidget(self._loose)
        column.addWidget(self._split, 1)
        self._view: MigrationView | None = None
        self._migration: str | None = None
        self._shown: tuple[str, str | None] | None = None
        self._newest: tuple[str, ...] = ()
        """Ids of the machine, its newest migration and its last failover: the tab of what is new comes to the front."""
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._show_migration)

    def open_at(self, selection: Selection) -> None:
        """Another machine: its newest migration."""
        if selection != self.selection:
            self._migration = None
            self._shown = None
        super().open_at(selection)

    def pick(self, selection: Selection) -> None:
        """A resource in the list, or one of the machine's migrations."""
        if selection.place is Place.MIGRATION:
            self._migration = selection.id
            self.refresh(EVERYTHING)
        else:
            super().pick(selection)

    def _machine(self) -> VirtualMachine | None:
        return self.state.machines.get(self.selection.id)

    def refresh(self, change: Change) -> None:
        """Summary and resources when the machine changed; the migration view with every change."""
        machine = self._machine()
        if machine is None:
            return
        state = self.state
        moved = {m for m in change.of(Kind.TELEMETRY) if m in state.migrations}
        mine = any(state.migrations[identity].machine == machine.id for identity in moved)
        if change.structural or change.kinds() - {Kind.TELEMETRY} or mine:
            self._show_summary(machine)
        if change.structural or change.kinds() & {Kind.RESOURCE, Kind.GROUP, Kind.DISK}:
            self._show_resources(machine)
        self._show_failover(machine)
        self._show_view(change)

    def _show_failover(self, machine: VirtualMachine) -> None:
        state = self.state
        workspace = self.frame.workspace
        self.explainer.show_group(state, machine.group, machine.name, workspace is None or workspace.simulated)
        failover, migration = self.explainer.failover, state.last_migration(machine.id)
        newest = (machine.id, migration.id if migration else "", failover.id if failover else "")
        if newest != self._newest:
            is_last = failover is not None and (migration is None or failover.failed > migration.requested)
            self.tabs.setCurrentIndex(1 if is_last else 0)
            self._newest = newest

    def _show_view(self, change: Change) -> None:
        newest = self.state.last_migration(self.selection.id)
        if self._migration is not None and newest is not None and not newest.phase.is_over:
            chosen = self.state.migrations.get(self._migration)
            if chosen is None or newest.requested > chosen.requested:
                self._migration = None  # a new one began: show it
        wanted = (self.selection.id, self._migration or (newest.id if newest else None))
        if wanted != self._shown:
            self._shown = wanted
            self._later.start()
        elif self._view is not None:
            self._view.refresh(change)

    def _show_migration(self) -> None:
        """The migration view comes after the page itself, since its plot is the heaviest thing of the window."""
        workspace, machine = self.frame.workspace, self._machine()
        if workspace is None or machine is None or self._shown is None:
            return
        if self._view is None:
            from fcm.ui.migration import MigrationView

            self._view = MigrationView(self._lower)
            self._view.wanted.connect(lambda command: self.frame.submit(command))
            self._view.options_asked.connect(lambda: self.frame.show_dialog("tune-migration", self.selection))
            self._remember_scale(self._view)
            self._lower_column.addWidget(self._view, 1)
        self._view.show_migration(workspace, self._shown[1], machine.id)

    def _remember_scale(self, view: MigrationView) -> None:
        """The scale of the plot is as it was when it was chosen last."""
        settings, button = self.frame.context.settings, view.plot.log
        button.setChecked(settings.get(PLOT_LOG))
        button.toggled.connect(lambda on: settings.set(PLOT_LOG, on))

    def _show_summary(self, machine: VirtualMachine) -> None:
        state, say = self.state, self._facts.say
        group = state.groups.get(machine.group or "")
        moving = self.frame.figures.active(state, machine.id) is not None
        self.title.say(
            f"Summary of {machine.name}",
            appearance.machine_icon(
                machine, group.state if group else None, moving, appearance.trouble(machine, state)
            ),
            "" if group else "Not highly available",
        )
        say("Status", self.frame.figures.status(state, machine))
        say("Alerts", " ".join(alerts(state, machine)) or "<none>")
        say("Preferred Owners", ", ".join(group.preferred_owners) if group and group.preferred_owners else "<none>")
        say("Current Owner", machine.node)
        say("Memory", format.size(machine.memory))
        compatible = ", compatible with other versions" if machine.processor_compatibility else ""
        say("Processors", f"{machine.processors}{compatible}")
        say("Virtual network", machine.switch or "Not connected")
        say("Automatic start", str(machine.start_action))
        say("Guest", _guest(machine))
        say("Workload", machine.workload or "Unknown")
        say("Path", machine.path)
        kept = [f"{one.name}{' (with memory)' if one.with_memory else ''}" for one in snapshots_of(state, machine.id)]
        say("Snapshots", format.listed(kept, at_most=2) if kept else "<none>")
        say("Backup", backup_words(state, machine.id) or "<none>")

    def _show_resources(self, machine: VirtualMachine) -> None:
        resources = self.state.group_resources(machine.group) if machine.group else ()
        order = list(ResourceType)
        self.resources.table.set_ids(r.id for r in sorted(resources, key=lambda r: order.index(r.type)))
        self.resources.setVisible(machine.is_highly_available)
        self._loose.setVisible(not machine.is_highly_available)
        workspace = self.frame.workspace
        if workspace is not None and not machine.is_highly_available:
            reason = workspace.allowed(MakeHighlyAvailable((machine.id,))).sentence()
            self._cluster.allow(reason)
            self._loose.words.setText(f"{_NOT_CLUSTERED} {reason}".strip())

    def _make_highly_available(self) -> None:
        self.frame.show_dialog("high-availability", self.selection)

    def _model(self) -> TableModel:
        def storage(identity: str) -> str:
            resource = self.state.resources[identity]
            disk = self.state.disks.get(resource.disk or "")
            if disk is None and resource.type is ResourceType.VIRTUAL_MACHINE:
                machine = self.state.machines.get(resource.machine or "")
                volume = self.state.shared_volumes.get(machine.disk or "") if machine else None
                return f"on {volume.name}" if volume else ""
            return f"{format.size(disk.free)} free of {format.size(disk.size)}" if disk else ""

        return TableModel(
            (
                Column(
                    "Name",
                    lambda i: self.state.resources[i].name,
                    300,
                    icon=lambda i: appearance.resource_icon(self.state.resources[i]),
                ),
                Column(
                    "Status", lambda i: appearance.resource_status(self.state.resources[i], self.state), 138, keeps=True
                ),
                Column("Type", lambda i: str(self.state.resources[i].type), 200, folds=1),
                Column("Possible Owners", lambda i: ", ".join(self.state.resources[i].possible_owners), 170, folds=3),
                Column("Storage", storage, 150, folds=2),
            )
        )


def _guest(machine: VirtualMachine) -> str:
    """The state of the guest, and when it will have booted; how long that takes is assumed."""
    words = guest_words(machine)
    if machine.booted_at is None:
        return words
    return f"{words} to {clock_time(machine.booted_at)} (assumed)"


def alerts(state: State, machine: VirtualMachine) -> list[str]:
    """What threatens a virtual machine or would stop its live migration, as sentences."""
    found = []
    node = state.nodes.get(machine.node)
    if node is not None and node.state is NodeState.DOWN:
        found.append(f"{node.name} is down.")
    volume = state.shared_volumes.get(machine.disk or "")
    if volume is not None and volume.access is not VolumeAccess.DIRECT:
        found.append(f"{volume.name}: {volume.access}.")
    elif volume is not None and machine.node in volume.redirected:
        found.append(f"{machine.node} has no path to {volume.name}: its I/O goes through {volume.owner}.")
    if volume is not None and machine.node in volume.paused:
        found.append(f"I/O to {volume.name} is paused.")
    disk = state.disks.get(machine.disk or "")
    if disk is not None and disk.use is not DiskUse.UNASSIGNED and disk.state != "Online":
        found.append(f"{disk.name} is {disk.state.lower()}.")
    if disk is not None and disk.maintenance:
        found.append(f"{disk.name} is in maintenance mode; it cannot move to another node.")
    if machine.media:
        found.append(f"The ISO file {machine.media} is attached; it prevents live migration.")
    without = [n.name for n in state.nodes.values() if machine.switch and machine.switch not in n.switches]
    if without:
        found.append(f"{format.listed(without)} has no virtual network named {quoted(machine.switch)}.")
    if not machine.connected:
        found.append(f"It is not connected: {machine.node} has no virtual network named {quoted(machine.switch)}.")
    if machine.queued_since is not None:
        found.append(f"Its start waits, because too many machines start on {machine.node} at once.")
    if is_unmonitored(state, machine):
        found.append(f"{machine.node} is isolated, so the cluster does not monitor the machine.")
    if machine.state is MachineState.PAUSED:
        found.append("The machine is paused.")
    if machine.state is MachineState.PAUSED_CRITICAL:
        usable = io_flows(state, machine.node, machine.disk)
        why = short_of_room(state, machine) if usable else usable
        found.append(f"Hyper-V paused the machine because of its storage. {why.sentence() or 'Resume it.'}")
    return found
