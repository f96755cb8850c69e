"""Pieces that pages are made of: titles, facts, links, empty states, filter boxes, load bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fcm.ui.look import icons
from fcm.ui.look.plain import Label, literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


_GAP = 8
"""Pixels between what scrolls and its scroll bar."""
MOST_TITLE = 320
"""Pixels that a title keeps where a note beside it wants room too."""


class Elided(QLabel):
    """One line of plain text; what does not fit ends in dots and is whole in the tooltip."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.say(text)

    @property
    def whole(self) -> str:
        """The text without dots."""
        return self._whole

    def say(self, text: str) -> None:
        """Show another text."""
        if text == self._whole:
            return
        self._whole = text
        self.setAccessibleName(text)
        self._fit()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as the whole text."""
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Narrower than the text."""
        return QSize(30, super().sizeHint().height())

    def resizeEvent(self, event: object) -> None:
        """The width changed."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def _fit(self) -> None:
        short = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(30, self.width()))
        self.setText(short)
        self.setToolTip(literal(self._whole if short != self._whole else ""))


class Picture(QWidget):
    """An icon that is drawn in the colours of the moment."""

    def __init__(self, icon: str, size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setFixedSize(size, size)

    def say(self, icon: str) -> None:
        """Show another icon."""
        if icon != self._icon:
            self._icon = icon
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        icons.icon(self._icon).paint(painter, self.rect())
        painter.end()


class Title(QWidget):
    """Icon and heading of a page, and a quiet line at the right."""

    def __init__(self, text: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._picture = Picture(icon, 24)
        row.addWidget(self._picture)
        self._words = Elided(text)
        self._words.setProperty("role", "title")
        row.addWidget(self._words, 1)
        self._note = Elided()
        self._note.setProperty("role", "quiet")
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._note, 1)
        self.say(text, icon)

    def say(self, text: str, icon: str, note: str = "") -> None:
        """Another heading."""
        self._words.say(text)
        self._words.setMinimumWidth(min(self._words.sizeHint().width(), MOST_TITLE))
        self._note.say(note)
        self._picture.say(icon)
        # Each has the share that it needs: a short heading leaves its room to the line beside it.
        self._row.setStretch(1, self._words.sizeHint().width())
        self._row.setStretch(2, self._note.sizeHint().width())


def heading(text: str) -> QLabel:
    """A heading within a page."""
    label = Label(text)
    label.setProperty("role", "heading")
    return label


def quiet(text: str) -> QLabel:
    """A remark: wrapped, in the colour of quiet text."""
    label = Label(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", "quiet")
    return label


def rule() -> QFrame:
    """A thin line across."""
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    line.setProperty("role", "rule")
    return line


class Facts(QWidget):
    """Names and values in two columns, or in four where the page is wide."""

    def __init__(self, names: Sequence[str], parent: QWidget | None = None, columns: int = 1) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(3)
        self._values: dict[str, Elided] = {}
        lines = -(-len(names) // columns)
        for number, name in enumerate(names):
            row, column = number % lines, number // lines * 2
            label = Label(f"{name}:")
            label.setProperty("role", "quiet")
            value = Elided()
            value.setObjectName(name.casefold().replace(" ", "-"))
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(label, row, column)
            grid.addWidget(value, row, column + 1)
            grid.setColumnStretch(column + 1, 1)
            self._values[name] = value

    def say(self, name: str, value: str) -> None:
        """Show a value."""
        label = self._values[name]
        label.say(value)
        label.setAccessibleName(f"{name}: {value}")

    def has(self, name: str) -> bool:
        """Whether there is such a name."""
        return name in self._values

    def value(self, name: str) -> str:
        """What is shown."""
        return self._values[name].whole


class Link(QToolButton):
    """An action in the page, as a link with an icon; its visible label is its accessible name."""

    def __init__(self, label: str, icon: str, callback: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"link-{label.casefold().replace(' ', '-').replace('.', '')}")
        self.setProperty("role", "link")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setAutoRaise(True)
        self.setIconSize(QSize(16, 16))
        self.setIcon(icons.icon(icon))
        self.say(label)
        self.clicked.connect(lambda: callback())

    def say(self, label: str) -> None:
        """Another label."""
        self.setText(label.replace("&", "&&"))
        self.setAccessibleName(label)

    def allow(self, reason: str) -> None:
        """Enable it, or disable it with a reason as tooltip."""
        self.setEnabled(not reason)
        self.setToolTip(literal(reason))
        self.setAccessibleDescription(reason)

    def keyPressEvent(self, event: object) -> None:
        """Enter is as good as Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):  # type: ignore[attr-defined]
            self.click()
        else:
            super().keyPressEvent(event)  # type: ignore[arg-type]


class FilterBox(QLineEdit):
    """Words that rows must have; Escape empties it, Down goes to the list."""

    down = Signal()

    def __init__(self, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filter")
        self.setAccessibleName(f"Filter {what}")
        self.setPlaceholderText("Filter (Ctrl+F)")
        self.setClearButtonEnabled(True)
        self.addAction(icons.icon("filter"), QLineEdit.ActionPosition.LeadingPosition)
        self.setMaximumWidth(280)
        self.setMinimumWidth(110)

    def keyPressEvent(self, event: object) -> None:
        """Escape and Down have a meaning of their own."""
        if event.key() == Qt.Key.Key_Escape and self.text():  # type: ignore[attr-defined]
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return):  # type: ignore[attr-defined]
            self.down.emit()
        else:
            super().keyPressEvent(event)  # type: ignore[arg-type]


class EmptyState(QWidget):
    """What a list says when it has no rows: why, and what would fill it."""

    def __init__(self, text: str, parent: QWidget | None = None, link: Link | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(4)
        self.words = quiet(text)
        column.addWidget(self.words)
        if link is not None:
            column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)


class LoadBar(QWidget):
    """How full something is, as a bar with words in it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._share, self._incoming, self._words = name, 0.0, 0.0, ""
        self.setFixedHeight(self.fontMetrics().height() + 6)
        self.setMinimumWidth(160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_load(self, share: float, words: str, incoming: float = 0.0) -> None:
        """``share`` of 0 to 1 is in use; ``incoming`` more is on its way."""
        if (share, words, incoming) != (self._share, self._words, self._incoming):
            self._share, self._words, self._incoming = share, words, incoming
            self.setAccessibleName(f"{self._name}: {words}")
            self.setToolTip(literal(words))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bar and words."""
        painter, palette, box = QPainter(self), self.palette(), self.rect().adjusted(0, 0, -1, -1)
        painter.setPen(palette.color(QPalette.ColorRole.Mid))
        painter.setBrush(palette.color(QPalette.ColorRole.AlternateBase))
        painter.drawRect(box)
        used = QRect(box.left() + 1, box.top() + 1, round((box.width() - 1) * min(self._share, 1.0)), box.height() - 1)
        fill = palette.color(QPalette.ColorRole.Accent)
        fill.setAlpha(110)
        painter.fillRect(used, fill)
        if self._incoming:
            fill.setAlpha(50)
            width = round((box.width() - 1) * min(self._incoming, 1.0 - min(self._share, 1.0)))
            painter.fillRect(QRect(used.right() + 1, used.top(), width, used.height()), fill)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        room = box.adjusted(6, 0, -6, 0)
        words = painter.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.end()


class _ScrollArea(QScrollArea):
    """Keeps a gap between what it shows and its scroll bar."""

    def __init__(self) -> None:
        super().__init__()
        self.verticalScrollBar().rangeChanged.connect(lambda _, most: self._keep_gap(most > 0))

    def _keep_gap(self, scrolls: bool) -> None:
        gap = _GAP if scrolls else 0
        if self.viewportMargins().right() != gap:
            self.setViewportMargins(0, 0, gap, 0)


class Folding(QObject):
    """Puts the parts of a row under each other where what scrolls is too narrow for them side by side."""

    def __init__(self, area: QScrollArea, row: QBoxLayout) -> None:
        super().__init__(area)
        self._row, self._area = row, area
        area.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See every new width; all else goes on."""
        if isinstance(event, QResizeEvent) and watched is self._area.viewport():
            items = (self._row.itemAt(number) for number in range(self._row.count()))
            parts = [item.minimumSize().width() for item in items if item is not None]
            fits = sum(parts) + self._row.spacing() * (len(parts) - 1) <= event.size().width()
            self._row.setDirection(QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom)
        return False


def scrolled(inside: QWidget) -> QScrollArea:
    """A widget that scrolls where there is no room for it."""
    area = _ScrollArea()
    area.setObjectName(f"{inside.objectName() or 'page'}-scroll")
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(inside)
    inside.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
    return area
