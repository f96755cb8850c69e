"""Add Storage to a service or application: disks of Available Storage that then move with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize

from fcm.model.commands import Command, MoveDisk
from fcm.model.entities import DiskUse
from fcm.model.structures.tables import name_of
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.look import format as words
from fcm.ui.look.appearance import disk_icon
from fcm.ui.widgets.dialog_parts import TickList, wrapped

if TYPE_CHECKING:
    from fcm.ui.desk import Desk


class GroupStorageDialog(CommandDialog):
    """One command for each selected disk."""

    def __init__(self, window: Desk, group: str) -> None:
        self._group = group
        name = name_of(window.state.groups, group)
        intro = f"Select the disks to add to {name}. The list shows the disks in Available Storage."
        super().__init__(window, "Add Storage", "add-storage", QSize(580, 400), intro=intro)
        self.list = TickList("Available disks", ["Resource name", "Capacity", "File system", "Owner node"])
        for disk in self.state.disks.values():
            if disk.use is DiskUse.AVAILABLE:
                reason = self.workspace.allowed(MoveDisk(disk.id, group)).sentence()
                texts = (disk.name, words.size(disk.size), disk.file_system, disk.owner or "")
                self.list.add(disk.id, texts, disk_icon(disk), reason=reason)
        self.list.align_right(1)
        self.list.fit(stretch=0)
        self.list.ticked_changed.connect(self.refresh)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(
            wrapped(
                "Nothing depends on an added disk until you set a dependency in the properties of a resource.", "quiet"
            )
        )
        self.finish_layout(self.list)
        self.list.select_first()

    def may_accept(self) -> bool:
        """Something must be selected."""
        return bool(self.list.ticked())

    def commands(self) -> tuple[Command, ...]:
        """Each disk by itself."""
        return tuple(MoveDisk(disk, self._group) for disk in self.list.ticked())
