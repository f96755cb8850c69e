"""Draws the screen of a terminal; keys, mouse and clipboard."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleTextCursorEvent,
    QAccessibleTextUpdateEvent,
    QContextMenuEvent,
    QFontDatabase,
    QFontMetricsF,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QMenu, QWidget

from fcm.ui.console.terminal import accessible, keys
from fcm.ui.console.terminal.colours import Colours
from fcm.ui.console.terminal.screen import Screen
from fcm.ui.console.terminal.selecting import Marking
from fcm.ui.console.terminal.sequences import Feed
from fcm.ui.look import icons

if TYPE_CHECKING:
    from pyte.screens import Char

    from fcm.ui.console.terminal.selecting import Place

FRAME = 33
"""ms between two pictures, and between two reports to a screen reader ten times as much."""
MARGIN = 3
"""Pixels around the cells."""
LEAST_COLUMNS, LEAST_ROWS = 20, 2
_WINDOWS_OWN = frozenset((Qt.Key.Key_F6, Qt.Key.Key_F10))
"""Keys that stay with the window, so that the keyboard can leave the terminal."""


class TerminalWidget(accessible.SpokenWidget):
    """The screen of one program."""

    typed = Signal(bytes)
    """Something to be sent to the program."""
    interrupted = Signal()
    """Ctrl+C without a selection."""
    resized = Signal(int, int)
    """Columns and rows."""
    zoomed = Signal(int)
    """Ctrl and the wheel: by so many points."""
    many_lines = Signal(str)
    """Several lines are to be pasted to a program that would run each at once."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        accessible.install()
        self.setObjectName("terminal")
        self.setAccessibleName("PowerShell")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self._cell_width, self._cell_height, self._ascent = 8.0, 16, 12.0
        self.display = Screen(80, 24, self._reply)
        self._feed = Feed(self.display)
        self.marking = Marking(self.display)
        self._colours: Colours | None = None
        self._drawn = -1
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._refresh)
        self._speaking = QTimer(self)
        self._speaking.setSingleShot(True)
        self._speaking.timeout.connect(self._speak)
        self._spoken = ""
        self._last_click: tuple[float, QPoint, int] = (0.0, QPoint(), 0)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)
        self.zoom(0)

    # The screen

    def take(self, data: bytes) -> None:
        """The program said something."""
        self._feed.take(data)
        if not self._timer.isActive():
            self._timer.start(FRAME)

    def begin_anew(self) -> None:
        """An empty screen, for another program."""
        self.display = Screen(self.display.columns, self.display.lines, self._reply)
        self._feed = Feed(self.display)
        self.marking = Marking(self.display)
        self._refresh()

    def _reply(self, text: str) -> None:
        self.typed.emit(text.encode())

    def _refresh(self) -> None:
        """Show what has changed."""
        if self.display.version == self._drawn and self.verticalScrollBar().maximum() == len(self.display.history):
            return
        self._drawn = self.display.version
        self._scroll_range()
        self.viewport().update()
        if QAccessible.isActive() and not self._speaking.isActive():
            self._speaking.start(10 * FRAME)

    def _scroll_range(self) -> None:
        bar = self.verticalScrollBar()
        follows = bar.value() >= bar.maximum()
        shown = self.display.first + bar.value()
        before = getattr(self, "_first", self.display.first)
        self._first = self.display.first
        bar.setPageStep(self.display.lines)
        bar.setRange(0, len(self.display.history))
        # What is looked at stays in its place, also where older lines are dropped.
        bar.setValue(bar.maximum() if follows else max(0, shown - (self.display.first - before) - self.display.first))

    def zoom(self, points: float) -> None:
        """Letters larger than the system's by so many points."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(max(5.0, font.pointSizeF() + points))
        font.setStyleStrategy(font.styleStrategy())
        font.setKerning(False)
        self.setFont(font)
        metrics = QFontMetricsF(font)
        self._cell_width = max(1.0, metrics.horizontalAdvance("0" * 100) / 100)
        self._cell_height = max(1, math.ceil(metrics.height()))
        self._ascent = metrics.ascent()
        self._fit()

    def _fit(self) -> None:
        """As many cells as there is room for."""
        inside = self.viewport().size()
        columns = max(LEAST_COLUMNS, int((inside.width() - 2 * MARGIN) / self._cell_width))
        rows = max(LEAST_ROWS, (inside.height() - 2 * MARGIN) // self._cell_height)
        if (columns, rows) != (self.display.columns, self.display.lines):
            self.display.resize(rows, columns)
            self._refresh()
            self.resized.emit(columns, rows)

    @property
    def size_in_cells(self) -> tuple[int, int]:
        """Columns and rows."""
        return self.display.columns, self.display.lines

    @property
    def _top(self) -> int:
        """The number of the line that is shown first."""
        return self.display.first + self.verticalScrollBar().value()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines that are in view."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        colours = self._colours = self._colours or Colours(app)
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), colours.base)
        painter.setFont(self.font())
        for row in range(self.display.lines + 1):
            number = self._top + row
            if number < self.display.end:
                self._paint_line(painter, colours, number, MARGIN + row * self._cell_height)
        self._paint_cursor(painter, colours)

    def _paint_line(self, painter: QPainter, colours: Colours, number: int, y: int) -> None:
        line = self.display.line(number)
        start, end = self.marking.columns(number)
        column, last = 0, min(max(line, default=-1) + 1, self.display.columns)
        while column < last:
            cell = line[column]
            begin, text = column, cell.data
            column += 1
            # Letters of one look in one go; what has another width than others goes alone, in its own cells.
            if text.isascii() and text:
                while (
                    column < last and (other := line[column]).data.isascii() and other.data and self._alike(cell, other)
                ):
                    text += other.data
                    column += 1
            elif column < last and line[column].data == "":
                column += 1
            self._paint_run(painter, colours, cell, text, QPointF(MARGIN + begin * self._cell_width, y), column - begin)
        if start < end:
            place = QRectF(MARGIN + start * self._cell_width, y, (end - start) * self._cell_width, self._cell_height)
            self._paint_marked(painter, number, place, start, end)

    @staticmethod
    def _alike(first: Char, second: Char) -> bool:
        """Whether two cells can be drawn together."""
        return second.data != "" and second.data.isascii() and first[1:] == second[1:]

    def _paint_run(
        self, painter: QPainter, colours: Colours, cell: Char, text: str, place: QPointF, cells: int
    ) -> None:
        fore, back = colours.of(cell)
        if back != colours.base:
            painter.fillRect(QRectF(place.x(), place.y(), cells * self._cell_width, self._cell_height), back)
        if not text.strip() and not cell.underscore and not cell.strikethrough:
            return
        font = self.font()
        font.setBold(cell.bold)
        font.setItalic(cell.italics)
        font.setUnderline(cell.underscore)
        font.setStrikeOut(cell.strikethrough)
        painter.setFont(font)
        painter.setPen(fore)
        painter.drawText(QPointF(place.x(), place.y() + self._ascent), text)

    def _paint_marked(self, painter: QPainter, number: int, place: QRectF, start: int, end: int) -> None:
        painter.fillRect(place, self.palette().color(QPalette.ColorRole.Highlight))
        painter.setFont(self.font())
        painter.setPen(self.palette().color(QPalette.ColorRole.HighlightedText))
        line = self.display.line(number)
        for column in range(start, min(end, max(line, default=-1) + 1)):
            if line[column].data.strip():
                at = QPointF(MARGIN + column * self._cell_width, place.y() + self._ascent)
                painter.drawText(at, line[column].data)

    def _paint_cursor(self, painter: QPainter, colours: Colours) -> None:
        if self.display.cursor.hidden:
            return
        place = self._place_of(self.display.cursor_line, self.display.cursor_column)
        cell = self.display.line(self.display.cursor_line)[self.display.cursor_column]
        if not self.hasFocus():
            painter.setPen(colours.text)
            painter.drawRect(place.adjusted(0, 0, -1, -1))
            return
        painter.fillRect(place, colours.text)
        painter.setFont(self.font())
        painter.setPen(colours.base)
        painter.drawText(QPointF(place.x(), place.y() + self._ascent), cell.data)

    def _place_of(self, number: int, column: int) -> QRectF:
        """The place of a cell."""
        wide = 2 if self.display.line(number)[column + 1].data == "" else 1
        y = MARGIN + (number - self._top) * self._cell_height
        return QRectF(MARGIN + column * self._cell_width, y, wide * self._cell_width, self._cell_height)

    # Keys

    def event(self, event: QEvent) -> bool:
        """Keys are the program's before they are shortcuts of the window, but for those that lead out."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            leads_out = event.key() in _WINDOWS_OWN or event.modifiers() & Qt.KeyboardModifier.AltModifier
            if not leads_out and not self._is_window_key(event):
                event.accept()
                return True
        return super().event(event)

    @staticmethod
    def _is_window_key(event: QKeyEvent) -> bool:
        """Ctrl and a digit or the key before 1 go to the docks; Ctrl with plus or minus changes the letters."""
        with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        return with_control and chr(event.key() & 0xFF) in "0123456789+-=`" and event.key() < 0x100

    def focusNextPrevChild(self, _next: bool) -> bool:
        """Tab is the program's; F6 leads out."""
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send a key."""
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        both = event.modifiers() == Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        key = event.key()
        if key == Qt.Key.Key_C and (both or (control and not self.marking.is_empty)):
            self.copy()
        elif (key == Qt.Key.Key_V and both) or (key == Qt.Key.Key_Insert and shift):
            self.paste()
        elif key == Qt.Key.Key_Insert and control:
            self.copy()
        elif key == Qt.Key.Key_A and both:
            self.select_all()
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and shift and not self.display.is_alternate:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + (-1 if key == Qt.Key.Key_PageUp else 1) * max(1, bar.pageStep() - 1))
        elif key == Qt.Key.Key_C and control:
            self._to_end()
            self.interrupted.emit()
        else:
            sent = keys.sent(key, event.modifiers(), event.text(), self.display.has_cursor_keys)
            if not sent:
                super().keyPressEvent(event)
                return
            self._to_end()
            self.typed.emit(sent.encode())

    def _to_end(self) -> None:
        self.marking.drop()
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.viewport().update()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """What was composed of several keys."""
        if event.commitString():
            self._to_end()
            self.typed.emit(event.commitString().encode())
        event.accept()

    def inputMethodQuery(self, query: Qt.InputMethodQuery) -> object:
        """Where a list of proposals is to be shown."""
        if query == Qt.InputMethodQuery.ImCursorRectangle:
            return self._place_of(self.display.cursor_line, self.display.cursor_column).toRect()
        return super().inputMethodQuery(query)

    # The clipboard

    def copy(self) -> None:
        """Put what is selected on the clipboard; the selection is over then, so that Ctrl+C is a key again."""
        if not self.marking.is_empty:
            QGuiApplication.clipboard().setText(self.marking.text())
            self.marking.drop()
            self.viewport().update()

    def paste(self) -> None:
        """Type what is on the clipboard; several lines that would run at once are asked about first."""
        text = QGuiApplication.clipboard().text()
        if "\n" in text.rstrip("\n") and not self.display.brackets_paste:
            self.many_lines.emit(text)
            return
        self.type_text(text)

    def type_text(self, text: str) -> None:
        """Type a text, as if it were pasted."""
        sent = keys.pasted(text, self.display.brackets_paste)
        self._to_end()
        self.typed.emit(sent.encode())

    def select_all(self) -> None:
        """Everything, the history too."""
        self.marking.all()
        self.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Copy, paste, select."""
        menu = QMenu(self)
        copy = menu.addAction(icons.icon("copy"), "&Copy", self.copy)
        copy.setEnabled(not self.marking.is_empty)
        copy.setShortcut(QKeySequence("Ctrl+Shift+C"))
        paste = menu.addAction("&Paste", self.paste)
        paste.setShortcut(QKeySequence("Ctrl+Shift+V"))
        menu.addAction("Select &All", self.select_all).setShortcut(QKeySequence("Ctrl+Shift+A"))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    # The mouse

    def _at(self, place: QPointF, nearest: bool = True) -> Place:
        """The place between two characters, or (``nearest`` False) the cell."""
        row = int((place.y() - MARGIN) // self._cell_height)
        column = (place.x() - MARGIN) / self._cell_width
        at = round(column) if nearest else int(column)
        number = max(self.display.first, min(self._top + row, self.display.end - 1))
        return number, max(0, min(at, self.display.columns))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select; the second click takes a word, the third the line; the middle button pastes."""
        if event.button() == Qt.MouseButton.MiddleButton and QGuiApplication.clipboard().supportsSelection():
            self.type_text(QGuiApplication.clipboard().text(QGuiApplication.clipboard().Mode.Selection))
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        when, where, count = self._last_click
        again = event.timestamp() - when < QGuiApplication.styleHints().mouseDoubleClickInterval()
        near = (event.position().toPoint() - where).manhattanLength() < QApplication.startDragDistance()
        count = count % 3 + 1 if again and near else 1
        self._last_click = event.timestamp(), event.position().toPoint(), count
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.marking.extend(self._at(event.position()))
        else:
            self.marking.begin(self._at(event.position(), count == 1), ("characters", "words", "lines")[count - 1])
        self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second of two clicks."""
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select up to here; beyond an edge the lines move."""
        if not event.buttons() & Qt.MouseButton.LeftButton:
            return
        y, bar = event.position().y(), self.verticalScrollBar()
        if y < 0 or y > self.viewport().height():
            bar.setValue(bar.value() + (-1 if y < 0 else 1))
        self.marking.extend(self._at(event.position(), self._last_click[2] == 1))
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """What is selected can be pasted with the middle button, where the system has that."""
        clipboard = QGuiApplication.clipboard()
        if event.button() == Qt.MouseButton.LeftButton and not self.marking.is_empty and clipboard.supportsSelection():
            clipboard.setText(self.marking.text(), clipboard.Mode.Selection)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl the letters change; in an editor the wheel moves its cursor."""
        up = event.angleDelta().y() > 0
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoomed.emit(1 if up else -1)
            event.accept()
        elif self.display.is_alternate:
            key = Qt.Key.Key_Up if up else Qt.Key.Key_Down
            arrow = keys.sent(key, Qt.KeyboardModifier.NoModifier, "", self.display.has_cursor_keys)
            self.typed.emit(3 * arrow.encode())
            event.accept()
        else:
            super().wheelEvent(event)

    # What else changes

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colours = None
            self.viewport().update()

    # For screen readers

    def _speak(self) -> None:
        """Tell a screen reader what is new."""
        before, now = self._spoken, self.spoken()
        if before != now:
            self._spoken = now
            QAccessible.updateAccessibility(QAccessibleTextUpdateEvent(self, 0, before, now))
        QAccessible.updateAccessibility(QAccessibleTextCursorEvent(self, self.spoken_cursor()))

    def _first_spoken(self) -> int:
        return max(self.display.first, self.display.end - max(accessible.LINES, self.display.lines))

    def spoken(self) -> str:
        """The last lines, as one text."""
        lines = [self.display.text(number) for number in range(self._first_spoken(), self.display.end)]
        return "\n".join(lines)

    def spoken_cursor(self) -> int:
        """Where the cursor is in this text."""
        before = [self.display.text(number) for number in range(self._first_spoken(), self.display.cursor_line)]
        line = self.display.text(self.display.cursor_line)
        inside = len(self.display.text(self.display.cursor_line, 0, self.display.cursor_column))
        return sum(len(one) + 1 for one in before) + min(inside, len(line))

    def spoken_place(self, offset: int) -> QRect:
        """Where a character of it is on the desktop."""
        text = self.spoken()[:offset]
        number = self._first_spoken() + text.count("\n")
        found = self._place_of(number, len(text) - text.rfind("\n") - 1).toRect()
        return QRect(self.viewport().mapToGlobal(found.topLeft()), found.size())
