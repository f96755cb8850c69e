"""Back and Forward: the places where the user was, in all clusters that are open."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fcm.ui.window.panes.tree_model import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.workspace.selection import Selection

LENGTH = 100


class Spot(NamedTuple):
    """A place of a cluster."""

    cluster: str
    """What the cluster was opened by; "" for the root, which is of no cluster."""
    place: Selection


START = Spot("", ROOT)


class History:
    """Visited places, oldest first, and where among them the user is.

    ``is_there`` of its methods says whether a spot still exists.
    """

    def __init__(self) -> None:
        self._spots: list[Spot] = [START]
        self._at = 0

    def visit(self, spot: Spot) -> None:
        """The user went to a place; what lay ahead is forgotten."""
        if self._spots[self._at] == spot:
            return
        self._spots = [*self._spots[: self._at + 1], spot][-LENGTH:]
        self._at = len(self._spots) - 1

    def back(self, is_there: Callable[[Spot], bool]) -> Spot | None:
        """One step back among the places that still exist; None if there is none."""
        return self._step(-1, is_there)

    def forward(self, is_there: Callable[[Spot], bool]) -> Spot | None:
        """One step forward among the places that still exist; None if there is none."""
        return self._step(1, is_there)

    def can_go_back(self, is_there: Callable[[Spot], bool]) -> bool:
        """Whether ``back`` would lead anywhere."""
        return any(is_there(spot) for spot in self._spots[: self._at])

    def can_go_forward(self, is_there: Callable[[Spot], bool]) -> bool:
        """Whether ``forward`` would lead anywhere."""
        return any(is_there(spot) for spot in self._spots[self._at + 1 :])

    def forget(self, cluster: str) -> None:
        """A cluster was closed: its places are gone, also if it is opened again."""
        kept = [(number, spot) for number, spot in enumerate(self._spots) if spot.cluster != cluster]
        self._at = max(0, sum(number <= self._at for number, _ in kept) - 1)
        self._spots = [spot for _, spot in kept] or [START]

    def _step(self, by: int, is_there: Callable[[Spot], bool]) -> Spot | None:
        at = self._at + by
        while 0 <= at < len(self._spots):
            if is_there(self._spots[at]):
                self._at = at
                return self._spots[at]
            at += by
        return None
