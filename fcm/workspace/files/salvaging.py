"""A damaged journal: what can be read of it goes on, the file is kept. And whose journal a file is."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from typing import TYPE_CHECKING

from fcm.model.state import State, apply
from fcm.text.textfile import whole_path
from fcm.workspace.files.journal import Journal
from fcm.workspace.files.journal_file import BESIDE, JournalError, connected, sentences
from fcm.workspace.files.journal_rows import NONSENSE
from fcm.workspace.files.sqlite_file import file_uri, harden

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.model import events as ev


def salvage(path: Path, uri: str) -> int:
    """Replace a damaged journal by one with the events that can be read; the damaged file is kept.

    Telemetry goes along as far as it can be read.

    Returns:
        The number of events saved.

    Raises:
        JournalError: nothing can be read, or the new file cannot be written.
    """
    kept: list[ev.Entry] = []
    rows: list[ev.Entry] = []
    rescued = path.with_suffix(".salvaged")
    with sentences(path):
        rescued.unlink(missing_ok=True)
        try:
            damaged = Journal(path, connected(path))
        except (sqlite3.DatabaseError, JournalError):
            damaged = None
        begin = State()
        if damaged is not None:
            damaged.uri = uri
            with contextlib.suppress(JournalError, *NONSENSE):
                begin = state = damaged.begin()
                for entry in damaged.entries():
                    state, _ = apply(state, entry)
                    kept.append(entry)
            rows = damaged.readable_rows()
        fresh = Journal.open(rescued, uri)
        if damaged is not None:
            fresh.begin_as(damaged, begin)
            damaged.close()
        fresh.append([*kept, *rows])
        fresh.close()
        number = 1
        while (aside := path.with_suffix(f".damaged-{number}")).exists():
            number += 1
        # Whenever this is broken off, there is a journal under its own name.
        try:
            os.link(path, aside)
        except OSError:  # a file system without hard links
            shutil.copyfile(path, aside)
        for suffix in BESIDE:
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        rescued.replace(path)
    return len(kept)


def uri_of_journal(path: Path) -> str | None:
    """The cluster whose journal a file is; None for a file that is none, is not there or is in use."""
    try:
        whole = whole_path(path)
        if not whole.is_file():  # a pipe would wait for a writer
            return None
        with contextlib.closing(sqlite3.connect(file_uri(whole, "mode=ro"), uri=True, timeout=0.0)) as found:
            harden(found)
            (uri,) = found.execute("SELECT value FROM meta WHERE key = 'uri'").fetchone()
            return uri if isinstance(uri, str) else None
    except (sqlite3.Error, TypeError, ValueError, OSError):
        return None
