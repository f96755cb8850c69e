"""What the window says while a long journal is read, and how that is canceled."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.app import make_context
from fcm.ui.tour.driver import Driver
from fcm.ui.window.main_window import MainWindow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.workspace.workspace import Workspace

DRIVER = Driver()
URI = "embedded:contoso"


class Slow:
    """Opens a cluster when it is told to, or gives it up."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.given_up: list[str] = []
        self.read = (0, 200_000)

    def open(self, uri: str) -> Workspace:
        self.go_on.wait()
        raise OSError(f"{uri} was given up")

    def give_up(self, uri: str) -> None:
        self.given_up.append(uri)
        self.go_on.set()


@pytest.fixture
def slow() -> Iterator[Slow]:
    made = Slow()
    yield made
    made.go_on.set()


@pytest.fixture
def window(qtbot: QtBot, slow: Slow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    monkeypatch.setenv("FCM_DATA", str(tmp_path))
    context = replace(
        make_context(opener=slow.open), opening=lambda uri: slow.read if uri == URI else None, give_up=slow.give_up
    )
    made = MainWindow(context)
    qtbot.addWidget(made)
    made.show()
    return made


def test_reading_a_long_journal_is_said_with_how_much_is_read_and_can_be_canceled(
    window: MainWindow, slow: Slow
) -> None:
    window.open(URI)
    DRIVER.wait(lambda: window.messages.strips, "the strip")
    (strip,) = window.messages.strips
    assert (strip.text, strip.remedy) == (f"Opening {URI}.", "0 of 200,000 events have been read (0 %).")
    slow.read = (150_000, 200_000)
    DRIVER.wait(lambda: "150,000" in strip.remedy, "the progress")
    assert strip.remedy.endswith("(75 %).")
    DRIVER.press("Cancel")
    assert slow.given_up == [URI]
    assert window.messages.strips == ()
    assert window.workspace is None
    assert "Not connected" in window.status.connection_words


def test_a_strip_that_was_dismissed_does_not_come_back(window: MainWindow, slow: Slow) -> None:
    window.open(URI)
    DRIVER.wait(lambda: window.messages.strips, "the strip")
    DRIVER.press("Dismiss")
    slow.read = (1000, 200_000)
    DRIVER.wait(lambda: "1,000 of" in window.status.connection_words, "the progress in the status bar")
    assert window.messages.strips == ()
    slow.go_on.set()
    DRIVER.wait(lambda: window.messages.strips, "the reason why it was not opened")
    assert window.messages.strips[0].level == "error"


def test_what_was_given_up_is_read_no_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fcm import app

    monkeypatch.setenv("FCM_DATA", str(tmp_path))
    context = app.make_context()
    seen: list[int] = []

    def open_workspace(uri: str, told: object) -> Workspace:
        assert callable(told)
        told(500, 1000)
        seen.append(context.opening(uri) == (500, 1000))
        context.give_up(uri)
        told(1000, 1000)
        raise AssertionError("it was read on")

    monkeypatch.setattr(app, "open_workspace", open_workspace)
    with pytest.raises(app.GivenUpError, match="was canceled"):
        context.open_cluster(URI)
    assert seen == [True]
    assert context.opening(URI) is None
    context.give_up("embedded:never-opened")
