"""Real libvirt/QEMU hosts as a cluster: what the hosts report is what is shown, and libvirt does what is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.base import RehearseError
from fcm.backend.libvirt.capabilities import CAPABILITIES
from fcm.backend.libvirt.cluster_view import formed_cluster, machine_events, node_events, silent_events
from fcm.backend.libvirt.consoles import console_of
from fcm.backend.libvirt.hosts import Hosts
from fcm.backend.libvirt.moves.measure import measure_running
from fcm.backend.libvirt.moves.runs import Runs, libvirt_run
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import NodeState
from fcm.model.rules.verdict import OK, Verdict, together
from fcm.model.validation.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.base import Capabilities, Console, Operation, RehearsalEnd, Rehearsed, Sink
    from fcm.backend.libvirt.configuration.hosts_file import HostsFile
    from fcm.backend.libvirt.guard import Guard
    from fcm.backend.libvirt.moves.migration import MigrationRun
    from fcm.migration.judging.fitting import DirtySample
    from fcm.model.commands import Command
    from fcm.model.entities import VirtualMachine
    from fcm.model.migrations import Migration
    from fcm.model.state import State


class LibvirtBackend:
    """A cluster of libvirt hosts; see fcm.backend.base.Backend. It is the view and the engine of its hosts."""

    def __init__(self, file: HostsFile, uri: str, guard: Guard) -> None:
        """Nothing is connected before ``start``.

        Args:
            file: the hosts.
            uri: what it is opened by.
            guard: knows machines that must be left alone.

        Raises:
            BackendError: the module libvirt is missing.
        """
        self._uri = uri
        self._hosts = Hosts(file, self)
        self._runs = Runs(self._hosts, self)
        self._guard = guard

    @property
    def uri(self) -> str:
        """What it was opened by."""
        return self._uri

    @property
    def clock(self) -> None:
        """Real hosts live in real time."""
        return

    def measure_writes(
        self, machine: str, told: Callable[[DirtySample], None], wanted: Callable[[], bool]
    ) -> tuple[DirtySample, ...]:
        """Four calculations of the dirty rate by the QEMU that runs the machine; see ``measure.measure``."""
        return measure_running(self._hosts.state, self._hosts.connections, machine, told, wanted)

    def console(self, machine: str) -> Console:
        """See fcm.backend.base.Backend."""
        return console_of(self._hosts.state, self._hosts.connections, machine)

    def rehearse(
        self, commands: Sequence[Command], seen: Callable[[Rehearsed], None], wanted: Callable[[], bool]
    ) -> RehearsalEnd:
        """Real hosts have no twin. Raises RehearseError."""
        raise RehearseError(CAPABILITIES.rehearsal().sentence())

    def capabilities(self) -> Capabilities:
        """What can be done with real hosts from here."""
        return CAPABILITIES

    def silence(self, node: str) -> float | None:
        """See fcm.backend.base.Backend."""
        return self._hosts.silence(node)

    # Life

    def start(self, sink: Sink, state: State) -> None:
        """See fcm.backend.base.Backend."""
        self._hosts.start(sink, state, self._begin)
        self._guard.start(lambda: tuple(self._hosts.reports), self._warn)

    def _warn(self, text: str, remedy: str) -> None:
        self._hosts.tell(ev.BackendReported("information", text, remedy))

    def _begin(self) -> None:
        known = self._hosts.state
        paused = frozenset(node.name for node in known.nodes.values() if node.paused)
        lost = self._runs.begin_again(known)
        self._hosts.tell(formed_cluster(self._hosts.file, known.cluster, paused), *lost)
        self._runs.book.tell_ended_drains()

    def close(self) -> None:
        """See fcm.backend.base.Backend: running migrations of the hosts go on."""
        self._hosts.end_telling()
        self._guard.close()
        self._runs.leave()
        self._hosts.disconnect()

    # What the hosts say, see fcm.backend.libvirt.hosts.View

    def answered(self, name: str) -> None:
        """Show what a host reports."""
        hosts = self._hosts
        # Machines first: whoever sees a node come up knows what it runs.
        hosts.tell_all(machine_events(hosts.state, hosts.reports, hosts.since))
        hosts.tell_all(node_events(hosts.state, hosts.file, hosts.reports, name))
        self._runs.take_up()

    def silent(self, name: str, text: str) -> None:
        """Show that a host does not respond."""
        self._hosts.tell_all(silent_events(self._hosts.state, name, text))
        self._runs.take_up()

    def host_changed(self) -> None:
        """Nothing more than the hosts' own answer is waited for."""

    # Commands

    def submit(self, operation: Operation) -> None:
        """See fcm.backend.base.Backend; written down and carried out in a lane of its own."""
        self._hosts.take(operation, self._carry_out)

    def _carry_out(self, operation: Operation) -> Verdict | None:
        """Do it at once, or begin it in a lane (None: it will be finished there)."""
        hosts = self._hosts
        verdict = together(self._guard.known(machine) for machine in self._touched(operation.command))
        if not verdict:
            hosts.refuse(operation, verdict)
            return None
        match operation.command:
            case cmd.SetMigrationNetworks(order=order, excluded=excluded):
                hosts.tell(ev.MigrationNetworksSet(order, excluded))
            case cmd.SetMachineNetworks(machine=identity, networks=preference):
                changed = replace(hosts.state.machines[identity], migration_networks=preference)
                hosts.tell(ev.MachineChanged(changed))
            case cmd.PauseNode(node=name):
                self.pause(name)
            case cmd.DrainNode() as command:
                self._runs.book.drain(command)
            case cmd.ResumeNode() as command:
                self._runs.book.resume(command)
            case cmd.ValidateCluster(tests=tests):
                hosts.tell(ev.ClusterValidated(validate(hosts.state, tests)))
            case cmd.SetMachineState() as command:
                machine = hosts.state.machines[command.machine]
                hosts.in_lane(machine.node, operation, lambda: self._set_machine_state(command, machine))
                return None
            case other if type(other) in self._runs.COMMANDS:
                return self._runs.carry_out(operation)
            case other:
                return self.capabilities().verdict(other)
        return OK

    def _touched(self, command: Command) -> list[VirtualMachine]:
        """The machines that a command starts, stops or moves."""
        machines = self._hosts.state.machines
        match command:
            case cmd.LiveMigrate(machine=identity) | cmd.SetMachineState(machine=identity):
                return [machines[identity]]
            case cmd.DrainNode(node=name):
                return [one for one in machines.values() if one.node == name and one.state.holds_memory]
            case _:
                return []

    def _set_machine_state(self, command: cmd.SetMachineState, machine: VirtualMachine) -> Verdict | None:
        verdict = self._guard.check(machine)
        return self._hosts.set_machine_state(command, machine.node) if verdict else verdict

    # What its migrations need, see fcm.backend.libvirt.moves.runs.Engine

    def make_run(self, migration: Migration) -> MigrationRun:
        """One that libvirt alone carries out."""
        machine = self._hosts.state.machines.get(migration.machine)
        return libvirt_run(
            self._hosts, self._runs, migration, lambda: self._guard.check(machine) if machine is not None else OK
        )

    def pause(self, node: str) -> None:
        """A mark on this side that nothing must move there; it outlives the program."""
        known = self._hosts.state.nodes[node]
        if not known.paused:
            self._hosts.tell(ev.NodeChanged(replace(known, state=NodeState.PAUSED, paused=True)))

    def resume(self, command: cmd.ResumeNode) -> None:
        """Take the mark away."""
        node = replace(self._hosts.state.nodes[command.node], state=NodeState.UP, paused=False)
        self._hosts.tell(ev.NodeChanged(node))
