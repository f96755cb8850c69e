"""Events and cluster logs."""

from __future__ import annotations

from array import array
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from fcm.logs.channels import CHANNELS, channel_named
from fcm.logs.cluster_log import cluster_log, file_of
from fcm.logs.evtx_reader import EventFile
from fcm.logs.queries.query import FILE, QueryError, parse_query, query_of_all
from fcm.shell.cmdlets.core.files import file_object
from fcm.shell.language.errors import ParameterError, ShellError, near
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.files import unreadable
from fcm.shell.values.objects import when
from fcm.shell.values.output import whole_file
from fcm.shell.values.values import ShellObject
from fcm.text.textfile import TextFileError
from fcm.text.words import quoted
from fcm.workspace.events.event_export import with_node_log
from fcm.workspace.events.event_log import EventLogError, EventSelection, everything
from fcm.workspace.workspace import NodeLogError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fcm.logs.queries.query import Query
    from fcm.logs.records import EventRecord
    from fcm.shell.runtime.call import Call

REPORTS = "ClusterReports"
"""Folder of Get-ClusterLog without -Destination; on a node it is %systemroot%\\Cluster\\Reports."""


@contextmanager
def reading(call: Call) -> Iterator[None]:
    """Events are read or written; a file that cannot be used is reported in words.

    Raises:
        ShellError: instead of EventLogError.
    """
    try:
        yield
    except EventLogError as error:
        raise ShellError(str(error), "", call.at, "ReadError") from error


def found(
    call: Call, wanted: Query, newest_first: bool = False, since: float | None = None, any_log: bool = False
) -> array[int]:
    """Numbers of the records of the enabled logs, whatever their age.

    Args:
        call: the call.
        wanted: which.
        newest_first: the order.
        since: s since the epoch before which nothing is wanted.
        any_log: everything of all logs, enabled or not.
    """
    with reading(call):
        selection = EventSelection(wanted, call.workspace.now(), since=since, descending=newest_first, any_log=any_log)
        return call.workspace.events.find(selection)


def streamed(call: Call, numbers: Sequence[int]) -> Iterator[EventRecord]:
    """Records by their numbers, piece by piece; Ctrl+C ends it."""
    with reading(call):
        for place, record in enumerate(call.workspace.events.stream(numbers)):
            if place % 1000 == 0:
                call.session.check_stopped()
            yield record


def selected(
    call: Call,
    wanted: Query,
    newest_first: bool = False,
    most: int | None = None,
    warn: Callable[[str], None] | None = None,
) -> Iterator[EventRecord]:
    """The events that a query selects of logs and of event log files, piece by piece.

    Args:
        call: the call.
        wanted: which.
        newest_first: the order; else oldest first.
        most: so many at most; None: all.
        warn: told in words what of a file could not be read; None: it is said as a warning.

    Raises:
        ShellError: a file cannot be read or is no event log.
    """
    numbers = found(call, wanted, newest_first) if wanted.channels else array("q")
    if not wanted.files:
        yield from streamed(call, numbers if most is None else numbers[:most])
        return
    records = [
        one
        for file in wanted.files
        for one in _of_file(call, wanted, file, warn or (lambda said: call.session.say(said, "warning")))
    ]
    records += streamed(call, numbers)
    # Within a file the order is that of the file, which its numbers keep where times are equal.
    records.sort(key=lambda one: one.time)
    yield from islice(reversed(records) if newest_first else records, most)


def _of_file(call: Call, wanted: Query, file: str, warn: Callable[[str], None]) -> Iterator[EventRecord]:
    source = EventFile(call.session.path(file))
    takes, now = wanted.test(file), call.workspace.now()
    try:
        for place, record in enumerate(source.records()):
            if place % 1000 == 0:
                call.session.check_stopped()
            if takes(record, now):
                yield record
    except TextFileError as error:
        raise unreadable(error) from error
    for sentence in source.warnings():
        warn(sentence)


def log_name(call: Call, name: str) -> str:
    """The whole name of a log.

    Raises:
        ParameterError: it does not exist.
    """
    channel = channel_named(name)
    if channel is None:
        raise ParameterError(
            f"There is no event log {quoted(name)}.",
            near(name, [one.name for one in CHANNELS]) or "To list the logs, run wevtutil el.",
            call.at,
            "ObjectNotFound",
        )
    return channel.name


def query(call: Call, text: str | None, sources: Sequence[str], expression: str) -> Query:
    """A structured query, or one of logs or files and an expression (which may be a structured query as well).

    Args:
        call: the call.
        text: a structured query; None: there is none.
        sources: names of logs, or FILE and the path of a file.
        expression: for the sources.

    Raises:
        ParameterError: it is wrong.
    """
    try:
        if text is not None:
            return parse_query(text)
        if expression.lstrip("\ufeff\r\n\t ").startswith("<"):
            return parse_query(expression)
        return query_of_all([one if one.startswith(FILE) else log_name(call, one) for one in sources], expression)
    except QueryError as error:
        raise ParameterError(error.placed, "", call.at, "InvalidArgument") from error


def event_object(record: EventRecord) -> ShellObject:
    """An event."""
    return ShellObject(
        "Event",
        {
            "TimeCreated": when(record.time),
            "Id": record.id,
            "LevelDisplayName": record.level_name,
            "Message": record.text,
            "Level": record.level,
            "LogName": record.channel,
            "ProviderName": record.provider,
            "MachineName": record.computer,
            "TaskDisplayName": record.task_name,
            "RecordId": record.record_id,
            "Properties": dict(record.data),
        },
    )


@cmdlet(
    "Get-ClusterEvent",
    Param("LogName", "texts", position=0, help="Names of logs. Default: all."),
    Param("FilterXPath", help="XPath expression, such as *[System[Level=2]]."),
    Param("FilterXml", help="Structured XML query."),
    Param("MaxEvents", "whole"),
    Param("Oldest", "switch", help="Sort oldest first."),
    CLUSTER,
    INPUT,
    synopsis="Gets events from the event logs, newest first.",
    example="Get-ClusterEvent -FilterXPath '*[System[(Level=1 or Level=2)]]' | Export-Csv events.csv",
    since="fcm",
)
def get_events(call: Call) -> Iterable[Any]:
    """Events as objects."""
    finding.check_cluster(call)
    logs = call.texts("LogName") or [channel.name for channel in CHANNELS]
    xml = call.text("FilterXml") if call.has("FilterXml") else None
    wanted = query(call, xml, logs, call.text("FilterXPath", "*"))
    records = selected(call, wanted, not call.switch("Oldest"), call.count("MaxEvents"))
    return [event_object(record) for record in records]


def _node_log(call: Call, since: float | None) -> Callable[[str], Sequence[str] | None]:
    """What a real node logged itself; that it could not be read is a warning and a line of the file."""

    def read(node: str) -> Sequence[str] | None:
        try:
            return call.workspace.node_log(node, since)
        except NodeLogError as error:
            call.session.say(f"The log of {node} has no lines of its own. {error}", "warning")
            raise

    return read


def write_logs(call: Call, folder: str, nodes: Sequence[str], span: int | None) -> list[Any]:
    """Write NODE_cluster.log for each node into a folder; a file is whole or not there.

    Args:
        call: the call.
        folder: where; made if it is not there.
        nodes: whose logs.
        span: minutes before now; None: everything.
    """
    place = call.session.path(folder)
    place.mkdir(parents=True, exist_ok=True)
    since = None if span is None else call.workspace.now() - span * 60
    numbers = found(call, everything(), since=since, any_log=True)  # cluster logs know no channels
    written = []
    for number, node in enumerate(nodes):
        call.session.check_stopped()
        call.session.on_progress("Cluster log", node, 100 * number // max(len(nodes), 1))
        path = place / file_of(node)
        node_log = _node_log(call, since)
        with whole_file(path) as file:
            for line in with_node_log(cluster_log(streamed(call, numbers), node), node, call.workspace.now(), node_log):
                file.write(line.encode() + b"\r\n")
        written.append(file_object(path))
    call.session.on_progress("Cluster log", "", -1)
    return written


@cmdlet(
    "Get-ClusterLog",
    Param("Node", "texts", position=0, help="Names of nodes. Default: all nodes.", pipes=("ClusterNode", TEXT)),
    Param("Destination", help="Folder for the files NODE_cluster.log. Default: the folder ClusterReports."),
    Param("TimeSpan", "whole", aliases=("span",), help="Time span before now, in minutes. Default: everything."),
    Param("UseLocalTime", "switch", absent="requires Windows Server 2012; times are GMT."),
    CLUSTER,
    INPUT,
    synopsis="Creates the cluster log for each node.",
    example="Get-ClusterLog -Destination logs -TimeSpan 15",
)
def get_cluster_log(call: Call) -> Iterable[Any]:
    """Write cluster logs.

    Raises:
        ParameterError: -TimeSpan is below 1 minute.
    """
    finding.check_cluster(call)
    nodes = [node.name for node in finding.nodes(call, call.names("Node"))]
    if call.has("TimeSpan") and (call.whole("TimeSpan") or 0) < 1:
        raise ParameterError("-TimeSpan must be at least 1 minute.", "For the complete log, omit it.", call.at)
    return write_logs(call, call.text("Destination", REPORTS), nodes, call.whole("TimeSpan"))
