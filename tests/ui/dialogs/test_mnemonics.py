"""Alt and a letter: in every dialog, on every tab and page of a wizard, a letter belongs to one thing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QGroupBox, QLabel, QStackedWidget, QTabWidget, QWidget

from fcm.backend.embedded import open_embedded
from fcm.ui import dialogs
from fcm.ui.migration import MigrationPlanner, PreflightPanel
from fcm.ui.widgets.background import Work
from fcm.workspace.actions.catalog import ACTIONS
from tests.property.shell.test_shell_commands import Recorder, _selections
from tests.ui.window_by_hand import window_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow
    from fcm.workspace.selection import Selection

_LETTER = re.compile(r"&([^&])")


def letter(text: str) -> str:
    """The letter that is underlined in a label."""
    found = _LETTER.search(text.replace("&&", ""))
    return found[1].casefold() if found else ""


def labels(window: QWidget) -> Iterator[str]:
    """All labels with a letter that can be seen now."""
    for one in window.findChildren(QWidget):
        if not one.isVisibleTo(window) or one.window() is not window:
            continue
        if isinstance(one, QAbstractButton):
            yield one.text()
        elif isinstance(one, QGroupBox):
            yield one.title()
        elif isinstance(one, QLabel) and one.buddy() is not None:
            yield one.text()
        elif isinstance(one, QTabWidget):
            yield from (one.tabText(number) for number in range(one.count()))


def doubled(window: QWidget) -> set[str]:
    """Labels that share their letter with another one that is seen together with them."""
    found: dict[str, set[str]] = {}
    for text in labels(window):
        if letter(text):
            found.setdefault(letter(text), set()).add(text)
    return {text for texts in found.values() if len(texts) > 1 for text in texts}


def states(window: QWidget) -> Iterator[None]:
    """Go through the tabs of a window and the pages of a wizard, one after the other."""
    yield
    for tabs in window.findChildren(QTabWidget):
        for number in range(tabs.count()):
            tabs.setCurrentIndex(number)
            yield
    for pages in window.findChildren(QStackedWidget):
        if not isinstance(pages.parentWidget(), QTabWidget):
            for number in range(pages.count()):
                pages.setCurrentIndex(number)
                yield


def clashes(window: QWidget) -> dict[str, list[str]]:
    window.show()
    return {window.windowTitle(): sorted(clash) for _ in states(window) if (clash := doubled(window))}


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    monkeypatch.setattr(PreflightPanel, "show_plan", lambda *_: None)
    workspace = Recorder(open_embedded("contoso", seed=1, start_time=1_000_000.0))
    workspace.prepare()
    return window_of(qtbot, tmp_path, workspace)


def offered(shown: MainWindow) -> dict[tuple[str, str], Selection]:
    """A selection for each dialog and each kind of place that offers it."""
    found: dict[tuple[str, str], Selection] = {}
    for action in ACTIONS:
        for selection in _selections(shown.state):
            if action.dialog and selection.place in action.places:
                found.setdefault((action.dialog, selection.place.name), selection)
    return found


def test_no_two_things_of_a_dialog_have_the_same_letter(shown: MainWindow) -> None:
    found: dict[str, list[str]] = {}
    for (name, _), selection in offered(shown).items():
        if name in ("refresh", "close-cluster"):
            continue
        before = set(QApplication.topLevelWidgets())
        dialog = dialogs.show(name, shown.desk, selection)
        opened = [dialog] if dialog is not None else []
        opened += [
            one for one in QApplication.topLevelWidgets() if one not in before and one.isWindow() and one.isVisible()
        ]
        for window in opened:
            found |= clashes(window)
            for work in window.findChildren(Work):
                work.wait()
            window.close()
    assert found == {}


def test_no_two_menus_and_no_two_entries_of_a_menu_have_the_same_letter(shown: MainWindow) -> None:
    bar = [action.text() for action in shown.menuBar().actions()]
    groups = {"menu bar": bar}
    for action in shown.menuBar().actions():
        menu = action.menu()
        if (
            menu is not None and action.text() != "&Action"
        ):  # its entries are those of the context menu, without letters
            groups[action.text()] = [entry.text() for entry in menu.actions()]
    for name, texts in groups.items():
        letters = [letter(text) for text in texts if letter(text)]
        assert len(letters) == len(set(letters)), (name, texts)


def test_the_planner_has_a_letter_for_one_thing_each(qtbot: QtBot) -> None:
    planner = MigrationPlanner()
    qtbot.addWidget(planner)
    assert clashes(planner) == {}
