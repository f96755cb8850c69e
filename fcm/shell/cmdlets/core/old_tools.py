"""The program cluster.exe, which the guide calls beside PowerShell, and how words of such programs are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.cmdlets.logs.events import REPORTS, write_logs
from fcm.shell.language.errors import ParameterError, near
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.values import text
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fcm.shell.runtime.call import Call


def split_words(
    call: Call, known: tuple[str, ...], usage: str, long: Mapping[str, str] | None = None
) -> tuple[list[str], dict[str, str]]:
    """Words and options (/name:value) of a program.

    Args:
        call: the call.
        known: names of options.
        usage: what is said of an unknown one.
        long: their long names.

    Raises:
        ParameterError: an option is unknown.
    """
    words: list[str] = []
    options: dict[str, str] = {}
    for word in (text(item) for item in call.values["Arguments"]):
        if word[:1] in ("/", "-") and len(word) > 1 and not (word.startswith("/") and "/" in word[1:].split(":")[0]):
            name, _, value = word[1:].partition(":")
            short = (long or {}).get(name.casefold(), name.casefold())
            if short not in known:
                hint = near(name, known) or usage
                raise ParameterError(f"Unknown option {word}.", hint, call.at, "InvalidArgument")
            options[short] = value
        else:
            words.append(word)
    return words, options


@cmdlet(
    "cluster",
    Param("Arguments", "texts", position=0, rest=True),
    synopsis="The cluster.exe command line: log /g.",
    example="cluster.exe log /g /copy:logs",
    module="Programs",
    raw=True,
)
def cluster(call: Call) -> Iterable[Any]:
    """``cluster [NAME] log /g [/copy:DIR] [/span:MINUTES] [/node:NAME]``.

    Raises:
        ParameterError: another command than ``log``, no /g, or minutes that are not a number above 0.
    """
    known = ("g", "gen", "generate", "copy", "span", "node", "cluster")
    words, options = split_words(call, known, "cluster log /g /copy:DIR /span:MINUTES /node:NAME")
    if words and words[-1].casefold() == "log":
        call.values["Cluster"] = [*words[:-1], *([options["cluster"]] if "cluster" in options else [])]
        finding.check_cluster(call)
    else:
        raise ParameterError(
            "cluster.exe supports only log.",
            "For other tasks, use the FailoverClusters cmdlets. To list them, run Get-Command.",
        )
    if not {"g", "gen", "generate"} & set(options):
        raise ParameterError("The command log requires an option.", "To generate the log, use /g.")
    span = options.get("span")
    if span is not None and not (span.isdigit() and int(span)):
        raise ParameterError(f"/span requires minutes, not {quoted(span)}.", "Example: /span:15.")
    nodes = [node.name for node in finding.nodes(call, [options["node"]] if "node" in options else None)]
    folder = options.get("copy") or REPORTS
    return write_logs(call, folder, nodes, int(span) if span else None)
