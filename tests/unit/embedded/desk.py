"""An embedded cluster in virtual time with the words that tests need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.embedded import open_embedded
from fcm.model.commands import InjectFault, RepairFault
from fcm.model.failures import FaultKind
from fcm.workspace.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.backend.embedded import EmbeddedBackend
    from fcm.model import events as ev
    from fcm.model.commands import Command
    from fcm.model.entities import Adapter, Disk, Group, Network, VirtualMachine
    from fcm.model.migrations import Migration
    from fcm.model.rules.verdict import Verdict
    from fcm.model.state import State
    from fcm.workspace.files.journal import Journal

START = 1_000_000.0
"""s since the epoch at which the clusters of tests begin."""


class Desk:
    """One open cluster."""

    def __init__(
        self,
        cluster: str | Path = "contoso",
        seed: int = 1,
        journal: Journal | None = None,
        backend: EmbeddedBackend | None = None,
    ) -> None:
        self.backend = backend or open_embedded(str(cluster), seed=seed, start_time=START)
        self.workspace = Workspace(self.backend, journal)
        self.entries: list[ev.Entry] = []
        self.workspace.subscribe(lambda change, entries: self.entries.extend(entries))
        self.workspace.open()
        self.workspace.drain(60.0)

    @property
    def state(self) -> State:
        return self.workspace.state

    def do(self, command: Command) -> Verdict:
        """Carry a command out and read what it brought."""
        operation = self.workspace.submit(command)
        self.workspace.drain(60.0)
        assert operation.verdict is not None
        return operation.verdict

    def inject(self, kind: FaultKind, target: str, node: str = "", together: tuple[str, ...] = ()) -> Verdict:
        """Simulate a failure."""
        return self.do(InjectFault(kind, target, node, together))

    def repair(self, target: str, kind: FaultKind | None = None) -> Verdict:
        """End the simulated failure of an object, the first one of that kind."""
        found = (one for one in self.state.faults.values() if one.target == target and kind in (None, one.kind))
        return self.do(RepairFault(next(found).id))

    def unplug(self, node: str, network: str) -> Verdict:
        """Unplug the cable of an adapter."""
        return self.inject(FaultKind.UNPLUG_CABLE, self.adapter(node, network).id)

    def plug_in(self, node: str, network: str) -> Verdict:
        """Plug it in again."""
        return self.repair(self.adapter(node, network).id)

    def run(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.backend.advance(seconds)
        self.workspace.drain(60.0)

    def settle(self, most: float = 3600.0) -> None:
        """Let time pass until nothing is under way."""
        end = self.backend.clock.now() + most
        while (due := self.backend.next_due) is not None and due <= end:
            self.backend.advance(max(due - self.backend.clock.now(), 0.0))
        self.workspace.drain(60.0)

    def machine(self, name: str) -> VirtualMachine:
        found = self.state.machine_named(name)
        assert found is not None, name
        return found

    def disk(self, name: str) -> Disk:
        return next(disk for disk in self.state.disks.values() if disk.name == name)

    def network(self, name: str) -> Network:
        return next(network for network in self.state.networks.values() if network.name == name)

    def group(self, name: str) -> Group:
        return next(group for group in self.state.groups.values() if group.name == name)

    def adapter(self, node: str, network: str) -> Adapter:
        found = self.state.adapter(node, self.network(network).id)
        assert found is not None
        return found

    def migration(self, name: str) -> Migration:
        found = self.state.last_migration(self.machine(name).id)
        assert found is not None
        return found

    def events(self, kind: type[ev.Event]) -> list[ev.Event]:
        return [entry.event for entry in self.entries if isinstance(entry.event, kind)]

    def close(self) -> None:
        self.workspace.close()
