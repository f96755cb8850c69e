"""Class files: each student has a seed, and so a cluster with names of its own (docs/drills.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.toml_table import read_table
from fcm.mistakes import WrongInputError
from fcm.text.textfile import CLASS
from fcm.text.words import counted, quoted
from fcm.workspace.learning.variation import SEEDS

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1
MOST_STUDENTS = 1000


def read_class(path: Path) -> dict[str, int]:
    """The students of a class file with their seeds, in the order of the file.

    Raises:
        ClusterFileError: the file cannot be read, or a student or seed occurs twice; with its line.
    """
    file = read_table(path, CLASS)
    file.whole("format", least=FORMAT, most=FORMAT)
    seeds: dict[str, int] = {}
    tables = file.tables("students", 0, 2**31, "students")
    if not 1 <= len(tables) <= MOST_STUDENTS:
        raise file.error(
            f"The class has {counted(len(tables), 'student')}; it must have 1 to {MOST_STUDENTS}.", "students"
        )
    for table in tables:
        name = table.text("name")
        if _known(name, seeds) is not None:
            raise table.error(f"{quoted(name)} is in the class twice.", "name")
        seed = table.whole("seed", least=0, most=SEEDS - 1)
        other = next((one for one, taken in seeds.items() if taken == seed), None)
        if other is not None:
            raise table.error(
                f"{quoted(other)} has the seed {seed}, too. Each student needs a seed of their own.", "seed"
            )
        seeds[name] = seed
        table.end()
    file.end()
    return seeds


def seed_of(path: Path, student: str) -> int:
    """The seed of a student, whatever the case of the letters.

    Raises:
        ClusterFileError: see ``read_class``.
        WrongInputError: the student is not in the class.
    """
    seeds = read_class(path)
    known = _known(student, seeds)
    if known is None:
        raise WrongInputError(f"There is no student {quoted(student)} in {path}. It has: {', '.join(seeds)}.")
    return seeds[known]


def _known(name: str, seeds: dict[str, int]) -> str | None:
    return next((one for one in seeds if one.casefold() == name.casefold()), None)
