"""Finding a text in the output of the Console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from fcm.ui.look import icons
from fcm.ui.look.plain import Label, literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from fcm.ui.console.output import ConsoleOutput


class FindBar(QWidget):
    """A line above the input; Enter goes upwards, Shift+Enter downwards, Escape closes it."""

    def __init__(self, output: ConsoleOutput, leave: Callable[[], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("find-bar")
        self._output = output
        self._leave = leave
        self.box = QLineEdit()
        self.box.setObjectName("find-text")
        self.box.setAccessibleName("Find in the Console")
        self.box.setPlaceholderText("Find in the Console")
        self.box.setClearButtonEnabled(True)
        self.box.textChanged.connect(self._typed)
        self._words = Label()
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 2, 3, 2)
        row.setSpacing(2)
        row.addWidget(self.box, 1)
        row.addWidget(self._button("Find upwards", "move-up", lambda: self.go(True)))
        row.addWidget(self._button("Find downwards", "move-down", lambda: self.go(False)))
        row.addWidget(self._words)
        row.addWidget(self._button("Close the search", "cancel", self.close_bar))
        self.hide()

    def _button(self, name: str, icon: str, slot: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name.casefold().replace(" ", "-"))
        button.setAccessibleName(name)
        button.setToolTip(literal(name))
        button.setIcon(icons.icon(icon))
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(slot)
        return button

    def open(self) -> None:
        """Show it, with what is selected in the output."""
        chosen = self._output.textCursor().selectedText()
        if chosen and "\u2029" not in chosen:
            self.box.setText(chosen)
        self.show()
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    def close_bar(self) -> None:
        """Hide it and go back to the input."""
        self.hide()
        self._leave()

    def go(self, backwards: bool) -> None:
        """To the next place."""
        text = self.box.text()
        found = self._output.find_text(text, backwards)
        self._words.setText("" if found or not text else "Not found")

    def _typed(self, text: str) -> None:
        self._words.setText("")
        if text:
            self._output.drop_selection()  # a longer text may be at the place that was found
            self.go(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Shift+Enter, Escape."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        elif event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)
