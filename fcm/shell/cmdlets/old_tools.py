"""The programs that the guide calls beside PowerShell: wevtutil and cluster.exe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.logs.channels import CHANNELS
from fcm.logs.event_xml import event_text, event_xml
from fcm.logs.evtx import ExportStoppedError, write_evtx
from fcm.logs.query import query_of
from fcm.shell import finding
from fcm.shell.cmdlets.events import REPORTS, found, log_name, query, reading, streamed, write_logs
from fcm.shell.errors import ParameterError, StoppedError, near
from fcm.shell.files import text_of
from fcm.shell.output import whole_file
from fcm.shell.registry import Param, cmdlet
from fcm.shell.values import text
from fcm.textfile import QUERY
from fcm.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.logs.query import Query
    from fcm.shell.call import Call

_VERBS = {
    "el": "el",
    "enum-logs": "el",
    "gl": "gl",
    "get-log": "gl",
    "sl": "sl",
    "set-log": "sl",
    "qe": "qe",
    "query-events": "qe",
    "epl": "epl",
    "export-log": "epl",
}
_LONG = {
    "enabled": "e",
    "quiet": "q",
    "structuredquery": "sq",
    "query": "q",
    "format": "f",
    "count": "c",
    "reversedirection": "rd",
    "overwrite": "ow",
}
_OPTIONS = {"el": (), "gl": ("f",), "sl": ("e", "q"), "qe": ("sq", "q", "f", "c", "rd"), "epl": ("sq", "q", "ow")}


def split_words(call: Call, known: tuple[str, ...], usage: str) -> tuple[list[str], dict[str, str]]:
    """Words and options (/name:value) of a program.

    Raises:
        ParameterError: an option is unknown.
    """
    words: list[str] = []
    options: dict[str, str] = {}
    for word in (text(item) for item in call.values["Arguments"]):
        if word[:1] in ("/", "-") and len(word) > 1 and not (word.startswith("/") and "/" in word[1:].split(":")[0]):
            name, _, value = word[1:].partition(":")
            short = _LONG.get(name.casefold(), name.casefold())
            if short not in known:
                hint = near(name, known) or usage
                raise ParameterError(f"The option {word} is not known.", hint, call.at, "InvalidArgument")
            options[short] = value
        else:
            words.append(word)
    return words, options


def _is_true(options: dict[str, str], name: str) -> bool:
    value = options.get(name, "false").casefold()
    if value not in ("true", "false", ""):
        raise ParameterError(f"/{name} must be true or false, not {quoted(value)}.", f"Write /{name}:true.")
    return value != "false"


@cmdlet(
    "wevtutil",
    Param("Arguments", "texts", position=0, rest=True),
    synopsis="Event logs: el, gl, sl, qe, epl.",
    example="wevtutil epl query.txt events.evtx /sq:true",
    module="Programs",
    raw=True,
)
def wevtutil(call: Call) -> Iterable[Any]:
    """The five verbs of wevtutil that the guide and its readers need."""
    given = [text(item) for item in call.values["Arguments"]]
    verb = _VERBS.get(given[0].casefold()) if given else None
    if verb is None:
        raise ParameterError(
            f"wevtutil has no verb {quoted(given[0])} here." if given else "wevtutil needs a verb.",
            "el lists logs, gl shows one, sl sets one, qe queries events, epl exports them.",
        )
    call.values["Arguments"] = given[1:]
    usage = f"wevtutil {verb} takes {', '.join('/' + name for name in _OPTIONS[verb]) or 'no options'}."
    words, options = split_words(call, _OPTIONS[verb], usage)
    match verb:
        case "el":
            return [channel.name for channel in CHANNELS]
        case "gl":
            return _show_log(call, _one(words, "the name of a log"))
        case "sl":
            return _set_log(call, _one(words, "the name of a log"), options)
        case "qe":
            return _query_events(call, words, options)
        case _:
            return _export(call, words, options)


def _one(words: list[str], what: str) -> str:
    if len(words) != 1:
        raise ParameterError(f"{what[0].upper()}{what[1:]} is missing." if not words else
                             f"There are {len(words)} names.", "Put a name with blanks into quotes.")  # fmt: skip
    return words[0]


def _show_log(call: Call, name: str) -> list[str]:
    log = log_name(call, name)
    channel = next(one for one in CHANNELS if one.name == log)
    count = len(found(call, query_of(log)))
    return [
        f"name: {log}",
        f"enabled: {str(call.workspace.events.logs.enabled(log)).lower()}",
        f"type: {channel.kind}",
        f"numberOfLogRecords: {count}",
    ]


def _set_log(call: Call, name: str, options: dict[str, str]) -> list[str]:
    log = log_name(call, name)
    if "e" not in options:
        raise ParameterError("What is to be set is not said.", "Write /e:true or /e:false.")
    with reading(call):
        call.workspace.events.enable(log, _is_true(options, "e"), call.workspace.now())
    return []


def _source(call: Call, source: str, options: dict[str, str]) -> Query:
    if not _is_true(options, "sq"):
        return query(call, None, [source], options.get("q", "*") or "*")
    return query(call, text_of(call.session.path(source), QUERY), (), "*")


def _query_events(call: Call, words: list[str], options: dict[str, str]) -> list[str]:
    wanted = _source(call, _one(words, "a log or query file"), options)
    numbers = found(call, wanted, newest_first=_is_true(options, "rd"))
    if "c" in options:
        if not options["c"].isdigit():
            raise ParameterError(f"/c needs a number, not {quoted(options['c'])}.", "Write /c:10.")
        numbers = numbers[: int(options["c"])]
    match options.get("f", "xml").casefold():
        case "xml":
            return [event_xml(record) for record in streamed(call, numbers)]
        case "text":
            records = enumerate(streamed(call, numbers))
            return [line for number, record in records for line in event_text(record, number)]
        case other:
            raise ParameterError(f"/f:{other} is no format.", "Write /f:xml or /f:text.")


def _export(call: Call, words: list[str], options: dict[str, str]) -> list[str]:
    if len(words) != 2:
        raise ParameterError("epl needs a source and a file.", "wevtutil epl System system.evtx")
    target = call.session.path(words[1])
    if target.exists() and not _is_true(options, "ow"):
        raise ParameterError(f"{target.name} is there already.", "Write /ow:true to replace it.", category="WriteError")
    numbers = found(call, _source(call, words[0], options))

    def progress(count: int) -> bool:
        call.session.on_progress(f"Export to {target.name}", f"{count} events", 100 * count // max(len(numbers), 1))
        call.session.check_stopped()
        return True

    try:
        with whole_file(target) as file:
            write_evtx(file, streamed(call, numbers), progress)
    except ExportStoppedError as error:
        raise StoppedError("The export was ended; no file was written.", category="OperationStopped") from error
    finally:
        call.session.on_progress(f"Export to {target.name}", "", -1)
    return []


@cmdlet(
    "cluster",
    Param("Arguments", "texts", position=0, rest=True),
    synopsis="The old command line of the cluster: log /g.",
    example="cluster.exe log /g /copy:logs",
    module="Programs",
    raw=True,
)
def cluster(call: Call) -> Iterable[Any]:
    """``cluster [NAME] log /g [/copy:DIR] [/span:MINUTES] [/node:NAME]``."""
    known = ("g", "gen", "generate", "copy", "span", "node", "cluster")
    words, options = split_words(call, known, "cluster log /g /copy:DIR /span:MINUTES /node:NAME")
    if words and words[-1].casefold() == "log":
        call.values["Cluster"] = [*words[:-1], *([options["cluster"]] if "cluster" in options else [])]
        finding.check_cluster(call)
    else:
        raise ParameterError(
            "cluster.exe knows log here.", "Use the cmdlets of FailoverClusters for everything else: Get-Command."
        )
    if not {"g", "gen", "generate"} & set(options):
        raise ParameterError("What the log is to do is not said.", "Write /g to generate it.")
    span = options.get("span")
    if span is not None and not (span.isdigit() and int(span)):
        raise ParameterError(f"/span needs minutes, not {quoted(span)}.", "Write /span:15.")
    nodes = [node.name for node in finding.nodes(call, [options["node"]] if "node" in options else [])]
    folder = options.get("copy") or REPORTS
    return write_logs(call, folder, nodes, int(span) if span else None)
