"""What happened in the cluster, as rows that the Events page and the Events dock share."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from fcm.logs.describe import EventText, describe
from fcm.model import events as ev
from fcm.ui.look import format
from fcm.ui.tables.table_model import Column, TableModel
from fcm.workspace.workspace import LOG_LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fcm.model.entities import Group, Resource, VirtualMachine
    from fcm.model.events import Entry
    from fcm.model.state import State

LEVELS = ("Critical", "Error", "Warning", "Information")
"""Most serious first."""
DAY = 86400.0
"""s that are recent."""
LEVEL_ICONS = {level: f"level-{level.casefold()}" for level in (*LEVELS, "Verbose")}


T = TypeVar("T")


class _Both(Mapping[str, T]):
    """Present things first, then former ones; made in no time."""

    def __init__(self, present: Mapping[str, T], former: Mapping[str, T]) -> None:
        self._present, self._former = present, former

    def __getitem__(self, key: str) -> T:
        return self._present[key] if key in self._present else self._former[key]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._former, **self._present})

    def __len__(self) -> int:
        return len({**self._former, **self._present})


class EventList(QObject):
    """The history of the open cluster; a row is put into words when it is first looked at."""

    grown = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: dict[str, Entry] = {}
        self._texts: dict[str, EventText] = {}
        self._order: deque[str] = deque()
        self._machines: dict[str, VirtualMachine] = {}
        self._groups: dict[str, Group] = {}
        self._resources: dict[str, Resource] = {}
        self._count = 0
        self._state: Callable[[], State] | None = None

    def show_log(self, log: Iterable[Entry], state: Callable[[], State]) -> None:
        """Begin anew with the history of a cluster that was opened."""
        self.clear()
        self._state = state
        self.add(list(log))

    def clear(self) -> None:
        """No cluster is open."""
        for kept in (self._entries, self._machines, self._groups, self._resources):
            kept.clear()
        self._texts.clear()
        self._order.clear()
        self.grown.emit()

    def add(self, entries: Sequence[Entry]) -> None:
        """More happened. Names are those of the moment at which an entry is first shown."""
        for entry in entries:
            self._count += 1
            identity = str(self._count)
            self._entries[identity] = entry
            self._remember(entry.event)
            self._order.appendleft(identity)
        while len(self._order) > LOG_LENGTH:
            gone = self._order.pop()
            del self._entries[gone]
            self._texts.pop(gone, None)
        self.grown.emit()

    @property
    def ids(self) -> Sequence[str]:
        """Ids of all rows, newest first."""
        return self._order

    def entry(self, identity: str) -> Entry:
        """The entry of a row."""
        return self._entries[identity]

    def text(self, identity: str) -> EventText:
        """A row in words."""
        found = self._texts.get(identity)
        if found is None:
            assert self._state is not None
            found = self._texts[identity] = describe(self._entries[identity], self._with_former(self._state()))
        return found

    def _with_former(self, state: State) -> State:
        """The state with the things that are gone, so that an event about them can name them."""
        return replace(
            state,
            machines=_Both(state.machines, self._machines),
            groups=_Both(state.groups, self._groups),
            resources=_Both(state.resources, self._resources),
        )

    def _remember(self, event: ev.Event) -> None:
        """Keep what has a name and may go."""
        match event:
            case ev.ClusterFormed(machines=machines, groups=groups, resources=resources):
                self._machines.update((machine.id, machine) for machine in machines)
                self._groups.update((group.id, group) for group in groups)
                self._resources.update((resource.id, resource) for resource in resources)
            case ev.MachineCreated(machine=machine) | ev.MachineChanged(machine=machine):
                self._machines[machine.id] = machine
            case ev.MachineMadeHighlyAvailable(group=group, resources=resources):
                self._groups[group.id] = group
                self._resources.update((resource.id, resource) for resource in resources)
            case ev.GroupChanged(group=group):
                self._groups[group.id] = group
            case ev.ResourceChanged(resource=resource):
                self._resources[resource.id] = resource

    def recent(self, now: float, reset_at: float = 0.0) -> dict[str, int]:
        """How many events of each level there were in the last 24 hours.

        Args:
            now: s, clock of the cluster.
            reset_at: s, clock of the cluster; what was before is not recent any more (Reset Recent Events).
        """
        counts = dict.fromkeys(LEVELS, 0)
        for identity in self._order:
            time = self._entries[identity].time
            if time < now - DAY or time <= reset_at:
                break
            level = self.text(identity).level
            if level in counts:
                counts[level] += 1
        return counts

    def table(self, parent: QObject) -> TableModel:
        """A model of its own for one view; the view keeps it filled by ``ids``."""
        rank = {level: number for number, level in enumerate((*LEVELS, "Verbose"))}
        return TableModel(
            (
                Column(
                    "Level",
                    lambda i: self.text(i).level,
                    110,
                    sort=lambda i: rank[self.text(i).level],
                    icon=lambda i: LEVEL_ICONS[self.text(i).level],
                ),
                Column(
                    "Date and Time",
                    lambda i: format.date_time(self.entry(i).time),
                    150,
                    sort=lambda i: (self.entry(i).time, int(i)),
                    time=lambda i: self.entry(i).time,
                ),
                Column(
                    "Event ID",
                    lambda i: str(self.text(i).id or ""),
                    70,
                    sort=lambda i: self.text(i).id,
                    numeric=True,
                ),
                Column("Source", lambda i: self.text(i).source, 170),
                Column("Description", lambda i: self.text(i).text, 600),
            ),
            parent,
        )
