"""What the Actions pane may offer for the selected thing, in a cluster of 8,000 machines; aim: under 16 ms, one frame.

The window asks this after every change that touches the selection: each action's rule, for a machine also the rule of
every destination. "after a change" is the first answer after one machine changed. Times are of the processor.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import replace

from fcm.backend.embedded import EmbeddedBackend, cluster_files
from fcm.backend.embedded.cluster_file.groups import machine_group
from fcm.backend.embedded.cluster_file.reading import load
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import GIB, MIB, DiskUse, MachineState
from fcm.ui.window.qactions import entries
from fcm.workspace.selection import Place, Selection
from fcm.workspace.workspace import Workspace

MACHINES = 8_000
NODES = 16
"""As many as a cluster of 2008 R2 can have."""
TIMES = 20


def large(count: int = NODES) -> ev.ClusterFormed:
    """The shipped cluster contoso with ``count`` larger nodes, and small machines on them."""
    small = load(cluster_files()["contoso"])
    first, pattern = small.nodes[0], small.machines[0]
    nodes = tuple(replace(first, name=f"node{number}", memory=256 * GIB) for number in range(1, count + 1))
    names = tuple(node.name for node in nodes)
    disks = tuple(replace(disk, visible_to=names) for disk in small.disks)
    disk = next(disk for disk in disks if disk.use is DiskUse.AVAILABLE)
    machines, groups, resources = [], list(small.groups[:2]), list(small.resources)
    resources = [item for item in resources if item.group in {group.id for group in groups}]
    for number in range(MACHINES):
        machine = replace(
            pattern,
            id=f"vm-{number}",
            name=f"VM{number:04}",
            node=names[number % count],
            state=MachineState.RUNNING,
            memory=256 * MIB,
            disk=disk.id,
        )
        group, members = machine_group("contoso", machine, replace(disk, use=DiskUse.SHARED_VOLUME), names)
        machines.append(replace(machine, group=group.id))
        groups.append(group)
        resources += members
    return replace(
        small, nodes=nodes, disks=disks, machines=tuple(machines), groups=tuple(groups), resources=tuple(resources)
    )


def main() -> None:
    """Print how long the entries of a machine, a node and the cluster take."""
    workspace = Workspace(EmbeddedBackend(large(), "embedded:large", start_time=1_000_000.0))
    workspace.open()
    workspace.drain(60.0)
    for place, identity in ((Place.MACHINE, "vm-4000"), (Place.NODE, "node7"), (Place.CLUSTER, "")):
        selection = (Selection(place, identity),)
        again, changed = [], []
        for turn in range(TIMES):
            state = MachineState.PAUSED if turn % 2 == 0 else MachineState.RUNNING
            workspace.submit(cmd.SetMachineState(f"vm-{turn // 2}", state))
            workspace.drain(60.0)
            for times in (changed, again):
                begin = time.process_time()
                entries(workspace, selection)
                times.append(1000 * (time.process_time() - begin))
        print(
            f"  {place:<9} {statistics.median(changed):6.1f} ms after a change (worst {max(changed):.1f}), "
            f"{statistics.median(again):6.1f} ms unchanged"
        )
    workspace.close()


if __name__ == "__main__":
    main()
