"""Parts of a window by what a person or a screen reader can know of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QLabel, QWidget

from fcm.ui.widgets.background import Work
from fcm.ui.widgets.page_parts import Facts

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

W = TypeVar("W", bound=QWidget)


def part(root: QWidget, kind: type[W], name: str) -> W:
    """The widget of that kind below ``root`` with that accessible name, or that object name where it says itself."""

    def is_it(widget: QWidget) -> bool:
        told = widget.accessibleName()  # a value has its text there, too
        return name in (told, widget.objectName()) or told.startswith(f"{name}: ")

    found = [widget for widget in root.findChildren(kind) if is_it(widget)]
    assert len(found) == 1, f"{name}: {len(found)} of {[w.accessibleName() for w in root.findChildren(kind)]}"
    return found[0]


def text_of(root: QWidget, name: str) -> str:
    """The text of the label of that name, without the dots of a narrow window."""
    label = part(root, QLabel, name)
    whole = getattr(label, "whole", None)
    return whole if isinstance(whole, str) else label.text()


def fact(page: QWidget, name: str) -> str:
    """A value of the names and values on a page."""
    sheets = [sheet for sheet in page.findChildren(Facts) if sheet.has(name)]
    assert len(sheets) == 1, name
    return sheets[0].value(name)


def is_idle(root: QObject) -> bool:
    """Whether a window and its parts wait for the outcome of no work."""
    return all(work.is_abandoned for work in root.findChildren(Work))
