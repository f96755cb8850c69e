"""What a test asks of the map and of the Migration Wall; see looking.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.telemetry import Phase
from fcm.ui.map.canvas import MapCanvas
from fcm.ui.migration.wall.canvas import WallCanvas
from fcm.workspace.selection import Place, Selection
from tests.x11.looking import shown, spot_of

if TYPE_CHECKING:
    from fcm.ui.window.main_window import MainWindow
    from tests.x11.looking import Spot


def _map() -> MapCanvas | None:
    return next(shown(MapCanvas), None)


def _wall() -> WallCanvas | None:
    return next(shown(WallCanvas), None)


def on_map(window: MainWindow, name: str) -> Spot | None:
    """The place of a node or of a machine on the map, by its name."""
    canvas = _map()
    if canvas is None:
        return None
    machine = window.state.machine_named(name)
    found = Selection(Place.NODE, name) if machine is None else Selection(Place.MACHINE, machine.id)
    box = canvas.place_of(found).toRect()
    return None if box.isEmpty() else spot_of(canvas, box)


def verdict(window: MainWindow) -> str:
    """What the node under a dragged machine says."""
    canvas = _map()
    return "" if canvas is None or canvas.hint is None else canvas.hint.text


def spoken(window: MainWindow) -> str:
    """What a screen reader hears of the map."""
    canvas = _map()
    return "" if canvas is None else canvas.accessibleDescription()


def node_of(window: MainWindow, name: str) -> str:
    """The node on which a machine is."""
    found = window.state.machine_named(name)
    return "" if found is None else found.node


def destinations(window: MainWindow, name: str) -> list[str]:
    """Where the migrations of a machine lead, those that failed left out."""
    found = window.state.machine_named(name)
    return [
        one.destination
        for one in window.state.migrations.values()
        if found is not None and one.machine == found.id and one.phase is not Phase.FAILED
    ]


def tile(window: MainWindow, name: str) -> Spot | None:
    """The place of the tile of a machine on the wall."""
    canvas = _wall()
    if canvas is None:
        return None
    found = (canvas.field(number) for number, one in enumerate(canvas.shown) if one.name == name)
    return next((spot_of(canvas, field) for field in found), None)


def tiles(window: MainWindow) -> list[str]:
    """Names of the machines on the wall, in their order."""
    canvas = _wall()
    return [] if canvas is None else [one.name for one in canvas.shown]


def enlarged(window: MainWindow) -> str:
    """Name of the machine whose tile fills the wall."""
    canvas = _wall()
    found = () if canvas is None else canvas.shown
    return next((one.name for one in found if canvas is not None and one.id == canvas.enlarged), "")


def heard_of_wall(window: MainWindow) -> str:
    """What a screen reader hears of the wall."""
    canvas = _wall()
    return "" if canvas is None else canvas.accessibleDescription()
