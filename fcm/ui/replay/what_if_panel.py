"""Sliders under a kept migration: what it would have been with another bandwidth, other writes, limit or hypervisor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QGroupBox, QPushButton, QWidget
from shiboken6 import isValid

from fcm.ui.look.format import rate, seconds
from fcm.ui.look.plain import Label
from fcm.ui.migration.sliders import WideSlider
from fcm.ui.migration.steady_text import SteadyText
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import named

if TYPE_CHECKING:
    from fcm.migration.judging.recorded_prediction import Comparable
    from fcm.migration.recordings.recording import Recording
    from fcm.workspace.replay.what_if import WhatIf, WouldBe

REST = 120
"""ms that the sliders must rest before the engine is run."""
LEGEND = "What if (predicted)"
_STEPS = 480
_TITLE = "&What if"


class WhatIfPanel(QGroupBox):
    """Three sliders, a choice, and what comes of them."""

    worked_out = Signal()
    """There is another prediction, or none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_TITLE, parent)
        named(self, "What if")
        self.found: WouldBe | None = None
        self._recording: Recording | None = None
        self._how: Comparable | None = None
        self._work: Work | None = None
        self._wish = 0
        self._rested = QTimer(self, singleShot=True, interval=REST)
        self._rested.timeout.connect(self._run)
        self.bandwidth = WideSlider("Bandwidth", 125e3, 100e9, _STEPS, rate, (125e3, 125e6))
        self.writes = WideSlider("Memory writes", 0.01, 100.0, _STEPS, lambda value: f"{value:g} times", (0.01, 1.0))
        self.limit = WideSlider("Downtime limit", 0.01, 10.0, _STEPS, seconds, (0.001, 1.0))
        self.preset = named(QComboBox(), "Hypervisor")
        self.preset.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.preset.setMinimumContentsLength(10)
        self._back = named(QPushButton("&As it was"), "As it was")
        self._back.clicked.connect(self._reset)
        self._said = named(SteadyText(2), "What would have been")
        grid = QGridLayout(self)
        grid.setVerticalSpacing(2)
        for place, (words, slider) in enumerate(
            (("Bandwidth", self.bandwidth), ("Memory writes", self.writes), ("Downtime limit", self.limit))
        ):
            row, column = place // 2, place % 2 * 3
            label = Label(words)
            label.setBuddy(slider)
            grid.addWidget(label, row, column)
            grid.addWidget(slider, row, column + 1)
            grid.addWidget(slider.label, row, column + 2)
            slider.moved.connect(lambda _: self._changed())
        label = Label("Hypervisor")
        label.setBuddy(self.preset)
        grid.addWidget(label, 1, 3)
        grid.addWidget(self.preset, 1, 4)
        grid.addWidget(self._back, 1, 5)
        grid.addWidget(self._said, 2, 0, 1, 6)
        for column in (1, 4):
            grid.setColumnStretch(column, 1)
        self.preset.currentIndexChanged.connect(lambda _: self._changed())
        self.setEnabled(False)

    def text(self) -> str:
        """What would have been, or why nothing can be said of it."""
        return self._said.text()

    @property
    def is_settled(self) -> bool:
        """True once the engine has answered the newest wish."""
        return not self._rested.isActive() and self._work is None

    def show_recording(self, recording: Recording | None) -> None:
        """Ask about another migration; None: about none."""
        self.drop()
        self._recording, self._how, self.found = recording, None, None
        if recording is not None and recording.facts is not None:
            from fcm.migration.judging.recorded_prediction import NotComparableError
            from fcm.workspace.replay.what_if import basis_of

            try:
                self._how = basis_of(recording)
                self._said.say("")
            except NotComparableError as error:
                self._said.say(f"Nothing can be said of what would have been: {error}.")
        self.setEnabled(self._how is not None)
        self.setVisible(recording is not None and recording.facts is not None)
        if self._how is not None:
            self._fill_presets()
            self._reset()
        self.worked_out.emit()

    def _fill_presets(self) -> None:
        from fcm.migration.engine.policies import PRESETS
        from fcm.workspace.replay.what_if import AS_IT_WAS

        if self.preset.count() == 0:
            self.preset.addItem("As it was", AS_IT_WAS)
            for rule in PRESETS.values():
                self.preset.addItem(rule.title, rule.name)

    def _reset(self) -> None:
        """All as it was: nothing is drawn beside it."""
        from fcm.workspace.replay.what_if import as_it_was

        if self._how is None:
            return
        was = as_it_was(self._how)
        for slider, amount in (
            (self.bandwidth, was.bandwidth),
            (self.writes, was.writes),
            (self.limit, was.downtime_limit),
        ):
            slider.blockSignals(True)
            slider.set_amount(amount)
            slider.blockSignals(False)
            slider.label.setText("as it was")
        self.preset.setCurrentIndex(0)
        self.drop()
        self.found = None
        self._said.say("Move a slider to see what would have been, beside what was.")
        self.worked_out.emit()

    def _changed(self) -> None:
        if self._how is not None:
            self._wish += 1
            self._rested.start()

    def wish(self) -> WhatIf:
        """What the controls say; a slider that stands where it began means exactly what was."""
        from fcm.workspace.replay.what_if import WhatIf, as_it_was

        assert self._how is not None
        was = as_it_was(self._how)

        def amount(slider: WideSlider, before: float) -> float:
            return before if slider.label.text() == "as it was" else slider.amount()

        return WhatIf(
            amount(self.bandwidth, was.bandwidth),
            amount(self.writes, was.writes),
            amount(self.limit, was.downtime_limit),
            str(self.preset.currentData()),
        )

    def drop(self) -> None:
        """Nobody looks any more: what is being computed ends."""
        self._wish += 1
        self._rested.stop()
        if self._work is not None:
            self._work.abandon()
            self._work = None

    def _run(self) -> None:
        from fcm.workspace.replay.what_if import would_be

        recording, how = self._recording, self._how
        if recording is None or how is None:
            return
        if self._work is not None:  # it drops its work
            self._work.abandon()
        wish, number = self.wish(), self._wish
        self._work = Work(
            self,
            lambda: would_be(recording, how, wish, lambda: isValid(self) and self._wish == number),
            self._take,
        )

    def _take(self, outcome: Outcome) -> None:
        from fcm.migration.judging.prediction import Abandoned

        self._work = None
        if isinstance(outcome.error, Abandoned):
            return
        if outcome.error is not None:
            self._said.say(f"The engine could not compute this: {outcome.error}.")
            return
        self.found = outcome.result
        self._said.say(outcome.result.sentence)
        self.worked_out.emit()
