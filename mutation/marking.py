"""Which lines of some files run: their functions are compiled with a mark before each statement.

A mark costs some hundredths of a microsecond, a tenth of what a trace function does: the times of the tests stay what
they are without it.
"""

from __future__ import annotations

import ast
import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from itertools import compress, count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import types
    from collections.abc import Iterable, Sequence

NAME = "__reached__"
"""What the marks of a module are called in it."""


class Marks:
    """The lines of files that ran since they were looked at last. Works for what is imported after ``watch``."""

    def __init__(self, files: Iterable[str]) -> None:
        self._ran: dict[str, bytearray] = {file: bytearray() for file in files}

    def watch(self) -> None:
        """From now on these files are compiled with marks."""
        sys.meta_path.insert(0, self)

    def taken(self) -> dict[str, list[int]]:
        """By file the lines of the statements that ran; from here on they did not."""
        lines = {file: list(compress(count(), ran)) for file, ran in self._ran.items() if any(ran)}
        for file in lines:
            self._ran[file][:] = bytes(len(self._ran[file]))
        return lines

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """Asked by Python for each import: a module that is to be watched comes from us."""
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.origin not in self._ran:
            return None
        spec.loader = _Marking(name, spec.origin, self._ran[spec.origin])
        return spec


class _Marking(SourceFileLoader):
    """Loads a file with marks, never a compiled one."""

    def __init__(self, name: str, file: str, ran: bytearray) -> None:
        super().__init__(name, file)
        self._ran = ran

    def get_code(self, fullname: str) -> types.CodeType:
        source = self.get_data(self.path)
        self._ran.extend(bytes(source.count(b"\n") + 2 - len(self._ran)))
        return compile(marked(source), self.path, "exec", dont_inherit=True)

    def exec_module(self, module: types.ModuleType) -> None:
        vars(module)[NAME] = self._ran
        super().exec_module(module)


def marked(source: bytes | str) -> ast.Module:
    """A program with a mark before each statement of a function, and in each lambda."""
    return ast.fix_missing_locations(_Marker().visit(ast.parse(source)))


class _Marker(ast.NodeTransformer):
    def __init__(self) -> None:
        self._functions = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        """``__setitem__`` answers None, so that what follows ``or`` is the answer."""
        self.generic_visit(node)
        ran = ast.Attribute(ast.Name(NAME, ast.Load()), "__setitem__", ast.Load())
        call = ast.Call(ran, [ast.Constant(node.body.lineno), ast.Constant(1)], [])
        node.body = ast.copy_location(ast.BoolOp(ast.Or(), [call, node.body]), node.body)
        return node

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        self._functions += 1
        self.generic_visit(node)
        self._functions -= 1
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if self._functions:
            for block in ("body", "orelse", "finalbody"):
                statements = getattr(node, block, None)
                if isinstance(statements, list):
                    setattr(node, block, [part for one in statements for part in _with_mark(one)])
        return node


def _with_mark(statement: Any) -> list[ast.stmt]:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return [statement]  # a docstring is one only in the first place
    target = ast.Subscript(ast.Name(NAME, ast.Load()), ast.Constant(statement.lineno), ast.Store())
    mark = ast.copy_location(ast.Assign([target], ast.Constant(1)), statement)
    return [mark, statement]
