"""Strips above the page: what went wrong, why, and what to do, without a box in the way.

A mistake of the program itself also ends here: it is logged and said, and the window lives on.
"""

from __future__ import annotations

import logging
import sys
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from fcm import __version__
from fcm.ui.look import icons
from fcm.ui.look.plain import Label, literal
from fcm.ui.widgets.page_parts import Picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

AT_ONCE = 3
"""Strips that are shown together; older ones give way."""
_ICONS = {"error": "level-error", "warning": "level-warning", "information": "level-information"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Alike:
    """Messages that are told together once there are several, so that the strips leave room for the page."""

    kind: str
    words: Callable[[int], str]
    """All of them in a sentence, by their number."""
    show: Callable[[], object]
    """Opens the list of what they are about."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that a message offers to do."""

    label: str
    icon: str
    do: Callable[[], object]


class MessageStrip(QFrame):
    """One message with its remedy; it stays until it is dismissed."""

    closed = Signal()

    def __init__(
        self,
        level: str,
        text: str,
        remedy: str = "",
        details: str = "",
        parent: QWidget | None = None,
        alike: Alike | None = None,
        offer: Offer | None = None,
    ) -> None:
        """``level`` is "error", "warning" or "information"; ``details`` is what Copy details copies.

        ``alike``: how this message is told together with others of its kind. ``offer``: a button.
        """
        super().__init__(parent)
        self.setObjectName("message")
        self.setProperty("role", "strip")
        self.level, self.text, self.remedy, self.alike = level, text, remedy, alike
        self.details = details or f"{text}\n{remedy}".strip()
        self._count = 1
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 6, 6)
        row.addWidget(Picture(_ICONS[level]), 0, Qt.AlignmentFlag.AlignTop)
        self._words = words = Label()
        self._say()
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        row.addWidget(words, 1)
        self._show = self._button("Show", "migrations", self._show_all)
        self._show.hide()
        row.addWidget(self._show, 0, Qt.AlignmentFlag.AlignTop)
        if offer is not None:
            button = self._button(offer.label, offer.icon, lambda: self._accept(offer))
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._button("Copy details", "copy", self._copy), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._button("Dismiss", "cancel", self._dismiss), 0, Qt.AlignmentFlag.AlignTop)

    def _say(self) -> None:
        said = f"{self.text} {self.remedy}".strip()
        self._words.setText(said)
        self.setAccessibleName(f"{self.level.capitalize()}: {said}")

    def say_remedy(self, remedy: str) -> None:
        """Say something else after the same text; what Copy details copies stays."""
        self.remedy = remedy
        self._say()

    def add(self, text: str, remedy: str) -> None:
        """One more message of its kind: from now on the strip says how many there are, and Copy details copies all."""
        assert self.alike is not None
        self._count += 1
        self.details += f"\n\n{text}\n{remedy}".rstrip()
        self.text, self.remedy = self.alike.words(self._count), ""
        self._say()
        self._show.show()

    def _button(self, name: str, icon: str, slot: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name.replace(" ", "").casefold())
        button.setAccessibleName(name)
        button.setToolTip(literal(name))
        button.setIcon(icons.icon(icon))
        button.setText(name)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if name != "Dismiss":
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(slot)
        return button

    def _show_all(self) -> None:
        if self.alike is not None:
            self.alike.show()

    def _accept(self, offer: Offer) -> None:
        self.closed.emit()
        offer.do()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details)

    def _dismiss(self) -> None:
        self.closed.emit()


class MessageArea(QWidget):
    """Where the strips are; empty and without height most of the time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messages")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(3)
        self._strips: list[MessageStrip] = []
        self.hide()

    @property
    def strips(self) -> tuple[MessageStrip, ...]:
        """What is shown now, newest last."""
        return tuple(self._strips)

    def saying(self, text: str) -> Callable[[str], object]:
        """A function that shows an error with this text and the remedy that it is given."""
        return lambda remedy: self.show_message("error", text, remedy)

    def show_message(
        self,
        level: str,
        text: str,
        remedy: str = "",
        details: str = "",
        alike: Alike | None = None,
        offer: Offer | None = None,
    ) -> MessageStrip:
        """Show a message; one that is shown already is not shown twice, and those of one kind share a strip."""
        for strip in self._strips:
            if (strip.level, strip.text, strip.remedy) == (level, text, remedy):
                strip.details = details or strip.details
                return strip
            if alike is not None and strip.alike is not None and strip.alike.kind == alike.kind:
                strip.add(text, remedy)
                return strip
        strip = MessageStrip(level, text, remedy, details, self, alike, offer)
        strip.closed.connect(lambda: self.dismiss(strip))
        self._strips.append(strip)
        self._column.addWidget(strip)
        while len(self._strips) > AT_ONCE:
            self.dismiss(self._strips[0])
        self.show()
        return strip

    def dismiss(self, strip: MessageStrip) -> None:
        """Take a strip away."""
        if strip not in self._strips:
            return
        self._strips.remove(strip)
        self._column.removeWidget(strip)
        strip.hide()
        strip.deleteLater()
        self.setVisible(bool(self._strips))

    def clear(self) -> None:
        """Take all strips away."""
        for strip in tuple(self._strips):
            self.dismiss(strip)

    def show_internal_error(self, error: BaseException) -> None:
        """A mistake of the program: logged with its traceback, shown with one that can be copied."""
        trace = "".join(traceback.format_exception(error))
        _log.error("An internal error in the window: %s", error, exc_info=error)
        self.show_message(
            "error",
            "An internal error occurred. Your last action might not be complete.",
            "You can continue to work. Copy the details to report the error.",
            f"fcm {__version__}, Python {sys.version.split()[0]}\n{trace}",
        )


def install_excepthook(area: Callable[[], MessageArea | None]) -> Callable[[], None]:
    """Show exceptions that no slot caught; ``area`` says where, or None when no window is there.

    Returns:
        What puts the former hook back.
    """
    former = sys.excepthook
    busy = False

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        nonlocal busy
        place = None if busy or issubclass(kind, KeyboardInterrupt) else area()
        if place is None:
            former(kind, error, trace)
            return
        busy = True
        try:
            place.show_internal_error(error)
        finally:
            busy = False

    sys.excepthook = hook

    def restore() -> None:
        if sys.excepthook is hook:
            sys.excepthook = former

    return restore
