"""Two or more past migrations as a table: figures, settings, and how each differs from the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fcm.model.moments import zoned
from fcm.ui.look.format import NARROW, NONE, milliseconds, page_rate, rate, seconds, size
from fcm.ui.migration.recordings.comparison import Comparison

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.migration.recordings.recording import Recording

LETTERS = "ABCDEFG"
"""Names of the migrations in headings and in the legend."""
SAME = "same"
OTHER = "differs"


def side_by_side(traces: list[tuple[str, Recording]]) -> Comparison:
    """A row for each figure and setting; after A each migration has its value and how that differs from A's."""
    headings = ["Figure"]
    for number in range(len(traces)):
        letter = LETTERS[number]
        headings += [letter] if number == 0 else [letter, f"{letter} against A"]
    rows = [_figure_row(label, value, text, traces) for label, value, text in _FIGURES]
    rows += [_setting_row(label, text, traces) for label, text in _SETTINGS]
    return Comparison(tuple(headings), tuple(rows))


def lettered(traces: list[tuple[str, Recording]]) -> list[tuple[str, Recording]]:
    """The migrations with their letters before their names; at most as many as there are letters."""
    return [(f"{letter}: {name}", one) for letter, (name, one) in zip(LETTERS, traces, strict=False)]


def _figure_row(
    label: str,
    value: Callable[[Recording], float | None],
    text: Callable[[float], str],
    traces: list[tuple[str, Recording]],
) -> tuple[str, ...]:
    row = [label]
    first = value(traces[0][1])
    for number, (_, recording) in enumerate(traces):
        found = value(recording)
        row.append(NONE if found is None else text(found))
        if number:
            row.append(_difference(first, found))
    return tuple(row)


def _difference(first: float | None, other: float | None) -> str:
    if first is None or other is None:
        return NONE
    if first == other:
        return SAME
    return NONE if first == 0 else f"{(other - first) / first * 100:+.1f}{NARROW}%"


def _setting_row(label: str, text: Callable[[Recording], str], traces: list[tuple[str, Recording]]) -> tuple[str, ...]:
    row = [label]
    first = text(traces[0][1])
    for number, (_, recording) in enumerate(traces):
        found = text(recording)
        row.append(found)
        if number:
            row.append(SAME if found == first else OTHER)
    return tuple(row)


def _total(recording: Recording) -> float | None:
    return recording.final.total if recording.final is not None else None


def _highest(values: object) -> float | None:
    found = np.asarray(values)
    return float(found.max()) if len(found) and found.max() > 0 else None


def _share_sent_again(recording: Recording) -> float | None:
    if recording.final is None or not recording.memory:
        return None
    return recording.final.bytes / recording.memory


_FIGURES: tuple[tuple[str, Callable[[Recording], float | None], Callable[[float], str]], ...] = (
    ("Total time", _total, lambda v: f"{v:.2f}{NARROW}s"),
    ("Blackout", lambda r: r.final.downtime if r.final else None, milliseconds),
    ("Bytes sent", lambda r: float(r.final.bytes) if r.final else None, size),
    ("Sent / memory", _share_sent_again, lambda v: f"{v:.2f}"),
    ("Passes", lambda r: float(r.final.passes) if r.final else None, lambda v: f"{v:.0f}"),
    ("Rate in pass 1", lambda r: r.first_pass_bandwidth(), rate),
    ("Highest dirty rate", lambda r: _highest(r.dirty_rate), page_rate),
    ("Highest throttle", lambda r: _highest(r.throttle), lambda v: f"{v:.0f}{NARROW}%"),
)
_SETTINGS: tuple[tuple[str, Callable[[Recording], str]], ...] = (
    ("Started", lambda r: zoned(r.facts.requested) if r.facts is not None else NONE),
    ("How it ended", lambda r: r.outcome or NONE),
    ("Source", lambda r: "simulated" if r.facts is not None and r.facts.simulated else "measured"),
    ("Machine", lambda r: r.identity.machine or NONE),
    ("Memory", lambda r: size(r.memory) if r.memory else NONE),
    ("From, to", lambda r: f"{r.identity.source}, {r.identity.destination}"),
    ("Network", lambda r: r.identity.network or NONE),
    ("Bandwidth limit", lambda r: rate(r.facts.bandwidth) if r.facts is not None and r.facts.bandwidth else "none"),
    ("Downtime limit", lambda r: seconds(r.downtime_limit) if r.downtime_limit else NONE),
    ("Capabilities", lambda r: ", ".join(sorted(r.facts.capabilities)) or "none" if r.facts is not None else NONE),
)
