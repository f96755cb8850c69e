"""Rehearse: what a failure or maintenance would bring, beside today; "Do it" carries out exactly that.

Not modal: the window stays usable while the twin of the cluster runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from fcm.model.rules.quorum import engine_of
from fcm.ui.dialogs.frame import PlainDialog
from fcm.ui.dialogs.rehearsal.tables import AFTER, BOOTED, RehearsalRows
from fcm.ui.look import format as words
from fcm.ui.look import icons
from fcm.ui.look.plain import Label, literal
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.background import Work
from fcm.ui.widgets.dialog_parts import Notice, PowerShellBox, copy_text, long_choice, named, wrapped
from fcm.workspace.actions.powershell import powershell
from fcm.workspace.planning.rehearsal import Ending, Rehearsal, Rehearsing
from fcm.workspace.planning.rehearsal_scenarios import Scenario, rehearsal_text, scenarios

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent

    from fcm.model.commands import Command
    from fcm.model.state import Change
    from fcm.ui.desk import Desk
    from fcm.ui.widgets.background import Outcome
    from fcm.workspace.selection import Selection
    from fcm.workspace.workspace import Operation

TICK = 100
"""ms between two looks at how far the rehearsal is."""
_INTRO = (
    "The rehearsal runs on a copy of the current cluster. Nothing happens to the cluster until you choose Do it. "
    "All durations are computed by the simulation, and some of its figures are assumed."
)
_INTRO_OF_ENGINE = (
    "The scheduler of {engine} computes what it would do, from a copy of the current configuration "
    "(crm_simulate). The result shows what would happen, not when. Nothing happens to the cluster."
)


class RehearseDialog(PlainDialog):
    """Rehearses what is selected at the top, at once and again whenever that changes."""

    done_it = Signal()
    """What was rehearsed was carried out."""

    def __init__(self, window: Desk, title: str, offered: tuple[Scenario, ...]) -> None:
        super().__init__(window, f"Rehearse {title}", "rehearse", QSize(940, 600))
        self.setWindowModality(Qt.WindowModality.NonModal)
        self._offered = offered
        self.found: Rehearsal | None = None
        """What the last rehearsal has found."""
        self._work: Work | None = None
        self._looking: Rehearsing | None = None
        self._wanted: list[bool] = [False]
        self._sequence = -1
        """Of the state that was rehearsed."""
        self._left: list[Command] = []
        """Commands of Do it that were not carried out yet."""
        self._rows = RehearsalRows()
        self._clock = QTimer(self)
        self._clock.setInterval(TICK)
        self._clock.timeout.connect(self._tick)
        self._build()
        window.changed.connect(self._changed)
        self._again()

    def _build(self) -> None:
        self.choice = long_choice(named(QComboBox(), "What happens"))
        for number, one in enumerate(self._offered):
            verdict = one.verdict(self.state)
            self.choice.addItem(icons.icon(one.icon), one.label, number)
            if not verdict:
                self.choice.setItemData(number, literal(verdict.sentence()), Qt.ItemDataRole.ToolTipRole)
        first = next((n for n, one in enumerate(self._offered) if one.verdict(self.state)), 0)
        self.choice.setCurrentIndex(first)
        self.choice.currentIndexChanged.connect(lambda _: self._again())
        self.again = self._button("&Rehearse again", "refresh", self._toggle)
        label = Label("&What happens:")
        label.setBuddy(self.choice)
        top = QHBoxLayout()
        top.addWidget(label)
        top.addWidget(self.choice, 1)
        self.again.setMinimumWidth(self.again.sizeHint().width())  # with the longer of its two texts
        top.addWidget(self.again)
        self.bar = named(QProgressBar(), "Progress of the rehearsal")
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.summary = named(wrapped(""), "Result")
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notice = Notice()
        self.power_shell = PowerShellBox()
        self.do_it = self._button("&Do it", "", self._do)
        self.copy = self._button("&Copy result", "copy", lambda: copy_text(self.text()))
        self.discard = self._button("D&iscard", "", self.close)
        self._buttons = QHBoxLayout()
        self._buttons.addWidget(self.copy)
        self._buttons.addStretch(1)
        self._buttons.addWidget(self.do_it)
        self._buttons.addWidget(self.discard)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        engine = self.state.cluster.engine if self.state.cluster is not None else ""
        column.addWidget(wrapped(_INTRO_OF_ENGINE.format(engine=engine) if engine else _INTRO, "quiet"))
        column.addLayout(top)
        column.addWidget(self.bar)
        column.addWidget(self.summary)
        column.addWidget(self._tabs(), 1)
        column.addWidget(self.notice)
        column.addWidget(self.power_shell)
        column.addLayout(self._buttons)
        self.choice.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tabs(self) -> QTabWidget:
        settings = self.window_of.context.settings
        self.machines = TableView("Machines of the rehearsal", self._rows.machines, settings, self)
        self.machines.picked.connect(self._show_why)
        self.votes = TableView("Votes of the rehearsal", self._rows.votes, settings, self)
        self.events = TableView("Events of the rehearsal", self._rows.events, settings, self)
        self.events.picked.connect(self._show_event)
        self.why = named(wrapped("", "quiet"), "Why")
        self.event_text = named(wrapped("", "quiet"), "Text of the event")
        self.important = named(QCheckBox("&Only warnings, errors and events of Windows"), "Only important events")
        self.important.setChecked(True)
        self.important.toggled.connect(lambda _: self._show())
        self.tabs = named(QTabWidget(), "Result of the rehearsal")
        self.tabs.addTab(_page(self.machines, self.why), "&Machines")
        self.tabs.addTab(_page(self.votes), "&Quorum")
        self.tabs.addTab(_page(self.important, self.events, self.event_text), "&Events")
        return self.tabs

    def _button(self, text: str, icon: str, clicked: object) -> QPushButton:
        button = named(QPushButton(text), text.replace("&", ""))
        if icon:
            button.setIcon(icons.icon(icon))
        button.setAutoDefault(False)
        button.clicked.connect(clicked)
        return button

    @property
    def scenario(self) -> Scenario | None:
        """What is selected."""
        number = self.choice.currentIndex()
        return self._offered[number] if 0 <= number < len(self._offered) else None

    # The rehearsal

    def _toggle(self) -> None:
        if self._work is None:
            self._again()
        else:
            self._wanted[0] = False

    def _again(self) -> None:
        """Rehearse what is selected; a rehearsal that runs is given up."""
        scenario = self.scenario
        self._give_up()
        self.found = None
        self.notice.say("")
        if scenario is None or self.window_of.workspace is None:
            self._show()
            return
        workspace, commands = self.workspace, scenario.commands
        looking, wanted = Rehearsing(commands), [True]
        self._looking, self._wanted, self._sequence = looking, wanted, self.state.sequence
        self._work = Work(
            self,
            lambda: looking.result(workspace.rehearse(commands, looking.see, lambda: wanted[0])),
            self._rehearsed,
        )
        self._clock.start()
        self._show()

    def _give_up(self) -> None:
        self._wanted[0] = False
        self._clock.stop()
        if self._work is not None:
            self._work.abandon()
            self._work = None

    def _tick(self) -> None:
        if self._looking is not None and self._work is not None:
            looked_at, machines = self._looking.progress
            concerned = words.count(machines, "virtual machine is affected", "virtual machines are affected")
            self.summary.setText(f"Rehearsing: {words.seconds(looked_at)} simulated, {concerned} so far.")

    def _rehearsed(self, outcome: Outcome) -> None:
        self._work = None
        self._clock.stop()
        if outcome.error is not None:
            self.notice.say(str(outcome.error))
        else:
            self.found = outcome.result
        self._show()
        self._look_whether_old()

    # The result

    def _show(self) -> None:
        found, scenario, busy = self.found, self.scenario, self._work is not None
        self._rows.show(found, self.important.isChecked())
        self._show_times(found is None or found.timed)
        self.bar.setVisible(busy)
        self.again.setText("&Stop" if busy else "&Rehearse again")
        self.again.setAccessibleName("Stop" if busy else "Rehearse again")
        if found is not None:
            self.summary.setText(found.sentence())
        elif busy:
            self._tick()
        else:
            self.summary.setText("")
        counts = (0, 0, 0) if found is None else (len(found.fates), len(found.quorum), len(self._rows.events.ids))
        for number, (title, count) in enumerate(zip(("&Machines", "&Quorum", "&Events"), counts, strict=True)):
            self.tabs.setTabText(number, f"{title} ({count:,})" if found is not None else title)
        commands = () if scenario is None else scenario.commands
        text = "\n".join(powershell(command, self.state) for command in commands)
        if scenario is not None and engine_of(self.state):
            text = rehearsal_text(scenario, self.state)  # a failure of a real host is no command
        self.power_shell.show_text(text)
        self.copy.setEnabled(found is not None)
        self._show_whether_to_do_it(commands)
        self._show_why()
        self._show_event()

    def _show_whether_to_do_it(self, commands: tuple[Command, ...]) -> None:
        """What only rehearses (a failure of a real host) cannot be done."""
        found = self.found
        workspace = self.window_of.workspace
        able = [workspace.capabilities.verdict(one) for one in commands] if workspace is not None else []
        refused = next((verdict for verdict in able if not verdict), None)
        ready = found is not None and found.ending is not Ending.REFUSED and not self._left
        self.do_it.setEnabled(ready and refused is None)
        self.do_it.setToolTip(literal(refused.sentence()) if refused is not None else "")

    def _show_times(self, timed: bool) -> None:
        """What the scheduler of an engine does not say is left out: durations, and what would be logged when."""
        engine = self.state.cluster is not None and bool(self.state.cluster.engine)
        self.machines.leave_out(BOOTED, engine or not timed)
        self.votes.leave_out(AFTER, engine or not timed)
        self.tabs.setTabVisible(self.tabs.count() - 1, timed and not engine)

    def _show_why(self) -> None:
        """The whole reason of the selected machine, which its cell may cut."""
        chosen = self.machines.selected_ids()[:1]
        fate = self._rows.fate(chosen[0]) if chosen else None
        self.why.setText(f"{fate.name}: {fate.why}" if fate is not None and fate.why else "")

    def _show_event(self) -> None:
        """The whole text of the selected event, which its cell may cut."""
        chosen = self.events.selected_ids()[:1]
        event = self._rows.event(chosen[0]) if chosen else None
        self.event_text.setText("" if event is None else event.text)

    def text(self) -> str:
        """The result as text."""
        scenario = self.scenario
        if self.found is None or scenario is None:
            return ""
        tables = (self.machines, self.votes, self.events)
        return "\n\n".join([f"{scenario.label}.", self.found.sentence(), *(table.as_csv() for table in tables)])

    def _changed(self, _change: Change) -> None:
        if self.window_of.workspace is None:
            self.close()
        else:
            self._look_whether_old()

    def _look_whether_old(self) -> None:
        if self.found is not None and not self._left and self.state.sequence != self._sequence:
            text = "The cluster has changed since this was rehearsed. Rehearse again to take that into account."
            self.notice.say(text, "info")

    # Do it

    def _do(self) -> None:
        if self.found is not None:
            self._left = list(self.found.commands)
            self.do_it.setEnabled(False)
            self._next()

    def _next(self) -> None:
        self.window_of.submit(self._left[0], self._done_one)

    def _done_one(self, operation: Operation) -> None:
        verdict = operation.verdict
        if verdict is not None and not verdict:
            self._left = []
            self._show()
            self.notice.refuse(verdict)
            return
        self._left = self._left[1:]
        if self._left:
            self._next()
        else:
            self.done_it.emit()
            self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """What was found is forgotten, and a rehearsal that runs ends."""
        self._give_up()
        super().closeEvent(event)


def _page(*widgets: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(8, 8, 8, 8)
    for widget in widgets:
        column.addWidget(widget, isinstance(widget, TableView))
    return page


def rehearse_selection(window: Desk, selection: Selection) -> RehearseDialog | None:
    """The dialog for what is selected."""
    offered = scenarios(window.state, selection)
    return RehearseDialog(window, _title(window, selection), offered) if offered else None


def _title(window: Desk, selection: Selection) -> str:
    state = window.state
    for table in (state.shared_volumes, state.disks, state.networks, state.machines):
        if selection.id in table:
            return table[selection.id].name
    return selection.id or (state.cluster.name if state.cluster else "")
