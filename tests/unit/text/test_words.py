"""Names in sentences, and values of files, as a person writes them."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fcm
from fcm.text.words import LONGEST, as_data, quoted

SOURCE = Path(fcm.__file__).parent
CODE = {"workspace/actions/powershell.py", "ui/migration/__init__.py"}
"""Files in which Python's notation of a number or of a module is meant."""


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("SQL01", "'SQL01'"),
        ("it's", '"it\'s"'),
        (r"C:\Cluster", r"'C:\Cluster'"),
        ("Prüfung 🎓", "'Prüfung 🎓'"),
        ("two\nlines", "'two lines'"),
        ("tab\tand\x00nul", "'tab and nul'"),
        ("'both' \"kinds\"", "“'both' \"kinds\"”"),
        ("", "''"),
        (5, "'5'"),
    ],
)
def test_a_name_is_quoted_as_a_person_would(name: object, shown: str) -> None:
    assert quoted(name) == shown


@given(st.text())
def test_no_name_breaks_a_line_or_shows_an_escape(name: str) -> None:
    shown = quoted(name)
    assert all(char.isprintable() or char in "\u200d\ufe0f" for char in shown)
    assert shown.count("\\") <= name.count("\\")
    assert len(shown) <= LONGEST + 3


@given(st.recursive(st.none() | st.booleans() | st.integers(), st.lists, max_leaves=5))
def test_a_value_of_a_file_is_shown_in_the_notation_of_files(value: object) -> None:
    shown = as_data(value)
    assert len(shown) <= LONGEST + 1
    if not shown.endswith("…"):
        assert json.loads(shown) == value


def test_no_sentence_of_the_program_shows_a_value_in_pythons_notation() -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in sorted(SOURCE.rglob("*.py"))
        if path.relative_to(SOURCE).as_posix() not in CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FormattedValue) and node.conversion == ord("r")
    ]
    assert found == [], "write fcm.text.words.quoted(name) instead of {name!r}"
