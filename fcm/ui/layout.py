"""Where the panes, docks and columns of the window are, kept between starts; and the way from pane to pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QApplication

from fcm.workspace import settings as st

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from fcm.ui.main_window import MainWindow

VERSION = 1
"""Of docks and toolbar; a layout saved for another one is not restored."""
SIZE = (1280, 800)
"""Pixels of the window at its first start."""
SMALLEST = (760, 480)
SMALLEST_SCREEN = 1024
TREE, ACTIONS = 240, 220
"""Pixels of the console tree and of the Actions pane in a window of 1280 pixels and more."""


def reset(window: MainWindow) -> None:
    """Panes and docks as at the first start."""
    window.menus.tree.setChecked(True)
    window.menus.actions.setChecked(True)
    for dock in window.docks.values():
        dock.hide()
    share = min(1.0, window.width() / SIZE[0])
    tree, actions = round(TREE * share), round(ACTIONS * share)
    window.panes.setSizes([tree, max(300, window.width() - tree - actions), actions])


def restore(window: MainWindow) -> None:
    """The layout of the last exit, or that of the first start."""
    saved = window.context.settings
    room = window.screen().availableSize()
    # A screen narrower than that is none that a person sits at (offscreen says 800 x 800).
    believed = room.width() >= SMALLEST_SCREEN
    window.resize(*((min(SIZE[0], room.width()), min(SIZE[1], room.height())) if believed else SIZE))
    window.setMinimumSize(*SMALLEST)
    reset(window)
    if geometry := saved.get(st.GEOMETRY):
        window.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii")))
    layout = saved.get(st.LAYOUT)
    if layout and saved.get(st.LAYOUT_VERSION) == VERSION:
        window.restoreState(QByteArray.fromBase64(layout.encode("ascii")), VERSION)
    panes = saved.get(st.PANES)
    if len(panes) == 3:
        window.panes.setSizes(panes)
    window.menus.tree.setChecked(saved.get(st.TREE_SHOWN))
    window.menus.actions.setChecked(saved.get(st.ACTIONS_SHOWN))
    for section in (window.actions_pane.container, window.actions_pane.item):
        section.heading.setChecked(section.objectName() not in saved.get(st.FOLDED))


def save(window: MainWindow) -> None:
    """Keep the layout for the next start."""
    saved = window.context.settings
    saved.set(st.GEOMETRY, _base64(window.saveGeometry()))
    saved.set(st.LAYOUT, _base64(window.saveState(VERSION)))
    saved.set(st.LAYOUT_VERSION, VERSION)
    sections = (window.actions_pane.container, window.actions_pane.item)
    saved.set(st.FOLDED, [section.objectName() for section in sections if not section.heading.isChecked()])
    if window.tree.isVisible() and window.actions_pane.isVisible():
        saved.set(st.PANES, window.panes.sizes())


def next_pane(window: MainWindow, step: int) -> None:
    """Put the keyboard into the next (1) or previous (-1) pane that is shown: tree, page, Actions pane, docks."""
    stops: list[tuple[QWidget, Callable[[], None]]] = [
        (window.tree, window.tree.setFocus),
        (window.stack, window.page.focus_first),
        (window.actions_pane, window.actions_pane.focus_first),
        *((dock, dock.focus_first) for dock in window.docks.values()),
    ]
    under = [dock for dock in window.docks.values() if not dock.on_top]
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
