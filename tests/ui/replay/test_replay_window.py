"""A replay in the window: everything shows its moment, it is marked as such, and only a branch can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QToolButton

from fcm.app import make_context
from fcm.ui.replay.time_axis import TimeAxis
from fcm.ui.tour.driver import Driver
from fcm.ui.widgets.page_parts import Elided, Link
from fcm.ui.window.main_window import MainWindow
from fcm.workspace.files import settings as st
from fcm.workspace.selection import Place, Selection
from tests.ui.window_by_hand import named
from tests.unit.replay.lived import URI, lived

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.workspace.workspace import Replay

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
DRIVER = Driver()
REPLAY = f"replay:{URI}"


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """A window in which the cluster was opened; then it is replayed by its action."""
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    lived().close()
    made = MainWindow(make_context())
    qtbot.addWidget(made)
    made.resize(1280, 900)
    made.show()
    with qtbot.waitSignal(made.opened):
        made.open(URI)
    qtbot.waitUntil(lambda: made.actions_pane.button("replay") is not None)
    with qtbot.waitSignal(made.opened):
        DRIVER.press("Replay the History")
    qtbot.waitUntil(lambda: named(made, "Time line", TimeAxis).axis is not None)
    return made


def of(shown: MainWindow) -> Replay:
    assert shown.workspace is not None
    assert shown.workspace.replay is not None
    return shown.workspace.replay


def shows(qtbot: QtBot, shown: MainWindow, sequence: int) -> None:
    qtbot.waitUntil(lambda: shown.state.sequence == sequence)


def test_it_is_marked_as_a_replay_wherever_the_cluster_is_named(shown: MainWindow) -> None:
    assert shown.windowTitle().endswith("(replay)")
    top = shown.tree_model.index_of(Selection(Place.CLUSTER), REPLAY)
    assert top.data() == "contoso.contoso.example (replay)"
    connection = shown.status.findChild(Elided, "connection")
    assert connection is not None
    assert connection.whole == f"Replay of {URI}: nothing in it can be changed"
    moment = shown.findChild(Elided, "moment")
    assert moment is not None
    assert moment.whole.startswith("Replay: 20")
    other = shown.tree_model.index_of(Selection(Place.CLUSTER), URI)
    assert other.data() == "contoso.contoso.example"


def test_a_click_on_the_time_line_shows_that_moment_on_the_page(qtbot: QtBot, shown: MainWindow) -> None:
    line, past = named(shown, "Time line", TimeAxis), of(shown).past
    fault = next(
        entry for entry in past.entries(past.first, past.last) if type(entry.event).__name__ == "FaultInjected"
    )
    DRIVER.click(line, QPoint(round(line.place_of(fault.time)) + 3, 15))
    qtbot.waitUntil(lambda: bool(shown.state.faults))
    assert "failure" in line.accessibleDescription()
    shown.select(Selection(Place.NODE, "node3"))
    DRIVER.click(line, QPoint(1, 15))
    qtbot.waitUntil(lambda: shown.state.sequence <= past.place(past.time(past.first)))
    assert not shown.state.faults
    assert str(shown.state.nodes["node3"].state) == "Up"


def test_keys_go_from_event_to_event_and_to_the_ends(qtbot: QtBot, shown: MainWindow) -> None:
    line, past = named(shown, "Time line", TimeAxis), of(shown).past
    line.setFocus()
    DRIVER.key(Qt.Key.Key_Left, widget=line)
    shows(qtbot, shown, past.last - 1)
    DRIVER.key(Qt.Key.Key_Right, widget=line)
    shows(qtbot, shown, past.last)
    DRIVER.key(Qt.Key.Key_Home, widget=line)
    shows(qtbot, shown, past.place(past.time(past.first)))
    DRIVER.key(Qt.Key.Key_PageUp, widget=line)
    qtbot.waitUntil(lambda: shown.workspace is not None and shown.workspace.now() > past.time(past.first))
    DRIVER.key(Qt.Key.Key_End, widget=line)
    shows(qtbot, shown, past.last)


def test_buttons_go_to_events_and_failures(qtbot: QtBot, shown: MainWindow) -> None:
    past = of(shown).past
    DRIVER.press("Event before")
    shows(qtbot, shown, past.last - 1)
    DRIVER.press("Next event")
    shows(qtbot, shown, past.last)
    DRIVER.press("Failure before")
    qtbot.waitUntil(lambda: shown.state.sequence < past.last)
    assert shown.workspace is not None
    failed = [time for time, level in shown.workspace.events.marks(1000) if level <= 2]
    assert shown.workspace.now() == failed[-1]
    DRIVER.press("Failure before")
    earlier = [time for time in failed if time < failed[-1]]
    qtbot.waitUntil(lambda: shown.workspace is not None and shown.workspace.now() == earlier[-1])
    DRIVER.press("Next failure")
    qtbot.waitUntil(lambda: shown.workspace is not None and shown.workspace.now() == failed[-1])


def test_play_begins_anew_at_the_end_and_pauses_there(qtbot: QtBot, shown: MainWindow) -> None:
    past = of(shown).past
    named(shown, "Speed of the replay", QComboBox).setCurrentText("Max")
    DRIVER.press("Play")
    qtbot.waitUntil(lambda: of(shown).clock.speed == 0 and shown.state.sequence == past.last)
    qtbot.waitUntil(lambda: any(b.accessibleName() == "Play" for b in shown.findChildren(QToolButton)))


def test_nothing_can_be_changed_and_every_action_says_why(qtbot: QtBot, shown: MainWindow) -> None:
    shown.select(Selection(Place.NODE, "node1"))
    qtbot.waitUntil(lambda: shown.actions_pane.button("pause-node") is not None)
    pause = shown.actions_pane.button("pause-node")
    assert pause is not None
    assert not pause.isEnabled()
    assert "This is a replay" in " ".join(pause.toolTip().split())


def test_branch_here_opens_a_cluster_that_can_be_changed(qtbot: QtBot, shown: MainWindow) -> None:
    DRIVER.press("Branch Here...")
    DRIVER.wait_for_dialog("Branch Here")
    field = DRIVER.find(QLineEdit, "Name of the new cluster")
    qtbot.waitUntil(lambda: field.text() == "contoso-b1")
    DRIVER.type_into("Name of the new cluster", "what if")
    DRIVER.press("OK")
    qtbot.waitUntil(lambda: any("what if" in label.text() for label in DRIVER.roots()[0].findChildren(QLabel)))
    DRIVER.type_into("Name of the new cluster", "what-if")
    with qtbot.waitSignal(shown.opened):
        DRIVER.press("OK")
    assert shown.workspace is not None
    assert shown.workspace.replay is None
    assert shown.workspace.simulated
    assert shown.state.cluster is not None
    assert shown.state.cluster.name == "what-if"


def test_a_replay_is_neither_a_recent_cluster_nor_opened_at_the_next_start(shown: MainWindow) -> None:
    settings = shown.context.settings
    assert list(settings.get(st.RECENT)) == [URI]
    assert settings.get(st.OPEN) == [URI]
    assert REPLAY not in settings.get(st.PRESENT)


def test_the_replay_closes_and_the_cluster_stays(qtbot: QtBot, shown: MainWindow) -> None:
    shown.close_cluster()
    qtbot.waitUntil(lambda: [one.uri for one in shown.workspaces()] == [URI])


def test_failures_of_then_cannot_be_repaired(qtbot: QtBot, shown: MainWindow) -> None:
    past = of(shown).past
    failed = next(number for number in range(past.first, past.last) if past.state(number).faults)
    of(shown).go_to_event(failed)
    qtbot.waitUntil(lambda: bool(shown.state.faults))
    repair = DRIVER.wait(lambda: DRIVER.look_for(Link, "Repair all"), "the list of failures")
    qtbot.waitUntil(lambda: not repair.isEnabled())
    assert f"replay of {URI}" in repair.toolTip()
