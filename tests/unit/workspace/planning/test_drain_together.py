"""Several moves of a drain at once: forecast as they run, not as if each were alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import GIB
from fcm.model.migrations import MigrationOptions
from fcm.model.rules.moving.drains import drain_migrations
from fcm.workspace.planning.drain import plan_drain
from fcm.workspace.planning.drain_together import predict_together
from tests.ui.by_hand import formed, machine, node, opened
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from fcm.workspace.workspace import Workspace


@pytest.fixture(autouse=True)
def _one_member(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcm.workspace.planning.preflight.MEMBERS", 1)


def cluster(at_once: int, **memory: int) -> Workspace:
    """Machines of whose writing nothing is known, on node1; node2 and node3 have room for all."""
    machines = [machine(name, "node1", workload="", features=frozenset(), memory=m * GIB) for name, m in memory.items()]
    nodes = [node(name, memory=256 * GIB) for name in ("node1", "node2", "node3")]
    workspace, backend = opened(formed(machines, nodes=nodes))
    assert workspace.state.cluster is not None
    backend.tell(ev.ClusterConfigured(replace(workspace.state.cluster, concurrent_migrations=at_once), ""))
    workspace.drain(60)
    return workspace


def test_one_at_a_time_each_takes_as_long_as_alone() -> None:
    plan = plan_drain(cluster(1, A=8, B=4), "node1")
    assert [move.duration for move in plan.moves] == [move.alone for move in plan.moves]
    assert plan.makespan == pytest.approx(sum(move.alone or 0 for move in plan.moves))


def test_two_at_once_share_the_network_of_the_source() -> None:
    plan = plan_drain(cluster(2, A=8, B=4), "node1")
    large, small = plan.moves
    assert large.alone is not None
    assert small.alone is not None
    assert small.duration == pytest.approx(2 * small.alone, rel=0.02)
    assert large.duration == pytest.approx(large.alone + small.alone, rel=0.02)
    assert plan.makespan == pytest.approx(large.duration, abs=0.2)


def test_a_third_waits_for_its_turn() -> None:
    plan = plan_drain(cluster(2, A=8, B=4, C=2), "node1")
    alone = {move.name: move.alone or 0 for move in plan.moves}
    assert plan.moves[2].duration == pytest.approx(2 * alone["C"], rel=0.1), "it moves beside the largest"
    assert plan.makespan == pytest.approx(sum(alone.values()), rel=0.02)


def test_a_limit_of_bandwidth_lets_two_move_beside_each_other_undisturbed() -> None:
    workspace = cluster(2, A=8, B=4)
    plan = plan_drain(workspace, "node1", MigrationOptions(bandwidth=300_000_000))
    assert [move.duration for move in plan.moves] == pytest.approx([move.alone for move in plan.moves], rel=0.02)


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_an_embedded_cluster_takes_as_long_as_was_predicted(at_once: int) -> None:
    desk = Desk()
    assert desk.do(cmd.SetConcurrentMigrations(at_once))
    plan = plan_drain(desk.workspace, "node1")
    assert desk.do(plan.command())
    desk.settle()
    (drain,) = desk.state.drains.values()
    took = drain_migrations(desk.state, drain.id)
    ended = [move for move in plan.moves if move.duration is not None and took[move.machine].figures is not None]
    assert len(ended) >= 3
    for move in ended:
        figures = took[move.machine].figures
        assert figures is not None
        assert figures.total == pytest.approx(move.duration, rel=0.12, abs=1.5), move.name


def test_moves_that_never_end_keep_no_duration_and_the_drain_no_end() -> None:
    plan = plan_drain(cluster(2, A=8, B=4), "node1")
    first, second = plan.moves
    endless = replace(plan, moves=(replace(first, alone=None, duration=None), second))
    again = predict_together(cluster(2, A=8, B=4), endless)
    assert [move.duration for move in again.moves] == [None, second.alone]
    assert again.makespan is None
