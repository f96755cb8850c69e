"""Work in threads: its outcome comes back in the thread of the window, or to nobody, never to something deleted."""

from __future__ import annotations

import threading
import weakref
from types import SimpleNamespace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject

from fcm.ui.tour.patience import PATIENCE, stretched
from fcm.ui.widgets.background import Pace, Work, posted

if TYPE_CHECKING:
    import pytest
    from pytestqt.qtbot import QtBot

    from fcm.ui.widgets.background import Outcome


def deleted(owner: QObject) -> None:
    """Delete an object and its children at once."""
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(owner, QEvent.Type.DeferredDelete)


def test_an_outcome_arrives_in_the_thread_of_the_window(qtbot: QtBot) -> None:
    owner, came = QObject(), []

    def done(outcome: Outcome) -> None:
        came.append((outcome.result, threading.current_thread()))

    Work(owner, lambda: threading.current_thread().name, done)
    qtbot.waitUntil(lambda: bool(came))
    assert came == [("work of QObject", threading.current_thread())]


def test_an_error_arrives_as_an_outcome(qtbot: QtBot) -> None:
    owner, came = QObject(), []

    def fail() -> None:
        raise OSError("the disk is full")

    Work(owner, fail, lambda outcome: came.append(str(outcome.error)))
    qtbot.waitUntil(lambda: came == ["the disk is full"])


def test_what_nobody_waits_for_any_more_is_dropped_beside_the_window(qtbot: QtBot) -> None:
    owner, go, dropped = QObject(), threading.Event(), []

    def function() -> str:
        go.wait(stretched(PATIENCE))
        return "opened"

    def drop(result: str) -> None:
        dropped.append((result, threading.current_thread() is threading.main_thread()))

    work = Work(owner, function, lambda _: dropped.append("delivered"), drop)
    work.abandon()
    go.set()
    qtbot.waitUntil(lambda: bool(dropped))
    work.wait()
    assert dropped == [("opened", False)]


def test_a_result_that_comes_when_its_window_is_gone_is_dropped_beside_the_window(qtbot: QtBot) -> None:
    owner, dropped = QObject(), []
    work = Work(
        owner,
        lambda: "opened",
        lambda _: dropped.append("delivered"),
        lambda result: dropped.append((result, threading.current_thread() is threading.main_thread())),
    )
    work.wait()
    deleted(owner)
    qtbot.waitUntil(lambda: bool(dropped))
    assert dropped == [("opened", False)]
    qtbot.waitUntil(lambda: all(one.name != "an abandoned result" for one in threading.enumerate()))


def test_work_that_is_done_keeps_nothing_of_what_it_did(qtbot: QtBot) -> None:
    class Cluster:
        def close(self) -> str:
            return "closed"

    owner, came, closing = QObject(), [], Cluster()
    gone = weakref.ref(closing)
    work = Work(owner, closing.close, lambda outcome: came.append(outcome.result))
    del closing
    qtbot.waitUntil(lambda: came == ["closed"])
    work.wait()
    assert gone() is None


def test_threads_may_end_while_what_they_tell_is_being_deleted(qtbot: QtBot) -> None:
    heard: list[int] = []
    for _ in range(200):
        owner = QObject()
        post = posted(owner, heard.append)
        thread = threading.Thread(target=lambda post=post: [post(number) for number in range(50)])
        thread.start()
        deleted(owner)
        thread.join()
        seen = len(heard)
        QCoreApplication.sendPostedEvents()
        assert len(heard) == seen, "something was told to an object that is gone"


def test_work_that_every_change_asks_for_takes_a_third_of_the_time_at_most(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("fcm.ui.widgets.background.time", SimpleNamespace(monotonic=lambda: clock[0]))
    owner = QObject()
    pace = Pace(owner)
    assert pace.is_due()
    pace.begin()
    clock[0] = 100.5
    pace.end()
    clock[0] = 101.49
    with qtbot.waitSignal(pace.due):
        assert not pace.is_due()
    clock[0] = 101.5
    assert pace.is_due()
