"""The desk of one open cluster: its pages, where the user is among them, and what is done there.

Each open cluster has one, and so have its dialogs, which stay with their cluster. The desk of the root has no cluster
of its own.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout

from fcm.model.state import Change, Kind
from fcm.ui.desk import Desk
from fcm.ui.window.bridge import Bridge
from fcm.ui.window.copy_as import context_menu
from fcm.ui.window.figures import Figures
from fcm.ui.window.notifications import Teller
from fcm.ui.window.panes.page_stack import PageStack
from fcm.ui.window.panes.tree_model import ROOT, parent_of
from fcm.ui.window.qactions import ChoiceEntry, Entry, ask, commands_of, dialog_of, entries, question
from fcm.workspace.actions.powershell import powershell
from fcm.workspace.files.settings import PRESENT
from fcm.workspace.present import present_words
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QDialog, QMenu

    from fcm.model.commands import Command
    from fcm.model.events import Entry as Happening
    from fcm.model.state import State
    from fcm.ui.pages.page import Page
    from fcm.ui.replay.bar import ReplayBar
    from fcm.ui.window.frame import Frame
    from fcm.workspace.workspace import Operation, Workspace

PRESENT_EVERY = 1000
"""ms between a change and the line about the cluster in lists of clusters."""
SUBMITTED_AT_ONCE = 10
"""Commands handed over without a look at the window's own events."""
_EVERYTHING = Change(structural=True)
_ROWS = {Place.VOLUME, Place.DISK, Place.ADAPTER, Place.RESOURCE, Place.MIGRATION, Place.FAULT}
_IN_TREE = frozenset(Place) - _ROWS
"""Places with a page of their own; the others are rows of their parent's page."""


class ClusterDesk(Desk):
    """The middle of the window for one cluster."""

    def __init__(self, frame: Frame, workspace: Workspace | None) -> None:
        """``workspace`` None: the desk of the root."""
        super().__init__(frame)
        self.setObjectName("desk")
        self._frame = frame
        self.context, self.messages = frame.context, frame.messages
        self.workspace = workspace
        self.figures = Figures(workspace)
        self.cluster = "" if workspace is None else workspace.uri
        """What the cluster was opened by, also after it was closed; "" for the desk of the root."""
        self.stale = ""
        """Why what is shown may be old, as the backend said it last; "" if it is not."""
        self.stop_observing: Callable[[], None] = lambda: None
        """Ends that the Console shows the commands of the cluster."""
        self.place = ROOT if workspace is None else Selection(Place.CLUSTER)
        """The place whose page is on top."""
        self.items: tuple[Selection, ...] = ()
        """What is selected on that page."""
        self._submissions: deque[Command] = deque()
        self._present = QTimer(self, singleShot=True, interval=PRESENT_EVERY)
        self._present.timeout.connect(self._keep_present)
        self._pages = PageStack(self, self._picked, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages, 1)
        self._replay_bar = self._bar_of(workspace)
        if self._replay_bar is not None:
            column.addWidget(self._replay_bar)
        self._bridge = None if workspace is None else self._listen(workspace)

    def _bar_of(self, workspace: Workspace | None) -> ReplayBar | None:
        replay = None if workspace is None else workspace.replay
        if workspace is None or replay is None:
            return None
        from fcm.ui.replay.bar import ReplayBar  # a cluster of today has none

        return ReplayBar(self, workspace, replay)

    def _listen(self, workspace: Workspace) -> Bridge:
        bridge = Bridge(workspace, self)
        bridge.changed.connect(self._changed)
        bridge.happened.connect(self._happened)
        bridge.logged.connect(self.logged)
        return bridge

    def close_cluster(self) -> Workspace | None:
        """Hear nothing of the cluster any more, and close its pages and dialogs.

        Returns:
            The workspace, which is not closed yet; None if there was none.
        """
        if self._bridge is not None:
            self._bridge.close()
            self._bridge = None
        if self._replay_bar is not None:
            self._replay_bar.stop()
        self._submissions.clear()
        self._keep_present()
        workspace, self.workspace, self.figures = self.workspace, None, Figures()
        self._pages.forget()
        self.changed.emit(_EVERYTHING)
        return workspace

    # The cluster

    @property
    def open_clusters(self) -> Sequence[str]:
        """What the open clusters were opened by, this one and the others."""
        return [workspace.uri for workspace in self._frame.workspaces()]

    def state_of(self, uri: str) -> State | None:
        """The state of an open cluster, this one or another one, by its URI; None if it is not open."""
        return next((one.state for one in self._frame.workspaces() if one.uri == uri), None)

    def open(self, uri: str) -> None:
        """Open a cluster by its URI in the background, beside those that are open; go there if it is open."""
        self._frame.open(uri)

    def show_workspace(self, workspace: Workspace) -> None:
        """Show an opened workspace on a desk of its own; the window owns it from now on."""
        self._frame.show_workspace(workspace)

    def offer_reset(self, uri: str) -> None:
        """Ask in a strip whether a simulated cluster is to be as it was at first."""
        self._frame.learning.offer_reset(uri)

    def learn(self, course: str) -> None:
        """Show a shipped course beside the page, or with "" the list of what there is to learn."""
        self._frame.learning.learn(course)

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

    def _changed(self, change: Change) -> None:
        self.draw(change)

    def draw(self, change: Change = _EVERYTHING, everything: bool = False) -> None:
        """Draw what a change touched, here and around; ``everything``: whatever may have changed."""
        if self.workspace is not None:
            self.workspace.tell_progress(change.of(Kind.TELEMETRY))
            if not self._present.isActive() and (change.structural or change.kinds() - {Kind.TELEMETRY}):
                self._present.start()
        self._frame.changed_on(self, change, everything)
        if self._frame.is_shown(self):
            if not self.place.exists(self.state):
                self._go_up_to_what_exists()
            page = self._pages.made(self.place.place)
            if page is not None:
                page.draw(change)
        self.changed.emit(change)

    def _keep_present(self) -> None:
        """Lists of clusters tell how this one is, also once it is closed."""
        self._present.stop()
        if self.workspace is None or self.workspace.replay is not None:
            return
        uri, words = self.workspace.uri, present_words(self.workspace.state)
        if words and self.context.settings.get(PRESENT).get(uri) != words:
            self.context.settings.change(PRESENT, lambda known: {**known, uri: words})

    def _happened(self, entries: Sequence[Happening]) -> None:
        self._frame.happened_on(self, entries)
        self.happened.emit(entries)

    def tell(self, entries: Sequence[Happening], where: str, watched: bool) -> None:
        """Say what happened and concerns the user at once, see fcm.ui.window.notifications."""

        def show_history() -> None:
            self.show_dialog("migration-history", Selection(Place.CLUSTER))

        def stale(why: str) -> None:
            self.stale = why

        Teller(self.messages, show_history, stale).tell(entries, self.state, where, watched)

    # Where the user is

    def watch(self, watched: bool) -> None:
        """Whether the user looks at this desk from now on: if not, it costs as little as possible."""
        if self._bridge is not None:
            self._bridge.watch(watched)

    @property
    def page(self) -> Page:
        """The page that is on top."""
        return self._pages.page(self.place.place)

    @property
    def made_page(self) -> Page | None:
        """The page that is on top, if it was made already."""
        return self._pages.made(self.place.place)

    def select(self, selection: Selection) -> None:
        """Go to a place, or to the page of a thing's parent and select it there."""
        if selection == ROOT:
            self._frame.go_to_root()
            return
        if not selection.exists(self.state):
            return
        if selection.place in _IN_TREE:
            self.go(selection)
            return
        parent = parent_of(selection, self.state) or ROOT
        if selection.place is Place.MIGRATION:
            parent = Selection(Place.MACHINE, self.state.migrations[selection.id].machine)
        if parent.exists(self.state):
            self.go(parent, (selection,))

    def go(self, place: Selection, items: tuple[Selection, ...] = (), remember: bool = True) -> None:
        """Show the page of a place of this desk, with items selected; ``remember``: for Back."""
        self.place, self.items = place, ()
        page = self._pages.page(place.place)
        page.open_at(place)
        self._pages.setCurrentWidget(page)
        for item in items:
            page.pick(item)
        self.items = page.picked_selections()
        self._frame.went_on(self, remember)

    def _go_up_to_what_exists(self) -> None:
        self.select(parent_of(self.place, self.state) or ROOT)

    def _picked(self, page: Page) -> None:
        if page is self.made_page:
            self.items = page.picked_selections()
            self._frame.picked_on(self)

    # Actions

    def perform(self, entry: Entry, choice: ChoiceEntry | None = None) -> None:
        """Do what an entry of a menu or of the Actions pane stands for."""
        opened = dialog_of(entry, choice)
        if opened is not None:
            self.show_dialog(*opened)
            return
        if self.workspace is None:
            return
        commands = commands_of(entry, choice, self.workspace)

        def submit_all() -> None:
            self._submissions.extend(commands)
            self._submit_some()

        asked = question(entry, self.workspace, commands)
        if asked:
            ask(self, asked, (entry.said or entry.action.label).replace("...", ""), submit_all)
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
        return context_menu(self, entries(self.workspace, selections), self.perform, self._frame.copy_as, place)

    def show_dialog(self, name: str, selection: Selection) -> QDialog | None:
        """Open a dialog of an action by its name, or do what it names in the window."""
        own: dict[str, Callable[[], None]] = {
            "refresh": self._frame.refresh,
            "close-cluster": lambda: self._frame.close_connection(self),
            "replay": self._replay,
            "reset-cluster": lambda: self._frame.learning.offer_reset(self.cluster),
        }
        if name in own:
            own[name]()
            return None
        from fcm.ui import dialogs

        found: QDialog | None = dialogs.show(name, self, selection, self._frame.general_desk)
        return found

    def _replay(self) -> None:
        if self.workspace is not None:
            self._frame.open(f"replay:{self.workspace.uri}")

    def properties_entry(self) -> Entry | None:
        """The action Properties of the selected item, else of the place; None if neither has it now."""
        return properties_among(entries(self.workspace, self.items[:1]), entries(self.workspace, (self.place,)))

    def open_properties(self) -> None:
        """Properties of the selected item, else of the place."""
        entry = self.properties_entry()
        if entry is not None:
            self.perform(entry)

    def echo(self, text: str) -> None:
        """Show a command in the Console that was carried out without the cluster's hearing of it."""
        self._frame.echo(text)


def properties_among(*found: Sequence[Entry]) -> Entry | None:
    """The first entry Properties that can be chosen."""
    return next((one for some in found for one in some if one.action.shortcut == "Alt+Return" and one.verdict), None)


class RootDesk(ClusterDesk):
    """The desk of the root: the parent of what belongs to no cluster. It acts on the current cluster, if any."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame, None)

    def follow(self, desk: ClusterDesk | None) -> None:
        """Another cluster is current, or none."""
        self.workspace, self.figures = (None, Figures()) if desk is None else (desk.workspace, desk.figures)
        if self._frame.is_shown(self):
            self.page.open_at(self.place)
        self.changed.emit(_EVERYTHING)

    def select(self, selection: Selection) -> None:
        """Go to the root, or to a place of the current cluster."""
        if selection == ROOT:
            self.go(ROOT)
        else:
            self._frame.select(selection)

    def show_dialog(self, name: str, selection: Selection) -> QDialog | None:
        """Open a dialog; one about a cluster is about the current one and stays with it."""
        return self._frame.show_dialog(name, selection)
