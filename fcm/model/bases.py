"""What all events and all commands have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class BaseEvent:
    """What all events have; code that takes any event takes the closed union ``fcm.model.events.Event``."""

    transient: ClassVar[bool] = False
    """Transient events do not change the state and are not journaled as events."""


@dataclass(frozen=True, slots=True)
class BaseCommand:
    """What all commands have. Fields hold ids, see fcm.model.entities; None in an optional field = leave as it is."""
