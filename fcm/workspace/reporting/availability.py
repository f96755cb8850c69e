"""How available virtual machines were in a time, from the journal: measured by the events, to the second they have.

A machine counts as *available* while it runs, as *unavailable* while it should run and does not, and as *off* while
nobody wants it to run. What a live migration makes unavailable is its blackout, which the migration itself measured.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fcm.model import events as ev
from fcm.model.entities import MachineState
from fcm.model.migrations import MigrationKind
from fcm.model.telemetry import Phase
from fcm.workspace.forecasts import downtime_limit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.entities import VirtualMachine
    from fcm.model.failures import Failover
    from fcm.model.migrations import Migration
    from fcm.model.state import State

NEAR = 0.8
"""Share of its downtime limit from which on a blackout is a near miss."""
_OUT = frozenset({MachineState.STARTING, MachineState.PAUSED_CRITICAL})
"""States in which a machine that is to run does not serve anybody."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a machine should have run and did not."""

    machine: str
    begin: float
    """s since the epoch; so is end."""
    end: float
    lasts: bool = False
    """True if it had not ended by the end of the time that is reported."""

    @property
    def duration(self) -> float:
        """S."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class MachineFigures:
    """One machine in the time."""

    name: str
    running: float = 0.0
    """s; so are the following."""
    unavailable: float = 0.0
    off: float = 0.0
    blackouts: float = 0.0
    """Of its live migrations, in ``running``."""
    migrations: int = 0
    outages: int = 0

    @property
    def wanted(self) -> float:
        """S in which it should have run."""
        return self.running + self.unavailable

    @property
    def share(self) -> float | None:
        """Of the time in which it should have run, how much it was available (0 to 1); None: it never should."""
        if self.wanted <= 0:
            return None
        return max(0.0, (self.running - self.blackouts) / self.wanted)


@dataclass(frozen=True, slots=True)
class Availability:
    """A cluster in a time."""

    begin: float
    """s since the epoch; so is end."""
    end: float
    machines: tuple[MachineFigures, ...]
    outages: tuple[Outage, ...]
    """The longest first."""
    blackouts: tuple[Migration, ...]
    """Completed live migrations by their blackouts, the longest first."""
    near: tuple[tuple[float, str], ...]
    """Near misses: when (s since the epoch), and what, oldest first."""
    names: dict[str, str] = field(default_factory=dict)
    """Names of machines by id, also of those that are gone."""


class AvailabilityCount:
    """Counts while entries of a journal pass by."""

    def __init__(self, begin: float, end: float) -> None:
        self._begin, self._end = begin, end
        self._since: dict[str, tuple[str, float]] = {}
        """Machine -> how it is ("running", "unavailable", "off") and since when."""
        self._seconds: dict[str, dict[str, float]] = {}
        self._outages: list[Outage] = []
        self._names: dict[str, str] = {}
        self._failovers: dict[str, Failover] = {}
        self._is_begun = False
        self._state: State | None = None

    def begin_at(self, begin: float) -> None:
        """The history begins only then (s since the epoch)."""
        self._begin = begin

    def take(self, entry: ev.Entry, before: State, after: State) -> None:
        """One entry, with the states around it."""
        if entry.time < self._begin or entry.time > self._end:
            if entry.time <= self._end:
                self._state = after
            return
        if not self._is_begun:
            self._is_begun = True
            for machine in before.machines.values():
                self._set(machine.id, _condition(before, machine), self._begin, machine.name)
        self._state = after
        event = entry.event
        if isinstance(event, ev.FailoverRecorded):
            self._failovers[event.failover.id] = event.failover
        for identity in _touched(event, before, after):
            found = after.machines.get(identity)
            if found is None:
                self._end_of(identity, entry.time)
                self._since.pop(identity, None)
            else:
                self._set(identity, _condition(after, found), entry.time, found.name)

    def _set(self, identity: str, condition: str, time: float, name: str) -> None:
        self._names[identity] = name
        known = self._since.get(identity)
        if known is not None and known[0] == condition:
            return
        self._end_of(identity, time)
        self._since[identity] = (condition, time)

    def _end_of(self, identity: str, time: float, lasts: bool = False) -> None:
        known = self._since.get(identity)
        if known is None:
            return
        condition, since = known
        spent = self._seconds.setdefault(identity, {})
        spent[condition] = spent.get(condition, 0.0) + max(time - since, 0.0)
        if condition == "unavailable" and time > since:
            self._outages.append(Outage(identity, since, time, lasts))

    def result(self, end: float) -> Availability:
        """What was counted.

        Args:
            end: s since the epoch: the last moment that is known.
        """
        end = max(min(end, self._end), self._begin)
        state = self._state
        if not self._is_begun and state is not None:  # nothing happened in the time
            for machine in state.machines.values():
                self._set(machine.id, _condition(state, machine), self._begin, machine.name)
        for identity in tuple(self._since):
            self._end_of(identity, end, lasts=True)
        self._add_failovers(state, end)
        migrations = [] if state is None else [one for one in state.migrations.values() if self._is_in(one)]
        completed = [one for one in migrations if one.phase is Phase.COMPLETED and one.figures is not None]
        live = [one for one in completed if one.kind is MigrationKind.LIVE]
        machines = []
        for identity, name in self._names.items():
            spent = self._seconds.get(identity, {})
            own = [one for one in live if one.machine == identity]
            machines.append(
                MachineFigures(
                    name,
                    spent.get("running", 0.0),
                    spent.get("unavailable", 0.0),
                    spent.get("off", 0.0),
                    sum(one.figures.downtime for one in own if one.figures is not None),
                    len(own),
                    sum(outage.machine == identity for outage in self._outages),
                )
            )
        near = sorted([*self._near_moves(migrations), *self._near_failovers(state)])
        return Availability(
            self._begin,
            end,
            tuple(machines),
            tuple(sorted(self._outages, key=lambda one: -one.duration)),
            tuple(sorted(live, key=lambda one: -(one.figures.downtime if one.figures else 0.0))),
            tuple(near),
            dict(self._names),
        )

    def _add_failovers(self, state: State | None, end: float) -> None:
        """Failovers between two looks at real hosts: before and after, the machine was seen running."""
        for one in self._failovers.values():
            back = one.online
            if state is None or back is None or not self._begin <= one.failed < back <= end:
                continue
            for machine in state.group_machines(one.group):
                seen = [out for out in self._outages if out.machine == machine.id]
                if any(out.begin <= back and out.end >= one.failed for out in seen):
                    continue
                spent = self._seconds.setdefault(machine.id, {})
                lost = min(back - one.failed, spent.get("running", 0.0))
                spent["running"] = spent.get("running", 0.0) - lost
                spent["unavailable"] = spent.get("unavailable", 0.0) + lost
                self._outages.append(Outage(machine.id, one.failed, back))

    def _is_in(self, migration: Migration) -> bool:
        return self._begin <= (migration.ended or migration.requested) <= self._end

    def _near_moves(self, migrations: Iterable[Migration]) -> Iterable[tuple[float, str]]:
        for one in migrations:
            name, when = self._names.get(one.machine, one.name or one.machine), one.ended or one.requested
            way = f"{one.kind.value} of {name} from {one.source} to {one.destination}"
            if one.phase in (Phase.FAILED, Phase.INTERRUPTED):
                yield when, f"{way} {one.phase.value}: {one.reason}"
            elif one.endless:
                yield when, f"{way} would not have ended by itself: {one.endless}"
            elif one.figures is not None and one.kind is MigrationKind.LIVE and one.phase is Phase.COMPLETED:
                limit = downtime_limit(one)
                if one.figures.downtime > limit:
                    yield (
                        when,
                        f"{way}: the blackout was longer than the downtime limit ({_of(one.figures.downtime, limit)})",
                    )
                elif one.figures.downtime >= NEAR * limit:
                    yield when, f"{way}: the blackout came near the downtime limit ({_of(one.figures.downtime, limit)})"

    def _near_failovers(self, state: State | None) -> Iterable[tuple[float, str]]:
        for one in self._failovers.values():
            group = state.groups.get(one.group) if state is not None else None
            name = group.name if group is not None else one.group
            if one.outcome:
                yield one.failed, f"Failover of {name} from {one.source}: {one.outcome}"
            elif len(one.candidates) > 1 and sum(candidate.chosen for candidate in one.candidates) == 1:
                others = [c for c in one.candidates if not c.chosen and c.node != one.source]
                if others and all(not _could(c.reason) for c in others):
                    yield one.failed, f"Failover of {name}: {one.destination} was the only node that could take it over"


_COULD_NOT = ("Is ", "Does not see", "The group failed here", "Has ")
"""How the reasons begin for which a node cannot take a group over (model/rules/failing/placement.py)."""


def _could(reason: str) -> bool:
    """Whether a node was left out only because another one came first, not because it could not."""
    return not reason.startswith(_COULD_NOT) or reason.startswith("Has less free memory")


def _of(downtime: float, limit: float) -> str:
    return f"{downtime * 1000:.0f} ms of {limit * 1000:.0f} ms"


def _condition(state: State, machine: VirtualMachine) -> str:
    if machine.state in (MachineState.RUNNING, MachineState.STOPPING, MachineState.SAVING) and not machine.ended:
        return "running"
    group = state.groups.get(machine.group or "")
    if machine.state in _OUT or machine.ended or (group is not None and group.wanted):
        return "unavailable"
    return "off"


def _touched(event: ev.Event, before: State, after: State) -> Iterable[str]:
    match event:
        case ev.MachineCreated(machine=machine) | ev.MachineChanged(machine=machine):
            return (machine.id,)
        case ev.MachineDeleted(machine=identity) | ev.MachineMadeHighlyAvailable(machine=identity):
            return (identity,)
        case ev.GroupChanged(group=group):
            return tuple(one.id for one in after.group_machines(group.id))
        case ev.GroupRemoved(group=identity):
            return tuple(one.id for one in before.group_machines(identity))
        case ev.ClusterFormed():
            return (*after.machines, *(one for one in before.machines if one not in after.machines))
        case _:
            return ()
