"""Add a resource to a service or application: its type, its name, and what the type needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox, QLineEdit

from fcm.model.commands import AddResource, Command
from fcm.model.entities import ResourceType
from fcm.model.roles import DETAILS
from fcm.model.structures.tables import name_of
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.look.plain import Label
from fcm.ui.widgets.dialog_parts import form, named, wrapped

if TYPE_CHECKING:
    from fcm.ui.desk import Desk

_EXAMPLES = {
    ResourceType.GENERIC_APPLICATION: "C:\\Tools\\report.exe /all",
    ResourceType.GENERIC_SERVICE: "Spooler",
    ResourceType.IP_ADDRESS: "10.0.1.60",
    ResourceType.NETWORK_NAME: "FILES02",
}


class AddResourceDialog(CommandDialog):
    """It is offline at first: dependencies are set in its properties, then it is brought online."""

    def __init__(self, window: Desk, group: str) -> None:
        self._group = group
        name = name_of(window.state.groups, group)
        super().__init__(
            window,
            "Add a Resource",
            "add-resource",
            QSize(520, 320),
            intro=f"Add a resource to {name}. It stays offline until you bring it online.",
        )
        self.type = named(QComboBox(), "Resource type")
        for kind in DETAILS:
            self.type.addItem(str(kind), kind)
        self.name = named(QLineEdit(), "Resource name")
        self.detail = named(QLineEdit(), "Value")
        self._label = Label("")
        self._label.setBuddy(self.detail)
        fields = form()
        fields.addRow("Resource &type:", self.type)
        fields.addRow("Resource &name:", self.name)
        fields.addRow(self._label, self.detail)
        self.body.addLayout(fields)
        self.body.addWidget(wrapped("Afterwards, set what it depends on in its properties.", "quiet"))
        self.body.addStretch(1)
        self.type.currentIndexChanged.connect(lambda _: self._typed())
        for line in (self.name, self.detail):
            line.textChanged.connect(lambda _: self.refresh())
        self._typed()
        self.finish_layout(self.type)

    @property
    def kind(self) -> ResourceType:
        """The chosen type."""
        return list(DETAILS)[self.type.currentIndex()]

    def _typed(self) -> None:
        what = DETAILS[self.kind]
        self._label.setText(f"&{what[:1].upper()}{what[1:]}:" if what else "")
        self.detail.setVisible(bool(what))
        self.detail.setPlaceholderText(_EXAMPLES.get(self.kind, ""))
        named(self.detail, what[:1].upper() + what[1:] if what else "Value")
        self.refresh()

    def may_accept(self) -> bool:
        """A name is needed."""
        return bool(self.name.text().strip())

    def commands(self) -> tuple[Command, ...]:
        """The one resource."""
        name = self.name.text().strip()
        detail = self.detail.text().strip() if DETAILS[self.kind] else ""
        return (AddResource(self._group, self.kind, name, detail),) if name else ()
