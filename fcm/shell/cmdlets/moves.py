"""Moves of clustered virtual machines: live, quick, and with their offline action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.entities import UNLIMITED, MigrationOptions, NodeState
from fcm.model.rules.allowed import allowed
from fcm.model.rules.verdict import together
from fcm.shell.language.errors import ParameterError
from fcm.shell.runtime import finding
from fcm.shell.runtime.following import until_moved
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.migration_objects import migration_default_object, migration_object
from fcm.shell.values.objects import group_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.entities import VirtualMachine
    from fcm.shell.runtime.call import Call

_NEW = "it came with Windows Server 2012."
OPTIONS = (
    Param("DowntimeLimit", "number", help="s that the machine may stand still (fcm)."),
    Param("Bandwidth", "whole", help="bytes/s at most; several connections of real hosts need 5MB or more (fcm)."),
    Param("AutoConverge", "switch", help="Slow the machine down until its memory converges (fcm)."),
    Param("PostCopy", "switch", help="Move the machine first, its memory after it (fcm)."),
    Param("AutoConvergeInitial", "whole", help="% by which the machine is first slowed down (fcm, real hosts)."),
    Param("AutoConvergeIncrement", "whole", help="% by which it is slowed down further (fcm, real hosts)."),
    Param("Xbzrle", "switch", help="Send only what changed of pages sent before (fcm, real hosts)."),
    Param("ParallelConnections", "whole", help="TCP connections that carry memory (fcm, real hosts)."),
    Param("Tls", "switch", help="Encrypt the transfer (fcm, real hosts)."),
    Param("TimeLimit", "number", help="s after which it is canceled if it still copies memory (fcm)."),
)
MOVED = ("ClusterGroup", "ClusterResource", "VirtualMachine", TEXT)
NO_DEFAULT = Param("NoDefault", "switch", help="Ignore the options that the cluster has for all live migrations (fcm).")


@cmdlet(
    "Move-ClusterVirtualMachineRole",
    Param("Name", position=0, help="Name of the group that holds the virtual machine.", pipes=MOVED, of="machine"),
    Param("Node", position=1, help="Destination; nothing: the node with the most free memory that may take it."),
    Param("Cancel", "switch", help="Cancel the live migration that runs or waits."),
    Param("Wait", "whole", help="s to wait at most; nothing: until it is over, 0: do not wait."),
    Param(
        "MigrationType",
        choices=("Live", "Quick", "TurnOff", "Shutdown", "ShutdownForce"),
        help="Live or Quick (2012).",
    ),
    Param("IgnoreLocked", "switch", absent=_NEW),
    Param("VMId", absent=_NEW),
    *OPTIONS,
    NO_DEFAULT,
    CLUSTER,
    INPUT,
    synopsis="Live migrate a clustered virtual machine to another node.",
    example='Get-Cluster contoso | Move-ClusterVirtualMachineRole -Name "SQL01" -Node "node2"',
)
def move_machine_role(call: Call) -> Iterable[Any]:
    """Live or quick migration, or its cancel."""
    machines = finding.clustered_machines(call, finding.named(call, "a machine", "Get-ClusterGroup"))
    if call.switch("Cancel"):
        for machine in machines:
            yield from _cancel(call, machine)
        return
    for machine in machines:
        yield from _move(call, machine)


def _cancel(call: Call, machine: VirtualMachine) -> list[Any]:
    active = call.state.active_migration(machine.id)
    if active is None:
        raise ParameterError(f"{machine.name} is not being migrated.", "There is nothing to cancel.", call.at)
    return call.submit(cmd.CancelMigration(active.id), machine.name, lambda: _result(call, machine.id))


def _result(call: Call, machine: str) -> list[Any]:
    group = call.state.groups.get(call.state.machines[machine].group or "")
    return [group_object(group, call.state)] if group else []


def _move(call: Call, machine: VirtualMachine) -> Iterable[Any]:
    kind = call.text("MigrationType", "Live").casefold()
    if kind not in ("live", "quick"):
        raise ParameterError(
            f"-MigrationType {call.text('MigrationType')} is not in 2008 R2.",
            "Set OfflineAction of the machine with Set-ClusterParameter, then use Move-ClusterGroup.",
            call.at,
        )
    own = own_options(call)
    if kind == "quick" and own is not None:
        raise ParameterError("A quick migration has no such options.", "Leave them out.", call.at)

    def command(node: str) -> cmd.Command:
        return cmd.QuickMigrate(machine.id, node) if kind == "quick" else cmd.LiveMigrate(machine.id, node, own)

    node = finding.node(call, call.text("Node")) if call.has("Node") else best_node(call, machine, command)
    yield from carry_out(call, machine, command(node))


def own_options(call: Call) -> MigrationOptions | None:
    """Options given with the call; None: those of the cluster."""
    options = _options(call)
    return options if options != MigrationOptions() or call.switch("NoDefault") else None


def _options(call: Call) -> MigrationOptions:
    connections = call.whole("ParallelConnections")
    return MigrationOptions(
        downtime_limit=float(call.values["DowntimeLimit"]) if call.has("DowntimeLimit") else None,
        bandwidth=call.whole("Bandwidth"),
        auto_converge=call.switch("AutoConverge"),
        post_copy=call.switch("PostCopy"),
        auto_converge_initial=call.whole("AutoConvergeInitial"),
        auto_converge_increment=call.whole("AutoConvergeIncrement"),
        xbzrle=call.switch("Xbzrle"),
        parallel_connections=1 if connections is None else connections,
        tls=call.switch("Tls"),
        time_limit=float(call.values["TimeLimit"]) if call.has("TimeLimit") else None,
    )


def best_node(call: Call, machine: VirtualMachine, command: Any) -> str:
    """The node with the most free memory that may take a machine ("best possible").

    Raises:
        ParameterError: none may.
    """
    others = [n.name for n in call.state.nodes.values() if n.name != machine.node and n.state is NodeState.UP]
    able = [name for name in others if allowed(command(name), call.state)]
    if not able:
        verdict = together(allowed(command(name), call.state) for name in others)
        why = verdict.sentence() or "No other node is up."
        raise ParameterError(f"No node can take {machine.name}. {why}", "Name a node with -Node.", call.at)
    return max(able, key=call.state.free_memory)


def carry_out(call: Call, machine: VirtualMachine, command: cmd.Command) -> list[Any]:
    """Begin a move, wait for it, and give out the group."""
    before = set(call.state.migrations)
    said = call.submit(command, machine.name)
    if said or call.what_if:
        return said
    begun = [m for m in call.state.migrations.values() if m.id not in before and m.machine == machine.id]
    if begun:
        until_moved(call, begun[-1], call.whole("Wait"))
    return _result(call, machine.id)


@cmdlet(
    "Move-ClusterGroup",
    Param("Name", "texts", position=0, pipes=MOVED, of="machine"),
    Param("Node", position=1, help="Destination; nothing: the best possible one."),
    Param("Wait", "whole", help="s to wait at most; nothing: until it is over, 0: do not wait."),
    Param("IgnoreLocked", "switch", absent=_NEW),
    Param("VMId", absent=_NEW),
    CLUSTER,
    INPUT,
    synopsis="Move a service or application: its machine goes offline by its offline action, and online elsewhere.",
    example="Move-ClusterGroup WEB01 -Node node2",
)
def move_group(call: Call) -> Iterable[Any]:
    """Move with the offline action."""
    for machine in finding.clustered_machines(call, finding.named(call, "a group", "Get-ClusterGroup")):

        def command(node: str, identity: str = machine.id) -> cmd.Command:
            return cmd.MoveMachine(identity, node)

        node = finding.node(call, call.text("Node")) if call.has("Node") else best_node(call, machine, command)
        yield from carry_out(call, machine, command(node))


@cmdlet(
    "Get-ClusterVirtualMachineMigration",
    Param("Name", "texts", position=0, help="Names of machines; nothing: all.", pipes=MOVED, of="machine"),
    CLUSTER,
    INPUT,
    synopsis="Moves of virtual machines: passes, bytes, rate and forecast of the end of those that run, else blackout.",
    example="Get-ClusterVirtualMachineMigration | Sort-Object BlackoutSeconds",
    since="fcm",
)
def get_migrations(call: Call) -> Iterable[Any]:
    """Migrations, oldest first."""
    finding.check_cluster(call)
    names = call.names()
    wanted = set() if names is None else {m.id for m in finding.clustered_machines(call, names)}
    found = [m for m in call.state.migrations.values() if names is None or m.machine in wanted]
    return [migration_object(migration, call.workspace) for migration in found]


@cmdlet(
    "Stop-ClusterVirtualMachineMigration",
    Param("Node", position=0, help="Source or destination of the migrations.", pipes=("ClusterNode", TEXT)),
    Param("All", "switch", help="Those of the whole cluster."),
    CLUSTER,
    synopsis="Cancel all live migrations that wait or copy memory, of a node or of the cluster.",
    example="Move-ClusterVirtualMachineRole SQL01 node2 -Wait 0; Stop-ClusterVirtualMachineMigration -Node node1",
    since="fcm",
)
def stop_migrations(call: Call) -> Iterable[Any]:
    """Cancel all."""
    finding.check_cluster(call)
    if call.has("Node") == call.switch("All"):
        raise ParameterError("Which migrations are to be cancelled is not said.", "Give -Node or -All.", call.at)
    names = call.names("Node")
    node = None if names is None else finding.node(call, names[0])
    return call.submit(cmd.CancelMigrations(node), node or "the cluster")


@cmdlet(
    "Set-ClusterVirtualMachineMigration",
    Param(
        "Name",
        position=0,
        needed=True,
        help="Name of the group whose machine is being migrated.",
        pipes=MOVED,
        of="machine",
    ),
    *OPTIONS[:2],
    Param("NoBandwidthLimit", "switch", help="Take the limit away: all that the network carries."),
    OPTIONS[3],
    CLUSTER,
    synopsis="Tune a live migration that runs.",
    example="Move-ClusterVirtualMachineRole SQL01 -Wait 0; Set-ClusterVirtualMachineMigration SQL01 -Bandwidth 50MB",
    since="fcm",
)
def tune_migration(call: Call) -> Iterable[Any]:
    """Tune."""
    finding.check_cluster(call)
    names = call.names() or []
    machine = finding.one("virtual machine", names[0], finding.clustered_machines(call, names))
    active = call.state.active_migration(machine.id)
    if active is None:
        raise ParameterError(f"{machine.name} is not being migrated.", "Start a live migration first.", call.at)
    downtime = float(call.values["DowntimeLimit"]) if call.has("DowntimeLimit") else None
    command = cmd.TuneMigration(active.id, downtime, _bandwidth(call), call.switch("PostCopy"))
    return call.submit(command, machine.name)


def _bandwidth(call: Call) -> int | None:
    """The limit to be set, ``UNLIMITED`` with -NoBandwidthLimit, None where neither was given."""
    limit = call.whole("Bandwidth")
    if call.switch("NoBandwidthLimit"):
        if limit is not None:
            raise ParameterError("A bandwidth and no limit exclude each other.", "Leave out one of them.", call.at)
        return UNLIMITED
    if limit == UNLIMITED:
        raise ParameterError("The bandwidth must be above 0.", "To take the limit away: -NoBandwidthLimit.", call.at)
    return limit


@cmdlet(
    "Get-ClusterMigrationDefault",
    CLUSTER,
    synopsis="Options of live migrations that are asked for without any of their own.",
    example="Get-ClusterMigrationDefault",
    since="fcm",
)
def get_defaults(call: Call) -> Iterable[Any]:
    """The options of the cluster."""
    finding.check_cluster(call)
    return [migration_default_object(call.state.migration_options(None))]


@cmdlet(
    "Set-ClusterMigrationDefault",
    *OPTIONS,
    CLUSTER,
    synopsis="Set the options of all live migrations that name none of their own; those left out go back to QEMU's.",
    example="Set-ClusterMigrationDefault -DowntimeLimit 0.5 -AutoConverge",
    since="fcm",
)
def set_defaults(call: Call) -> Iterable[Any]:
    """All options at once."""
    finding.check_cluster(call)
    return call.submit(cmd.SetMigrationOptions(_options(call)), "the cluster")
