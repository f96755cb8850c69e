"""Pages of the High Availability wizard for services and applications that are no virtual machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QLineEdit, QWidget

from fcm.model.commands import AddRole, Command
from fcm.model.entities import DiskUse, GroupType, NetworkRole
from fcm.model.roles import KINDS
from fcm.model.rules.roles import free_address, free_server_name, valid_program
from fcm.model.rules.verdict import OK, Verdict, no, together
from fcm.ui.look import format as words
from fcm.ui.look.appearance import disk_icon
from fcm.ui.look.plain import Label
from fcm.ui.widgets.dialog_parts import TickList, fact, form, named, wrapped
from fcm.ui.wizards.frame import WizardPage

if TYPE_CHECKING:
    from fcm.model.state import State
    from fcm.workspace.workspace import Workspace


class _Wizard(Protocol):
    @property
    def kind(self) -> GroupType: ...

    @property
    def state(self) -> State: ...

    @property
    def workspace(self) -> Workspace: ...

    def command(self) -> Command: ...


class _RolePage(WizardPage):
    def __init__(self, wizard: _Wizard, title: str, intro: str) -> None:
        super().__init__(title, intro)
        self._wizard = wizard

    def skipped(self) -> bool:
        """Virtual machines need none of it."""
        return self._wizard.kind is GroupType.VIRTUAL_MACHINE


class ProgramPage(_RolePage):
    """The service or the command line of what was not made for clusters."""

    def __init__(self, wizard: _Wizard) -> None:
        super().__init__(wizard, "Select Service or Program", "Enter what the cluster starts and stops.")
        self.line = named(QLineEdit(), "Service name or command line")
        self._label = Label("")
        self._label.setBuddy(self.line)
        self.note = wrapped("", "quiet")
        fields = form()
        fields.addRow(self._label, self.line)
        self.column.addLayout(fields)
        self.column.addWidget(self.note)
        self.column.addStretch(1)

    def enter(self) -> None:
        """What has to be entered depends on the kind."""
        is_service = self._wizard.kind is GroupType.GENERIC_SERVICE
        self._label.setText("&Service name:" if is_service else "&Command line:")
        self.line.setPlaceholderText("Spooler" if is_service else "C:\\Tools\\report.exe /all")
        self.note.setText(
            "The name of the service as in the Service Control Manager, not its display name. It must be installed on "
            "every node." if is_service else "The program must be installed in the same place on every node."
        )  # fmt: skip

    def skipped(self) -> bool:
        """Only two kinds name what they run."""
        return super().skipped() or not KINDS[self._wizard.kind].program

    def first_focus(self) -> QWidget:
        """What has to be entered."""
        return self.line

    def verdict(self) -> Verdict:
        """It must be there."""
        return valid_program(self.line.text().strip(), KINDS[self._wizard.kind].program)


class AccessPointPage(_RolePage):
    """The name and address under which clients reach the service."""

    def __init__(self, wizard: _Wizard) -> None:
        super().__init__(
            wizard,
            "Client Access Point",
            "Enter the name and the IP address that clients use to access this service or application.",
        )
        self.name = named(QLineEdit(), "Name")
        self.address = named(QLineEdit(), "IP address")
        self.networks = fact("")
        fields = form()
        fields.addRow("Na&me:", self.name)
        fields.addRow("&IP address:", self.address)
        fields.addRow("Networks for clients:", self.networks)
        self.column.addLayout(fields)
        self.column.addWidget(wrapped("The name is limited to 15 characters.", "quiet"))
        self.column.addStretch(1)

    def enter(self) -> None:
        """Say which addresses are possible."""
        networks = self._wizard.state.networks.values()
        found = [f"{one.name} ({one.subnet})" for one in networks if one.role is NetworkRole.INTERNAL_AND_CLIENT]
        self.networks.setText(words.listed(found) if found else "None")

    def first_focus(self) -> QWidget:
        """The name."""
        return self.name

    def verdict(self) -> Verdict:
        """Both must be free."""
        state = self._wizard.state
        name, address = self.name.text().strip(), self.address.text().strip()
        if not address:
            return free_server_name(name, state) and no("The IP address is missing.", "Enter an IP address.")
        return together((free_server_name(name, state), free_address(address, state)))


class StoragePage(_RolePage):
    """Disks of Available Storage."""

    def __init__(self, wizard: _Wizard) -> None:
        super().__init__(
            wizard, "Select Storage", "Select the disks that this service or application uses. They move with it."
        )
        self.list = TickList("Disks in Available Storage", ["Name", "Capacity", "Free", "File system"])
        self.column.addWidget(self.list, 1)
        self.note = wrapped("", "quiet")
        self.column.addWidget(self.note)

    def fill(self) -> None:
        """List the disks that can be used, and why others cannot."""
        for disk in self._wizard.state.disks.values():
            if disk.use is DiskUse.AVAILABLE:
                command = AddRole(GroupType.OTHER_SERVER, "", "", (disk.id,))
                about = self._wizard.workspace.allowed(command).reason
                reason = about if disk.name in about else ""
                texts = (disk.name, words.size(disk.size), words.size(disk.free), disk.file_system)
                self.list.add(disk.id, texts, disk_icon(disk), reason=reason)
        self.list.align_right(1)
        self.list.align_right(2)
        self.list.fit()
        self.list.select_first()

    def enter(self) -> None:
        """Whether one is needed."""
        needed = KINDS[self._wizard.kind].needs_disk
        self.note.setText(
            f"A {self._wizard.kind} needs at least one disk." if needed else "A disk is optional for this type."
        )

    def first_focus(self) -> QWidget:
        """The list."""
        return self.list

    def verdict(self) -> Verdict:
        """All that was chosen so far, together."""
        if KINDS[self._wizard.kind].needs_disk and not self.list.ticked():
            return no(f"A {self._wizard.kind} needs a disk.", "Select at least one disk in Available Storage.")
        command = self._wizard.command()
        return self._wizard.workspace.allowed(command) if isinstance(command, AddRole) else OK


def facts_of_role(command: AddRole, state: State) -> list[tuple[str, str]]:
    """What was chosen, for the last pages."""
    disks = [state.disks[one].name for one in command.disks if one in state.disks]
    facts = [("Service or application", str(command.type)), ("Name", command.name), ("IP address", command.address)]
    if command.program:
        facts.append((KINDS[command.type].program.capitalize(), command.program))
    return [*facts, ("Storage", words.listed(disks) if disks else "None")]
