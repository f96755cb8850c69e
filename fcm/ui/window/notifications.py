"""What happened and concerns the user at once: said in a strip above the page, not only in the list of events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import events as ev
from fcm.text.words import counted
from fcm.ui.window.messages import Alike

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.model.state import State
    from fcm.ui.window.messages import MessageArea
    from fcm.ui.window.status_bar import StatusBar
    from fcm.workspace.files.journal_file import ReadOnlyJournalError


def tell_first(read_only: ReadOnlyJournalError | None, messages: MessageArea) -> None:
    """Say of a cluster that was opened why it can only be looked at, if so."""
    if read_only is not None:
        messages.show_message("warning", read_only.reason, read_only.remedy)


def tell(
    entries: Sequence[ev.Entry],
    state: State,
    messages: MessageArea,
    status: StatusBar,
    show_history: Callable[[], object],
) -> None:
    """Show what a backend reports about itself, and migrations that failed; of many, how many and where they are."""
    failed = Alike(
        "migrations", lambda number: f"{counted(number, 'migration')} failed or were interrupted.", show_history
    )
    for entry in entries:
        event = entry.event
        if isinstance(event, ev.BackendReported):
            messages.show_message(event.level, event.text, event.remedy)
            status.show_stale(event.text if event.level == "error" else "")
        elif isinstance(event, ev.MigrationFailed | ev.MigrationInterrupted):
            migration = state.migrations.get(event.migration)
            name = state.moved_name(migration) if migration else event.migration
            verb = "failed" if isinstance(event, ev.MigrationFailed) else "was interrupted"
            remedy = event.remedy if isinstance(event, ev.MigrationFailed) else ""
            messages.show_message("error", f"The migration of {name} {verb}: {event.reason}", remedy, alike=failed)
