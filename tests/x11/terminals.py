"""What a test asks of the terminal in the Console; see looking.py."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication

from fcm import powershell
from fcm.ui.console.deeds import Deeds
from fcm.ui.console.terminal.widget import TerminalWidget
from tests.x11.looking import shown, spot_of

if TYPE_CHECKING:
    from fcm.ui.window.main_window import MainWindow
    from tests.x11.looking import Spot

STAND_IN = Path(__file__).resolve().parents[1] / "unit" / "serving" / "stand_in.py"


def install(window: MainWindow, folder: str) -> None:
    """A PowerShell in a folder: the program that stands for it."""
    program = Path(folder) / "pwsh"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {STAND_IN} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    powershell.PROGRAMS = (str(program),)


def remove(window: MainWindow) -> None:
    """No PowerShell, as before."""
    powershell.PROGRAMS = ()


def terminal() -> TerminalWidget | None:
    """The terminal that is shown."""
    return next(shown(TerminalWidget), None)


def lines(window: MainWindow) -> list[str]:
    """The lines of the terminal."""
    found = terminal()
    return [] if found is None else [line.rstrip() for line in found.display.texts()]


def is_typed_in(window: MainWindow) -> bool:
    """Whether the terminal has the keyboard."""
    found = terminal()
    return found is not None and found.hasFocus()


def word(window: MainWindow, text: str) -> Spot | None:
    """The place of a text in the lowest line of the terminal that is no prompt and has it."""
    found = terminal()
    if found is None:
        return None
    texts = found.display.texts()
    at = max((n for n, line in enumerate(texts) if text in line and "PS>" not in line), default=None)
    if at is None:
        return None
    first = found._place_of(found.display.first + at, texts[at].index(text))
    last = found._place_of(found.display.first + at, texts[at].index(text) + len(text) - 1)
    return spot_of(found.viewport(), QRect(first.toRect().topLeft(), last.toRect().bottomRight()))


def inks(window: MainWindow, text: str) -> int:
    """How many pixels of the screen, where a text of the terminal is, differ from the corner of that place."""
    place = word(window, text)
    if place is None:
        return 0
    picture = QGuiApplication.primaryScreen().grabWindow(
        0, place["left"], place["top"], place["width"], place["height"]
    ).toImage()  # fmt: skip
    ground = picture.pixel(0, 0)
    return sum(picture.pixel(x, y) != ground for x in range(picture.width()) for y in range(picture.height()))


def deeds(window: MainWindow) -> list[str]:
    """The lines of the list above the terminal."""
    return next((one.texts() for one in shown(Deeds)), [])


def state(window: MainWindow, node: str) -> str:
    """The state of a node."""
    return str(window.state.nodes[node].state)
