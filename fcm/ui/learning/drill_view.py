"""The panel of a drill: what is asked, hints that cost, the technician, the diagnosis, the result and its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from fcm.model.commands import RepairFault
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.failure_words import target_name
from fcm.text.words import counted
from fcm.ui.look import icons
from fcm.ui.widgets.dialog_parts import clear, named, wrapped
from fcm.ui.widgets.page_parts import Elided, Link, heading, scrolled
from fcm.workspace.actions.failure_actions import LABELS
from fcm.workspace.actions.powershell import powershell
from fcm.workspace.learning.drill_report import drill_report
from fcm.workspace.learning.grading import graded

if TYPE_CHECKING:
    from fcm.model.commands import Command
    from fcm.ui.window.frame import Frame
    from fcm.workspace.learning.grading import Grade
    from fcm.workspace.learning.running import RunningDrill

LOOK = 250
"""ms between two looks at the clock of the cluster."""
FAST = 60.0
"""Virtual s per s while a drill that was handed in settles."""


class DrillView(QWidget):
    """One drill that a student does at the window."""

    left = Signal()
    """The user closed the drill."""

    def __init__(self, frame: Frame, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame = frame
        self._running: RunningDrill | None = None
        self._student = ""
        self._hints = 0
        self._done: list[str] = []
        self.grade: Grade | None = None
        """The result, once the drill was handed in and its cluster has settled."""
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK)
        self._timer.timeout.connect(self._look)
        self._parts()
        self._lay_out()

    def _parts(self) -> None:
        self.title = Elided()
        self.title.setProperty("role", "heading")
        self.close_drill = named(QToolButton(), "Close the drill")
        self.close_drill.setIcon(icons.icon("cancel"))
        self.close_drill.setToolTip("Close the drill and its cluster. Nothing of it is kept.")
        self.close_drill.setAutoRaise(True)
        self.close_drill.clicked.connect(self.left)
        self.clock = named(wrapped("", "quiet"), "Time of the drill")
        self.story = named(wrapped(""), "Story")
        self.hints = QVBoxLayout()
        self.hint = Link("Take a hint", "help", self._take_hint)
        self.thing = named(QLineEdit(), "Object for the technician")
        self.thing.setPlaceholderText("Name, such as node1")
        self.failure = named(QComboBox(), "Failure for the technician")
        self.failure.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.failure.setMinimumContentsLength(10)
        for kind in FaultKind:
            self.failure.addItem(LABELS[kind], kind)
        self.call = named(QPushButton("&Call the technician"), "Call the technician")
        self.call.clicked.connect(self._call)
        self.answer = named(wrapped("", "quiet"), "Answer of the technician")
        self.diagnoses = QVBoxLayout()
        self.group = QButtonGroup(self)
        self.hand_in = named(QPushButton("&Hand in"), "Hand in")
        self.hand_in.clicked.connect(self._hand_in)
        self.result = named(wrapped(""), "Result")
        self.report = Link("View Report...", "validate-report", self._show_report)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_drill)
        inside = QWidget()
        inside.setObjectName("drill-inside")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(8)
        column.addWidget(self.story)
        column.addLayout(self.hints)
        column.addWidget(self.hint)
        column.addWidget(heading("Technician"))
        column.addWidget(wrapped("Repairs what you found: name the object and its failure.", "quiet"))
        for widget in (self.thing, self.failure, self.call, self.answer):
            column.addWidget(widget)
        column.addWidget(heading("Diagnosis"))
        column.addLayout(self.diagnoses)
        column.addWidget(self.hand_in)
        column.addWidget(self.result)
        column.addWidget(self.report)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 4, 8, 6)
        whole.setSpacing(6)
        whole.addLayout(head)
        whole.addWidget(self.clock)
        whole.addWidget(scrolled(inside), 1)

    def begin(self, running: RunningDrill, student: str = "") -> None:
        """Show a drill whose cluster runs already; its time passes from now on."""
        self.end()
        self._running, self._student, self._hints, self.grade = running, student, 0, None
        drill = running.drill
        self._done = []
        running.workspace.observe_commands(self._note)
        self.title.say(f"Drill: {drill.title}")
        self.story.setText("\n\n".join(" ".join(block.split()) for block in drill.story.split("\n\n")))
        for layout in (self.hints, self.diagnoses):
            clear(layout)
        for button in self.group.buttons():
            self.group.removeButton(button)
        for number, one in enumerate(drill.diagnoses, 1):
            self.diagnoses.addLayout(self._diagnosis(number, one.text))
        self.thing.clear()
        self.answer.setText("")
        for widget in (self.answer, self.result, self.report):
            widget.hide()
        self._allow(True)
        self._say_hint()
        running.follow_real_time()
        self._frame.show_workspace(running.workspace)
        self._timer.start()
        self._look()

    def end(self) -> None:
        """Close the drill and its cluster."""
        self._timer.stop()
        self.grade = None
        running, self._running = self._running, None
        if running is not None:
            self._frame.close_uri(running.workspace.uri)

    def _diagnosis(self, number: int, text: str) -> QHBoxLayout:
        """A radio button, with its text beside it: long texts need several lines."""
        button = named(QRadioButton(), f"Diagnosis {number}: {text}")
        button.toggled.connect(lambda _: self._look())
        self.group.addButton(button, number)
        line = QHBoxLayout()
        line.addWidget(button)
        line.addWidget(wrapped(f"{number}. {text}"), 1)
        return line

    def _allow(self, allowed: bool) -> None:
        for widget in (self.hint, self.call, self.thing, self.failure):
            widget.setEnabled(allowed)
        for button in self.group.buttons():
            button.setEnabled(allowed)

    def _note(self, command: Command) -> None:
        """What the student did, for the report."""
        if self._running is not None and self.grade is None and not isinstance(command, RepairFault):
            self._done.append(powershell(command, self._running.workspace.state))

    def _look(self) -> None:
        running = self._running
        if running is None:
            return
        if running.workspace.uri not in [one.uri for one in self._frame.workspaces()]:
            self._running = None  # its connection was closed elsewhere
            self._timer.stop()
            self.left.emit()
            return
        if self.grade is not None:
            self._timer.stop()
            return
        minutes, seconds = divmod(int(running.elapsed), 60)
        drill = running.drill
        whole = counted(round(drill.time / 60), "minute")
        passed = f"{minutes} min {seconds} s of {whole} have passed"
        self.clock.setText(f"Seed {drill.variation.seed}. {passed} on the clock of the cluster.")
        settled = running.settled()
        if settled is not None:
            self._finish(settled)
        self.hand_in.setEnabled(self.group.checkedId() > 0 and not running.is_handed_in)

    # What the student does

    def _say_hint(self) -> None:
        assert self._running is not None
        left = self._running.drill.hints[self._hints :]
        self.hint.setVisible(bool(left))
        if left:
            self.hint.say(f"Take a hint ({counted(left[0].cost, 'point')})")

    def _take_hint(self) -> None:
        if self._running is not None and self._hints < len(self._running.drill.hints):
            one = self._running.drill.hints[self._hints]
            self._hints += 1
            self.hints.addWidget(named(wrapped(f"Hint {self._hints}: {one.text}"), f"Hint {self._hints}"))
            self._say_hint()

    def _call(self) -> None:
        """Repair one failure that the student names; what else has failed is not told."""
        running = self._running
        if running is None:
            return
        name, kind = self.thing.text().strip(), self.failure.currentData()
        state = running.workspace.state
        alike = [fault for fault in state.faults.values() if fault.kind == kind]
        found = [
            fault
            for fault in alike
            if name.casefold() in (fault.target.casefold(), target_name(state, fault.target).casefold())
        ]
        self.answer.setText("It is repaired." if found else f"{name}: no such failure was found.")
        self.answer.show()
        for fault in found:
            running.workspace.submit(RepairFault(fault.id))
            self._done.append(f"Repair-ClusterFault '{name}' -Fault {fault.kind}")

    def _hand_in(self) -> None:
        running = self._running
        if running is None or self.group.checkedId() <= 0:
            return
        running.hand_in()
        self._allow(False)
        self.hand_in.setEnabled(False)
        self.result.setText("Handed in. The cluster has 10 minutes of its time until everything must hold.")
        self.result.show()
        clock = running.workspace.clock
        if clock is not None:
            clock.set_speed(FAST)
        self._look()

    def _finish(self, time: float) -> None:
        running = self._running
        assert running is not None
        clock = running.workspace.clock
        if clock is not None:
            clock.set_speed(0.0)
        self.grade = graded(running, self.group.checkedId(), self._hints, time)
        lines = [self.grade.in_words]
        lines += [f"{'Right' if one.holds else 'Wrong'}: {one.wanted}" for one in self.grade.findings]
        lines += [f"Wrong: {one.wanted} {one.found}" for _, one in self.grade.broken]
        self.result.setText("\n".join(lines))
        self.report.show()
        self._show_report()

    def _show_report(self) -> None:
        """The report; it is saved beside the thread of the window."""
        from fcm.ui.dialogs.report_viewer import ReportViewer

        running = self._running
        if self.grade is None or running is None or not isValid(self):
            return
        report = drill_report(self.grade, self._student, "\n".join(self._done))
        ReportViewer(self._frame.general_desk, report, running.workspace.now()).open()
