"""The Dependency Report of a service or application: which resources need which others, drawn as SVG.

Rows go from what nothing depends on, at the top, to what depends on nothing. A line means that the upper resource
needs the lower one; dashed lines of one color are alternatives, of which one is enough.
"""

from __future__ import annotations

import html
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model.entities import ResourceState
from fcm.model.rules.dependencies import expression, providers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.model.entities import Group, Resource
    from fcm.model.state import State

    _Slot = tuple[str, str]
    """A line by its ends; both ends the same: a box."""

BOX = (336.0, 58.0)
"""Width and height of a box, in pixels."""
GAP = (34.0, 62.0)
MARGIN = 24.0
HEAD = 52.0
LANE = 12.0
"""Width of the slot of a line that passes a row."""
LETTERS = 40
"""Widths of a letter that fit into a box; Chinese and the like count twice."""


@dataclass(frozen=True, slots=True)
class Colours:
    """What the report is drawn with, as #rrggbb."""

    text: str = "#1f1f1f"
    quiet: str = "#5f5f5f"
    line: str = "#6b6b6b"
    box: str = "#f4f6fa"
    paper: str = "#ffffff"
    good: str = "#2e8f4e"
    bad: str = "#d6453d"
    busy: str = "#2f80d0"
    warning: str = "#b07800"
    off: str = "#7d7d7d"

    def of(self, state: ResourceState) -> str:
        """The color of a state."""
        match state:
            case ResourceState.ONLINE:
                return self.good
            case ResourceState.FAILED:
                return self.bad
            case ResourceState.PENDING:
                return self.busy
            case ResourceState.PARTIAL_ONLINE:
                return self.warning
            case _:
                return self.off


PRINTED = Colours()
"""Black on white, for files and paper."""
_ALTERNATIVES = ("#8a63c8", "#b07800", "#2f80d0", "#2e8f4e")


def rows_of(state: State, group: str) -> list[list[Resource]]:
    """The resources of a group in rows: each stands above everything that it needs."""
    found = state.group_resources(group)
    known = {one.id: one for one in found}
    heights: dict[str, int] = {}

    def height(resource: Resource) -> int:
        if resource.id not in heights:
            heights[resource.id] = 0  # a circle, which the rules forbid, must not hang this
            below = [known[one] for one in providers(resource) if one in known]
            heights[resource.id] = 1 + max(map(height, below), default=-1)
        return heights[resource.id]

    for one in found:
        height(one)
    top = max(heights.values(), default=-1)
    rows = [[one for one in found if heights[one.id] == level] for level in range(top, -1, -1)]
    places: dict[str, float] = {}
    for row in rows:
        row.sort(key=lambda one: (_above(one, found, places), one.name.casefold()))
        places |= {one.id: number - (len(row) - 1) / 2 for number, one in enumerate(row)}
    return rows


def _above(resource: Resource, found: Sequence[Resource], places: dict[str, float]) -> float:
    """Mean place of what needs a resource, so that lines cross less often."""
    users = [places[one.id] for one in found if resource.id in providers(one) and one.id in places]
    return sum(users) / len(users) if users else 0.0


def sentences(state: State, group: str) -> list[str]:
    """The same in words, for who cannot see the drawing."""
    lines = []
    for one in (resource for row in rows_of(state, group) for resource in row):
        needs = expression(state, one.depends_on, one.alternatives)
        lines.append(f"{one.name} ({one.type}) depends on {needs}." if needs else f"{one.name} ({one.type}).")
    return lines


def drawn(state: State, group: Group, colours: Colours = PRINTED) -> str:
    """The whole report as SVG."""
    rows = rows_of(state, group.id)
    slots, widest = _slots(rows)
    title = f"Dependency Report of {group.name}"
    width = max(2 * MARGIN + widest, 2 * MARGIN + 10 * _width(title), 420.0)
    height = HEAD + 2 * MARGIN + len(rows) * BOX[1] + max(0, len(rows) - 1) * GAP[1]
    middles = {key: width / 2 + offset for row in slots for key, offset in row.items()}
    tops = [HEAD + MARGIN + number * (BOX[1] + GAP[1]) for number in range(len(rows))]
    places = {
        one.id: (middles[one.id, one.id] - BOX[0] / 2, tops[number]) for number, row in enumerate(rows) for one in row
    }
    ways = {
        key: [(middles[key], tops[number]) for number, row in enumerate(slots) if key in row and key[0] != key[1]]
        for key in middles
    }
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="Segoe UI, DejaVu Sans, sans-serif">',
        f"<title>{_escaped(title)}</title>",
        f"<desc>{_escaped(' '.join(sentences(state, group.id)))}</desc>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="{colours.paper}"/>',
        _text(MARGIN, 28, title, colours.text, 16, round(width / 10)),
        _text(MARGIN, 46, f"{group.type}, {_words(group.state)} on {group.owner}", colours.quiet, 12, round(width / 8)),
    ]
    for row in rows:
        for one in row:
            parts += _lines(one, places, ways, colours)
    for row in rows:
        for one in row:
            parts += _box(one, places[one.id], colours)
    return "\n".join([*parts, "</svg>", ""])


def _slots(rows: list[list[Resource]]) -> tuple[list[dict[_Slot, float]], float]:
    """Where things are in each row, from its middle, and how wide the widest row is.

    A line that passes a row has a narrow slot of its own there, so that it never runs behind a box.
    """
    level = {one.id: number for number, row in enumerate(rows) for one in row}
    edges = [(one.id, other) for row in rows for one in row for other in providers(one) if other in level]
    found: list[dict[_Slot, float]] = []
    widest = 0.0
    for number, row in enumerate(rows):
        passing = [edge for edge in edges if level[edge[0]] < number < level[edge[1]]]
        keys: list[_Slot] = [*((one.id, one.id) for one in row), *passing]
        order = {key: _wanted(key, edges, found) for key in keys}
        keys.sort(key=order.__getitem__)
        sizes = [BOX[0] if key[0] == key[1] else LANE for key in keys]
        whole = sum(sizes) + GAP[0] * max(0, len(sizes) - 1)
        widest = max(widest, whole)
        left, placed = -whole / 2, {}
        for key, size in zip(keys, sizes, strict=True):
            placed[key] = left + size / 2
            left += size + GAP[0]
        found.append(placed)
    return found, widest


def _wanted(slot: _Slot, edges: Sequence[_Slot], above: list[dict[_Slot, float]]) -> float:
    """Mean place, in the row above, of what leads to a slot."""
    last = above[-1] if above else {}
    leading = [slot] if slot[0] != slot[1] else [edge for edge in edges if edge[1] == slot[0]]
    places = [last[edge] if edge in last else last.get((edge[0], edge[0])) for edge in leading]
    known = [place for place in places if place is not None]
    return sum(known) / len(known) if known else 0.0


def _lines(
    resource: Resource,
    places: dict[str, tuple[float, float]],
    ways: dict[_Slot, list[tuple[float, float]]],
    colours: Colours,
) -> list[str]:
    def line(other: str, color: str, word: str) -> str:
        return _line(places[resource.id], places[other], ways.get((resource.id, other), []), color, word)

    parts = [line(one, colours.line, "") for one in resource.depends_on if one in places]
    for number, options in enumerate(resource.alternatives):
        color = _ALTERNATIVES[number % len(_ALTERNATIVES)]
        parts += [line(one, color, "or") for one in options if one in places]
    return parts


def _line(
    upper: tuple[float, float], lower: tuple[float, float], way: list[tuple[float, float]], color: str, word: str
) -> str:
    """A line from box to box, straight through the rows that it passes."""
    x, y = upper[0] + BOX[0] / 2, upper[1] + BOX[1]
    end, bottom = lower[0] + BOX[0] / 2, lower[1]
    path = f"M{x:.1f} {y:.1f}"
    for lane, top in way:
        path += _curve(x, y, lane, top) + f"V{top + BOX[1]:.1f}"
        x, y = lane, top + BOX[1]
    path += _curve(x, y, end, bottom - 6)
    dash = ' stroke-dasharray="5 4"' if word else ""
    line = (
        f'<path d="{path}" fill="none" stroke="{color}" stroke-width="1.5"{dash}/>'
        f'<path d="M{end - 4:.1f} {bottom - 7:.1f}h8l-4 7z" fill="{color}"/>'
    )
    return line + (_text((x + end) / 2 + 4, (y + bottom) / 2 - 3, word, color, 11, 9) if word else "")


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (y1 + y2) / 2
    return f"C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2:.1f}"


def _box(resource: Resource, place: tuple[float, float], colours: Colours) -> list[str]:
    x, y = place
    color = colours.of(resource.state)
    return [
        f"<g><title>{_escaped(f'{resource.name}: {_words(resource.state)}')}</title>",
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{BOX[0]:.0f}" height="{BOX[1]:.0f}" rx="4" fill="{colours.box}" '
        f'stroke="{color}" stroke-width="1.5"/>',
        f'<rect x="{x:.1f}" y="{y:.1f}" width="5" height="{BOX[1]:.0f}" rx="2" fill="{color}"/>',
        _text(x + 14, y + 20, resource.name, colours.text, 13, LETTERS),
        _text(x + 14, y + 36, str(resource.type), colours.quiet, 11, LETTERS + 5),
        _text(x + 14, y + 51, _words(resource.state), color, 11, LETTERS + 5),
        "</g>",
    ]


def _text(x: float, y: float, text: str, color: str, size: int, most: int) -> str:
    fitting = html.escape(fitted(text, most))
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{color}">{fitting}</text>'


def fitted(text: str, most: int) -> str:
    """A text that is at most so many letters wide; what is too long lacks its middle."""
    plain = _plain(text)
    if _width(plain) <= most:
        return plain
    first, last = plain, plain
    while _width(first) > most // 2:
        first = first[:-1]
    while _width(last) > most - most // 2 - 1:
        last = last[1:]
    return f"{first}…{last}"


def _escaped(text: str) -> str:
    return html.escape(_plain(text))


def _plain(text: str) -> str:
    """A text without what XML cannot have."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _words(state: ResourceState) -> str:
    return "Partial Online" if state is ResourceState.PARTIAL_ONLINE else str(state)
