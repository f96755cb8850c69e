"""The migration planner: two scenarios side by side, judged while the sliders move.

A slider that moves is answered within one frame by the sketch of the engine. Once it rests, the engine itself is run
in a worker thread and fills in intervals and remedies; a slider that moves again makes it drop its work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from fcm.model.entities import GIB, MIB
from fcm.ui.look import icons
from fcm.ui.look.format import rate, seconds, size
from fcm.ui.look.plain import Label, literal
from fcm.ui.migration.plots.plot import ConvergencePlot
from fcm.ui.migration.sliders import WideSlider
from fcm.ui.migration.steady_text import SteadyText
from fcm.ui.widgets.background import Outcome as Done
from fcm.ui.widgets.background import Work
from fcm.ui.widgets.dialog_parts import Notice, named, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QCloseEvent

    from fcm.migration.engine.workload import Workload
    from fcm.migration.recordings.recording import Recording
    from fcm.ui.migration.guests import Guest
    from fcm.ui.migration.scenario import Outcome, Scenario
    from fcm.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class _Range:
    field: str
    label: str
    low: float
    high: float
    units: tuple[float, ...]
    zero: bool = False


_RANGES = (
    _Range("memory", "Memory", 16 * MIB, 12288 * GIB, (MIB, GIB)),
    _Range("dirty_rate", "Dirty rate", MIB / 16, 128 * GIB, (MIB, GIB), zero=True),
    _Range("working_set", "Working set", 1 * MIB, 12288 * GIB, (MIB, GIB)),
    _Range("bandwidth", "Bandwidth", 125e3, 100e9, (125e3, 125e6)),
    _Range("downtime_limit", "Downtime limit", 0.01, 10.0, (0.001, 1.0)),
)
_STEPS = 480
REST = 120
"""ms that the sliders must rest before the engine is run."""
ASSUMED = "As the sliders say (assumed)"
_COMPUTING = "Intervals and remedies are being computed."


def _words(field: str, value: float) -> str:
    if field == "bandwidth":
        return rate(value)
    if field == "downtime_limit":
        return seconds(value)
    return f"{size(value)}/s" if field == "dirty_rate" else size(value)


class ScenarioPanel(QGroupBox):
    """The sliders of one scenario and what comes of it."""

    worked_out = Signal()
    """There is a new outcome."""

    def __init__(
        self, name: str, scenario: Scenario, guests: Sequence[Guest] = (), parent: QWidget | None = None
    ) -> None:
        """``guests``: virtual machines whose writing is known or was measured, to choose from."""
        super().__init__(f"Scenario {name}", parent)
        self.setObjectName(f"scenario{name}")
        self.name = name
        self.outcome: Outcome | None = None
        self._work: Work | None = None
        self._wish = 0
        """Number of the newest wish: an engine that works for an older one drops it."""
        self._next_frame = QTimer(self)
        self._next_frame.setSingleShot(True)
        self._next_frame.timeout.connect(self._sketch)
        self._rested = QTimer(self)
        self._rested.setSingleShot(True)
        self._rested.timeout.connect(self._look_closer)
        self.sliders: dict[str, WideSlider] = {}
        grid = QGridLayout(self)
        grid.setColumnStretch(1, 1)
        grid.setVerticalSpacing(4)
        for row, one in enumerate(_RANGES):
            slider = WideSlider(
                f"{one.label} of scenario {name}",
                one.low,
                one.high,
                _STEPS,
                lambda value, field=one.field: _words(field, value),  # type: ignore[misc]
                one.units,
                one.zero,
            )
            slider.set_amount(getattr(scenario, one.field))
            label = Label(one.label)
            label.setBuddy(slider)
            grid.addWidget(label, row, 0)
            grid.addWidget(slider, row, 1)
            grid.addWidget(slider.label, row, 2)
            self.sliders[one.field] = slider
        self.preset = named(QComboBox(), f"Hypervisor of scenario {name}")
        self.auto_converge = named(QCheckBox("Auto-converge"), f"Auto-converge of scenario {name}")
        self.auto_converge.setToolTip("Slow the guest down while it dirties memory faster than it can be sent")
        self._fill_presets(scenario.preset)
        label = Label("Hypervisor")
        label.setBuddy(self.preset)
        row = len(_RANGES)
        grid.addWidget(label, row, 0)
        grid.addWidget(self.preset, row, 1)
        grid.addWidget(self.auto_converge, row, 2)
        self._guests = guests
        self._writes: Workload | None = None
        self._takes_over = False
        """True while the sliders follow a guest that was chosen."""
        self._reading: Work | None = None
        self.guest = named(QComboBox(), f"Guest of scenario {name}")
        self.guest.addItem(ASSUMED)
        self.guest.addItems([one.label for one in guests])
        self.guest.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.guest.setMinimumContentsLength(10)
        self.guest.currentIndexChanged.connect(self._guest_chosen)
        label = Label("Guest")
        label.setBuddy(self.guest)
        row += 1
        grid.addWidget(label, row, 0)
        grid.addWidget(self.guest, row, 1, 1, 2)
        self._icon = Label()
        self._icon.setFixedSize(18, 18)
        self._shown_icon = ""
        self._verdict = named(SteadyText(3), f"Verdict of scenario {name}")
        self._details = named(SteadyText(2, "quiet"), f"Intervals of scenario {name}")
        self._reckoned = named(SteadyText(5, "quiet"), f"Assumptions of scenario {name}")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._verdict)
        words.addWidget(self._details)
        words.addWidget(self._reckoned)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        grid.addLayout(line, row + 1, 0, 1, 3)
        for field, slider in self.sliders.items():
            slider.moved.connect(lambda _, field=field: self._moved(field))
        self.preset.currentIndexChanged.connect(lambda _: self.refresh())
        self.auto_converge.toggled.connect(lambda _: self.refresh())

    def _fill_presets(self, chosen: str) -> None:
        from fcm.migration.engine.policies import PRESETS

        for rule in PRESETS.values():
            self.preset.addItem(rule.title, rule.name)
            self.preset.setItemData(self.preset.count() - 1, literal(rule.source), Qt.ItemDataRole.ToolTipRole)
        self.preset.setCurrentIndex(self.preset.findData(chosen))
        self.preset.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.preset.setMinimumContentsLength(10)

    def _moved(self, field: str) -> None:
        if field in ("memory", "dirty_rate", "working_set") and not self._takes_over:
            self.guest.setCurrentIndex(0)  # what the sliders say from now on is assumed
        self.refresh()

    def _guest_chosen(self, number: int) -> None:
        if self._reading is not None:
            self._reading.abandon()
            self._reading = None
        self._writes = None
        if number <= 0:
            self.refresh()
            return
        guest = self._guests[number - 1]
        self._reading = Work(self, guest.workload, lambda done: self._guest_read(guest, done))

    def _guest_read(self, guest: Guest, done: Done) -> None:
        self._reading = None
        if done.error is not None:
            self._details.say(f"The writes of {guest.name} could not be read: {done.error}.")
            return
        from fcm.migration.engine.workload import PAGE

        workload: Workload = done.result
        self._takes_over = True
        self.sliders["memory"].set_amount(guest.memory)
        self.sliders["dirty_rate"].set_amount(workload.mean_rate * PAGE)
        self.sliders["working_set"].set_amount(min(workload.working_set() * PAGE, guest.memory))
        self._takes_over = False
        self._writes = workload
        self.refresh()

    def scenario(self) -> Scenario:
        """What the controls say; the working set is never more than the memory."""
        from fcm.ui.migration.scenario import Scenario

        chosen = self._guests[self.guest.currentIndex() - 1] if self._writes is not None else None
        memory = round(self.sliders["memory"].amount()) if chosen is None else chosen.memory
        return Scenario(
            writes=self._writes,
            memory=memory,
            dirty_rate=self.sliders["dirty_rate"].amount(),
            working_set=min(round(self.sliders["working_set"].amount()), memory),
            bandwidth=self.sliders["bandwidth"].amount(),
            downtime_limit=self.sliders["downtime_limit"].amount(),
            preset=str(self.preset.currentData()),
            auto_converge=self.auto_converge.isChecked(),
        )

    def text(self) -> str:
        """The verdict."""
        return self._verdict.text()

    def details(self) -> str:
        """Intervals and remedies, or that they are being computed."""
        return self._details.text()

    def reckoned_with(self) -> str:
        """What was given and what is assumed, as the engine last had it."""
        return self._reckoned.text()

    @property
    def is_moving(self) -> bool:
        """True from the move of a slider until it has rested and the engine has answered."""
        return self.outcome is not None and not self.outcome.details

    @property
    def is_settled(self) -> bool:
        """True once the engine has answered the newest wish."""
        waiting = self._next_frame.isActive() or self._rested.isActive()
        waiting = waiting or self._work is not None or self._reading is not None
        return self.outcome is not None and not waiting

    def refresh(self) -> None:
        """Have worked out what the controls say now; of wishes that come within one frame only the newest counts."""
        self._wish += 1
        self._rested.start(REST)
        if not self._next_frame.isActive():
            self._next_frame.start(0)

    def drop(self) -> None:
        """Nobody looks any more: work that is under way ends at once."""
        self._wish += 1
        self._next_frame.stop()
        self._rested.stop()
        if self._work is not None:
            self._work.abandon()

    def _sketch(self) -> None:
        from fcm.ui.migration.scenario import work_out

        scenario = self.scenario()
        if scenario.writes is None:
            self._show(work_out(scenario))
        else:  # only the engine itself knows guests that write otherwise than evenly
            self._details.say(_COMPUTING)

    def _look_closer(self) -> None:
        from fcm.ui.migration.scenario import look_closer

        if self._work is not None:  # it drops its work and calls again
            return
        scenario, wish = self.scenario(), self._wish
        self._work = Work(self, lambda: look_closer(scenario, lambda: isValid(self) and self._wish == wish), self._take)

    def _take(self, done: Done) -> None:
        from fcm.migration.judging.prediction import Abandoned

        self._work = None
        if isinstance(done.error, Abandoned):
            if not self._rested.isActive():
                self._rested.start(0)
        elif done.error is not None:
            self._details.say(f"The engine could not compute this: {done.error}.")
        elif done.result.scenario == self.scenario():
            self._show(done.result)

    def _show(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self._verdict.say(outcome.sentence)
        self._details.say(outcome.details or _COMPUTING)
        if outcome.reckoned_with:
            self._reckoned.say(outcome.reckoned_with)
        icon = "pass" if outcome.converges else "warn"
        if icon != self._shown_icon:
            self._shown_icon = icon
            self._icon.setPixmap(icons.pixmap(icon, 16, self.devicePixelRatioF()))
        self.worked_out.emit()


class MigrationPlanner(QWidget):
    """A window with two scenarios over one plot."""

    def __init__(self, parent: QWidget | None = None, workspace: Workspace | None = None) -> None:
        """``workspace``: the cluster with whose virtual machines can be planned."""
        super().__init__(parent, Qt.WindowType.Window)
        from fcm.ui.migration.guests import guests_of
        from fcm.ui.migration.scenario import Scenario, other

        self.setObjectName("migrationPlanner")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Migration planner")
        self.setWindowIcon(icons.icon("planner"))
        first = Scenario(dirty_rate=100.0 * MIB, working_set=512 * MIB)
        guests = guests_of(workspace)
        self.panels = (ScenarioPanel("A", first, guests), ScenarioPanel("B", other(first), guests))
        self._notice = Notice()
        self.plot = ConvergencePlot()
        self.plot.title = "Planned live migrations"
        self.plot.dirty.hide()
        self.plot.said.connect(lambda text, level: self._notice.say(str(text), str(level)))
        inside = QWidget()
        both = QHBoxLayout(inside)
        both.setContentsMargins(0, 0, 0, 0)
        for panel in self.panels:
            both.addWidget(panel, 1)
            panel.worked_out.connect(self._draw)
        area = named(QScrollArea(), "Scenarios")
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFixedHeight(inside.sizeHint().height() + 16)
        hint = wrapped(
            "What the engine expects before anything is measured. Assumed, unless a guest is chosen: the guest writes "
            "all pages of its working set equally often.",
            "quiet",
        )
        column = QVBoxLayout(self)
        column.addWidget(area)
        column.addWidget(hint)
        column.addWidget(self._notice)
        column.addWidget(self.plot, 1)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Close), self).activated.connect(self.close)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.close)
        self.setMinimumWidth(880)
        self.resize(self.sizeHint())
        for panel in self.panels:
            panel.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Drop what the engine is still working on."""
        for panel in self.panels:
            panel.drop()
        super().closeEvent(event)

    def sizeHint(self) -> QSize:
        """Room for both scenarios and the plot."""
        return QSize(980, 680)

    def _draw(self) -> None:
        traces: list[tuple[str, Recording]] = []
        for panel in self.panels:
            if panel.outcome is not None:
                traces.append((f"Scenario {panel.name}", panel.outcome.recording))
        first = self.panels[0].outcome
        threshold = first.scenario.threshold if first is not None else 0.0
        text = ""
        if first is not None and threshold > 0:
            text = f"A: can switch over below {size(threshold)}"
        self.plot.show_outlook(None, threshold, text)
        moving = any(panel.is_moving for panel in self.panels)
        self.plot.show_traces(traces, True, moving)
