"""Migrations that a cluster kept, as recordings to open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.ui.look.format import clock_time
from fcm.ui.migration.recordings.recording_window import Source

if TYPE_CHECKING:
    from fcm.ui.migration.recordings.recorded import Recorded
    from fcm.workspace.history import History

_NONE = "No telemetry was saved for this migration."


def kept_migration(history: History, migration: str, title: str) -> Source:
    """One that is over, by its id; ``title``: in legends and titles."""

    def load() -> Recorded:
        from fcm.ui.migration.recordings.recorded import RecordingError, shown

        past = next((one for one in history.migrations() if one.id == migration), None)
        found = None if past is None else history.recordings([past]).get(migration)
        if found is None:
            raise RecordingError(_NONE)
        return shown(title, found)

    return Source(title, load)


def title_of(machine: str, source: str, destination: str, requested: float) -> str:
    """A migration in legends and titles; ``requested`` in s since the epoch."""
    return f"{machine}, {source} to {destination} at {clock_time(requested)}"
