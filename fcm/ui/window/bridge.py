"""The one place where what a backend posts, and what its event log takes, becomes a signal.

Any thread wakes the bridge; a queued signal brings that into the thread of the window, where the workspace is drained
for at most 8 ms, so that the window stays alive under any load. What changed is told to the views at most 30 times
a second; of a cluster that nobody looks at, four times.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from fcm.model.events import MigrationProgressed
from fcm.model.state import Change
from fcm.ui.widgets.background import posted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.model.events import Entry
    from fcm.workspace.workspace import Workspace

BUDGET = 0.008
"""s of one drain."""
FRAME = 1 / 30
"""s between two repaints."""
UNWATCHED = 1 / 4
"""s between two repaints of what shows a cluster while another one is in front."""


class Bridge(QObject):
    """Drains one workspace and tells the window what changed."""

    changed = Signal(object)
    """A fcm.model.state.Change; several drains are told as one."""
    happened = Signal(object)
    """The entries of the same drains, oldest first, telemetry left out."""
    logged = Signal()
    """The event log may have other events than before."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._change = Change()
        self._entries: list[Entry] = []
        self._told = 0.0
        self._every = FRAME
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setTimerType(Qt.TimerType.PreciseTimer)
        self._frame.timeout.connect(self._tell)
        self._is_closed = False
        self._log_frame = QTimer(self)
        self._log_frame.setSingleShot(True)
        self._log_frame.setInterval(round(FRAME * 1000))
        self._log_frame.timeout.connect(self.logged)
        self._unsubscribe = workspace.subscribe(self._listen)
        self._unobserve = workspace.events.observe(posted(self, self._log_told))
        workspace.set_wake(posted(self, self._drain))

    def close(self) -> None:
        """Hear nothing any more."""
        self._workspace.set_wake(lambda: None)
        self._unsubscribe()
        self._unobserve()
        self._is_closed = True
        self._frame.stop()
        self._log_frame.stop()

    def watch(self, watched: bool) -> None:
        """Whether the user looks at the cluster: if not, its changes are told less often."""
        self._every = FRAME if watched else UNWATCHED
        if watched and self._frame.isActive():
            self._frame.start(0)

    def _drain(self) -> None:
        if not self._is_closed:
            self._workspace.drain(BUDGET)

    def _log_told(self) -> None:
        if not self._is_closed and not self._log_frame.isActive():
            self._log_frame.start()

    def _listen(self, change: Change, entries: Sequence[Entry]) -> None:
        self._change |= change
        self._entries += [entry for entry in entries if not isinstance(entry.event, MigrationProgressed)]
        if self._frame.isActive():
            return
        rest = self._told + self._every - time.monotonic()
        self._frame.start(max(0, round(rest * 1000)))

    def _tell(self) -> None:
        change, self._change = self._change, Change()
        entries, self._entries = self._entries, []
        # From the planned instant, not from now: a frame that comes late does not delay all later ones.
        self._told = max(self._told + self._every, time.monotonic() - FRAME)
        if change:
            self.changed.emit(change)
        if entries:
            self.happened.emit(entries)
