"""A chapter of the tour: a second cluster is open beside the first, each with its clock and its migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from fcm.ui.tour.driver import DriverError
from fcm.ui.tour.walk import TREE, Step
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from fcm.ui.tour.walk import Walk
    from fcm.workspace.workspace import Workspace

SECOND = "fabrikam.fabrikam.example"
"""A shipped cluster, whose machines are highly available from the start."""


def add(walk: Walk) -> None:
    """Manage a Cluster adds a root item."""
    first = _current(walk)
    walk.driver.key(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    walk.driver.wait_for_dialog("Manage a Cluster")
    walk.driver.click_row("Known clusters", SECOND)
    walk.driver.press("OK")
    walk.driver.wait_for_no_dialog()
    walk.driver.wait(lambda: _current(walk) is not first, "the second cluster to open")
    walk.driver.row(TREE, _name(walk))
    walk.shoot("two clusters", "Two clusters in one tree. The one that is selected has the clock and the status bar.")


def switch(walk: Walk) -> None:
    """A click in the part of the other cluster makes that current.

    Raises:
        DriverError: the first cluster is no longer open.
    """
    second = _current(walk)
    first = next(one for one in walk.window.workspaces() if one is not second)
    walk.speed("Pause")
    cluster = first.state.cluster
    if cluster is None:
        raise DriverError("The first cluster is gone.")
    walk.go(cluster.full_name)
    walk.driver.wait(lambda: _current(walk) is first, "the first cluster to be current")
    walk.driver.press("Show Console")
    walk.shoot("prompt of a cluster", "The other cluster is current: its page, clock and actions, and the prompt.")
    walk.driver.press("Show Console")
    walk.window.desk.select(Selection(Place.CLUSTER))


def close(walk: Walk) -> None:
    """Close Connection closes one of them.

    Raises:
        DriverError: the second cluster is no longer open.
    """
    first = _current(walk)
    second = next(one for one in walk.window.workspaces() if one is not first)
    cluster = second.state.cluster
    if cluster is None:
        raise DriverError("The second cluster is gone.")
    walk.driver.right_click_row(TREE, cluster.full_name)
    walk.driver.choose_in_menu("Close Connection")
    walk.driver.wait(lambda: len(walk.window.workspaces()) == 1, "the second cluster to be closed")
    walk.shoot("one cluster again", "Close Connection closes the selected cluster; the other stays open.")


def _current(walk: Walk) -> Workspace | None:
    return walk.window.workspace


def _name(walk: Walk) -> str:
    cluster = walk.state.cluster
    if cluster is None:
        raise DriverError("No cluster is open.")
    return cluster.full_name


STEPS: tuple[Step, ...] = (
    Step("Two clusters", "Manage a Cluster adds one; both stay connected.", add),
    Step("From one to the other", "The window follows the selected cluster.", switch),
    Step("Close one of them", "The other goes on.", close),
)
"""Steps that rely on the first one of the walk."""
