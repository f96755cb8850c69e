"""Rehearsal of "node1 loses its power" in a cluster of 64 nodes and 8,000 machines; aim: the result within 2 s.

Measured from the request to the finished result, as the dialog Rehearse... shows it: the fork, the failure until all
has settled, and what is told of it. By the clock and as processor time, which does not count what else the machine
does; the fork alone, too, because the cluster waits for it.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import replace

from fcm.backend.embedded import EmbeddedBackend, cluster_files
from fcm.backend.embedded.cluster_file.groups import machine_group
from fcm.backend.embedded.cluster_file.reading import load
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import (
    GIB,
    MIB,
    Adapter,
    ClusterVersion,
    DiskUse,
    MachineState,
    QuorumMode,
    SharedVolume,
)
from fcm.model.failures import FaultKind
from fcm.workspace.planning.rehearsal import Rehearsal, Rehearsing
from fcm.workspace.workspace import Workspace

MACHINES = 8_000
NODES = 64
"""As many as a cluster of Windows Server 2012 can have."""
VOLUMES = 32
RUNS = 5
LIMIT = 2.0
"""s."""


def large(nodes: int = NODES, machines: int = MACHINES) -> ev.ClusterFormed:
    """A cluster of 2012 R2 made of the parts of contoso: small machines on shared volumes, as many on each node."""
    small = load(cluster_files()["contoso"])
    pattern = small.machines[0]
    names = tuple(f"node{number}" for number in range(1, nodes + 1))
    servers = tuple(replace(small.nodes[0], name=name, memory=256 * GIB) for name in names)
    disks = [replace(disk, visible_to=names) for disk in small.disks if disk.use is DiskUse.WITNESS]
    first = small.disks[0]
    volumes = []
    for number in range(VOLUMES):
        identity, owner = f"lun-{number}", names[number % nodes]
        used = replace(first, id=identity, name=f"Volume {number}", number=100 + number, use=DiskUse.SHARED_VOLUME)
        disks.append(replace(used, owner=owner, visible_to=names, size=2**44, used=2**43))
        volumes.append(SharedVolume(identity, f"Volume {number}", f"Volume{number + 1}", owner))
    adapters = []
    for network in small.networks:
        for number, name in enumerate(names):
            address = f"10.{200 + len(network.name) % 50}.{number // 200}.{number % 200 + 1}"
            adapters.append(Adapter(f"{name}/{network.id}", f"{name} - {network.name}", name, network.id, address))
    cores = {group.id for group in small.groups if group.is_core}
    groups = [group for group in small.groups if group.id in cores]
    resources = [item for item in small.resources if item.group in cores and item.disk in (None, disks[0].id)]
    resources = [replace(item, possible_owners=names) for item in resources]
    made = []
    for number in range(machines):
        machine = replace(
            pattern,
            id=f"vm-{number}",
            name=f"VM{number:04}",
            node=names[number % nodes],
            state=MachineState.RUNNING,
            memory=512 * MIB,
            disk=f"lun-{number % VOLUMES}",
        )
        disk = replace(first, id=machine.disk or "", use=DiskUse.SHARED_VOLUME)
        group, members = machine_group("contoso", machine, disk, names)
        made.append(replace(machine, group=group.id))
        groups.append(replace(group, preferred_owners=()))
        resources += members
    cluster = replace(
        small.cluster,
        version=ClusterVersion.V2012_R2,
        shared_volumes_enabled=True,
        quorum_mode=QuorumMode.NODE_AND_DISK_MAJORITY,
        witness=disks[0].id,
    )
    return replace(
        small,
        cluster=cluster,
        nodes=servers,
        adapters=tuple(adapters),
        disks=tuple(disks),
        shared_volumes=tuple(volumes),
        machines=tuple(made),
        groups=tuple(groups),
        resources=tuple(resources),
    )


def opened() -> tuple[Workspace, EmbeddedBackend]:
    """The large cluster, without a journal."""
    backend = EmbeddedBackend(large(), "embedded:large", start_time=1_000_000.0)
    workspace = Workspace(backend)
    workspace.open()
    workspace.drain(60.0)
    return workspace, backend


def rehearse(workspace: Workspace) -> Rehearsal:
    """What the dialog asks for."""
    commands = (cmd.InjectFault(FaultKind.POWER_OFF, "node1"),)
    looking = Rehearsing(commands)
    return looking.result(workspace.rehearse(commands, looking.see, lambda: True))


def main() -> int:
    """Print the figures; 1 if the aim is missed."""
    workspace, backend = opened()
    found = rehearse(workspace)
    clock, processor, fork = [], [], []
    for _ in range(RUNS):
        begin = time.perf_counter()
        backend.twin()
        fork.append(time.perf_counter() - begin)
        begin, used = time.perf_counter(), time.process_time()
        found = rehearse(workspace)
        clock.append(time.perf_counter() - begin)
        processor.append(time.process_time() - used)
    workspace.close()
    moved = sum(fate.moves for fate in found.fates)
    print(
        f"  {len(found.fates)} machines concerned, {moved} move, {len(found.events)} events, {found.took:.0f} s there"
    )
    print(f"  result     median {statistics.median(clock):.2f} s, worst {max(clock):.2f} s (aim: under {LIMIT:.0f} s)")
    print(f"  processor  median {statistics.median(processor):.2f} s")
    print(f"  fork alone median {statistics.median(fork) * 1000:.1f} ms")
    return int(min(clock) > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
