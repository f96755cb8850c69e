"""The migration view of a virtual machine: what goes on, how far it is, how its memory converges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fcm.model.migrations import MigrationKind
from fcm.model.state import Kind
from fcm.model.telemetry import Phase
from fcm.ui.look import icons
from fcm.ui.look.format import clock_time, size
from fcm.ui.look.plain import Label, literal
from fcm.ui.migration.advice_bar import AdviceBar
from fcm.ui.migration.attempts import AttemptList, attempt_lines
from fcm.ui.migration.command_text import CommandText
from fcm.ui.migration.frame import PlotAndTables
from fcm.ui.migration.pass_table import PassTable
from fcm.ui.migration.plots.plot import ConvergencePlot
from fcm.ui.migration.progress import ProgressPanel
from fcm.ui.migration.recordings.comparison import ComparisonTable, against_forecast
from fcm.ui.migration.sentence import NOTHING, sentence
from fcm.ui.migration.steps import StepList, step_lines
from fcm.ui.widgets.dialog_parts import Notice, named, wrapped
from fcm.ui.widgets.staying_menu import StayingMenu
from fcm.workspace.tuning import advice, may_tune

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent

    from fcm.migration.recordings.recording import Recording
    from fcm.model.migrations import Migration
    from fcm.model.state import Change, State
    from fcm.workspace.forecasts import Course
    from fcm.workspace.workspace import Workspace

WORDS_EVERY = 200
"""ms between two changes of words and numbers; faster nobody can read. A new phase or pass is told at once."""
COMBO_EDGE = 64
"""Pixels of icon, arrow and frame of a box of choices."""
LONGEST_PATH = 24
"""Letters of a way from node to node in the list of migrations."""
LONGEST = 230
"""Letters of the longest usual sentence."""
_WORDS = {
    Phase.WAITING: ("waiting", "queue"),
    Phase.COMPLETED: ("completed", "pass"),
    Phase.FAILED: ("failed", "fail"),
    Phase.CANCELED: ("canceled", "cancel"),
    Phase.INTERRUPTED: ("interrupted", "warn"),
}


def words_and_icon(phase: Phase) -> tuple[str, str]:
    """How a migration stands in one word, and the icon for it."""
    return _WORDS.get(phase, ("running", "live-migrate"))


class MigrationView(QWidget):
    """Shows one migration of one machine and lets its earlier ones be reopened."""

    wanted = Signal(object)
    """A command that the user asked for."""
    options_asked = Signal()
    """The user wants to change the options of the migration that runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("migrationView")
        self._workspace: Workspace | None = None
        self._machine = ""
        self._migration: str | None = None
        self._overlaid: list[str] = []
        self._told: tuple[object, ...] = ()
        self._listed: object = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.update_words)
        self._icon = Label()
        self._icon.setFixedWidth(20)
        self._sentence = wrapped("")
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        named(self._sentence, "State of the migration")
        self._history = named(QComboBox(), "Migrations of this machine")
        self._history.setToolTip("Reopen an earlier migration of this machine")
        self._history.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._history.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._history.setIconSize(QSize(16, 16))
        self._history.activated.connect(self._choose)
        self.what_if = named(QPushButton("What i&f..."), "What if...")
        self.what_if.setIcon(icons.icon("recording"))
        self.what_if.setToolTip("Show what would have been with another bandwidth, downtime limit or hypervisor")
        self.what_if.setAutoDefault(False)
        self.what_if.clicked.connect(self._ask_what_if)
        self._progress = ProgressPanel()
        self.advice = AdviceBar()
        self.advice.wanted.connect(self.wanted)
        self.advice.options_asked.connect(self.options_asked)
        self._notice = Notice()
        self.plot = ConvergencePlot()
        self.plot.said.connect(lambda text, level: self._notice.say(str(text), str(level)))
        self.passes = PassTable()
        self.attempts = AttemptList()
        self.figures = ComparisonTable()
        self.steps = StepList()
        self.command = CommandText()
        self.details = PlotAndTables(
            self.plot,
            [
                ("&Passes", self.passes),
                ("Net&works", self.attempts),
                ("Fi&gures", self.figures),
                ("Goal&s", self.steps),
                ("P&owerShell", self.command),
            ],
        )
        self._overlay_menu = StayingMenu(self.plot.overlay)
        self._overlay_menu.setAccessibleName("Overlay other migrations")
        self._overlay_menu.aboutToShow.connect(self._fill_overlay_menu)
        self.plot.overlay.setMenu(self._overlay_menu)
        self.plot.overlay.show()
        self._lay_out()
        self._show_nothing()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._sentence, 1)
        change = self._change = QHBoxLayout()
        change.setSpacing(6)
        change.addWidget(self.advice, 1)
        change.addStretch(0)  # where there is no advice, the rest stays on the right
        change.addWidget(self.what_if, 0, Qt.AlignmentFlag.AlignTop)
        # The row stays as high when there is nothing to change any more.
        change.addWidget(self._history, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self._history.setMinimumHeight(self.advice.sizeHint().height())
        self._empty_icon = Label()
        self._empty_icon.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom)
        self._empty = Label(NOTHING)
        self._empty.setWordWrap(True)
        self._empty.setProperty("role", "quiet")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        named(self._empty, "None")
        nothing = QWidget()
        column = QVBoxLayout(nothing)
        column.setContentsMargins(24, 12, 24, 12)
        column.addStretch(1)
        column.addWidget(self._empty_icon)
        column.addWidget(self._empty)
        column.addStretch(2)
        something = QWidget()
        column = QVBoxLayout(something)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(top)
        column.addLayout(change)
        column.addWidget(self._progress)
        column.addWidget(self._notice)
        column.addWidget(self.details, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(nothing)
        self._stack.addWidget(something)
        self._stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    # What is shown

    @property
    def migration(self) -> str | None:
        """Id of the migration that is shown."""
        return self._migration

    def text(self) -> str:
        """The sentence, also that of the empty state."""
        return self._sentence.text() if self._migration is not None else self._empty.text()

    def show_migration(self, workspace: Workspace | None, migration: str | None, machine: str = "") -> None:
        """Show a migration, or with None the newest one of ``machine``; teaches how to begin where there is none."""
        if workspace is not self._workspace:
            self._workspace, self._overlaid = workspace, []
        state = workspace.state if workspace is not None else None
        if state is not None and migration is None and machine:
            newest = state.last_migration(machine)
            migration = newest.id if newest is not None else None
        if state is None or migration is None or migration not in state.migrations:
            self._machine = machine
            self._show_nothing()
            return
        if migration != self._migration:
            self._overlaid = []
            self._notice.say("")
        self._migration = migration
        self._machine = state.migrations[migration].machine
        self._stack.setCurrentIndex(1)
        self._told, self._listed = (), None
        self._draw()

    def refresh(self, change: Change) -> None:
        """Redraw what a change touched of what is shown; called at most 30 times a second."""
        workspace = self._workspace
        if workspace is None:
            return
        if self._migration is None:
            newest = workspace.state.last_migration(self._machine) if self._machine else None
            if newest is not None:
                self.show_migration(workspace, newest.id, self._machine)
            return
        if self._migration not in workspace.state.migrations:
            self._show_nothing()
            return
        shown = {self._migration, *self._overlaid}
        if change.of(Kind.TELEMETRY) & shown or change.of(Kind.MIGRATION) or change.structural:
            self._draw()

    def _show_nothing(self) -> None:
        self._migration = None
        self._later.stop()
        self._stack.setCurrentIndex(0)
        self._empty_icon.setPixmap(icons.pixmap("live-migrate", 32, self.devicePixelRatioF()))

    def _course(self, migration: str) -> Course:
        assert self._workspace is not None
        return self._workspace.forecasts.course(migration)

    # Drawing

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while nobody looked."""
        super().showEvent(event)
        if self._migration is not None:
            self._told = ()
            self._draw()

    def minimumSizeHint(self) -> QSize:
        """As narrow as its widest part: what can be changed is above the list of migrations where that is needed."""
        parts = (self.advice, self._history, self._progress, self.details)
        return QSize(max(map(_least, parts)), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep room for the longest sentence, so that nothing below moves when another one is said."""
        super().resizeEvent(event)
        metrics = self._sentence.fontMetrics()
        lines = 2 if event.size().width() >= LONGEST * metrics.averageCharWidth() / 2 else 3
        self._sentence.setMinimumHeight(lines * metrics.lineSpacing())
        self._fold()

    def _fold(self) -> None:
        """What can be changed is beside the list of migrations, or above it where there is no room."""
        first = max(_least(self.advice), _least(self.what_if))  # one of them is shown at a time
        fits = first + _least(self._history) + 2 * self._change.spacing() <= self.width()
        self._change.setDirection(QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is to be told while nobody looks."""
        super().hideEvent(event)
        self._later.stop()

    def _entity(self) -> tuple[State, Migration] | None:
        if self._workspace is None or self._migration is None:
            return None
        state = self._workspace.state
        found = state.migrations.get(self._migration)
        return (state, found) if found is not None else None

    def _draw(self) -> None:
        entity = self._entity()
        if entity is None or not self.isVisible():
            return
        state, migration = entity
        course = self._course(migration.id)
        over = migration.phase.is_over
        traces = [(trace_name(state, migration), course.recording), *self._overlay_traces(state)]
        self.plot.title = f"Live migration of {course.recording.identity.machine}: {path_of(migration)}"
        threshold = course.threshold() if migration.kind is MigrationKind.LIVE else 0.0
        text = f"can switch over below {size(threshold)}" if threshold > 0 else ""
        self.plot.show_outlook(course.outlook, threshold, text)
        first = course.compared if migration.phase is Phase.COMPLETED else None
        if first is not None:
            curve = (first.outlook.time, first.outlook.mid)
            self.plot.show_predicted(f"Forecast at {first.time:.1f} s", curve)
        else:
            self.plot.show_predicted("", None)
        self.plot.show_traces(traces, over and all(self._is_over(state, other) for other in self._overlaid))
        self._progress.show_progress(course.told_progress)
        row = course.last
        key = (
            migration.id,
            migration.phase,
            len(migration.attempts) + len(migration.steps),
            row.pass_number if row is not None else 0,
        )
        if key != self._told:
            self._told = key
            self.update_words()
        elif not self._later.isActive():
            self._later.start(WORDS_EVERY)

    def _is_over(self, state: State, migration: str) -> bool:
        found = state.migrations.get(migration)
        return found is None or found.phase.is_over

    def _overlay_traces(self, state: State) -> list[tuple[str, Recording]]:
        return [
            (trace_name(state, state.migrations[other]), self._course(other).recording)
            for other in self._overlaid
            if other in state.migrations
        ]

    def update_words(self) -> None:
        """Bring words, numbers and tables up to date."""
        entity = self._entity()
        if entity is None or self._workspace is None:
            return
        state, migration = entity
        course = self._course(migration.id)
        row, outlook = course.last, course.outlook
        told = advice(self._workspace, migration, outlook)
        said = sentence(state, migration, row, outlook, told)
        if said != self._sentence.text():
            self._sentence.setText(said)
            self._sentence.setAccessibleName(f"State of the migration: {said}")
        self.advice.show_advice(told, may_tune(self._workspace, migration), migration.phase.is_over)
        _, icon = words_and_icon(migration.phase)
        if outlook is not None and outlook.verdict.value == "will not converge":
            icon = "warn"
        self._icon.setPixmap(icons.pixmap(icon, 16, self.devicePixelRatioF()))
        self.what_if.setVisible(
            migration.phase.is_over
            and migration.kind is MigrationKind.LIVE
            and bool(self._workspace.rows(migration.id))
        )
        self._progress.show_migration(migration, row, outlook, course.recording.memory, self._workspace.now())
        passes = course.recording.passes() if migration.kind is MigrationKind.LIVE else []
        self.passes.show_passes(passes)
        self.attempts.show_lines(attempt_lines(state, migration))
        simulated = self._workspace.simulated
        self.figures.show_comparison(against_forecast(migration.figures, course.compared, simulated))
        self.steps.show_lines(step_lines(migration))
        self.command.show_migration(state, migration)
        self._list_history(state)
        self._fold()
        if not migration.phase.is_over:
            self._later.start(1000)  # the elapsed time goes on even if nothing happens

    def _ask_what_if(self) -> None:
        """Open the kept migration with its sliders."""
        from fcm.ui.migration.recordings.kept import kept_migration, title_of
        from fcm.ui.migration.recordings.recording_window import RecordingWindow

        entity = self._entity()
        if entity is None or self._workspace is None:
            return
        state, one = entity
        title = title_of(state.moved_name(one), one.source, one.destination, one.requested)
        RecordingWindow(kept_migration(self._workspace.history(), one.id, title), self.window()).show()

    # Earlier and other migrations

    def _list_history(self, state: State) -> None:
        mine = [one for one in reversed(tuple(state.migrations.values())) if one.machine == self._machine]
        listed = [(one.id, one.phase, self._migration) for one in mine]
        if listed == self._listed:
            return
        self._listed = listed
        longest = max((words for words, _ in _WORDS.values()), key=len)
        texts = (f"{clock_time(one.requested)}  {_short(path_of(one))}, {longest}" for one in mine)
        room = max((self._history.fontMetrics().horizontalAdvance(text) for text in texts), default=0)
        self._history.setFixedWidth(room + COMBO_EDGE)
        with QSignalBlocker(self._history):
            self._history.clear()
            for one in mine:
                words, icon = words_and_icon(one.phase)
                text = f"{clock_time(one.requested)}  {_short(path_of(one))}, {words}"
                self._history.addItem(icons.icon(icon), text, one.id)
                if one.id == self._migration:
                    self._history.setCurrentIndex(self._history.count() - 1)
        self._history.setToolTip(literal(self._history.currentText()))

    def _choose(self, index: int) -> None:
        chosen = self._history.itemData(index)
        if isinstance(chosen, str) and chosen != self._migration:
            self.show_migration(self._workspace, chosen, self._machine)

    def _fill_overlay_menu(self) -> None:
        menu = self._overlay_menu
        menu.clear()
        if self._workspace is None or self._migration is None:
            return
        state = self._workspace.state
        others = [
            one
            for one in reversed(tuple(state.migrations.values()))
            if one.id != self._migration and self._workspace.rows(one.id)
        ]
        for one in others[:20]:
            words, icon = words_and_icon(one.phase)
            action = QAction(
                icons.icon(icon), f"{trace_name(state, one)} at {clock_time(one.requested)}, {words}", menu
            )
            action.setCheckable(True)
            action.setChecked(one.id in self._overlaid)
            action.toggled.connect(lambda on, identity=one.id: self.overlay(identity, on))
            menu.addAction(action)
        if not others:
            nothing = menu.addAction("There is no other migration with telemetry yet.")
            nothing.setEnabled(False)

    def overlay(self, migration: str, on: bool) -> None:
        """Lay another migration over the one that is shown, or take it away; seven at most."""
        kept = [other for other in self._overlaid if other != migration]
        self._overlaid = [*kept, migration][-7:] if on else kept
        self._draw()


def path_of(migration: Migration) -> str:
    """From where to where."""
    return f"{migration.source} to {migration.destination}"


def _short(text: str) -> str:
    """Long names of nodes keep both their ends; the whole is in the tooltip of the sentence and in the tables."""
    return text if len(text) <= LONGEST_PATH else f"{text[: LONGEST_PATH // 2 - 1]}…{text[-LONGEST_PATH // 2 :]}"


def trace_name(state: State, migration: Migration) -> str:
    """A migration in the legend of a plot."""
    return f"{state.moved_name(migration)}, {path_of(migration)}"


def _least(widget: QWidget) -> int:
    """Pixels that a widget needs from left to right."""
    return max(widget.minimumSizeHint().width(), widget.minimumWidth())
