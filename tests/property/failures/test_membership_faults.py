"""Random failures of nodes, networks and the witness: what must hold whatever fails, and in which order."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.backend.embedded import open_embedded
from fcm.model import commands as cmd
from fcm.model.entities import NodeState
from fcm.model.failures import FaultKind
from fcm.model.rules.failing import faults as truth
from fcm.model.rules.failing.guardian import violations
from fcm.model.rules.quorum import reaches_witness, tally
from fcm.model.state import State, apply
from fcm.workspace.files.journal import Journal
from fcm.workspace.workspace import Workspace
from tests.unit.embedded.failing import cluster_file

if TYPE_CHECKING:
    from fcm.model import events as ev

CALM = 45.0
"""s after which everything that follows from a failure has been decided."""
WHOLE = 900.0
"""s after which a cluster in which nothing fails any more is whole again."""
CLUSTERS = [
    (3, "disk", "2008 R2"),
    (4, "share", "2008 R2"),
    (2, "disk", "2012"),
    (5, "", "2012 R2"),
    (4, "disk", "2016"),
]
KINDS = [
    FaultKind.POWER_OFF,
    FaultKind.HANG,
    FaultKind.BUGCHECK,
    FaultKind.SERVICE_CRASH,
    FaultKind.ISOLATE,
    FaultKind.UNPLUG_CABLE,
    FaultKind.SWITCH_DOWN,
    FaultKind.LOSE_LUN,
    FaultKind.LOSE_PATH,
    FaultKind.LOSE_SHARE,
]
STEP = st.tuples(
    st.sampled_from([*KINDS, *KINDS, "repair", "repair", "stop", "start", "force", "reopen"]),
    st.integers(0, 63),
    st.sampled_from([0.0, 0.4, 3.0, 5.9, 6.3, 12.0, CALM, 120.0, 700.0]),
)


class Run:
    """One cluster, its whole history, and its state by replay."""

    def __init__(self, folder: str, cluster: tuple[int, str, str], seed: int) -> None:
        count, witness, version = cluster
        self.file = cluster_file(Path(folder), count, witness, version)
        self.journal = Path(folder) / "c.journal"
        self.seed = seed
        self.entries: list[ev.Entry] = []
        self.replayed = State()
        self.reopen()

    def reopen(self) -> None:
        self.backend = open_embedded(str(self.file), seed=self.seed, start_time=1000.0)
        self.workspace = Workspace(self.backend, Journal.open(self.journal, self.backend.uri))
        self.workspace.subscribe(lambda change, entries: [self.see(entry) for entry in entries] and None)
        self.workspace.open()
        self.workspace.drain(60.0)

    def see(self, entry: ev.Entry) -> None:
        self.entries.append(entry)
        self.replayed, _ = apply(self.replayed, entry)
        cluster = self.replayed.cluster
        assert cluster is not None
        assert not cluster.forced or not cluster.stopped

    @property
    def state(self) -> State:
        return self.workspace.state

    def ask(self, command: cmd.Command) -> bool:
        operation = self.workspace.submit(command)
        self.workspace.drain(60.0)
        assert operation.verdict is not None
        return operation.verdict.ok

    def advance(self, seconds: float) -> None:
        self.backend.advance(seconds)
        self.workspace.drain(60.0)
        self.check()

    def step(self, what: object, number: int, wait: float) -> None:
        state = self.state
        nodes = list(state.nodes)
        node = nodes[number % len(nodes)]
        if what == "reopen":
            self.workspace.close()
            self.reopen()
        elif what == "repair":
            if state.faults:
                self.ask(cmd.RepairFault(list(state.faults)[number % len(state.faults)]))
        elif what == "stop":
            self.ask(cmd.StopClusterService(node))
        elif what in ("start", "force"):
            self.ask(cmd.StartClusterService(node, fix_quorum=what == "force"))
        elif isinstance(what, FaultKind):
            self.fail(what, number, node, nodes)
        self.advance(wait)
        if wait >= CALM:
            self.check_calm()

    def fail(self, kind: FaultKind, number: int, node: str, nodes: list[str]) -> None:
        state, cluster = self.state, self.state.cluster
        assert cluster is not None
        targets = {
            FaultKind.UNPLUG_CABLE: list(state.adapters)[number % len(state.adapters)],
            FaultKind.SWITCH_DOWN: list(state.networks)[number % len(state.networks)],
            FaultKind.LOSE_LUN: list(state.disks)[number % len(state.disks)],
            FaultKind.LOSE_PATH: list(state.disks)[number // 8 % len(state.disks)],
            FaultKind.LOSE_SHARE: cluster.witness or "none",
        }
        with_it = tuple(other for index, other in enumerate(nodes) if number >> index & 1 and other != node)
        together = with_it if kind is FaultKind.ISOLATE else ()
        at = node if kind is FaultKind.LOSE_PATH else ""
        self.ask(cmd.InjectFault(kind, targets.get(kind, node), at, together))

    def check(self) -> None:
        """What holds at any time."""
        state = self.state
        assert violations(state) == ()
        assert state == self.replayed
        members = {node.name for node in state.nodes.values() if node.state.is_member}
        assert not members & {copy.node for copy in state.copies.values()}
        for copy in state.copies.values():
            assert truth.service_exists(state, copy.node), "a copy without anything that it runs on"
        if state.cluster is not None and state.cluster.stopped:
            assert not members

    def check_calm(self) -> None:
        """What holds once everything that follows from the failures has been decided: one view, with quorum."""
        state, cluster = self.state, self.state.cluster
        assert cluster is not None
        members = [node.name for node in state.nodes.values() if node.state.is_member]
        running = [name for name in members if truth.service_runs(state, name)]
        if cluster.stopped or not running:
            return
        assert running == members, "a member that does not run"
        assert len(truth.groups_that_hear(state, members)) == 1
        witness = any(reaches_witness(state, name) for name in members)
        assert cluster.forced or tally(state, members, witness).has_quorum
        for copy in state.copies.values():
            assert not truth.service_runs(state, copy.node) or not any(
                truth.hears(state, copy.node, name) for name in members
            )

    def heal(self) -> None:
        """Repair all that fails; afterwards the cluster is whole."""
        for _ in range(3):
            for fault in tuple(self.state.faults):
                if fault in self.state.faults:
                    assert self.ask(cmd.RepairFault(fault))
            self.advance(WHOLE)
            for node in tuple(self.state.nodes.values()):
                if node.state is NodeState.DOWN and node.service_due is None:
                    self.ask(cmd.StartClusterService(node.name))
            self.advance(WHOLE)

    def check_whole(self) -> None:
        state = self.state
        assert state.cluster is not None
        assert not state.cluster.stopped
        assert not state.cluster.forced
        assert not state.copies
        quarantined = [node.name for node in state.nodes.values() if node.state is NodeState.QUARANTINED]
        rest = [node for node in state.nodes.values() if node.name not in quarantined]
        assert all(node.state.is_member for node in rest), {node.name: (node.state, node.note) for node in rest}
        assert all(network.state == "Up" for network in state.networks.values())


def ran(cluster: tuple[int, str, str], seed: int, steps: list[tuple[object, int, float]]) -> list[ev.Entry]:
    with tempfile.TemporaryDirectory() as folder:
        run = Run(folder, cluster, seed)
        try:
            for what, number, wait in steps:
                run.step(what, number, wait)
            run.heal()
            run.check_whole()
        finally:
            run.workspace.close()
        return run.entries


@settings(max_examples=30, deadline=None)
@given(cluster=st.sampled_from(CLUSTERS), seed=st.integers(0, 9), steps=st.lists(STEP, min_size=2, max_size=12))
def test_at_most_one_view_has_quorum_and_a_repaired_cluster_is_whole_again(
    cluster: tuple[int, str, str], seed: int, steps: list[tuple[object, int, float]]
) -> None:
    assert ran(cluster, seed, steps)


@settings(max_examples=5, deadline=None)
@given(cluster=st.sampled_from(CLUSTERS), seed=st.integers(0, 9), steps=st.lists(STEP, min_size=2, max_size=6))
def test_the_same_seed_and_failures_give_the_same_history(
    cluster: tuple[int, str, str], seed: int, steps: list[tuple[object, int, float]]
) -> None:
    steps = [step for step in steps if step[0] != "reopen"]
    assert ran(cluster, seed, steps) == ran(cluster, seed, steps)
