"""What a soak does to a cluster: failures of all kinds and ordinary commands, drawn at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import GIB, DiskUse, MachineState, NetworkRole, QuorumMode, ResourceType, RestartPolicy
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.failures import share_of

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from fcm.model.commands import Command
    from fcm.model.state import State

_OF_NODES = (FaultKind.POWER_OFF, FaultKind.HANG, FaultKind.BUGCHECK, FaultKind.SERVICE_CRASH)
_OF_GUESTS = (FaultKind.GUEST_HANG, FaultKind.GUEST_BUGCHECK, FaultKind.GUEST_SHUTDOWN)


def _one(draw: random.Random, known: Mapping[str, object]) -> str:
    return draw.choice(sorted(known))


def a_fault(draw: random.Random, state: State, kind: FaultKind) -> Command | None:
    """A failure of a kind on something; None where the cluster has nothing that can fail like this."""
    if kind in _OF_NODES:
        return cmd.InjectFault(kind, _one(draw, state.nodes))
    if kind is FaultKind.ISOLATE:
        names = sorted(state.nodes)
        draw.shuffle(names)
        return cmd.InjectFault(kind, names[0], together=tuple(names[1 : draw.randint(1, max(1, len(names) // 2))]))
    if kind is FaultKind.UNPLUG_CABLE:
        return cmd.InjectFault(kind, _one(draw, state.adapters))
    if kind is FaultKind.SWITCH_DOWN:
        return cmd.InjectFault(kind, _one(draw, state.networks))
    if kind in _OF_GUESTS:
        return cmd.InjectFault(kind, _one(draw, state.machines)) if state.machines else None
    if kind is FaultKind.LOSE_SHARE:
        share = share_of(state)
        return cmd.InjectFault(kind, share) if share else None
    node = _one(draw, state.nodes) if kind is FaultKind.LOSE_PATH else ""
    return cmd.InjectFault(kind, _one(draw, state.disks), node)


def a_command(draw: random.Random, state: State) -> Command | None:
    """An ordinary command; the cluster may refuse it."""
    return draw.choice(_ORDINARY)(draw, state)


def _machine(draw: random.Random, state: State) -> str:
    return _one(draw, state.machines) if state.machines else ""


def _live(draw: random.Random, state: State) -> Command:
    return cmd.LiveMigrate(_machine(draw, state), _one(draw, state.nodes))


def _quick(draw: random.Random, state: State) -> Command:
    return cmd.QuickMigrate(_machine(draw, state), _one(draw, state.nodes))


def _move(draw: random.Random, state: State) -> Command:
    return cmd.MoveMachine(_machine(draw, state), _one(draw, state.nodes))


def _set_state(draw: random.Random, state: State) -> Command:
    wanted = draw.choice((MachineState.RUNNING, MachineState.RUNNING, MachineState.OFF, MachineState.SAVED))
    return cmd.SetMachineState(_machine(draw, state), wanted, forced=draw.random() < 0.4)


def _pause(draw: random.Random, state: State) -> Command:
    return cmd.PauseNode(_one(draw, state.nodes))


def _resume(draw: random.Random, state: State) -> Command:
    return cmd.ResumeNode(_one(draw, state.nodes), failback=draw.random() < 0.5)


def _drain(draw: random.Random, state: State) -> Command:
    return cmd.DrainNode(_one(draw, state.nodes))


def _stop_service(draw: random.Random, state: State) -> Command:
    return cmd.StopClusterService(_one(draw, state.nodes))


def _start_service(draw: random.Random, state: State) -> Command:
    how = draw.random()
    return cmd.StartClusterService(_one(draw, state.nodes), fix_quorum=how < 0.15, prevent_quorum=0.15 < how < 0.3)


def _shut_down(draw: random.Random, state: State) -> Command:
    return cmd.ShutDownNode(_one(draw, state.nodes), restart=draw.random() < 0.7)


def _stop_cluster(draw: random.Random, state: State) -> Command:
    return cmd.StopCluster() if draw.random() < 0.5 else cmd.StartCluster()


def _start_cluster(draw: random.Random, state: State) -> Command:
    return cmd.StartCluster(ignore_persistent_state=draw.random() < 0.3)


def _move_volume(draw: random.Random, state: State) -> Command | None:
    volumes = state.shared_volumes
    return cmd.MoveSharedVolume(_one(draw, volumes), _one(draw, state.nodes)) if volumes else None


def _redirect(draw: random.Random, state: State) -> Command | None:
    return (
        cmd.SetRedirectedAccess(_one(draw, state.shared_volumes), draw.random() < 0.5) if state.shared_volumes else None
    )


def _maintenance(draw: random.Random, state: State) -> Command:
    return cmd.SetMaintenance(_one(draw, state.disks), draw.random() < 0.5, force=draw.random() < 0.5)


def _disk_online(draw: random.Random, state: State) -> Command:
    return cmd.SetDiskOnline(_one(draw, state.disks), draw.random() < 0.7)


def _add_storage(draw: random.Random, state: State) -> Command | None:
    free = [disk.id for disk in state.disks.values() if disk.use is DiskUse.AVAILABLE]
    return cmd.AddStorage((draw.choice(sorted(free)),)) if free else None


def _create(draw: random.Random, state: State) -> Command | None:
    if not state.shared_volumes:
        return None
    name = f"VM{state.sequence}"
    disk = _one(draw, state.shared_volumes)
    return cmd.CreateVirtualMachine(name, _one(draw, state.nodes), GIB, disk, disk_size=20 * GIB, start=True)


def _cluster_machine(draw: random.Random, state: State) -> Command | None:
    loose = [one.id for one in state.machines.values() if not one.is_highly_available]
    return cmd.MakeHighlyAvailable((draw.choice(sorted(loose)),)) if loose else None


def _remove_group(draw: random.Random, state: State) -> Command:
    return cmd.RemoveGroup(_one(draw, state.groups))


def _snapshot(draw: random.Random, state: State) -> Command:
    return cmd.TakeSnapshot(_machine(draw, state))


def _back_up(draw: random.Random, state: State) -> Command:
    return cmd.BackUpMachine(_machine(draw, state))


def _configure_group(draw: random.Random, state: State) -> Command:
    names = sorted(state.nodes)
    draw.shuffle(names)
    return cmd.ConfigureGroup(
        _one(draw, state.groups),
        preferred_owners=tuple(names[:2]),
        failback=draw.random() < 0.5,
        maximum_failures=draw.choice((None, 0, 1, 5)),
    )


def _configure_resource(draw: random.Random, state: State) -> Command:
    policy = RestartPolicy(
        restart=draw.random() < 0.9,
        maximum_restarts=draw.choice((0, 1, 3)),
        failover=draw.random() < 0.9,
        retry_after=draw.choice((0, 900, 3600)),
    )
    return cmd.ConfigureResource(_one(draw, state.resources), policy=policy)


def _fail_resource(draw: random.Random, state: State) -> Command:
    kinds = (ResourceType.VIRTUAL_MACHINE, draw.choice(list(ResourceType)))
    found = {key: one for key, one in state.resources.items() if one.type in kinds}
    return cmd.FailResource(_one(draw, found or state.resources))


def _weight(draw: random.Random, state: State) -> Command:
    return cmd.ConfigureNode(_one(draw, state.nodes), weight=draw.choice((0, 1, 1)))


def _cancel(draw: random.Random, state: State) -> Command:
    return cmd.CancelMigrations(None)


def _evict_or_add(draw: random.Random, state: State) -> Command:
    if draw.random() < 0.3:
        return cmd.EvictNode(_one(draw, state.nodes))
    return cmd.AddNode(f"extra{len(state.nodes)}")


def _set_quorum(draw: random.Random, state: State) -> Command:
    mode = draw.choice(list(QuorumMode))
    if mode is QuorumMode.NODE_AND_FILE_SHARE_MAJORITY:
        return cmd.SetQuorum(mode, draw.choice(("\\\\files\\witness", "\\\\files\\other")))
    disks = [disk.id for disk in state.disks.values() if disk.use in (DiskUse.AVAILABLE, DiskUse.WITNESS)]
    disk = draw.choice(sorted(disks)) if disks and mode is not QuorumMode.NODE_MAJORITY else None
    return cmd.SetQuorum(mode, disk)


def _configure_cluster(draw: random.Random, state: State) -> Command:
    return draw.choice(
        (
            cmd.ConfigureCluster(same_subnet_threshold=draw.choice((3, 5, 10, 20))),
            cmd.ConfigureCluster(same_subnet_delay=draw.choice((250, 1000, 2000))),
            cmd.ConfigureCluster(dynamic_quorum=draw.random() < 0.5),
            cmd.ConfigureCluster(lower_quorum_priority_node=draw.choice(("", _one(draw, state.nodes)))),
            cmd.ConfigureCluster(resiliency_level=draw.choice((1, 2)), resiliency_period=draw.choice((0, 10, 240))),
            cmd.ConfigureCluster(quarantine_threshold=draw.choice((1, 3)), quarantine_duration=draw.choice((60, 7200))),
        )
    )


def _configure_network(draw: random.Random, state: State) -> Command:
    network = _one(draw, state.networks)
    if draw.random() < 0.3:
        return cmd.ConfigureNetwork(network, name=f"Network {state.sequence}")
    return cmd.ConfigureNetwork(network, role=draw.choice(list(NetworkRole)))


def _rename(draw: random.Random, state: State) -> Command | None:
    if state.shared_volumes and draw.random() < 0.3:
        return cmd.RenameSharedVolume(_one(draw, state.shared_volumes), f"Volume {state.sequence}")
    if draw.random() < 0.5:
        return cmd.ConfigureResource(_one(draw, state.resources), name=f"Resource {state.sequence}")
    return cmd.ConfigureGroup(_one(draw, state.groups), name=f"Group {state.sequence}")


def _owners(draw: random.Random, state: State) -> Command:
    names = sorted(state.nodes)
    draw.shuffle(names)
    return cmd.ConfigureResource(_one(draw, state.resources), possible_owners=tuple(names[: draw.randint(1, 3)]))


def _delete(draw: random.Random, state: State) -> Command | None:
    return cmd.DeleteVirtualMachine(_machine(draw, state)) if len(state.machines) > 4 else None


def _snapshots(draw: random.Random, state: State) -> Command | None:
    if not state.snapshots:
        return None
    which = _one(draw, state.snapshots)
    return cmd.RevertToSnapshot(which) if draw.random() < 0.5 else cmd.DeleteSnapshot(which)


def _remove_volume(draw: random.Random, state: State) -> Command | None:
    return cmd.RemoveSharedVolume(_one(draw, state.shared_volumes)) if state.shared_volumes else None


def _add_disk(draw: random.Random, state: State) -> Command | None:
    free = [disk.id for disk in state.disks.values() if disk.use is DiskUse.UNASSIGNED]
    return cmd.AddClusterDisk((draw.choice(sorted(free)),)) if free else None


def _bring_online(draw: random.Random, state: State) -> Command:
    return cmd.BringOnline(_one(draw, state.resources))


_ORDINARY: tuple[Callable[[random.Random, State], Command | None], ...] = (
    *(_live,) * 6,
    *(_quick,) * 2,
    *(_move,) * 2,
    *(_set_state,) * 3,
    _pause,
    *(_resume,) * 2,
    *(_drain,) * 2,
    _stop_service,
    *(_start_service,) * 3,
    _shut_down,
    _stop_cluster,
    *(_start_cluster,) * 2,
    _move_volume,
    _redirect,
    _maintenance,
    *(_disk_online,) * 2,
    *(_add_storage,) * 2,
    _create,
    *(_cluster_machine,) * 2,
    _remove_group,
    _snapshot,
    _back_up,
    _configure_group,
    _configure_resource,
    *(_fail_resource,) * 2,
    _weight,
    _cancel,
    *(_evict_or_add,) * 2,
    *(_set_quorum,) * 2,
    *(_configure_cluster,) * 2,
    *(_configure_network,) * 2,
    *(_rename,) * 2,
    *(_owners,) * 2,
    *(_snapshots,) * 2,
    *(_bring_online,) * 2,
    _delete,
    _remove_volume,
    _add_disk,
)
"""With as many places as it is likely."""
