"""Add Storage and Add Disks to a Cluster: tick lists of the disks that can be added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize

from fcm.model.commands import AddClusterDisk, AddStorage, Command
from fcm.model.entities import Disk, DiskUse
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.look import format as words
from fcm.ui.look.appearance import disk_icon
from fcm.ui.widgets.dialog_parts import TickList

if TYPE_CHECKING:
    from fcm.model.state import State
    from fcm.ui.desk import Desk


class _DiskDialog(CommandDialog):
    """A tick list of disks; OK is enabled once one is ticked."""

    def __init__(self, window: Desk, title: str, intro: str, disks: list[Disk], columns: list[str]) -> None:
        super().__init__(window, title, "add-storage", QSize(580, 400), intro=intro)
        self.list = TickList("Available disks", columns)
        for disk in disks:
            reason = window.workspace.allowed(self.command((disk.id,))).sentence() if window.workspace else ""
            self.list.add(disk.id, self.row(disk), disk_icon(disk), reason=reason)
        self.list.align_right(1)
        self.list.fit(stretch=0)
        self.list.ticked_changed.connect(self.refresh)
        self.body.addWidget(self.list, 1)
        self.finish_layout(self.list)
        self.list.select_first()

    def command(self, disks: tuple[str, ...]) -> Command:
        """What adds these disks."""
        raise NotImplementedError

    def row(self, disk: Disk) -> tuple[str, ...]:
        """Texts of a row."""
        raise NotImplementedError

    def may_accept(self) -> bool:
        """Something must be ticked."""
        return bool(self.list.ticked())

    def commands(self) -> tuple[Command, ...]:
        """Add what is ticked."""
        ticked = self.list.ticked()
        return (self.command(ticked),) if ticked else ()


class AddStorageDialog(_DiskDialog):
    """Disks of Available Storage for the Cluster Shared Volumes."""

    def __init__(self, window: Desk) -> None:
        super().__init__(
            window,
            "Add Storage",
            "Select the disks to add to the Cluster Shared Volumes. The list shows the disks in Available Storage.",
            disks_of(window.workspace.state if window.workspace else None, DiskUse.AVAILABLE),
            ["Resource name", "Capacity", "File system", "Owner node"],
        )

    def command(self, disks: tuple[str, ...]) -> Command:
        """Add to the Cluster Shared Volumes."""
        return AddStorage(disks)

    def row(self, disk: Disk) -> tuple[str, ...]:
        """Name, size, file system, owner."""
        return disk.name, words.size(disk.size), disk.file_system, disk.owner or ""


class AddDiskDialog(_DiskDialog):
    """Add Disks to a Cluster: LUNs that the cluster does not use yet."""

    def __init__(self, window: Desk) -> None:
        super().__init__(
            window,
            "Add Disks to a Cluster",
            "Select the disks to add to the cluster. They are added to Available Storage.",
            disks_of(window.workspace.state if window.workspace else None, DiskUse.UNASSIGNED),
            ["Disk", "Capacity", "Disk number", "Visible to"],
        )
        self.list.align_right(2)

    def command(self, disks: tuple[str, ...]) -> Command:
        """Make them cluster disks."""
        return AddClusterDisk(disks)

    def row(self, disk: Disk) -> tuple[str, ...]:
        """Name, size, number, nodes."""
        return disk.name, words.size(disk.size), str(disk.number), ", ".join(disk.visible_to)


def disks_of(state: State | None, use: DiskUse) -> list[Disk]:
    """The disks of one use, in order of appearance."""
    return [] if state is None else [disk for disk in state.disks.values() if disk.use is use]
