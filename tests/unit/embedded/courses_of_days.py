"""Courses (see `courses`) of days in which anything may happen: failures, repairs and commands drawn at random.

A line is a step: what was done, how long time passed, how often each kind of event came, and a sum over all of them,
so that the first step in which something else happens can be seen.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.parts.soak_steps import a_command, a_fault
from fcm.model import commands as cmd
from fcm.model.entities import ClusterVersion
from fcm.model.failures import FaultKind
from tests.unit.embedded.courses import course
from tests.unit.embedded.failing_storage import with_volume
from tests.unit.embedded.versions import desk_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.commands import Command
    from fcm.model.state import State
    from tests.unit.embedded.courses import Stage
    from tests.unit.embedded.desk import Desk

STEPS = 60


def _drawn(draw: random.Random, state: State) -> Command | None:
    """What happens next: a repair where something failed, else a failure or a command."""
    if state.faults and draw.random() < 0.3:
        return cmd.RepairFault(draw.choice(sorted(state.faults)))
    if len(state.faults) < 2 and draw.random() < 0.35:
        return a_fault(draw, state, draw.choice(tuple(FaultKind)))
    return a_command(draw, state)


def days(
    stage: Stage,
    title: str,
    opened: Callable[[], Desk],
    draw: random.Random,
    drawn: Callable[[random.Random, State], Command | None] = _drawn,
    closes: float = 0.0,
) -> None:
    """Write down what comes of commands and failures drawn at random.

    Args:
        stage: what is written down.
        title: of this cluster.
        opened: opens it; again, where the program is closed on the way.
        draw: the same one draws the same.
        drawn: what happens next.
        closes: how likely it is that the program is closed and opened before a step.
    """
    desk = opened()
    stage.lines.append(f"== {title}")
    begin = desk.workspace.now()
    stage.follow(desk.state)
    for _ in range(STEPS):
        first = len(desk.entries)
        if closes and draw.random() < closes:
            desk.close()
            desk, first = opened(), 0
        command = drawn(draw, desk.state)
        seconds = draw.choice((0.0, 1.0, 5.0, 20.0, 60.0, 300.0, 1000.0))
        verdict = None if command is None else desk.do(command)
        desk.run(seconds)
        entries = desk.entries[first:]
        told = [line for entry in entries for line in stage.told(entry, begin)]
        kinds = Counter(type(entry.event).__name__ for entry in entries if not entry.event.transient)
        shown = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
        sum_ = hashlib.sha256("\n".join(told).encode()).hexdigest()[:8]
        answer = "" if verdict else " refused"
        stage.lines.append(f"{desk.workspace.now() - begin:9.1f} {type(command).__name__}{answer}: {shown} #{sum_}")
    stage.stands(desk, begin)
    desk.close()


def _with_volume(version: ClusterVersion) -> Desk:
    desk = desk_of(version)
    with_volume(desk, "node1", IN1="node1", IN2="node2")
    return desk


def _course(name: str, version: ClusterVersion, seeds: tuple[int, ...]) -> None:
    def steps(stage: Stage) -> None:
        for seed in seeds:
            days(stage, f"{version}, seed {seed}", partial(_with_volume, version), random.Random(seed))

    steps.__name__ = name
    course(steps)


QUICK = (1, 2, 3, 4, 8), (9, 10, 12, 14, 15)
"""Seeds of days without a migration that never ends, which would take seconds."""

_course("days_by_the_rules_of_2008_r2", ClusterVersion.V2008_R2, QUICK[0])
_course("more_days_by_the_rules_of_2008_r2", ClusterVersion.V2008_R2, QUICK[1])
_course("days_by_the_rules_of_2012", ClusterVersion.V2012, QUICK[1])
_course("days_by_the_rules_of_2012_r2", ClusterVersion.V2012_R2, QUICK[0])
_course("days_by_the_rules_of_2016", ClusterVersion.V2016, QUICK[1])
_course("days_by_the_rules_of_2019", ClusterVersion.V2019, QUICK[0])
