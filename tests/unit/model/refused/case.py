"""How a refusal is written down: a command in a changed state. What is allowed is proved where it is carried out."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import (
    MIB,
    DiskUse,
    MachineState,
    SharedVolume,
)
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions
from fcm.model.rules.allowed import allowed
from fcm.model.telemetry import Phase
from tests.unit.model.changed import (
    disk,
    machine,
    with_cluster,
    with_disk,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.state import State

    Case = Callable[[State], tuple[cmd.Command, State]]


def enabled(state: State) -> State:
    return with_cluster(state, shared_volumes_enabled=True)


def with_volume(state: State, name: str = "Cluster Disk 2", folder: str = "Volume1") -> State:
    identity = disk(state, name).id
    changed = enabled(with_disk(state, name, use=DiskUse.SHARED_VOLUME))
    volume = SharedVolume(identity, name, folder, "node1")
    return replace(changed, shared_volumes=MappingProxyType({**changed.shared_volumes, identity: volume}))


def moving(state: State, name: str, phase: Phase = Phase.BROWNOUT, kind: MigrationKind = MigrationKind.LIVE) -> State:
    item = machine(state, name)
    target = "node2" if item.node == "node1" else "node1"
    migration = Migration(f"m-{name}", kind, item.id, item.node, target, MigrationOptions(), phase, 0.0)
    return replace(state, migrations=MappingProxyType({**state.migrations, migration.id: migration}))


def live(name: str, node: str = "node2", **options: float) -> Callable[[State], cmd.Command]:
    return lambda state: cmd.LiveMigrate(machine(state, name).id, node, MigrationOptions(**options))  # type: ignore[arg-type]


def on(command: Callable[[State], cmd.Command], change: Callable[[State], State] = lambda state: state) -> Case:
    """The command in the changed state."""

    def case(state: State) -> tuple[cmd.Command, State]:
        changed = change(state)
        return command(changed), changed

    return case


def new(**fields: object) -> Callable[[State], cmd.Command]:
    values: dict[str, object] = {"name": "NEW", "node": "node1", "memory": 512 * MIB, "disk": None, **fields}
    return lambda state: cmd.CreateVirtualMachine(**values)  # type: ignore[arg-type]


def settings(name: str, **fields: object) -> Callable[[State], cmd.Command]:
    return lambda state: cmd.ConfigureVirtualMachine(machine(state, name).id, **fields)  # type: ignore[arg-type]


def set_state(name: str, wanted: MachineState, forced: bool = False) -> Callable[[State], cmd.Command]:
    return lambda state: cmd.SetMachineState(machine(state, name).id, wanted, forced)


def on_disk(kind: type[cmd.Command], name: str, *rest: object) -> Callable[[State], cmd.Command]:
    return lambda state: kind(disk(state, name).id, *rest)


def on_disks(kind: type[cmd.Command], *names: str) -> Callable[[State], cmd.Command]:
    return lambda state: kind(tuple(disk(state, name).id for name in names))  # type: ignore[call-arg]


def plain(command: cmd.Command) -> Callable[[State], cmd.Command]:
    return lambda state: command


def assert_refused(case: Case, state: State, words: str) -> None:
    """A refusal is a sentence with these words."""
    command, changed = case(state)
    verdict = allowed(command, changed)
    assert not verdict
    assert words in verdict.reason
    assert verdict.reason.endswith(".")
