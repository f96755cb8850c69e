"""The tables of a rehearsal: machines today and afterwards, votes, events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.ui.look.format import NONE, seconds
from fcm.ui.tables.table_model import Column, TableModel

if TYPE_CHECKING:
    from fcm.workspace.planning.rehearsal import EventLine, Fate, QuorumLine, Rehearsal

_LEVELS = {
    "Critical": "level-critical",
    "Error": "level-error",
    "Warning": "level-warning",
    "Information": "level-information",
    "Verbose": "level-verbose",
}
BOOTED = 4
"""Column of the machines: how long it takes until a guest has booted."""
AFTER = 0
"""Column of the votes: when they are so."""


def _whole_number(identity: str) -> int:
    return int(identity)


class RehearsalRows:
    """The rows of a rehearsal, which can be shown anew."""

    def __init__(self) -> None:
        self._fates: dict[str, Fate] = {}
        self._votes: dict[str, QuorumLine] = {}
        self._events: dict[str, EventLine] = {}
        fates, votes, events = self._fates, self._votes, self._events
        self.machines = TableModel(
            (
                Column("Virtual machine", lambda i: fates[i].name, 150, icon=lambda i: _icon(fates[i])),
                Column("Today", lambda i: f"{fates[i].node}, {fates[i].state}", 130),
                Column("Afterwards", lambda i: _afterwards(fates[i]), 140),
                Column(
                    "Unavailable for",
                    lambda i: _away(fates[i]),
                    85,
                    sort=lambda i: _order(fates[i].away),
                    numeric=True,
                    hint="Time without a running virtual machine",
                ),
                Column(
                    "Booted after",
                    lambda i: _booted(fates[i]),
                    95,
                    sort=lambda i: _order(fates[i].booted),
                    numeric=True,
                    hint="Until the guest has booted. The boot time of a workload is assumed.",
                ),
                Column("Why", lambda i: fates[i].why or NONE, 300, tooltip=lambda i: fates[i].why),
            )
        )
        self.votes = TableModel(
            (
                Column(
                    "After",
                    lambda i: "today" if i == "0" else seconds(votes[i].offset),
                    80,
                    sort=_whole_number,
                    numeric=True,
                ),
                Column(
                    "Votes", lambda i: f"{votes[i].present} of {votes[i].total}", 80, icon=lambda i: _vote(votes[i])
                ),
                Column("Quorum", lambda i: votes[i].text, 560, tooltip=lambda i: votes[i].text),
            )
        )
        self.events = TableModel(
            (
                Column("After", lambda i: seconds(events[i].offset), 80, sort=_whole_number, numeric=True),
                Column("Level", lambda i: events[i].level, 100, icon=lambda i: _LEVELS.get(events[i].level, "")),
                Column("Id", lambda i: str(events[i].id or NONE), 60, sort=lambda i: events[i].id, numeric=True),
                Column("Node", lambda i: events[i].node or NONE, 80),
                Column("Source", lambda i: events[i].source, 140),
                Column("Text", lambda i: events[i].text, 420, tooltip=lambda i: events[i].text),
            )
        )

    def show(self, found: Rehearsal | None, only_important: bool) -> None:
        """Fill the tables; None: empty them."""
        from fcm.workspace.planning.rehearsal import important

        for rows in (self._fates, self._votes, self._events):
            rows.clear()
        if found is not None:
            self._fates.update({fate.machine: fate for fate in found.fates})
            self._votes.update({str(number): line for number, line in enumerate(found.quorum)})
            events = important(found.events) if only_important else found.events
            self._events.update({str(number): line for number, line in enumerate(events)})
        for model, ids in ((self.machines, self._fates), (self.votes, self._votes), (self.events, self._events)):
            model.set_ids(tuple(ids))
            model.touch()

    def fate(self, identity: str) -> Fate | None:
        """What becomes of a machine."""
        return self._fates.get(identity)

    def event(self, identity: str) -> EventLine | None:
        """An event that is shown."""
        return self._events.get(identity)


def _icon(fate: Fate) -> str:
    if fate.stays_down:
        return "vm-failed"
    return "vm-migrating" if fate.moves and not fate.away and not fate.restarts else "vm-online"


def _afterwards(fate: Fate) -> str:
    if not fate.node_after:
        return fate.state_after
    return f"{fate.node_after}, {fate.state_after}"


def _order(value: float | None) -> float:
    return float("inf") if value is None else value


def _away(fate: Fate) -> str:
    if fate.away is None:
        return "stays down"
    if fate.restarts:
        return "restarts"
    return seconds(fate.away) if fate.away else NONE


def _booted(fate: Fate) -> str:
    if fate.away is None or not fate.booted or fate.booted == fate.away:
        return "not yet" if fate.booted is None and fate.away is not None else NONE
    return seconds(fate.booted)


def _vote(line: QuorumLine) -> str:
    if line.present < line.needed:
        return "fail"
    return "warn" if line.present == line.needed and line.total > 1 else "pass"
