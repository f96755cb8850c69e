"""Properties of a clustered service or application: tabs General and Failover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from fcm.model.commands import Command, ConfigureGroup
from fcm.model.entities import AUTOMATIC
from fcm.model.rules.groups import PRIORITIES, has_priorities
from fcm.model.structures.tables import name_of
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.look.appearance import node_icon, resource_words
from fcm.ui.look.plain import Label
from fcm.ui.widgets.dialog_parts import OrderedTickList, changed, fact, form, named, wrapped

if TYPE_CHECKING:
    from fcm.model.entities import Group
    from fcm.model.state import State
    from fcm.ui.desk import Desk

AT_ONCE = (AUTOMATIC, AUTOMATIC)
"""The window of failback that means "immediately"."""
OWNERS_NOTE = (
    "Selected nodes are preferred from top to bottom. A node that is not selected can still be used when no preferred "
    "owner is up. To exclude a node, use Possible owners on the Advanced Policies tab of the resource."
)


class GroupPropertiesDialog(CommandDialog):
    """Preferred owners, start, failover and failback of one group."""

    def __init__(self, window: Desk, group: str) -> None:
        self._group = group
        name = name_of(window.state.groups, group)
        super().__init__(window, f"{name} Properties", "properties", QSize(520, 560), with_apply=True)
        self.tabs = named(QTabWidget(), "Properties")
        self.tabs.addTab(self._general(self.group), "General")
        self.tabs.addTab(self._failover(self.group), "Failover")
        self.body.addWidget(self.tabs, 1)
        self.finish_layout(self.name)
        self.name.selectAll()

    @property
    def group(self) -> Group:
        """The group as it is now."""
        return self.state.groups[self._group]

    def _general(self, group: Group) -> QWidget:
        page = QWidget()
        self.name = named(QLineEdit(group.name), "Name")
        self.name.textChanged.connect(lambda _: self.refresh())
        top = form()
        top.addRow("Na&me:", self.name)
        self.owners = OrderedTickList("Preferred owners", ["Node"])
        rest = [node for node in self.state.nodes if node not in group.preferred_owners]
        for node in (*group.preferred_owners, *rest):
            if node in self.state.nodes:
                icon = node_icon(self.state.nodes[node])
                self.owners.list.add(node, [node], icon, ticked=node in group.preferred_owners)
        self.owners.list.setMinimumHeight(90)
        self.owners.changed.connect(self.refresh)
        label = Label("&Preferred owners:")
        label.setBuddy(self.owners.list)
        self.persistent = named(QCheckBox("&Enable persistent mode"), "Enable persistent mode")
        self.persistent.setChecked(group.persistent)
        self.persistent.setToolTip("When the whole cluster starts, the group waits for the node on which it was last")
        self.auto_start = named(QCheckBox("Auto s&tart"), "Auto start")
        self.auto_start.setChecked(group.auto_start)
        self.auto_start.setToolTip("The group is brought online after a failover")
        self.priority = named(QComboBox(page), "Priority")
        for number, word in PRIORITIES.items():
            self.priority.addItem(word, number)
        self.priority.setCurrentIndex(list(PRIORITIES).index(group.priority))
        self.priority.setToolTip("Groups with a higher priority are placed and started first after a failure")
        self.priority.currentIndexChanged.connect(lambda _: self.refresh())
        for box in (self.persistent, self.auto_start):
            box.toggled.connect(lambda _: self.refresh())
        self.classes = named(QLineEdit(", ".join(group.anti_affinity)), "Anti-affinity classes")
        self.classes.setPlaceholderText("None")
        self.classes.setToolTip(
            "Names separated by commas. Groups that share a name are kept on different nodes where "
            "possible: when they fail over and when a node is drained."
        )
        self.classes.textChanged.connect(lambda _: self.refresh())
        self._status, self._node = fact(resource_words(group.state)), fact(group.owner)
        bottom = form()
        if self.state.cluster is not None and has_priorities(self.state.cluster):
            bottom.addRow("P&riority:", self.priority)
        else:
            self.priority.hide()
        bottom.addRow("Anti-affinity c&lasses:", self.classes)
        bottom.addRow("Status:", self._status)
        bottom.addRow("Node:", self._node)
        column = QVBoxLayout(page)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(label)
        column.addWidget(self.owners, 1)
        column.addWidget(wrapped(OWNERS_NOTE, "quiet"))
        column.addWidget(self.persistent)
        column.addWidget(self.auto_start)
        column.addLayout(bottom)
        return page

    def _failover(self, group: Group) -> QWidget:
        page = QWidget()
        self.maximum = named(QSpinBox(), "Maximum failures in the specified period")
        self.maximum.setRange(0, 999)
        self.maximum.setValue(_maximum(group, self.state))
        self.automatic = named(QCheckBox("Au&tomatic"), "Automatic")
        self.automatic.setChecked(group.maximum_failures is None)
        self.automatic.setToolTip("The number of nodes minus one, even when nodes are added or evicted")
        self.automatic.toggled.connect(lambda _: self.refresh())
        self.period = named(QSpinBox(), "Period (hours)")
        self.period.setRange(1, 1193)
        self.period.setValue(group.failover_period)
        failover = form()
        most = QHBoxLayout()
        most.addWidget(self.maximum, 1)
        most.addWidget(self.automatic)
        label = Label("Ma&ximum failures in the specified period:")
        label.setBuddy(self.maximum)
        failover.addRow(label, most)
        failover.addRow("Period (&hours):", self.period)
        failover_box = QGroupBox("Failover")
        inside = QVBoxLayout(failover_box)
        inside.addWidget(
            wrapped(
                "How many times the cluster restarts or fails over the group before it leaves it in a failed state."
            )
        )
        inside.addLayout(failover)
        inside.addWidget(wrapped("The default is the number of nodes minus one, in 6 hours.", "quiet"))

        self.prevent = named(QRadioButton("&Prevent failback"), "Prevent failback")
        self.allow = named(QRadioButton("&Allow failback"), "Allow failback")
        self.at_once = named(QRadioButton("&Immediately"), "Immediately")
        self.between = named(QRadioButton("Failback &between:"), "Failback between")
        window = group.failback_window
        self.prevent.setChecked(not group.failback)
        self.allow.setChecked(group.failback)
        self.at_once.setChecked(window is None)
        self.between.setChecked(window is not None)
        self.first, self.last = QSpinBox(), QSpinBox()
        for spin, name, hour in zip(
            (self.first, self.last), ("First hour", "Last hour"), window or (1, 5), strict=True
        ):
            named(spin, name)
            spin.setRange(0, 23)
            spin.setValue(hour)
            spin.valueChanged.connect(lambda _: self.refresh())
        choice = QWidget()  # its own parent, so that these two exclude only each other
        inner = QVBoxLayout(choice)
        inner.setContentsMargins(24, 0, 0, 0)
        inner.addWidget(self.at_once)
        hours = QHBoxLayout()
        hours.addWidget(self.between)
        hours.addWidget(self.first)
        hours.addWidget(Label("and"))
        hours.addWidget(self.last)
        hours.addWidget(Label("hours"))
        hours.addStretch(1)
        inner.addLayout(hours)
        failback_box = QGroupBox("Failback")
        inside = QVBoxLayout(failback_box)
        inside.addWidget(wrapped("Whether the group moves back to its preferred owner when that node is up again."))
        for widget in (self.prevent, self.allow, choice):
            inside.addWidget(widget)
        for button in (self.prevent, self.allow, self.at_once, self.between):
            button.toggled.connect(lambda _: self.refresh())
        for spin in (self.maximum, self.period):
            spin.valueChanged.connect(lambda _: self.refresh())
        column = QVBoxLayout(page)
        column.addWidget(failover_box)
        column.addWidget(failback_box)
        column.addStretch(1)
        return page

    def refresh(self) -> None:
        """Enable what applies, show status and owner of the moment."""
        self.maximum.setEnabled(not self.automatic.isChecked())
        allowed, hours = self.allow.isChecked(), self.between.isChecked()
        self.at_once.setEnabled(allowed)
        self.between.setEnabled(allowed)
        self.first.setEnabled(allowed and hours)
        self.last.setEnabled(allowed and hours)
        group = self.state.groups.get(self._group)
        if group is not None:
            if self.automatic.isChecked():
                self.maximum.setValue(max(1, len(self.state.nodes) - 1))
            self._status.setText(resource_words(group.state))
            self._node.setText(group.owner)
        super().refresh()

    def commands(self) -> tuple[Command, ...]:
        """What differs from what is, in one command."""
        group = self.state.groups.get(self._group)
        if group is None:
            return ()
        failback = self.allow.isChecked()
        window = (self.first.value(), self.last.value()) if self.between.isChecked() else AT_ONCE
        most = AUTOMATIC if self.automatic.isChecked() else self.maximum.value()
        classes = tuple(dict.fromkeys(name for part in self.classes.text().split(",") if (name := part.strip())))
        command = ConfigureGroup(
            self._group,
            name=changed(self.name.text().strip(), group.name),
            preferred_owners=changed(self.owners.list.ticked(), group.preferred_owners),
            auto_start=changed(self.auto_start.isChecked(), group.auto_start),
            persistent=changed(self.persistent.isChecked(), group.persistent),
            maximum_failures=changed(most, AUTOMATIC if group.maximum_failures is None else group.maximum_failures),
            failover_period=changed(self.period.value(), group.failover_period),
            failback=changed(failback, group.failback),
            failback_window=changed(window, group.failback_window or AT_ONCE) if failback else None,
            anti_affinity=changed(classes, group.anti_affinity),
            priority=changed(list(PRIORITIES)[self.priority.currentIndex()], group.priority),
        )
        return () if command == ConfigureGroup(self._group) else (command,)


def _maximum(group: Group, state: State) -> int:
    return max(1, len(state.nodes) - 1) if group.maximum_failures is None else group.maximum_failures
