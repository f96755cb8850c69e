"""Rename a Cluster Shared Volume: the name of its resource and its folder under ClusterStorage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLineEdit

from fcm.model.commands import Command, RenameSharedVolume, RenameVolumeFolder
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.widgets.dialog_parts import fact, form, named

if TYPE_CHECKING:
    from fcm.ui.desk import Desk


class RenameVolumeDialog(CommandDialog):
    """Name and folder of a volume; the path on the nodes follows what is typed."""

    def __init__(self, window: Desk, disk: str) -> None:
        super().__init__(window, "Rename Cluster Shared Volume", "rename", QSize(500, 300))
        self.disk = disk
        volume = self.state.shared_volumes[disk]
        self.name = named(QLineEdit(volume.name), "Name")
        self.folder = named(QLineEdit(volume.folder), "Folder")
        self.path = fact(volume.path())
        fields = form()
        fields.addRow("&Name:", self.name)
        fields.addRow("&Folder:", self.folder)
        fields.addRow("Path on all nodes:", self.path)
        for field in (self.name, self.folder):
            field.textChanged.connect(lambda _: self.refresh())
        self.body.addLayout(fields)
        self.body.addStretch(1)
        self.name.selectAll()
        self.finish_layout(self.name)

    def commands(self) -> tuple[Command, ...]:
        """What differs from what is."""
        volume = self.state.shared_volumes.get(self.disk)
        if volume is None:
            return ()
        name, folder = self.name.text().strip(), self.folder.text().strip()
        drives = sorted({node.system_drive for node in self.state.nodes.values()})
        self.path.setText(f"{drives[0] if drives else 'C:'}\\ClusterStorage\\{folder}")
        # The folder first: its PowerShell speaks of the path that exists before.
        wanted: list[Command] = []
        if folder != volume.folder:
            wanted.append(RenameVolumeFolder(self.disk, folder))
        if name != volume.name:
            wanted.append(RenameSharedVolume(self.disk, name))
        return tuple(wanted)
