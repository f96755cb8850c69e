"""Light and dark: contrast, the switch, the font of last resort."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import astuple
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel

from fcm import resources
from fcm.ui.look import theme
from fcm.ui.look.theme import Scheme
from fcm.ui.tour.patience import PROGRAM_PATIENCE, stretched

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

SCHEMES = [Scheme.LIGHT, Scheme.DARK]
TEXT = 4.5
"""Least contrast of text, WCAG 2.1 success criterion 1.4.3."""
GRAPHICS = 3.0
"""Least contrast of lines and symbols, WCAG 2.1 success criterion 1.4.11."""


def contrast(first: QColor | str, second: QColor | str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.1, relative luminance)."""

    def luminance(colour: QColor | str) -> float:
        parts = [QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF()]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_the_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("text", "background"),
    [
        ("WindowText", "Window"),
        ("Text", "Base"),
        ("Text", "AlternateBase"),
        ("ButtonText", "Button"),
        ("HighlightedText", "Highlight"),
        ("ToolTipText", "ToolTipBase"),
        ("PlaceholderText", "Base"),
        ("PlaceholderText", "Window"),
        ("Link", "Base"),
        ("Link", "Window"),
        ("LinkVisited", "Base"),
    ],
)
def test_text_stands_out_from_its_background(scheme: Scheme, text: str, background: str) -> None:
    palette = theme.palette(scheme)
    colours = [palette.color(QPalette.ColorRole[role]) for role in (text, background)]
    assert contrast(*colours) >= TEXT


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_of_state_are_readable_in_lists_and_on_the_window(scheme: Scheme) -> None:
    palette = theme.palette(scheme)
    for role in (QPalette.ColorRole.Base, QPalette.ColorRole.AlternateBase, QPalette.ColorRole.Window):
        for colour in astuple(theme.state_colours(scheme)):
            assert contrast(colour, palette.color(role)) >= TEXT


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_curve_of_a_plot_stands_out_and_no_two_are_alike(scheme: Scheme) -> None:
    colours = theme.plot_colours(scheme)
    for line in (*colours.curves, colours.limit, colours.boundary, colours.forecast):
        assert contrast(line, colours.background) >= GRAPHICS
    assert contrast(colours.axis, colours.background) >= TEXT
    assert len(set(colours.curves)) == len(colours.curves) >= 8


@pytest.mark.parametrize("scheme", SCHEMES)
def test_applying_a_scheme_is_seen_in_the_palette(qapp: QApplication, scheme: Scheme) -> None:
    assert theme.apply(qapp, scheme) is scheme
    assert theme.current(qapp) is scheme
    assert qapp.palette().color(QPalette.ColorRole.Window) == theme.palette(scheme).color(QPalette.ColorRole.Window)


def test_a_switch_reaches_widgets_that_exist_already(qapp: QApplication, qtbot: QtBot) -> None:
    label = QLabel("node1")
    qtbot.addWidget(label)
    label.show()
    light = label.palette().color(QPalette.ColorRole.WindowText)
    theme.apply(qapp, Scheme.DARK)
    assert label.palette().color(QPalette.ColorRole.WindowText) != light


def test_system_follows_the_desktop_and_is_light_where_that_says_nothing(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"now": Qt.ColorScheme.Dark}

    class Desktop:
        def colorScheme(self) -> Qt.ColorScheme:
            return answers["now"]

    monkeypatch.setattr(type(qapp), "styleHints", lambda self: Desktop())
    assert theme.apply(qapp, Scheme.SYSTEM) is Scheme.DARK
    answers["now"] = Qt.ColorScheme.Unknown
    assert theme.apply(qapp, Scheme.SYSTEM) is Scheme.LIGHT


def test_a_change_of_the_desktop_is_followed_under_system_only(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints = qapp.styleHints()
    dark = False

    class Desktop:
        def colorScheme(self) -> Qt.ColorScheme:
            return Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light

    monkeypatch.setattr(type(qapp), "styleHints", lambda self: Desktop())
    theme.apply(qapp, Scheme.SYSTEM)
    dark = True
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.current(qapp) is Scheme.DARK
    theme.apply(qapp, Scheme.LIGHT)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.current(qapp) is Scheme.LIGHT


def test_a_machine_without_any_font_gets_the_one_that_travels_along(tmp_path: Path) -> None:
    (tmp_path / "fonts.conf").write_text("<fontconfig></fontconfig>", encoding="utf-8")
    code = (
        "from PySide6.QtGui import QFontInfo, QFontMetrics\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from fcm.ui.look import theme\n"
        "app = QApplication([])\n"
        "before = QFontMetrics(app.font()).inFontUcs4(ord('n'))\n"
        "theme.apply(app)\n"
        "print(before, QFontInfo(app.font()).family(), QFontMetrics(app.font()).inFontUcs4(ord('n')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")},
        capture_output=True,
        text=True,
        timeout=stretched(PROGRAM_PATIENCE),
        check=False,
    )
    assert done.stdout.strip() == "False DejaVu Sans True", done.stdout + done.stderr


def test_the_font_has_its_licence_beside_it() -> None:
    assert "Bitstream" in resources.path("fonts", "DejaVuSans-LICENSE.txt").read_text(encoding="utf-8")
