"""The page of a service or application that is not a virtual machine: Summary, its resources, its last failover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QTabWidget

from fcm.model.entities import NodeState, ResourceState, ResourceType
from fcm.model.rules.dependencies import expression
from fcm.ui.failover.explainer import FailoverExplainer
from fcm.ui.look import appearance, format
from fcm.ui.pages.page import Page
from fcm.ui.tables.table_model import Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.dialog_parts import named
from fcm.ui.widgets.page_parts import Facts
from fcm.workspace.selection import Place

if TYPE_CHECKING:
    from fcm.model.entities import Group, Resource
    from fcm.model.state import Change, State
    from fcm.ui.desk import Desk

_FACTS = (
    "Status",
    "Alerts",
    "Preferred Owners",
    "Current Owner",
    "Type",
    "Client access point",
    "Auto Start",
    "Storage",
)
_ORDER = (
    ResourceType.FILE_SERVER,
    ResourceType.GENERIC_APPLICATION,
    ResourceType.GENERIC_SERVICE,
    ResourceType.DHCP_SERVICE,
    ResourceType.PRINT_SPOOLER,
    ResourceType.NETWORK_NAME,
    ResourceType.IP_ADDRESS,
    ResourceType.PHYSICAL_DISK,
)


class GroupPage(Page):
    """Summary on top, the resources, and below them how it failed over last."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Service or application", "group")
        self._facts = Facts(_FACTS, columns=2)
        self.column.addWidget(self._facts)
        self.resources = TableView("Resources", self._model(), window.context.settings)
        self.resources.setMinimumHeight(90)
        self.watch(self.resources, Place.RESOURCE, opens=False)
        self.explainer = FailoverExplainer(window.context.settings)
        tabs = named(QTabWidget(), "Failover of the service or application")
        tabs.setDocumentMode(True)
        tabs.addTab(self.explainer, "Failover")
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("group-split")
        split.setChildrenCollapsible(False)
        split.addWidget(self.resources)
        split.addWidget(tabs)
        split.setStretchFactor(1, 1)
        split.setSizes([190, 340])
        self.column.addWidget(split, 1)

    def refresh(self, change: Change) -> None:
        """Everything that concerns the group; it is little."""
        group = self.state.groups.get(self.selection.id)
        if group is None:
            return
        self._show_summary(group)
        found = self.state.group_resources(group.id)
        order = list(_ORDER)
        self.resources.table.set_ids(
            one.id for one in sorted(found, key=lambda r: order.index(r.type) if r.type in order else len(order))
        )
        self.resources.table.touch()
        workspace = self.frame.workspace
        self.explainer.show_group(self.state, group.id, group.name, workspace is None or workspace.simulated)

    def _show_summary(self, group: Group) -> None:
        state, say = self.state, self._facts.say
        self.title.say(f"Summary of {group.name}", appearance.group_icon(group), str(group.type))
        say("Status", appearance.resource_words(group.state))
        say("Alerts", " ".join(alerts(state, group)) or "<none>")
        say("Preferred Owners", ", ".join(group.preferred_owners) or "<none>")
        say("Current Owner", group.owner)
        say("Type", str(group.type))
        say("Client access point", access_point(state, group) or "<none>")
        say("Auto Start", "Yes" if group.auto_start else "No")
        disks = [state.disks[one.disk] for one in state.group_resources(group.id) if one.disk]
        free = f", {format.size(sum(disk.free for disk in disks))} free" if disks else ""
        say("Storage", f"{format.listed([disk.name for disk in disks])}{free}" if disks else "<none>")

    def _model(self) -> TableModel:
        def resource(identity: str) -> Resource:
            return self.state.resources[identity]

        def needs(identity: str) -> str:
            found = resource(identity)
            return expression(self.state, found.depends_on, found.alternatives) or format.NONE

        def detail(identity: str) -> str:
            found = resource(identity)
            disk = self.state.disks.get(found.disk or "")
            return f"{format.size(disk.free)} free of {format.size(disk.size)}" if disk else found.detail or format.NONE

        return TableModel(
            (
                Column("Name", lambda i: resource(i).name, 220, icon=lambda i: appearance.resource_icon(resource(i))),
                Column("Status", lambda i: appearance.resource_status(resource(i), self.state), 120, keeps=True),
                Column("Type", lambda i: str(resource(i).type), 140),
                Column("Details", detail, 170, folds=1),
                Column("Depends on", needs, 260, folds=2),
                Column("Possible Owners", lambda i: ", ".join(resource(i).possible_owners), 170, folds=3),
            )
        )


def access_point(state: State, group: Group) -> str:
    """Network names and addresses under which clients reach a service."""
    found = state.group_resources(group.id)
    names = [one.detail for one in found if one.type is ResourceType.NETWORK_NAME]
    addresses = [one.detail for one in found if one.type is ResourceType.IP_ADDRESS]
    return ", ".join((*names, *addresses))


def alerts(state: State, group: Group) -> list[str]:
    """What is wrong with a service or application, as sentences."""
    found = []
    node = state.nodes.get(group.owner)
    if node is not None and node.state is NodeState.DOWN:
        found.append(f"{node.name} is down.")
    for one in state.group_resources(group.id):
        if one.state is ResourceState.FAILED:
            found.append(f"{one.name} has failed. {one.failure}".strip())
        elif one.state is ResourceState.OFFLINE and group.wanted:
            found.append(f"{one.name} is offline.")
    if not group.wanted:
        found.append("It was taken offline by a user.")
    return found


def role_model(window: Desk) -> TableModel:
    """A list of services and applications that are no virtual machines, by id."""

    def group(identity: str) -> Group:
        return window.state.groups[identity]

    return TableModel(
        (
            Column("Name", lambda i: group(i).name, 170, icon=lambda i: appearance.group_icon(group(i))),
            Column("Status", lambda i: appearance.resource_words(group(i).state), 130, keeps=True),
            Column("Type", lambda i: str(group(i).type), 140),
            Column("Current Owner", lambda i: group(i).owner, 110),
            Column("Auto Start", lambda i: "Yes" if group(i).auto_start else "No", 80, folds=2),
            Column("Client access point", lambda i: access_point(window.state, group(i)), 200, folds=1),
        ),
        first_sort=0,
    )
