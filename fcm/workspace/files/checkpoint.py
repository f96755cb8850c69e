"""The state at one moment, kept row by row in a journal or in an older part of it, so that replay can begin there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fcm.model.entities import (
    Adapter,
    Cluster,
    Disk,
    Group,
    Network,
    Node,
    Resource,
    SharedVolume,
    VirtualMachine,
)
from fcm.model.failures import CutOffCopy, Failover, Fault, PlannedFault
from fcm.model.migrations import Drain, Migration
from fcm.model.snapshots import Backup, Snapshot
from fcm.model.state import State
from fcm.model.structures.codec import decode, encode
from fcm.model.structures.tables import Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

KINDS: dict[str, type[Any]] = {
    "nodes": Node,
    "networks": Network,
    "adapters": Adapter,
    "disks": Disk,
    "shared_volumes": SharedVolume,
    "groups": Group,
    "resources": Resource,
    "machines": VirtualMachine,
    "migrations": Migration,
    "drains": Drain,
    "snapshots": Snapshot,
    "backups": Backup,
    "faults": Fault,
    "copies": CutOffCopy,
    "failovers": Failover,
    "planned": PlannedFault,
}
"""Table of a State -> what its objects are."""
SCHEMA = (
    "CREATE TABLE checkpoint (number INTEGER PRIMARY KEY, part TEXT NOT NULL, key TEXT NOT NULL, data TEXT NOT NULL)"
)
_POINT = "checkpoint"
"""Key of meta: sequence number and time of the last event that the checkpoint contains."""


def write(connection: sqlite3.Connection, state: State) -> None:
    """Put the state in place of the checkpoint that is there, within the transaction of the caller."""
    connection.execute("DELETE FROM checkpoint")
    connection.executemany("INSERT INTO checkpoint (part, key, data) VALUES (?, ?, ?)", _rows(state))
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_POINT, json.dumps([state.sequence, state.time])))


def _rows(state: State) -> Iterator[tuple[str, str, str]]:
    yield "cluster", "", json.dumps(encode(state.cluster), separators=(",", ":"), ensure_ascii=False)
    for part in KINDS:
        for key, one in getattr(state, part).items():
            yield part, key, json.dumps(encode(one), separators=(",", ":"), ensure_ascii=False)


def point(connection: sqlite3.Connection) -> tuple[int, float]:
    """Sequence number and time (s since the epoch) of the last event in the checkpoint; (0, 0.0): there is none.

    Raises:
        ValueError: that makes no sense.
    """
    found = connection.execute("SELECT value FROM meta WHERE key = ?", (_POINT,)).fetchone()
    if found is None:
        return 0, 0.0
    match json.loads(found[0]):
        case [int() as sequence, float() as time] if sequence > 0:
            return sequence, time
        case _:
            raise ValueError("the checkpoint has no place in the history")


def read(connection: sqlite3.Connection) -> State:
    """The state at the checkpoint; an empty one if there is none.

    Raises:
        ValueError: it makes no sense (DecodeError among them).
        sqlite3.DatabaseError: it cannot be read.
    """
    sequence, time = point(connection)
    if not sequence:
        return State()
    cluster: Cluster | None = None
    tables: dict[str, dict[str, Any]] = {part: {} for part in KINDS}
    for part, key, data in connection.execute("SELECT part, key, data FROM checkpoint ORDER BY number"):
        if part == "cluster":
            value = json.loads(data)
            cluster = None if value is None else decode(Cluster, value)
        elif part in tables:
            tables[part][key] = decode(KINDS[part], json.loads(data))
        else:
            raise ValueError("the checkpoint has a part that is not known")
    return State(sequence, time, cluster, **{part: Table(objects) for part, objects in tables.items()})
