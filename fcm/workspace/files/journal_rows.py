"""How events and telemetry stand in the rows of a journal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fcm import __version__
from fcm.model import events as ev
from fcm.model.structures.codec import DecodeError, decode_text, encode
from fcm.model.telemetry import Phase, TelemetryRow
from fcm.text.words import quoted
from fcm.workspace.files.journal_file import DamagedJournalError, JournalError

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

EARLIEST, LATEST = 0.0, 2.5e11
"""s since the epoch: 1970 to 9892, which every calendar can show."""
NONSENSE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What Python makes of values that no program of ours wrote."""
_MOST = 2**62


def decoded(path: Path, newer: str, sequence: int, time: Any, kind: Any, data: Any) -> ev.Entry:
    """One entry; the columns of a stranger's file may hold anything.

    Args:
        path: of the file, for the error.
        newer: the version of the fcm that wrote it, if that is newer than this one; else "".
        sequence: number of the event; time, kind and data are its columns.
        time: s since the epoch.
        kind: name of its class.
        data: its JSON.

    Raises:
        DamagedJournalError: it makes no sense.
        JournalError: nor need it: a newer program wrote it.
    """
    try:
        if kind not in ev.EVENT_TYPES:
            raise DecodeError(f"event {sequence} has the unknown type {quoted(kind)}")
        if not isinstance(time, float) or not EARLIEST <= time <= LATEST:
            raise DecodeError(f"event {sequence} has no time")
        return ev.Entry(sequence, time, decode_text(ev.EVENT_TYPES[kind], data))
    except NONSENSE as error:
        if newer:
            raise of_a_newer_program(path, newer) from error
        cause = str(error) if isinstance(error, DecodeError) else f"event {sequence} cannot be read"
        raise DamagedJournalError(path, sequence - 1, cause) from error


def of_a_newer_program(path: Path, which: str) -> JournalError:
    """The journal is of another time than this program."""
    return JournalError(f"The journal {path} was written by a newer fcm ({which}). Update fcm to open it.")


def newer_than_this(written_by: str) -> str:
    """In words, if a version is newer than this program; else ""."""
    return f"version {written_by}, this is {__version__}" if _numbers(written_by) > _numbers(__version__) else ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit() and len(part) < 10)


def dump(event: ev.Event) -> str:
    """The JSON of an event."""
    return json.dumps(encode(event), separators=(",", ":"), ensure_ascii=False)


def pack(row: TelemetryRow) -> list[object]:
    """A row of telemetry as a list."""
    return [
        round(row.time, 4),
        row.pass_number,
        row.remaining,
        row.sent,
        round(row.dirty_rate, 1),
        round(row.rate),
        row.phase.value,
        row.throttle,
        row.page_size,
    ]


def unpack(packed: list[Any]) -> TelemetryRow:
    """The row that ``pack`` made into a list.

    Raises:
        ValueError: a figure is out of range; whatever else the list may contain raises one of NONSENSE.
    """
    time, number, remaining, sent, dirty, rate, phase, throttle, page_size = packed
    if not all(abs(value) < _MOST for value in (time, number, remaining, sent, dirty, rate, throttle, page_size)):
        raise ValueError("a figure of a row is out of range")
    return TelemetryRow(
        float(time),
        int(number),
        int(remaining),
        int(sent),
        float(dirty),
        float(rate),
        Phase(phase),
        int(throttle),
        int(page_size),
    )


def check(connection: sqlite3.Connection, path: Path, uri: str, most: int) -> str:
    """The version of the fcm that wrote it, if that is newer than this one; else "".

    Args:
        connection: of the file.
        path: of the file, for errors.
        uri: the cluster that it must belong to.
        most: the newest form of such files that this program knows.

    Raises:
        JournalError: it is not of a form or a cluster that is meant.
        DamagedJournalError: it is damaged.
    """
    meta = dict(connection.execute("SELECT key, value FROM meta"))
    found = str(meta.get("format", "?"))
    if not (found.isascii() and found.isdigit()) or len(found) > 9:
        raise JournalError(f"{path} is not a journal of fcm. Choose another file or move it away.")
    if int(found) > most:
        raise of_a_newer_program(path, f"format {found}, this program supports {most}")
    if meta.get("uri") != uri:
        raise JournalError(f"The journal {path} belongs to {meta.get('uri')}, not to {uri}. Choose another file.")
    (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        (readable,) = connection.execute("SELECT count(*) FROM events").fetchone()
        raise DamagedJournalError(path, readable, str(result))
    return newer_than_this(str(meta.get("fcm", "")))
