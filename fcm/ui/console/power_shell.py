"""A real PowerShell in the Console: a terminal, what the window did above it, and what became of it below."""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMessageBox, QSplitter, QVBoxLayout, QWidget

from fcm import powershell, resources
from fcm.text.words import counted
from fcm.ui.console.deeds import Deeds
from fcm.ui.console.note_row import NoteRow
from fcm.ui.console.terminal.program import TerminalError
from fcm.ui.console.terminal.running import Running
from fcm.ui.console.terminal.widget import TerminalWidget

if TYPE_CHECKING:
    from fcm.workspace.workspace import Workspace


class PowerShellPane(QWidget):
    """One session, on the cluster that was current when it began."""

    zoomed = Signal(object)
    """Larger or smaller letters by so many points; None: those of the system."""
    again = Signal()
    """The user wants another session."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("console-powershell")
        self.workspace: Workspace | None = None
        """The cluster of the session; None if there is none."""
        self.token = ""
        """What the session says of itself to the server, so that its own commands are told from those of others."""
        self.deeds = Deeds(self)
        self.terminal = TerminalWidget(self)
        self.running = Running(self.terminal)
        self._end = NoteRow("terminal-ended", "&Start Again", self)
        self._end.button.clicked.connect(self.again)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.addWidget(self.deeds)
        split.addWidget(self.terminal)
        split.setStretchFactor(1, 1)
        split.setCollapsible(1, False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(split, 1)
        column.addWidget(self._end)
        self.deeds.chosen.connect(self._to_prompt)
        self.terminal.zoomed.connect(self.zoomed.emit)
        self.terminal.many_lines.connect(self._ask_many)
        self.running.ended.connect(self._ended)
        for pressed, points in (("Ctrl++", 1), ("Ctrl+=", 1), ("Ctrl+-", -1), ("Ctrl+0", None)):
            shortcut = QShortcut(QKeySequence(pressed), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self.zoomed.emit, points))

    @property
    def end_words(self) -> str:
        """What is said of a session that has ended; "" if nothing is."""
        return self._end.said

    @property
    def is_running(self) -> bool:
        """Whether there is a session."""
        return self.running.is_running

    def begin(self, workspace: Workspace) -> None:
        """Start a session on a cluster that lets it join."""
        self._end.say("")
        self.workspace = workspace
        self.token = secrets.token_hex(8)
        cluster = workspace.state.cluster
        target = powershell.Target(workspace.uri, name="" if cluster is None else cluster.name)
        try:
            modules = resources.path("powershell")
            command = powershell.interactive(powershell.found(), modules)
            variables = powershell.environment(target, modules)
            self.running.begin(command, variables | {powershell.TOKEN: self.token})
        except (powershell.NoPowerShellError, TerminalError) as error:
            self.workspace = None
            self.say_end(str(error))

    def end(self, why: str = "") -> None:
        """End the session; ``why`` is said where somebody may look for it."""
        self.workspace = None
        self.running.end()
        if why:
            self.say_end(why)

    def say_end(self, words: str) -> None:
        """There is no session: why, and how to begin one."""
        self._end.say(words)

    def _ended(self, code: int) -> None:
        self.workspace = None
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}" if code else ""
        self.say_end(f"PowerShell has ended{' ' if how else ''}{how}.")

    def _to_prompt(self, text: str) -> None:
        """Put a line at the prompt; several as one, since each would run otherwise."""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        self.terminal.type_text(text if self.terminal.display.brackets_paste else "; ".join(lines))
        self.terminal.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_many(self, text: str) -> None:
        lines = counted(len(text.strip("\n").split("\n")), "line")
        question = f"Paste {lines}? PowerShell runs each line at once."
        box = QMessageBox(QMessageBox.Icon.Question, "Paste", question, parent=self.window())
        box.setObjectName("question")
        box.setAccessibleName(box.text())
        box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No)
        for button in box.buttons():
            button.setAccessibleName(button.text().replace("&", ""))
        box.setDefaultButton(QMessageBox.StandardButton.No)
        box.finished.connect(
            lambda result: self.terminal.type_text(text) if result == QMessageBox.StandardButton.Yes else None
        )
        box.finished.connect(box.deleteLater)
        box.open()
