"""Failover Cluster Manager's words and Pacemaker's: which resource is which machine, and what constraints mean.

What fcm writes into the configuration of the cluster (CIB) is found again by its ids and names, so that every fcm on
every computer shows the same. Nothing depends on the name of a machine: the meta attribute ``fcm-uuid`` holds the UUID
that libvirt gave it.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from fcm.backend.pacemaker.status import ClusterStatus, ResourceStatus

UUID = "fcm-uuid"
"""Meta attribute: UUID of the machine in libvirt."""
NAME = "fcm-name"
"""Meta attribute: what the service or application is called; absent: as the machine."""
CLASSES = "fcm-classes"
"""Meta attribute: anti-affinity classes, as words of a shell."""
FAILBACK = "fcm-failback"
"""Meta attribute: ``now``, or two hours (UTC) such as ``22-4``; absent: the machine does not return by itself."""
NETWORKS = "fcm-networks"
"""Meta attribute: networks of the live migrations of this machine alone, in order of preference."""
ADOPTING, RELEASING, MOVING = "fcm-adopting", "fcm-releasing", "fcm-moving"
"""Meta attributes: marks of what fcm has begun and not ended; the next fcm goes on, or takes it back."""
DRAINING = "fcm-draining"
"""Node attribute: fcm empties the node by single moves; standby follows."""

OWNER, NEVER, APART = "fcm-owner-", "fcm-never-", "fcm-apart-"
"""How the ids of fcm's constraints begin."""
FIRST_OWNER, RETURNING_OWNER = 50, 200
"""Score of the first preferred owner: below the stickiness of 100 it decides where a machine starts at a failover;
above it, it also brings the machine back (crm_simulate)."""
APART_SCORE = -1000

_XML_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)


def resource_id(name: str, uuid: str, taken: Collection[str]) -> str:
    """The id of the resource of a machine: its name where that can be one and is free, else made of its UUID."""
    if _XML_ID.fullmatch(name) and name not in taken and len(name) <= 100:
        return name
    return f"vm-{uuid}"


def resource_of(status: ClusterStatus, uuid: str) -> ResourceStatus | None:
    """The resource that is the machine with this UUID; None while Pacemaker does not manage it."""
    return next((one for one in status.machines if one.meta.get(UUID, "").lower() == uuid.lower()), None)


def uuid_of(resource: ResourceStatus) -> str:
    """UUID of the machine; "" where it is not told."""
    return resource.meta.get(UUID, "").lower()


def machine_of_group(group: str) -> str:
    """UUID of the machine of a service or application by its id."""
    return group.removeprefix("group-")


def machine_of_resource(resource: str) -> str:
    """UUID of the machine of a resource as fcm shows it (``resource-UUID``, ``configuration-UUID``)."""
    return resource.partition("-")[2]


def preferred_owners(status: ClusterStatus, resource: str) -> tuple[str, ...]:
    """Nodes that are preferred, the best first."""
    found = [
        (-int(one.score), one.node)
        for one in status.locations
        if one.resource == resource and one.id.startswith(OWNER) and one.score.lstrip("+-").isdigit()
    ]
    return tuple(node for _, node in sorted(found))


def possible_owners(status: ClusterStatus, resource: str) -> tuple[str, ...]:
    """Nodes on which the machine may run, in the order of the cluster."""
    never = {one.node for one in status.locations if one.resource == resource and one.score == "-INFINITY"}
    return tuple(node.name for node in status.nodes if node.name not in never)


def classes_of(resource: ResourceStatus) -> tuple[str, ...]:
    """Anti-affinity classes."""
    try:
        return tuple(shlex.split(resource.meta.get(CLASSES, "")))
    except ValueError:  # edited by hand
        return ()


def failback_of(resource: ResourceStatus) -> tuple[bool, tuple[int, int] | None]:
    """Whether the machine returns to its preferred owner by itself, and the hours (UTC) between which it does."""
    said = resource.meta.get(FAILBACK, "")
    window = re.fullmatch(r"(\d{1,2})-(\d{1,2})", said)
    if window is not None:
        return True, (int(window[1]) % 24, int(window[2]) % 24)
    return said == "now", None
