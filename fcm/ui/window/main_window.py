"""The window: console tree, pages of the open clusters, Actions pane, docks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QDockWidget, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from fcm.model.state import Change, Kind
from fcm.ui import pages
from fcm.ui.learning.learning import Learning
from fcm.ui.look import icons, theme
from fcm.ui.tables import export
from fcm.ui.widgets.background import search_garbage
from fcm.ui.window import layout, notifications
from fcm.ui.window.cluster_desk import ClusterDesk, RootDesk, properties_among
from fcm.ui.window.connections import Connections, Warming
from fcm.ui.window.copy_as import CopyAs
from fcm.ui.window.frame import Frame
from fcm.ui.window.leaving import ask_before_leaving, ends_by_leaving
from fcm.ui.window.menus import Menus
from fcm.ui.window.navigation import History, Spot
from fcm.ui.window.panes.actions_pane import ActionsPane
from fcm.ui.window.panes.console_tree import ConsoleTree
from fcm.ui.window.panes.docks import make_docks
from fcm.ui.window.panes.messages import MessageArea, install_excepthook
from fcm.ui.window.panes.opening_notes import OpeningNotes
from fcm.ui.window.panes.status_bar import StatusBar
from fcm.ui.window.panes.tree_model import ROOT, TreeModel, parent_of
from fcm.ui.window.qactions import ChoiceEntry, Entry, entries
from fcm.ui.window.reopening import Reopening
from fcm.ui.window.trust import ask_or_say
from fcm.workspace.files import settings as st
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtGui import QCloseEvent, QShowEvent

    from fcm.model.commands import Command
    from fcm.model.events import Entry as Happening
    from fcm.ui.desk import Desk
    from fcm.ui.pages.page import Page
    from fcm.ui.tables.table_view import TableView
    from fcm.ui.widgets.background import Outcome
    from fcm.ui.window.context import Context
    from fcm.ui.window.figures import Figures
    from fcm.workspace.workspace import Operation, Workspace

TITLE = "Failover Cluster Manager"
ACTIONS_LATER = 120
"""ms between a change and the new look of the Actions pane; rules are asked for every entry."""


class MainWindow(Frame):
    """Three panes and docks around the open clusters, or none."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.setObjectName("window")
        self.setWindowTitle(TITLE)
        self.setWindowIcon(icons.icon("app"))
        self.setDockNestingEnabled(True)
        self._desks: dict[str, ClusterDesk] = {}
        self._current: ClusterDesk | None = None
        self._connections = Connections(context, self)
        self._connections.opened.connect(self._opened)
        self._history = History()
        self._make_panes()
        self.docks = make_docks(self)
        self.learning = Learning(self, self.docks, self._connections)
        self.status = StatusBar([(name, name.casefold(), dock.toggle) for name, dock in self.docks.items()])
        self.setStatusBar(self.status)
        OpeningNotes(self, self._connections, self.status, lambda: self.reopening.go_on())
        self.menus = Menus(self)
        self._actions_timer = QTimer(self, singleShot=True, interval=ACTIONS_LATER)
        self._actions_timer.timeout.connect(self._refresh_actions)
        self._layout = layout.Parts(
            self, context.settings, self.menus, self.panes, self.tree, self.stack, self.actions_pane, self.docks
        )
        layout.restore(self._layout)
        self.reopening = Reopening(context.settings, self.messages, self.open)
        self._warming = Warming(self._connections, self)
        search_garbage(self)
        self._restore_hook = install_excepthook(lambda: self.messages)
        if context.settings.problem:
            self.messages.show_message("warning", context.settings.problem)
        self._root.go(ROOT, remember=False)

    def _make_panes(self) -> None:
        self.tree_model = TreeModel(self)
        self.tree = ConsoleTree(self.tree_model, self)
        self.tree.went_to.connect(self._went_in_tree)
        self.tree.menu_wanted.connect(lambda at: self._desk.show_context_menu((self._desk.place,), at))
        centre = QWidget()
        centre.setObjectName("centre")
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        self.messages = MessageArea(centre)
        self.copy_as = CopyAs(self, self.messages, lambda: self.workspace)
        self._root = RootDesk(self)
        self._desk: ClusterDesk = self._root
        self.stack = QStackedWidget(centre)
        self.stack.setObjectName("pages")
        self.stack.addWidget(self._root)
        column.addWidget(self.messages)
        column.addWidget(self.stack, 1)
        self.actions_pane = ActionsPane(self.perform, self.copy_as, self)
        self.panes = QSplitter(Qt.Orientation.Horizontal)
        self.panes.setObjectName("panes")
        self.panes.setChildrenCollapsible(False)
        for pane in (self.tree, centre, self.actions_pane):
            self.panes.addWidget(pane)
        self.panes.setStretchFactor(1, 1)
        self.panes.setContentsMargins(3, 3, 3, 0)
        self.setCentralWidget(self.panes)

    # The clusters

    @property
    def desk(self) -> ClusterDesk:
        """The desk that is shown: of the cluster whose place is selected, or of the root."""
        return self._desk

    @property
    def general_desk(self) -> RootDesk:
        """The desk of the root: the parent of dialogs that belong to no cluster."""
        return self._root

    @property
    def _acting(self) -> ClusterDesk:
        """The desk of the current cluster; that of the root without a cluster."""
        return self._current or self._root

    @property
    def workspace(self) -> Workspace | None:
        """The current cluster; None if none is open."""
        return None if self._current is None else self._current.workspace

    @property
    def figures(self) -> Figures:
        """What lists and pages show of the migrations of the current cluster."""
        return self._acting.figures

    def workspaces(self) -> Sequence[Workspace]:
        """The open clusters, in the order in which they were opened."""
        return [desk.workspace for desk in self._desks.values() if desk.workspace is not None]

    def open(self, uri: str) -> None:
        """Open a cluster by its URI in the background, beside those that are open; go there if it is open."""
        if uri in self._desks:
            self._desks[uri].select(Selection(Place.CLUSTER))
            self.opened.emit()
            return
        self.status.say("waiting", f"Opening {uri}...")
        self._connections.open(uri, tuple(self._desks))

    def _opened(self, uri: str, outcome: Outcome) -> None:
        if outcome.error is not None:
            self.status.show_workspace(self.workspace)
            ask_or_say(self, outcome.error, self.messages.saying(f"{uri} cannot be opened."), lambda: self.open(uri))
        elif isinstance(outcome.result, str):
            self.status.show_workspace(self.workspace)
            self._desks[outcome.result].select(Selection(Place.CLUSTER))
        else:
            self.show_workspace(outcome.result)
            self.reopening.opened(uri)
        self.opened.emit()
        self.reopening.go_on()

    def show_workspace(self, workspace: Workspace) -> None:
        """Show an opened workspace on a desk of its own; the window owns it from now on."""
        if workspace.uri in self._desks:
            self._close(self._desks[workspace.uri])
        desk = ClusterDesk(self, workspace)
        self._desks[desk.cluster] = desk
        self.stack.addWidget(desk)
        self.tree_model.add(desk.cluster, desk.figures, " (replay)" if workspace.replay is not None else "")
        desk.changed.connect(lambda change: self.changed.emit(change) if desk is self._current else None)
        desk.happened.connect(lambda happened: self.happened.emit(happened) if desk is self._current else None)
        desk.logged.connect(lambda: self.logged.emit() if desk is self._current else None)
        notifications.tell_first(workspace.read_only, self.messages)
        desk.stop_observing = self.docks["Console"].observe(workspace)
        desk.draw(everything=True)
        desk.select(Selection(Place.CLUSTER))

    def close_cluster(self, desk: ClusterDesk | None = None) -> None:
        """Close the cluster of a desk, or the current one (None); its files are closed in the background."""
        closing = desk or self._current
        if closing is not None and self._desks.get(closing.cluster) is closing:
            self._close(closing)
            self._remember_open()

    def close_uri(self, uri: str) -> None:
        """Close an open cluster by its URI; without effect if it is not open."""
        if uri in self._desks:
            self.close_cluster(self._desks[uri])

    def _remember_open(self) -> None:
        self.reopening.remember(tuple(self._desks), "" if self._current is None else self._current.cluster)

    def _close(self, desk: ClusterDesk) -> None:
        del self._desks[desk.cluster]
        self._history.forget(desk.cluster)
        if desk is self._current:
            self._make_current(next(reversed(self._desks.values()), None))
        if desk is self._desk:
            self.go_to_root()
        desk.stop_observing()
        workspace = desk.close_cluster()
        self.tree_model.remove(desk.cluster)
        self.stack.removeWidget(desk)
        desk.hide()
        desk.deleteLater()
        if workspace is not None:
            self._connections.close(workspace)

    def _make_current(self, desk: ClusterDesk | None) -> None:
        """Docks, menus and status bar are about another cluster, or none, from now on."""
        if desk is self._current:
            return
        self._current = desk
        self.docks["Console"].follow(self.workspace)
        self._root.follow(desk)
        self.status.show_workspace(self.workspace, "" if desk is None else desk.stale)
        self._count_migrations()
        self.changed.emit(Change(structural=True))

    def close_connection(self, desk: Desk | None = None) -> None:
        """Close the cluster of a desk, or the current one (None); asks first if something is under way."""
        closing = desk if isinstance(desk, ClusterDesk) and desk.cluster else self._current
        if closing is not None and closing.workspace is not None:
            ask_before_leaving(self, (closing.workspace,), "Close Connection", lambda: self.close_cluster(closing))

    def leave(self) -> None:
        """Close the window; asks first if something is under way in any cluster."""
        ask_before_leaving(self, self.workspaces(), "Exit", self.close)

    def submit(self, command: Command, on_finished: Callable[[Operation], None] | None = None) -> None:
        """Hand a command to the current cluster. A refusal is shown as a strip, unless the submitter hears of it."""
        self._acting.submit(command, on_finished)

    # What changed

    def changed_on(self, desk: Desk, change: Change, everything: bool) -> None:
        """The state of a desk changed; its page is drawn afterwards. ``everything``: draw all anew."""
        assert isinstance(desk, ClusterDesk)
        if not everything and not change.structural and change.kinds() <= {Kind.TELEMETRY}:
            return
        if desk.cluster in self._desks:
            with self.tree.quiet():
                self.tree_model.show(desk.state, None if everything else change, desk.cluster)
                self._show_place_in_tree()
        if desk is self._current:
            self._schedule_actions()
            self._count_migrations()

    def happened_on(self, desk: Desk, entries: Sequence[Happening]) -> None:
        """Something happened on a desk."""
        assert isinstance(desk, ClusterDesk)
        cluster = desk.state.cluster
        where = cluster.name if cluster is not None and len(self._desks) > 1 else ""
        desk.tell(entries, where, desk is self._current)
        if desk is self._current:
            self.status.show_stale(desk.stale)

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
        return self.selections[0]

    @property
    def selections(self) -> tuple[Selection, ...]:
        """All selected items, else the place of the page."""
        return self._desk.items or (self._desk.place,)

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self._desk.page

    def is_shown(self, desk: Desk) -> bool:
        """Whether the user looks at the page of a desk."""
        return desk is self._desk

    def select(self, selection: Selection) -> None:
        """Go to a place of the current cluster, or to the page of a thing's parent and select it there."""
        if selection == ROOT:
            self.go_to_root()
        elif self._current is not None:
            self._current.select(selection)

    def go_to_root(self) -> None:
        """To the page of the root."""
        self._root.go(ROOT)

    def went_on(self, desk: Desk, remember: bool) -> None:
        """The user is at another place of a desk, which is shown now; ``remember``: for Back."""
        assert isinstance(desk, ClusterDesk)
        if desk is not self._desk:
            self._desk.watch(False)
            desk.watch(True)
            self._desk = desk
            self.stack.setCurrentWidget(desk)
        if desk is not self._root:
            self._make_current(desk)
            self._remember_open()
        with self.tree.quiet():
            self._show_place_in_tree()
        if remember:
            self._history.visit(Spot(desk.cluster, desk.place))
        cluster = self.state.cluster
        replayed = " (replay)" if self.workspace is not None and self.workspace.replay is not None else ""
        self.setWindowTitle(f"{TITLE} - {cluster.shown_name}{replayed}" if cluster else TITLE)
        self._refresh_actions()

    def picked_on(self, desk: Desk) -> None:
        """Other items are selected on the page of a desk."""
        if desk is self._desk:
            self._refresh_actions()

    def _show_place_in_tree(self) -> None:
        """Make the row of the page current: its own or, where the tree does not show it, its parent's."""
        desk = self._desk
        place: Selection | None = desk.place
        while place is not None and not self.tree_model.index_of(place, desk.cluster).isValid():
            place = parent_of(place, desk.state)
        self.tree.show_place(place or ROOT, desk.cluster)

    def _went_in_tree(self, cluster: str, place: Selection) -> None:
        desk = self._desks.get(cluster, self._root)
        if (desk, place) != (self._desk, self._desk.place):
            desk.go(place)

    def _is_there(self, spot: Spot) -> bool:
        desk = self._desks.get(spot.cluster)
        return spot.place == ROOT if desk is None else spot.place.exists(desk.state)

    def go_back(self) -> None:
        """To the place before."""
        self._step(self._history.back(self._is_there))

    def go_forward(self) -> None:
        """To the place from which Back came."""
        self._step(self._history.forward(self._is_there))

    def go_up(self) -> None:
        """One level up in the tree."""
        place = parent_of(self._desk.place, self._desk.state)
        if place is not None:
            self._desk.select(place)

    def _step(self, spot: Spot | None) -> None:
        if spot is not None:
            self._desks.get(spot.cluster, self._root).go(spot.place, remember=False)

    # Actions

    def _schedule_actions(self) -> None:
        if not self._actions_timer.isActive():
            self._actions_timer.start()

    def _refresh_actions(self) -> None:
        desk = self._desk
        workspace, state, places = desk.workspace, desk.state, (desk.place,)
        container, item = entries(workspace, places), entries(workspace, desk.items)
        known = {entry.action.id for entry in container}
        own = tuple(entry for entry in item if entry.action.id not in known or not entry.action.window)
        titled = (pages.describe_selections(desk.items, state), own) if desk.items else None
        self.actions_pane.show_sections((pages.describe_selections(places, state), container), titled)
        self.menus.show_actions(own, container, self.perform)
        self.menus.back.setEnabled(self._history.can_go_back(self._is_there))
        self.menus.forward.setEnabled(self._history.can_go_forward(self._is_there))
        self.menus.up.setEnabled(desk.place != ROOT)
        self.menus.close.setEnabled(self.workspace is not None)
        self.menus.wall.setEnabled(self.workspace is not None)
        first = item if len(desk.items) == 1 else entries(workspace, desk.items[:1])
        self.menus.properties.setEnabled(properties_among(first, container) is not None)
        self.menus.export.setEnabled(self.current_table() is not None)

    def perform(self, entry: Entry, choice: ChoiceEntry | None = None) -> None:
        """Do what an entry of a menu or of the Actions pane stands for."""
        self._desk.perform(entry, choice)

    def show_context_menu(self, selections: Sequence[Selection], place: QPoint) -> QMenu:
        """The actions of what is selected in the current cluster, at a global position."""
        return self._acting.show_context_menu(selections, place)

    def show_dialog(self, name: str, selection: Selection) -> QDialog | None:
        """Open a dialog of an action about the current cluster by its name."""
        return ClusterDesk.show_dialog(self._acting, name, selection)

    def open_properties(self) -> None:
        """Properties of the selected item, else of the place."""
        self._desk.open_properties()

    def refresh(self) -> None:
        """Draw everything anew from the state."""
        self._desk.draw(everything=True)

    # Lists

    def current_table(self) -> TableView | None:
        """The list of the page."""
        page = self._desk.made_page
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
        if self._warming.begin():
            self.tree.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save the layout, close the cluster and wait until its journal is safe; a person is asked first."""
        if event.spontaneous() and ends_by_leaving(self.workspaces()):
            event.ignore()
            self.leave()
            return
        layout.save(self._layout)
        self._connections.give_up()
        self._remember_open()
        for desk in tuple(self._desks.values()):
            self._close(desk)
        self.status.stop()
        self._actions_timer.stop()
        self._warming.stop()
        self._restore_hook()
        self._connections.wait()
        self.context.settings.flush()
        super().closeEvent(event)
