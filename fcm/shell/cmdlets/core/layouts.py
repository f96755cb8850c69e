"""Format-Table, Format-List, Format-Wide and what turns output into text: Out-String, Out-File, Out-Host."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fcm.shell.cmdlets.core.selecting import core_error, getter, keyed, names_of, pipeline_input
from fcm.shell.language.errors import UnsupportedError
from fcm.shell.runtime.parameters import OBJECTS, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.formatting import FITTING, VIEWS, table_lines
from fcm.shell.values.layout.cells import MOST_ELEMENTS, fitted
from fcm.shell.values.layout.display import Display, default_names, format_values
from fcm.shell.values.layout.tables import Field, cells_of, laid_out, list_lines
from fcm.shell.values.operators import formatted, formatted_value
from fcm.shell.values.output import write_text
from fcm.shell.values.values import Lines, ShellObject, has_wildcard, items, property_of, text, wildcard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fcm.shell.runtime.call import Call

CORE = "Core"
PROPERTY = Param("Property", "any", position=0)
PATH = Param("Path", position=0, needed=True, aliases=("FilePath", "LiteralPath", "PSPath"))
_KEYS = ("expression", "name", "formatstring", "width", "alignment")
_GROUP = Param("GroupBy", "any")
_FORCE = Param("Force", "switch")


@dataclass(frozen=True)
class Laid(Lines):
    """Text that was laid out for a width, and how it is for another one."""

    render: Any = None


def laid(render: Callable[[int], Sequence[str]], width: int) -> list[Any]:
    """What a Format cmdlet gives."""
    return [Laid(tuple(render(width)), render)]


def _most(call: Call) -> int:
    found = call.session.variables.get("FormatEnumerationLimit", MOST_ELEMENTS)
    return int(found) if isinstance(found, int) else MOST_ELEMENTS


def rows_of(call: Call) -> list[Any]:
    """The objects; the entries of a table one by one."""
    found: list[Any] = []
    for one in pipeline_input(call):
        if isinstance(one, dict):
            found += [ShellObject("Entry", {"Name": key, "Value": value}) for key, value in one.items()]
        elif one is not None:
            found.append(one)
    return found


def _field(call: Call, wanted: Any) -> Field:
    if not isinstance(wanted, dict):
        name, get = getter(call, wanted)
        return Field(name, get)
    entries = keyed(call, wanted, _KEYS)
    name, get = getter(call, {key: one for key, one in entries.items() if key in ("expression", "name")})
    form = entries.get("formatstring")
    return Field(
        name,
        get,
        text(entries.get("alignment", "")).casefold(),
        int(entries.get("width", 0)),
        None if form is None else _form(text(form)),
    )


def _form(written: str) -> Callable[[Any], str]:
    def one(value: Any) -> str:
        return formatted(written, [value]) if "{" in written else formatted_value(value, written)

    return one


def fields_for(call: Call, first: Any, every: bool) -> list[Field]:
    """The columns that were asked for, or those of the first object."""
    if not call.has("Property"):
        if isinstance(first, ShellObject) and not every:
            return [Field(name, lambda row, name=name: property_of(row, name)) for name in default_names(first)]  # type: ignore[misc]
        return [Field(name, lambda row, name=name: property_of(row, name)) for name in names_of(first)]  # type: ignore[misc]
    found: list[Field] = []
    for wanted in items(call.values.get("Property")):
        if isinstance(wanted, str) and has_wildcard(wanted):
            pattern = wildcard(wanted)
            found += [_field(call, one) for one in names_of(first) if pattern.fullmatch(one)]
            continue
        own = next(
            (one for one in names_of(first) if isinstance(wanted, str) and one.casefold() == wanted.casefold()), None
        )
        found.append(_field(call, own or wanted))
    return found


def _groups(call: Call, rows: list[Any]) -> list[tuple[str, list[Any]]]:
    """Rows that follow each other with the same value of -GroupBy, under a heading."""
    if not call.has("GroupBy"):
        return [("", rows)]
    wanted = call.values["GroupBy"]
    if isinstance(wanted, dict):
        raise UnsupportedError("-GroupBy with a table")
    name, get = getter(call, wanted)
    found: list[tuple[str, list[Any]]] = []
    for row in rows:
        heading = f"   {name}: {text(get(row))}"
        if not found or found[-1][0] != heading:
            found.append((heading, []))
        found[-1][1].append(row)
    return found


@cmdlet(
    "Format-Table",
    PROPERTY,
    Param("AutoSize", "switch", help="Fit the column width to the content."),
    Param("HideTableHeaders", "switch"),
    Param("Wrap", "switch"),
    _GROUP,
    _FORCE,
    OBJECTS,
    synopsis="Displays objects as a table.",
    example="Get-ClusterNetwork | Format-Table Name, Metric, Role -AutoSize",
    aliases=("ft",),
    module=CORE,
)
def format_table(call: Call) -> Iterable[Any]:
    """A table.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    rows = rows_of(call)
    if not rows:
        return []
    if all(isinstance(one, str | int | float | bool) for one in rows):
        return laid(lambda width: [text(one) for one in rows], call.session.width)
    first = rows[0]
    if not isinstance(first, ShellObject):
        raise UnsupportedError("Format-Table for a value with a view of its own")
    if not call.has("Property") and first.type in VIEWS:
        if call.switch("Wrap") or call.has("GroupBy"):
            raise UnsupportedError("Format-Table -Wrap and -GroupBy for objects of the cluster")
        fit = call.switch("AutoSize") or first.type in FITTING
        headers = not call.switch("HideTableHeaders")
        return laid(lambda width: table_lines(rows, VIEWS[first.type], width, fit, headers), call.session.width)
    if not call.has("Property") and first.type in ("Grouped", "Counted", "Measured", "MatchInfo"):
        raise UnsupportedError("Format-Table for a value with a view of its own", "Name its properties.")
    if first.type == "Entry" and not call.has("Property") and not call.switch("AutoSize"):
        return laid(lambda width: format_values(rows, width).split("\n"), call.session.width)
    fields = fields_for(call, first, every=False)
    if not fields:
        return []
    if first.type == "Entry":
        fields = [replace(one, align=one.align or "left") for one in fields]
    if any(each.width for each in fields) and not all(each.width for each in fields):
        raise UnsupportedError("A column with a width beside columns without one")
    most = _most(call)
    groups = [
        (head, members, [cells_of(fields, row, most) for row in members]) for head, members in _groups(call, rows)
    ]
    headers, wrap = not call.switch("HideTableHeaders"), call.switch("Wrap")

    def render(width: int) -> list[str]:
        lines: list[str] = []
        for heading, members, cells in groups:
            table = laid_out(fields, members[0], cells, width)
            lines += ["", heading] if heading else []
            lines += ["", *table.header()] if headers else [""]
            for row in cells:
                lines += table.row(row, wrap)
            lines.append("")
        return lines

    return laid(render, call.session.width)


@cmdlet(
    "Format-List",
    PROPERTY,
    _GROUP,
    _FORCE,
    OBJECTS,
    synopsis="Displays the properties of objects, one per line.",
    example="Get-ClusterNetwork 'Cluster Network 3' | Format-List *",
    aliases=("fl",),
    module=CORE,
)
def format_list(call: Call) -> Iterable[Any]:
    """A list.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    rows = rows_of(call)
    if not rows:
        return []
    if all(isinstance(one, str | int | float | bool) for one in rows) and not call.has("Property"):
        return laid(lambda width: [text(one) for one in rows], call.session.width)
    if not isinstance(rows[0], ShellObject):
        raise UnsupportedError("Format-List for a value with a view of its own")
    most = _most(call)

    def render(width: int) -> list[str]:
        lines: list[str] = []
        for heading, members in _groups(call, rows):
            lines += [""] + ([heading, ""] if heading else [])
            for row in members:
                fields = _list_fields(call, row)
                if fields:
                    lines += [*list_lines(fields, row, width, most), ""]
        return lines if any(lines) else []

    return laid(render, call.session.width)


def _list_fields(call: Call, row: Any) -> list[Field]:
    """The properties of one object; those that it has not are left out."""
    found = []
    for each in fields_for(call, row, every=True):
        if (
            isinstance(row, ShellObject)
            and call.has("Property")
            and row.key(each.title) is None
            and _is_plain(call, each)
        ):
            continue
        found.append(each)
    return found


def _is_plain(call: Call, field: Field) -> bool:
    return any(
        isinstance(one, str) and one.casefold() == field.title.casefold() for one in items(call.values["Property"])
    )


@cmdlet(
    "Format-Wide",
    Param("Property", "any", position=0),
    Param("Column", "whole"),
    Param("AutoSize", "switch"),
    OBJECTS,
    synopsis="Displays one property of each object, in columns.",
    example="Get-VM | Format-Wide Name -Column 4",
    aliases=("fw",),
    module=CORE,
)
def format_wide(call: Call) -> Iterable[Any]:
    """One property in columns.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    rows = rows_of(call)
    if not rows:
        return []
    if call.switch("AutoSize"):
        raise UnsupportedError("Format-Wide -AutoSize")
    first = rows[0]
    if call.has("Property"):
        field = _field(call, call.values["Property"])
        shown = [text(field.get(row)) if field.form is None else field.form(field.get(row)) for row in rows]
    elif isinstance(first, ShellObject):
        shown = [text(property_of(row, _wide_property(row))) for row in rows]
    else:
        shown = [text(row) for row in rows]
    columns = call.count("Column") or 2

    def render(width: int) -> list[str]:
        free = max(width - (columns - 1), columns)
        rooms = [free // columns + (place < free % columns) for place in range(columns)]
        lines = [""]
        for start in range(0, len(shown), columns):
            part = [fitted(one, room, "left") for one, room in zip(shown[start:], rooms, strict=False)]
            lines.append(" ".join(part).rstrip())
        return [*lines, ""]

    return laid(render, call.session.width)


def _wide_property(row: Any) -> str:
    from fcm.shell.values.layout.display import display_properties

    for kind in row.kinds if isinstance(row, ShellObject) else ():
        if kind.casefold() in display_properties:
            return display_properties[kind.casefold()]
    names = names_of(row)
    return next((one for one in names if one.casefold() == "name"), None) or next(
        (one for one in names if "name" in one.casefold() or "id" in one.casefold()), names[0] if names else ""
    )


def as_lines(call: Call, width: int) -> list[str]:
    """What would be shown of the input at a width."""
    display = Display(width)
    display.most = _most(call)
    lines: list[str] = []
    for one in pipeline_input(call):
        if isinstance(one, Laid) and one.render is not None:
            lines += display.finish()
            lines += one.render(width)
        else:
            lines += display.feed([one])
    return [*lines, *display.finish()]


@cmdlet(
    "Out-String",
    OBJECTS,
    Param("Width", "whole"),
    Param("Stream", "switch"),
    Param("NoNewline", "switch"),
    synopsis="Converts objects to the text that would be displayed.",
    example="$table = Get-ClusterNode | Out-String",
    module=CORE,
)
def out_string(call: Call) -> Iterable[Any]:
    """Text."""
    lines = as_lines(call, call.whole("Width") or call.session.width)
    if call.switch("Stream"):
        return lines
    if call.switch("NoNewline"):
        return ["".join(lines)]
    return ["".join(f"{line}\n" for line in lines)]


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
    aliases=("Out-Default", "oh"),
)
def out_host(call: Call) -> Iterable[Any]:
    """The same."""
    return pipeline_input(call)


ENCODINGS = {
    **{"utf8": "utf-8", "utf8nobom": "utf-8", "utf8bom": "utf-8-sig", "ascii": "ascii", "utf7": "", "oem": ""},
    **{"unicode": "utf-16", "default": "utf-8", "bigendianunicode": "", "utf32": "", "ansi": ""},
}


def encoded(call: Call) -> str:
    """The codec of -Encoding.

    Raises:
        UnsupportedError: this shell does not write it.
    """
    name = call.text("Encoding", "utf8").casefold()
    if not ENCODINGS.get(name):
        raise UnsupportedError(f"-Encoding {name}")
    return ENCODINGS[name]


@cmdlet(
    "Out-File",
    PATH,
    Param("Append", "switch"),
    Param("NoClobber", "switch", help="Do not overwrite an existing file."),
    Param("NoNewline", "switch"),
    Param("Width", "whole"),
    Param("Encoding", position=1),
    _FORCE,
    OBJECTS,
    synopsis="Writes the text that would be displayed to a file.",
    example="Get-ClusterResource | Out-File resources.txt",
    module=CORE,
)
def out_file(call: Call) -> Iterable[Any]:
    """Write a file."""
    path = call.session.path(call.text("Path"))
    if call.switch("NoClobber") and path.exists():
        raise core_error(call, f"The file '{path}' already exists.", "NoClobber", "ResourceExists")
    lines = as_lines(call, call.whole("Width") or call.session.width)
    content = "".join(lines) if call.switch("NoNewline") else "".join(f"{line}\n" for line in lines)
    codec = encoded(call)
    return call.carry_out(str(path), lambda: write_text(path, content, call.switch("Append"), codec, ends=False))


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
