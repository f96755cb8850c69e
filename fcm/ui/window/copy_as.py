"""Copy as PowerShell: on every entry of every menu and of the Actions pane.

A right click (or Shift+F10, or the menu key) on an entry offers it; each menu of actions has it as a submenu as well.
The text is made only when it is asked for.
"""

from __future__ import annotations

import textwrap
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu

from fcm.model.state import State
from fcm.ui.look import icons
from fcm.ui.look.plain import literal
from fcm.ui.window.many_moves import ManyMoves
from fcm.ui.window.qactions import ChoiceEntry, Entry, acted_on, commands_of, emptied, fill_menu, submenu
from fcm.workspace.actions.action_text import ActionText, action_text, commands_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from fcm.ui.window.panes.messages import MessageArea
    from fcm.workspace.workspace import Workspace

LABEL = "Copy as PowerShell"
WIDEST = 100
"""Characters of a line of a tooltip."""
TALLEST = 12
"""Lines of a tooltip."""
PREVIEW = 3
"""Selected things whose commands a tooltip shows."""


def entry_text(
    workspace: Workspace | None, entry: Entry, choice: ChoiceEntry | None, most: int | None = None
) -> ActionText:
    """What an entry would do, as PowerShell; of ``most`` things that it acts on at most (None: of all)."""
    return _text(workspace, entry, choice, most)[0]


def _text(
    workspace: Workspace | None, entry: Entry, choice: ChoiceEntry | None, most: int | None = None
) -> tuple[ActionText, int]:
    """The text, and the number of things that the entry acts on."""
    state = State() if workspace is None else workspace.state
    if workspace is None:
        return action_text(entry.action, state, entry.selections[0]), 1
    if choice is not None:
        commands = commands_of(entry, choice, workspace)
        if not commands:
            return ActionText("", choice.verdict.sentence()), 0
        return commands_text(commands[:most], state), len(commands)
    if len(entry.selections) == 1:
        return action_text(entry.action, state, entry.selections[0]), 1
    subjects = acted_on(entry, workspace)
    found = [action_text(entry.action, state, one) for one in subjects[:most]]
    lines = dict.fromkeys(one.text for one in found if one.text)
    # What is the same for each of several things, such as Get-Help, is typed once.
    many = 1 if len(lines) == 1 < len(found) else len(subjects)
    return ActionText("\n".join(lines), next((one.note for one in found if one.note), "")), many


def described(found: ActionText, left_out: int = 0) -> str:
    """A text with its note, cut to what a tooltip can show."""
    lines = [part for line in found.text.splitlines() for part in textwrap.wrap(line, WIDEST, subsequent_indent="    ")]
    if len(lines) > TALLEST:
        lines = [*lines[:TALLEST], "..."]
    if left_out > 0 and found.text:
        lines.append(f"and the same for {left_out} more")
    return "\n".join([*lines, *textwrap.wrap(found.note, WIDEST)])


class CopyAs(QObject):
    """Offers the PowerShell of entries; one for a window."""

    def __init__(self, parent: QObject, messages: MessageArea, workspace: Callable[[], Workspace | None]) -> None:
        """``workspace`` gives the cluster that the entries are about."""
        super().__init__(parent)
        self._messages = messages
        self._workspace = workspace
        self._pressed: QAction | None = None
        """The entry of a menu on which the right button went down."""

    def hint(self, entry: Entry, choice: ChoiceEntry | None = None) -> str:
        """For a tooltip: the text of an entry, or why there is none."""
        text, many = _text(self._workspace(), entry, choice, PREVIEW)
        return described(text, many - PREVIEW)

    def copy(self, entry: Entry, choice: ChoiceEntry | None = None) -> None:
        """Put the text of an entry on the clipboard, and say what has to be filled in."""
        found = entry_text(self._workspace(), entry, choice)
        if found.text:
            QGuiApplication.clipboard().setText(found.text)
        if found.placeholders:
            self._messages.show_message("information", "Copied as PowerShell.", found.note, found.text)

    def offer(self, entry: Entry, choice: ChoiceEntry | None, place: QPoint, parent: QWidget) -> QMenu:
        """Show the menu of one entry at a global position."""
        menu = QMenu(parent)
        menu.setObjectName("copy-menu")
        menu.setAccessibleName(LABEL)
        menu.setToolTipsVisible(True)
        made = self._add(menu, f"&{LABEL}", entry, choice)
        made.triggered.connect(lambda: parent.close() if isinstance(parent, QMenu) else None)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)
        menu.setActiveAction(made)
        return menu

    def attach(self, menu: QMenu, entries: Sequence[Entry] = ()) -> None:
        """Offer it for each entry of a menu that was filled, and below ``entries`` as a submenu of its own."""
        self._watch(menu)
        if not entries:
            return
        menu.addSeparator()
        below = submenu(menu, "copy", f"Cop&y as {LABEL.rpartition(' ')[2]}")
        below.menuAction().setObjectName("copy-as-powershell")
        below.setToolTipsVisible(True)
        below.aboutToShow.connect(lambda: self._fill(below, entries))

    def _fill(self, menu: QMenu, entries: Sequence[Entry]) -> None:
        emptied(menu)
        for entry in entries:
            if not entry.choices:
                self._add(menu, entry.label, entry, None).setIcon(icons.icon(entry.action.icon))
                continue
            below = submenu(menu, entry.action.icon, entry.label)
            below.setToolTipsVisible(True)
            if isinstance(entry.choices, ManyMoves):
                below.aboutToShow.connect(partial(self._fill_choices, below, entry))
            else:
                self._fill_choices(below, entry)

    def _fill_choices(self, menu: QMenu, entry: Entry) -> None:
        menu.clear()
        if entry_text(self._workspace(), entry, None, 1).text:
            self._add(menu, "Best possible node", entry, None)
        for choice in entry.choices:
            self._add(menu, choice.label, entry, choice)

    def _add(self, menu: QMenu, label: str, entry: Entry, choice: ChoiceEntry | None) -> QAction:
        made = menu.addAction(label)
        hint = self.hint(entry, choice)
        made.setEnabled(bool(entry_text(self._workspace(), entry, choice, 1).text))
        made.setToolTip(literal(hint))
        made.setStatusTip(hint.partition("\n")[0])
        made.triggered.connect(lambda: self.copy(entry, choice))
        return made

    def _watch(self, menu: QMenu) -> None:
        menu.installEventFilter(self)
        for action in menu.actions():
            below = action.menu()
            if isinstance(below, QMenu):
                self._watch(below)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A right click or Shift+F10 on an entry of a menu; a menu that appears."""
        if not isinstance(watched, QMenu):
            return False
        if event.type() == QEvent.Type.Show:
            self._explain(watched)
        if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.RightButton:
            action = watched.actionAt(event.position().toPoint())
            pressed = self._pressed
            self._pressed = action if event.type() == QEvent.Type.MouseButtonPress else None
            if action is None or action.data() is None:
                return False
            if event.type() != QEvent.Type.MouseButtonRelease:
                return True  # else the menu would carry the entry out
            if pressed is not action:
                return False  # the release of the click that opened this menu
            self._offer_at(watched, action, event.globalPosition().toPoint())
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            shifted = event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
            active = watched.activeAction()
            if (shifted or event.key() == Qt.Key.Key_Menu) and active is not None and active.data() is not None:
                self._offer_at(watched, active, watched.mapToGlobal(watched.actionGeometry(active).center()))
                return True
        return False

    def _explain(self, menu: QMenu) -> None:
        """What can be chosen says what it would do; what cannot keeps its reason."""
        for action in menu.actions():
            if action.isEnabled() and isinstance(action.data(), tuple):
                action.setToolTip(literal(self.hint(*action.data())))

    def _offer_at(self, menu: QMenu, action: QAction, place: QPoint) -> None:
        entry, choice = action.data()
        self.offer(entry, choice, place, menu)


def context_menu(
    parent: QWidget,
    entries: Sequence[Entry],
    perform: Callable[[Entry, ChoiceEntry | None], None],
    copy_as: CopyAs,
    place: QPoint,
) -> QMenu:
    """Show the menu of what is selected at a global position; each of its entries offers its PowerShell."""
    menu = QMenu(parent)
    menu.setObjectName("context-menu")
    menu.setAccessibleName("Context menu")
    copy_as.attach(menu, fill_menu(menu, entries, perform))
    for made in menu.actions():
        made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(place)
    return menu
