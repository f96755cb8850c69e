"""Functions that are loaded already get the code that now stands in their file."""

from __future__ import annotations

import gc
import types
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def functions_by_file() -> dict[str, list[types.FunctionType]]:
    """All functions that are loaded. Looked for once, before the forks: it takes as long as a quick test."""
    found: dict[str, list[types.FunctionType]] = defaultdict(list)
    for function in gc.get_objects():
        if type(function) is types.FunctionType:
            found[function.__code__.co_filename].append(function)
    return found


def replace_functions(file: str, loaded: Mapping[str, Sequence[types.FunctionType]]) -> None:
    """Give all functions of a file, loaded earlier, the code that now stands there."""
    new: dict[tuple[str, int], list[types.CodeType]] = defaultdict(list)
    for code in _codes(compile(Path(file).read_text("utf-8"), file, "exec")):
        new[code.co_qualname, code.co_firstlineno].append(code)
    for function in loaded.get(file, ()):
        old = function.__code__
        found = new.get((old.co_qualname, old.co_firstlineno), [])
        if len(found) > 1:  # lambdas of one line
            found = [code for code in found if _column(code) == _column(old)]
        if len(found) == 1 and found[0].co_freevars == old.co_freevars:
            function.__code__ = found[0]


def _column(code: types.CodeType) -> int:
    """Where in its line it begins."""
    return min((column for _, _, column, _ in code.co_positions() if column), default=0)


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            yield from _codes(part)
