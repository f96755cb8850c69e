"""What the map shows, read from one state: who is where, how it is, what is on its way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from fcm.model.entities import AdapterState, MachineState, NetworkState, NodeState, ResourceState
from fcm.model.migrations import MigrationKind
from fcm.model.state import Kind
from fcm.model.structures.tables import name_of
from fcm.ui.look import appearance
from fcm.ui.look.format import count, size

if TYPE_CHECKING:
    from fcm.model.entities import VirtualMachine
    from fcm.model.state import Change, State
    from fcm.ui.window.figures import Figures


class Mood(Enum):
    """How a thing is; the values are fields of fcm.ui.look.theme.StateColours."""

    GOOD = "good"
    BUSY = "busy"
    QUIET = "quiet"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Load:
    """How full a node is."""

    memory: float
    """Share of its memory that is in use, 0 to 1 or more."""
    processors: float
    """Virtual processors of running machines by logical processors, 0 to 1 or more."""
    words: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A network as a lane."""

    name: str
    mood: Mood
    cut_off: frozenset[str]
    """Nodes whose adapter does not reach it."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """A live migration on its lane."""

    machine: str
    source: str
    destination: str
    network: str
    progress: float


def machine_mood(state: State, machine: VirtualMachine) -> Mood:
    """How a machine is, told by its group first: what failed is red wherever it is."""
    group = state.groups.get(machine.group or "")
    if group is not None and group.state is ResourceState.FAILED:
        return Mood.BAD
    if machine.state is MachineState.PAUSED_CRITICAL or machine.ended:
        return Mood.BAD
    moving = state.active_migration(machine.id)
    if moving is not None and moving.phase.is_running:
        return Mood.BUSY
    if machine.state is MachineState.RUNNING:
        home = state.nodes.get(machine.node)
        return Mood.GOOD if home is not None and home.state.is_member else Mood.WARNING
    if machine.state in (MachineState.OFF, MachineState.SAVED):
        return Mood.QUIET
    return Mood.WARNING if machine.state is MachineState.PAUSED else Mood.BUSY


def node_mood(state: State, node: str) -> Mood:
    """How a node is."""
    match state.nodes[node].state:
        case NodeState.UP:
            return Mood.GOOD
        case NodeState.DOWN:
            return Mood.BAD
        case NodeState.JOINING:
            return Mood.BUSY
        case _:
            return Mood.WARNING


def load_of(state: State, node: str) -> Load:
    """How full a node is, with what its machines hold."""
    server = state.nodes[node]
    holding = [machine for machine in state.machines_on(node) if machine.state.holds_memory]
    used = server.reserved_memory + sum(machine.memory for machine in holding)
    processors = sum(machine.processors for machine in holding)
    memory = used / server.memory if server.memory else 0.0
    share = processors / server.logical_processors if server.logical_processors else 0.0
    words = f"{size(used)} of {size(server.memory)}" if server.memory else "memory unknown"
    return Load(memory, share, f"{words}, {count(processors, 'virtual processor')} on {server.logical_processors}")


def lanes_of(state: State) -> dict[str, Lane]:
    """Networks by id, in the order of their names."""
    found = {}
    for network in sorted(state.networks.values(), key=lambda one: (one.name.casefold(), one.id)):
        adapters = [one for one in state.adapters.values() if one.network == network.id]
        cut = frozenset(one.node for one in adapters if one.state is not AdapterState.UP)
        mood = Mood.QUIET if network.state is NetworkState.UP else Mood.BAD
        if network.state is NetworkState.PARTITIONED:
            mood = Mood.WARNING
        found[network.id] = Lane(network.name, mood, cut)
    return found


def traffic_of(state: State, figures: Figures) -> list[Traffic]:
    """Live migrations that send, oldest first."""
    return [
        Traffic(one.machine, one.source, one.destination, one.network, figures.progress(one))
        for one in state.running_migrations()
        if one.kind is MigrationKind.LIVE and one.network is not None and one.network in state.networks
        if {one.source, one.destination} <= state.nodes.keys()
    ]


def node_words(state: State, node: str) -> str:
    """A node for those who do not see it."""
    machines = state.machines_on(node)
    return (
        f"{node}: {appearance.node_words(state.nodes[node])}, {count(len(machines), 'virtual machine')}, "
        f"{load_of(state, node).words}"
    ).replace("\N{NO-BREAK SPACE}", " ")


def machine_words(state: State, machine: str, figures: Figures) -> str:
    """A machine for those who do not see it."""
    found = state.machines[machine]
    status = figures.status(state, found)
    return f"{name_of(state.machines, machine)} on {found.node}: {status}".replace("\N{NO-BREAK SPACE}", " ")


class Residents:
    """Who is on which node, by name; brought up to date by what a change touched."""

    def __init__(self) -> None:
        self._on: dict[str, tuple[str, ...]] = {}
        self._at: dict[str, str] = {}
        """Machine -> node in whose list it is."""

    def on(self, node: str) -> tuple[str, ...]:
        """Ids of the machines of a node, in the order of their names."""
        return self._on.get(node, ())

    @property
    def most(self) -> int:
        """Machines on the fullest node."""
        return max((len(found) for found in self._on.values()), default=0)

    def update(self, state: State, change: Change) -> frozenset[str]:
        """Take over a change; returns the nodes that look different now."""
        if change.structural:
            self._on = {node: _sorted(state, node) for node in state.nodes}
            self._at = {machine: node for node, found in self._on.items() for machine in found}
            return frozenset(state.nodes)
        touched = set(change.of(Kind.NODE))
        machines = set(change.of(Kind.MACHINE))
        machines |= {state.migrations[one].machine for one in change.of(Kind.MIGRATION) if one in state.migrations}
        for group in change.of(Kind.GROUP):
            found = state.groups.get(group)
            machines |= {one.machine for one in state.group_resources(group) if one.machine} if found else set()
        moved = set()
        for machine in machines:
            known, now = self._at.get(machine), state.machines.get(machine)
            touched |= {node for node in (known, now.node if now else None) if node is not None}
            if now is None or known != now.node:
                moved |= {node for node in (known, now.node if now else None) if node is not None}
        for node in moved & state.nodes.keys():
            self._on[node] = _sorted(state, node)
            for machine in self._on[node]:
                self._at[machine] = node
        return frozenset(touched & state.nodes.keys())


def _sorted(state: State, node: str) -> tuple[str, ...]:
    found = sorted(state.machines_on(node), key=lambda one: (one.name.casefold(), one.id))
    return tuple(one.id for one in found)
