"""The page Services and applications: clustered virtual machines, other services, and machines not yet clustered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from fcm.model.state import Change, Kind
from fcm.ui.events.recent_line import RecentLine
from fcm.ui.look import format
from fcm.ui.pages.group import role_model
from fcm.ui.pages.machine_columns import FROM_TELEMETRY, machine_model
from fcm.ui.pages.page import Page
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.page_parts import EmptyState, FilterBox, Link, heading, quiet
from fcm.workspace.selection import Place

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QLineEdit

    from fcm.ui.desk import Desk


class ServicesPage(Page):
    """Three lists with one filter."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Services and applications", "services")
        line = RecentLine(window, self.isVisible)
        self.events, self._recent = line.link, line.recent
        self.column.addWidget(line)
        row = QHBoxLayout()
        self.filter = FilterBox("services and applications")
        row.addWidget(self.filter)
        self._count = quiet("")
        row.addWidget(self._count, 1)
        self.column.addLayout(row)
        self.services = TableView("Services and applications", machine_model(window), window.context.settings)
        self.loose = TableView(
            "Virtual machines that are not highly available",
            machine_model(window, clustered=False),
            window.context.settings,
        )
        self.others = TableView("Other services and applications", role_model(window), window.context.settings)
        self.watch(self.services, Place.MACHINE)
        self.watch(self.others, Place.GROUP)
        self.watch(self.loose, Place.MACHINE)
        self._stack = QStackedWidget()
        configure = Link(
            "Configure a Service or Application...",
            "configure-service",
            lambda: window.show_dialog("high-availability", self.selection),
        )
        self._stack.addWidget(
            EmptyState(
                "No services or applications yet. Make a virtual machine highly available. The cluster then restarts "
                "it on another node if its node fails, and it can be live migrated.",
                link=configure,
            )
        )
        self._stack.addWidget(self.services)
        self._below = QWidget()
        below = QVBoxLayout(self._below)
        below.setContentsMargins(0, 4, 0, 0)
        below.addWidget(heading("Virtual machines that are not highly available"))
        below.addWidget(self.loose, 1)
        self._between = QWidget()
        between = QVBoxLayout(self._between)
        between.setContentsMargins(0, 4, 0, 0)
        between.addWidget(heading("Services and applications that are not virtual machines"))
        between.addWidget(self.others, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self._stack)
        split.addWidget(self._between)
        split.addWidget(self._below)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setStretchFactor(2, 1)
        split.setSizes([420, 150, 170])
        self.column.addWidget(split, 1)
        self.filter.textChanged.connect(self._filter)
        self.filter.down.connect(self.services.setFocus)

    @property
    def is_settled(self) -> bool:
        """False while recent events are being counted."""
        return not self._recent.is_busy

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while another page was shown."""
        super().showEvent(event)
        self._recent.look()

    def search_box(self) -> QLineEdit | None:
        """The filter."""
        return self.filter

    def refresh(self, change: Change) -> None:
        """Rows that came or went; else only the rows that were touched."""
        state = self.state
        if change.structural:
            self._recent.look()  # perhaps another cluster
            machines = state.machines.values()
            clustered = [machine.id for machine in machines if machine.is_highly_available]
            loose = [machine.id for machine in machines if not machine.is_highly_available]
            others = [group.id for group in state.groups.values() if group.is_role]
            self.others.table.set_ids(others)
            self._between.setVisible(bool(others))
            self.services.table.set_ids(clustered)
            self.loose.table.set_ids(loose)
            self._stack.setCurrentIndex(1 if clustered or others else 0)
            self._below.setVisible(bool(loose))
            self._show_count()
            return
        touched = set(change.of(Kind.MACHINE))
        touched |= {state.migrations[one].machine for one in change.of(Kind.MIGRATION) if one in state.migrations}
        sending = {state.migrations[one].machine for one in change.of(Kind.TELEMETRY) if one in state.migrations}
        self.services.table.touch(sending - touched, FROM_TELEMETRY)
        self.loose.table.touch(sending - touched, FROM_TELEMETRY)
        groups = change.of(Kind.GROUP)
        if groups:
            self.others.table.touch(groups)
            touched |= {machine.id for machine in state.machines.values() if machine.group in groups}
        if touched:
            self.services.table.touch(touched)
            self.loose.table.touch(touched)

    def _filter(self, text: str) -> None:
        self.services.table.set_filter(text)
        self.others.table.set_filter(text)
        self.loose.table.set_filter(text)
        self._show_count()

    def _show_count(self) -> None:
        lists = (self.services.table, self.others.table)
        shown, total = sum(one.rowCount() for one in lists), sum(one.total for one in lists)
        words = format.count(total, "service or application", "services or applications")
        self._count.setText(words if shown == total else f"{shown:,} of {words}")
