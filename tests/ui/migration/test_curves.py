from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from fcm.ui.migration.plots.curves import Band, Boundaries, Curves, Grid, thinned, visible

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from fcm.migration.arrays import Floats


SIZE = 200
HEIGHTS = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=60)


@pytest.fixture
def area(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(SIZE, SIZE)
    return widget


def painted(item: Curves | Band | Boundaries | Grid, area: QWidget, scale: float = 1.0) -> QImage:
    image = QImage(SIZE, SIZE, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    painter = QPainter(image)
    painter.setClipRect(0, 0, SIZE, SIZE)
    painter.scale(scale, scale)
    item.paint(painter, QStyleOptionGraphicsItem(), area)
    painter.end()
    return image


def coloured(image: QImage) -> int:
    return sum(image.pixel(x, y) != 0xFFFFFFFF for x in range(SIZE) for y in range(SIZE))


def test_a_curve_grows_by_what_came_and_keeps_what_was(area: QWidget) -> None:
    points: list[tuple[Floats, Floats]] = [(np.arange(50.0), np.full(50, 100.0))]
    curves = Curves()
    curves.set_curves([(lambda: points[0], "#0000ff", 2.0)])
    half = painted(curves, area)
    points[0] = (np.arange(100.0), np.full(100, 100.0))
    whole = painted(curves, area)
    assert half.pixelColor(25, 100).blue() > 200
    assert half.pixelColor(75, 100).red() == 255
    assert whole.pixelColor(25, 100).red() < 60
    assert whole.pixelColor(75, 100).red() < 60


def test_only_the_new_points_are_drawn_while_the_view_stays(area: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    monkeypatch.setattr("fcm.ui.migration.plots.curves.thinned", lambda x, y, _: (lengths.append(len(x)), (x, y))[1])
    count = 50
    curves = Curves()
    curves.set_curves([(lambda: (np.arange(float(count)), np.zeros(count)), "#0000ff", 1.0)])
    painted(curves, area)
    count = 60
    painted(curves, area)
    painted(curves, area, scale=1.5)
    assert lengths == [50, 11, 60]


def test_the_last_curve_lies_on_top(area: QWidget) -> None:
    line = (np.arange(float(SIZE)), np.full(SIZE, 100.0))
    curves = Curves()
    curves.set_curves([(lambda: line, "#ff0000", 3.0), (lambda: line, "#0000ff", 3.0)])
    assert painted(curves, area).pixelColor(100, 100).blue() > 200


@given(HEIGHTS, st.integers(100, 300))
def test_thinning_keeps_the_highest_and_the_lowest_point(heights: list[float], width: int) -> None:
    y = np.resize(np.array(heights), 9000)
    x = np.linspace(0, width, len(y))
    few_x, few_y = thinned(x, y, width)
    assert len(few_x) <= 4 * width + 100
    assert (np.diff(few_x) > 0).all()
    assert few_y.max() == y.max()
    assert few_y.min() == y.min()
    assert (few_x[0], few_x[-1]) == (x[0], x[-1])


def test_points_outside_the_view_are_left_out_but_for_the_next_ones() -> None:
    x, _ = visible(np.arange(-1000.0, 1000.0, 10.0), np.zeros(200), 100)
    assert x[0] == pytest.approx(-10.0)
    assert x[-1] == pytest.approx(110.0)


def test_the_band_is_filled_between_its_edges_and_can_be_taken_away(area: QWidget) -> None:
    band = Band()
    band.set_colour("#0000ff")
    x = np.array([0.0, 200.0])
    band.set_band(x, np.array([50.0, 50.0]), np.array([100.0, 100.0]), np.array([150.0, 150.0]))
    image = painted(band, area)
    assert image.pixelColor(100, 70).red() < 255
    assert image.pixelColor(100, 20).red() == 255
    band.set_band(*[np.zeros(0)] * 4)
    assert coloured(painted(band, area)) == 0


def test_the_first_pass_has_no_line_and_the_next_ones_do(area: QWidget) -> None:
    boundaries = Boundaries()
    boundaries.set_passes([(1, 0.0)])
    assert coloured(painted(boundaries, area)) > 0
    boundaries.set_passes([(1, 0.0), (2, 120.0)])
    image = painted(boundaries, area)
    assert any(image.pixel(120, y) != 0xFFFFFFFF for y in range(50, 150))
    assert not any(image.pixel(0, y) != 0xFFFFFFFF for y in range(50, 150))


def test_a_thousand_passes_leave_room_between_their_lines(area: QWidget) -> None:
    boundaries = Boundaries()
    boundaries.set_passes([(number + 1, number * 0.2) for number in range(1000)])
    image = painted(boundaries, area)
    columns = sum(any(image.pixel(x, y) != 0xFFFFFFFF for y in range(60, 120)) for x in range(SIZE))
    assert columns <= SIZE // 3 + 1


def test_grid_lines_lie_where_they_are_put(area: QWidget) -> None:
    grid = Grid()
    grid.set_colour("#ff0000")
    grid.set_lines([40.0], [80.0])
    image = painted(grid, area)
    assert image.pixelColor(40, 10).green() == 0
    assert image.pixelColor(10, 80).green() == 0
    assert image.pixelColor(10, 10).green() == 255
