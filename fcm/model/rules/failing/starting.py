"""What keeps a virtual machine from starting on its node, found out by trying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import ClusterVersion
from fcm.model.quantities import apart
from fcm.model.rules.failing.access import volume_usable
from fcm.text.words import quoted

if TYPE_CHECKING:
    from fcm.model.entities import VirtualMachine
    from fcm.model.state import State

_START_FAILED = ("12030", "21502")


def start_obstacle(state: State, machine: VirtualMachine) -> tuple[tuple[str, ...], str]:
    """Events that Windows logs because a machine cannot start where it is, and why in words; "" if it can.

    The virtual switch counts in 2008 R2 only (KB 2475761): from 2012 the machine starts without a connection.
    """
    node = state.nodes[machine.node]
    free = max(0, state.free_memory(node.name))
    if free < machine.memory:
        has, needs = apart(free, machine.memory)
        return ("3122", *_START_FAILED), f"{node.name} has {has} of free memory; {machine.name} needs {needs}."
    files = volume_usable(state, machine.node, machine.disk)
    if not files:
        return _START_FAILED, files.reason
    assert state.cluster is not None
    needs_switch = not state.cluster.version.at_least(ClusterVersion.V2012)
    if needs_switch and machine.switch is not None and machine.switch not in node.switches:
        return ("21117", *_START_FAILED), f"{node.name} has no virtual network {quoted(machine.switch)}."
    return (), ""
