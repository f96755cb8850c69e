"""The Console: what every click was as PowerShell, and a prompt for more of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QMessageBox,
    QProgressBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fcm import powershell
from fcm.ui.console.find_bar import FindBar
from fcm.ui.console.grid import GridContent, GridWindow
from fcm.ui.console.guests import Guests
from fcm.ui.console.history import CommandHistory
from fcm.ui.console.input import ConsoleInput
from fcm.ui.console.output import PROMPT, PROMPT_OF, ConsoleOutput
from fcm.ui.console.runner import Runner
from fcm.ui.look import icons
from fcm.ui.look.plain import Label, literal
from fcm.ui.widgets.page_parts import Elided
from fcm.workspace.files.settings import CONSOLE_HISTORY, CONSOLE_ZOOM

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import SignalInstance

    from fcm.ui.window.frame import Frame
    from fcm.workspace.workspace import Workspace

_LINE_HINT = "Enter: run. Shift+Enter: new line. Tab: complete. Ctrl+Space: list. Ctrl+R: search the history"
_PROPOSED_HINT = "From a course or a drill: it runs in the built-in shell and reaches no file."
_CLEAR = frozenset(("cls", "clear", "clear-host"))
SMALLEST, LARGEST = -4, 12
"""Points by which the letters may differ from the system's."""


class ConsoleView(QWidget):
    """Output, progress, input and a line that helps."""

    sized = Signal(int)
    """The letters are larger than the system's by so many points."""

    def __init__(self, window: Frame, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("console-inside")
        self._main = window
        self._settings = window.context.settings
        self.runner = Runner(self._ask, self._show_grid_of_runner, self)
        self.guests = Guests(window.context.settings, self._show_grid, self)
        self.output = ConsoleOutput(self)
        typed: list[str] = self._settings.get(CONSOLE_HISTORY)
        self.input = ConsoleInput(lambda: self.runner.session, CommandHistory(typed), self)
        self.find_bar = FindBar(self.output, self._to_input, self)
        self.hint = Elided(_LINE_HINT)
        self.hint.setObjectName("console-hint")
        self.hint.setProperty("role", "quiet")
        self._prompt = Label()
        self._prompt.setObjectName("prompt")
        self._prompt.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._progress_row, self._progress, self._bar = self._made_progress()
        self._lay_out()
        self._connect()
        self.zoom(0)
        self._look()

    def _made_progress(self) -> tuple[QWidget, Elided, QProgressBar]:
        row = QWidget(self)
        row.setObjectName("console-progress")
        words, bar = Elided(), QProgressBar()
        bar.setRange(0, 100)
        bar.setFixedWidth(140)
        bar.setAccessibleName("Progress of the command")
        words.setObjectName("progress-words")
        line = QHBoxLayout(row)
        line.setContentsMargins(4, 1, 4, 1)
        line.addWidget(words, 1)
        line.addWidget(bar)
        row.hide()
        return row, words, bar

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setContentsMargins(1, 1, 1, 1)
        side.setSpacing(1)
        self.stop = self._button("Stop", "cancel", "Stop the command (Ctrl+C)", self.stop_script)
        self.stop.setEnabled(False)
        for button in (
            self.stop,
            self._button("Copy", "copy", "Copy the selected text, or all of it (Ctrl+C)", self.copy),
            self._button("Find", "find", "Find a text (Ctrl+F)", self.find_bar.open),
            self._button("Clear", "delete", "Clear the Console (Ctrl+L)", self.clear),
        ):
            side.addWidget(button)
        side.addStretch(1)
        entry = QHBoxLayout()
        entry.setContentsMargins(0, 0, 0, 0)
        entry.setSpacing(0)
        entry.addWidget(self._prompt)
        entry.addWidget(self.input, 1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.output, 0, 0)
        grid.addLayout(side, 0, 1, 5, 1)
        grid.addWidget(self.find_bar, 1, 0)
        grid.addWidget(self._progress_row, 2, 0)
        grid.addLayout(entry, 3, 0)
        grid.addWidget(self.hint, 4, 0)
        grid.setRowStretch(0, 1)
        self.hint.setContentsMargins(5, 1, 5, 2)

    def _button(self, name: str, icon: str, tip: str, slot: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"console-{name.casefold()}")
        button.setAccessibleName(name)
        button.setToolTip(literal(tip))
        button.setIcon(icons.icon(icon))
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(slot)
        return button

    def _connect(self) -> None:
        self.input.entered.connect(self._entered)
        self.input.hinted.connect(lambda _: self._look())
        self.input.cleared.connect(self.clear)
        self.input.stopped.connect(self.stop_script)
        self.output.stopped.connect(self.stop_script)
        self.output.zoomed.connect(self.zoom)
        self.runner.printed.connect(self.output.print_text)
        self.runner.made.connect(self._main.open)
        self.runner.failed.connect(lambda text: self.output.print_text(text, "error"))
        self.runner.refused.connect(self._tell_of_powershell)
        self.runner.progressed.connect(self._show_progress)
        self.runner.started.connect(lambda text: self.stop.setEnabled(True))
        self.runner.ended.connect(self._ended)
        self._main.changed.connect(lambda _: self.runner.wake())
        self._main.joins_allowed.connect(self.guests.allow)
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys, callback in (
            ("Ctrl++", lambda: self.zoom(1)),
            ("Ctrl+=", lambda: self.zoom(1)),
            ("Ctrl+-", lambda: self.zoom(-1)),
            ("Ctrl+0", lambda: self.zoom(None)),
        ):
            QShortcut(QKeySequence(keys), self, callback, context=inside)

    # What happens

    def echo(self, text: str, workspace: Workspace | None) -> None:
        """A command that was given elsewhere in the window to a cluster; those of a script stand in it already.

        ``workspace`` None: to none, or to the current one.
        """
        if not self.runner.is_submitting:
            self.output.echo(text, self._prompt_of(workspace or self._main.workspace))

    def _prompt_of(self, workspace: Workspace | None) -> str:
        cluster = None if workspace is None else workspace.state.cluster
        if cluster is None or len(self._main.workspaces()) < 2:
            return PROMPT
        return PROMPT_OF.format(cluster=cluster.name)

    def show_prompt(self) -> None:
        """Another cluster is current, or the number of those that are open has changed."""
        self._look()

    def propose(self, text: str) -> None:
        """Put a text of a course or a drill into the input."""
        self.input.propose(text)
        self._to_input()

    def _entered(self, text: str, is_proposed: bool) -> None:
        self._settings.set(CONSOLE_HISTORY, self.input.history.kept())
        if text.casefold() in _CLEAR:
            self.clear()
            return
        self.output.echo(text, self._prompt_of(self._main.workspace))
        self.output.follow()
        if not self.runner.run(text, self.output.width_in_characters, sealed=is_proposed):
            self.output.print_text("No cluster is open. Open one with Manage a Cluster.", "error")

    def _tell_of_powershell(self) -> None:
        """Say how a text can run after all that the built-in shell refused."""
        if powershell.installed():
            remedy = "To use PowerShell, choose it under Tools > Console Runs Commands With."
        else:
            remedy = "To run it, install PowerShell 7 (https://aka.ms/powershell); the Console uses it then."
        self.output.print_text(f"The built-in shell of fcm has only a part of PowerShell. {remedy}", "comment")

    def _ended(self) -> None:
        self.stop.setEnabled(self.runner.is_running)
        self._progress_row.hide()
        self.input.recolour()

    def _show_progress(self, progress: tuple[str, str, int]) -> None:
        activity, status, percent = progress
        self._progress_row.setVisible(percent >= 0)
        if percent >= 0:
            self._progress.say(f"{activity}: {status}" if status else activity)
            self._bar.setValue(percent)

    def stop_script(self) -> None:
        """End what runs; where nothing runs, forget what is typed."""
        if self.runner.is_running:
            self.runner.stop()
        else:
            self.input.set_text("")

    def clear(self) -> None:
        """Empty the output."""
        self.output.clear()
        self._to_input()

    def copy(self) -> None:
        """Put the selected text, else everything, on the clipboard."""
        cursor = self.output.textCursor()
        chosen = cursor.selection().toPlainText() if cursor.hasSelection() else self.output.toPlainText()
        QGuiApplication.clipboard().setText(chosen)

    def zoom(self, by: int | None) -> None:
        """Larger or smaller letters by so many points; None: those of the system."""
        points = 0 if by is None else max(SMALLEST, min(LARGEST, self._settings.get(CONSOLE_ZOOM) + by))
        self._settings.set(CONSOLE_ZOOM, points)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(max(5.0, font.pointSizeF() + points))
        for widget in (self.output, self.input, self._prompt):
            widget.setFont(font)
        self.input.fit()
        self.sized.emit(points)

    def _to_input(self) -> None:
        self.input.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # What it says about what is typed

    def _look(self) -> None:
        lines = self.input.blockCount()
        shown = "\n".join([self._prompt_of(self._main.workspace).rstrip(), *[">>"] * (min(lines, 8) - 1)])
        margin = round(self.input.document().documentMargin())
        self._prompt.setText(shown)
        self._prompt.setContentsMargins(margin + 2, margin + self.input.frameWidth(), 2, 0)
        self.hint.say(self._hint())

    def _hint(self) -> str:
        if self.input.search.is_active:
            return self.input.search.label
        if self.input.menu.isVisible():
            return f"{self.input.menu.word}: {self.input.menu.note}" if self.input.menu.note else self.input.menu.word
        if (cycling := self.input.cycling) is not None:
            word, number, of = cycling
            note = self.input.describe(word)
            return f"{number} of {of}: {word}" + (f"  ({note})" if note else "")
        text, session = self.input.text(), self.runner.session
        if self.input.is_proposed:
            return f"{_PROPOSED_HINT} {problem}" if (problem := self._problem()) else _PROPOSED_HINT
        if not text:
            return "Ctrl+C stops the command" if self.runner.is_running else _LINE_HINT
        if problem := self._problem():
            return problem
        if session is None:
            return ""
        from fcm.shell.completion.hints import syntax

        found = syntax(session, text, self.input.textCursor().position())
        if found is None:
            return ""
        begun = found.help if found.current is None else f"{found.words[found.current]} {found.help}"
        return f"{begun}    {' '.join(found.words)}"

    def _problem(self) -> str:
        """What is wrong with what is typed; "" if nothing is."""
        return next((piece.problem for piece in self.input.colouring.pieces if piece.problem), "")

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: all colours anew."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_bar"):
            self.output.recolour()
            self.input.recolour()

    def event(self, event: QEvent) -> bool:
        """Ctrl+F finds in the Console while the keyboard is there."""
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Find):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.find_bar.open()
                return True
        return super().event(event)

    # What a script asks for

    def _ask(self, question: str, answer: Callable[[bool], None]) -> None:
        box = QMessageBox(QMessageBox.Icon.Question, "Confirm", question, parent=self._main)
        box.setObjectName("question")
        box.setAccessibleName(question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No)
        for button in box.buttons():
            button.setAccessibleName(button.text().replace("&", ""))
        box.setDefaultButton(QMessageBox.StandardButton.No)
        box.finished.connect(lambda result: answer(result == QMessageBox.StandardButton.Yes))
        box.finished.connect(box.deleteLater)
        self.runner.abandoned.connect(box.reject)
        box.open()

    def _show_grid_of_runner(self, title: str, content: Any, picked: Callable[[list[int]], None] | None) -> None:
        self._show_grid(title, content, picked, self.runner.abandoned)

    def _show_grid(
        self, title: str, content: Any, picked: Callable[[list[int]], None] | None, abandoned: SignalInstance
    ) -> None:
        assert isinstance(content, GridContent)
        grid = GridWindow(title, content, self._settings, self._main, picked)
        if picked is not None:
            abandoned.connect(grid.reject)
        grid.show()
