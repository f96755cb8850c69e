"""Each action of the user as PowerShell: what a click on it would do, or where the dialog that it opens begins.

An action with a dialog gives the command with the values that the dialog begins with. Where a value has no default,
a placeholder in angle brackets stands for it, and the note says that it has to be filled in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import GIB, DiskUse, ResourceType
from fcm.model.failures import FaultKind
from fcm.model.rules.new_node import free_name
from fcm.workspace.actions.powershell import powershell, quoted
from fcm.workspace.planning.rehearsal_scenarios import rehearsal_text, scenarios
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.model.commands import Command
    from fcm.model.state import State
    from fcm.workspace.actions.catalog import Action

_NODE = re.compile(r" -Node (?:'(?:[^']|'')*'|[^\s;|]+)")
_PLACEHOLDER = re.compile(r"<[a-z][a-z0-9 ]*>")
_NO_CLUSTER = "No cluster is open, so there is nothing to run a command on."


@dataclass(frozen=True, slots=True)
class ActionText:
    """An action as PowerShell."""

    text: str
    """The line or lines; "" where there is no command for it."""
    note: str = ""
    """What the text leaves open, or why there is none; a sentence or ""."""
    commands: tuple[Command, ...] = ()
    """What the text submits when it is run as it stands; empty where it has placeholders or changes nothing."""

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What has to be filled in, with its angle brackets."""
        return tuple(dict.fromkeys(_PLACEHOLDER.findall(self.text)))


def commands_text(commands: Sequence[Command], state: State) -> ActionText:
    """Commands as PowerShell, one on a line."""
    return ActionText("\n".join(powershell(one, state) for one in commands), commands=tuple(commands))


def action_text(action: Action, state: State, selection: Selection) -> ActionText:
    """What an action does to the selected thing, as PowerShell.

    An action with a choice of nodes gives the command without one: the best possible node is taken. Other choices have
    no default, so that only each of them has a text.
    """
    if not action.window and state.cluster is None:
        return ActionText("", _NO_CLUSTER)
    if not selection.exists(state):
        return ActionText("", "The object no longer exists.")
    if action.command is not None:
        return _of_command(action.command(state, selection), state)
    if action.choices is not None:
        choices = action.choices(state, selection)
        if not choices:
            return ActionText("", "There is nothing to choose from.")
        if isinstance(choices[0].command, cmd.InjectFault | cmd.RepairFault):
            return ActionText("", "Each entry has its own command.")
        text, nodes = _NODE.subn("", powershell(choices[0].command, state), count=1)
        if nodes == 0:
            return ActionText("", "Each entry has its own command.")
        return ActionText(text, "No node is specified: the best possible node is used.")
    made = DIALOGS.get(action.dialog or "")
    if made is None:
        return ActionText("", "The dialog box that it opens shows the PowerShell for your choices.")
    found = made(state, selection)
    if found.placeholders and not found.note:
        return ActionText(found.text, f"Fill in {' and '.join(found.placeholders)}: there is no default.")
    return found


def _of_command(command: Command, state: State) -> ActionText:
    if isinstance(command, cmd.CancelMigration) and command.migration not in state.migrations:
        return ActionText("", "The machine is not being migrated.")
    if (
        isinstance(command, cmd.RemoveGroup | cmd.ClearBlocked | cmd.ConfigureGroup)
        and command.group not in state.groups
    ):
        return ActionText("", "The machine is not highly available.")
    if isinstance(command, cmd.RevertToSnapshot) and command.snapshot not in state.snapshots:
        return ActionText("", "The machine has no snapshot.")
    if isinstance(command, cmd.RepairFault) and command.fault not in state.faults:
        return ActionText("", "No failure is simulated here.")
    return commands_text((command,), state)


def _one(command: Command, state: State, note: str = "") -> ActionText:
    text = powershell(command, state)
    filled = not _PLACEHOLDER.search(text)
    return ActionText(text, note, (command,) if filled else ())


def _present(command: Command, state: State) -> ActionText:
    return _one(command, state, "These are the current values. Edit the ones that you want to change.")


def _validate(state: State, _: Selection) -> ActionText:
    return _one(cmd.ValidateCluster(), state)


def _enable_volumes(state: State, _: Selection) -> ActionText:
    return _one(cmd.EnableSharedVolumes(notice_accepted=True), state)


def _quorum(state: State, _: Selection) -> ActionText:
    assert state.cluster is not None
    return _present(cmd.SetQuorum(state.cluster.quorum_mode, state.cluster.witness), state)


def _migration_networks(state: State, _: Selection) -> ActionText:
    assert state.cluster is not None
    order, excluded = state.cluster.migration_order, state.cluster.migration_excluded
    return _present(cmd.SetMigrationNetworks(order, excluded), state)


def _migration_history(state: State, selection: Selection) -> ActionText:
    machine = state.machines.get(selection.id)
    name = f" {quoted(machine.name)}" if machine else ""
    return ActionText(f"Get-ClusterVirtualMachineMigration{name}", "In a terminal, fcm history lists and exports them.")


def _migration_settings(state: State, _: Selection) -> ActionText:
    assert state.cluster is not None
    return _present(cmd.SetMigrationOptions(state.cluster.migration_options), state)


def _tune_migration(state: State, selection: Selection) -> ActionText:
    active = state.active_migration(selection.id)
    if active is None:
        return ActionText("", "The machine is not being migrated.")
    limit, bandwidth = active.options.downtime_limit, active.options.bandwidth
    if limit is not None or bandwidth is not None:
        return _present(cmd.TuneMigration(active.id, limit, bandwidth), state)
    text = powershell(cmd.TuneMigration(active.id, bandwidth=1), state)
    return ActionText(text.replace("-Bandwidth 1", "-Bandwidth '<bytes per second>'"))


def _high_availability(state: State, _: Selection) -> ActionText:
    free = [machine.id for machine in state.machines.values() if not machine.is_highly_available]
    if len(free) == 1:
        return _one(cmd.MakeHighlyAvailable((free[0],)), state)
    return _one(cmd.MakeHighlyAvailable(("<virtual machine>",)), state)


def _new_machine(state: State, selection: Selection) -> ActionText:
    node = selection.id if selection.place is Place.NODE else next(iter(state.nodes), "<node>")
    disk = selection.id if selection.place is Place.VOLUME else next(iter(state.shared_volumes), None)
    return _one(cmd.CreateVirtualMachine("<name>", node, GIB, disk), state)


def _preflight(state: State, selection: Selection) -> ActionText:
    others = [name for name in state.nodes if name != state.machines[selection.id].node]
    if not others:
        return ActionText("", "There is no other node.")
    text = _NODE.sub("", powershell(cmd.LiveMigrate(selection.id, others[0]), state), count=1)
    return ActionText(f"{text} -WhatIf", "-WhatIf changes nothing; without it the machine moves.")


def _measure(state: State, selection: Selection) -> ActionText:
    name = quoted(state.machines[selection.id].name)
    return ActionText(
        f"Measure-VMMemoryWrite {name}",
        "With -Node, it also shows whether a live migration to that node would converge.",
    )


def _machine_settings(state: State, selection: Selection) -> ActionText:
    item = state.machines[selection.id]
    return _present(
        cmd.ConfigureVirtualMachine(
            item.id, item.memory, item.start_action, item.processor_compatibility, item.switch, item.media
        ),
        state,
    )


def _group_properties(state: State, selection: Selection) -> ActionText:
    machine = state.machines.get(selection.id)
    group = state.groups.get((machine.group or "") if machine else selection.id)
    if group is None:
        return ActionText("", "The machine is not highly available.")
    return _present(
        cmd.ConfigureGroup(
            group.id,
            preferred_owners=group.preferred_owners,
            auto_start=group.auto_start,
            persistent=group.persistent,
            maximum_failures=group.maximum_failures,
            failover_period=group.failover_period,
            failback=group.failback,
            failback_window=group.failback_window if group.failback else None,
        ),
        state,
    )


def _add_group_storage(state: State, selection: Selection) -> ActionText:
    found = next((disk.id for disk in state.disks.values() if disk.use is DiskUse.AVAILABLE), None)
    if found is None:
        return ActionText("", "There is no disk to add.")
    return _one(cmd.MoveDisk(found, selection.id), state, "This is the first disk in Available Storage.")


def _add_resource(state: State, selection: Selection) -> ActionText:
    kind = ResourceType.GENERIC_SERVICE
    return _one(cmd.AddResource(selection.id, kind, "<name>", "<service>"), state)


def _dependency_report(state: State, selection: Selection) -> ActionText:
    machine = state.machines.get(selection.id)
    group = state.groups.get((machine.group or "") if machine else selection.id)
    if group is None:
        return ActionText("", "The machine is not highly available.")
    return ActionText(f"Get-ClusterGroup {quoted(group.name)} | Get-ClusterResource | Get-ClusterResourceDependency")


def _volume_properties(state: State, selection: Selection) -> ActionText:
    volume = state.shared_volumes[selection.id]
    return _present(cmd.RenameSharedVolume(volume.disk, volume.name), state)


def _resource_properties(state: State, selection: Selection) -> ActionText:
    item = state.resources[selection.id]
    runs = item.machine is not None and item.type.value == "Virtual Machine"
    return _present(
        cmd.ConfigureResource(
            item.id,
            possible_owners=item.possible_owners,
            policy=item.policy,
            offline_action=item.offline_action if runs else None,
            heartbeat=item.heartbeat if runs else None,
        ),
        state,
    )


def _network_properties(state: State, selection: Selection) -> ActionText:
    item = state.networks[selection.id]
    metric = None if item.auto_metric else item.metric
    return _present(
        cmd.ConfigureNetwork(item.id, role=item.role, metric=metric, auto_metric=item.auto_metric or None), state
    )


def _isolate(state: State, selection: Selection) -> ActionText:
    node = selection.id or next(iter(state.nodes), "<node>")
    return _one(cmd.InjectFault(FaultKind.ISOLATE, node), state, "-Together adds nodes to its side of the cut.")


def _disks(use: DiskUse, make: Callable[[tuple[str, ...]], Command]) -> Callable[[State, Selection], ActionText]:
    def made(state: State, _: Selection) -> ActionText:
        seen_by = ((disk, set(disk.visible_to) or set(state.nodes)) for disk in state.disks.values())
        found = tuple(disk.id for disk, nodes in seen_by if disk.use is use and nodes >= set(state.nodes))
        return _one(make(found), state) if found else ActionText("", "There is no disk to add.")

    return made


def _rename_volume(state: State, selection: Selection) -> ActionText:
    return _one(cmd.RenameSharedVolume(selection.id, "<new name>"), state)


def _rehearse(state: State, selection: Selection) -> ActionText:
    found = next((one for one in scenarios(state, selection) if one.verdict(state)), None)
    if found is None:
        return ActionText("", "There is nothing to rehearse here.")
    text = rehearsal_text(found, state)
    return ActionText(text, "This is the first entry of its list. It changes nothing in the cluster.")


def _create_cluster(_: State, __: Selection) -> ActionText:
    return ActionText(
        f"New-Cluster -Name {quoted('<name>')} -Node {quoted('<node>')} -StaticAddress {quoted('<address>')}"
    )


def _validate_servers(_: State, __: Selection) -> ActionText:
    return ActionText(f"Test-Cluster -Node {quoted('<node>')}")


def _window_only(why: str) -> Callable[[State, Selection], ActionText]:
    return lambda state, selection: ActionText("", why)


_REPORT = "It changes nothing in the cluster. On the command line: fcm report {}."

DIALOGS: dict[str, Callable[[State, Selection], ActionText]] = {
    "add-disk": _disks(DiskUse.UNASSIGNED, cmd.AddClusterDisk),
    "add-node": lambda s, _: _one(cmd.AddNode(free_name(s)), s, "The default name is the next available one."),
    "add-group-storage": _add_group_storage,
    "add-resource": _add_resource,
    "add-storage": _disks(DiskUse.AVAILABLE, cmd.AddStorage),
    "availability-report": _window_only(_REPORT.format("month FILE.html")),
    "branch": _window_only("It makes a new simulated cluster and opens it; this history stays as it is."),
    "close-cluster": _window_only("This action affects only this window. To leave a shell, type exit."),
    "connect": _window_only("It opens a viewer and changes nothing in the cluster."),
    "confirm-node-off": lambda s, x: _one(cmd.ConfirmNodeOff(x.id), s),
    "create-cluster": _create_cluster,
    "critical-events": lambda _, __: ActionText("Get-WinEvent System -MaxEvents 100 | Where-Object Level -le 3"),
    "dependency-report": _dependency_report,
    "drain-report": _window_only(_REPORT.format("drain FILE.html --node NAME")),
    "drain": lambda s, x: _one(cmd.DrainNode(x.id), s, "Destinations are planned when the command runs."),
    "enable-csv": _enable_volumes,
    "failover-report": _window_only(_REPORT.format("failover FILE.html --machine NAME")),
    "group-properties": _group_properties,
    "help": lambda _, __: ActionText("Get-Help"),
    "high-availability": _high_availability,
    "isolate": _isolate,
    "machine-settings": _machine_settings,
    "manage-cluster": _window_only(
        "This action affects only this window. To open a cluster in a shell: fcm shell --cluster URI."
    ),
    "measure": _measure,
    "migration-history": _migration_history,
    "migration-networks": _migration_networks,
    "migration-settings": _migration_settings,
    "network-properties": _network_properties,
    "migration-report": _window_only(_REPORT.format("migration FILE.html --machine NAME")),
    "new-machine": _new_machine,
    "open-recording": _window_only("This action affects only this window and changes nothing in a cluster."),
    "preflight": _preflight,
    "quorum": _quorum,
    "replay": _window_only(
        "This action affects only this window. To look at a history in a shell: fcm shell --cluster replay:URI."
    ),
    "reset-recent-events": _window_only("This action affects only this window: earlier events count as seen."),
    "refresh": _window_only(
        "This action affects only this window: every command uses the current state of the cluster."
    ),
    "rehearse": _rehearse,
    "reset-cluster": _window_only("It affects what this program keeps of a simulated cluster."),
    "rename-volume": _rename_volume,
    "resource-properties": _resource_properties,
    "save-incident": _window_only("It changes nothing in the cluster. On the command line: fcm incident FILE.zip."),
    "tune-migration": _tune_migration,
    "validate": _validate,
    "validate-servers": _validate_servers,
    "volume-properties": _volume_properties,
    "validation-report": _window_only("It shows an existing report. Test-Cluster creates a new one."),
}
"""What the dialog of a name begins with."""
