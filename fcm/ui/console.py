"""The input of the Console dock: a line of PowerShell with history and completion, and where its output goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit, QPlainTextEdit, QWidget

if TYPE_CHECKING:
    from typing import Any

    from PySide6.QtGui import QKeyEvent

    from fcm.shell.errors import ShellError
    from fcm.shell.session import ShellSession
    from fcm.ui.main_window import MainWindow

PROMPT = "PS C:\\> "


class ConsoleInput(QLineEdit):
    """One line. Enter runs it, Up and Down go through what was typed, Tab proposes what can follow."""

    def __init__(self, window: MainWindow, output: QPlainTextEdit, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = window
        self._output = output
        self._session: ShellSession | None = None
        self._typed: list[str] = []
        self._place = 0
        self._proposal_start = 0
        self.is_running = False
        """True while a line runs: its commands are echoed by the line itself."""
        self.setObjectName("console-input")
        self.setAccessibleName("Command")
        self.setPlaceholderText("Type a command, such as Get-ClusterNode; Tab completes it")
        self.setFont(output.font())
        self._words = QStringListModel(self)
        self._popup = QCompleter(self._words, self)
        self._popup.setWidget(self)
        self._popup.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._popup.activated.connect(self._take)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Up, Down; everything else edits the line."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._proposes():
            self.run_line()
        elif key == Qt.Key.Key_Up:
            self._recall(-1)
        elif key == Qt.Key.Key_Down:
            self._recall(1)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab completes a line that was begun; in an empty line it goes on to the next widget."""
        if forward and self.text():
            self.propose()
            return True
        return super().focusNextPrevChild(forward)

    def run_line(self) -> None:
        """Run what was typed."""
        line = self.text().strip()
        if not line:
            return
        self._typed = [*(one for one in self._typed if one != line), line]
        self._place = len(self._typed)
        self.clear()
        self._output.appendPlainText(PROMPT + line)
        session = self._shell()
        if session is None:
            self._output.appendPlainText("No cluster is open. Open one with Manage a Cluster.")
            return
        self.is_running = True
        try:
            session.execute(line)
        finally:
            self.is_running = False

    def _proposes(self) -> bool:
        popup = self._popup.popup()
        return popup is not None and popup.isVisible()

    def propose(self) -> None:
        """Complete the word before the cursor, or show what can stand there."""
        session = self._shell()
        if session is None:
            return
        from fcm.shell.completion import complete

        found = complete(session, self.text(), self.cursorPosition())
        self._proposal_start = found.start
        if len(found.words) == 1:
            self._take(found.words[0])
        elif found.words:
            self._words.setStringList(list(found.words))
            self._popup.complete()

    def _take(self, word: str) -> None:
        text, cursor = self.text(), self.cursorPosition()
        self.setText(text[: self._proposal_start] + word + text[cursor:])
        self.setCursorPosition(self._proposal_start + len(word))

    def _recall(self, step: int) -> None:
        self._place = max(0, min(len(self._typed), self._place + step))
        self.setText(self._typed[self._place] if self._place < len(self._typed) else "")

    def _shell(self) -> ShellSession | None:
        workspace = self._window.workspace
        if workspace is None:
            self._session = None
        elif self._session is None or self._session.workspace is not workspace:
            from fcm.shell.session import ShellSession

            session = ShellSession(workspace, lambda limit: None, waits=False)
            session.on_output = self._show
            session.on_error = self._complain
            self._session = session
        return self._session

    def _show(self, values: list[Any]) -> None:
        from fcm.shell.formatting import format_values

        self._output.appendPlainText(format_values(values).rstrip("\n"))

    def _complain(self, error: ShellError, source: str) -> None:
        self._output.appendPlainText(error.show(source))
