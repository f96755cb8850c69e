"""Objects as CSV, JSON, HTML and the like, and back."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fcm.shell.cmdlets.core.json_text import parsed_json, written_json
from fcm.shell.cmdlets.core.layouts import PATH, PROPERTY, encoded, fields_for
from fcm.shell.cmdlets.core.selecting import core_error, names_of, pipeline_input, unworded
from fcm.shell.language.errors import ParameterError, UnsupportedError
from fcm.shell.runtime.execution.streams import record_of
from fcm.shell.runtime.parameters import OBJECTS, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.files import text_of
from fcm.shell.values.output import write_text
from fcm.shell.values.values import ShellObject, items, plain, property_of, text
from fcm.text.cells import plain_cell, safe_cell
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.runtime.call import Call

CORE = "Core"


@cmdlet(
    "ConvertTo-Json",
    Param("Depth", "whole"),
    Param("Compress", "switch"),
    Param("AsArray", "switch"),
    Param("EnumsAsStrings", "switch"),
    Param("EscapeHandling"),
    replace(OBJECTS, position=0),
    synopsis="Converts objects to JSON.",
    example="Get-ClusterNode | ConvertTo-Json",
    module=CORE,
    since="2012",
)
def to_json(call: Call) -> Iterable[Any]:
    """JSON text.

    Raises:
        ParameterError: a parameter is missing or does not fit.
    """
    depth = call.whole("Depth", 2)
    if not 0 <= depth <= 100:
        raise ParameterError(f"{depth} is not a valid depth.", "Specify 0 to 100.")
    if call.has_input:
        if not call.input:
            return []
        value: Any = call.input[0] if len(call.input) == 1 and not call.switch("AsArray") else list(call.input)
    else:
        value = call.values.get("InputObject")
        value = [value] if call.switch("AsArray") and not isinstance(value, list) else value
    shown, cut = written_json(
        value, depth, call.switch("Compress"), call.switch("EnumsAsStrings"), call.text("EscapeHandling", "Default")
    )
    if cut:
        line = f"Resulting JSON is truncated as serialization has exceeded the set depth of {depth}."
        record = record_of("warning", line)
        action = call.text("WarningAction").casefold() or call.session.preference("Warning")
        if action in ("silentlycontinue", "ignore", "0", "4"):
            call.session.streams.keep(3, record)
        else:
            call.session.errors.write(record, "warning", line)
    return [shown]


@cmdlet(
    "ConvertFrom-Json",
    Param("InputObject", position=0, needed=True, pipes=("*",)),
    Param("AsHashtable", "switch"),
    Param("Depth", "whole"),
    Param("NoEnumerate", "switch"),
    synopsis="Converts JSON to objects.",
    example='\'{ "Node": "node1" }\' | ConvertFrom-Json',
    module=CORE,
    since="2012",
)
def from_json(call: Call) -> Iterable[Any]:
    """Objects."""
    given = call.input if call.has_input else items(call.values.get("InputObject"))
    written = "\n".join(text(one) for one in given)
    if not written.strip():
        return []
    try:
        found = parsed_json(written, call.switch("AsHashtable"))
    except json.JSONDecodeError as error:
        raise unworded(
            call, f"The text is not valid JSON: {error}.", "Check commas and quotes.", "System.ArgumentException"
        ) from error
    if isinstance(found, list) and not call.switch("NoEnumerate"):
        return found
    return [found]


# CSV


def _rows_for_csv(call: Call) -> tuple[list[str], list[Any]]:
    """The columns, those of the first object, and the objects."""
    members = [one for one in pipeline_input(call) if one is not None]
    if not members:
        return [], []
    first = members[0]
    if isinstance(first, ShellObject | dict):
        return names_of(first), members
    if isinstance(first, str):
        return ["Length"], members
    raise UnsupportedError("CSV of values that are no objects")


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, list) or (isinstance(value, dict) and True):
        from fcm.shell.values.net.types import type_of

        return type_of(value).full
    if isinstance(value, datetime):
        from fcm.shell.values.operators import formatted_value

        return formatted_value(value, "G")
    return text(value)


def csv_lines(call: Call, members: list[Any], names: list[str], head: bool, guarded: bool) -> list[str]:
    """Lines of CSV: the names of the columns, then the objects.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    delimiter = _delimiter(call)
    how = call.text("UseQuotes", "Always").casefold()
    only = [one.casefold() for one in call.texts("QuoteFields")]

    def cell(name: str, value: str | None) -> str:
        if value is None:
            return ""
        shown = safe_cell(value) if guarded else value
        if only:
            needs = name.casefold() in only
        elif how == "asneeded":
            needs = delimiter in shown or '"' in shown or "\n" in shown
        else:
            needs = how != "never"
        doubled = shown.replace('"', '""')
        return f'"{doubled}"' if needs else shown

    lines = []
    if call.switch("IncludeTypeInformation"):
        kind = members[0]
        if not isinstance(kind, ShellObject) or kind.type not in ("Custom",):
            raise UnsupportedError("The type line of this object")
        lines.append(f"#TYPE {kind.kinds[0] if kind.kinds else 'System.Management.Automation.PSCustomObject'}")
    if head:
        lines.append(delimiter.join(cell(name, name) for name in names))
    for one in members:
        lines.append(delimiter.join(cell(name, _cell(plain(property_of(one, name)))) for name in names))
    return lines


_DELIMITER = Param("Delimiter", position=1)
_NO_TYPE = Param("NoTypeInformation", "switch", aliases=("nti",))
_TYPE = Param("IncludeTypeInformation", "switch", aliases=("iti",))
_QUOTES = (Param("UseQuotes"), Param("QuoteFields", "texts"))


def _delimiter(call: Call) -> str:
    found = call.text("Delimiter", ",")
    if len(found) != 1:
        raise ParameterError(f"{quoted(found)} is not a valid delimiter.", "Specify one character.")
    return found


@cmdlet(
    "ConvertTo-Csv", _DELIMITER, _NO_TYPE, _TYPE, *_QUOTES, OBJECTS, synopsis="Converts objects to CSV.",
    example="Get-ClusterNode | ConvertTo-Csv", module=CORE,
)  # fmt: skip
def to_csv(call: Call) -> Iterable[Any]:
    """CSV lines."""
    names, members = _rows_for_csv(call)
    return csv_lines(call, members, names, True, _of_cluster(members)) if members else []


def _of_cluster(members: list[Any]) -> bool:
    """Whether objects are of the cluster: their names are not the user's own, so that they are guarded."""
    return any(isinstance(one, ShellObject) and one.type != "Custom" for one in members)


@cmdlet(
    "Export-Csv",
    PATH,
    _DELIMITER,
    _NO_TYPE,
    _TYPE,
    *_QUOTES,
    Param("Append", "switch"),
    Param("Force", "switch"),
    Param("NoClobber", "switch"),
    Param("Encoding"),
    OBJECTS,
    synopsis="Exports objects to a CSV file.",
    example="Get-ClusterResource | Export-Csv resources.csv",
    module=CORE,
    aliases=("epcsv",),
)
def export_csv(call: Call) -> Iterable[Any]:
    """CSV file."""
    path = call.session.path(call.text("Path"))
    names, members = _rows_for_csv(call)
    append, head = call.switch("Append"), True
    if call.switch("NoClobber") and path.exists():
        raise core_error(call, f"The file '{path}' already exists.", "NoClobber", "ResourceExists")
    if append and path.exists() and (before := text_of(path)).strip():
        known = _split_rows(before, _delimiter(call))[0]
        known_names = [one or "" for one in known]
        lacking = [one for one in known_names if one.casefold() not in [name.casefold() for name in names]]
        if lacking and members and not call.switch("Force"):
            raise unworded(
                call,
                f"The object has no property {quoted(lacking[0])}, which the file has.",
                "Use -Force.",
                "CannotAppendCsvWithMismatchedPropertyNames",
                "InvalidData",
            )
        names, head = known_names, False
    lines = csv_lines(call, members, names, head, guarded=True) if members else []
    content, codec = "".join(f"{line}\n" for line in lines), encoded(call)
    return call.carry_out(str(path), lambda: write_text(path, content, append, codec))


def _split_rows(written: str, delimiter: str) -> list[list[str | None]]:
    """The cells of CSV; None for one that is missing at the end of the line and was not written."""
    rows: list[list[str | None]] = []
    row: list[str | None] = []
    cell, quoting, was_quoted, place = "", False, False, 0
    written = written.replace("\r\n", "\n")
    while place < len(written):
        char = written[place]
        if quoting:
            if char == '"' and written[place + 1 : place + 2] == '"':
                cell += '"'
                place += 1
            elif char == '"':
                quoting = False
            else:
                cell += char
        elif char == '"' and not cell:
            quoting = was_quoted = True
        elif char == delimiter:
            row.append(cell.strip() if not was_quoted else cell)
            cell, was_quoted = "", False
        elif char == "\n":
            if row or cell or was_quoted:
                row.append((cell.strip() if not was_quoted else cell) if cell or was_quoted else None)
                rows.append(row)
            row, cell, was_quoted = [], "", False
        else:
            cell += char
        place += 1
    if row or cell or was_quoted:
        row.append((cell.strip() if not was_quoted else cell) if cell or was_quoted else None)
        rows.append(row)
    return rows


def _objects(call: Call, written: str) -> list[Any]:
    kinds: list[str] = []
    match = re.match(r"#TYPE +([^\r\n]*)\r?\n", written)
    if match is not None:
        kinds, written = [match[1]], written[match.end() :]
    rows = _split_rows(written, _delimiter(call))
    if call.has("Header"):
        names = call.texts("Header")
    elif rows:
        names = [one or f"H{number}" for number, one in enumerate(rows.pop(0), 1)]
    else:
        return []
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise core_error(call, f'The member "{name}" is already present.', "AlreadyPresent" if False else "")
        seen.add(name.casefold())
    found = []
    for row in rows:
        cells = [*row, *[None] * (len(names) - len(row))]
        made = ShellObject(
            "Custom", {name: None if one is None else plain_cell(one) for name, one in zip(names, cells, strict=False)}
        )
        made.kinds[:] = kinds
        found.append(made)
    return found


@cmdlet(
    "ConvertFrom-Csv",
    Param("InputObject", "any", position=0, pipes=("*",)),
    Param("Delimiter", position=1),
    Param("Header", "texts", position=2),
    synopsis="Converts CSV lines to objects. All values are strings.",
    example="'Name,Node', 'SQL01,node1' | ConvertFrom-Csv",
    module=CORE,
)
def from_csv(call: Call) -> Iterable[Any]:
    """Objects."""
    return _objects(call, "\n".join(text(one) for one in pipeline_input(call)))


@cmdlet(
    "Import-Csv",
    Param("Path", position=0, needed=True, pipes=("File", TEXT), aliases=("LiteralPath",)),
    Param("Delimiter", position=1),
    Param("Header", "texts"),
    Param("Encoding"),
    synopsis="Imports objects from a CSV file, one per line. All values are strings.",
    example="Get-VM | Export-Csv machines.csv; Import-Csv machines.csv | Select-Object Name, State",
    aliases=("ipcsv",),
    module=CORE,
)
def import_csv(call: Call) -> Iterable[Any]:
    """Read a file."""
    return _objects(call, text_of(call.session.path(call.text("Path"))))


@cmdlet(
    "ConvertFrom-StringData",
    Param("StringData", position=0, needed=True, pipes=(TEXT,)),
    Param("Delimiter", position=1),
    synopsis="Converts lines such as Name = value to a hashtable.",
    example="ConvertFrom-StringData 'node = node1'",
    module=CORE,
)
def from_string_data(call: Call) -> Iterable[Any]:
    """A table."""
    found: dict[str, str] = {}
    by = call.text("Delimiter", "=")
    for line in call.text("StringData").split("\n"):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        name, mark, value = stripped.partition(by)
        known = [one.casefold() for one in found]
        if not mark or name.strip().casefold() in known:
            raise unworded(
                call, f"The line {quoted(stripped)} is not valid.", "Write Name = value.", "InvalidOperation"
            )
        found[name.strip()] = re.sub(r"\\(.)", _unescaped, value.strip())
    return [found]


def _unescaped(match: re.Match[str]) -> str:
    known = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}
    if match[1] not in known:
        raise UnsupportedError(f"The escape {match[0]}")
    return known[match[1]]


# HTML

_PAGE = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"  "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">',
    '<html xmlns="http://www.w3.org/1999/xhtml">',
    "<head>",
)
_MARKS = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}


def _html(value: Any) -> str:
    shown = _cell(value)
    return "".join(_MARKS.get(char, char) for char in ("" if shown is None else shown))


@cmdlet(
    "ConvertTo-Html",
    PROPERTY,
    Param("Head", "texts", position=1),
    Param("Title", position=2),
    Param("Body", "texts", position=3),
    Param("PreContent", "texts"),
    Param("PostContent", "texts"),
    Param("Fragment", "switch"),
    OBJECTS,
    synopsis="Converts objects to an HTML page.",
    example="Get-ClusterResource | ConvertTo-Html > resources.html",
    module=CORE,
)
def to_html(call: Call) -> Iterable[Any]:
    """HTML lines.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    members = [one for one in pipeline_input(call) if one is not None]
    if members and not isinstance(members[0], ShellObject):
        raise UnsupportedError("ConvertTo-Html for values that are no objects")
    fields = fields_for(call, members[0], every=True) if members else []
    lines: list[str] = []
    if not call.switch("Fragment"):
        lines += _PAGE
        lines += (
            call.texts("Head") if call.has("Head") else [f"<title>{_html(call.text('Title', 'HTML TABLE'))}</title>"]
        )
        lines.append("</head><body>")
        lines += call.texts("Body")
    lines += call.texts("PreContent")
    lines.append("<table>")
    if fields:
        lines.append(f"<colgroup>{'<col/>' * len(fields)}</colgroup>")
        lines.append("<tr>" + "".join(f"<th>{_html(each.title)}</th>" for each in fields) + "</tr>")
        for one in members:
            lines.append("<tr>" + "".join(f"<td>{_html(each.get(one))}</td>" for each in fields) + "</tr>")
    lines.append("</table>")
    lines += call.texts("PostContent")
    if not call.switch("Fragment"):
        lines.append("</body></html>")
    return lines
