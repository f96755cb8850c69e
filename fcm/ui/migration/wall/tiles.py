"""What a tile of the Migration Wall says: one migration at one moment, read from one snapshot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from fcm.migration.forecast.outlook import Verdict
from fcm.model.migrations import MigrationKind
from fcm.model.structures.tables import name_of
from fcm.model.telemetry import Phase
from fcm.ui.look.format import percent, seconds
from fcm.ui.migration.words import about
from fcm.ui.window.figures import phase_words

if TYPE_CHECKING:
    from fcm.migration.arrays import Floats, Ints
    from fcm.model.migrations import Migration
    from fcm.workspace.forecasts import Course
    from fcm.workspace.workspace import Workspace

MOST_TILES = 64
"""Migrations on the wall; of more, those that ended first are left out, then the newest requests."""


class Mood(Enum):
    """How a migration is, for the color and the order of its tile."""

    GOOD = "good"
    BUSY = "busy"
    QUIET = "quiet"
    """It waits."""
    WARNING = "warning"
    """It is not expected to converge, or was canceled."""
    BAD = "bad"


class Order(Enum):
    """How the wall is sorted."""

    NEWEST = "Newest first"
    END = "Next to finish first"
    TROUBLE = "Trouble first"
    NAME = "Virtual machine"


@dataclass(frozen=True, slots=True)
class Tile:
    """One migration."""

    id: str
    machine: str
    """Id of the virtual machine, "" where it no longer exists."""
    name: str
    way: str
    """From which node to which, over what."""
    status: str
    """Phase or outcome in words."""
    expected: str
    """When it should finish, or why not; after the end how long it took."""
    share: str
    """Percent, "" where there is none."""
    progress: float
    mood: Mood
    time: Floats
    """[n] s since the start."""
    remaining: Ints
    """[n] bytes left to send."""
    memory: float
    """bytes."""
    threshold: float
    """Bytes below which it can switch over; 0 while unknown."""
    left: float
    """s until it should finish; endless where it will not, 0 after the end."""
    is_over: bool

    @property
    def words(self) -> str:
        """All of it as one sentence, for those who do not see the tile."""
        parts = (self.name, self.way, self.status, self.share, self.expected)
        return ", ".join(part for part in parts if part).replace("\N{NO-BREAK SPACE}", " ")


def tiles(workspace: Workspace, order: Order) -> list[Tile]:
    """The tiles of an open cluster: what runs or waits, then what ended last, sorted."""
    state = workspace.state
    live = [one for one in state.migrations.values() if one.kind is MigrationKind.LIVE]
    active = [one for one in live if not one.phase.is_over][:MOST_TILES]
    ended = [one for one in live if one.phase.is_over]
    chosen = [*ended[max(0, len(ended) - (MOST_TILES - len(active))) :], *active]
    if len(active) == MOST_TILES:
        chosen = active
    return sort([tile(workspace, one) for one in reversed(chosen)], order)


def sort(found: list[Tile], order: Order) -> list[Tile]:
    """Tiles in an order; those that are alike keep theirs (newest first)."""
    match order:
        case Order.NEWEST:
            return found
        case Order.END:
            return sorted(found, key=lambda one: (one.is_over, one.left))
        case Order.TROUBLE:
            return sorted(found, key=lambda one: (_TROUBLE[one.mood], one.is_over, -one.left))
        case Order.NAME:
            return sorted(found, key=lambda one: one.name.casefold())


_TROUBLE = {Mood.BAD: 0, Mood.WARNING: 1, Mood.BUSY: 2, Mood.QUIET: 3, Mood.GOOD: 4}


def tile(workspace: Workspace, migration: Migration) -> Tile:
    """The tile of one migration."""
    state, course = workspace.state, workspace.forecasts.course(migration.id)
    network = f" over {name_of(state.networks, migration.network)}" if migration.network else ""
    machine = state.machines.get(migration.machine)
    mood, expected, left = _outlook(migration, course)
    return Tile(
        id=migration.id,
        machine=machine.id if machine else "",
        name=state.moved_name(migration),
        way=f"{migration.source} to {migration.destination}{network}",
        status=phase_words(migration.phase),
        expected=expected,
        share=percent(course.told_progress) if migration.phase.is_running or migration.phase is Phase.COMPLETED else "",
        progress=course.told_progress,
        mood=mood,
        time=course.recording.time,
        remaining=course.recording.remaining,
        memory=float(course.recording.memory or (machine.memory if machine else 0)),
        threshold=course.threshold(),
        left=left,
        is_over=migration.phase.is_over,
    )


def _outlook(migration: Migration, course: Course) -> tuple[Mood, str, float]:
    """Mood, what is to be expected in words, and s that are left."""
    figures = migration.figures
    match migration.phase:
        case Phase.COMPLETED:
            took = f"{seconds(figures.total)}, blackout {seconds(figures.downtime)}" if figures else ""
            return Mood.GOOD, took, 0.0
        case Phase.FAILED:
            return Mood.BAD, migration.reason, 0.0
        case Phase.CANCELED | Phase.INTERRUPTED:
            return Mood.WARNING, "", 0.0
        case Phase.WAITING:
            return Mood.QUIET, migration.reason, math.inf
    outlook = course.told_outlook
    if outlook is None:
        return Mood.BUSY, "", math.inf
    if outlook.verdict is Verdict.WILL_NOT_CONVERGE or migration.endless:
        return Mood.WARNING, "Not expected to converge", math.inf
    if not math.isfinite(outlook.eta.mid):
        return Mood.BUSY, "", math.inf
    return Mood.BUSY, f"Finishes in {about(outlook.eta.low, outlook.eta.high)}", outlook.eta.mid
