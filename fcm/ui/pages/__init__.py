"""The pages of the centre pane, one for each kind of place in the console tree; made when they are first shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.rules.failing.failure_words import sentence
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.model.state import State
    from fcm.ui.desk import Desk
    from fcm.ui.pages.page import Page


def make(place: Place, window: Desk) -> Page:
    """The page for a kind of place.

    Raises:
        LookupError: a place that has no page.
    """
    match place:
        case Place.ROOT:
            from fcm.ui.pages.root import RootPage

            return RootPage(window)
        case Place.CLUSTER:
            from fcm.ui.pages.cluster import ClusterPage

            return ClusterPage(window)
        case Place.SERVICES:
            from fcm.ui.pages.services import ServicesPage

            return ServicesPage(window)
        case Place.MACHINE:
            from fcm.ui.pages.machine import MachinePage

            return MachinePage(window)
        case Place.GROUP:
            from fcm.ui.pages.group import GroupPage

            return GroupPage(window)
        case Place.NODES:
            from fcm.ui.pages.nodes import NodesPage

            return NodesPage(window)
        case Place.NODE:
            from fcm.ui.pages.node import NodePage

            return NodePage(window)
        case Place.SHARED_VOLUMES:
            from fcm.ui.pages.volumes import VolumesPage

            return VolumesPage(window)
        case Place.STORAGE:
            from fcm.ui.pages.storage import StoragePage

            return StoragePage(window)
        case Place.NETWORKS:
            from fcm.ui.pages.networks import NetworksPage

            return NetworksPage(window)
        case Place.NETWORK:
            from fcm.ui.pages.network import NetworkPage

            return NetworkPage(window)
        case Place.EVENTS:
            from fcm.ui.events.events import EventsPage

            return EventsPage(window)
        case Place.MAP:
            from fcm.ui.map.page import MapPage

            return MapPage(window)
        case _:
            raise LookupError(f"{place} has no page of its own")


_CONTAINERS = {
    Place.ROOT: "Failover Cluster Manager",
    Place.SERVICES: "Services and applications",
    Place.NODES: "Nodes",
    Place.SHARED_VOLUMES: "Cluster Shared Volumes",
    Place.STORAGE: "Storage",
    Place.NETWORKS: "Networks",
    Place.EVENTS: "Cluster Events",
    Place.MAP: "Map",
}
_MANY = {
    Place.MACHINE: "virtual machines",
    Place.GROUP: "services and applications",
    Place.NODE: "nodes",
    Place.VOLUME: "volumes",
    Place.DISK: "disks",
    Place.NETWORK: "networks",
    Place.ADAPTER: "adapters",
    Place.RESOURCE: "resources",
    Place.MIGRATION: "migrations",
    Place.FAULT: "simulated failures",
}


def describe_selections(selections: Sequence[Selection], state: State) -> str:
    """The name of what is selected, as the heading of a section of the Actions pane."""
    if len(selections) > 1:
        return f"{len(selections)} {_MANY.get(selections[0].place, 'items')}"
    return name_of(selections[0], state) if selections else ""


def name_of(selection: Selection, state: State) -> str:
    """The name of one thing; its id if it is gone."""
    match selection.place:
        case Place.CLUSTER:
            return state.cluster.full_name if state.cluster else "Cluster"
        case Place.MACHINE if selection.id in state.machines:
            return state.machines[selection.id].name
        case Place.GROUP if selection.id in state.groups:
            return state.groups[selection.id].name
        case Place.VOLUME if selection.id in state.shared_volumes:
            return state.shared_volumes[selection.id].name
        case Place.DISK if selection.id in state.disks:
            return state.disks[selection.id].name
        case Place.NETWORK if selection.id in state.networks:
            return state.networks[selection.id].name
        case Place.ADAPTER if selection.id in state.adapters:
            return state.adapters[selection.id].name
        case Place.RESOURCE if selection.id in state.resources:
            return state.resources[selection.id].name
        case Place.MIGRATION if selection.id in state.migrations:
            migration = state.migrations[selection.id]
            return f"{migration.kind} of {state.moved_name(migration)}"
        case Place.FAULT if selection.id in state.faults:
            return sentence(state, state.faults[selection.id])
        case _:
            return _CONTAINERS.get(selection.place, selection.id)
