"""What can be rehearsed on a thing: failures and maintenance, each as the commands that bring it about."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import QuorumMode
from fcm.model.failures import FaultKind
from fcm.model.rules.allowed import allowed
from fcm.model.rules.verdict import OK, Verdict, no
from fcm.text.words import counted
from fcm.workspace.actions.failure_actions import ICONS
from fcm.workspace.actions.powershell import powershell, quoted
from fcm.workspace.selection import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model.commands import Command
    from fcm.model.state import State
    from fcm.workspace.selection import Selection

MOST_PAIRS = 28
"""Pairs of nodes that are offered to fail together: those of eight nodes."""
PLACES = frozenset({Place.CLUSTER, Place.NODE, Place.DISK, Place.VOLUME, Place.NETWORK, Place.MACHINE})
"""Where something can be rehearsed."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Something that can be rehearsed."""

    label: str
    """What happens, as a sentence without its full stop."""
    commands: tuple[Command, ...]
    icon: str = "simulate-failure"

    def verdict(self, state: State) -> Verdict:
        """Whether the first command would be carried out now."""
        return allowed(self.commands[0], state) if self.commands else OK


def scenarios(state: State, selection: Selection) -> tuple[Scenario, ...]:
    """All that can be rehearsed on what is selected; the most common first."""
    if state.cluster is None or not selection.exists(state):
        return ()
    if state.cluster.engine:
        return tuple(_of_engine(state, selection))
    match selection.place:
        case Place.NODE:
            return tuple(_of_node(state, selection.id))
        case Place.DISK | Place.VOLUME:
            return tuple(_of_disk(state, selection.id))
        case Place.NETWORK:
            return tuple(_of_network(state, selection.id))
        case Place.MACHINE:
            return tuple(_of_machine(state, selection.id))
        case Place.CLUSTER:
            return tuple(_of_cluster(state))
        case _:
            return ()


def _of_engine(state: State, selection: Selection) -> Iterator[Scenario]:
    """What the scheduler of Pacemaker can be asked: it makes no difference to it how a node is lost."""
    match selection.place:
        case Place.NODE:
            yield _failing(f"{selection.id} fails", FaultKind.POWER_OFF, selection.id)
            yield Scenario(f"Drain {selection.id}", (cmd.DrainNode(selection.id),), "drain")
            leaving = cmd.StopClusterService(selection.id)
            yield Scenario(f"Stop the cluster service of {selection.id}", (leaving,), "stop-node")
        case Place.CLUSTER:
            nodes = list(state.nodes)
            for node in nodes:
                yield _failing(f"{node} fails", FaultKind.POWER_OFF, node)
            if len(nodes) > 2:
                yield from _pairs(nodes, "{} and {} fail together")
        case Place.MACHINE if state.machines[selection.id].is_highly_available:
            name = state.machines[selection.id].name
            yield _failing(f"The process of {name} ends", FaultKind.GUEST_SHUTDOWN, selection.id)
        case _:
            pass


def _pairs(nodes: list[str], label: str) -> Iterator[Scenario]:
    for pair in list(combinations(nodes, 2))[:MOST_PAIRS]:
        yield Scenario(label.format(*pair), tuple(cmd.InjectFault(FaultKind.POWER_OFF, node) for node in pair))


def may_rehearse(state: State, selection: Selection) -> Verdict:
    """Whether anything can be rehearsed there."""
    found = scenarios(state, selection)
    if any(one.verdict(state) for one in found):
        return OK
    return found[0].verdict(state) if found else no("There is nothing to rehearse here.", "Select a node or a disk.")


MAINTENANCE = ("StopService", "Drain", "ShutDown", "Restart")
"""Values of ``Test-ClusterFailover -Fault`` that are no failures."""


def maintenance(state: State, target: str, what: str) -> tuple[Command, ...]:
    """The commands of one of MAINTENANCE on a node; ShutDown of the cluster where ``target`` is its name."""
    if state.cluster is not None and target not in state.nodes:
        return (cmd.StopCluster(),) if what == "ShutDown" else ()
    match what:
        case "StopService":
            return (cmd.StopClusterService(target),)
        case "Drain":
            return (cmd.DrainNode(target),)
        case _:
            return (cmd.ShutDownNode(target, restart=what == "Restart"),)


def rehearsal_text(scenario: Scenario, state: State) -> str:
    """The PowerShell that rehearses the same."""
    first = scenario.commands[0]
    match first:
        case cmd.InjectFault():
            names = ", ".join(quoted(one.target) for one in scenario.commands if isinstance(one, cmd.InjectFault))
            text = powershell(first, state).replace("Invoke-ClusterFault", "Test-ClusterFailover")
            single = quoted(first.target)
            return text.replace(f"-Name {single} ", f"-Name {names} ", 1) if len(scenario.commands) > 1 else text
        case cmd.StopClusterService(node=node):
            return f"Test-ClusterFailover -Name {quoted(node)} -Fault StopService"
        case cmd.DrainNode(node=node):
            return f"Test-ClusterFailover -Name {quoted(node)} -Fault Drain"
        case cmd.ShutDownNode(node=node, restart=restart):
            return f"Test-ClusterFailover -Name {quoted(node)} -Fault {'Restart' if restart else 'ShutDown'}"
        case _:
            name = state.cluster.name if state.cluster is not None else ""
            return f"Test-ClusterFailover -Name {quoted(name)} -Fault ShutDown"


def _failing(label: str, kind: FaultKind, target: str, node: str = "", together: tuple[str, ...] = ()) -> Scenario:
    return Scenario(label, (cmd.InjectFault(kind, target, node, together),), ICONS[kind])


def _of_node(state: State, node: str) -> Iterator[Scenario]:
    yield _failing(f"{node} loses its power", FaultKind.POWER_OFF, node)
    yield _failing(f"{node} hangs", FaultKind.HANG, node)
    yield _failing(f"{node} stops with a bugcheck and restarts", FaultKind.BUGCHECK, node)
    yield _failing(f"The cluster service of {node} crashes", FaultKind.SERVICE_CRASH, node)
    yield _failing(f"{node} is isolated: no heartbeat gets through", FaultKind.ISOLATE, node)
    yield Scenario(f"Stop the cluster service of {node}", (cmd.StopClusterService(node),), "stop-node")
    yield Scenario(f"Drain {node}", (cmd.DrainNode(node),), "drain")
    yield Scenario(f"Shut down {node}", (cmd.ShutDownNode(node),), "shut-down")
    yield Scenario(f"Restart {node}", (cmd.ShutDownNode(node, restart=True),), "shut-down")
    for adapter in state.adapters.values():
        if adapter.node == node:
            network = state.networks[adapter.network].name
            yield _failing(f"The cable of {node} on {network} is unplugged", FaultKind.UNPLUG_CABLE, adapter.id)


def _of_disk(state: State, identity: str) -> Iterator[Scenario]:
    disk = state.disks[identity]
    yield _failing(f"{disk.name}: no node reaches the LUN", FaultKind.LOSE_LUN, identity)
    owner_first = sorted(disk.visible_to, key=lambda node: node != disk.owner)
    for node in owner_first:
        owns = ", its owner" if node == disk.owner else ""
        yield _failing(f"{disk.name}: {node}{owns}, loses its path", FaultKind.LOSE_PATH, identity, node)
    yield _failing(f"{disk.name}: its reservation is lost", FaultKind.LOSE_RESERVATION, identity)


def _of_network(state: State, identity: str) -> Iterator[Scenario]:
    name = state.networks[identity].name
    yield _failing(f"{name}: its switch is down", FaultKind.SWITCH_DOWN, identity)
    for adapter in state.adapters.values():
        if adapter.network == identity:
            label = f"{name}: the cable of {adapter.node} is unplugged"
            yield _failing(label, FaultKind.UNPLUG_CABLE, adapter.id)


def _of_machine(state: State, identity: str) -> Iterator[Scenario]:
    name = state.machines[identity].name
    yield _failing(f"The guest of {name} hangs", FaultKind.GUEST_HANG, identity)
    yield _failing(f"The guest of {name} stops with a bugcheck", FaultKind.GUEST_BUGCHECK, identity)
    yield _failing(f"A user shuts the guest of {name} down", FaultKind.GUEST_SHUTDOWN, identity)


def _of_cluster(state: State) -> Iterator[Scenario]:
    assert state.cluster is not None
    nodes = list(state.nodes)
    for node in nodes:
        yield _failing(f"{node} loses its power", FaultKind.POWER_OFF, node)
    if len(nodes) > 2:
        yield from _pairs(nodes, "{} and {} lose their power together")
    if len(nodes) > 1:
        half = nodes[: (len(nodes) + 1) // 2]
        rest = counted(len(nodes) - len(half), "other")
        label = f"The cluster is cut in two: {', '.join(half)} apart from the {rest}"
        yield _failing(label, FaultKind.ISOLATE, half[0], together=tuple(half[1:]))
    if state.cluster.quorum_mode is QuorumMode.NODE_AND_FILE_SHARE_MAJORITY and state.cluster.witness:
        yield _failing("The file share witness is lost", FaultKind.LOSE_SHARE, state.cluster.witness)
    witness = state.disks.get(state.cluster.witness or "")
    if witness is not None:
        yield _failing(f"The disk witness {witness.name} is lost", FaultKind.LOSE_LUN, witness.id)
    yield Scenario("Shut down the cluster", (cmd.StopCluster(),), "shut-down")
