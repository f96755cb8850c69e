"""Get-WinEvent and Clear-EventLog, as Windows PowerShell has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.logs.channels import CHANNELS
from fcm.logs.queries.query import FILE, query_of
from fcm.logs.records import catalog
from fcm.shell.cmdlets.logs.event_hashtables import query_xml
from fcm.shell.cmdlets.logs.events import event_object, found, log_name, query, reading, selected
from fcm.shell.language.errors import NotFoundError, ParameterError, near
from fcm.shell.runtime.parameters import TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.net.objects import XmlNode
from fcm.shell.values.objects import when
from fcm.shell.values.values import ShellObject, has_wildcard, items, wildcard
from fcm.text.words import quoted
from fcm.workspace.events.event_log_limits import file_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fcm.logs.queries.query import Query
    from fcm.shell.runtime.call import Call

NO_EVENTS = "No events were found that match the specified selection criteria."
DIAGNOSTICS = "Microsoft.PowerShell.Diagnostics"
_WAYS = ("LogName", "ProviderName", "Path", "FilterHashtable", "FilterXml", "ListLog", "ListProvider")
"""Parameters of which one says what is wanted."""


def logs_named(call: Call, names: Sequence[str]) -> list[str]:
    """Logs by their names, with wildcards.

    Raises:
        NotFoundError: a name does not exist.
    """
    chosen: dict[str, None] = {}
    for name in names:
        if has_wildcard(name):
            pattern = wildcard(name)
            matching = [one.name for one in CHANNELS if pattern.fullmatch(one.name)]
        else:
            matching = [log_name(call, name)]
        if not matching:
            raise NotFoundError(f"There is no event log that matches {quoted(name)}.",
                                "To list the logs, run Get-WinEvent -ListLog "
                                "*.", call.at, "ObjectNotFound")  # fmt: skip
        chosen.update(dict.fromkeys(matching))
    return list(chosen)


def providers_named(call: Call, names: Sequence[str]) -> list[str]:
    """Providers by their names, with wildcards.

    Raises:
        NotFoundError: a name does not exist.
    """
    known = sorted({one.name for one in catalog()[0].values()}, key=str.casefold)
    chosen: dict[str, None] = {}
    for name in names:
        pattern = wildcard(name)
        matching = [one for one in known if pattern.fullmatch(one)]
        if not matching:
            raise NotFoundError(f"There is no provider that matches {quoted(name)}.",
                                near(name, known) or "To list the providers, run Get-WinEvent -ListProvider "
                                    "*.", call.at,
                                "ObjectNotFound")  # fmt: skip
        chosen.update(dict.fromkeys(matching))
    return list(chosen)


@cmdlet(
    "Get-WinEvent",
    Param(
        "LogName",
        "texts",
        position=0,
        help="Names of logs. Wildcards are permitted. Default: all.",
        pipes=("EventLog", TEXT),
    ),
    Param("ProviderName", "texts", help="Names of providers. Wildcards are permitted."),
    Param("Path", "texts", help="Paths of event log files (.evtx). Wildcards are permitted.", pipes=("File",)),
    Param("FilterHashtable", "any", help="@{LogName='System'; Level=1,2; ID=1135; StartTime='2009-10-17T19:20'}"),
    Param("FilterXml", "any", help="Structured XML query, or a custom view of Event Viewer."),
    Param("FilterXPath", help="XPath expression, such as *[System[Level=2]]."),
    Param("MaxEvents", "whole"),
    Param("Oldest", "switch", help="Sort oldest first."),
    Param("Force", "switch", help="Include analytic logs."),
    Param("ListLog", "texts", help="Get logs instead of events. Wildcards are permitted."),
    Param("ListProvider", "texts", help="Get providers instead of events. Wildcards are permitted."),
    Param("ComputerName", absent="remote commands are not supported; open another cluster with --cluster."),
    Param("Credential", "any", absent="the user who runs fcm administers the cluster."),
    synopsis="Gets events from event logs and event log files, newest first, or lists logs and providers.",
    example="Get-WinEvent -FilterHashtable @{LogName='System'; Level=1,2} -MaxEvents 10",
    module=DIAGNOSTICS,
)
def get_win_event(call: Call) -> Iterable[Any]:
    """Return events as objects.

    Raises:
        ParameterError: two ways to select events, or -MaxEvents below 1.
        NotFoundError: no event matches.
    """
    ways = [one for one in _WAYS if call.has(one)]
    if len(ways) > 1:
        raise ParameterError(f"-{ways[0]} and -{ways[1]} cannot be used together.", f"Remove -{ways[1]}.", call.at)
    if call.has("ListLog"):
        return [_log_object(call, one) for one in logs_named(call, call.texts("ListLog"))]
    if call.has("ListProvider"):
        return [_provider_object(one) for one in providers_named(call, call.texts("ListProvider"))]
    most = call.whole("MaxEvents")
    if most is not None and most < 1:
        raise ParameterError(f"-MaxEvents must be at least 1, not {most}.", "For all events, omit it.", call.at)
    records = selected(call, _wanted(call, ways[0] if ways else ""), not call.switch("Oldest"), most)
    events = [event_object(record) for record in records]
    if not events:
        raise NotFoundError(NO_EVENTS, "", call.at, "ObjectNotFound")
    return events


def _wanted(call: Call, way: str) -> Query:
    expression = call.text("FilterXPath", "*")
    if call.has("FilterXPath") and way in ("FilterXml", "FilterHashtable"):
        raise ParameterError(f"-FilterXPath and -{way} cannot be used together.", "Remove one of them.", call.at)
    match way:
        case "FilterXml":
            given = call.values["FilterXml"]
            return query(call, given.source if isinstance(given, XmlNode) else call.text("FilterXml"), (), "*")
        case "FilterHashtable":
            tables = items(call.values["FilterHashtable"])
            xml = query_xml(call, tables, logs_named, providers_named)
            return query(call, xml, (), "*")
        case "Path":
            return query(call, None, [FILE + one for one in _files(call)], expression)
        case "ProviderName":
            if expression != "*":
                raise ParameterError("-FilterXPath and -ProviderName cannot be used together.",
                                     "Add Provider[@Name='...'] to the expression.", call.at)  # fmt: skip
            tables = [{"ProviderName": call.texts("ProviderName")}]
            return query(call, query_xml(call, tables, logs_named, providers_named), (), "*")
        case _:
            names = call.texts("LogName") or [one.name for one in CHANNELS]
            return query(call, None, logs_named(call, names), expression)


def _files(call: Call) -> list[str]:
    """The files that -Path names; wildcards are those of file names.

    Raises:
        NotFoundError: none matches.
    """
    found: list[str] = []
    for name in call.texts("Path"):
        path = call.session.path(name)
        if not has_wildcard(path.name) or path.exists():
            found.append(name)
            continue
        pattern = wildcard(path.name)
        fitting = sorted(str(one) for one in path.parent.glob("*") if pattern.fullmatch(one.name))
        if not fitting:
            raise NotFoundError(f"There is no file that matches {quoted(name)}.", "Check the path.", call.at,
                                "ObjectNotFound")  # fmt: skip
        found += fitting
    return found


def _log_object(call: Call, log: str) -> ShellObject:
    events = call.workspace.events
    numbers = found(call, query_of(log))
    with reading(call):
        size = file_size(events.size(log))
        last = events.records(numbers[-1:])
    limit = events.limits.limit(log)
    mode = "AutoBackup" if limit.backup else "Retain" if limit.retention else "Circular"
    return ShellObject(
        "EventLog",
        {
            "LogMode": mode,
            "MaximumSizeInBytes": limit.size,
            "RecordCount": len(numbers),
            "LogName": log,
            "IsEnabled": events.logs.enabled(log),
            "LogType": next(one.kind for one in CHANNELS if one.name == log),
            "FileSize": size,
            "OldestRecordNumber": min(numbers, default=None),
            "LastWriteTime": when(last[0].time) if last else None,
        },
        identity=log,
        shown=("LogMode", "MaximumSizeInBytes", "RecordCount", "LogName"),
    )


def _provider_object(name: str) -> ShellObject:
    known = [one for one in catalog()[0].values() if one.name == name]
    logs = list(dict.fromkeys(log for one in known for log in (one.channel, one.information)))
    return ShellObject("EventProvider", {"Name": name, "LogLinks": logs, "Id": known[0].guid.strip("{}")})


@cmdlet(
    "Clear-EventLog",
    Param("LogName", "texts", position=0, needed=True, help="Names of logs."),
    Param("ComputerName", absent="remote commands are not supported; open another cluster with --cluster."),
    synopsis="Clears all events of a log. The journal of the cluster is not changed.",
    example="Clear-EventLog System",
    module="Microsoft.PowerShell.Management",
)
def clear_event_log(call: Call) -> Iterable[Any]:
    """Clear logs."""
    logs = [log_name(call, one) for one in call.texts("LogName")]

    def clear(log: str) -> None:
        with reading(call):
            call.workspace.events.clear(log, call.workspace.now())

    return [line for log in logs for line in call.carry_out(log, lambda log=log: clear(log))]  # type: ignore[misc]
