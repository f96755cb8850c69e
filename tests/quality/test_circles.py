"""No file of the program needs one that needs it: imports for annotations and imports inside functions count."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.quality.source import TOP, python_files, tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def test_no_two_files_need_each_other_by_whatever_way() -> None:
    modules = {_name(file.relative_to(TOP).with_suffix("").parts): file for file in python_files("fcm")}
    needs = {name: set(_imports(tree(file), name, modules)) for name, file in modules.items()}
    assert not _circles(needs), "\n".join(" <-> ".join(sorted(circle)) for circle in _circles(needs))


def _name(parts: tuple[str, ...]) -> str:
    return ".".join(parts).removesuffix(".__init__")


def _imports(module: ast.Module, own: str, known: Iterable[str]) -> Iterator[str]:
    """Files that one imports, for annotations and inside functions too; a package counts where its own names do."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found = [f"{node.module}.{one.name}" for one in node.names]
            found = [one if one in known else node.module for one in found]
        else:
            continue
        yield from (one for one in found if one in known and one != own)


def _circles(needs: Mapping[str, set[str]]) -> list[list[str]]:
    """Strongly connected parts of more than one file (Tarjan 1972)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(one: str) -> None:
        order[one] = low[one] = len(order)
        stack.append(one)
        for other in needs[one]:
            if other not in order:
                visit(other)
            if other in stack:
                low[one] = min(low[one], low[other])
        if low[one] == order[one]:
            part = [stack.pop()]
            while part[-1] != one:
                part.append(stack.pop())
            if len(part) > 1:
                found.append(part)

    for one in needs:
        if one not in order:
            visit(one)
    return found


@pytest.mark.parametrize(
    ("needs", "circles"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"a"}}, [["a", "b"]]),
        ({"a": {"b", "d"}, "b": {"c"}, "c": {"a"}, "d": {"b"}, "e": {"a"}}, [["a", "b", "c", "d"]]),
        ({"a": {"b", "c"}, "b": {"d"}, "c": {"d"}, "d": set()}, []),
    ],
)
def test_the_rule_about_circles_knows_a_circle_from_two_ways_to_one_file(
    needs: dict[str, set[str]], circles: list[list[str]]
) -> None:
    assert [sorted(circle) for circle in _circles(needs)] == circles


def test_the_rule_about_circles_sees_imports_for_annotations_and_inside_functions() -> None:
    text = """
from fcm.model import events as ev
if TYPE_CHECKING:
    from fcm.model.state import State
def f():
    import fcm.app
    from fcm.model import VERSION
"""
    known = {"fcm.app", "fcm.model", "fcm.model.events", "fcm.model.state", "fcm.own"}
    assert sorted(_imports(ast.parse(text), "fcm.own", known)) == [
        "fcm.app",
        "fcm.model",
        "fcm.model.events",
        "fcm.model.state",
    ]
