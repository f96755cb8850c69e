"""The page of a machine explains its last failover."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QLabel, QTabWidget

from fcm.model import events as ev
from fcm.model.failures import Candidate, Failover
from fcm.ui.failover.words import steps, summary
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.time_line import LEAST, TimeLine, widths
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import NOW
from tests.ui.window_by_hand import busy_window, named

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QImage
    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow
    from tests.ui.by_hand import Backend

WHY = (
    Candidate("node1", False, "Owns more services and applications (3) than node3 (1)."),
    Candidate("node2", False, "Is down."),
    Candidate("node3", True, "Owns the fewest services and applications (1)."),
)
FAILED = NOW + 200.0
DONE = Failover(
    "f1", "group-Web01", "node2 does not respond", "node2", "node3",
    FAILED, FAILED + 5.6, FAILED + 6.5, FAILED + 11.2, FAILED + 82.0, WHY,
)  # fmt: skip


def shown_page(qtbot: QtBot, folder: Path, *failovers: Failover) -> tuple[MainWindow, Backend, Any]:
    shown, backend = busy_window(qtbot, folder)
    assert shown.workspace is not None
    backend.tell(*map(ev.FailoverRecorded, failovers), at=300)
    shown.workspace.drain(60)
    shown.select(Selection(Place.MACHINE, "vm-Web01"))
    return shown, backend, shown.page


def front(page: Any) -> str:
    tabs = named(page, "Migration and failover", QTabWidget)
    return str(tabs.tabText(tabs.currentIndex()))


def test_it_says_what_failed_what_came_of_it_and_why_this_node(qtbot: QtBot, tmp_path: Path) -> None:
    _, _, page = shown_page(qtbot, tmp_path, DONE)
    assert front(page) == "Failover"
    assert named(page, "Cause of the failover", QLabel).text().endswith("node2 does not respond.")
    course = named(page, "Course of the failover", QLabel).text().replace("\N{NO-BREAK SPACE}", " ")
    assert course == (
        "node3 took Web01 over from node2. It was away for 11.2 s; its guest had booted 1 min 22 s after the failure."
    )
    view = named(page, "Nodes that were considered", TableView)
    rows = [[view.table.index(row, column).data() for column in range(3)] for row in range(view.table.rowCount())]
    assert rows == [[one.node, "Chosen" if one.chosen else "Not chosen", one.reason] for one in WHY]
    line = named(page, "Time line of the failover", TimeLine)
    assert line.accessibleDescription() == (
        "Detection 5.6 s, Arbitration 900 ms, Start 4.7 s, Boot 1 min 11 s; 1 min 22 s in all"
    )


def test_each_step_follows_as_it_is_recorded(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend, page = shown_page(
        qtbot, tmp_path, replace(DONE, destination=None, noticed=None, decided=None, online=None, booted=None)
    )
    line = named(page, "Time line of the failover", TimeLine)
    assert line.accessibleDescription() == "Detection in progress"
    with qtbot.waitSignal(shown.changed):
        backend.tell(ev.FailoverRecorded(replace(DONE, online=None, booted=None)), at=301)
    assert [step.words for step in line.steps][-1] == "in progress"
    assert "takes Web01 over" in named(page, "Course of the failover", QLabel).text()


def test_before_any_failover_it_says_what_will_be_here(qtbot: QtBot, tmp_path: Path) -> None:
    _, _, page = shown_page(qtbot, tmp_path)
    assert front(page) == "Live migration"
    page.tabs.setCurrentIndex(1)
    words = [label.text() for label in page.explainer.findChildren(QLabel) if label.isVisible()]
    assert words[0].startswith("Web01 has not failed over yet.")


def test_the_newer_of_migration_and_failover_comes_to_the_front_once(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend, page = shown_page(qtbot, tmp_path, DONE)
    page.tabs.setCurrentIndex(0)
    with qtbot.waitSignal(shown.changed):
        backend.tell(ev.FailoverRecorded(replace(DONE, outcome="Nothing else.")), at=301)
    assert front(page) == "Live migration"  # the user's choice stays
    with qtbot.waitSignal(shown.changed):
        backend.tell(ev.FailoverRecorded(replace(DONE, id="f2", failed=NOW + 400)), at=401)
    assert front(page) == "Failover"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["Detection", "Arbitration", "Start", "Boot"]),
        ({"booted": None}, ["Detection", "Arbitration", "Start", "Boot"]),
        ({"booted": None, "online": None, "outcome": "No node could own it."}, ["Detection", "Arbitration"]),
        ({"noticed": None, "decided": None, "booted": None, "online": None}, ["Detection"]),
        ({"noticed": None}, ["Detection", "Start", "Boot"]),
        ({"noticed": FAILED, "decided": FAILED}, ["Start", "Boot"]),
    ],
)
def test_steps_are_those_that_were_taken(changes: dict[str, Any], expected: list[str]) -> None:
    found = steps(replace(DONE, **changes))
    assert [step.name for step in found] == expected
    known = [step.seconds for step in found if step.seconds is not None]
    assert all(value > 0 for value in known)


def test_a_failover_that_found_no_node_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _, _ = shown_page(qtbot, tmp_path)
    lost = replace(DONE, destination=None, online=None, booted=None, outcome="No node could own it")
    assert summary(lost, shown.state).course == "No node could own it."


def test_short_steps_keep_the_room_for_their_words_and_all_fill_the_line() -> None:
    found = widths([0.1, 5.0, 50.0], 600.0, [LEAST, LEAST, LEAST])
    assert found[:2] == [LEAST, LEAST]
    assert sum(found) == pytest.approx(600.0)
    assert sum(widths([0.0, None], 600.0, [60.0, 60.0])) == pytest.approx(600.0)
    assert sum(widths([1.0] * 4, 100.0, [60.0] * 4)) == pytest.approx(100.0)
    assert widths([], 600.0, []) == []
    even = widths([2.0, 2.0], 600.0, [60.0, 60.0])
    assert even == [300.0, 300.0]


def test_a_failover_that_took_no_time_at_all_is_an_empty_line(qtbot: QtBot, tmp_path: Path) -> None:
    at_once = replace(DONE, noticed=FAILED, decided=FAILED, online=None, booted=None, outcome="No node could own it.")
    _, _, page = shown_page(qtbot, tmp_path, at_once)
    line = named(page, "Time line of the failover", TimeLine)
    assert line.steps == ()
    assert not line.grab().isNull()


def test_the_line_is_painted(qtbot: QtBot, tmp_path: Path) -> None:
    _, _, page = shown_page(qtbot, tmp_path, DONE)
    line = named(page, "Time line of the failover", TimeLine)
    image: QImage = line.grab().toImage()
    colours = {image.pixel(x, line.height() // 2) for x in range(0, line.width(), 3)}
    assert len(colours) > 4
