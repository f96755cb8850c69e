"""What happened and concerns the user at once: said in a strip above the page, not only in the list of events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model import events as ev
from fcm.model.migrations import MigrationKind
from fcm.text.words import counted
from fcm.ui.window.panes.messages import Alike

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.model.state import State
    from fcm.ui.window.panes.messages import MessageArea
    from fcm.workspace.files.journal_file import ReadOnlyJournalError

_VERBS = {
    MigrationKind.LIVE: "live migrated",
    MigrationKind.QUICK: "quick migrated",
    MigrationKind.MOVE: "moved",
}


def tell_first(read_only: ReadOnlyJournalError | None, messages: MessageArea) -> None:
    """Say of a cluster that was opened why it can only be looked at, if so."""
    if read_only is not None:
        messages.show_message("warning", read_only.reason, read_only.remedy)


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells of one cluster; there is one strip for many messages of a kind."""

    messages: MessageArea
    show_history: Callable[[], object]
    """Opens the history of the cluster's migrations."""
    stale: Callable[[str], None]
    """Told why what is shown may be old, or "" that it is not any more."""

    def tell(self, entries: Sequence[ev.Entry], state: State, where: str, watched: bool) -> None:
        """Show what a backend reports about itself, and migrations that failed.

        Args:
            entries: what happened.
            state: of the cluster.
            where: its name, where several are open; else "".
            watched: whether it is the one in front; of another one the migrations that completed are told, too.
        """
        before = f"{where}: " if where else ""
        failed = Alike(
            f"failed migrations of {where}",
            lambda number: f"{before}{counted(number, 'migration')} failed or were interrupted.",
            self.show_history,
        )
        ended = Alike(
            f"ended migrations of {where}",
            lambda number: f"{before}{counted(number, 'migration')} completed or were canceled.",
            self.show_history,
        )
        for entry in entries:
            event = entry.event
            if isinstance(event, ev.BackendReported):
                self.messages.show_message(event.level, f"{before}{event.text}", event.remedy)
                self.stale(event.text if event.level == "error" else "")
            elif isinstance(event, ev.MigrationFailed | ev.MigrationInterrupted):
                verb = "failed" if isinstance(event, ev.MigrationFailed) else "was interrupted"
                remedy = event.remedy if isinstance(event, ev.MigrationFailed) else ""
                said = f"{before}The migration of {_moved(state, event.migration)} {verb}: {event.reason}"
                self.messages.show_message("error", said, remedy, alike=failed)
            elif isinstance(event, ev.MigrationCompleted | ev.MigrationCanceled) and not watched:
                self.messages.show_message("information", f"{before}{_ended(state, event)}", alike=ended)


def _moved(state: State, migration: str) -> str:
    found = state.migrations.get(migration)
    return state.moved_name(found) if found else migration


def _ended(state: State, event: ev.MigrationCompleted | ev.MigrationCanceled) -> str:
    name, migration = _moved(state, event.migration), state.migrations.get(event.migration)
    if isinstance(event, ev.MigrationCanceled) or migration is None:
        return f"The migration of {name} was canceled."
    return f"{name} was {_VERBS[migration.kind]} to {migration.destination}."
