"""The docks: Console, Events and Migrations below the panes, Learn beside the page."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fcm.model.commands import CancelMigration
from fcm.model.state import Change, Kind
from fcm.model.telemetry import Phase
from fcm.ui.learning.dock import LearnDock
from fcm.ui.look import appearance, format, icons
from fcm.ui.tables.table_model import Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.page_parts import EmptyState
from fcm.ui.window import figures
from fcm.ui.window.panes.dock import Dock
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.migrations import Migration
    from fcm.ui.console.panel import ConsolePanel
    from fcm.ui.console.view import ConsoleView
    from fcm.ui.events.event_view import EventView
    from fcm.ui.window.frame import Frame
    from fcm.workspace.events.event_log import EventLog
    from fcm.workspace.workspace import Workspace

ENDED_SHOWN = 50
"""Migrations that are over and still listed, newest first."""


class ConsoleDock(Dock):
    """Says each command as PowerShell, whatever it came from, and takes typed ones."""

    def __init__(self, window: Frame) -> None:
        super().__init__("Console", window)

    @cached_property
    def panel(self) -> ConsolePanel:
        """What is in it; made when it is first needed, since the first picture of the window is not to wait for it."""
        from fcm.ui.console.panel import ConsolePanel

        made = ConsolePanel(self.frame, self)
        made.engine_changed.connect(self._say_engine)
        self._say_engine(made.engine)
        self.setWidget(made)
        return made

    @property
    def view(self) -> ConsoleView:
        """The built-in shell."""
        return self.panel.built_in

    def _say_engine(self, engine: str) -> None:
        """The title says what runs the lines; the entry of the menu stays as it is."""
        entry = self.toggleViewAction().text()
        self.setWindowTitle(f"Console ({engine})")
        self.toggleViewAction().setText(entry)

    def fill(self) -> None:
        """There is something in it once it is shown."""
        _ = self.panel

    def focus_first(self) -> None:
        """Put the keyboard into the input."""
        self.panel.focus_input()

    def take(self, text: str) -> None:
        """Put a text of a course or a drill where the user runs it, or not: in the built-in shell, without files."""
        self.panel.propose(text)

    def observe(self, workspace: Workspace) -> Callable[[], None]:
        """What is typed can be run on this cluster, too, and PowerShell can join it, until that is ended."""
        self.panel.open(workspace)
        forget = super().observe(workspace)

        def end() -> None:
            forget()
            self.panel.close_on(workspace)

        return end

    def follow(self, workspace: Workspace | None) -> None:
        """What is typed runs on another cluster from now on."""
        self.panel.use(workspace)

    def echo(self, text: str, workspace: Workspace | None = None) -> None:
        """Show a command that was given elsewhere in the window."""
        self.panel.echo(text, workspace)


class EventsDock(Dock):
    """All events of the cluster, newest first unless another order is chosen."""

    def __init__(self, window: Frame) -> None:
        super().__init__("Events", window)
        self._events: EventLog | None = None
        self._order, self._descending = "", False
        window.logged.connect(self._update)
        window.changed.connect(self._update)

    @cached_property
    def list(self) -> EventView:
        """What is in it; made when it is first needed."""
        from fcm.ui.events.event_view import EventView

        # Layouts of the name "Events" are those of a list with fewer columns.
        settings = self.frame.context.settings
        made = EventView("Events", "No events yet.", settings, self, key="Events of the dock")
        made.table.menu_wanted.connect(self._menu)
        made.model.order_wanted.connect(self._sort)
        self.setWidget(made)
        return made

    @property
    def view(self) -> TableView:
        """The list itself."""
        return self.list.table

    def focus_first(self) -> None:
        """Put the keyboard into the list."""
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def fill(self) -> None:
        """Show the events of the cluster that is open."""
        workspace = self.frame.workspace
        events = None if workspace is None else workspace.events
        if events is not self._events:
            self._events = events
            self._seek()
        elif workspace is not None:
            self.list.feed.look_again(workspace.now())

    def _seek(self) -> None:
        from fcm.workspace.events.event_log import EventSelection, everything

        workspace = self.frame.workspace
        if workspace is None:
            self.list.clear()
            return
        order, descending = self._order or "time", self._descending or not self._order
        self.list.seek(
            workspace.events, EventSelection(everything(), workspace.now(), order=order, descending=descending)
        )

    def _sort(self, order: str, descending: bool) -> None:
        self._order, self._descending = order, descending
        self._seek()

    def _update(self, change: Change | None = None) -> None:
        """There are other events; or ``change`` is that of another cluster."""
        workspace = self.frame.workspace
        is_other = (None if workspace is None else workspace.events) is not self._events
        if is_other or change is None:
            if self.isVisible():
                self.fill()
            elif is_other:
                self._events = None
                if self.widget() is not None:
                    self.list.clear()

    def _menu(self, place: QPoint) -> None:
        self.frame.show_context_menu((Selection(Place.EVENTS),), place)


class MigrationsDock(Dock):
    """Migrations that run, those that wait with their reason, and the last ones that are over."""

    def __init__(self, window: Frame) -> None:
        super().__init__("Migrations", window)
        self._shown_of: Workspace | None = None
        """The cluster whose migrations the rows are."""
        self.view = TableView("Migrations", self._model(), window.context.settings, self)
        self.view.menu_wanted.connect(self._menu)
        self.view.opened.connect(self._open)
        self.view.picked.connect(self._picked)
        self.cancel = QToolButton()
        self.cancel.setObjectName("cancel-migration")
        self.cancel.setText("Cancel migration")
        self.cancel.setAccessibleName("Cancel migration")
        self.cancel.setIcon(icons.icon("cancel"))
        self.cancel.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.cancel.setAutoRaise(True)
        self.cancel.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.cancel.clicked.connect(self._cancel)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(
            EmptyState(
                "No migrations yet. Right-click a virtual machine and choose Live migrate virtual machine to another "
                "node; migrations that are waiting for a node are listed here with the reason."
            )
        )
        self.stack.addWidget(self.view)
        inside = QWidget(self)
        inside.setObjectName("migrations-inside")
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.stack, 1)
        side = QVBoxLayout()
        side.addWidget(self.cancel)
        side.addStretch(1)
        row.addLayout(side)
        self.setWidget(inside)
        window.changed.connect(self._changed)
        self._picked()

    def focus_first(self) -> None:
        """Put the keyboard into the list."""
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def fill(self) -> None:
        """Show all that run and wait, and the last that are over."""
        self._shown_of = self.frame.workspace
        migrations = self.frame.state.migrations
        active = [m.id for m in migrations.values() if not m.phase.is_over]
        over = [m.id for m in reversed(tuple(migrations.values())) if m.phase.is_over][:ENDED_SHOWN]
        self.view.table.set_ids([*active, *over])
        self.stack.setCurrentIndex(1 if active or over else 0)
        self._picked()

    def _changed(self, change: Change) -> None:
        if not self.isVisible():
            if self.frame.workspace is not self._shown_of:
                self._shown_of = self.frame.workspace
                self.view.table.set_ids([])  # rows do not outlive the state that they are of
            return
        if change.structural or Kind.MIGRATION in change.kinds():
            self.fill()
        elif Kind.TELEMETRY in change.kinds():
            self.view.table.touch(change.of(Kind.TELEMETRY))

    def _of(self, identity: str) -> Migration:
        return self.frame.state.migrations[identity]

    def _model(self) -> TableModel:
        def machine(identity: str) -> str:
            return self.frame.state.moved_name(self._of(identity))

        def network(identity: str) -> str:
            found = self.frame.state.networks.get(self._of(identity).network or "")
            return found.name if found else format.NONE

        def progress(identity: str) -> float | None:
            migration = self._of(identity)
            return self.frame.figures.progress(migration) if migration.phase.is_running else None

        def elapsed(identity: str) -> float:
            migration = self._of(identity)
            if migration.started is None:
                return 0.0
            workspace = self.frame.workspace
            end = migration.ended or (workspace.now() if workspace else migration.started)
            return max(0.0, end - migration.started)

        def status(identity: str) -> str:
            migration = self._of(identity)
            words = figures.phase_words(migration.phase)
            return f"{words}: {migration.reason}" if migration.reason else words

        def share(identity: str) -> str:
            migration = self._of(identity)
            if migration.phase is Phase.WAITING:
                return format.NONE
            return format.percent(self.frame.figures.progress(migration))

        def rate(identity: str) -> str:
            value = self.frame.figures.rate(self._of(identity))
            return format.rate(value) if value else format.NONE

        def blackout(identity: str) -> str:
            found = self._of(identity).figures
            return format.milliseconds(found.downtime) if found else format.NONE

        return TableModel(
            (
                Column("Virtual machine", machine, 150, icon=lambda i: appearance.migration_icon(self._of(i))),
                Column("Kind", lambda i: str(self._of(i).kind), 110),
                Column("From", lambda i: self._of(i).source, 80),
                Column("To", lambda i: self._of(i).destination, 80),
                Column("Progress", share, 150, progress=progress, sort=lambda i: progress(i) or 0.0, keeps=True),
                Column("Rate", rate, 90, sort=lambda i: self.frame.figures.rate(self._of(i)), numeric=True),
                Column(
                    "Elapsed",
                    lambda i: format.seconds(elapsed(i)) if elapsed(i) else format.NONE,
                    90,
                    sort=elapsed,
                    numeric=True,
                ),
                Column("Blackout", blackout, 80, numeric=True),
                Column("Network", network, 140, gives=True),
                Column("Status", status, 320),
            )
        )

    def _selected(self) -> tuple[Selection, ...]:
        return tuple(Selection(Place.MIGRATION, identity) for identity in self.view.selected_ids())

    def _picked(self) -> None:
        chosen = [self.frame.state.migrations.get(s.id) for s in self._selected()]
        self.cancel.setEnabled(any(migration is not None and not migration.phase.is_over for migration in chosen))

    def _menu(self, place: QPoint) -> None:
        if self._selected():
            self.frame.show_context_menu(self._selected(), place)

    def _open(self, identity: str) -> None:
        machine = Selection(Place.MACHINE, self._of(identity).machine)
        if machine.exists(self.frame.state):
            self.frame.select(Selection(Place.MIGRATION, identity))

    def _cancel(self) -> None:
        for selection in self._selected():
            if not self.frame.state.migrations[selection.id].phase.is_over:
                self.frame.submit(CancelMigration(selection.id))


def make_docks(window: Frame) -> dict[str, Dock]:
    """The docks by name, hidden: one on the right of the page, the others as tabs of one place at the bottom."""
    below: tuple[Dock, ...] = (ConsoleDock(window), EventsDock(window), MigrationsDock(window))
    former: Dock | None = None
    for dock in below:
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
        if former is not None:
            window.tabifyDockWidget(former, dock)
        former = dock
    learn = LearnDock(window)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, learn)
    docks: dict[str, Dock] = {dock.windowTitle(): dock for dock in (*below, learn)}
    # Only now: a tab added to a hidden dock leaves the bar of tabs behind in the corner of the window.
    for dock in docks.values():
        dock.hide()
    return docks
