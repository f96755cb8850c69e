"""A predicted migration as an SVG drawing: remaining memory over time, passes, suspension."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from fcm.model.quantities import seconds, size
from fcm.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.migration.judging.prediction import Prediction
    from fcm.migration.recordings.recording import Recording

WIDTH, HEIGHT = 960, 540
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 24, 56, 56
_INK, _FAINT, _FORECAST, _MEASURED = "#24292f", "#d0d7de", "#0969da", "#bc4c00"


def convergence_svg(prediction: Prediction, title: str, measured: Recording | None = None) -> str:
    """The curve of a prediction (made with ``curve=True``), over what was measured where that is known.

    Returns:
        SVG text, WIDTH x HEIGHT pixels, time in s to the right, remaining memory in MiB upwards.
    """
    curve = [(row.time, row.remaining / (1 << 20)) for row in prediction.curve] or [(0.0, 0.0)]
    seen: list[tuple[float, float]] = []
    if measured is not None and len(measured):
        seen = [(float(t), float(r) / (1 << 20)) for t, r in zip(measured.time, measured.remaining, strict=True)]
    longest = max(x for x, _ in [*curve, *seen]) or 1.0
    highest = max(y for _, y in [*curve, *seen]) or 1.0
    step_x, step_y = _step(longest), _step(highest)
    end_x = math.ceil(longest / step_x) * step_x
    end_y = math.ceil(highest / step_y) * step_y

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            _LEFT + x / end_x * (WIDTH - _LEFT - _RIGHT),
            HEIGHT - _BOTTOM - y / end_y * (HEIGHT - _TOP - _BOTTOM),
        )

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13" fill="{_INK}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="24" font-size="16" font-weight="bold">{escape(title)}</text>',
        f'<text x="{_LEFT}" y="44">{escape(caption(prediction))}</text>',
    ]
    for k in range(round(end_x / step_x) + 1):
        x, y = at(k * step_x, 0)
        out.append(f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{y:.1f}" stroke="{_FAINT}"/>')
        out.append(f'<text x="{x:.1f}" y="{y + 18:.1f}" text-anchor="middle">{k * step_x:g}</text>')
    for k in range(round(end_y / step_y) + 1):
        x, y = at(0, k * step_y)
        out.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{WIDTH - _RIGHT}" y2="{y:.1f}" stroke="{_FAINT}"/>')
        out.append(f'<text x="{x - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{k * step_y:g}</text>')
    for row in prediction.rows[1:]:
        x, y = at(row.begin, 0)
        out.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{x:.1f}" y2="{y + 5:.1f}" stroke="{_FORECAST}"/>')
    if seen:
        out.append(_line([at(x, y) for x, y in seen], _MEASURED, "6 4"))
    out.append(_line([at(x, y) for x, y in curve], _FORECAST, ""))
    middle = (_TOP + HEIGHT - _BOTTOM) / 2
    below = "seconds (ticks: predicted passes)"
    out.append(f'<text x="{(WIDTH + _LEFT) / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">{below}</text>')
    turn = f'transform="rotate(-90 20 {middle:.0f})"'
    out.append(f'<text x="20" y="{middle:.0f}" text-anchor="middle" {turn}>remaining memory, MiB</text>')
    out.append(_legend("forecast", _FORECAST, 0))
    if seen:
        out.append(_legend("measured", _MEASURED, 1))
    out.append("</svg>")
    return "\n".join(out) + "\n"


def caption(prediction: Prediction) -> str:
    """One line with the figures of a prediction."""
    passes = counted(prediction.passes, "pass", "passes")
    sent = f"{size(prediction.bytes)} sent in {passes}"
    if prediction.would_end is not None:
        return (
            f"expected to finish in about {seconds(prediction.would_end)}, after the time limit of "
            f"{_limit(prediction.total)}; {sent} by then"
        )
    if prediction.downtime is None:
        return f"does not converge within {_limit(prediction.total)}; {sent}"
    return f"{seconds(prediction.total)}, blackout {seconds(prediction.downtime)}, {sent}"


def _limit(total: float) -> str:
    """A limit that someone set, in s as it was set; one of months and years in words."""
    if total > 1e6:
        return seconds(total)
    return f"{total:.0f} s" if total >= 10 else f"{total:.1f} s"


def _line(points: Sequence[tuple[float, float]], colour: str, dashes: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"{dash}/>'


def _legend(text: str, colour: str, index: int) -> str:
    x, y = WIDTH - _RIGHT - 110, _TOP + 16 + 18 * index
    return (
        f'<line x1="{x}" y1="{y - 4}" x2="{x + 22}" y2="{y - 4}" stroke="{colour}" stroke-width="2"/>'
        f'<text x="{x + 28}" y="{y}">{text}</text>'
    )


def _step(longest: float) -> float:
    raw = longest / 8
    power = 10.0 ** math.floor(math.log10(raw)) if raw > 0 else 1.0
    return next(m * power for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * power >= raw * (1 - 1e-9))
