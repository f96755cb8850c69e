"""Options of live migrations: those of the cluster, and those of one migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.migrations import MigrationOptions
from fcm.ui.dialogs.moves.migration_options import MigrationOptionsPanel, MigrationSettingsDialog
from fcm.ui.dialogs.moves.preflight import PreflightDialog
from fcm.ui.tour.driver import Driver
from tests.ui.window_by_hand import busy_window

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

DRIVER = Driver()


def test_the_limit_and_the_options_of_all_migrations_become_two_commands(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    MigrationSettingsDialog(shown).open()
    DRIVER.type_into("Live migrations at once", "3")
    DRIVER.type_into("Bandwidth", "400")
    DRIVER.press("Auto-converge")
    DRIVER.type_into("Auto-converge first step", "30")
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    options = MigrationOptions(bandwidth=50_000_000, auto_converge=True, auto_converge_initial=30)
    assert backend.submitted == [cmd.SetConcurrentMigrations(3), cmd.SetMigrationOptions(options)]


def test_what_excludes_each_other_is_refused_in_the_dialog(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    dialog = MigrationSettingsDialog(shown)
    dialog.open()
    DRIVER.press("Post-copy")
    DRIVER.type_into("Parallel connections", "4")
    DRIVER.press("OK")
    assert "cannot be used together" in dialog.notice.text()
    assert backend.submitted == []
    DRIVER.press("Cancel")


def test_a_migration_with_the_options_of_the_cluster_names_none(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    dialog = PreflightDialog(shown, "vm-Web01")
    dialog.open()
    assert dialog.options() is None
    DRIVER.press("XBZRLE")
    assert dialog.options() == MigrationOptions(xbzrle=True)
    assert "-Xbzrle" in dialog.power_shell.text()
    DRIVER.press("Cancel")


@pytest.mark.parametrize(
    "options",
    [
        MigrationOptions(downtime_limit=0.12345, bandwidth=33_333_333),
        MigrationOptions(auto_converge=True, auto_converge_initial=5, auto_converge_increment=7),
        MigrationOptions(post_copy=True, xbzrle=True, tls=True),
        MigrationOptions(parallel_connections=8),
        MigrationOptions(time_limit=601.5),
    ],
)
def test_options_that_are_shown_and_not_touched_stay_exactly_as_they_were(
    qtbot: QtBot, options: MigrationOptions
) -> None:
    panel = MigrationOptionsPanel(options)
    qtbot.addWidget(panel)
    assert panel.options() == options


def test_a_time_limit_is_set_for_every_live_migration_of_the_cluster(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    MigrationSettingsDialog(shown).open()
    DRIVER.type_into("Cancel after", "30")
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    assert backend.submitted == [cmd.SetMigrationOptions(MigrationOptions(time_limit=1800.0))]


def test_a_time_limit_of_one_migration_is_shown_as_power_shell(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    dialog = PreflightDialog(shown, "vm-Web01")
    dialog.open()
    DRIVER.type_into("Cancel after", "2.5")
    assert dialog.options() == MigrationOptions(time_limit=150.0)
    assert "-TimeLimit 150.0" in dialog.power_shell.text()
    DRIVER.press("Cancel")
