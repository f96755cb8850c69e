"""What a test asks of what is drawn: pixels of the screen, headings and cells; see looking.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QTableView, QTreeView

from fcm.ui.tables.heading import EDGE, Heading
from fcm.ui.tables.rows import RowDelegate
from tests.x11.looking import header_of, rows_of, shown, spot_of, view_of

if TYPE_CHECKING:
    from fcm.ui.window.main_window import MainWindow
    from tests.x11.looking import Spot

LEAST_GAP = 12
"""Pixels between a number and the text in the next column."""


def colours(window: MainWindow, box: Spot) -> dict[str, int]:
    """How many pixels of a box on the screen have which colour (#rrggbb)."""
    screen = QGuiApplication.primaryScreen()
    picture = screen.grabWindow(0, box["left"], box["top"], box["width"], box["height"]).toImage()
    found: dict[str, int] = {}
    for y in range(picture.height()):
        for x in range(picture.width()):
            name = picture.pixelColor(x, y).name()
            found[name] = found.get(name, 0) + 1
    return found


def edge(window: MainWindow, name: str) -> Spot:
    """The top line of the frame of a list."""
    view = view_of(name)
    assert view is not None
    box = view.rect()
    box.setHeight(1)
    return spot_of(view, box.adjusted(2, 0, -2, 0))


def arrow(window: MainWindow, name: str) -> dict[str, Any]:
    """The arrow of the order of a table: its heading, direction, place, and pixels from the words."""
    view = view_of(name)
    assert view is not None
    header = header_of(view)
    assert isinstance(header, Heading)
    section = header.sortIndicatorSection()
    box = QRect(header.sectionViewportPosition(section), 0, header.sectionSize(section), header.height())
    place = header.arrow_box(section, box)
    words = str(view.model().headerData(section, Qt.Orientation.Horizontal))
    end = box.left() + EDGE + header.fontMetrics().horizontalAdvance(words)
    return {"title": words, "up": header.is_ascending(), "from_words": place.left() - end,
            "box": spot_of(header.viewport(), place)}  # fmt: skip


def points_up(window: MainWindow, box: Spot) -> bool:
    """Whether the dark pixels of a box on the screen are more in its lower half."""
    picture = QGuiApplication.primaryScreen().grabWindow(0, box["left"], box["top"], box["width"], box["height"])
    image = picture.toImage()
    dark = [sum(255 - image.pixelColor(x, y).lightness() for x in range(image.width())) for y in range(image.height())]
    return dark[-1] > dark[0]


def gaps(window: MainWindow, name: str) -> list[int]:
    """Pixels between each right-aligned cell's text and that of the left-aligned cell after it, as drawn."""
    view = view_of(name)
    assert view is not None
    return gaps_in(view)


def gaps_in(view: QAbstractItemView) -> list[int]:
    """The same for any list that is shown."""
    header = header_of(view)
    order = [
        header.logicalIndex(n) for n in range(header.count()) if not header.isSectionHidden(header.logicalIndex(n))
    ]
    image = view.viewport().grab().toImage()
    found = []
    for row in rows_of(view):
        right = [bool(int(row.siblingAtColumn(c).data(Qt.ItemDataRole.TextAlignmentRole) or 0) & 2) for c in order]
        if view.selectionModel().isSelected(row):
            continue  # its frame is no text
        for at, column in enumerate(order[:-1]):
            if not right[at] or right[at + 1]:
                continue
            first, second = (view.visualRect(row.siblingAtColumn(c)) for c in (column, order[at + 1]))
            inked = [
                x
                for x in range(first.left(), min(second.right(), image.width() - 1))
                if any(image.pixelColor(x, y).lightness() < 160 for y in range(first.top(), first.bottom()))
            ]
            before, after = (
                list(g) for g in ([x for x in inked if x <= first.right()], [x for x in inked if x > first.right()])
            )
            if before and after:
                found.append(after[0] - before[-1])
    return found


def elided(window: MainWindow, name: str, text: str, width: int) -> str:
    """What the first column of a list shows of a text in so many pixels."""
    view = view_of(name)
    assert view is not None
    option = QStyleOptionViewItem()
    view.initViewItemOption(option)
    delegate = view.itemDelegate()
    assert isinstance(delegate, RowDelegate)
    delegate.initStyleOption(option, view.model().index(0, 0))
    return view.fontMetrics().elidedText(text, option.textElideMode, width)


def close_columns(window: MainWindow) -> dict[str, int]:
    """Lists in which a number is too close to the text at its right, with the pixels between them."""
    found = {}
    for view in shown(QAbstractItemView):
        if isinstance(view, QTableView | QTreeView) and not view.horizontalScrollBar().value():
            least = min(gaps_in(view), default=LEAST_GAP)
            if least < LEAST_GAP:
                found[view.accessibleName()] = least
    return found


def pixels(window: MainWindow, box: Spot) -> list[str]:
    """The colours of a box on the screen, point by point."""
    image = (
        QGuiApplication.primaryScreen().grabWindow(0, box["left"], box["top"], box["width"], box["height"]).toImage()
    )
    return [image.pixelColor(x, y).name() for y in range(image.height()) for x in range(image.width())]
