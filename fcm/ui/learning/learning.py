"""What the window does for those who learn: courses beside the page, and clusters that begin anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.ui.learning.dock import LearnDock
from fcm.ui.window.panes.messages import Offer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.ui.widgets.background import Outcome
    from fcm.ui.window.connections import Connections
    from fcm.ui.window.frame import Frame
    from fcm.ui.window.panes.dock import Dock


class Learning:
    """The part of a window with which one learns."""

    def __init__(self, window: Frame, docks: Mapping[str, Dock], connections: Connections) -> None:
        self._window = window
        self._docks = docks
        self._connections = connections

    def learn(self, course: str) -> None:
        """Show a shipped course beside the page, or with "" the list of what there is to learn."""
        dock = self._docks["Learn"]
        assert isinstance(dock, LearnDock)
        dock.begin(course)

    def propose(self, text: str) -> None:
        """Put a command into the Console, where the user runs it, or not."""
        console = self._docks["Console"]
        console.show()
        console.raise_()
        console.take(text)

    def offer_reset(self, uri: str) -> None:
        """Ask in a strip whether a simulated cluster is to be as it was at first."""
        workspace = next((one for one in self._window.workspaces() if one.uri == uri), None)
        cluster = None if workspace is None else workspace.shown.cluster
        name = uri if cluster is None else cluster.full_name
        self._window.messages.show_message(
            "warning",
            f"Reset {name}?",
            "It will be as it was at first: everything that was done in it is undone. A copy of its journal is kept.",
            offer=Offer("Reset", "restart", lambda: self.reset_cluster(uri)),
        )

    def reset_cluster(self, uri: str) -> None:
        """Close a simulated cluster, put its journal aside, and open it as it was at first."""
        self._window.close_uri(uri)
        self._connections.put_aside(uri, self._was_put_aside)
        self._window.open(uri)

    def _was_put_aside(self, outcome: Outcome) -> None:
        messages = self._window.messages
        if outcome.error is not None:
            messages.show_message("error", "The cluster was not reset.", str(outcome.error))
        elif outcome.result is not None:
            text = "The cluster was reset. Its former journal is kept."
            messages.show_message("information", text, f"{outcome.result}")
