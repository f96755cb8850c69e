"""Nodes that join a cluster that runs, or form one that does not.

A node whose cluster service has started is Joining until it is a member. It joins where it hears every member; where
the cluster is stopped, nodes that hear one another form it once they have the votes and the newest cluster database
(MSCS; askcore 2010/06/08 "Startup Switches"). What they wait for is looked at whenever something has changed.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fcm.backend.embedded.membership.alarms import Alarms
from fcm.backend.embedded.membership.hooks import nothing, nothing_of_node
from fcm.backend.embedded.membership.votes.epochs import count_on
from fcm.model.entities import ClusterVersion, NodeState
from fcm.model.failures import ServiceProcess
from fcm.model.rules.failing import faults as truth
from fcm.model.rules.quorum import WITH_DISK, has_witness, reaches_witness, tally

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from fcm.backend.embedded.core import Core

NO_NETWORK = "No network connects it to other nodes."
UNHEARD = "It does not hear every node of the cluster."
WAITS = "It waits for other nodes: {present} of {needed} needed votes are present."
WAITS_FOR_CLUSTER = "It can only join a running cluster, and waits for one."
STALE = "Its copy of the cluster database is not the newest: a node with a newer copy must start first."


class Joining:
    """Nodes on their way to membership."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._alarms = Alarms(core.kernel)
        self._starting: set[str] = set()
        """Nodes of which the service has not started up yet."""
        self._refused: set[tuple[str, str]] = set()
        """Nodes that have logged why they cannot join or form, so that they say it once."""
        self.on_joined: Callable[[str], None] = nothing_of_node
        """Told when a node has joined a cluster that runs."""
        self.on_formed: Callable[[], None] = nothing
        """Told when the cluster has been formed."""
        self.on_quietly_joined: Callable[[str], None] = nothing_of_node
        """Told when a node has joined that was started so that no group is brought online."""
        self.on_quietly_formed: Callable[[], None] = nothing
        """Told when the cluster has been formed and no group is to be brought online."""

    def begin(self, name: str) -> None:
        """The cluster service of a node has been started."""
        self._refused = {(node, key) for node, key in self._refused if node != name}
        self._starting.add(name)
        self._core.log("joining", name)
        if self._core.state.nodes[name].process.joins_only:
            self._core.log("prevented", name)
        if not truth.has_any_link(self._core.state, name):
            self._refuse(name, "1553", node=name)
            self._wait(name, NO_NETWORK)
        delay = self._core.vary(self._core.figure("join"), f"join {name}")
        self._alarms.after(f"join {name}", delay, partial(self._ready, name))

    def look(self) -> None:
        """Join or form, where that is possible now."""
        found = [
            node.name
            for node in self._core.state.nodes.values()
            if node.state is NodeState.JOINING
            and node.name not in self._starting
            and truth.service_runs(self._core.state, node.name)
        ]
        if not found or self._core.cluster.stopping:
            return
        if self._core.cluster.stopped:
            self._form(found)
        if not self._core.cluster.stopped:
            for name in found:
                if self._core.state.nodes[name].state is NodeState.JOINING:
                    self._join(name)

    def forget(self, name: str) -> None:
        """The service of a node ended, or the node was evicted."""
        self._starting.discard(name)
        self._alarms.cancel(f"join {name}")

    def _ready(self, name: str) -> None:
        self._starting.discard(name)
        self.look()

    # a cluster that runs

    def _join(self, name: str) -> None:
        state = self._core.state
        members = [node.name for node in self._core.members()]
        heard = truth.groups_that_hear(state, members)
        if len(heard) != 1 or len(heard[0]) != len(members):
            return  # whoever is silent is dropped first
        if any(name not in group for group in truth.groups_that_hear(state, [*members, name])):
            self._tell_unheard(name, members)
            return
        quiet = self._core.state.nodes[name].process.quiet
        self._core.log("join-started", name, sponsor=members[0])
        self._enter(name)
        members = [node.name for node in self._core.members()]
        count_on(self._core, members, f"{name} joined the membership")
        self._core.log("1062", name, cluster=self._core.cluster.name)
        if quiet:
            self._core.log("1690", name)
            self.on_quietly_joined(name)
        else:
            self.on_joined(name)

    def _tell_unheard(self, name: str, members: Collection[str]) -> None:
        """It does not hear every member: 1572, from 2012 on also whom it does not hear."""
        state = self._core.state
        if not truth.has_any_link(state, name):
            self._refuse(name, "1553", node=name)
            self._wait(name, NO_NETWORK)
            return
        self._refuse(name, "1572", node=name)
        if self._core.cluster.version.at_least(ClusterVersion.V2012):
            reach = truth.reach(state)
            unheard = [member for member in members if not reach.hears(name, member)]
            if len(unheard) == len(members):
                self._refuse(name, "1653", node=name)
            else:
                self._refuse(name, "1652", node=name, nodes=", ".join(unheard))
        self._wait(name, UNHEARD)

    def _enter(self, name: str) -> None:
        self._refused = {(node, key) for node, key in self._refused if node != name}
        paused = self._core.state.nodes[name].paused
        state = NodeState.PAUSED if paused else NodeState.UP
        self._core.change_node(
            name, state=state, paused=False, note="", process=ServiceProcess(), service_due=None, until=None
        )

    # a cluster that is stopped

    def _form(self, names: Collection[str]) -> None:
        state = self._core.state
        forced = [name for name in names if state.nodes[name].process.forces]
        groups = truth.groups_that_hear(state, names)
        if forced:
            groups = tuple(group for group in groups if forced[0] in group)
        for group in groups:
            if forced or self._may_form(group):
                self._formed([name for name in state.nodes if name in group], forced[0] if forced else None)
                return

    def _may_form(self, group: frozenset[str]) -> bool:
        state = self._core.state
        able = [name for name in state.nodes if name in group and not state.nodes[name].process.joins_only]
        witness = any(reaches_witness(state, name) for name in group)
        count = tally(state, group, witness)
        if not count.has_quorum:
            if not witness and has_witness(self._core.cluster) and tally(state, group, True).has_quorum:
                self._refuse(min(group), "1573", node=min(group))
            for name in sorted(group):
                note = WAITS.format(present=count.present, needed=count.needed)
                if state.nodes[name].note != note:
                    self._core.log("waiting-for-quorum", name, present=str(count.present), needed=str(count.needed))
                self._wait(name, note)
            return False
        if not able:
            for name in sorted(group):
                self._wait(name, WAITS_FOR_CLUSTER)
            return False
        if not self._has_newest(group):
            self._refuse(able[0], "1561")
            if self._core.cluster.version.at_least(ClusterVersion.V2012):
                values = {"needed": str(count.needed), "present": str(count.present), "nodes": ", ".join(sorted(group))}
                self._refuse(able[0], "5398", **values)
            for name in sorted(group):
                self._wait(name, STALE)
            return False
        return True

    def _has_newest(self, group: frozenset[str]) -> bool:
        """Whether one of them, or a disk witness that they reach, has the newest cluster database."""
        state = self._core.state
        if any(state.nodes[name].epoch >= self._core.cluster.epoch for name in group):
            return True
        return self._core.cluster.quorum_mode in WITH_DISK and any(reaches_witness(state, name) for name in group)

    def _formed(self, group: list[str], forced: str | None) -> None:
        newest = max(group, key=lambda name: self._core.state.nodes[name].epoch)
        former = newest if forced is None else forced
        quiet = self._core.state.nodes[former].process.quiet
        for name in group:
            self._enter(name)
        count_on(self._core, group, f"{former} formed the cluster", stopped="", forced=forced is not None)
        for name in group:
            self._core.log("1061" if name == former else "1062", name, cluster=self._core.cluster.name)
            if quiet:
                self._core.log("1690", name)
        self._core.log("forced" if self._core.cluster.forced else "quorum-regained", former)
        if quiet:
            self.on_quietly_formed()
        else:
            self.on_formed()

    # words

    def _wait(self, name: str, note: str) -> None:
        self._core.change_node(name, note=note)

    def _refuse(self, name: str, key: str, /, **values: str) -> None:
        """The node logs why it cannot join or form, once for each start."""
        if (name, key) not in self._refused:
            self._refused.add((name, key))
            self._core.log(key, name, **values)
