"""Colours of cells in the present palette, readable whatever a program asks for."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QPalette

from fcm.ui.look import theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pyte.screens import Char

CONTRAST = 4.5
"""Between letters and what is behind them, at least (WCAG 2.1, level AA)."""
_NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
# pyte's own names: yellow is brown, and one is misspelled.
_NUMBERS = {
    **{name: number for number, name in enumerate(_NAMES)},
    **{f"bright{name}": 8 + number for number, name in enumerate(_NAMES)},
    "bfightmagenta": 13,
}
# xterm's first sixteen of 256 colours, which pyte gives as figures: they are those with names.
# fmt: off
_SIXTEEN = (
    "000000", "cd0000", "00cd00", "cdcd00", "0000ee", "cd00cd", "00cdcd", "e5e5e5",
    "7f7f7f", "ff0000", "00ff00", "ffff00", "5c5cff", "ff00ff", "00ffff", "ffffff",
)
# fmt: on
_FIGURES = {figure: number for number, figure in enumerate(_SIXTEEN)}


class Colours:
    """The colours of one palette."""

    def __init__(self, app: QApplication) -> None:
        palette = app.palette()
        self.text = palette.color(QPalette.ColorRole.Text)
        self.base = palette.color(QPalette.ColorRole.Base)
        self._named = [QColor(one) for one in theme.terminal_colours(theme.current(app))]

    def of(self, cell: Char) -> tuple[QColor, QColor]:
        """Those of the letter and of what is behind it."""
        fore = self._named_or(cell.fg, self.text)
        back = self._named_or(cell.bg, self.base)
        if cell.reverse:
            fore, back = back, fore
        fore = QColor(_readable(fore.rgb(), back.rgb(), CONTRAST))
        if cell.blink:  # a faint one
            fore = QColor(_readable(_mixed(fore, back).rgb(), back.rgb(), 3.0))
        return fore, back

    def _named_or(self, name: str, default: QColor) -> QColor:
        if name == "default":
            return default
        number = _NUMBERS.get(name, _FIGURES.get(name))
        return self._named[number] if number is not None else QColor(f"#{name}")


def _mixed(first: QColor, second: QColor) -> QColor:
    return QColor(*((a + b) // 2 for a, b in zip(_parts(first), _parts(second), strict=True)))


def _parts(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


@lru_cache(4096)
def _readable(fore: int, back: int, least: float) -> int:
    """A colour, made lighter or darker until it can be read."""
    letter, behind = QColor(fore), QColor(back)
    goal = QColor("#ffffff") if _luminance(behind) < 0.18 else QColor("#000000")
    for _ in range(12):
        if contrast(letter, behind) >= least:
            break
        parts = zip(_parts(letter), _parts(goal), strict=True)
        letter = QColor(*(a + (b - a) // 4 if b < a else a + (b - a + 3) // 4 for a, b in parts))
    return letter.rgb()


def contrast(first: QColor, second: QColor) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.1)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: QColor) -> float:
    """Relative luminance (WCAG 2.1)."""
    parts = (part / 255 for part in _parts(colour))
    red, green, blue = (one / 12.92 if one <= 0.04045 else math.pow((one + 0.055) / 1.055, 2.4) for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
