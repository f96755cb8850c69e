"""What was done for the goals of a migration, when and why: one line a step, and the outcome once it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from fcm.model.rules.moving.goals import goals_in_words, outcome_of
from fcm.ui.look import icons
from fcm.ui.look.format import clock_time
from fcm.ui.look.plain import literal
from fcm.ui.widgets.dialog_parts import named

if TYPE_CHECKING:
    from fcm.model.migrations import Migration

COLUMNS = ("Time", "What was done for the goals, and why")
NO_GOALS = "This migration has no goals: its options are as they were chosen."


def step_lines(migration: Migration) -> list[tuple[str, str, str]]:
    """Icon, time and text of each line."""
    options = migration.wanted
    if not options.has_goals:
        return [("not-checked", "", NO_GOALS)]
    lines = [("settings", clock_time(migration.requested), goals_in_words(options))]
    for step in migration.steps:
        text = f"Shadow mode, nothing was changed: {step.text}" if step.shadow else step.text
        lines.append(("warn" if step.warning else "pass", clock_time(step.time), text))
    outcome = outcome_of(migration)
    if outcome is not None:
        met, text = outcome
        lines.append(("pass" if met else "fail", clock_time(migration.ended or migration.requested), text))
    return lines


class StepList(QTreeWidget):
    """The list of steps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "Steps towards the goals")
        self._shown: list[tuple[str, str, str]] = []
        self.setHeaderLabels(list(COLUMNS))
        self.setRootIsDecorated(False)
        self.setWordWrap(True)
        self.setAllColumnsShowFocus(True)
        self.setAlternatingRowColors(True)
        self.setIconSize(QSize(16, 16))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.header()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.sectionResized.connect(lambda column, *_: self._make_room() if column == 1 else None)

    def _make_room(self) -> None:
        """Make each line as high as its text needs at the width that there is."""
        area = QRect(0, 0, max(self.columnWidth(1) - 10, 60), 1000)
        for row in range(self.topLevelItemCount()):
            item = self.topLevelItem(row)
            if item is not None:
                needed = self.fontMetrics().boundingRect(area, int(Qt.TextFlag.TextWordWrap), item.text(1))
                item.setSizeHint(1, QSize(60, needed.height() + 6))

    def show_lines(self, lines: list[tuple[str, str, str]]) -> None:
        """Show these lines; does nothing while they stay the same."""
        if lines == self._shown:
            return
        self._shown = lines
        self.clear()
        for icon, time, text in lines:
            item = QTreeWidgetItem([time, text])
            item.setIcon(0, icons.icon(icon))
            item.setToolTip(1, literal(text))
            self.addTopLevelItem(item)
        self._make_room()
