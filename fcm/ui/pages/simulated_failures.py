"""What has failed by simulation: a strip on the page of an object, and the list of all on the page of the cluster."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from fcm.model.failures import FaultKind
from fcm.model.rules.failing.failure_words import happened, target_name
from fcm.ui.look import format
from fcm.ui.tables.table_model import Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.page_parts import Elided, Link, Picture, heading
from fcm.ui.window.qactions import entry_for
from fcm.workspace.actions.catalog import BY_ID
from fcm.workspace.actions.failure_actions import ICONS, repair_label
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from fcm.model.failures import Fault
    from fcm.model.state import State
    from fcm.ui.desk import Desk

MOST = 4
"""Failures that a strip names; the list on the page of the cluster has all."""
_ROWS = 6
"""Failures that the list shows without scrolling."""


def failures_at(state: State, selection: Selection) -> list[Fault]:
    """What has failed of the object of a page; of a node also its cables and its paths."""
    if selection.place is Place.CLUSTER or not selection.id:
        return []
    found = [fault for fault in state.faults.values() if selection.id in (fault.target, fault.node, *fault.together)]
    if selection.place is Place.NODE:
        cables = (fault for fault in state.faults.values() if fault.kind is FaultKind.UNPLUG_CABLE)
        found += [fault for fault in cables if _adapter_of(state, fault) == selection.id]
    return found


def _adapter_of(state: State, fault: Fault) -> str:
    adapter = state.adapters.get(fault.target)
    return adapter.node if adapter else ""


def line_of(state: State, fault: Fault, of: str) -> str:
    """A failure on the page of an object."""
    what = happened(fault)
    if fault.target != of:
        what = f"{target_name(state, fault.target)}: {what}"
    title = "Shut down" if fault.ordered else f"Simulated failure: {what}"
    text = f"{title} since {format.date_time(fault.since)}"
    return f"{text}, ends at {format.date_time(fault.until)}" if fault.until is not None else text


class FailureStrip(QFrame):
    """One line for each failure of an object, with its repair; hidden while there is none."""

    def __init__(self, window: Desk) -> None:
        super().__init__()
        self._frame = window
        self._shown: list[tuple[str, str]] = []
        self.setObjectName("simulated-failures")
        self.setAccessibleName("Simulated failures")
        self.setProperty("role", "strip")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 4, 8, 4)
        self._column.setSpacing(2)
        self.hide()

    def show_failures(self, state: State, selection: Selection) -> None:
        """Show those of an object."""
        found = failures_at(state, selection) if state.faults else []
        lines = [(fault.id, line_of(state, fault, selection.id)) for fault in found]
        if lines == self._shown:
            return
        self._shown = lines
        while item := self._column.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for fault, (_, text) in list(zip(found, lines, strict=True))[:MOST]:
            self._column.addWidget(self._line(fault, text))
        if len(found) > MOST:
            self._column.addWidget(Elided(f"{len(found) - MOST} more are on the page of the cluster."))
        self.setVisible(bool(found))

    def _line(self, fault: Fault, text: str) -> QWidget:
        line = QWidget(self)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(Picture("turn-on" if fault.ordered else "simulate-failure"))
        row.addWidget(Elided(text), 1)
        icon = "turn-on" if fault.kind is FaultKind.POWER_OFF else "repair"
        link = Link(repair_label(fault), icon, partial(self._repair, fault.id))
        link.allow(entry_for(self._frame.workspace, BY_ID["repair-fault"], Selection(Place.FAULT, fault.id)).reason)
        row.addWidget(link)
        return line

    def _repair(self, fault: str) -> None:
        self._frame.perform(entry_for(self._frame.workspace, BY_ID["repair-fault"], Selection(Place.FAULT, fault)))


class FailureList(QWidget):
    """All simulated failures of the cluster, with a link that repairs them all; hidden while there is none."""

    def __init__(self, window: Desk) -> None:
        super().__init__()
        self._frame = window
        self._shown: object = None
        self.setObjectName("failure-list")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.addWidget(heading("Simulated Failures"))
        row.addStretch(1)
        self.all = Link("Repair all", "repair", self._repair_all)
        row.addWidget(self.all)
        column.addLayout(row)
        self.table = TableView("Simulated failures", self._model(), window.context.settings)
        column.addWidget(self.table)
        self.hide()

    def show_state(self, state: State) -> None:
        """Draw it anew if the failures have changed."""
        if state.faults is self._shown:
            return
        self._shown = state.faults
        self.setVisible(bool(state.faults))
        if first := next(iter(state.faults), ""):
            selection = Selection(Place.FAULT, first)
            self.all.allow(entry_for(self._frame.workspace, BY_ID["repair-fault"], selection).reason)
        self.table.table.set_ids(state.faults)
        self.table.table.touch()
        rows = max(1, min(len(state.faults), _ROWS))
        header, edge = self.table.horizontalHeader().sizeHint().height(), 2 * self.table.frameWidth()
        self.table.setFixedHeight(header + edge + rows * self.table.verticalHeader().defaultSectionSize())

    def _repair_all(self) -> None:
        for fault in tuple(self._frame.state.faults):
            self._frame.perform(entry_for(self._frame.workspace, BY_ID["repair-fault"], Selection(Place.FAULT, fault)))

    def _model(self) -> TableModel:
        def fault(identity: str) -> Fault:
            return self._frame.state.faults[identity]

        def icon(identity: str) -> str:
            return ICONS[fault(identity).kind]

        def until(identity: str) -> str:
            end = fault(identity).until
            return "When it is repaired" if end is None else format.date_time(end)

        return TableModel(
            (
                Column("Object", lambda i: target_name(self._frame.state, fault(i).target), 190, icon=icon),
                Column("Failure", lambda i: happened(fault(i)), 220),
                Column("Since", lambda i: format.date_time(fault(i).since), 150, sort=lambda i: fault(i).since),
                Column("Ends", until, 150),
            )
        )


def with_failures(words: str, state: State, target: str) -> str:
    """The status of an object in a list, with what has failed of it by simulation."""
    if not state.faults:
        return words
    found = [happened(one) for one in state.faults.values() if one.target == target and not one.ordered]
    return f"{words} (simulated: {', '.join(found)})" if found else words
