"""The report of a drill as one HTML page."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from fcm.workspace.learning.grading import FULL
from fcm.workspace.reports import Report, foot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.workspace.learning.grading import Grade


def drill_report(grade: Grade, student: str = "", script: str = "") -> Report:
    """What was asked, chosen and found, and how the points come about.

    Args:
        grade: the result.
        student: whose it is; "" if nobody was named.
        script: the PowerShell that was run.
    """
    drill = grade.drill
    title = f"Drill: {drill.title}"
    who = f"{student}, seed" if student else "Seed"
    parts = [
        f"<h1>{html.escape(title)}</h1>",
        f'<p class="quiet">{html.escape(who)} {drill.variation.seed}, '
        f"cluster {html.escape(drill.cluster.cluster.name)}</p>",
        f'<p class="outcome {"pass" if grade.is_passed else "fail"}">{html.escape(grade.in_words)}</p>',
        "<h2>What was asked</h2>",
        *(f"<p>{html.escape(block.strip())}</p>" for block in drill.story.split("\n\n")),
        "<h2>Diagnosis</h2>",
        _diagnoses(grade),
    ]
    if grade.findings:
        rows = [(_level(one.holds), one.wanted, one.found) for one in grade.findings]
        parts += [
            "<h2>State of the cluster at the end</h2>",
            _table(("Result", "What should be", "What was found"), rows),
        ]
    if grade.drill.kept:
        rows = [(_level(False), one.wanted, f"After {_clock(time)}: {one.found}") for time, one in grade.broken]
        rows = rows or [(_level(True), "Everything that had to hold all the time did.", "")]
        parts += ["<h2>On the way</h2>", _table(("Result", "What should be", "What was found"), rows)]
    parts += ["<h2>Points</h2>", _points(grade)]
    taken = drill.hints[: grade.hints]
    if taken:
        parts += ["<h2>Hints taken</h2>", _table(("Cost", "Hint"), [(f"{hint.cost}", hint.text) for hint in taken])]
    if script.strip():
        parts.append(f"<h2>PowerShell</h2><pre><code>{html.escape(script.strip())}</code></pre>")
        if grade.errors:
            parts.append(f'<p class="warn">The script had errors: {grade.errors}.</p>')
    return Report(title, "\n".join([*parts, foot()]))


def _diagnoses(grade: Grade) -> str:
    rows = []
    for number, one in enumerate(grade.drill.diagnoses, 1):
        chosen = "chosen" if number == grade.diagnosis else ""
        rows.append((_level(one.right), chosen, one.text, one.because))
    return _table(("", "", "Diagnosis", "Why"), rows)


def _points(grade: Grade) -> str:
    rows = [
        ("Diagnosis and state", f"{grade.earned} of {FULL}"),
        ("Hints", f"-{grade.lost_for_hints}"),
        (
            f"Time: {_clock(grade.time)} of {_clock(grade.drill.time)} on the clock of the cluster",
            f"-{grade.lost_for_time}",
        ),
        ("Result", f"{grade.points}"),
    ]
    return _table(("", "Points"), rows)


def _level(good: bool) -> str:
    return "Right" if good else "Wrong"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def _table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{html.escape(heading)}</th>" for heading in headings)
    body = "\n".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>\n{body}</table>"
