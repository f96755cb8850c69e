"""Disks and Cluster Shared Volumes of the embedded cluster."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.embedded.cluster_file.groups import disk_resource, witness_policy
from fcm.backend.embedded.cluster_file.places import volume_path
from fcm.model import events as ev
from fcm.model.entities import DiskUse, GroupType, ResourceState, SharedVolume, VolumeAccess
from fcm.model.rules.failing.faults import reaches_disk
from fcm.model.rules.failing.filling import bytes_of, with_file
from fcm.model.rules.maintenance import in_maintenance

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.storage.volumes import Volumes
    from fcm.model import commands as cmd
    from fcm.model.entities import Disk, Resource


def _nothing(_: str) -> None:
    """Nobody is told."""


class Storage:
    """What happens with LUNs, cluster disks and shared volumes."""

    volumes: Volumes
    """What the nodes notice of shared volumes; set by who makes both."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.on_filled: Callable[[str], None] = _nothing
        """Told after the room on a disk has changed."""
        self.on_reserved: Callable[[str], None] = _nothing
        """Told when a node has taken the reservation of a disk, because the user brought it online."""

    def add_cluster_disk(self, command: cmd.AddClusterDisk) -> None:
        """LUNs become cluster disks in Available Storage, named after the numbers that are free."""
        group = self._core.group_of_type(GroupType.AVAILABLE_STORAGE)
        for identity in dict.fromkeys(command.disks):
            disk = self._core.state.disks[identity]
            name = self._free_name("Cluster Disk")
            disk = replace(disk, name=name, use=DiskUse.AVAILABLE, owner=group.owner, state=ResourceState.ONLINE)
            self._core.emit(ev.DiskChanged(disk))
            self._add_resource(disk, group.id)

    def add_storage(self, command: cmd.AddStorage) -> None:
        """Disks become Cluster Shared Volumes: a folder VolumeN each, the coordinators spread over the nodes."""
        for identity in dict.fromkeys(command.disks):
            disk = self._core.state.disks[identity]
            resource = self.resource_of(identity)
            owner = self.least_loaded(disk) or disk.owner or self._core.cluster.host
            self._core.emit(ev.SharedVolumeAdded(SharedVolume(identity, disk.name, self._free_folder(), owner)))
            if resource is not None:
                self._core.emit(ev.ResourceRemoved(resource.id))
                self._core.refresh_group(resource.group)

    def remove_volume(self, command: cmd.RemoveSharedVolume) -> None:
        """A shared volume goes back to Available Storage."""
        self._core.emit(ev.SharedVolumeRemoved(command.disk))
        self.make_available(command.disk)

    def make_available(self, identity: str, owner: str | None = None) -> None:
        """Put a disk into Available Storage, owned by a node (None: the owner of that group)."""
        group = self._core.group_of_type(GroupType.AVAILABLE_STORAGE)
        disk = self._core.state.disks[identity]
        disk = replace(disk, use=DiskUse.AVAILABLE, owner=owner or group.owner)
        self._core.emit(ev.DiskChanged(disk))
        self._add_resource(disk, group.id)

    def rename_volume(self, command: cmd.RenameSharedVolume) -> None:
        """Another name for the disk of a shared volume."""
        volume = self._core.state.shared_volumes[command.disk]
        self._change_volume(replace(volume, name=command.name))

    def rename_folder(self, command: cmd.RenameVolumeFolder) -> None:
        """Another folder under ClusterStorage; the paths of the machines on it follow."""
        volume = replace(self._core.state.shared_volumes[command.disk], folder=command.folder)
        self._change_volume(volume)
        for machine in tuple(self._core.state.machines.values()):
            if machine.disk == command.disk:
                drive = self._core.state.nodes[machine.node].system_drive
                self._core.change_machine(machine.id, path=volume_path(volume, drive, machine.name))

    def move_volume(self, command: cmd.MoveSharedVolume) -> None:
        """Another coordinator."""
        volume = self._core.state.shared_volumes[command.disk]
        self._change_volume(replace(volume, owner=command.node))

    def redirect(self, command: cmd.SetRedirectedAccess) -> None:
        """Redirected access on or off."""
        volume = self._core.state.shared_volumes[command.disk]
        access = VolumeAccess.REDIRECTED if command.on else VolumeAccess.DIRECT
        self._change_volume(replace(volume, access=access))

    def set_maintenance(self, identity: str, on: bool) -> None:
        """Maintenance mode of a disk or shared volume on or off; afterwards access to a volume is direct."""
        volume = self._core.state.shared_volumes.get(identity)
        if volume is None:
            self._core.emit(ev.DiskChanged(replace(self._core.state.disks[identity], maintenance=on)))
        else:
            access = VolumeAccess.MAINTENANCE if on else VolumeAccess.DIRECT
            self._change_volume(replace(volume, access=access))

    def set_online(self, command: cmd.SetDiskOnline) -> None:
        """Bring a cluster disk online or take it offline; that ends the maintenance of one that is no volume."""
        if command.online and command.disk in self._core.state.shared_volumes:
            self.volumes.bring_online(command.disk)
            return
        state = ResourceState.ONLINE if command.online else ResourceState.OFFLINE
        disk = replace(self._core.state.disks[command.disk], state=state, maintenance=False)
        self._core.emit(ev.DiskChanged(disk))
        resource = self.resource_of(command.disk)
        if resource is not None:
            self._core.change_resource(resource, state=state)
        if command.online:
            self.on_reserved(command.disk)

    # what other parts need

    def resource_of(self, disk: str) -> Resource | None:
        """The Physical Disk resource of a disk; shared volumes and unassigned LUNs have none."""
        return next((item for item in self._core.state.resources.values() if item.disk == disk), None)

    def least_loaded(self, disk: Disk) -> str | None:
        """The node that is up, reaches the disk and coordinates the fewest volumes."""
        owners = [volume.owner for volume in self._core.state.shared_volumes.values()]
        names = [node.name for node in self._core.up_nodes() if reaches_disk(self._core.state, node.name, disk.id)]
        return min(names, key=owners.count, default=None)

    def witness_into(self, identity: str | None) -> None:
        """Make a disk the witness (None: none is); the one before goes to Available Storage."""
        core = self._core.group_of_type(GroupType.CLUSTER)
        for disk in tuple(self._core.state.disks.values()):
            if disk.use is DiskUse.WITNESS and disk.id != identity:
                self._remove_resource(disk.id)
                self.make_available(disk.id)
        if identity is None or self._core.state.disks[identity].use is DiskUse.WITNESS:
            return
        self._remove_resource(identity)
        disk = replace(
            self._core.state.disks[identity], use=DiskUse.WITNESS, owner=core.owner, state=ResourceState.ONLINE
        )
        self._core.emit(ev.DiskChanged(disk))
        self._add_resource(disk, core.id)

    def leave(self, node: str) -> None:
        """A node left: its shared volumes, its Available Storage and the witness go to other nodes.

        Whatever worked on its disks there has ended with it, and so has their maintenance mode.
        """
        self.end_maintenance(node)
        state = self._core.state
        for volume in tuple(state.shared_volumes.values()):
            if volume.owner == node and not volume.paused and state.disks[volume.disk].state is ResourceState.ONLINE:
                owner = self.least_loaded(state.disks[volume.disk])
                if owner is not None:
                    self._change_volume(replace(volume, owner=owner))
        for kind, use in ((GroupType.CLUSTER, DiskUse.WITNESS), (GroupType.AVAILABLE_STORAGE, DiskUse.AVAILABLE)):
            owner = self._core.group_of_type(kind).owner
            for disk in tuple(state.disks.values()):
                if disk.use is use and disk.owner == node:
                    self._core.emit(ev.DiskChanged(replace(disk, owner=owner)))

    def end_maintenance(self, node: str) -> None:
        """The disks that a node owns are no longer in maintenance."""
        for disk in tuple(self._core.state.disks.values()):
            if disk.owner == node and in_maintenance(self._core.state, disk.id):
                self.set_maintenance(disk.id, on=False)

    def hand_over(self, node: str, heir: str) -> None:
        """Whatever a node that leaves for good still owns belongs to ``heir``, even if that node does not see it."""
        for volume in tuple(self._core.state.shared_volumes.values()):
            if volume.owner == node:
                self._change_volume(replace(volume, owner=heir))
        for disk in tuple(self._core.state.disks.values()):
            if disk.owner == node:
                self._core.emit(ev.DiskChanged(replace(disk, owner=heir)))

    def own(self, identity: str, node: str) -> None:
        """A disk moves to a node together with its group; there it is not in maintenance."""
        disk = self._core.state.disks[identity]
        if disk.use not in (DiskUse.SHARED_VOLUME, DiskUse.UNASSIGNED) and disk.owner != node:
            self._core.emit(ev.DiskChanged(replace(disk, owner=node, maintenance=False)))

    def fill(self, identity: str | None, size: int) -> None:
        """A virtual hard disk of ``size`` bytes appears on a disk (goes from it if negative)."""
        if identity is not None:
            disk = self._core.state.disks[identity]
            used = min(max(disk.used + size, 0), disk.size)
            self._core.emit(ev.DiskChanged(replace(disk, used=used)))
            self.on_filled(identity)

    def merge(self, identity: str, machine: str) -> None:
        """What a machine wrote since its snapshots is lost, or goes into its virtual hard disk, which has the room."""
        disk = self._core.state.disks[identity]
        size = dict(disk.written).get(machine, 0)
        if size:
            self._core.emit(ev.DiskChanged(replace(disk, written=with_file(disk.written, machine, 0))))
            self.fill(identity, -size)

    def drop_files(self, identity: str, machine: str) -> None:
        """The saved state of a machine, and what it wrote since its snapshots, go from a disk."""
        disk = self._core.state.disks[identity]
        size = bytes_of(disk, machine)
        if size:
            saved, written = with_file(disk.saved, machine, 0), with_file(disk.written, machine, 0)
            self._core.emit(ev.DiskChanged(replace(disk, saved=saved, written=written)))
            self.fill(identity, -size)

    def forget_node(self, node: str) -> None:
        """An evicted node sees no disk of the cluster any more."""
        for disk in tuple(self._core.state.disks.values()):
            if node in disk.visible_to:
                visible = tuple(name for name in disk.visible_to if name != node)
                self._core.emit(ev.DiskChanged(replace(disk, visible_to=visible)))

    def take_from_available(self, identity: str, node: str) -> None:
        """A disk leaves Available Storage to become the own disk of a machine on ``node``."""
        self._remove_resource(identity)
        disk = replace(self._core.state.disks[identity], use=DiskUse.GROUP, owner=node)
        self._core.emit(ev.DiskChanged(disk))

    def _change_volume(self, volume: SharedVolume) -> None:
        if volume != self._core.state.shared_volumes[volume.disk]:
            self._core.emit(ev.SharedVolumeChanged(volume))

    def _add_resource(self, disk: Disk, group: str) -> None:
        owners = tuple(self._core.state.nodes)
        resource = disk_resource(self._core.cluster.name, disk, group, owners)
        if disk.use is DiskUse.WITNESS:
            resource = replace(resource, policy=witness_policy(self._core.cluster))
        self._core.emit(ev.ResourceChanged(resource))
        self._core.refresh_group(group)

    def _remove_resource(self, disk: str) -> None:
        resource = self.resource_of(disk)
        if resource is not None:
            self._core.emit(ev.ResourceRemoved(resource.id))
            self._core.refresh_group(resource.group)

    def _free_name(self, words: str) -> str:
        taken = {disk.name.casefold() for disk in self._core.state.disks.values()}
        number = 1
        while f"{words} {number}".casefold() in taken:
            number += 1
        return f"{words} {number}"

    def _free_folder(self) -> str:
        taken = {volume.folder.casefold() for volume in self._core.state.shared_volumes.values()}
        number = 1
        while f"volume{number}" in taken:
            number += 1
        return f"Volume{number}"
