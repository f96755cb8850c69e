"""The convergence plot as a picture file: drawn as svg text, so that it is sharp at any size.

A pure function of numbers; the window also makes its png from it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from fcm.model.entities import GIB, MIB
from fcm.ui.migration.plots.ranges import scale_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.migration.arrays import Floats


_LEFT, _RIGHT, _TOP, _BOTTOM = 78, 18, 48, 62
"""Margins in pixels."""
_RIGHT_WITH_RATES = 70


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: s and bytes, both [n]."""

    name: str
    x: Floats
    y: Floats
    colour: str
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot as it is to be drawn. Times in s, sizes in bytes."""

    title: str
    lines: tuple[Line, ...]
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    logarithmic: bool
    background: str
    axis: str
    grid: str
    passes: tuple[tuple[int, float], ...] = ()
    """(number, begin in s)."""
    boundary: str = "#8a8a8a"
    limit: float = 0.0
    """bytes under which the last copy fits the downtime limit; 0 = no line."""
    limit_text: str = ""
    limit_colour: str = "#b3261e"
    band: tuple[Floats, Floats, Floats] | None = None
    """s, bytes of the lower and of the upper edge."""
    band_colour: str = "#0067c0"
    rates: tuple[Line, ...] = ()
    """Bytes/s over s, against an axis of their own on the right."""


def svg(figure: Figure, width: int = 1000, height: int = 560) -> str:
    """The figure as svg, ``width`` x ``height`` pixels."""
    frame = _Frame(figure, width, height)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12">',
        f"<title>{escape(figure.title)}</title>",
        f'<rect width="{width}" height="{height}" fill="{figure.background}"/>',
        *_grid(figure, frame),
        *_passes(figure, frame),
        *_band(figure, frame),
        *(_line(line, frame) for line in figure.lines),
        *_rates(figure, frame),
        *_limit(figure, frame),
        *_margins(frame, figure, width, height),
        f'<text x="{_LEFT}" y="20" font-size="14" fill="{figure.axis}">{escape(figure.title)}</text>',
        *_legend(figure),
        *_axes(figure, frame),
        *_rate_axis(figure, frame),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Frame:
    """Where numbers lie in the picture."""

    def __init__(self, figure: Figure, width: int, height: int) -> None:
        self.right = _RIGHT_WITH_RATES if figure.rates else _RIGHT
        self.w, self.h = width - _LEFT - self.right, height - _TOP - _BOTTOM
        highest = max((float(line.y.max(initial=0.0)) for line in figure.rates), default=0.0)
        self.rate_high = scale_of(highest / MIB) * 1.08
        """MiB/s at the top of the axis on the right."""
        self.logarithmic = figure.logarithmic
        self.x_low, self.x_high = figure.x_range
        low, high = figure.y_range
        self.unit, self.unit_name = (GIB, "GiB") if high >= 8 * GIB else (MIB, "MiB")
        if self.logarithmic:
            self.floor = max(low, 1.0)
            low, high = math.log10(self.floor), math.log10(max(high, 2.0))
        else:
            self.floor = -math.inf
        self.y_low, self.y_high = low, high

    def x(self, value: Floats) -> Floats:
        span = (self.x_high - self.x_low) or 1.0
        return _LEFT + (value - self.x_low) / span * self.w

    def y(self, value: Floats) -> Floats:
        scaled = np.log10(np.maximum(value, self.floor)) if self.logarithmic else value
        span = (self.y_high - self.y_low) or 1.0
        return _TOP + (1 - (scaled - self.y_low) / span) * self.h

    def points(self, x: Floats, y: Floats) -> str:
        px, py = np.clip(self.x(x), -1e5, 1e5), np.clip(self.y(y), -1e5, 1e5)
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(px.tolist(), py.tolist(), strict=True))


def ticks(low: float, high: float, most: int = 8) -> list[float]:
    """Round numbers between two numbers, at most about ``most``."""
    span = high - low
    if span <= 0 or not math.isfinite(span):
        return [low]
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 12) for k in range(first, math.floor(high / step + 1e-9) + 1)]


def _margins(frame: _Frame, figure: Figure, width: int, height: int) -> list[str]:
    """Cover what the curves drew beside the area; clip paths are not understood by every reader of svg."""
    right, bottom = width - frame.right, height - _BOTTOM
    return [
        f'<path d="M0 0H{width}V{height}H0Z M{_LEFT} {_TOP}V{bottom}H{right}V{_TOP}Z" fill="{figure.background}" '
        'fill-rule="evenodd"/>'
    ]


def _grid(figure: Figure, frame: _Frame) -> list[str]:
    bottom = _TOP + frame.h
    xs = [float(frame.x(np.array(value))) for value in ticks(frame.x_low, frame.x_high, 10)]
    ys = [float(frame.y(np.array(value * frame.unit))) for value in _heights(frame)]
    lines = [f"M{x:.1f} {_TOP}V{bottom}" for x in xs] + [f"M{_LEFT} {y:.1f}h{frame.w}" for y in ys]
    return [f'<path d="{"".join(lines)}" stroke="{figure.grid}" fill="none"/>']


def _axes(figure: Figure, frame: _Frame) -> list[str]:
    bottom, middle = _TOP + frame.h, _TOP + frame.h / 2
    parts = [
        f'<text x="{float(frame.x(np.array(value))):.1f}" y="{bottom + 18}" text-anchor="middle" '
        f'fill="{figure.axis}">{value:g}</text>'
        for value in ticks(frame.x_low, frame.x_high, 10)
    ]
    parts += [
        f'<text x="{_LEFT - 6}" y="{float(frame.y(np.array(value * frame.unit))) + 4:.1f}" text-anchor="end" '
        f'fill="{figure.axis}">{value:,.6g}</text>'
        for value in _heights(frame)
    ]
    parts += [
        f'<rect x="{_LEFT}" y="{_TOP}" width="{frame.w}" height="{frame.h}" fill="none" stroke="{figure.axis}"/>',
        f'<text x="{_LEFT + frame.w / 2}" y="{bottom + 44}" text-anchor="middle" fill="{figure.axis}">'
        "Time since the start (s)</text>",
        f'<text x="18" y="{middle}" text-anchor="middle" fill="{figure.axis}" transform="rotate(-90 18 {middle})">'
        f"Memory left to send ({frame.unit_name})</text>",
    ]
    return parts


def _rates(figure: Figure, frame: _Frame) -> list[str]:
    """The rates of the first migration, and their axis on the right."""
    if not figure.rates:
        return []
    bottom = _TOP + frame.h

    def place(rate: Floats) -> Floats:
        return bottom - rate / MIB / frame.rate_high * frame.h

    parts = []
    for line in figure.rates:
        x, y = np.clip(frame.x(line.x), -1e5, 1e5), place(line.y)
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{line.colour}" stroke-width="1"/>')
    return parts


def _rate_axis(figure: Figure, frame: _Frame) -> list[str]:
    if not figure.rates:
        return []
    edge, bottom, middle = _LEFT + frame.w, _TOP + frame.h, _TOP + frame.h / 2
    scale = frame.h / frame.rate_high
    parts = [
        f'<text x="{edge + 6}" y="{bottom - value * scale + 4:.1f}" fill="{figure.axis}">{value:,.6g}</text>'
        for value in ticks(0.0, frame.rate_high)
    ]
    parts.append(
        f'<text x="{edge + 54}" y="{middle}" text-anchor="middle" fill="{figure.axis}" '
        f'transform="rotate(90 {edge + 54} {middle})">Rates (MiB/s)</text>'
    )
    return parts


def _heights(frame: _Frame) -> list[float]:
    """Values of the ticks of the upright axis in its unit."""
    if not frame.logarithmic:
        return ticks(frame.y_low / frame.unit, frame.y_high / frame.unit)
    low, high = (value - math.log10(frame.unit) for value in (frame.y_low, frame.y_high))
    return [10.0**power for power in range(math.ceil(low), math.floor(high) + 1)]


def _legend(figure: Figure) -> list[str]:
    parts, x = [], float(_LEFT)
    for line in (*figure.lines, *figure.rates):
        dash = ' stroke-dasharray="5 3"' if line.dashed else ""
        parts.append(f'<path d="M{x:.0f} 35h18" stroke="{line.colour}" stroke-width="2"{dash}/>')
        parts.append(f'<text x="{x + 23:.0f}" y="39" fill="{figure.axis}">{escape(line.name)}</text>')
        x += 40 + 6.6 * len(line.name)
    return parts


def _passes(figure: Figure, frame: _Frame) -> list[str]:
    parts, last, text_end = [], -math.inf, -math.inf
    for number, begin in figure.passes:
        x = float(frame.x(np.array(begin)))
        if number > 1 and x - last >= 3:
            parts.append(f'<path d="M{x:.1f} {_TOP}v{frame.h}" stroke="{figure.boundary}" stroke-dasharray="1 3"/>')
            last = x
        text = f"Pass {number}" if number == 1 else str(number)
        if x > text_end + 6:
            parts.append(f'<text x="{x + 3:.1f}" y="{_TOP + 13}" font-size="10" fill="{figure.boundary}">{text}</text>')
            text_end = x + 6.0 * len(text)
    return parts


def _band(figure: Figure, frame: _Frame) -> list[str]:
    if figure.band is None or len(figure.band[0]) < 2:
        return []
    x, low, high = figure.band
    around = f"{frame.points(x, low)} {frame.points(x[::-1], high[::-1])}"
    return [f'<polygon points="{around}" fill="{figure.band_colour}" fill-opacity="0.2"/>']


def _line(line: Line, frame: _Frame) -> str:
    dash = ' stroke-dasharray="5 3"' if line.dashed else ""
    return (
        f'<polyline points="{frame.points(line.x, line.y)}" fill="none" stroke="{line.colour}" '
        f'stroke-width="1.6"{dash}/>'
    )


def _limit(figure: Figure, frame: _Frame) -> Sequence[str]:
    if figure.limit <= 0:
        return ()
    y = float(frame.y(np.array(figure.limit)))
    return (
        f'<path d="M{_LEFT} {y:.1f}h{frame.w}" stroke="{figure.limit_colour}" stroke-dasharray="6 4"/>',
        f'<text x="{_LEFT + 8}" y="{y - 5:.1f}" font-size="11" fill="{figure.limit_colour}">'
        f"{escape(figure.limit_text)}</text>",
    )
