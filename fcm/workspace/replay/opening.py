"""How the history for a replay comes about: a copy of a journal, or what an incident file has, in a folder of its own.

A copy, because the cluster itself may be open and go on: a replay shows what was until it was opened.
"""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.backend import registry
from fcm.backend.base import UnknownClusterError
from fcm.text.words import quoted
from fcm.workspace.events.event_log import EventLogError
from fcm.workspace.events.event_log_file import copied
from fcm.workspace.files.journal import Journal
from fcm.workspace.files.journal_copy import copy_while_written
from fcm.workspace.files.journal_file import OpenElsewhereError, is_there
from fcm.workspace.files.journal_paths import journal_path
from fcm.workspace.files.salvaging import uri_of_journal
from fcm.workspace.files.whole_file import link_or_copy
from fcm.workspace.replay.past import JournalPast
from fcm.workspace.workspace import open_with

if TYPE_CHECKING:
    from collections.abc import Callable

INCIDENT, JOURNAL = registry.FILES_OF_HISTORY


class NoHistoryError(UnknownClusterError):
    """There is nothing to replay; the message says why."""


def must_have_history(part: str) -> None:
    """Check whether there is something to replay, without reading it.

    Args:
        part: the URI of a cluster, or the path of an incident file or a journal.

    Raises:
        NoHistoryError: there is not.
        BackendError: the URI is of no known kind.
    """
    if part.endswith(registry.FILES_OF_HISTORY):
        if not Path(part).is_file():
            raise NoHistoryError(f"There is no file {quoted(part)}. Choose an incident file or a journal.")
        return
    if not is_there(journal_path(registry.canonical_uri(part))):
        raise NoHistoryError(f"{part} has no journal: it was never open here, or not as this user. Open it first.")


def open_past(part: str) -> JournalPast:
    """The history of a cluster; blocks while its journal is copied. Nothing of it is known before a workspace reads it.

    Args:
        part: the URI of a cluster, or the path of an incident file or a journal.

    Raises:
        NoHistoryError: there is none.
        JournalError: it cannot be read or copied.
        BackendError: the URI is of no known kind, or the incident file is none.
    """
    must_have_history(part)
    if part.endswith(INCIDENT):
        from fcm.workspace.incident.reading import unpacked

        return _past(lambda copy: unpacked(Path(part), copy), Path(part).name)
    if part.endswith(JOURNAL):
        found = uri_of_journal(Path(part))
        if found is None:
            raise NoHistoryError(f"{quoted(part)} is not a journal of fcm. Choose another file.")
        owner = found
        return _past(lambda copy: _copied(Path(part), owner, copy), owner)
    uri = registry.canonical_uri(part)
    return _past(lambda copy: _copied(journal_path(uri), uri, copy), uri)


def _past(copy_to: Callable[[Path], tuple[str, bool]], title: str) -> JournalPast:
    with contextlib.ExitStack() as stack:
        folder = tempfile.TemporaryDirectory(prefix="fcm-replay-", ignore_cleanup_errors=True)
        stack.callback(folder.cleanup)
        copy = Path(folder.name) / "history.journal"
        uri, simulated = copy_to(copy)
        journal = Journal.open(copy, uri)
        journal.at_end.push(stack.pop_all())
        return JournalPast(journal, title, simulated)


def _copied(journal: Path, uri: str, copy: Path) -> tuple[str, bool]:
    here = open_with(journal)
    if here is not None:
        with contextlib.suppress(EventLogError):  # it is made anew from the journal
            here.copy_history(copy)
        return uri, registry.is_simulated(uri)
    try:
        kept = Journal.open(journal, uri, to_read=True)
    except OpenElsewhereError as elsewhere:
        _copied_while_written(journal, uri, copy, elsewhere)
        return uri, registry.is_simulated(uri)
    with contextlib.closing(kept):
        kept.copy_to(copy)
        events = journal.with_suffix(".events")
        if events.is_file():
            with (
                contextlib.suppress(sqlite3.Error),
                contextlib.closing(copied(events)) as found,
                contextlib.closing(sqlite3.connect(copy.with_suffix(".events"))) as beside,
            ):
                found.backup(beside)
    return uri, registry.is_simulated(uri)


def _copied_while_written(journal: Path, uri: str, copy: Path, elsewhere: OpenElsewhereError) -> None:
    """Copy what another program has open. Raises the error that says so where that is not possible."""
    try:
        copy_while_written(journal, copy)
        with contextlib.closing(Journal.open(copy, uri)) as made:
            for part in made.older:
                if journal.with_name(part.name).is_file():
                    link_or_copy(journal.with_name(part.name), copy.with_name(part.name))
    except OSError as error:
        raise elsewhere from error
    events = journal.with_suffix(".events")
    if events.is_file():
        with contextlib.suppress(OSError, OpenElsewhereError):  # it is made anew from the journal
            copy_while_written(events, copy.with_suffix(".events"))
