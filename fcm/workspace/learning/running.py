"""A drill that is being done: its cluster in virtual time, what was broken on the way, and the time that it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.embedded.backend import EmbeddedBackend
from fcm.workspace.learning import DRILL
from fcm.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.model.change import Change
    from fcm.model.events import Entry
    from fcm.workspace.learning.checks import Finding
    from fcm.workspace.learning.drill import Drill

START = 1_767_603_600.0
"""s since the epoch, 2026-01-05 09:00 UTC: when every drill begins, so that the same seed gives the same events."""
STEP = 1.0
"""Virtual s between two looks at what must hold all the time."""
PATIENCE = 600.0
"""Virtual s after a solution until what must hold in the end has to hold."""
LIMIT = 7200.0
"""Virtual s after which a solution is ended: one that waits for what never comes would never end."""
_WHOLE = 3600.0
"""Real s that a drain may take: all of it."""


class RunningDrill:
    """The cluster of a drill. Nothing of it is kept; its time passes when ``pump`` or ``wait`` lets it."""

    def __init__(self, drill: Drill) -> None:
        self.drill = drill
        uri = f"{DRILL}{drill.name}-{drill.variation.seed}"
        self._backend = EmbeddedBackend(drill.cluster, uri, drill.variation.seed, START)
        self.workspace = Workspace(self._backend)
        self.workspace.hides_failures = True
        self.broken: list[tuple[float, Finding]] = []
        """What had to hold all the time and did not, with the first time in s after the beginning."""
        self.on_limit: Callable[[], None] = lambda: None
        """Called when a student's commands have taken LIMIT."""
        self._began = START
        self._watching = False
        self._handed_in: float | None = None
        self._mended: float | None = None
        self.workspace.subscribe(self._look)

    def open(self, set_up: Callable[[RunningDrill], None]) -> None:
        """Start the cluster and let it run into its trouble; ``set_up`` runs the PowerShell of the drill."""
        self.workspace.open()
        self.workspace.drain(_WHOLE)
        set_up(self)
        self.wait(self.drill.warm_up)
        self._began = self.workspace.now()
        self._watching = True

    def close(self) -> None:
        """End it."""
        self.workspace.close()

    @property
    def elapsed(self) -> float:
        """S on the cluster's clock since the student began."""
        return self.workspace.now() - self._began

    def pump(self, limit: float) -> None:
        """Let the time of a short wait pass; for the shell."""
        self._backend.advance(max(limit, STEP))
        self.workspace.drain(_WHOLE)
        if self._watching and self.elapsed > LIMIT:
            self.on_limit()

    def wait(self, seconds: float) -> None:
        """Let virtual time pass."""
        end = self.workspace.now() + seconds
        while (left := end - self.workspace.now()) > 0:
            self._backend.advance(min(left, STEP))
            self.workspace.drain(_WHOLE)

    def settle(self) -> float:
        """Wait until everything is mended, or PATIENCE is over; the s that the student took until then.

        What is not mended in the end took as long as the student's own commands.
        """
        done = self.elapsed
        while not self.is_mended:
            if self.elapsed >= done + PATIENCE:
                return done
            self.wait(STEP)
        return self.elapsed

    def follow_real_time(self) -> None:
        """Let the time of the cluster pass by itself, for a student at the window; not by ``pump`` or ``wait``."""
        self._backend.follow_real_time()

    @property
    def is_handed_in(self) -> bool:
        """Whether the student is done."""
        return self._handed_in is not None

    def hand_in(self) -> None:
        """The student is done: from now on the cluster has PATIENCE until everything must hold."""
        self._handed_in = self.elapsed
        if self.is_mended:
            self._mended = self.elapsed

    def settled(self) -> float | None:
        """After ``hand_in``: the s that the student took, as ``settle`` gives it; None while it is not settled."""
        if self._handed_in is None:
            return None
        if self._mended is not None:
            return self._mended
        return self._handed_in if self.elapsed >= self._handed_in + PATIENCE else None

    @property
    def is_mended(self) -> bool:
        """Whether what must hold in the end holds now."""
        return all(finding.holds for finding in self.findings())

    def findings(self) -> list[Finding]:
        """What must hold in the end, as it is now."""
        return [check.look(self.workspace.state) for check in self.drill.checks]

    def _look(self, _change: Change, _entries: Sequence[Entry]) -> None:
        if not self._watching:
            return
        if self._handed_in is not None and self._mended is None and self.is_mended:
            self._mended = self.elapsed
        known = {finding.wanted for _, finding in self.broken}
        for check in self.drill.kept:
            finding = check.look(self.workspace.state)
            if not finding.holds and finding.wanted not in known:
                self.broken.append((self.elapsed, finding))
