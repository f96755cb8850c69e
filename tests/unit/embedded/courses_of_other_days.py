"""Courses (see `courses_of_days`) of other clusters: services, moves, witnesses, and programs that are closed."""

from __future__ import annotations

import random
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from benchmarks.parts.soak_steps import a_command, a_fault
from fcm.model import commands as cmd
from fcm.model.entities import ClusterVersion, GroupType
from fcm.model.failures import FaultKind
from fcm.workspace.files.journal import Journal
from tests.unit.embedded.cluster_of import cluster_of, local_machine, machine
from tests.unit.embedded.courses import after, course
from tests.unit.embedded.courses_of_days import days
from tests.unit.embedded.desk import Desk
from tests.unit.embedded.drawn import OF_MOVES, OF_SERVICES, OF_SETTINGS
from tests.unit.embedded.failing import cluster_file
from tests.unit.embedded.versions import desk_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from fcm.model.commands import Command
    from fcm.model.state import State
    from tests.unit.embedded.courses import Stage
    from tests.unit.embedded.drawn import Draws

_OF_NODES = (FaultKind.POWER_OFF, FaultKind.HANG, FaultKind.BUGCHECK, FaultKind.SERVICE_CRASH, FaultKind.ISOLATE)
_OF_STORAGE = (FaultKind.LOSE_LUN, FaultKind.LOSE_PATH, FaultKind.LOSE_RESERVATION, FaultKind.LOSE_SHARE)
_OF_NETWORKS = (FaultKind.UNPLUG_CABLE, FaultKind.SWITCH_DOWN)


def _draws(kinds: Sequence[FaultKind], commands: Sequence[Draws], most: int) -> Draws:
    """Failures of some kinds, at most so many at once, their repair, and some commands beside ordinary ones."""

    def drawn(draw: random.Random, state: State) -> Command | None:
        how = draw.random()
        if state.faults and how < 0.25:
            return cmd.RepairFault(draw.choice(sorted(state.faults)))
        if len(state.faults) < most and how < 0.5:
            return a_fault(draw, state, draw.choice(kinds))
        return draw.choice(commands)(draw, state) if how < 0.9 else a_command(draw, state)

    return drawn


def _services(version: ClusterVersion) -> Desk:
    desk = desk_of(version)
    two = desk.disk("Cluster Disk 2").id
    after(desk, cmd.AddRole(GroupType.FILE_SERVER, "FS01", "10.0.1.60", (two,)), 5.0)
    after(desk, cmd.AddRole(GroupType.GENERIC_SERVICE, "TIME01", "10.0.1.61", (), "W32Time"), 5.0)
    return desk


@course
def days_of_services(stage: Stage) -> None:
    drawn = _draws((*_OF_NODES, *_OF_STORAGE), OF_SERVICES, 2)
    for version, seed in ((ClusterVersion.V2008_R2, 21), (ClusterVersion.V2012_R2, 22), (ClusterVersion.V2019, 23)):
        days(stage, f"{version}, seed {seed}", partial(_services, version), random.Random(seed), drawn)


@course
def days_of_moves(stage: Stage) -> None:
    drawn = _draws((*_OF_NODES[:3], *_OF_NETWORKS), OF_MOVES, 1)
    machines = [machine(f"VM{number}", f"n{1 + number % 3}", memory="2 GiB") for number in range(6)]
    machines += [local_machine("LOCAL", "n2")]
    for version, seed, concurrent in (("2008 R2", 31, 1), ("2012 R2", 32, 2), ("2016", 33, 3)):
        file = cluster_of(stage.folder, machines, version=version, memory="12 GiB", concurrent=concurrent)
        days(stage, f"{version}, seed {seed}", partial(Desk, file), random.Random(seed), drawn)


@course
def days_of_witnesses(stage: Stage) -> None:
    drawn = _draws((*_OF_NODES, *_OF_STORAGE, FaultKind.LOSE_SHARE, FaultKind.LOSE_LUN), OF_SETTINGS, 3)
    for version, seed, witness in (
        ("2008 R2", 41, "share"),
        ("2012", 42, "disk"),
        ("2016", 43, "share"),
        ("2016", 44, "disk"),
    ):
        file = cluster_file(stage.folder, 4, witness, version)
        days(stage, f"{version} {witness}, seed {seed}", partial(Desk, file), random.Random(seed), drawn)


@course
def days_of_networks(stage: Stage) -> None:
    drawn = _draws((*_OF_NETWORKS, *_OF_NETWORKS, FaultKind.ISOLATE), OF_SETTINGS, 3)
    for version, seed in (("2008 R2", 51), ("2012 R2", 52), ("2016", 53)):
        file = cluster_file(stage.folder, 3, "", version)
        days(stage, f"{version}, seed {seed}", partial(Desk, file), random.Random(seed), drawn)


def _kept(folder: Path, version: ClusterVersion, seed: int) -> Callable[[], Desk]:
    """Opens a cluster with its journal, so that it goes on where it was closed."""
    file = folder / f"days-{version}-{seed}.journal"

    def opened() -> Desk:
        return desk_of(version, journal=Journal.open(file, "embedded:contoso"))

    return opened


@course
def days_on_which_the_program_is_closed(stage: Stage) -> None:
    every = tuple(chain(OF_MOVES, OF_SERVICES, OF_SETTINGS))
    drawn = _draws(tuple(FaultKind), every, 2)
    for version, seed in ((ClusterVersion.V2008_R2, 61), (ClusterVersion.V2012_R2, 62), (ClusterVersion.V2019, 63)):
        opened = _kept(stage.folder, version, seed)
        days(stage, f"{version}, seed {seed}", opened, random.Random(seed), drawn, closes=0.25)
