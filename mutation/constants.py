"""Constants and defaults that are loaded already get the values that now stand in their file.

Not every use can be found this way (a value may have been counted into another one while modules were imported): what
is noticed then is noticed, and what is not has to be tried again in a process of its own.
"""

from __future__ import annotations
import __future__

import ast
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

PLAIN = (int, float, str, bytes, tuple, frozenset, types.NoneType)
"""Types of values that a class attribute may take anew."""


class NotReplaceableError(Exception):
    """A process of its own has to tell."""


def replace_constants(file: str, line: int, loaded: Mapping[str, Sequence[types.FunctionType]]) -> None:
    """Evaluate the statement of a module around a line again and give its values to all who have the old ones.

    Raises:
        NotReplaceableError: if it is neither an assignment nor a function nor a class.
    """
    tree = ast.parse(Path(file).read_text("utf-8"), file)
    around = [part for part in tree.body if _first_line(part) <= line <= (part.end_lineno or 0)]
    module = next((m for m in list(sys.modules.values()) if getattr(m, "__file__", None) == file), None)
    if module is None or not around:
        raise NotReplaceableError
    match around[0]:
        case ast.Assign() | ast.AnnAssign() as assignment:
            later = tree.body[tree.body.index(assignment) :]
            _assign(module, [part for part in later if isinstance(part, ast.Assign | ast.AnnAssign)], file, loaded)
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) as definition:
            names = dict(vars(module))
            _execute(definition, names, file)
            _take_over(vars(module)[name], names[name])
        case _:
            raise NotReplaceableError


def _assign(
    module: types.ModuleType,
    assignments: Iterable[ast.Assign | ast.AnnAssign],
    file: str,
    loaded: Mapping[str, Sequence[types.FunctionType]],
) -> None:
    """The first one, and the later ones that use what it changed."""
    changed: set[str] = set()
    for number, assignment in enumerate(assignments):
        used = {part.id for part in ast.walk(assignment) if isinstance(part, ast.Name)}
        if assignment.value is None or (number and not used & changed):
            continue
        before = dict(vars(module))
        _execute(assignment, vars(module), file)
        for name, value in list(vars(module).items()):
            old = before.get(name)
            if name.startswith("__") or old is value:
                continue
            changed.add(name)
            for other in list(sys.modules.values()):
                if getattr(other, "__file__", None) and vars(other).get(name, value) is old:
                    setattr(other, name, value)
            if isinstance(old, float):
                _as_default(old, value, loaded)


def _as_default(old: object, new: object, loaded: Mapping[str, Sequence[types.FunctionType]]) -> None:
    for functions in loaded.values():
        for function in functions:
            if any(value is old for value in function.__defaults__ or ()):
                function.__defaults__ = tuple(new if value is old else value for value in function.__defaults__ or ())
            for name, value in (function.__kwdefaults__ or {}).items():
                if value is old:
                    function.__kwdefaults__[name] = new


def _take_over(old: Any, new: Any) -> None:
    """Give the defaults of a function, or of a class and its functions, to the one that is in use."""
    if isinstance(old, types.FunctionType) and isinstance(new, types.FunctionType):
        old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
    elif isinstance(old, type) and type(old) is type:
        for name, value in vars(new).items():
            mine = vars(old).get(name)
            if isinstance(value, types.FunctionType):
                _take_over(mine, value)
            elif name == "__dataclass_fields__":
                for field, told in value.items():
                    mine[field].default = told.default
            elif not name.startswith("__") and isinstance(value, PLAIN) and isinstance(mine, PLAIN) and mine != value:
                setattr(old, name, value)
    else:
        raise NotReplaceableError


def _execute(statement: ast.stmt, names: dict[str, Any], file: str) -> None:
    tree = ast.Module([statement], [])
    exec(compile(tree, file, "exec", __future__.annotations.compiler_flag, dont_inherit=True), names)


def _first_line(statement: ast.stmt) -> int:
    return min([statement.lineno, *(decorator.lineno for decorator in getattr(statement, "decorator_list", ()))])
