"""Back and Forward: the places where the user was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.ui.window.tree_model import ROOT

if TYPE_CHECKING:
    from fcm.model.state import State
    from fcm.workspace.selection import Selection

LENGTH = 100


class History:
    """Visited places, oldest first, and where among them the user is."""

    def __init__(self) -> None:
        self._places: list[Selection] = [ROOT]
        self._at = 0

    def visit(self, place: Selection) -> None:
        """The user went to a place; what lay ahead is forgotten."""
        if self._places[self._at] == place:
            return
        self._places = [*self._places[: self._at + 1], place][-LENGTH:]
        self._at = len(self._places) - 1

    def back(self, state: State) -> Selection | None:
        """One step back among the places that still exist; None if there is none."""
        return self._step(-1, state)

    def forward(self, state: State) -> Selection | None:
        """One step forward among the places that still exist; None if there is none."""
        return self._step(1, state)

    def can_go_back(self, state: State) -> bool:
        """Whether ``back`` would lead anywhere."""
        return any(place.exists(state) for place in self._places[: self._at])

    def can_go_forward(self, state: State) -> bool:
        """Whether ``forward`` would lead anywhere."""
        return any(place.exists(state) for place in self._places[self._at + 1 :])

    def clear(self) -> None:
        """Forget all: another cluster is open."""
        self._places, self._at = [ROOT], 0

    def _step(self, by: int, state: State) -> Selection | None:
        at = self._at + by
        while 0 <= at < len(self._places):
            if self._places[at].exists(state):
                self._at = at
                return self._places[at]
            at += by
        return None
