"""What follows when a resource fails, of whatever type and for whatever reason: one path, by the policies.

Restart on the same node, as often as the policy of the resource says; then failover of the group, as often as the group
says; then the group is left failed, and a new series begins after the time of "If all the restart attempts fail, begin
restarting again after" (tabs Policies and Failover; KB 947712; MSCluster RestartAction, FailoverThreshold,
RetryPeriodOnFailure). Counts and due times are fields of resources and groups: closing the program loses nothing.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fcm.backend.embedded.failover.health import next_check
from fcm.backend.embedded.failover.takeover import is_lost
from fcm.model.entities import GroupType, MachineState, ResourceState, ResourceType
from fcm.model.failures import FaultKind
from fcm.model.rules.dependencies import providers
from fcm.model.rules.failing.faults import answers
from fcm.model.rules.failing.online import Obstacle, obstacle
from fcm.model.rules.failing.placement import candidates

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.failover.online import Online
    from fcm.backend.embedded.failover.records import Records
    from fcm.backend.embedded.failover.retries import Retries
    from fcm.backend.embedded.failover.takeover import Takeover
    from fcm.backend.embedded.kernel import Timer
    from fcm.backend.embedded.storage.disks import Storage
    from fcm.model import commands as cmd
    from fcm.model.entities import Group, Resource
    from fcm.model.failures import Fault

RESTART_DELAY = 0.5
"""s between a failure and the restart, here or on the next node (RestartDelay, MSCluster: 500 ms)."""
WAIT = 1.0
"""s between two looks whether a shared volume is back on the node. An assumption."""
SIMULATED = "Its failure was simulated."
_CHECKED = (ResourceType.IP_ADDRESS, ResourceType.FILE_SHARE_WITNESS)
"""Types whose health this part checks itself; who sees to disks and machines tells ``resource_failed``."""
_OF_NETWORKS = (FaultKind.UNPLUG_CABLE, FaultKind.SWITCH_DOWN, FaultKind.LOSE_SHARE)


class Policies:
    """The one path of all failures of resources."""

    def __init__(self, core: Core, online: Online, takeover: Takeover, retries: Retries, records: Records) -> None:
        self._core = core
        self._online = online
        self._takeover = takeover
        self._retries = retries
        self._records = records
        self._pending: dict[str, Timer] = {}
        """Resource -> when its PendingTimeout is over."""
        self._waiting: set[str] = set()
        """Resources of which it was told that they wait."""
        online.on_failed = self._not_brought
        online.on_waiting = self._wait
        retries.on_due = self._due
        core.watchers.append(self._changed)

    # failures

    def fail(self, command: cmd.FailResource) -> None:
        """Simulate failure of this resource."""
        self.resource_failed(command.resource, SIMULATED)

    def resource_failed(self, identity: str, why: str, since: float | None = None) -> None:
        """A resource failed: its start, or a health check.

        Args:
            identity: of the resource.
            why: in words, a whole sentence.
            since: s since the epoch at which it really failed; None: now.
        """
        group = self._core.state.resources[identity].group
        if answers(self._core.state, self._core.state.groups[group].owner):  # else nobody there finds it out
            self._failed(identity, Obstacle(why), since)

    def _not_brought(self, identity: str, found: Obstacle) -> None:
        self._failed(identity, found, None)

    def _wait(self, identity: str, found: Obstacle) -> None:
        """Something is on its way: look again soon. What is logged because of it is logged once."""
        resource = self._core.state.resources[identity]
        group = self._core.state.groups[resource.group]
        if identity not in self._waiting:
            for key in found.logged:
                self._core.log(key, group.owner, group=group.name, priority=str(group.priority))
        self._waiting.add(identity)
        self._retries.plan(identity, WAIT)

    def _failed(self, identity: str, found: Obstacle, since: float | None) -> None:
        resource = self._core.state.resources[identity]
        group = self._core.state.groups[resource.group]
        details = {"share": resource.detail} if resource.type is ResourceType.FILE_SHARE_WITNESS else {}
        for key in found.logged:
            self._core.log(key, group.owner, resource=resource.name, **details, text=found.reason)
        self._core.log(
            "1069",
            group.owner,
            resource=resource.name,
            group=group.name,
            type=str(resource.type),
            code="",
            text=found.reason,
        )
        self._online.take_down(identity, ResourceState.FAILED, found.reason)
        self._online.take_down_dependents(identity)
        self._follow(self._core.state.resources[identity], since)

    def _follow(self, resource: Resource, since: float | None) -> None:
        now, policy = self._core.kernel.now, resource.policy
        if not policy.restart:
            return
        recent = tuple(when for when in resource.restarts if when > now - policy.period)
        if len(recent) < policy.maximum_restarts:
            self._retries.plan(resource.id, RESTART_DELAY, restarts=(*recent, now))
            return
        group = self._core.state.groups[resource.group]
        self._core.log("1638", group.owner, resource=resource.name, group=group.name)
        if policy.failover and self._fail_over(resource, now if since is None else since):
            return
        self._core.log("1205", group.owner, group=group.name)
        self._records.end(group.id, f"Left failed on {group.owner}: {resource.failure}")
        current = self._core.state.resources[resource.id]
        if policy.retry_after:
            self._retries.plan(resource.id, float(policy.retry_after), restarts=())
        elif current.restarts:
            self._core.change_resource(current, restarts=())

    def _fail_over(self, resource: Resource, since: float) -> bool:
        """Bring the group online on another node; False if the policies do not allow it or no node can own it."""
        state, now = self._core.state, self._core.kernel.now
        group = state.groups[resource.group]
        recent = tuple(when for when in group.failovers if when > now - 3600.0 * group.failover_period)
        if len(recent) >= most_failovers(group, len(state.nodes)):
            self._core.log("1254", group.owner, group=group.name)
            return False
        options = candidates(state, group, group.owner)
        target = next((one.node for one in options if one.chosen), None)
        if target is None:
            return False
        self._core.change_group(group, failovers=(*recent, now))
        cause = f"{resource.name} failed on {group.owner}: {resource.failure}"
        self._records.begin(group, cause, (since, now, now), options)
        if resource.type is ResourceType.FILE_SHARE_WITNESS or (
            resource.type is ResourceType.PHYSICAL_DISK and resource.disk == self._core.cluster.witness
        ):
            self._core.log("1558", group.owner)
        self._takeover.hand_over(self._core.state.groups[group.id], target)
        for one in self._core.state.group_resources(group.id):
            if one.restarts:
                self._core.change_resource(self._core.state.resources[one.id], restarts=())
        self._retries.plan(resource.id, RESTART_DELAY)
        return True

    # attempts that are due

    def _due(self, identity: str) -> None:
        """Bring a resource online, and with it what went offline because of it."""
        resource = self._core.state.resources[identity]
        if resource.state in (ResourceState.ONLINE, ResourceState.PENDING):
            return
        group = self._core.state.groups[resource.group]
        if (resource.type is ResourceType.VIRTUAL_MACHINE or group.is_role) and not group.wanted:
            return
        if is_lost(self._core.state, group.owner):
            self._takeover.place(group)
            return
        self.bring_online(identity)

    def bring_online(self, identity: str) -> None:
        """Bring a resource online, and what of its group went offline with it and is wanted."""
        group = self._core.state.groups[self._core.state.resources[identity].group]
        self._online.bring(identity)
        together = group.wanted and group.type is not GroupType.AVAILABLE_STORAGE
        for one in self._core.state.group_resources(group.id) if together else ():
            if self._core.state.groups[group.id].owner != group.owner:
                return  # one failed, and the group went to another node, where all is brought online in a moment
            current = self._core.state.resources[one.id]
            is_down = current.state is ResourceState.OFFLINE and current.wanted
            if one.id != identity and is_down and not self._stands_on_failed(current):
                self._online.bring(one.id)

    def _stands_on_failed(self, resource: Resource) -> bool:
        """Whether something that a resource needs has failed: it waits for that."""
        known = self._core.state.resources
        needed = [known[one] for one in providers(resource) if one in known]
        return any(one.state is ResourceState.FAILED or self._stands_on_failed(one) for one in needed)

    # what the user wants

    def disk_asked(self, command: cmd.SetDiskOnline, storage: Storage) -> None:
        """A disk comes online only where its node reaches it; what depends on it goes offline with it.

        Shared volumes have no resource.
        """
        resource = storage.resource_of(command.disk)
        if resource is None or not command.online:
            storage.set_online(command)
            if resource is not None:
                self._online.take_down_dependents(resource.id)
        else:
            self.bring_online(resource.id)

    def asked(self, command: cmd.SetMachineState) -> bool:
        """PersistentState follows what the user does with a clustered machine; a start needs its configuration.

        False: that could not be brought online, so that the machine cannot start.
        """
        resource = self._core.state.machine_resource(command.machine)
        if resource is None:
            return True
        wanted = command.state in (MachineState.RUNNING, MachineState.PAUSED)
        self._core.change_group(self._core.state.groups[resource.group], wanted=wanted)
        if command.state is not MachineState.RUNNING:
            return True
        return all(self._online.bring(one) for one in resource.depends_on)

    # health

    def fault_changed(self, fault: Fault, began: bool) -> None:
        """Something failed that resources of the cluster itself may need: the next health check will find it."""
        if began and fault.kind in _OF_NETWORKS:
            self.look()

    def look(self) -> None:
        """Have the next health checks (LooksAlive) of what is broken take place."""
        for resource in tuple(self._core.state.resources.values()):
            if resource.type in _CHECKED and self._broken(resource):
                due = next_check(self._core.kernel.now, resource)
                self._core.kernel.at(due, partial(self._check, resource.id, self._core.kernel.now))

    def _check(self, identity: str, since: float) -> None:
        resource = self._core.state.resources.get(identity)
        if resource is not None and (found := self._broken(resource)):
            self._failed(identity, found, since)

    def _broken(self, resource: Resource) -> Obstacle:
        state = self._core.state
        owner = state.groups[resource.group].owner
        is_there = state.nodes[owner].state.is_member and answers(state, owner)
        if resource.state is not ResourceState.ONLINE or not is_there:
            return Obstacle("")
        return obstacle(state, resource, owner)

    def settle(self) -> None:
        """After a restart of the program: what is pending has its time limit again, and what is broken is found."""
        self._retries.settle()
        for resource in tuple(self._core.state.resources.values()):
            if resource.state is ResourceState.PENDING:
                self._limit(resource)
        self.look()

    # what changes by itself

    def _changed(self, before: Resource, after: Resource) -> None:
        """A resource has another state: 1637, 1201, and the time limit of what is pending."""
        timer = self._pending.pop(after.id, None)
        if timer is not None:
            timer.cancel()
        self._waiting.discard(after.id)
        if after.state is ResourceState.PENDING:
            self._limit(after)
        group = self._core.state.groups[after.group]
        if is_lost(self._core.state, group.owner):
            return  # who is gone writes nothing
        failed = ResourceState.FAILED in (before.state, after.state)
        if failed or self._records.is_open(group.id) or before.restarts:
            names = {"from": str(before.state), "to": str(after.state)}
            self._core.log("1637", group.owner, resource=after.name, group=group.name, **names)
        if after.state is ResourceState.ONLINE and group.state is ResourceState.ONLINE:
            self._core.log("1201", group.owner, group=group.name)
        self._records.resource_changed(after)

    def _limit(self, resource: Resource) -> None:
        """PendingTimeout: a start that takes longer counts as a failure."""
        machine = self._core.state.machines.get(resource.machine or "")
        if machine is not None and machine.state is MachineState.STARTING:
            delay = float(resource.policy.pending_timeout)
            self._pending[resource.id] = self._core.kernel.after(delay, partial(self._pending_over, resource.id))

    def _pending_over(self, identity: str) -> None:
        self._pending.pop(identity, None)
        resource = self._core.state.resources.get(identity)
        if resource is not None and resource.state is ResourceState.PENDING:
            minutes = resource.policy.pending_timeout / 60.0
            self.resource_failed(identity, f"It did not come online within {minutes:g} min.")


def most_failovers(group: Group, nodes: int) -> int:
    """Failovers after failures that a group may have in its period: automatic is the number of nodes minus one."""
    return nodes - 1 if group.maximum_failures is None else group.maximum_failures
