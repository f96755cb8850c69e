"""The section [[machines]] of a cluster file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from fcm.backend.embedded.cluster_file.groups import guest_features, machine_group
from fcm.backend.embedded.cluster_file.identity import identity
from fcm.backend.embedded.cluster_file.parts import checked_name, known_node
from fcm.backend.embedded.cluster_file.places import disk_path, local_path, volume_path
from fcm.backend.embedded.machines.workloads import workload_names
from fcm.model.entities import GIB, MIB, DiskUse, MachineState, StartAction, VirtualMachine
from fcm.model.failures import GuestState
from fcm.model.quantities import apart
from fcm.model.rules.names import file_name
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.backend.toml_table import Table
    from fcm.model.entities import Cluster, Disk, Group, Node, Resource, SharedVolume

_SETTLED = (MachineState.RUNNING, MachineState.OFF, MachineState.SAVED, MachineState.PAUSED)


@dataclass
class Machines:
    """What the section describes."""

    machines: list[VirtualMachine] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)


def read_machines(
    file: Table,
    cluster: Cluster,
    nodes: dict[str, Node],
    disks: dict[str, Disk],
    limit: int,
    volumes: Mapping[str, SharedVolume],
) -> Machines:
    """Read all machines; disks that become a machine's own are changed in ``disks``."""
    found = Machines()
    names: set[str] = set()
    used = dict.fromkeys(nodes, 0)
    processors = {node.name: (node.processor.vendor, node.processor.features) for node in nodes.values()}
    for table in file.tables("machines", 0, limit, "virtual machines"):
        name = checked_name(table, "virtual machine", names, file_name)
        machine = _machine(table, cluster, name, nodes)
        disk_name = table.optional("disk")
        clustered = table.flag("highly_available", default=False)
        preferred = _nodes(table, "preferred_owners", nodes)
        possible = _nodes(table, "possible_owners", nodes)
        if possible and machine.node not in possible:
            raise table.error(f"{machine.node} owns {quoted(name)} but is not a possible owner.", "possible_owners")
        more: dict[str, Any] = {}  # of one copy of the machine: one for each takes 0.15 s where there are thousands
        disk = _place(table, machine.node, disk_name, clustered, disks) if disk_name else None
        if disk is not None:
            volume = volumes.get(disk.name)
            drive = nodes[machine.node].system_drive
            path = volume_path(volume, drive, name) if volume else disk_path(disk.name, name)
            more |= {"disk": disk.id, "path": path}
        if machine.state.holds_memory:
            used[machine.node] += machine.memory
            node = nodes[machine.node]
            if used[node.name] > node.memory - node.reserved_memory:
                room, needed = apart(node.memory - node.reserved_memory, used[node.name])
                raise table.error(
                    f"The virtual machines on {node.name} need {needed}, but only {room} are available.", "memory"
                )
        if machine.state.holds_memory or machine.state is MachineState.SAVED:
            more["features"] = guest_features(machine, machine.node, processors)
        if clustered:
            if disk is None:
                raise table.error(
                    f"{quoted(name)} is highly available and needs a disk that all nodes can access.", "disk"
                )
            group, resources = machine_group(cluster.name, machine, disk, tuple(nodes), preferred, possible)
            more["group"] = group.id
            found.groups.append(group)
            found.resources += resources
        elif preferred or possible:
            raise table.error("Only a highly available virtual machine can have owners.")
        table.end()
        found.machines.append(replace(machine, **more))
    return found


def _machine(table: Table, cluster: Cluster, name: str, nodes: dict[str, Node]) -> VirtualMachine:
    node = known_node(table, table.text("node"), nodes, "node")
    memory = table.size("memory")
    if not 8 * MIB <= memory <= 64 * GIB or memory % (2 * MIB):
        raise table.error("The memory must be 8 MiB to 64 GiB, in steps of 2 MiB.", "memory")
    workload = table.text("workload", "idle")
    if workload not in workload_names():
        raise table.error(
            f"There is no workload {quoted(workload)}. Workloads are: {', '.join(workload_names())}.", "workload"
        )
    state = table.choice("state", MachineState, MachineState.RUNNING)
    if state not in _SETTLED:
        raise table.error(f"'state' is {quoted(state.value)}; it must be Running, Off, Saved or Paused.", "state")
    switch = table.optional("switch")
    if switch is not None and switch not in nodes[node].switches:
        has = ", ".join(nodes[node].switches) or "none"
        raise table.error(f"{node} has no virtual network {quoted(switch)} (it has {has}).", "switch")
    return VirtualMachine(
        id=identity(cluster.name, "machine", name),
        name=name,
        node=node,
        state=state,
        memory=memory,
        processors=table.whole("processors", 1, 1, 64),
        workload=workload,
        path=local_path(nodes[node].system_drive, name),
        disk=None,
        switch=switch,
        start_action=table.choice("start_action", StartAction, StartAction.START_IF_RUNNING),
        processor_compatibility=table.flag("processor_compatibility", default=False),
        media=table.optional("media"),
        disk_size=table.size("disk_size", 20 * GIB),
        zero_share=table.share("zero_share", 0.0),
        guest=GuestState.RUNNING if state in (MachineState.RUNNING, MachineState.PAUSED) else GuestState.UNKNOWN,
    )


def _place(table: Table, node: str, name: str, clustered: bool, disks: dict[str, Disk]) -> Disk:
    """The disk with the machine's files; a disk of Available Storage becomes the machine's own."""
    if name not in disks:
        raise table.error(f"There is no disk {quoted(name)}; the disks are: {', '.join(disks) or 'none'}.", "disk")
    disk = disks[name]
    if disk.use is DiskUse.GROUP:
        raise table.error(
            f"{quoted(name)} belongs to another virtual machine. Only a Cluster Shared Volume can be used by "
            "several virtual machines.",
            "disk",
        )
    if disk.use not in (DiskUse.AVAILABLE, DiskUse.SHARED_VOLUME):
        raise table.error(f"{quoted(name)} cannot store virtual machines, because its use is {disk.use.value}.", "disk")
    if node not in disk.visible_to:
        raise table.error(f"{node} cannot access {quoted(name)}.", "disk")
    if disk.use is DiskUse.AVAILABLE:
        if not clustered:
            reason = (
                f"A virtual machine that owns {quoted(name)} must be highly available, so that the disk moves with it."
            )
            raise table.error(reason, "disk")
        disk = disks[name] = replace(disk, use=DiskUse.GROUP, owner=node)
    return disk


def _nodes(table: Table, key: str, nodes: dict[str, Node]) -> tuple[str, ...]:
    return tuple(known_node(table, name, nodes, key, place) for place, name in enumerate(table.texts(key, ())))
