"""While a cluster with a long journal opens, the status bar counts its events."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel

from fcm import app
from fcm.ui import console
from fcm.ui.tour.patience import PATIENCE, stretched
from fcm.ui.window.connections import Connections, Warming
from tests.ui.by_hand import busy_cluster
from tests.ui.window_by_hand import window

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot

    from fcm.workspace.workspace import Workspace


def test_how_many_events_have_been_read_is_asked_until_the_cluster_is_open(qtbot: QtBot, tmp_path: Path) -> None:
    may_open = threading.Event()

    def slowly(uri: str) -> Workspace:
        may_open.wait(stretched(PATIENCE))
        return busy_cluster()[0]

    shown = window(qtbot, tmp_path, slowly)
    context = replace(shown.context, opening=lambda uri: (1200, 5000) if uri == "embedded:x" else None)
    connections = Connections(context, shown)
    told: list[tuple[str, int, int]] = []
    connections.reading.connect(lambda *found: told.append(found))
    connections.open("embedded:x", ())
    qtbot.waitUntil(lambda: len(told) >= 2, timeout=int(1000 * stretched(PATIENCE)))
    assert told[0] == ("embedded:x", 1200, 5000)
    with qtbot.waitSignal(connections.opened, timeout=int(1000 * stretched(PATIENCE))) as opened:
        may_open.set()
    opened.args[1].result.close()
    assert not any(timer.isActive() for timer in connections.findChildren(QTimer))


def test_the_status_bar_counts_the_events(qtbot: QtBot, tmp_path: Path) -> None:
    may_open = threading.Event()

    def slowly(uri: str) -> Workspace:
        may_open.wait(stretched(PATIENCE))
        return busy_cluster()[0]

    shown = window(qtbot, tmp_path, slowly)
    shown.open("embedded:x")
    label = shown.status.findChild(QLabel, "connection")
    assert label is not None
    reading = next(one for one in shown.children() if isinstance(one, Connections))
    reading.reading.emit("embedded:x", 1200, 5000)
    assert "embedded:x: 1,200 of 5,000 events" in (label.toolTip() + label.text() + label.accessibleName())
    with qtbot.waitSignal(shown.opened, timeout=int(1000 * stretched(PATIENCE))):
        may_open.set()


def test_the_program_tells_the_window_how_far_an_opening_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    workspace = busy_cluster()[0]

    def opened(uri: str, told: object = None) -> Workspace:
        assert callable(told)
        seen.append(context.opening(uri))
        told(500, 900)
        seen.append(context.opening(uri))
        return workspace

    monkeypatch.setattr(app, "open_workspace", opened)
    context = app.make_context()
    assert replace(context).open_cluster("embedded:x") is workspace
    assert seen == [None, (500, 900)]
    assert context.opening("embedded:x") is None
    workspace.close()


def test_code_is_loaded_in_advance_once_nothing_is_being_opened(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_open, loaded = threading.Event(), threading.Event()

    def slowly(uri: str) -> Workspace:
        may_open.wait(stretched(PATIENCE))
        return busy_cluster()[0]

    monkeypatch.setattr(console, "load", loaded.set)
    shown = window(qtbot, tmp_path, slowly)
    opening = Connections(shown.context, shown)
    warming = Warming(opening, shown)
    warming.setInterval(1)
    opening.open("embedded:x", ())
    begun = [0]
    warming.timeout.connect(lambda: begun.append(begun[-1] + 1))
    warming.begin()
    qtbot.waitUntil(lambda: begun[-1] >= 3)
    assert not loaded.is_set()
    assert opening.is_opening
    with qtbot.waitSignal(opening.opened) as opened:
        may_open.set()
    assert warming.isActive()
    qtbot.waitUntil(loaded.is_set)
    opening.wait()
    opened.args[1].result.close()
