"""What pages, dialogs, wizards and docks may ask of the window in which they are.

They know the desk and never the window itself, so that none of them depends on how the window is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QDialog, QMainWindow, QMenu, QWidget

from fcm.model.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.model.commands import Command
    from fcm.ui.window.context import Context
    from fcm.ui.window.figures import Figures
    from fcm.ui.window.messages import MessageArea
    from fcm.ui.window.qactions import ChoiceEntry, Entry
    from fcm.workspace.selection import Selection
    from fcm.workspace.workspace import Operation, Workspace


class Desk(QMainWindow):
    """One open cluster, or none, and the ways to act on it; the parent of dialogs and docks."""

    changed = Signal(object)
    """A Change of the state, after each drain; structural after another cluster was opened or closed."""
    happened = Signal(object)
    """New entries of the history (list of Entry), telemetry left out."""
    logged = Signal()
    """The event log may have other events than before, more or fewer; told 30 times a second at most."""
    opened = Signal()
    """A cluster was opened or could not be; see ``workspace``."""

    context: Context
    """The world outside: clusters that can be opened, settings."""
    workspace: Workspace | None
    """The open cluster."""
    figures: Figures
    """What lists and pages show of migrations."""
    messages: MessageArea
    """Strips above the page."""

    @property
    def state(self) -> State:
        """The state of the open cluster; an empty one without a cluster."""
        return State() if self.workspace is None else self.workspace.state

    def submit(self, command: Command, on_finished: Callable[[Operation], None] | None = None) -> None:
        """Hand a command to the cluster. A refusal is shown as a strip, unless the submitter hears of it."""
        raise NotImplementedError

    def open(self, uri: str) -> None:
        """Open a cluster by its URI in the background; the one that is open is closed when that has worked."""
        raise NotImplementedError

    def show_workspace(self, workspace: Workspace) -> None:
        """Show an opened workspace; the window owns it from now on."""
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
