"""Who calls a function finds in its docstring which errors it raises."""

from __future__ import annotations

import ast
import builtins
import re
from typing import TYPE_CHECKING

import pytest

from tests.quality.source import place, python_files, tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BUGS = frozenset({"NotImplementedError", "AssertionError", "SystemExit"})
"""What no caller handles: it says that the program itself is wrong, or ends it."""
TOO_GENERAL = frozenset({"Exception", "BaseException", "object"})
"""Bases that say nothing about an error."""


def _name(node: ast.AST | None) -> str:
    """The last part of a dotted name; "" for anything else."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _bases() -> dict[str, set[str]]:
    """By class of the program: the classes that it inherits from, by name."""
    found: dict[str, set[str]] = {}
    for file in python_files("fcm"):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, set()).update(map(_name, node.bases))
    return found


def _kinds(error: str, bases: Mapping[str, set[str]]) -> set[str]:
    """The class of an error and all that it inherits from, except what says nothing."""
    known = getattr(builtins, error, None)
    if isinstance(known, type):
        return {base.__name__ for base in known.__mro__} - TOO_GENERAL
    return {error}.union(*(_kinds(base, bases) for base in bases.get(error, ()) if base != error)) - TOO_GENERAL


def _raised(body: list[ast.stmt], caught: frozenset[str] = frozenset()) -> Iterator[tuple[str, frozenset[str]]]:
    """Errors that some statements raise by class, each with what is caught around it; not those of inner functions."""
    for statement in body:
        if isinstance(statement, ast.Raise):
            error = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
            if _name(error)[:1].isupper():
                yield _name(error), caught
        elif isinstance(statement, ast.Try):
            around = {_name(part) for handler in statement.handlers for part in _types(handler.type)}
            yield from _raised(statement.body, caught | around)
            for handler in statement.handlers:
                yield from _raised(handler.body, caught)
            yield from _raised([*statement.orelse, *statement.finalbody], caught)
        elif isinstance(statement, ast.Match):
            for case in statement.cases:
                yield from _raised(case.body, caught)
        elif not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for inner in ("body", "orelse"):
                yield from _raised(getattr(statement, inner, []), caught)


def _types(caught: ast.expr | None) -> list[ast.expr]:
    return caught.elts if isinstance(caught, ast.Tuple) else [caught] if caught else []


def _unnamed(function: ast.FunctionDef, bases: Mapping[str, set[str]]) -> list[str]:
    """Errors that a function raises itself and whose class, or a base of it, its docstring does not name."""
    words = set(re.findall(r"\w+", ast.get_docstring(function) or ""))
    return sorted(
        {
            error
            for error, caught in _raised(function.body)
            if error not in BUGS
            # A constant such as NONSENSE names a tuple of classes: taken to contain what is raised there.
            and not any(name in _kinds(error, bases) or name.isupper() for name in caught)
            and not words & _kinds(error, bases)
        }
    )


def _public(body: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _public(node.body)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def test_a_public_function_names_the_errors_that_it_raises_in_its_docstring() -> None:
    bases = _bases()
    silent = [
        f"{place(file, function)} {function.name}: {', '.join(unnamed)}"
        for file in python_files("fcm")
        for function in _public(tree(file).body)
        if (unnamed := _unnamed(function, bases))
    ]
    assert not silent, 'say under "Raises:" when:\n' + "\n".join(silent)


@pytest.mark.parametrize(
    ("body", "unnamed"),
    [
        ('"""Reads."""; raise OddError("x")', ["OddError"]),
        ('"""Raises OddError: it is odd."""; raise OddError("x")', []),
        ('"""Raises BaseOfOddError: it is odd."""; raise OddError("x")', []),
        ('"""Raises Exception."""; raise OddError("x")', ["OddError"]),
        ('"""Raises OSError: it is there already."""; raise FileExistsError', []),
        ('"""Never."""; raise NotImplementedError', []),
        ('"""Reads."""\n    try: raise OddError\n    except BaseOfOddError: pass', []),
        ('"""Reads."""\n    try: read()\n    except ValueError: raise OddError from None', ["OddError"]),
        ('"""Reads."""\n    for one in two:\n        if one: raise OddError', ["OddError"]),
        ('"""Reads."""\n    try: read()\n    except OddError as error: raise error', []),
        ('"""Makes a function."""\n    def inner(): raise OddError', []),
    ],
)
def test_the_rule_about_errors_knows_bases_and_what_is_caught(body: str, unnamed: list[str]) -> None:
    function = ast.parse(f"def read():\n    {body}\n").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert _unnamed(function, {"OddError": {"BaseOfOddError"}, "BaseOfOddError": {"Exception"}}) == unnamed
