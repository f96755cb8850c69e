"""What can be changed about the migration that runs: one button for each change that would help, and all options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from fcm.ui.look import icons
from fcm.ui.look.plain import literal
from fcm.ui.widgets.dialog_parts import named
from fcm.ui.window.qactions import ask

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from fcm.model.rules.verdict import Verdict
    from fcm.workspace.tuning import Advice, Help

CHANGE = "Change options..."


class AdviceBar(QWidget):
    """The buttons stand side by side where there is room and below each other where there is not."""

    wanted = Signal(object)
    """The command of a button; of a dangerous one after a question."""
    options_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "What can be changed now")
        self._helps: tuple[Help, ...] = ()
        self._buttons: list[QPushButton] = []
        self._columns = 0
        self._change = named(QPushButton("&Change options..."), CHANGE)
        self._change.setIcon(icons.icon("settings"))
        self._change.clicked.connect(self.options_asked)
        self._change.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(26, 0, 0, 0)
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(4)
        self._place()

    def show_advice(self, advice: Advice, may_change: Verdict, over: bool) -> None:
        """Offer these changes; ``over``: nothing can be changed any more and nothing is shown."""
        self.setVisible(not over)
        self._change.setEnabled(bool(may_change))
        self._change.setToolTip(
            literal("Downtime limit, bandwidth, post-copy" if may_change else may_change.sentence())
        )
        if advice.helps == self._helps:
            return
        if [one.command.post_copy for one in advice.helps] == [one.command.post_copy for one in self._helps]:
            self._helps = advice.helps  # the figures move with every forecast: a button must not vanish under a click
            for button, one in zip(self._buttons, advice.helps, strict=True):
                self._word(button, one)
        else:
            self._helps = advice.helps
            for button in self._buttons:
                button.deleteLater()
            self._buttons = [self._made(index) for index in range(len(advice.helps))]
            self._columns = 0
        self._place()

    def _made(self, index: int) -> QPushButton:
        one = self._helps[index]
        button = QPushButton(self)
        button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        button.setIcon(icons.icon("warn" if one.dangerous else "pass"))
        button.clicked.connect(lambda: self._ask_for(index))
        button.setObjectName(f"help{index}")
        self._word(button, one)
        button.show()
        return button

    def _word(self, button: QPushButton, one: Help) -> None:
        button.setText(one.text)
        button.setAccessibleName(one.text)
        button.setToolTip(literal(one.consequence))

    def _ask_for(self, index: int) -> None:
        one = self._helps[index]
        if one.dangerous:
            ask(self.window(), f"{one.text}? {one.consequence}", one.text, lambda: self.wanted.emit(one.command))
        else:
            self.wanted.emit(one.command)

    # Layout

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many side by side as fit."""
        super().resizeEvent(event)
        self._place()

    def minimumSizeHint(self) -> QSize:
        """Wide enough for one button."""
        return QSize(160, super().minimumSizeHint().height())

    def _place(self) -> None:
        every = [*self._buttons, self._change]
        widths = [button.sizeHint().width() + self._grid.horizontalSpacing() for button in every]
        room = self.width() - self._grid.contentsMargins().left()
        columns = len(every) if sum(widths) <= room else max(min(room // max(widths), len(every) - 1), 1)
        if columns == self._columns:
            return
        self._columns = columns
        for number, button in enumerate(every):
            self._grid.addWidget(button, number // columns, number % columns, Qt.AlignmentFlag.AlignLeft)
        for column in range(6):
            self._grid.setColumnStretch(column, 1 if column == columns else 0)
