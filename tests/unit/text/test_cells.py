"""Cells of tables that leave the program."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.text.cells import csv_lines, plain_cell, safe_cell, tab_lines

FORMULAS = ["=1+1", "+vm", "-cmd", "-2+3", "@name", "\tx", "\r=1", "=HYPERLINK(1)", "＝1", "-", "+", "--1"]
NUMBERS = ["-5", "+5", "-5.25", "-1,024", "-.5", "-1e-9", "-12 %", "-3%"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_stays_a_number(text: str) -> None:
    assert safe_cell(text) == text


def test_values_are_written_as_texts_and_nothing_as_nothing() -> None:
    assert [safe_cell(value) for value in (-5, 1.5, None, "SQL01", "")] == ["-5", "1.5", "", "SQL01", ""]


@given(st.lists(st.lists(st.text(), min_size=2, max_size=4), min_size=1, max_size=4))
def test_every_text_comes_back_from_a_file_with_at_most_an_apostrophe(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_lines(rows), newline=""), strict=True))
    assert read == [[safe_cell(cell) for cell in row] for row in rows]
    assert all(
        cell.removeprefix("'") == old.removeprefix("'")
        for new, row in zip(read, rows, strict=True)
        for cell, old in zip(new, row, strict=True)
    )


@given(st.lists(st.lists(st.text(), min_size=3, max_size=3), min_size=1, max_size=5))
def test_copied_rows_keep_their_shape_whatever_their_cells_hold(rows: list[list[str]]) -> None:
    lines = tab_lines(rows).splitlines()
    assert [line.count("\t") for line in lines] == [2] * len(rows)


@given(st.text())
def test_what_an_apostrophe_guards_is_read_back_as_it_was(text: str) -> None:
    assert plain_cell(safe_cell(text)) == text or text.startswith("'")
