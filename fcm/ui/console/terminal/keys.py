"""Keys as a terminal sends them (xterm's "Control Sequences", PC-style function keys)."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt

_CURSOR = {
    Qt.Key.Key_Up: "A",
    Qt.Key.Key_Down: "B",
    Qt.Key.Key_Right: "C",
    Qt.Key.Key_Left: "D",
    Qt.Key.Key_Home: "H",
    Qt.Key.Key_End: "F",
}
_TILDE = {
    Qt.Key.Key_Insert: 2,
    Qt.Key.Key_Delete: 3,
    Qt.Key.Key_PageUp: 5,
    Qt.Key.Key_PageDown: 6,
    Qt.Key.Key_F5: 15,
    Qt.Key.Key_F6: 17,
    Qt.Key.Key_F7: 18,
    Qt.Key.Key_F8: 19,
    Qt.Key.Key_F9: 20,
    Qt.Key.Key_F10: 21,
    Qt.Key.Key_F11: 23,
    Qt.Key.Key_F12: 24,
}
_FIRST_FOUR = {Qt.Key.Key_F1: "P", Qt.Key.Key_F2: "Q", Qt.Key.Key_F3: "R", Qt.Key.Key_F4: "S"}
_PLAIN = {
    Qt.Key.Key_Return: "\r",
    Qt.Key.Key_Enter: "\r",
    Qt.Key.Key_Tab: "\t",
    Qt.Key.Key_Backtab: "\x1b[Z",
    Qt.Key.Key_Escape: "\x1b",
    Qt.Key.Key_Backspace: "\x7f",
}
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")
BEGINS, ENDS = "\x1b[200~", "\x1b[201~"
"""Around what is pasted, where a program wants that (xterm, bracketed paste mode)."""


def sent(key: int, modifiers: Qt.KeyboardModifier, text: str, has_cursor_keys: bool) -> str:
    """What a key sends; "" for one that means nothing in a terminal.

    Args:
        key: the key, a Qt.Key.
        modifiers: keys that are held with it.
        text: what it types.
        has_cursor_keys: whether the program wants arrows as keys of an application (DECCKM).
    """
    # On a Mac Qt calls the Command key Control; there Meta is Ctrl.
    control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
    alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
    shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
    number = 1 + shift + 2 * alt + 4 * control
    found = Qt.Key(key) if key in Qt.Key.__members__.values() else None
    if found in _CURSOR:
        if number > 1:
            return f"\x1b[1;{number}{_CURSOR[found]}"
        return f"\x1b{'O' if has_cursor_keys else '['}{_CURSOR[found]}"
    if found in _FIRST_FOUR:
        return f"\x1b[1;{number}{_FIRST_FOUR[found]}" if number > 1 else f"\x1bO{_FIRST_FOUR[found]}"
    if found in _TILDE:
        return f"\x1b[{_TILDE[found]};{number}~" if number > 1 else f"\x1b[{_TILDE[found]}~"
    if found in _PLAIN:
        plain = "\x08" if found is Qt.Key.Key_Backspace and control else _PLAIN[found]
        return f"\x1b{plain}" if alt else plain
    if control and (code := _control(key)):
        return f"\x1b{code}" if alt else code
    if not text or control:
        return ""
    return f"\x1b{text}" if alt else text


def _control(key: int) -> str:
    """What Ctrl makes of a key (ECMA-48: the last five bits of its letter); "" if nothing."""
    if key == Qt.Key.Key_Space:
        return "\x00"
    if Qt.Key.Key_At <= key <= Qt.Key.Key_Underscore:
        return chr(key & 0x1F)
    return ""


def pasted(text: str, brackets: bool) -> str:
    """A text as it is pasted: line ends as Enter types them, nothing in it that could be a key."""
    plain = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if brackets:
        return f"{BEGINS}{plain.replace(chr(10), chr(13))}{ENDS}"
    return plain.replace("\n", "\r")
