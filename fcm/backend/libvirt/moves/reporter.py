"""Where runs of migrations say what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fcm.model import events as ev


class Reporter(Protocol):
    """Where a run says what happened."""

    def post(self, *events: ev.Event) -> None:
        """Pass events on, in order."""

    def found_endless(self, migration: str, reason: str, remedy: str) -> None:
        """It was seen that a migration does not end by itself."""
