"""Random failures of every kind, repairs, shutdowns and evictions between other commands, with the program reopened."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from fcm.backend.embedded import EmbeddedBackend, open_embedded
from fcm.model import commands as cmd
from fcm.model.entities import MachineState
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.guardian import violations
from fcm.model.state import State
from fcm.workspace.files.journal import Journal
from tests.property.journaled import LONG, JournaledCluster

INDEX = st.integers(0, 200)
TABLES = {
    FaultKind.UNPLUG_CABLE: "adapters",
    FaultKind.SWITCH_DOWN: "networks",
    FaultKind.LOSE_PATH: "disks",
    FaultKind.LOSE_LUN: "disks",
    FaultKind.LOSE_RESERVATION: "disks",
    FaultKind.GUEST_HANG: "machines",
    FaultKind.GUEST_BUGCHECK: "machines",
    FaultKind.GUEST_SHUTDOWN: "machines",
}
"""Where the object of a failure is found; that of others is a node."""


class FailingCluster(JournaledCluster):
    @initialize(cluster=st.sampled_from(["contoso", "fabrikam"]), seed=st.integers(0, 3))
    def begin(self, cluster: str, seed: int) -> None:
        self.cluster, self.seed, self.now = cluster, seed, 1000.0
        self.reopen()

    def made(self) -> EmbeddedBackend:
        return open_embedded(self.cluster, seed=self.seed, start_time=self.now)

    def pick(self, mapping: str, index: int) -> str:
        keys = list(getattr(self.state, mapping))
        return keys[index % len(keys)] if keys else "nothing"

    @rule(kind=st.sampled_from(FaultKind), index=INDEX, node=INDEX, together=st.booleans())
    def fail(self, kind: FaultKind, index: int, node: int, together: bool) -> None:
        target = self.pick(TABLES.get(kind, "nodes"), index)
        where = self.pick("nodes", node)
        others = (where,) if kind is FaultKind.ISOLATE and together else ()
        self.ask(cmd.InjectFault(kind, target, where if kind is FaultKind.LOSE_PATH else "", others))

    @rule(index=INDEX)
    def repair(self, index: int) -> None:
        self.ask(cmd.RepairFault(self.pick("faults", index)))

    @rule(index=INDEX, restart=st.booleans())
    def shut_down(self, index: int, restart: bool) -> None:
        self.ask(cmd.ShutDownNode(self.pick("nodes", index), restart))

    @rule(index=INDEX)
    def evict_or_delete(self, index: int) -> None:
        self.ask(cmd.EvictNode(self.pick("nodes", index)))
        machine = self.pick("machines", index)
        self.ask(cmd.SetMachineState(machine, MachineState.OFF, forced=True))
        self.ask(cmd.DeleteVirtualMachine(machine))

    @rule(index=INDEX, node=INDEX, live=st.booleans())
    def move(self, index: int, node: int, live: bool) -> None:
        kind = cmd.LiveMigrate if live else cmd.QuickMigrate
        self.ask(kind(self.pick("machines", index), self.pick("nodes", node)))

    @rule(seconds=st.sampled_from([0.05, 0.5, 3.0, 12.0, 45.0, 200.0]))
    def wait(self, seconds: float) -> None:
        assert self.workspace is not None
        self.backend.advance(seconds)
        self.workspace.drain(LONG)

    @rule()
    def end_and_start_again(self) -> None:
        assert self.workspace is not None
        self.now = self.workspace.now()
        self.workspace.close()
        journal = Journal.open(self.path, self.backend.uri)
        replayed, _ = journal.replay()
        journal.close()
        assert replayed == self.shadow
        self.reopen()

    @invariant()
    def the_state_is_that_of_the_events_and_that_of_the_cluster_itself(self) -> None:
        if self.workspace is not None:
            assert self.workspace.state == self.shadow == self.itself

    @invariant()
    def nothing_is_the_case_that_may_never_be(self) -> None:
        if self.workspace is not None:
            assert not tuple(violations(self.state))

    @invariant()
    def what_has_failed_exists(self) -> None:
        state = self.state if self.workspace is not None else State()
        for fault in state.faults.values():
            assert fault.target in getattr(state, TABLES.get(fault.kind, "nodes"))
            assert {node for node in (fault.node, *fault.together) if node} <= set(state.nodes)


TestFailingCluster = FailingCluster.TestCase
TestFailingCluster.settings = settings(max_examples=8, stateful_step_count=25, deadline=None)
