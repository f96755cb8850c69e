"""The columns of the list of past migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.telemetry import Phase
from fcm.ui.look.format import NONE, date_time, milliseconds, size
from fcm.ui.migration.recordings.kept import title_of
from fcm.ui.tables.table_model import Column, TableModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.workspace.history import PastMigration


_ICONS = {Phase.COMPLETED: "pass", Phase.FAILED: "fail", Phase.CANCELED: "cancel", Phase.INTERRUPTED: "warn"}


class HistoryRows:
    """Texts of past migrations by id; ``past`` is filled by its owner."""

    def __init__(self, past: Mapping[str, PastMigration]) -> None:
        self._past = past
        self.model = TableModel(
            (
                Column(
                    "Started",
                    lambda i: date_time(past[i].migration.requested),
                    150,
                    sort=lambda i: -past[i].migration.requested,
                    time=lambda i: past[i].migration.requested,
                ),
                Column("Virtual machine", lambda i: past[i].machine_name, 130, icon=self._icon),
                Column("From", lambda i: past[i].migration.source, 80),
                Column("To", lambda i: past[i].migration.destination, 80),
                Column("Network", lambda i: past[i].network_name or NONE, 130),
                Column("Duration", self._duration, 85, sort=lambda i: past[i].duration or 0.0, numeric=True),
                Column("Blackout", self._blackout, 85, sort=self._standing, numeric=True),
                Column("Sent", self._sent, 85, sort=lambda i: self._figure(i, "bytes"), numeric=True),
                Column("Passes", self._passes, 65, sort=lambda i: self._figure(i, "passes"), numeric=True),
                Column("How it ended", self._ended, 220, tooltip=lambda i: past[i].migration.reason),
            )
        )

    def title(self, past: PastMigration) -> str:
        """A migration in legends and titles."""
        one = past.migration
        return title_of(past.machine_name, one.source, one.destination, one.requested)

    def words(self, identity: str) -> str:
        """Everything a filter looks at, in lowercase."""
        return " ".join(column.text(identity) for column in self.model.columns).casefold()

    def _icon(self, identity: str) -> str:
        return _ICONS.get(self._past[identity].migration.phase, "live-migrate")

    def _duration(self, identity: str) -> str:
        found = self._past[identity].duration
        return NONE if found is None else f"{found:,.1f}\N{NO-BREAK SPACE}s"

    def _standing(self, identity: str) -> float:
        figures = self._past[identity].migration.figures
        return -1.0 if figures is None else figures.downtime

    def _blackout(self, identity: str) -> str:
        found = self._standing(identity)
        return NONE if found < 0 else milliseconds(found)

    def _figure(self, identity: str, name: str) -> float:
        figures = self._past[identity].migration.figures
        return -1.0 if figures is None else float(getattr(figures, name))

    def _sent(self, identity: str) -> str:
        found = self._figure(identity, "bytes")
        return NONE if found < 0 else size(found)

    def _passes(self, identity: str) -> str:
        found = self._figure(identity, "passes")
        return NONE if found < 0 else f"{found:.0f}"

    def _ended(self, identity: str) -> str:
        past = self._past[identity]
        text = past.migration.phase.value.capitalize()
        if past.kind_word:
            text += f" ({past.kind_word})"
        elif not past.has_rows:
            text += " (no curve saved)"
        return f"{text}: {past.migration.reason}" if past.migration.reason else text
