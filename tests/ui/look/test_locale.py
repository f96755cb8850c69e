"""Numbers of the window are written in one way, whatever the locale of the computer."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QDoubleSpinBox

from fcm.ui.dialogs.machine_settings import MemoryBox
from fcm.ui.tables.table_view import TableView
from fcm.ui.window.start import make_application
from tests.ui.window_by_hand import busy_window, context, named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def german() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    yield
    QLocale.setDefault(before)


@pytest.mark.usefixtures("german")
def test_boxes_of_numbers_write_them_as_the_lists_do(qtbot: QtBot, tmp_path: Path) -> None:
    make_application(context(tmp_path))
    memory = MemoryBox("Memory", 8 << 30)
    qtbot.addWidget(memory)
    assert memory.text() == "8,192 MiB"
    rate = QDoubleSpinBox()
    qtbot.addWidget(rate)
    rate.setValue(1.5)
    assert rate.text() == "1.50"


def test_the_window_says_its_time_zone_and_an_exported_list_has_utc(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    label = named(shown, "Time zone")
    assert label.text().startswith("UTC")
    assert "Exported files have UTC." in label.toolTip()
    shown.docks["Events"].show()
    shown.docks["Events"].raise_()
    view = shown.docks["Events"].findChild(TableView)
    assert view is not None
    qtbot.waitUntil(lambda: view.table.rowCount() > 0)
    place = [column.title for column in view.table.columns].index("Date and Time")
    hint = view.table.headerData(place, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert str(hint).startswith("Local time (UTC")
    heading, first, *_ = csv.reader(io.StringIO(view.as_csv(), newline=""))
    assert heading[place] == "Date and Time (UTC)"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first[place])
