"""Facts of failures, as data; ``fcm.model.events`` has all others and the closed unions."""

from __future__ import annotations

from dataclasses import dataclass

from fcm.model.bases import BaseEvent
from fcm.model.failures import CutOffCopy, Failover, Fault, PlannedFault


@dataclass(frozen=True, slots=True)
class FaultInjected(BaseEvent):
    """A failure was simulated: from now on it is so, whether or not the cluster has noticed."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class FaultRepaired(BaseEvent):
    """A simulated failure has ended."""

    fault: str


@dataclass(frozen=True, slots=True)
class FaultPlanned(BaseEvent):
    """A failure of the cluster file will happen at another time, or has happened for the last time."""

    plan: PlannedFault


@dataclass(frozen=True, slots=True)
class CopyCutOff(BaseEvent):
    """The cluster moved a machine whose old copy still runs: that copy has lost its disks."""

    copy: CutOffCopy


@dataclass(frozen=True, slots=True)
class CopyEnded(BaseEvent):
    """A copy without disks has ended."""

    copy: str


@dataclass(frozen=True, slots=True)
class FailoverRecorded(BaseEvent):
    """A step of a failover; it replaces what was recorded of the group's failover before."""

    failover: Failover


@dataclass(frozen=True, slots=True)
class NodeLogged(BaseEvent):
    """A node wrote to its event log or its cluster log; changes nothing.

    Level, channel, event id and words follow from the key (resources/events/failures.toml).
    """

    key: str
    """Entry of that file, mostly the number of the Windows event, such as "1135"."""
    node: str
    """Who wrote it."""
    values: tuple[tuple[str, str], ...] = ()
    """Names and values of the fields of the event, in the order of Windows."""
