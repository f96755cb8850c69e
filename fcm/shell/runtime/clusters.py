"""Which of the open clusters a command is about: that of -Cluster, or of what it is given, or the current one."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from fcm.shell.language.errors import ShellError
from fcm.shell.values.values import ShellObject, items, text
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from fcm.workspace.workspace import Workspace

_MODULES = ("FailoverClusters", "Hyper-V")
"""Modules whose cmdlets are about a cluster."""


class AtWork(Protocol):
    """A session as it is here: what it does, it does to its workspace."""

    workspace: Workspace


class Clusters:
    """The open clusters of a session; it works on one of them at a time."""

    def __init__(self, session: AtWork, flush: Callable[[], None]) -> None:
        """``flush`` gives the commands that wait for others of their line."""
        self._session = session
        self._flush = flush
        self.open: Callable[[], Sequence[Workspace]] = lambda: ()
        """All that are open; none where the session has its cluster to itself."""

    @property
    def names(self) -> list[str]:
        """What they are called."""
        open_now = self.open() or (self._session.workspace,)
        return [one.state.cluster.name for one in open_now if one.state.cluster is not None]

    @contextmanager
    def of_call(self, module: str, values: Mapping[str, Any], given: Iterable[Any]) -> Iterator[None]:
        """Inside, the session works on the cluster that a call of a cmdlet is about.

        Args:
            module: of the cmdlet.
            values: its parameters, as they were typed.
            given: what was piped into it.

        Raises:
            ShellError: it is about several clusters, or about one that is closed.
        """
        if module not in _MODULES or not self.open():
            yield
            return
        named = [text(one) for one in items(values.get("Cluster"))]
        wanted = self._named(named[0]) if len(named) == 1 else None
        if wanted is None:
            objects = [one for value in values.values() for one in items(value)] + list(given)
            wanted = self._holding(objects)
        with self._working_on(wanted):
            yield

    @contextmanager
    def of_object(self, holder: ShellObject) -> Iterator[None]:
        """Inside, the session works on the cluster of an object.

        Raises:
            ShellError: it is closed.
        """
        with self._working_on(self._holding([holder])):
            yield

    def mark(self, output: Iterable[Any]) -> None:
        """Objects that the session has just made are of the cluster that it works on."""
        if self.open():
            uri = self._session.workspace.uri
            for one in output:
                if isinstance(one, ShellObject):
                    one.of = one.of or uri

    @contextmanager
    def _working_on(self, workspace: Workspace | None) -> Iterator[None]:
        before = self._session.workspace
        if workspace is None or workspace.uri == before.uri:
            yield
            return
        self._flush()
        self._session.workspace = workspace
        try:
            yield
            self._flush()
        finally:
            self._session.workspace = before

    def _named(self, name: str) -> Workspace | None:
        """The cluster of a name; None for the current one, and where there is none or more than one."""
        if name in ("", ".") or _is_called(self._session.workspace, name):
            return None
        found = [one for one in self.open() if _is_called(one, name)]
        return found[0] if len(found) == 1 else None

    def _holding(self, objects: Iterable[Any]) -> Workspace | None:
        uris = {one.of for one in objects if isinstance(one, ShellObject) and one.of}
        if not uris or not self.open():
            return None
        if len(uris) > 1:
            raise ShellError(
                "The objects are of several clusters.", "Run the command for the objects of one cluster at a time."
            )
        uri = uris.pop()
        found = next((one for one in self.open() if one.uri == uri), None)
        if found is None:
            raise ShellError(
                f"The cluster of the object, {quoted(uri)}, is closed.", "Open it and get the object again."
            )
        return found


def _is_called(workspace: Workspace, name: str) -> bool:
    cluster = workspace.state.cluster
    return cluster is not None and name.casefold() in (cluster.name.casefold(), cluster.full_name.casefold())
