"""How many recent events there are, asked of the event log by a worker thread whenever that may have changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from fcm.logs.describe import LEVELS
from fcm.ui.widgets.background import Outcome, Pace, Work
from fcm.workspace.events.event_selection import Counts
from fcm.workspace.events.saved_queries import recent_events

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.workspace.events.event_log import EventLog, EventSelection
    from fcm.workspace.workspace import Workspace

CLOCK = 1000
"""ms between two looks at whether an event has become too old to count."""
DAY = 86400.0
"""s that events are recent."""


@dataclass(frozen=True, slots=True)
class _Known:
    counts: Counts = field(default_factory=Counts)
    looked_at: int = 0
    """Records up to this number were looked at."""
    generation: int = -1
    """That of the event log before it was looked at; -1: it was not."""
    of: EventLog | None = None


class RecentEvents(QObject):
    """Counts what the query Recent Cluster Events finds."""

    counted = Signal(object)
    """Numbers by level in words, most serious first; levels without events are missing."""
    failed = Signal(object)
    """They cannot be counted (sentence)."""

    def __init__(
        self, workspace: Callable[[], Workspace | None], is_shown: Callable[[], bool], parent: QObject
    ) -> None:
        """``workspace``: the one that is open; ``is_shown``: whether anybody looks at the counts."""
        super().__init__(parent)
        self._workspace, self._is_shown = workspace, is_shown
        self._known = _Known()
        self._work: Work | None = None
        self._again = False
        self._pace = Pace(self)
        self._pace.due.connect(self._go_on)
        self._clock = QTimer(self)
        self._clock.setInterval(CLOCK)
        self._clock.timeout.connect(self._time_passed)
        self._clock.start()

    @property
    def is_busy(self) -> bool:
        """Whether they are being counted or will be."""
        return self._again or self._work is not None

    def look(self) -> None:
        """Count them anew, soon."""
        self._again = self._is_shown()
        self._go_on()

    def _time_passed(self) -> None:
        workspace = self._workspace()
        if workspace is not None and workspace.now() > self._known.counts.oldest + DAY:
            self.look()

    def _go_on(self) -> None:
        workspace = self._workspace()
        if workspace is None:
            self._again = False
        if workspace is None or not self._again or self._work is not None or not self._pace.is_due():
            return
        self._again = False
        events, selection, known = workspace.events, recent_events(workspace.now()), self._known
        self._pace.begin()
        self._work = Work(self, lambda: _counted(events, selection, known), lambda outcome: self._told(events, outcome))

    def _told(self, events: EventLog, outcome: Outcome) -> None:
        self._work = None
        self._pace.end()
        workspace = self._workspace()
        if workspace is not None and workspace.events is events:
            if outcome.error is not None:
                self._known = _Known()
                self.failed.emit(str(outcome.error))
            else:
                self._known = outcome.result
                levels = self._known.counts.levels
                numbers = ((level, levels.get(number, 0)) for number, level in enumerate(LEVELS, 1))
                self.counted.emit({level: count for level, count in numbers if count})
        self._go_on()


def _counted(events: EventLog, selection: EventSelection, known: _Known) -> _Known:
    """Count what is looked for; only what is new where nothing of what was counted is gone (worker thread)."""
    events.write()
    generation, last = events.generation, events.last()
    if known.of is events and known.generation == generation and known.counts.oldest >= selection.now - DAY:
        counts = known.counts + events.counts(replace(selection, after=known.looked_at))
    else:
        counts = events.counts(selection)
    return _Known(counts, max(last, counts.last, known.looked_at if known.of is events else 0), generation, events)
