"""Moves: what a hand does at mouse and keyboard in one step of a course, as data that names controls as users see them.

A move names its control by the accessible name, which is the visible label. So the same line of a course frames the
control, tells the user in words what to do, and lets *Show me* do it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fcm.text.words import counted, quoted

if TYPE_CHECKING:
    from fcm.backend.toml_table import Table

TREE = "Console tree"
MOST_MOVES = 60
"""Moves of one step."""


class Act(StrEnum):
    """What the hand does; the key of a course file."""

    CLICK = "click"
    """A button, link, check box or radio button."""
    ROW = "row"
    """A row of a list or of the console tree."""
    CHECK_ROW = "check_row"
    """The check box of a row."""
    MENU = "menu"
    """An entry of the context menu of a row, through its submenus."""
    ENTER = "enter"
    """A text into a field."""
    CHOOSE = "choose"
    """An entry of a box of choices."""
    TAB = "tab"
    """A tab of a window."""
    KEYS = "keys"
    """A key such as F2 or Ctrl+M."""


@dataclass(frozen=True, slots=True)
class Move:
    """One move."""

    act: Act
    name: str
    """What is clicked, entered, chosen or pressed; of a menu the last label."""
    within: str = ""
    """Accessible name of the list, field, box or tabs; "" for CLICK and KEYS."""
    on: str = ""
    """Accessible name of the page or window on which it is to be done; "" where the name says enough."""
    path: tuple[str, ...] = ()
    """Labels of a menu, from the first one on."""
    row: str = ""
    """Row whose context menu it is."""
    clear: bool = False
    """Whether the check box is to be cleared."""

    def in_words(self, label: str = "") -> str:
        """What a user is to do, as a sentence; ``label``: the menu entry that is next, once the menu is open."""
        match self.act:
            case Act.CLICK:
                return f"Clear {quoted(self.name)}." if self.clear else f"Click {quoted(self.name)}."
            case Act.ROW:
                return f"Click {quoted(self.name)} in {quoted(self.within)}."
            case Act.CHECK_ROW:
                verb = "Clear" if self.clear else "Select"
                return f"{verb} the check box of {quoted(self.name)} in {quoted(self.within)}."
            case Act.MENU:
                if label:
                    return f"Choose {quoted(label)} in the menu."
                return f"Right-click {quoted(self.row)} in {quoted(self.within)}."
            case Act.ENTER:
                return f"Enter {quoted(self.name)} in {quoted(self.within)}."
            case Act.CHOOSE:
                return f"Choose {quoted(self.name)} in {quoted(self.within)}."
            case Act.TAB:
                return f"Click the tab {quoted(self.name)}."
            case Act.KEYS:
                return f"Press {self.name}."


_WITHIN = {
    Act.ROW: "list",
    Act.CHECK_ROW: "list",
    Act.MENU: "list",
    Act.ENTER: "field",
    Act.CHOOSE: "field",
    Act.TAB: "tabs",
}
"""The key that says where."""
_DEFAULTS = {"list": TREE, "tabs": "Properties"}


def read_moves(table: Table, key: str) -> tuple[Move, ...]:
    """The moves of an array of tables.

    Raises:
        ClusterFileError: a move is wrong; with its line and the reason.
    """
    found = table.tables(key, 0, 2**31, "moves")
    if len(found) > MOST_MOVES:
        reason = f"The step has {counted(len(found), 'move')}; at most {MOST_MOVES} are allowed."
        raise table.error(reason, key, MOST_MOVES)
    return tuple(_read(one) for one in found)


def _read(table: Table) -> Move:
    given = [act for act in Act if act.value in table and not (act is Act.ROW and Act.MENU.value in table)]
    if len(given) != 1:
        raise table.error(f"Exactly one of the keys {', '.join(Act)} says what the move is.")
    act = given[0]
    path = table.texts(act) if act is Act.MENU else ()
    if act is Act.MENU and not path:
        raise table.error("'menu' must list at least one label.", act)
    name = path[-1] if path else table.text(act)
    row = table.text("row") if act is Act.MENU else ""
    where = _WITHIN.get(act, "")
    within = "" if not where else table.text(where, *([_DEFAULTS[where]] if where in _DEFAULTS else []))
    clear = table.flag("clear", default=False) if act in (Act.CLICK, Act.CHECK_ROW) else False
    on = table.text("on", "")
    if act is Act.KEYS and not on:
        raise table.error("A move with 'keys' needs 'on': the page or window that has the keyboard.", act)
    table.end()
    return Move(act, name, within, on, path, row, clear)
