"""How the window looks: Fusion, one palette for light and one for dark, and the only style sheet of the project.

Colours of text reach a contrast of 4.5 : 1 on their background, those of lines and symbols 3 : 1 (WCAG 2.1, levels
AA for text and for graphics). Meaning never hangs on colour alone: every state has a symbol and a word as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPalette

from fcm import resources

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


class Scheme(Enum):
    """What the user chose; SYSTEM follows the desktop where it says what it wants, otherwise it is light."""

    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class PlotColours:
    """Colours of a plot as ``#rrggbb``; pyqtgraph does not follow the palette."""

    background: str
    axis: str
    """Axes, ticks and their text."""
    grid: str
    curves: tuple[str, ...]
    """For curves laid over each other; told apart also by people who see red and green alike."""
    limit: str
    """The line under which the last copy fits the downtime limit."""
    boundary: str
    """Where one memory pass ends and the next begins."""
    forecast: str
    """Edge of the forecast band, which has this colour at an opacity of 0.2, and forecasts of a whole course."""
    dirty: str
    """The dirty rate."""
    transfer: str
    """The transfer rate."""


@dataclass(frozen=True, slots=True)
class StateColours:
    """Colours of words and bars that tell a state, readable on a list's background."""

    good: str
    busy: str
    warning: str
    bad: str
    quiet: str


@dataclass(frozen=True, slots=True)
class ShellColours:
    """Colours of PowerShell in the Console, readable on a list's background."""

    prompt: str
    command: str
    parameter: str
    text: str
    number: str
    variable: str
    operator: str
    keyword: str
    comment: str
    error: str


_LIGHT = {
    "Window": "#f0f0f0",
    "WindowText": "#1a1a1a",
    "Base": "#ffffff",
    "AlternateBase": "#f6f8fb",
    "Text": "#1a1a1a",
    "Button": "#f0f0f0",
    "ButtonText": "#1a1a1a",
    "BrightText": "#b3261e",
    "Highlight": "#cce4f7",
    "HighlightedText": "#000000",
    "ToolTipBase": "#ffffff",
    "ToolTipText": "#1a1a1a",
    "PlaceholderText": "#6a6a6a",
    "Light": "#ffffff",
    "Midlight": "#e4e4e4",
    "Mid": "#b4b4b4",
    "Dark": "#8a8a8a",
    "Shadow": "#5c5c5c",
    "Link": "#005a9e",
    "LinkVisited": "#6b4fa0",
    "Accent": "#0067c0",
}
_DARK = {
    "Window": "#2b2b2b",
    "WindowText": "#f0f0f0",
    "Base": "#1e1e1e",
    "AlternateBase": "#242628",
    "Text": "#f0f0f0",
    "Button": "#353535",
    "ButtonText": "#f0f0f0",
    "BrightText": "#ff8f87",
    "Highlight": "#264f78",
    "HighlightedText": "#ffffff",
    "ToolTipBase": "#3a3a3a",
    "ToolTipText": "#f0f0f0",
    "PlaceholderText": "#a0a0a0",
    "Light": "#4a4a4a",
    "Midlight": "#3a3a3a",
    "Mid": "#4d4d4d",
    "Dark": "#191919",
    "Shadow": "#000000",
    "Link": "#6cb4ff",
    "LinkVisited": "#c0a6f0",
    "Accent": "#4fa3ff",
}
_UNFOCUSED = {Scheme.LIGHT: "#dcdcdc", Scheme.DARK: "#454545"}
"""Background of what is selected in a pane that has not the keyboard."""
_DISABLED = {Scheme.LIGHT: "#838383", Scheme.DARK: "#8a8a8a"}

_PLOT = {
    Scheme.LIGHT: PlotColours(
        background="#ffffff",
        axis="#444444",
        grid="#d5d5d5",
        curves=("#0067c0", "#c24e00", "#00805c", "#a8487f", "#7a6200", "#5a55c8", "#007a8a", "#4d4d4d"),
        limit="#b3261e",
        boundary="#8a8a8a",
        forecast="#b5179e",
        dirty="#3a9a00",
        transfer="#3a1ee0",
    ),
    Scheme.DARK: PlotColours(
        background="#1e1e1e",
        axis="#c8c8c8",
        grid="#3c3c3c",
        curves=("#56b4e9", "#f09a4a", "#3fcf9f", "#e59ac6", "#e0d050", "#aaa6ff", "#5fd0dc", "#c8c8c8"),
        limit="#ff7b72",
        boundary="#808080",
        forecast="#e85bd6",
        dirty="#62e020",
        transfer="#a55cff",
    ),
}
_STATES = {
    Scheme.LIGHT: StateColours(good="#1e7a3c", busy="#005a9e", warning="#8a5a00", bad="#b3261e", quiet="#666666"),
    Scheme.DARK: StateColours(good="#5fcf80", busy="#6cb4ff", warning="#e8b04a", bad="#ff8f87", quiet="#a0a0a0"),
}
_SHELL = {
    Scheme.LIGHT: ShellColours(
        prompt="#666666",
        command="#0a4ea3",
        parameter="#5c5c5c",
        text="#a31515",
        number="#09704a",
        variable="#8a4b00",
        operator="#4d4d4d",
        keyword="#7a1fa2",
        comment="#2f7032",
        error="#b3261e",
    ),
    Scheme.DARK: ShellColours(
        prompt="#a0a0a0",
        command="#f0e08a",
        parameter="#b8b8b8",
        text="#dd9f85",
        number="#b5cea8",
        variable="#8fd6ff",
        operator="#c8c8c8",
        keyword="#d7a6f5",
        comment="#8bb37a",
        error="#ff8f87",
    ),
}

_TERMINAL = {
    Scheme.LIGHT: (
        "#1a1a1a #b3261e #1e7a3c #8a5a00 #005a9e #8a3ab0 #00707f #5c5c5c "
        "#666666 #c22b22 #1f8341 #946200 #0067c0 #9b45c4 #007a8a #1a1a1a"
    ),
    Scheme.DARK: (
        "#1e1e1e #ff8f87 #5fcf80 #e8b04a #6cb4ff #d7a6f5 #5fd0dc #d0d0d0 "
        "#a0a0a0 #ffa9a3 #80dc9b #f0e08a #8fc6ff #e3c0fa #8be0e9 #ffffff"
    ),
}
"""Black, red, green, yellow, blue, magenta, cyan, white, then the bright ones; white letters are for reading, too."""

_STYLE_SHEET = """
QToolBar { border: 0; border-bottom: 1px solid palette(mid); padding: 1px 3px; spacing: 1px; }
QToolBar QToolButton { padding: 3px; }
QMenuBar { border-bottom: 1px solid palette(midlight); }
QStatusBar { border-top: 1px solid palette(mid); }
QStatusBar::item { border: 0; }
QSplitter::handle:horizontal { width: 4px; }
QSplitter::handle:vertical { height: 4px; }
QTreeView, QTableView, QListView, QPlainTextEdit, QTextBrowser { border: 1px solid palette(mid); }
QTreeView:focus, QTableView:focus, QListView:focus, QPlainTextEdit:focus, QTextBrowser:focus {
    border: 1px solid palette(accent);
}
QTreeView::item, QListView::item { min-height: 20px; }
QHeaderView::section {
    background: palette(base); color: palette(text); border: 0; padding: 3px 6px;
    border-right: 1px solid palette(midlight); border-bottom: 1px solid palette(mid);
}
#actionsPane, #page { background: palette(base); }
#actionsPane { border: 1px solid palette(mid); }
#actionsPane QToolButton { border: 0; padding: 3px 6px; text-align: left; }
#actionsPane QToolButton::menu-indicator { subcontrol-origin: padding; subcontrol-position: right center; }
#actionsPane QToolButton:hover, #actionsPane QToolButton:focus {
    background: palette(highlight); color: palette(highlighted-text);
}
QLineEdit#filter { border: 1px solid palette(mid); border-radius: 2px; padding: 2px; background: palette(base); }
QLineEdit#filter:focus { border-color: palette(accent); }
QToolButton[role="link"] { border: 0; padding: 2px 4px; color: palette(link); }
QToolButton[role="link"]:hover { text-decoration: underline; }
QToolButton[role="link"]:focus { border: 1px dotted palette(mid); padding: 1px 3px; }
QToolButton[role="link"]:disabled { color: palette(placeholder-text); }
QLabel[role="title"] { font-size: 13pt; }
QLabel[role="heading"], QToolButton[role="heading"] { font-weight: bold; }
QLabel[role="quiet"] { color: palette(placeholder-text); }
QFrame[role="strip"] { background: palette(alternate-base); border: 1px solid palette(mid); border-radius: 3px; }
QFrame[role="rule"] { color: palette(mid); }
QCheckBox::indicator:unchecked, QTreeView::indicator:unchecked, QListView::indicator:unchecked,
QGroupBox::indicator:unchecked {
    width: 11px; height: 11px; background: palette(base);
    border: 1px solid palette(placeholder-text); border-radius: 2px;
}
QRadioButton::indicator:unchecked {
    width: 11px; height: 11px; background: palette(base);
    border: 1px solid palette(placeholder-text); border-radius: 6px;
}
QToolTip { color: palette(tooltip-text); background: palette(tooltip-base); border: 1px solid palette(mid); }
"""

_CHOICE = "fcmScheme"
"""Property of the application that keeps the user's choice."""


def apply(app: QApplication, scheme: Scheme = Scheme.SYSTEM) -> Scheme:
    """Give the application its style, palette, style sheet and, if the machine has none, a font.

    May be called again at any time to switch. With SYSTEM the window follows the desktop from then on. Widgets learn
    of a switch by ``QEvent.Type.PaletteChange``; plots ask for ``plot_colours(current(app))`` then.

    Returns:
        LIGHT or DARK, what came out of it.
    """
    first_time = app.property(_CHOICE) is None
    app.setProperty(_CHOICE, scheme.value)
    if first_time:
        app.setStyle("Fusion")
        _ensure_a_font(app)
        app.styleHints().colorSchemeChanged.connect(lambda _: _follow(app))
    outcome = _resolve(app, scheme)
    if first_time or app.palette() != palette(outcome):
        app.setPalette(palette(outcome))
        app.setStyleSheet(_STYLE_SHEET)
    return outcome


def current(app: QApplication) -> Scheme:
    """LIGHT or DARK, read from the palette in use."""
    return shown_by(app.palette())


def shown_by(palette: QPalette) -> Scheme:
    """LIGHT or DARK of a palette."""
    return Scheme.DARK if palette.color(QPalette.ColorRole.Base).lightness() < 128 else Scheme.LIGHT


def palette(scheme: Scheme) -> QPalette:
    """The palette of LIGHT or DARK."""
    made = QPalette()
    for role, colour in (_DARK if scheme is Scheme.DARK else _LIGHT).items():
        made.setColor(QPalette.ColorRole[role], QColor(colour))
    for role in ("WindowText", "Text", "ButtonText"):
        made.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole[role], QColor(_DISABLED[scheme]))
    made.setColor(QPalette.ColorGroup.Inactive, QPalette.ColorRole.Highlight, QColor(_UNFOCUSED[scheme]))
    return made


def plot_colours(scheme: Scheme) -> PlotColours:
    """The colours of plots under LIGHT or DARK."""
    return _PLOT[scheme]


def state_colours(scheme: Scheme) -> StateColours:
    """The colours of states under LIGHT or DARK."""
    return _STATES[scheme]


def shell_colours(scheme: Scheme) -> ShellColours:
    """The colours of PowerShell under LIGHT or DARK."""
    return _SHELL[scheme]


def terminal_colours(scheme: Scheme) -> tuple[str, ...]:
    """The sixteen colours of a terminal under LIGHT or DARK."""
    return tuple(_TERMINAL[scheme].split())


def _resolve(app: QApplication, scheme: Scheme) -> Scheme:
    if scheme is not Scheme.SYSTEM:
        return scheme
    return Scheme.DARK if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else Scheme.LIGHT


def _follow(app: QApplication) -> None:
    if app.property(_CHOICE) == Scheme.SYSTEM.value:
        apply(app, Scheme.SYSTEM)


def _ensure_a_font(app: QApplication) -> None:
    """Without any font every letter would be a box; Qt lists names of families even then."""
    if QFontMetrics(app.font()).inFontUcs4(ord("n")):
        return
    number = QFontDatabase.addApplicationFont(str(resources.path("fonts", "DejaVuSans.ttf")))
    for family in QFontDatabase.applicationFontFamilies(number)[:1]:
        app.setFont(QFont(family, 9))
