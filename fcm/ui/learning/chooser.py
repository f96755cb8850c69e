"""What there is to learn: courses, and how far the user is in each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fcm.text.words import counted
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import clear
from fcm.ui.widgets.page_parts import Link, heading, quiet, scrolled
from fcm.workspace.files.settings import COURSES
from fcm.workspace.learning.course import load_course, shipped_courses
from fcm.workspace.learning.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.ui.window.frame import Frame


class Chooser(QWidget):
    """A list of courses to begin or to go on with."""

    chosen = Signal(object)
    """The path of a course."""
    browse = Signal()
    """The user looks for a course file of their own."""

    def __init__(self, frame: Frame, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame = frame
        self._work: Work | None = None
        inside = QWidget()
        inside.setObjectName("chooser-inside")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        column.addWidget(heading("Guided courses"))
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        column.addLayout(self._list)
        column.addWidget(Link("Open a course of your own...", "open-recording", self.browse.emit))
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 6, 8, 6)
        whole.addWidget(scrolled(inside))

    def fill(self) -> None:
        """Read the courses in the background."""
        if self._work is None:
            self._work = Work(self, self._read, self._found)

    def _read(self) -> list[tuple[Path, str, str]]:
        kept = self._frame.context.settings.get(COURSES)
        found = []
        for name, path in shipped_courses().items():
            progress = Progress.of(load_course(path), kept.get(name, ()))
            course = progress.course
            how_far = f" {progress.in_words()}." if progress.is_begun else f" {counted(len(course.steps), 'step')}."
            found.append((path, course.title, course.about + how_far))
        return found

    def _found(self, outcome: Outcome) -> None:
        self._work = None
        clear(self._list)
        if outcome.error is not None:
            self._list.addWidget(quiet(str(outcome.error)))
            return
        for path, title, about in outcome.result:
            self._list.addWidget(Link(title, "tour", partial(self.chosen.emit, path)))
            self._list.addWidget(quiet(about))
