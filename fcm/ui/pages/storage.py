"""The page Storage: every disk in the group of what it is used for, and the LUNs that the cluster does not use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout

from fcm.model.entities import Disk, DiskUse
from fcm.model.rules.maintenance import in_maintenance
from fcm.model.state import Change, Kind
from fcm.model.structures.tables import name_of
from fcm.ui.look import appearance, format
from fcm.ui.pages.page import Page
from fcm.ui.pages.simulated_failures import with_failures
from fcm.ui.tables.table_model import Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.page_parts import EmptyState, FilterBox, Link, quiet
from fcm.workspace.selection import Place

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLineEdit

    from fcm.ui.desk import Desk

_ORDER = (DiskUse.WITNESS, DiskUse.AVAILABLE, DiskUse.SHARED_VOLUME, DiskUse.GROUP, DiskUse.UNASSIGNED)


class StoragePage(Page):
    """One list in the order of use."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Storage", "storage")
        row = QHBoxLayout()
        self.filter = FilterBox("disks")
        row.addWidget(self.filter)
        self._words = quiet("")
        row.addWidget(self._words, 1)
        self.column.addLayout(row)
        self.disks = TableView("Storage", self._model(), window.context.settings)
        self.watch(self.disks, Place.DISK, opens=False)
        self.column.addWidget(self.disks, 1)
        self._hint = Link("Add a disk", "add-storage", lambda: window.show_dialog("add-disk", self.selection))
        self._none = EmptyState("No disks. Present LUNs to all nodes, then add them to the cluster.")
        self.column.addWidget(self._hint)
        self.column.addWidget(self._none)
        self.filter.textChanged.connect(self.disks.table.set_filter)
        self.filter.down.connect(self.disks.setFocus)

    def search_box(self) -> QLineEdit | None:
        """The filter."""
        return self.filter

    def refresh(self, change: Change) -> None:
        """Disks in the order of their use."""
        if not change.structural and not change.kinds() & {Kind.VOLUME, Kind.DISK, Kind.GROUP, Kind.CLUSTER}:
            return
        disks = sorted(self.state.disks.values(), key=lambda disk: (_ORDER.index(disk.use), disk.number))
        self.disks.table.set_ids(disk.id for disk in disks)
        self.disks.setVisible(bool(disks))
        self._none.setVisible(not disks)
        owned = [disk for disk in disks if disk.use is not DiskUse.UNASSIGNED]
        available = [disk for disk in disks if disk.use is DiskUse.AVAILABLE]
        unassigned = len(disks) - len(owned)
        self.title.say(
            "Storage",
            "storage",
            f"Total {format.size(sum(disk.size for disk in owned))}, "
            f"available {format.size(sum(disk.size for disk in available))}",
        )
        self._words.setText(
            f"{format.count(len(available), 'disk')} in Available Storage, "
            f"{format.count(unassigned, 'LUN')} that the cluster does not use"
        )
        self._hint.setVisible(unassigned > 0)
        self._hint.say(f"Add a disk ({format.count(unassigned, 'LUN')} visible to the nodes)")

    def _model(self) -> TableModel:
        def disk(identity: str) -> Disk:
            return self.state.disks[identity]

        def icon(identity: str) -> str:
            return appearance.disk_icon(disk(identity), in_maintenance(self.state, identity))

        def use(identity: str) -> str:
            found = disk(identity)
            if found.use is DiskUse.GROUP:
                users = [m.name for m in self.state.machines.values() if m.disk == identity]
                users += [name_of(self.state.groups, r.group) for r in self.state.resources.values()
                          if r.disk == identity and not users]  # fmt: skip
                return format.listed(users) if users else str(found.use)
            return "Not used by the cluster" if found.use is DiskUse.UNASSIGNED else str(found.use)

        def seen(identity: str) -> str:
            missing = [node for node in self.state.nodes if node not in disk(identity).visible_to]
            return f"All except {format.listed(missing)}" if missing else "All nodes"

        def status(identity: str) -> str:
            words = appearance.disk_words(disk(identity), in_maintenance(self.state, identity))
            return with_failures(words, self.state, identity)

        return TableModel(
            (
                Column("Name", lambda i: disk(i).name, 170, icon=icon),
                Column("Assigned to", use, 190, sort=lambda i: (_ORDER.index(disk(i).use), disk(i).number)),
                Column("Status", status, 112, keeps=True),
                Column("Current Owner", lambda i: disk(i).owner or format.NONE, 110, folds=1),
                Column("Capacity", lambda i: format.size(disk(i).size), 90, sort=lambda i: disk(i).size, numeric=True),
                Column("Free", lambda i: format.size(disk(i).free), 90, sort=lambda i: disk(i).free, numeric=True),
                Column("File System", lambda i: disk(i).file_system, 85, folds=3),
                Column("Visible to", seen, 120, folds=2),
            )
        )
