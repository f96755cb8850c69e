"""Where things are on the map: pure geometry in pixels, from counts and sizes alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MARGIN = 6.0
GAP, CLOSE_GAP = 12.0, 6.0
"""Between boxes; between many."""
PADDING, CLOSE_PADDING = 8.0, 4.0
"""Within a box; within a small one."""
FEW = 6
"""Nodes up to which lanes have room for their names."""
MANY = 12
"""Nodes from which all is closer."""
LEAST_SQUARE, MOST_SQUARE = 4.0, 14.0
"""Pixels of a machine that has no room for its name."""
_SHAPE = 1.5
"""Width to height of a box that looks well."""


class Level(Enum):
    """How much of a machine is shown."""

    NAMES = "names"
    SQUARES = "squares"
    COUNTS = "counts"
    """Not even a square has room: numbers by state."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    def contains(self, x: float, y: float) -> bool:
        """Whether a point is in it."""
        return self.left <= x < self.right and self.top <= y < self.bottom


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of everything."""

    boxes: Mapping[str, Area]
    """Node -> its box."""
    lanes: Mapping[str, tuple[float, ...]]
    """Network -> height of its lane below each row of nodes."""
    stubs: Mapping[str, float]
    """Network -> pixels right of the middle of a box at which a node joins its lane."""
    rows: Mapping[str, int]
    """Node -> its row."""
    columns: int
    trunk: float
    """Where lanes of several rows are joined."""
    level: Level
    tile: tuple[float, float]
    """Width and height of a machine."""
    gap: float
    """Pixels between two machines."""
    padding: float
    """Pixels at the edges of a box."""
    head: float
    """Pixels of a box above its machines: name, state and bars."""

    def inside(self, node: str) -> Area:
        """The part of a box in which its machines are."""
        box = self.boxes[node]
        height = max(0.0, box.height - self.head - self.padding)
        return Area(box.left + self.padding, box.top + self.head, box.width - 2 * self.padding, height)

    def tile_place(self, node: str, number: int) -> Area:
        """Where the machine of that number (from 0) is in its node."""
        area, (width, height) = self.inside(node), self.tile
        row, column = divmod(number, _across(area.width, width, self.gap))
        left, top = area.left + column * (width + self.gap), area.top + row * (height + self.gap)
        return Area(left, top, width, height)

    def tile_at(self, node: str, x: float, y: float) -> int | None:
        """Number of the machine at a point of a node's box; None between them."""
        area, (width, height) = self.inside(node), self.tile
        if self.level is Level.COUNTS or not area.contains(x, y):
            return None
        column, row = int((x - area.left) // (width + self.gap)), int((y - area.top) // (height + self.gap))
        across = _across(area.width, width, self.gap)
        if column >= across or not self.tile_place(node, row * across + column).contains(x, y):
            return None
        return row * across + column

    def name_room(self, width: float) -> tuple[float, float]:
        """Left edge and width of the place of the lanes' names: between two nodes, where nothing joins the lanes.

        ``width`` is that of the whole map. No room: lanes have no names.
        """
        if not self.boxes or len(self.boxes) > FEW:
            return 0.0, 0.0
        last = max(self.rows.values())
        middles = [box.left + box.width / 2 for node, box in self.boxes.items() if self.rows[node] == last]
        reach = max(map(abs, self.stubs.values()), default=0.0) + 8
        right = middles[1] - reach if len(middles) > 1 else width - MARGIN
        return middles[0] + reach, max(0.0, right - middles[0] - reach)

    def way(self, source: str, destination: str, network: str) -> tuple[tuple[float, float], ...]:
        """Corners of the way along a lane from one node to another."""
        lane, shift = self.lanes[network], self.stubs[network]
        start, end = self.boxes[source], self.boxes[destination]
        first, last = lane[self.rows[source]], lane[self.rows[destination]]
        begin, finish = start.left + start.width / 2 + shift, end.left + end.width / 2 + shift
        corners = [(begin, start.bottom), (begin, first)]
        if self.rows[source] != self.rows[destination]:
            corners += [(self.trunk + shift / 4, first), (self.trunk + shift / 4, last)]
        return (*corners, (finish, last), (finish, end.bottom))


def _across(width: float, tile: float, gap: float) -> int:
    return max(1, int((width + gap) // (tile + gap)))


def lay_out(
    nodes: Sequence[str], networks: Sequence[str], most: int, width: float, height: float, line: float
) -> Layout:
    """Place everything.

    Args:
        nodes: in their order, from left to right and from top to bottom.
        networks: in the order in which their lanes are drawn.
        most: machines on the fullest node.
        width: of the whole map.
        height: of the whole map.
        line: height of a line of text.
    """
    trunk = 16.0 if len(nodes) > 1 else 0.0
    gap = GAP if len(nodes) < MANY else CLOSE_GAP
    named = len(nodes) <= FEW
    step = line + 5 if named else max(3.0, min(line, 0.3 * height / (len(nodes) * max(1, len(networks)))))
    band = step * len(networks) + (gap if networks else 0.0)
    columns = _columns(len(nodes), width - trunk, height, band)
    count = max(1, math.ceil(len(nodes) / columns))
    box_width = max(24.0, (width - trunk - 2 * MARGIN - (columns - 1) * gap) / columns)
    box_height = max(24.0, (height - 2 * MARGIN - count * band - (count - 1) * gap) / count)
    boxes, rows = {}, {}
    for number, node in enumerate(nodes):
        row, column = divmod(number, columns)
        top = MARGIN + row * (box_height + band + gap)
        boxes[node], rows[node] = Area(trunk + MARGIN + column * (box_width + gap), top, box_width, box_height), row
    lanes, stubs = {}, {}
    for number, network in enumerate(networks):
        # A name stands on its lane.
        below = gap / 2 + ((number + 1) * step - 3 if named else (number + 0.5) * step)
        lanes[network] = tuple(MARGIN + row * (box_height + band + gap) + box_height + below for row in range(count))
        stubs[network] = (number - (len(networks) - 1) / 2) * min(14.0, box_width / (len(networks) + 1))
    padding = PADDING if box_width > 10 * line else CLOSE_PADDING
    head = padding / 2 + (3 * line + 8 if box_height > 5 * line else line + 2)
    room = (box_width - 2 * padding, max(0.0, box_height - head - padding))
    level, tile, apart = _tile(most, *room, line)
    return Layout(boxes, lanes, stubs, rows, columns, trunk, level, tile, apart, padding, head)


def _columns(count: int, width: float, height: float, band: float) -> int:
    """How many boxes side by side are largest at a pleasing shape, with little room left empty."""
    if not count:
        return 1

    def size(columns: int) -> float:
        rows = math.ceil(count / columns)
        across, down = width / columns, height / rows - band
        return float(min(across / _SHAPE, down) * (count / (rows * columns)) ** 1.5)

    return max(range(1, count + 1), key=size)


def _tile(most: int, width: float, height: float, line: float) -> tuple[Level, tuple[float, float], float]:
    """The largest tiles of which the fullest node holds all, and the gap between them."""
    tall, gap = line + 6, 3.0
    for wide in (10.5 * line, 8.5 * line, 6.5 * line):
        across = _across(width, wide, gap)
        if wide <= width and math.ceil(most / across) * (tall + gap) <= height + gap:
            even = (width + gap) / across - gap - 0.01  # so that as many fit when it is divided again
            return Level.NAMES, (min(even, 14 * line), tall), gap
    side = MOST_SQUARE
    while side >= LEAST_SQUARE:
        gap = 2.0 if side >= 8 else 1.0
        if math.ceil(most / _across(width, side, gap)) * (side + gap) <= height + gap and side <= width:
            return Level.SQUARES, (side, side), gap
        side -= 1.0
    return Level.COUNTS, (0.0, 0.0), gap
