"""PowerShell sessions of this user that have joined the window: what they do, they do on the clusters that are open.

Each has a session in a thread of its own. Its commands go through the thread of the window, as those of the Console
do, so that the window shows each step and the Console says it as PowerShell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, SignalInstance

from fcm.shell.drilling import registry_of
from fcm.shell.runtime.borrowed import BorrowedWorkspace
from fcm.shell.serving.hosting import Host
from fcm.shell.serving.meeting import place
from fcm.ui.console.asking import answer_of
from fcm.ui.console.window_thread import window_thread
from fcm.workspace.files.settings import JOINABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.model.events import Entry
    from fcm.model.state import Change
    from fcm.shell.runtime.session import ShellSession
    from fcm.workspace.files.settings import Settings
    from fcm.workspace.workspace import Workspace

PATIENCE = 2.0
"""s that closing a cluster waits at most for those that have joined to notice it."""


ShowGrid = Callable[[str, Any, Callable[[list[int]], None] | None, SignalInstance], None]
"""Shows a GridContent and, where it is given something to call, calls it with the rows that are picked; the signal
says that this is not needed any more."""


class _OpenCluster(QObject):
    """One cluster that can be joined."""

    abandoned = Signal()
    """What was asked in the window needs no answer any more."""

    def __init__(self, workspace: Workspace, name: str, show_grid: ShowGrid, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._show_grid = show_grid
        self._owner = window_thread(self)
        self._borrowed: list[BorrowedWorkspace] = []
        self._forget = workspace.subscribe(self._changed)
        self.host = Host(self._borrow, prepare=self._prepare)
        self.host.listen_at(name)

    def _borrow(self) -> BorrowedWorkspace:
        def given_back() -> None:
            self._borrowed.remove(made)

        made = BorrowedWorkspace(self._workspace, self._owner, given_back=given_back)
        self._borrowed.append(made)
        return made

    def _prepare(self, session: ShellSession) -> None:
        """Give a session what the window has for it: tables, and in a drill the cmdlets of students."""

        def show(title: str, values: list[Any], picked: Callable[[list[int]], None] | None) -> None:
            from fcm.ui.console.grid import content_of

            content = content_of(values)
            self._owner(lambda: self._show_grid(title, content, picked, self.abandoned))

        def pick(title: str, values: list[Any]) -> list[Any]:
            rows = answer_of(session, lambda give: show(title, values, give), lambda: self._owner(self.abandoned.emit))
            return [values[row] for row in rows]

        session.registry = registry_of(self._workspace)
        session.on_grid = lambda title, values: show(title, values, None)
        session.on_pick = pick

    def _changed(self, _change: Change, _entries: Sequence[Entry]) -> None:
        for one in tuple(self._borrowed):
            one.wake()

    def close(self) -> None:
        """End those that have joined."""
        self._forget()
        self.abandoned.emit()
        # First: one that ends a move would wait for this thread.
        self._owner.close()
        self.host.close(PATIENCE)
        self.deleteLater()


class Guests(QObject):
    """Who has joined, cluster by cluster. All methods: in the thread of the window."""

    def __init__(self, settings: Settings, show_grid: ShowGrid, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        self._show_grid = show_grid
        self._open: dict[Workspace, _OpenCluster | None] = {}

    def open(self, workspace: Workspace) -> None:
        """PowerShell can join this cluster from now on, if that is allowed."""
        self._open[workspace] = self._joinable(workspace) if self._settings.get(JOINABLE) else None

    def _joinable(self, workspace: Workspace) -> _OpenCluster | None:
        """None for a cluster that nobody else can mean: it has no journal, or another program has it."""
        journal = workspace.journal_file
        if journal is None or workspace.read_only is not None:
            return None
        return _OpenCluster(workspace, place(journal), self._show_grid, self)

    def close(self, workspace: Workspace) -> None:
        """A cluster is being closed: end what those that have joined do on it."""
        there = self._open.pop(workspace, None)
        if there is not None:
            there.close()

    def allow(self, allowed: bool) -> None:
        """Whether PowerShell may join from now on; those that have joined are ended if not."""
        self._settings.set(JOINABLE, allowed)
        for workspace, there in tuple(self._open.items()):
            if allowed and there is None:
                self._open[workspace] = self._joinable(workspace)
            elif not allowed and there is not None:
                there.close()
                self._open[workspace] = None

    def lets_in(self, workspace: Workspace) -> bool:
        """Whether PowerShell can join a cluster."""
        return self._open.get(workspace) is not None

    def submits_as(self, workspace: Workspace, name: str) -> bool:
        """Whether a command is handed over right now for the session that says this of itself."""
        there = self._open.get(workspace)
        return there is not None and any(one.submits_as(name) for one in there.host.clients)

    def count(self, workspace: Workspace) -> int:
        """How many have joined a cluster."""
        there = self._open.get(workspace)
        return 0 if there is None else len(there.host.clients)
