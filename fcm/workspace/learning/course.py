"""Guided courses: steps with a text, the moves of a hand, the same as PowerShell, and a check on the state.

The check alone says whether a step is done, whatever way it was done (docs/courses.md). A course comes from a file that
somebody may have sent: it names a cluster file but holds none, its PowerShell is only text until a user runs it in the
built-in shell, and whatever is wrong with it is refused with file, line and reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm import resources
from fcm.backend.toml_table import ClusterFileError, read_table
from fcm.text.textfile import COURSE
from fcm.text.words import counted, quoted
from fcm.workspace.learning.checks import read_checks
from fcm.workspace.learning.moves import Move, read_moves
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.backend.toml_table import Table
    from fcm.model.state import State
    from fcm.workspace.learning.checks import AnyOf, Check, Finding

FORMAT = 1
MOST_STEPS = 100
_CONTAINERS = {
    "start": Place.ROOT,
    "cluster": Place.CLUSTER,
    "services": Place.SERVICES,
    "nodes": Place.NODES,
    "shared volumes": Place.SHARED_VOLUMES,
    "storage": Place.STORAGE,
    "networks": Place.NETWORKS,
    "events": Place.EVENTS,
    "map": Place.MAP,
}
_OBJECTS = ("machine", "service", "node", "network")
REAL = "hosts"
"""What a course names as its cluster if it is done on real hosts, whichever are open."""


@dataclass(frozen=True, slots=True)
class Where:
    """A place of the window to which a step leads: a page of the console tree."""

    kind: str = ""
    """A key of the containers, machine, service, node or network; "" where the step is done anywhere."""
    name: str = ""
    """Of the object."""

    def selection(self, state: State) -> Selection | None:
        """The place in a state; None if there is no such thing (yet)."""
        if not self.kind:
            return None
        if self.kind in _CONTAINERS:
            found: Selection | None = Selection(_CONTAINERS[self.kind])
        else:
            found = self._object(state)
        return found if found is not None and found.exists(state) else None

    def _object(self, state: State) -> Selection | None:
        if self.kind == "node":
            return Selection(Place.NODE, self.name)
        if self.kind == "machine":
            machine = state.machine_named(self.name)
            return None if machine is None else Selection(Place.MACHINE, machine.id)
        if self.kind == "service":
            groups = (one.id for one in state.groups.values() if one.name == self.name)
            return next((Selection(Place.GROUP, identity) for identity in groups), None)
        networks = (one.id for one in state.networks.values() if one.name == self.name)
        return next((Selection(Place.NETWORK, identity) for identity in networks), None)


@dataclass(frozen=True, slots=True)
class CourseStep:
    """One step."""

    title: str
    text: str
    """What to do and why; an empty line begins a paragraph."""
    place: Where
    moves: tuple[Move, ...]
    power_shell: str
    """The same as text; "" where there is nothing to do, or no way to do it so."""
    checks: tuple[Check | AnyOf, ...]
    """What must hold once it is done; none: it is done when the user goes on."""

    def findings(self, state: State) -> list[Finding]:
        """What its checks find now."""
        return [check.look(state) for check in self.checks]

    def is_done(self, state: State) -> bool:
        """Whether the state says that it is done."""
        return bool(self.checks) and all(finding.holds for finding in self.findings(state))


@dataclass(frozen=True, slots=True)
class Course:
    """One course."""

    key: str
    """What its progress is kept by: the name of a shipped course, else the path of its file."""
    title: str
    about: str
    """What one learns, in a sentence or two."""
    cluster: str
    """URI of the cluster on which it is done; "" for real hosts, whichever are open."""
    steps: tuple[CourseStep, ...]
    path: Path
    is_shipped: bool = False
    """Whether it came with the program."""

    @property
    def can_be_shown(self) -> bool:
        """Whether *Show me* may do its steps: what somebody wrote is not done to real hosts by a program."""
        return self.is_shipped or bool(self.cluster)

    def script(self) -> str:
        """The PowerShell of all steps as one script for ``fcm run``."""
        parts = [f"# {self.title}\n# {self.about}\n\n$ErrorActionPreference = 'Stop'\n"]
        for number, step in enumerate(self.steps, 1):
            if step.power_shell:
                parts.append(f"\n# {number}. {step.title}\n{step.power_shell.strip()}\n")
        return "".join(parts)


def shipped_courses() -> dict[str, Path]:
    """All courses that come with the program, by name, in the order of their files."""
    folder = resources.path("courses")
    return {path.stem: path for path in sorted(folder.glob("*.toml"))} if folder.is_dir() else {}


def load_course(path: Path) -> Course:
    """Read a course.

    Raises:
        ClusterFileError: the file cannot be read or does not describe a course; with its line and the reason.
    """
    file = read_table(path, COURSE)
    file.whole("format", least=FORMAT, most=FORMAT)
    is_shipped = path == shipped_courses().get(path.stem)
    title, about = file.text("title"), file.text("about")
    cluster = _cluster(file, path)
    tables = file.tables("steps", 0, 2**31, "steps")
    if not 1 <= len(tables) <= MOST_STEPS:
        raise file.error(f"The course has {counted(len(tables), 'step')}; it must have 1 to {MOST_STEPS}.", "steps")
    course = Course(
        key=path.stem if is_shipped else str(path),
        title=title,
        about=about,
        cluster=cluster,
        steps=tuple(_step(one) for one in tables),
        path=path,
        is_shipped=is_shipped,
    )
    file.end()
    return course


def _cluster(file: Table, path: Path) -> str:
    """A shipped cluster by name, or a cluster file beside the course; nothing else can be named."""
    name = file.text("cluster")
    if name == REAL:
        return ""
    if name.endswith(".toml"):
        if "/" in name or "\\" in name:
            raise file.error("'cluster' must be the name of a file in the folder of the course.", "cluster")
        return f"embedded:{path.absolute().parent / name}"
    shipped = sorted(one.stem for one in resources.path("clusters").glob("*.toml"))
    if name not in shipped:
        listed = ", ".join(shipped)
        reason = f"There is no cluster {quoted(name)}. Use one of: {listed}, {REAL}, or a cluster file (.toml)."
        raise file.error(reason, "cluster")
    return f"embedded:{name}"


def _step(table: Table) -> CourseStep:
    step = CourseStep(
        title=table.text("title"),
        text=table.text("text").strip(),
        place=_place(table),
        moves=read_moves(table, "moves"),
        power_shell=table.text("powershell", "").strip(),
        checks=read_checks(table, "checks", None),
    )
    table.end()
    return step


def _place(table: Table) -> Where:
    text = table.text("place", "")
    kind, _, name = text.partition(" ")
    if not text or text in _CONTAINERS:
        return Where(text)
    if kind not in _OBJECTS or not name:
        objects = ", ".join(f"{one} NAME" for one in _OBJECTS)
        known = f"{', '.join(_CONTAINERS)}, {objects}"
        raise table.error(f"'place' is {quoted(text)}; it must be one of: {known}.", "place")
    return Where(kind, name)


def titles(paths: dict[str, Path]) -> list[tuple[Path, str, str]]:
    """Path, title and what it is about of each course; of one that cannot be read, why not."""
    found = []
    for path in paths.values():
        try:
            course = load_course(path)
        except ClusterFileError as error:
            found.append((path, path.stem, str(error)))
        else:
            found.append((path, course.title, course.about))
    return found
