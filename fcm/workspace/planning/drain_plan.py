"""A drain as it is planned: which machines move where, in which order, and how long each takes."""

from __future__ import annotations

from dataclasses import dataclass

from fcm.model import commands as cmd
from fcm.model.migrations import DrainMove, MigrationOptions, Staying


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """One live migration of a drain."""

    machine: str
    """Id."""
    name: str
    memory: int
    """bytes."""
    destination: str
    reason: str
    """Why this destination."""
    duration: float | None = None
    """s with the moves beside it; None where it is not expected to end by itself, or was not predicted yet."""
    alone: float | None = None
    """s if nothing else moved; None likewise."""
    basis: str = ""
    """What the duration rests on: "forecast" (its workload is known), "measured" (how it wrote when it was measured),
    "assumed" (never measured: its memory over the bandwidth); "" where nothing was predicted yet."""


@dataclass(frozen=True, slots=True)
class RoleMove:
    """A service or application that is no virtual machine and leaves the node at once when the drain begins."""

    name: str
    destination: str | None
    """Where a failover would bring it; None: no node can take it, it stays."""


@dataclass(frozen=True, slots=True)
class DrainPlan:
    """How a node is emptied: pause it, make the moves in order, do its maintenance, resume it."""

    node: str
    moves: tuple[PlannedMove, ...]
    staying: tuple[Staying, ...]
    off: int = 0
    """Machines that are off or saved and stay, because there is nothing of them to move."""
    roles: tuple[RoleMove, ...] = ()
    """Services and applications of the node that are no virtual machines."""
    makespan: float | None = None
    """s until the last of them has ended; None where one is not expected to end or not all were predicted."""

    @property
    def is_complete(self) -> bool:
        """True if no running machine stays behind."""
        return not self.staying

    def command(self, options: MigrationOptions | None = None) -> cmd.DrainNode:
        """What carries out exactly this plan."""
        moves = tuple(DrainMove(one.machine, one.destination, one.duration, one.basis) for one in self.moves)
        # Where nothing is there to be moved, nothing need be named.
        return cmd.DrainNode(self.node, moves if moves or self.staying else None, options)
