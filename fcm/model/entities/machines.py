"""Virtual machines, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from fcm.model.failures import GuestState
from fcm.model.migrations import NetworkPreference


class MachineState(StrEnum):
    """State of a virtual machine as Hyper-V Manager words it."""

    RUNNING = "Running"
    OFF = "Off"
    SAVED = "Saved"
    PAUSED = "Paused"
    STARTING = "Starting"
    STOPPING = "Stopping"
    SAVING = "Saving"
    PAUSED_CRITICAL = "Paused-Critical"
    """Hyper-V paused it because its storage is full or gone."""

    @property
    def holds_memory(self) -> bool:
        """True while the machine occupies memory of its node."""
        return self not in (MachineState.OFF, MachineState.SAVED)


class StartAction(StrEnum):
    """Automatic Start Action in the settings of a virtual machine."""

    NOTHING = "Nothing"
    START_IF_RUNNING = "Automatically start if it was running when the service stopped"
    ALWAYS = "Always start this virtual machine automatically"


class OfflineAction(IntEnum):
    """What Move does to a running machine: the numbers of VM_RESDLL_CONTEXT."""

    TURN_OFF = 0
    SAVE = 1
    SHUT_DOWN = 2
    SHUT_DOWN_FORCED = 3


@dataclass(frozen=True, slots=True)
class VirtualMachine:
    """A virtual machine. ``node`` is the one node that owns it, running or not."""

    id: str
    name: str
    node: str
    state: MachineState
    memory: int
    """bytes."""
    processors: int
    workload: str
    """Name of the workload that runs in it (resources/workloads), or "" where it is unknown."""
    path: str
    """Where its files lie."""
    disk: str | None
    """Id of the cluster disk or shared volume that holds its files; None: local storage of the node."""
    switch: str | None
    """Virtual network that it is connected to."""
    start_action: StartAction = StartAction.START_IF_RUNNING
    processor_compatibility: bool = False
    """"Migrate to a physical computer with a different processor version"."""
    features: frozenset[str] = frozenset()
    """Processor features that the guest was given when it started; empty while off."""
    media: str | None = None
    """ISO file in the DVD drive."""
    disk_size: int = 0
    """bytes of its virtual hard disk."""
    group: str | None = None
    """Its service or application, once it is highly available."""
    zero_share: float = 0.0
    """Share of its memory that holds only zeros (0 to 1)."""
    migration_networks: NetworkPreference | None = None
    """A preference order of its own for live migration; None: that of the cluster, as for all in 2008 R2."""
    guest: GuestState = GuestState.UNKNOWN
    booted_at: float | None = None
    """s since the epoch: when its guest will have booted; None = it has, does not run, or hangs in its boot."""
    critical_since: float | None = None
    """s since the epoch: since when it is Paused-Critical."""
    connected: bool = True
    """False: it started on a node without its virtual switch (2012 and later)."""
    ended: bool = False
    """True: it has ended with its node, and the cluster has not noticed yet."""
    queued_since: float | None = None
    """s since the epoch: since when its start waits because too many others start on its node; None = it does not."""
    starts_with_host: bool = False
    """True: it is not clustered, its node lost its power, and its start action starts it when the node is back."""

    @property
    def is_highly_available(self) -> bool:
        """True once it is clustered."""
        return self.group is not None
