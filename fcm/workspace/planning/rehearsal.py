"""What a rehearsal found: where each machine is afterwards and for how long it is away, the votes, what is logged.

``Rehearsing`` looks on while a backend rehearses (``Workspace.rehearse``) and makes a ``Rehearsal`` of it, which is
plain data: the dialog, the cmdlet and the tests show the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.backend.base import Ending as Ending  # the window knows it by this room
from fcm.logs.describe import INFORMATION, VERBOSE, describe
from fcm.model import events as ev
from fcm.model.entities import MachineState
from fcm.model.failures import GuestState
from fcm.model.migrations import MigrationKind
from fcm.model.quantities import seconds
from fcm.model.rules.failing.faults import answers
from fcm.model.rules.quorum import has_witness, votes, witness_online
from fcm.model.rules.verdict import some
from fcm.model.telemetry import Phase
from fcm.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fcm.backend.base import RehearsalEnd, Rehearsed
    from fcm.model.commands import Command
    from fcm.model.entities import VirtualMachine
    from fcm.model.failures import Fault
    from fcm.model.migrations import Migration
    from fcm.model.rules.verdict import Verdict
    from fcm.model.state import State

MOST_EVENTS = 5000
"""Events that are kept in words; of more, how many there were."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one virtual machine."""

    machine: str
    """Its id."""
    name: str
    node: str
    """Where it is today."""
    state: str
    """What it does today."""
    node_after: str
    """"" = it does not exist any more."""
    state_after: str
    away: float | None
    """s in which nothing ran that could serve; None: it is still away at the end."""
    booted: float | None
    """s until its guest had booted, where that is longer; None: it has not at the end."""
    why: str
    """What moved it, or why it stays down; a sentence."""
    restarts: bool = False
    """Whether it does not run for a time, however short; what is live migrated runs all the time."""

    @property
    def stays_down(self) -> bool:
        """Whether it served today and does not any more."""
        return self.away is None

    @property
    def moves(self) -> bool:
        """Whether it is on another node afterwards."""
        return self.node != self.node_after


@dataclass(frozen=True, slots=True)
class QuorumLine:
    """The votes from a moment on."""

    offset: float
    """s since the beginning."""
    present: int
    needed: int
    total: int
    text: str


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event that would be logged."""

    offset: float
    level: str
    source: str
    id: int
    """Windows event id; 0 = none."""
    text: str
    node: str = ""
    """Who logs it; "" = the cluster."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What commands would bring."""

    commands: tuple[Command, ...]
    ending: Ending
    verdict: Verdict
    problem: str
    """BROKEN: what the guardian found."""
    took: float
    """Virtual s until things had settled."""
    fates: tuple[Fate, ...]
    """Of all machines to which something happens; those that stay down first, then by how long they are away."""
    untouched: int
    """Machines to which nothing happens."""
    quorum: tuple[QuorumLine, ...]
    events: tuple[EventLine, ...]
    left_out: int
    """Further events, which are not kept."""
    timed: bool = True
    """False: it is not known when things happen. Durations are then 0, and no events are told."""

    @property
    def stops_cluster(self) -> bool:
        """Whether the cluster does not run at the end."""
        return bool(self.quorum) and self.quorum[-1].present < self.quorum[-1].needed

    def sentence(self) -> str:
        """The most important in a few words."""
        if self.ending is Ending.REFUSED:
            return f"The cluster would refuse this. {self.verdict.sentence()}"
        down = [fate for fate in self.fates if fate.stays_down]
        silent = [fate for fate in self.fates if not fate.stays_down and fate.booted is None]
        if not self.timed:
            return self._untimed_sentence(down)
        rest = [fate for fate in self.fates if fate.away is not None and fate.booted is not None]
        away = [fate.away or fate.booted or 0.0 for fate in rest if fate.away or fate.booted]
        quiet = len(self.fates) - len(down) - len(silent) - len(away)
        parts = []
        if down:
            parts.append((len(down), "stays down", "stay down", ""))
        if silent:
            parts.append(
                (len(silent), "runs with a guest that does not respond", "run with guests that do not respond", "")
            )
        if away:
            least, most = seconds(min(away)), seconds(max(away))
            parts.append(
                (
                    len(away),
                    "is unavailable",
                    "are unavailable",
                    f" for {least if least == most else f'{least} to {most}'}",
                )
            )
        if quiet:
            parts.append((quiet, "changes", "change", " without an interruption"))
        return self._sentence(parts)

    def _untimed_sentence(self, down: list[Fate]) -> str:
        """What happens, without when."""
        restarts = sum(fate.restarts for fate in self.fates if not fate.stays_down)
        live = len(self.fates) - len(down) - restarts
        parts = [
            (len(down), "stays down", "stay down", ""),
            (restarts, "restarts", "restart", ""),
            (live, "is live migrated", "are live migrated", ""),
        ]
        return self._sentence([part for part in parts if part[0]])

    def _sentence(self, parts: list[tuple[int, str, str, str]]) -> str:
        parts.append((self.untouched, "is not affected", "are not affected", ""))
        (number, one, many, end), *others = parts
        told = [counted(number, f"virtual machine {one}", f"virtual machines {many}") + end]
        told += [counted(number, one, many) + end for number, one, many, end in others]
        return f"{', '.join(told)}. {self._quorum_sentence()} {self._ending_sentence()}".strip()

    def _quorum_sentence(self) -> str:
        if not self.quorum:
            return ""
        last = self.quorum[-1]
        return last.text if len(self.quorum) > 1 else f"The votes do not change: {last.present} of {last.total}."

    def _ending_sentence(self) -> str:
        match self.ending:
            case _ if not self.timed:
                if self.ending is Ending.CANCELED:
                    return "Canceled: the result is incomplete."
                return "The duration of each step is not predicted." if self.fates else ""
            case Ending.SETTLED:
                return f"Settled after {seconds(self.took)}."
            case Ending.LIMIT:
                return f"After {seconds(self.took)}, the cluster had not settled. The rehearsal covers only this time."
            case Ending.CANCELED:
                return f"Canceled: the rehearsal covers only the first {seconds(self.took)}."
            case Ending.BROKEN:
                return f"The simulation ended because of an error in it: {self.problem} Please report it."
            case Ending.REFUSED:
                return ""


class _Stopwatch:
    """How long something did not work."""

    def __init__(self) -> None:
        self.total = 0.0
        self.stopped = False
        """Whether it did not work at any time, however short."""
        self._since: float | None = None

    def works(self, works: bool, now: float) -> None:
        if not works and self._since is None:
            self._since = now
            self.stopped = True
        elif works and self._since is not None:
            self.total += now - self._since
            self._since = None

    def result(self) -> float | None:
        """None: it still does not work."""
        return self.total if self._since is None else None


class Rehearsing:
    """Looks on while a cluster rehearses, from one thread."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self._commands = tuple(commands)
        self._before: State | None = None
        self._now: State | None = None
        self._begin = self._time = 0.0
        self._away: dict[str, _Stopwatch] = {}
        self._boot: dict[str, _Stopwatch] = {}
        self._touched: dict[str, None] = {}
        self._blackouts: dict[str, float] = {}
        self._quorum: list[QuorumLine] = []
        self._events: list[EventLine] = []
        self._left_out = 0

    @property
    def progress(self) -> tuple[float, int]:
        """Virtual s that were looked at so far, and machines to which something has happened; from any thread."""
        return self._time - self._begin, len(self._touched)

    def see(self, step: Rehearsed) -> None:
        """A moment of the rehearsal."""
        if self._before is None or self._now is None:
            self._before = self._now = step.state
            self._begin = self._time = step.time
            self._look_at_votes(step.state)
            return
        before, self._now, self._time = self._now, step.state, step.time
        touched: dict[str, None] = {}
        for entry in step.entries:
            if entry.event.transient:
                continue
            self._describe(entry, step.state)
            touched.update(dict.fromkeys(_machines_of(entry.event, before, step.state)))
            if isinstance(entry.event, ev.MigrationCompleted):
                self._blackout(entry.event, step.state)
            elif isinstance(entry.event, ev.NodeChanged | ev.ClusterConfigured | ev.DiskChanged | ev.NodeEvicted):
                self._look_at_votes(step.state)
        for identity in touched:
            self._look_at_machine(identity, step.state)

    def _describe(self, entry: ev.Entry, state: State) -> None:
        if len(self._events) >= MOST_EVENTS:
            self._left_out += 1
            return
        text = describe(entry, state)
        offset = entry.time - self._begin
        node = entry.event.node if isinstance(entry.event, ev.NodeLogged) else ""
        self._events.append(EventLine(offset, text.level, text.source, text.id, text.text, node))

    def _blackout(self, event: ev.MigrationCompleted, state: State) -> None:
        machine = state.migrations[event.migration].machine
        if event.figures is not None and state.migrations[event.migration].kind is MigrationKind.LIVE:
            self._blackouts[machine] = self._blackouts.get(machine, 0.0) + event.figures.downtime

    def _look_at_votes(self, state: State) -> None:
        line = _quorum_line(state, self._time - self._begin)
        if line is None:
            return
        last = self._quorum[-1] if self._quorum else None
        if last is None or (last.present, last.needed, last.total, last.text) != (
            line.present,
            line.needed,
            line.total,
            line.text,
        ):
            if last is not None and last.offset == line.offset and len(self._quorum) > 1:
                self._quorum.pop()  # one moment has one line: what it ended with
            self._quorum.append(line)

    def _look_at_machine(self, identity: str, state: State) -> None:
        assert self._before is not None
        self._touched[identity] = None
        was = self._before.machines.get(identity)
        if was is None or not _serves(self._before, was):
            return
        away = self._away.setdefault(identity, _Stopwatch())
        boot = self._boot.setdefault(identity, _Stopwatch())
        machine = state.machines.get(identity)
        serves = machine is not None and _serves(state, machine)
        away.works(serves, self._time)
        boot.works(serves and machine is not None and _has_booted(machine), self._time)

    # the result

    def result(self, end: RehearsalEnd) -> Rehearsal:
        """What was seen, once it has ended."""
        before, after = self._before, self._now
        if before is None or after is None:
            return Rehearsal(self._commands, end.ending, end.verdict, end.text, 0.0, (), 0, (), (), 0)
        found = [fate for identity in self._touched if (fate := self._fate(identity, before, after, end.timed))]
        fates = tuple(sorted(found, key=lambda fate: (not fate.stays_down, -(fate.away or 0.0), fate.name)))
        return Rehearsal(
            commands=self._commands,
            ending=end.ending,
            verdict=end.verdict,
            problem=end.text,
            took=self._time - self._begin,
            fates=fates,
            untouched=len(before.machines) - len({fate.machine for fate in fates} & set(before.machines)),
            quorum=tuple(self._quorum),
            events=tuple(self._events) if end.timed else (),
            left_out=self._left_out if end.timed else 0,
            timed=end.timed,
        )

    def _fate(self, identity: str, before: State, after: State, timed: bool) -> Fate | None:
        was, now = before.machines.get(identity), after.machines.get(identity)
        if was is None:
            return None
        away, booted = self._away.get(identity), self._boot.get(identity)
        blackout = self._blackouts.get(identity, 0.0)
        away_for = 0.0 if away is None else away.result()
        booted_for = 0.0 if booted is None else booted.result()
        fate = Fate(
            machine=identity,
            name=was.name,
            node=was.node,
            state=was.state,
            node_after=now.node if now is not None else "",
            state_after=now.state if now is not None else "Deleted",
            away=None if away_for is None else away_for + blackout,
            booted=None if booted_for is None else booted_for + blackout,
            why=_why(before, after, was, now),
            restarts=not timed and away is not None and away.stopped,
        )
        same = (fate.node, fate.state) == (fate.node_after, fate.state_after)
        migration = _new_migration(before, after, identity)
        completed = migration is None or migration.phase is Phase.COMPLETED
        quiet = fate.away == 0.0 and fate.booted == 0.0 and not fate.restarts
        return None if same and completed and quiet else fate


def _serves(state: State, machine: VirtualMachine) -> bool:
    """Whether a machine runs on a server that has power and works."""
    return machine.state is MachineState.RUNNING and not machine.ended and answers(state, machine.node)


def _has_booted(machine: VirtualMachine) -> bool:
    return machine.guest not in (GuestState.BOOTING, GuestState.HUNG)


def _machines_of(event: ev.Event, before: State, after: State) -> Iterable[str]:
    """Machines whose service may begin or end with an event."""
    match event:
        case ev.MachineChanged(machine=machine) | ev.MachineCreated(machine=machine):
            return (machine.id,)
        case ev.MachineDeleted(machine=identity):
            return (identity,)
        case ev.MigrationRequested(migration=migration):
            return (migration.machine,)
        case ev.MigrationHandedOver(migration=identity) | ev.MigrationCompleted(migration=identity):
            return (after.migrations[identity].machine,)
        case ev.FaultInjected(fault=fault):
            return _machines_of_fault(fault, after)
        case ev.FaultRepaired(fault=identity) if identity in before.faults:
            return _machines_of_fault(before.faults[identity], after)
        case _:
            return ()


def _machines_of_fault(fault: Fault, state: State) -> Iterator[str]:
    if fault.target in state.nodes:
        yield from (machine.id for machine in state.machines_on(fault.target))
    elif fault.target in state.machines:
        yield fault.target


def _quorum_line(state: State, offset: float) -> QuorumLine | None:
    if state.cluster is None:
        return None
    found = votes(state.cluster, state.nodes, state.disks)
    members = [node.name for node in state.nodes.values() if node.state.is_member]
    if members and has_witness(state.cluster) and witness_online(state.cluster, state.disks):
        members.insert(0, "the witness")
    text = f"{found.present} of {counted(found.total, 'vote')}, {found.needed} needed"
    if state.cluster.stopped:
        text += f": the cluster has stopped. {state.cluster.stopped}"
    elif not found.has_quorum:
        text += ": the cluster has no quorum."
    else:
        text += f": {some(members, 12)}."
        if found.present == found.needed:
            text += " One more loss stops the cluster."
    return QuorumLine(offset, found.present, found.needed, found.total, text)


def _why(before: State, after: State, was: VirtualMachine, now: VirtualMachine | None) -> str:
    """What moved a machine, or why it stays down."""
    if now is None:
        return "It was deleted, or left the cluster with its node."
    migration = _new_migration(before, after, was.id)
    if migration is not None:
        return _of_migration(migration.kind, migration.phase, migration.reason)
    failover = after.failovers.get(was.group or "")
    if failover is not None and failover != before.failovers.get(was.group or ""):
        chosen = next((one for one in failover.candidates if one.chosen), None)
        why = f"To {chosen.node}: {chosen.reason[:1].lower()}{chosen.reason[1:]}" if chosen is not None else ""
        return _sentences(failover.cause, why, failover.outcome)
    resource = after.machine_resource(was.id)
    if resource is not None and resource.failure and now.state is not MachineState.RUNNING:
        return resource.failure
    earlier = before.machine_resource(was.id)
    if resource is not None and earlier is not None and resource.restarts != earlier.restarts and was.node == now.node:
        return "Its resource failed and was restarted on the same node."
    if was.node != now.node:
        return f"Its service or application failed over to {now.node}."
    if after.cluster is not None and after.cluster.stopped and was.is_highly_available and not _serves(after, now):
        return f"The cluster has stopped. {after.cluster.stopped}"
    if not was.is_highly_available and not _serves(after, now):
        return "It is not highly available, so nothing starts it elsewhere."
    return "" if _serves(after, now) else f"It is {now.state.lower()} on {now.node}."


def _new_migration(before: State, after: State, machine: str) -> Migration | None:
    """The last migration of a machine that was requested in the rehearsal."""
    found = after.last_migration(machine)
    return found if found is not None and found.id not in before.migrations else None


def _sentences(*parts: str) -> str:
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def _of_migration(kind: MigrationKind, phase: Phase, reason: str) -> str:
    way = {MigrationKind.LIVE: "Live migrated", MigrationKind.QUICK: "Quick migrated"}.get(kind, "Moved")
    match phase:
        case Phase.COMPLETED:
            return f"{way}."
        case Phase.FAILED | Phase.CANCELED | Phase.INTERRUPTED:
            return reason or f"The migration ended: {phase}."
        case _:
            return f"The migration is still in progress: {phase}. {reason}".strip()


def important(events: Iterable[EventLine]) -> tuple[EventLine, ...]:
    """Warnings, errors and what has a Windows event id."""
    return tuple(event for event in events if event.level not in (INFORMATION, VERBOSE) or event.id)
