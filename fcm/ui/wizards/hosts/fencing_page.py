"""How nodes are switched off: the fence agent, its options for all nodes and for each, and the password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton

from fcm.model.rules.verdict import OK, Verdict, no
from fcm.text.words import quoted
from fcm.ui.look import icons
from fcm.ui.widgets.dialog_parts import form, long_choice, named, wrapped
from fcm.ui.wizards.edit_table import EditTable
from fcm.ui.wizards.frame import WizardPage
from fcm.workspace.hosts.site import AGENTS, failover_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from fcm.workspace.hosts.site import HostsFile

_INTRO = (
    "A fencing device switches a node off without its help, for example a management board in each node or a power "
    "switch. Every node tests it before the cluster is created."
)
_USUAL = ("ip", "username")
"""Options that are offered for a file that names no fencing device."""


class FencingPage(WizardPage):
    """The fencing device; what the hosts file says already is filled in."""

    def __init__(self) -> None:
        super().__init__("Fencing Device", _INTRO)
        self._hosts: HostsFile | None = None
        self.agent = named(QComboBox(), "Fence agent")
        self.agent.setEditable(True)
        self.agent.addItems(list(AGENTS))
        self.agent.setCurrentText("")
        long_choice(self.agent)
        edit = self.agent.lineEdit()
        if edit is not None:
            edit.setPlaceholderText("Such as fence_ipmilan")
        self.table = EditTable("Options of the fence agent", ["Option", "All nodes"])
        self.add = named(QPushButton(icons.icon("add-storage"), "&Add"), "Add option")
        self.add.clicked.connect(lambda: self._add())
        self.remove = named(QPushButton(icons.icon("delete"), "&Remove"), "Remove option")
        self.password = named(QLineEdit(), "Password for fencing")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        fields = form()
        fields.addRow("&Fence agent:", self.agent)
        below = form()
        below.addRow("Pass&word:", self.password)
        self.hint = wrapped("", "quiet")
        self.column.addLayout(fields)
        self.column.addWidget(self.table.with_buttons(self.add, self.remove), 1)
        self.column.addLayout(below)
        self.column.addWidget(self.hint)

    def take_hosts(self, hosts: HostsFile) -> None:
        """Show what the file says; what was typed for the same file stays."""
        if (
            self._hosts is not None
            and self._hosts.path == hosts.path
            and failover_of(hosts) == failover_of(self._hosts)
        ):
            return
        self._hosts = hosts
        fencing = hosts.fencing
        self.agent.setCurrentText(fencing.agent if fencing is not None else "")
        names = [host.name for host in hosts.hosts]
        self.table.setRowCount(0)
        self.table.setColumnCount(2 + len(names))
        self.table.setHorizontalHeaderLabels(["Option", "All nodes", *names])
        general = dict(fencing.general.options) if fencing is not None else dict.fromkeys(_USUAL, "")
        own = {host.name: dict(host.fencing.options) for host in hosts.hosts if host.fencing is not None}
        for option in dict.fromkeys([*general, *(key for options in own.values() for key in options)]):
            texts = [option, general.get(option, ""), *(own.get(name, {}).get(option, "") for name in names)]
            self._add(texts)
        self.table.setColumnWidth(0, 160)
        self.table.setCurrentCell(0, 0)
        self.password.clear()
        self.hint.setText(_password_hint(hosts))

    def _add(self, texts: list[str] | None = None) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        self.table.put(row, texts or [""] * self.table.columnCount())
        self.table.setCurrentCell(row, 0)
        if texts is None:
            self.table.setFocus()
            item = self.table.item(row, 0)
            if item is not None:
                self.table.editItem(item)

    def chosen_agent(self) -> str:
        """Name of the fence agent."""
        return self.agent.currentText().strip()

    def general(self) -> Mapping[str, str]:
        """Options for all nodes."""
        return self._column(1)

    def nodes(self) -> Mapping[str, Mapping[str, str]]:
        """Node -> its own options."""
        hosts = self._hosts.hosts if self._hosts is not None else ()
        return {host.name: found for number, host in enumerate(hosts, 2) if (found := self._column(number))}

    def _column(self, column: int) -> dict[str, str]:
        rows = range(self.table.rowCount())
        return {
            name: value for row in rows if (name := self.table.text(row, 0)) and (value := self.table.text(row, column))
        }

    def first_focus(self) -> QWidget:
        """The agent."""
        return self.agent

    def verdict(self) -> Verdict:
        """Refused without a fencing device."""
        if not self.chosen_agent():
            return no(
                "Without a fencing device, a lost node cannot be switched off, so nothing may be started elsewhere: it "
                "could then run twice.",
                "Choose the fence agent of the hosts.",
            )
        seen: set[str] = set()
        for row in range(self.table.rowCount()):
            name = self.table.text(row, 0)
            if name in seen:
                return no(f"The option {quoted(name)} occurs twice.", "Remove one of them.")
            if name:
                seen.add(name)
            elif any(self.table.text(row, column) for column in range(1, self.table.columnCount())):
                return no("A value has no option.", "Type the name of the option in the first column.")
        return OK


def _password_hint(hosts: HostsFile) -> str:
    own = [
        host.name for host in hosts.hosts if host.fencing and (host.fencing.password_file or host.fencing.passwd_script)
    ]
    general = hosts.fencing.general if hosts.fencing is not None else None
    text = (
        "The password is stored in a separate file that only you can read, never in the hosts file. On the nodes, "
        "only root can read it."
    )
    if general is not None and general.password_file:
        return f"{text} It is now read from {general.password_file}. Type another password to replace it."
    if general is not None and general.passwd_script:
        return (
            f"{text} The program {general.passwd_script} on the nodes supplies it now. Type a password to use "
            "that instead."
        )
    if own:
        return f"{text} These nodes have their own in the hosts file: {', '.join(own)}."
    return text
