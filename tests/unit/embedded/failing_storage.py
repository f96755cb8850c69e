"""Embedded clusters with shared volumes, for tests of storage that fails."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.embedded import EmbeddedBackend, find_cluster_file
from fcm.backend.embedded.cluster_file.reading import load
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import ClusterVersion, MachineState
from tests.unit.embedded.desk import START, Desk

if TYPE_CHECKING:
    from fcm.model.entities import SharedVolume
    from fcm.model.failures import FaultKind
    from fcm.workspace.files.journal import Journal

VOLUME = "Cluster Disk 2"


def desk_of(version: ClusterVersion = ClusterVersion.V2008_R2, journal: Journal | None = None) -> Desk:
    """The shipped cluster contoso as one of another version of Windows."""
    formed = load(find_cluster_file("contoso"))
    formed = replace(formed, cluster=replace(formed.cluster, version=version))
    return Desk(backend=EmbeddedBackend(formed, "embedded:contoso", seed=1, start_time=START), journal=journal)


def with_volume(desk: Desk, owner: str = "node1", **machines: str) -> SharedVolume:
    """A shared volume on Cluster Disk 2, and running clustered machines on it: name=node."""
    disk = desk.disk(VOLUME).id
    assert desk.do(cmd.EnableSharedVolumes(notice_accepted=True))
    assert desk.do(cmd.AddStorage((disk,)))
    if desk.state.shared_volumes[disk].owner != owner:
        assert desk.do(cmd.MoveSharedVolume(disk, owner))
    for name, node in machines.items():
        size = 10 << 30
        assert desk.do(cmd.CreateVirtualMachine(name, node, 512 << 20, disk, disk_size=size, workload="oltp-database"))
        assert desk.do(cmd.MakeHighlyAvailable((desk.machine(name).id,)))
        assert desk.do(cmd.SetMachineState(desk.machine(name).id, MachineState.RUNNING))
    desk.run(20)
    return desk.state.shared_volumes[disk]


def volume(desk: Desk) -> SharedVolume:
    """That volume now."""
    return desk.state.shared_volumes[desk.disk(VOLUME).id]


def lose(desk: Desk, kind: FaultKind, disk: str = VOLUME, node: str = "") -> str:
    """Let a disk fail; the id of the fault."""
    assert desk.do(cmd.InjectFault(kind, desk.disk(disk).id, node))
    return next(reversed(desk.state.faults))


def repair(desk: Desk, fault: str) -> None:
    """End a failure."""
    assert desk.do(cmd.RepairFault(fault))


def logged(desk: Desk, *keys: str) -> list[tuple[str, str]]:
    """Key and node of all that nodes wrote with these keys, in order."""
    found = [event for event in desk.events(ev.NodeLogged) if isinstance(event, ev.NodeLogged)]
    return [(event.key, event.node) for event in found if event.key in keys]
