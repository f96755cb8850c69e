"""Durations and figures of failures: in one place, with their source, adjustable for each cluster.

``ASSUMED`` figures were not found in any documentation; wherever a user sees one it is called assumed. ``[assumed]`` in
a cluster file changes them (docs/cluster-files.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model.entities import ClusterVersion

if TYPE_CHECKING:
    from fcm.model.entities import Cluster


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that the simulation of failures uses."""

    value: float
    unit: str
    meaning: str
    source: str
    """"assumed", or where it was found."""


FIGURES: dict[str, Figure] = {
    "path_timeout": Figure(15.0, "s", "Until a node gives up a path that does not respond", "assumed"),
    "redirect": Figure(1.5, "s", "From the pause of a node's I/O to redirected access", "assumed"),
    "path_back": Figure(2.0, "s", "Until a node uses a restored path again", "assumed"),
    "renew_reservation": Figure(4.0, "s", "Until the owner of a disk notices that its reservation fails", "assumed"),
    "disk_try": Figure(1.0, "s", "Until a node finds that it cannot bring a disk online", "assumed"),
    "disk_online": Figure(2.0, "s", "A node takes the reservation of a shared volume and mounts it", "assumed"),
    "io_idle": Figure(0.2, "MB/s", "An idle machine reads and writes on its disk", "assumed"),
    "io_web-server": Figure(5.0, "MB/s", "A web server reads and writes on its disk", "assumed"),
    "io_oltp-database": Figure(40.0, "MB/s", "A database reads and writes on its disk", "assumed"),
    "io_build-server": Figure(30.0, "MB/s", "A build server reads and writes on its disk", "assumed"),
    "io_in-memory-cache": Figure(2.0, "MB/s", "An in-memory cache reads and writes on its disk", "assumed"),
    "io_memory-hog": Figure(1.0, "MB/s", "A program that only writes memory reads and writes on its disk", "assumed"),
    "io_other": Figure(5.0, "MB/s", "Any other machine reads and writes on its disk", "assumed"),
    "growth_share": Figure(0.05, "", "Share of a machine's disk I/O that makes its snapshots grow", "assumed"),
    "regroup": Figure(0.62, "s", "Regroup: from all routes down to the new membership", "one cluster log of 2020"),
    "crash_notice": Figure(0.5, "s", "Until others notice that a cluster service ended", "assumed"),
    "leave": Figure(0.5, "s", "Until a node that leaves in order is out of the membership", "assumed"),
    "service_restart": Figure(60.0, "s", "Until Windows restarts a cluster service that ended", "assumed"),
    "join": Figure(6.0, "s", "From the start of the cluster service to membership", "assumed"),
    "boot": Figure(90.0, "s", "From power on to the start of the cluster service", "assumed"),
    "shutdown": Figure(20.0, "s", "From the departure of a node that shuts down to power off", "assumed"),
    "reset": Figure(5.0, "s", "A restart: from the end of the operating system to power on", "assumed"),
    "crash_dump": Figure(20.0, "s", "A bugcheck writes its dump before the node restarts", "assumed"),
    "link_down": Figure(0.5, "s", "Until a node without any link ends its cluster service", "assumed"),
    "service_end": Figure(0.1, "s", "From the loss of quorum to the end of the cluster service", "assumed"),
    "reservation": Figure(4.0, "s", "Until the loss of the witness is noticed", "assumed (renewal every 3 s)"),
    "arbitration_lost": Figure(1.5, "s", "From lost arbitration to the end of the cluster service", "assumed"),
    "made_way": Figure(300.0, "s", "Until a group that gave way to a higher priority is tried again", "assumed"),
    "group_wait": Figure(120.0, "s", "A cold start waits for the default owner of a group", "assumed"),
    "arbitrate_owner": Figure(0.3, "s", "The node that owns the witness takes it again", "assumed"),
    "arbitrate_disk": Figure(7.0, "s", "Another node preempts the reservation of a disk witness", "MSCS, by analogy"),
    "arbitrate_share": Figure(6.0, "s", "Another node waits before it locks the witness file", "MSCS ArbitrationDelay"),
    "witness_retry": Figure(
        900.0, "s", "A failed witness is tried again, from 2012", "mscs WitnessRestartInterval 15; unit assumed"
    ),
    "guest_boot": Figure(1.0, "", "Factor for the boot times of the workloads", "assumed"),
    "guest_silence": Figure(20.0, "s", "Until an unresponsive guest counts as lost communication", "assumed"),
    "guest_dump": Figure(10.0, "s", "A guest writes its dump before it restarts", "assumed"),
    "blackout_wait": Figure(
        20.0, "s", "How long a machine in its blackout waits for the other side before it continues", "assumed"
    ),
}
"""By name; the names are keys of ``[assumed]`` in cluster files."""


def figure(cluster: Cluster, name: str) -> float:
    """A figure as it is set for this cluster."""
    return dict(cluster.assumed).get(name, FIGURES[name].value)


def heartbeat_delay(cluster: Cluster) -> float:
    """Seconds between two heartbeats (SameSubnetDelay; askcore 2012/02/08)."""
    return (1000 if cluster.same_subnet_delay is None else cluster.same_subnet_delay) / 1000.0


def heartbeat_threshold(cluster: Cluster, machines: int) -> int:
    """Heartbeats that may be missed (SameSubnetThreshold; windowsitpro, "defaults for 2016 latency settings").

    Args:
        cluster: with its version.
        machines: number of clustered virtual machines; 2012 R2 raises the threshold once there is one.
    """
    if cluster.same_subnet_threshold is not None:
        return cluster.same_subnet_threshold
    if cluster.version.at_least(ClusterVersion.V2016):
        return 10
    return 10 if cluster.version is ClusterVersion.V2012_R2 and machines else 5
