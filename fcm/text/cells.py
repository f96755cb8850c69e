"""Cells of tables that leave the program: comma-separated files and what is pasted into a spreadsheet.

A text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, "CSV Injection"); numbers stay
numbers. Every export and every copied row goes through here, so that none is guarded less than the others.
"""

from __future__ import annotations

import csv
import io
import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""Beginnings of formulas; spreadsheets take the wide ones of East Asian keyboards as well."""
_NUMBER = re.compile(r"[+-]?(\d[\d,]*(\.\d*)?|\.\d+)([eE][+-]?\d+)?[ \N{NO-BREAK SPACE}]?%?", re.ASCII)
_BREAKS = re.compile(r"[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


def safe_cell(value: object) -> str:
    """A value as the text of a cell that no spreadsheet computes; None is empty."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def plain_cell(text: str) -> str:
    """What a cell was before ``safe_cell`` put an apostrophe there."""
    return text[1:] if text[:1] == "'" and safe_cell(text[1:]) == text else text


def csv_lines(rows: Iterable[Iterable[object]]) -> str:
    """Rows as comma-separated values (RFC 4180: lines end with CR LF, quotation marks are doubled)."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue()


def tab_lines(rows: Iterable[Iterable[object]]) -> str:
    """Rows for the clipboard: tabs between cells, one line per row; a tab or line break within a cell is a space."""
    return "\n".join("\t".join(_one_line(safe_cell(value)) for value in row) for row in rows)


def html_table(headings: Sequence[object], rows: Iterable[Iterable[object]]) -> str:
    """Rows as an HTML table for the clipboard; no ``headings``: without a first row of them."""
    head = f"<tr>{''.join(f'<th>{_html(title)}</th>' for title in headings)}</tr>" if headings else ""
    body = "".join(f"<tr>{''.join(f'<td>{_html(value)}</td>' for value in row)}</tr>" for row in rows)
    return f"<table>{head}{body}</table>"


def _html(value: object) -> str:
    return escape(_one_line(safe_cell(value)))


def _one_line(text: str) -> str:
    return _BREAKS.sub(" ", text)
