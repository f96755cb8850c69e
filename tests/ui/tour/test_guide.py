"""The guide's whole procedure on the embedded cluster, by mouse and keyboard, and the tour that walks it too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QWidget

from fcm.app import make_context
from fcm.model.entities import MachineState, StartAction
from fcm.model.telemetry import Phase
from fcm.ui.tour import walkthrough as tour
from fcm.ui.tour.album import Album, photograph
from fcm.ui.tour.driver import Driver, DriverError
from fcm.ui.tour.steps import MACHINE, STEPS, VOLUME
from fcm.ui.tour.walk import Step
from fcm.ui.window.main_window import MainWindow

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QImage
    from pytestqt.qtbot import QtBot

    from fcm.ui.tour.walk import Walk

pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support (raise|grabbing)")


def colours(image: QImage) -> int:
    """How many colours a coarse raster over a picture meets."""
    points = ((x, y) for x in range(5, image.width(), 40) for y in range(5, image.height(), 25))
    return len({image.pixel(x, y) for x, y in points})


def test_the_whole_guide_can_be_walked_by_mouse_and_keyboard(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path))
    window = MainWindow(make_context())
    qtbot.addWidget(window)
    window.resize(*tour.SIZE)
    window.show()
    names: list[str] = []
    empty: list[str] = []

    def shoot(shown: QWidget, name: str, _caption: str) -> None:
        names.append(name)
        if colours(photograph(shown)) < 4:
            empty.append(name)

    begun: list[str] = []
    tour.walk(window, Driver(), shoot, lambda step: begun.append(step.title))

    state = window.state
    machine = state.machine_named(MACHINE)
    assert begun == [step.title for step in STEPS]
    assert len(names) == len(set(names))
    assert empty == []
    assert machine is not None
    assert machine.start_action is StartAction.NOTHING
    assert (machine.node, machine.state) == ("node2", MachineState.RUNNING)
    assert [volume.name for volume in state.shared_volumes.values()] == [VOLUME]
    migration = state.last_migration(machine.id)
    assert migration is not None
    assert migration.phase is Phase.COMPLETED
    assert len(window.workspace.rows(migration.id) if window.workspace else ()) > 10
    assert list((tmp_path / "reports").glob("*.html"))


def _a_walk_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *steps: Step) -> int:
    monkeypatch.setattr(tour, "walk", lambda *args: _walk(*args, steps))
    return tour.run(make_context, tmp_path / "out")


_walk = tour.walk


def look_around(walk: Walk) -> None:
    walk.shoot("First <page>", "The first page & more")


def get_lost(walk: Walk) -> None:
    walk.driver.patience = 0.1
    walk.driver.press("No such button")


def test_a_tour_writes_numbered_pictures_and_a_page_with_captions(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _a_walk_of(tmp_path, monkeypatch, Step("A <step>", "What it is.", look_around)) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["01-first-page.png", "index.html"]
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "A &lt;step&gt;" in page
    assert "The first page &amp; more" in page
    assert set(re.findall(r'src="([^"]+)"', page)) == {"01-first-page.png"}
    assert str(tmp_path / "out" / "index.html") in capsys.readouterr().out


def test_a_tour_that_cannot_go_on_says_where_and_fails(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _a_walk_of(tmp_path, monkeypatch, Step("Lost", "", get_lost)) == 1
    said = capsys.readouterr().err
    assert "Lost" in said
    assert "No such button" in said


def test_a_tour_that_cannot_write_says_so(qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert tour.run(make_context, blocked) == 1
    assert "Choose another folder" in capsys.readouterr().err


def test_a_picture_that_cannot_be_written_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    with pytest.raises(OSError, match="cannot be written"):
        Album(tmp_path / "nowhere").take(widget, "name", "caption")


def test_waiting_in_vain_says_what_was_waited_for(qtbot: QtBot) -> None:
    with pytest.raises(DriverError, match=r"Waited \S+ s for the moon without success"):
        Driver().wait(lambda: None, "the moon", patience=0.05)
