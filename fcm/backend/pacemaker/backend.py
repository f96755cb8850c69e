"""Real hosts on which Pacemaker decides where machines run.

libvirt says what machines are and how they migrate (fcm.backend.libvirt.hosts), Pacemaker who owns what and how nodes
are (asking, view). What a person asks for is ordered from Pacemaker; fcm itself never starts, stops or moves a machine
that Pacemaker manages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.base import Capabilities, NodeLogError, RehearseError
from fcm.backend.libvirt.cluster_view import formed_cluster, machine_events
from fcm.backend.libvirt.consoles import console_of
from fcm.backend.libvirt.hosts import Hosts
from fcm.backend.libvirt.moves.measure import measure_running
from fcm.backend.libvirt.moves.runs import Runs
from fcm.backend.pacemaker.asking import Asking
from fcm.backend.pacemaker.capabilities import capabilities_of
from fcm.backend.pacemaker.context import Context, verdict_of
from fcm.backend.pacemaker.managed import managing
from fcm.backend.pacemaker.parts import Facts
from fcm.backend.pacemaker.remote.node_log import read_node_log, secrets_of
from fcm.backend.pacemaker.remote.shells import NodeUnreachableError, shells_of
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.rules.verdict import OK, Verdict, no
from fcm.model.validation.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fcm.backend.base import Console, NodeCommand, Operation, RehearsalEnd, Rehearsed, Sink
    from fcm.backend.libvirt.configuration.hosts_file import HostsFile
    from fcm.backend.libvirt.moves.runs import Run
    from fcm.backend.pacemaker.parts import ClusterView, Parts
    from fcm.backend.pacemaker.remote.shells import NodeShell
    from fcm.backend.pacemaker.status import ClusterStatus
    from fcm.migration.judging.fitting import DirtySample
    from fcm.model.commands import Command
    from fcm.model.migrations import Migration
    from fcm.model.state import State

SHOWN_LIMIT = 5.0
"""s that a command waits at most for the first status after it."""


class PacemakerBackend:
    """A cluster of libvirt hosts that Pacemaker manages; see fcm.backend.base.Backend."""

    def __init__(
        self,
        file: HostsFile,
        uri: str,
        parts: Parts,
        shells: Callable[[HostsFile], Mapping[str, NodeShell]] = shells_of,
    ) -> None:
        """Nothing is connected before ``start``.

        Args:
            file: the hosts.
            uri: what it is opened by.
            parts: what it is made of.
            shells: makes the shells by which the nodes are asked.

        Raises:
            BackendError: the module libvirt is missing.
        """
        self._uri = uri
        self._parts = parts
        self._hosts = Hosts(file, self)
        self._runs = Runs(self._hosts, self)
        self._context = Context(self._hosts, self._runs)
        self._asking = Asking(shells(file), parts.script, parts.read, self)
        self._context.ask_now = self._asking.ask_now
        self._view: ClusterView = parts.view()
        self._silent: dict[str, str] = {}
        self._reasons: Mapping[str, str] = {}
        self._is_cluster = True
        self._to_put_right: frozenset[str] | None = None
        """Resources that an earlier session of fcm may have left half done; None: nobody has looked yet."""
        self._puts_right = False
        self._capabilities = capabilities_of(parts.handlers, parts.rehearse is not None)

    @property
    def uri(self) -> str:
        """What it was opened by."""
        return self._uri

    @property
    def clock(self) -> None:
        """Real hosts live in real time."""
        return

    def capabilities(self) -> Capabilities:
        """What Pacemaker can do."""
        return self._capabilities

    def silence(self, node: str) -> float | None:
        """See fcm.backend.base.Backend: of libvirt, from which the machines and their figures are."""
        return self._hosts.silence(node)

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
        """By Pacemaker's own scheduler on a copy of its CIB.

        Raises:
            RehearseError: the hosts do not have what a rehearsal needs.
        """
        if self._parts.rehearse is None:
            raise RehearseError(self._capabilities.rehearsal().sentence())
        return self._parts.rehearse(self._context, commands, seen, wanted)

    def node_log(self, node: str, since: float | None) -> Sequence[str]:
        """What Pacemaker and Corosync of a node logged, see ``backend.base.HasNodeLogs``.

        Raises:
            NodeLogError: the node does not respond, or there is no such node.
        """
        try:
            return read_node_log(self._context.quiet_shell_of(node), since, secrets_of(self._hosts.file))
        except (NodeUnreachableError, KeyError) as error:
            raise NodeLogError(str(error) or f"There is no node {node}.") from None

    def node_commands(self) -> Sequence[NodeCommand]:
        """See ``backend.base.HasNodeLogs``."""
        return self._context.recent_commands.all()

    # Life

    def start(self, sink: Sink, state: State) -> None:
        """See fcm.backend.base.Backend."""
        self._hosts.start(sink, state, self._begin)
        self._asking.start()

    def _begin(self) -> None:
        known = self._hosts.state
        paused = frozenset(node.name for node in known.nodes.values() if node.paused)
        lost = self._runs.begin_again(known)
        self._hosts.tell(formed_cluster(self._hosts.file, known.cluster, paused), *lost)
        self._runs.book.tell_ended_drains()

    def close(self) -> None:
        """See fcm.backend.base.Backend: what Pacemaker does goes on."""
        self._asking.close()
        self._hosts.end_telling()
        self._runs.leave()
        self._context.close()
        self._hosts.disconnect()

    # What libvirt of the hosts says, see fcm.backend.libvirt.hosts.View

    def answered(self, name: str) -> None:
        """Show the machines that a host reports, then what that means for the cluster."""
        self._silent.pop(name, None)
        hosts = self._hosts
        hosts.tell_all(machine_events(hosts.state, hosts.reports, hosts.since, managed=True))
        self._look()
        self._runs.take_up()

    def silent(self, name: str, text: str) -> None:
        """Show what is known of a host of which libvirt does not respond; Pacemaker may know more."""
        if self._silent.get(name) != text:
            self._silent[name] = text
            self._hosts.tell(ev.BackendReported("error", f"{name}: {text}"))
        self._look()
        self._runs.take_up()

    def host_changed(self) -> None:
        """Something happened on a host, so Pacemaker may have more to say."""
        self._asking.ask_now()

    # What Pacemaker says, see fcm.backend.pacemaker.asking.Listener

    def status_told(self, status: ClusterStatus) -> None:
        """Show what a node said of the cluster."""
        with self._hosts.lock:
            self._reasons, self._is_cluster = {}, True
            self._context.status_told(status)
            self._look()
            for migration in self._parts.found(self._context, status):
                self._hosts.tell(ev.MigrationRequested(migration))
                self._runs.follow(migration)
            if status.have_quorum and self._to_put_right != frozenset() and not self._puts_right:
                self._puts_right = True
                self._context.later("cluster", self._put_right)

    def _put_right(self) -> None:
        """What is busy now is looked at again with a later status."""
        status = self._context.status
        try:
            if status is not None and status.have_quorum:
                self._to_put_right = self._parts.put_right(self._context, status, self._to_put_right)
        finally:
            self._puts_right = False

    def nobody_answers(self, reasons: Mapping[str, str], is_cluster: bool) -> None:
        """Show that nothing is known of the cluster."""
        with self._hosts.lock:
            if not self._reasons or self._is_cluster is not is_cluster:
                self._hosts.tell(self._said_of_silence(reasons, is_cluster))
            self._reasons, self._is_cluster = reasons, is_cluster
            self._context.status_told(None, reasons)
            self._look()

    def _said_of_silence(self, reasons: Mapping[str, str], is_cluster: bool) -> ev.BackendReported:
        """What is missing, and what to do about it."""
        said, path = " ".join(reasons.values()), self._hosts.file.path
        if is_cluster:
            return ev.BackendReported(
                "error",
                f"No node of the cluster responds. {said}",
                "fcm keeps trying. Check that the nodes are on and that this computer can reach them.",
            )
        return ev.BackendReported(
            "error",
            f"No Pacemaker cluster is running on these hosts. {said}",
            f"If it was stopped, use Start Cluster. To form one: fcm hosts cluster create {path}. "
            f"To manage the hosts without failover, open libvirt:{path}.",
        )

    def _look(self) -> None:
        facts = Facts(
            self._hosts.file,
            self._context.status,
            dict(self._hosts.reports),
            dict(self._silent),
            self._reasons,
            self._is_cluster,
        )
        self._hosts.tell_all(self._view.events(self._hosts.state, facts))

    # Commands

    def submit(self, operation: Operation) -> None:
        """See fcm.backend.base.Backend; written down and carried out in a lane of its own."""
        self._hosts.take(operation, self._carry_out)

    def _carry_out(self, operation: Operation) -> Verdict | None:
        """Do it at once, or begin it in a lane (None: it will be finished there)."""
        hosts = self._hosts
        match operation.command:
            case cmd.SetMachineState() as command if not hosts.state.machines[command.machine].is_highly_available:
                return self._set_unmanaged(operation, command)
            case command if (handler := self._parts.handlers.get(type(command))) is not None:
                self._context.later(_key(command), lambda: self._order(operation, handler))
                return None
            case cmd.ValidateCluster(tests=tests):
                hosts.tell(ev.ClusterValidated(validate(hosts.state, tests)))
            case other if type(other) in self._runs.COMMANDS:
                return self._runs.carry_out(operation)
            case other:
                return self._capabilities.verdict(other)
        return OK

    def _set_unmanaged(self, operation: Operation, command: cmd.SetMachineState) -> Verdict | None:
        """Of a machine that is not highly available, by libvirt, once it is known that Pacemaker does not manage it."""
        machine = self._hosts.state.machines[command.machine]
        status = self._context.status
        if status is None:
            return no(
                f"No node of the cluster responds, so it is not known whether Pacemaker manages {machine.name}.",
                "Wait until a node of the cluster responds.",
            )
        if (resource := managing(status, machine.id, machine.name)) is not None:
            return no(f"Pacemaker manages {machine.name} as the resource {resource}.", "Refresh the view (F5).")
        node = machine.node
        self._hosts.in_lane(node, operation, lambda: self._hosts.set_machine_state(command, node))
        return None

    def _order(self, operation: Operation, handler: Callable[[Context, Command], Verdict]) -> None:
        verdict = verdict_of(lambda: handler(self._context, operation.command))
        if verdict:
            # Whoever goes on once it is done sees what it did.
            self._context.wait_for(lambda _: True, SHOWN_LIMIT)
            with self._hosts.lock:
                self._hosts.finish(operation, verdict)
        else:
            self._hosts.refuse(operation, verdict)
        self._asking.ask_now()

    # What its migrations need, see fcm.backend.libvirt.moves.runs.Engine

    def make_run(self, migration: Migration) -> Run:
        """One that Pacemaker carries out."""
        return self._parts.make_run(self._context, migration)

    def pause(self, node: str) -> None:
        """See ``orders.Carrier``."""
        self._parts.pause(self._context, node)

    def resume(self, command: cmd.ResumeNode) -> None:
        """See ``orders.Carrier``."""
        self._parts.resume(self._context, command)


def _key(command: Command) -> str:
    """Commands on the same machine, group or node are carried out in their order, all others as one."""
    for name in ("machine", "group", "node"):
        if (found := getattr(command, name, None)) is not None:
            return str(found).removeprefix("group-")
    return "cluster"
