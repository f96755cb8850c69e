"""Which statement of a file a line belongs to."""

from __future__ import annotations

import ast

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def statement_in_function(code: str, line: int) -> range | None:
    """The lines of the innermost statement around a line, of one with a body its head; ``None`` outside functions."""
    inside, best = False, range(line, line + 1)
    here: ast.AST = ast.parse(code)
    while True:
        bodies = [child for child in ast.walk(here) if isinstance(child, ast.stmt) and child is not here]
        around = [child for child in bodies if _first_line(child) <= line <= (child.end_lineno or 0)]
        if not around:
            return best if inside else None
        here = max(around, key=lambda child: (child.end_lineno or 0) - _first_line(child))
        inside = inside or (isinstance(here, FUNCTIONS) and line >= here.body[0].lineno)
        inner = [child.lineno for child in ast.iter_child_nodes(here) if isinstance(child, ast.stmt)]
        best = range(_first_line(here), min([(here.end_lineno or 0) + 1, *inner]))


def _first_line(statement: ast.stmt) -> int:
    return min([statement.lineno, *(decorator.lineno for decorator in getattr(statement, "decorator_list", ()))])
