"""Follows a guided course by what its panel says and frames, and by nothing else: no step has code of its own here.

The panel says in one sentence what to do next, and a frame shows where. The follower reads the sentence, looks at which
widget lies under the frame, and uses mouse and keyboard there.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QMenu, QWidget
from shiboken6 import isValid

from fcm.text.words import quoted
from fcm.ui.learning import hand
from fcm.ui.learning.mark import NAME, Frame
from fcm.ui.tour.driver import Driver, DriverError

if TYPE_CHECKING:
    from collections.abc import Callable

_QUOTED = r"""(?:'([^']*)'|"([^"]*)"|“([^”]*)”)"""
_WHAT = re.compile(rf"^(Enter|Choose) {_QUOTED} in (?!the menu)")
_KEY = re.compile(r"^Press (\S+)\.$")
LONGEST = 120.0
"""s that a step may take, on an idle machine: a machine boots, a migration ends."""


def follow(driver: Driver, see: Callable[[str, int], None] = lambda title, number: None) -> list[str]:
    """Follow the course that is shown from its open step to its end.

    Args:
        driver: the hand and the eyes.
        see: called with the title of each step and the number of the move in it, before each move.

    Returns:
        The titles of the steps.

    Raises:
        DriverError: the panel said or framed nothing that leads on.
    """
    titles: list[str] = []
    moves = 0
    used: tuple[Frame | None, int] = (None, 0)
    while True:
        title = driver.wait(_title, "a course to be shown")
        if title == "The end of the course":
            return titles
        if not titles or titles[-1] != title:
            titles.append(title)
            moves = 0
        what = f"the panel to frame what is next in {quoted(title)}"
        frame = driver.wait(partial(_shown, used), what, LONGEST)
        words = frame.accessibleDescription()
        see(title, moves)
        moves += 1
        used = (frame, frame.looks)
        _do(driver, frame, words)


def _title() -> str:
    """The title of the open step, also while a dialog is open."""
    for root in QApplication.topLevelWidgets():
        for label in root.findChildren(QLabel):
            if label.accessibleName() == "Title of the step":
                return label.text()
    raise DriverError("No course is shown.")


def _shown(used: tuple[Frame | None, int]) -> Frame | None:
    """The frame that is visible; one that was used counts once the guide has looked again at what came of it."""
    for root in QApplication.topLevelWidgets():
        if root.isVisible():
            for frame in root.findChildren(Frame, options=Qt.FindChildOption.FindDirectChildrenOnly):
                if isValid(frame) and frame.isVisible() and frame.accessibleName() == NAME:
                    return frame if frame is not used[0] or frame.looks > used[1] + 1 else None
    return None


def _do(driver: Driver, frame: Frame, words: str) -> None:
    """Do what the words say at the place of the frame."""
    window = frame.window()
    place = frame.framed.center()
    under: QWidget | None = window.childAt(place)
    widget = window if under is None else under
    point = widget.mapFrom(window, place) if widget is not window else place
    if (found := _WHAT.match(words)) is not None:
        text = next(part for part in found.groups()[1:] if part is not None)
        _enter(driver, widget, found[1], text)
    elif (key := _KEY.match(words)) is not None:
        if QApplication.activeWindow() is None:  # without a window manager, nobody activates what a dialog uncovers
            window.activateWindow()
            driver.wait(window.isActiveWindow, "the window to be active")
        hand.press(QApplication.focusWidget() or widget, key[1])
        driver.settle()
    elif words.startswith("Right-click"):
        driver.right_click(widget, point)
    elif isinstance(window, QMenu):
        driver.click(window, place)
    else:
        driver.click(widget, point)


def _enter(driver: Driver, widget: QWidget, verb: str, text: str) -> None:
    field: QWidget | None = widget
    if verb == "Choose":
        while field is not None and not isinstance(field, QComboBox):
            field = field.parentWidget()
        if field is None:
            raise DriverError(f"There is no box of choices to choose {text} in.")
        wanted = next((n for n in range(field.count()) if field.itemText(n).startswith(text)), None)
        if wanted is None:
            raise DriverError(f"There is no entry {text}.")
        hand.choose(field, wanted)
    else:
        while field is not None and field.focusPolicy() == Qt.FocusPolicy.NoFocus:
            field = field.parentWidget()
        assert field is not None
        hand.type_text(field, text)
    driver.settle()
