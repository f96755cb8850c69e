"""How a session gives commands to the cluster: one at a time, those of one line joined, and waits for the answer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fcm.model.commands import CreateVirtualMachine
from fcm.shell.language.errors import RefusedError, ShellError
from fcm.shell.runtime.call import Later
from fcm.shell.runtime.combining import join

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.commands import Command
    from fcm.shell.runtime.execution.running import RunningSession
    from fcm.workspace.workspace import Operation

GLANCE = 0.1
"""s that a window stands still at most for the answer to a command."""
REFUSAL_LIMIT = 60.0
"""Real s after which a command that was not answered counts as lost."""


@dataclass(slots=True)
class _Given:
    """A command that waits for those of the next statements of its line."""

    command: Command
    at: int
    cmdlet: str
    outputs: list[tuple[Callable[[], list[Any]], Later]]


class Submission:
    """The commands that a session gives."""

    def __init__(self, session: RunningSession) -> None:
        self._session = session
        self._given: list[_Given] = []

    @property
    def is_waiting(self) -> bool:
        """Whether a command waits for others of its line."""
        return bool(self._given)

    def forget(self) -> None:
        """Give up what waits: its line failed."""
        self._given.clear()

    def give(self, command: Command, at: int, cmdlet: str, then: Callable[[], list[Any]], joins: bool) -> list[Any]:
        """Give a command now, or keep it to be joined with the next ones of its line; returns its output.

        Raises:
            RefusedError: it was not carried out.
        """
        if not joins:
            self.flush()
            return then() if self._carry_out(command, at, cmdlet) else []
        later = Later()
        if self._given:
            last = self._given[-1]
            both = join(last.command, command, self._session.workspace.state)
            if both is not None:
                last.command = both
                last.outputs.append((then, later))
                return [later]
            self.flush()
        self._given.append(_Given(command, at, cmdlet, [(then, later)]))
        return [later]

    def creates(self, name: str) -> bool:
        """Whether this line creates a machine of that name that is not there yet."""
        return any(
            isinstance(given.command, CreateVirtualMachine) and given.command.name.casefold() == name.casefold()
            for given in self._given
        )

    def flush(self) -> None:
        """Give the commands that wait for others of their line."""
        waiting, self._given = self._given, []
        for given in waiting:
            try:
                if self._carry_out(given.command, given.at, given.cmdlet):
                    for then, later in given.outputs:
                        later.values = then()
            except ShellError as error:
                error.at = error.at if error.at >= 0 else given.at
                self._session.errors.record(error)

    def _carry_out(self, command: Command, at: int, cmdlet: str) -> bool:
        """Submit and wait; False if this session does not wait and the answer is still to come."""
        if not self._session.waits:
            return self._hand_over(command, at, cmdlet)
        operation = self._session.workspace.submit(command)
        start = time.monotonic()
        while operation.verdict is None:
            self._session.check_stopped()
            self._session.wait()
            if time.monotonic() - start > REFUSAL_LIMIT and operation.verdict is None:
                raise RefusedError(
                    f"{type(command).__name__} did not get a response within {REFUSAL_LIMIT:.0f} s.",
                    "Check the events of the cluster.",
                    at,
                    "OperationTimeout",
                    cmdlet,
                )
        self._session.workspace.drain(5.0)
        verdict = operation.verdict
        if not verdict:
            raise RefusedError(verdict.reason, verdict.remedy, at, "InvalidOperation", cmdlet)
        return True

    def _hand_over(self, command: Command, at: int, cmdlet: str) -> bool:
        """Submit without blocking longer than a glance; what is refused later is told to ``on_error``."""
        source, origin = self._session.source, self._session.script.origin
        told = False

        def refusal(operation: Operation) -> RefusedError | None:
            verdict = operation.verdict
            if verdict is None or verdict.ok:
                return None
            refused = RefusedError(verdict.reason, verdict.remedy, at, "InvalidOperation", cmdlet)
            refused.source = origin
            return refused

        def finished(operation: Operation) -> None:
            error = refusal(operation)
            if error is not None and not told:
                self._session.on_error(error, source)

        operation = self._session.workspace.submit(command, finished)
        operation.wait(GLANCE)
        error = refusal(operation)
        told = operation.verdict is not None
        self._session.workspace.drain()
        if error is not None:
            raise error
        return told
