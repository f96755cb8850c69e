"""What there is to learn: courses with how far the user is in each, and drills with a seed or a class file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from fcm.text.textfile import typed_path
from fcm.text.words import counted
from fcm.ui.look import icons
from fcm.ui.look.plain import literal
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import clear, long_choice, named
from fcm.ui.widgets.page_parts import Link, heading, quiet, scrolled
from fcm.workspace.files.settings import COURSES
from fcm.workspace.learning.class_file import read_class
from fcm.workspace.learning.course import load_course, shipped_courses
from fcm.workspace.learning.drill import LEVELS, listed, shipped_drills
from fcm.workspace.learning.progress import Progress
from fcm.workspace.learning.variation import SEEDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fcm.ui.window.frame import Frame

PATH = Qt.ItemDataRole.UserRole
LEVEL_WORDS = ("to begin with", "medium", "hard")
"""Levels of drills, from 1."""
_FILES = "TOML files (*.toml)"


class Chooser(QWidget):
    """A list of courses to begin or to go on with, and one of drills."""

    chosen = Signal(object)
    """The path of a course."""
    drill_chosen = Signal(object, int, str)
    """The path of a drill, its seed, and the student ("" for none)."""

    def __init__(self, frame: Frame, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame = frame
        self._work: Work | None = None
        self._students: dict[str, int] = {}
        inside = QWidget()
        inside.setObjectName("chooser-inside")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        column.addWidget(heading("Guided courses"))
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self._list.addWidget(quiet("Reading courses and drills..."))
        column.addLayout(self._list)
        column.addWidget(Link("Open a course of your own...", "open-recording", self._browse_course))
        column.addSpacing(6)
        column.addWidget(heading("Drills"))
        column.addWidget(quiet("A simulated cluster in trouble: find the cause, mend it, and be graded."))
        self._make_drills(column)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 6, 8, 6)
        whole.addWidget(scrolled(inside))

    def _make_drills(self, column: QVBoxLayout) -> None:
        self.drills = named(QListWidget(), "Drills")
        self.drills.setMinimumHeight(150)
        self.drills.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.drills.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.drills.currentRowChanged.connect(lambda _: self._allow())
        self.drills.itemActivated.connect(lambda _: self._begin_drill())
        self.seed = named(QSpinBox(), "Seed")
        self.seed.setRange(0, SEEDS - 1)
        self.seed.setToolTip("Each seed has names of its own: an answer of one student is of no use to another.")
        self.student = long_choice(named(QComboBox(), "Student"))
        self.student.setMinimumContentsLength(8)
        self.student.addItem("(none)")
        self.student.currentTextChanged.connect(self._take_seed)
        self.begin_drill = named(QPushButton("Begin the &drill"), "Begin the drill")
        self.begin_drill.clicked.connect(self._begin_drill)
        form = QFormLayout()
        form.addRow("&Seed:", self.seed)
        form.addRow("S&tudent:", self.student)
        column.addWidget(self.drills, 1)
        column.addLayout(form)
        column.addWidget(Link("Open a class file...", "open-recording", self._browse_class))
        column.addWidget(self.begin_drill)
        column.addWidget(Link("Open a drill of your own...", "open-recording", self._browse_drill))
        self._allow()

    def fill(self) -> None:
        """Read courses and drills in the background."""
        if self._work is None:
            self._work = Work(self, self._read, self._found)

    def _read(self) -> tuple[list[tuple[Path, str, str]], list[tuple[Path, str, int]]]:
        kept = self._frame.context.settings.get(COURSES)
        found = []
        for name, path in shipped_courses().items():
            progress = Progress.of(load_course(path), kept.get(name, ()))
            course = progress.course
            how_far = f" {progress.in_words()}." if progress.is_begun else f" {counted(len(course.steps), 'step')}."
            found.append((path, course.title, course.about + how_far))
        return found, listed(shipped_drills().values())

    def _found(self, outcome: Outcome) -> None:
        self._work = None
        clear(self._list)
        if outcome.error is not None:
            self._list.addWidget(quiet(str(outcome.error)))
            return
        courses, drills = outcome.result
        for path, title, about in courses:
            self._list.addWidget(Link(title, "tour", partial(self.chosen.emit, path)))
            self._list.addWidget(quiet(about))
        if self.drills.count() != len(drills):
            self.drills.clear()
            for path, title, level in drills:
                self._add_drill(path, title, level)
        self._allow()

    def _add_drill(self, path: Path, title: str, level: int) -> None:
        item = QListWidgetItem(icons.icon("repair"), f"{level}  {title}")
        item.setData(PATH, path)
        item.setToolTip(literal(f"Level {level} of {LEVELS}: {LEVEL_WORDS[level - 1]}"))
        self.drills.addItem(item)

    def _allow(self) -> None:
        self.begin_drill.setEnabled(self.drills.currentItem() is not None)

    def _begin_drill(self) -> None:
        item = self.drills.currentItem()
        if item is not None:
            student = self.student.currentText() if self.student.currentIndex() > 0 else ""
            self.drill_chosen.emit(item.data(PATH), self.seed.value(), student)

    # Files of one's own

    def _browse_course(self) -> None:
        self._browse("Open a Course", lambda path: self.chosen.emit(path))

    def _browse_drill(self) -> None:
        self._browse("Open a Drill", lambda path: self.drill_chosen.emit(path, self.seed.value(), ""))

    def _browse_class(self) -> None:
        self._browse("Open a Class File", self.take_class)

    def _browse(self, title: str, take: Callable[[Path], object]) -> None:
        dialog = QFileDialog(self, title, "", _FILES)
        dialog.setObjectName("open-learning-file")
        dialog.fileSelected.connect(lambda name: take(typed_path(name)))
        dialog.open()

    def take_class(self, path: Path) -> None:
        """Read a class file in the background: its students can be chosen then."""
        Work(self, lambda: read_class(path), self._took_class)

    def _took_class(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self._frame.messages.show_message("error", "The class file cannot be used.", str(outcome.error))
            return
        self._students = outcome.result
        self.student.clear()
        self.student.addItems(["(none)", *self._students])
        self.student.setCurrentIndex(1)

    def _take_seed(self, student: str) -> None:
        seed = self._students.get(student)
        self.seed.setEnabled(seed is None)
        if seed is not None:
            self.seed.setValue(seed)
