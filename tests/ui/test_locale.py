"""Numbers of the window are written in one way, whatever the locale of the computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QDoubleSpinBox

from fcm.ui.dialogs.machine_settings import MemoryBox
from fcm.ui.start import make_application
from tests.ui.window_by_hand import context

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
