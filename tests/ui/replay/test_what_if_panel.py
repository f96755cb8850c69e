"""Sliders under a kept migration: the curve of what would have been is drawn beside what was, and named predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from fcm import resources
from fcm.ui.migration import RecordingWindow
from fcm.ui.migration.recordings.recorded import shown
from fcm.ui.migration.recordings.recording_window import Source
from fcm.ui.migration.sliders import WideSlider
from fcm.ui.tour.driver import Driver
from fcm.workspace.history import History
from fcm.workspace.replay.opening import open_past
from tests.ui.parts import is_idle, part
from tests.unit.replay.lived import URI, lived

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
DRIVER = Driver()


@pytest.fixture
def kept(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RecordingWindow:
    """The window of a kept live migration."""
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    lived().close()
    past = open_past(URI)
    history = History(past.journal.follow(), past.journal, simulated=True)
    (recording, *_) = history.recordings([one for one in history.migrations() if one.has_rows]).values()
    past.journal.close()
    window = RecordingWindow(Source("SQL01", lambda: shown("SQL01", recording)))
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.plot.loaded):
        window.show()
    qtbot.waitUntil(lambda: is_idle(window) and window.what_if.isEnabled())
    return window


def legend(window: RecordingWindow) -> str:
    return part(window.plot, QLabel, "legend").toolTip()


def test_a_slider_that_moves_draws_what_would_have_been_and_as_it_was_takes_it_away(
    qtbot: QtBot, kept: RecordingWindow
) -> None:
    assert "Predicted from the known workload" in legend(kept)
    slider = DRIVER.find(WideSlider, "Bandwidth")
    slider.setFocus()
    for _ in range(3):
        DRIVER.key(Qt.Key.Key_PageUp, widget=slider)
    qtbot.waitUntil(lambda: kept.what_if.is_settled and kept.what_if.found is not None)
    assert legend(kept) == "Simulated, What if (predicted)"
    assert kept.what_if.text().startswith("Predicted from the known workload:")
    assert kept.what_if.found is not None
    faster = kept.what_if.found.prediction.total
    DRIVER.press("As it was")
    qtbot.waitUntil(lambda: "Predicted from the known workload" in legend(kept))
    assert kept.what_if.found is None
    writes = DRIVER.find(WideSlider, "Memory writes")
    writes.setFocus()
    DRIVER.key(Qt.Key.Key_Home, widget=writes)
    DRIVER.choose("Hypervisor", "QEMU 8.1" if kept.what_if.preset.findText("QEMU 8.1") >= 0 else "As")
    qtbot.waitUntil(lambda: kept.what_if.is_settled and kept.what_if.found is not None)
    assert kept.what_if.found.wish.writes == pytest.approx(0.01)
    assert kept.what_if.found.prediction.total != faster


def test_a_recording_without_a_kept_case_has_no_such_sliders(qtbot: QtBot) -> None:
    window = RecordingWindow(sorted(resources.path("recordings").glob("*.json"))[0])
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.plot.loaded):
        window.show()
    qtbot.waitUntil(lambda: is_idle(window))
    assert not window.what_if.isVisible()
