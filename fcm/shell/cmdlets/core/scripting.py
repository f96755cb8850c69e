"""Cmdlets that scripts use next to the cluster: objects of their own, files of values, variables."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

from fcm.shell.cmdlets.core.selecting import pipeline_input
from fcm.shell.language.errors import ParameterError
from fcm.shell.runtime.parameters import ANY, OBJECTS, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.files import text_of
from fcm.shell.values.formatting import format_values
from fcm.shell.values.operators import cast, regex
from fcm.shell.values.output import write_text
from fcm.shell.values.values import ShellObject, items, text, wildcard
from fcm.text.cells import plain_cell
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.runtime.call import Call

CORE = "Core"


@cmdlet(
    "New-Object",
    Param("TypeName", position=0, needed=True, choices=("PSObject", "PSCustomObject", "Object")),
    Param("Property", "any", help="Hashtable of names and values."),
    synopsis="Creates an object with custom properties.",
    example="New-Object PSObject -Property @{ Name = 'SQL01'; Node = 'node2' }",
    module=CORE,
)
def new_object(call: Call) -> Iterable[Any]:
    """An object."""
    return [cast("pscustomobject", call.values.get("Property") or {})]


@cmdlet(
    "Tee-Object",
    Param("FilePath", position=0, aliases=("Path",)),
    Param("Variable"),
    Param("Append", "switch"),
    OBJECTS,
    synopsis="Saves pipeline input in a file or variable, and passes it on.",
    example="Get-ClusterNode | Tee-Object nodes.txt",
    aliases=("tee",),
    module=CORE,
)
def tee_object(call: Call) -> Iterable[Any]:
    """Pass the input on, and keep a copy in a file or a variable.

    Raises:
        ParameterError: neither or both of a file and a variable are specified.
    """
    members = list(pipeline_input(call))
    if call.has("FilePath") == call.has("Variable"):
        raise ParameterError("Tee-Object requires a file or a variable.", "Specify -FilePath or -Variable.", call.at)
    if call.has("Variable"):
        call.session.variables[call.text("Variable")] = members
        return members
    path = call.session.path(call.text("FilePath"))
    shown = format_values(members, call.session.width)
    return [*call.carry_out(str(path), lambda: write_text(path, shown, call.switch("Append"))), *members]


@cmdlet(
    "Select-String",
    Param("Pattern", position=0, needed=True, help="Regular expression to search for."),
    Param("SimpleMatch", "switch", help="Treat the pattern as plain text."),
    Param("CaseSensitive", "switch"),
    Param("NotMatch", "switch"),
    OBJECTS,
    synopsis="Finds text that matches a pattern.",
    example="Get-ClusterLog -Node node1 -Destination logs | Get-Content | Select-String 'ERR'",
    aliases=("sls",),
    module=CORE,
)
def select_string(call: Call) -> Iterable[Any]:
    """Filter texts."""
    pattern = call.text("Pattern")
    found = regex(re.escape(pattern) if call.switch("SimpleMatch") else pattern, call.switch("CaseSensitive"))
    wanted = not call.switch("NotMatch")
    return [item for item in pipeline_input(call) if (found.search(text(item)) is not None) is wanted]


@cmdlet(
    "Import-Csv",
    Param("Path", position=0, needed=True, pipes=("File", TEXT)),
    Param("Delimiter", position=1),
    synopsis="Imports objects from a CSV file, one per line. All values are strings.",
    example="Get-VM | Export-Csv machines.csv; Import-Csv machines.csv | Select-Object Name, State",
    aliases=("ipcsv",),
    module=CORE,
)
def import_csv(call: Call) -> Iterable[Any]:
    """Read the rows of a CSV file as objects.

    Raises:
        ParameterError: the file is not CSV, or the delimiter is not one character.
    """
    path, delimiter = call.session.path(call.text("Path")), call.text("Delimiter", ",")
    if len(delimiter) != 1:
        raise ParameterError(f"{quoted(delimiter)} is not a valid delimiter.", "Specify one character.", call.at)
    content = re.sub(r"\A#TYPE[^\n]*\n", "", text_of(path))
    rows = csv.DictReader(io.StringIO(content, newline=""), delimiter=delimiter)
    try:
        return [
            ShellObject("Custom", {name: plain_cell(value or "") for name, value in row.items() if name is not None})
            for row in rows
        ]
    except csv.Error as error:
        raise ParameterError(
            f"{path.name} is not a valid CSV file: {error}.", "Export it again with Export-Csv."
        ) from error


@cmdlet(
    "Add-Content",
    Param("Path", position=0, needed=True),
    Param("Value", "any", position=1, pipes=(ANY,)),
    synopsis="Appends lines to a text file on this computer.",
    example="Add-Content moves.txt 'SQL01 moved'",
    aliases=("ac",),
    module=CORE,
)
def add_content(call: Call) -> Iterable[Any]:
    """Append."""
    path = call.session.path(call.text("Path"))
    lines = call.input if call.has_input else items(call.values.get("Value"))
    content = "\n".join(text(line) for line in lines)
    return call.carry_out(str(path), lambda: write_text(path, content, append=True))


@cmdlet(
    "Get-Variable",
    Param("Name", "texts", position=0, pipes=(TEXT,)),
    synopsis="Gets variables and their values.",
    example="Get-Variable Error*",
    aliases=("gv",),
    module=CORE,
)
def get_variable(call: Call) -> Iterable[Any]:
    """Variables by name."""
    patterns = [wildcard(name) for name in call.texts("Name")] or [wildcard("*")]
    variables = call.session.variables
    names = sorted(name for name in variables if any(pattern.fullmatch(name) for pattern in patterns))
    return [ShellObject("Selected", {"Name": name, "Value": variables[name]}) for name in names]


@cmdlet(
    "Set-Variable",
    Param("Name", position=0, needed=True),
    Param("Value", "any", position=1),
    synopsis="Sets the value of a variable.",
    example="Set-Variable Node node2",
    aliases=("sv",),
    module=CORE,
)
def set_variable(call: Call) -> Iterable[Any]:
    """Set."""
    call.session.variables[call.text("Name")] = call.values.get("Value")
    return []
