"""The page of a node: its state and load, what it owns, its networks, how it reaches each shared volume."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QSplitter, QVBoxLayout, QWidget

from fcm.model.entities import Adapter, NodeState, SharedVolume
from fcm.model.rules.moving.drains import active_drain, drain_migrations
from fcm.model.rules.quorum import engine_of
from fcm.model.state import Change, Kind
from fcm.model.structures.tables import name_of
from fcm.text.words import counted
from fcm.ui.look import appearance, format
from fcm.ui.look.plain import Label
from fcm.ui.pages.group import role_model
from fcm.ui.pages.machine_columns import machine_model
from fcm.ui.pages.nodes import memory_incoming, memory_used
from fcm.ui.pages.page import Page
from fcm.ui.pages.simulated_failures import with_failures
from fcm.ui.tables.table_model import Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.page_parts import EmptyState, Facts, LoadBar, heading
from fcm.workspace.selection import Place

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from fcm.ui.desk import Desk

_FACTS = ("Status", "Migrations", "Processor", "Operating system", "Virtual networks", "System drive")


class NodePage(Page):
    """Facts and load bars on top, then machines, networks and shared volumes."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Node", "node")
        settings = window.context.settings
        self._ageing = QTimer(self, interval=1000)
        self._ageing.timeout.connect(self._show_title)
        self._facts = Facts(_FACTS, columns=2)
        self.column.addWidget(self._facts)
        loads = QGridLayout()
        loads.setHorizontalSpacing(14)
        self._memory = LoadBar("Memory")
        self._processors = LoadBar("Processors")
        for row, (name, bar) in enumerate((("Memory:", self._memory), ("Processors:", self._processors))):
            label = Label(name)
            label.setProperty("role", "quiet")
            loads.addWidget(label, 0, row * 2)
            loads.addWidget(bar, 0, row * 2 + 1)
            loads.setColumnStretch(row * 2 + 1, 1)
        self.column.addLayout(loads)
        self.machines = TableView("Owned virtual machines", machine_model(window, with_owner=False), settings)
        self.adapters = TableView("Network connections", self._adapter_model(), settings)
        self.volumes = TableView("Cluster Shared Volumes of this node", self._volume_model(), settings)
        self.others = TableView("Owned services and applications", role_model(window), settings)
        self.watch(self.machines, Place.MACHINE)
        self.watch(self.others, Place.GROUP)
        self.watch(self.adapters, Place.ADAPTER, opens=False)
        self.watch(self.volumes, Place.VOLUME)
        self._none = EmptyState("This node does not own any virtual machines. Live migrate one here, or create one.")
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(_under("Virtual machines that this node owns", self.machines, self._none))
        self._others_part = _under("Services and applications that are not virtual machines", self.others)
        split.addWidget(self._others_part)
        split.addWidget(_under("Network connections", self.adapters))
        self._volumes_part = _under("Cluster Shared Volumes", self.volumes)
        split.addWidget(self._volumes_part)
        for number, weight in enumerate((3, 1, 2, 1)):
            split.setStretchFactor(number, weight)
        split.setSizes([220, 110, 170, 130])
        self.column.addWidget(split, 1)

    def refresh(self, change: Change) -> None:
        """Facts are cheap; of the machines only those that were touched are painted anew."""
        node, state = self.state.nodes.get(self.selection.id), self.state
        if node is None:
            return
        if change.structural or change.kinds() - {Kind.TELEMETRY}:
            self._show_facts()
            self.machines.table.set_ids(machine.id for machine in state.machines_on(node.name))
            self._none.setVisible(not self.machines.table.total)
            self.machines.setVisible(bool(self.machines.table.total))
            others = [group.id for group in state.groups.values() if group.is_role and group.owner == node.name]
            self.others.table.set_ids(others)
            self.others.table.touch(others)
            self._others_part.setVisible(bool(others))
            self.adapters.table.set_ids(a.id for a in state.adapters.values() if a.node == node.name)
            self.volumes.table.set_ids(state.shared_volumes)
            self._volumes_part.setVisible(bool(state.shared_volumes))
        running = change.of(Kind.TELEMETRY)
        if running:
            self.machines.table.touch(state.migrations[m].machine for m in running if m in state.migrations)

    def _show_facts(self) -> None:
        state, node = self.state, self.state.nodes[self.selection.id]
        owned = state.machines_on(node.name)
        self._show_title()
        say = self._facts.say
        drain = active_drain(state, node.name)
        over = [one for one in drain_migrations(state, drain.id).values() if one.phase.is_over] if drain else []
        draining = f"draining, {len(over)} of {counted(len(drain.moves), 'move')} finished" if drain else ""
        say("Status", appearance.node_words(node, draining, engine_of(state)))
        say("Migrations", self._migrations())
        say("Processor", f"{node.processor.model} ({node.processor.vendor})")
        say("Operating system", node.version or "Unknown")
        say("Virtual networks", ", ".join(node.switches) or "None")
        say("System drive", node.system_drive)
        if node.state not in (NodeState.UP, NodeState.PAUSED):
            self._memory.show_load(0.0, f"{node.state}; {format.size(node.memory)} installed")
            self._processors.show_load(0.0, f"{node.state}; {node.logical_processors} logical processors")
            return
        used, incoming = memory_used(state, node.name), memory_incoming(state, node.name)
        words = f"{format.size(used)} of {format.size(node.memory)} in use"
        if incoming:
            words += f", {format.size(incoming)} more is being migrated here"
        self._memory.show_load(used / max(1, node.memory), words, incoming / max(1, node.memory))
        given = sum(machine.processors for machine in owned if machine.state.holds_memory)
        words = f"{given} virtual processors on {node.logical_processors} logical ones"
        self._processors.show_load(given / max(1, node.logical_processors), words)

    def _show_title(self) -> None:
        """With the age of all that is shown where hosts are asked over a network."""
        node = self.state.nodes.get(self.selection.id)
        if node is None:
            return
        count = format.count(len(self.state.machines_on(node.name)), "virtual machine")
        silence = self.frame.workspace.silence(node.name) if self.frame.workspace is not None else None
        age = "" if silence is None else f", last seen {format.ago(silence)}"
        self.title.say(f"Summary of node {node.name}", appearance.node_icon(node), count + age)

    def showEvent(self, event: QShowEvent) -> None:
        """The age of what is shown grows while the page is seen."""
        super().showEvent(event)
        self._ageing.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees it."""
        super().hideEvent(event)
        self._ageing.stop()

    def _migrations(self) -> str:
        words = []
        for migration in self.state.running_migrations():
            if self.selection.id in (migration.source, migration.destination):
                name = self.state.moved_name(migration)
                words.append(f"{migration.kind} of {name} from {migration.source} to {migration.destination}")
        return "; ".join(words) or "None"

    def _adapter_model(self) -> TableModel:
        def adapter(identity: str) -> Adapter:
            return self.state.adapters[identity]

        def network(identity: str) -> str:
            return name_of(self.state.networks, adapter(identity).network)

        def use(identity: str) -> str:
            found = self.state.networks.get(adapter(identity).network)
            return appearance.cluster_use(found) if found else format.NONE

        return TableModel(
            (
                Column("Name", lambda i: adapter(i).name, 230, icon=lambda i: appearance.adapter_icon(adapter(i))),
                Column("Status", lambda i: with_failures(str(adapter(i).state), self.state, i), 90),
                Column("Network", network, 180),
                Column("Address", lambda i: adapter(i).address, 120, whole=True),
                Column("Cluster Use", use, 90, folds=2),
            )
        )

    def _volume_model(self) -> TableModel:
        def volume(identity: str) -> SharedVolume:
            return self.state.shared_volumes[identity]

        def icon(identity: str) -> str:
            return appearance.volume_icon(volume(identity), self.state.disks.get(identity))

        def path(identity: str) -> str:
            return volume(identity).path(self.state.nodes[self.selection.id].system_drive)

        def access(identity: str) -> str:
            return appearance.node_access(self.state, volume(identity), self.state.nodes[self.selection.id])

        return TableModel(
            (
                Column("Volume", lambda i: volume(i).name, 170, icon=icon),
                Column("I/O path of this node", access, 210),
                Column("Path", path, 230, folds=1),
                Column("Current Owner", lambda i: volume(i).owner, 110),
            )
        )


def _under(title: str, *below: QWidget) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 4, 0, 0)
    column.setSpacing(4)
    column.addWidget(heading(title))
    for widget in below:
        column.addWidget(widget, 1)
    return box
