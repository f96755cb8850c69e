"""The state of a group from its resources, and that of a resource from its virtual machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from fcm.model.entities import MachineState, ResourceState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.state import State


def group_state(state: State, group: str) -> ResourceState:
    """State of a group from its resources."""
    return state_of_resources(resource.state for resource in state.group_resources(group))


def state_of_resources(found: Iterable[ResourceState]) -> ResourceState:
    """State of a group of these resources: any failed > any pending > some online > all online (MSCluster)."""
    states = list(found)
    if ResourceState.FAILED in states:
        return ResourceState.FAILED
    if ResourceState.PENDING in states:
        return ResourceState.PENDING
    online = states.count(ResourceState.ONLINE)
    if online == 0:
        return ResourceState.OFFLINE
    return ResourceState.ONLINE if online == len(states) else ResourceState.PARTIAL_ONLINE


def machine_resource_state(machine: MachineState) -> ResourceState:
    """State of the Virtual Machine resource for a state of its machine (MSCluster "Virtual Machine" page)."""
    match machine:
        case MachineState.RUNNING | MachineState.PAUSED:
            return ResourceState.ONLINE
        case MachineState.PAUSED_CRITICAL:
            return ResourceState.FAILED
        case MachineState.OFF | MachineState.SAVED:
            return ResourceState.OFFLINE
        case MachineState.STARTING | MachineState.STOPPING | MachineState.SAVING:
            return ResourceState.PENDING
        case _:
            assert_never(machine)
