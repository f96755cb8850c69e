"""Carries out the requests of one PowerShell, one after the other, on one open cluster.

Two threads: whoever calls ``serve`` owns the session and carries out; a reader takes lines as they come, so that a
stop and an answer act while a request is carried out. A request that is made while the answer to an earlier one still
streams waits for the end of that one; the module reads on and keeps what is for the other.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any, BinaryIO

from fcm import __version__
from fcm.shell import cmdlets
from fcm.shell.language.errors import NotFoundError, ShellError, StoppedError
from fcm.shell.runtime.execution.binding import Argument
from fcm.shell.serving import wire
from fcm.shell.serving.anew import anew, known_types
from fcm.shell.serving.values import from_wire, to_wire
from fcm.shell.values.values import NameOf, ShellObject, text
from fcm.text.textfile import typed_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.shell.runtime.session import ShellSession

IDLE = 0.5
"""Real s between two looks at the cluster while nothing is asked."""
WAITING = 10_000
"""Requests that wait at most; a module waits for its own, only a broken one sends so many."""
BATCH = 100
"""Objects of one line at most."""
_WORDS = ("Arguments",)
"""What the modules call the words of a program such as wevtutil."""


class Server:
    """One PowerShell's requests on one cluster."""

    def __init__(self, session: ShellSession, write: Callable[[bytes], None]) -> None:
        """Make a server.

        Args:
            session: what carries out; the thread that calls ``serve`` owns it.
            write: sends a line, in the thread of ``serve`` or of the reader; raises OSError where nobody reads.
        """
        self._session = session
        self._write = write
        self._writing = threading.Lock()
        self._waiting: deque[wire.Request] = deque()
        self._lock = threading.Lock()
        self._at: int | None = None
        self._stopped: set[int] = set()
        self._answers: dict[int, bool] = {}
        self._progressed: tuple[int | None, tuple[Any, ...]] = (None, ())
        self._ended = False
        self.client = ""
        """What the client says of itself, see ``wire.Hello``."""
        session.on_output = self._outputs
        session.on_aside = lambda stream, line: self._tell(**{stream: line})
        session.on_error = lambda error, _source: self._tell(error=_told(error))
        session.on_progress = self._progress
        session.on_confirm = self._ask

    # What the reader does

    def read(self, lines: BinaryIO) -> None:
        """Take lines until they end or nobody reads the answers; then end what is carried out."""
        try:
            while line := lines.readline(wire.LONGEST + 1):
                if len(line) > wire.LONGEST and not line.endswith(b"\n"):
                    while (rest := lines.readline(wire.LONGEST)) and not rest.endswith(b"\n"):
                        pass
                if line.strip():
                    self.take(line)
        except (OSError, ValueError):
            pass  # the pipe broke: as if it had ended
        finally:
            self.end()

    def take(self, line: bytes) -> None:
        """One line."""
        try:
            asked = wire.request(line.rstrip(b"\r\n"))
        except wire.WireError as error:
            told = {"message": error.message, "remedy": "", "category": "InvalidData", "id": "FcmProtocol"}
            self._send(error.id, error={**told, "target": "", "ends": False})
            if error.id is not None:
                self._send(error.id, end=True)
            return
        refused = False
        with self._lock:
            match asked:
                case wire.Stop():
                    if self._at == asked.id:
                        self._session.stop()
                    elif any(one.id == asked.id for one in self._waiting):
                        self._stopped.add(asked.id)
                case wire.Answer():
                    self._answers[asked.id] = asked.yes
                case _ if len(self._waiting) < WAITING:
                    self._waiting.append(asked)
                case _:
                    refused = True
        if refused:
            self._send(asked.id, error=_told(ShellError(f"More than {WAITING} requests wait.", "Send fewer.")))
            self._send(asked.id, end=True)
        self._session.waiting.wake()

    def end(self) -> None:
        """Nothing is asked any more: what is carried out ends as with Ctrl+C, what waits is not carried out."""
        with self._lock:
            self._ended = True
            self._waiting.clear()
            self._session.stop()
        self._session.waiting.wake()

    # What the owner of the session does

    def serve(self) -> None:
        """Carry out what is asked until nothing is asked any more.

        The greeting does without the cmdlets; they are imported while PowerShell reads the answer.
        """
        while not self._ended:
            with self._lock:
                asked = self._waiting.popleft() if self._waiting else None
                if asked is not None:
                    self._session.forget_stop()
                    self._at = asked.id
                    if asked.id in self._stopped or self._ended:
                        self._session.stop()
            if asked is None:
                self._session.wait(IDLE)
                continue
            if not isinstance(asked, wire.Hello):
                cmdlets.load()
            try:
                self._carry_out(asked)
            finally:
                with self._lock:
                    self._at = None
                    self._stopped.discard(asked.id)
                    self._answers.pop(asked.id, None)
                self._send(asked.id, end=True)
            cmdlets.load()

    def _carry_out(self, asked: wire.Request) -> None:
        session = self._session
        try:
            session.workspace.drain()
            match asked:
                case wire.Hello():
                    self._hello(asked)
                case wire.Invoke():
                    session.set_folder(typed_path(asked.folder) if asked.folder else None)
                    given = [from_wire(one) for one in asked.input]
                    session.invoke(asked.cmdlet, _arguments(asked), given, asked.has_input)
                case wire.SetProperty():
                    self._set(asked)
                case wire.Read():
                    self._outputs([self._fresh(asked.object)])
                case wire.Complete():
                    from fcm.shell.completion.completion import proposals  # not for the first answer

                    self._outputs(list(proposals(session, asked.cmdlet, asked.parameter, asked.word)))
                case wire.Grid():
                    self._outputs(self._grid(asked))
        except ShellError as error:
            self._tell(error=_told(error))

    def _grid(self, asked: wire.Grid) -> list[Any]:
        """Show a table; the numbers of the rows that are picked.

        Raises:
            ShellError: no window shows this cluster.
        """
        session = self._session
        if session.on_grid is None or session.on_pick is None:
            raise ShellError(
                "Out-GridView requires a window that shows this cluster.",
                "Open it in fcm, or use Format-Table or Export-Csv.",
                category="NotImplemented",
            )
        # Each an object of its own, so that two rows of the same text are told apart.
        made = [from_wire(one) for one in asked.input]
        rows = [one if isinstance(one, ShellObject) else ShellObject("Selected", {"Value": one}) for one in made]
        if not asked.pick:
            session.on_grid(asked.title, rows)
            return []
        picked = {id(one) for one in session.on_pick(asked.title, rows)}
        return [number for number, one in enumerate(rows) if id(one) in picked]

    def _hello(self, asked: wire.Hello) -> None:
        if asked.protocol != wire.PROTOCOL:
            raise ShellError(
                f"The modules speak version {asked.protocol} of the protocol, this fcm version {wire.PROTOCOL}.",
                "Use the modules that came with this fcm.",
                category="NotImplemented",
            )
        self.client = asked.session
        state = self._session.workspace.state
        cluster = state.cluster.name if state.cluster is not None else ""
        self._tell(
            hello={
                "protocol": wire.PROTOCOL,
                "fcm": __version__,
                "cluster": cluster,
                "uri": self._session.workspace.uri,
                "simulated": self._session.workspace.simulated,
                "types": known_types(self._session.workspace),
            }
        )

    def _fresh(self, given: Any) -> ShellObject:
        """An object as it is now.

        Raises:
            ShellError: it is no object of the cluster, or gone.
        """
        said = from_wire(given)
        if isinstance(said, NameOf):
            said = ShellObject(said.kind, {"Name": str(said)}, said.identity)
        if not isinstance(said, ShellObject):
            raise ShellError("Only properties of objects can be set.", category="InvalidArgument")
        fresh = anew(said, self._session.workspace)
        if fresh is None:
            what = " ".join(filter(None, (said.type, text(said.get("Name")))))
            raise NotFoundError(f"The {what} no longer exists.", "Get it again.")
        return fresh

    def _set(self, asked: wire.SetProperty) -> None:
        """The object is made anew, so that what it can be set to is decided by the cluster of now."""
        fresh = self._fresh(asked.object)
        name = fresh.key(asked.property) or asked.property
        setter = fresh.setters.get(name)
        if setter is None:
            what = "cannot be set" if fresh.key(name) else "is not one of its properties"
            known = ", ".join(fresh.setters) or "none"
            raise ShellError(
                f"{name} of a {fresh.type} {what}.", f"Properties that can be set: {known}.", category="WriteError"
            )
        self._session.give(setter(from_wire(asked.value)), -1, "", list, False)

    # What is told

    def _outputs(self, values: list[Any]) -> None:
        for start in range(0, len(values), BATCH):
            self._tell(outputs=[to_wire(value) for value in values[start : start + BATCH]])

    def _progress(self, *about: Any) -> None:
        """Tell how far things are, where that has changed."""
        if (self._at, about) != self._progressed:
            self._progressed = (self._at, about)
            self._tell(progress=list(about))

    def _ask(self, question: str) -> bool:
        """Ask the person at the other end; a stop is a no.

        Raises:
            StoppedError: the request was stopped meanwhile.
        """
        number = self._at
        assert number is not None
        self._tell(ask=question)
        while True:
            with self._lock:
                if number in self._answers:
                    return self._answers.pop(number)
            self._session.check_stopped()
            self._session.wait()

    def _tell(self, **what: Any) -> None:
        self._send(self._at, **what)

    def _send(self, number: int | None, **what: Any) -> None:
        """Send a line; where nobody reads any more, what is carried out is ended."""
        line = wire.answer(number, **what)
        with self._writing:
            try:
                self._write(line)
            except (OSError, ValueError):
                self._ended = True
                self._session.stop()


def _arguments(asked: wire.Invoke) -> list[Argument]:
    found: list[Argument] = []
    for name, value in asked.parameters.items():
        made = from_wire(value)
        if name in _WORDS and isinstance(made, list):
            found += [Argument(one) for one in made]
        else:
            found.append(Argument(made, name=name))
    return found


def _told(error: ShellError) -> dict[str, Any]:
    return {
        "message": error.message,
        "remedy": error.remedy,
        "category": error.category,
        "id": error.id,
        "target": error.target,
        "ends": error.ends or isinstance(error, StoppedError),
    }
