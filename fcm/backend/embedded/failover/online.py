"""Resources brought online on the node of their group, what they depend on first, and taken down again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.model import events as ev
from fcm.model.entities import MachineState, ResourceState, ResourceType
from fcm.model.rules.dependencies import dependents, providers
from fcm.model.rules.failing.faults import answers
from fcm.model.rules.failing.online import Obstacle, obstacle

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.machines.machines import Machines
    from fcm.model.entities import Resource, VirtualMachine

_RUNS = (ResourceState.ONLINE, ResourceState.PENDING)


class Online:
    """Does on one node what the cluster asks of the resources of a group."""

    def __init__(self, core: Core, machines: Machines) -> None:
        self._core = core
        self._machines = machines
        self.on_failed: Callable[[str, Obstacle], None] = _unheard
        """Told when a resource could not be brought online."""
        self.on_waiting: Callable[[str, Obstacle], None] = _unheard
        """Told the resource that waits for something which is on its way."""
        self.weigh: Callable[[Resource, VirtualMachine, Obstacle], Obstacle] = _as_found
        """Who looks at the priorities before a machine starts."""
        self.on_reserved: Callable[[str], None] = _nothing
        """Told the disk that its node has reserved, because it brought it online."""

    # up

    def bring(self, identity: str) -> bool:
        """Bring a resource online, first what it depends on; False if it or one of those failed.

        Of alternatives all are tried, one is enough.
        """
        resource = self._core.state.resources[identity]
        if resource.state in _RUNS:
            return True
        for one in resource.depends_on:
            if one in self._core.state.resources and not self.bring(one):
                return False
        for options in resource.alternatives:
            tried = [self.bring(one) for one in options if one in self._core.state.resources]
            if not any(tried):
                return False
        resource = self._core.state.resources[identity]
        owner = self._core.state.groups[resource.group].owner
        if not answers(self._core.state, owner):  # which nobody has noticed yet
            self.on_waiting(identity, Obstacle(f"{owner} does not respond.", waits=True))
            return False
        found = obstacle(self._core.state, resource, owner)
        machine = self._core.state.machines.get(resource.machine or "")
        if resource.type is ResourceType.VIRTUAL_MACHINE and machine is not None:
            found = self.weigh(resource, machine, found)
        if found:
            tell = self.on_waiting if found.waits else self.on_failed
            tell(identity, found)
            return False
        self._start(resource)
        return True

    def bring_group(self, group: str, *, machines: bool = True, again: bool = False) -> None:
        """Bring all resources of a group online, but what the user took offline by itself.

        Args:
            group: id.
            machines: False: its virtual machines stay off, and so does all of a group without one.
            again: also what has failed and is due later.
        """
        owner = self._core.state.groups[group].owner
        if not machines and self._core.state.groups[group].is_role:
            return
        self._core.log("1200", owner, group=self._core.state.groups[group].name)
        for resource in self._core.state.group_resources(group):
            if self._core.state.groups[group].owner != owner:
                return  # one failed, and the group went on to another node, where all is brought online in a moment
            if machines or resource.type is not ResourceType.VIRTUAL_MACHINE:
                current = self._core.state.resources[resource.id]
                waits = current.state is ResourceState.FAILED and current.retry_at is not None and not again
                if current.wanted and not waits:
                    self.bring(resource.id)

    def look_at(self, group: str) -> None:
        """A group of the cluster itself is on another node: what failed is tried there, what cannot be there fails."""
        owner = self._core.state.groups[group].owner
        if not answers(self._core.state, owner):
            return
        for resource in self._core.state.group_resources(group):
            current = self._core.state.resources[resource.id]
            if current.state is ResourceState.FAILED:
                self.bring(current.id)
            elif current.state is ResourceState.ONLINE and (found := obstacle(self._core.state, current, owner)):
                self.on_failed(current.id, found)

    def _start(self, resource: Resource) -> None:
        if resource.type is not ResourceType.VIRTUAL_MACHINE or resource.machine is None:
            self.show(resource.id, ResourceState.ONLINE)
            if resource.type is ResourceType.VIRTUAL_MACHINE_CONFIGURATION:
                owner = self._core.state.groups[resource.group].owner
                self._core.log("21120", owner, resource=resource.name)
            if resource.disk is not None:
                self.on_reserved(resource.disk)
            return
        machine = self._core.state.machines[resource.machine]
        if machine.state in (MachineState.OFF, MachineState.SAVED) and machine.queued_since is None:
            self._machines.start(machine.id)

    # down

    def take_down_dependents(self, identity: str) -> None:
        """What depends on a resource that failed goes offline with it; alternatives that are left hold it up."""
        for one in dependents(self._core.state, identity):
            current = self._core.state.resources[one.id]
            gone = [
                other
                for other in providers(current)
                if other in self._core.state.resources
                and self._core.state.resources[other].state is not ResourceState.ONLINE
            ]
            needed = any(other in current.depends_on for other in gone)
            if needed or any(options and set(options) <= set(gone) for options in current.alternatives):
                self.take_down(one.id)

    def take_down(self, identity: str, state: ResourceState = ResourceState.OFFLINE, failure: str = "") -> None:
        """A resource is no longer online; a virtual machine is turned off."""
        resource = self._core.state.resources[identity]
        machine = self._core.state.machines.get(resource.machine or "")
        if resource.type is ResourceType.VIRTUAL_MACHINE and machine is not None and machine.state.holds_memory:
            self._machines.turn_off(machine.id, resource_state=state)
        self.show(identity, state, failure)
        for user in self._core.state.machines_with_files_on(resource.disk) if resource.disk else ():
            if not user.is_highly_available and user.state.holds_memory:
                self._machines.turn_off(user.id)  # no resource of the group sees to it

    def take_group_down(self, group: str) -> None:
        """All resources of a group are offline, what others depend on last: it goes to another node."""
        found = self._core.state.group_resources(group)
        for resource in sorted(found, key=self._height, reverse=True):
            self.take_down(resource.id)

    def _height(self, resource: Resource) -> int:
        """How many resources of its group it needs, directly or not; what needs most goes offline first."""
        known = self._core.state.resources
        above = [known[one] for one in providers(resource) if one in known]
        return 1 + max(map(self._height, above), default=0)

    def show(self, identity: str, state: ResourceState, failure: str = "") -> None:
        """The state of a resource, and of its disk if it is one."""
        resource = self._core.state.resources[identity]
        disk = self._core.state.disks.get(resource.disk or "")
        if disk is not None and resource.type is ResourceType.PHYSICAL_DISK and disk.state is not state:
            self._core.emit(ev.DiskChanged(replace(disk, state=state)))
        self._core.change_resource(resource, state=state, failure=failure, retry_at=None)


def _nothing(identity: str) -> None:
    """Nobody is told."""


def _as_found(resource: Resource, machine: VirtualMachine, found: Obstacle) -> Obstacle:
    """Nobody looks at priorities."""
    return found


def _unheard(identity: str, found: Obstacle) -> None:
    """Nobody follows the policies yet."""
