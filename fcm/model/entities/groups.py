"""Services and applications and their resources, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fcm.model.entities.machines import OfflineAction


class ResourceState(StrEnum):
    """State of a resource or group; the words are those of Get-ClusterResource and Get-ClusterGroup."""

    ONLINE = "Online"
    OFFLINE = "Offline"
    FAILED = "Failed"
    PARTIAL_ONLINE = "PartialOnline"
    PENDING = "Pending"


class ResourceType(StrEnum):
    """Types of resource that this program knows; display names of the resource types."""

    VIRTUAL_MACHINE = "Virtual Machine"
    VIRTUAL_MACHINE_CONFIGURATION = "Virtual Machine Configuration"
    PHYSICAL_DISK = "Physical Disk"
    NETWORK_NAME = "Network Name"
    IP_ADDRESS = "IP Address"
    FILE_SHARE_WITNESS = "File Share Witness"
    FILE_SERVER = "File Server"
    GENERIC_APPLICATION = "Generic Application"
    GENERIC_SERVICE = "Generic Service"
    DHCP_SERVICE = "DHCP Service"
    PRINT_SPOOLER = "Print Spooler"


class GroupType(StrEnum):
    """What a group (service or application) is made for."""

    CLUSTER = "Cluster Group"
    AVAILABLE_STORAGE = "Available Storage"
    VIRTUAL_MACHINE = "Virtual Machine"
    DHCP_SERVER = "DHCP Server"
    FILE_SERVER = "File Server"
    GENERIC_APPLICATION = "Generic Application"
    GENERIC_SERVICE = "Generic Service"
    OTHER_SERVER = "Other Server"
    PRINT_SERVER = "Print Server"


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """Tab Policies of a resource. Defaults: Get-ClusterResource of Windows Server 2008 R2."""

    restart: bool = True
    period: int = 900
    """s."""
    maximum_restarts: int = 1
    failover: bool = True
    retry_after: int = 3600
    """s; 0 = do not begin again."""
    pending_timeout: int = 180
    """s."""
    looks_alive: int = 5
    """s between two basic health checks."""
    is_alive: int = 60
    """s between two thorough health checks."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a group."""

    id: str
    name: str
    type: ResourceType
    group: str
    state: ResourceState
    possible_owners: tuple[str, ...]
    depends_on: tuple[str, ...] = ()
    policy: RestartPolicy = RestartPolicy()
    machine: str | None = None
    """The virtual machine that this resource controls."""
    disk: str | None = None
    offline_action: OfflineAction = OfflineAction.SAVE
    heartbeat: bool = True
    """"Enable heartbeat monitoring for the virtual machine"."""
    detail: str = ""
    """Address, network name, service name or command line; UNC path of a file share witness."""
    alternatives: tuple[tuple[str, ...], ...] = ()
    """Further dependencies, by id: of each set, one that is online is enough (OR)."""
    restarts: tuple[float, ...] = ()
    """s since the epoch: when it was restarted after a failure, within its policy's period."""
    retry_at: float | None = None
    """s since the epoch: when the cluster tries to bring it online; None = it does not."""
    failure: str = ""
    """Why it failed, in words; "" while it is not failed."""
    blocked: str = ""
    """Why Pacemaker does nothing with it until a user clears it, in words; "" while it is managed."""
    wanted: bool = True
    """PersistentState: False once the user took it offline by itself; then only what needs it brings it online."""
    separate_monitor: bool = False
    """"Run this resource in a separate Resource Monitor"."""


@dataclass(frozen=True, slots=True)
class Group:
    """A service or application (2012 and later: role)."""

    id: str
    name: str
    type: GroupType
    owner: str
    state: ResourceState
    preferred_owners: tuple[str, ...] = ()
    auto_start: bool = True
    persistent: bool = False
    maximum_failures: int | None = None
    """None = automatic, number of nodes minus one."""
    failover_period: int = 6
    """h."""
    failback: bool = False
    failback_window: tuple[int, int] | None = None
    """Hours (0 to 23) between which failback may happen; None = at once."""
    anti_affinity: tuple[str, ...] = ()
    """AntiAffinityClassNames: groups that share a name are kept on different nodes where that is possible."""
    wanted: bool = True
    """PersistentState: whether the user wants it online; a failure does not change it."""
    priority: int = 2000
    """3000 High, 2000 Medium, 1000 Low, 0 No Auto Start (2012 and later)."""
    failovers: tuple[float, ...] = ()
    """s since the epoch: when it failed over after a failure of a resource, within its failover period."""
    failback_at: float | None = None
    """s since the epoch: when it returns to its preferred owner, which is back; None = it does not."""

    @property
    def is_core(self) -> bool:
        """True for the groups that the cluster itself made."""
        return self.type in (GroupType.CLUSTER, GroupType.AVAILABLE_STORAGE)

    @property
    def is_role(self) -> bool:
        """True for services and applications that are no virtual machine."""
        return not self.is_core and self.type is not GroupType.VIRTUAL_MACHINE
