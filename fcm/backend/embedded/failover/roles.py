"""Services and applications that are no virtual machines: configured, moved, brought online and deleted.

They fail and fail over as all groups do; see ``policies`` and ``takeover``. That their resources are online at once is
an assumption: how long a service takes to start is not simulated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.embedded.cluster_file.groups import disk_resource, role_group
from fcm.backend.embedded.cluster_file.identity import identity
from fcm.model import events as ev
from fcm.model.entities import DiskUse, GroupType, NodeState, Resource, ResourceState
from fcm.model.rules.failing.placement import successor
from fcm.model.rules.roles import first_owner

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.failover.online import Online
    from fcm.backend.embedded.failover.policies import Policies
    from fcm.backend.embedded.failover.takeover import Takeover
    from fcm.backend.embedded.storage.disks import Storage
    from fcm.model import commands as cmd


class Roles:
    """What users do with services and applications that are no virtual machines."""

    def __init__(self, core: Core, storage: Storage, online: Online, takeover: Takeover, policies: Policies) -> None:
        self._core = core
        self._storage = storage
        self._online = online
        self._takeover = takeover
        self._policies = policies

    def add(self, command: cmd.AddRole) -> None:
        """The disks leave Available Storage, the group exists, and all of it comes online."""
        state = self._core.state
        owner = state.disks[command.disks[0]].owner if command.disks else first_owner(state)
        assert owner is not None  # by the rules
        for disk in command.disks:
            self._storage.take_from_available(disk, owner)
        state = self._core.state
        disks = tuple(state.disks[one] for one in command.disks)
        group, resources = role_group(self._core.cluster.name, command, disks, owner, tuple(state.nodes))
        self._core.emit(ev.GroupCreated(group, resources))
        self._online.bring_group(group.id)

    def set_online(self, command: cmd.SetGroupOnline) -> None:
        """All of it online or offline; PersistentState follows."""
        group = self._core.change_group(self._core.state.groups[command.group], wanted=command.online)
        if not command.online:
            self._core.log("1203", group.owner, group=group.name)
            self._online.take_group_down(group.id)
            self._core.log("1204", group.owner, group=group.name)
            return
        for resource in self._core.state.group_resources(group.id):
            self._core.change_resource(resource, wanted=True, restarts=())
        self._online.bring_group(group.id, again=True)

    def move(self, group: str, node: str) -> None:
        """Offline here, online there; what was offline stays so."""
        self._takeover.move(self._core.state.groups[group], node)

    def add_resource(self, command: cmd.AddResource) -> None:
        """It is offline until it is brought online."""
        state = self._core.state
        key = identity(self._core.cluster.name, "resource", command.group, command.name, state.sequence)
        resource = Resource(
            key,
            command.name,
            command.type,
            command.group,
            ResourceState.OFFLINE,
            tuple(state.nodes),
            detail=command.detail,
            wanted=False,
        )
        self._core.emit(ev.ResourceChanged(resource))
        self._core.refresh_group(command.group)

    def remove_resource(self, command: cmd.RemoveResource) -> None:
        """It is gone; what it was stays as it is on the node."""
        resource = self._core.state.resources[command.resource]
        self._online.take_down(resource.id)
        self._core.emit(ev.ResourceRemoved(resource.id))
        self._core.refresh_group(resource.group)

    def move_disk(self, command: cmd.MoveDisk) -> None:
        """From Available Storage to a service or application, or back."""
        group = self._core.state.groups[command.group]
        if group.type is GroupType.AVAILABLE_STORAGE:
            self._release(command.disk)
            return
        self._storage.take_from_available(command.disk, group.owner)
        state = self._core.state
        disk = state.disks[command.disk]
        resource = disk_resource(self._core.cluster.name, disk, group.id, tuple(state.nodes))
        self._core.emit(ev.ResourceChanged(resource))
        self._core.refresh_group(group.id)

    def remove(self, group: str) -> None:
        """The group and its resources are gone; its disks go to Available Storage."""
        owner = self._core.state.groups[group].owner
        self._online.take_group_down(group)
        disks = [one.disk for one in self._core.state.group_resources(group) if one.disk is not None]
        self._core.emit(ev.GroupRemoved(group))
        for disk in disks:
            self._storage.make_available(disk)
            if self._core.state.nodes[owner].state.is_member:
                self._bring_disk(disk)

    def _release(self, disk: str) -> None:
        resource = self._storage.resource_of(disk)
        assert resource is not None  # by the rules
        self._core.emit(ev.ResourceRemoved(resource.id))
        self._core.refresh_group(resource.group)
        self._storage.make_available(disk)
        self._bring_disk(disk)

    def _bring_disk(self, disk: str) -> None:
        resource = self._storage.resource_of(disk)
        found = self._core.state.disks[disk]
        if resource is not None and found.use is DiskUse.AVAILABLE and found.state is not ResourceState.ONLINE:
            self._policies.bring_online(resource.id)

    def take_offline(self, command: cmd.TakeOffline) -> None:
        """One resource, and with it what depends on it; nothing but the user brings it online again."""
        self._core.change_resource(self._core.state.resources[command.resource], wanted=False)
        self._online.take_down(command.resource)
        self._online.take_down_dependents(command.resource)

    def bring_online(self, command: cmd.BringOnline) -> None:
        """One resource, what it needs, and what went offline with it."""
        self._core.change_resource(self._core.state.resources[command.resource], wanted=True)
        self._policies.bring_online(command.resource)

    def drain(self, node: str) -> None:
        """A node is being drained: what is no virtual machine moves at once, each where a failover would bring it."""
        for group in tuple(self._core.state.groups.values()):
            if group.is_role and group.owner == node:
                target = successor(self._core.state, group, node)
                if target is not None and self._core.state.nodes[target].state is NodeState.UP:
                    self.move(group.id, target)

    def node_isolated(self, node: str) -> None:
        """Only virtual machines are left on an isolated node: all else starts elsewhere at once."""
        self._takeover.take_roles(node)
