"""What is written to a file is the same on every system: UTF-8, its lines ended as the text says."""

from __future__ import annotations

import ast

import pytest

from tests.quality.source import place, python_files, tree


def _mode(call: ast.Call) -> str:
    given = [*call.args, *(word.value for word in call.keywords if word.arg == "mode")]
    modes = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return next((mode for mode in modes if set(mode) <= set("rwaxbt+")), "r")


def unsaid(source: ast.Module) -> list[ast.Call]:
    """Calls that write a text and leave its line ends or its encoding to the system."""
    found = []
    for call in ast.walk(source):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        mode = _mode(call) if name in ("open", "fdopen") else ""
        writes = (name == "write_text" and isinstance(call.func, ast.Attribute)) or (
            "b" not in mode and bool(set(mode) & set("wax+"))
        )
        if writes and not {"encoding", "newline"} <= {word.arg for word in call.keywords}:
            found.append(call)
    return found


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("path.write_text(text)", 1),
        ("path.write_text(text, encoding='utf-8')", 1),
        ("path.write_text(text, encoding='utf-8', newline='')", 0),
        ("open(path, 'w')", 1),
        ("open(path, 'wb')", 0),
        ("open(path)", 0),
        ("path.open('a', encoding='utf-8')", 1),
        ("os.fdopen(handle, 'w', encoding='utf-8', newline='\\n')", 0),
        ("write_text(path, text)", 0),
    ],
)
def test_the_search_finds_what_it_looks_for(source: str, count: int) -> None:
    assert len(unsaid(ast.parse(source))) == count


def test_every_text_is_written_with_its_encoding_and_line_ends() -> None:
    assert not [place(file, call) for file in python_files("fcm") for call in unsaid(tree(file))]
