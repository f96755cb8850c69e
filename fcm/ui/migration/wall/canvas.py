"""The painted area of the Migration Wall: one tile a migration, all with the same axes, in one widget."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHelpEvent, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QApplication, QScrollArea, QSizePolicy, QToolTip, QWidget

from fcm.model.entities import GIB
from fcm.ui.look import theme
from fcm.ui.look.format import seconds, size
from fcm.ui.look.plain import literal
from fcm.ui.migration.plots.ranges import next_length, scale_of
from fcm.ui.migration.wall.tiles import Mood
from fcm.ui.widgets.dialog_parts import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent

    from fcm.ui.migration.wall.tiles import Tile

LEAST = QSize(212, 132)
"""Pixels that a tile has at least: names, figures and a curve can be told apart."""
_GAP = 8
_INSET = 8
_POINTS = 180
"""Points of a curve at most: as many as a tile has pixels."""
_TALL = 0.75
"""Height to width of a tile at most, where few tiles have much room."""
_SHAPE = 1.8
"""Width to height of a tile that looks well."""
_MOVES = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
"""Arrow key -> tiles and rows by which it goes on."""


class WallCanvas(QWidget):
    """Tiles in rows; arrow keys go from one to the next, Enter or a click enlarges one."""

    chosen = Signal(str)
    """Id of the migration on whose tile the keys are now."""

    def __init__(self, area: QScrollArea) -> None:
        """``area``: what scrolls it."""
        super().__init__()
        self._area = area
        named(self, "Migrations side by side", "migrationWall")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._tiles: list[Tile] = []
        self._curves: dict[str, tuple[int, QPolygonF]] = {}
        """Migration -> rows that its curve has, and the curve; made anew with other axes."""
        self._axes = (0.0, 0.0, QSize())
        """s and bytes that every tile shows, size of a plot."""
        self._current = ""
        self._enlarged = ""

    # What is shown

    @property
    def shown(self) -> tuple[Tile, ...]:
        """The tiles, in the order in which they are shown."""
        return tuple(self._tiles)

    @property
    def current(self) -> str:
        """Id of the migration on whose tile the keys are; "" if there is none."""
        return self._current

    @property
    def enlarged(self) -> str:
        """Id of the migration whose tile fills the wall; "" if none does."""
        return self._enlarged

    @property
    def axes(self) -> tuple[float, float]:
        """What each tile shows (s, bytes): the same for all, so that they can be compared."""
        return self._axes[0], self._axes[1]

    def show_tiles(self, found: Sequence[Tile]) -> None:
        """Show other tiles, or the same ones as they are now."""
        before = {tile.id: tile for tile in self._tiles}
        moved = [tile.id for tile in found] != [tile.id for tile in self._tiles]
        self._tiles = list(found)
        known = {tile.id for tile in found}
        for gone in self._curves.keys() - known:
            del self._curves[gone]
        if self._enlarged not in known:
            self._enlarged = ""
        if self._current not in known:
            self._current = found[0].id if found else ""
            self.chosen.emit(self._current)
        if moved:
            self._fit_height()
        if self._rule() or moved:
            self.update()
        else:
            for number, tile in enumerate(self._tiles):
                if before.get(tile.id) is not tile:
                    self.update(self.field(number))
        self._describe()

    def _rule(self) -> bool:
        """Choose the axes; True if they are others than before."""
        longest = max((float(tile.time[-1]) for tile in self._tiles if len(tile.time)), default=0.0)
        largest = max((tile.memory for tile in self._tiles), default=0.0)
        settled = all(tile.is_over for tile in self._tiles)
        length, height = next_length(longest, self._axes[0], settled), scale_of(largest / GIB) * GIB
        axes = (length, height, self._plot(0).size().toSize())
        if axes == self._axes:
            return False
        self._axes = axes
        self._curves.clear()
        return True

    def enlarge(self, migration: str) -> None:
        """Let one tile fill the wall; "" shows all again."""
        if migration == self._enlarged:
            return
        self._enlarged = migration
        self._fit_height()
        self._rule()
        self.update()
        self._describe()
        if not migration:
            self._show_current()

    def choose(self, migration: str) -> None:
        """Put the keys on the tile of a migration."""
        if migration == self._current:
            return
        self._current = migration
        self._describe()
        self.update()
        self._show_current()
        self.chosen.emit(migration)

    def _describe(self) -> None:
        tile = next((one for one in self._tiles if one.id == self._current), None)
        number = self._tiles.index(tile) + 1 if tile else 0
        words = f"{number} of {len(self._tiles)}: {tile.words}" if tile else "No migration"
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    # Where tiles are

    @property
    def columns(self) -> int:
        """Tiles side by side: as many as have room if all must be scrolled, else as many as make them largest."""
        if self._enlarged:
            return 1
        count, room = len(self._tiles) or 1, self._area.viewport().height()
        most = max(1, min(count, (self.width() + _GAP) // (LEAST.width() + _GAP)))
        if math.ceil(count / most) * (self._least() + _GAP) >= room:
            return most
        return max(range(1, most + 1), key=lambda one: min(self.width() / one, _SHAPE * room / math.ceil(count / one)))

    def _least(self) -> int:
        """Pixels that a tile must be high with the font of now."""
        return max(LEAST.height(), 5 * self.fontMetrics().height() + 44)

    def _fit_height(self) -> None:
        rows = 1 if self._enlarged else math.ceil(len(self._tiles) / self.columns)
        self.setMinimumHeight(rows * (self._least() + _GAP) - _GAP if rows else 0)

    def field(self, number: int) -> QRect:
        """The place of a tile."""
        if self._enlarged:
            is_it = self._tiles[number].id == self._enlarged
            return self.rect() if is_it else QRect()
        columns = self.columns
        rows = max(1, math.ceil(len(self._tiles) / columns))
        row, column = divmod(number, columns)
        width = (self.width() + _GAP) / columns
        height = min((self.height() + _GAP) / rows, max(2.2 * self._least(), _TALL * width))
        left, top = round(column * width), round(row * height)
        return QRect(left, top, round((column + 1) * width) - left - _GAP, round((row + 1) * height) - top - _GAP)

    def _plot(self, number: int) -> QRectF:
        """The place of a curve in its tile; all are of the same size."""
        index = next((n for n, tile in enumerate(self._tiles) if tile.id == self._enlarged), number)
        field = self.field(index) if self._tiles else QRect()
        line = self.fontMetrics().height()
        return QRectF(field).adjusted(_INSET, _INSET + 2 * line + 4, -_INSET, -(2 * line + _INSET + 6))

    def tile_at(self, place: QPointF) -> str:
        """Id of the migration whose tile is at a place; "" between them."""
        spot = place.toPoint()
        return next((tile.id for n, tile in enumerate(self._tiles) if self.field(n).contains(spot)), "")

    def _show_current(self) -> None:
        number = next((n for n, tile in enumerate(self._tiles) if tile.id == self._current), None)
        if number is not None:
            field = self.field(number)
            centre = field.center()
            self._area.ensureVisible(centre.x(), centre.y(), field.width() // 2, field.height() // 2)

    def sizeHint(self) -> QSize:
        """Four tiles side by side."""
        return QSize(4 * (LEAST.width() + _GAP), 3 * (self._least() + _GAP))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other columns, other curves."""
        super().resizeEvent(event)
        self._fit_height()
        self._rule()

    # Keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End go from tile to tile, Enter enlarges, Escape shows all again."""
        key = Qt.Key(event.key())
        ids = [tile.id for tile in self._tiles]
        place = ids.index(self._current) if self._current in ids else 0
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and ids:
            self.enlarge("" if self._enlarged else self._current)
        elif key == Qt.Key.Key_Escape and self._enlarged:
            self.enlarge("")
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and ids:
            self._go(ids[0 if key == Qt.Key.Key_Home else -1])
        elif key in _MOVES and ids:
            tiles, rows = _MOVES[key]
            wanted = place + tiles + rows * self.columns
            if 0 <= wanted < len(ids):
                self._go(ids[wanted])
        else:
            super().keyPressEvent(event)

    def _go(self, migration: str) -> None:
        self.choose(migration)
        if self._enlarged:
            self.enlarge(migration)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click enlarges a tile, or shows all again."""
        found = self.tile_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and found:
            self.choose(found)
            self.enlarge("" if self._enlarged else found)

    def event(self, event: QEvent) -> bool:
        """A tooltip says the whole of a tile, whose names may be cut; other colors are drawn anew."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self.tile_at(QPointF(event.pos()))
            tile = next((one for one in self._tiles if one.id == found), None)
            if tile is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), literal(tile.words), self)
            return True
        return super().event(event)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Only the tiles that are touched."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        scheme = theme.current(app)
        states, plots = theme.state_colours(scheme), theme.plot_colours(scheme)
        painter = QPainter(self)
        colours = {mood: QColor(getattr(states, mood.value)) for mood in Mood}
        for number, tile in enumerate(self._tiles):
            field = self.field(number)
            if event.rect().intersects(field):
                self._paint_tile(painter, number, tile, field, colours[tile.mood], plots)
        painter.end()

    def _paint_tile(
        self, painter: QPainter, number: int, tile: Tile, field: QRect, colour: QColor, plots: theme.PlotColours
    ) -> None:
        palette, metrics = self.palette(), self.fontMetrics()
        line, inside = metrics.height(), QRectF(field).adjusted(_INSET, _INSET - 2, -_INSET, -_INSET)
        is_current = tile.id == self._current and self.hasFocus()
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent if is_current else QPalette.ColorRole.Mid), 1))
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        outline = QRectF(field).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRect(outline)
        if is_current:
            painter.drawRect(outline.adjusted(1, 1, -1, -1))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        bold = QFont(self.font())
        bold.setBold(True)
        text, quiet = (palette.color(one) for one in (QPalette.ColorRole.Text, QPalette.ColorRole.PlaceholderText))
        painter.setPen(colour)
        share = metrics.horizontalAdvance(tile.share) + 8 if tile.share else 0
        painter.drawText(QRectF(inside.left(), inside.top(), inside.width(), line), right, tile.share)
        painter.setPen(text)
        painter.setFont(bold)
        name = painter.fontMetrics().elidedText(tile.name, Qt.TextElideMode.ElideMiddle, round(inside.width() - share))
        painter.drawText(QRectF(inside.left(), inside.top(), inside.width() - share, line), left, name)
        painter.setFont(self.font())
        painter.setPen(quiet)
        way = metrics.elidedText(tile.way, Qt.TextElideMode.ElideRight, round(inside.width()))
        painter.drawText(QRectF(inside.left(), inside.top() + line, inside.width(), line), left, way)
        self._paint_curve(painter, tile, self._plot(number), colour, plots)
        painter.setPen(colour)
        bottom = inside.bottom() - 2 * line
        status = metrics.elidedText(tile.status, Qt.TextElideMode.ElideRight, round(inside.width()))
        painter.drawText(QRectF(inside.left(), bottom, inside.width(), line), left, status)
        painter.setPen(text)
        expected = metrics.elidedText(tile.expected, Qt.TextElideMode.ElideRight, round(inside.width()))
        painter.drawText(QRectF(inside.left(), bottom + line, inside.width(), line), left, expected)

    def _paint_curve(
        self, painter: QPainter, tile: Tile, place: QRectF, colour: QColor, plots: theme.PlotColours
    ) -> None:
        """The memory left to send over time; below it the line under which it can switch over."""
        length, height, _ = self._axes
        painter.setPen(QPen(QColor(plots.grid), 1))
        painter.drawLine(place.bottomLeft(), place.bottomRight())
        painter.drawLine(place.topLeft(), place.bottomLeft())
        if tile.threshold and height:
            level = place.bottom() - min(tile.threshold / height, 1.0) * place.height()
            painter.setPen(QPen(QColor(plots.limit), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(place.left(), level), QPointF(place.right(), level))
        known = self._curves.get(tile.id)
        if known is None or known[0] != len(tile.time):
            known = self._curves[tile.id] = (len(tile.time), self._curve(tile, place.size().toSize()))
        painter.save()
        painter.translate(place.topLeft())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(known[1])
        painter.restore()
        if self._enlarged:
            painter.setPen(QColor(plots.axis))
            most = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            last = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
            painter.drawText(place.adjusted(4, 2, -4, -2), most, size(height))
            painter.drawText(place.adjusted(4, 2, -4, -2), last, seconds(length))

    def _curve(self, tile: Tile, room: QSize) -> QPolygonF:
        """The curve in pixels of its plot; rows closer together than these are left out, the last one never."""
        length, height, _ = self._axes
        count = len(tile.time)
        if not count or not length or not height:
            return QPolygonF()
        most = _POINTS if not self._enlarged else max(_POINTS, room.width())
        step = max(1, count // most)
        chosen = np.arange(count - 1, -1, -step)[::-1]
        x = tile.time[chosen] / length * room.width()
        y = (1.0 - np.minimum(tile.remaining[chosen] / height, 1.0)) * room.height()
        return QPolygonF([QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)])
