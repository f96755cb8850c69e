"""The project's own source and scripts, for tests about the source itself."""

from __future__ import annotations

import ast
import importlib.util
import sys
from functools import cache
from pathlib import Path
from typing import Any

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


@cache
def script(name: str) -> Any:
    """A module of packaging/, which is no Python package; other scripts there import it by this name."""
    specification = importlib.util.spec_from_file_location(name, TOP / "packaging" / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module
