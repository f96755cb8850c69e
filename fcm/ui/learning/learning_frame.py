"""What the window does for those who learn: courses beside the page, and clusters that begin anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.ui.learning.dock import LearnDock
from fcm.ui.window.frame import Frame
from fcm.ui.window.panes.messages import Offer

if TYPE_CHECKING:
    from fcm.ui.widgets.background import Outcome
    from fcm.ui.window.cluster_desk import ClusterDesk
    from fcm.ui.window.connections import Connections
    from fcm.ui.window.panes.dock import Dock


class LearningFrame(Frame):
    """A window in which one learns."""

    docks: dict[str, Dock]
    _connections: Connections
    _desks: dict[str, ClusterDesk]

    def close_cluster(self, desk: ClusterDesk | None = None) -> None:
        """Close the cluster of a desk, or the current one (None); its files are closed in the background."""
        raise NotImplementedError

    def close_uri(self, uri: str) -> None:
        """Close an open cluster by its URI; without effect if it is not open."""
        desk = self._desks.get(uri)
        if desk is not None:
            self.close_cluster(desk)

    def learn(self, course: str) -> None:
        """Show a shipped course beside the page, or with "" the list of what there is to learn."""
        dock = self.docks["Learn"]
        assert isinstance(dock, LearnDock)
        dock.begin(course)

    def propose(self, text: str) -> None:
        """Put a command into the Console, where the user runs it, or not."""
        console = self.docks["Console"]
        console.show()
        console.raise_()
        console.take(text)

    def offer_reset(self, uri: str) -> None:
        """Ask in a strip whether a simulated cluster is to be as it was at first."""
        desk = self._desks.get(uri)
        cluster = None if desk is None else desk.state.cluster
        name = uri if cluster is None else cluster.full_name
        self.messages.show_message(
            "warning",
            f"Reset {name}?",
            "It will be as it was at first: everything that was done in it is undone. A copy of its journal is kept.",
            offer=Offer("Reset", "restart", lambda: self.reset_cluster(uri)),
        )

    def reset_cluster(self, uri: str) -> None:
        """Close a simulated cluster, put its journal aside, and open it as it was at first."""
        self.close_uri(uri)
        self._connections.put_aside(uri, self._was_put_aside)
        self.open(uri)

    def _was_put_aside(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self.messages.show_message("error", "The cluster was not reset.", str(outcome.error))
        elif outcome.result is not None:
            text = "The cluster was reset. Its former journal is kept."
            self.messages.show_message("information", text, f"{outcome.result}")
