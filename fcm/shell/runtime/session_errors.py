"""What a session does with errors and with the records of its other streams: keeps, redirects or shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from fcm.shell.runtime.execution.streams import NUMBERS
from fcm.shell.values.net.types import ARRAY_LIST, NetList
from fcm.shell.values.records import error_record
from fcm.shell.values.values import text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fcm.shell.language.errors import ShellError
    from fcm.shell.runtime.execution.streams import Streams
    from fcm.shell.runtime.execution.variables import Variables
    from fcm.shell.runtime.results import Results
    from fcm.shell.runtime.session_script import SessionScript


class Erring(Protocol):
    """A session whose errors these are."""

    variables: Variables
    streams: Streams
    succeeded: bool
    pipeline_failed: bool
    on_error: Callable[[ShellError, str], None]
    script: SessionScript

    def ends_script(self, error: ShellError) -> bool:
        """Whether the statements after an error are not carried out."""

    def preference(self, name: str) -> str:
        """``$NAMEPreference`` in lowercase."""

    def say(self, line: str, stream: str = ..., told: bool = ...) -> None:
        """Show a text at once."""


class SessionErrors:
    """The errors of a session."""

    def __init__(self, session: Erring, results: Results) -> None:
        self._session = session
        self._results = results
        self.ended = False
        """Whether an error ended the text that runs."""

    def begin(self, results: Results) -> None:
        """Another text runs: its errors go to its results."""
        self._results = results
        self.ended = False

    def record(self, error: ShellError) -> None:
        """Keep an error that was not caught and tell it, or put it where 2> sends errors."""
        self.note(error)
        ends = self._session.ends_script(error)
        if not ends and self._session.streams.take(2, error_record(error)):
            return
        self._results.errors.append(error)
        self._session.on_error(error, self._results.source)
        self.ended = self.ended or ends

    def note(self, error: ShellError, keep: bool = True) -> None:
        """``$?`` is false after an error; keep it in ``$Error``."""
        self._session.succeeded = False
        record = error_record(error)
        self._session.streams.keep(2, record)
        kept = self._session.variables.outermost.values.get("error")
        if keep and isinstance(kept, list) and not any(one is record for one in kept[:1]):
            kept.insert(0, record)
            del kept[50:]

    def fail(self, error: ShellError, wanted: Mapping[str, Any] | None = None) -> None:
        """An error after which the command goes on, unless errors are to end it.

        Args:
            error: what went wrong.
            wanted: the parameters of the command, for -ErrorAction and -ErrorVariable.

        Raises:
            ShellError: errors are to end it.
        """
        self._session.pipeline_failed = True
        given = wanted or {}
        name = given.get("ErrorVariable")
        if name is not None:
            word = text(name)
            before = self._session.variables.get(word.removeprefix("+"))
            old = before if isinstance(before, list) else []
            self._session.variables[word.removeprefix("+")] = NetList(ARRAY_LIST, [*old, error_record(error)])
        action = text(given.get("ErrorAction", "")).casefold() or self._session.preference("ErrorAction")
        if action in ("stop", "1") or error.ends:
            error.ends = True
            raise error
        if action in ("ignore", "4"):
            return
        if action in ("silentlycontinue", "0"):
            self.note(error)
            return
        error.source = error.source or self._session.script.origin
        self.record(error)

    def write(self, record: Any, stream: str, line: str) -> None:
        """A record of a stream: to where the stream is redirected, else shown."""
        if not self._session.streams.take(NUMBERS[stream], record):
            self._session.say(line, stream, told=True)
