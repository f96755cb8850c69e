"""How the map is painted; pictures of nodes are kept until something of the node changes."""

from __future__ import annotations

import itertools
import math
import time
from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QApplication

from fcm.ui.look import appearance, theme
from fcm.ui.look.format import count
from fcm.ui.map.layout import Level
from fcm.ui.map.scene import Mood, lanes_of, load_of, machine_mood, node_mood, traffic_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtWidgets import QWidget

    from fcm.model.state import State
    from fcm.ui.map.layout import Area, Layout
    from fcm.ui.map.scene import Lane, Residents
    from fcm.ui.window.figures import Figures

FRAME = 0.005
"""s that drawing nodes anew may take in one frame; the others follow in the next ones."""
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Painting:
    """Paints one state at one layout."""

    def __init__(self, widget: QWidget, residents: Residents) -> None:
        self._widget = widget
        self._residents = residents
        self._pictures: dict[str, QPixmap] = {}
        self._stale: set[str] = set()
        """Nodes of which the picture is older than the state."""
        self._until, self._is_first = 0.0, True
        """s on the clock of the computer at which this frame has no more time; nothing was drawn anew in it yet."""
        self.recolour()

    def recolour(self) -> None:
        """Another color scheme or font."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        scheme = theme.current(app)
        states = theme.state_colours(scheme)
        self._colours = {mood: QColor(getattr(states, mood.value)) for mood in Mood}
        self._lane_colours = [QColor(one) for one in theme.plot_colours(scheme).curves]
        self._pictures.clear()
        self._stale.clear()

    def begin(self) -> None:
        """A frame begins."""
        self._until, self._is_first = time.perf_counter() + FRAME, True

    @property
    def is_behind(self) -> bool:
        """Whether some nodes had no time in this frame and are shown as they were before."""
        return bool(self._stale)

    def forget(self, nodes: Iterable[str] | None = None) -> None:
        """These nodes look different now (None: all)."""
        if nodes is None:
            self._pictures.clear()
            self._stale.clear()
            return
        self._stale |= self._pictures.keys() & set(nodes)

    # Nodes

    def node(self, painter: QPainter, state: State, layout: Layout, node: str) -> None:
        """A node's box with its machines, as it is; once the time of the frame is over, as it was."""
        box = layout.boxes[node]
        picture = self._pictures.get(node)
        has_time = self._is_first or time.perf_counter() <= self._until
        if picture is None and not has_time:
            self._stale.add(node)
            return
        if picture is None or (node in self._stale and has_time):
            self._stale.discard(node)
            self._is_first = False
            ratio = self._widget.devicePixelRatioF()
            picture = QPixmap(math.ceil(box.width * ratio) or 1, math.ceil(box.height * ratio) or 1)
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            inside = QPainter(picture)
            inside.setFont(self._widget.font())
            inside.translate(-box.left, -box.top)
            self._box(inside, state, layout, node)
            inside.end()
            self._pictures[node] = picture
        painter.drawPixmap(QPointF(box.left, box.top), picture)

    def _box(self, painter: QPainter, state: State, layout: Layout, node: str) -> None:
        box, mood, palette = layout.boxes[node], node_mood(state, node), self._widget.palette()
        line = self._widget.fontMetrics().height()
        colour = self._colours[mood]
        painter.setPen(QPen(colour if mood is not Mood.GOOD else palette.color(QPalette.ColorRole.Mid), 1))
        painter.setBrush(palette.color(QPalette.ColorRole.AlternateBase))
        painter.drawRoundedRect(QRectF(box.left + 0.5, box.top + 0.5, box.width - 1, box.height - 1), 4, 4)
        edge = layout.padding
        room = QRectF(box.left + edge, box.top + edge / 2, box.width - 2 * edge, line)
        words = "" if mood is Mood.GOOD else appearance.node_words(state.nodes[node])
        painter.setPen(colour)
        taken = self._text(painter, room, words, _RIGHT, room.width() * 0.6)
        bold = QFont(painter.font())
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        self._text(painter, room.adjusted(0, 0, -taken, 0), node, _LEFT, room.width() - taken)
        painter.setFont(self._widget.font())
        if layout.head > 2 * line:
            self._bars(painter, state, node, room.translated(0, line + 2))
        self._machines(painter, state, layout, node)

    def _text(self, painter: QPainter, room: QRectF, text: str, side: Qt.AlignmentFlag, most: float) -> float:
        """Draw a text, cut where it has no room; the pixels that it took."""
        if not text or most < 8:
            return 0.0
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, math.floor(most))
        painter.drawText(room, side, shown)
        return painter.fontMetrics().horizontalAdvance(shown) + 6.0

    def _bars(self, painter: QPainter, state: State, node: str, room: QRectF) -> None:
        """Memory and processors, as two bars with their names."""
        load, palette = load_of(state, node), self._widget.palette()
        half = (room.width() - 8) / 2
        for number, (name, share) in enumerate((("Memory", load.memory), ("Processors", load.processors))):
            place = QRectF(room.left() + number * (half + 8), room.top(), half, room.height())
            painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            number_taken = self._text(painter, place, f"{share * 100:.0f}\N{NO-BREAK SPACE}%", _RIGHT, half)
            if painter.fontMetrics().horizontalAdvance(name) > half - number_taken:
                name = _SHORT[name]
            self._text(painter, place, name, _LEFT, half - number_taken)
            bar = QRectF(place.left(), place.bottom() + 2, half, 5)
            painter.fillRect(bar, palette.color(QPalette.ColorRole.Midlight))
            full = Mood.WARNING if number == 0 and share > 0.9 else Mood.BUSY
            painter.fillRect(QRectF(bar.left(), bar.top(), half * min(share, 1.0), 5), self._colours[full])

    def _machines(self, painter: QPainter, state: State, layout: Layout, node: str) -> None:
        machines = self._residents.on(node)
        if layout.level is Level.COUNTS:
            self._counts(painter, state, layout.inside(node), machines)
            return
        palette = self._widget.palette()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for number, identity in enumerate(machines):
            machine = state.machines[identity]
            place = layout.tile_place(node, number)
            mood = machine_mood(state, machine)
            colour = self._colours[mood]
            tile = QRectF(place.left, place.top, place.width, place.height)
            if layout.level is Level.SQUARES:
                self._square(painter, tile, mood)
                continue
            painter.fillRect(tile, palette.color(QPalette.ColorRole.Base))
            painter.fillRect(QRectF(place.left, place.top, 4, place.height), colour)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Midlight), 1))
            painter.drawRect(tile.adjusted(0.5, 0.5, -0.5, -0.5))
            painter.setPen(palette.color(QPalette.ColorRole.Text))
            self._text(painter, tile.adjusted(9, 0, -4, 0), machine.name, _LEFT, place.width - 13)

    def _square(self, painter: QPainter, tile: QRectF, mood: Mood) -> None:
        """A machine without room for its name: its state is told by shape as well as by color."""
        colour, ground = self._colours[mood], self._widget.palette().color(QPalette.ColorRole.Base)
        painter.fillRect(tile, colour)
        match mood:
            case Mood.QUIET:
                painter.fillRect(tile.adjusted(1, 1, -1, -1), ground)
            case Mood.BUSY:
                painter.fillRect(tile.adjusted(1, 1, -1, -tile.height() / 2), ground)
            case Mood.BAD:
                painter.setPen(QPen(ground, 1))
                painter.drawLine(tile.topLeft(), tile.bottomRight())
                painter.drawLine(tile.topRight(), tile.bottomLeft())
            case Mood.WARNING:
                middle = tile.center().x()
                painter.fillRect(QRectF(middle - 0.5, tile.top(), 1.0, tile.height()), ground)

    def _counts(self, painter: QPainter, state: State, area: Area, machines: tuple[str, ...]) -> None:
        """Numbers by state, where not even squares have room."""
        found = Counter(machine_mood(state, state.machines[one]) for one in machines)
        line, top = self._widget.fontMetrics().height(), area.top
        for mood in (Mood.BAD, Mood.WARNING, Mood.BUSY, Mood.GOOD, Mood.QUIET):
            if found[mood] and top + line <= area.bottom + 2:
                painter.setPen(self._colours[mood])
                room = QRectF(area.left, top, area.width, line)
                self._text(painter, room, f"{found[mood]} {_WORDS[mood]}", _LEFT, area.width)
                top += line

    # Networks and migrations

    def lanes(self, painter: QPainter, state: State, layout: Layout, width: float) -> None:
        """Networks, and where nodes join them."""
        rows = max(layout.rows.values(), default=-1) + 1
        for number, (identity, lane) in enumerate(lanes_of(state).items()):
            colour = self._lane(number, lane)
            pen = QPen(colour, 2, Qt.PenStyle.SolidLine if lane.mood is Mood.QUIET else Qt.PenStyle.DashLine)
            heights = layout.lanes[identity]
            painter.setPen(pen)
            for height in heights:
                painter.drawLine(QPointF(layout.trunk, height), QPointF(width, height))
            if rows > 1:
                painter.setPen(pen)
                x = layout.trunk + layout.stubs[identity] / 4
                painter.drawLine(QPointF(x, heights[0]), QPointF(x, heights[-1]))
            for node, box in layout.boxes.items():
                x = box.left + box.width / 2 + layout.stubs[identity]
                cut = node in lane.cut_off
                painter.setPen(QPen(self._colours[Mood.BAD] if cut else colour, 2))
                below = heights[layout.rows[node]]
                painter.drawLine(QPointF(x, box.bottom), QPointF(x, below if not cut else (box.bottom + below) / 2))
                if cut:  # a cross, not a color alone
                    y = (box.bottom + below) / 2
                    painter.drawLine(QPointF(x - 3, y - 3), QPointF(x + 3, y + 3))
                    painter.drawLine(QPointF(x - 3, y + 3), QPointF(x + 3, y - 3))

    def lane_names(self, painter: QPainter, state: State, layout: Layout, width: float) -> None:
        """The name of each network, on its lane below the last nodes, over whatever migrates along it."""
        line = self._widget.fontMetrics().height()
        left, room = layout.name_room(width)
        for number, (identity, lane) in enumerate(lanes_of(state).items()):
            painter.setPen(self._lane(number, lane))
            place = QRectF(left, layout.lanes[identity][-1] - line - 1, room, line)
            self._text(painter, place, lane.name, _LEFT, room)

    def _lane(self, number: int, lane: Lane) -> QColor:
        if lane.mood is not Mood.QUIET:
            return self._colours[lane.mood]
        return self._lane_colours[number % len(self._lane_colours)]

    def traffic(self, painter: QPainter, state: State, layout: Layout, figures: Figures) -> None:
        """Migrations that send: their way, filled as far as they are."""
        colour = self._colours[Mood.BUSY]
        faint = QColor(colour)
        faint.setAlpha(90)
        for one in traffic_of(state, figures):
            way = layout.way(one.source, one.destination, one.network)
            # Rectangles: a thick line with corners takes a hundred times as long, and there may be 64 ways.
            for leg in legs_of(way):
                painter.fillRect(leg, faint)
            for leg in legs_of(part_of(way, one.progress)):
                painter.fillRect(leg, colour)

    def verdict(self, painter: QPainter, place: QRectF, text: str, mood: Mood) -> None:
        """What a node says to the machine that hovers over it."""
        palette = self._widget.palette()
        painter.setPen(QPen(self._colours[mood], 2))
        painter.setBrush(palette.color(QPalette.ColorRole.ToolTipBase))
        painter.drawRoundedRect(place, 4, 4)
        painter.setPen(palette.color(QPalette.ColorRole.ToolTipText))
        wrap = int(Qt.TextFlag.TextWordWrap.value) | int(_LEFT.value)
        painter.drawText(place.adjusted(8, 4, -8, -4), wrap, text)


_SHORT = {"Memory": "Mem", "Processors": "CPU"}
"""Where a box has no room for the whole word."""
_WORDS = {
    Mood.BAD: "failed",
    Mood.WARNING: "paused or unknown",
    Mood.BUSY: "moving or changing",
    Mood.GOOD: "running",
    Mood.QUIET: "off",
}


def part_of(way: tuple[tuple[float, float], ...], share: float) -> list[tuple[float, float]]:
    """The beginning of a way, as long as a share (0 to 1) of it."""
    lengths = [math.dist(a, b) for a, b in itertools.pairwise(way)]
    left = max(0.0, min(share, 1.0)) * sum(lengths)
    found = [way[0]]
    for (start, end), length in zip(itertools.pairwise(way), lengths, strict=True):
        if length >= left:
            reach = left / length if length else 0.0
            found.append((start[0] + (end[0] - start[0]) * reach, start[1] + (end[1] - start[1]) * reach))
            break
        found.append(end)
        left -= length
    return found


def legs_of(way: Sequence[tuple[float, float]], width: float = 5.0) -> list[QRectF]:
    """A way whose legs are level or upright, as rectangles that do not overlap."""
    half, found = width / 2, []
    for number, ((x, y), (to_x, to_y)) in enumerate(itertools.pairwise(way)):
        before = -half if number else half
        level, step = abs(to_x - x), 1 if to_x + to_y >= x + y else -1
        if level > 0:
            x, to_x = sorted((x - before * step, to_x + half * step))
            found.append(QRectF(x, y - half, to_x - x, width))
        elif to_y != y:
            y, to_y = sorted((y - before * step, to_y + half * step))
            found.append(QRectF(x - half, y, width, to_y - y))
    return found


def summary(state: State) -> str:
    """The map in one sentence."""
    return (
        f"{count(len(state.nodes), 'node')}, {count(len(state.machines), 'virtual machine')}, "
        f"{count(len(state.running_migrations()), 'migration')} in progress"
    )
