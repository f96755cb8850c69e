"""Names as names: Qt takes a text that looks like HTML for HTML, in labels and in tooltips.

A machine may be called ``<img src="//server/x">``. Read as HTML it would fetch that file (on Windows with the login of
the user) or show something else than its name. So every label is a ``Label`` and every tooltip that is no constant goes
through ``literal``; tests/quality holds it.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_TAG = re.compile(r"<(?=[A-Za-z!/?])|&(?=lt;)")
WIDEST = 90
"""Letters of a line of a tooltip."""
_KEPT = "\ue000"
_JOINER = "\N{WORD JOINER}"
"""No width, and no part of a tag."""


class Label(QLabel):
    """A label whose text is shown as it is; for HTML of our own set its format."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


def literal(text: str, whole: bool = False) -> str:
    """A text as a tooltip shows it as it is: what Qt would take for HTML gets a character without width in its tags.

    Tooltips have no format of their own (QToolTip asks Qt::mightBeRichText, which looks for the first tag). Qt
    breaks the lines of rich text only; long ones are broken here unless ``whole`` (commands).
    """
    lines = (
        part for line in text.split("\n") for part in (_broken(line) if len(line) > WIDEST and not whole else (line,))
    )
    return _TAG.sub(lambda found: f"{found[0]}{_JOINER}", "\n".join(lines))


def _broken(line: str) -> list[str]:
    """A line in lines of at most ``WIDEST`` letters; what is indented stays so."""
    indent = line[: len(line) - len(line.lstrip(" "))]
    # A number and its unit have a space between them that does not break (and which textwrap would break at).
    kept = line.replace("\N{NO-BREAK SPACE}", _KEPT)
    broken = textwrap.wrap(kept, WIDEST, subsequent_indent=indent, break_on_hyphens=False)
    return [part.replace(_KEPT, "\N{NO-BREAK SPACE}") for part in broken]
