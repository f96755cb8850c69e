from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.backend.toml_lines import TomlLines

TEXT = '''\
# a comment with [brackets] and = signs
format = 1

[cluster]
name = "a # no comment"   # a comment
"quoted key" = 1
dotted.key.path = true

[[nodes]]
name = "n1"
features = [
  "one",   # [not a table]
  "two",
]

[[nodes]]
name = \'\'\'
long # text
[[nodes]]
\'\'\'
inline = { a = 1, b = { c = [1, 2] } }

[nodes.extra]
depth = 3

[[nodes]]
text = """
first \\"""
still = "inside"
"""
last = 2000-01-01
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("format",), 2),
        (("cluster",), 4),
        (("cluster", "name"), 5),
        (("cluster", "quoted key"), 6),
        (("cluster", "dotted", "key", "path"), 7),
        (("nodes",), 9),
        (("nodes", 0), 9),
        (("nodes", 0, "name"), 10),
        (("nodes", 0, "features"), 11),
        (("nodes", 0, "features", 1), 13),
        (("nodes", 1), 16),
        (("nodes", 1, "inline", "b", "c"), 21),
        (("nodes", 1, "extra", "depth"), 24),
        (("nodes", 2), 26),
        (("nodes", 2, "text"), 27),
        (("nodes", 2, "last"), 31),
    ],
)
def test_every_key_is_found_on_its_line(path: tuple[str | int, ...], line: int) -> None:
    tomllib.loads(TEXT)
    assert TomlLines(TEXT).line(path) == line


def test_a_missing_key_is_said_to_be_on_the_line_of_its_table() -> None:
    lines = TomlLines(TEXT)
    assert lines.line(("nodes", 1, "memory")) == 16
    assert lines.line(("nodes", 7, "memory")) == 9
    assert lines.line(("disks",)) == 1


def test_escapes_in_quoted_keys_are_read() -> None:
    text = '"a\\u0042\\"c" = 1\n\'d\\e\' = 2\n'
    assert list(tomllib.loads(text)) == ['aB"c', "d\\e"]
    assert TomlLines(text).line(('aB"c',)) == 1
    assert TomlLines(text).line(("d\\e",)) == 2


def test_a_text_without_a_last_line_end_is_read_to_its_end() -> None:
    assert TomlLines("a = 1\nb = 'x'").line(("b",)) == 2


_names = st.sampled_from(["a", "b", "c1", "d-e", '"f g"', "'h.i'"])
_values = st.sampled_from(
    ["1", "true", '"x # y"', "'[z]'", "[1, 2]", '[\n  "u", # c\n  "v"\n]', "{ k = 1, l = [3] }", '"""\nm\n"""', "1.5"]
)


@given(st.lists(st.tuples(_names, _values), max_size=6), st.lists(_names, max_size=4))
def test_top_level_keys_of_any_document_are_found_where_they_stand(
    pairs: list[tuple[str, str]], tables: list[str]
) -> None:
    lines: list[str] = []
    expected: dict[str, int] = {}
    for key, value in dict(pairs).items():
        expected[key.strip("\"'")] = len(lines) + 1
        lines += f"{key} = {value}".split("\n")
    for table in dict.fromkeys(tables):
        if table.strip("\"'") in expected:
            continue
        expected[table.strip("\"'")] = len(lines) + 1
        lines += [f"[{table}]", "x = 1"]
    text = "\n".join(lines)
    assert set(tomllib.loads(text)) == set(expected)
    found = TomlLines(text)
    assert {key: found.line((key,)) for key in expected} == expected
