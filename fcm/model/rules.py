"""What is allowed, and in words why not and what to do: menus, dialogs, cmdlets and backends share these."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model import machine_rules, names, snapshot_rules
from fcm.model.bandwidth import limit_holds
from fcm.model.drains import active_drain, may_drain, moves_back
from fcm.model.entities import (
    AUTOMATIC,
    DiskUse,
    GroupType,
    MachineState,
    NetworkRole,
    NodeState,
    QuorumMode,
    ResourceState,
    VolumeAccess,
)
from fcm.model.maintenance import not_in_maintenance, set_maintenance, within_reach
from fcm.model.new_node import may_add
from fcm.model.quorum import votes
from fcm.model.verdict import OK, Verdict, no, some, together
from fcm.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fcm.model.entities import Disk, Group
    from fcm.model.state import State


def allowed(command: cmd.Command, state: State) -> Verdict:
    """Whether the command may be carried out in this state.

    Unknown ids are refused like everything else; this never raises.
    """
    if state.cluster is None:
        return no("No cluster is open.", "Open one with Manage a Cluster.")
    try:
        return _RULES[type(command)](command, state)
    except KeyError as error:
        return no(f"There is no object {error} in this cluster any more.", "Refresh the view (F5) and try again.")


def _validate(command: cmd.ValidateCluster, state: State) -> Verdict:
    return OK


def _enable_shared_volumes(command: cmd.EnableSharedVolumes, state: State) -> Verdict:
    assert state.cluster is not None
    if state.cluster.shared_volumes_enabled:
        return no("Cluster Shared Volumes are enabled already.", "Use Add storage in Cluster Shared Volumes.")
    if not command.notice_accepted:
        return no("The notice on Cluster Shared Volumes was not accepted.", 'Tick "I have read the above notice."')
    drives = {node.system_drive for node in state.nodes.values()}
    if len(drives) > 1:
        found = ", ".join(sorted(drives))
        return no(f"The nodes have different system drives ({found}).", "Give all nodes the same system drive.")
    return OK


def may_enable_shared_volumes(state: State) -> Verdict:
    """Whether the action Enable Cluster Shared Volumes applies, before its notice is shown."""
    return allowed(cmd.EnableSharedVolumes(notice_accepted=True), state)


def _set_quorum(command: cmd.SetQuorum, state: State) -> Verdict:
    assert state.cluster is not None
    verdict = _witness(command, state)
    if not verdict:
        return verdict
    wanted = replace(state.cluster, quorum_mode=command.mode, witness=command.witness)
    count = votes(wanted, state.nodes, state.disks)
    if not count.has_quorum:
        return no(
            f"Only {count.present} of {count.needed} needed votes would be present: the cluster would lose its quorum.",
            "Bring more nodes up first.",
        )
    return OK


def _witness(command: cmd.SetQuorum, state: State) -> Verdict:
    match command.mode:
        case QuorumMode.NODE_MAJORITY:
            return OK
        case QuorumMode.NODE_AND_FILE_SHARE_MAJORITY:
            if not (command.witness or "").startswith("\\\\"):
                return no("A file share witness needs a UNC path.", "Give one such as \\\\server\\witness.")
            return OK
        case QuorumMode.NODE_AND_DISK_MAJORITY | QuorumMode.DISK_ONLY:
            if command.witness is None or command.witness not in state.disks:
                return no("A disk witness must be chosen.", "Choose a disk of Available Storage.")
            disk = state.disks[command.witness]
            if disk.use not in (DiskUse.AVAILABLE, DiskUse.WITNESS):
                return no(f"{disk.name} is in use: {disk.use}.", "Choose a disk of Available Storage.")
            users = [machine.name for machine in state.machines_with_files_on(disk.id)]
            if users:
                return no(f"{disk.name} holds files of {some(users, 3)}.", "Choose another disk.")
            return not_in_maintenance(state, disk.id)


def _set_migration_networks(command: cmd.SetMigrationNetworks, state: State) -> Verdict:
    return _networks(command.order, command.excluded, state)


def _set_machine_networks(command: cmd.SetMachineNetworks, state: State) -> Verdict:
    machine = state.machines.get(command.machine)
    if machine is None:
        return no(f"There is no virtual machine {quoted(command.machine)}.", "Refresh the view (F5) and try again.")
    if command.networks is None:
        return OK
    return _networks(command.networks.order, command.networks.excluded, state)


def _networks(order: tuple[str, ...], excluded: tuple[str, ...], state: State) -> Verdict:
    known = set(state.networks)
    named = (*order, *excluded)
    unknown = [identity for identity in named if identity not in known]
    if unknown:
        return no(f"There is no cluster network {quoted(unknown[0])}.", "Refresh the view (F5) and try again.")
    if len(set(named)) != len(named):
        return no("A network is named twice.", "Name each network once.")
    usable = {n.id for n in state.networks.values() if n.role is not NetworkRole.NONE}
    if not usable - set(excluded):
        return no("No network would be left for live migration.", "Tick at least one network.")
    return OK


def _set_concurrent(command: cmd.SetConcurrentMigrations, state: State) -> Verdict:
    if 1 <= command.limit <= 16:
        return OK
    return no(f"{command.limit} live migrations at once are not possible.", "Choose 1 to 16; 2008 R2 itself has 1.")


def _set_migration_options(command: cmd.SetMigrationOptions, state: State) -> Verdict:
    possible = machine_rules.transfer_options(command.options)
    return together((possible, *(limit_holds(command.options, node) for node in state.nodes.values())))


def _add_cluster_disk(command: cmd.AddClusterDisk, state: State) -> Verdict:
    if not command.disks:
        return no("No disk was chosen.", "Tick at least one disk.")
    return together(found for identity in command.disks for found in _not_a_cluster_disk(state.disks[identity], state))


def _not_a_cluster_disk(disk: Disk, state: State) -> Iterator[Verdict]:
    if disk.use is not DiskUse.UNASSIGNED:
        yield no(f"{disk.name} is a cluster disk already.", "Choose disks that the cluster does not use yet.")
        return
    hidden = sorted(set(state.nodes) - set(disk.visible_to))
    if hidden:
        yield no(f"{disk.name} is not visible to {', '.join(hidden)}.", "Present the LUN to every node.")
    if not disk.persistent_reservations:
        yield no(f"{disk.name} does not support persistent reservations.", "Use a LUN that validation passes.")


def _add_storage(command: cmd.AddStorage, state: State) -> Verdict:
    assert state.cluster is not None
    if not state.cluster.shared_volumes_enabled:
        return no("Cluster Shared Volumes are not enabled.", "Enable them on the cluster first.")
    if not command.disks:
        return no("No disk was chosen.", "Tick at least one disk.")
    return together(found for identity in command.disks for found in _not_a_volume(state.disks[identity], state))


def _not_a_volume(disk: Disk, state: State) -> Iterator[Verdict]:
    if disk.use is not DiskUse.AVAILABLE:
        yield no(f"{disk.name} is not in Available Storage ({disk.use}).", "Choose disks of Available Storage.")
        return
    if disk.state is not ResourceState.ONLINE:
        yield no(f"{disk.name} is {disk.state.lower()}.", "Bring the disk online first.")
    yield not_in_maintenance(state, disk.id)
    if disk.file_system != "NTFS":
        yield no(f"{disk.name} is formatted with {disk.file_system}.", "Cluster Shared Volumes need NTFS.")
    users = [machine.name for machine in state.machines_with_files_on(disk.id)]
    if users:
        yield no(
            f"{disk.name} holds files of {some(users, 3)}.",
            "Make these machines highly available with their own disk, or delete them first.",
        )


def _remove_volume(command: cmd.RemoveSharedVolume, state: State) -> Verdict:
    volume = state.shared_volumes[command.disk]
    users = [machine.name for machine in state.machines_with_files_on(command.disk)]
    if users:
        return no(f"{volume.name} holds files of {some(users, 3)}.", "Move or delete these machines first.")
    return not_in_maintenance(state, command.disk)


def _rename_volume(command: cmd.RenameSharedVolume, state: State) -> Verdict:
    volume = state.shared_volumes[command.disk]
    verdict = names.object_name(command.name, "volume")
    if not verdict:
        return verdict
    if names.is_taken(command.name, (disk.name for disk in state.disks.values() if disk.id != volume.disk)):
        return no(f"Another disk is named {command.name}.", "Choose a name that is not in use.")
    return OK


def _rename_folder(command: cmd.RenameVolumeFolder, state: State) -> Verdict:
    volume = state.shared_volumes[command.disk]
    verdict = names.file_name(command.folder, "folder", names.FOLDER_LIMIT)
    if not verdict:
        return verdict
    others = (other.folder for other in state.shared_volumes.values() if other.disk != volume.disk)
    if names.is_taken(command.folder, others):
        return no(f"ClusterStorage has a folder {command.folder} already.", "Choose a name that is not in use.")
    moving = [m for m in state.running_migrations() if state.machines[m.machine].disk == volume.disk]
    if moving:
        return no("A machine on this volume is being migrated.", "Wait until the migration is over.")
    return within_reach(state, command.disk)


def _move_volume(command: cmd.MoveSharedVolume, state: State) -> Verdict:
    volume, node = state.shared_volumes[command.disk], state.nodes[command.node]
    if volume.owner == node.name:
        return no(f"{node.name} is the coordinator of {volume.name} already.", "Choose another node.")
    if node.state is not NodeState.UP:
        return no(f"{node.name} is {node.state.lower()}.", "Choose a node that is up.")
    if node.name not in state.disks[command.disk].visible_to:
        return no(f"{node.name} does not see this disk.", "Present the LUN to the node.")
    return not_in_maintenance(state, command.disk)


def _redirect(command: cmd.SetRedirectedAccess, state: State) -> Verdict:
    volume = state.shared_volumes[command.disk]
    if (volume.access is VolumeAccess.REDIRECTED) == command.on:
        return no(f"Redirected access of {volume.name} is {'on' if command.on else 'off'} already.")
    return within_reach(state, command.disk) and snapshot_rules.volume_in_backup(state, command.disk)


def _disk_online(command: cmd.SetDiskOnline, state: State) -> Verdict:
    disk = state.disks[command.disk]
    if disk.use is DiskUse.UNASSIGNED:
        return no(f"{disk.name} is not a cluster disk.", "Add it to the cluster first.")
    if (disk.state is ResourceState.ONLINE) == command.online:
        return no(f"{disk.name} is {'online' if command.online else 'offline'} already.")
    if not command.online:
        if disk.use is DiskUse.WITNESS:
            return no(f"{disk.name} is the witness of the quorum.", "Configure another quorum first.")
        users = [m.name for m in state.machines_with_files_on(disk.id) if m.state.holds_memory]
        if users:
            return no(f"{disk.name} is used by running machines: {some(users, 3)}.", "Shut them down first.")
    return OK


def _remove_group(command: cmd.RemoveGroup, state: State) -> Verdict:
    group = state.groups[command.group]
    if group.type is not GroupType.VIRTUAL_MACHINE:
        return no(f"{group.name} belongs to the cluster itself.", "It cannot be removed.")
    if any(state.active_migration(machine.id) for machine in state.group_machines(group.id)):
        return no(f"{group.name} is being migrated.", "Wait for the end or cancel the migration.")
    return OK


def _configure_group(command: cmd.ConfigureGroup, state: State) -> Verdict:
    group = state.groups[command.group]
    if command.name is not None and command.name != group.name:
        verdict = names.object_name(command.name, "service or application")
        if not verdict:
            return verdict
        if names.is_taken(command.name, (other.name for other in state.groups.values() if other != group)):
            return no(f"A service or application {command.name} exists already.", "Choose another name.")
    return together(_wrong_properties(command, group, state))


def _wrong_properties(command: cmd.ConfigureGroup, group: Group, state: State) -> Iterator[Verdict]:
    for owner in command.preferred_owners or ():
        if owner not in state.nodes:
            yield no(f"There is no node {owner}.", "Choose nodes of this cluster.")
    wants_failback = group.failback if command.failback is None else command.failback
    owners = group.preferred_owners if command.preferred_owners is None else command.preferred_owners
    if wants_failback and not owners:
        yield no("Failback needs a preferred owner.", "Tick a preferred owner on the tab General.")
    at_once = command.failback_window == (AUTOMATIC, AUTOMATIC)
    if command.failback_window and not at_once and not all(0 <= hour <= 23 for hour in command.failback_window):
        yield no("The hours of failback must be 0 to 23.", f"Correct the hours; both {AUTOMATIC} mean at any hour.")
    if command.maximum_failures not in (None, AUTOMATIC) and not 0 <= (command.maximum_failures or 0) <= 999:
        yield no("The maximum failures must be 0 to 999.", f"Correct the number; {AUTOMATIC} lets the cluster decide.")
    if any(not name.strip() for name in command.anti_affinity or ()):
        yield no("An anti-affinity class has no name.", "Leave the empty name out.")
    if command.failover_period is not None and command.failover_period < 1:
        yield no("The period must be at least 1 hour.", "Correct the period.")


def _configure_resource(command: cmd.ConfigureResource, state: State) -> Verdict:
    resource = state.resources[command.resource]
    if command.name is not None and command.name != resource.name:
        verdict = names.object_name(command.name, "resource")
        if not verdict:
            return verdict
        if names.is_taken(command.name, (other.name for other in state.resources.values() if other != resource)):
            return no(f"A resource {command.name} exists already.", "Choose another name.")
    owners = command.possible_owners
    if owners is not None:
        unknown = [owner for owner in owners if owner not in state.nodes]
        if unknown:
            return no(f"There is no node {unknown[0]}.", "Choose nodes of this cluster.")
        if not owners:
            return no("A resource needs at least one possible owner.", "Tick at least one node.")
        current = state.groups[resource.group].owner
        if current not in owners:
            return no(f"{current} owns the resource now.", "Move it to another node first, or leave the node ticked.")
    return OK


def _fail_resource(command: cmd.FailResource, state: State) -> Verdict:
    resource = state.resources[command.resource]
    if resource.machine is None:
        return no(
            f"{resource.name} is a {resource.type.lower()} of the cluster; its failure is not in the model.",
            "Choose a resource of a virtual machine.",
        )
    if resource.state is not ResourceState.ONLINE:
        return no(f"{resource.name} is {resource.state.lower()}.", "Only a resource that is online can fail.")
    if state.machines[resource.machine].state is not MachineState.RUNNING:
        return no(f"The virtual machine of {resource.name} is not running.", "Start it first.")
    if state.active_migration(resource.machine) is not None:
        return no(f"{state.machines[resource.machine].name} is being migrated.", "Wait for the end or cancel it.")
    return OK


def _pause_node(command: cmd.PauseNode, state: State) -> Verdict:
    node = state.nodes[command.node]
    return (
        OK
        if node.state is NodeState.UP
        else no(f"{node.name} is {node.state.lower()}.", "Only a node that is up can be paused.")
    )


def _resume_node(command: cmd.ResumeNode, state: State) -> Verdict:
    node = state.nodes[command.node]
    if node.state is not NodeState.PAUSED:
        return no(f"{node.name} is not paused.", "")
    if active_drain(state, node.name) is not None:
        return no(
            f"{node.name} is being drained.", "Wait for the end of its drain, or cancel all its migrations first."
        )
    if command.failback and not moves_back(state, node.name):
        return no(f"No machine that a drain moved away from {node.name} can come back.", "Resume it without failback.")
    return OK


def _start_service(command: cmd.StartClusterService, state: State) -> Verdict:
    node = state.nodes[command.node]
    return OK if node.state is NodeState.DOWN else no(f"The cluster service of {node.name} runs already.", "")


def _stop_service(command: cmd.StopClusterService, state: State) -> Verdict:
    node = state.nodes[command.node]
    if node.state is NodeState.DOWN:
        return no(f"{node.name} is down already.", "")
    return together(_needed(node.name, state))


def _needed(name: str, state: State) -> Iterator[Verdict]:
    """Why the cluster cannot do without a node that is up."""
    assert state.cluster is not None
    count = votes(state.cluster, state.nodes, state.disks)
    if not any(n.state in (NodeState.UP, NodeState.PAUSED) for n in state.nodes.values() if n.name != name):
        yield no(f"{name} is the last node that is up.", "Shut the cluster down instead.")
    elif state.cluster.quorum_mode is not QuorumMode.DISK_ONLY and count.present - 1 < count.needed:
        yield no(
            f"Without {name} only {count.present - 1} of {count.needed} needed votes are left: the cluster would "
            "lose its quorum.",
            "Bring another node up first, or shut the cluster down.",
        )
    if any(name in (m.source, m.destination) for m in state.running_migrations()):
        yield no(f"{name} takes part in a live migration.", "Wait for its end or cancel it.")


def _evict(command: cmd.EvictNode, state: State) -> Verdict:
    node = state.nodes[command.node]
    if len(state.nodes) == 1:
        return no("The last node cannot be evicted.", "Destroy the cluster instead.")
    # A dead node cannot give away anything: what it owned is the others' from the moment it is evicted.
    return OK if node.state is NodeState.DOWN else together(_kept_by(node.name, state))


def _kept_by(name: str, state: State) -> Iterator[Verdict]:
    """What a node must give away before it leaves. Machines that are not clustered go with their server."""
    machines = state.machines_on(name)
    clustered = [machine.name for machine in machines if machine.is_highly_available]
    if clustered:
        yield no(f"{name} owns {some(clustered, 3)}.", "Move or delete what it owns first.")
    for machine in machines:
        if machine.disk is not None and not machine.is_highly_available:
            disk = state.disks[machine.disk].name
            text = f"The files of {machine.name}, which is not clustered, lie on {disk}; {name} would lose it."
            yield no(text, "Make the machine highly available and move it, or delete it first.")
    volumes = [volume.name for volume in state.shared_volumes.values() if volume.owner == name]
    if volumes:
        text = f"{name} is the coordinator of a shared volume ({some(volumes, 3)})."
        yield no(text, "Move the volume to another node first.")
    yield from _needed(name, state)


def _configure_network(command: cmd.ConfigureNetwork, state: State) -> Verdict:
    network = state.networks[command.network]
    if command.name is not None and command.name != network.name:
        verdict = names.object_name(command.name, "network")
        if not verdict:
            return verdict
        if names.is_taken(command.name, (other.name for other in state.networks.values() if other != network)):
            return no(f"A network {command.name} exists already.", "Choose another name.")
    if command.metric is not None and not 1 <= command.metric <= 65535:
        return no("The metric must be 1 to 65535.", "Correct the metric.")
    if command.role is NetworkRole.NONE:
        others = [n for n in state.networks.values() if n.id != network.id and n.role is not NetworkRole.NONE]
        if not others:
            return no("The cluster would have no network left.", "Enable another network first.")
    return OK


def _fail_adapter(command: cmd.FailAdapter, state: State) -> Verdict:
    adapter = state.adapters[command.adapter]
    return OK if adapter.state == "Up" else no(f"{adapter.name} is {adapter.state.lower()} already.", "")


def _repair_adapter(command: cmd.RepairAdapter, state: State) -> Verdict:
    adapter = state.adapters[command.adapter]
    return no(f"{adapter.name} is up already.", "") if adapter.state == "Up" else OK


_RULES: dict[type[cmd.Command], Callable[[Any, State], Verdict]] = {
    cmd.ValidateCluster: _validate,
    cmd.EnableSharedVolumes: _enable_shared_volumes,
    cmd.SetQuorum: _set_quorum,
    cmd.SetMigrationNetworks: _set_migration_networks,
    cmd.SetMachineNetworks: _set_machine_networks,
    cmd.SetConcurrentMigrations: _set_concurrent,
    cmd.SetMigrationOptions: _set_migration_options,
    cmd.AddClusterDisk: _add_cluster_disk,
    cmd.AddStorage: _add_storage,
    cmd.RemoveSharedVolume: _remove_volume,
    cmd.RenameSharedVolume: _rename_volume,
    cmd.RenameVolumeFolder: _rename_folder,
    cmd.MoveSharedVolume: _move_volume,
    cmd.SetRedirectedAccess: _redirect,
    cmd.SetMaintenance: set_maintenance,
    cmd.SetDiskOnline: _disk_online,
    cmd.CreateVirtualMachine: machine_rules.create_machine,
    cmd.ConfigureVirtualMachine: machine_rules.configure_machine,
    cmd.DeleteVirtualMachine: machine_rules.delete_machine,
    cmd.SetMachineState: machine_rules.set_machine_state,
    cmd.TakeSnapshot: snapshot_rules.take,
    cmd.RevertToSnapshot: snapshot_rules.revert,
    cmd.DeleteSnapshot: snapshot_rules.delete,
    cmd.BackUpMachine: snapshot_rules.back_up,
    cmd.MakeHighlyAvailable: machine_rules.make_highly_available,
    cmd.RemoveGroup: _remove_group,
    cmd.ConfigureGroup: _configure_group,
    cmd.ConfigureResource: _configure_resource,
    cmd.FailResource: _fail_resource,
    cmd.LiveMigrate: machine_rules.live_migrate,
    cmd.QuickMigrate: machine_rules.offline_move,
    cmd.MoveMachine: machine_rules.offline_move,
    cmd.CancelMigration: machine_rules.cancel,
    cmd.CancelMigrations: machine_rules.cancel_all,
    cmd.TuneMigration: machine_rules.tune,
    cmd.PauseNode: _pause_node,
    cmd.DrainNode: may_drain,
    cmd.ResumeNode: _resume_node,
    cmd.StartClusterService: _start_service,
    cmd.StopClusterService: _stop_service,
    cmd.AddNode: may_add,
    cmd.EvictNode: _evict,
    cmd.ConfigureNetwork: _configure_network,
    cmd.FailAdapter: _fail_adapter,
    cmd.RepairAdapter: _repair_adapter,
}
