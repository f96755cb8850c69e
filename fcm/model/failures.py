"""What can fail in a simulated cluster, and what is known of it, as frozen data.

The faults that are active are the physical truth: whether a node has power, a cable is plugged, a LUN answers. The
states of nodes, networks, disks and resources are what the cluster has noticed of it so far. Rules in
``fcm.model.rules.failing.faults`` derive the truth; the cluster finds it out by heartbeats and health checks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class FaultKind(StrEnum):
    """What can happen to an object; the words are the values of ``Invoke-ClusterFault -Fault``."""

    POWER_OFF = "PowerOff"
    """Of a node: it loses its power, and with it all memory."""
    HANG = "Hang"
    """Of a node: nothing on it runs any more, until it is repaired; its memory stays."""
    BUGCHECK = "Bugcheck"
    """Of a node: its operating system stops and the node restarts."""
    SERVICE_CRASH = "ServiceCrash"
    """Of a node: the cluster service ends without a goodbye; Windows starts it again."""
    ISOLATE = "Isolate"
    """Of nodes: none of their heartbeats reach the others, though their links stay up."""
    UNPLUG_CABLE = "UnplugCable"
    """Of a network adapter: its link goes down."""
    SWITCH_DOWN = "SwitchDown"
    """Of a network: nothing is carried any more."""
    LOSE_PATH = "LosePath"
    """Of a disk on one node: that node no longer reaches the LUN."""
    LOSE_LUN = "LoseLun"
    """Of a disk: no node reaches the LUN."""
    LOSE_RESERVATION = "LoseReservation"
    """Of a disk: its persistent reservation is gone; the owner must get it again."""
    LOSE_SHARE = "LoseShare"
    """Of the file share witness: no node reaches it."""
    GUEST_HANG = "GuestHang"
    """Of a virtual machine: its operating system no longer answers."""
    GUEST_BUGCHECK = "GuestBugcheck"
    """Of a virtual machine: its operating system stops and restarts."""
    GUEST_SHUTDOWN = "GuestShutdown"
    """Of a virtual machine: a user inside shuts it down."""


class GuestState(StrEnum):
    """The operating system inside a virtual machine, where it is known."""

    UNKNOWN = ""
    """Nothing is known of it: real hosts, and machines that do not run."""
    BOOTING = "Booting"
    RUNNING = "Running"
    HUNG = "Not responding"


@dataclass(frozen=True, slots=True)
class Fault:
    """A failure that has been simulated and not been repaired yet."""

    id: str
    kind: FaultKind
    target: str
    """Id of the node, adapter, network, disk or virtual machine; the UNC path of the file share witness."""
    since: float
    """s since the epoch, clock of the cluster."""
    node: str = ""
    """LOSE_PATH: the node that lost it."""
    together: tuple[str, ...] = ()
    """ISOLATE: more nodes on the same side of the cut, which still reach one another and the target."""
    until: float | None = None
    """s since the epoch: when it ends by itself; None = when it is repaired."""
    ordered: bool = False
    """POWER_OFF: the node was shut down in order, so that it is off but has not failed."""


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """A failure that happens by itself, once or again and again, as a cluster file plans it."""

    id: str
    kind: FaultKind
    target: str
    """As in ``Fault``; so are node and together."""
    node: str = ""
    together: tuple[str, ...] = ()
    after: float = 0.0
    """s from the first start of the cluster to the first time, where ``due`` does not say it."""
    due: float | None = None
    """s since the epoch: when it happens next."""
    rate: float = 0.0
    """Times per hour on average; 0 = once."""
    repair_after: float | None = None
    """s until it is repaired by itself; None = it is not."""
    number: int = 0
    """How often it was due."""
    over: bool = False
    """True once it will not happen again."""


@dataclass(frozen=True, slots=True)
class ServiceProcess:
    """The cluster service of a simulated node as a process, where the state of the node does not say it.

    Times in s since the epoch, clock of the cluster.
    """

    gone: float | None = None
    """Since when it no longer runs, while the others still count the node as a member."""
    cut_off: float | None = None
    """Since when it runs on (or is frozen) although the others have dropped the node; it ends once it notices."""
    ends_at: float | None = None
    """When it will end, because it finds out that it has no quorum or that there is a newer membership."""
    joins_only: bool = False
    """Started with PreventQuorum: it joins a cluster that runs and never forms one."""
    forces: bool = False
    """Started with FixQuorum: it forms the cluster, whatever votes there are."""
    quiet: bool = False
    """Started with IgnorePersistentState: a cluster that it forms brings no group online."""
    dirty: bool = False
    """Its Windows stopped without a shutdown, which the next start tells."""


ORDINARY = ServiceProcess()
"""The state of the node says whether it runs."""


@dataclass(frozen=True, slots=True)
class CutOffCopy:
    """A running copy of a virtual machine that lost access to its disks, because the cluster moved it elsewhere.

    It can no longer write; it ends when its node notices, by quorum lost, or restarts.
    """

    machine: str
    node: str
    since: float
    """s since the epoch: when the disks were taken away."""
    reason: str
    """Why it still exists, in words."""

    @property
    def id(self) -> str:
        """Machine and node."""
        return f"{self.machine}@{self.node}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A node that was looked at for a group that failed over."""

    node: str
    chosen: bool
    reason: str
    """Why it was chosen, or why not."""


@dataclass(frozen=True, slots=True)
class Failover:
    """The last failover of a group, told step by step; times in s since the epoch, clock of the cluster.

    A time is None while that step has not happened. What is between two of them is the duration of a step:
    detection (failed to noticed), arbitration (noticed to decided), start (decided to online), boot (online to
    booted).
    """

    id: str
    group: str
    cause: str
    """What failed, in words."""
    source: str
    """Node that owned the group."""
    destination: str | None
    """Node that owns it now; None: none could."""
    failed: float
    noticed: float | None = None
    decided: float | None = None
    online: float | None = None
    booted: float | None = None
    candidates: tuple[Candidate, ...] = ()
    outcome: str = ""
    """How it ended, where it did not end with the group online."""


def faults_without(faults: Mapping[str, Fault], gone: set[str]) -> dict[str, Fault]:
    """Failures that are left once some objects (nodes, adapters, machines) no longer exist.

    Of nodes that were isolated together, the others stay isolated.
    """
    left: dict[str, Fault] = {}
    for identity, fault in faults.items():
        if fault.kind is FaultKind.ISOLATE:
            side = [name for name in (fault.target, *fault.together) if name not in gone]
            if side:
                left[identity] = replace(fault, target=side[0], together=tuple(side[1:]))
        elif fault.target not in gone and fault.node not in gone:
            left[identity] = fault
    return left
