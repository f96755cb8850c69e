from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QComboBox, QLabel

from fcm import resources
from fcm.ui.migration import RecordingWindow
from fcm.ui.tour.patience import PATIENCE, stretched
from fcm.ui.widgets.recording_titles import recording_title
from tests.ui.parts import is_idle, part

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

SHIPPED = sorted(resources.path("recordings").glob("*.json"))


def opened(qtbot: QtBot, path: Path) -> RecordingWindow:
    window = RecordingWindow(path)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.plot.loaded):
        window.show()
    qtbot.waitUntil(lambda: is_idle(window))
    return window


def test_a_recording_is_shown_with_the_prediction_laid_over_it(qtbot: QtBot) -> None:
    window = opened(qtbot, SHIPPED[0])
    assert window.text().startswith("Measured on real QEMU: 1")
    assert part(window.plot, QLabel, "legend").toolTip() == "Measured, Predicted from the case alone"
    assert window.figures.topLevelItemCount() == 4
    assert window.passes.model().rowCount() > 3


def test_the_prediction_can_be_made_with_what_the_run_achieved(qtbot: QtBot) -> None:
    window = opened(qtbot, SHIPPED[0])
    part(window, QComboBox, "Prediction").setCurrentIndex(1)
    part(window, QComboBox, "Prediction").activated.emit(1)
    assert part(window.plot, QLabel, "legend").toolTip() == "Measured, Predicted with the achieved rates"


def test_the_other_shipped_recordings_are_one_choice_away(qtbot: QtBot) -> None:
    window = opened(qtbot, SHIPPED[0])
    assert part(window, QComboBox, "Recording").count() == len(SHIPPED)
    part(window, QComboBox, "Recording").setCurrentIndex(1)
    part(window, QComboBox, "Recording").activated.emit(1)
    qtbot.waitUntil(lambda: is_idle(window))
    assert window.windowTitle().startswith(recording_title(SHIPPED[1]))


def test_every_shipped_recording_has_a_title_of_its_own() -> None:
    titles = [recording_title(path) for path in SHIPPED]
    assert len(set(titles)) == len(SHIPPED)
    assert not [title for title, path in zip(titles, SHIPPED, strict=True) if title == path.stem]


def test_a_file_that_is_no_recording_is_told_and_another_can_be_chosen(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "notes.json").write_text("not a recording", encoding="utf-8")
    window = opened(qtbot, tmp_path / "notes.json")
    assert window.text().startswith("notes.json is not a recording that can be shown.")
    assert not window.details.isEnabled()
    assert part(window, QComboBox, "Recording").itemText(0) == "notes"
    window.open(SHIPPED[0])
    qtbot.waitUntil(lambda: is_idle(window))
    assert window.text().startswith("Measured on real QEMU")
    assert window.details.isEnabled()


def test_closing_while_it_reads_leaves_nothing_behind(qtbot: QtBot) -> None:
    window = RecordingWindow(SHIPPED[0])
    qtbot.addWidget(window)
    (work,) = [one for one in threading.enumerate() if one.name == "work of RecordingWindow"]
    window.close()
    work.join(stretched(PATIENCE))
    assert not work.is_alive()
    assert not window.isVisible()


@pytest.mark.parametrize("width", [640, 1280])
def test_it_fits_narrow_and_wide_windows(qtbot: QtBot, width: int) -> None:
    window = opened(qtbot, SHIPPED[0])
    window.resize(width, 560)
    assert window.width() == width
    assert window.details.tabs.count() == (4 if width < 900 else 3)
