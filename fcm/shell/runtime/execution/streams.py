"""Where the streams of PowerShell go: errors 2, warnings 3, verbose 4, debug 5, information and the host 6."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from fcm.shell.values.values import ShellObject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Handler = Callable[[Any], None]

NUMBERS = {"error": 2, "warning": 3, "verbose": 4, "debug": 5, "information": 6, "host": 6}
_KINDS = {"warning": "WarningRecord", "verbose": "VerboseRecord", "debug": "DebugRecord"}


class Streams:
    """Redirections that are in force, and lists that keep what is written (-WarningVariable)."""

    def __init__(self) -> None:
        self.handlers: dict[int, Handler] = {}
        self._kept: dict[int, list[list[Any]]] = {}

    def take(self, number: int, record: Any) -> bool:
        """Hand a record over if its stream is redirected."""
        for kept in self._kept.get(number, ()):
            kept.append(record)
        handler = self.handlers.get(number)
        if handler is None:
            return False
        handler(record)
        return True

    def keep(self, number: int, record: Any) -> None:
        """Keep a record that is not shown."""
        for kept in self._kept.get(number, ()):
            kept.append(record)

    @contextlib.contextmanager
    def redirected(self, handlers: Mapping[int, Handler]) -> Iterator[None]:
        """What is written inside goes to these handlers."""
        before = self.handlers
        self.handlers = {**before, **handlers}
        try:
            yield
        finally:
            self.handlers = before

    @contextlib.contextmanager
    def at(self, handlers: dict[int, Handler]) -> Iterator[None]:
        """What is written inside goes to those handlers alone."""
        before, self.handlers = self.handlers, handlers
        try:
            yield
        finally:
            self.handlers = before

    @contextlib.contextmanager
    def keeping(self, number: int, kept: list[Any]) -> Iterator[None]:
        """What is written inside is kept in a list as well."""
        several = self._kept.setdefault(number, [])
        several.append(kept)
        try:
            yield
        finally:
            # By identity: two lists of the same content are equal.
            del several[next(place for place, one in enumerate(several) if one is kept)]


def record_of(stream: str, line: str) -> ShellObject:
    """A line of a stream as object."""
    made = ShellObject(_KINDS.get(stream, "InformationRecord"), {"Message": line})
    if stream in ("host", "information"):
        made.properties = {"MessageData": line, "Tags": ["PSHOST"] if stream == "host" else []}
    made.methods["ToString"] = lambda: line
    return made
