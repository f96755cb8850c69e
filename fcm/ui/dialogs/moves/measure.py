"""Measure memory writes: how fast a running machine writes, whether its live migration would end, what would help."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout

from fcm.model.rules.moving.measuring import measurable
from fcm.ui.dialogs.frame import PlainDialog
from fcm.ui.look import icons
from fcm.ui.look.appearance import node_icon
from fcm.ui.look.format import size
from fcm.ui.look.plain import Label, literal
from fcm.ui.widgets.background import Outcome, Work, posted
from fcm.ui.widgets.dialog_parts import Notice, clear, fact, form, named, wrapped
from fcm.ui.window.qactions import ask
from fcm.workspace.actions.powershell import powershell
from fcm.workspace.measuring import LONGEST, measured_question, origin, ways

if TYPE_CHECKING:
    from fcm.migration.judging.fitting import DirtySample
    from fcm.migration.judging.preflight import Judgement
    from fcm.model.entities import VirtualMachine
    from fcm.ui.desk import Desk
    from fcm.workspace.measuring import Way
    from fcm.workspace.workspace import Operation

_AGAIN = "Measure &again"
TICK = 100
"""ms between two steps of the progress bar."""


class MeasureDialog(PlainDialog):
    """Begins to measure when it is opened; Cancel ends that, and a live migration is one click away afterwards."""

    def __init__(self, window: Desk, machine: str) -> None:
        self._machine = machine
        name = window.workspace.state.machines[machine].name if window.workspace else machine
        super().__init__(window, f"Memory writes of {name}", "pre-flight", QSize(640, 560))
        self.samples: tuple[DirtySample, ...] = ()
        self.judgement: Judgement | None = None
        self._work: Work | None = None
        self._judging: Work | None = None
        self._wanted = False
        self._begun = 0.0
        self._clock = QTimer(self)
        self._clock.setInterval(TICK)
        self._clock.timeout.connect(self._tick)
        self._build()
        self._again()

    def _build(self) -> None:
        from fcm.ui.migration.plots.write_curve import WriteCurve  # only now is numpy needed

        self.destination = named(QComboBox(), "Destination")
        for node in self.state.nodes.values():
            if node.name != self.machine.node:
                self.destination.addItem(icons.icon(node_icon(node)), node.name, node.name)
        self.destination.currentIndexChanged.connect(lambda _: self._judge())
        self._origin = fact(origin(self.workspace, self.machine))
        self._origin.setWordWrap(True)
        self.bar = named(QProgressBar(), "Progress of the measurement")
        self.bar.setRange(0, round(LONGEST * 1000))
        self.stop = named(QPushButton(_AGAIN), "Stop")
        self.stop.setMinimumWidth(self.stop.sizeHint().width())  # as wide as both of its texts need
        self.stop.setAutoDefault(False)
        self.stop.clicked.connect(self._toggle)
        self.curve = WriteCurve()
        self.figures = named(Label(), "Figures")
        self.figures.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.verdict = named(wrapped(""), "Verdict")
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notice = Notice()
        self._buttons = QVBoxLayout()
        self._buttons.setSpacing(4)
        close = named(QPushButton("&Close"), "Close")
        close.clicked.connect(self.reject)
        fields = form()
        fields.addRow("&Destination:", self.destination)
        fields.addRow("Source:", self._origin)
        progress = QHBoxLayout()
        progress.addWidget(self.bar, 1)
        progress.addWidget(self.stop)
        bottom = QHBoxLayout()
        bottom.addStretch(1)
        bottom.addWidget(close)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addLayout(fields)
        column.addLayout(progress)
        column.addWidget(self.figures)
        column.addWidget(self.curve, 1)
        column.addWidget(self.verdict)
        column.addLayout(self._buttons)
        column.addWidget(self.notice)
        column.addLayout(bottom)

    @property
    def machine(self) -> VirtualMachine:
        """The machine as it is now."""
        return self.state.machines[self._machine]

    # Measuring

    def _again(self) -> None:
        verdict = measurable(self.state, self._machine)
        self.notice.refuse(verdict)
        self._show_stop()
        if not verdict:
            return
        self.samples, self.judgement = (), None
        clear(self._buttons)
        self.verdict.setText("")
        self._wanted = True
        self._begun = time.monotonic()
        self._show_samples()
        workspace, machine = self.workspace, self._machine
        told = posted(self, self._take_sample)
        self._work = Work(self, lambda: workspace.measure_writes(machine, told, lambda: self._wanted), self._measured)
        self._clock.start()
        self._show_stop()

    def _toggle(self) -> None:
        if self._work is None:
            self._again()
        else:
            self._wanted = False
            self.stop.setEnabled(False)

    def _show_stop(self) -> None:
        measuring = self._work is not None
        self.stop.setEnabled(True)
        self.stop.setText("&Stop" if measuring else _AGAIN)
        self.stop.setAccessibleName("Stop" if measuring else "Measure again")

    def _tick(self) -> None:
        passed = min(time.monotonic() - self._begun, LONGEST * 0.99)
        self.bar.setValue(round(passed * 1000))

    def _take_sample(self, sample: DirtySample) -> None:
        if self._work is not None:
            self.samples = (*self.samples, sample)
            self._show_samples()

    def _measured(self, outcome: Outcome) -> None:
        self._work = None
        self._clock.stop()
        self._show_stop()
        if outcome.error is not None:
            self.bar.setValue(0)
            self.notice.say(str(outcome.error))
            return
        self.samples = outcome.result
        self.bar.setValue(self.bar.maximum() if self._wanted else 0)
        self._show_samples()
        if not self.samples:
            self.verdict.setText("Stopped before the first result.")
            return
        if self.window_of.workspace is not None:
            self.workspace.measured[self._machine] = (self.workspace.now(), self.samples)
        self._judge()

    def _show_samples(self) -> None:
        told = [f"{size(one.pages * 4096)} in {one.seconds:g} s" for one in self.samples]
        self.figures.setText("Distinct memory written: " + (", ".join(told) if told else "not known yet") + ".")
        self.curve.show_samples(self.samples)

    # Judging

    def _judge(self) -> None:
        if not self.samples or self.window_of.workspace is None or self._machine not in self.state.machines:
            return
        if self._judging is not None:
            self._judging.abandon()
        destination = str(self.destination.currentData())
        asked = measured_question(self.workspace, self.machine, destination, self.samples)
        self.verdict.setText("Checking whether a live migration would converge.")
        clear(self._buttons)
        self._judging = Work(self, asked.answer, lambda outcome: self._judged(outcome, destination))

    def _judged(self, outcome: Outcome, destination: str) -> None:
        self._judging = None
        if outcome.error is not None:
            self.verdict.setText(f"Convergence could not be predicted: {outcome.error}.")
            return
        check, judgement = outcome.result
        self.judgement = judgement
        self.verdict.setText(check.text)
        if judgement is None or self.window_of.workspace is None or self._machine not in self.state.machines:
            return
        plan = measured_question(self.workspace, self.machine, destination, self.samples).plan
        self.curve.show_samples(self.samples, judgement.workload, plan.spec.bandwidth if plan else 0.0)
        for way in ways(self.workspace, self.machine, destination, judgement):
            self._buttons.addWidget(self._button(way), 0, Qt.AlignmentFlag.AlignLeft)

    def _button(self, way: Way) -> QPushButton:
        button = named(QPushButton(way.text), way.text)
        button.setIcon(icons.icon("warn" if way.dangerous else "live-migrate"))
        button.setToolTip(literal(f"{way.consequence}\n{powershell(way.command, self.state)}"))
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self._start(way))
        return button

    def _start(self, way: Way) -> None:
        def submit() -> None:
            self.window_of.submit(way.command, self._started)

        if way.dangerous:
            ask(self, f"{way.text}? {way.consequence}", way.text, submit)
        else:
            submit()

    def _started(self, operation: Operation) -> None:
        verdict = operation.verdict
        if verdict is not None and not verdict:
            self.notice.refuse(verdict)
        else:
            self.accept()

    def done(self, result: int) -> None:
        """Closing ends the measurement; what the host still counts ends by itself."""
        self._wanted = False
        self._clock.stop()
        for work in (self._work, self._judging):
            if work is not None:
                work.abandon()
        super().done(result)
