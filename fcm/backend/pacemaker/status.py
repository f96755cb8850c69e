"""What one node of a Pacemaker cluster says about all of it: the terms of Pacemaker and Corosync, as frozen data.

Source of the words: the XML schemas of Pacemaker 2.1.5 and 3.0 (crm_mon, cib), corosync-cfgtool(8),
corosync-quorumtool(8).
Times are s since the epoch, intervals s.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING: Mapping[str, str] = {}


class FencingStatus(StrEnum):
    """How an attempt to fence a node stands."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """A node as Pacemaker sees it."""

    name: str
    id: str
    """Corosync's nodeid, as text."""
    online: bool
    standby: bool = False
    maintenance: bool = False
    pending: bool = False
    """Its daemons are there, but it is no member yet."""
    unclean: bool = False
    """It is lost and must be fenced before anything that may run there is started elsewhere."""
    is_dc: bool = False
    attributes: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Permanent node attributes, such as ``fcm-addresses``."""
    shutdown: bool = False
    """It was asked to leave, and is leaving."""
    utilization: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class OperationStatus:
    """The last operation of its kind on one node (``lrm_rsc_op``)."""

    resource: str
    node: str
    name: str
    """start, stop, monitor, migrate_to, migrate_from, reload-agent ..."""
    interval: float
    call: int
    """-1 while it is pending."""
    pending: bool
    code: int
    """Exit code of the agent (OCF), 193 while pending."""
    changed: float
    """When it was begun or its result changed; 0 where that is not told."""
    duration: float = 0.0
    reason: str = ""
    """What the agent said, ``exit-reason``."""
    migrate_source: str = ""
    migrate_target: str = ""
    is_failure: bool = False
    """It is kept as the last failure of the resource there (``RESOURCE_last_failure_0``); of a probe that found the
    machine running, too, which is none."""


@dataclass(frozen=True, slots=True)
class ActionStatus:
    """An operation of a resource as it is configured (``op``)."""

    name: str
    interval: str
    """As it is written, such as ``10s``."""
    timeout: str = ""
    on_fail: str = ""
    """restart, ignore, block, fence ...; "" where it is the default of the operation."""


@dataclass(frozen=True, slots=True)
class ResourceStatus:
    """A primitive: its configuration (cib) and what the scheduler makes of it (crm_mon)."""

    id: str
    agent: str
    """Such as ``ocf:fcm:VirtualMachine`` or ``stonith:fence_ipmilan``."""
    role: str = "Stopped"
    """Started, Stopped, Starting, Stopping, Migrating ..."""
    nodes: tuple[str, ...] = ()
    """Where it is taken to run; two after a failed migration."""
    active: bool = False
    managed: bool = True
    failed: bool = False
    blocked: bool = False
    orphaned: bool = False
    failure_ignored: bool = False
    pending: str = ""
    """The operation in progress, as crm_mon words it ("Migrating", "Starting", "Monitoring"); it does not tell all."""
    target_role: str = ""
    """What is wanted: Stopped, Started; "" where nothing is set (Started)."""
    failures: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Node -> fail count there: a number or INFINITY."""
    actions: tuple[ActionStatus, ...] = ()
    """Operations as they are configured."""
    parameters: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    meta: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    utilization: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    @property
    def is_machine(self) -> bool:
        """Whether it is a virtual machine that fcm made highly available."""
        return self.agent == "ocf:fcm:VirtualMachine"


@dataclass(frozen=True, slots=True)
class LocationStatus:
    """A location constraint of one resource on one node."""

    id: str
    resource: str
    node: str
    score: str
    """A number, INFINITY or -INFINITY."""
    ends: str = ""
    """Until when it holds, as it is written (ISO 8601); "" = for good."""


@dataclass(frozen=True, slots=True)
class ColocationStatus:
    """Two resources that are kept apart (negative score) or together."""

    id: str
    resource: str
    other: str
    score: str


@dataclass(frozen=True, slots=True)
class FencingEvent:
    """An attempt to fence a node, from the history of the fencer."""

    target: str
    action: str
    """off, reboot, on."""
    status: FencingStatus
    device: str = ""
    client: str = ""
    completed: float = 0.0
    """Whole s; 0 while it is pending."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """One link of knet from the node that was asked to another one (corosync-cfgtool -n)."""

    number: int
    node: str
    address: str
    """Of the other end."""
    connected: bool
    own_address: str = ""
    """Of the end of the node that was asked."""


@dataclass(frozen=True, slots=True)
class QuorumStatus:
    """Votes (corosync-quorumtool -s)."""

    quorate: bool
    expected: int
    total: int
    needed: int
    votes: Mapping[str, int] = field(default_factory=dict)
    """Node -> votes, of the members."""
    device: str = ""
    """State of the witness as its flags (``A,V,NMW``); "" where there is none."""
    """Flags that differ from node to node are those of the node that was asked."""
    device_votes: int = 0
    """Votes that the witness has, whether or not it gives them now."""
    device_alive: bool = False
    """Whether the witness answers the node that was asked, and gives it its votes."""
    ring: str = ""
    """Identity of the membership, such as ``1.1a``; another one with each change of the members."""


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """What one node said at one moment."""

    asked: str
    """The node that answered."""
    at: float
    """When it was asked, s since the epoch."""
    have_quorum: bool
    dc: str = ""
    version: str = ""
    """Of Pacemaker."""
    name: str = ""
    epoch: str = ""
    """admin_epoch.epoch.num_updates of the CIB."""
    properties: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    defaults: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """rsc_defaults."""
    nodes: tuple[NodeStatus, ...] = ()
    resources: tuple[ResourceStatus, ...] = ()
    operations: tuple[OperationStatus, ...] = ()
    locations: tuple[LocationStatus, ...] = ()
    colocations: tuple[ColocationStatus, ...] = ()
    fencing: tuple[FencingEvent, ...] = ()
    """Newest first."""
    links: tuple[LinkStatus, ...] = ()
    quorum: QuorumStatus | None = None
    clock: float = 0.0
    """What the clock of the node that was asked said, s since the epoch; 0 where it is not known."""
    missing: tuple[str, ...] = ()
    """What could not be read, a sentence each; the fields that hold it are as if there was nothing."""
    moves: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Private attributes of the agent: attribute name -> node -> value (``fcm-move-NAME``, ``fcm-cancel-NAME``)."""

    def node(self, name: str) -> NodeStatus | None:
        """The node of that name."""
        return next((node for node in self.nodes if node.name == name), None)

    def resource(self, identity: str) -> ResourceStatus | None:
        """The resource of that id."""
        return next((resource for resource in self.resources if resource.id == identity), None)

    @property
    def machines(self) -> tuple[ResourceStatus, ...]:
        """The virtual machines that Pacemaker manages by fcm's agent."""
        return tuple(resource for resource in self.resources if resource.is_machine)

    @property
    def fencing_devices(self) -> tuple[ResourceStatus, ...]:
        """What can switch nodes off."""
        return tuple(resource for resource in self.resources if resource.agent.startswith("stonith:"))

    @property
    def skew(self) -> float:
        """By how many s the clock of the node is ahead of that of this computer; 0 where that is not known."""
        return self.clock - self.at if self.clock else 0.0

    def operations_of(self, resource: str) -> tuple[OperationStatus, ...]:
        """The last operations of a resource on all nodes."""
        return tuple(operation for operation in self.operations if operation.resource == resource)
