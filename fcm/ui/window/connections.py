"""What is done in the background: opening and closing clusters, which reads files and may ask hosts; loading code."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from fcm.ui import console
from fcm.ui.widgets.background import Outcome, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from fcm.ui.window.context import Context
    from fcm.workspace.workspace import Workspace


WARM_UP = 700
"""ms after the first paint: what the first migration will need is loaded in the background."""
LOOK = 200
"""ms between two looks at how far the opening of a cluster is."""


def _close(left: Workspace | str) -> None:
    if not isinstance(left, str):
        left.close()


class Connections(QObject):
    """What is being opened and closed."""

    opened = Signal(str, object)
    """A URI, and the Outcome of opening it: the workspace, or the whole URI of the open cluster that it means."""
    reading = Signal(str, int, int)
    """A URI, and how many events of how many have been read of its journal."""
    not_closed = Signal(str)
    """Why a cluster was not closed cleanly."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._uri = ""
        self._looking = QTimer(self)
        self._looking.setInterval(LOOK)
        self._looking.timeout.connect(self._look)
        self._opening: Work | None = None
        self._closing: list[Work] = []

    def open(self, uri: str, there: Collection[str]) -> None:
        """Open a cluster once those that are being closed are closed; what is being opened so far is given up.

        Args:
            uri: of the cluster.
            there: the whole URIs of the clusters that are open.
        """
        self.give_up()
        closing = tuple(self._closing)

        def work() -> Workspace | str:
            whole = self._context.uri_of(uri)
            if whole in there:
                return whole
            for former in closing:  # perhaps of the same cluster, whose journal only one can have
                former.wait()
            return self._context.open_cluster(uri)

        self._opening = Work(self, work, lambda outcome: self._opened(uri, outcome), _close)
        self._uri = uri
        self._looking.start()

    def _look(self) -> None:
        found = self._context.opening(self._uri)
        if found is not None:
            self.reading.emit(self._uri, *found)

    def _opened(self, uri: str, outcome: Outcome) -> None:
        self._opening = None
        self._looking.stop()
        self.opened.emit(uri, outcome)

    def close(self, workspace: Workspace) -> None:
        """Close a cluster."""
        self.run(workspace.close, self._closed)

    def put_aside(self, uri: str, done: Callable[[Outcome], None]) -> None:
        """Put the journal of a cluster aside, once what is being closed is closed; ``open`` waits for that."""
        closing = tuple(self._closing)

        def work() -> Path | None:
            for former in closing:
                former.wait()
            return self._context.put_aside(uri)

        self.run(work, done)

    def _closed(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self.not_closed.emit(str(outcome.error))

    def run(self, function: Callable[[], object], done: Callable[[Outcome], None] = lambda _: None) -> None:
        """Do something whose end ``wait`` waits for."""
        self._closing = [work for work in self._closing if not work.is_over]
        self._closing.append(Work(self, function, done))

    @property
    def is_opening(self) -> bool:
        """Whether a cluster is being opened."""
        return self._opening is not None

    def give_up(self) -> None:
        """What is being opened is read no further, and closed again if it is open by then."""
        if self._opening is not None:
            self._context.give_up(self._uri)
            self._opening.abandon()
            self._opening = None
            self._looking.stop()

    def wait(self) -> None:
        """Block until everything is closed; for the end of the window."""
        for work in self._closing:
            work.wait()


class Warming(QTimer):
    """Begins once; the window is shown again after each time it was minimized.

    A cluster that is being opened goes first: only one thread computes at a time (measured: this takes 0.35 s).
    """

    def __init__(self, connections: Connections, parent: QObject) -> None:
        super().__init__(parent, singleShot=True, interval=WARM_UP)
        self._connections = connections
        self._began = False
        self.timeout.connect(self._load)
        connections.opened.connect(self._opened)

    def begin(self) -> bool:
        """Load after a while; False if that was asked for before."""
        if self._began:
            return False
        self._began = True
        self.start()
        return True

    def _opened(self) -> None:
        if self.isActive():  # what was opened is shown first
            self.start()

    def _load(self) -> None:
        if self._connections.is_opening:
            self.start()
            return
        for load in (lambda: import_module("fcm.workspace.forecasts"), console.load):
            self._connections.run(load)
