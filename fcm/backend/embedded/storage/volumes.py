"""Cluster Shared Volumes whose coordinator, path or LUN is lost: paused, redirected, taken over, failed, back.

Nothing here is remembered but in the state: what is due follows from what is true now (``rules.faults``), from what
each node has noticed (``SharedVolume.paused``, ``redirected``) and from the state of the disk. PENDING means that
nodes try to bring it online one after the other (clustering blogs 2014/10/27 and 2014/12/08).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fcm.model import events as ev
from fcm.model.entities import ClusterVersion, NodeState, ResourceState, ResourceType, VolumeAccess
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.access import volume_network
from fcm.model.rules.failing.faults import active, reaches_disk, service_runs
from fcm.model.rules.maintenance import in_maintenance

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.kernel import Timer
    from fcm.model.entities import Disk, SharedVolume

RESTART_DELAY = 0.5
"""s between a failure and the restart (RestartDelay, MSCluster: 500 ms)."""
RETRY = 3600.0
"""s after which a failed volume is tried again (RetryPeriodOnFailure, KB 947712)."""
FAILING = 1.0
"""s between the first error of an owner's I/O and the failure of the disk. An assumption."""
NO_PATH, NO_OWNER, NO_RESERVATION = "(c000000e)", "(c000020c)", "(80000011)"
"""What the event 5120 says (clustering blog 2014/12/08)."""
TIMED_OUT = "(1460)"
"""What the event 5142 says."""

_LATER = {"try": ("next", "mount"), "notice": ("fail",)}
"""What is not begun again while a later step of it is due."""


def nothing(*_: object) -> None:
    """What a hook does that nobody has set."""


class Volumes:
    """What the nodes notice of shared volumes, and when."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._due: dict[tuple[str, str], tuple[str, Timer]] = {}
        """Volume and node ("": all of them) -> what happens next, and when."""
        self._tried: dict[str, list[str]] = {}
        """Volume -> nodes that could not bring it online in this series."""
        self.on_changed: Callable[[], None] = nothing
        """Told after the way of any node to any volume has changed."""
        self.on_lost: Callable[[str], None] = nothing
        """Told when no node could bring a volume online."""
        self.on_reserved: Callable[[str], None] = nothing
        """Told when a node has taken the reservation of a disk."""

    def look(self) -> None:
        """Find out what is due at every volume; after whatever may concern one."""
        for identity in tuple(self._core.state.shared_volumes):
            self._look(identity)

    def formed(self) -> None:
        """The cluster has formed: its nodes take the volumes again, whoever had them before."""
        for volume in tuple(self._core.state.shared_volumes.values()):
            if self._core.state.disks[volume.disk].state is ResourceState.OFFLINE:
                continue
            node = volume.owner if self._can(volume.owner, volume.disk) else self._best(volume.disk)
            if node is None:
                self.bring_online(volume.disk)
            else:
                self._change(volume.disk, paused=(), redirected=())
                self._online(volume.disk, node)
        self.look()

    def bring_online(self, identity: str) -> None:
        """Begin to bring a volume online, on its owner first."""
        self._tried.pop(identity, None)
        disk = self._core.state.disks[identity]
        if self._can(self._core.state.shared_volumes[identity].owner, identity):
            self._online(identity, self._core.state.shared_volumes[identity].owner)
        elif disk.state is not ResourceState.PENDING:
            self._set(identity, state=ResourceState.PENDING, retry_at=None, restarts=(self._core.kernel.now,))
        self._look(identity)

    # what is due

    def _look(self, identity: str) -> None:
        state = self._core.state
        disk = state.disks[identity]
        members = [node.name for node in self._core.members()]
        volume = self._prune(identity, members)
        running = self._running()
        whole = self._concerns_all(disk, volume, members, running)
        if whole:
            for node in state.nodes:
                self._forget(identity, node)
            return
        self._forget(identity, "")
        for node in members:
            if node in running:
                self._look_at_node(volume, disk, node)
            else:
                self._forget(identity, node)  # the membership will find out

    def _concerns_all(self, disk: Disk, volume: SharedVolume, members: list[str], running: list[str]) -> bool:
        """Whether nothing is to be done for single nodes, and what is due for all together."""
        now, identity = self._core.kernel.now, disk.id
        owner = volume.owner
        if disk.state is ResourceState.OFFLINE or in_maintenance(self._core.state, identity) or not members:
            self._forget(identity, "")
            self._change(identity, paused=(), redirected=())
        elif not running:
            self._forget(identity, "")  # nobody is there who could notice anything
        elif disk.state is ResourceState.FAILED:
            self._change(identity, paused=(), redirected=())
            if disk.retry_at is not None:
                self._want(identity, "", "retry", disk.retry_at - now, self._retry)
        elif disk.state is ResourceState.PENDING:
            self._pause(identity, dict.fromkeys(running, NO_OWNER))
            self._want(identity, "", "try", RESTART_DELAY, self._try)
        elif owner not in members:
            self._pause(identity, dict.fromkeys(running, NO_OWNER))
            self._want(identity, "", "take over", self._time("disk_online", identity), self._take_over)
        elif self._has_lost(owner, identity):
            self._want(identity, "", "notice", self._time("path_timeout", identity), self._owner_notices)
        else:
            return False
        return True

    def _look_at_node(self, volume: SharedVolume, disk: Disk, node: str) -> None:
        state, identity = self._core.state, volume.disk
        lost = node in disk.visible_to and not reaches_disk(state, node, identity)
        direct = reaches_disk(state, node, identity) and volume.access is VolumeAccess.DIRECT
        cut = node != volume.owner and not direct and volume_network(state, node, volume.owner) is None
        paused, redirected = node in volume.paused, node in volume.redirected
        if cut or (lost and not redirected and not paused):
            if paused:
                self._forget(identity, node)
            else:
                self._want(identity, node, "pause", self._time("path_timeout", node), self._pause_node)
        elif lost and paused:
            self._want(identity, node, "redirect", self._core.figure("redirect"), self._redirect)
        elif not lost and (paused or redirected):
            self._want(identity, node, "resume", self._core.figure("path_back"), self._resume)
        else:
            self._forget(identity, node)

    def _has_lost(self, node: str, identity: str) -> bool:
        """Whether a node that answers has no path to the disk, or no reservation."""
        state = self._core.state
        if not service_runs(state, node):
            return False
        return not reaches_disk(state, node, identity) or bool(active(state, FaultKind.LOSE_RESERVATION, identity))

    # single nodes

    def _pause_node(self, identity: str, node: str) -> None:
        lost = not reaches_disk(self._core.state, node, identity)
        known = node in self._core.state.shared_volumes[identity].redirected
        self._pause(identity, {node: NO_PATH if lost and not known else NO_OWNER})

    def _redirect(self, identity: str, node: str) -> None:
        volume = self._core.state.shared_volumes[identity]
        redirected = tuple(dict.fromkeys((*volume.redirected, node)))
        self._change(identity, paused=_without(volume.paused, node), redirected=redirected)
        self._log("5121", node, identity)

    def _resume(self, identity: str, node: str) -> None:
        volume = self._core.state.shared_volumes[identity]
        self._change(identity, paused=_without(volume.paused, node), redirected=_without(volume.redirected, node))
        self._log("5122", node, identity)

    # all of them

    def _take_over(self, identity: str, _: str) -> None:
        """The coordinator is gone: another node takes the disk from it."""
        node = self._best(identity)
        if node is None:
            self._set(identity, state=ResourceState.PENDING, restarts=(self._core.kernel.now,))
            self._tried[identity] = []
        else:
            self._online(identity, node)

    def _owner_notices(self, identity: str, _: str) -> None:
        state, owner = self._core.state, self._core.state.shared_volumes[identity].owner
        causes = {node: NO_OWNER if reaches_disk(state, node, identity) else NO_PATH for node in self._running()}
        if reaches_disk(state, owner, identity):
            causes[owner] = NO_RESERVATION
        self._pause(identity, causes)
        self._want(identity, "", "fail", FAILING, self._fail)

    def _fail(self, identity: str, _: str) -> None:
        """The disk fails on its owner; nodes try to bring it online, that one first."""
        owner = self._core.state.shared_volumes[identity].owner
        if self._has_lost(owner, identity):
            self._log_failure("1038", owner, identity)
            self._set(identity, state=ResourceState.PENDING, restarts=(self._core.kernel.now,))
            self._tried[identity] = []

    def _try(self, identity: str, _: str) -> None:
        """One node tries to bring the disk online; after the owner those with the fewest volumes."""
        tried = self._tried.setdefault(identity, [])
        seen = self._core.state.disks[identity].visible_to  # to the others it was never presented
        left = [node for node in self._in_order(identity) if node not in tried and node in seen]
        if not left:
            self._give_up(identity)
            return
        node = left[0]
        self._change(identity, owner=node)
        if self._can(node, identity):
            delay = self._time("disk_online", identity)
            self._want(identity, "", "mount", delay, self._mounted)
            return
        tried.append(node)
        self._log_failure("1034", node, identity)
        self._want(identity, "", "next", self._time("disk_try", node), self._try)

    def _mounted(self, identity: str, _: str) -> None:
        owner = self._core.state.shared_volumes[identity].owner
        if self._can(owner, identity):
            self._online(identity, owner)
        else:
            self._try(identity, "")

    def _online(self, identity: str, node: str) -> None:
        """The disk is online on a node; whoever reaches it goes on."""
        self._tried.pop(identity, None)
        before = self._core.state.disks[identity]
        self._change(identity, owner=node)
        self._set(identity, state=ResourceState.ONLINE, retry_at=None, restarts=())
        self.on_reserved(identity)
        volume = self._core.state.shared_volumes[identity]
        waiting = volume.paused
        if before.state in (ResourceState.FAILED, ResourceState.PENDING) and not waiting:
            waiting = tuple(self._running())  # nobody had access: 5142 told them
        back = [name for name in waiting if reaches_disk(self._core.state, name, identity)]
        self._change(
            identity,
            paused=tuple(name for name in volume.paused if name not in back),
            redirected=tuple(name for name in volume.redirected if name not in back and name != node),
        )
        for name in back:
            self._log("5122", name, identity)

    def _give_up(self, identity: str) -> None:
        """No node can bring it online: it stays failed until it is tried again."""
        self._tried.pop(identity, None)
        owner = self._core.state.shared_volumes[identity].owner
        name, group = self._core.state.disks[identity].name, str(self._core.state.disks[identity].use)
        self._change(identity, paused=(), redirected=())
        self._set(identity, state=ResourceState.FAILED, retry_at=self._core.kernel.now + RETRY)
        for node in self._running():
            self._log("5142", node, identity, error=TIMED_OUT)
        if self._core.cluster.version.at_least(ClusterVersion.V2012):
            self._core.log("5150", owner, resource=name, error=TIMED_OUT)
        self._core.log("1205", owner, group=group)
        self._core.log("1254", owner, group=group)
        self.on_lost(identity)

    def _retry(self, identity: str, _: str) -> None:
        self.bring_online(identity)

    # who could own it

    def _best(self, identity: str) -> str | None:
        """The node that reaches the disk and coordinates the fewest volumes."""
        return next((node for node in self._in_order(identity) if self._can(node, identity)), None)

    def _in_order(self, identity: str) -> list[str]:
        """Members: the owner, then nodes that are up before paused ones, by the number of their volumes."""
        owner = self._core.state.shared_volumes[identity].owner
        owners = [volume.owner for volume in self._core.state.shared_volumes.values()]
        members = sorted(
            (self._core.state.nodes[name] for name in self._running()),
            key=lambda node: (node.name != owner, node.state is not NodeState.UP, owners.count(node.name)),
        )
        return [node.name for node in members]

    def _running(self) -> list[str]:
        """Members whose cluster service is really there, whether or not the others know."""
        state = self._core.state
        return [node.name for node in self._core.members() if service_runs(state, node.name)]

    def _can(self, node: str, identity: str) -> bool:
        """Whether a node takes part in the cluster, really, and reaches the disk."""
        state = self._core.state
        return state.nodes[node].state.is_member and service_runs(state, node) and reaches_disk(state, node, identity)

    # changes

    def _pause(self, identity: str, causes: dict[str, str]) -> None:
        """The I/O of these nodes waits, for the reasons that the event gives."""
        volume = self._core.state.shared_volumes[identity]
        fresh = [node for node in self._core.state.nodes if node in causes and node not in volume.paused]
        self._change(identity, paused=(*volume.paused, *fresh))
        for node in fresh:
            self._log("5120", node, identity, status=causes[node])

    def _prune(self, identity: str, members: list[str]) -> SharedVolume:
        """Nothing is known of nodes that take no part."""
        volume = self._core.state.shared_volumes[identity]
        self._change(
            identity,
            paused=tuple(node for node in volume.paused if node in members),
            redirected=tuple(node for node in volume.redirected if node in members),
        )
        return self._core.state.shared_volumes[identity]

    def _change(self, identity: str, **changes: object) -> None:
        volume = self._core.state.shared_volumes[identity]
        changed = replace(volume, **changes)  # type: ignore[arg-type]
        if changed != volume:
            self._core.emit(ev.SharedVolumeChanged(changed))

    def _set(self, identity: str, **changes: object) -> None:
        disk = self._core.state.disks[identity]
        changed = replace(disk, **changes)  # type: ignore[arg-type]
        if changed != disk:
            self._core.emit(ev.DiskChanged(changed))

    def _log(self, key: str, node: str, identity: str, **values: str) -> None:
        volume = self._core.state.shared_volumes[identity]
        self._core.log(key, node, volume=volume.folder, resource=volume.name, **values)

    def _log_failure(self, key: str, node: str, identity: str) -> None:
        disk = self._core.state.disks[identity]
        self._core.log(key, node, resource=disk.name)
        self._core.log("1069", node, resource=disk.name, group=str(disk.use), type=str(ResourceType.PHYSICAL_DISK))

    # timers

    def _time(self, name: str, what: str) -> float:
        return self._core.vary(self._core.figure(name), f"{name} {what}")

    def _want(self, identity: str, node: str, what: str, delay: float, action: Callable[[str, str], None]) -> None:
        """Let something happen after a delay, unless it is due already; it replaces what was due there before."""
        known = self._due.get((identity, node))
        if known is not None and known[0] in (what, *_LATER.get(what, ())):
            return
        self._forget(identity, node)
        timer = self._core.kernel.after(max(delay, 0.0), partial(self._happens, identity, node, action))
        self._due[identity, node] = (what, timer)

    def _forget(self, identity: str, node: str) -> None:
        known = self._due.pop((identity, node), None)
        if known is not None:
            known[1].cancel()

    def _happens(self, identity: str, node: str, action: Callable[[str, str], None]) -> None:
        self._due.pop((identity, node), None)
        if identity in self._core.state.shared_volumes:
            action(identity, node)
            self._look(identity)
            self.on_changed()


def _without(nodes: tuple[str, ...], node: str) -> tuple[str, ...]:
    return tuple(name for name in nodes if name != node)
