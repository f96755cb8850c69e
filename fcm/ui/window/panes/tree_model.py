"""The console tree: Failover Cluster Manager, the clusters, and what they consist of, in the order of the MMC snap-in.

A change of the state becomes the few rows that came and went, so that the view keeps what is expanded and selected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from fcm.model.state import Kind, State
from fcm.ui.look import appearance, icons
from fcm.ui.look.plain import literal
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.model.state import Change
    from fcm.ui.window.figures import Figures

_Index = QModelIndex | QPersistentModelIndex
_RUNS = 64
"""More runs of new or gone rows than this under one parent replace all its rows."""
ROOT = Selection(Place.ROOT)
_CONTAINERS = {
    Place.SERVICES: ("Services and applications", "services"),
    Place.NODES: ("Nodes", "nodes"),
    Place.SHARED_VOLUMES: ("Cluster Shared Volumes", "volumes"),
    Place.STORAGE: ("Storage", "storage"),
    Place.NETWORKS: ("Networks", "networks"),
    Place.EVENTS: ("Cluster Events", "events"),
    Place.MAP: ("Map", "map"),
}
_Key = tuple[str, Selection, str]
"""The cluster of a row ("" for the root), what it shows and its label.

A renamed object is another row, since rows are in the order of names.
"""


class _Item:
    """One row of the tree."""

    __slots__ = ("children", "key", "number", "parent", "row")

    def __init__(self, number: int, key: _Key, parent: _Item | None, row: int) -> None:
        self.number, self.key, self.parent, self.row = number, key, parent, row
        self.children: list[_Item] = []


class _Shown:
    """What is shown of one cluster."""

    __slots__ = ("figures", "note", "state")

    def __init__(self, figures: Figures | None, note: str = "") -> None:
        self.state, self.figures, self.note = State(), figures, note


class TreeModel(QAbstractItemModel):
    """Rows of the console tree for the states of all open clusters, which are named by what they were opened by."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clusters: dict[str, _Shown] = {}
        self._items: dict[int, _Item] = {}
        self._places: dict[tuple[str, Selection], _Item] = {}
        self._next = 1
        self._root = self._make(("", ROOT, "Failover Cluster Manager"), None, 0)

    # What Qt asks

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Row of a parent."""
        if column or row < 0:
            return QModelIndex()
        if not parent.isValid():
            return self.createIndex(0, 0, self._root.number) if row == 0 else QModelIndex()
        children = self._items[parent.internalId()].children
        return self.createIndex(row, 0, children[row].number) if row < len(children) else QModelIndex()

    def parent(self, index: _Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """Parent of a row."""
        item = self._items.get(index.internalId()) if index.isValid() else None
        if item is None or item.parent is None:
            return QModelIndex()
        return self.createIndex(item.parent.row, 0, item.parent.number)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Rows under a parent."""
        if not parent.isValid():
            return 1
        return len(self._items[parent.internalId()].children) if parent.column() == 0 else 0

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One column."""
        return 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Label, icon and what a screen reader says."""
        if not index.isValid():
            return None
        cluster, selection, label = self._items[index.internalId()].key
        if role == Qt.ItemDataRole.DisplayRole:
            return label
        if role == Qt.ItemDataRole.DecorationRole:
            return icons.icon(self._icon(cluster, selection))
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            status = self._status(cluster, selection)
            told = f"{label}: {status}" if status else label
            return literal(told) if role == Qt.ItemDataRole.ToolTipRole else told
        return None

    # What the window asks

    def selection(self, index: _Index) -> Selection:
        """What a row stands for; the root for an index that is not valid."""
        item = self._items.get(index.internalId()) if index.isValid() else None
        return ROOT if item is None else item.key[1]

    def cluster(self, index: _Index) -> str:
        """The cluster of a row; "" for the root."""
        item = self._items.get(index.internalId()) if index.isValid() else None
        return "" if item is None else item.key[0]

    def index_of(self, selection: Selection, cluster: str = "") -> QModelIndex:
        """Row of a thing of a cluster; not valid if the tree does not show it."""
        item = self._root if selection == ROOT else self._places.get((cluster, selection))
        return QModelIndex() if item is None else self.createIndex(item.row, 0, item.number)

    def add(self, cluster: str, figures: Figures, note: str = "") -> None:
        """A cluster was opened; it is shown below those that are there with its first state.

        Args:
            cluster: what it was opened by.
            figures: of its migrations.
            note: what follows its name.
        """
        self._clusters[cluster] = _Shown(figures, note)

    def remove(self, cluster: str) -> None:
        """A cluster was closed."""
        self._clusters.pop(cluster, None)
        self._sync(self._root, self._tops())

    def show(self, state: State, change: Change | None = None, cluster: str = "") -> None:
        """Show a state of a cluster; ``change`` says what is new in it (None: everything)."""
        self._clusters.setdefault(cluster, _Shown(None)).state = state
        if change is None or change.structural:
            self._sync(self._root, self._tops())
            top = self._places.get((cluster, Selection(Place.CLUSTER)))
            if top is not None:
                self._sync(top, _children(state, cluster, top.key[1]))
        if change is None:
            self._repaint(self._root, cluster)
            return
        for kind, identity in change.touched:
            for selection in _shown_as(state, kind, identity):
                index = self.index_of(selection, cluster)
                if index.isValid():
                    self.dataChanged.emit(index, index)

    def _tops(self) -> list[_Key]:
        """The rows of the clusters, in the order in which they were opened."""
        return [
            (cluster, Selection(Place.CLUSTER), f"{shown.state.cluster.full_name}{shown.note}")
            for cluster, shown in self._clusters.items()
            if shown.state.cluster is not None
        ]

    def _repaint(self, item: _Item, cluster: str) -> None:
        index = self.createIndex(item.row, 0, item.number)
        self.dataChanged.emit(index, index)
        for child in item.children[:200]:
            if child.key[0] == cluster:
                self._repaint(child, cluster)

    def _make(self, key: _Key, parent: _Item | None, row: int) -> _Item:
        item = _Item(self._next, key, parent, row)
        self._next += 1
        self._items[item.number] = item
        self._places[key[:2]] = item
        return item

    def _forget(self, item: _Item) -> None:
        for child in item.children:
            self._forget(child)
        del self._items[item.number]
        if self._places.get(item.key[:2]) is item:
            del self._places[item.key[:2]]

    def _sync(self, item: _Item, wanted: Sequence[_Key]) -> None:
        """Make the rows under an item those that are wanted."""
        index = self.createIndex(item.row, 0, item.number)
        present, goal = {child.key for child in item.children}, set(wanted)
        staying = [child.key for child in item.children if child.key in goal]
        if staying != [key for key in wanted if key in present]:
            staying = []
        kept = set(staying)
        gone = _runs([child.row for child in item.children if child.key not in kept])
        if len(gone) > _RUNS:
            gone, kept = [(0, len(item.children) - 1)], set()
        for first, last in reversed(gone):
            self.beginRemoveRows(index, first, last)
            for child in item.children[first : last + 1]:
                self._forget(child)
            del item.children[first : last + 1]
            self._number(item)
            self.endRemoveRows()
        come = _runs([row for row, key in enumerate(wanted) if key not in kept])
        for first, last in come:
            self.beginInsertRows(index, first, last)
            new = [self._make(key, item, 0) for key in wanted[first : last + 1]]
            item.children[first:first] = new
            self._number(item)
            self.endInsertRows()
        cluster, selection, _ = item.key
        if selection.place is not Place.CLUSTER:
            return
        for child in item.children:
            below = _children(self._clusters[cluster].state, cluster, child.key[1])
            if below or child.children:
                self._sync(child, below)

    @staticmethod
    def _number(item: _Item) -> None:
        for row, child in enumerate(item.children):
            child.row = row

    def _icon(self, cluster: str, selection: Selection) -> str:
        shown = self._clusters.get(cluster) or _Shown(None)
        state, figures = shown.state, shown.figures
        match selection.place:
            case Place.ROOT:
                return "app"
            case Place.CLUSTER:
                return appearance.cluster_icon(state)
            case Place.NODE:
                return appearance.node_icon(state.nodes[selection.id]) if selection.id in state.nodes else "node"
            case Place.NETWORK:
                network = state.networks.get(selection.id)
                return appearance.network_icon(network) if network else "network"
            case Place.GROUP:
                role = state.groups.get(selection.id)
                return appearance.group_icon(role) if role is not None else "group"
            case Place.MACHINE:
                machine = state.machines.get(selection.id)
                if machine is None:
                    return "vm"
                group = state.groups.get(machine.group or "")
                moving = figures is not None and figures.active(state, machine.id) is not None
                return appearance.machine_icon(
                    machine, group.state if group else None, moving, appearance.trouble(machine, state)
                )
            case _:
                return _CONTAINERS[selection.place][1]

    def _status(self, cluster: str, selection: Selection) -> str:
        shown = self._clusters.get(cluster) or _Shown(None)
        state = shown.state
        match selection.place:
            case Place.NODE if selection.id in state.nodes:
                return str(state.nodes[selection.id].state)
            case Place.NETWORK if selection.id in state.networks:
                return str(state.networks[selection.id].state)
            case Place.GROUP if selection.id in state.groups:
                role = state.groups[selection.id]
                return f"{appearance.resource_words(role.state)}, on {role.owner}"
            case Place.MACHINE if selection.id in state.machines:
                machine = state.machines[selection.id]
                if shown.figures is None:
                    return appearance.machine_words(machine, state)
                return f"{shown.figures.status(state, machine)}, on {machine.node}"
            case Place.CLUSTER:
                return cluster
            case _:
                return ""


def parent_of(selection: Selection, state: State) -> Selection | None:
    """One level up; None for the root."""
    match selection.place:
        case Place.ROOT:
            return None
        case Place.CLUSTER:
            return ROOT
        case Place.MACHINE | Place.GROUP | Place.MIGRATION:
            return Selection(Place.SERVICES)
        case Place.FAULT:
            return Selection(Place.CLUSTER)
        case Place.NODE:
            return Selection(Place.NODES)
        case Place.VOLUME:
            return Selection(Place.SHARED_VOLUMES)
        case Place.DISK:
            return Selection(Place.STORAGE)
        case Place.NETWORK:
            return Selection(Place.NETWORKS)
        case Place.ADAPTER:
            adapter = state.adapters.get(selection.id)
            return Selection(Place.NETWORK, adapter.network) if adapter else Selection(Place.NETWORKS)
        case Place.RESOURCE:
            resource = state.resources.get(selection.id)
            machine = resource.machine if resource else None
            if machine is None and resource is not None:
                return _page_of_group(state, resource.group)
            return Selection(Place.MACHINE, machine) if machine else Selection(Place.CLUSTER)
        case _:
            return Selection(Place.CLUSTER)


def _page_of_group(state: State, identity: str) -> Selection:
    """The page on which the resources of a group are: its own, that of its machine, or that of the cluster."""
    group = state.groups.get(identity)
    if group is not None and group.is_role:
        return Selection(Place.GROUP, identity)
    machines = state.group_machines(identity)
    return Selection(Place.MACHINE, machines[0].id) if machines else Selection(Place.CLUSTER)


def _children(state: State, key: str, parent: Selection) -> list[_Key]:
    """The rows below a row of the cluster that is named ``key``."""
    return [(key, selection, label) for selection, label in _below(state, parent)]


def _below(state: State, parent: Selection) -> list[tuple[Selection, str]]:
    cluster = state.cluster
    if cluster is None:
        return []
    match parent.place:
        case Place.CLUSTER:
            return [
                (Selection(place), label)
                for place, (label, _) in _CONTAINERS.items()
                if place is not Place.SHARED_VOLUMES or cluster.shared_volumes_enabled
            ]
        case Place.SERVICES:
            clustered = [machine for machine in state.machines.values() if machine.is_highly_available]
            services = [(Selection(Place.MACHINE, machine.id), machine.name) for machine in clustered]
            services += [(Selection(Place.GROUP, one.id), one.name) for one in state.groups.values() if one.is_role]
            return sorted(services, key=lambda service: (service[1].casefold(), service[0].id))
        case Place.NODES:
            return [(Selection(Place.NODE, name), name) for name in state.nodes]
        case Place.NETWORKS:
            networks = sorted(state.networks.values(), key=lambda network: (network.name.casefold(), network.id))
            return [(Selection(Place.NETWORK, network.id), network.name) for network in networks]
        case _:
            return []


def _shown_as(state: State, kind: Kind, identity: str) -> list[Selection]:
    match kind:
        case Kind.CLUSTER:
            return [Selection(Place.CLUSTER)]
        case Kind.NODE:
            return [Selection(Place.NODE, identity), Selection(Place.CLUSTER)]
        case Kind.NETWORK:
            return [Selection(Place.NETWORK, identity)]
        case Kind.MACHINE:
            return [Selection(Place.MACHINE, identity)]
        case Kind.GROUP if identity in state.groups and state.groups[identity].is_role:
            return [Selection(Place.GROUP, identity)]
        case Kind.GROUP:
            return [Selection(Place.MACHINE, m.id) for m in state.machines.values() if m.group == identity][:1]
        case _:
            return []


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
