"""What a Pacemaker cluster waits for a user with, in words, each with the action that is the remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model.entities import FencingState
from fcm.model.rules.fencing import blocked, waiting_for
from fcm.model.rules.verdict import some
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model.entities import Node
    from fcm.model.state import State

_NAMES = 3
_FENCING = {
    FencingState.NEEDED: "is lost and must be fenced",
    FencingState.RUNNING: "is lost and is being fenced",
    FencingState.FAILED: "could not be fenced",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that waits."""

    sentence: str
    action: str
    """Id of the action that helps; "" where nothing is to be done but to wait."""
    selection: Selection
    """What the action acts on."""


def troubles(state: State, selection: Selection) -> tuple[Trouble, ...]:
    """What waits on the cluster, a node or a virtual machine; nodes first."""
    if state.cluster is None or not state.cluster.engine:
        return ()
    match selection.place:
        case Place.CLUSTER | Place.NODES | Place.SERVICES:
            found = [_of_node(state, node) for node in waiting_for(state)]
            return (*found, *_all_blocked(state))
        case Place.NODE:
            return tuple(_of_node(state, node) for node in waiting_for(state) if node.name == selection.id)
        case Place.MACHINE if selection.id in state.machines:
            return tuple(_of_machine(state, selection.id))
        case _:
            return ()


def _of_node(state: State, node: Node) -> Trouble:
    there = [machine.name for machine in state.machines_on(node.name) if machine.is_highly_available]
    of_them = (
        f" It is unknown whether {some(there, _NAMES)} {'are' if len(there) > 1 else 'is'} running there."
        if there
        else ""
    )
    text = f"Waiting: {node.name} {_FENCING[node.fencing]}."
    failed = node.fencing is FencingState.FAILED
    if failed:
        text = f"{text[:-1]}; confirm that it is off."
    elif there:
        text += " Then its virtual machines start elsewhere."
    action = "confirm-node-off" if failed else ""
    return Trouble(text + of_them, action, Selection(Place.NODE, node.name))


def _all_blocked(state: State) -> Iterator[Trouble]:
    for machine in state.machines.values():
        if machine.group is not None and (why := blocked(state, machine.group)):
            selection = Selection(Place.MACHINE, machine.id)
            yield Trouble(f"{machine.name} is blocked: {why}", "clear-blocked", selection)


def _of_machine(state: State, identity: str) -> Iterator[Trouble]:
    machine = state.machines[identity]
    node = state.nodes.get(machine.node)
    if node is not None and node.fencing is not FencingState.NONE and machine.is_highly_available:
        yield _of_node(state, node)
    if machine.group is not None and (why := blocked(state, machine.group)):
        text = f"Blocked: {why} Until it is cleared, Pacemaker does not restart {machine.name} if it ends."
        yield Trouble(text, "clear-blocked", Selection(Place.MACHINE, identity))
