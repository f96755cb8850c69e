"""What the rules say of clusters to which days of failures and commands happen, written down.

A file in tests/data/verdicts has a line a state: how many of the commands drawn at random are possible, and sums over
all that the rules say of it; then each sentence that was said, and how often. After a change that is meant, write them
anew and read what changed (``git diff``):

    python -m tests.unit.model.verdicts
"""

from __future__ import annotations

import dataclasses
import hashlib
import random
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from benchmarks.parts.soak_steps import a_command, a_fault
from fcm.model import commands as cmd
from fcm.model.entities import ClusterVersion
from fcm.model.failures import FaultKind
from fcm.model.rules import networks, quorum
from fcm.model.rules.allowed import allowed
from fcm.model.rules.failing import access, guardian, placement
from fcm.model.rules.moving import drains, preflight_checks
from fcm.model.rules.snapshots import backup_words, snapshot_advice
from fcm.model.validation.validate import validate
from tests.unit.embedded.cluster_of import cluster_of, local_machine, machine
from tests.unit.embedded.desk import Desk
from tests.unit.embedded.drawn import OF_MOVES, OF_SERVICES, OF_SETTINGS
from tests.unit.embedded.failing import cluster_file
from tests.unit.embedded.failing_storage import with_volume
from tests.unit.embedded.versions import desk_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fcm.model.commands import Command
    from fcm.model.state import State

FOLDER = Path(__file__).parents[2] / "data" / "verdicts"
STEPS, EACH = 40, 2
"""Steps of a day, and commands of each type that are asked about after each."""
_KINDS = {"destination": "nodes", "owner": "nodes", "target": "nodes", "switch": "", "name": "", "witness": "disks"}
_TEXTS = ("", "x", "VM Network", "10.0.1.77", "W32Time", "idle", "\\\\files\\witness", "a" * 300)


def _value(draw: random.Random, state: State, name: str, kind: Any) -> Any:
    """A value of an annotation: mostly one that is there, at times nonsense."""
    if kind is str:
        word = name.removesuffix("s")
        known = getattr(state, _KINDS.get(word, f"{word}s"), None)
        if known and draw.random() < 0.9:
            return draw.choice(sorted(known))
        return draw.choice(_TEXTS)
    if kind is int:
        return draw.choice((-1, 0, 1, 2, 5, 1000, 2000, 4096, 1 << 30, 40 << 30))
    if kind is float:
        return draw.choice((-1.0, 0.0, 0.3, 5.0, 1e6))
    if kind is bool:
        return draw.random() < 0.5
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _made(draw, state, kind)
    if isinstance(kind, type):
        return draw.choice(list(kind))
    parts = get_args(kind)
    if type(None) in parts:
        (one,) = (part for part in parts if part is not type(None))
        return None if draw.random() < 0.6 else _value(draw, state, name, one)
    if Ellipsis in parts:
        return tuple(_value(draw, state, name, parts[0]) for _ in range(draw.choice((0, 1, 1, 2))))
    return tuple(_value(draw, state, name, part) for part in parts)


def _made(draw: random.Random, state: State, kind: type[Any]) -> Any:
    return kind(**{name: _value(draw, state, name, of) for name, of in _hints(kind).items()})


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)


def _said(state: State) -> Iterator[object]:
    """What the rules say of a state beside verdicts."""
    yield guardian.violations(state)
    yield quorum.losses_in_turn(state), quorum.waiting(state)
    assert state.cluster is not None
    yield quorum.votes(state.cluster, state.nodes, state.disks), quorum.description(state.cluster, state.disks)
    yield quorum.what_if_witness_lost(state), networks.automatic_metrics(state.networks.values())
    yield networks.migration_order(state.cluster, state.networks)
    for name in state.nodes:
        yield name, drains.plan_destinations(state, name), placement.n_plus_one(state, name)
        yield quorum.what_if_lost(state, name), quorum.after_leaving(state, name), quorum.reaches_witness(state, name)
        yield (
            quorum.after_leaving(state, name, evicted=True),
            drains.may_plan(state, name),
            drains.moves_back(state, name),
        )
        yield [(volume.disk, access.access_of(state, volume, name)) for volume in state.shared_volumes.values()]
    for group in state.groups.values():
        yield group.name, placement.successor(state, group), placement.candidates(state, group)
        yield placement.starts_by_itself(state, group), placement.has_precedence(state, group)
        yield placement.needed_memory(state, group), guardian.is_pending(state, group.id)
    yield [group.name for group in placement.by_priority(state, state.groups.values())]
    for one in state.machines.values():
        yield one.name, snapshot_advice(state, one), backup_words(state, one.id)
        yield [preflight_checks.migration_checks(state, one, name) for name in state.nodes]
        group = state.groups.get(one.group or "")
        yield None if group is None else [each.name for each in placement.victims(state, group, one) or ()]
    yield sorted(map(str, access.redirections(state))), sorted(access.redirected_load(state).items())


def _sum(said: object) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()[:8]


def _drawn(draw: random.Random, state: State) -> Command | None:
    how = draw.random()
    if state.faults and how < 0.25:
        return cmd.RepairFault(draw.choice(sorted(state.faults)))
    if len(state.faults) < 2 and how < 0.5:
        return a_fault(draw, state, draw.choice(tuple(FaultKind)))
    return draw.choice((*OF_MOVES, *OF_SERVICES, *OF_SETTINGS))(draw, state) if how < 0.8 else a_command(draw, state)


def _day(desk: Desk, seed: int) -> list[str]:
    lines, said, draw = [], Counter[str](), random.Random(seed)
    for _ in range(STEPS):
        state = desk.state
        verdicts = [(one, allowed(one, state)) for kind in cmd.COMMAND_TYPES for one in _commands(draw, state, kind)]
        said.update(f"{type(one).__name__}: {verdict.sentence()}" for one, verdict in verdicts if not verdict)
        possible = sum(bool(verdict) for _, verdict in verdicts)
        words = "\n".join(verdict.sentence() for _, verdict in verdicts)
        report = validate(state, now=desk.workspace.now())
        lines.append(f"{possible} possible #{_sum(words)} rules #{_sum(list(_said(state)))} report #{_sum(report)}")
        command = _drawn(draw, state)
        if command is not None:
            desk.do(command)
        desk.run(draw.choice((0.5, 5.0, 20.0, 60.0, 300.0)))
    desk.close()
    return [*lines, *(f"{count:4} {sentence}" for sentence, count in sorted(said.items()))]


def _commands(draw: random.Random, state: State, kind: type[Command]) -> Iterator[Command]:
    return (_made(draw, state, kind) for _ in range(EACH))


def _contoso(folder: Path) -> Desk:
    desk = desk_of(ClusterVersion.V2008_R2)
    with_volume(desk, "node1", IN1="node1", IN2="node2")
    return desk


def _share(folder: Path) -> Desk:
    return Desk(cluster_file(folder, 4, "share", "2012 R2"))


def _many(folder: Path) -> Desk:
    machines = [machine(f"VM{number}", f"n{1 + number % 3}", memory="3 GiB") for number in range(6)]
    return Desk(cluster_of(folder, [*machines, local_machine("LOCAL", "n2")], version="2016", memory="12 GiB"))


CLUSTERS: dict[str, tuple[Callable[[Path], Desk], int]] = {
    "contoso": (_contoso, 1),
    "share": (_share, 2),
    "many": (_many, 3),
}
"""By name: what opens them, and the seed of their day."""


def told(name: str, folder: Path) -> str:
    """What the rules say today."""
    opened, seed = CLUSTERS[name]
    return "\n".join(_day(opened(folder), seed)) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for one in CLUSTERS:
        with tempfile.TemporaryDirectory() as place:
            (FOLDER / f"{one}.txt").write_text(told(one, Path(place)), encoding="utf-8")
