"""The cluster itself and its quorum, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fcm.model.migrations import DEFAULT_OPTIONS, MigrationOptions
from fcm.model.validation.report import ValidationReport
from fcm.model.versions import ClusterVersion


class QuorumMode(StrEnum):
    """Quorum modes of Windows Server 2008 R2; the words are values of QuorumType."""

    NODE_MAJORITY = "NodeMajority"
    NODE_AND_DISK_MAJORITY = "NodeAndDiskMajority"
    NODE_AND_FILE_SHARE_MAJORITY = "NodeAndFileShareMajority"
    DISK_ONLY = "DiskOnly"


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster itself and what is set for all of it."""

    name: str
    domain: str
    address: str
    host: str
    """Node that hosts the core group (Current Host Server)."""
    quorum_mode: QuorumMode
    witness: str | None
    """Id of the disk witness, or the UNC path of the file share."""
    shared_volumes_enabled: bool = False
    migration_order: tuple[str, ...] = ()
    """Ids of networks for live migration as set by the user; empty = by the default rule."""
    migration_excluded: tuple[str, ...] = ()
    """Ids of networks that live migration must not use."""
    validation: ValidationReport | None = None
    created: float = 0.0
    """s since the epoch."""
    concurrent_migrations: int = 1
    """Live migrations in which one node may take part at once; 1 in Windows Server 2008 R2."""
    migration_options: MigrationOptions = DEFAULT_OPTIONS
    """What a live migration uses where the request names no options of its own."""
    version: ClusterVersion = ClusterVersion.V2008_R2
    engine: str = ""
    """What decides about failover on real hosts, with its version, such as "Pacemaker 2.1.5"; "" = nothing does, or
    the cluster is simulated and follows ``version``. Its designated controller (DC) is then ``host``."""
    same_subnet_delay: int | None = None
    """ms between two heartbeats; None: the default of the version."""
    same_subnet_threshold: int | None = None
    """Heartbeats that may be missed; None: the default of the version."""
    stopped: str = ""
    """Why the cluster does not run (no quorum, stopped by the user); "" while it runs."""
    responds: bool = True
    """False: no node of it responds, so that it is not known how it is; ``stopped`` then says so too."""
    stopping: bool = False
    """The user is stopping it: its machines are going offline first."""
    forced: bool = False
    """Started without quorum by the user; ends by itself once there is a majority."""
    epoch: int = 0
    """Number of the current membership; it counts up with each change."""
    witness_weight: int = 1
    """WitnessDynamicWeight (2012 R2 and later); with an ``engine`` the votes of its witness (corosync-qnetd)."""
    witness_online: bool = True
    """False: a file share witness is lost; that of a disk is its state."""
    dynamic_quorum: bool | None = None
    """None: the default of the version."""
    lower_quorum_priority_node: str = ""
    resiliency_level: int = 2
    resiliency_period: int = 240
    """s."""
    quarantine_threshold: int = 3
    quarantine_duration: int = 7200
    """s."""
    assumed: tuple[tuple[str, float], ...] = ()
    """Figures of the simulation that differ from ``fcm.model.rules.failing.assumed``, by name."""

    @property
    def full_name(self) -> str:
        """The name with its domain, as the console tree shows it."""
        return f"{self.name}.{self.domain}" if self.domain else self.name

    @property
    def shown_name(self) -> str:
        """The full name, and what decides about failover where that is not fcm."""
        return f"{self.full_name} ({self.engine})" if self.engine else self.full_name
