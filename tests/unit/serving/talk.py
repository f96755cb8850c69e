"""A client of the server, as the PowerShell modules are one."""

from __future__ import annotations

import json
import math
import queue
import threading
from typing import TYPE_CHECKING, Any

from fcm.app import open_workspace
from fcm.shell.runtime.session import ShellSession
from fcm.shell.serving.server import Server
from fcm.ui.tour.patience import PATIENCE, stretched

if TYPE_CHECKING:
    from collections.abc import Callable


class Talk:
    """A server on the cluster contoso in a thread of its own, and what one says to it."""

    def __init__(self) -> None:
        self.lines: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.broken = False
        """True: nobody reads any more."""
        self._number = 0
        self._is_open = threading.Event()
        self.server: Server
        self._thread = threading.Thread(target=self._serve, name="server")
        self._thread.start()
        assert self._is_open.wait(stretched(PATIENCE))

    def _serve(self) -> None:
        workspace = open_workspace("embedded:contoso", keep=False)
        session = ShellSession(workspace)
        session.waiting.run_at(math.inf)
        self.session = session
        self.server = Server(session, self._write)
        self._is_open.set()
        self.server.serve()
        workspace.close()

    def _write(self, line: bytes) -> None:
        if self.broken:
            raise BrokenPipeError
        self.lines.put(json.loads(line))

    def close(self) -> None:
        self.server.end()
        self._thread.join(stretched(PATIENCE))
        assert not self._thread.is_alive()

    def send(self, **said: Any) -> int:
        """A request; its id is the next, unless it says one."""
        self._number += 1
        said.setdefault("id", self._number)
        self.server.take(json.dumps(said).encode())
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
