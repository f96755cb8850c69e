"""Grades of drills: by the diagnosis, by the state, by time on the cluster's clock; hints cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.text.words import counted

if TYPE_CHECKING:
    from fcm.workspace.learning.checks import Finding
    from fcm.workspace.learning.drill import Drill
    from fcm.workspace.learning.running import RunningDrill

FULL = 100
FOR_DIAGNOSIS = 40
"""Points for the right diagnosis where something is to be mended as well; else FULL."""
PER_MINUTE = 1
"""Points lost for each minute begun beyond the time of the drill."""
MOST_FOR_TIME = 20
"""Points lost for time at most."""


@dataclass(frozen=True, slots=True)
class Grade:
    """What a student did, and what it is worth."""

    drill: Drill
    diagnosis: int
    """The number chosen, from 1."""
    findings: tuple[Finding, ...]
    broken: tuple[tuple[float, Finding], ...]
    """What had to hold all the time and did not, with the time in s after the beginning."""
    time: float
    """s on the cluster's clock."""
    hints: int
    """Hints taken."""
    errors: int = 0
    """Errors of the solution script."""

    @property
    def is_diagnosed(self) -> bool:
        """Whether the right diagnosis was chosen."""
        return self.diagnosis == self.drill.right

    @property
    def is_mended(self) -> bool:
        """Whether all holds in the end that must, and nothing was broken on the way."""
        return all(finding.holds for finding in self.findings) and not self.broken

    @property
    def is_passed(self) -> bool:
        """Whether the drill is solved."""
        return self.is_diagnosed and self.is_mended

    @property
    def lost_for_hints(self) -> int:
        """Points."""
        return sum(hint.cost for hint in self.drill.hints[: self.hints])

    @property
    def lost_for_time(self) -> int:
        """Points."""
        beyond = self.time - self.drill.time
        return 0 if beyond <= 0 else min(MOST_FOR_TIME, PER_MINUTE * int(-(-beyond // 60)))

    @property
    def earned(self) -> int:
        """Points for diagnosis and state."""
        if not self.drill.checks and not self.drill.kept:
            return FULL if self.is_diagnosed else 0
        return (FOR_DIAGNOSIS if self.is_diagnosed else 0) + (FULL - FOR_DIAGNOSIS if self.is_mended else 0)

    @property
    def points(self) -> int:
        """0 to FULL."""
        return max(0, self.earned - self.lost_for_hints - self.lost_for_time) if self.earned else 0

    @property
    def in_words(self) -> str:
        """The result as a sentence."""
        end = f"{self.points} of {counted(FULL, 'point')}."
        if self.is_passed:
            return f"Solved: {end}"
        if not self.is_diagnosed and not self.is_mended:
            return f"Not solved: neither the diagnosis nor the state of the cluster is right. {end}"
        missing = "the diagnosis is not right" if self.is_mended else "the cluster is not as it should be"
        return f"Not solved: {missing}. {end}"


def graded(running: RunningDrill, diagnosis: int, hints: int, time: float, errors: int = 0) -> Grade:
    """The grade of a drill as its cluster is now; ``time`` is what ``RunningDrill.settle`` gave."""
    return Grade(running.drill, diagnosis, tuple(running.findings()), tuple(running.broken), time, hints, errors)
