"""The fields of Cluster Events Filter: time, levels, logs, sources, tasks, nodes and event numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fcm.logs.channels import CHANNELS
from fcm.logs.describe import LEVELS
from fcm.logs.queries.form import EventFilter, parse_ids
from fcm.logs.records import catalog, task_names
from fcm.ui.events.event_table import LEVEL_ICONS, node_name, short_source
from fcm.ui.look import icons
from fcm.ui.look.plain import Label, literal
from fcm.ui.widgets.dialog_parts import IDENTITY, form, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fcm.logs.channels import EventLogs

HOUR = 3_600_000
"""ms."""
_PERIODS: tuple[tuple[str, int | None], ...] = (
    ("Any time", None),
    ("Last hour", HOUR),
    ("Last 12 hours", 12 * HOUR),
    ("Last 24 hours", 24 * HOUR),
    ("Last 7 days", 7 * 24 * HOUR),
    ("Last 30 days", 30 * 24 * HOUR),
)
CUSTOM = "Custom range"


class FilterForm(QWidget):
    """What an EventFilter says, as fields."""

    changed = Signal()

    def __init__(self, computers: Sequence[str], logs: EventLogs, now: float, parent: QWidget | None = None) -> None:
        """Make the fields, empty.

        Args:
            computers: nodes as events name them.
            logs: which logs are enabled.
            now: s since the epoch on the cluster's clock, where a range of one's own ends at first.
            parent: see QWidget.
        """
        super().__init__(parent)
        self._now = now
        providers, tasks = catalog()[0], task_names()
        self.period = named(QComboBox(), "Logged")
        for label, within in _PERIODS:
            self.period.addItem(label, within)
        self.period.addItem(CUSTOM, CUSTOM)
        self.start, self.end = _moment("From"), _moment("To")
        self.levels = [self._level(level) for level in LEVELS]
        self.logs = _ticks("Event logs", ((one.name, short_source(one.name)) for one in CHANNELS))
        self._mark_disabled(logs)
        self.sources = _ticks("Event sources", ((one.name, short_source(one.name)) for one in providers.values()))
        self.tasks = _ticks("Task categories", ((str(task), name) for task, name in tasks.items()))
        self.nodes = _ticks("Nodes", ((one, node_name(one)) for one in computers))
        self.ids = named(QLineEdit(), "Event IDs")
        self.ids.setPlaceholderText("All, or for example 1,3,5-99,-76: a minus sign excludes an ID")
        self._other_tasks: tuple[int, ...] = ()
        self._lay_out()
        self.period.currentIndexChanged.connect(lambda _: self._period_changed())
        for moment in (self.start, self.end):
            moment.dateTimeChanged.connect(lambda _: self.changed.emit())
        for box in self.levels:
            box.toggled.connect(lambda _: self.changed.emit())
        for ticks in (self.logs, self.sources, self.tasks, self.nodes):
            ticks.itemChanged.connect(lambda _: self.changed.emit())
        self.ids.textChanged.connect(lambda _: self.changed.emit())
        self.show_filter(EventFilter())

    def _level(self, level: str) -> QCheckBox:
        box: QCheckBox = named(QCheckBox(level), level)
        box.setIcon(icons.icon(LEVEL_ICONS[level]))
        box.setToolTip(literal(f"Events of the level {level}; if none is selected, all levels"))
        return box

    def _mark_disabled(self, logs: EventLogs) -> None:
        """Say which logs take no events, and how that is changed."""
        for row, channel in enumerate(CHANNELS):
            if not logs.enabled(channel.name):
                item = self.logs.item(row)
                item.setText(f"{short_source(channel.name)} (disabled)")
                item.setToolTip(
                    literal(
                        f'Records no events. To enable it in the Console:\nwevtutil sl "{channel.name}" /e:true',
                        whole=True,
                    )
                )

    def _lay_out(self) -> None:
        range_row = QHBoxLayout()
        for label, moment in (("F&rom:", self.start), ("&To:", self.end)):
            words = Label(label)
            words.setBuddy(moment)
            range_row.addWidget(words)
            range_row.addWidget(moment, 1)
        self._range = QWidget()
        self._range.setObjectName("range")
        self._range.setLayout(range_row)
        range_row.setContentsMargins(0, 0, 0, 0)
        level_row = QHBoxLayout()
        level_row.setSpacing(12)
        for box in self.levels:
            level_row.addWidget(box)
        level_row.addStretch(1)
        fields = form()
        fields.addRow("&Logged:", self.period)
        fields.addRow("", self._range)
        fields.addRow("Event level:", level_row)
        fields.addRow("Event &IDs:", self.ids)
        lists = QGridLayout()
        lists.setHorizontalSpacing(12)
        places = (("Event lo&gs:", self.logs), ("Event &sources:", self.sources), ("Tas&k categories:", self.tasks),
                  ("&Nodes:", self.nodes))  # fmt: skip
        for place, (label, ticks) in enumerate(places):
            words = Label(label)
            words.setBuddy(ticks)
            row, column = place // 2 * 2, place % 2
            lists.addWidget(words, row, column)
            lists.addWidget(ticks, row + 1, column)
        lists.setColumnStretch(0, 3)
        lists.setColumnStretch(1, 2)
        column_of_all = QVBoxLayout(self)
        column_of_all.addLayout(fields)
        column_of_all.addLayout(lists, 1)

    # What it says

    def problem(self) -> str:
        """What is wrong with what was typed; "" if nothing is."""
        try:
            parse_ids(self.ids.text())
        except ValueError as error:
            return str(error)
        if self._is_custom() and self.start.dateTime() > self.end.dateTime():
            return "The range ends before it begins. Change From or To."
        return ""

    def filter(self) -> EventFilter:
        """What the fields say.

        Raises:
            ValueError: the event numbers are wrong (sentence).
        """
        within = self.period.currentData()
        custom = self._is_custom()
        return EventFilter(
            within=None if custom else within,
            start=self.start.dateTime().toMSecsSinceEpoch() / 1000 if custom else None,
            end=self.end.dateTime().toMSecsSinceEpoch() / 1000 if custom else None,
            levels=tuple(number for number, box in enumerate(self.levels, 1) if box.isChecked()),
            logs=_ticked(self.logs),
            providers=_ticked(self.sources),
            tasks=(*(int(task) for task in _ticked(self.tasks)), *self._other_tasks),
            computers=_ticked(self.nodes),
            ids=parse_ids(self.ids.text()),
        )

    @staticmethod
    def can_say(said: EventFilter) -> bool:
        """Whether there is a field for everything: a range has both ends here."""
        return (said.start is None) == (said.end is None)

    def show_filter(self, said: EventFilter) -> None:
        """Show what a filter says."""
        blockers = [QSignalBlocker(widget) for widget in self._fields()]
        self._show_time(said)
        for number, box in enumerate(self.levels, 1):
            box.setChecked(number in said.levels)
        _tick(self.logs, said.logs)
        _tick(self.sources, said.providers)
        self._other_tasks = tuple(task for task in said.tasks if str(task) not in _identities(self.tasks))
        _tick(self.tasks, [str(task) for task in said.tasks if task not in self._other_tasks])
        _tick(self.nodes, said.computers)
        self.ids.setText(str(said.ids))
        blockers.clear()
        self._range.setVisible(self._is_custom())
        self.changed.emit()

    def _fields(self) -> tuple[QWidget, ...]:
        return (self.period, self.start, self.end, *self.levels, self.logs, self.sources, self.tasks, self.nodes,
                self.ids)  # fmt: skip

    def _show_time(self, said: EventFilter) -> None:
        now = _date_time(self._now)
        self.start.setDateTime(now.addDays(-1) if said.start is None else _date_time(said.start))
        self.end.setDateTime(now if said.end is None else _date_time(said.end))
        if said.start is not None:
            self.period.setCurrentIndex(self.period.findData(CUSTOM))
            return
        place = self.period.findData(said.within)
        if place < 0:
            self.period.insertItem(1, _period_words(said.within or 0), said.within)
            place = 1
        self.period.setCurrentIndex(place)

    def _is_custom(self) -> bool:
        return bool(self.period.currentData() == CUSTOM)

    def _period_changed(self) -> None:
        self._range.setVisible(self._is_custom())
        self.changed.emit()


def _period_words(within: int) -> str:
    if within % HOUR == 0:
        return f"Last {within // HOUR} hours"
    return f"Last {within // 60_000} minutes" if within % 60_000 == 0 else f"Last {within} ms"


def _date_time(time: float) -> QDateTime:
    return QDateTime.fromMSecsSinceEpoch(round(time * 1000))


def _moment(name: str) -> QDateTimeEdit:
    made = named(QDateTimeEdit(), name)
    made.setDisplayFormat("yyyy-MM-dd HH:mm:ss")
    made.setCalendarPopup(True)
    made.setToolTip("Local time; the query has it in UTC")
    return made


def _ticks(name: str, rows: Iterable[tuple[str, str]]) -> QListWidget:
    made = named(QListWidget(), name)
    made.setToolTip("If none is selected, all of them")
    made.setUniformItemSizes(True)
    made.setMinimumHeight(90)
    for identity, label in rows:
        _add(made, identity, label)
    return made


def _add(ticks: QListWidget, identity: str, label: str) -> None:
    item = QListWidgetItem(label, ticks)
    item.setData(IDENTITY, identity)
    item.setToolTip(literal(identity if identity != label and not identity.isdigit() else label))
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
    item.setCheckState(Qt.CheckState.Unchecked)


def _identities(ticks: QListWidget) -> list[str]:
    return [ticks.item(row).data(IDENTITY) for row in range(ticks.count())]


def _tick(ticks: QListWidget, wanted: Iterable[str]) -> None:
    """Tick these rows and no others; one that is not there is added."""
    chosen = list(wanted)
    for identity in chosen:
        if identity not in _identities(ticks):
            _add(ticks, identity, identity)
    for row in range(ticks.count()):
        item = ticks.item(row)
        is_chosen = item.data(IDENTITY) in chosen
        item.setCheckState(Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked)


def _ticked(ticks: QListWidget) -> tuple[str, ...]:
    rows = (ticks.item(row) for row in range(ticks.count()))
    return tuple(item.data(IDENTITY) for item in rows if item.checkState() == Qt.CheckState.Checked)
