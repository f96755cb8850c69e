"""The page Map: the whole cluster in one picture, on which machines are moved by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.commands import LiveMigrate
from fcm.ui.map.canvas import HELP, MapCanvas
from fcm.ui.map.painting import summary
from fcm.ui.pages.page import EVERYTHING, Page
from fcm.ui.widgets.page_parts import quiet
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QShowEvent

    from fcm.model.state import Change
    from fcm.ui.desk import Desk


class MapPage(Page):
    """Nodes with their machines, networks between them, migrations on their way."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Map", "map")
        self.canvas = MapCanvas(window)
        self.canvas.picked.connect(self.picked.emit)
        self.canvas.opened.connect(window.select)
        self.canvas.menu_wanted.connect(self._open_menu)
        self.canvas.dropped.connect(self._dropped)
        self.column.addWidget(self.canvas, 1)
        self.column.addWidget(quiet(HELP))

    @property
    def is_settled(self) -> bool:
        """False while a verdict is reckoned."""
        return self.canvas.verdicts.is_idle

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while another page was shown."""
        super().showEvent(event)
        self.canvas.take(EVERYTHING)

    def refresh(self, change: Change) -> None:
        """Draw what changed."""
        self.title.say("Map", "map", summary(self.state))
        self.canvas.take(change)

    def picked_selections(self) -> tuple[Selection, ...]:
        """The node or machine that is selected on the map."""
        current = self.canvas.current
        return () if current.place is Place.CLUSTER else (current,)

    def pick(self, selection: Selection) -> None:
        """Select a node or a machine on the map."""
        if selection.place in (Place.NODE, Place.MACHINE):
            self.canvas.select(selection)

    def focus_first(self) -> None:
        """The keyboard goes to the map."""
        self.canvas.setFocus()

    def _open_menu(self, place: QPoint) -> None:
        self.frame.show_context_menu(self.picked_selections() or (self.selection,), place)

    def _dropped(self, machine: str, node: str, at_once: bool) -> None:
        """A machine was let go over a node: the check before a live migration, or the migration itself."""
        if at_once:
            self.frame.submit(LiveMigrate(machine, node))
            return
        dialog = self.frame.show_dialog("preflight", Selection(Place.MACHINE, machine))
        choose = getattr(dialog, "choose_destination", None)
        if choose is not None:
            choose(node)
