"""Numbers and their nouns agree: "1 file", "2 files". What is counted goes through fcm.text.words.counted."""

from __future__ import annotations

import ast
import re

import pytest

from fcm.text.words import counted
from tests.quality.source import calls, place, python_files, tree

NEVER_ONE = {
    "entries": "limits of what a file may hold",
    "bytes": "sizes",
    "seconds": "durations",
    "days": "format.age has its own word for one",
}
MANY = {
    "fcm/model/rules/new_node.py": "from 16 on",
    "fcm/model/rules/snapshots.py": "from 50 on",
    "fcm/model/validation/cluster.py": "an even number",
    "fcm/backend/libvirt/configuration/check.py": "one has a sentence of its own",
    "fcm/backend/embedded/cluster_file/reading.py": "beyond a limit",
    "fcm/lab/machines.py": "a constant",
    "fcm/lab/plan.py": "a constant",
    "fcm/shell/runtime/execution/interpreter.py": "a constant",
    "fcm/migration/recordings/case.py": "the pages of a machine",
    "fcm/ui/tour/walk.py": "words for whoever mends the tour",
}
"""Files in which a number that stands before a noun in the plural is never 1, and why."""


def counted_nouns() -> set[str]:
    """Nouns that are counted somewhere, in the plural."""
    found = set()
    for file in python_files("fcm"):
        for name, call in calls(file):
            if name == "counted":
                words = [arg.value for arg in call.args[1:] if isinstance(arg, ast.Constant)]
                if not words:
                    continue
                found.add(str(words[1]).split(" ")[0] if len(words) > 1 else f"{words[0]}s".split(" ")[-1])
    return found


def uncounted() -> list[str]:
    """Numbers put before the plural of a noun without counting."""
    nouns = "|".join(sorted(counted_nouns() - set(NEVER_ONE)))
    plural = re.compile(rf" (?:virtual |cluster )?(?:{nouns})\b(?! (?:on|at) \{{)")
    found = []
    for file in python_files("fcm"):
        for node in ast.walk(tree(file)):
            if not isinstance(node, ast.JoinedStr):
                continue
            for value, after in zip(node.values, node.values[1:], strict=False):
                if not isinstance(value, ast.FormattedValue) or not isinstance(after, ast.Constant):
                    continue
                is_number = isinstance(value.value, ast.Call | ast.Name | ast.Attribute | ast.Subscript | ast.BinOp)
                is_length = isinstance(value.value, ast.Call) and ast.unparse(value.value.func) == "len"
                if is_number and plural.match(str(after.value)) and (is_length or _looks_like_a_count(value.value)):
                    where = place(file, value)
                    if where.split(":")[0] not in MANY:
                        found.append(f"{where}: {ast.unparse(node)}")
    return found


def _looks_like_a_count(value: ast.expr) -> bool:
    """A name of a thing stands before a verb too: "{machine} moves"."""
    return bool(re.search(r"count|total|number|passes|sequence|shown|moved|over\b|limit", ast.unparse(value)))


def test_a_number_and_its_noun_agree() -> None:
    found = uncounted()
    assert not found, "\n".join(found)


def test_every_exception_is_still_there() -> None:
    files = {place(file) for file in python_files("fcm")}
    assert set(MANY) <= files


@pytest.mark.parametrize(
    ("number", "words", "said"),
    [
        (0, ("file",), "0 files"),
        (1, ("file",), "1 file"),
        (2, ("file",), "2 files"),
        (1, ("pass", "passes"), "1 pass"),
        (12, ("pass", "passes"), "12 passes"),
        (1, ("file was", "files were"), "1 file was"),
        (200_000, ("event",), "200,000 events"),
    ],
)
def test_counted_says_a_number_with_its_noun(number: int, words: tuple[str, ...], said: str) -> None:
    assert counted(number, *words) == said
