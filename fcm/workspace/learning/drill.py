"""Drills: a cluster in trouble, what a student is asked, and what counts as solved (docs/drills.md).

The file is a cluster file with a table ``[drill]`` beside. Whatever is wrong is refused with file, line and reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fcm import resources
from fcm.backend.embedded.cluster_file.reading import from_table
from fcm.backend.toml_lines import TomlLines
from fcm.backend.toml_table import ClusterFileError, Table
from fcm.mistakes import WrongInputError
from fcm.model.entries import stamped
from fcm.model.state import State
from fcm.text.textfile import DRILL, TextFileError, parse_toml, read_text, typed_path
from fcm.text.words import counted, quoted
from fcm.workspace.learning.checks import read_checks
from fcm.workspace.learning.variation import Variation, shuffled, vary, why_unclear

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from fcm.model.events import ClusterFormed
    from fcm.workspace.learning.checks import AnyOf, Check

LONGEST_WARM_UP = 7 * 86400.0
"""s."""
LONGEST_TIME = 86400.0
"""s."""
LEAST_DIAGNOSES, MOST_DIAGNOSES = 3, 10
LEVELS = 3
MOST_HINTS = 10
MOST_COST = 50
"""Points of one hint."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One explanation that a student can choose."""

    text: str
    because: str
    """Why it is right or wrong; told afterwards."""
    right: bool = False
    tempting: bool = False
    """What many choose at first, and wrong."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Help that costs points."""

    text: str
    cost: int


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill with the names of one seed."""

    name: str
    title: str
    story: str
    """What the student is told."""
    warm_up: float
    """s on the cluster's clock before the student begins."""
    time: float
    """s on the cluster's clock in which it can be solved at ease."""
    diagnoses: tuple[Diagnosis, ...]
    """In the order in which this seed offers them."""
    hints: tuple[Hint, ...]
    """In the order in which they are given."""
    checks: tuple[Check | AnyOf, ...]
    """What must hold in the end; empty where only a diagnosis is asked."""
    kept: tuple[Check | AnyOf, ...]
    """What must hold all the time."""
    cluster: ClusterFormed
    variation: Variation
    path: Path
    setup: str = ""
    """PowerShell that brings the cluster into its trouble; it runs in the built-in shell and reaches no file."""
    level: int = 2
    """1 (to begin with) to LEVELS."""
    setup_line: int = 0
    """Line of the file on which it begins."""

    @property
    def right(self) -> int:
        """Number of the right diagnosis, from 1."""
        return next(number for number, one in enumerate(self.diagnoses, 1) if one.right)

    @property
    def tempting(self) -> tuple[int, ...]:
        """Numbers of the tempting diagnoses, from 1."""
        return tuple(number for number, one in enumerate(self.diagnoses, 1) if one.tempting)


def shipped_drills() -> dict[str, Path]:
    """All drills that can be opened by name."""
    folder = resources.path("drills")
    return {path.stem: path for path in sorted(folder.glob("*.toml"))} if folder.is_dir() else {}


def find_drill(name_or_path: str) -> Path:
    """The file of a shipped drill, or the path of one.

    Raises:
        WrongInputError: there is no such drill.
    """
    known = shipped_drills()
    if name_or_path in known:
        return known[name_or_path]
    if name_or_path.endswith(".toml"):
        return typed_path(name_or_path)
    raise WrongInputError(
        f"There is no drill {quoted(name_or_path)}. Choose one of {', '.join(known) or 'none'}, "
        "or specify the path of a drill file (.toml)."
    )


def load_drill(path: Path, seed: int) -> Drill:
    """Read a drill and give it the names of a seed.

    Raises:
        ClusterFileError: the file cannot be read or does not describe a drill.
        ValueError: there is no such seed.
    """
    try:
        text = read_text(path, DRILL)
        values = parse_toml(text, path)
    except TextFileError as error:
        raise ClusterFileError(path, error.line, error.reason) from error
    plain = _read(path, text, values, Variation(seed))
    formed = plain.cluster
    services = [group.name for group in formed.groups if not group.is_core]
    nodes = [node.name for node in formed.nodes]
    others = list(dict.fromkeys([*services, *(machine.name for machine in formed.machines)]))
    unclear = why_unclear((formed.cluster.name, *nodes, *others), frozenset(_words(values)))
    if unclear:
        raise ClusterFileError(path, 0, unclear)
    variation = vary(seed, formed.cluster.name, nodes, others)
    varied = variation.said(text)
    try:
        return _read(path, varied, parse_toml(varied, path), variation)
    except TextFileError as error:
        reason = "A name is also a word of the file, so that it cannot be varied. Use names such as node1 or SQL01."
        raise ClusterFileError(path, error.line, reason) from error


def _words(values: object) -> Iterator[str]:
    """Keys of the file, except those of tables whose keys are names."""
    if isinstance(values, dict):
        for key, inner in values.items():
            yield key
            if key != "addresses":
                yield from _words(inner)
    elif isinstance(values, list):
        for inner in values:
            yield from _words(inner)


def _read(path: Path, text: str, values: dict[str, Any], variation: Variation) -> Drill:
    lines = TomlLines(text)
    file = Table(path, lines, values)
    table = file.table("drill")
    formed = from_table(file)
    state, _ = stamped(State(), [formed], 0.0)
    diagnoses = _diagnoses(table)
    warm_up, time = table.number("warm_up", 0.0), table.number("time", 900.0)
    if warm_up > LONGEST_WARM_UP:
        raise table.error(f"'warm_up' is {warm_up:g}; at most {LONGEST_WARM_UP:.0f} s are allowed.", "warm_up")
    if not 1 <= time <= LONGEST_TIME:
        raise table.error(f"'time' is {time:g}; it must be 1 to {LONGEST_TIME:.0f} s.", "time")
    drill = Drill(
        name=path.stem,
        title=table.text("title"),
        story=table.text("story").strip(),
        warm_up=warm_up,
        time=time,
        diagnoses=tuple(diagnoses[place] for place in shuffled(variation.seed, len(diagnoses), path.stem)),
        hints=_hints(table),
        checks=read_checks(table, "checks", state),
        kept=read_checks(table, "kept", state),
        cluster=formed,
        variation=variation,
        path=path,
        setup=table.text("setup", ""),
        level=table.whole("level", 2, 1, LEVELS),
        setup_line=lines.line(("drill", "setup")),
    )
    table.end()
    return drill


def _diagnoses(table: Table) -> list[Diagnosis]:
    found = []
    for one in table.tables("diagnoses", 0, 2**31, "diagnoses"):
        diagnosis = Diagnosis(
            one.text("text"),
            one.text("because"),
            one.flag("right", default=False),
            one.flag("tempting", default=False),
        )
        if diagnosis.right and diagnosis.tempting:
            raise one.error("The right diagnosis cannot be the tempting one, too.", "tempting")
        one.end()
        found.append(diagnosis)
    if not LEAST_DIAGNOSES <= len(found) <= MOST_DIAGNOSES:
        limits = f"{LEAST_DIAGNOSES} to {MOST_DIAGNOSES}"
        raise table.error(f"The drill has {len(found)} diagnoses; it must have {limits}.", "diagnoses")
    if sum(one.right for one in found) != 1:
        raise table.error("Exactly one diagnosis must have right = true.", "diagnoses")
    if not any(one.tempting for one in found):
        raise table.error("At least one diagnosis must have tempting = true.", "diagnoses")
    return found


def _hints(table: Table) -> tuple[Hint, ...]:
    found = []
    for one in table.tables("hints", 0, 2**31, "hints"):
        found.append(Hint(one.text("text"), one.whole("cost", 10, 0, MOST_COST)))
        one.end()
    if len(found) > MOST_HINTS:
        raise table.error(
            f"The drill has {counted(len(found), 'hint')}; at most {MOST_HINTS} are allowed.", "hints", MOST_HINTS
        )
    return tuple(found)


def listed(paths: Iterable[Path]) -> list[tuple[Path, str, int]]:
    """Path, title and level of each drill that can be read, the first level first."""
    found = []
    for path in paths:
        try:
            drill = load_drill(path, 0)
        except ClusterFileError:
            continue
        found.append((path, drill.title, drill.level))
    return sorted(found, key=lambda one: (one[2], one[1]))


def titles(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Name and title of each drill; of one that cannot be read, why not."""
    for path in paths:
        try:
            yield path.stem, load_drill(path, 0).title
        except ClusterFileError as error:
            yield path.stem, str(error)
