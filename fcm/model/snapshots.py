"""Snapshots and backups of virtual machines, as data.

What they are follows Microsoft's guide to live migration (2009): a snapshot of a running machine holds its memory as
well, and a backup that meets a live migration ends as a plain file copy.
"""

from __future__ import annotations

from dataclasses import dataclass

from fcm.model.entities import MachineState, VirtualMachine


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A machine at one instant: its disk, its settings and, where it ran, its memory."""

    id: str
    name: str
    machine: VirtualMachine
    """As it was."""
    time: float
    """s since the epoch, clock of the cluster."""
    size: int
    """bytes that it takes on the disk: the memory of a machine that ran; changes of the disk are not modelled."""
    applied: float | None = None
    """When the machine last went back to it."""

    @property
    def with_memory(self) -> bool:
        """True if going back restores the memory too: the machine is saved then, not off."""
        return self.machine.state is not MachineState.OFF


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup of one machine, from the request to its end."""

    id: str
    machine: str
    node: str
    """The node on which it was begun: that is where the Hyper-V VSS writer looks for the machine."""
    volume: str | None
    """The Cluster Shared Volume that is redirected while it runs; None = the files lie elsewhere."""
    requested: float
    """s since the epoch, clock of the cluster; so are started and ended."""
    redirected_before: bool = False
    """True if access to the volume was redirected already, for another reason."""
    started: float | None = None
    """None while it waits for a live migration to end."""
    file_copy: bool = False
    """True once the machine had left the node: files are copied, without the steps of an online backup."""
    warnings: int = 0
    """Warnings of the VSS writer."""
    ended: float | None = None
    reason: str = ""
    """Why it was broken off."""
