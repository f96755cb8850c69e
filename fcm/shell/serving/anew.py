"""An object that was given out earlier, as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.shell.values import objects

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.state import State
    from fcm.shell.values.values import ShellObject
    from fcm.workspace.workspace import Workspace

_MAKERS: dict[str, Callable[[str, State], ShellObject | None]] = {
    "ClusterNode": lambda one, state: objects.node_object(state.nodes[one], state),
    "ClusterGroup": lambda one, state: objects.group_object(state.groups[one], state),
    "ClusterResource": lambda one, state: objects.resource_object(state.resources[one], state),
    "ClusterNetwork": lambda one, state: objects.network_object(state.networks[one], state),
    "ClusterNetworkInterface": lambda one, state: objects.adapter_object(state.adapters[one], state),
    "ClusterSharedVolume": lambda one, state: objects.volume_object(state.shared_volumes[one], state),
    "VirtualMachine": lambda one, state: objects.machine_object(state.machines[one], state),
}
"""Type of an object that has properties to be set: how it is made from its id."""


def anew(given: ShellObject, workspace: Workspace) -> ShellObject | None:
    """An object made from its id as the cluster is now; None if it is gone, or of a type that is never set."""
    if given.type == "Cluster":
        cluster = workspace.state.cluster
        return objects.cluster_object(workspace.state, workspace.simulated) if cluster is not None else None
    maker = _MAKERS.get(given.type)
    if maker is None:
        return None
    try:
        return maker(given.identity, workspace.state)
    except KeyError:
        return None
