"""What the snap-in has for nodes, resources and services beside commands: their critical events, what they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit

from fcm.model import commands as cmd
from fcm.model.entities import GroupType
from fcm.ui.dialogs.services.dependency_report import DependencyReport
from fcm.ui.events.events import EventsPage
from fcm.ui.look import theme
from fcm.ui.tour.driver import Driver
from fcm.ui.window.qactions import entries
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
