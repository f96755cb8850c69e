"""A client of the server, as the PowerShell modules are one."""

from __future__ import annotations

import json
import math
import os
import queue
import socket
import threading
import uuid
from typing import TYPE_CHECKING, Any

from fcm.app import open_workspace
from fcm.shell.runtime.session import ShellSession
from fcm.shell.serving.connections import Door
from fcm.shell.serving.hosting import Host
from fcm.shell.serving.meeting import claim, join
from fcm.shell.serving.server import Server
from fcm.shell.serving.shared import SharedCluster
from fcm.shell.serving.unix_sockets import UnixConnection
from fcm.ui.tour.patience import PATIENCE, stretched

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.shell.serving.connections import Connection


class Talk:
    """What one says to a server on the cluster contoso, and what it answers."""

    session: ShellSession

    def __init__(self) -> None:
        self.lines: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._number = 0

    def raw(self, line: bytes) -> None:
        """Send a line as it is."""
        raise NotImplementedError

    def hang_up(self) -> None:
        """Nobody asks any more."""
        raise NotImplementedError

    def stop_reading(self) -> None:
        """Nobody reads any more."""
        raise NotImplementedError

    def is_over(self) -> bool:
        """Whether the server has ended; waits for it."""
        raise NotImplementedError

    def close(self) -> None:
        """End it."""
        self.hang_up()
        assert self.is_over()

    def send(self, **said: Any) -> int:
        """A request; its id is the next, unless it says one."""
        self._number += 1
        said.setdefault("id", self._number)
        self.raw(json.dumps(said).encode() + b"\n")
        number: int = said["id"]
        return number

    def invoke(self, cmdlet: str, *given: Any, **parameters: Any) -> int:
        """Call a cmdlet; ``given``: what was piped, None for nothing before it."""
        piped = {} if given == () else {"input": [one for one in given if one is not ...], "has_input": True}
        return self.send(do="invoke", cmdlet=cmdlet, parameters=parameters, **piped)

    def next(self) -> dict[str, Any]:
        return self.lines.get(timeout=stretched(PATIENCE))

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        """All lines up to the first that is wanted."""
        found = [self.next()]
        while not wanted(found[-1]):
            found.append(self.next())
        return found

    def answers(self, number: int) -> list[dict[str, Any]]:
        """All answers to a request, without its end; those to others are lost."""
        return [line for line in self.until(lambda line: line == {"id": number, "end": True})[:-1]
                if line["id"] == number]  # fmt: skip

    def run(self, cmdlet: str, *given: Any, **parameters: Any) -> list[Any]:
        """The output of a cmdlet that has no errors."""
        lines = self.answers(self.invoke(cmdlet, *given, **parameters))
        assert not any("error" in line for line in lines), lines
        return [one for line in lines for one in line.get("outputs", ())]

    def names(self, cmdlet: str, *given: Any, **parameters: Any) -> list[str]:
        return [one["text"] for one in self.run(cmdlet, *given, **parameters)]

    def errors(self, cmdlet: str, *given: Any, **parameters: Any) -> list[dict[str, Any]]:
        lines = self.answers(self.invoke(cmdlet, *given, **parameters))
        return [line["error"] for line in lines if "error" in line]


class DirectTalk(Talk):
    """The server owns the cluster, and is spoken to over a pipe."""

    def __init__(self) -> None:
        super().__init__()
        self._broken = False
        read, self._pipe = os.pipe()
        self._is_open = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(read,), name="server")
        self._thread.start()
        assert self._is_open.wait(stretched(PATIENCE))

    def _serve(self, read: int) -> None:
        workspace = open_workspace("embedded:contoso", keep=False)
        self.session = ShellSession(workspace)
        self.session.waiting.run_at(math.inf)
        server = Server(self.session, self._write)
        with os.fdopen(read, "rb") as lines:
            reader = threading.Thread(target=server.read, args=(lines,), name="reader")
            reader.start()
            self._is_open.set()
            server.serve()
            workspace.close()
            self.hang_up()
            reader.join()

    def _write(self, line: bytes) -> None:
        if self._broken:
            raise BrokenPipeError
        self.lines.put(json.loads(line))

    def raw(self, line: bytes) -> None:
        os.write(self._pipe, line)

    def hang_up(self) -> None:
        pipe, self._pipe = self._pipe, -1
        if pipe >= 0:
            os.close(pipe)

    def stop_reading(self) -> None:
        self._broken = True

    def is_over(self) -> bool:
        self._thread.join(stretched(PATIENCE))
        return not self._thread.is_alive()


class SocketTalk(Talk):
    """The server has joined a cluster that another thread owns, and is spoken to over a socket of this user."""

    def __init__(self, there: SharedCluster | None = None, place: str = "") -> None:
        """``there``: speak about this cluster, whose host is at ``place``."""
        super().__init__()
        self.there = there
        """The cluster that it speaks about."""
        self._own: SharedCluster | None = None
        if there is None:
            place = uuid.uuid4().hex[:24]
            self._own = self.there = there = SharedCluster(lambda: open_workspace("embedded:contoso", keep=False))
            self.host = Host(there.borrow, math.inf)
            door = claim(place)
            assert isinstance(door, Door)
            self.host.listen(door)
        self.place = place
        found = join(place)
        assert found is not None
        self._connection: Connection = found
        self._reader = threading.Thread(target=self._read, name="client")
        self._reader.start()
        self.answers(self.send(id=0, do="hello", protocol=1))
        if self._own is not None:
            (self._client,) = self.host.clients
            assert self._client.session is not None
            self.session = self._client.session

    def another(self) -> SocketTalk:
        """Another client on the same cluster."""
        return SocketTalk(self.there, self.place)

    def _read(self) -> None:
        rest = b""
        while data := self._received():
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                self.lines.put(json.loads(line))

    def _received(self) -> bytes:
        try:
            return self._connection.receive()
        except OSError:
            return b""

    def raw(self, line: bytes) -> None:
        self._connection.send(line)

    def hang_up(self) -> None:
        self._connection.finish()

    def stop_reading(self) -> None:
        assert isinstance(self._connection, UnixConnection)
        self._connection.socket.shutdown(socket.SHUT_RD)

    def is_over(self) -> bool:
        self._reader.join(stretched(PATIENCE))
        if self._own is None:
            self._connection.close()
            return not self._reader.is_alive()
        self._client.thread.join(stretched(PATIENCE))
        self.host.close_door()
        self._connection.close()
        return not self._client.thread.is_alive() and not self._reader.is_alive()
