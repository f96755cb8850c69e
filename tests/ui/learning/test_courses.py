"""Guided courses in the window: done by what the panel says and frames, by Show me, and by whatever else does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget

from fcm.app import make_context
from fcm.model import commands as cmd
from fcm.ui.console.input import ConsoleInput
from fcm.ui.learning import guide, showing
from fcm.ui.learning.finding import Target
from fcm.ui.learning.mark import Frame
from fcm.ui.tour.driver import Driver
from fcm.ui.tour.following import follow
from fcm.ui.window.main_window import MainWindow
from fcm.workspace.files.settings import COURSES
from fcm.workspace.learning.course import load_course, shipped_courses
from fcm.workspace.learning.moves import Act, Move
from fcm.workspace.selection import Place
from tests.ui.window_by_hand import named

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support (raise|grabbing)")
DRIVER = Driver()
GUIDE = "live-migration"


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """A window without an open cluster; its settings and clusters are those of a new user."""
    monkeypatch.setenv("FCM_DATA", str(tmp_path))
    made = MainWindow(make_context())
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    return made


def said(window: MainWindow) -> str:
    """What the panel says is to be done next."""
    text: str = named(window, "Next move", QLabel).text()
    return text


def step_of(window: MainWindow) -> str:
    """The title of the step in the panel; empty as long as no course is shown."""
    titles = [one for one in window.findChildren(QLabel) if one.accessibleName() == "Title of the step"]
    return next((one.text() for one in titles if one.isVisible()), "")


def framed() -> str:
    """What is framed, in the words of the frame; "" if nothing is."""
    for top in QApplication.topLevelWidgets():
        for frame in top.findChildren(Frame):
            if frame.isVisible():
                return frame.accessibleDescription()
    return ""


def begin(window: MainWindow, at: int = 0) -> None:
    """Begin the guide from the start page, or go on where one was."""
    if at:
        window.context.settings.set(COURSES, {GUIDE: [at]})
    DRIVER.press("Begin the guide")
    DRIVER.wait(lambda: window.workspace and window.state.cluster, "the cluster of the course")
    DRIVER.wait(framed, "a frame")


@pytest.mark.parametrize("name", [one for one in shipped_courses() if load_course(shipped_courses()[one]).cluster])
def test_a_course_is_finished_by_doing_only_what_the_panel_says_where_it_frames(window: MainWindow, name: str) -> None:
    course = load_course(shipped_courses()[name])
    window.learning.learn(name)
    assert follow(DRIVER) == [step.title for step in course.steps]
    kept = window.context.settings.get(COURSES)[name]
    assert kept == [len(course.steps), *range(len(course.steps))]
    assert framed() == ""


def test_the_start_page_begins_the_guide_on_its_cluster(window: MainWindow) -> None:
    begin(window)
    assert window.workspace is not None
    assert window.workspace.uri == "embedded:contoso"
    assert step_of(window) == "The cluster"
    assert "READ" not in said(window)
    DRIVER.press("Next")
    assert step_of(window) == "Validate the configuration"
    DRIVER.wait(lambda: said(window).startswith("Right-click 'contoso.contoso.example'"), "the first move")
    assert framed() == said(window)


def test_a_step_is_done_by_whatever_brings_the_state_about(window: MainWindow) -> None:
    begin(window, 2)
    assert step_of(window) == "Enable Cluster Shared Volumes"
    assert named(window, "Skip", QAbstractButton).isEnabled()
    window.submit(cmd.EnableSharedVolumes(notice_accepted=True))
    DRIVER.find(QAbstractButton, "Next")
    assert said(window) == "Done. Go on with 'Next'."
    assert window.context.settings.get(COURSES)[GUIDE] == [2, 2]


def test_a_step_is_done_by_its_powershell_in_the_console(window: MainWindow) -> None:
    begin(window, 2)
    DRIVER.press("Put it into the Console")
    command = DRIVER.find(QPlainTextEdit, "Command")
    assert command.toPlainText() == '(Get-Cluster).EnableSharedVolumes = "Enabled"'
    assert not window.state.cluster or not window.state.cluster.shared_volumes_enabled
    DRIVER.key(Qt.Key.Key_Return, widget=command)
    DRIVER.find(QAbstractButton, "Next")


def test_show_me_does_the_step_with_a_pointer(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "TRAVEL", 50)
    monkeypatch.setattr(showing, "REST", 20)
    begin(window, 2)
    DRIVER.press("Show me")
    assert DRIVER.find(QWidget, "Pointer of the course").isVisible()
    DRIVER.wait(lambda: window.state.cluster and window.state.cluster.shared_volumes_enabled, "shared volumes")
    DRIVER.find(QAbstractButton, "Show me")
    assert DRIVER.look_for(QWidget, "Pointer of the course") is None
    assert said(window) == "Done. Go on with 'Next'."


def test_stop_ends_what_show_me_does(window: MainWindow) -> None:
    begin(window, 2)
    DRIVER.press("Show me")
    DRIVER.press("Stop showing")
    assert DRIVER.look_for(QWidget, "Pointer of the course") is None
    assert named(window, "Show me", QAbstractButton).isEnabled()


def test_skip_and_back_go_from_step_to_step_and_the_progress_is_kept(window: MainWindow) -> None:
    begin(window, 2)
    DRIVER.press("Skip")
    assert step_of(window) == "Add storage"
    DRIVER.click(window.docks["Learn"].course.back)  # type: ignore[attr-defined]
    DRIVER.click(window.docks["Learn"].course.back)  # type: ignore[attr-defined]
    assert step_of(window) == "Validate the configuration"
    assert window.context.settings.get(COURSES)[GUIDE] == [1]
    DRIVER.press("Close the course")
    DRIVER.press("Live migration: the guide")
    DRIVER.wait(lambda: step_of(window) == "Validate the configuration", "the step where it was left")


def test_a_dialog_that_was_canceled_is_asked_for_again(window: MainWindow) -> None:
    begin(window, 2)
    DRIVER.press("Enable Cluster Shared Volumes...")
    DRIVER.wait(lambda: framed() == "Select 'I have read the above notice.'.", "the frame in the dialog")
    DRIVER.press("Cancel")
    DRIVER.wait_for_no_dialog()
    DRIVER.wait(lambda: framed() == "Click 'Enable Cluster Shared Volumes...'.", "the frame to begin anew")
    assert said(window) == "Click 'Enable Cluster Shared Volumes...'."


def test_a_control_reached_in_another_way_is_followed(window: MainWindow) -> None:
    begin(window, 2)
    DRIVER.right_click_row("Console tree", "contoso.contoso.example")
    DRIVER.choose_in_menu("Enable Cluster Shared Volumes...")
    DRIVER.wait(lambda: framed() == "Select 'I have read the above notice.'.", "the frame in the dialog")
    assert step_of(window) == "Enable Cluster Shared Volumes"


def test_the_place_of_a_step_is_framed_in_the_tree_and_go_there_goes_to_it(window: MainWindow) -> None:
    begin(window, 4)
    DRIVER.wait(lambda: framed() == "Click 'Services and applications' in 'Console tree'.", "the row of the place")
    DRIVER.press("Go there")
    DRIVER.wait(lambda: framed().startswith("Right-click"), "the first move")
    assert window.page.selection.place is Place.SERVICES


def test_start_over_resets_the_cluster_and_keeps_a_copy_of_its_journal(window: MainWindow, tmp_path: Path) -> None:
    begin(window, 2)
    window.submit(cmd.EnableSharedVolumes(notice_accepted=True))
    DRIVER.find(QAbstractButton, "Next")
    former = window.workspace
    DRIVER.press("Start over")
    DRIVER.click(window.messages.findChildren(QAbstractButton, "startover")[0])
    DRIVER.wait(lambda: window.workspace not in (None, former) and window.state.cluster, "the cluster to be new")
    assert window.state.cluster is not None
    assert not window.state.cluster.shared_volumes_enabled
    assert step_of(window) == "The cluster"
    assert len(list((tmp_path / "journals").glob("contoso-*-1.journal"))) == 1


def test_look_around_opens_the_sample_cluster_and_my_hosts_asks_for_a_file(window: MainWindow) -> None:
    DRIVER.press("My hosts")
    field = DRIVER.find(QLineEdit, "Hosts file")
    assert field.hasFocus() or QApplication.focusWidget() is None
    DRIVER.type_into("Hosts file", "nothing.toml")
    DRIVER.press("Open these hosts")
    DRIVER.wait(lambda: window.messages.strips, "the reason why not")
    assert "nothing.toml" in window.messages.strips[0].text
    DRIVER.press("Look around")
    DRIVER.wait(lambda: window.workspace and window.workspace.uri == "embedded:fabrikam", "the sample cluster")


def test_a_cluster_that_was_opened_can_be_reset_from_the_start_page(window: MainWindow, tmp_path: Path) -> None:
    window.open("embedded:contoso")
    DRIVER.wait(lambda: window.state.cluster, "the cluster")
    window.submit(cmd.EnableSharedVolumes(notice_accepted=True))
    DRIVER.wait(lambda: window.state.cluster and window.state.cluster.shared_volumes_enabled, "shared volumes")
    window.go_to_root()
    DRIVER.press("Reset contoso.contoso.example")
    assert window.state.cluster is not None
    assert window.state.cluster.shared_volumes_enabled, "it is only asked so far"
    assert "A copy of its journal is kept" in window.messages.strips[0].remedy
    former = window.workspace
    DRIVER.press("Reset")
    DRIVER.wait(lambda: window.workspace not in (None, former) and window.state.cluster, "the cluster to be new")
    assert not window.state.cluster.shared_volumes_enabled
    assert list((tmp_path / "journals").glob("contoso-*-1.journal"))


def test_a_course_file_with_an_error_is_refused_with_its_line(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('format = 1\ntitle = "T"\nabout = "A"\ncluster = "nowhere"\n', encoding="utf-8")
    window.learning.learn("")
    window.docks["Learn"].begin_file(path)  # type: ignore[attr-defined]
    DRIVER.wait(lambda: window.messages.strips, "the reason")
    assert f"{path}, line 4: There is no cluster 'nowhere'" in window.messages.strips[0].remedy


def test_a_dialog_that_is_still_working_is_waited_for_and_not_asked_for_again(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine, a plan of moves may take longer than a canceled dialog is missed."""
    monkeypatch.setattr(guide, "GRACE", 0.0)
    begin(window, 2)
    DRIVER.press("Enable Cluster Shared Volumes...")
    box = DRIVER.wait(lambda: DRIVER.look_for(QAbstractButton, "I have read the above notice."), "the dialog")
    for button in (box, DRIVER.find(QAbstractButton, "OK")):
        button.setEnabled(False)
    view = window.docks["Learn"].course  # type: ignore[attr-defined]
    for _ in range(3):
        view.guide.look()
    assert framed() == ""
    box.setEnabled(True)
    view.guide.look()
    assert framed() == "Select 'I have read the above notice.'."
    DRIVER.press("Cancel")
    DRIVER.wait_for_no_dialog()


def test_what_show_me_types_into_the_console_reaches_no_file(window: MainWindow) -> None:
    begin(window, 2)
    DRIVER.press("Show Console")
    command = DRIVER.find(ConsoleInput, "Command")
    move = Move(Act.ENTER, "Get-Content secret.txt", "Command")
    showing.use(Target(command, command.rect(), "", move))
    assert command.text() == "Get-Content secret.txt"
    assert command.is_proposed
