"""The panel of a guided course: the open step, what to do next, what must hold, and the same as PowerShell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fcm.text.words import counted, quoted
from fcm.ui.learning.guide import Guide
from fcm.ui.learning.showing import Show
from fcm.ui.look import icons
from fcm.ui.look.plain import literal
from fcm.ui.widgets.dialog_parts import PowerShellBox, clear, long_choice, named, wrapped
from fcm.ui.widgets.page_parts import Elided, Link, Picture, scrolled
from fcm.ui.window.panes.messages import Offer
from fcm.workspace.files.settings import COURSES

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel

    from fcm.ui.window.frame import Frame
    from fcm.workspace.learning.checks import Finding
    from fcm.workspace.learning.progress import Progress

NOTHING_LEFT = "Wait: the cluster is still working."
READ = "Read this, then go on."


class CourseView(QWidget):
    """Shows one course and follows the user through it."""

    left = Signal()
    """The user closed the course."""
    reset_wanted = Signal(str)
    """The course begins anew: its cluster, by its URI, is to be as it was at first."""

    def __init__(self, frame: Frame, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame = frame
        self._progress: Progress | None = None
        self._findings: tuple[Finding, ...] | None = None
        self._parts()
        self.guide = Guide(frame, self, self.next)
        self.guide.looked.connect(self._looked)
        self.guide.marked.connect(self._marked)
        self.show_step = Show(self.guide, self)
        self.show_step.ended.connect(self._say_show)
        self._lay_out()
        self._connect()

    def _parts(self) -> None:
        self.title = Elided()
        self.title.setProperty("role", "heading")
        self.close_course = named(QToolButton(), "Close the course")
        self.close_course.setIcon(icons.icon("cancel"))
        self.close_course.setToolTip("Close the course. Your progress is kept.")
        self.close_course.setAutoRaise(True)
        self.bar = named(QProgressBar(), "Progress of the course")
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.steps = long_choice(named(QComboBox(), "Step"))
        self.steps.setMinimumContentsLength(12)
        self.heading = named(wrapped("", "title"), "Title of the step")
        self.text = named(wrapped(""), "Text of the step")
        self.go = Link("Go there", "forward", self._go_there)
        self.open = Link("Open the cluster of the course", "connect", self._open_cluster)
        self.strip = QFrame()
        self.strip.setProperty("role", "strip")
        self.now = named(wrapped(""), "Next move")
        self.sign = Picture("forward")
        self.checks = QVBoxLayout()
        self.checks.setSpacing(4)
        self.power_shell = PowerShellBox()
        self.to_console = Link("Put it into the Console", "console", self._put_into_console)
        self.back = named(QPushButton("&Back"), "Back")
        self.show_me = named(QPushButton("Show &me"), "Show me")
        self.next = named(QPushButton("S&kip"), "Skip")
        self.over = Link("Start over", "restart", self._ask_to_start_over)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_course)
        strip = QHBoxLayout(self.strip)
        strip.setContentsMargins(8, 6, 8, 6)
        strip.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        strip.addWidget(self.now, 1)
        inside = QWidget()
        inside.setObjectName("course-inside")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(8)
        for widget in (self.heading, self.text, self.go, self.open, self.strip):
            column.addWidget(widget)
        column.addLayout(self.checks)
        column.addWidget(self.power_shell)
        column.addWidget(self.to_console)
        column.addStretch(1)
        buttons = QHBoxLayout()
        for button in (self.back, self.show_me, self.next):
            button.setAutoDefault(False)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(60)
            buttons.addWidget(button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 4, 8, 6)
        whole.setSpacing(6)
        whole.addLayout(head)
        whole.addWidget(self.bar)
        whole.addWidget(self.steps)
        whole.addWidget(scrolled(inside), 1)
        whole.addLayout(buttons)
        whole.addWidget(self.over)

    def _connect(self) -> None:
        self.close_course.clicked.connect(self.left)
        self.back.clicked.connect(self._go_back)
        self.next.clicked.connect(self._go_on)
        self.show_me.clicked.connect(self._toggle_show)
        self.steps.activated.connect(self._jump)

    @property
    def progress(self) -> Progress | None:
        """The course that is shown, and how far the user is."""
        return self._progress

    def begin(self, progress: Progress | None) -> None:
        """Show a course where the user left it; None shows none."""
        self.show_step.stop()
        self._progress = progress
        if progress is not None:
            course = progress.course
            self.title.say(course.title)
            self.bar.setRange(0, len(course.steps))
            self.steps.clear()
            for number, step in enumerate(course.steps, 1):
                self.steps.addItem(icons.icon("not-checked"), f"{number}. {step.title}")
            self.steps.addItem(icons.icon("tour"), "The end")
            self._draw()
        self.guide.follow(progress)
        if progress is not None and self.guide.workspace is None:
            self._open_cluster()

    # The course

    def _draw(self) -> None:
        """Draw the open step anew."""
        progress = self._progress
        if progress is None:
            return
        for number in range(len(progress.course.steps)):
            self.steps.setItemIcon(number, icons.icon("pass" if number in progress.done else "not-checked"))
        self.steps.setCurrentIndex(progress.at)
        self.bar.setValue(len(progress.done))
        self.bar.setToolTip(literal(progress.in_words()))
        self._findings = None
        step = progress.step
        self.heading.setText("The end of the course" if step is None else step.title)
        self.text.setText(self._last_words() if step is None else _paragraphs(step.text))
        self.power_shell.show_text("" if step is None else step.power_shell)
        has_text = step is not None and bool(step.power_shell)
        self.power_shell.setVisible(has_text)
        self.to_console.setVisible(has_text)
        self.strip.setVisible(step is not None)
        self.back.setEnabled(progress.at > 0)
        self._say_next()
        self._say_show()
        self._show_checks()

    def _last_words(self) -> str:
        assert self._progress is not None
        left = len(self._progress.course.steps) - len(self._progress.done)
        if not left:
            return "You have done every step. Start over to begin anew, or close the course to choose another one."
        steps = counted(left, "step was", "steps were")
        return f"{steps} skipped. Choose a step above to go back to it."

    def _say_next(self) -> None:
        progress = self._progress
        step = None if progress is None else progress.step
        if progress is None or step is None:
            self.next.setEnabled(False)
            return
        goes_on = progress.is_done or not step.checks
        label = "&Next" if goes_on else "S&kip"
        self.next.setEnabled(True)
        self.next.setText(label)
        self.next.setDefault(goes_on)
        named(self.next, label.replace("&", ""))

    def _say_show(self) -> None:
        progress = self._progress
        step = None if progress is None else progress.step
        label = "St&op" if self.show_step.is_on else "Show &me"
        self.show_me.setText(label)
        named(self.show_me, "Stop showing" if self.show_step.is_on else "Show me")
        can = step is not None and bool(step.moves) and self.guide.workspace is not None
        may = progress is not None and progress.course.can_be_shown
        self.show_me.setEnabled(self.show_step.is_on or (can and may and progress is not None and not progress.is_done))
        self.show_me.setToolTip(
            "" if may or progress is None else "A course of your own is not shown on real hosts: do the step yourself."
        )

    def _looked(self) -> None:
        """After each look of the guide: what to do next, and what the state shows."""
        progress = self._progress
        step = None if progress is None else progress.step
        if progress is None or step is None:
            return
        workspace = self.guide.workspace
        self.open.setVisible(workspace is None)
        place = None if workspace is None else step.place.selection(workspace.state)
        self.go.setVisible(place is not None and self._frame.page.selection != place)
        target = self.guide.target
        if target is not None and target.widget is not self.next:
            words, sign = target.words, "forward"
        elif progress.is_done:
            words, sign = "Done. Go on with 'Next'.", "pass"
        elif workspace is None:
            words, sign = self._no_cluster(), "warn"
        else:
            words, sign = (NOTHING_LEFT, "waiting") if step.checks else (READ, "forward")
        if self.now.text() != words:
            self.now.setText(words)
            self.sign.say(sign)
        self._say_next()
        self._say_show()
        self._show_checks()

    def _no_cluster(self) -> str:
        course = None if self._progress is None else self._progress.course
        if course is not None and not course.cluster:
            return "Open a cluster of real hosts: File > Manage a Cluster."
        return "The cluster of this course is not open."

    def _show_checks(self) -> None:
        progress, workspace = self._progress, self.guide.workspace
        step = None if progress is None else progress.step
        found: tuple[Finding, ...] = ()
        if step is not None and workspace is not None:
            found = tuple(step.findings(workspace.state))
        if found == self._findings:
            return
        self._findings = found
        clear(self.checks)
        for finding in found:
            self.checks.addLayout(self._line(finding, progress is not None and progress.is_done))

    def _line(self, finding: Finding, done: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        holds = finding.holds or done
        row.addWidget(Picture("pass" if holds else "not-checked"), 0, Qt.AlignmentFlag.AlignTop)
        said: QLabel = wrapped(finding.wanted if holds else f"{finding.wanted} {finding.found}", "quiet")
        named(said, f"{'Holds' if holds else 'Still missing'}: {finding.wanted}")
        row.addWidget(said, 1)
        return row

    def _marked(self) -> None:
        self._keep()
        self._draw()

    def _keep(self) -> None:
        progress = self._progress
        if progress is not None:
            key, kept = progress.course.key, progress.kept()
            self._frame.context.settings.change(COURSES, lambda known: {**known, key: kept})

    # What the user does

    def _go_on(self) -> None:
        if self._progress is not None:
            self._progress.go_on()
            self._moved()

    def _go_back(self) -> None:
        if self._progress is not None:
            self._progress.go_back()
            self._moved()

    def _jump(self, number: int) -> None:
        if self._progress is not None:
            self._progress.at = number
            self._moved()

    def _moved(self) -> None:
        self.show_step.stop()
        self._keep()
        self._draw()
        self.guide.look()

    def _toggle_show(self) -> None:
        if self.show_step.is_on:
            self.show_step.stop()
        else:
            self.show_step.begin(self.show_me.mapToGlobal(self.show_me.rect().center()))
        self._say_show()

    def _go_there(self) -> None:
        progress, workspace = self._progress, self.guide.workspace
        step = None if progress is None else progress.step
        place = None if step is None or workspace is None else step.place.selection(workspace.state)
        if place is not None:
            self._frame.select(place)

    def _open_cluster(self) -> None:
        if self._progress is not None and self._progress.course.cluster:
            self._frame.open(self._progress.course.cluster)
        elif self._progress is not None:
            self._frame.show_dialog("manage-cluster", self._frame.selection)

    def _put_into_console(self) -> None:
        self._frame.learning.propose(self.power_shell.text())

    def _ask_to_start_over(self) -> None:
        progress = self._progress
        if progress is None:
            return
        remedy = ""
        if progress.course.cluster:
            remedy = "Its cluster is reset, too: it is as at first. A copy of its journal is kept."
        offer = Offer("Start over", "restart", lambda: self._start_over(progress))
        self._frame.messages.show_message(
            "warning", f"Start {quoted(progress.course.title)} over?", remedy, offer=offer
        )

    def _start_over(self, progress: Progress) -> None:
        progress.start_over()
        if self._progress is progress:
            self._moved()
        if progress.course.cluster:
            self.reset_wanted.emit(progress.course.cluster)


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(block.split()) for block in text.split("\n\n"))
