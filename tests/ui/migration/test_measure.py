from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from fcm.backend.base import MeasureError
from fcm.migration.judging.fitting import DirtySample
from fcm.model.commands import LiveMigrate
from fcm.ui.dialogs.moves.measure import MeasureDialog
from fcm.ui.tour.patience import PATIENCE, stretched
from tests.ui.parts import is_idle
from tests.ui.window_by_hand import busy_window

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow

QUIET = tuple(DirtySample(float(seconds), 4.0, rounded=False) for seconds in (1, 2, 4, 8))


def buttons(dialog: MeasureDialog) -> dict[str, QPushButton]:
    return {button.accessibleName(): button for button in dialog.findChildren(QPushButton)}


def opened(qtbot: QtBot, shown: MainWindow) -> MeasureDialog:
    dialog = MeasureDialog(shown, "vm-Web01")
    dialog.open()
    qtbot.waitUntil(lambda: is_idle(dialog))
    return dialog


def test_a_measured_machine_is_judged_and_migrated_with_one_click(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    backend.samples = QUIET
    dialog = opened(qtbot, shown)
    assert "8\N{NO-BREAK SPACE}MiB in 2 s" in dialog.figures.text()
    assert dialog.verdict.text().startswith("Expected to finish in about")
    assert dialog.curve.accessibleDescription().endswith("with the curve of a fitted workload")
    assert shown.workspace.measured["vm-Web01"][1] == QUIET
    dialog.destination.setCurrentIndex(dialog.destination.findData("node3"))
    qtbot.waitUntil(lambda: "Live migrate to node3" in buttons(dialog))
    qtbot.mouseClick(buttons(dialog)["Live migrate to node3"], Qt.MouseButton.LeftButton)
    assert backend.submitted == [LiveMigrate("vm-Web01", "node3")]


def test_a_host_that_cannot_measure_says_why_and_can_be_asked_again(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    backend.samples = MeasureError("The host does not respond.")
    dialog = opened(qtbot, shown)
    assert dialog.notice.text() == "The host does not respond."
    backend.samples = QUIET
    qtbot.mouseClick(buttons(dialog)["Measure again"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.judgement is not None)
    assert dialog.notice.text() == ""
    dialog.close()


def test_a_measurement_can_be_stopped_and_what_was_found_is_kept(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, backend = busy_window(qtbot, tmp_path)

    def slow(machine: str, told: Callable[[DirtySample], None], wanted: Callable[[], bool]) -> Any:
        told(QUIET[0])
        told(QUIET[1])
        pause = threading.Event()
        while wanted():
            pause.wait(0.01)
        return QUIET[:2]

    monkeypatch.setattr(backend, "measure_writes", slow)
    dialog = MeasureDialog(shown, "vm-Web01")
    dialog.open()
    qtbot.waitUntil(lambda: len(dialog.samples) == 2)
    qtbot.mouseClick(buttons(dialog)["Stop"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.judgement is not None)
    assert len(dialog.samples) == 2
    assert dialog.bar.value() == 0
    dialog.close()


def test_closing_ends_the_measurement(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    ended = threading.Event()

    def slow(machine: str, told: Callable[[DirtySample], None], wanted: Callable[[], bool]) -> Any:
        pause = threading.Event()
        while wanted():
            pause.wait(0.01)
        ended.set()
        return ()

    monkeypatch.setattr(backend, "measure_writes", slow)
    dialog = MeasureDialog(shown, "vm-Web01")
    dialog.open()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert ended.wait(stretched(PATIENCE))


def test_a_machine_that_is_being_migrated_is_refused_with_the_reason(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    dialog = MeasureDialog(shown, "vm-Database")
    dialog.open()
    assert "Database is being migrated" in dialog.notice.text()
    assert dialog.samples == ()
    dialog.close()
