"""Clusters under all that can happen to them; ``python -m benchmarks.soak`` does it far longer."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.soak import Run, cluster, not_whole, run
from fcm.model.entities import ClusterVersion, MachineState, NodeState
from fcm.model.events import Entry
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.guardian import violations
from fcm.model.state import State, apply

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).resolve().parents[4]
STEPS = 30
KILLED = """
import os, signal, sys
from pathlib import Path
from benchmarks import soak
from fcm.model.failures import FaultKind

class Deadly(soak.Paper):
    left = int(sys.argv[3])

    def post(self, entries):
        self.posts_left = None
        super().post(entries)
        Deadly.left -= 1
        if Deadly.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

soak.Paper = Deadly
print(soak.Run(FaultKind(sys.argv[1]), 4, Path(sys.argv[2])).go().found)
"""


@pytest.mark.parametrize("kind", FaultKind)
def test_nothing_is_lost_or_doubled_and_a_repaired_cluster_is_whole(kind: FaultKind) -> None:
    figures = run(kind, 7 + list(FaultKind).index(kind), STEPS)
    assert figures.found == []
    assert figures.steps == STEPS


@pytest.mark.parametrize("deadly", [5, 30, 70])
@pytest.mark.parametrize("kind", [FaultKind.POWER_OFF, FaultKind.ISOLATE, FaultKind.LOSE_LUN])
def test_a_process_killed_among_failures_goes_on_and_becomes_whole(
    tmp_path: Path, kind: FaultKind, deadly: int
) -> None:
    words = [sys.executable, "-c", KILLED, kind, tmp_path, str(deadly)]
    ended = subprocess.run(words, check=False, cwd=TOP, capture_output=True, env={**os.environ, "PYTHONPATH": str(TOP)})
    assert ended.returncode == -9, ended.stderr
    again = Run(kind, 4, tmp_path)
    assert again.backend.state.sequence > 1
    assert again.go(0).found == []


# what the soak itself would find


@pytest.fixture
def whole() -> State:
    return apply(State(), Entry(1, 0.0, cluster(1)))[0]


def test_a_cluster_as_it_was_made_is_whole(whole: State) -> None:
    assert list(not_whole(whole)) == []
    assert violations(whole) == ()


def broken(whole: State) -> Iterator[tuple[State, str]]:
    node = whole.nodes["node1"]
    yield replace(whole, nodes={**whole.nodes, "node1": replace(node, state=NodeState.DOWN)}), "node1 is Down"
    machine = next(iter(whole.machines.values()))
    starting = replace(machine, state=MachineState.STARTING)
    yield replace(whole, machines={**whole.machines, machine.id: starting}), f"{machine.name} is Starting"
    assert whole.cluster is not None
    yield replace(whole, cluster=replace(whole.cluster, stopped="No quorum.")), "the cluster is stopped"


def test_what_is_not_whole_is_found(whole: State) -> None:
    for state, said in broken(whole):
        assert any(text.startswith(said) for text in not_whole(state))


def test_the_runs_have_clusters_of_every_version() -> None:
    assert {cluster(seed).cluster.version for seed in range(10)} == set(ClusterVersion)
