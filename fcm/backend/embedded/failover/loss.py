"""What the cluster knows of a node that it has lost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Loss:
    """A node that left the membership without a goodbye; times in s since the epoch, clock of the cluster."""

    node: str
    cause: str
    """What happened, in words, as the cluster sees it."""
    failed: float
    """When it fell silent."""
    noticed: float
    """When its last route was down."""
    decided: float
    """When the remaining nodes agreed on a membership with quorum."""
    alive: bool
    """True while its virtual machines still run there: cut off, but with power."""
