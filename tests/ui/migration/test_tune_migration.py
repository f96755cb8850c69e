from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from fcm.model import events as ev
from fcm.model.commands import TuneMigration
from fcm.model.migrations import UNLIMITED
from fcm.model.telemetry import Phase
from fcm.ui.dialogs.moves.tune_migration import TuneMigrationDialog
from tests.ui.parts import text_of
from tests.ui.window_by_hand import busy_window

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.ui.by_hand import Backend


def opened(qtbot: QtBot, folder: Path) -> tuple[TuneMigrationDialog, Backend]:
    """The dialog of the migration m3, which copies memory."""
    shown, backend = busy_window(qtbot, folder)
    dialog = TuneMigrationDialog(shown, "m3")
    dialog.open()
    return dialog, backend


def test_only_what_was_changed_is_ordered(qtbot: QtBot, tmp_path: Path) -> None:
    dialog, backend = opened(qtbot, tmp_path)
    assert not dialog.ok.isEnabled()
    dialog.limit.selectAll()
    qtbot.keyClicks(dialog.limit, "850")
    assert "-DowntimeLimit 0.85" in dialog.power_shell.text()
    qtbot.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    assert backend.submitted == [TuneMigration("m3", downtime_limit=0.85)]


def test_post_copy_that_the_hosts_are_not_prepared_for_says_why(qtbot: QtBot, tmp_path: Path) -> None:
    dialog, backend = opened(qtbot, tmp_path)
    assert not dialog.post_copy.isEnabled()
    assert "started without post-copy" in text_of(dialog, "post-copy-danger")
    backend.tell(ev.MigrationOptionsChanged("m3", None, None, True))
    qtbot.waitUntil(dialog.post_copy.isEnabled)
    qtbot.keyClick(dialog.post_copy, Qt.Key.Key_Space)
    assert "-PostCopy" in dialog.power_shell.text()
    assert "the machine is lost" in text_of(dialog, "post-copy-danger")


def test_a_bandwidth_limit_is_taken_away_by_a_tick(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    unlimited = TuneMigrationDialog(shown, "m3")
    assert not unlimited.no_limit.isEnabled()
    unlimited.reject()
    backend.tell(ev.MigrationOptionsChanged("m3", None, 50_000_000, False))
    qtbot.waitUntil(lambda: shown.state.migrations["m3"].options.bandwidth is not None)
    dialog = TuneMigrationDialog(shown, "m3")
    dialog.open()
    qtbot.keyClick(dialog.no_limit, Qt.Key.Key_Space)
    assert not dialog.bandwidth.isEnabled()
    assert "-NoBandwidthLimit" in dialog.power_shell.text()
    qtbot.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    assert backend.submitted == [TuneMigration("m3", bandwidth=UNLIMITED)]


def test_the_dialog_closes_when_the_migration_ends(qtbot: QtBot, tmp_path: Path) -> None:
    dialog, backend = opened(qtbot, tmp_path)
    with qtbot.waitSignal(dialog.finished):
        backend.tell(ev.MigrationCanceled("m3"))
    assert dialog.window_of.state.migrations["m3"].phase is Phase.CANCELED
