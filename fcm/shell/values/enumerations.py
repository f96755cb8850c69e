"""Enumerations of Microsoft's modules: values that are a name and a number.

Names and numbers are those of the Failover Cluster API (clusapi.h: CLUSTER_GROUP_STATE, CLUSTER_RESOURCE_STATE,
CLUSTER_NODE_STATE, CLUSTER_NETWORK_STATE, CLUSTER_NETINTERFACE_STATE, CLUSGROUP_TYPE, CLUSTER_NODE_DRAIN_STATUS) and
of Msvm_ComputerSystem.EnabledState (VMState), as the classes of the modules FailoverClusters and Hyper-V have them.
"""

from __future__ import annotations

CLUSTERS, MACHINES = "Microsoft.FailoverClusters.PowerShell", "Microsoft.HyperV.PowerShell"
"""Where the types live in .NET."""


class Enumerated(str):
    """One value, whose text is its name. A state of the cluster that the type does not have is a plain text instead."""

    __slots__ = ("kind", "number")
    kind: str
    """Name of the type, a key of ``ENUMERATIONS``."""
    number: int

    def __new__(cls, name: str, kind: str, number: int) -> Enumerated:
        """Make one."""
        made = super().__new__(cls, name)
        made.kind, made.number = kind, number
        return made

    def __getnewargs__(self) -> tuple[str, str, int]:  # type: ignore[override]  # str's own has the text alone
        """What a copy is made of."""
        return str(self), self.kind, self.number


ENUMERATIONS: dict[str, dict[str, int]] = {
    "ClusterGroupState": {"Online": 0, "Offline": 1, "Failed": 2, "PartialOnline": 3, "Pending": 4},
    "ClusterResourceState": {
        "Inherited": 0,
        "Initializing": 1,
        "Online": 2,
        "Offline": 3,
        "Failed": 4,
        "Pending": 128,
        "OnlinePending": 129,
        "OfflinePending": 130,
    },
    "ClusterNodeState": {"Up": 0, "Down": 1, "Paused": 2, "Joining": 3},
    "ClusterNodeDrainStatus": {"NotInitiated": 0, "InProgress": 1, "Completed": 2, "Failed": 3},
    "ClusterNetworkState": {"Unavailable": 0, "Down": 1, "Partitioned": 2, "Up": 3},
    "ClusterNetworkInterfaceState": {"Unavailable": 0, "Failed": 1, "Unreachable": 2, "Up": 3},
    "ClusterGroupType": {
        "Cluster": 1,
        "AvailableStorage": 2,
        "FileServer": 100,
        "PrintServer": 101,
        "DhcpServer": 102,
        "GenericApplication": 107,
        "GenericService": 108,
        "VirtualMachine": 111,
        "Unknown": 9999,
    },
    "ServiceControllerStatus": {
        "Stopped": 1,
        "StartPending": 2,
        "StopPending": 3,
        "Running": 4,
        "ContinuePending": 5,
        "PausePending": 6,
        "Paused": 7,
    },
    "VMState": {
        "Other": 1,
        "Running": 2,
        "Off": 3,
        "Stopping": 4,
        "Saved": 6,
        "Paused": 9,
        "Starting": 10,
        "Reset": 11,
        "Saving": 32773,
        "Pausing": 32776,
        "Resuming": 32777,
    },
}
"""Type: names and numbers; those of CLUSGROUP_TYPE that this program knows."""


def enumerated(kind: str, name: str) -> str:
    """The value of a type by its name; a name that the type has not stays a text."""
    number = ENUMERATIONS[kind].get(name)
    return name if number is None else Enumerated(name, kind, number)


def namespace(kind: str) -> str:
    """Where a type lives in .NET."""
    return {"VMState": MACHINES, "ServiceControllerStatus": "System.ServiceProcess"}.get(kind, CLUSTERS)
