"""Reports that people send on: a time, a migration, a drain, a failover; one page of HTML each, and the same as CSV."""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model.moments import date_time, in_utc, iso_time, zone
from fcm.model.quantities import rate, seconds, size
from fcm.model.structures.tables import name_of
from fcm.text.cells import csv_lines
from fcm.text.words import counted
from fcm.workspace.reporting import drawing
from fcm.workspace.reports import Report, foot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.model.failures import Failover
    from fcm.model.migrations import Drain
    from fcm.model.state import State
    from fcm.model.telemetry import TelemetryRow
    from fcm.workspace.history import PastMigration
    from fcm.workspace.reporting.availability import Availability
    from fcm.workspace.reports import Colours

MOST = 20
"""Rows of the longest outages and blackouts."""
VIEWED = 760
"""Pixels of a drawing in the viewer of the window."""
_SVG = re.compile(r"<svg .*?</svg>\n?", re.DOTALL)
_VARIABLE = re.compile(r"var\(--(\w+),(#\w+)\)")


@dataclass(frozen=True, slots=True)
class SentReport(Report):
    """A report with drawings, and its figures as CSV."""

    csv: str = ""

    def for_viewer(self, colours: Colours) -> str:
        """Drawings become pictures in the colors of the reader."""
        own = {
            "text": colours.text,
            "quiet": colours.quiet,
            "line": colours.line,
            "accent": colours.accent,
            "pass": colours.good,
            "warn": colours.warning,
            "fail": colours.bad,
            "sheet": "none",
        }

        def picture(found: re.Match[str]) -> str:
            svg = _VARIABLE.sub(lambda one: own.get(one[1], one[2]), found[0])
            data = base64.b64encode(svg.encode()).decode()
            return f'<p><img src="data:image/svg+xml;base64,{data}" width="{VIEWED}"></p>'

        return Report(self.title, _SVG.sub(picture, self.body)).for_viewer(colours)


def _head(title: str, state: State, about: str, simulated: bool) -> str:
    cluster = state.cluster.full_name if state.cluster is not None else ""
    how = "Figures are computed by the simulation." if simulated else "Figures are measured on the hosts."
    return (
        f"<h1>{html.escape(title)}</h1>\n"
        f'<p class="quiet">Cluster {html.escape(cluster)}. {html.escape(about)} {how}</p>\n'
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    def cells(tag: str, row: Sequence[str]) -> str:
        classes = (' class="number"' if place in numbers else "" for place in range(len(row)))
        return "".join(f"<{tag}{kind}>{html.escape(text)}</{tag}>" for kind, text in zip(classes, row, strict=True))

    body = "\n".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f'<table width="100%" cellspacing="0"><tr>{cells("th", heads)}</tr>\n{body}</table>\n'


def _moment(time: float | None) -> str:
    return "–" if time is None else date_time(time)


def _share(share: float | None) -> str:
    """Never rounded up to 100 %."""
    if share is None:
        return "–"
    text = f"{share * 100:.4f}"
    return f"{'99.9999' if share < 1 and text == '100.0000' else text} %"


def _note(time: float) -> str:
    return f"Times are local ({zone(time)}), of the clock of the cluster."


def availability_report(found: Availability, state: State, simulated: bool, gap: str = "") -> SentReport:
    """Availability by machine, longest outages and blackouts, near misses.

    Args:
        found: what was counted.
        state: the cluster at the end.
        simulated: whether its figures are computed.
        gap: what is missing in the history, as a sentence; "" if nothing is.
    """
    title = f"Availability Report {in_utc(found.begin):%Y-%m-%d} to {in_utc(found.end):%Y-%m-%d}"
    parts = [
        _head(title, state, f"From {date_time(found.begin)} to {date_time(found.end)}. {_note(found.end)}", simulated)
    ]
    if gap:
        parts.append(f'<p class="warn">{html.escape(gap)}</p>')
    machines = sorted(found.machines, key=lambda one: (1.0 if one.share is None else one.share, one.name))
    wanted, lost = sum(one.wanted for one in machines), sum(one.unavailable + one.blackouts for one in machines)
    whole = _share(max(0.0, 1 - lost / wanted) if wanted > 0 else None)
    level = "pass" if not lost else "warn"
    outages, moves = counted(len(found.outages), "outage"), counted(len(found.blackouts), "live migration")
    near_misses = counted(len(found.near), "near miss", "near misses")
    parts.append(
        f'<p class="outcome {level}">Availability of all virtual machines: {whole} of the time in which they should '
        f"have run; {outages}, {moves}, {near_misses}.</p>"
    )
    parts.append("<h2>Availability by machine</h2>")
    span = max(found.end - found.begin, 1e-9)
    shown = [
        drawing.Bar(
            one.name,
            ((one.running, drawing.GOOD), (one.unavailable, drawing.BAD), (one.off, drawing.QUIET)),
            _share(one.share),
        )
        for one in machines[: 2 * MOST]
    ]
    if shown:
        parts.append(drawing.bars(shown, span, "Availability by machine: running, unavailable, off"))
        parts.append(
            '<p class="quiet">Green: running; red: unavailable; grey: off because nobody wanted it to run.</p>'
        )
    heads = ("Virtual machine", "Available", "Unavailable", "Blackouts", "Off", "Outages", "Live migrations")
    rows = [
        (
            one.name,
            _share(one.share),
            seconds(one.unavailable),
            seconds(one.blackouts),
            seconds(one.off),
            str(one.outages),
            str(one.migrations),
        )
        for one in machines
    ]
    parts.append(_table(heads, rows, range(1, 7)))
    parts.append("<h2>Longest outages</h2>")
    longest = [
        (
            found.names.get(one.machine, one.machine),
            _moment(one.begin),
            "still lasts" if one.lasts else _moment(one.end),
            seconds(one.duration),
        )
        for one in found.outages[:MOST]
    ]
    parts.append(
        _table(("Virtual machine", "From", "To", "Duration"), longest, (3,)) if longest else "<p>There was none.</p>"
    )
    parts.append("<h2>Longest blackouts of live migrations</h2>")
    dark = [
        (
            found.names.get(one.machine, one.name),
            _moment(one.ended),
            f"{one.source} to {one.destination}",
            seconds(one.figures.downtime if one.figures else 0.0),
        )
        for one in found.blackouts[:MOST]
    ]
    parts.append(
        _table(("Virtual machine", "Ended", "Way", "Blackout"), dark, (3,)) if dark else "<p>There was none.</p>"
    )
    parts.append("<h2>Near misses</h2>")
    near = [(_moment(time), text) for time, text in found.near]
    parts.append(_table(("Time", "What"), near) if near else "<p>There was none.</p>")
    csv = csv_lines(
        [
            ("machine", "available_share", "running_s", "unavailable_s", "blackouts_s", "off_s", "outages", "moves"),
            *(
                (
                    one.name,
                    "" if one.share is None else f"{one.share:.8f}",
                    f"{one.running:.3f}",
                    f"{one.unavailable:.3f}",
                    f"{one.blackouts:.3f}",
                    f"{one.off:.3f}",
                    one.outages,
                    one.migrations,
                )
                for one in machines
            ),
        ]
    )
    return SentReport(title, "\n".join([*parts, foot()]), csv)


def migration_report(past: PastMigration, rows: Sequence[TelemetryRow], state: State, simulated: bool) -> SentReport:
    """One migration: its figures, its curve, its passes and the networks that were tried."""
    one, figures = past.migration, past.migration.figures
    title = f"{one.kind.value} of {past.machine_name}"
    parts = [_head(title, state, f"{one.source} to {one.destination}. {_note(one.requested)}", simulated)]
    ended = {"completed": "pass", "failed": "fail", "interrupted": "fail"}.get(one.phase.value, "warn")
    why = f": {one.reason}" if one.reason else ""
    parts.append(f'<p class="outcome {ended}">{html.escape(one.phase.value.capitalize() + why)}</p>')
    facts = [
        ("Virtual machine", past.machine_name),
        ("From, to", f"{one.source}, {one.destination}"),
        ("Network", past.network_name or "–"),
        ("Requested", _moment(one.requested)),
        ("Started", _moment(one.started)),
        ("Ended", _moment(one.ended)),
        ("Duration", "–" if past.duration is None else seconds(past.duration)),
        ("Blackout", "–" if figures is None else seconds(figures.downtime)),
        ("Memory sent", "–" if figures is None else size(figures.bytes)),
        ("Passes", "–" if figures is None else str(figures.passes)),
    ]
    parts.append(_table(("", ""), facts))
    if rows:
        parts += ["<h2>Memory left to send</h2>", drawing.curve(rows, f"Memory left to send of {past.machine_name}")]
        parts.append('<p class="quiet">Dotted: a new pass begins; red: the blackout.</p>')
        parts += ["<h2>Passes</h2>", _passes(rows)]
    if one.attempts:
        tried = [
            (past.networks.get(a.network, a.network), a.address, seconds(a.duration), a.result) for a in one.attempts
        ]
        parts += ["<h2>Networks that were tried</h2>", _table(("Network", "Address", "Took", "Result"), tried, (2,))]
    csv = csv_lines(
        [
            ("time_s", "pass", "remaining_bytes", "sent_bytes", "dirty_pages_per_s", "rate_bytes_per_s", "phase"),
            *(
                (
                    f"{row.time:.4f}",
                    row.pass_number,
                    row.remaining,
                    row.sent,
                    f"{row.dirty_rate:.1f}",
                    f"{row.rate:.0f}",
                    row.phase.value,
                )
                for row in rows
            ),
        ]
    )
    return SentReport(title, "\n".join([*parts, foot()]), csv)


def _passes(rows: Sequence[TelemetryRow]) -> str:
    found: dict[int, list[TelemetryRow]] = {}
    for row in rows:
        if row.pass_number:
            found.setdefault(row.pass_number, []).append(row)
    table = []
    for number, some in found.items():
        sent = some[-1].sent - some[0].sent
        duration = some[-1].time - some[0].time
        table.append(
            (
                str(number),
                seconds(duration),
                size(max(sent, 0)),
                size(some[0].remaining),
                rate(sent / duration) if duration > 0 and sent > 0 else "–",
            )
        )
    return _table(("Pass", "Duration", "Sent", "Left at its beginning", "Rate"), table, range(5))


def drain_report(drain: Drain, state: State, simulated: bool) -> SentReport:
    """How a node was emptied: each move with its duration and blackout, and what stayed."""
    title = f"Drain of {drain.node}"
    end = "in progress" if drain.ended is None else seconds(drain.ended - drain.requested)
    parts = [_head(title, state, f"Begun {date_time(drain.requested)}. {_note(drain.requested)}", simulated)]
    moves = [one for one in state.migrations.values() if one.drain == drain.id]
    failed = [one for one in moves if one.phase.is_over and one.phase.value != "completed"]
    level = "fail" if failed else "pass" if drain.ended is not None else "warn"
    said = (
        f"{counted(len(moves) - len(failed), 'virtual machine')} of {len(moves)} moved; {end}. {drain.held_up}".strip()
    )
    parts.append(f'<p class="outcome {level}">{html.escape(said)}</p>')
    begin = drain.requested
    spans = [
        (one, (one.started or one.requested) - begin, (one.ended or one.started or one.requested) - begin)
        for one in moves
    ]
    if spans:
        shown = [
            drawing.Bar(
                state.moved_name(one),
                ((start, drawing.LINE), (stop - start, drawing.GOOD if one not in failed else drawing.BAD)),
                f"to {one.destination}, {seconds(stop - start)}",
            )
            for one, start, stop in spans
        ]
        parts.append(drawing.bars(shown, max(stop for _, _, stop in spans) or 1.0, "Moves one after the other"))
    rows = [
        (
            state.moved_name(one),
            one.destination,
            _moment(one.started),
            _moment(one.ended),
            "–" if one.figures is None else seconds(one.figures.downtime),
            "–" if one.figures is None else size(one.figures.bytes),
            one.phase.value + (f": {one.reason}" if one.reason else ""),
        )
        for one in moves
    ]
    parts += [
        "<h2>Moves</h2>",
        _table(("Virtual machine", "To", "Started", "Ended", "Blackout", "Sent", "Result"), rows, (4, 5)),
    ]
    if drain.staying:
        stayed = [(name_of(state.machines, one.machine), one.reason, one.remedy) for one in drain.staying]
        parts += ["<h2>What stayed</h2>", _table(("Virtual machine", "Why", "What to do"), stayed)]
    csv = csv_lines(
        [
            ("machine", "from", "to", "started", "ended", "blackout_s", "bytes", "result"),
            *(
                (
                    state.moved_name(one),
                    one.source,
                    one.destination,
                    "" if one.started is None else iso_time(one.started),
                    "" if one.ended is None else iso_time(one.ended),
                    "" if one.figures is None else one.figures.downtime,
                    "" if one.figures is None else one.figures.bytes,
                    one.phase.value,
                )
                for one in moves
            ),
        ]
    )
    return SentReport(title, "\n".join([*parts, foot()]), csv)


def failover_report(failover: Failover, state: State, simulated: bool) -> SentReport:
    """How a service failed over: its steps with their durations, and why this node was chosen."""
    name = name_of(state.groups, failover.group)
    title = f"Failover of {name}"
    parts = [_head(title, state, f"Failed {date_time(failover.failed)}. {_note(failover.failed)}", simulated)]
    back = failover.online
    if failover.outcome:
        said, level = failover.outcome, "fail"
    elif back is not None:
        said = f"{failover.destination} took {name} over from {failover.source} in {seconds(back - failover.failed)}."
        level = "pass"
    else:
        said, level = "It is in progress.", "warn"
    parts.append(f'<p class="outcome {level}">{html.escape(said)}</p>')
    parts.append(f"<p>{html.escape(failover.cause)}</p>")
    steps, last = [], failover.failed
    for word, time in (
        ("Detection", failover.noticed),
        ("Arbitration", failover.decided),
        ("Start", failover.online),
        ("Boot of the guest", failover.booted),
    ):
        if time is not None and time > last:
            steps.append((word, time - last))
            last = time
    if steps:
        parts += ["<h2>Steps</h2>", drawing.steps(steps, f"Steps of the failover of {name}")]
        parts.append(_table(("Step", "Duration"), [(word, seconds(spent)) for word, spent in steps], (1,)))
    if failover.candidates:
        rows = [(one.node, "chosen" if one.chosen else "", one.reason) for one in failover.candidates]
        parts += ["<h2>Nodes that were considered</h2>", _table(("Node", "", "Why"), rows)]
    csv = csv_lines([("step", "seconds"), *((word, f"{spent:.3f}") for word, spent in steps)])
    return SentReport(title, "\n".join([*parts, foot()]), csv)
