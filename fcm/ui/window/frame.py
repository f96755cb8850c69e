"""What the parts of the window may ask of it: menus, docks, and the desks of the open clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMainWindow

from fcm.model.state import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QDialog, QDockWidget, QMenu, QStackedWidget

    from fcm.model.commands import Command
    from fcm.model.events import Entry as Happening
    from fcm.model.state import Change
    from fcm.ui.desk import Desk
    from fcm.ui.look.theme import Scheme
    from fcm.ui.pages.page import Page
    from fcm.ui.tables.table_view import TableView
    from fcm.ui.window.context import Context
    from fcm.ui.window.copy_as import CopyAs
    from fcm.ui.window.figures import Figures
    from fcm.ui.window.panes.messages import MessageArea
    from fcm.workspace.selection import Selection
    from fcm.workspace.workspace import Workspace


class Teaching(Protocol):
    """What the window does for those who learn."""

    def learn(self, course: str) -> None:
        """Show a shipped course beside the page, or with "" the list of what there is to learn."""

    def propose(self, text: str) -> None:
        """Put a command into the Console, where the user runs it, or not."""

    def offer_reset(self, uri: str) -> None:
        """Ask in a strip whether a simulated cluster is to be as it was at first."""

    def reset_cluster(self, uri: str) -> None:
        """Close a simulated cluster, put its journal aside, and open it as it was at first."""


class Frame(QMainWindow):
    """A window with panes, docks, places that were visited and a list to search and export.

    Several clusters can be open, each on its desk. One is current: that of the place where the user is or, at the root,
    was last. Docks, menus and status bar are about it; the signals here are those of its desk.
    """

    changed = Signal(object)
    """A Change of the state of the current cluster; structural after another one became current."""
    happened = Signal(object)
    """New entries of the history of the current cluster (list of Entry), telemetry left out."""
    logged = Signal()
    """The event log of the current cluster may have other events than before."""
    opened = Signal()
    """A cluster was opened or could not be; see ``workspace``."""
    joins_allowed = Signal(bool)
    """Whether PowerShell sessions of this user may use the open clusters, from now on."""

    engine_chosen = Signal(str)
    """Another engine of the Console, see fcm.powershell.ENGINES."""

    context: Context
    """The world outside: clusters that can be opened, settings."""
    messages: MessageArea
    """Strips above the page."""
    stack: QStackedWidget
    """The desks: one for each open cluster, and one for the root."""
    copy_as: CopyAs
    learning: Teaching

    # The current cluster

    @property
    def workspace(self) -> Workspace | None:
        """The current cluster; None if none is open."""
        raise NotImplementedError

    @property
    def figures(self) -> Figures:
        """What lists and pages show of the migrations of the current cluster."""
        raise NotImplementedError

    @property
    def state(self) -> State:
        """The state of the current cluster; an empty one without a cluster."""
        return State() if self.workspace is None else self.workspace.shown

    def submit(self, command: Command) -> None:
        """Hand a command to the current cluster. A refusal is shown as a strip."""
        raise NotImplementedError

    def select(self, selection: Selection) -> None:
        """Go to a place of the current cluster, or to the page of a thing's parent and select it there."""
        raise NotImplementedError

    def show_dialog(self, name: str, selection: Selection) -> QDialog | None:
        """Open a dialog of an action about the current cluster by its name."""
        raise NotImplementedError

    def show_context_menu(self, selections: Sequence[Selection], place: QPoint) -> QMenu:
        """The actions of what is selected in the current cluster, at a global position."""
        raise NotImplementedError

    @property
    def page(self) -> Page:
        """The page that is shown."""
        raise NotImplementedError

    @property
    def general_desk(self) -> Desk:
        """The desk of the root: the parent of dialogs that belong to no cluster."""
        raise NotImplementedError

    # All clusters

    def workspaces(self) -> Sequence[Workspace]:
        """The open clusters, in the order in which they were opened."""
        raise NotImplementedError

    def open(self, uri: str) -> None:
        """Open a cluster by its URI in the background, beside those that are open; go there if it is open."""
        raise NotImplementedError

    def show_workspace(self, workspace: Workspace) -> None:
        """Show an opened workspace on a desk of its own; the window owns it from now on."""
        raise NotImplementedError

    def close_connection(self, desk: Desk | None = None) -> None:
        """Close the cluster of a desk, or the current one (None); asks first if something is under way."""
        raise NotImplementedError

    def leave(self) -> None:
        """Close the window; asks first if something is under way in any cluster."""
        raise NotImplementedError

    def close_uri(self, uri: str) -> None:
        """Close an open cluster by its URI; without effect if it is not open."""
        raise NotImplementedError

    # What desks tell

    def changed_on(self, desk: Desk, change: Change, everything: bool) -> None:
        """The state of a desk changed; its page is drawn afterwards. ``everything``: draw all anew."""
        raise NotImplementedError

    def happened_on(self, desk: Desk, entries: Sequence[Happening]) -> None:
        """Something happened on a desk."""
        raise NotImplementedError

    def went_on(self, desk: Desk, remember: bool) -> None:
        """The user is at another place of a desk, which is shown now; ``remember``: for Back."""
        raise NotImplementedError

    def picked_on(self, desk: Desk) -> None:
        """Other items are selected on the page of a desk."""
        raise NotImplementedError

    def is_shown(self, desk: Desk) -> bool:
        """Whether the user looks at the page of a desk."""
        raise NotImplementedError

    def echo(self, text: str) -> None:
        """Show a command in the Console that was carried out without the cluster's hearing of it."""
        raise NotImplementedError

    # What menus ask for

    def dock_widgets(self) -> Mapping[str, QDockWidget]:
        """The docks by name."""
        raise NotImplementedError

    @property
    def selection(self) -> Selection:
        """The selected item of the page, else the place of the page."""
        raise NotImplementedError

    def open_properties(self) -> None:
        """Properties of the selected item, else of the place."""
        raise NotImplementedError

    def go_to_root(self) -> None:
        """To the page of the root."""
        raise NotImplementedError

    def go_back(self) -> None:
        """To the place before."""
        raise NotImplementedError

    def go_forward(self) -> None:
        """To the place from which Back came."""
        raise NotImplementedError

    def go_up(self) -> None:
        """One level up in the tree."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Draw everything anew from the state."""
        raise NotImplementedError

    def current_table(self) -> TableView | None:
        """The list of the page."""
        raise NotImplementedError

    def find_in_list(self) -> None:
        """Put the keyboard into the filter box of the list."""
        raise NotImplementedError

    def export_list(self) -> None:
        """Ask for a file and write the list of the page there."""
        raise NotImplementedError

    def show_tree(self, shown: bool) -> None:
        """Show or hide the console tree."""
        raise NotImplementedError

    def show_actions(self, shown: bool) -> None:
        """Show or hide the Actions pane."""
        raise NotImplementedError

    def next_pane(self, step: int) -> None:
        """Go from pane to pane: tree, page, Actions pane, docks."""
        raise NotImplementedError

    def set_scheme(self, scheme: Scheme) -> None:
        """Light, dark or like the desktop."""
        raise NotImplementedError

    def reset_layout(self) -> None:
        """Panes and docks as at the first start."""
        raise NotImplementedError
