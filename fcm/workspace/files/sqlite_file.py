"""SQLite files that may come from somebody else: opened so that what they hold is data and nothing more.

Source: https://sqlite.org/security.html, "Untrusted SQLite Database Files".
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from pathlib import PurePath

LONGEST_VALUE = 64 * 2**20
"""bytes of one value; a larger one is told as damage instead of filling the memory."""
FOREIGN = "fcm does not create"
"""In the message about a file with parts that are no tables."""


def harden(connection: sqlite3.Connection) -> None:
    """Let nothing of the file run, before anything of it is used.

    Raises:
        sqlite3.DatabaseError: it is no database, or holds a trigger, a view or a virtual table.
    """
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")
    connection.execute("PRAGMA mmap_size=0").close()
    found = connection.execute(
        "SELECT type, sql FROM sqlite_master WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%' LIMIT 1"
    ).fetchone()
    if found is not None:
        what = "virtual table" if found[0] == "table" else found[0]
        raise sqlite3.DatabaseError(f"it holds a {what}, which {FOREIGN}")


def file_uri(path: PurePath, option: str) -> str:
    """The URI of a file by its whole path, with one option, for ``sqlite3.connect(uri=True)``.

    https://sqlite.org/uri.html: a drive stands behind ``file:///``, and the authority must be empty, so that a share of
    Windows has four slashes. ``Path.as_uri`` would make the server the authority.
    """
    whole = path.as_posix()
    return f"file://{'' if whole.startswith('/') else '/'}{quote(whole, safe='/:')}?{option}"
