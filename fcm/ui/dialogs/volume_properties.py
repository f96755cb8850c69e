"""Properties of a Cluster Shared Volume: its name and folder, and how it is used now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFormLayout

from fcm.ui.dialogs.rename_volume import RenameVolumeDialog
from fcm.ui.look import format as words
from fcm.ui.look.appearance import volume_words
from fcm.ui.widgets.dialog_parts import fact

if TYPE_CHECKING:
    from fcm.ui.desk import Desk

_FACTS = ("Status", "Current owner", "Redirected access", "File system", "Capacity", "Free space", "Disk number",
          "Virtual machines")  # fmt: skip


class VolumePropertiesDialog(RenameVolumeDialog):
    """What Rename asks, with the facts of the moment below it."""

    def __init__(self, window: Desk, disk: str) -> None:
        super().__init__(window, disk)
        volume = self.state.shared_volumes[disk]
        self.setWindowTitle(f"{volume.name} Properties")
        self.setAccessibleName(f"{volume.name} Properties")
        self._facts = {name: fact("") for name in _FACTS}
        fields = QFormLayout()
        for name, label in self._facts.items():
            fields.addRow(f"{name}:", label)
        self.body.insertLayout(1, fields)
        self.resize(560, 470)
        self.refresh()

    def refresh(self) -> None:
        """The facts are those of the moment."""
        super().refresh()
        volume, disk = self.state.shared_volumes.get(self.disk), self.state.disks.get(self.disk)
        if volume is None or disk is None or not hasattr(self, "_facts"):
            return
        users = [machine.name for machine in self.state.machines_with_files_on(self.disk)]
        share = disk.used / max(1, disk.size)
        values = (
            volume_words(volume, disk),
            volume.owner,
            "On" if volume.access == "Redirected Access" else "Off",
            disk.file_system,
            words.size(disk.size),
            f"{words.size(disk.free)} ({words.percent(share)} in use)",
            str(disk.number),
            words.listed(users) if users else "None",
        )
        for label, value in zip(self._facts.values(), values, strict=True):
            label.setText(value)
