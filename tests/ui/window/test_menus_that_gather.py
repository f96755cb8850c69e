"""What is given up goes, neither Qt nor Python keeps it, and the thread of the window alone deletes it."""

from __future__ import annotations

import gc
import threading
from collections import Counter
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from fcm.ui.window.qactions import emptied, entries, fill_menu
from fcm.workspace.selection import Place, Selection
from tests.ui.window_by_hand import busy_window

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow

ROUNDS = 4


def held() -> Counter[tuple[str, bool]]:
    """Menus and entries that Python holds, by kind and whether Qt still has them."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    return Counter(
        (type(one).__name__, shiboken6.isValid(one)) for one in gc.get_objects() if isinstance(one, QMenu | QAction)
    )


def go_round(window: MainWindow) -> None:
    """Each page once, and the context menu of what is on it."""
    machine, node = next(iter(window.state.machines)), next(iter(window.state.nodes))
    for selection in (
        Selection(Place.CLUSTER),
        Selection(Place.SERVICES),
        Selection(Place.MACHINE, machine),
        Selection(Place.NODES),
        Selection(Place.NODE, node),
    ):
        window.select(selection)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_going_from_page_to_page_leaves_no_menus_behind(qtbot: QtBot, tmp_path: Path) -> None:
    window, _ = busy_window(qtbot, tmp_path)
    go_round(window)
    go_round(window)
    before = held()
    for _ in range(ROUNDS):
        go_round(window)
    assert held() - before == Counter()


def test_a_menu_with_submenus_that_is_filled_again_is_forgotten_in_python_too(qtbot: QtBot, tmp_path: Path) -> None:
    window, _ = busy_window(qtbot, tmp_path)
    found = entries(window.workspace, (Selection(Place.MACHINE, next(iter(window.state.machines))),))
    assert any(entry.choices for entry in found), "no submenu is tried"
    assert any(entry.action.under for entry in found), "no group is tried"
    menu = QMenu()
    qtbot.addWidget(menu)

    def fill() -> None:
        emptied(menu)
        fill_menu(menu, found, lambda entry, choice: None)
        window.copy_as.attach(menu, found)
        for below in menu.findChildren(QMenu):
            below.aboutToShow.emit()

    fill()
    fill()
    before = held()
    for _ in range(ROUNDS):
        fill()
    assert held() - before == Counter()


class Circle:
    """Garbage that only a search finds; it tells which thread did."""

    def __init__(self, found_by: list[int]) -> None:
        self.itself, self.found_by = self, found_by

    def __del__(self) -> None:
        self.found_by.append(threading.get_ident())


def test_garbage_is_found_in_the_thread_of_the_window_whoever_made_it(qtbot: QtBot, tmp_path: Path) -> None:
    busy_window(qtbot, tmp_path)
    found_by: list[int] = []

    def work() -> None:
        for _ in range(100):
            Circle(found_by)
        kept = [[] for _ in range(50_000)]  # Python would search many times meanwhile
        assert len(kept) == 50_000

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found_by == []
    qtbot.waitUntil(lambda: len(found_by) == 100)
    assert set(found_by) == {threading.get_ident()}
