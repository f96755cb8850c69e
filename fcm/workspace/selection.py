"""What a user has selected: the kind of thing and its id."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fcm.model.state import State


class Place(StrEnum):
    """Kinds of things that can be selected: nodes of the console tree and rows of the pages."""

    ROOT = "root"
    CLUSTER = "cluster"
    SERVICES = "services"
    MACHINE = "machine"
    """A virtual machine, clustered or not; id = id of the machine."""
    NODES = "nodes"
    NODE = "node"
    SHARED_VOLUMES = "shared-volumes"
    VOLUME = "volume"
    STORAGE = "storage"
    DISK = "disk"
    NETWORKS = "networks"
    NETWORK = "network"
    ADAPTER = "adapter"
    EVENTS = "events"
    MAP = "map"
    GROUP = "group"
    """A service or application that is not a virtual machine."""
    RESOURCE = "resource"
    MIGRATION = "migration"
    FAULT = "fault"
    """A simulated failure that has not been repaired."""


@dataclass(frozen=True, slots=True)
class Selection:
    """One selected thing; ``id`` is "" for containers."""

    place: Place
    id: str = ""

    def exists(self, state: State) -> bool:
        """Whether the thing is there in this state."""
        match self.place:
            case Place.ROOT:
                return True
            case Place.MACHINE:
                return self.id in state.machines
            case Place.NODE:
                return self.id in state.nodes
            case Place.VOLUME:
                return self.id in state.shared_volumes
            case Place.DISK:
                return self.id in state.disks
            case Place.NETWORK:
                return self.id in state.networks
            case Place.ADAPTER:
                return self.id in state.adapters
            case Place.GROUP:
                return self.id in state.groups
            case Place.RESOURCE:
                return self.id in state.resources
            case Place.MIGRATION:
                return self.id in state.migrations
            case Place.FAULT:
                return self.id in state.faults
            case Place.SHARED_VOLUMES:
                return state.cluster is not None and state.cluster.shared_volumes_enabled
            case _:
                return state.cluster is not None
