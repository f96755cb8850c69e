"""The dock beside the page in which one learns: courses and drills, or the one that is open."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget

from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.window.panes.dock import Dock
from fcm.workspace.files.settings import COURSES

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QHideEvent

    from fcm.ui.learning.chooser import Chooser
    from fcm.ui.learning.course_view import CourseView
    from fcm.ui.learning.drill_view import DrillView
    from fcm.ui.window.frame import Frame
    from fcm.workspace.learning.course import Course

WIDTH = 300
"""Pixels."""
LEAST = 230
"""Pixels below which the text of a step cannot be read."""


class LearnDock(Dock):
    """Courses and drills; it has its place on the right of the page."""

    def __init__(self, window: Frame) -> None:
        super().__init__("Learn", window)
        self._made = False

    @cached_property
    def stack(self) -> QStackedWidget:
        """What is in it; made when it is first needed, since the first picture of the window is not to wait for it."""
        made = QStackedWidget(self)
        made.addWidget(self.chooser)
        made.addWidget(self.course)
        made.addWidget(self.drill)
        made.setMinimumWidth(LEAST)
        self.setWidget(made)
        self._made = True
        return made

    @cached_property
    def chooser(self) -> Chooser:
        """The list of what there is to learn."""
        from fcm.ui.learning.chooser import Chooser

        made = Chooser(self.frame, self)
        made.chosen.connect(self.begin_file)
        made.drill_chosen.connect(self.begin_drill)
        return made

    @cached_property
    def course(self) -> CourseView:
        """The course that is open."""
        from fcm.ui.learning.course_view import CourseView

        made = CourseView(self.frame, self)
        made.left.connect(self.choose)
        made.reset_wanted.connect(self.frame.learning.reset_cluster)
        return made

    @cached_property
    def drill(self) -> DrillView:
        """The drill that is open."""
        from fcm.ui.learning.drill_view import DrillView

        made = DrillView(self.frame, self)
        made.left.connect(self.choose)
        return made

    def sizeHint(self) -> QSize:
        """Narrow, so that the page keeps its room."""
        return QSize(WIDTH, 400)

    def fill(self) -> None:
        """The list of courses, if it is on top; else the course goes on."""
        if self.stack.currentWidget() is self.chooser:
            self.chooser.fill()
        self.course.guide.watch(self.stack.currentWidget() is self.course)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is framed while nobody sees why."""
        super().hideEvent(event)
        if self._made:
            self.course.show_step.stop()
            self.course.guide.watch(False)

    def begin(self, name: str) -> None:
        """Show a shipped course by its name; "" shows the list of courses."""
        from fcm.workspace.learning.course import shipped_courses

        self.show()
        self.raise_()
        if name:
            self.begin_file(shipped_courses()[name])
        else:
            self.choose()

    def begin_file(self, path: Path) -> None:
        """Show the course of a file, which is read in the background; what is wrong with it is said above the page."""
        from fcm.workspace.learning.course import load_course

        Work(self, lambda: load_course(path), self._loaded)

    def _loaded(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self.frame.messages.show_message("error", "The course cannot be opened.", str(outcome.error))
            return
        from fcm.workspace.learning.progress import Progress

        course: Course = outcome.result
        kept = self.frame.context.settings.get(COURSES).get(course.key, ())
        self.stack.setCurrentWidget(self.course)
        self.course.begin(Progress.of(course, kept))

    def choose(self) -> None:
        """Back to the list."""
        self.course.begin(None)
        self.drill.end()
        self.stack.setCurrentWidget(self.chooser)
        self.chooser.fill()

    def begin_drill(self, path: Path, seed: int, student: str = "") -> None:
        """Bring the cluster of a drill into its trouble in the background, then show both."""
        from fcm.shell.drilling import set_up
        from fcm.workspace.learning.drill import load_drill
        from fcm.workspace.learning.running import RunningDrill

        def work() -> RunningDrill:
            running = RunningDrill(load_drill(path, seed))
            try:
                running.open(set_up)
            except BaseException:
                running.close()
                raise
            return running

        Work(self, work, lambda outcome: self._begin_drill(outcome, student), lambda running: running.close())

    def _begin_drill(self, outcome: Outcome, student: str) -> None:
        if outcome.error is not None:
            self.frame.messages.show_message("error", "The drill cannot be opened.", str(outcome.error))
            return
        self.course.begin(None)
        self.stack.setCurrentWidget(self.drill)
        self.drill.begin(outcome.result, student)
