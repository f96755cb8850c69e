"""What a failover cluster consists of, as frozen data; its migrations and drains are in ``migrations``.

Every object is known by an ``id`` that never changes; names can be changed by the user. Mappings between objects
hold ids. Terms are those of Failover Clustering in Windows Server 2008 R2.
"""

from __future__ import annotations

from fcm.model.entities.cluster import Cluster, QuorumMode
from fcm.model.entities.groups import Group, GroupType, Resource, ResourceState, ResourceType, RestartPolicy
from fcm.model.entities.machines import MachineState, OfflineAction, StartAction, VirtualMachine
from fcm.model.entities.servers import (
    Adapter,
    AdapterState,
    FencingState,
    Network,
    NetworkRole,
    NetworkState,
    Node,
    NodeState,
    Processor,
)
from fcm.model.entities.storage import Disk, DiskUse, SharedVolume, VolumeAccess
from fcm.model.entities.units import AUTOMATIC, GIB, MIB
from fcm.model.versions import ClusterVersion

__all__ = [
    "AUTOMATIC",
    "GIB",
    "MIB",
    "Adapter",
    "AdapterState",
    "Cluster",
    "ClusterVersion",
    "Disk",
    "DiskUse",
    "FencingState",
    "Group",
    "GroupType",
    "MachineState",
    "Network",
    "NetworkRole",
    "NetworkState",
    "Node",
    "NodeState",
    "OfflineAction",
    "Processor",
    "QuorumMode",
    "Resource",
    "ResourceState",
    "ResourceType",
    "RestartPolicy",
    "SharedVolume",
    "StartAction",
    "VirtualMachine",
    "VolumeAccess",
]
