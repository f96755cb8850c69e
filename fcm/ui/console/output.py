"""The output of the Console: commands in colours, their tables and errors; the last lines of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QKeySequence, QTextCursor, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from fcm.text.words import counted
from fcm.ui.console.colouring import ROLE, format_of, role_of

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent, QTextCharFormat, QWheelEvent

PROMPT = "PS C:\\> "
PROMPT_OF = "PS {cluster}> "
"""Of one of several open clusters."""
MORE = ">> "
"""Before the second and later lines of a command."""
LINES = 5000
"""Lines that are kept."""
PAGE = 250
"""Lines that are shown at once."""
LONGEST = 4000
"""Characters of a line that are shown."""
NARROWEST, WIDEST = 40, 120
"""Characters of a line of a table; a console of Windows has 120."""


def pages_of(text: str) -> list[str]:
    """Output in pieces that are shown one by one, so that the window lives on; of very much only the end."""
    lines = [line if len(line) <= LONGEST else f"{line[:LONGEST]}..." for line in text.split("\n")[-LINES:]]
    left_out = text.count("\n") + 1 - len(lines)
    if left_out > 0:
        lines[0] = (
            f"({counted(left_out + 1, 'line is', 'lines are')} not shown here; use Out-File or Export-Csv to get all)"
        )
    return ["\n".join(lines[start : start + PAGE]) for start in range(0, len(lines), PAGE)]


class ConsoleOutput(QPlainTextEdit):
    """What was said, newest below."""

    stopped = Signal()
    """Ctrl+C without anything to copy."""
    zoomed = Signal(int)
    """Ctrl and the wheel: by so many points."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("console")
        self.setAccessibleName("Console")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setMaximumBlockCount(LINES)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setPlaceholderText("Every action appears here as the PowerShell command that does the same.")
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    @property
    def width_in_characters(self) -> int:
        """How long the lines of a table may be, also once the text is so long that it gets a scroll bar."""
        bar = self.verticalScrollBar()
        inner = self.viewport().width() - 2 * self.document().documentMargin()
        inner -= 0 if bar.isVisible() else bar.sizeHint().width()
        return max(NARROWEST, min(WIDEST, int(inner / max(1.0, self._advance()))))

    def _advance(self) -> float:
        return QFontMetricsF(self.font()).horizontalAdvance("0" * 100) / 100

    def echo(self, text: str, prompt: str = PROMPT) -> None:
        """A command, with its prompt and in colours."""
        from fcm.shell.completion.hints import pieces

        cuts: list[tuple[str, str]] = []
        done = 0
        for piece in pieces(text):
            if piece.start >= done:
                cuts += [(text[done : piece.start], ""), (text[piece.start : piece.end], role_of(piece))]
                done = piece.end
        cuts.append((text[done:], ""))
        runs: list[tuple[str, str]] = [(prompt, "prompt")]
        for part, role in cuts:
            for number, line in enumerate(part.split("\n")):
                runs += [("\n", ""), (MORE, "prompt")] if number else []
                runs.append((line, role))
        self._append(runs)

    def print_text(self, text: str, role: str = "") -> None:
        """Output or an error, below what is there."""
        self._append([(text, role)])

    def _append(self, runs: list[tuple[str, str]]) -> None:
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 1
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        if not self.document().isEmpty():
            cursor.insertText("\n", format_of(""))
        for text, role in runs:
            if text:
                cursor.insertText(text, format_of(role))
        cursor.endEditBlock()
        if at_end:
            bar.setValue(bar.maximum())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Who saw the end sees it afterwards."""
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 1
        super().resizeEvent(event)
        if at_end:
            self.follow()

    def follow(self) -> None:
        """Show the end."""
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def recolour(self) -> None:
        """Colour everything for the present theme."""
        found: list[tuple[int, int, QTextCharFormat]] = []
        block = self.document().begin()
        while block.isValid():
            parts = block.begin()
            while not parts.atEnd():
                piece = parts.fragment()
                role = str(piece.charFormat().property(ROLE) or "")
                if role:
                    found.append((piece.position(), piece.length(), format_of(role)))
                parts += 1
            block = block.next()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for position, length, made in found:
            cursor.setPosition(position)
            cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
            cursor.setCharFormat(made)
        cursor.endEditBlock()

    def find_text(self, text: str, backwards: bool = True) -> bool:
        """Select the next place of a text, upwards or downwards, around the ends; False if there is none."""
        flags = QTextDocument.FindFlag.FindBackward if backwards else QTextDocument.FindFlag(0)
        if not text:
            return False
        if self.find(text, flags):
            return True
        before = self.textCursor()
        end = QTextCursor.MoveOperation.End if backwards else QTextCursor.MoveOperation.Start
        self.moveCursor(end)
        if self.find(text, flags):
            return True
        self.setTextCursor(before)
        return False

    def drop_selection(self) -> None:
        """Select nothing; the next search upwards finds the same place again if it still fits."""
        cursor = self.textCursor()
        cursor.setPosition(min(cursor.selectionEnd() + 1, self.document().characterCount() - 1))
        if self.textCursor().hasSelection():
            self.setTextCursor(cursor)

    def event(self, event: QEvent) -> bool:
        """Ctrl+C belongs to the text, whatever the window does with it."""
        is_copy = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy)
        if is_copy and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C without a selection stops what runs."""
        if event.matches(QKeySequence.StandardKey.Copy) and not self.textCursor().hasSelection():
            self.stopped.emit()
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl the letters become larger or smaller."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoomed.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)
