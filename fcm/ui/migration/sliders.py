"""Sliders over wide ranges: each step multiplies, the value is shown in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSlider, QWidget

from fcm.ui.look.plain import Label, literal
from fcm.ui.widgets.dialog_parts import named

if TYPE_CHECKING:
    from collections.abc import Callable


class WideSlider(QSlider):
    """A value between two bounds on a logarithmic scale; the lowest step may mean 0."""

    moved = Signal(object)
    """The new value."""

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        steps: int,
        words: Callable[[float], str],
        units: tuple[float, ...],
        zero: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """``units``: rising; values are two digits of the largest that fits. ``zero``: the leftmost position is 0."""
        super().__init__(Qt.Orientation.Horizontal, parent)
        named(self, name)
        self._low, self._high, self._zero, self._words = low, high, zero, words
        self._steps, self._units = steps, units
        self.setRange(0, steps)
        self.setPageStep(max(steps // 12, 1))
        self.setMinimumWidth(90)
        self.label = Label()
        self.label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.label.setMinimumWidth(self.label.fontMetrics().horizontalAdvance("888.8 Mbit/s"))
        self.valueChanged.connect(lambda _: self._tell())
        self._tell()

    def amount(self) -> float:
        """The value."""
        position = self.value()
        if self._zero and position == 0:
            return 0.0
        return self._round(self._low * (self._high / self._low) ** (position / self._steps))

    def _round(self, value: float) -> float:
        unit = max((unit for unit in self._units if unit <= value), default=self._units[0])
        digits = 1 - math.floor(math.log10(value / unit))
        return round(value / unit, digits) * unit

    def set_amount(self, value: float) -> None:
        """Go to the position nearest to a value."""
        if value <= 0:
            self.setValue(0)
            return
        share = math.log(value / self._low) / math.log(self._high / self._low)
        self.setValue(round(min(max(share, 0.0), 1.0) * self._steps))

    def _tell(self) -> None:
        text = self._words(self.amount())
        self.label.setText(text)
        self.setAccessibleDescription(text)
        self.setToolTip(literal(text))
        self.moved.emit(self.amount())
