from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.migration.recordings.recording import PassFigures
from fcm.ui.migration.pass_table import PassModel, PassTable

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot


def passes(count: int, sent: int = 100) -> list[PassFigures]:
    return [PassFigures(number, number * 1.0, 0.5, 200, sent, 50, 1e6) for number in range(1, count + 1)]


def test_the_model_keeps_its_promises_while_passes_come_and_go(qtmodeltester: ModelTester) -> None:
    model = PassModel()
    qtmodeltester.check(model)
    for count in (0, 1, 3, 3, 1, 0, 5):
        model.show_passes(passes(count))
    assert model.rowCount() == 5


def test_only_changed_rows_are_told(qtbot: QtBot) -> None:
    model = PassModel()
    model.show_passes(passes(3))
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    model.show_passes(passes(3))
    assert told == []
    model.show_passes([*passes(2), *passes(3, sent=180)[2:]])
    assert told == [(2, 2)]


def test_the_newest_pass_stays_in_view_while_the_end_is_looked_at(qtbot: QtBot) -> None:
    table = PassTable()
    qtbot.addWidget(table)
    table.resize(500, 150)
    table.show()
    table.show_passes(passes(60))
    table.show_passes(passes(80))
    bar = table.verticalScrollBar()
    assert bar.value() == bar.maximum()
    bar.setValue(0)
    table.show_passes(passes(90))
    assert bar.value() == 0


def test_headings_name_the_unit(qtbot: QtBot) -> None:
    table = PassTable()
    qtbot.addWidget(table)
    headings = [table.model().headerData(column, table.horizontalHeader().orientation()) for column in range(6)]
    assert [heading for heading in headings if "pages" in heading] == headings[1:4]
