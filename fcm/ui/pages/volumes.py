"""The page Cluster Shared Volumes: where they are, how full, who coordinates, how each node reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from fcm.model.entities import Disk, ResourceState, SharedVolume, VolumeAccess
from fcm.model.rules.failing.access import Redirection, access_of, redirections, volume_network
from fcm.model.state import Change, Kind
from fcm.ui.look import appearance, format
from fcm.ui.pages.page import Page
from fcm.ui.pages.simulated_failures import with_failures
from fcm.ui.tables.table_model import Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.page_parts import EmptyState, Link, heading
from fcm.workspace.selection import Place

if TYPE_CHECKING:
    from fcm.ui.desk import Desk

_COST = (
    "What the machines on this node read and write on the volume through its coordinator, assumed by their workloads. "
    "It shares the network with live migrations."
)


class VolumesPage(Page):
    """The volumes, and below the I/O path of each node to the selected one."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Summary of Cluster Shared Volumes", "volumes")
        self.volumes = TableView("Cluster Shared Volumes", self._model(), window.context.settings)
        self.watch(self.volumes, Place.VOLUME, opens=False)
        self.volumes.picked.connect(self._show_paths)
        add = Link("Add storage", "add-storage", lambda: window.show_dialog("add-storage", self.selection))
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState(
                "No cluster shared volumes yet. Add a disk from Available Storage. All nodes can then read and "
                "write it under ClusterStorage on the system drive.",
                link=add,
            )
        )
        self._stack.addWidget(self.volumes)
        self.paths = TableView("I/O path of each node", self._path_model(), window.context.settings)
        self._below = QWidget()
        column = QVBoxLayout(self._below)
        column.setContentsMargins(0, 4, 0, 0)
        self._heading = heading("I/O path of each node")
        column.addWidget(self._heading)
        column.addWidget(self.paths, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self._stack)
        split.addWidget(self._below)
        split.setSizes([330, 200])
        self.column.addWidget(split, 1)

    def refresh(self, change: Change) -> None:
        """Volumes and their paths."""
        touched = change.kinds() & {Kind.VOLUME, Kind.DISK, Kind.NODE, Kind.CLUSTER, Kind.MACHINE, Kind.ADAPTER}
        if not change.structural and not touched:
            return
        volumes, disks = self.state.shared_volumes, self.state.disks
        self.volumes.table.set_ids(volumes)
        self._stack.setCurrentIndex(1 if volumes else 0)
        size = sum(disks[identity].size for identity in volumes if identity in disks)
        free = sum(disks[identity].free for identity in volumes if identity in disks)
        note = f"{format.size(free)} free of {format.size(size)}" if volumes else ""
        redirected = [v.name for v in volumes.values() if v.access is not VolumeAccess.DIRECT or v.redirected]
        if redirected:
            note = f"Without direct access: {format.listed(redirected)}. {note}"
        failed = [v.name for v in volumes.values() if disks[v.disk].state is ResourceState.FAILED]
        paused = [v.name for v in volumes.values() if v.paused and v.name not in failed]
        for words, names in (("I/O paused", paused), ("Failed", failed)):
            if names:
                note = f"{words}: {format.listed(names)}. {note}"
        self.title.say("Summary of Cluster Shared Volumes", "volumes", note)
        self._show_paths()

    def _chosen(self) -> SharedVolume | None:
        ids = self.volumes.selected_ids() or list(self.volumes.table.ids[:1])
        return self.state.shared_volumes.get(ids[0]) if ids else None

    def _show_paths(self) -> None:
        volume = self._chosen()
        self._below.setVisible(volume is not None)
        if volume is not None:
            self._heading.setText(f"I/O path of each node to {volume.name}")
            self.paths.table.set_ids(self.state.nodes)
            self.paths.table.touch()

    def _model(self) -> TableModel:
        def volume(identity: str) -> SharedVolume:
            return self.state.shared_volumes[identity]

        def disk(identity: str) -> Disk:
            return self.state.disks[identity]

        def share(identity: str) -> float:
            return disk(identity).used / max(1, disk(identity).size)

        def fill(identity: str) -> str:
            users = [machine.name for machine in self.state.machines.values() if machine.disk == identity]
            by = format.listed(users) if users else "no virtual machine"
            return f"{format.percent(share(identity))} in use, by {by}"

        def status(identity: str) -> str:
            return with_failures(appearance.volume_words(volume(identity), disk(identity)), self.state, identity)

        return TableModel(
            (
                Column(
                    "Volume",
                    lambda i: volume(i).name,
                    140,
                    icon=lambda i: appearance.volume_icon(volume(i), self.state.disks.get(i)),
                ),
                Column("Status", status, 124, keeps=True),
                Column("Path", lambda i: volume(i).path(), 190, folds=1),
                Column("Current Owner", lambda i: volume(i).owner, 105),
                Column("File System", lambda i: disk(i).file_system, 80, folds=2),
                Column("Capacity", lambda i: format.size(disk(i).size), 85, sort=lambda i: disk(i).size, numeric=True),
                Column(
                    "Free",
                    lambda i: format.size(disk(i).free),
                    106,
                    sort=lambda i: disk(i).free,
                    numeric=True,
                    progress=share,
                    tooltip=fill,
                    keeps=True,
                ),
            )
        )

    def _path_model(self) -> TableModel:
        def access(node: str) -> str:
            volume = self._chosen()
            return appearance.node_access(self.state, volume, self.state.nodes[node]) if volume else ""

        def redirection(node: str) -> Redirection | None:
            volume = self._chosen()
            if volume is None:
                return None
            return next(
                (one for one in redirections(self.state) if (one.volume, one.node) == (volume.disk, node)), None
            )

        def redirected(node: str) -> str:
            volume = self._chosen()
            if volume is None or not access_of(self.state, volume, node).is_redirected:
                return format.NONE
            used = volume_network(self.state, node, volume.owner)
            found = redirection(node)
            rate = f"{found.rate / 1e6:.1f} MB/s (assumed)" if found is not None else "No I/O"
            return rate if used is None else f"{rate} over {used.name}"

        def path(node: str) -> str:
            volume = self._chosen()
            if volume is not None and volume.access is VolumeAccess.MAINTENANCE:
                return format.NONE  # it left the namespace
            return volume.path(self.state.nodes[node].system_drive) if volume else ""

        return TableModel(
            (
                Column("Node", lambda i: i, 90, icon=lambda i: appearance.node_icon(self.state.nodes[i])),
                Column("I/O path", access, 180, keeps=True),
                Column("Redirected I/O", redirected, 280, keeps=True, tooltip=lambda i: f"{redirected(i)}. {_COST}"),
                Column("Path on this node", path, 200),
            )
        )
