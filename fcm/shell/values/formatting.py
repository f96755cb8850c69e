"""The default tables of the objects of the cluster.

Columns share the width evenly, as PowerShell does it for views without widths: with 80 characters three columns begin
at 0, 27 and 54, four at 0, 20, 40 and 60. What does not fit is cut and ends in "...".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from fcm.model.entities import MIB
from fcm.shell.values.times import formatted
from fcm.shell.values.values import property_of, text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WIDTH = 80
"""Characters of a line where nothing else is known."""
FITTING = ("ClusterFailoverEvent", "ClusterFailoverQuorum", "ClusterFailoverTest", "ClusterFault", "Migration")
"""Types whose table has many narrow columns: each as wide as it needs."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    title: str
    get: Callable[[Any], Any]
    right: bool = False


def column(name: str, title: str = "", right: bool = False) -> Column:
    """The column of a property."""
    return Column(title or name, lambda item: property_of(item, name), right)


VIEWS: dict[str, tuple[Column, ...]] = {
    "Cluster": (column("Name"),),
    "ClusterGroup": (column("Name"), column("OwnerNode"), column("State", right=True)),
    "ClusterNode": (column("Name"), column("State", right=True)),
    "ClusterResource": (
        column("Name"),
        Column("State", lambda item: _state(item)),
        column("OwnerGroup", "Group"),
        column("ResourceType"),
    ),
    "ClusterNetwork": (column("Name"), column("State", right=True)),
    "ClusterNetworkInterface": (column("Name"), column("Node"), column("Network"), column("State", right=True)),
    "ClusterFault": (column("Name"), column("Fault"), column("Description"), column("Since")),
    "ClusterSharedVolume": (column("Name"), column("State"), column("OwnerNode", "Node")),
    "ClusterQuorum": (column("Cluster"), column("QuorumResource"), column("QuorumType", right=True)),
    "ClusterParameter": (
        column("ClusterObject", "Object"),
        column("Name"),
        column("Value"),
        column("ParameterType", "Type"),
    ),
    "ClusterOwnerNode": (column("ClusterObject"), column("OwnerNodes")),
    "ClusterFailoverTest": (
        column("Name"),
        column("OwnerNode"),
        column("NodeAfter"),
        column("StateAfter"),
        column("AwaySeconds", "Away(s)", right=True),
        column("BootedSeconds", "Booted(s)", right=True),
    ),
    "ClusterFailoverQuorum": (column("Seconds", right=True), column("Description")),
    "ClusterFailoverEvent": (
        column("Seconds", right=True),
        column("MachineName"),
        column("Id", right=True),
        column("LevelDisplayName"),
        column("Message"),
    ),
    "ClusterDependency": (column("Resource"), column("DependencyExpression")),
    "ClusterResourceType": (column("Name"), column("DisplayName")),
    "File": (column("Mode"), column("LastWriteTime"), column("Length", right=True), column("Name")),
    "VMHost": (column("Name"), column("LogicalProcessorCount", right=True), column("MemoryCapacity", right=True)),
    "VMSwitch": (column("Name"), column("ComputerName")),
    "VMNetworkAdapter": (column("Name"), column("VMName"), column("SwitchName"), column("Connected")),
    "VMHardDiskDrive": (
        column("VMName"),
        column("ControllerType"),
        column("ControllerNumber", right=True),
        column("ControllerLocation", right=True),
        column("DiskNumber", right=True),
        column("Path"),
    ),
    "VMDvdDrive": (column("VMName"), column("DvdMediaType"), column("Path")),
    "VMMemory": (column("VMName"), column("Startup", right=True)),
    "VMProcessor": (column("VMName"), column("Count", right=True)),
    "ClusterAffinityRule": (column("Name"), column("RuleType"), column("Groups"), column("Enabled")),
    "VMMigrationNetwork": (column("Subnet"), column("Priority", right=True), column("ComputerName")),
    "ServiceController": (column("Status"), column("Name"), column("DisplayName"), column("MachineName")),
    "VirtualMachine": (
        column("Name"),
        column("State"),
        column("MemoryAssignedMB", "MemoryAssigned(M)", right=True),
        column("ComputerName"),
    ),
    "Migration": (
        column("VirtualMachine"),
        column("Source"),
        column("Destination"),
        column("State"),
        column("Passes", right=True),
        Column("Left(M)", lambda item: _mebi(item, "BytesRemaining"), right=True),
        Column("M/s", lambda item: _mebi(item, "BytesPerSecond"), right=True),
        Column("Forecast", lambda item: _end(item)),
    ),
    "Event": (column("TimeCreated"), column("Id", right=True), column("LevelDisplayName"), column("Message")),
    "EventLog": (
        column("LogMode"),
        column("MaximumSizeInBytes", right=True),
        column("RecordCount", right=True),
        column("LogName"),
    ),
    "Cmdlet": (column("CommandType"), column("Name"), column("Definition")),
    "Member": (column("Name"), column("MemberType"), column("Definition")),
    "History": (column("Id", right=True), column("CommandLine")),
}


def shown(value: Any) -> str:
    """A value in a cell: lists, and the names in tables, in braces; times as people write them."""
    if isinstance(value, datetime):
        return formatted(value, "G")
    if isinstance(value, list | tuple | dict):
        return "{" + ", ".join(text(item) for item in value) + "}"
    return " ".join(text(value).split("\n"))


def is_number(value: Any) -> bool:
    """Whether a value stands on the right of its column."""
    return isinstance(value, int | float) and not isinstance(value, bool | Enum)


def _mebi(item: Any, name: str) -> Any:
    value = property_of(item, name)
    return None if value is None else round(value / MIB)


def _state(item: Any) -> str:
    """State of a resource, with what Suspend-ClusterResource has made of a disk."""
    maintenance = property_of(item, "MaintenanceMode")
    return f"{property_of(item, 'State')}{'(Maintenance)' if maintenance else ''}"


def _end(item: Any) -> str:
    """When a move is expected to end; "no end" where it will not by itself."""
    end = property_of(item, "ExpectedEnd")
    return formatted(end, "T") if end is not None else "no end" if property_of(item, "Forecast") else ""


def even_lines(rows: Sequence[Any], columns: Sequence[Column], width: int, kind: str) -> list[str]:
    """The table of a view."""
    return table_lines(rows, columns, width, fit=kind in FITTING)


def table_lines(
    rows: Sequence[Any], columns: Sequence[Column], width: int = WIDTH, fit: bool = False, headers: bool = True
) -> list[str]:
    """A table: an empty line, titles, dashes, rows.

    Args:
        rows: the objects.
        columns: what of them is shown.
        width: characters of a line.
        fit: columns as wide as their content (-AutoSize) instead of evenly.
        headers: whether titles and dashes are there.
    """
    cells = [[shown(each.get(row)) for each in columns] for row in rows]
    if fit:
        widths = [max([len(each.title), *(len(line[place]) for line in cells)]) for place, each in enumerate(columns)]
        total = sum(widths) + len(widths) - 1
        if total > width:
            widths[-1] = max(4, widths[-1] - (total - width))
    else:
        each_width = max(4, (width - (len(columns) - 1)) // max(len(columns), 1))
        widths = [each_width] * len(columns)
    lines = [""]
    if headers:
        lines.append(_line([each.title for each in columns], columns, widths))
        lines.append(_line(["-" * min(len(c.title), w) for c, w in zip(columns, widths, strict=True)], columns, widths))
    return [*lines, *(_line(line, columns, widths) for line in cells), ""]


def _line(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    parts = []
    for cell, each, width in zip(cells, columns, widths, strict=True):
        cut = cell if len(cell) <= width else cell[: max(0, width - 3)] + "..."
        parts.append(cut.rjust(width) if each.right else cut.ljust(width))
    return " ".join(parts).rstrip()
