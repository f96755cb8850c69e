"""PowerShell sessions of this user that have joined the window: what they do, they do on the clusters that are open.

Each has a session in a thread of its own. Its commands go through the thread of the window, as those of the Console
do, so that the window shows each step and the Console says it as PowerShell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from fcm.shell.runtime.borrowed import BorrowedWorkspace
from fcm.shell.serving.hosting import Host
from fcm.shell.serving.meeting import place
from fcm.ui.console.window_thread import window_thread
from fcm.workspace.files.settings import JOINABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.model.events import Entry
    from fcm.model.state import Change
    from fcm.workspace.files.settings import Settings
    from fcm.workspace.workspace import Workspace

PATIENCE = 2.0
"""s that closing a cluster waits at most for those that have joined to notice it."""


class _OpenCluster(QObject):
    """One cluster that can be joined."""

    def __init__(self, workspace: Workspace, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._owner = window_thread(self)
        self._borrowed: list[BorrowedWorkspace] = []
        self._forget = workspace.subscribe(self._changed)
        self.host = Host(self._borrow)
        self.host.listen_at(name)

    def _borrow(self) -> BorrowedWorkspace:
        def given_back() -> None:
            self._borrowed.remove(made)

        made = BorrowedWorkspace(self._workspace, self._owner, given_back=given_back)
        self._borrowed.append(made)
        return made

    def _changed(self, _change: Change, _entries: Sequence[Entry]) -> None:
        for one in tuple(self._borrowed):
            one.wake()

    def close(self) -> None:
        """End those that have joined."""
        self._forget()
        # First: one that ends a move would wait for this thread.
        self._owner.close()
        self.host.close(PATIENCE)
        self.deleteLater()


class Guests(QObject):
    """Who has joined, cluster by cluster. All methods: in the thread of the window."""

    def __init__(self, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        self._open: dict[Workspace, _OpenCluster | None] = {}

    def open(self, workspace: Workspace) -> None:
        """PowerShell can join this cluster from now on, if that is allowed."""
        self._open[workspace] = self._joinable(workspace) if self._settings.get(JOINABLE) else None

    def _joinable(self, workspace: Workspace) -> _OpenCluster | None:
        """None for a cluster that nobody else can mean: it has no journal, or another program has it."""
        journal = workspace.journal_file
        if journal is None or workspace.read_only is not None:
            return None
        return _OpenCluster(workspace, place(journal), self)

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

    def count(self, workspace: Workspace) -> int:
        """How many have joined a cluster."""
        there = self._open.get(workspace)
        return 0 if there is None else len(there.host.clients)
