"""The project's own source, for tests about the source itself."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """All Python files below some folders of the project."""
    found = [file for folder in folders for file in (TOP / folder).rglob("*.py")]
    assert found, f"no Python file in {folders}"
    return tuple(sorted(found))


@cache
def tree(file: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def place(file: Path, node: ast.AST | None = None) -> str:
    """Where something is, to be read in a failed test."""
    return f"{file.relative_to(TOP)}" + (f":{node.lineno}" if isinstance(node, ast.expr | ast.stmt) else "")


def calls(file: Path) -> list[tuple[str, ast.Call]]:
    """Every call of a file with the last part of the called name."""
    found = []
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                found.append((node.func.attr, node))
            elif isinstance(node.func, ast.Name):
                found.append((node.func.id, node))
    return found
