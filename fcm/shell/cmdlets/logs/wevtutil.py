"""The program wevtutil: event logs, their sizes and what they hold."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fcm.logs.channels import CHANNELS
from fcm.logs.event_xml import event_text, event_xml
from fcm.logs.evtx import ExportStoppedError, write_evtx
from fcm.logs.evtx_reader import EventFile, element_of
from fcm.logs.queries.query import FILE, query_of
from fcm.logs.records import catalog
from fcm.model.moments import in_utc
from fcm.shell.cmdlets.core.old_tools import split_words
from fcm.shell.cmdlets.logs.events import found, log_name, query, reading, selected
from fcm.shell.language.errors import ParameterError, ShellError, StoppedError
from fcm.shell.runtime.parameters import Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.files import text_of, unreadable
from fcm.shell.values.output import whole_file
from fcm.shell.values.values import text
from fcm.text.markup import quoteattr
from fcm.text.textfile import QUERY, TextFileError
from fcm.text.words import counted, quoted
from fcm.workspace.events.event_log_limits import LARGEST, LogLimit, file_size, rounded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from fcm.logs.queries.query import Query
    from fcm.logs.records import EventRecord
    from fcm.shell.runtime.call import Call

_VERBS = {
    "enum-logs": "el", "get-log": "gl", "set-log": "sl", "enum-publishers": "ep", "get-publisher": "gp",
    "query-events": "qe", "get-loginfo": "gli", "export-log": "epl", "clear-log": "cl", "install-manifest": "im",
    "uninstall-manifest": "um", "archive-log": "al",
}  # fmt: skip
"""Short names of the verbs by the long ones."""
_LONG = {
    "enabled": "e", "element": "e", "quiet": "q", "structuredquery": "sq", "query": "q", "format": "f", "count": "c",
    "config": "c", "reversedirection": "rd", "overwrite": "ow", "logfile": "lf", "bookmark": "bm",
    "savebookmark": "sbm", "maxsize": "ms", "retention": "rt", "autobackup": "ab", "backup": "bu", "getevents": "ge",
    "getmessage": "gm", "isolation": "i", "logfilename": "lfn", "level": "l", "locale": "l", "keywords": "k",
    "channelaccess": "ca", "remote": "r", "username": "u", "password": "p", "authentication": "a", "unicode": "uni",
}  # fmt: skip
_OPTIONS = {
    "el": (), "gl": ("f",), "sl": ("e", "q", "ms", "rt", "ab", "c"), "ep": (), "gp": ("ge", "gm", "f"),
    "qe": ("lf", "sq", "q", "f", "c", "rd", "e"), "gli": ("lf",), "epl": ("lf", "sq", "q", "ow"), "cl": ("bu",),
}  # fmt: skip
"""Options of each verb."""
_REMOTE = "Remote commands are not supported. To use another cluster, open it with --cluster."
_SESSION = "The logs of a cluster have no sessions."
_NOT_HERE: dict[str, str] = {
    "r": _REMOTE,
    "u": _REMOTE,
    "p": _REMOTE,
    "a": _REMOTE,
    "bm": "Bookmarks are not supported. To get newer events, use /q:*[System[EventRecordID > 100]].",
    "sbm": "Bookmarks are not supported. To get newer events, use /q:*[System[EventRecordID > 100]].",
    "ca": "Access permissions are not supported. The user who runs fcm administers the cluster.",
    "i": "Log isolation is not supported.",
    "lfn": "The logs of a cluster are stored in one file next to its journal.",
    "l": "Messages are in English, and logs have no level filter.",
    "k": _SESSION,
}
"""Why an option of Windows is not possible here."""
_ABSENT = {
    "im": "The providers are defined by the event catalog of fcm.",
    "um": "The providers are defined by the event catalog of fcm.",
    "al": "Exported logs already contain their messages. Use epl.",
}
_ELEMENT = re.compile(r"[^\W\d][\w.-]{0,80}")


@cmdlet(
    "wevtutil",
    Param("Arguments", "texts", position=0, rest=True),
    synopsis="Event logs: el, gl, gli, sl, cl, qe, epl, ep, gp.",
    example="wevtutil epl System events.evtx",
    module="Programs",
    raw=True,
)
def wevtutil(call: Call) -> Iterable[Any]:
    """The verbs of wevtutil that read and write logs.

    Raises:
        ParameterError: a command or an option that does not exist or is not supported.
    """
    given = [text(item) for item in call.values["Arguments"]]
    name = given[0].casefold() if given else ""
    verb = _VERBS.get(name, name)
    if verb in _ABSENT:
        raise ParameterError(f"wevtutil {verb} is not supported.", _ABSENT[verb], call.at, "NotImplemented")
    if verb not in _OPTIONS:
        raise ParameterError(
            f"wevtutil has no command {quoted(given[0])}." if given else "wevtutil requires a command.",
            "Commands: el list logs, gl show a log, gli show its size, sl configure a log, cl clear a log, qe "
            "query events, epl export events, ep list providers, gp show a provider.",
        )
    call.values["Arguments"] = given[1:]
    options = _OPTIONS[verb]
    usage = f"Options of wevtutil {verb}: {', '.join('/' + one for one in options) or 'no options'}."
    known = (*options, "uni", *(one for one in _NOT_HERE if one not in options))
    words, values = split_words(call, known, usage, _LONG)
    for option in values:
        if option in _NOT_HERE and option not in options:
            raise ParameterError(f"/{option} is not supported.", _NOT_HERE[option], call.at, "NotImplemented")
    return _DEEDS[verb](call, words, values)


def _is_true(options: dict[str, str], name: str) -> bool:
    value = options.get(name, "false").casefold()
    if value not in ("true", "false", ""):
        raise ParameterError(f"/{name} must be true or false, not {quoted(value)}.", f"Use /{name}:true.")
    return value != "false"


def _one(words: list[str], what: str) -> str:
    if len(words) != 1:
        raise ParameterError(f"{what[0].upper()}{what[1:]} is missing." if not words else
                             f"{len(words)} names are specified.", "Enclose names with spaces in quotes.")  # fmt: skip
    return words[0]


def _none(words: list[str]) -> None:
    if words:
        raise ParameterError(f"Unexpected argument {quoted(words[0])}.", "Remove it.")


def _format(options: dict[str, str], known: tuple[str, ...]) -> str:
    """The format that was asked for; the first one where none was."""
    wanted = options.get("f", known[0]).casefold()
    if wanted not in known:
        raise ParameterError(f"/f:{wanted} is not a format.", f"Use {' or '.join(f'/f:{one}' for one in known)}.")
    return wanted


# Logs and their settings


def _list_logs(call: Call, words: list[str], options: dict[str, str]) -> list[str]:
    _none(words)
    return [channel.name for channel in CHANNELS]


def _show_log(call: Call, words: list[str], options: dict[str, str]) -> list[str]:
    log = log_name(call, _one(words, "the name of a log"))
    channel = next(one for one in CHANNELS if one.name == log)
    events = call.workspace.events
    wanted = _format(options, ("text", "xml"))
    with reading(call):
        events.size(log)  # what the file says of the logs has been read after that
        limit, enabled = events.limits.limit(log), str(events.logs.enabled(log)).lower()
    retention, backup = str(limit.retention).lower(), str(limit.backup).lower()
    if wanted == "xml":
        size = "" if limit.size is None else f"<maxSize>{limit.size}</maxSize>"
        return [
            f'<channel name={quoteattr(log)} type="{channel.kind}" enabled="{enabled}" '
            'xmlns="http://schemas.microsoft.com/win/2004/08/events">'
            f"<logging><retention>{retention}</retention><autoBackup>{backup}</autoBackup>{size}</logging></channel>"
        ]
    return [
        f"name: {log}",
        f"enabled: {enabled}",
        f"type: {channel.kind}",
        "logging:",
        f"  logFileName: {events.path or 'none, the log is in memory'}",
        f"  retention: {retention}",
        f"  autoBackup: {backup}",
        f"  maxSize: {'unlimited' if limit.size is None else limit.size}",
        f"numberOfLogRecords: {len(found(call, query_of(log)))}",
    ]


def _set_log(call: Call, words: list[str], options: dict[str, str]) -> list[str]:
    if "c" in options:
        if words or set(options) - {"c", "q", "uni"}:
            raise ParameterError(
                "/c reads all settings from the file, including the name of the log.", "Remove the other arguments."
            )
        words, options = _configuration(call, call.session.path(options["c"]))
    log = log_name(call, _one(words, "the name of a log"))
    if not {"e", "ms", "rt", "ab"} & set(options):
        raise ParameterError("No setting is specified.", "Use /e:true, /ms:SIZE, /rt:true or /ab:true.")
    events = call.workspace.events
    with reading(call):
        events.size(log)
    before = events.limits.limit(log)
    enabled = _is_true(options, "e") if "e" in options else None
    after = _limit(before, options)
    if after.backup and events.path is None:
        raise ParameterError("This cluster exists only in memory, so there is no folder for archives.",
                             "Open a cluster that has a journal, or remove /ab.")  # fmt: skip
    with reading(call):
        if after != before:
            events.set_limit(log, after)
        if enabled is not None:
            events.enable(log, enabled, call.workspace.now())
    return []


def _limit(before: LogLimit, options: dict[str, str]) -> LogLimit:
    after = before
    if "rt" in options:
        after = replace(after, retention=_is_true(options, "rt"))
    if "ab" in options:
        after = replace(after, backup=_is_true(options, "ab"))
    if after.backup and not after.retention:
        raise ParameterError("A log that overwrites its oldest events cannot be backed up automatically.",
                             "Use /rt:true with /ab:true, or /ab:false with /rt:false.")  # fmt: skip
    if "ms" in options:
        said = options["ms"]
        if not (said.isascii() and said.isdigit()) or not 0 < int(said[:20]) <= LARGEST:
            raise ParameterError(
                f"/ms requires a size in bytes from 1 to {LARGEST}, not {quoted(said)}.", "Example: /ms:1048576."
            )
        after = replace(after, size=rounded(int(said)))
    return after


def _configuration(call: Call, path: Path) -> tuple[list[str], dict[str, str]]:
    """The name of the log and the options that a file as of gl /f:xml says."""
    root = element_of(text_of(path, QUERY))
    if root is None or root.name != "channel" or not root.attributes.get("name"):
        raise ParameterError(f"{path.name} is not a log configuration "
            "file.", "To create one, run wevtutil gl System /f:xml.",
                             call.at, "InvalidData")  # fmt: skip
    said = {"e": str(root.attributes["enabled"])} if "enabled" in root.attributes else {}
    logging = root.child("logging")
    for one in logging.children if logging is not None else ():
        option = {"retention": "rt", "autoBackup": "ab", "maxSize": "ms"}.get(one.name)
        if option is not None:
            said[option] = str(one.text).strip()
    return [str(root.attributes["name"])], said


def _show_status(call: Call, words: list[str], options: dict[str, str]) -> list[str]:
    name = _one(words, "the name of a log or file")
    if _is_true(options, "lf"):
        return _file_status(call, call.session.path(name))
    log = log_name(call, name)
    events = call.workspace.events
    numbers = found(call, query_of(log))
    with reading(call):
        size = file_size(events.size(log))
        ends = [one.time for one in events.records([*numbers[:1], *numbers[-1:]])]
    now = call.workspace.now()
    created = events.limits.cleared.get(log, ends[0] if ends else now)
    return _status(created, now, ends[-1] if ends else created, size, len(numbers), min(numbers, default=0))


def _file_status(call: Call, path: Path) -> list[str]:
    source = EventFile(path)
    oldest, count = 0, 0
    try:
        for record in source.records():
            count += 1
            oldest = min(oldest or record.record_id, record.record_id)
        known = path.stat()
    except TextFileError as error:
        raise unreadable(error) from error
    _warn(call)(source.warnings())
    return _status(known.st_ctime, known.st_atime, known.st_mtime, source.size, count, oldest)


def _status(created: float, read: float, written: float, size: int, count: int, oldest: int) -> list[str]:
    def stamp(time: float) -> str:
        return in_utc(time).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    return [
        f"creationTime: {stamp(created)}",
        f"lastAccessTime: {stamp(read)}",
        f"lastWriteTime: {stamp(written)}",
        f"fileSize: {size}",
        "attributes: 32",
        f"numberOfLogRecords: {count}",
        f"oldestRecordNumber: {oldest}",
    ]


def _clear(call: Call, words: list[str], options: dict[str, str]) -> list[str]:
    log = log_name(call, _one(words, "the name of a log"))
    if "bu" in options:
        if not options["bu"]:
            raise ParameterError("/bu requires a file.", f"Example: /bu:{log}.evtx.")
        _write(call, query_of(log), _target(call, options["bu"], False, "Choose another name."))
    with reading(call):
        call.workspace.events.clear(log, call.workspace.now())
    return []


# Providers


def _list_providers(call: Call, words: list[str], options: dict[str, str]) -> list[str]:
    _none(words)
    return sorted({one.name for one in catalog()[0].values()}, key=str.casefold)


def _show_provider(call: Call, words: list[str], options: dict[str, str]) -> list[str]:
    name = _one(words, "the name of a provider")
    known = [one for one in catalog()[0].values() if one.name.casefold() == name.casefold()]
    if not known:
        raise ParameterError("There is no provider "
            f"{quoted(name)}.", "To list the providers, run wevtutil ep.", call.at,
                             "ObjectNotFound")  # fmt: skip
    _format(options, ("text",))
    logs = dict.fromkeys(log for one in known for log in (one.channel, one.information))
    lines = [f"name: {known[0].name}", f"guid: {known[0].guid.strip('{}')}", "channels:"]
    lines += [f"  channel:\n    name: {log}" for log in logs]
    return lines


# Events


def _source(call: Call, source: str, options: dict[str, str]) -> Query:
    if _is_true(options, "sq"):
        if "q" in options or _is_true(options, "lf"):
            raise ParameterError("/sq reads the complete query from the file.", "Remove /q and /lf.")
        return query(call, text_of(call.session.path(source), QUERY), (), "*")
    return query(call, None, [FILE + source if _is_true(options, "lf") else source], options.get("q", "*") or "*")


def _warn(call: Call) -> Callable[[Iterable[str]], None]:
    """Tell what of a file could not be read, apart from the events that are printed."""

    def tell(sentences: Iterable[str]) -> None:
        for one in sentences:
            call.session.errors.record(ShellError(one, "", call.at, "InvalidData", "wevtutil"))

    return tell


def _query_events(call: Call, words: list[str], options: dict[str, str]) -> list[str]:
    wanted = _source(call, _one(words, "a log or query file"), options)
    wanted_format = _format(options, ("xml", "text", "renderedxml"))
    count = options.get("c")
    if count is not None and not (count.isascii() and count.isdigit()):
        raise ParameterError(f"/c requires a number, not {quoted(count)}.", "Example: /c:10.")
    root = options.get("e")
    if root is not None and not _ELEMENT.fullmatch(root):
        raise ParameterError(f"/e requires the name of an element, not {quoted(root)}.", "Example: /e:Events.")
    if root is not None and wanted_format == "text":
        raise ParameterError("/e requires XML output.", "Remove it, or use /f:xml.")
    tell = _warn(call)
    most = None if count is None else int(count[:12])
    records = selected(call, wanted, _is_true(options, "rd"), most, lambda one: tell([one]))
    if wanted_format == "text":
        return [line for number, record in enumerate(records) for line in event_text(record, number)]
    lines = [event_xml(record, rendered=wanted_format == "renderedxml") for record in records]
    return lines if root is None else [f"<{root}>", *lines, f"</{root}>"]


def _target(call: Call, name: str, overwrite: bool, remedy: str) -> Path:
    target = call.session.path(name)
    if target.exists() and not overwrite:
        raise ParameterError(f"{target.name} already exists.", remedy, category="WriteError")
    return target


def _export(call: Call, words: list[str], options: dict[str, str]) -> list[str]:
    if len(words) != 2:
        raise ParameterError("epl requires a source and a file.", "Example: wevtutil epl System system.evtx")
    wanted = _source(call, words[0], options)
    target = _target(call, words[1], _is_true(options, "ow"), "To overwrite it, use /ow:true.")
    if _is_true(options, "lf") and options.get("q", "*") in ("", "*"):
        _copy(call, call.session.path(words[0]), target)
    else:
        _write(call, wanted, target)
    return []


def _copy(call: Call, source: Path, target: Path) -> None:
    """A whole file goes out as it is, once it is known to be a log."""
    file = EventFile(source)
    try:
        for _ in file.records():
            call.session.check_stopped()
    except TextFileError as error:
        raise unreadable(error) from error
    _warn(call)(file.warnings())
    with source.open("rb") as read, whole_file(target) as write:
        shutil.copyfileobj(read, write)


def _write(call: Call, wanted: Query, target: Path) -> None:
    total = len(found(call, wanted)) if wanted.channels else 0
    tell = _warn(call)
    cut = 0

    def progress(count: int) -> bool:
        call.session.on_progress(f"Export to {target.name}", counted(count, "event"), 100 * count // max(total, count))
        call.session.check_stopped()
        return True

    def tallied() -> Iterator[EventRecord]:
        nonlocal cut
        for record in selected(call, wanted, warn=lambda one: tell([one])):
            cut += record.element is not None and record.element.child("UserData") is not None
            yield record

    try:
        with whole_file(target) as file:
            write_evtx(file, tallied(), progress)
    except ExportStoppedError as error:
        raise StoppedError("The export was canceled. No file was written.", category="OperationStopped") from error
    finally:
        call.session.on_progress(f"Export to {target.name}", "", -1)
    if cut:
        tell([f"{cut} events have UserData, which {target.name} stores as EventData."])


_DEEDS = {
    "el": _list_logs, "gl": _show_log, "sl": _set_log, "gli": _show_status, "cl": _clear, "ep": _list_providers,
    "gp": _show_provider, "qe": _query_events, "epl": _export,
}  # fmt: skip
