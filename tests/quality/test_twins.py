"""A twin is a copy: it would share with its cluster what a lambda or an inner function has closed over."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.quality.source import place, python_files, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = "fcm/backend/embedded"
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def _files() -> list[Path]:
    """All of the embedded cluster but what reads its file: that is over before anything is kept."""
    return [file for file in python_files(FOLDER) if "cluster_file" not in file.parts]


def _closures(module: ast.Module) -> Iterator[ast.AST]:
    """Lambdas but those that only order (``key=``), and functions inside functions."""
    keys = {
        id(word.value)
        for call in ast.walk(module)
        if isinstance(call, ast.Call)
        for word in call.keywords
        if word.arg == "key"
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Lambda) and id(node) not in keys:
            yield node
        elif isinstance(node, FUNCTIONS):
            yield from (inner for inner in ast.walk(node) if inner is not node and isinstance(inner, FUNCTIONS))


@pytest.mark.parametrize("file", _files(), ids=place)
def test_the_embedded_cluster_keeps_bound_methods_and_partials_only(file: Path) -> None:
    found = [place(file, node) for node in _closures(tree(file))]
    assert not found, f"use a bound method or functools.partial, so that a twin gets its own: {', '.join(found)}"


@pytest.mark.parametrize("text", ["kernel.after(1.0, lambda: done())", "def a():\n    def b():\n        pass"])
def test_a_closure_is_found(text: str) -> None:
    assert list(_closures(ast.parse(text)))


@pytest.mark.parametrize("text", ["sorted(names, key=lambda name: name)", "kernel.after(1.0, partial(self.end, one))"])
def test_what_orders_and_what_can_be_copied_is_no_closure(text: str) -> None:
    assert not list(_closures(ast.parse(text)))
