"""The input of the Console: PowerShell over one or more lines, coloured, completed, with history.

Its keys are those of PSReadLine: Enter runs, or goes on while the statement is incomplete; Shift+Enter begins a line;
Tab goes through the proposals and Ctrl+Space shows them; Up and Down go through the history, Ctrl+R searches it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QKeySequence, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QToolTip, QWidget

from fcm.ui.console.colouring import Colouring
from fcm.ui.console.proposals import ProposalMenu
from fcm.ui.console.search import HistorySearch
from fcm.ui.look.plain import literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QFocusEvent

    from fcm.shell.completion.hints import Piece
    from fcm.shell.runtime.session import ShellSession
    from fcm.ui.console.history import CommandHistory

TALLEST = 8
"""Lines that are shown at once."""
AT_ONCE, PAUSE = 1500, 150
"""Characters up to which each key colours the text anew; a longer one waits for a pause of so many ms."""
COLOURED = 20_000
"""Characters up to which a text is coloured while it is typed."""
_OWN_KEYS = (
    QKeySequence("Ctrl+R"),
    QKeySequence("Ctrl+S"),
    QKeySequence("Ctrl+L"),
    QKeySequence("Ctrl+C"),
    QKeySequence("Ctrl+Space"),
    QKeySequence("Shift+Return"),
)
"""Keys that the window would take otherwise."""


class ConsoleInput(QPlainTextEdit):
    """Where commands are typed."""

    entered = Signal(str, bool)
    """A whole text is to be run, and whether it comes out of a course or a drill."""
    stopped = Signal()
    """Ctrl+C without anything to copy."""
    cleared = Signal()
    """Ctrl+L: the output is to be cleared."""
    hinted = Signal(object)
    """Something about what is typed changed: the line below may say something else."""

    def __init__(self, session: Callable[[], ShellSession | None], history: CommandHistory, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.history = history
        self.search = HistorySearch(history)
        self._cycle: tuple[int, tuple[str, ...], int] | None = None
        self._is_cycling = False
        self._walking = False
        self.is_proposed = False
        """Whether the text, or what it was made of, comes out of a course or a drill."""
        self.setObjectName("console-input")
        self.setAccessibleName("Command")
        self.setPlaceholderText("Type a command, such as Get-ClusterNode; Tab completes it")
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.menu = ProposalMenu(self)
        self.menu.taken.connect(self._take)
        self.colouring = Colouring(self.document(), self._pieces)
        self._coloured = ("", -1)
        self._later = QTimer(self, singleShot=True, interval=PAUSE)
        self._later.timeout.connect(self._colour)
        self.textChanged.connect(self._changed)
        self.cursorPositionChanged.connect(self._moved)
        self.fit()

    # The text

    def text(self) -> str:
        """What is typed."""
        return self.toPlainText()

    def set_text(self, text: str) -> None:
        """Put another text in place; Ctrl+Z brings back what was there."""
        cursor = self.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.setTextCursor(cursor)

    def propose(self, text: str) -> None:
        """Put a text of a course or a drill in place; it stays one until nothing of it is left."""
        self.set_text(text)
        self.is_proposed = True
        self.hinted.emit(None)

    def fit(self) -> None:
        """As tall as the text, up to some lines."""
        lines = max(1, min(TALLEST, self.blockCount()))
        margins = 2 * (self.frameWidth() + round(self.document().documentMargin()) + 1)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + margins)
        policy = Qt.ScrollBarPolicy
        more = self.blockCount() > TALLEST
        self.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if more else policy.ScrollBarAlwaysOff)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Several pasted lines stand as one script, which Enter runs."""
        text = source.text().replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n")
        self.textCursor().insertText(text.strip("\n") if "\n" in text else text)

    # What changes with it

    def _pieces(self, text: str) -> list[Piece]:
        from fcm.shell.completion.hints import pieces

        return pieces(text[:COLOURED], self._session(), self.textCursor().position())

    def _changed(self) -> None:
        if not self._is_cycling:
            self._cycle = None
        if not self._walking:
            self.history.rewind()
        if self.is_proposed and self.document().isEmpty():
            self.is_proposed = False
            self.document().clearUndoRedoStacks()  # Ctrl+Z would bring it back as something typed
        self.fit()
        if self.menu.isVisible():
            self._show_menu()
        self._look()

    def _moved(self) -> None:
        self._look()

    def _look(self) -> None:
        if self.document().characterCount() > AT_ONCE:
            self._later.start()
        else:
            self._colour()

    def _colour(self) -> None:
        now = (self.text(), self.textCursor().position())
        if now != self._coloured:
            self._coloured = now
            self.colouring.refresh()
            self.hinted.emit(None)

    def recolour(self) -> None:
        """The theme or the known commands changed."""
        self._coloured = ("", -1)
        self._look()

    def problem_at(self, position: int) -> str:
        """What is wrong with the text at a place; "" if nothing is."""
        return next((p.problem for p in self.colouring.pieces if p.start <= position < p.end and p.problem), "")

    # Keys

    def event(self, event: QEvent) -> bool:
        """Keep keys that the window has as shortcuts; say what is wrong below the pointer."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if QKeySequence(event.keyCombination()) in _OWN_KEYS:
                event.accept()
                return True
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.viewport().mapFromGlobal(event.globalPos())
            QToolTip.showText(
                event.globalPos(), literal(self.problem_at(self.cursorForPosition(place).position())), self
            )
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the shell; all others edit the text."""
        if not (self._key_of_search(event) or self._key_of_menu(event) or self._key_of_shell(event)):
            super().keyPressEvent(event)

    def _key_of_search(self, event: QKeyEvent) -> bool:
        pressed = QKeySequence(event.keyCombination())
        if pressed in (_OWN_KEYS[0], _OWN_KEYS[1]):
            self._show_found(self.search.go(self.text(), -1 if pressed == _OWN_KEYS[0] else 1))
            return True
        if not self.search.is_active:
            return False
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.search.end()
            return False
        if key == Qt.Key.Key_Escape:
            self.search.end()
        elif pressed == _OWN_KEYS[3] or pressed == QKeySequence("Ctrl+G"):
            self._show_found(self.search.give_up())
        elif key == Qt.Key.Key_Backspace:
            self._show_found(self.search.narrow(self.search.part[:-1]))
        elif event.text() and event.text().isprintable():
            self._show_found(self.search.narrow(self.search.part + event.text()))
        elif event.text() or key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.search.end()
            self.hinted.emit(None)
            return False
        self.hinted.emit(None)
        return True

    def _show_found(self, line: str | None) -> None:
        if line is not None:
            self.set_text(line)
        self.hinted.emit(None)

    def _key_of_menu(self, event: QKeyEvent) -> bool:
        if not self.menu.isVisible():
            return False
        match event.key():
            case Qt.Key.Key_Up | Qt.Key.Key_Backtab:
                self.menu.step(-1)
            case Qt.Key.Key_Down | Qt.Key.Key_Tab:
                self.menu.step(1)
            case Qt.Key.Key_PageUp:
                self.menu.page(-1)
            case Qt.Key.Key_PageDown:
                self.menu.page(1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._take(self.menu.word)
            case Qt.Key.Key_Escape:
                self.menu.hide()
            case _:
                return False
        self.hinted.emit(None)
        return True

    def _key_of_shell(self, event: QKeyEvent) -> bool:
        key, pressed = event.key(), QKeySequence(event.keyCombination())
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if shifted or not self._is_whole():
                self.insertPlainText("\n")
            else:
                self.enter()
        elif key == Qt.Key.Key_Up and self.textCursor().blockNumber() == 0:
            self._walk(-1)
        elif key == Qt.Key.Key_Down and self.textCursor().blockNumber() == self.blockCount() - 1:
            self._walk(1)
        elif pressed == QKeySequence("Ctrl+Space"):
            self._show_menu()
        elif pressed == QKeySequence("Ctrl+L"):
            self.cleared.emit()
        elif pressed == QKeySequence("Ctrl+C") and not self.textCursor().hasSelection():
            self.stopped.emit()
        elif key == Qt.Key.Key_Escape and self.text():
            self.set_text("")
        else:
            return False
        return True

    def enter(self) -> None:
        """Run what is typed."""
        text = self.text().strip()
        is_proposed = self.is_proposed or self.history.is_proposed(text)
        self.menu.hide()
        self.set_text("")
        self.document().clearUndoRedoStacks()
        if text:
            self.history.add(text, is_proposed)
            self.entered.emit(text, is_proposed)

    def _is_whole(self) -> bool:
        """Whether Enter runs the text; an empty last line runs it even if it is not whole."""
        from fcm.shell.language.errors import ShellSyntaxError
        from fcm.shell.language.parser import parse

        text = self.text()
        try:
            parse(text)
        except ShellSyntaxError as error:
            return not error.incomplete or ("\n" in text and not text.rpartition("\n")[2].strip())
        return True

    def _walk(self, step: int) -> None:
        found = self.history.walk(step, self.text())
        if found is not None:
            self._walking = True
            try:
                self.set_text(found)
            finally:
                self._walking = False

    # Completion

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab completes a text that was begun; in an empty one it goes on to the next widget."""
        if self.menu.isVisible():
            self.menu.step(1 if forward else -1)
            self.hinted.emit(None)
            return True
        if self.text() and not self.textCursor().hasSelection():
            self.complete(1 if forward else -1)
            return True
        return super().focusNextPrevChild(forward)

    def complete(self, step: int = 1) -> None:
        """Put the next (1) or previous (-1) proposal in place of the word before the cursor."""
        if self._cycle is None:
            start, words = self._proposals()
            if not words:
                return
            number = 0 if step > 0 else len(words) - 1
        else:
            start, words, number = self._cycle
            number = (number + step) % len(words)
        self._is_cycling = True
        try:
            self._replace(start, words[number])
        finally:
            self._is_cycling = False
        self._cycle = (start, words, number) if len(words) > 1 else None
        self.hinted.emit(None)

    @property
    def cycling(self) -> tuple[str, int, int] | None:
        """The proposal that Tab has put in, its number from 1 and how many there are."""
        if self._cycle is None:
            return None
        _, words, number = self._cycle
        return words[number], number + 1, len(words)

    def describe(self, word: str) -> str:
        """What a proposal is."""
        session = self._session()
        if session is None:
            return ""
        from fcm.shell.completion.hints import describe

        cursor = self.textCursor().position() if self._cycle is None else self._cycle[0]
        return describe(session, self.text(), cursor, word)

    def _proposals(self) -> tuple[int, tuple[str, ...]]:
        session = self._session()
        if session is None:
            return 0, ()
        from fcm.shell.completion.completion import complete

        found = complete(session, self.text(), self.textCursor().position())
        return found.start, found.words

    def _show_menu(self) -> None:
        start, words = self._proposals()
        if not words:
            self.menu.hide()
            return
        at = QTextCursor(self.document())
        at.setPosition(start)
        place = self.cursorRect(at)
        port = self.viewport()
        described = [(word, self.describe(word)) for word in words]
        above, below = port.mapToGlobal(place.topLeft()), port.mapToGlobal(place.bottomLeft() + QPoint(0, 2))
        self.menu.show_words(described, above, below, self.window())
        self.hinted.emit(None)

    def _take(self, word: str) -> None:
        start, _ = self._proposals()
        self.menu.hide()
        if word:
            self._replace(start, word)

    def _replace(self, start: int, word: str) -> None:
        cursor = self.textCursor()
        cursor.setPosition(start, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(word)
        self.setTextCursor(cursor)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The menu goes with the keyboard."""
        self.menu.hide()
        super().focusOutEvent(event)
