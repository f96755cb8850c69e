"""The clients of one open cluster: each has a session and threads of its own, and none waits for another."""

from __future__ import annotations

import io
import logging
import threading
import time
from typing import TYPE_CHECKING, BinaryIO, cast

from fcm.shell.language.errors import StoppedError
from fcm.shell.serving.connections import Connection, Door, Lines, MeetingError
from fcm.shell.serving.meeting import claim

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.shell.runtime.borrowed import BorrowedWorkspace
    from fcm.shell.runtime.session import ShellSession
    from fcm.shell.serving.server import Server
    from fcm.workspace.workspace import Workspace

MOST = 64
"""Clients of a cluster at the same time; one more is sent away."""
CLAIMS = 60
"""Times that a claim is tried while somebody else has the place who cannot open the cluster, ``AGAIN`` s apart."""
AGAIN = 0.5

_log = logging.getLogger(__name__)


class Client:
    """One client: a reader and a thread that carries out."""

    def __init__(
        self,
        borrowed: BorrowedWorkspace,
        lines: BinaryIO,
        write: Callable[[bytes], None],
        close: Callable[[], None],
        speed: float | None,
        opened: Callable[[str], Workspace] | None,
        prepare: Callable[[ShellSession], None],
    ) -> None:
        self._borrowed = borrowed
        self._prepare = prepare
        self._lines, self._write, self._close = lines, write, close
        self._speed, self._opened = speed, opened
        self._is_ended = False
        self._lock = threading.Lock()
        self.server: Server | None = None
        """None until its session is made."""
        self.session: ShellSession | None = None
        self.on_left: Callable[[], None] = lambda: None
        """Told at its end, in its thread."""
        self.thread = threading.Thread(target=self._serve, name="serve-client", daemon=True)

    def submits_as(self, name: str) -> bool:
        """Whether a command is handed over right now for the client that says this of itself."""
        return self._borrowed.is_submitting and self.server is not None and self.server.client == name

    def end(self) -> None:
        """What it does ends as with Ctrl+C; from any thread."""
        with self._lock:
            self._is_ended = True
            server = self.server
        if server is not None:
            server.end()

    def hang_up(self) -> None:
        """End its connection."""
        self._close()

    def _serve(self) -> None:
        from fcm.shell.serving.server import Server  # a window that nobody joins does without

        try:
            self.session = session = self._made()
            server = Server(session, self._write)
            with self._lock:
                self.server = server
                if self._is_ended:
                    return
            # It hangs where the other end keeps a pipe open and says nothing.
            threading.Thread(target=server.read, args=(self._lines,), name="serve-reader", daemon=True).start()
            server.serve()
        except StoppedError:
            pass  # the cluster was closed
        finally:
            self._close()
            workspace = self._borrowed if self.session is None else self.session.workspace
            workspace.close()
            self.on_left()

    def _made(self) -> ShellSession:
        from fcm.shell.runtime.session import ShellSession
        from fcm.shell.runtime.waiting import Draining

        workspace = cast("Workspace", self._borrowed)
        session = ShellSession(workspace, Draining(workspace, holds=self._speed is not None), loads=False)
        if self._speed is not None:
            session.waiting.run_at(self._speed)
        session.on_cluster = self._opened
        self._prepare(session)
        return session


class Host:
    """Lets clients use one open cluster. All methods: from any thread."""

    def __init__(
        self,
        borrow: Callable[[], BorrowedWorkspace],
        speed: float | None = None,
        opened: Callable[[str], Workspace] | None = None,
        prepare: Callable[[ShellSession], None] = lambda session: None,
    ) -> None:
        """Make a host.

        Args:
            borrow: the cluster for one more client.
            speed: of the clock while a client waits; None: the clock is someone else's.
            opened: opens a cluster that New-Cluster made, for the client that made it; None: it stays where it is.
            prepare: told the session of each client, in its thread, before it is asked for anything.
        """
        self._borrow = borrow
        self._speed = speed
        self._opened = opened
        self._prepare = prepare
        self._lock = threading.Lock()
        self._clients: list[Client] = []
        self._door: Door | None = None
        self._closed = threading.Event()
        self._entrance: threading.Thread | None = None

    @property
    def clients(self) -> list[Client]:
        """Those that are there."""
        with self._lock:
            return list(self._clients)

    def listen(self, door: Door) -> None:
        """Let in who comes to a claimed place."""
        self._start(lambda: self._let_in(door))

    def listen_at(self, name: str) -> None:
        """Claim a place and let in who comes; somebody else may have it for a moment."""
        self._start(lambda: self._claim(name))

    def _start(self, work: Callable[[], None]) -> None:
        self._entrance = threading.Thread(target=work, name="serve-door", daemon=True)
        self._entrance.start()

    def _claim(self, name: str) -> None:
        for _ in range(CLAIMS):
            try:
                found = claim(name)
            except MeetingError as error:
                _log.warning("PowerShell cannot join this cluster. %s", error)
                return
            if isinstance(found, Door):
                self._let_in(found)
                return
            found.close()
            if self._closed.wait(AGAIN):
                return
        _log.warning("PowerShell cannot join this cluster: another program answers for it.")

    def _let_in(self, door: Door) -> None:
        with self._lock:
            self._door = None if self._closed.is_set() else door
        if self._door is None:
            door.close()
            return
        try:
            while not self._closed.is_set():
                connection = door.accept()
                if connection is not None:
                    self._admit(connection)
        except OSError as error:
            if not self._closed.is_set():
                _log.warning("nobody can join this cluster any more: %s", error)

    def _admit(self, connection: Connection) -> None:
        lines = cast("BinaryIO", io.BufferedReader(Lines(connection), 65536))
        if self.add(lines, connection.send, connection.close) is None:
            connection.close()

    def add(
        self, lines: BinaryIO, write: Callable[[bytes], None], close: Callable[[], None] = lambda: None
    ) -> Client | None:
        """Let one client ask.

        Args:
            lines: what it asks.
            write: sends it a line.
            close: ends its connection; whoever reads or writes is released.

        Returns:
            None if it was sent away: the cluster is being closed, or there are too many.
        """
        with self._lock:
            if self._closed.is_set() or len(self._clients) >= MOST:
                return None
            try:
                borrowed = self._borrow()
            except StoppedError:
                return None
            client = Client(borrowed, lines, write, close, self._speed, self._opened, self._prepare)
            client.on_left = lambda: self._left(client)
            self._clients.append(client)
        client.thread.start()
        return client

    def _left(self, client: Client) -> None:
        with self._lock:
            self._clients.remove(client)

    def close_door(self) -> None:
        """Let nobody in any more."""
        with self._lock:
            self._closed.set()
            door = self._door
        if door is not None:
            door.close()

    def close(self, patience: float) -> None:
        """Let nobody in any more, and end those that are there; wait at most ``patience`` s for that."""
        self.close_door()
        clients = self.clients
        for client in clients:
            client.end()
        end = time.monotonic() + patience
        for client in clients:
            client.thread.join(max(0.0, end - time.monotonic()))
        for client in clients:
            client.hang_up()  # one that does not read its answers
