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

BOX = (230.0, 58.0)
"""Width and height of a box, in pixels."""
GAP = (34.0, 62.0)
MARGIN = 24.0
HEAD = 52.0
LETTERS = 29
"""Widths of a letter that fit into a box; Chinese and the like count twice."""


@dataclass(frozen=True, slots=True)
class Colours:
    """What the report is drawn with, as #rrggbb."""

    text: str = "#1f1f1f"
    quiet: str = "#5f5f5f"
    line: str = "#6b6b6b"
    box: str = "#f4f6fa"
    paper: str = "#ffffff"


PRINTED = Colours()
"""Black on white, for files and paper."""
_STATES = {
    ResourceState.ONLINE: "#2e8f4e",
    ResourceState.FAILED: "#d6453d",
    ResourceState.PENDING: "#2f80d0",
    ResourceState.PARTIAL_ONLINE: "#b07800",
    ResourceState.OFFLINE: "#7d7d7d",
}
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
    widest = max((len(row) for row in rows), default=1)
    width = max(2 * MARGIN + widest * BOX[0] + (widest - 1) * GAP[0], 420.0)
    height = HEAD + 2 * MARGIN + len(rows) * BOX[1] + max(0, len(rows) - 1) * GAP[1]
    places: dict[str, tuple[float, float]] = {}
    for number, row in enumerate(rows):
        left = (width - len(row) * BOX[0] - (len(row) - 1) * GAP[0]) / 2
        for column, one in enumerate(row):
            places[one.id] = (left + column * (BOX[0] + GAP[0]), HEAD + MARGIN + number * (BOX[1] + GAP[1]))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="Segoe UI, DejaVu Sans, sans-serif">',
        f"<title>{_escaped(f'Dependency Report of {group.name}')}</title>",
        f"<desc>{_escaped(' '.join(sentences(state, group.id)))}</desc>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="{colours.paper}"/>',
        _text(MARGIN, 28, f"Dependency Report of {group.name}", colours.text, 16, 60),
        _text(MARGIN, 46, f"{group.type}, {_words(group.state)} on {group.owner}", colours.quiet, 12, 60),
    ]
    for row in rows:
        for one in row:
            parts += _lines(one, places, colours)
    for row in rows:
        for one in row:
            parts += _box(one, places[one.id], colours)
    return "\n".join([*parts, "</svg>", ""])


def _lines(resource: Resource, places: dict[str, tuple[float, float]], colours: Colours) -> list[str]:
    parts = [_line(places[resource.id], places[one], colours.line, "") for one in resource.depends_on if one in places]
    for number, options in enumerate(resource.alternatives):
        color = _ALTERNATIVES[number % len(_ALTERNATIVES)]
        parts += [_line(places[resource.id], places[one], color, "or") for one in options if one in places]
    return parts


def _line(upper: tuple[float, float], lower: tuple[float, float], color: str, word: str) -> str:
    x1, y1 = upper[0] + BOX[0] / 2, upper[1] + BOX[1]
    x2, y2 = lower[0] + BOX[0] / 2, lower[1]
    middle = (y1 + y2) / 2
    dash = ' stroke-dasharray="5 4"' if word else ""
    line = (
        f'<path d="M{x1:.1f} {y1:.1f}C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2 - 6:.1f}" fill="none" '
        f'stroke="{color}" stroke-width="1.5"{dash}/>'
        f'<path d="M{x2 - 4:.1f} {y2 - 7:.1f}h8l-4 7z" fill="{color}"/>'
    )
    return line + (_text((x1 + x2) / 2 + 4, middle - 3, word, color, 11, 9) if word else "")


def _box(resource: Resource, place: tuple[float, float], colours: Colours) -> list[str]:
    x, y = place
    color = _STATES[resource.state]
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
