"""What the menus may ask of the window, beyond what every page may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.ui.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QDockWidget, QStackedWidget

    from fcm.ui.look.theme import Scheme
    from fcm.ui.tables.table_view import TableView
    from fcm.ui.window.copy_as import CopyAs
    from fcm.workspace.selection import Selection


class Frame(Desk):
    """A window with panes, docks, places that were visited and a list to search and export."""

    stack: QStackedWidget
    """The pages."""
    copy_as: CopyAs

    def dock_widgets(self) -> Mapping[str, QDockWidget]:
        """The docks by name."""
        raise NotImplementedError

    @property
    def selection(self) -> Selection:
        """The selected item of the page, else the place of the page."""
        raise NotImplementedError

    def close_connection(self) -> None:
        """Close the open cluster; asks first if something is under way."""
        raise NotImplementedError

    def leave(self) -> None:
        """Close the window; asks first if something is under way."""
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
