"""One line in the Console that says how things are, with a button for what can be done about it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from fcm.ui.widgets.page_parts import Elided


class NoteRow(QWidget):
    """Hidden until something is said."""

    def __init__(self, name: str, label: str, parent: QWidget) -> None:
        """``name`` of the object; ``label`` of the button, with its letter."""
        super().__init__(parent)
        self.setObjectName(name)
        self._words = Elided()
        self._words.setObjectName(f"{name}-words")
        plain = label.replace("&", "")
        self.button = QPushButton(label)
        self.button.setObjectName(plain.casefold().replace(" ", "-"))
        self.button.setAccessibleName(plain)
        self.button.setAutoDefault(False)
        line = QHBoxLayout(self)
        line.setContentsMargins(4, 1, 4, 1)
        line.addWidget(self._words, 1)
        line.addWidget(self.button)
        self.hide()

    @property
    def said(self) -> str:
        """What is said; "" if nothing is."""
        return "" if self.isHidden() else self._words.whole

    def say(self, words: str) -> None:
        """Say something, or with "" nothing."""
        self._words.say(words)
        self.setVisible(bool(words))
