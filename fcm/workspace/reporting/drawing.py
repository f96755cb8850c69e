"""Drawings of reports and incident files, as SVG that loads nothing.

Colors are variables of the page of a report, which has them for light and dark, with a color for a drawing by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from fcm.model.quantities import seconds, size
from fcm.model.telemetry import Phase
from fcm.workspace.dependency_report import fitted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.model.state import State
    from fcm.model.telemetry import TelemetryRow

TEXT, QUIET, LINE, SHEET = "var(--text,#1a1a1a)", "var(--quiet,#5d6470)", "var(--line,#d9dde3)", "var(--sheet,#ffffff)"
ACCENT, GOOD, WARN, BAD = "var(--accent,#005a9e)", "var(--pass,#1e7a3c)", "var(--warn,#8a5a00)", "var(--fail,#b3261e)"
WIDTH = 880
_LEFT, _RIGHT, _TOP, _BOTTOM = 74, 16, 14, 40
MOST_POINTS = 800
"""Of a curve; rows between are left out."""
_CHARACTER = 8.0
"""Pixels of a character, about; a few names have wider ones."""
_NAME = 380.0
"""Most pixels of the names beside bars; longer ones lack their middle, since numbers stand at the end."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its parts, and what is said at its end."""

    name: str
    parts: tuple[tuple[float, str], ...]
    """Value and color of each part."""
    words: str


def _svg(width: float, height: float, title: str, body: Sequence[str]) -> str:
    said = escape(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" font-family="sans-serif" font-size="13" '
        f'style="max-width:100%;height:auto;background:{SHEET}">'
        f"<title>{said}</title>\n" + "\n".join(body) + "\n</svg>\n"
    )


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = TEXT, bold: bool = False) -> str:
    weight = ";font-weight:600" if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" style="fill:{colour}{weight}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1.0, dashes: str = "") -> str:
    dash = f";stroke-dasharray:{dashes}" if dashes else ""
    style = f"stroke:{colour};stroke-width:{width:g}{dash}"
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" style="{style}"/>'


def _box(x: float, y: float, width: float, height: float, fill: str, edge: str = "none", opacity: float = 1.0) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.0):.1f}" height="{height:.1f}" rx="2" '
        f'style="fill:{fill};fill-opacity:{opacity:g};stroke:{edge}"/>'
    )


def _step(longest: float) -> float:
    """A round distance of ticks, about six of them."""
    raw = max(longest, 1e-9) / 6
    power = 10.0 ** math.floor(math.log10(raw))
    return next(one * power for one in (1, 2, 2.5, 5, 10) if one * power >= raw * (1 - 1e-9))


def curve(rows: Sequence[TelemetryRow], title: str, height: int = 300) -> str:
    """Memory left to send over time, with the blackout and the borders of passes.

    Args:
        rows: telemetry of a migration, oldest first; at least one.
        title: what is said to those who do not see it.
        height: pixels.
    """
    longest, highest = max(rows[-1].time, 1e-3), max(max(row.remaining for row in rows), 1)
    unit, name = (2**30, "GiB") if highest >= 2**30 else (2**20, "MiB")
    room_x, room_y = WIDTH - _LEFT - _RIGHT, height - _TOP - _BOTTOM
    step_y = _step(highest / unit)

    def x(time: float) -> float:
        return _LEFT + time / longest * room_x

    def y(left: float) -> float:
        return _TOP + room_y * (1 - left / highest)

    body = []
    dark = [row for row in rows if row.phase is Phase.BLACKOUT]
    if dark:
        begin, end = x(dark[0].time), x(dark[-1].time)
        body.append(_box(begin, _TOP, max(end - begin, 2.0), room_y, BAD, opacity=0.25))
    for number in range(int(highest / unit / step_y) + 1):
        at = y(number * step_y * unit)
        body += [
            _line(_LEFT, at, WIDTH - _RIGHT, at, LINE),
            _text(_LEFT - 8, at + 4, f"{number * step_y:g}", "end", QUIET),
        ]
    step_x = _step(longest)
    for number in range(int(longest / step_x) + 1):
        at = x(number * step_x)
        body += [_line(at, height - _BOTTOM, at, height - _BOTTOM + 4, QUIET),
                 _text(at, height - _BOTTOM + 18, f"{number * step_x:g}", "middle", QUIET)]  # fmt: skip
    for before, after in pairwise(rows):
        if after.pass_number > before.pass_number >= 1:
            body.append(_line(x(after.time), _TOP, x(after.time), height - _BOTTOM, QUIET, 1.0, "2 4"))
    every = max(1, len(rows) // MOST_POINTS)
    some = [*rows[::every], rows[-1]]
    points = " ".join(f"{x(row.time):.1f},{y(row.remaining):.1f}" for row in some)
    body.append(f'<polyline points="{points}" style="fill:none;stroke:{ACCENT};stroke-width:1.8"/>')
    body.append(_text(WIDTH - _RIGHT, height - 6, "Time since the start (s)", "end", QUIET))
    body.append(_text(_LEFT, height - 6, f"Left to send ({name})", "start", QUIET))
    return _svg(WIDTH, height, title, body)


def bars(found: Sequence[Bar], most: float, title: str) -> str:
    """Bars under each other.

    Args:
        found: the bars, top to bottom.
        most: the value that takes the whole width.
        title: what is said to those who do not see it.
    """
    name = min(_NAME, 16 + _CHARACTER * max((len(bar.name) for bar in found), default=0))
    words = 16 + _CHARACTER * max((len(bar.words) for bar in found), default=0)
    room = max(WIDTH - name - words, 60.0)
    body = []
    for number, bar in enumerate(found):
        y, at = 6.0 + 26 * number, name
        longest = max(int(name / _CHARACTER) - 1, 4)
        body += [_text(0, y + 14, fitted(bar.name, longest)), _box(name, y, room, 18, LINE, opacity=0.4)]
        for value, colour in bar.parts:
            width = room * min(max(value, 0.0) / most, 1.0) if most > 0 else 0.0
            if value > 0:
                body.append(_box(at, y, max(width, 1.5), 18, colour))
            at += width
        body.append(_text(WIDTH, y + 14, bar.words, "end", QUIET))
    return _svg(WIDTH, 26 * len(found) + 8, title, body)


def steps(found: Sequence[tuple[str, float]], title: str) -> str:
    """Steps one after the other, as wide as they are long (name and s of each)."""
    whole = sum(duration for _, duration in found) or 1.0
    colours, at, body = (BAD, WARN, ACCENT, GOOD), 0.0, []
    for number, (name, duration) in enumerate(found):
        width = duration / whole * WIDTH
        colour = colours[number % len(colours)]
        body.append(_box(at, 6, width - 2, 24, colour, opacity=0.35))
        body.append(_line(at, 6, at, 30 + 18 * (number + 1), colour))
        is_left = at < WIDTH * 0.7
        place, anchor = (at + 4, "start") if is_left else (at - 4, "end")
        body.append(_text(place, 28 + 18 * (number + 1), f"{name}: {seconds(duration)}", anchor))
        at += width
    return _svg(WIDTH, 40 + 18 * len(found), title, body)


def nodes(state: State) -> str:
    """The nodes with their state and their virtual machines."""
    columns = max(1, min(4, len(state.nodes)))
    width = (WIDTH - 10 * (columns - 1)) / columns
    body: list[str] = []
    top, row_height = 8.0, 0.0
    for number, node in enumerate(state.nodes.values()):
        if number % columns == 0 and number:
            top, row_height = top + row_height + 10, 0.0
        machines = [machine for machine in state.machines.values() if machine.node == node.name]
        height = 54.0 + 18 * len(machines[:30])
        left = (number % columns) * (width + 10)
        colour = GOOD if str(node.state) == "Up" else WARN if node.state.is_member else BAD
        body.append(_box(left, top, width, height, SHEET, LINE))
        body.append(_box(left, top, 4, height, colour))
        body.append(_text(left + 12, top + 18, node.name, bold=True))
        body.append(_text(left + 12, top + 36, f"{node.state}, {size(node.memory)}", colour=colour))
        for place, machine in enumerate(machines[:30]):
            body.append(_text(left + 12, top + 56 + 18 * place, f"{machine.name}: {machine.state}"))
        row_height = max(row_height, height)
    return _svg(WIDTH, top + row_height + 8, "Nodes and virtual machines", body)
