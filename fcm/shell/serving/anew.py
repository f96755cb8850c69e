"""An object that was given out earlier, as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.shell.values import objects, storage_objects
from fcm.shell.values.references import MAKERS, made

if TYPE_CHECKING:
    from fcm.shell.values.values import ShellObject
    from fcm.workspace.workspace import Workspace

_MAKE = (objects, storage_objects)
"""Modules that register what makes objects."""


def anew(given: ShellObject, workspace: Workspace) -> ShellObject | None:
    """An object made from its id as the cluster is now; None if it is gone, or of a type that is not made anew."""
    if given.type == "Cluster":
        cluster = workspace.state.cluster
        return objects.cluster_object(workspace.state, workspace.simulated) if cluster is not None else None
    return made(given.type, given.identity, workspace.state)


def known_types(workspace: Workspace) -> dict[str, dict[str, list[str]]]:
    """The properties of each type of object of which the cluster has one, and those that can be set."""
    state = workspace.state
    first = {
        "ClusterNode": next(iter(state.nodes), None),
        "ClusterGroup": next(iter(state.groups), None),
        "ClusterResource": next(iter(state.resources), None),
        "ClusterResourceType": "Virtual Machine",
        "ClusterNetwork": next(iter(state.networks), None),
        "Cluster": state.cluster.name if state.cluster is not None else None,
    }
    found: dict[str, dict[str, list[str]]] = {}
    for kind, identity in first.items():
        one = made(kind, identity, state) if identity is not None and kind in MAKERS else None
        if one is not None:
            found[kind] = {"properties": list(one.properties), "settable": list(one.setters)}
    return found
