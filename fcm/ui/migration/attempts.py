"""The networks of a migration in the order of preference: tried when, with what result, and why the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from fcm.model.networks import migration_order
from fcm.ui import icons
from fcm.ui.dialogs.parts import named
from fcm.ui.format import NONE, clock_time, seconds
from fcm.ui.migration.words import sentence_of

if TYPE_CHECKING:
    from fcm.model.entities import Migration
    from fcm.model.state import State

COLUMNS = ("Order", "Network", "Address", "Tried at", "Took", "Result")


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One line of the list."""

    icon: str
    order: str
    network: str
    address: str
    time: str
    duration: str
    result: str

    def texts(self) -> list[str]:
        """The columns from left to right."""
        return [self.order, self.network, self.address, self.time, self.duration, self.result]


def attempt_lines(state: State, migration: Migration) -> list[AttemptLine]:
    """What was tried, oldest first, then the networks that were not, with the reason."""
    lines: list[AttemptLine] = []
    order = migration_order(state.cluster, state.networks) if state.cluster is not None else ()
    last = len(migration.attempts) - 1
    for index, attempt in enumerate(migration.attempts):
        network = state.networks.get(attempt.network)
        result = sentence_of(attempt.result)
        if not attempt.connected:
            if index < last:
                result += " The next network was tried."
            elif migration.phase.is_over:
                result += " No network was left."
        rank = str(order.index(attempt.network) + 1) if attempt.network in order else NONE
        lines.append(
            AttemptLine(
                "pass" if attempt.connected else "fail",
                rank,
                network.name if network else attempt.network,
                attempt.address,
                clock_time(attempt.time),
                seconds(attempt.duration),
                result,
            )
        )
    tried = {attempt.network for attempt in migration.attempts}
    connected = any(attempt.connected for attempt in migration.attempts)
    for number, identity in enumerate(order, 1):
        if identity in tried:
            continue
        if connected:
            why = "Not needed: an earlier network connected."
        elif migration.phase.is_over:
            why = "Not tried."
        else:
            why = "Not tried yet."
        lines.append(AttemptLine("not-checked", str(number), state.networks[identity].name, "", NONE, NONE, why))
    return lines


class AttemptList(QTreeWidget):
    """The list of networks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "Networks tried")
        self._shown: list[AttemptLine] = []
        self.setHeaderLabels(list(COLUMNS))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setAlternatingRowColors(True)
        self.setIconSize(QSize(16, 16))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.header()
        header.setHighlightSections(False)
        for column in range(len(COLUMNS) - 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        for column in (3, 4):
            self.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def show_lines(self, lines: list[AttemptLine]) -> None:
        """Show these lines; does nothing while they stay the same."""
        if lines == self._shown:
            return
        self._shown = lines
        self.clear()
        for line in lines:
            item = QTreeWidgetItem(line.texts())
            item.setIcon(0, icons.icon(line.icon))
            item.setToolTip(5, line.result)
            for column in (3, 4):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.addTopLevelItem(item)
