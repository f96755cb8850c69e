"""The window of the Migration Wall."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
)

from fcm.model.change import Change, Kind
from fcm.ui.dialogs.frame import PlainDialog
from fcm.ui.look import icons
from fcm.ui.look.format import count, seconds, size
from fcm.ui.look.plain import Label
from fcm.ui.migration.wall.canvas import WallCanvas
from fcm.ui.migration.wall.tiles import Order, sort, tile, tiles
from fcm.ui.widgets.dialog_parts import named
from fcm.ui.widgets.page_parts import EmptyState
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from fcm.ui.desk import Desk
    from fcm.ui.migration.wall.tiles import Tile

RANK_EVERY = 2.0
"""s between two sortings while nothing begins or ends."""
_NOTHING = "No live migration yet. The live migrations of this cluster appear here with their curves."


class MigrationWall(PlainDialog):
    """All running and recent live migrations as small curves on the same axes; stays open beside the window."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Migration Wall", "wall", QSize(1020, 660))
        self.setWindowModality(Qt.WindowModality.NonModal)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._tiles: dict[str, Tile] = {}
        self._shown_of = self.workspace
        self._ranked: list[str] = []
        self._ranked_at = 0.0
        self.order = named(QComboBox(), "Sort by")
        for order in Order:
            self.order.addItem(order.value, order)
        self.order.currentIndexChanged.connect(lambda _: self._rank())
        self.counted = named(Label(), "Migrations on the wall")
        self.counted.setProperty("role", "quiet")
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.canvas = WallCanvas(self._area)
        self._area.setWidget(self.canvas)
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyState(_NOTHING))
        self._stack.addWidget(self._area)
        self._lay_out()
        self.canvas.chosen.connect(lambda _: self._enable())
        window.changed.connect(self._changed)
        self._read()
        self.canvas.setFocus()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        label = Label("&Sort by:")
        label.setBuddy(self.order)
        top.addWidget(label)
        top.addWidget(self.order)
        top.addStretch(1)
        top.addWidget(self.counted)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.show_machine = named(QPushButton(icons.icon("vm"), "Show &Virtual Machine"), "Show Virtual Machine")
        self.show_machine.setAutoDefault(False)
        self.show_machine.clicked.connect(self._show_machine)
        buttons.addButton(self.show_machine, QDialogButtonBox.ButtonRole.ActionRole)
        close = named(buttons.button(QDialogButtonBox.StandardButton.Close), "Close")
        close.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self._stack, 1)
        column.addWidget(buttons)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape shows all tiles again before it closes the window."""
        if event.key() == Qt.Key.Key_Escape and self.canvas.enlarged:
            self.canvas.enlarge("")
            return
        super().keyPressEvent(event)

    # What is shown

    def _changed(self, change: object) -> None:
        workspace = self.window_of.workspace
        if workspace is None:
            self.close()
            return
        if not isinstance(change, Change):
            return
        if workspace is not self._shown_of or change.structural or change.of(Kind.MIGRATION) - self._tiles.keys():
            self._shown_of = workspace
            self._read()
            return
        touched = (change.of(Kind.TELEMETRY) | change.of(Kind.MIGRATION)) & self._tiles.keys()
        if touched:
            for identity in touched:
                self._tiles[identity] = tile(workspace, workspace.state.migrations[identity])
            if change.of(Kind.MIGRATION) or time.monotonic() - self._ranked_at > RANK_EVERY:
                self._rank()
            else:
                self._draw()

    def _read(self) -> None:
        self._tiles = {one.id: one for one in tiles(self.workspace, Order.NEWEST)}
        self._rank()

    def _rank(self) -> None:
        """Sort anew: not in every frame, so that tiles stay where the eye has found them."""
        self._ranked = [one.id for one in sort(list(self._tiles.values()), self.order.currentData())]
        self._ranked_at = time.monotonic()
        self._draw()

    def _draw(self) -> None:
        found = [self._tiles[identity] for identity in self._ranked]
        self._stack.setCurrentIndex(1 if found else 0)
        self.canvas.show_tiles(found)
        running = sum(not one.is_over for one in found)
        words = f"{count(running, 'migration')} in progress or waiting, {len(found) - running} finished"
        length, height = self.canvas.axes
        words += f". Each curve: {seconds(length)}, {size(height)}."
        self.counted.setText(words if found else "")
        self._enable()

    # What is done

    def _machine(self) -> str:
        found = self._tiles.get(self.canvas.current)
        return found.machine if found is not None else ""

    def _enable(self) -> None:
        self.show_machine.setEnabled(bool(self._machine()))

    def _show_machine(self) -> None:
        machine = self._machine()
        if machine:
            self.window_of.select(Selection(Place.MACHINE, machine))
            self.window_of.activateWindow()
