"""A dialog whose command is under way: nothing is handed over twice, and it closes when all was carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from fcm.model import commands as cmd
from fcm.model.rules.verdict import no
from fcm.ui.dialogs.rename_volume import RenameVolumeDialog
from fcm.ui.tour.driver import Driver, is_closed
from tests.ui.by_hand import formed, machine, opened
from tests.ui.window_by_hand import named, window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.ui.by_hand import Backend

FOLDER = cmd.RenameVolumeFolder("disk-2", "VMs")
NAME = cmd.RenameSharedVolume("disk-2", "Machines")


@pytest.fixture
def driver() -> Driver:
    return Driver()


def renaming(qtbot: QtBot, folder: Path, driver: Driver) -> tuple[RenameVolumeDialog, Backend]:
    """The dialog with two commands, of which the first is under way."""
    workspace, backend = opened(formed([machine("web")]))
    backend.holds = True
    dialog = RenameVolumeDialog(window_of(qtbot, folder, workspace), "disk-2")
    dialog.open()
    driver.type_into("Name", "Machines")
    driver.type_into("Folder", "VMs")
    driver.press("OK")
    return dialog, backend


def test_ok_is_disabled_while_a_command_of_the_dialog_runs(qtbot: QtBot, tmp_path: Path, driver: Driver) -> None:
    dialog, backend = renaming(qtbot, tmp_path, driver)
    ok = named(dialog, "OK", QPushButton)
    offered = ok.isEnabled()
    qtbot.mouseClick(ok, Qt.MouseButton.LeftButton)
    driver.press("Cancel")
    assert not offered
    assert backend.submitted == [FOLDER], "a second click handed nothing over"


def test_the_second_command_begins_when_the_first_was_carried_out_and_then_the_dialog_closes(
    qtbot: QtBot, tmp_path: Path, driver: Driver
) -> None:
    dialog, backend = renaming(qtbot, tmp_path, driver)
    backend.let_go()
    driver.wait(lambda: len(backend.submitted) == 2, "the second command")
    assert backend.submitted == [FOLDER, NAME]
    assert not named(dialog, "OK", QPushButton).isEnabled()
    assert dialog.isVisible()
    backend.let_go()
    driver.wait(lambda: is_closed(dialog), "the dialog to close")
    assert backend.submitted == [FOLDER, NAME]


def test_after_a_refusal_the_rest_is_not_handed_over_and_ok_can_be_pressed_again(
    qtbot: QtBot, tmp_path: Path, driver: Driver
) -> None:
    dialog, backend = renaming(qtbot, tmp_path, driver)
    backend.answer = lambda operation: operation.finish(no("The storage does not respond.", "Try again later."))
    backend.let_go()
    driver.wait(dialog.notice.text, "the refusal")
    assert backend.submitted == [FOLDER]
    assert named(dialog, "OK", QPushButton).isEnabled()
    driver.press("OK")
    assert backend.submitted == [FOLDER, FOLDER]
    driver.press("Cancel")
