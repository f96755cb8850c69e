"""Which machine a resource of Pacemaker manages: whoever acts by libvirt must leave it alone."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.backend.pacemaker.status import ClusterStatus, ResourceStatus

_AGENTS = ("VirtualMachine", "VirtualDomain")
"""Agents of virtual machines, whoever provides them (ocf:fcm:VirtualMachine, ocf:heartbeat:VirtualDomain)."""


def managing(status: ClusterStatus, uuid: str, name: str) -> str | None:
    """Id of the resource of a cluster that manages a machine; see ``managing_resource``."""
    return managing_resource(status.resources, uuid, name)


def managing_resource(resources: Iterable[ResourceStatus], uuid: str, name: str) -> str | None:
    """Id of the resource that manages a machine; None if none does.

    fcm's own resources name the UUID. Others (VirtualDomain) name a definition only, which is called after the machine
    by custom: one too many taken for managed does no harm.

    Args:
        resources: of the cluster.
        uuid: of the machine, by libvirt.
        name: of the machine.
    """
    for resource in resources:
        if resource.agent.rpartition(":")[2] in _AGENTS and _is_of(resource, uuid, name):
            return resource.id
    return None


def _is_of(resource: ResourceStatus, uuid: str, name: str) -> bool:
    told = resource.meta.get("fcm-uuid") or resource.parameters.get("fcm-uuid")
    if told:
        return told.lower() == uuid.lower()
    config = PurePosixPath(resource.parameters.get("config", ""))
    return name in (resource.id, resource.parameters.get("name"), config.stem)
