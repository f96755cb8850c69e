"""Properties that stand for an object of the cluster: its name, and its properties where they are asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fcm.model.entities import ResourceType
from fcm.shell.values.values import NameOf, ShellObject

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.state import State

    Maker = Callable[[str, State], ShellObject | None]
    """Makes the object of an id; None if there is none."""

MAKERS: dict[str, Maker] = {}
"""By type of object; whoever makes them registers (``makes``), for they refer to each other."""


def makes(kind: str) -> Callable[[Maker], Maker]:
    """Register what makes the objects of a type."""

    def register(maker: Maker) -> Maker:
        MAKERS[kind] = maker
        return maker

    return register


def made(kind: str, identity: str, state: State) -> ShellObject | None:
    """An object as it is in a state; None if it is not there, or of a type that is not made anew."""
    maker = MAKERS.get(kind)
    return None if maker is None else maker(identity, state)


def reference(kind: str, name: str, identity: str, state: State) -> NameOf:
    """What a property holds that means an object."""
    return NameOf(name, kind, identity, partial(made, kind, identity, state))


def node_reference(state: State, name: str | None) -> NameOf | None:
    """A node by its name; None for none."""
    return reference("ClusterNode", name, name, state) if name else None


def group_reference(state: State, identity: str) -> NameOf | None:
    """A group by its id."""
    group = state.groups.get(identity)
    return reference("ClusterGroup", group.name, identity, state) if group is not None else None


def network_reference(state: State, identity: str | None) -> NameOf | None:
    """A network by its id."""
    network = state.networks.get(identity or "")
    return reference("ClusterNetwork", network.name, network.id, state) if network is not None else None


def resource_reference(state: State, identity: str) -> NameOf | None:
    """A resource by its id."""
    resource = state.resources.get(identity)
    return reference("ClusterResource", resource.name, identity, state) if resource is not None else None


def type_reference(state: State, kind: ResourceType) -> NameOf:
    """A resource type."""
    return reference("ClusterResourceType", str(kind), str(kind), state)


def cluster_reference(state: State) -> NameOf | None:
    """The cluster."""
    return reference("Cluster", state.cluster.name, state.cluster.name, state) if state.cluster is not None else None


@makes("ClusterResourceType")
def _resource_type(identity: str, state: State) -> ShellObject | None:
    known = next((kind for kind in ResourceType if str(kind) == identity), None)
    return None if known is None else resource_type_object(known)


def resource_type_object(kind: ResourceType) -> ShellObject:
    """A resource type."""
    return ShellObject("ClusterResourceType", {"Name": str(kind), "DisplayName": str(kind)}, str(kind))
