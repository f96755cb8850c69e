"""Wishes that concern failures, quorum and the cluster as a whole; ``fcm.model.commands`` has all others."""

from __future__ import annotations

from dataclasses import dataclass

from fcm.model.bases import BaseCommand
from fcm.model.failures import FaultKind


@dataclass(frozen=True, slots=True)
class InjectFault(BaseCommand):
    """Simulate a failure (embedded clusters only)."""

    kind: FaultKind
    target: str
    """Id of the object, see ``Fault.target``."""
    node: str = ""
    """LOSE_PATH: the node that loses the path."""
    together: tuple[str, ...] = ()
    """ISOLATE: more nodes on the same side of the cut."""


@dataclass(frozen=True, slots=True)
class RepairFault(BaseCommand):
    """End a simulated failure: power on, plug in, bring back."""

    fault: str
    """Id of the fault."""


@dataclass(frozen=True, slots=True)
class StopCluster(BaseCommand):
    """Stop the cluster service on all nodes, in order."""


@dataclass(frozen=True, slots=True)
class StartCluster(BaseCommand):
    """Start the cluster service on all nodes that have power."""

    ignore_persistent_state: bool = False
    """Start the nodes without bringing groups online."""


@dataclass(frozen=True, slots=True)
class ShutDownNode(BaseCommand):
    """Shut the operating system of a node down in order; what it owns is moved or taken offline first."""

    node: str
    restart: bool = False


@dataclass(frozen=True, slots=True)
class ConfigureNode(BaseCommand):
    """Properties of a node."""

    node: str
    weight: int | None = None
    """NodeWeight: 1 = it has a vote, 0 = it has none."""


@dataclass(frozen=True, slots=True)
class ConfigureCluster(BaseCommand):
    """Common properties of the cluster."""

    same_subnet_delay: int | None = None
    """ms between two heartbeats."""
    same_subnet_threshold: int | None = None
    """Heartbeats that may be missed."""
    dynamic_quorum: bool | None = None
    lower_quorum_priority_node: str | None = None
    """Node whose vote is taken away first at an even split; "" = any."""
    resiliency_level: int | None = None
    """1 = isolate on a known reason only, 2 = always isolate."""
    resiliency_period: int | None = None
    """s that an unreachable node stays Isolated."""
    quarantine_threshold: int | None = None
    """Ungraceful leaves in one hour that quarantine a node."""
    quarantine_duration: int | None = None
    """s."""


@dataclass(frozen=True, slots=True)
class BringOnline(BaseCommand):
    """Bring this resource online: an address, a name, a file share witness or the configuration of a machine.

    Disks and machines have commands of their own (embedded clusters only).
    """

    resource: str


@dataclass(frozen=True, slots=True)
class ClearBlocked(BaseCommand):
    """Clear and keep running: forget the failure that blocks a group, leave its machine where it runs (Pacemaker only).

    What a move has left behind (a preference for its destination) is taken away first, else it would be tried again.
    """

    group: str


@dataclass(frozen=True, slots=True)
class ConfirmNodeOff(BaseCommand):
    """The user has made sure that a lost node is off: take it as fenced (Pacemaker only; ``stonith_admin --confirm``).

    If the node is not off, its virtual machines can run twice.
    """

    node: str


@dataclass(frozen=True, slots=True)
class FailResource(BaseCommand):
    """Simulate failure of this resource: what its policies say follows (embedded clusters only)."""

    resource: str
