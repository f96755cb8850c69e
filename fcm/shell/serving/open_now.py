"""Which clusters windows of this user have open right now, and what they are called."""

from __future__ import annotations

import contextlib
import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.mistakes import SentenceError, WrongInputError
from fcm.shell.serving.connections import Lines, MeetingError
from fcm.shell.serving.meeting import join, place
from fcm.shell.serving.wire import PROTOCOL
from fcm.text.words import quoted
from fcm.workspace.files.journal_paths import journal_of
from fcm.workspace.files.settings import LAST, OPEN, Settings

if TYPE_CHECKING:
    from fcm.shell.serving.connections import Connection

RESPONDS = 10.0
"""s in which a window says what its cluster is called; one that does not is left out."""


@dataclass(frozen=True, slots=True)
class OpenCluster:
    """A cluster that a window has open and lets others join."""

    uri: str
    name: str


def selected() -> OpenCluster | None:
    """The one that is selected in the window; None if no window is open, or it lets nobody join."""
    return _asked(last) if (last := Settings().get(LAST)) else None


def called(name: str) -> OpenCluster:
    """The open one of a name, with or without its domain.

    Raises:
        WrongInputError: none is called so.
    """
    found = [one for uri in Settings().get(OPEN) if (one := _asked(uri)) is not None]
    for one in found:
        if name.casefold() in (one.name.casefold(), one.name.partition(".")[0].casefold()):
            return one
    known = f"These are: {', '.join(one.name for one in found)}." if found else "None is."
    raise WrongInputError(
        f"No cluster called {quoted(name)} is open in a window. {known} To open another one, enter its URI, "
        "such as embedded:contoso."
    )


def _asked(uri: str) -> OpenCluster | None:
    """What the one who has a cluster open calls it; None if nobody has."""
    try:
        connection = join(place(journal_of(uri)))
    except (MeetingError, SentenceError):
        return None
    if connection is None:
        return None
    # A window that hangs would hold this up for ever.
    late = threading.Timer(RESPONDS, connection.close)
    late.start()
    try:
        return _greeted(uri, connection)
    finally:
        late.cancel()
        connection.close()


def _greeted(uri: str, connection: Connection) -> OpenCluster | None:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        connection.send(json.dumps({"id": 0, "do": "hello", "protocol": PROTOCOL}).encode() + b"\n")
        rest = b""
        lines = Lines(connection)
        buffer = bytearray(65536)
        while b"\n" not in rest and (count := lines.readinto(buffer)):
            rest += buffer[:count]
        return OpenCluster(uri, json.loads(rest.partition(b"\n")[0])["hello"]["cluster"] or uri)
    return None
