"""Why a resource cannot be online on a node: what its start stumbles over, and what a health check finds.

The ids of the events that the owner logs before 1069 are those of the message tables of the providers
FailoverClustering and Hyper-V-High-Availability, see the source of each.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model.entities import AdapterState, ResourceState, ResourceType
from fcm.model.rules.failing.access import volume_usable
from fcm.model.rules.failing.faults import has_link, reaches_disk, reaches_share
from fcm.model.rules.failing.starting import start_obstacle

if TYPE_CHECKING:
    from fcm.model.entities import Resource, VirtualMachine
    from fcm.model.state import State


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What a resource cannot be online for."""

    reason: str
    """In words, a whole sentence."""
    logged: tuple[str, ...] = ()
    """Events that the owner logs because of it, in order; 1069 follows."""
    waits: bool = False
    """True: it will be over in a moment, so that nothing fails because of it."""

    def __bool__(self) -> bool:
        """False: nothing stands against it."""
        return bool(self.reason)


NOTHING = Obstacle("")


def obstacle(state: State, resource: Resource, node: str) -> Obstacle:
    """What stands against a resource on a node; what it depends on is not asked."""
    if node not in resource.possible_owners:
        return Obstacle(f"{node} is not a possible owner of {resource.name}.")
    machine = state.machines.get(resource.machine or "")
    match resource.type:
        case ResourceType.PHYSICAL_DISK:
            return _disk(state, resource, node)
        case ResourceType.VIRTUAL_MACHINE_CONFIGURATION if machine is not None:
            return files(state, machine, node)
        case ResourceType.VIRTUAL_MACHINE if machine is not None:
            waiting = files(state, machine, node)
            logged, reason = start_obstacle(state, machine)
            return waiting if waiting.waits else Obstacle(reason, logged)
        case ResourceType.IP_ADDRESS:
            return _address(state, resource, node)
        case ResourceType.FILE_SHARE_WITNESS if not reaches_share(state, node):
            return Obstacle(f"{node} does not reach the file share {resource.detail}.", ("1562",))
    return NOTHING


def _disk(state: State, resource: Resource, node: str) -> Obstacle:
    if resource.disk is None or reaches_disk(state, node, resource.disk):
        return NOTHING
    if resource.state is ResourceState.ONLINE:
        return Obstacle(f"{node} no longer reaches {state.disks[resource.disk].name}.", ("1038",))
    return Obstacle(f"{node} does not find {state.disks[resource.disk].name}.", ("1034",))


def _address(state: State, resource: Resource, node: str) -> Obstacle:
    """The adapter of the node on the network of the address must work (1077)."""
    try:
        address = ipaddress.ip_address(resource.detail)
    except ValueError:
        return NOTHING
    for network in state.networks.values():
        if address in ipaddress.ip_network(network.subnet, strict=False):
            adapter = state.adapter(node, network.id)
            if adapter is None:
                return Obstacle(f"{node} has no adapter on {network.name}.", ("1077",))
            if adapter.state is AdapterState.FAILED or not has_link(state, adapter):
                return Obstacle(f"The adapter of {node} on {network.name} has failed.", ("1077",))
    return NOTHING


def files(state: State, machine: VirtualMachine, node: str) -> Obstacle:
    """Whether a node reaches the files of a machine; 21102: its configuration could not be registered."""
    if machine.disk is None:
        return NOTHING
    logged = ("21102", "21502")
    verdict = volume_usable(state, node, machine.disk)
    if verdict:
        return NOTHING
    volume = state.shared_volumes.get(machine.disk)
    online = state.disks[machine.disk].state is ResourceState.ONLINE
    waits = volume is not None and online and node in volume.paused
    return Obstacle(verdict.reason, () if waits else logged, waits)
