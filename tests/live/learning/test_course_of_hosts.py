"""The course of real hosts in the lab, by mouse and by PowerShell; then its history replayed, reported and sent."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from fcm.app import make_context, open_workspace
from fcm.lab.machines import remove_machine
from fcm.model.entities import NodeState
from fcm.model.telemetry import Phase
from fcm.shell.runtime.session import ShellSession
from fcm.ui.tour.driver import Driver
from fcm.ui.tour.following import follow
from fcm.ui.window.main_window import MainWindow
from fcm.workspace.files.settings import COURSES
from fcm.workspace.incident.incident import made_from
from fcm.workspace.incident.writing import write
from fcm.workspace.learning.course import load_course, shipped_courses
from fcm.workspace.reporting import making

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.live.live_lab import LiveLab
    from tests.live.watched import Watched

pytestmark = [pytest.mark.live, pytest.mark.qt_log_ignore("^This plugin does not support (raise|grabbing)")]
COURSE = "real-hosts"
DRIVER = Driver()


@pytest.fixture
def machines(lab: LiveLab) -> Iterator[None]:
    """The machines that the course asks for, on node1; web has less to copy than a user's."""
    lab.add_machine("web", fill=48, dirty=4, working_set=16)
    lab.add_machine("busy", fill=150, dirty=60)
    yield
    for name in ("web", "busy"):
        remove_machine(name, lab.plan, lab.folders)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """A window of a new user."""
    monkeypatch.setenv("FCM_DATA", str(tmp_path))
    made = MainWindow(make_context())
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    return made


def _are_up(window: MainWindow) -> bool:
    nodes = window.state.nodes.values()
    return window.state.machine_named("busy") is not None and all(one.state is NodeState.UP for one in nodes)


@pytest.mark.usefixtures("machines")
def test_the_course_is_done_by_what_its_panel_says_and_what_happened_is_replayed_reported_and_sent(
    lab: LiveLab, window: MainWindow, tmp_path: Path
) -> None:
    course = load_course(shipped_courses()[COURSE])
    uri = f"libvirt:{lab.hosts_file}"
    window.open(uri)
    DRIVER.wait(lambda: window.workspace is not None and _are_up(window), "the hosts to respond")

    window.learning.learn(COURSE)
    assert follow(DRIVER) == [step.title for step in course.steps]
    assert window.context.settings.get(COURSES)[COURSE] == [len(course.steps), *range(len(course.steps))]

    assert window.workspace is not None
    uri, state = window.workspace.uri, window.state
    web = state.machine_named("web")
    assert web is not None
    past = open_workspace(f"replay:{uri}")
    moves = [one for one in past.state.migrations.values() if one.machine == web.id]
    assert [one.phase for one in moves] == [Phase.COMPLETED, Phase.COMPLETED], "to node2, and away by the drain"
    assert past.rows(moves[0].id) == window.workspace.rows(moves[0].id)
    assert past.replay is not None
    past.replay.go_to((moves[0].started or 0.0) - 0.01)
    DRIVER.wait(lambda: (past.drain(), past.state.machines[web.id].node == "node1")[1], "the moment before")
    past.close()

    file = tmp_path / "incident.zip"
    write(made_from(uri, None), file)
    with zipfile.ZipFile(file) as zipped:
        texts = b"".join(zipped.read(name) for name in zipped.namelist())
    assert str(lab.hosts_file.parent).encode() not in texts
    assert b"10.92.0." not in texts
    again = open_workspace(f"replay:{file}")
    assert [len(one.machines) for one in (again.state, state)] == [2, 2]
    assert len(again.state.migrations) == len(state.migrations)
    assert not again.simulated
    again.close()

    month = making.report_of_time(uri, state.time - making.DAY, state.time)
    assert "Figures are measured on the hosts." in month.body
    assert "web" in month.csv
    moved = making.report_of_migration(uri, moves[0].id)
    assert "Live Migration" in moved.body
    assert len(moved.csv.splitlines()) > 2
    assert "web" in making.report_of_drain(uri, "node2").body


@pytest.mark.usefixtures("machines")
def test_each_step_of_the_course_is_done_by_its_powershell_and_not_before(watched: Watched, tmp_path: Path) -> None:
    session = ShellSession(watched.workspace, folder=tmp_path)
    watched.machine("busy")
    watched.machine("web")
    for step in load_course(shipped_courses()[COURSE]).steps:
        assert not step.is_done(watched.workspace.state), step.title
        found = session.execute(step.power_shell)
        assert found.ok, (step.title, found.text())
        if step.checks:
            watched.until(lambda step=step: step.is_done(watched.workspace.state), step.title)
    session.stop()
