"""What an event touched, so that views redraw that and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an object of a Change is."""

    CLUSTER = "cluster"
    NODE = "node"
    NETWORK = "network"
    ADAPTER = "adapter"
    DISK = "disk"
    VOLUME = "volume"
    GROUP = "group"
    RESOURCE = "resource"
    MACHINE = "machine"
    MIGRATION = "migration"
    TELEMETRY = "telemetry"


@dataclass(frozen=True, slots=True)
class Change:
    """What an event touched: pairs of kind and id. Views redraw what they show of it, and nothing else."""

    touched: frozenset[tuple[Kind, str]] = frozenset()
    structural: bool = False
    """True if an object appeared, went, moved or was renamed: trees and lists must be made anew."""

    def __or__(self, other: Change) -> Change:
        """Both changes together."""
        return Change(self.touched | other.touched, self.structural or other.structural)

    def __bool__(self) -> bool:
        """False when nothing was touched."""
        return bool(self.touched) or self.structural

    def kinds(self) -> frozenset[Kind]:
        """The kinds that occur."""
        return frozenset(kind for kind, _ in self.touched)

    def of(self, kind: Kind) -> frozenset[str]:
        """Ids of one kind."""
        return frozenset(identity for found, identity in self.touched if found is kind)
