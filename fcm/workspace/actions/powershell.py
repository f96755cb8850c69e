"""The PowerShell text of commands: what the console, the dialogs and the migration view show.

Cmdlets are those of the FailoverClusters module of Windows Server 2008 R2 where it has one for the action, else
those of the Hyper-V module of later versions, as comments say in docs/powershell.md.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias, assert_never

from fcm.model import commands as cmd
from fcm.model.entities import AUTOMATIC, MachineState, QuorumMode, StartAction
from fcm.model.migrations import UNLIMITED
from fcm.model.rules.dependencies import expression
from fcm.model.rules.snapshots import snapshots_of
from fcm.model.structures.tables import name_of
from fcm.workspace.actions.powershell_failures import failure_text
from fcm.workspace.actions.powershell_roles import role_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.migrations import MigrationOptions
    from fcm.model.state import State


_START_ACTIONS = {
    StartAction.NOTHING: "Nothing",
    StartAction.START_IF_RUNNING: "StartIfRunning",
    StartAction.ALWAYS: "Start",
}


_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")
"""What PowerShell takes for a single quote."""


def literal(text: str) -> str:
    """A text as a PowerShell value, where a word without quotes would be a command."""
    return "'" + _QUOTES.sub(r"\1\1", text) + "'"


def quoted(text: str) -> str:
    """A text as one PowerShell argument; quotes only where they are needed, as for what reads as a number."""
    if text[:1].isalpha() and all(char.isalnum() or char in "._-" for char in text):
        return text
    return literal(text)


def powershell(command: cmd.Command, state: State) -> str:
    """The line (or lines) of PowerShell that do the same as the command.

    Objects that the state does not know are written by their id.
    """
    text = _Text(state)
    match command:
        case cmd.ValidateCluster(tests=tests):
            chosen = f" -Include {', '.join(map(quoted, tests))}" if tests else ""
            return f"Test-Cluster -Cluster {text.cluster}{chosen}"
        case cmd.EnableSharedVolumes():
            return f"(Get-Cluster {text.cluster}).EnableSharedVolumes = 'Enabled'"
        case cmd.SetQuorum(mode=mode, witness=witness):
            name = {
                QuorumMode.NODE_MAJORITY: "-NodeMajority",
                QuorumMode.NODE_AND_DISK_MAJORITY: "-NodeAndDiskMajority",
                QuorumMode.NODE_AND_FILE_SHARE_MAJORITY: "-NodeAndFileShareMajority",
                QuorumMode.DISK_ONLY: "-DiskOnly",
            }[mode]
            tail = "" if witness is None else f" {text.disk(witness)}"
            return f"Set-ClusterQuorum -Cluster {text.cluster} {name}{tail}"
        case cmd.SetMigrationNetworks(order=order, excluded=excluded):
            return (
                "Get-ClusterResourceType 'Virtual Machine' | Set-ClusterParameter -Multiple @{"
                f"MigrationNetworkOrder = {literal(';'.join(order))}; "
                f"MigrationExcludeNetworks = {literal(';'.join(excluded))}}}"
            )
        case cmd.SetMachineNetworks(machine=machine, networks=networks):
            name = f"Set-VMMigrationNetworkOrder {text.machine(machine)}"
            if networks is None:
                return f"{name} -Default"
            tried, never = _network_names(networks.order, text), _network_names(networks.excluded, text)
            return f"{name} -Network {tried or '@()'}{' -Exclude ' if never else ''}{never}"
        case cmd.SetConcurrentMigrations(limit=limit):
            return f"(Get-Cluster {text.cluster}).MaximumParallelMigrations = {limit}"
        case cmd.SetMigrationOptions(options=options):
            return f"Set-ClusterMigrationDefault -Cluster {text.cluster}{_options(options)}"
        case cmd.AddClusterDisk(disks=disks):
            names = ", ".join(literal(text.disk_name(disk)) for disk in disks)
            return f"Get-ClusterAvailableDisk | Where-Object {{ $_.Name -in {names} }} | Add-ClusterDisk"
        case cmd.AddStorage(disks=disks):
            return "; ".join(f"Add-ClusterSharedVolume {text.disk(disk)}" for disk in disks)
        case cmd.RemoveSharedVolume(disk=disk):
            return f"Remove-ClusterSharedVolume {text.disk(disk)}"
        case cmd.RenameSharedVolume(disk=disk, name=name):
            return f"(Get-ClusterSharedVolume {text.disk(disk)}).Name = {literal(name)}"
        case cmd.RenameVolumeFolder(disk=disk, folder=folder):
            volume = state.shared_volumes.get(disk)
            path = volume.path() if volume else disk
            return f"Rename-Item {quoted(path)} {quoted(folder)}"
        case cmd.MoveSharedVolume(disk=disk, node=node):
            return f"Move-ClusterSharedVolume {text.disk(disk)} -Node {quoted(node)}"
        case cmd.SetRedirectedAccess(disk=disk, on=on):
            verb = "Suspend" if on else "Resume"
            return f"{verb}-ClusterResource {text.disk(disk)}{' -RedirectedAccess' if on else ''}"
        case cmd.SetMaintenance(disk=disk, on=on, force=force):
            verb = "Suspend" if on else "Resume"
            return f"{verb}-ClusterResource {text.disk(disk)}{' -Force' if on and force else ''}"
        case cmd.SetDiskOnline(disk=disk, online=online):
            return f"{'Start' if online else 'Stop'}-ClusterResource {text.disk(disk)}"
        case (
            cmd.InjectFault()
            | cmd.RepairFault()
            | cmd.StopCluster()
            | cmd.StartCluster()
            | cmd.ShutDownNode()
            | cmd.ConfigureNode()
            | cmd.ConfigureCluster()
            | cmd.ClearBlocked()
            | cmd.ConfirmNodeOff()
        ):
            return failure_text(command, state, quoted)
        case (
            cmd.AddRole()
            | cmd.SetGroupOnline()
            | cmd.MoveGroup()
            | cmd.AddResource()
            | cmd.RemoveResource()
            | cmd.MoveDisk()
            | cmd.TakeOffline()
        ):
            return role_text(command, state, quoted)
        case _:
            return _machine_text(command, text)


class _Text:
    """Names of objects as PowerShell arguments."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.cluster = quoted(state.cluster.name) if state.cluster else "."

    def disk(self, identity: str) -> str:
        return quoted(self.disk_name(identity))

    def disk_name(self, identity: str) -> str:
        return name_of(self.state.disks, identity)

    def machine(self, identity: str) -> str:
        return quoted(self.machine_name(identity))

    def machine_name(self, identity: str) -> str:
        return name_of(self.state.machines, identity)

    def group(self, machine: str) -> str:
        found = self.state.machines.get(machine)
        group = self.state.groups.get(found.group or "") if found else None
        return quoted(group.name) if group else self.machine(machine)

    def group_id(self, identity: str) -> str:
        return quoted(name_of(self.state.groups, identity))

    def resource(self, identity: str) -> str:
        return quoted(name_of(self.state.resources, identity))

    def default_owner(self, command: cmd.ConfigureGroup) -> int:
        """Persistent mode: the number of the node that owns the group, AUTOMATIC for none."""
        group = self.state.groups.get(command.group)
        names = list(self.state.nodes)
        if not command.persistent or group is None or group.owner not in names:
            return 1 if command.persistent else AUTOMATIC
        return names.index(group.owner) + 1

    def dependencies(self, command: cmd.ConfigureResource) -> str:
        """Dependencies as Windows writes them: ([A] or [B]) and ([C])."""
        resource = self.state.resources.get(command.resource)
        needed = command.depends_on if command.depends_on is not None or resource is None else resource.depends_on
        options = command.alternatives
        if options is None and resource is not None:
            options = resource.alternatives
        return expression(self.state, needed or (), options or ())

    def snapshot(self, identity: str) -> str:
        """Machine and name of a snapshot, and its id where another one of the machine has the same name."""
        snapshot = self.state.snapshots.get(identity)
        if snapshot is None:
            return f"-Id {literal(identity)}"
        named = f"{self.machine(snapshot.machine.id)} {literal(snapshot.name)}"
        name = snapshot.name.casefold()
        equal = [one for one in snapshots_of(self.state, snapshot.machine.id) if one.name.casefold() == name]
        return named if len(equal) == 1 else f"{named} -Id {literal(identity)}"

    def network(self, identity: str) -> str:
        return quoted(self.network_name(identity))

    def network_name(self, identity: str) -> str:
        return name_of(self.state.networks, identity)


_OfMachine: TypeAlias = cmd.MachineCommand | cmd.MigrationCommand | cmd.NodeCommand
_OfNode: TypeAlias = cmd.NodeCommand | cmd.ConfigureGroup | cmd.ConfigureResource | cmd.BringOnline | cmd.FailResource


def _machine_text(command: _OfMachine, text: _Text) -> str:
    match command:
        case cmd.CreateVirtualMachine():
            return _new_machine(command, text)
        case cmd.ConfigureVirtualMachine():
            return _configure_machine(command, text)
        case cmd.DeleteVirtualMachine(machine=machine):
            return f"Remove-VM {text.machine(machine)} -Force"
        case cmd.SetMachineState(machine=machine, state=target, forced=forced):
            verb = {
                MachineState.RUNNING: "Start-VM",
                MachineState.SAVED: "Save-VM",
                MachineState.PAUSED: "Suspend-VM",
            }.get(target, "Stop-VM")
            off = forced and verb == "Stop-VM"
            return f"{verb} {text.machine(machine)}{' -TurnOff' if off else ''}"
        case cmd.TakeSnapshot(machine=machine, name=name):
            return f"Checkpoint-VM {text.machine(machine)}{f' -SnapshotName {quoted(name)}' if name else ''}"
        case cmd.RevertToSnapshot(snapshot=snapshot):
            return f"Restore-VMSnapshot {text.snapshot(snapshot)}"
        case cmd.DeleteSnapshot(snapshot=snapshot):
            return f"Remove-VMSnapshot {text.snapshot(snapshot)}"
        case cmd.BackUpMachine(machine=machine):
            return f"Start-VMBackup {text.machine(machine)}"
        case cmd.MakeHighlyAvailable(machines=machines):
            return "; ".join(f"Add-ClusterVirtualMachineRole -VirtualMachine {text.machine(one)}" for one in machines)
        case cmd.RemoveGroup(group=group):
            return f"Remove-ClusterGroup {text.group_id(group)} -RemoveResources -Force"
        case cmd.LiveMigrate(machine=machine, destination=node, options=options):
            return (
                f"Get-Cluster {text.cluster} | Move-ClusterVirtualMachineRole -Name {text.group(machine)} "
                f"-Node {quoted(node)}{'' if options is None else _options(options) or ' -NoDefault'}"
            )
        case cmd.QuickMigrate(machine=machine, destination=node):
            return (
                f"Move-ClusterVirtualMachineRole -Name {text.group(machine)} -Node {quoted(node)} -MigrationType Quick"
            )
        case cmd.MoveMachine(machine=machine, destination=node):
            return f"Move-ClusterGroup {text.group(machine)} -Node {quoted(node)}"
        case cmd.CancelMigration(migration=migration):
            found = text.state.migrations.get(migration)
            return f"Move-ClusterVirtualMachineRole -Name {text.group(found.machine) if found else migration} -Cancel"
        case cmd.CancelMigrations(node=node):
            of = "-All" if node is None else f"-Node {quoted(node)}"
            return f"Stop-ClusterVirtualMachineMigration {of}"
        case cmd.TuneMigration():
            return _tune(command, text)
        case _:
            return _node_text(command, text)


def _network_names(networks: Iterable[str], text: _Text) -> str:
    return ", ".join(literal(text.network_name(one)) for one in networks)


def _options(options: MigrationOptions) -> str:
    """Options that PowerShell itself does not have: those of this program's own cmdlets."""
    parts = "" if options.downtime_limit is None else f" -DowntimeLimit {options.downtime_limit!r}"
    parts += "" if options.bandwidth is None else f" -Bandwidth {options.bandwidth}"
    parts += (" -AutoConverge" if options.auto_converge else "") + (" -PostCopy" if options.post_copy else "")
    for name, percent in (("Initial", options.auto_converge_initial), ("Increment", options.auto_converge_increment)):
        parts += "" if percent is None else f" -AutoConverge{name} {percent}"
    parts += " -Xbzrle" if options.xbzrle else ""
    parts += f" -ParallelConnections {options.parallel_connections}" if options.parallel_connections != 1 else ""
    parts += " -Tls" if options.tls else ""
    parts += f" -Compression {options.compression.value}" if options.compression else ""
    parts += " -ZeroCopy" if options.zero_copy else ""
    for parameter, figure in (
        ("XbzrleCache", options.xbzrle_cache),
        ("SwitchoverBandwidth", options.switchover_bandwidth),
        ("PostCopyBandwidth", options.post_copy_bandwidth),
    ):
        parts += "" if figure is None else f" -{parameter} {figure}"
    for parameter, goal in (("MoveWithin", options.move_within), ("PauseAtMost", options.pause_at_most)):
        parts += "" if goal is None else f" -{parameter} {goal!r}"
    parts += " -Shadow" if options.goals_shadow else ""
    return parts + ("" if options.time_limit is None else f" -TimeLimit {options.time_limit!r}")


def _size(size: int) -> str:
    """Bytes as PowerShell writes them, in the largest unit that is exact."""
    for unit, factor in (("GB", 2**30), ("MB", 2**20), ("KB", 2**10)):
        if size and size % factor == 0:
            return f"{size // factor}{unit}"
    return str(size)


def _new_machine(command: cmd.CreateVirtualMachine, text: _Text) -> str:
    parts = [f"New-VM {quoted(command.name)} -ComputerName {quoted(command.node)}"]
    parts.append(f"-MemoryStartupBytes {_size(command.memory)} -NewVHDSizeBytes {_size(command.disk_size)}")
    volume = text.state.shared_volumes.get(command.disk or "")
    if volume is not None:
        parts.append(f"-Path {quoted(volume.path())}")
    if command.switch:
        parts.append(f"-SwitchName {quoted(command.switch)}")
    if command.processors != 1:
        parts.append(f"-ProcessorCount {command.processors}")
    if command.workload != "idle":
        parts.append(f"-Workload {quoted(command.workload)}")
    line = " ".join(parts)
    line += f"; Set-VM {quoted(command.name)} -AutomaticStartAction {_START_ACTIONS[command.start_action]}"
    if command.processor_compatibility:
        line += f"; Set-VMProcessor {quoted(command.name)} -CompatibilityForMigrationEnabled $true"
    return line + (f"; Start-VM {quoted(command.name)}" if command.start else "")


def _configure_machine(command: cmd.ConfigureVirtualMachine, text: _Text) -> str:
    name = text.machine(command.machine)
    lines = []
    if command.memory is not None:
        lines.append(f"Set-VMMemory {name} -StartupBytes {_size(command.memory)}")
    if command.start_action is not None:
        lines.append(f"Set-VM {name} -AutomaticStartAction {_START_ACTIONS[command.start_action]}")
    if command.processor_compatibility is not None:
        value = "$true" if command.processor_compatibility else "$false"
        lines.append(f"Set-VMProcessor {name} -CompatibilityForMigrationEnabled {value}")
    if command.switch is not None:
        verb = f"Connect-VMNetworkAdapter {name} -SwitchName {quoted(command.switch)}"
        lines.append(verb if command.switch else f"Disconnect-VMNetworkAdapter {name}")
    if command.media is not None:
        lines.append(f"Set-VMDvdDrive {name} -Path {quoted(command.media) if command.media else '$null'}")
    if command.workload is not None:
        lines.append(f"Set-VM {name} -Workload {quoted(command.workload)}")
    return "; ".join(lines) or f"Update-ClusterVirtualMachineConfiguration {name}"


def _tune(command: cmd.TuneMigration, text: _Text) -> str:
    found = text.state.migrations.get(command.migration)
    name = text.group(found.machine) if found else command.migration
    parts = []
    if command.downtime_limit is not None:
        parts.append(f"-DowntimeLimit {command.downtime_limit!r}")
    if command.bandwidth == UNLIMITED:
        parts.append("-NoBandwidthLimit")
    elif command.bandwidth is not None:
        parts.append(f"-Bandwidth {command.bandwidth}")
    if command.post_copy:
        parts.append("-PostCopy")
    return f"Set-ClusterVirtualMachineMigration {name} {' '.join(parts)}"


def _node_text(command: _OfNode, text: _Text) -> str:
    match command:
        case cmd.PauseNode(node=node):
            return f"Suspend-ClusterNode {quoted(node)}"
        case cmd.DrainNode():
            return _drain(command, text)
        case cmd.ResumeNode(node=node, failback=failback):
            return f"Resume-ClusterNode {quoted(node)}{' -Failback Immediate' if failback else ''}"
        case cmd.StartClusterService(node=node):
            line = f"Start-ClusterNode {quoted(node)}{' -FixQuorum' if command.fix_quorum else ''}"
            line += " -PreventQuorum" if command.prevent_quorum else ""
            return line + (" -ClearQuarantine" if command.clear_quarantine else "")
        case cmd.StopClusterService(node=node):
            return f"Stop-ClusterNode {quoted(node)}"
        case cmd.AddNode(node=node):
            return f"Add-ClusterNode -Name {quoted(node)}"
        case cmd.EvictNode(node=node):
            return f"Remove-ClusterNode {quoted(node)}"
        case cmd.ConfigureGroup():
            return _configure_group(command, text)
        case cmd.ConfigureResource():
            return _configure_resource(command, text)
        case cmd.ConfigureNetwork():
            return _configure_network(command, text)
        case cmd.BringOnline(resource=resource):
            return f"Start-ClusterResource {text.resource(resource)}"
        case cmd.FailResource(resource=resource):
            return f"Test-ClusterResourceFailure {text.resource(resource)}"
        case _:
            assert_never(command)


def _drain(command: cmd.DrainNode, text: _Text) -> str:
    line = f"Suspend-ClusterNode {quoted(command.node)} -Drain"
    if command.moves is not None:
        pairs = (f"{quoted(text.machine_name(one.machine))} = {literal(one.destination)}" for one in command.moves)
        line += f" -Destinations @{{{'; '.join(pairs)}}}"
    return line if command.options is None else line + (_options(command.options) or " -NoDefault")


def _list(names: Iterable[str]) -> str:
    return f"@({', '.join(map(literal, names))})"


def _configure_group(command: cmd.ConfigureGroup, text: _Text) -> str:
    name = text.group_id(command.group)
    lines = []
    properties: dict[str, object] = {
        "DefaultOwner": None if command.persistent is None else text.default_owner(command),
        "AutoStart": None if command.auto_start is None else int(command.auto_start),
        "FailoverThreshold": command.maximum_failures,
        "FailoverPeriod": command.failover_period,
        "AutoFailbackType": None if command.failback is None else int(command.failback),
        "Priority": command.priority,
        "AntiAffinityClassNames": None if command.anti_affinity is None else _list(command.anti_affinity),
    }
    if command.failback_window is not None:
        properties["FailbackWindowStart"], properties["FailbackWindowEnd"] = command.failback_window
    if command.preferred_owners is not None:
        owners = ", ".join(map(quoted, command.preferred_owners)) or "@()"
        lines.append(f"Set-ClusterOwnerNode -Group {name} -Owners {owners}")
    properties["Name"] = None if command.name is None else literal(command.name)
    lines += [f"(Get-ClusterGroup {name}).{key} = {value}" for key, value in properties.items() if value is not None]
    return "; ".join(lines) or f"Get-ClusterGroup {name}"


def _configure_resource(command: cmd.ConfigureResource, text: _Text) -> str:
    name = text.resource(command.resource)
    lines = []
    if command.possible_owners is not None:
        owners = ", ".join(map(quoted, command.possible_owners)) or "@()"
        lines.append(f"Set-ClusterOwnerNode -Resource {name} -Owners {owners}")
    if command.depends_on is not None or command.alternatives is not None:
        words = literal(text.dependencies(command))
        lines.append(f"Set-ClusterResourceDependency -Resource {name} -Dependency {words}")
    if command.policy is not None:
        policy = command.policy
        action = 0 if not policy.restart else 2 if policy.failover else 1
        lines += [
            f"(Get-ClusterResource {name}).{key} = {value}"
            for key, value in (
                ("RestartAction", action),
                ("RestartPeriod", policy.period * 1000),
                ("RestartThreshold", policy.maximum_restarts),
                ("RetryPeriodOnFailure", policy.retry_after * 1000 or 4294967295),
                ("PendingTimeout", policy.pending_timeout * 1000),
                ("LooksAlivePollInterval", policy.looks_alive * 1000),
                ("IsAlivePollInterval", policy.is_alive * 1000),
            )
        ]
    if command.separate_monitor is not None:
        lines.append(f"(Get-ClusterResource {name}).SeparateMonitor = {int(command.separate_monitor)}")
    if command.offline_action is not None:
        lines.append(f"Get-ClusterResource {name} | Set-ClusterParameter OfflineAction {int(command.offline_action)}")
    if command.heartbeat is not None:
        lines.append(f"Get-ClusterResource {name} | Set-ClusterParameter CheckHeartbeat {int(command.heartbeat)}")
    if command.name is not None:
        lines.append(f"(Get-ClusterResource {name}).Name = {literal(command.name)}")
    return "; ".join(lines) or f"Get-ClusterResource {name}"


def _configure_network(command: cmd.ConfigureNetwork, text: _Text) -> str:
    name = text.network(command.network)
    properties = {
        "Role": None if command.role is None else int(command.role),
        "Metric": command.metric,
        "AutoMetric": None if command.auto_metric is None else f"${str(command.auto_metric).lower()}",
        "Name": None if command.name is None else literal(command.name),
    }
    lines = [f"(Get-ClusterNetwork {name}).{key} = {value}" for key, value in properties.items() if value is not None]
    return "; ".join(lines) or f"Get-ClusterNetwork {name}"
