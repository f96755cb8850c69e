"""What a test may ask of the program: called there, in the thread of the window. Everything by what a person sees."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypedDict

from PySide6.QtCore import QModelIndex, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QDialog,
    QHeaderView,
    QLabel,
    QListView,
    QMenu,
    QTableView,
    QTreeView,
    QWidget,
)

from fcm.ui.widgets.dialog_parts import TickList
from fcm.ui.widgets.page_parts import Elided
from fcm.ui.window.panes.messages import MessageStrip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QTimerEvent

    from fcm.ui.window.main_window import MainWindow


class Spot(TypedDict):
    """A place on the screen: a point to click, and the box around it."""

    x: int
    y: int
    left: int
    top: int
    width: int
    height: int


def spot_of(widget: QWidget, box: QRect | None = None) -> Spot:
    """The middle of a widget, or of a box in it."""
    inside = widget.rect() if box is None else box
    corner = widget.mapToGlobal(inside.topLeft())
    middle = widget.mapToGlobal(inside.center())
    return {"x": middle.x(), "y": middle.y(), "left": corner.x(), "top": corner.y(), "width": inside.width(),
            "height": inside.height()}  # fmt: skip


def shown(kind: type[QWidget] = QWidget) -> Iterator[Any]:
    """All visible widgets of a kind, of all windows."""
    for widget in QApplication.allWidgets():
        if isinstance(widget, kind) and widget.isVisible():
            yield widget


def widget(name: str, kind: type[QWidget] = QWidget) -> Any:
    """The visible widget with that accessible name."""
    return next((one for one in shown(kind) if one.accessibleName() == name), None)


def _can_be_hit(one: QWidget, place: QPoint) -> bool:
    """Whether a click at a global place would reach a widget: nothing lies over it, no dialog keeps it away."""
    modal = QApplication.activeModalWidget()
    if modal is not None and one.window() is not modal and not isinstance(one.window(), QMenu):
        return False
    hit = QApplication.widgetAt(place)
    return hit is not None and (hit is one or one.isAncestorOf(hit))


# The window


def is_active(window: MainWindow) -> bool:
    """Whether the window has the keyboard and has been painted."""
    return window.isActiveWindow() and window.windowHandle() is not None and window.windowHandle().isExposed()


def has_keyboard(window: MainWindow) -> bool:
    """Whether keys reach this program: the window manager gives the keyboard back some time after a dialog closed."""
    return QApplication.activeWindow() is not None and QGuiApplication.focusWindow() is not None


def is_open(window: MainWindow) -> bool:
    """Whether a cluster is open and shown."""
    return window.workspace is not None and window.state.cluster is not None and window.is_settled


def title(window: MainWindow) -> str:
    """The title of the window as the window manager has it."""
    return window.windowHandle().title()


def titles(window: MainWindow) -> list[str]:
    """Titles of all windows."""
    return [one.windowTitle() for one in QApplication.topLevelWidgets() if one.isVisible() and one.windowTitle()]


def dialog(window: MainWindow) -> str:
    """Title of the dialog that is open, or what it asks."""
    modal = QApplication.activeModalWidget()
    if modal is None:
        return ""
    return modal.accessibleName() or modal.windowTitle()


def page(window: MainWindow) -> str:
    """The page that is shown, by its place."""
    return window.page.selection.place.name


def strips(window: MainWindow) -> list[str]:
    """Messages above the page."""
    return [strip.accessibleName() for strip in shown(MessageStrip)]


# Widgets


def button(window: MainWindow, name: str) -> Spot | None:
    """The place of a button that can be clicked, by its accessible name or its label."""
    for one in shown(QAbstractButton):
        if name in (one.accessibleName(), one.text().replace("&", "")) and one.isEnabled():
            spot = spot_of(one)
            if _can_be_hit(one, QPoint(spot["x"], spot["y"])):
                return spot
    return None


def place(window: MainWindow, name: str) -> Spot | None:
    """The place of anything visible by its accessible name."""
    found = widget(name)
    return None if found is None else spot_of(found)


def focused(window: MainWindow) -> str:
    """Accessible or object name of what has the keyboard."""
    found = QApplication.focusWidget()
    return "" if found is None else found.accessibleName() or found.objectName()


def checked(window: MainWindow, name: str) -> bool | None:
    """Whether a button or box is checked."""
    found = widget(name, QAbstractButton)
    return None if found is None else found.isChecked()


def text(window: MainWindow, name: str) -> str | None:
    """The text of a label by its accessible name."""
    found = widget(name, QLabel)
    return None if found is None else found.whole if isinstance(found, Elided) else found.text()


def tooltip(window: MainWindow) -> str:
    """The tooltip that is shown."""
    return next((tip.text() for tip in shown(QLabel) if tip.metaObject().className() == "QTipLabel"), "")


def tooltip_box(window: MainWindow) -> Spot | None:
    """Where the tooltip is."""
    return next((spot_of(tip) for tip in shown(QLabel) if tip.metaObject().className() == "QTipLabel"), None)


# Lists


def view_of(name: str) -> QAbstractItemView | None:
    found = widget(name, QAbstractItemView)
    return found if isinstance(found, QAbstractItemView) else None


def rows_of(view: QAbstractItemView) -> Iterator[QModelIndex]:
    model = view.model()

    def below(parent: QModelIndex) -> Iterator[QModelIndex]:
        for number in range(model.rowCount(parent)):
            index = model.index(number, 0, parent)
            yield index
            yield from below(index)

    yield from below(QModelIndex())


def row(window: MainWindow, name: str, text: str) -> Spot | None:
    """The place of a row that can be clicked, scrolled into view."""
    view = view_of(name)
    if view is None:
        return None
    for index in rows_of(view):
        if str(index.data()) != text:
            continue
        box = view.visualRect(index)
        if not box.isValid() or not view.viewport().rect().contains(box.center()):
            if isinstance(view, QTreeView):
                view.expand(index.parent())
            view.scrollTo(index)
            return None
        box = box.intersected(view.viewport().rect())
        box.setWidth(min(box.width(), 60))
        spot = spot_of(view.viewport(), box)
        return spot if _can_be_hit(view.viewport(), QPoint(spot["x"], spot["y"])) else None
    return None


def rows(window: MainWindow, name: str) -> list[list[str]]:
    """The texts of all rows of a list or table, in the order shown."""
    view = view_of(name)
    if view is None:
        return []
    columns = range(view.model().columnCount(QModelIndex()) if not isinstance(view, QListView) else 1)
    return [[str(index.siblingAtColumn(column).data() or "") for column in columns] for index in rows_of(view)]


def cell(window: MainWindow, name: str, text: str, title: str) -> str | None:
    """What a row, known by its first text, shows under a heading."""
    view = view_of(name)
    if view is None:
        return None
    model = view.model()
    column = next(n for n in range(model.columnCount()) if model.headerData(n, Qt.Orientation.Horizontal) == title)
    return next((str(i.siblingAtColumn(column).data()) for i in rows_of(view) if str(i.data()) == text), None)


def selected(window: MainWindow, name: str) -> list[str]:
    """First texts of the selected rows."""
    view = view_of(name)
    if view is None:
        return []
    return [str(index.data()) for index in rows_of(view) if view.selectionModel().isSelected(index)]


def is_expanded(window: MainWindow, text: str) -> bool:
    """Whether a row of the console tree is open."""
    found = next((index for index in rows_of(window.tree) if str(index.data()) == text), None)
    return found is not None and window.tree.isExpanded(found)


def pane(window: MainWindow, name: str) -> Spot | None:
    """A list with its frame."""
    view = view_of(name)
    return None if view is None else spot_of(view)


def header_of(view: QAbstractItemView) -> QHeaderView:
    assert isinstance(view, QTableView | QTreeView)
    return view.horizontalHeader() if isinstance(view, QTableView) else view.header()


def heading(window: MainWindow, name: str, title: str) -> Spot | None:
    """The place of a heading of a table."""
    view = view_of(name)
    if view is None:
        return None
    header, model = header_of(view), view.model()
    for column in range(model.columnCount()):
        if model.headerData(column, Qt.Orientation.Horizontal) == title and not header.isSectionHidden(column):
            box = header.viewport().rect()
            box.setLeft(header.sectionViewportPosition(column))
            box.setWidth(header.sectionSize(column))
            return spot_of(header.viewport(), box)
    return None


def cells(window: MainWindow, name: str) -> list[dict[str, Any]]:
    """Each shown cell of a table: its heading, text, the room for it and what it needs, in pixels."""
    view = view_of(name)
    if view is None:
        return []
    header, model = header_of(view), view.model()
    found = []
    for index in rows_of(view):
        for column in range(model.columnCount()):
            if header.isSectionHidden(column):
                continue
            cell = index.siblingAtColumn(column)
            if view.visualRect(cell).intersects(view.viewport().rect()):
                found.append({
                    "heading": model.headerData(column, Qt.Orientation.Horizontal),
                    "text": str(cell.data() or ""),
                    "has": view.visualRect(cell).width(),
                    "needs": view.sizeHintForIndex(cell).width(),
                })  # fmt: skip
    return found


# Menus


def popups(window: MainWindow) -> list[str]:
    """Names of the popups that are open, the oldest first."""
    return [one.accessibleName() or one.objectName() for one in shown(QMenu)]


def entries(window: MainWindow) -> list[str]:
    """Labels of all entries of all open menus."""
    return [action.text().replace("&", "") for menu in shown(QMenu) for action in menu.actions() if action.isVisible()]


def entry(window: MainWindow, label: str) -> Spot | None:
    """The place of an enabled entry of an open menu that can be clicked."""
    for menu in shown(QMenu):
        for action in menu.actions():
            if action.text().replace("&", "") == label and action.isEnabled() and action.isVisible():
                spot = spot_of(menu, menu.actionGeometry(action))
                if _can_be_hit(menu, QPoint(spot["x"], spot["y"])):
                    return spot
    return None


# Clipboard and pictures


def clipboard(window: MainWindow) -> dict[str, str]:
    """What was copied, by its form."""
    data = QGuiApplication.clipboard().mimeData()
    return {"text": data.text(), "html": data.html()}


def photograph(window: MainWindow, file: str) -> None:
    """Save what the screen shows."""
    screen = QGuiApplication.primaryScreen()
    picture = screen.grabWindow(0)
    top = window.frameGeometry() if window is not None else picture.rect()
    for one in QApplication.topLevelWidgets():
        if one.isVisible():
            top = top.united(one.frameGeometry())
    picture.copy(top.intersected(picture.rect())).save(file)


def is_gone(window: MainWindow, name: str) -> bool:
    """Whether nothing of that name is shown."""
    return widget(name) is None


def open_dialogs(window: MainWindow) -> list[str]:
    """Titles of all dialogs that are shown."""
    return [one.windowTitle() for one in shown(QDialog)]


# The status bar


def bar(window: MainWindow) -> list[Any]:
    """Where the buttons and texts of the status bar are."""
    parts = [one for one in window.status.findChildren(QWidget) if one.isVisible() and one.objectName()]
    return [(one.objectName(), spot["left"], spot["width"]) for one in parts if (spot := spot_of(one))]


def migrations_button(window: MainWindow) -> str:
    """What the button of the Migrations dock says."""
    return window.status.dock_buttons["Migrations"].text()


def texts(window: MainWindow) -> list[str]:
    """All labels that are shown."""
    return [one.whole if isinstance(one, Elided) else one.text() for one in shown(QLabel)]


def ticked(window: MainWindow) -> list[str]:
    """First texts of the rows of dialogs that are selected by their check box."""
    return [str(item.text(0)) for tree in shown(TickList) for item in tree.rows() if item.checkState(0).value]


def scrolled(window: MainWindow) -> int:
    """How far the Actions pane is scrolled, in pixels."""
    return window.actions_pane.verticalScrollBar().value()


def close_button(window: MainWindow) -> Spot:
    """The button of the window manager that closes the window: at the right end of its title."""
    frame, inside = window.frameGeometry(), window.geometry()
    title = inside.top() - frame.top()
    x, y = frame.right() - title // 2, frame.top() + title // 2
    return {"x": x, "y": y, "left": x, "top": y, "width": 1, "height": 1}


def clock(window: MainWindow) -> float:
    """The time of the virtual clock (s since the epoch)."""
    assert window.workspace is not None
    return window.workspace.now()


def count_selected(window: MainWindow, name: str) -> int:
    """Selected rows of a table."""
    view = view_of(name)
    return 0 if view is None else sum(part.height() for part in view.selectionModel().selection())


class _Stopwatch(QObject):
    """Beats all the time: the longest pause between two beats is the longest turn of the event loop."""

    def __init__(self) -> None:
        super().__init__()
        self.longest, self._last = 0.0, time.monotonic()
        self.most_work, self._worked = 0.0, time.thread_time()
        self.startTimer(5)

    def timerEvent(self, event: QTimerEvent) -> None:
        now = time.monotonic()
        self.longest, self._last = max(self.longest, now - self._last), now
        worked = time.thread_time()
        self.most_work, self._worked = max(self.most_work, worked - self._worked), worked


_watches: list[_Stopwatch] = []


def stopwatch(window: MainWindow) -> None:
    """From now on note how long the window does not answer."""
    _watches[:] = [_Stopwatch()]


def longest_turn(window: MainWindow) -> float:
    """s for which the window did not answer."""
    return _watches[0].longest


def longest_work(window: MainWindow) -> float:
    """s of the processor that the window worked in one turn, which other programs do not change."""
    return _watches[0].most_work
