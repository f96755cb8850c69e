"""What a script gives out, shown as PowerShell shows it: one table or list goes on as long as the objects fit it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from fcm.shell.language import tree
from fcm.shell.language.errors import UnsupportedError
from fcm.shell.values.formatting import VIEWS, even_lines
from fcm.shell.values.layout.cells import MOST_ELEMENTS, cell, fitted
from fcm.shell.values.layout.tables import Field, Table, cells_of, laid_out, list_lines
from fcm.shell.values.net.types import EnumValue, Net, NetType, ScriptObject, Switch
from fcm.shell.values.records import ErrorRecord, ExceptionObject, record_lines
from fcm.shell.values.times import SPAN_PARTS, SPAN_TOTALS, formatted, span_property
from fcm.shell.values.values import Lines, ShellObject, property_of, shortest, text

if TYPE_CHECKING:
    from collections.abc import Sequence

TABLE_MOST = 4
"""Properties up to which objects without a view of their own are shown as table."""
_ENTRIES = (("Name", 30, "left"), ("Value", 0, "left"))
_GROUPS = (("Count", 5, "right"), ("Name", 25, "left"), ("Group", 0, "left"))
_COUNTS = (("Count", 5, "right"), ("Name", 0, "left"))
_VERSION = (("Major", 6, "left"), ("Minor", 6, "left"), ("Build", 6, "left"), ("Revision", 8, "left"))
_FIXED: dict[str, tuple[tuple[str, int, str], ...]] = {
    **{"table": _ENTRIES, "Entry": _ENTRIES, "Grouped": _GROUPS, "Counted": _COUNTS},
    **{"System.Version": _VERSION, "System.Guid": (("Guid", 0, "left"),)},
}
"""Views whose columns have widths of their own: title, width (0: the rest), side."""
display_sets: dict[str, tuple[str, ...]] = {}
"""Properties that a script chose for a type of its own (Update-TypeData), by its name in small letters."""

display_properties: dict[str, str] = {}
"""The property that Format-Wide shows of a type of a script."""


def fields_of(names: Sequence[str]) -> list[Field]:
    """Columns of properties."""
    return [Field(name, lambda row, name=name: property_of(row, name)) for name in names]  # type: ignore[misc]


def default_names(value: ShellObject) -> tuple[str, ...]:
    """The properties that an object shows."""
    for kind in value.kinds:
        chosen = display_sets.get(kind.casefold())
        if chosen:
            return chosen
    return value.shown or tuple(value.properties)


class Display:
    """Shows values as they come; keeps the rows of a table until their widths are known."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.most = MOST_ELEMENTS
        self._group = ""
        """What is being shown: "" nothing, a view, "auto" a table, "list" a list without a view."""
        self._fields: Sequence[Field] = ()
        self._rows: list[tuple[Any, list[str]]] = []
        self._table: Table | None = None
        self._objects: list[ShellObject] = []

    def feed(self, values: Sequence[Any]) -> list[str]:
        """Lines that are known after these values."""
        lines: list[str] = []
        for value in values:
            lines += self._one(value)
        return lines

    def finish(self) -> list[str]:
        """The lines that are left."""
        return self._end()

    def flush(self) -> list[str]:
        """The rows that are waiting; the table goes on with the widths that it has then."""
        return self._pending()

    def _one(self, value: Any) -> list[str]:
        if value is None:
            return []
        if isinstance(value, Lines):
            return [*self._end(), *value.lines]
        alone = self._alone(value)
        if alone is not None:
            return [*self._pending(), *alone]
        if isinstance(value, ShellObject) and value.type == "MatchInfo":
            return [*self._end(), *_match_lines(value)]
        lines: list[str] = []
        kind = self._kind(value)
        if self._group in ("auto", "list") and (kind in _FIXED or kind in ("time", "span")):
            raise UnsupportedError(
                "A value with a view of its own after other objects", "Use Format-Table or Out-String."
            )
        if kind != self._group and not (self._group in ("auto", "list") and kind in ("auto", "list")):
            lines += self._end()
            lines += self._begin(kind, value)
            if not self._group:
                return lines
        return lines + self._add(value)

    def _alone(self, value: Any) -> list[str] | None:
        """The lines of a value that belongs to no table."""
        if isinstance(value, str | bool | int | EnumValue | Switch | Enum):
            return text(value).split("\n")
        if isinstance(value, float | Decimal):
            return [text(value)]
        if isinstance(value, tree.ScriptBlock):
            return [text(value)]
        if isinstance(value, ErrorRecord):
            return record_lines(value)
        if isinstance(value, ExceptionObject | NetType | tree.Node):
            raise UnsupportedError("The display of an exception or type")
        return None

    def _kind(self, value: Any) -> str:
        if isinstance(value, ShellObject):
            if isinstance(value, ScriptObject):
                return "auto" if len(value.properties) <= TABLE_MOST else "list"
            if value.type in VIEWS or value.type in _FIXED:
                return value.type
            return "auto" if len(default_names(value)) <= TABLE_MOST else "list"
        if isinstance(value, dict):
            return "table"
        if isinstance(value, datetime):
            return "time"
        if isinstance(value, timedelta):
            return "span"
        if isinstance(value, Net) and value.net in _FIXED:
            return value.net
        if isinstance(value, list):
            raise UnsupportedError("The display of a list as one object")
        raise UnsupportedError(f"The display of [{getattr(value, 'net', type(value).__name__)}]")

    def _begin(self, kind: str, value: Any) -> list[str]:
        self._group = kind
        self._table = None
        if kind == "auto":
            self._fields = fields_of(default_names(value))
            if not self._fields:
                self._group = ""
                return [""]
            return []
        if kind in _FIXED:
            return ["", *self._fixed_header(kind)]
        return [""] if kind in ("list", "time", "span") else []

    def _add(self, value: Any) -> list[str]:
        match self._group:
            case "auto":
                if self._fields:
                    self._rows.append((value, cells_of(self._fields, value, self.most)))
                return []
            case "list":
                names = default_names(value) if isinstance(value, ShellObject) else ()
                return [*list_lines(fields_of(names), value, self.width, self.most), ""]
            case "time":
                return [formatted(value, "F")]
            case "span":
                parts = [(name, span_property(value, name.casefold())) for name in (*SPAN_PARTS, *SPAN_TOTALS)]
                return [*(f"{name:<17} : {text(part)}" for name, part in parts), ""]
            case kind if kind in _FIXED:
                if isinstance(value, dict):
                    rows = [{"Name": key, "Value": one} for key, one in value.items()]
                    return [line for row in rows for line in self._fixed_row(kind, row)]
                return self._fixed_row(kind, value)
            case _:
                self._objects.append(value)
                return []

    def _widths(self, kind: str) -> list[int]:
        columns = _FIXED[kind]
        used = sum(width for _, width, _ in columns) + len(columns) - 1
        return [width or max(self.width - used, 1) for _, width, _ in columns]

    def _fixed_header(self, kind: str) -> list[str]:
        widths = self._widths(kind)
        titles = [title for title, _, _ in _FIXED[kind]]
        aligns = [align for _, _, align in _FIXED[kind]]
        gap = " "
        head = gap.join(fitted(one, width, side) for one, width, side in zip(titles, widths, aligns, strict=True))
        dashes = ["-" * len(one) for one in titles]
        line = gap.join(fitted(one, width, side) for one, width, side in zip(dashes, widths, aligns, strict=True))
        return [head.rstrip(), line.rstrip()]

    def _fixed_row(self, kind: str, row: Any) -> list[str]:
        cells = [cell(property_of(row, title), self.most).split("\n")[0] for title, _, _ in _FIXED[kind]]
        shown = (
            fitted(one, width, column[2])
            for one, width, column in zip(cells, self._widths(kind), _FIXED[kind], strict=True)
        )
        return [" ".join(shown).rstrip()]

    def _pending(self) -> list[str]:
        if self._objects:
            rows, self._objects = self._objects, []
            return even_lines(rows, VIEWS[rows[0].type], self.width, self._group)
        if not self._rows:
            return []
        lines: list[str] = []
        if self._table is None:
            self._table = laid_out(self._fields, self._rows[0][0], [cells for _, cells in self._rows], self.width)
            lines += ["", *self._table.header()]
        for _, cells in self._rows:
            lines += self._table.row(cells)
        self._rows = []
        return lines

    def _end(self) -> list[str]:
        lines = self._pending()
        ended = self._group
        self._group = ""
        self._table = None
        return [*lines, ""] if ended and ended not in ("list", "span") and ended not in VIEWS else lines


def _match_lines(value: ShellObject) -> list[str]:
    """What Select-String found, as it is shown: without the colors of a console."""
    return ["", *text(value).split("\n"), ""]


def format_values(values: Sequence[Any], width: int, most: int = MOST_ELEMENTS) -> str:
    """Values as PowerShell shows them, as one text without the newline at its end."""
    display = Display(width)
    display.most = most
    return "\n".join([*display.feed(values), *display.finish()])


__all__ = ["Display", "display_sets", "format_values", "shortest"]
