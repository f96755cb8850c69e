"""Goals and the transfer of memory in the options of a live migration, by keyboard; what is not available says why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.migrations import Compression, MigrationOptions
from fcm.model.rules.moving.transfer_options import lacks_of
from fcm.ui.dialogs.moves.migration_options import MigrationOptionsPanel, MigrationSettingsDialog
from fcm.ui.dialogs.moves.preflight import PreflightDialog
from fcm.ui.tour.driver import Driver
from tests.ui.by_hand import node
from tests.ui.window_by_hand import busy_window

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

DRIVER = Driver()
BOOKWORM = replace(node("node1"), version="QEMU 7.2.22", libvirt_version="libvirt 9.0.0")
TRIXIE = replace(node("node2"), version="QEMU 10.0.13", libvirt_version="libvirt 11.3.0")


def test_goals_are_typed_and_become_options_and_the_downtime_limit_is_left_to_fcm(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    dialog = PreflightDialog(shown, "vm-Web01")
    dialog.open()
    DRIVER.type_into("Downtime limit", "500")
    DRIVER.tab("Goals", "Options")
    DRIVER.type_into("Move within", "60")
    DRIVER.type_into("Stand still at most", "800")
    assert dialog.options() == MigrationOptions(move_within=60.0, pause_at_most=0.8)
    assert not dialog.choice.downtime.isEnabled()
    assert "-MoveWithin 60.0 -PauseAtMost 0.8" in dialog.power_shell.text()
    DRIVER.press("Live migrate")
    DRIVER.wait_for_no_dialog()
    (command,) = backend.submitted
    assert isinstance(command, cmd.LiveMigrate)
    assert command.options == MigrationOptions(move_within=60.0, pause_at_most=0.8)


def test_shadow_mode_needs_a_goal_and_leaves_the_limits_to_the_user(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    dialog = PreflightDialog(shown, "vm-Web01")
    dialog.open()
    assert not dialog.choice.goals.shadow.isEnabled()
    DRIVER.type_into("Downtime limit", "500")
    DRIVER.tab("Goals", "Options")
    DRIVER.type_into("Move within", "60")
    DRIVER.press("Shadow mode")
    assert dialog.options() == MigrationOptions(move_within=60.0, goals_shadow=True, downtime_limit=0.5)
    DRIVER.press("Cancel")


def test_compression_and_zero_copy_need_several_connections_first(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    dialog = MigrationSettingsDialog(shown)
    dialog.open()
    panel = dialog.panel
    panel.lack({})
    assert "Use two connections or more" in panel.transfer.compression.toolTip()
    DRIVER.type_into("Parallel connections", "4")
    DRIVER.tab("Transfer", "Options")
    DRIVER.choose("Compression", "zstd")
    assert panel.options() == MigrationOptions(parallel_connections=4, compression=Compression.ZSTD)
    DRIVER.choose("Compression", "None")
    DRIVER.press("Zero-copy")
    assert panel.options() == MigrationOptions(parallel_connections=4, zero_copy=True)
    DRIVER.tab("Options", "Options")
    DRIVER.type_into("Parallel connections", "1")
    assert panel.options() == MigrationOptions()
    DRIVER.press("Cancel")


def test_what_a_host_lacks_is_disabled_with_its_version(qtbot: QtBot) -> None:
    lacks = lacks_of((BOOKWORM, TRIXIE), simulated=False)
    assert set(lacks) == {"compression", "switchover_bandwidth"}
    panel = MigrationOptionsPanel(MigrationOptions(parallel_connections=2), lacks)
    qtbot.addWidget(panel)
    transfer = panel.transfer
    assert "requires libvirt 9.4; node1 has 9.0" in transfer.compression.toolTip()
    assert "requires QEMU 8.2; node1 has 7.2" in transfer.switchover.toolTip()
    assert transfer.zero_copy.isEnabled()
    panel.lack(lacks_of((TRIXIE,), simulated=False))
    assert transfer.compression.isEnabled()
    assert transfer.switchover.isEnabled()


def test_a_simulated_cluster_has_no_model_of_them_and_says_so() -> None:
    lacks = lacks_of((), simulated=True)
    assert set(lacks) == {"compression", "zero_copy", "switchover_bandwidth", "post_copy_bandwidth"}
    assert set(lacks.values()) == {"An embedded cluster does not simulate it."}


@pytest.mark.parametrize(
    "options",
    [
        MigrationOptions(move_within=12.5, pause_at_most=0.2504),
        MigrationOptions(move_within=100.0, goals_shadow=True, downtime_limit=0.12345),
        MigrationOptions(parallel_connections=3, compression=Compression.ZLIB),
        MigrationOptions(xbzrle=True, xbzrle_cache=1 << 28, post_copy=True, post_copy_bandwidth=12_345_678),
        MigrationOptions(switchover_bandwidth=99_999_999),
    ],
)
def test_what_is_shown_and_not_touched_stays_exactly_as_it_was(qtbot: QtBot, options: MigrationOptions) -> None:
    panel = MigrationOptionsPanel(options)
    qtbot.addWidget(panel)
    assert panel.options() == options


def test_the_chance_to_meet_the_goals_is_one_of_the_checks_or_why_nobody_can_tell(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    dialog = PreflightDialog(shown, "vm-Web01")
    dialog.open()
    DRIVER.tab("Goals", "Options")
    DRIVER.type_into("Move within", "600")
    found = DRIVER.wait(
        lambda: next((check for check in dialog.panel.checks if check.name == "Goals"), None), "a check of the goals"
    )
    assert found.text.startswith("Goals: finish within 10 min 0 s.")
    assert "chance" in found.text
    DRIVER.press("Cancel")


def test_events_know_the_class_of_a_step() -> None:
    assert ev.EVENT_TYPES["MigrationSteered"] is ev.MigrationSteered
