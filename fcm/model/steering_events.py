"""The event of a live migration that is steered towards its goals."""

from __future__ import annotations

from dataclasses import dataclass

from fcm.model.bases import BaseEvent
from fcm.model.migrations import MigrationOptions


@dataclass(frozen=True, slots=True)
class MigrationSteered(BaseEvent):
    """One step for the goals of a live migration."""

    migration: str
    text: str
    """What was changed and why, as sentences."""
    options: MigrationOptions
    """After it; in shadow mode as they were."""
    shadow: bool = False
    """True: nothing was changed, it is only said."""
    warning: bool = False
    """True: a goal is not expected to be met, or is missed."""
