"""What a backend brings to the contract suite.

Another backend joins by a function that makes a Harness, named in BACKENDS of tests/contract/conftest.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model import events as ev
    from fcm.model.commands import Command
    from fcm.model.migrations import Migration
    from fcm.model.rules.verdict import Verdict
    from fcm.model.state import State
    from fcm.model.telemetry import Phase
    from fcm.workspace.workspace import Workspace


class Passing(Protocol):
    """Lets a little time of the backend pass (0.1 s of virtual time, or as long in real time)."""

    def __call__(self) -> None: ...


@dataclass
class Harness:
    """One open cluster with what the suite needs to know of it. Times in s of the cluster."""

    workspace: Workspace
    machine: str
    """Id of a running, highly available machine whose memory converges."""
    destination: str
    """A node to which it can be live migrated."""
    busy_machine: str
    """Id of one that copies memory for at least a few seconds; may be the same."""
    busy_destination: str
    other_machine: str
    """Id of another running, highly available machine on the node of ``busy_machine``."""
    unreachable: str
    """Name of a node that does not exist."""
    pass_time: Passing
    limit: float = 600.0
    entries: list[ev.Entry] = field(default_factory=list)
    """Everything that was posted since the harness was made."""
    begin: State = field(init=False)
    """The state at that time."""

    def __post_init__(self) -> None:
        self.begin = self.workspace.state
        self.workspace.subscribe(lambda change, entries: self.entries.extend(entries))
        self.workspace.drain(60.0)

    def carry_out(self, command: Command) -> Verdict:
        """Submit and wait until the operation is over."""
        operation = self.workspace.submit(command)
        self.until(lambda: operation.verdict is not None)
        assert operation.verdict is not None
        return operation.verdict

    def until(self, reached: Callable[[], bool]) -> None:
        """Let time pass until something is so; fails after ``limit`` s of the cluster."""
        self.workspace.drain(60.0)
        end = self.workspace.now() + self.limit
        while not reached():
            assert self.workspace.now() < end, "it did not come about in time"
            self.pass_time()
            self.workspace.drain(60.0)

    def migration(self, machine: str) -> Migration:
        """The newest migration of a machine."""
        migration = self.workspace.state.last_migration(machine)
        assert migration is not None
        return migration

    def reach(self, machine: str, *phases: Phase) -> Migration:
        """Let time pass until the newest migration of a machine is in one of these phases."""
        self.until(lambda: self.migration(machine).phase in phases)
        return self.migration(machine)

    def events(self, kind: type[ev.Event]) -> list[ev.Event]:
        """Events of one class that were posted, oldest first."""
        return [entry.event for entry in self.entries if isinstance(entry.event, kind)]
