from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.migration.recordings.recording import Recording
from fcm.migration.recordings.rows_csv import HEADER, rows_as_csv
from fcm.ui.migration.exports import ExportError, save_svg, save_text
from fcm.ui.migration.plots.figure import Figure, Line, svg, ticks
from tests.unit.window.course_by_hand import sawtooth

if TYPE_CHECKING:
    from pathlib import Path

MIB = 2**20


def recording() -> Recording:
    made = Recording(memory=64 * MIB)
    for row in sawtooth():
        made.append(row)
    return made


def figure(logarithmic: bool = False) -> Figure:
    measured = recording()
    x, y = measured.time.copy(), measured.remaining.astype(float)
    return Figure(
        "SQL1 & co: node1 to node2",
        (Line("Measured <1>", x, y, "#0067c0"), Line("Forecast", x, y * 1.1, "#c24e00", dashed=True)),
        (0.0, 12.0),
        (64 * 1024.0 if logarithmic else 0.0, 70.0 * MIB),
        logarithmic,
        "#ffffff",
        "#444444",
        "#d5d5d5",
        passes=tuple((one.number, one.begin) for one in measured.passes()),
        limit=2.0 * MIB,
        limit_text="last copy fits",
        band=(x, y * 0.9, y * 1.2),
    )


@pytest.mark.parametrize("logarithmic", [False, True])
def test_the_picture_is_well_formed_and_tells_everything_that_the_plot_does(logarithmic: bool) -> None:
    root = ElementTree.fromstring(svg(figure(logarithmic)))
    words = [element.text for element in root.iter() if element.text and element.text.strip()]
    assert {"SQL1 & co: node1 to node2", "Measured <1>", "Forecast", "last copy fits", "Pass 1"} <= set(words)
    assert "Memory left to send (MiB)" in words
    lines = [element for element in root.iter() if element.tag.endswith("polyline")]
    assert len(lines) == 2
    assert all(len(line.get("points", "").split()) == len(recording()) for line in lines)


def test_a_curve_falls_in_the_picture_where_memory_falls() -> None:
    root = ElementTree.fromstring(svg(figure()))
    line = next(element for element in root.iter() if element.tag.endswith("polyline"))
    points = np.array([[float(v) for v in pair.split(",")] for pair in line.get("points", "").split()])
    assert (np.diff(points[:, 0]) >= 0).all()
    assert points[0, 1] < points[50, 1]


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_lie_inside_the_axis_and_are_evenly_spaced(low: float, length: float) -> None:
    found = ticks(low, low + length)
    assert 1 <= len(found) <= 10
    slack = 1e-6 * length + 1e-9 * abs(low)
    assert all(low - slack <= tick <= low + length + slack for tick in found)
    steps = np.diff(found)
    assert np.allclose(steps, steps[:1].mean() if len(steps) else 0.0, rtol=1e-3)


def test_rows_are_exported_with_a_header_that_names_the_units() -> None:
    rows = list(csv.reader(io.StringIO(rows_as_csv(recording()))))
    assert tuple(rows[0]) == HEADER
    assert len(rows) == len(recording()) + 1
    assert rows[1][:5] == ["0.000", "1", "brownout", str(64 * MIB), "0"]
    assert rows[-1][2] == "completed"


def test_a_file_that_cannot_be_written_gets_a_sentence(tmp_path: Path) -> None:
    for save in (lambda path: save_text(path, "x"), lambda path: save_svg(path, figure())):
        with pytest.raises(ExportError, match=r"could not be written: .*Choose another folder or name\."):
            save(tmp_path / "missing" / "plot.svg")


def test_a_written_picture_is_the_drawn_one(tmp_path: Path) -> None:
    save_svg(tmp_path / "plot.svg", figure())
    assert (tmp_path / "plot.svg").read_text(encoding="utf-8") == svg(figure())
