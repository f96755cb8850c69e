"""How long the moves of a drain take together: each waits for its turn, and those under way share the network.

The same engine, links and limit per node as in an embedded cluster (fcm.backend.embedded.moves.memory), so that several
live migrations at once are forecast as they will run, not as if each were alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fcm.migration.constants import GOODPUT
from fcm.migration.engine.engine import WINDOW, Engine
from fcm.migration.engine.workload import Scattered, Workload
from fcm.migration.judging.fitting import fit
from fcm.model.rules.failing.access import redirected_load
from fcm.workspace.planning.preflight import first_network, question

if TYPE_CHECKING:
    from fcm.migration.engine.specification import MigrationSpec
    from fcm.model.migrations import MigrationOptions
    from fcm.workspace.planning.drain_plan import DrainPlan, PlannedMove
    from fcm.workspace.view import ClusterView

PATIENCE = 4.0
"""Moves that have not ended after so many times what all take one after the other are not expected to end."""
LEAST_PATIENCE = 60.0
"""s"""
SILENT = Workload((Scattered(1, 0.0),), name="not measured")
"""A guest of whose writing nothing is known: its memory is copied once."""


def predict_together(workspace: ClusterView, plan: DrainPlan, options: MigrationOptions | None = None) -> DrainPlan:
    """The plan with durations and a makespan that reckon with the moves beside each.

    Moves that do not end even alone are left out of it, and keep no duration. Some ms a move; any thread may ask.

    Args:
        workspace: the open cluster.
        plan: one whose moves were predicted alone.
        options: those of the drain; None for those of the cluster.
    """
    cluster = workspace.state.cluster
    at_once = cluster.concurrent_migrations if cluster is not None else 1
    ending = [move for move in plan.moves if move.alone is not None]
    if at_once == 1 or len(ending) < 2:
        durations = {move.machine: move.alone for move in ending}
        makespan = sum(move.alone or 0.0 for move in ending)
    else:
        durations, makespan = _Queue(workspace, plan.node, ending, options, at_once).run()
    moves = tuple(replace(move, duration=durations.get(move.machine)) for move in plan.moves)
    return replace(plan, moves=moves, makespan=None if None in (one.duration for one in moves) else makespan)


@dataclass(frozen=True, slots=True)
class _Running:
    machine: str
    destination: str
    began: float
    """s since the drain began."""


class _Queue:
    """The moves in their order, as many at once as the nodes take part in."""

    def __init__(
        self, workspace: ClusterView, node: str, moves: list[PlannedMove], options: MigrationOptions | None, limit: int
    ) -> None:
        self._workspace = workspace
        self._node = node
        self._options = options
        self._limit = limit
        self._waiting = list(moves)
        self._running: dict[int, _Running] = {}
        self._engine = Engine()
        self._patience = max(PATIENCE * sum(move.alone or 0.0 for move in moves), LEAST_PATIENCE)

    def run(self) -> tuple[dict[str, float | None], float]:
        """Seconds that each move takes, by machine (None: no end in sight), and s until the last has ended."""
        took: dict[str, float | None] = {move.machine: None for move in self._waiting}
        windows, most, end = 0, round(self._patience / WINDOW), 0.0
        while windows < most:
            self._start(windows * WINDOW)
            if not self._running:
                break
            step, passed = self._engine.leap(most - windows)
            windows += passed
            for handle, figures in step.finished.items():
                ended = self._running.pop(handle)
                took[ended.machine] = figures.total
                end = max(end, ended.began + figures.total)
        return took, end

    def _start(self, now: float) -> None:
        for move in list(self._waiting):
            if len(self._running) >= self._limit:
                return
            there = sum(one.destination == move.destination for one in self._running.values())
            if there < self._limit:
                self._waiting.remove(move)
                spec = self._specification(move)
                if spec is not None:
                    self._running[self._engine.add(spec)] = _Running(move.machine, move.destination, now)

    def _specification(self, move: PlannedMove) -> MigrationSpec | None:
        machine = self._workspace.state.machines.get(move.machine)
        if machine is None:
            return None
        network = first_network(self._workspace.state, machine, move.destination)
        asked = question(self._workspace, machine, move.destination, self._options)
        if network is None or asked.plan is None:
            return None
        ends = (self._node, move.destination)
        links = (f"{self._node}/{network.id}/out", f"{move.destination}/{network.id}/in")
        load = redirected_load(self._workspace.state)
        for link, node in zip(links, ends, strict=True):
            self._engine.set_link(link, network.bandwidth * GOODPUT, load.get((node, network.id), 0.0))
        workload = asked.workload
        if workload is None:
            workload = fit(asked.samples, machine.memory).workload if asked.samples else SILENT
        return replace(asked.plan.specification(workload), links=links)
