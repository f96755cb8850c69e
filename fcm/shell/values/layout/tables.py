"""Tables without a view of their own: as wide as their content, cut at the end of the line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fcm.shell.values.layout.cells import MOST_ELEMENTS, fitted, is_right, table_cell, width_of, wrapped
from fcm.shell.values.values import ShellObject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True)
class Field:
    """One column, or one line of a list."""

    title: str
    get: Callable[[Any], Any]
    align: str = ""
    """left, right or center; "": by the first value."""
    width: int = 0
    """Columns of the screen; 0: as many as it takes."""
    form: Callable[[Any], str] | None = None
    """A format that it was given."""


@dataclass
class Table:
    """The columns of a table that is being shown; their widths are known once its first rows are."""

    fields: Sequence[Field]
    widths: list[int]
    aligns: list[str]
    shown: list[int]
    """Which columns have room."""

    def header(self) -> list[str]:
        """Titles and dashes."""
        titles = [self.fields[place].title for place in self.shown]
        dashes = ["-" * min(width_of(self.fields[n].title), self.widths[n]) for n in self.shown]
        return [self._line(titles), self._line(dashes)]

    def row(self, cells: Sequence[str], wrap: bool = False) -> list[str]:
        """One row; several lines where its texts are wrapped."""
        if not wrap:
            return [self._line([cells[place] for place in self.shown])]
        parts = [wrapped(cells[place], self.widths[place]) for place in self.shown]
        most = max((len(one) for one in parts), default=0)
        return [self._line([one[n] if n < len(one) else "" for one in parts]) for n in range(most)]

    def _line(self, cells: Sequence[str]) -> str:
        shown = (
            fitted(each, self.widths[place], self.aligns[place]) for each, place in zip(cells, self.shown, strict=True)
        )
        return " ".join(shown).rstrip()


def cells_of(fields: Sequence[Field], row: Any, most: int = MOST_ELEMENTS) -> list[str]:
    """The texts of one row."""
    made = not isinstance(row, ShellObject) or row.type in ("Custom", "Selected")
    found = []
    for each in fields:
        value = each.get(row)
        found.append(each.form(value) if each.form is not None and value is not None else table_cell(value, most, made))
    return found


def laid_out(
    fields: Sequence[Field], first: Any, rows: Sequence[Sequence[str]], width: int, wrap: bool = False
) -> Table:
    """A table for its first rows.

    Args:
        fields: its columns.
        first: the first object, which decides what stands on the right.
        rows: the texts of the rows that are known.
        width: columns of the screen.
        wrap: whether long texts go on in the next line.
    """
    aligns = [each.align or ("right" if is_right(each.get(first)) else "left") for each in fields]
    widths = []
    for place, each in enumerate(fields):
        content = max([width_of(each.title), *(width_of(row[place]) for row in rows), 1])
        widths.append(each.width or content)
    shown = list(range(len(fields)))
    while shown:
        excess = sum(widths[place] for place in shown) + len(shown) - 1 - width
        if excess <= 0:
            break
        last = shown[-1]
        if widths[last] - excess < 1:
            shown.pop()
        else:
            widths[last] -= excess
    return Table(fields, widths, aligns, shown)


def list_lines(fields: Sequence[Field], row: Any, width: int, most: int = MOST_ELEMENTS) -> list[str]:
    """One object as list: one property per line, long values go on below their beginning."""
    from fcm.shell.values.layout.cells import cell

    room = max((width_of(each.title) for each in fields), default=0)
    lines = []
    for each in fields:
        value = each.get(row)
        shown = each.form(value) if each.form is not None and value is not None else cell(value, most)
        head = f"{each.title}{' ' * (room - width_of(each.title))} : "
        for number, part in enumerate(wrapped(shown, max(width - len(head), 5))):
            lines.append(((head if not number else " " * len(head)) + part).rstrip())
    return lines
