"""Confirm that a lost node is off: what depends on it, and a check box before OK."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QCheckBox

from fcm.model.commands import Command, ConfirmNodeOff
from fcm.model.rules.verdict import some
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.widgets.dialog_parts import named, wrapped

if TYPE_CHECKING:
    from fcm.model.state import State
    from fcm.ui.desk import Desk


def notice(state: State, node: str) -> str:
    """What Pacemaker does once it takes the node as off, and what happens if it is not."""
    there = [machine.name for machine in state.machines_on(node) if machine.is_highly_available]
    waits = some(there, 5) if there else "What ran there"
    verb = "are" if len(there) > 1 else "is"
    return (
        f"{node} is lost, and its fencing device has not confirmed that it is off. "
        f"{waits} {verb} not started elsewhere until then.\n\n"
        f"If you confirm, Pacemaker considers {node} fenced and starts its virtual machines on other nodes. "
        f"If {node} is still running, they run twice and damage their disks.\n\n"
        f"Switch {node} off manually, or pull its power cables. That it does not respond is not enough."
    )


class ConfirmNodeOffDialog(CommandDialog):
    """OK only after the box is selected."""

    def __init__(self, window: Desk, node: str) -> None:
        super().__init__(window, "Confirm that the node is off", "confirm-off", QSize(520, 300))
        self.node = node
        workspace = window.workspace
        assert workspace is not None
        text = named(wrapped(notice(workspace.state, node)), "Notice")
        words = f"I have made sure that {node} is off."
        self.off = named(QCheckBox(f"I have &made sure that {node} is off."), words)
        self.off.toggled.connect(lambda _: self.refresh())
        self.body.addWidget(text, 1)
        self.body.addWidget(self.off)
        self.finish_layout(self.off)

    def may_accept(self) -> bool:
        """OK only after the check."""
        return self.off.isChecked()

    def commands(self) -> tuple[Command, ...]:
        """Take the node as fenced."""
        return (ConfirmNodeOff(self.node),)
