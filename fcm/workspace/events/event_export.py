"""Events as files: EVTX, XML, CSV, JSON, HTML, and the cluster log of each node.

Records are read and written piece by piece, so that memory does not grow with their number; a file takes its place
only once it is whole.
"""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

from fcm.backend.base import NodeLogError
from fcm.logs.cluster_log import cluster_log, file_of
from fcm.logs.cluster_log import line as log_line
from fcm.logs.event_xml import event_xml, system_time
from fcm.logs.evtx import ExportStoppedError, write_evtx
from fcm.logs.pacemaker_log import merged
from fcm.model.moments import day_in_words, in_utc
from fcm.text.cells import csv_lines
from fcm.workspace import reports
from fcm.workspace.files.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from fcm.logs.records import EventRecord
    from fcm.workspace.events.event_log import EventLog

    Progress = Callable[[int, int], bool]
    """Told how many records of how many are done; False ends the export."""

FORMATS: dict[str, str] = {
    "evtx": "Event log (*.evtx)",
    "csv": "Comma-separated values (*.csv)",
    "json": "JSON (*.json)",
    "html": "Web page (*.html)",
    "xml": "XML (*.xml)",
}
"""Formats by the suffix of the file."""
STEP = 1000
"""Records between two looks at whether the export goes on."""
_HEADS = ("Level", "Date and Time (UTC)", "Event ID", "Log", "Source", "Task Category", "Computer", "Description")
_CLASSES = {1: "fail", 2: "fail", 3: "warn", 4: "info", 5: "info"}


def export_events(
    events: EventLog, numbers: Sequence[int], path: Path, progress: Progress, title: str = "Cluster Events"
) -> int:
    """Write records to a file in the format of its suffix; blocks. Returns how many were written.

    Args:
        events: the event log.
        numbers: of the records, in the order in which they are to be written.
        path: the file; one that is there is replaced.
        progress: see Progress.
        title: heading of a web page.

    Raises:
        ExportStoppedError: ``progress`` said so; no file was written.
        EventLogError: the events cannot be read; no file was written.
        OSError: the file cannot be written.
        ValueError: the suffix is none of FORMATS, or there are more events than the format holds (sentence).
    """
    suffix = path.suffix.casefold().removeprefix(".")
    if suffix not in FORMATS:
        raise ValueError(f"Events cannot be written as {path.suffix or 'a file without an extension'}. Use .evtx, "
                         ".csv, .json, .html or .xml.")  # fmt: skip
    count = 0

    def counted() -> Iterator[EventRecord]:
        nonlocal count
        for record in events.stream(numbers):
            if count % STEP == 0 and not progress(count, len(numbers)):
                raise ExportStoppedError
            count += 1
            yield record

    with whole_file(path) as file:
        if suffix == "evtx":
            write_evtx(file, counted())
        else:
            for text in _WRITERS[suffix](counted(), title):
                file.write(text.encode("utf-8", "replace"))
    return count


def with_node_log(
    lines: Iterable[str], node: str, now: float, node_log: Callable[[str], Sequence[str] | None]
) -> Iterator[str]:
    """The cluster log of a node, with what it logged itself where it has such logs.

    Args:
        lines: what this program knows, oldest first.
        node: its name.
        now: s since the epoch, of a line that says why its own logs are missing.
        node_log: see ``Workspace.node_log``.
    """
    try:
        own = node_log(node)
    except NodeLogError as error:
        own = [log_line(now, "WARN", "LOG", f"The logs of {node} could not be read: {error}")]
    yield from lines if own is None else merged(lines, own)


def export_cluster_logs(
    events: EventLog,
    numbers: Sequence[int],
    nodes: Sequence[str],
    folder: Path,
    progress: Progress,
    node_log: Callable[[str], Sequence[str] | None] = lambda _: None,
    now: float = 0.0,
) -> list[Path]:
    """Write NODE_cluster.log of each node into a folder; blocks. Returns the files.

    Args:
        events: the event log.
        numbers: of the records, oldest first.
        nodes: whose logs.
        folder: where; made if it is not there.
        progress: see Progress.
        node_log: what a node logged itself, see ``Workspace.node_log``.
        now: s since the epoch.

    Raises:
        ExportStoppedError: ``progress`` said so; the logs of the nodes before are whole, the others are not there.
        EventLogError: the events cannot be read.
        OSError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    done = 0

    def counted() -> Iterator[EventRecord]:
        nonlocal done
        for record in events.stream(numbers):
            if done % STEP == 0 and not progress(done, len(numbers) * len(nodes)):
                raise ExportStoppedError
            done += 1
            yield record

    for node in nodes:
        path = folder / file_of(node)
        with whole_file(path) as file:
            _write_lines(file, with_node_log(cluster_log(counted(), node), node, now, node_log))
        written.append(path)
    return written


def _write_lines(file: BinaryIO, lines: Iterable[str]) -> None:
    for line in lines:
        file.write(line.encode("utf-8", "replace") + b"\r\n")


def _csv(records: Iterable[EventRecord], _title: str) -> Iterator[str]:
    yield csv_lines((_HEADS,))
    for r in records:
        when = system_time(r.time)
        yield csv_lines(((r.level_name, when, r.id, r.channel, r.provider, r.task_name, r.computer, r.text),))


def _json(records: Iterable[EventRecord], _title: str) -> Iterator[str]:
    yield "["
    for place, r in enumerate(records):
        fields = {
            "RecordId": r.record_id,
            "TimeCreated": system_time(r.time),
            "Level": r.level,
            "LevelDisplayName": r.level_name,
            "Id": r.id,
            "LogName": r.channel,
            "ProviderName": r.provider,
            "ProviderId": r.guid,
            "Task": r.task,
            "TaskDisplayName": r.task_name,
            "MachineName": r.computer,
            "Message": r.text,
            "EventData": dict(r.data),
        }
        yield f"{',' if place else ''}\n{json.dumps(fields, ensure_ascii=False)}"
    yield "\n]\n"


def _xml(records: Iterable[EventRecord], _title: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>\n<Events>\n'
    for record in records:
        yield f"{event_xml(record)}\n"
    yield "</Events>\n"


def _html(records: Iterable[EventRecord], title: str) -> Iterator[str]:
    now = datetime.now(UTC)
    yield reports.page_head(title, wide=True)
    yield f"<h1>{html.escape(title)}</h1>\n"
    yield f'<p class="quiet">Written {day_in_words(now)} {now:%H:%M} UTC; times are UTC.</p>\n'
    heads = ("Level", "Date and time", "Event ID", "Node", "Source", "Task category", "Description")
    yield "<table>\n<thead><tr>"
    yield "".join(f"<th{_number(head)}>{head}</th>" for head in heads)
    yield "</tr></thead>\n<tbody>\n"
    for r in records:
        time = in_utc(r.time)
        yield (
            f'<tr><td class="level {_CLASSES.get(r.level, "info")}">{r.level_name}</td>'
            f'<td class="time">{time:%Y-%m-%d %H:%M:%S}</td><td class="number">{r.id}</td>'
            f'<td class="node">{html.escape(r.computer.partition(".")[0])}</td>'
            f'<td class="source">{html.escape(r.provider.removeprefix("Microsoft-Windows-"))}</td>'
            f'<td class="task">{html.escape(r.task_name)}</td><td class="text">{html.escape(r.text)}</td></tr>\n'
        )
    yield f"</tbody>\n</table>\n{reports.foot()}{reports.PAGE_FOOT}"


def _number(head: str) -> str:
    return ' class="number"' if head == "Event ID" else ""


_WRITERS = {"csv": _csv, "json": _json, "html": _html, "xml": _xml}
