"""Add Node: a server joins an embedded cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.ui.tour.driver import Driver
from fcm.workspace.selection import Place, Selection
from tests.ui.window_by_hand import busy_window

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

DRIVER = Driver()


def test_a_server_joins_under_the_name_that_was_typed(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    shown.show_dialog("add-node", Selection(Place.NODES))
    DRIVER.type_into("Server name", "node9")
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    assert backend.submitted == [cmd.AddNode("node9")]


def test_a_name_that_is_taken_is_refused_in_the_dialog(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    dialog = shown.show_dialog("add-node", Selection(Place.NODES))
    DRIVER.type_into("Server name", "node1")
    DRIVER.press("OK")
    assert "node1 is already a node of the cluster" in dialog.notice.text()  # type: ignore[union-attr]
    assert backend.submitted == []
    DRIVER.press("Cancel")
