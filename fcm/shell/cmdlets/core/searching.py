"""Select-String."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import ParameterError, UnsupportedError
from fcm.shell.runtime.parameters import OBJECTS, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.files import text_of
from fcm.shell.values.net.objects import Match, regex
from fcm.shell.values.values import ShellObject, has_wildcard, items, text, wildcard

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fcm.shell.runtime.call import Call

CORE = "Core"


@cmdlet(
    "Select-String",
    Param("Pattern", "texts", position=0, needed=True, help="Regular expression to search for."),
    Param("Path", "texts", position=1, aliases=("LiteralPath",)),
    Param("SimpleMatch", "switch", help="Treat the pattern as plain text."),
    *(Param(name, "switch") for name in ("CaseSensitive", "NotMatch", "AllMatches", "Quiet", "List", "Raw")),
    Param("NoEmphasis", "switch"),
    Param("Context", "any"),
    OBJECTS,
    synopsis="Finds text that matches a pattern.",
    example="Get-ClusterLog -Node node1 -Destination logs | Get-Content | Select-String 'ERR'",
    aliases=("sls",),
    module=CORE,
)
def select_string(call: Call) -> Iterable[Any]:
    """Find lines.

    Raises:
        ParameterError: a parameter is missing or does not fit.
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    given = call.input if call.has_input else items(call.values.get("InputObject"))
    sources: list[tuple[str, str, list[str]]] = []
    if call.has("Path"):
        sources = [(str(path), path.name, text_of(path).splitlines()) for path in _files(call)]
    elif call.has_input or call.has("InputObject"):
        sources = [("InputStream", "InputStream", [text(one) for one in given])]
    else:
        raise ParameterError("Select-String requires -Path or input.", "Example: Select-String ERR cluster.log")
    if any(isinstance(one, ShellObject) for one in given):
        files = [one for one in given if isinstance(one, ShellObject)]
        if not all(one.type == "File" for one in files):
            raise UnsupportedError("Select-String for objects")
        paths = [call.session.path(text(one.get("FullName"))) for one in files]
        sources = [(str(path), path.name, text_of(path).splitlines()) for path in paths]
    found = [one for path, name, lines in sources for one in _found(call, path, name, lines)]
    if call.switch("Quiet"):
        return [bool(found)]
    return [one.get("Line") for one in found] if call.switch("Raw") else found


def _files(call: Call) -> list[Path]:
    found: list[Path] = []
    for one in call.texts("Path"):
        path = call.session.path(one)
        if has_wildcard(one) and not path.exists():
            pattern = wildcard(path.name)
            found += [each for each in sorted(path.parent.iterdir()) if pattern.fullmatch(each.name) and each.is_file()]
        else:
            found.append(path)
    return found


def _context(call: Call) -> tuple[int, int]:
    given = call.wholes("Context")
    return (0, 0) if not given else (given[0], given[-1])


def _found(call: Call, path: str, name: str, lines: list[str]) -> list[ShellObject]:
    patterns = [
        regex(re.escape(one) if call.switch("SimpleMatch") else one, call.switch("CaseSensitive"))
        for one in call.texts("Pattern")
    ]
    wanted = not call.switch("NotMatch")
    before, after = _context(call)
    found: list[ShellObject] = []
    for number, line in enumerate(lines):
        hit = next(((pattern, match) for pattern in patterns if (match := pattern.search(line))), None)
        if (hit is not None) is not wanted:
            continue
        matches = []
        if hit is not None:
            matches = [Match(one) for one in hit[0].finditer(line)] if call.switch("AllMatches") else [Match(hit[1])]
        made = ShellObject(
            "MatchInfo",
            {
                "IgnoreCase": not call.switch("CaseSensitive"),
                "LineNumber": number + 1,
                "Line": line,
                "Filename": name,
                "Path": path,
                "Pattern": call.texts("Pattern")[0],
                "Context": None,
                "Matches": matches,
            },
        )
        shown = line if path == "InputStream" else f"{name}:{number + 1}:{line}"
        if before or after:
            pre, post = lines[max(0, number - before) : number], lines[number + 1 : number + 1 + after]
            made.properties["Context"] = ShellObject("MatchInfoContext", {"PreContext": pre, "PostContext": post})
            shown = _with_context(name, path, number, pre, line, post)
        made.methods["ToString"] = lambda shown=shown: shown
        found.append(made)
        if call.switch("List"):
            break
    return found


def _with_context(name: str, path: str, number: int, pre: list[str], line: str, post: list[str]) -> str:
    head = "" if path == "InputStream" else name

    def one(mark: str, at: int, written: str) -> str:
        return f"{mark} {f'{head}:{at}:' if head else ''}{written}"

    first = number + 1 - len(pre)
    rows = [one(" ", first + place, each) for place, each in enumerate(pre)]
    rows.append(one(">", number + 1, line))
    rows += [one(" ", number + 2 + place, each) for place, each in enumerate(post)]
    return "\n".join(rows)
