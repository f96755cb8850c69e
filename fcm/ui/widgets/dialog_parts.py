"""Small parts that dialogs and wizards share: named widgets, a notice, the PowerShell box, tick lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fcm.ui.look import icons
from fcm.ui.look.plain import Label, literal
from fcm.ui.tables.copying import copies_rows
from fcm.ui.tables.rows import dress_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtGui import QResizeEvent

    from fcm.model.rules.verdict import Verdict

T = TypeVar("T")
W = TypeVar("W", bound=QWidget)

LEVEL_ICONS = {"pass": "pass", "warn": "warn", "fail": "fail", "info": "level-information"}
"""Icons of the levels of checks."""
LEVEL_WORDS = {"pass": "Passed", "warn": "Warning", "fail": "Failed", "info": "Information"}
"""Words of the levels of checks."""
IDENTITY = Qt.ItemDataRole.UserRole
"""Role under which a row of a tick list keeps the id of what it stands for."""


def named(widget: W, accessible: str, object_name: str = "") -> W:
    """Give a widget its accessible name (the visible label) and an object name made of it."""
    widget.setAccessibleName(accessible)
    if isinstance(widget, QAbstractItemView):
        copies_rows(widget)
        dress_rows(widget)
    words = re.findall(r"[A-Za-z0-9]+", object_name or accessible)
    widget.setObjectName("".join(word if i else word[:1].lower() + word[1:] for i, word in enumerate(_capital(words))))
    return widget


def _capital(words: Iterable[str]) -> list[str]:
    return [word[:1].upper() + word[1:] for word in words]


def wrapped(text: str, role: str = "") -> QLabel:
    """A label that breaks its lines; ``role`` is one of the roles of the theme (title, heading, quiet)."""
    label = Label(text)
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label


def fact(text: str) -> QLabel:
    """A value in a form: can be selected and copied."""
    label = wrapped(text)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def name_fields(parent: QWidget) -> None:
    """Name the values of all forms by the labels before them: they can be selected, so a reader must know them."""
    for layout in parent.findChildren(QFormLayout):
        for row in range(layout.rowCount()):
            item = layout.itemAt(row, QFormLayout.ItemRole.FieldRole)
            field = item.widget() if item is not None else None
            label = layout.labelForField(field) if field is not None else None
            if isinstance(field, QLabel) and isinstance(label, QLabel) and not field.accessibleName():
                named(field, label.text().replace("&", "").rstrip(":"))


def long_choice(box: QComboBox) -> QComboBox:
    """A box of choices that takes the width that there is instead of that of its longest text."""
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(24)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return box


def form() -> QFormLayout:
    """A form with labels on the left and fields that grow."""
    layout = QFormLayout()
    layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    layout.setHorizontalSpacing(12)
    layout.setVerticalSpacing(8)
    return layout


def changed(value: T, old: T) -> T | None:
    """The value if it differs from the old one, else None: what a command calls "leave it as it is"."""
    return None if value == old else value


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)


class Notice(QFrame):
    """What is wrong, why and what to do, in the dialog itself; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "strip")
        self._icon = Label()
        self._icon.setFixedWidth(20)
        self._text = wrapped("")
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        named(self._text, "Message")
        self._copy = named(QToolButton(), "Copy details")
        self._copy.setIcon(icons.icon("copy"))
        self._copy.setToolTip("Copy this message")
        self._copy.setAutoRaise(True)
        self._copy.clicked.connect(lambda: copy_text(self.text()))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 6, 6)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        row.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def text(self) -> str:
        """What it says; "" while it is hidden."""
        return self._text.text() if not self.isHidden() else ""

    def say(self, text: str, level: str = "fail") -> None:
        """Show a text with the icon of a level ("fail", "warn", "info", "pass"); "" hides the notice."""
        self._text.setText(text)
        self._icon.setPixmap(icons.pixmap(LEVEL_ICONS[level], 16, self.devicePixelRatioF()))
        self._copy.setVisible(level in ("fail", "warn"))
        self.setVisible(bool(text))

    def refuse(self, verdict: Verdict) -> None:
        """Show why something is refused and what would help; a good verdict hides the notice."""
        if verdict:
            self.say("")
        else:
            self.say("\n".join(part for part in (verdict.reason, verdict.remedy) if part))


class PowerShellBox(QWidget):
    """The PowerShell that does the same, with a button Copy."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = named(QPlainTextEdit(), "PowerShell")
        self._text.setReadOnly(True)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._text.setTabChangesFocus(True)
        self._text.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._text.setPlaceholderText("Nothing to change yet.")
        self._text.setFixedHeight(self._text.fontMetrics().lineSpacing() * 3 + 14)
        self._copy = named(QPushButton(icons.icon("copy"), "Cop&y"), "Copy")
        self._copy.setToolTip("Copy this PowerShell")
        self._copy.setAutoDefault(False)
        self._copy.clicked.connect(lambda: copy_text(self.text()))
        label = wrapped("PowerShell that does the same", "quiet")
        head = QHBoxLayout()
        head.addWidget(label, 1)
        head.addWidget(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._text)
        self.show_text("")

    def text(self) -> str:
        """The PowerShell shown."""
        return self._text.toPlainText()

    def show_text(self, text: str) -> None:
        """Show a text; the button is disabled while there is none."""
        if text != self._text.toPlainText():
            self._text.setPlainText(text)
        self._copy.setEnabled(bool(text))


NAME, LAST = 140, 120
"""Pixels that the first and the last column of a list keep where there is no room."""


class TickList(QTreeWidget):
    """A list with a tick box in front of each row; rows are known by an id."""

    ticked_changed = Signal()

    def __init__(self, name: str, columns: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name)
        self._shares = False
        self.setColumnCount(len(columns))
        self.setHeaderLabels(list(columns))
        self.setHeaderHidden(len(columns) == 1)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setIconSize(QSize(16, 16))
        header = self.header()
        header.setSectionsMovable(False)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        self.itemChanged.connect(lambda _item, column: self.ticked_changed.emit() if column == 0 else None)

    def add(
        self, identity: str, texts: Sequence[str], icon: str = "", *, ticked: bool = False, reason: str = ""
    ) -> QTreeWidgetItem:
        """Add a row. With a ``reason`` it cannot be ticked and says why in its tooltip."""
        item = QTreeWidgetItem(list(texts))
        item.setData(0, IDENTITY, identity)
        if icon:
            item.setIcon(0, icons.icon(icon))
        item.setCheckState(0, Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        for column, text in enumerate(texts):
            item.setToolTip(column, literal(reason or text))
        if reason:
            item.setFlags(item.flags() & ~(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable))
        self.addTopLevelItem(item)
        return item

    def align_right(self, column: int) -> None:
        """Put the numbers of a column, and its head, on the right."""
        alignment = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.headerItem().setTextAlignment(column, alignment)
        for item in self.rows():
            item.setTextAlignment(column, alignment)

    def fit(self, stretch: int | None = None) -> None:
        """Make the columns as wide as their texts; ``stretch`` takes what is left (else the last one).

        Without room for all, the first one is cut, then the last one.
        """
        header = self.header()
        self._shares = stretch is None and self.columnCount() > 1
        dress_rows(self)
        if stretch is not None:
            header.setStretchLastSection(False)
        for column in range(self.columnCount()):
            mode = QHeaderView.ResizeMode.Stretch if column == stretch else QHeaderView.ResizeMode.ResizeToContents
            if stretch is None and column == self.columnCount() - 1:
                continue
            header.setSectionResizeMode(column, mode)
        self._share()

    def _share(self) -> None:
        if not self._shares:
            return
        header = self.header()
        texts = [max(self.sizeHintForColumn(one), header.sectionSizeHint(one)) for one in range(self.columnCount())]
        last = header.sectionSizeHint(self.columnCount() - 1)  # a heading cannot be read on in a tooltip
        others = sum(texts[1:-1]) + max(last, min(texts[-1], LAST))
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, min(texts[0], max(NAME, self.viewport().width() - others)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        self._share()

    def rows(self) -> list[QTreeWidgetItem]:
        """The rows, top to bottom."""
        found = (self.topLevelItem(row) for row in range(self.topLevelItemCount()))
        return [item for item in found if item is not None]

    def select_first(self) -> None:
        """Make the first row the current one."""
        if rows := self.rows()[:1]:
            self.setCurrentItem(rows[0])

    def select(self, identity: str) -> None:
        """Make the row of that id the current one; does nothing if there is none."""
        found = next((item for item in self.rows() if item.data(0, IDENTITY) == identity), None)
        if found is not None:
            self.setCurrentItem(found)

    def order(self) -> tuple[str, ...]:
        """All ids, top to bottom."""
        return tuple(str(item.data(0, IDENTITY)) for item in self.rows())

    def ticked(self) -> tuple[str, ...]:
        """Ids of the ticked rows, top to bottom."""
        return tuple(str(item.data(0, IDENTITY)) for item in self.rows() if item.checkState(0) == Qt.CheckState.Checked)

    def move_current(self, step: int) -> bool:
        """Move the current row up (-1) or down (1); False at the end of the list."""
        current = self.currentItem()
        row = -1 if current is None else self.indexOfTopLevelItem(current)
        target = row + step
        if row < 0 or not 0 <= target < self.topLevelItemCount():
            return False
        item = self.takeTopLevelItem(row)
        assert item is not None
        self.insertTopLevelItem(target, item)
        self.setCurrentItem(item)
        self.ticked_changed.emit()
        return True


class OrderedTickList(QWidget):
    """A tick list with buttons Up and Down beside it; the order is part of the choice."""

    changed = Signal()

    def __init__(self, name: str, columns: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = TickList(name, columns)
        self.up = named(QPushButton(icons.icon("move-up"), "&Up"), "Up")
        self.down = named(QPushButton(icons.icon("move-down"), "Dow&n"), "Down")
        for button, step in ((self.up, -1), (self.down, 1)):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, by=step: self.list.move_current(by))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.list, 1)
        buttons = QVBoxLayout()
        buttons.addWidget(self.up)
        buttons.addWidget(self.down)
        buttons.addStretch(1)
        row.addLayout(buttons)
        self.list.ticked_changed.connect(self._tell)
        self.list.currentItemChanged.connect(lambda *_: self._enable())
        self._enable()

    def _tell(self) -> None:
        self._enable()
        self.changed.emit()

    def _enable(self) -> None:
        current = self.list.currentItem()
        row = self.list.indexOfTopLevelItem(current) if current else -1
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < self.list.topLevelItemCount() - 1)
