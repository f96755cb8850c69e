"""What follows when a resource of a virtual machine fails, by the policies of the resource and of its group.

Restart on the same node, as often as the resource's policy says; then failover of the group, as often as the group
says; then the group is left failed, and tried again after the time of "If all the restart attempts fail, begin
restarting again after" (tabs Policies and Failover; MSCluster RestartAction, FailoverThreshold,
RetryPeriodOnFailure). How often something failed is counted since the program was started.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fcm.model.entities import MachineState, ResourceState, ResourceType

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.failover.takeover import Takeover
    from fcm.backend.embedded.machines.machines import Machines
    from fcm.model import commands as cmd
    from fcm.model.entities import Group, Resource

RESTART_DELAY = 0.5
"""s between a failure and the restart (RestartDelay, MSCluster: 500 ms)."""


class Failures:
    """Failures of resources and what the policies make of them."""

    def __init__(self, core: Core, machines: Machines, takeover: Takeover) -> None:
        self._core = core
        self._machines = machines
        self._takeover = takeover
        self._restarts: dict[str, list[float]] = {}
        """Resource -> when it was restarted after a failure."""
        self._failovers: dict[str, list[float]] = {}
        """Group -> when it failed over after a failure."""

    def fail(self, command: cmd.FailResource) -> None:
        """The resource fails, its machine stops without being shut down."""
        resource = self._core.state.resources[command.resource]
        assert resource.machine is not None  # by the rules
        self._machines.turn_off(resource.machine)
        self._core.change_resource(self._core.state.resources[resource.id], state=ResourceState.FAILED)
        self._follow_policies(resource)

    def resource_failed(self, identity: str, why: str) -> None:
        """A resource failed by itself, and why in words; what runs as its machine is turned off."""
        resource = self._core.state.resources[identity]
        machine = self._core.state.machines.get(resource.machine or "")
        if machine is not None and machine.state.holds_memory:
            self._machines.turn_off(machine.id)
        self._core.change_resource(self._core.state.resources[identity], state=ResourceState.FAILED)
        self._follow_policies(resource)

    def _follow_policies(self, resource: Resource) -> None:
        now, policy = self._core.kernel.now, resource.policy
        if not policy.restart:
            return
        recent = [when for when in self._restarts.get(resource.id, []) if when > now - policy.period]
        if len(recent) < policy.maximum_restarts:
            self._restarts[resource.id] = [*recent, now]
            self._core.kernel.after(RESTART_DELAY, partial(self._restart, resource.id))
        elif not (policy.failover and self._fail_over(resource)) and policy.retry_after:
            self._core.kernel.after(float(policy.retry_after), partial(self._begin_again, resource.id))

    def _failed(self, identity: str) -> Resource | None:
        """The resource, if it is still failed and unchanged."""
        resource = self._core.state.resources.get(identity)
        if resource is None or resource.state is not ResourceState.FAILED or resource.machine is None:
            return None
        machine = self._core.state.machines.get(resource.machine)
        return resource if machine is not None and machine.state is MachineState.OFF else None

    def _restart(self, identity: str) -> None:
        resource = self._failed(identity)
        if resource is not None and resource.machine is not None:
            self._bring_online(resource)
            self._machines.start_or_fail(resource.machine)

    def _begin_again(self, identity: str) -> None:
        if self._failed(identity) is not None:
            self._restarts.pop(identity, None)
            self._restart(identity)

    def _bring_online(self, resource: Resource) -> None:
        if resource.type is not ResourceType.VIRTUAL_MACHINE:  # that one follows its machine
            self._core.change_resource(self._core.state.resources[resource.id], state=ResourceState.ONLINE)

    def _fail_over(self, resource: Resource) -> bool:
        """Bring the group online on another node; False if the policies do not allow it or no node can own it."""
        state, now = self._core.state, self._core.kernel.now
        group = state.groups[resource.group]
        recent = [when for when in self._failovers.get(group.id, []) if when > now - 3600.0 * group.failover_period]
        if len(recent) >= self._most(group) or not self._takeover.can_fail_over(group):
            return False
        self._failovers[group.id] = [*recent, now]
        self._restarts.pop(resource.id, None)
        self._bring_online(resource)
        self._takeover.fail_over(group)
        return True

    def _most(self, group: Group) -> int:
        """Failures that the group may have: automatic is the number of nodes minus one."""
        automatic = len(self._core.state.nodes) - 1
        return automatic if group.maximum_failures is None else group.maximum_failures
