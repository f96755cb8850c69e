"""Events dock, cluster page, Events page, PowerShell and exports show one event log."""

from __future__ import annotations

import csv
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView

from fcm.backend.embedded import open_embedded
from fcm.logs.describe import LEVELS
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import NodeState
from fcm.shell.runtime.session import ShellSession
from fcm.ui.tour.driver import Driver, label_of
from fcm.workspace.events.event_log import EventLog, EventLogError
from fcm.workspace.events.saved_queries import RECENT
from fcm.workspace.files.journal import Journal
from fcm.workspace.selection import Place, Selection
from fcm.workspace.workspace import Workspace
from tests.ui.by_hand import NOW, node
from tests.ui.window_by_hand import busy_window, named, window_of
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.events.event_table import EventTable
    from fcm.ui.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support (raise|grabbing)")
LIVE = "Live migrate virtual machine to another node"
LOST = ev.NodeLogged("1135", "node1", (("node", "node3"),))
"""node1 has lost node3."""


def at_rest(qtbot: QtBot, shown: MainWindow) -> None:
    """Everything that happened is shown in the dock and on the page."""
    dock: Any = shown.docks["Events"]
    assert shown.workspace is not None
    shown.workspace.drain(60.0)
    shown.desk.logged.emit()
    qtbot.waitUntil(lambda: not dock.list.feed.is_busy and shown.page.is_settled)


def rows(qtbot: QtBot, table: EventTable) -> list[tuple[int, int, str]]:
    """Event ID, level and text of every row, top to bottom."""
    ids = list(table.ids)
    read: list[bool] = []
    table.when_read(ids, lambda: read.append(True))
    qtbot.waitUntil(lambda: bool(read))
    records = [table.record(identity) for identity in ids]
    return [(one.id, one.level, one.text) for one in records if one is not None]


def in_dock(qtbot: QtBot, shown: MainWindow) -> list[tuple[int, int, str]]:
    dock: Any = shown.docks["Events"]
    return rows(qtbot, dock.list.model)


def on_page(qtbot: QtBot, shown: MainWindow, query: str = "All Events") -> list[tuple[int, int, str]]:
    """What Cluster Events shows with a saved query."""
    shown.select(Selection(Place.EVENTS))
    page: Any = shown.page
    page.queries.show_query(query)
    at_rest(qtbot, shown)
    return rows(qtbot, page.model)


def in_powershell(shown: MainWindow, text: str = "Get-ClusterEvent") -> list[tuple[int, int, str]]:
    assert shown.workspace is not None
    results = ShellSession(shown.workspace).execute(text)
    assert results.ok, results.text()
    return [(one.get("Id"), one.get("Level"), one.get("Message")) for one in results.objects]


def counted_on_cluster_page(qtbot: QtBot, shown: MainWindow) -> dict[str, int]:
    shown.select(Selection(Place.CLUSTER))
    at_rest(qtbot, shown)
    text = shown.page.events.text()  # type: ignore[attr-defined]
    if text == "None in the last 24 hours":
        return {}
    return {level: int(count) for level, _, count in (part.partition(": ") for part in text.split(", "))}


def recent_of(found: list[tuple[int, int, str]]) -> dict[str, int]:
    """Counts by level as the cluster's page words them."""
    counts = Counter(level for _, level, _ in found)
    return {LEVELS[level - 1]: counts[level] for level in (1, 2, 3) if counts[level]}


def show_dock(shown: MainWindow) -> None:
    shown.docks["Events"].show()
    shown.docks["Events"].raise_()


def kept(folder: Path) -> Journal:
    return Journal.open(folder / "one.journal", "embedded:contoso")


@pytest.mark.parametrize("journal", [kept, lambda _: None], ids=["journal", "no journal"])
def test_after_a_busy_session_dock_pages_powershell_and_export_show_the_same_events(
    journal: Callable[[Path], Journal | None], qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(journal=journal(tmp_path))
    shown = window_of(qtbot, tmp_path, desk.workspace)
    shown.resize(1300, 900)
    driver = Driver()
    driver.press("Show Events")
    for name in ("DC01", "WEB01", "SQL01"):
        shown.select(Selection(Place.SERVICES))
        driver.right_click_row("Services and applications", name)
        nodes = driver.open_submenu(LIVE).actions()
        driver.choose_in_menu(next(label_of(one) for one in nodes if one.isEnabled()))
        desk.run(2.0)
    shown.select(Selection(Place.NODES))
    driver.right_click_row("Nodes", "node3")
    driver.choose_in_menu("Pause")
    desk.settle()
    shown.submit(cmd.ResumeNode("node1"))  # refused: an event of fcm itself
    at_rest(qtbot, shown)

    dock = in_dock(qtbot, shown)
    assert {20415, 22508, 22509} <= {number for number, _, _ in dock}
    assert all(number > 0 for number, _, _ in dock)
    assert dock == on_page(qtbot, shown)
    assert dock == in_powershell(shown, "Get-ClusterEvent") == in_powershell(shown, "Get-WinEvent")
    logs = ShellSession(desk.workspace).execute("Get-WinEvent -ListLog *").objects
    assert sum(one.get("RecordCount") or 0 for one in logs) == len(dock)
    recent = on_page(qtbot, shown, RECENT)
    assert counted_on_cluster_page(qtbot, shown) == recent_of(recent) != {}
    assert recent_of(recent) == recent_of([one for one in dock if one[1] <= 3])
    shown.select(Selection(Place.EVENTS))
    page: Any = shown.page
    page.queries.show_query("All Events")
    at_rest(qtbot, shown)
    page.write(tmp_path / "out.csv", "csv")
    qtbot.waitUntil(lambda: not page.export_bar.is_busy)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert [int(row["Event ID"]) for row in table] == [number for number, _, _ in dock]


@pytest.mark.parametrize("command", ["wevtutil cl fcm", "wevtutil cl System", "Clear-EventLog System"])
def test_a_log_that_is_cleared_in_the_console_is_empty_everywhere(command: str, qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    assert shown.workspace is not None
    backend.tell(LOST, ev.BackendReported("warning", "A host is slow."), at=160)
    show_dock(shown)
    at_rest(qtbot, shown)
    before = in_dock(qtbot, shown)
    view: Any = named(shown.docks["Events"], "Events", QAbstractItemView)
    kept_row = next(i for i in view.table.ids if view.table.record(i).id == 20415)
    view.select_ids([kept_row])
    assert ShellSession(shown.workspace).execute(command).ok
    qtbot.waitUntil(lambda: view.table.rowCount() < len(before))
    at_rest(qtbot, shown)
    after = in_dock(qtbot, shown)
    log = "fcm" if " fcm " in command else "System"
    gone = {"fcm": {60034}, "System": {1135, 1127}}[log]
    assert after == on_page(qtbot, shown) == in_powershell(shown)
    assert {number for number, _, _ in before if (number, _, _) not in after} & gone
    assert view.selected_ids() == [kept_row]
    assert counted_on_cluster_page(qtbot, shown) == recent_of(after)


def test_a_log_that_is_made_smaller_loses_its_oldest_events_everywhere(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    assert shown.workspace is not None
    show_dock(shown)
    slow = ev.BackendReported("warning", "A host is slow. " + "It does not respond. " * 40)
    backend.tell(*[slow] * 1500, at=150)
    at_rest(qtbot, shown)
    assert len(in_dock(qtbot, shown)) > 1500
    assert ShellSession(shown.workspace).execute("wevtutil sl fcm /ms:1048576 /q").ok
    at_rest(qtbot, shown)
    dock = in_dock(qtbot, shown)
    assert 100 < len(dock) < 1000
    backend.tell(*[slow] * 300, at=160)
    at_rest(qtbot, shown)
    assert abs(len(in_dock(qtbot, shown)) - len(dock)) < 5
    assert in_dock(qtbot, shown) == on_page(qtbot, shown) == in_powershell(shown)


def test_reset_recent_events_empties_the_counts_and_the_query_until_something_new_happens(
    qtbot: QtBot, tmp_path: Path
) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    driver = Driver()
    show_dock(shown)
    shown.resize(1300, 900)
    assert counted_on_cluster_page(qtbot, shown) != {}
    everything = in_dock(qtbot, shown)
    driver.press("Reset Recent Events")
    qtbot.waitUntil(lambda: counted_on_cluster_page(qtbot, shown) == {})
    assert on_page(qtbot, shown, RECENT) == []
    assert in_dock(qtbot, shown) == everything == on_page(qtbot, shown)
    backend.tell(LOST, at=200)
    at_rest(qtbot, shown)
    assert counted_on_cluster_page(qtbot, shown) == {"Critical": 1}
    assert [number for number, _, _ in on_page(qtbot, shown, RECENT)] == [1135]


def test_an_event_stops_counting_after_24_hours_on_the_cluster_page_and_in_the_query(
    qtbot: QtBot, tmp_path: Path
) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    assert backend.clock is not None
    before = counted_on_cluster_page(qtbot, shown)
    page: Any = shown.page
    backend.clock.time = NOW + 86_400 + 65  # one error is older than a day now, nothing else happened
    qtbot.waitUntil(lambda: page.events.text() != ", ".join(f"{level}: {n}" for level, n in before.items()))
    after = counted_on_cluster_page(qtbot, shown)
    assert after["Error"] == before["Error"] - 1
    assert after == recent_of(on_page(qtbot, shown, RECENT))
    page = shown.page
    backend.clock.time = NOW + 2 * 86_400
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)


def test_the_dock_shows_what_happened_while_it_was_hidden_and_another_cluster_after_it_was_opened(
    qtbot: QtBot, tmp_path: Path
) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    show_dock(shown)
    at_rest(qtbot, shown)
    before = len(in_dock(qtbot, shown))
    shown.docks["Events"].hide()
    backend.tell(ev.NodeChanged(node("node3", NodeState.DOWN)), at=160)
    at_rest(qtbot, shown)
    assert len(in_dock(qtbot, shown)) == before
    show_dock(shown)
    at_rest(qtbot, shown)
    assert len(in_dock(qtbot, shown)) == before + 1
    other = Workspace(open_embedded("contoso", seed=1, start_time=NOW))
    other.open()
    shown.show_workspace(other)
    at_rest(qtbot, shown)
    assert in_dock(qtbot, shown) == in_powershell(shown)
    assert len(in_dock(qtbot, shown)) < before
    shown.close_cluster()
    assert in_dock(qtbot, shown) == []


def test_events_that_belong_below_others_are_shown_there(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    show_dock(shown)
    at_rest(qtbot, shown)
    backend.tell(LOST, at=55)  # by a clock that is behind
    at_rest(qtbot, shown)
    assert in_dock(qtbot, shown) == in_powershell(shown)
    assert in_dock(qtbot, shown)[0][0] != 1135


def test_the_thread_of_the_window_never_touches_the_file_of_the_events(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    main, seen = threading.main_thread(), []

    def opened(log: EventLog) -> sqlite3.Connection:
        seen.append(threading.current_thread() is main)
        return real(log)

    real = EventLog.connection
    monkeypatch.setattr(EventLog, "connection", opened)
    show_dock(shown)
    at_rest(qtbot, shown)
    for place in (Place.EVENTS, Place.CLUSTER, Place.NODES, Place.CLUSTER):
        shown.select(Selection(place))
        backend.tell(*[ev.NodeChanged(node("node3", NodeState.DOWN))] * 500, at=160)
        at_rest(qtbot, shown)
    dock: Any = shown.docks["Events"]
    dock.view.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    dock.view.scrollToBottom()
    at_rest(qtbot, shown)
    assert seen
    assert not any(seen)


def test_a_storm_of_events_is_looked_at_30_times_a_second_at_most(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    show_dock(shown)
    at_rest(qtbot, shown)
    told: list[float] = []
    shown.logged.connect(lambda: told.append(time.monotonic()))
    begin = time.monotonic()
    storm = QTimer()
    storm.timeout.connect(lambda: backend.tell(ev.NodeChanged(node("node3", NodeState.DOWN)), at=160))
    storm.start(0)
    qtbot.waitUntil(lambda: len(told) >= 10)
    storm.stop()
    assert len(told) <= (time.monotonic() - begin) * 30 + 2
    assert counted_on_cluster_page(qtbot, shown) == recent_of(in_powershell(shown))
    at_rest(qtbot, shown)
    assert in_dock(qtbot, shown) == in_powershell(shown)


def test_events_that_cannot_be_read_are_told_in_the_dock_and_on_the_cluster_page(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    show_dock(shown)
    shown.select(Selection(Place.CLUSTER))
    at_rest(qtbot, shown)
    why = "The event log is damaged. Remove it."

    def fail(_: EventLog) -> None:
        raise EventLogError(why)

    with monkeypatch.context() as patch:
        patch.setattr(EventLog, "write", fail)
        at_rest(qtbot, shown)
        dock: Any = shown.docks["Events"]
        assert dock.list.empty == why
        assert named(shown.page, "Events cannot be read").toolTip() == why
    at_rest(qtbot, shown)
    assert in_dock(qtbot, shown) == in_powershell(shown)
    assert counted_on_cluster_page(qtbot, shown) == recent_of(in_dock(qtbot, shown))
