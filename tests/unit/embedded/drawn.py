"""Commands drawn at random that `benchmarks.parts.soak_steps` does not draw: services, settings, options of moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.entities import (
    DiskUse,
    GroupType,
    MachineState,
    NetworkRole,
    OfflineAction,
    ResourceType,
    StartAction,
)
from fcm.model.migrations import Compression, MigrationOptions, NetworkPreference

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from fcm.model.commands import Command
    from fcm.model.state import State

    Draws = Callable[[random.Random, State], Command | None]


def one_of(draw: random.Random, known: Mapping[str, Any], suits: Callable[[Any], bool] = lambda _: True) -> str:
    """The id of one that suits; "" where there is none."""
    found = sorted(key for key, one in known.items() if suits(one))
    return draw.choice(found) if found else ""


def _resource(draw: random.Random, state: State) -> str:
    """Of a service or application, or of a machine, rather than of the cluster itself."""
    return one_of(draw, state.resources, lambda one: state.groups[one.group].type is not GroupType.CLUSTER)


def _service(draw: random.Random, state: State) -> str:
    return one_of(draw, state.groups, lambda one: one.type is not GroupType.VIRTUAL_MACHINE)


def _options(draw: random.Random) -> MigrationOptions:
    return draw.choice(
        (
            MigrationOptions(downtime_limit=0.05),
            MigrationOptions(bandwidth=30_000_000, time_limit=40.0),
            MigrationOptions(auto_converge=True, auto_converge_initial=30, auto_converge_increment=20),
            MigrationOptions(post_copy=True, bandwidth=20_000_000),
            MigrationOptions(xbzrle=True, xbzrle_cache=128 << 20),
            MigrationOptions(parallel_connections=4, compression=Compression.ZSTD),
        )
    )


def _running(draw: random.Random, state: State) -> str:
    return one_of(draw, state.machines, lambda one: one.state is MachineState.RUNNING)


def _live(draw: random.Random, state: State) -> Command:
    return cmd.LiveMigrate(_running(draw, state), one_of(draw, state.nodes), _options(draw))


def _under_way(draw: random.Random, state: State) -> str:
    return one_of(draw, state.migrations, lambda one: not one.phase.is_over)


def _tune(draw: random.Random, state: State) -> Command | None:
    move = _under_way(draw, state)
    how: tuple[tuple[float | None, int | None, bool], ...] = ((1.0, None, False), (None, 10_000_000, False))
    return cmd.TuneMigration(move, *draw.choice((*how, (None, 0, True)))) if move else None


def _cancel(draw: random.Random, state: State) -> Command | None:
    move = _under_way(draw, state)
    return cmd.CancelMigration(move) if move else None


def _cluster(draw: random.Random, state: State) -> Command:
    networks = sorted(state.networks)
    draw.shuffle(networks)
    return draw.choice(
        (
            cmd.SetConcurrentMigrations(draw.choice((1, 2, 3))),
            cmd.SetMigrationOptions(_options(draw)),
            cmd.SetMigrationNetworks(tuple(networks[:2]), tuple(networks[2:])),
            cmd.SetMachineNetworks(one_of(draw, state.machines), NetworkPreference((networks[0],))),
            cmd.ConfigureNetwork(networks[0], metric=draw.choice((500, 1500))),
            cmd.ConfigureNetwork(networks[0], auto_metric=True, role=draw.choice(tuple(NetworkRole))),
        )
    )


def _machine(draw: random.Random, state: State) -> Command:
    machine = one_of(draw, state.machines)
    return draw.choice(
        (
            cmd.SetMachineState(machine, MachineState.PAUSED),
            cmd.SetMachineState(machine, MachineState.RUNNING),
            cmd.ConfigureVirtualMachine(machine, start_action=draw.choice(tuple(StartAction))),
            cmd.ConfigureVirtualMachine(machine, memory=draw.choice((1, 3)) << 30, workload="file-server"),
            cmd.ConfigureVirtualMachine(machine, switch="", media=""),
        )
    )


def _group(draw: random.Random, state: State) -> Command:
    group = one_of(draw, state.groups)
    return draw.choice(
        (
            cmd.ConfigureGroup(group, priority=draw.choice((0, 1000, 2000, 3000))),
            cmd.ConfigureGroup(group, auto_start=draw.random() < 0.5, persistent=draw.random() < 0.5),
            cmd.ConfigureGroup(group, anti_affinity=draw.choice(((), ("web",), ("web", "sql")))),
            cmd.ConfigureGroup(group, failback=True, failback_window=draw.choice(((1, 5), (14, 2), (22, 4)))),
            cmd.ConfigureGroup(group, maximum_failures=1, failover_period=draw.choice((1, 6))),
        )
    )


def _configure(draw: random.Random, state: State) -> Command:
    resource = _resource(draw, state)
    return draw.choice(
        (
            cmd.ConfigureResource(resource, offline_action=draw.choice(tuple(OfflineAction))),
            cmd.ConfigureResource(resource, heartbeat=draw.random() < 0.5),
            cmd.ConfigureResource(resource, separate_monitor=draw.random() < 0.5),
            cmd.TakeOffline(resource),
            cmd.BringOnline(resource),
            cmd.FailResource(resource),
        )
    )


def _new_service(draw: random.Random, state: State) -> Command:
    number = state.sequence
    kind = draw.choice((GroupType.FILE_SERVER, GroupType.GENERIC_SERVICE, GroupType.OTHER_SERVER))
    disk = one_of(draw, state.disks, lambda one: one.use is DiskUse.AVAILABLE)
    disks = (disk,) if kind is GroupType.FILE_SERVER and disk else ()
    program = "W32Time" if kind is GroupType.GENERIC_SERVICE else ""
    return cmd.AddRole(kind, f"SVC{number}", f"10.0.1.{60 + number % 100}", disks, program)


def _of_service(draw: random.Random, state: State) -> Command:
    group = _service(draw, state)
    return draw.choice(
        (
            cmd.MoveGroup(group, one_of(draw, state.nodes)),
            cmd.MoveGroup(group, one_of(draw, state.nodes)),
            cmd.SetGroupOnline(group, draw.random() < 0.6),
            cmd.AddResource(group, ResourceType.GENERIC_SERVICE, f"Scan {state.sequence}", "Scanner"),
            cmd.RemoveResource(_resource(draw, state)),
            cmd.MoveDisk(one_of(draw, state.disks), group),
            cmd.RemoveGroup(group),
        )
    )


def _drain(draw: random.Random, state: State) -> Command:
    node = one_of(draw, state.nodes)
    return draw.choice((cmd.DrainNode(node, None, _options(draw)), cmd.CancelMigrations(node), cmd.PauseNode(node)))


def _again(draw: random.Random, state: State) -> Command:
    node = one_of(draw, state.nodes)
    return draw.choice((cmd.StartClusterService(node, clear_quarantine=True), cmd.ResumeNode(node, failback=True)))


OF_SERVICES: tuple[Draws, ...] = (*(_new_service,) * 2, *(_of_service,) * 4, *(_configure,) * 3, _group, _again)
"""What is done to services and applications."""
OF_MOVES: tuple[Draws, ...] = (
    *(_live,) * 5,
    *(_tune,) * 2,
    _cancel,
    _cluster,
    *(_drain,) * 2,
    *(_again,) * 2,
    _machine,
)
"""What is done to machines that move."""
OF_SETTINGS: tuple[Draws, ...] = (_cluster, _machine, *(_group,) * 3, *(_configure,) * 2, *(_again,) * 2, _live)
"""What is set."""
