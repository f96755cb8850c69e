"""The ordered end of a node: its operating system is shut down or restarted (Stop-Computer, Restart-Computer).

First the virtual machines go to other nodes, as the version does it: live (2012 R2 and later, DrainOnShutdown; what
cannot go live is saved and restored), by quick migration (2012), by the offline action of their resources (2008 R2).
Then the cluster service leaves in order, without event 1135, and the computer is off. How long this may take:
ShutdownTimeoutInMinutes, with Hyper-V 100 minutes for each 64 GB of memory, at least 20 (Learn, previous versions,
mscs).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import GIB, ClusterVersion, MachineState, NodeState, StartAction
from fcm.model.rules.allowed import allowed
from fcm.model.rules.failing.faults import answers
from fcm.model.rules.moving.drains import active_drain, last_drain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.machines.machines import Machines
    from fcm.backend.embedded.membership.faults import Faults
    from fcm.backend.embedded.membership.nodes import Nodes
    from fcm.backend.embedded.moves.migrations import Migrations
    from fcm.model.entities import Node, VirtualMachine

STEP = 1.0
"""s between two looks at whether everything has left."""
LEAST = 20 * 60.0
"""s that a node may take to shut down at least."""
EACH_64_GIB = 100 * 60.0
"""s that it may take for each 64 GiB of its memory."""


def shutdown_limit(node: Node) -> float:
    """Seconds that a node has to shut down (ShutdownTimeoutInMinutes)."""
    return max(LEAST, node.memory / (64 * GIB) * EACH_64_GIB)


class Leaving:
    """Shuts nodes down in order; what is to be done next is in the state, so that it outlives the program."""

    def __init__(self, core: Core, faults: Faults, nodes: Nodes, machines: Machines, migrations: Migrations) -> None:
        self._core = core
        self._faults = faults
        self._nodes = nodes
        self._machines = machines
        self._migrations = migrations

    def shut_down(self, command: cmd.ShutDownNode) -> None:
        """Begin: the virtual machines go first."""
        node = self._core.state.nodes[command.node]
        wanted = "restart" if command.restart else "off"
        self._change(node.name, shutdown=wanted, shutdown_due=self._core.kernel.now + shutdown_limit(node))
        if self._core.cluster.version.at_least(ClusterVersion.V2012_R2) and node.state is NodeState.UP:
            drain = cmd.DrainNode(node.name)
            if allowed(drain, self._core.state):
                self._migrations.book.drain(drain)
        self._look(node.name)

    def settle(self) -> None:
        """Go on with what was under way when the program ended."""
        for node in tuple(self._core.state.nodes.values()):
            if node.shutdown and node.state.is_member:
                self._look(node.name)
            elif node.shutdown:
                self._core.kernel.at(node.shutdown_due or self._core.kernel.now, partial(self._off, node.name))

    def _look(self, name: str) -> None:
        node = self._core.state.nodes.get(name)
        if node is None or not node.shutdown:
            return
        if node.state is NodeState.ISOLATED or not answers(self._core.state, name):
            self._change(name, shutdown="", shutdown_due=None)  # it has failed before it was down
            return
        in_time = node.shutdown_due is None or self._core.kernel.now < node.shutdown_due
        if node.state.is_member and in_time and self._moves(name):
            self._core.kernel.after(STEP, partial(self._look, name))
            return
        self._leave(name)

    def _moves(self, name: str) -> bool:
        """Whether something still leaves the node; starts what can go."""
        for migration in self._core.state.active_migrations():
            if migration.source == name and migration.endless:
                self._migrations.cancel(cmd.CancelMigration(migration.id))
                self._migrations.look()
        if active_drain(self._core.state, name) is None:
            for machine in tuple(self._running(name)):
                self._send(machine)
        state = self._core.state
        moving = any(name in (one.source, one.destination) for one in state.running_migrations())
        return moving or active_drain(state, name) is not None

    def _running(self, name: str) -> Iterator[VirtualMachine]:
        state = self._core.state
        for machine in state.machines_on(name):
            running = machine.is_highly_available and machine.state is MachineState.RUNNING
            if running and state.active_migration(machine.id) is None:
                yield machine

    def _send(self, machine: VirtualMachine) -> None:
        """To the node with the fewest groups that takes it (2008 R2); nowhere if none does."""
        state = self._core.state
        quick = self._core.cluster.version.at_least(ClusterVersion.V2012)
        owned = [group.owner for group in state.groups.values()]
        order = {name: (owned.count(name), number) for number, name in enumerate(state.nodes)}
        for name in sorted(order, key=order.__getitem__):
            command = (cmd.QuickMigrate if quick else cmd.MoveMachine)(machine.id, name)
            if name != machine.node and not state.nodes[name].shutdown and allowed(command, state):
                if isinstance(command, cmd.QuickMigrate):
                    self._migrations.quick_migrate(command)
                else:
                    self._migrations.move(command)
                return

    def _leave(self, name: str) -> None:
        """The cluster service stops; machines that are not clustered are saved, as their automatic stop action says."""
        if any(name in (one.source, one.destination) for one in self._core.state.active_migrations()):
            self._migrations.cancel_all(cmd.CancelMigrations(name))  # there is no more time for it
        node = self._core.state.nodes[name]
        if node.state is NodeState.PAUSED and self._paused_by_this(node):
            self._nodes.resume(cmd.ResumeNode(name))  # so that it does not come back paused
        if node.state is not NodeState.DOWN:
            self._nodes.stop(cmd.StopClusterService(name))
        for machine in tuple(self._core.state.machines_on(name)):
            if machine.state in (MachineState.RUNNING, MachineState.PAUSED):
                back = machine.start_action is not StartAction.NOTHING
                self._core.change_machine(machine.id, starts_with_host=back)
                self._machines.save(machine.id)
        due = self._core.kernel.now + self._core.vary(self._core.figure("shutdown"), f"shutdown {name}")
        self._change(name, shutdown_due=due)
        self._core.kernel.at(due, partial(self._off, name))

    def _paused_by_this(self, node: Node) -> bool:
        drain = last_drain(self._core.state, node.name)
        began = (node.shutdown_due or 0.0) - shutdown_limit(node)
        return drain is not None and drain.requested >= began

    def _off(self, name: str) -> None:
        node = self._core.state.nodes.get(name)
        if node is None or not node.shutdown:
            return
        if answers(self._core.state, name):
            if any(machine.state is MachineState.SAVING for machine in self._core.state.machines_on(name)):
                self._core.kernel.after(STEP, partial(self._off, name))
                return
            self._faults.turn_off(name, restart=node.shutdown == "restart")
        self._change(name, shutdown="", shutdown_due=None)

    def _change(self, name: str, **changes: object) -> None:
        node = self._core.state.nodes[name]
        self._core.emit(ev.NodeChanged(replace(node, **changes)))  # type: ignore[arg-type]
