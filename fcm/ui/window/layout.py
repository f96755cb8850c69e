"""Where the panes, docks and columns of the window are, kept between starts; and the way from pane to pane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication

from fcm.workspace.files import settings as st

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QWidget

    from fcm.ui.window.menus import Menus
    from fcm.ui.window.panes.actions_pane import ActionsPane
    from fcm.ui.window.panes.console_tree import ConsoleTree
    from fcm.ui.window.panes.dock import Dock
    from fcm.workspace.files.settings import Settings

VERSION = 1
"""Of docks and toolbar; a layout saved for another one is not restored."""
SIZE = (1280, 800)
"""Pixels of the window at its first start."""
SMALLEST = (760, 480)
SMALLEST_SCREEN = 1024
FRAME = (4, 40)
"""Pixels that the frame and the title bar around a window take; a window manager says so only once it is shown."""
TREE, ACTIONS = 240, 220
"""Pixels of the console tree and of the Actions pane in a window of 1280 pixels."""
OWN = "own"
"""Property of the panes: whether the user has dragged a border."""
WIDEST_TREE = 420
"""Pixels that the tree takes at most in a window that is wider, if its names need them."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What has a place in the window."""

    window: QMainWindow
    settings: Settings
    menus: Menus
    panes: QSplitter
    tree: ConsoleTree
    pages: QStackedWidget
    actions: ActionsPane
    docks: Mapping[str, Dock]


def reset(parts: Parts) -> None:
    """Panes and docks as at the first start."""
    parts.menus.tree.setChecked(True)
    parts.menus.actions.setChecked(True)
    for dock in parts.docks.values():
        dock.hide()
    parts.panes.setProperty(OWN, False)
    _share(parts.panes, parts.window.width())


def _share(panes: QSplitter, width: int) -> None:
    """Give tree, page and Actions pane their parts of a width: names in the tree are whole where there is room."""
    actions = round(ACTIONS * min(1.0, width / SIZE[0]))
    tree = min(round(TREE * width / SIZE[0]), WIDEST_TREE)
    panes.setSizes([tree, max(300, width - tree - actions), actions])


class _Sharing(QObject):
    """Shares the width anew when it changes, until the user has dragged a border."""

    def __init__(self, panes: QSplitter) -> None:
        super().__init__(panes)
        self._panes = panes
        panes.installEventFilter(self)
        panes.splitterMoved.connect(self._dragged)

    def _dragged(self, *_: int) -> None:
        self._panes.setProperty(OWN, True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See every new size of the panes; all else goes on."""
        if isinstance(event, QResizeEvent) and watched is self._panes and not self._panes.property(OWN):
            _share(self._panes, event.size().width())
        return False


def restore(parts: Parts) -> None:
    """The layout of the last exit, or that of the first start."""
    saved = parts.settings
    room = parts.window.screen().availableSize()
    # A screen narrower than that is none that a person sits at (offscreen says 800 x 800).
    believed = room.width() >= SMALLEST_SCREEN
    most = QSize(room.width() - FRAME[0], room.height() - FRAME[1])
    parts.window.resize(QSize(*SIZE).boundedTo(most) if believed else QSize(*SIZE))
    parts.window.setMinimumSize(*SMALLEST)
    _Sharing(parts.panes)
    reset(parts)
    if geometry := saved.get(st.GEOMETRY):
        parts.window.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii")))
        if believed and not parts.window.isMaximized() and not parts.window.isFullScreen():
            parts.window.resize(parts.window.size().boundedTo(most))
    layout = saved.get(st.LAYOUT)
    if layout and saved.get(st.LAYOUT_VERSION) == VERSION:
        parts.window.restoreState(QByteArray.fromBase64(layout.encode("ascii")), VERSION)
    panes = saved.get(st.PANES)
    if len(panes) == 3:
        parts.panes.setProperty(OWN, True)
        parts.panes.setSizes(panes)
    parts.menus.tree.setChecked(saved.get(st.TREE_SHOWN))
    parts.menus.actions.setChecked(saved.get(st.ACTIONS_SHOWN))
    for section in (parts.actions.container, parts.actions.item):
        section.heading.setChecked(section.objectName() not in saved.get(st.FOLDED))


def save(parts: Parts) -> None:
    """Keep the layout for the next start."""
    saved = parts.settings
    saved.set(st.GEOMETRY, _base64(parts.window.saveGeometry()))
    saved.set(st.LAYOUT, _base64(parts.window.saveState(VERSION)))
    saved.set(st.LAYOUT_VERSION, VERSION)
    sections = (parts.actions.container, parts.actions.item)
    saved.set(st.FOLDED, [section.objectName() for section in sections if not section.heading.isChecked()])
    if not parts.panes.property(OWN):
        saved.set(st.PANES, [])
    elif parts.tree.isVisible() and parts.actions.isVisible():
        saved.set(st.PANES, parts.panes.sizes())


def next_pane(parts: Parts, focus_page: Callable[[], None], step: int) -> None:
    """Put the keyboard into the next (1) or previous (-1) pane that is shown: tree, page, Actions pane, docks."""
    stops: list[tuple[QWidget, Callable[[], None]]] = [
        (parts.tree, parts.tree.setFocus),
        (parts.pages, focus_page),
        (parts.actions, parts.actions.focus_first),
        *((dock, dock.focus_first) for dock in parts.docks.values()),
    ]
    under = [dock for dock in parts.docks.values() if not dock.on_top]
    stops = [stop for stop in stops if stop[0].isVisible() and stop[0] not in under]
    if not stops:
        return
    focused = QApplication.focusWidget()
    at = next((number for number, (pane, _) in enumerate(stops) if focused and _within(focused, pane)), None)
    if at is None:
        at = -1 if step > 0 else 0
    stops[(at + step) % len(stops)][1]()


def _within(widget: QWidget, pane: QWidget) -> bool:
    return widget is pane or pane.isAncestorOf(widget)


def _base64(state: QByteArray) -> str:
    return bytes(state.toBase64().data()).decode("ascii")
