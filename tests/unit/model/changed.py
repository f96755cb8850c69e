"""States that differ from another in one object; what tests of rules begin with."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fcm.model.entities import Disk, Group, Network, Resource, VirtualMachine
    from fcm.model.state import State


def with_object(state: State, mapping: str, key: str, /, **changes: Any) -> State:
    """The state with other fields in one object."""
    objects = getattr(state, mapping)
    changed = MappingProxyType({**objects, key: replace(objects[key], **changes)})
    return replace(state, **{mapping: changed})


def with_cluster(state: State, /, **changes: Any) -> State:
    assert state.cluster is not None
    return replace(state, cluster=replace(state.cluster, **changes))


def machine(state: State, name: str) -> VirtualMachine:
    found = state.machine_named(name)
    assert found is not None
    return found


def with_machine(state: State, name: str, /, **changes: Any) -> State:
    return with_object(state, "machines", machine(state, name).id, **changes)


def disk(state: State, name: str) -> Disk:
    return next(item for item in state.disks.values() if item.name == name)


def with_disk(state: State, name: str, /, **changes: Any) -> State:
    return with_object(state, "disks", disk(state, name).id, **changes)


def network(state: State, name: str) -> Network:
    return next(item for item in state.networks.values() if item.name == name)


def with_network(state: State, name: str, /, **changes: Any) -> State:
    return with_object(state, "networks", network(state, name).id, **changes)


def with_node(state: State, name: str, /, **changes: Any) -> State:
    return with_object(state, "nodes", name, **changes)


def group(state: State, name: str) -> Group:
    return next(item for item in state.groups.values() if item.name == name)


def resource(state: State, name: str) -> Resource:
    return next(item for item in state.resources.values() if item.name == name)
