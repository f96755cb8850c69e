"""The changes that can be made to a room's files, found by cosmic-ray, and a seeded sample of them."""

from __future__ import annotations

import ast
import itertools
import random
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

WITHOUT_EFFECT = ("@dataclass", "@lru_cache", "@cache")
"""Decorators whose arguments change nothing that a caller sees."""


@dataclass(frozen=True)
class Place:
    """One change that cosmic-ray can make: the ``occurrence``-th of an operator in a file, which begins in ``line``."""

    file: str
    operator: str
    occurrence: int
    line: int


@dataclass(frozen=True)
class Change:
    """A change with the code that it makes; ``before`` and ``after`` are the lines in which these differ."""

    place: Place
    code: str
    before: str
    after: str

    @property
    def key(self) -> tuple[str, str, str]:
        """By what it is known in equivalent.toml."""
        return self.place.file, self.before, self.after

    def __str__(self) -> str:
        return f"{self.place.file}:{self.place.line}\n    - {self.before}\n    + {self.after}"


def places(top: Path, files: Iterable[str], operators: Sequence[str]) -> Iterator[Place]:
    """Every place in the files where one of the operators can change what the program does."""
    made = [(name, get_operator(f"core/{name}")()) for name in operators]
    for file in files:
        seen: Counter[str] = Counter()
        for node in ast_nodes(get_ast((top / file).read_text(encoding="utf-8"))):
            for name, operator in made:
                for (line, _), _ in operator.mutation_positions(node):
                    if _acts(node, name):
                        yield Place(file, name, seen[name], line)
                    seen[name] += 1


def sample(top: Path, found: Sequence[Place], count: int, seed: int) -> Iterator[Change]:
    """Up to ``count`` changes one after the other, the same ones for the same seed and files."""
    possible = (made(top, place) for place in random.Random(seed).sample(found, len(found)))
    return itertools.islice(filter(None, possible), count)


def made(top: Path, place: Place) -> Change | None:
    """The change at a place; ``None`` where it would be no Python or the same program."""
    before = (top / place.file).read_text(encoding="utf-8")
    try:
        after = mutate_code(before, get_operator(f"core/{place.operator}")(), place.occurrence)
        if after is None:
            return None
        if ast.dump(ast.parse(after)) == ast.dump(ast.parse(before)):
            return None
        compile(after, place.file, "exec")
    except (SyntaxError, AttributeError):  # of cosmic-ray, for a class of errors with its module
        return None
    old, new = before.splitlines(), after.splitlines()
    first = next(i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
    last = next(i for i, (a, b) in enumerate(zip(reversed(old), reversed(new), strict=False)) if a != b)
    return Change(
        Place(place.file, place.operator, place.occurrence, first + 1),
        after,
        _joined(old[first : len(old) - last]),
        _joined(new[first : len(new) - last]),
    )


def _joined(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())


def _acts(node: Any, operator: str) -> bool:
    """False for types and decorators: changed, they do the same or do not even start."""
    if node.type == "if_stmt" and _only_for_types(node):
        return False
    in_function, child, parent = False, node, node.parent
    while parent is not None:
        kind = parent.type
        if kind == "annassign" and child is parent.children[1]:
            return False
        if kind == "tfpdef" and child is not parent.children[0]:
            return False
        if kind == "funcdef":
            if child is parent.annotation:
                return False
            in_function = True
        if kind == "decorator" and parent.get_code().strip().startswith(WITHOUT_EFFECT):
            return False
        if kind == "if_stmt" and _only_for_types(parent):
            return False
        child, parent = parent, parent.parent
    if "Bit" not in operator:
        return True
    return in_function and "isinstance" not in (node.parent.parent.get_code() if node.parent.parent else "")


def _only_for_types(statement: Any) -> bool:
    return bool(statement.children[1].get_code().strip() == "TYPE_CHECKING")
