"""What the snap-in has for nodes, resources and services beside commands: their critical events, what they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QMenu, QPushButton

from fcm.model import commands as cmd
from fcm.model.entities import GIB, GroupType
from fcm.model.state import State
from fcm.ui.dialogs.moves.drain import DrainDialog
from fcm.ui.dialogs.moves.drain_table import MACHINE, MovesTable
from fcm.ui.dialogs.services.dependency_report import DependencyReport
from fcm.ui.events.events import EventsPage
from fcm.ui.look import theme
from fcm.ui.tour.driver import Driver
from fcm.ui.window.qactions import entries
from fcm.workspace.planning.drain import plan_moves
from fcm.workspace.planning.drain_plan import DrainPlan, PlannedMove, RoleMove
from fcm.workspace.selection import Place, Selection
from tests.ui.window_by_hand import window_of
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow

DRIVER = Driver()
TREE = "Console tree"
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def desk() -> Iterator[Desk]:
    """The cluster contoso with a file server."""
    made = Desk()
    disk = made.disk("Cluster Disk 3").id
    assert made.do(cmd.AddRole(GroupType.FILE_SERVER, "FS01", "10.0.1.60", (disk,)))
    yield made
    made.workspace.close()


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path, desk: Desk) -> MainWindow:
    """A window of it."""
    window = window_of(qtbot, tmp_path, desk.workspace)
    window.resize(1280, 800)
    DRIVER.settle()
    return window


def test_the_critical_events_of_a_node_and_of_a_resource_are_those_that_name_them(
    shown: MainWindow, desk: Desk
) -> None:
    DRIVER.right_click_row(TREE, "node1")
    DRIVER.choose_in_menu("Show the critical events for this node")
    assert isinstance(shown.page, EventsPage)
    assert DRIVER.find(QLineEdit, "Filter events").text() == "node1"
    found = next(iter(desk.workspace.state.resources))
    place = Selection(Place.RESOURCE, found)
    (entry,) = [one for one in entries(shown.workspace, (place,)) if one.action.id == "critical-events"]
    assert entry.label == "Show the critical events for this resource"
    shown.show_dialog("critical-events", place)
    shown.show_dialog("critical-events", place)
    assert DRIVER.find(QLineEdit, "Filter events").text() == desk.workspace.state.resources[found].name


def test_a_dependency_report_fills_its_dialog_and_names_are_whole(shown: MainWindow, desk: Desk) -> None:
    dialog = shown.show_dialog("dependency-report", Selection(Place.MACHINE, desk.machine("SQL01").id))
    assert isinstance(dialog, DependencyReport)
    DRIVER.settle()
    assert dialog.drawing.size() == dialog.area.viewport().size()
    assert ">Virtual Machine Configuration SQL01</text>" in dialog.svg()
    dialog.close()


def test_states_of_a_dependency_report_are_readable_in_the_dark_and_printed_as_on_paper(
    shown: MainWindow, desk: Desk, qapp: QApplication
) -> None:
    theme.apply(qapp, theme.Scheme.DARK)
    try:
        dialog = shown.show_dialog("dependency-report", Selection(Place.MACHINE, desk.machine("SQL01").id))
        assert isinstance(dialog, DependencyReport)
        DRIVER.settle()
        assert theme.state_colours(theme.Scheme.DARK).good in dialog.shown_svg
        assert theme.state_colours(theme.Scheme.DARK).good not in dialog.svg()
        dialog.close()
    finally:
        theme.apply(qapp, theme.Scheme.LIGHT)


def test_services_and_eviction_of_nodes_are_under_more_actions(shown: MainWindow) -> None:
    DRIVER.right_click_row(TREE, "node1")
    below = DRIVER.open_submenu("More Actions...")
    labels = [action.text() for action in below.actions()]
    assert labels == ["Start Cluster Service", "Stop Cluster Service", "Force Cluster Start",
                      "Start and clear quarantine", "Evict"]  # fmt: skip
    above = below.parent()
    assert isinstance(above, QMenu)
    assert "Evict" not in [action.text() for action in above.actions()]
    above.close()
    DRIVER.settle()


def test_a_drain_says_beforehand_where_a_file_server_goes(shown: MainWindow, desk: Desk) -> None:
    (server,) = [group for group in desk.workspace.state.groups.values() if group.name == "FS01"]
    dialog = shown.show_dialog("drain", Selection(Place.NODE, server.owner))
    assert isinstance(dialog, DrainDialog)
    label = DRIVER.find(QLabel, "What else is on the node")
    DRIVER.wait(lambda: label.text(), "the plan")
    said = label.text().splitlines()[0]
    assert said.startswith("FS01 moves to node")
    assert said.endswith(" at once; its clients are disconnected for a moment.")
    assert desk.do(cmd.DrainNode(server.owner))
    desk.run(60.0)
    assert f"moves to {desk.workspace.state.groups[server.id].owner} at once" in said
    dialog.close()


def test_a_drain_says_that_a_service_stays_which_no_node_can_take(shown: MainWindow, desk: Desk) -> None:
    (server,) = [group for group in desk.workspace.state.groups.values() if group.name == "FS01"]
    for node in desk.workspace.state.nodes:
        if node != server.owner:
            assert desk.do(cmd.PauseNode(node))
    found = plan_moves(desk.workspace.state, server.owner)
    assert found.roles == (RoleMove("FS01", None),)


def test_long_names_of_machines_in_a_drain_get_a_third_of_the_list(qtbot: QtBot) -> None:
    made = MovesTable()
    qtbot.addWidget(made)
    made.resize(1200, 300)
    made.show()
    name = "Einwohnermeldeamt-Datenbank-Produktion-Nord-01"
    move = PlannedMove("vm-1", name, GIB, "node2", "node2 has the most free memory.")
    made.show_plan(State(), DrainPlan("node1", (move,), ()))
    assert made.columnWidth(MACHINE) >= made.sizeHintForColumn(MACHINE)
    made.setColumnWidth(MACHINE, 60)
    made.show_plan(State(), DrainPlan("node1", (move,), ()))
    assert made.columnWidth(MACHINE) == 60


def test_the_properties_of_a_network_fit_a_screen_of_640_pixels_with_their_frame(shown: MainWindow) -> None:
    network = next(iter(shown.state.networks))
    dialog = shown.show_dialog("network-properties", Selection(Place.NETWORK, network))
    assert isinstance(dialog, QDialog)
    DRIVER.settle()
    assert dialog.minimumSizeHint().height() <= 600
    dialog.resize(560, 600)
    DRIVER.settle()
    for button in dialog.findChildren(QPushButton):
        assert dialog.rect().contains(button.geometry().translated(button.parentWidget().mapTo(dialog, QPoint())))
    dialog.close()
