"""How far a user is in a course: which step is open, which are done; kept between starts as a list of numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.model.state import State
    from fcm.workspace.learning.course import Course, CourseStep


@dataclass(slots=True)
class Progress:
    """The way of one user through one course."""

    course: Course
    at: int = 0
    """The open step, from 0; the number of steps once the course is finished."""
    done: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, course: Course, kept: Sequence[int]) -> Progress:
        """What was kept of a course, which may have had other steps then."""
        last = len(course.steps)
        if not kept:
            return cls(course)
        return cls(course, min(max(kept[0], 0), last), {number for number in kept[1:] if 0 <= number < last})

    def kept(self) -> list[int]:
        """What is to be kept."""
        return [self.at, *sorted(self.done)]

    @property
    def step(self) -> CourseStep | None:
        """The open step; None once the course is finished."""
        return self.course.steps[self.at] if self.at < len(self.course.steps) else None

    @property
    def is_done(self) -> bool:
        """Whether the open step is done."""
        return self.at in self.done

    @property
    def is_begun(self) -> bool:
        """Whether anything was done at all."""
        return bool(self.at or self.done)

    def look(self, state: State) -> bool:
        """Mark the open step as done if the state says so; a step that was done stays done. True: it was marked."""
        step = self.step
        if step is None or self.is_done or not step.is_done(state):
            return False
        self.done.add(self.at)
        return True

    def go_on(self) -> None:
        """To the next step. One without a check counts as done with that; any other only if its check held."""
        step = self.step
        if step is None:
            return
        if not step.checks:
            self.done.add(self.at)
        self.at += 1

    def go_back(self) -> None:
        """To the step before."""
        self.at = max(0, self.at - 1)

    def start_over(self) -> None:
        """Nothing is done any more."""
        self.at = 0
        self.done.clear()

    def in_words(self) -> str:
        """Such as "Step 3 of 12"."""
        whole = len(self.course.steps)
        if self.step is None:
            return f"Finished: {len(self.done)} of {whole} steps done"
        return f"Step {self.at + 1} of {whole}"
