"""PowerShell in colours: for the input while it is typed, and for the lines of the output."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QApplication

from fcm.ui.look import theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QTextDocument

    from fcm.shell.completion.hints import Piece

ROLE = int(QTextCharFormat.Property.UserProperty) + 1
"""Property of a format: what it stands for, so that another theme can colour it anew."""
_BY_KIND = {
    "command": "command",
    "parameter": "parameter",
    "text": "text",
    "number": "number",
    "variable": "variable",
    "operator": "operator",
    "keyword": "keyword",
    "comment": "comment",
    "error": "error",
}
_BOLD = frozenset(("prompt", "keyword"))


def role_of(piece: Piece) -> str:
    """The colour of a piece; "" for plain text."""
    return _BY_KIND.get(str(piece.kind), "")


def format_of(role: str, underlined: bool = False) -> QTextCharFormat:
    """The format of a role (a field of theme.ShellColours) in the present theme; "" follows the palette by itself."""
    made = QTextCharFormat()
    made.setProperty(ROLE, role)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    colours = theme.shell_colours(theme.current(app))
    if role:
        made.setForeground(QColor(getattr(colours, role)))
    if role in _BOLD:
        made.setFontWeight(QFont.Weight.DemiBold)
    if underlined:
        made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        made.setUnderlineColor(QColor(colours.error))
    return made


class Colouring(QSyntaxHighlighter):
    """Colours a whole document as one script; what is wrong is underlined."""

    def __init__(self, document: QTextDocument, read: Callable[[str], list[Piece]]) -> None:
        super().__init__(document)
        self._read = read
        self._ends: list[int] = []
        self.pieces: list[Piece] = []
        """Those of the present text."""

    def refresh(self) -> None:
        """The text, the cursor or the theme changed."""
        self.pieces = self._read(self.document().toPlainText())
        self._ends = [piece.end for piece in self.pieces]
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """One line of the whole text: a quoted text may go over several."""
        first = self.currentBlock().position()
        for piece in self.pieces[bisect_right(self._ends, first) :]:
            start, end = max(piece.start, first), min(piece.end, first + len(text))
            if piece.start >= first + len(text):
                break
            if start < end:
                self.setFormat(start - first, end - start, format_of(role_of(piece), bool(piece.problem)))
