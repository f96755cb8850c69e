"""Incident files of strangers: read within limits, into a journal of its own.

Nothing is unpacked by the names in the zip: four files of known names are read, piece by piece, up to limits of their
own; whatever else is in it is not looked at. Their texts become objects only by the codec, which knows every field.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Any

from fcm.backend.base import BackendError
from fcm.mistakes import WrongInputError
from fcm.model import events as ev
from fcm.model.entities import Cluster
from fcm.model.state import State, apply
from fcm.model.structures.codec import decode
from fcm.model.structures.tables import Table, one_turn
from fcm.workspace.files.checkpoint import KINDS
from fcm.workspace.files.journal import Journal
from fcm.workspace.files.journal_file import DamagedJournalError, JournalError
from fcm.workspace.files.journal_rows import EARLIEST, LATEST, NONSENSE, decoded, unpack
from fcm.workspace.incident.form import EVENTS, FORMAT, MANIFEST, STATE, TELEMETRY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST_FILE = 256 * 2**20
"""bytes of an incident file."""
LARGEST = {MANIFEST: 2**16, STATE: 256 * 2**20, EVENTS: 512 * 2**20, TELEMETRY: 512 * 2**20}
"""bytes of each file in it, unpacked."""
LARGEST_LINE = 32 * 2**20
"""bytes."""
MOST_MEMBERS = 1000
MOST_EVENTS = 2_000_000
_AT_ONCE = 2000


class IncidentFileError(BackendError, WrongInputError):
    """An incident file cannot be opened; the message says why."""


def unpacked(path: Path, journal: Path) -> tuple[str, bool]:
    """Write the history in an incident file to a new journal; blocks.

    Args:
        path: the incident file.
        journal: the file that is made.

    Returns:
        What the journal is named as the journal of, and whether its figures were computed.

    Raises:
        IncidentFileError: it is no incident file, damaged, too large, or of a newer fcm.
        JournalError: the journal cannot be written.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _no(path, f"it is larger than {LARGEST_FILE // 2**20} MiB")
        with zipfile.ZipFile(path) as file:
            if len(file.infolist()) > MOST_MEMBERS:
                raise _no(path, f"it has more than {MOST_MEMBERS} files")
            simulated = _manifest(path, file)
            _fill(path, file, journal)
    except JournalError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise _no(path, f"it is not a whole zip file ({error})") from error
    except OSError as error:
        raise _no(path, str(error.strerror or error)) from error
    except NONSENSE as error:
        raise _no(path, f"what is in it makes no sense ({_short(error)})") from error
    return _uri(path), simulated


def _uri(path: Path) -> str:
    return f"incident:{path}"


def _no(path: Path, why: str) -> IncidentFileError:
    return IncidentFileError(f"{path} cannot be opened as an incident file: {why}. Ask for the file again.")


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _opened(path: Path, file: zipfile.ZipFile, name: str) -> IO[bytes]:
    found = [one for one in file.infolist() if one.filename == name]
    if len(found) != 1:
        raise _no(path, f"{name} is not in it once, but {len(found)} times")
    if found[0].flag_bits & 1:
        raise _no(path, f"{name} in it is encrypted")
    if found[0].file_size > LARGEST[name]:
        raise _no(path, f"{name} in it is larger than {LARGEST[name] // 2**20} MiB")
    return file.open(found[0])


def _manifest(path: Path, file: zipfile.ZipFile) -> bool:
    with _opened(path, file, MANIFEST) as opened:
        found = json.loads(opened.read(LARGEST[MANIFEST] + 1))
    if not isinstance(found, dict) or not isinstance(found.get("format"), int):
        raise _no(path, "it does not say its format")
    if found["format"] > FORMAT:
        raise IncidentFileError(f"{path} was written by a newer fcm. Update fcm to open it.")
    return found.get("simulated") is True


def _lines(path: Path, file: zipfile.ZipFile, name: str) -> Iterator[Any]:
    """The JSON of each line, up to the limits, whatever the zip says of its size."""
    whole = 0
    with _opened(path, file, name) as opened:
        buffered = io.BufferedReader(opened)  # type: ignore[type-var]
        while line := buffered.readline(LARGEST_LINE + 1):
            whole += len(line)
            if len(line) > LARGEST_LINE or whole > LARGEST[name]:
                raise _no(path, f"{name} in it is too large")
            yield json.loads(line)


def _fill(path: Path, file: zipfile.ZipFile, journal: Path) -> None:
    state = _state(path, file)
    opened = Journal.open(journal, _uri(path))
    try:
        opened.begin_with(state)
        batch: list[ev.Entry] = []
        for number, line in enumerate(_lines(path, file, EVENTS)):
            sequence, time, kind, data = line
            if number >= MOST_EVENTS or type(sequence) is not int:
                raise ValueError("an event has no number, or there are too many")
            try:
                entry = decoded(path, "", sequence, time, kind, data)
            except DamagedJournalError as error:
                raise ValueError(f"event {sequence} cannot be read") from error
            if entry.event.transient:
                raise ValueError("an event that no journal keeps")
            with one_turn():
                state, _ = apply(state, entry)
            batch.append(entry)
            if len(batch) >= _AT_ONCE:
                opened.append(batch)
                batch = []
        opened.append(batch)
        for line in _lines(path, file, TELEMETRY):
            migration, rows = line
            if migration not in state.migrations:
                raise ValueError("telemetry of a migration that is not there")
            opened.append([ev.Entry(0, 0.0, ev.MigrationProgressed(migration, unpack(row))) for row in rows])
    finally:
        opened.close()


def _state(path: Path, file: zipfile.ZipFile) -> State:
    lines = _lines(path, file, STATE)
    match next(lines, None):
        case ["point", int() as sequence, float() as time] if sequence > 0 and EARLIEST <= time <= LATEST:
            pass
        case _:
            raise _no(path, "its first state has no time")
    cluster: Cluster | None = None
    tables: dict[str, dict[str, Any]] = {part: {} for part in KINDS}
    for part, key, data in lines:
        if part == "cluster":
            cluster = decode(Cluster, data)
        elif part in tables and isinstance(key, str):
            tables[part][key] = decode(KINDS[part], data)
        else:
            raise ValueError("a part of the state is not known")
    if cluster is None:
        raise _no(path, "there is no cluster in it")
    return State(sequence, time, cluster, **{part: Table(objects) for part, objects in tables.items()})
