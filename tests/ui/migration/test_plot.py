from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QWidget

from fcm.migration.recordings.recording import Recording
from fcm.ui.migration.plots.plot import ConvergencePlot
from tests.ui.parts import part, text_of
from tests.unit.window.course_by_hand import MIB, outlook, sawtooth

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.migration.plots.canvas import Canvas

MEMORY = 64 * MIB


def recording(count: int | None = None, memory: int = MEMORY) -> Recording:
    made = Recording(memory=memory, downtime_limit=0.3)
    for row in sawtooth(memory)[:count]:
        made.append(row)
    return made


@pytest.fixture
def plot(qtbot: QtBot) -> ConvergencePlot:
    made = ConvergencePlot()
    made.title = "Live migration of SQL1: node1 to node2"
    qtbot.addWidget(made)
    made.resize(600, 400)
    with qtbot.waitSignal(made.loaded):
        made.show()
    return made


def canvas(plot: ConvergencePlot) -> Canvas:
    found = plot.canvas()
    assert found is not None
    return found


def test_everything_is_in_view_at_first(plot: ConvergencePlot) -> None:
    plot.show_traces([("SQL1", recording())], True)
    (left, right), (low, high) = canvas(plot).view_range()
    assert (left, low) == (0.0, 0.0)
    assert right >= recording().time[-1]
    assert high > MEMORY


def test_the_time_axis_reaches_as_far_as_the_forecast(plot: ConvergencePlot) -> None:
    running = recording(30)
    plot.show_traces([("SQL1", running)], False)
    plot.show_outlook(outlook(), 2.0 * MIB, "last copy fits")
    plot.show_traces([("SQL1", running)], False)
    assert canvas(plot).view_range()[0][1] > 2 * running.time[-1]


def test_a_zoom_by_hand_stays_until_it_is_reset(plot: ConvergencePlot, qtbot: QtBot) -> None:
    growing = recording(30)
    plot.show_traces([("SQL1", growing)], False)
    canvas(plot).zoom(0.5)
    zoomed = canvas(plot).view_range()
    for row in sawtooth(MEMORY)[30:]:
        growing.append(row)
    plot.show_traces([("SQL1", growing)], False)
    assert canvas(plot).view_range() == zoomed
    qtbot.mouseClick(plot.reset, Qt.MouseButton.LeftButton)
    assert canvas(plot).view_range()[0][1] >= growing.time[-1]


def test_a_double_click_into_the_plot_shows_everything_again(plot: ConvergencePlot, qtbot: QtBot) -> None:
    shown = recording()
    plot.show_traces([("SQL1", shown)], True)
    area = part(plot, QWidget, "convergencePlotArea")
    canvas(plot).zoom(0.2)
    qtbot.mouseClick(area, Qt.MouseButton.LeftButton, pos=area.rect().center())
    assert canvas(plot).view_range()[0][1] < shown.time[-1], "a single click changes nothing"
    qtbot.mouseDClick(area, Qt.MouseButton.LeftButton, pos=area.rect().center())
    qtbot.waitUntil(lambda: canvas(plot).view_range()[0][1] >= shown.time[-1])


def test_another_migration_begins_with_a_view_of_its_own(plot: ConvergencePlot) -> None:
    plot.show_traces([("SQL1", recording())], True)
    canvas(plot).zoom(0.2)
    plot.show_traces([("WEB1", recording(memory=4 * MEMORY))], True)
    assert canvas(plot).view_range()[1][1] > 4 * MEMORY


def test_the_logarithmic_scale_shows_less_than_a_mebibyte_and_all_of_the_memory(plot: ConvergencePlot) -> None:
    plot.show_traces([("SQL1", recording())], True)
    plot.log.setChecked(True)
    low, high = canvas(plot).view_range()[1]
    assert 0 < low < MIB
    assert high > MEMORY


def test_both_rates_share_one_axis_on_the_right(plot: ConvergencePlot) -> None:
    plot.show_traces([("SQL1", recording())], True)
    assert canvas(plot).rate_range() is None
    plot.transfer.setChecked(True)
    of_transfer = canvas(plot).rate_range()
    assert of_transfer is not None
    assert of_transfer[0] == 0
    assert of_transfer[1] > 8
    plot.transfer.setChecked(False)
    plot.dirty.setChecked(True)
    of_writes = canvas(plot).rate_range()
    assert of_writes is not None
    assert of_writes[1] < 8
    assert "Dirty rate" in part(plot, QLabel, "legend").toolTip()


def test_the_crosshair_steps_from_row_to_row_by_keyboard(plot: ConvergencePlot, qtbot: QtBot) -> None:
    shown = recording()
    plot.show_traces([("SQL1", shown)], True)
    seen: list[object] = []
    canvas(plot).pointed.connect(seen.append)
    canvas(plot).step_cursor(-1)
    canvas(plot).step_cursor(-1)
    canvas(plot).step_cursor(1)
    assert seen == [len(shown) - 1, len(shown) - 2, len(shown) - 1]
    assert text_of(plot, "Readout").startswith(f"{shown.time[-1]:.1f} s")
    plot.crosshair.setChecked(False)
    assert seen[-1] is None


def test_degenerate_migrations_are_shown_without_complaint(plot: ConvergencePlot) -> None:
    empty, single, nothing = Recording(), recording(1), Recording(memory=0)
    for row in sawtooth(MEMORY)[:3]:
        nothing.append(row)
    for one in (empty, single, nothing):
        plot.show_traces([("x", one)], False)
        plot.log.toggle()
        canvas(plot).step_cursor(1)
        assert canvas(plot).view_range()[0][1] > 0
    plot.show_traces([], True)
    assert not plot.export.isEnabled()


def test_a_predicted_course_is_laid_over_and_named(plot: ConvergencePlot) -> None:
    plot.show_traces([("Measured", recording())], True)
    plot.show_predicted("Predicted", (np.array([0.0, 12.0]), np.array([float(MEMORY), 0.0])))
    assert part(plot, QLabel, "legend").toolTip() == "Measured, Predicted"
    assert canvas(plot).view_range()[0][1] >= 12.0
    plot.show_predicted("", None)
    assert part(plot, QLabel, "legend").toolTip() == "Measured"


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_what_is_shown_can_be_exported(plot: ConvergencePlot, qtbot: QtBot, tmp_path: Path, kind: str) -> None:
    plot.show_traces([("SQL1", recording())], True)
    plot.show_outlook(None, 2.0 * MIB, "last copy fits 300 ms below 2 MiB")
    with qtbot.waitSignal(plot.said) as said:
        plot.save(tmp_path / f"plot.{kind}", kind)
    assert said.args == [f"Saved as {tmp_path / f'plot.{kind}'}.", "pass"]
    data = (tmp_path / f"plot.{kind}").read_bytes()
    if kind == "png":
        image = QImage.fromData(data)
        assert (image.width(), image.height()) == (2000, 1120)
        assert image.pixelColor(1980, 20).lightness() > 240
    else:
        assert data.startswith(b"<svg" if kind == "svg" else b"time (s),pass,")


def test_an_export_that_fails_is_told_in_a_sentence(plot: ConvergencePlot, qtbot: QtBot, tmp_path: Path) -> None:
    plot.show_traces([("SQL1", recording())], True)
    with qtbot.waitSignal(plot.said) as said:
        plot.save(tmp_path / "missing" / "plot.png", "png")
    text, level = said.args
    assert level == "fail"
    assert "could not be written: No such file or directory" in text


def test_the_export_asks_for_a_name_made_of_the_title(plot: ConvergencePlot) -> None:
    from PySide6.QtWidgets import QFileDialog

    plot.show_traces([("SQL1", recording())], True)
    menu = plot.export.menu()
    assert menu is not None
    next(action for action in menu.actions() if action.text() == "Rows as &CSV...").trigger()
    (dialog,) = plot.findChildren(QFileDialog)
    assert dialog.selectedFiles()[0].endswith("live-migration-of-sql1-node1-to-node2.csv")
    dialog.reject()
