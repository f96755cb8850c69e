"""Isolate Nodes: which nodes are on one side of a cut, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize

from fcm.model.commands import Command, InjectFault
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.faults import answers
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.look.appearance import node_icon
from fcm.ui.widgets.dialog_parts import TickList, named, wrapped
from fcm.workspace.actions.failure_questions import failure_question

if TYPE_CHECKING:
    from fcm.ui.desk import Desk

_INTRO = (
    "Select the nodes on one side. They hear each other, but no heartbeat passes between them and the other nodes. "
    "Links stay up."
)


class IsolateDialog(CommandDialog):
    """A tick list of nodes; below it what would happen."""

    def __init__(self, window: Desk, node: str) -> None:
        super().__init__(window, "Isolate Nodes", "isolate", QSize(520, 420), intro=_INTRO)
        self.list = TickList("Nodes on one side", ["Node", "Status", "Virtual machines"])
        for one in self.state.nodes.values():
            reason = "" if answers(self.state, one.name) else f"{one.name} does not respond."
            count = len(self.state.machines_on(one.name))
            texts = (one.name, str(one.state), str(count))
            self.list.add(one.name, texts, node_icon(one), ticked=one.name == node and not reason, reason=reason)
        self.list.align_right(2)
        self.list.fit(stretch=0)
        self.list.ticked_changed.connect(self.refresh)
        self.body.addWidget(self.list, 1)
        self.expected = named(wrapped("", "quiet"), "What will happen")
        self.body.addWidget(self.expected)
        self.finish_layout(self.list)
        self.list.select_first()

    def refresh(self) -> None:
        """Say what would come of what is ticked now."""
        if self.window_of.workspace is not None:
            self.expected.setText(self._expected())
        super().refresh()

    def _expected(self) -> str:
        commands = self.commands()
        if not commands:
            return "Select at least one node."
        verdict = self.workspace.allowed(commands[0])
        return failure_question(self.state, commands[0]).partition("? ")[2] if verdict else verdict.sentence()

    def may_accept(self) -> bool:
        """Both sides must have nodes."""
        return any(self.workspace.allowed(command) for command in self.commands())

    def commands(self) -> tuple[Command, ...]:
        """Cut what is ticked off from the rest."""
        ticked = self.list.ticked()
        return (InjectFault(FaultKind.ISOLATE, ticked[0], together=ticked[1:]),) if ticked else ()
