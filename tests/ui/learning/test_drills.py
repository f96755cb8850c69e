"""Drills at the window: chosen from the list, diagnosed, mended, handed in and graded."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QRadioButton,
    QSpinBox,
    QTextBrowser,
)

from fcm.app import make_context
from fcm.ui.learning.chooser import Chooser
from fcm.ui.tour.driver import Driver
from fcm.ui.tour.patience import PATIENCE, stretched
from fcm.ui.window.main_window import MainWindow
from fcm.ui.window.qactions import OF_FAILURES, entries
from fcm.workspace.files import settings as st
from fcm.workspace.selection import Place, Selection
from tests.ui.window_by_hand import named
from tests.unit.learning.attempts import SOLUTIONS, shipped

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.learning.drill_view import DrillView

pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support (raise|grabbing)")
DRIVER = Driver()
NAME, SEED = "lost-witness", 5


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """A window without an open cluster."""
    monkeypatch.setenv("FCM_DATA", str(tmp_path))
    made = MainWindow(make_context())
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    return made


def begin(window: MainWindow, name: str = NAME) -> DrillView:
    """Choose a drill in the list, give it a seed, begin it."""
    drill = shipped(name, SEED)
    DRIVER.press("Courses and drills")
    view = DRIVER.find(QListWidget, "Drills")
    DRIVER.wait(view.count, "the list of drills")
    DRIVER.click_row("Drills", f"{drill.level}  {drill.title}")
    DRIVER.type_into("Seed", str(SEED))
    DRIVER.press("Begin the drill")
    DRIVER.wait(lambda: window.workspace and window.state.cluster, "the cluster of the drill")
    shown: Any = window.docks["Learn"]
    view_of: DrillView = shown.drill
    return view_of


def diagnose(number: int) -> None:
    text = shipped(NAME, SEED).diagnoses[number - 1].text
    DRIVER.press(f"Diagnosis {number}: {text}", QRadioButton)


def hand_in(view: DrillView) -> None:
    DRIVER.press("Hand in")
    DRIVER.wait(lambda: view.grade, "the grade")
    DRIVER.find(QTextBrowser, "Report")
    DRIVER.wait(lambda: named_enabled("Open in browser"), "the report to be saved")
    DRIVER.press("Close")
    DRIVER.wait_for_no_dialog()


def named_enabled(name: str) -> bool:
    button = DRIVER.look_for(QAbstractButton, name)
    return button is not None and button.isEnabled()


def test_a_drill_is_solved_at_the_window_and_its_report_is_saved(window: MainWindow, tmp_path: Path) -> None:
    drill = shipped(NAME, SEED)
    view = begin(window)
    assert named(window, "Story", QLabel).text().split("\n\n")[0] == " ".join(drill.story.split("\n\n")[0].split())
    assert not named(window, "Hand in", QAbstractButton).isEnabled()
    DRIVER.press("Show Console")
    command = DRIVER.find(QPlainTextEdit, "Command")
    solution = (SOLUTIONS / f"{NAME}.ps1").read_text(encoding="utf-8").splitlines()[0]
    DRIVER.type_into("Command", drill.variation.said(solution))
    DRIVER.key(Qt.Key.Key_Return, widget=command)
    DRIVER.wait(lambda: view._running is not None and view._running.is_mended, "the quorum to be mended")
    diagnose(drill.right)
    hand_in(view)
    assert view.grade is not None
    assert (view.grade.is_passed, view.grade.points) == (True, 100)
    assert named(window, "Result", QLabel).text().startswith("Solved: 100 of 100 points.")
    (report,) = (tmp_path / "reports").glob("*.html")
    page = report.read_text(encoding="utf-8")
    assert "Set-ClusterQuorum" in page
    assert "chosen" in page


def test_the_tempting_diagnosis_and_hints_cost_points(window: MainWindow) -> None:
    drill = shipped(NAME, SEED)
    view = begin(window)
    DRIVER.press("Take a hint (10 points)")
    assert named(window, "Hint 1", QLabel).text() == f"Hint 1: {drill.hints[0].text}"
    diagnose(drill.tempting[0])
    hand_in(view)
    assert view.grade is not None
    assert not view.grade.is_passed
    assert view.grade.hints == 1
    assert named(window, "Result", QLabel).text().startswith("Not solved: neither the diagnosis nor the state")


def test_what_has_failed_is_for_the_student_to_find(window: MainWindow) -> None:
    view = begin(window)
    workspace = window.workspace
    assert workspace is not None
    assert workspace.state.faults
    assert not window.state.faults
    places = [
        Selection(Place.NODE, next(iter(window.state.nodes))),
        Selection(Place.DISK, next(iter(window.state.disks))),
    ]
    shown = {entry.action.id for place in places for entry in entries(workspace, (place,))}
    assert not shown & OF_FAILURES
    DRIVER.press("Show Console")
    DRIVER.type_into("Command", "Get-ClusterFault")
    DRIVER.key(Qt.Key.Key_Return, widget=DRIVER.find(QPlainTextEdit, "Command"))
    DRIVER.wait(lambda: "ObjectNotFound" in DRIVER.find(QPlainTextEdit, "Console").toPlainText(), "the refusal")
    DRIVER.type_into("Object for the technician", "Volume 1")
    DRIVER.press("Call the technician")
    assert named(window, "Answer of the technician", QLabel).text() == "Volume 1: no such failure was found."
    DRIVER.type_into("Object for the technician", "witness disk")
    DRIVER.choose("Failure for the technician", "Lose the LUN")
    DRIVER.press("Call the technician")
    DRIVER.wait(lambda: not workspace.state.faults, "the repair")
    assert view.grade is None


def test_a_closed_drill_leaves_nothing_behind(window: MainWindow, tmp_path: Path) -> None:
    begin(window)
    DRIVER.press("Close the drill")
    DRIVER.wait(lambda: window.workspace is None, "the cluster to be closed")
    assert DRIVER.find(QListWidget, "Drills").isVisible()
    assert not list((tmp_path / "journals").glob("*")) or not (tmp_path / "journals").exists()
    assert window.context.settings.get(st.OPEN) == []
    assert window.context.settings.get(st.RECENT) == {}


def test_a_class_file_gives_each_student_a_seed(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "class.toml"
    path.write_text(
        'format = 1\n[[students]]\nname = "Ann"\nseed = 12\n[[students]]\nname = "Bo"\nseed = 13\n', "utf-8"
    )
    DRIVER.press("Courses and drills")
    box = DRIVER.find(QComboBox, "Student")
    shown: Any = window.docks["Learn"]
    shown.chooser.take_class(path)
    DRIVER.wait(lambda: box.currentText() == "Ann", "the class")
    assert named(window, "Seed", QSpinBox).value() == 12
    DRIVER.choose("Student", "Bo")
    assert named(window, "Seed", QSpinBox).value() == 13
    path.write_text('format = 1\n[[students]]\nname = "Ann"\nseed = -1\n', "utf-8")
    shown.chooser.take_class(path)
    DRIVER.wait(lambda: window.messages.strips, "the reason")
    assert f"{path}, line 4" in window.messages.strips[0].remedy


def test_the_list_says_that_it_is_being_read_until_it_is_there(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_read = threading.Event()
    read = Chooser._read

    def slowly(chooser: Chooser) -> Any:
        may_read.wait(stretched(PATIENCE))
        return read(chooser)

    monkeypatch.setattr(Chooser, "_read", slowly)
    DRIVER.press("Courses and drills")
    shown: Any = window.docks["Learn"]

    def said() -> list[str]:
        return [label.text() for label in shown.chooser.findChildren(QLabel) if "Reading courses" in label.text()]

    assert said() == ["Reading courses and drills..."]
    may_read.set()
    DRIVER.wait(lambda: not said(), "the list")
    assert DRIVER.find(QListWidget, "Drills").count() > 10
