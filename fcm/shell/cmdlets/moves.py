"""Moves of clustered virtual machines: live, quick, and with their offline action."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.entities import NodeState, VirtualMachine
from fcm.model.migrations import UNLIMITED, Compression, MigrationOptions
from fcm.model.rules.allowed import allowed
from fcm.model.rules.failing.placement import candidates
from fcm.model.rules.verdict import together
from fcm.shell.language.errors import ParameterError, RefusedError
from fcm.shell.runtime import finding
from fcm.shell.runtime.following import until_moved
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, VM_ID, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.migration_objects import migration_default_object, migration_object
from fcm.shell.values.objects import group_object
from fcm.shell.values.values import Identity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.entities import Group
    from fcm.shell.runtime.call import Call

_NEW = "requires Windows Server 2012."
OPTIONS = (
    Param("DowntimeLimit", "number", help="Downtime limit in seconds (fcm)."),
    Param(
        "Bandwidth",
        "whole",
        help="Maximum bandwidth in bytes/s. Parallel connections on real hosts require at least 5MB (fcm).",
    ),
    Param("AutoConverge", "switch", help="Throttle the virtual machine until its memory converges (fcm)."),
    Param("PostCopy", "switch", help="Move the virtual machine first, then its memory (fcm)."),
    Param("AutoConvergeInitial", "whole", help="Initial throttle in percent (fcm, real hosts)."),
    Param("AutoConvergeIncrement", "whole", help="Throttle increment in percent (fcm, real hosts)."),
    Param("Xbzrle", "switch", help="For pages already sent, send only the changes (fcm, real hosts)."),
    Param("ParallelConnections", "whole", help="Number of TCP connections for memory (fcm, real hosts)."),
    Param("Tls", "switch", help="Encrypt the transfer (fcm, real hosts)."),
    Param(
        "Compression",
        choices=("None", "zlib", "zstd"),
        help="How parallel connections compress memory (fcm, real hosts with libvirt 9.4).",
    ),
    Param("ZeroCopy", "switch", help="Parallel connections send memory without copying it (fcm, real hosts)."),
    Param("XbzrleCache", "whole", help="Cache for pages sent before, in bytes; a power of two (fcm)."),
    Param(
        "SwitchoverBandwidth",
        "whole",
        help="Bandwidth that QEMU expects for the last pages, in bytes/s (fcm, real hosts with libvirt 11.1).",
    ),
    Param("PostCopyBandwidth", "whole", help="Maximum bandwidth after the switch, in bytes/s (fcm, real hosts)."),
    Param("MoveWithin", "number", help="Goal: finish within this many seconds; fcm changes the limits (fcm)."),
    Param("PauseAtMost", "number", help="Goal: stop the virtual machine for this many seconds at most (fcm)."),
    Param("Shadow", "switch", help="Only report what fcm would change to reach the goals (fcm)."),
    Param(
        "TimeLimit", "number", help="Cancel the migration if it is still copying memory after this many seconds (fcm)."
    ),
)
MOVED = ("ClusterGroup", "ClusterResource", "VirtualMachine", TEXT)
NO_DEFAULT = Param("NoDefault", "switch", help="Ignore the default migration options of the cluster (fcm).")


@cmdlet(
    "Move-ClusterVirtualMachineRole",
    Param("Name", position=0, help="Name of the group that contains the virtual machine.", pipes=MOVED, of="machine"),
    Param("Node", position=1, help="Destination node. Default: the suitable node with the most free memory."),
    Param("Cancel", "switch", help="Cancel the running or queued live migration."),
    Param("Wait", "whole", help="Maximum time to wait, in seconds. Default: until complete. 0: do not wait."),
    Param(
        "MigrationType",
        choices=("Live", "Quick", "TurnOff", "Shutdown", "ShutdownForce"),
        help="Live or Quick (2012).",
    ),
    Param("IgnoreLocked", "switch", absent=_NEW),
    VM_ID,
    *OPTIONS,
    NO_DEFAULT,
    CLUSTER,
    INPUT,
    synopsis="Live migrates a clustered virtual machine to another node.",
    example='Get-Cluster contoso | Move-ClusterVirtualMachineRole -Name "SQL01" -Node "node2"',
)
def move_machine_role(call: Call) -> Iterable[Any]:
    """Live or quick migration, or its cancel."""
    machines = finding.clustered_machines(call, finding.named(call, "a machine", "Get-ClusterGroup"))
    deed = _cancel if call.switch("Cancel") else _move
    return call.one_by_one(machines, partial(deed, call))


def _cancel(call: Call, machine: VirtualMachine) -> list[Any]:
    active = call.state.active_migration(machine.id)
    if active is None:
        raise RefusedError(f"{machine.name} is not being migrated.", "There is no live migration to cancel.", call.at)
    return call.submit(cmd.CancelMigration(active.id), machine.name, lambda: _result(call, machine.id))


def _result(call: Call, machine: str) -> list[Any]:
    group = call.state.groups.get(call.state.machines[machine].group or "")
    return [group_object(group, call.state)] if group else []


def _move(call: Call, machine: VirtualMachine) -> list[Any]:
    kind = call.text("MigrationType", "Live").casefold()
    if kind not in ("live", "quick"):
        raise ParameterError(
            f"-MigrationType {call.text('MigrationType')} is not supported in Windows Server 2008 R2.",
            "Set OfflineAction of the virtual machine with Set-ClusterParameter, then use Move-ClusterGroup.",
            call.at,
        )
    own = own_options(call)
    if kind == "quick" and own is not None:
        raise ParameterError("Quick migration does not support these options.", "Remove them.", call.at)

    def command(node: str) -> cmd.Command:
        return cmd.QuickMigrate(machine.id, node) if kind == "quick" else cmd.LiveMigrate(machine.id, node, own)

    node = finding.node(call, call.text("Node")) if call.has("Node") else best_node(call, machine, command)
    return carry_out(call, machine, command(node))


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
        compression=_compression(call.text("Compression", "None")),
        zero_copy=call.switch("ZeroCopy"),
        xbzrle_cache=call.whole("XbzrleCache"),
        switchover_bandwidth=call.whole("SwitchoverBandwidth"),
        post_copy_bandwidth=call.whole("PostCopyBandwidth"),
        move_within=float(call.values["MoveWithin"]) if call.has("MoveWithin") else None,
        pause_at_most=float(call.values["PauseAtMost"]) if call.has("PauseAtMost") else None,
        goals_shadow=call.switch("Shadow"),
    )


def _compression(name: str) -> Compression:
    return Compression.NONE if name.casefold() == "none" else Compression(name.casefold())


def best_node(call: Call, machine: VirtualMachine, command: Any) -> str:
    """The node with the most free memory that may take a machine ("best possible").

    Raises:
        RefusedError: none may.
    """
    others = [n.name for n in call.state.nodes.values() if n.name != machine.node and n.state is NodeState.UP]
    able = [name for name in others if allowed(command(name), call.state)]
    if not able:
        verdict = together(allowed(command(name), call.state) for name in others)
        why = verdict.sentence() or "No other node is up."
        raise RefusedError(f"No node can take {machine.name}. {why}", "Specify a node with -Node.", call.at)
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
    Param("Name", "texts", position=0, pipes=MOVED, of="group"),
    Param("Node", position=1, help="Destination node. Default: the best possible node."),
    Param("Wait", "whole", help="Maximum time to wait, in seconds. Default: until complete. 0: do not wait."),
    Param("IgnoreLocked", "switch", absent=_NEW),
    VM_ID,
    CLUSTER,
    INPUT,
    synopsis="Moves a service or application to another node. It is taken offline, a virtual machine with its offline "
    "action, and brought online on the other node.",
    example="Move-ClusterGroup WEB01 -Node node2",
)
def move_group(call: Call) -> Iterable[Any]:
    """Move a machine with its offline action, and all else as it is."""
    movable = _movable(call, finding.named(call, "a group", "Get-ClusterGroup"))
    return call.one_by_one(movable, partial(_move_one, call))


def _move_one(call: Call, item: Group | VirtualMachine) -> Iterable[Any]:
    if isinstance(item, VirtualMachine):
        return _move_offline(call, item)
    options = candidates(call.state, item, item.owner)
    best = next((one.node for one in options if one.chosen), "")
    node = finding.node(call, call.text("Node")) if call.has("Node") else best
    if not node:
        raise RefusedError(f"No node can take {item.name}.", "Specify a node with -Node.", call.at)
    return call.submit(cmd.MoveGroup(item.id, node), item.name, partial(_shown, call, item.id))


def _shown(call: Call, group: str) -> list[Any]:
    return [group_object(call.state.groups[group], call.state)]


def _move_offline(call: Call, machine: VirtualMachine) -> Iterable[Any]:
    def command(node: str) -> cmd.Command:
        return cmd.MoveMachine(machine.id, node)

    node = finding.node(call, call.text("Node")) if call.has("Node") else best_node(call, machine, command)
    return carry_out(call, machine, command(node))


def _movable(call: Call, names: list[str]) -> list[Group | VirtualMachine]:
    """Groups of these names, of virtual machines their machine; a name that is no group may be that of a machine."""
    state = call.state
    roles = {one.name.casefold(): one for one in state.groups.values() if not state.group_machines(one.id)}
    ids = {one.id: one for one in roles.values()}

    def called(name: str) -> Iterable[Group | VirtualMachine]:
        group = ids.get(name) if isinstance(name, Identity) else roles.get(name.casefold())
        if group is not None:
            return [group]
        if isinstance(name, Identity) and name in state.groups:
            return state.group_machines(name)
        return finding.clustered_machines(call, [name])

    return list(call.one_by_one(names, called))


@cmdlet(
    "Get-ClusterVirtualMachineMigration",
    Param("Name", "texts", position=0, help="Names of virtual machines. Default: all.", pipes=MOVED, of="machine"),
    CLUSTER,
    INPUT,
    synopsis="Gets the migrations of virtual machines: passes, bytes, rate and expected end if running, blackout "
    "if complete.",
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
    Param(
        "Node",
        position=0,
        help="Node that is the source or destination of the migrations.",
        pipes=("ClusterNode", TEXT),
    ),
    Param("All", "switch", help="All migrations of the cluster."),
    CLUSTER,
    synopsis="Cancels all live migrations of a node or of the cluster that are waiting or copying memory.",
    example="Move-ClusterVirtualMachineRole SQL01 node2 -Wait 0; Stop-ClusterVirtualMachineMigration -Node node1",
    since="fcm",
)
def stop_migrations(call: Call) -> Iterable[Any]:
    """Cancel all live migrations, or those from and to a node.

    Raises:
        ParameterError: neither or both of -Node and -All are specified.
    """
    finding.check_cluster(call)
    if call.has("Node") == call.switch("All"):
        raise ParameterError("Specify which migrations to cancel.", "Specify -Node or -All.", call.at)
    names = call.names("Node")
    node = None if names is None else finding.node(call, names[0])
    return call.submit(cmd.CancelMigrations(node), node or "the cluster")


@cmdlet(
    "Set-ClusterVirtualMachineMigration",
    Param(
        "Name",
        position=0,
        needed=True,
        help="Name of the group whose virtual machine is being migrated.",
        pipes=MOVED,
        of="machine",
    ),
    *OPTIONS[:2],
    Param("NoBandwidthLimit", "switch", help="Remove the bandwidth limit."),
    OPTIONS[3],
    CLUSTER,
    synopsis="Changes the options of a running live migration.",
    example="Move-ClusterVirtualMachineRole SQL01 -Wait 0; Set-ClusterVirtualMachineMigration SQL01 -Bandwidth 50MB",
    since="fcm",
)
def tune_migration(call: Call) -> Iterable[Any]:
    """Change the limits of a running live migration.

    Raises:
        RefusedError: the machine is not being migrated.
    """
    finding.check_cluster(call)
    names = call.names() or []
    machine = finding.one("virtual machine", names[0], finding.clustered_machines(call, names))
    active = call.state.active_migration(machine.id)
    if active is None:
        raise RefusedError(f"{machine.name} is not being migrated.", "Start a live migration first.", call.at)
    downtime = float(call.values["DowntimeLimit"]) if call.has("DowntimeLimit") else None
    command = cmd.TuneMigration(active.id, downtime, _bandwidth(call), call.switch("PostCopy"))
    return call.submit(command, machine.name)


def _bandwidth(call: Call) -> int | None:
    """The limit to be set, ``UNLIMITED`` with -NoBandwidthLimit, None where neither was given."""
    limit = call.whole("Bandwidth")
    if call.switch("NoBandwidthLimit"):
        if limit is not None:
            raise ParameterError(
                "-Bandwidth and -NoBandwidthLimit cannot be used together.", "Remove one of them.", call.at
            )
        return UNLIMITED
    if limit == UNLIMITED:
        raise ParameterError("The bandwidth must be above 0.", "To remove the limit, use -NoBandwidthLimit.", call.at)
    return limit


@cmdlet(
    "Get-ClusterMigrationDefault",
    CLUSTER,
    synopsis="Gets the default options of live migrations.",
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
    synopsis="Sets the default options of live migrations. Omitted options are reset to the QEMU defaults.",
    example="Set-ClusterMigrationDefault -DowntimeLimit 0.5 -AutoConverge",
    since="fcm",
)
def set_defaults(call: Call) -> Iterable[Any]:
    """All options at once."""
    finding.check_cluster(call)
    return call.submit(cmd.SetMigrationOptions(_options(call)), "the cluster")
