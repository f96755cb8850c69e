"""Figures of migrations that lists and pages show: progress, dirty rate, last blackout, status in words.

They are kept up with the telemetry row by row, so that asking for one costs nothing however long a migration runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model.migrations import MigrationKind
from fcm.model.telemetry import Phase
from fcm.ui.look import appearance, format

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.model.entities import VirtualMachine
    from fcm.model.migrations import Migration
    from fcm.model.state import State
    from fcm.workspace.workspace import Workspace

_PHASE_WORDS = {
    Phase.WAITING: "Waiting",
    Phase.SETUP: "Connecting",
    Phase.BROWNOUT: "Copying memory",
    Phase.BLACKOUT: "Stop and copy",
    Phase.STORAGE: "Handing over the storage",
    Phase.NETWORK: "Announcing the network address",
    Phase.CLEANUP: "Cleaning up at the source",
    Phase.COMPLETED: "Completed",
    Phase.FAILED: "Failed",
    Phase.CANCELED: "Canceled",
    Phase.INTERRUPTED: "Interrupted",
}
_MOVING_WORDS = {
    MigrationKind.LIVE: "Live Migrating",
    MigrationKind.QUICK: "Quick Migrating",
    MigrationKind.MOVE: "Moving",
}


def phase_words(phase: Phase) -> str:
    """A phase as lists word it."""
    return _PHASE_WORDS[phase]


@dataclass(slots=True)
class _Course:
    """What is known of one migration's telemetry so far."""

    rows: int = 0
    dirty_rate: float = 0.0
    page_size: int = 4096
    rate: float = 0.0


class Figures:
    """Figures of one workspace's migrations."""

    def __init__(self, workspace: Workspace | None = None) -> None:
        """``workspace`` None: no cluster is open."""
        self._workspace = workspace
        self._courses: dict[str, _Course] = {}
        self._of: Mapping[str, Migration] | None = None
        self._active: dict[str, Migration] = {}
        self._last: dict[str, Migration] = {}
        self._blackout: dict[str, float] = {}

    def active(self, state: State, machine: str) -> Migration | None:
        """The migration of a machine that waits or runs."""
        self._index(state)
        return self._active.get(machine)

    def last_blackout(self, state: State, machine: str) -> float | None:
        """Blackout in s of the newest completed live migration of a machine."""
        self._index(state)
        return self._blackout.get(machine)

    def dirty_rate(self, state: State, machine: str) -> float | None:
        """Pages/s (4 KiB) that a machine dirtied when its newest migration last measured it."""
        self._index(state)
        migration = self._last.get(machine)
        if migration is None:
            return None
        course = self._course(migration.id)
        return course.dirty_rate * course.page_size / 4096 if course.dirty_rate else None

    def progress(self, migration: Migration) -> float:
        """How far a migration is, 0 to 1: what the migration view shows at the same moment; 1 only once completed."""
        if migration.phase is Phase.COMPLETED:
            return 1.0
        if self._workspace is None or not self._workspace.rows(migration.id):
            return 0.0
        return self._workspace.forecasts.course(migration.id).told_progress

    def rate(self, migration: Migration) -> float:
        """Bytes/s at which a running migration sends; 0 if it does not."""
        return self._course(migration.id).rate if migration.phase.is_running else 0.0

    def status(self, state: State, machine: VirtualMachine) -> str:
        """The column Status of a virtual machine: its state, or how far its move is."""
        migration = self.active(state, machine.id)
        if migration is None:
            return appearance.machine_words(machine, state)
        if migration.phase is Phase.WAITING:
            return f"Waiting to migrate to {migration.destination}"
        words = _MOVING_WORDS[migration.kind]
        if migration.kind is not MigrationKind.LIVE:
            return words
        return f"{words}, {format.percent(self.progress(migration))} completed"

    def _course(self, migration: str) -> _Course:
        course = self._courses.setdefault(migration, _Course())
        rows = self._workspace.rows(migration) if self._workspace else ()
        for row in rows[course.rows :]:
            course.dirty_rate = row.dirty_rate or course.dirty_rate
            course.page_size = row.page_size
            course.rate = row.rate
        course.rows = len(rows)
        return course

    def _index(self, state: State) -> None:
        if state.migrations is self._of:
            return
        self._of = state.migrations
        self._active.clear()
        self._last.clear()
        self._blackout.clear()
        for migration in state.migrations.values():
            self._last[migration.machine] = migration
            if not migration.phase.is_over:
                self._active[migration.machine] = migration
            elif migration.phase is Phase.COMPLETED and migration.figures is not None:
                self._blackout[migration.machine] = migration.figures.downtime
