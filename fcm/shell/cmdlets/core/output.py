"""Cmdlets that turn objects into text, files and tables."""

from __future__ import annotations

import csv
import html
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fcm.shell.cmdlets.core.selecting import getters, pipeline_input
from fcm.shell.language.errors import ParameterError
from fcm.shell.runtime.parameters import OBJECTS, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.formatting import VIEWS, Column, format_values, is_number, list_lines, table_lines
from fcm.shell.values.output import write_text
from fcm.shell.values.values import Lines, ShellObject, as_json, first_names, property_of, text
from fcm.text.cells import safe_cell
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.runtime.call import Call

CORE = "Core"
PROPERTY = Param("Property", "any", position=0)
PATH = Param("Path", position=0, needed=True, aliases=("FilePath", "LiteralPath"))


def _columns(call: Call, members: list[Any], all_properties: bool) -> list[Column]:
    if call.has("Property"):
        chosen = getters(call, "Property", members)
    else:
        view = VIEWS.get(members[0].type) if members and isinstance(members[0], ShellObject) else None
        if view is not None and not all_properties:
            return list(view)
        call.values["Property"] = first_names(members)
        chosen = getters(call, "Property", members)
    found = []
    for name, get in chosen:
        values = [value for value in map(get, members) if value is not None]
        found.append(Column(name, get, bool(values) and all(is_number(value) for value in values)))
    return found


@cmdlet(
    "Format-Table",
    PROPERTY,
    Param("AutoSize", "switch", help="Fit the column width to the content."),
    Param("HideTableHeaders", "switch"),
    Param("Wrap", "switch", absent="lines are truncated, not wrapped; use Format-List."),
    Param("GroupBy", absent="use Group-Object."),
    OBJECTS,
    synopsis="Displays objects as a table.",
    example="Get-ClusterNetwork | Format-Table Name, Metric, Role -AutoSize",
    aliases=("ft",),
    module=CORE,
)
def format_table(call: Call) -> Iterable[Any]:
    """A table."""
    members = pipeline_input(call)
    if not members:
        return []
    columns = _columns(call, members, all_properties=False)
    if not columns:
        return [Lines(tuple(text(item) for item in members))]
    fit, headers = call.switch("AutoSize"), not call.switch("HideTableHeaders")
    return [Lines(tuple(table_lines(members, columns, call.session.width, fit, headers)))]


@cmdlet(
    "Format-List",
    PROPERTY,
    OBJECTS,
    synopsis="Displays the properties of objects, one per line.",
    example="Get-ClusterNetwork 'Cluster Network 3' | Format-List *",
    aliases=("fl",),
    module=CORE,
)
def format_list(call: Call) -> Iterable[Any]:
    """A list."""
    members = pipeline_input(call)
    columns = _columns(call, members, all_properties=True)
    if not columns:
        return [Lines(tuple(text(item) for item in members))]
    return [Lines(tuple(list_lines(members, columns)))]


@cmdlet(
    "Out-String", OBJECTS, Param("Width", "whole"), synopsis="Converts objects to the text that would be displayed.",
    example="$table = Get-ClusterNode | Out-String", module=CORE,
)  # fmt: skip
def out_string(call: Call) -> Iterable[Any]:
    """Text."""
    return [format_values(pipeline_input(call), call.whole("Width") or call.session.width)]


@cmdlet("Out-Null", OBJECTS, synopsis="Discards the output.", example="Get-VM | Out-Null", module=CORE)
def out_null(call: Call) -> Iterable[Any]:
    """Nothing."""
    return []


@cmdlet(
    "Out-Host",
    OBJECTS,
    synopsis="Displays the output.",
    example="Get-VM | Out-Host",
    module=CORE,
    aliases=("Out-Default",),
)
def out_host(call: Call) -> Iterable[Any]:
    """The same."""
    return pipeline_input(call)


@cmdlet(
    "Out-File",
    PATH,
    Param("Append", "switch"),
    Param("NoClobber", "switch", help="Do not overwrite an existing file."),
    Param("Width", "whole"),
    Param("Encoding", choices=("UTF8",), help="files are always UTF-8."),
    OBJECTS,
    synopsis="Writes the text that would be displayed to a file.",
    example="Get-ClusterResource | Out-File resources.txt",
    module=CORE,
)
def out_file(call: Call) -> Iterable[Any]:
    """Write a file.

    Raises:
        ParameterError: the file exists and -NoClobber is specified.
    """
    path = call.session.path(call.text("Path"))
    if call.switch("NoClobber") and path.exists():
        raise ParameterError(f"{path} already exists.", "To overwrite it, remove -NoClobber.", call.at)
    shown = format_values(pipeline_input(call), call.whole("Width") or call.session.width)
    return call.carry_out(str(path), lambda: write_text(path, shown, call.switch("Append")))


@cmdlet(
    "Out-GridView",
    Param("Title", position=0),
    Param("PassThru", "switch", help="Return the rows selected in the table (2012)."),
    OBJECTS,
    synopsis="Displays objects in a table of the window, which can be sorted and filtered.",
    example="Get-ClusterResource | Out-GridView",
    aliases=("ogv",),
    module=CORE,
)
def out_grid(call: Call) -> Iterable[Any]:
    """Hand a table to the window; with -PassThru wait for what is picked there."""
    return call.session.show_grid(
        call.text("Title", "Out-GridView"), pipeline_input(call), call.switch("PassThru"), call.at
    )


@cmdlet(
    "ConvertTo-Json",
    Param("Depth", "whole"),
    Param("Compress", "switch"),
    replace(OBJECTS, position=0),
    synopsis="Converts objects to JSON.",
    example="Get-ClusterNode | ConvertTo-Json",
    module=CORE,
    since="2012",
)
def to_json(call: Call) -> Iterable[Any]:
    """JSON text."""
    members = [as_json(item, min(call.whole("Depth") or 6, 20)) for item in pipeline_input(call)]
    if call.has_input and not members:
        return []  # of nothing there is no text; of an empty list that was given there is
    is_list = not call.has_input and isinstance(call.values.get("InputObject"), list)
    value = members[0] if len(members) == 1 and not is_list else members
    compact = call.switch("Compress")
    separators = (",", ":") if compact else None
    return [json.dumps(value, ensure_ascii=False, indent=None if compact else 2, separators=separators)]


def _csv(members: list[Any], delimiter: str) -> str:
    if not members:
        return ""
    names = first_names(members) or ["Value"]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(names)
    for item in members:
        row = [property_of(item, name) for name in names] if isinstance(item, ShellObject) else [item]
        writer.writerow([safe_cell(value if is_number(value) else text(value)) for value in row])
    return out.getvalue()


_DELIMITER = Param("Delimiter", position=1)
_NO_TYPE = Param("NoTypeInformation", "switch", aliases=("nti",))


def _delimiter(call: Call) -> str:
    found = call.text("Delimiter", ",")
    if len(found) != 1:
        raise ParameterError(f"{quoted(found)} is not a valid delimiter.", "Specify one character.")
    return found


@cmdlet(
    "ConvertTo-Csv", _DELIMITER, _NO_TYPE, OBJECTS, synopsis="Converts objects to CSV.",
    example="Get-ClusterNode | ConvertTo-Csv", module=CORE,
)  # fmt: skip
def to_csv(call: Call) -> Iterable[Any]:
    """CSV lines."""
    members = pipeline_input(call)
    return _csv(members, _delimiter(call)).splitlines() if members else []


@cmdlet(
    "Export-Csv", PATH, _DELIMITER, _NO_TYPE, OBJECTS, synopsis="Exports objects to a CSV file.",
    example="Get-ClusterResource | Export-Csv resources.csv", module=CORE, aliases=("epcsv",),
)  # fmt: skip
def export_csv(call: Call) -> Iterable[Any]:
    """CSV file."""
    path, content = call.session.path(call.text("Path")), _csv(pipeline_input(call), _delimiter(call))
    return call.carry_out(str(path), lambda: write_text(path, content))


@cmdlet(
    "ConvertTo-Html",
    PROPERTY,
    Param("Title"),
    OBJECTS,
    synopsis="Converts objects to an HTML page.",
    example="Get-ClusterResource | ConvertTo-Html > resources.html",
    module=CORE,
)
def to_html(call: Call) -> Iterable[Any]:
    """HTML lines."""
    members = pipeline_input(call)
    columns = _columns(call, members, all_properties=True)
    head = "".join(f"<th>{html.escape(each.title)}</th>" for each in columns)
    rows = [
        "<tr>" + "".join(f"<td>{html.escape(text(each.get(item)))}</td>" for each in columns) + "</tr>"
        for item in members
    ]
    title = html.escape(call.text("Title", "Table"))
    return [
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body>',
        f"<table><tr>{head}</tr>",
        *rows,
        "</table></body></html>",
    ]
