"""What is called where nobody wants to be told: plain functions, so that a copy of the cluster keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fcm.backend.embedded.failover.loss import Loss


def nothing() -> None:
    """Nobody is told."""


def nothing_of_node(node: str) -> None:
    """Nobody is told of the node."""


def nothing_of_losses(losses: tuple[Loss, ...]) -> None:
    """Nobody is told of the losses."""


def all_of_them(losses: tuple[Loss, ...]) -> tuple[Loss, ...]:
    """All losses count at once."""
    return losses
