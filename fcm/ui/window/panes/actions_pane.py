"""The Actions pane at the right: what can be done with the container, and with the selected item."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from fcm.ui.look import icons
from fcm.ui.look.plain import literal
from fcm.ui.window.qactions import ChoiceEntry, Entry, fill_choices, fill_menu, group_icon, group_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QContextMenuEvent

    from fcm.ui.window.copy_as import CopyAs


class _Label(QToolButton):
    """An entry as wide as the pane; a label that does not fit has two lines and is whole in the tooltip."""

    stepped = Signal(int)
    """Down (1) or up (-1) was pressed."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.whole = text
        self.more: Callable[[], str] = str
        """What its tooltip says below the label; asked for when it is shown."""
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setIconSize(QSize(16, 16))
        self.setAutoRaise(True)
        self.setText(text.replace("&", "&&"))

    def minimumSizeHint(self) -> QSize:
        """Narrower than the text: the text gives way."""
        return QSize(40, super().sizeHint().height())

    def fit(self) -> None:
        """Cut the label to the present width."""
        room = max(20, self.width() - (46 if self.menu() else 34))
        text = self._wrapped(room).replace("&", "&&")
        if text.count("\n") != self.text().count("\n"):
            # A layout that is just placing its widgets forgets that one of them wants another height now.
            QTimer.singleShot(0, self, self.updateGeometry)
        self.setText(text)

    def _wrapped(self, room: int) -> str:
        """In one line if there is room, else in two, of which the second may end in dots."""
        metrics = self.fontMetrics()
        if metrics.horizontalAdvance(self.whole) <= room:
            return self.whole
        words = self.whole.split(" ")
        first = words[0]
        taken = 1
        while taken < len(words) and metrics.horizontalAdvance(f"{first} {words[taken]}") <= room:
            first = f"{first} {words[taken]}"
            taken += 1
        rest = metrics.elidedText(" ".join(words[taken:]), Qt.TextElideMode.ElideRight, room)
        return f"{metrics.elidedText(first, Qt.TextElideMode.ElideRight, room)}\n{rest}" if rest else first

    def event(self, event: QEvent) -> bool:
        """A tooltip says what the click would do, as PowerShell."""
        if isinstance(event, QHelpEvent) and event.type() == event.Type.ToolTip:
            QToolTip.showText(
                event.globalPos(), literal("\n\n".join(filter(None, (self.toolTip(), self.more())))), self
            )
            return True
        return super().event(event)

    def resizeEvent(self, event: object) -> None:
        """The width changed."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is as good as Space; up and down go from entry to entry."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.showMenu() if self.menu() else self.click()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)


class Section(QWidget):
    """A heading that folds, and its entries."""

    folded = Signal(bool)
    stepped = Signal(int)
    """The next (1) or the last entry (-1) is to get the keyboard."""

    def __init__(
        self, name: str, perform: Callable[[Entry, ChoiceEntry | None], None], copy_as: CopyAs, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._perform = perform
        self._copy_as = copy_as
        self._entries: tuple[Entry, ...] = ()
        self._title = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(0)
        self.heading = _Label("", self)
        self.heading.setProperty("role", "heading")
        self.heading.setObjectName(f"{name}-heading")
        self.heading.setCheckable(True)
        self.heading.setChecked(True)
        self.heading.toggled.connect(self._fold)
        self.heading.stepped.connect(self.stepped)
        column.addWidget(self.heading)
        self.body = QWidget(self)
        self.body.setObjectName(f"{name}-entries")
        self._column = QVBoxLayout(self.body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        column.addWidget(self.body)
        self._fold(True)

    @property
    def title(self) -> str:
        """What its entries are about."""
        return self._title

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is shown now."""
        return self._entries

    def show_entries(self, title: str, entries: Sequence[Entry]) -> None:
        """Show these; does nothing if they are shown already."""
        if title != self._title:
            self._title = title
            self.heading.whole = title
            self.heading.setAccessibleName(f"{title}: actions")
            self.heading.setToolTip(literal(title))
            self.heading.fit()
        found = tuple(entries)
        if found == self._entries:
            return
        self._entries = found
        focused = self._focused_id()
        if focused:
            # A focused widget that is hidden hands the keyboard to the next one, and the pane would scroll there.
            self.heading.setFocus(Qt.FocusReason.OtherFocusReason)
        while item := self._column.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        done: set[str] = set()
        before: QWidget = self.heading
        for entry in found:
            under = entry.action.under
            if under in done:
                continue
            if under:
                done.add(under)
                button = self._group_button(under, [one for one in found if one.action.under == under])
            else:
                button = self._button(entry)
            self._column.addWidget(button)
            # Else Tab would reach new entries after everything else in the window.
            QWidget.setTabOrder(before, button)
            before = button
            if button.objectName() == focused:
                button.setFocus()

    def reached(self) -> list[QToolButton]:
        """What the keyboard reaches now, from top to bottom."""
        items = (self._column.itemAt(number) for number in range(self._column.count()))
        rows = (item.widget() for item in items if item is not None)
        entries = [one for one in rows if isinstance(one, QToolButton) and one.isEnabled()]
        return [self.heading, *(entries if self.heading.isChecked() else [])]

    def button(self, action: str) -> QToolButton | None:
        """The button of an action by its id."""
        for number in range(self._column.count()):
            item = self._column.itemAt(number)
            widget = item.widget() if item else None
            if isinstance(widget, QToolButton) and widget.objectName() == action:
                return widget
        return None

    def _focused_id(self) -> str:
        focused = self.window().focusWidget()
        return focused.objectName() if focused is not None and self.body.isAncestorOf(focused) else ""

    def _group_button(self, under: str, entries: Sequence[Entry]) -> QToolButton:
        """Several entries as the menu of one button."""
        button = _Label(under, self.body)
        button.stepped.connect(self.stepped)
        button.setObjectName(group_name(under))
        button.setAccessibleName(under)
        button.setIcon(icons.icon(group_icon(under)))
        menu = QMenu(button)
        menu.setObjectName(f"{group_name(under)}-entries")
        menu.setAccessibleName(under)
        fill_menu(menu, [replace(one, action=replace(one.action, under="")) for one in entries], self._perform)
        self._copy_as.attach(menu)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def _button(self, entry: Entry) -> QToolButton:
        button = _Label(entry.label, self.body)
        button.stepped.connect(self.stepped)
        button.setObjectName(entry.action.id)
        button.setAccessibleName(entry.label)
        button.setIcon(icons.icon(entry.action.icon))
        button.setEnabled(bool(entry.verdict))
        button.more = lambda: self._copy_as.hint(entry)
        shortcut = QKeySequence(entry.action.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        if entry.reason:
            button.setToolTip(literal(f"{entry.label}\n{entry.reason}"))
            button.setAccessibleDescription(entry.reason)
        else:
            button.setToolTip(literal(f"{entry.label}  ({shortcut})" if shortcut else entry.label))
        if entry.choices:
            menu = QMenu(button)
            menu.setObjectName(f"{entry.action.id}-choices")
            fill_choices(menu, entry, self._perform)
            self._copy_as.attach(menu)
            button.setMenu(menu)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        else:
            button.clicked.connect(lambda: self._perform(entry, None))
        return button

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Copy as PowerShell for the entry below the pointer or, by key, for that with the keyboard."""
        by_key = event.reason() == event.Reason.Keyboard
        found = self.window().focusWidget() if by_key else self.childAt(event.pos())
        entry = next((one for one in self._entries if found is not None and one.action.id == found.objectName()), None)
        if found is not None and entry is not None:
            place = found.mapToGlobal(found.rect().center()) if by_key else event.globalPos()
            self._copy_as.offer(entry, None, place, self)

    def _fold(self, shown: bool) -> None:
        self.body.setVisible(shown)
        self.heading.setIcon(icons.icon("expand" if shown else "collapse"))
        self.folded.emit(not shown)


class ActionsPane(QScrollArea):
    """Two sections, one above the other; they scroll where there is no room."""

    def __init__(
        self,
        perform: Callable[[Entry, ChoiceEntry | None], None],
        copy_as: CopyAs,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("actionsScroll")
        self.setAccessibleName("Actions")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(140)
        inside = QFrame()
        inside.setObjectName("actionsPane")
        column = QVBoxLayout(inside)
        column.setContentsMargins(1, 2, 1, 2)
        column.setSpacing(0)
        self.container = Section("container-section", perform, copy_as, inside)
        self.item = Section("item-section", perform, copy_as, inside)
        self.item.hide()
        column.addWidget(self.container)
        column.addWidget(self.item)
        column.addStretch(1)
        self.setWidget(inside)
        self._place = 0
        for section in (self.container, self.item):
            section.stepped.connect(self._step)
        self.verticalScrollBar().rangeChanged.connect(self._ranged)
        self.verticalScrollBar().actionTriggered.connect(lambda _: QTimer.singleShot(0, self, self._scrolled))

    def _scrolled(self) -> None:
        """A person has chosen another place."""
        self._place = self.verticalScrollBar().value()

    def show_sections(self, container: tuple[str, Sequence[Entry]], item: tuple[str, Sequence[Entry]] | None) -> None:
        """Show title and entries of the container and, if something is selected in the page, of the item.

        What is in view stays in view; another page begins at the top.
        """
        bar = self.verticalScrollBar()
        place = bar.value() if container[0] == self.container.title else 0
        self.container.show_entries(*container)
        if item is not None:
            self.item.show_entries(*item)
        self.item.setVisible(item is not None)
        self._place = place
        bar.setValue(place)

    def _ranged(self, _least: int, most: int) -> None:
        """The layout has found how long the sections are."""
        self.verticalScrollBar().setValue(min(self._place, most))

    def _step(self, by: int) -> None:
        """The keyboard goes one entry down or up; at the ends it stays."""
        sections = (self.container, self.item) if self.item.isVisibleTo(self) else (self.container,)
        reached = [one for section in sections for one in section.reached()]
        focused = self.window().focusWidget()
        at = next((place for place, one in enumerate(reached) if one is focused), None)
        if at is not None and 0 <= at + by < len(reached):
            reached[at + by].setFocus(Qt.FocusReason.TabFocusReason)
            self.ensureWidgetVisible(reached[at + by], 0, 8)
            self._scrolled()

    def button(self, action: str) -> QToolButton | None:
        """The button of an action by its id, the item's before the container's."""
        found = self.item.button(action) if self.item.isVisibleTo(self) else None
        return found or self.container.button(action)

    def focus_first(self) -> None:
        """Put the keyboard into the pane."""
        section = self.item if self.item.isVisibleTo(self) else self.container
        section.heading.setFocus(Qt.FocusReason.ShortcutFocusReason)
