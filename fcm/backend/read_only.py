"""A cluster of which only the journal can be read: it is shown as it was last written, and nothing runs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.base import Capabilities, ConsoleError, MeasureError, RehearseError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.base import Console, Operation, RehearsalEnd, Rehearsed, Sink
    from fcm.migration.judging.fitting import DirtySample
    from fcm.model.commands import Command
    from fcm.model.state import State


class ReadOnlyCluster:
    """A backend that refuses every command; the state comes from the journal."""

    clock = None

    def __init__(self, uri: str, reason: str, remedy: str) -> None:
        """``reason`` and ``remedy`` are the sentences with which all is refused."""
        self.uri = uri
        self._capabilities = Capabilities(frozenset(), reason, remedy=remedy)
        self._sink: Sink | None = None

    def capabilities(self) -> Capabilities:
        """None, with the reason."""
        return self._capabilities

    def start(self, sink: Sink, state: State) -> None:
        """Nothing goes on: what was under way when the journal was last written stays as it was then."""
        self._sink = sink

    def silence(self, node: str) -> float | None:
        """No one is asked."""
        return None

    def submit(self, operation: Operation) -> None:
        """Refuse it."""
        operation.finish(self._capabilities.verdict(operation.command))
        if self._sink is not None:
            self._sink.finished(operation)

    def measure_writes(
        self, machine: str, told: Callable[[DirtySample], None], wanted: Callable[[], bool]
    ) -> tuple[DirtySample, ...]:
        """There is nothing to measure. Raises MeasureError."""
        raise MeasureError(f"{self._capabilities.reason} {self._capabilities.remedy}")

    def console(self, machine: str) -> Console:
        """Nothing runs. Raises ConsoleError."""
        raise ConsoleError(self._capabilities.console().sentence())

    def rehearse(
        self, commands: Sequence[Command], seen: Callable[[Rehearsed], None], wanted: Callable[[], bool]
    ) -> RehearsalEnd:
        """Nothing runs. Raises RehearseError."""
        raise RehearseError(self._capabilities.rehearsal().sentence())

    def close(self) -> None:
        """Nothing to end."""
