"""The networks of a migration in the order of preference: tried when, with what result, and why the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from fcm.model.rules.networks import migration_order
from fcm.model.structures.tables import name_of
from fcm.ui.look import icons
from fcm.ui.look.format import NONE, clock_time, seconds
from fcm.ui.look.plain import literal
from fcm.ui.migration.words import sentence_of
from fcm.ui.widgets.dialog_parts import named

if TYPE_CHECKING:
    from fcm.model.migrations import Migration
    from fcm.model.state import State

COLUMNS = ("Order", "Network", "Result", "Tried at", "Took")
_RESULT = 2


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
        return [self.order, self.network, self.result, self.time, self.duration]


def attempt_lines(state: State, migration: Migration) -> list[AttemptLine]:
    """What was tried, oldest first, then the networks that were not, with the reason."""
    lines: list[AttemptLine] = []
    machine = state.machines.get(migration.machine)
    order = migration_order(state.cluster, state.networks, machine) if state.cluster is not None else ()
    last = len(migration.attempts) - 1
    for index, attempt in enumerate(migration.attempts):
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
                name_of(state.networks, attempt.network),
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
        self.setWordWrap(True)
        self.setAllColumnsShowFocus(True)
        self.setAlternatingRowColors(True)
        self.setIconSize(QSize(16, 16))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.header()
        header.setHighlightSections(False)
        header.setStretchLastSection(False)
        for column in range(len(COLUMNS)):
            whole = QHeaderView.ResizeMode.Stretch if column == _RESULT else QHeaderView.ResizeMode.ResizeToContents
            header.setSectionResizeMode(column, whole)
        header.sectionResized.connect(lambda column, *_: self._make_room() if column == _RESULT else None)
        for column in (3, 4):
            self.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _make_room(self) -> None:
        """Make each line as high as its result needs at the width that there is."""
        metrics = self.fontMetrics()
        area = QRect(0, 0, max(self.columnWidth(_RESULT) - 10, 60), 1000)
        for row in range(self.topLevelItemCount()):
            item = self.topLevelItem(row)
            if item is None:
                continue
            needed = metrics.boundingRect(area, int(Qt.TextFlag.TextWordWrap), item.text(_RESULT))
            item.setSizeHint(_RESULT, QSize(60, needed.height() + 6))

    def show_lines(self, lines: list[AttemptLine]) -> None:
        """Show these lines; does nothing while they stay the same."""
        if lines == self._shown:
            return
        self._shown = lines
        self.clear()
        for line in lines:
            item = QTreeWidgetItem(line.texts())
            item.setIcon(0, icons.icon(line.icon))
            item.setToolTip(1, literal(line.address))
            item.setToolTip(_RESULT, literal(line.result))
            for column in (3, 4):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.addTopLevelItem(item)
        self._make_room()
