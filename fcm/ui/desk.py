"""What pages, dialogs and wizards may ask of the cluster and the window in which they are.

They know their desk and never the window itself, so that none of them depends on how the window is built. Each open
cluster has a desk of its own: what was opened on it stays with its cluster, whichever the user looks at meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from fcm.model.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.model.commands import Command
    from fcm.ui.window.context import Context
    from fcm.ui.window.figures import Figures
    from fcm.ui.window.panes.messages import MessageArea
    from fcm.ui.window.qactions import ChoiceEntry, Entry
    from fcm.workspace.selection import Selection
    from fcm.workspace.workspace import Operation, Workspace


class Desk(QWidget):
    """One open cluster, or none, and the ways to act on it; the parent of its pages and dialogs."""

    changed = Signal(object)
    """A Change of the state, after each drain; structural after the cluster was closed."""
    happened = Signal(object)
    """New entries of the history (list of Entry), telemetry left out."""
    logged = Signal()
    """The event log may have other events than before, more or fewer; told 30 times a second at most."""

    context: Context
    """The world outside: clusters that can be opened, settings."""
    workspace: Workspace | None
    """The open cluster; None once it is closed."""
    figures: Figures
    """What lists and pages show of migrations."""
    messages: MessageArea
    """Strips above the page; one for the whole window."""

    @property
    def state(self) -> State:
        """The state of the open cluster; an empty one without a cluster."""
        return State() if self.workspace is None else self.workspace.shown

    def submit(self, command: Command, on_finished: Callable[[Operation], None] | None = None) -> None:
        """Hand a command to the cluster. A refusal is shown as a strip, unless the submitter hears of it."""
        raise NotImplementedError

    @property
    def open_clusters(self) -> Sequence[str]:
        """What the open clusters were opened by, this one and the others."""
        raise NotImplementedError

    def state_of(self, uri: str) -> State | None:
        """The state of an open cluster, this one or another one, by its URI; None if it is not open."""
        raise NotImplementedError

    def open(self, uri: str) -> None:
        """Open a cluster by its URI in the background, beside those that are open; go there if it is open."""
        raise NotImplementedError

    def show_workspace(self, workspace: Workspace) -> None:
        """Show an opened workspace on a desk of its own; the window owns it from now on."""
        raise NotImplementedError

    def offer_reset(self, uri: str) -> None:
        """Ask in a strip whether a simulated cluster is to be as it was at first."""
        raise NotImplementedError

    def learn(self, course: str) -> None:
        """Show a shipped course beside the page, or with "" the list of what there is to learn."""
        raise NotImplementedError

    @property
    def page(self) -> QWidget:
        """The page that is shown."""
        raise NotImplementedError

    def perform(self, entry: Entry, choice: ChoiceEntry | None = None) -> None:
        """Do what an entry of a menu or of the Actions pane stands for."""
        raise NotImplementedError

    def select(self, selection: Selection) -> None:
        """Go to a place, or to the page of a thing's parent and select it there."""
        raise NotImplementedError

    def show_dialog(self, name: str, selection: Selection) -> QDialog | None:
        """Open a dialog of an action by its name."""
        raise NotImplementedError

    def show_context_menu(self, selections: Sequence[Selection], place: QPoint) -> QMenu:
        """The actions of what is selected, at a global position."""
        raise NotImplementedError

    def open_properties(self) -> None:
        """Properties of the selected item, else of the place."""
        raise NotImplementedError

    def echo(self, text: str) -> None:
        """Show a command in the Console that was carried out without the cluster's hearing of it."""
        raise NotImplementedError
