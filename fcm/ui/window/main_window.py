"""The window: console tree, page, Actions pane, docks; it opens a cluster and passes on what changes in it."""

from __future__ import annotations

from collections import deque
from importlib import import_module
from time import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QDockWidget, QMenu, QSplitter, QVBoxLayout, QWidget

from fcm.model.state import Change, Kind
from fcm.ui import console, pages
from fcm.ui.look import icons, theme
from fcm.ui.tables import export
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.window import layout, notifications
from fcm.ui.window.actions_pane import ActionsPane
from fcm.ui.window.bridge import Bridge
from fcm.ui.window.console_tree import ConsoleTree
from fcm.ui.window.copy_as import CopyAs, context_menu
from fcm.ui.window.docks import make_docks
from fcm.ui.window.figures import Figures
from fcm.ui.window.frame import Frame
from fcm.ui.window.leaving import ask_before_leaving, ends_by_leaving
from fcm.ui.window.menus import Menus
from fcm.ui.window.messages import MessageArea, install_excepthook
from fcm.ui.window.navigation import History
from fcm.ui.window.page_stack import PageStack
from fcm.ui.window.qactions import ChoiceEntry, Entry, ask, commands_of, entries, question
from fcm.ui.window.status_bar import StatusBar
from fcm.ui.window.tree_model import ROOT, TreeModel, parent_of
from fcm.ui.window.trust import ask_or_say
from fcm.workspace.actions.powershell import powershell
from fcm.workspace.files import settings as st
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtGui import QCloseEvent, QShowEvent

    from fcm.model.commands import Command
    from fcm.model.events import Entry as Happening
    from fcm.ui.pages.page import Page
    from fcm.ui.tables.table_view import TableView
    from fcm.ui.window.context import Context
    from fcm.workspace.workspace import Operation, Workspace

TITLE = "Failover Cluster Manager"
ACTIONS_LATER = 120
"""ms between a change and the new look of the Actions pane; rules are asked for every entry."""
SUBMITTED_AT_ONCE = 10
"""Commands handed over without a look at the window's own events."""
WARM_UP = 700
"""ms after the first paint: what the first migration will need is loaded in the background."""
_ROWS = {Place.VOLUME, Place.DISK, Place.ADAPTER, Place.RESOURCE, Place.MIGRATION, Place.FAULT}
_IN_TREE = frozenset(Place) - _ROWS
"""Places with a page of their own; the others are rows of their parent's page."""


class MainWindow(Frame):
    """Three panes and docks around one open cluster, or none."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.workspace: Workspace | None = None
        self.figures = Figures()
        self.setObjectName("window")
        self.setWindowTitle(TITLE)
        self.setWindowIcon(icons.icon("app"))
        self.setDockNestingEnabled(True)
        self._bridge: Bridge | None = None
        self._opening: Work | None = None
        self._closing: list[Work] = []
        self._history = History()
        self._place = ROOT
        self._items: tuple[Selection, ...] = ()
        self._submissions: deque[Command] = deque()
        self._stop_observing: Callable[[], None] = lambda: None
        self._make_panes()
        self.docks = make_docks(self)
        self.status = StatusBar([(name, name.casefold(), dock.toggle) for name, dock in self.docks.items()])
        self.setStatusBar(self.status)
        self.menus = Menus(self)
        self._actions_timer = self._timer(ACTIONS_LATER, self._refresh_actions)
        self._layout = layout.Parts(
            self, context.settings, self.menus, self.panes, self.tree, self.stack, self.actions_pane, self.docks
        )
        layout.restore(self._layout)
        self._warmed = False
        self._warm_timer = self._timer(WARM_UP, self._warm)
        self._restore_hook = install_excepthook(lambda: self.messages)
        if context.settings.problem:
            self.messages.show_message("warning", context.settings.problem)
        self._go(ROOT, (), remember=False)

    def _timer(self, interval: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=interval)
        timer.timeout.connect(slot)
        return timer

    def _make_panes(self) -> None:
        self.tree_model = TreeModel(self.figures, self)
        self.tree = ConsoleTree(self.tree_model, self)
        self.tree.went_to.connect(lambda place: self._go(place, ()) if place != self._place else None)
        self.tree.menu_wanted.connect(lambda place: self.show_context_menu((self._place,), place))
        centre = QWidget()
        centre.setObjectName("centre")
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        self.messages = MessageArea(centre)
        self.stack = self._pages = PageStack(self, self._picked, centre)
        column.addWidget(self.messages)
        column.addWidget(self.stack, 1)
        self.copy_as = CopyAs(self)
        self.actions_pane = ActionsPane(self.perform, self.copy_as, self)
        self.panes = QSplitter(Qt.Orientation.Horizontal)
        self.panes.setObjectName("panes")
        self.panes.setChildrenCollapsible(False)
        for pane in (self.tree, centre, self.actions_pane):
            self.panes.addWidget(pane)
        self.panes.setStretchFactor(1, 1)
        self.panes.setContentsMargins(3, 3, 3, 0)
        self.setCentralWidget(self.panes)

    # The cluster

    def open(self, uri: str) -> None:
        """Open a cluster by its URI in the background; the one that is open is closed when that has worked."""
        if self.workspace is not None and self.workspace.uri == uri:
            self.select(Selection(Place.CLUSTER))
            self.opened.emit()
            return
        if self._opening is not None:
            self._opening.abandon()
        closing = tuple(self._closing)

        def work() -> Workspace:
            for former in closing:  # perhaps of the same cluster, whose journal only one can have
                former.wait()
            return self.context.open_cluster(uri)

        self.status.say("waiting", f"Opening {uri}...")
        self._opening = Work(self, work, lambda outcome: self._opened(uri, outcome), lambda left: left.close())

    def _opened(self, uri: str, outcome: Outcome) -> None:
        self._opening = None
        if outcome.error is not None:
            self.status.show_workspace(self.workspace)
            ask_or_say(self, outcome.error, self.messages.saying(f"{uri} cannot be opened."), lambda: self.open(uri))
        else:
            self.show_workspace(outcome.result)
            self.context.settings.set(st.LAST, uri)
            self.context.settings.change(st.RECENT, lambda known: {**known, uri: time()})
        self.opened.emit()

    def show_workspace(self, workspace: Workspace) -> None:
        """Show an opened workspace; the window owns it from now on."""
        self.close_cluster()
        self.workspace = workspace
        self.figures = self.tree_model.figures = Figures(workspace)
        self._bridge = Bridge(workspace, self)
        self._bridge.changed.connect(self._changed)
        self._bridge.happened.connect(self._happened)
        self._bridge.logged.connect(self.logged)
        self._stop_observing = self.docks["Console"].observe(workspace)
        self._history.clear()
        self.status.show_workspace(workspace)
        notifications.tell_first(workspace.read_only, self.messages)
        self._changed(Change(structural=True), everything=True)
        if self._place == ROOT:
            self.select(Selection(Place.CLUSTER))

    def close_cluster(self) -> None:
        """Close the open cluster; its files are closed in the background."""
        if self._bridge is None or self.workspace is None:
            return
        self._bridge.close()
        self._bridge.deleteLater()
        self._stop_observing()
        self._submissions.clear()
        workspace, self.workspace, self._bridge = self.workspace, None, None
        self.figures = self.tree_model.figures = Figures()
        self.status.show_workspace(None)
        self._closing = [work for work in self._closing if not work.is_over]
        self._closing.append(Work(self, workspace.close, self._closed))
        self._changed(Change(structural=True), everything=True)
        self.select(ROOT)
        self._pages.forget_hidden()

    def close_connection(self) -> None:
        """Close the open cluster; asks first if something is under way."""
        ask_before_leaving(self, "Close Connection", self.close_cluster)

    def leave(self) -> None:
        """Close the window; asks first if something is under way."""
        ask_before_leaving(self, "Exit", self.close)

    def _closed(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self.messages.show_message("error", "The cluster was not closed cleanly.", str(outcome.error))

    def submit(self, command: Command, on_finished: Callable[[Operation], None] | None = None) -> None:
        """Hand a command to the cluster. A refusal is shown as a strip, unless the submitter hears of it."""
        if self.workspace is None:
            self.messages.show_message("warning", "No cluster is open.", "Open one with Manage a Cluster.")
            return
        self.workspace.submit(command, on_finished or self._finished)

    def _finished(self, operation: Operation) -> None:
        verdict = operation.verdict
        if verdict is None or verdict.ok:
            return
        text = powershell(operation.command, self.state)
        details = f"{text}\n{verdict.reason}\n{verdict.remedy}".strip()
        self.messages.show_message("warning", verdict.reason, verdict.remedy, details)

    # What changed

    def _changed(self, change: Change, everything: bool = False) -> None:
        if self.workspace is not None:
            self.workspace.tell_progress(change.of(Kind.TELEMETRY))
        telemetry_only = not change.structural and change.kinds() <= {Kind.TELEMETRY}
        if not telemetry_only:
            with self.tree.quiet():
                self.tree_model.show(self.state, None if everything else change)
                self.tree.show_place(self._tree_place())
            if not self._place.exists(self.state):
                self.select(parent_of(self._place, self.state) or ROOT)
            self._schedule_actions()
            self._count_migrations()
        page = self._pages.made(self._place.place)
        if page is not None:
            page.draw(change)
        self.changed.emit(change)

    def _happened(self, entries: Sequence[Happening]) -> None:
        notifications.tell(entries, self.state, self.messages, self.status, self._show_history)
        self.happened.emit(entries)

    def _count_migrations(self) -> None:
        active = [m for m in self.state.migrations.values() if not m.phase.is_over]
        running = sum(m.phase.is_running for m in active)
        self.status.show_migrations(running, len(active) - running)

    # Where the user is

    @property
    def is_settled(self) -> bool:
        """False while the Actions pane is behind what changed."""
        return not self._actions_timer.isActive()

    @property
    def selection(self) -> Selection:
        """The selected item of the page, else the place of the page."""
        return self._items[0] if self._items else self._place

    @property
    def selections(self) -> tuple[Selection, ...]:
        """All selected items, else the place of the page."""
        return self._items or (self._place,)

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self._pages.page(self._place.place)

    def select(self, selection: Selection) -> None:
        """Go to a place, or to the page of a thing's parent and select it there."""
        if not selection.exists(self.state):
            return
        if selection.place in _IN_TREE:
            self._go(selection, ())
            return
        parent = parent_of(selection, self.state) or ROOT
        if selection.place is Place.MIGRATION:
            parent = Selection(Place.MACHINE, self.state.migrations[selection.id].machine)
        if parent.exists(self.state):
            self._go(parent, (selection,))

    def _go(self, place: Selection, items: tuple[Selection, ...], remember: bool = True) -> None:
        self._place, self._items = place, ()
        page = self._pages.page(place.place)
        page.open_at(place)
        self.stack.setCurrentWidget(page)
        for item in items:
            page.pick(item)
        self._items = page.picked_selections()
        with self.tree.quiet():
            self.tree.show_place(self._tree_place())
        if remember:
            self._history.visit(place)
        cluster = self.state.cluster
        self.setWindowTitle(f"{TITLE} - {cluster.shown_name}" if cluster else TITLE)
        self._refresh_actions()

    def _tree_place(self) -> Selection:
        """The row of the tree for the page: its own or, where the tree does not show it, its parent's."""
        place: Selection | None = self._place
        while place is not None and not self.tree_model.index_of(place).isValid():
            place = parent_of(place, self.state)
        return place or ROOT

    def _picked(self, page: Page) -> None:
        if page is self._pages.made(self._place.place):
            self._items = self.page.picked_selections()
            self._refresh_actions()

    def go_back(self) -> None:
        """To the place before."""
        self._step(self._history.back(self.state))

    def go_forward(self) -> None:
        """To the place from which Back came."""
        self._step(self._history.forward(self.state))

    def go_up(self) -> None:
        """One level up in the tree."""
        place = parent_of(self._place, self.state)
        if place is not None:
            self._go(place, ())

    def _step(self, place: Selection | None) -> None:
        if place is not None:
            self._go(place, (), remember=False)

    # Actions

    def _schedule_actions(self) -> None:
        if not self._actions_timer.isActive():
            self._actions_timer.start()

    def _refresh_actions(self) -> None:
        container = entries(self.workspace, (self._place,))
        item = entries(self.workspace, self._items)
        known = {entry.action.id for entry in container}
        own = tuple(entry for entry in item if entry.action.id not in known or not entry.action.window)
        titled = (pages.describe_selections(self._items, self.state), own) if self._items else None
        self.actions_pane.show_sections((pages.describe_selections((self._place,), self.state), container), titled)
        self.menus.show_actions(own, container, self.perform)
        self.menus.back.setEnabled(self._history.can_go_back(self.state))
        self.menus.forward.setEnabled(self._history.can_go_forward(self.state))
        self.menus.up.setEnabled(self._place != ROOT)
        self.menus.close.setEnabled(self.workspace is not None)
        self.menus.wall.setEnabled(self.workspace is not None)
        self.menus.properties.setEnabled(self._properties_entry() is not None)
        self.menus.export.setEnabled(self.current_table() is not None)

    def perform(self, entry: Entry, choice: ChoiceEntry | None = None) -> None:
        """Do what an entry of a menu or of the Actions pane stands for."""
        action, selection = entry.action, entry.selections[0]
        if action.dialog is not None:
            self.show_dialog(action.dialog, selection)
            return
        if self.workspace is None:
            return
        commands = commands_of(entry, choice, self.workspace)

        def submit_all() -> None:
            self._submissions.extend(commands)
            self._submit_some()

        asked = question(entry, self.workspace, commands)
        if asked:
            ask(self, asked, action.label.replace("...", ""), submit_all)
        else:
            submit_all()

    def _submit_some(self) -> None:
        """A few commands at a time, so that the window stays alive under thousands."""
        for _ in range(min(SUBMITTED_AT_ONCE, len(self._submissions))):
            self.submit(self._submissions.popleft())
        if self._submissions:
            QTimer.singleShot(0, self, self._submit_some)

    def show_context_menu(self, selections: Sequence[Selection], place: QPoint) -> QMenu:
        """The actions of what is selected, at a global position."""
        return context_menu(self, entries(self.workspace, selections), self.perform, self.copy_as, place)

    def show_dialog(self, name: str, selection: Selection) -> QDialog | None:
        """Open a dialog of an action by its name, or do what it names in the window."""
        own: dict[str, Callable[[], None]] = {"refresh": self.refresh, "close-cluster": self.close_connection}
        if name in own:
            own[name]()
            return None
        from fcm.ui import dialogs

        found: QDialog | None = dialogs.show(name, self, selection)
        return found

    def _show_history(self) -> None:
        self.show_dialog("migration-history", Selection(Place.CLUSTER))

    def open_properties(self) -> None:
        """Properties of the selected item, else of the place."""
        entry = self._properties_entry()
        if entry is not None:
            self.perform(entry)

    def _properties_entry(self) -> Entry | None:
        for chosen in (self._items[:1], (self._place,)):
            for entry in entries(self.workspace, chosen):
                if entry.action.shortcut == "Alt+Return" and entry.verdict:
                    return entry
        return None

    def refresh(self) -> None:
        """Draw everything anew from the state."""
        self._changed(Change(structural=True), everything=True)

    # Lists

    def current_table(self) -> TableView | None:
        """The list of the page."""
        page = self._pages.made(self._place.place)
        return None if page is None else page.table()

    def find_in_list(self) -> None:
        """Put the keyboard into the filter box of the list."""
        box = self.page.search_box()
        if box is not None:
            box.setFocus(Qt.FocusReason.ShortcutFocusReason)
            box.selectAll()

    def export_list(self) -> None:
        """Ask for a file and write the list of the page there as CSV."""
        table = self.current_table()
        if table is not None:
            export.ask_and_write(table, self, self.messages)

    # Panes, docks, layout

    def dock_widgets(self) -> Mapping[str, QDockWidget]:
        """The docks by name."""
        return self.docks

    def echo(self, text: str) -> None:
        """Show a command in the Console that was carried out without the cluster's hearing of it."""
        self.docks["Console"].echo(text)

    def show_tree(self, shown: bool) -> None:
        """Show or hide the console tree."""
        self.tree.setVisible(shown)
        self.context.settings.set(st.TREE_SHOWN, shown)

    def show_actions(self, shown: bool) -> None:
        """Show or hide the Actions pane."""
        self.actions_pane.setVisible(shown)
        self.context.settings.set(st.ACTIONS_SHOWN, shown)

    def next_pane(self, step: int) -> None:
        """Go from pane to pane: tree, page, Actions pane, docks."""
        layout.next_pane(self._layout, self.page.focus_first, step)

    def set_scheme(self, scheme: theme.Scheme) -> None:
        """Light, dark or like the desktop."""
        self.context.settings.set(st.SCHEME, scheme.value)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, scheme)

    def reset_layout(self) -> None:
        """Panes and docks as at the first start."""
        layout.reset(self._layout)

    def showEvent(self, event: QShowEvent) -> None:
        """The keyboard begins in the tree; what is heavy is loaded later."""
        super().showEvent(event)
        if not self._warmed:
            self._warmed = True
            self.tree.setFocus()
            self._warm_timer.start()

    def _warm(self) -> None:
        for load in (lambda: import_module("fcm.workspace.forecasts"), console.load):
            self._closing.append(Work(self, load, lambda _: None))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save the layout, close the cluster and wait until its journal is safe; a person is asked first."""
        if event.spontaneous() and ends_by_leaving(self):
            event.ignore()
            self.leave()
            return
        layout.save(self._layout)
        if self._opening is not None:
            self._opening.abandon()
        self.close_cluster()
        self.status.stop()
        self._actions_timer.stop()
        self._warm_timer.stop()
        self._restore_hook()
        for work in self._closing:
            work.wait()
        self.context.settings.flush()
        super().closeEvent(event)
