"""About this program."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtWidgets import QDialogButtonBox, QHBoxLayout, QPushButton, QVBoxLayout

from fcm import __version__
from fcm.powershell import installed
from fcm.ui.dialogs.frame import PlainDialog
from fcm.ui.look import icons
from fcm.ui.look.plain import Label
from fcm.ui.widgets.dialog_parts import copy_text, fact, form, named, wrapped

if TYPE_CHECKING:
    from fcm.ui.desk import Desk


def versions() -> tuple[tuple[str, str], ...]:
    """What this program runs on."""
    return (
        ("fcm", __version__),
        ("Python", platform.python_version()),
        ("Qt", qVersion()),
        ("System", f"{platform.system()} {platform.release()}, {platform.machine()}"),
        ("PowerShell", installed() or "not installed; scripts run in the built-in shell"),
    )


class AboutDialog(PlainDialog):
    """Name, purpose, versions, licence."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "About Failover Cluster Manager", "app", QSize(480, 330))
        picture = Label()
        picture.setPixmap(icons.pixmap("app", 48, self.devicePixelRatioF()))
        title = wrapped("Failover Cluster Manager", "title")
        text = wrapped(
            "Prepares a failover cluster, live migrates its virtual machines and shows how their memory converges: on "
            "a simulated cluster or on real hosts with QEMU and libvirt."
        )
        fields = form()
        for label, value in versions():
            fields.addRow(f"{label}:", fact(value))
        fields.addRow("License:", fact("MIT. Uses Qt for Python (LGPL), pyqtgraph (MIT), NumPy (BSD)."))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = named(QPushButton(icons.icon("copy"), "&Copy"), "Copy")
        copy.clicked.connect(lambda: copy_text("\n".join(f"{label} {value}" for label, value in versions())))
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        close = named(buttons.button(QDialogButtonBox.StandardButton.Close), "Close")
        close.setDefault(True)
        close.setFocus()
        buttons.rejected.connect(self.reject)
        head = QHBoxLayout()
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addSpacing(8)
        right = QVBoxLayout()
        right.addWidget(title)
        right.addWidget(text)
        head.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(fields)
        column.addStretch(1)
        column.addWidget(buttons)
