"""The records of one fact, named by the state around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.logs.records import pass_record, records_of
from fcm.model import events as ev

if TYPE_CHECKING:
    from fcm.logs.records import EventRecord
    from fcm.model.state import State

_GONE = (
    ev.MachineDeleted,
    ev.GroupRemoved,
    ev.ResourceRemoved,
    ev.SharedVolumeRemoved,
    ev.NodeEvicted,
    ev.FaultRepaired,
    ev.CopyEnded,
)
"""Facts whose names are those of the state before."""


def records_around(entry: ev.Entry, before: State, after: State) -> list[EventRecord]:
    """The records of one fact, in words."""
    event = entry.event
    if isinstance(event, ev.MigrationProgressed):
        migration = after.migrations.get(event.migration)
        started = migration is not None and migration.started is not None
        return [pass_record(migration, event.row, after)] if started and migration is not None else []
    return records_of(entry, before if isinstance(event, _GONE) else after)
