"""Every action of the user as data: menus, the Actions pane, context menus, the toolbar and the console share it.

An action applies to a place, may be refused with a reason (shown as tooltip), and leads to a command at once, to
one of several choices (a submenu), or to a dialog that the window opens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import DiskUse, MachineState, ResourceType, VolumeAccess
from fcm.model.rules.allowed import allowed
from fcm.model.rules.cluster import may_enable_shared_volumes
from fcm.model.rules.maintenance import in_maintenance, machines_in_the_way, maintenance_question
from fcm.model.rules.moving.measuring import measurable
from fcm.model.rules.verdict import OK, Verdict, no, some
from fcm.workspace.actions.action import Action as Action
from fcm.workspace.actions.choice import Choice as Choice
from fcm.workspace.actions.failure_actions import (
    FAILING,
    failure_choices,
    isolatable,
    plug_in,
    repair_choices,
    repairable,
    unplug,
    unplugged,
)
from fcm.workspace.actions.failure_questions import failure_question, resource_question
from fcm.workspace.actions.node_actions import NODE_ACTIONS
from fcm.workspace.actions.report_actions import AVAILABILITY_REPORT, REPORT_ACTIONS
from fcm.workspace.actions.role_actions import (
    CONNECT,
    MORE,
    NEW_MACHINE,
    ROLE_ACTIONS,
    VOLUME_PROPERTIES,
    redirected_question,
    redirected_words,
)
from fcm.workspace.actions.snapshot_actions import (
    applicable,
    apply_choices,
    deletable,
    delete_choices,
    revert_command,
    revert_question,
    revertible,
    snapshot_question,
)
from fcm.workspace.actions.whole_cluster import (
    force_choices,
    force_question_of,
    shut_down_question,
)
from fcm.workspace.planning.rehearsal_scenarios import PLACES, may_rehearse
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.model.commands import Command
    from fcm.model.state import State


def _other_nodes(state: State, but: str) -> list[str]:
    return [name for name in state.nodes if name != but]


def _live_choices(state: State, selection: Selection) -> tuple[Choice, ...]:
    machine = state.machines[selection.id]
    return tuple(
        Choice(f"{number} - Live migrate to node {node}", cmd.LiveMigrate(machine.id, node), node)
        for number, node in enumerate(_other_nodes(state, machine.node), 1)
    )


def _quick_choices(state: State, selection: Selection) -> tuple[Choice, ...]:
    machine = state.machines[selection.id]
    return tuple(
        Choice(f"{number} - Quick migrate to node {node}", cmd.QuickMigrate(machine.id, node), node)
        for number, node in enumerate(_other_nodes(state, machine.node), 1)
    )


def _move_choices(state: State, selection: Selection) -> tuple[Choice, ...]:
    machine = state.machines[selection.id]
    return tuple(
        Choice(f"{number} - Move to node {node}", cmd.MoveMachine(machine.id, node), node)
        for number, node in enumerate(_other_nodes(state, machine.node), 1)
    )


def _volume_choices(state: State, selection: Selection) -> tuple[Choice, ...]:
    volume = state.shared_volumes[selection.id]
    return tuple(
        Choice(f"{number} - Move to node {node}", cmd.MoveSharedVolume(volume.disk, node), node)
        for number, node in enumerate(_other_nodes(state, volume.owner), 1)
    )


def _cancel(state: State, selection: Selection) -> Verdict:
    active = state.active_migration(selection.id)
    if active is None:
        return no(f"{state.machines[selection.id].name} is not being migrated.")
    return allowed(cmd.CancelMigration(active.id), state)


def _tune(state: State, selection: Selection) -> Verdict:
    active = state.active_migration(selection.id)
    if active is None:
        return no(f"{state.machines[selection.id].name} is not being migrated.")
    return allowed(cmd.TuneMigration(active.id), state)


def _cancel_command(state: State, selection: Selection) -> Command:
    active = state.active_migration(selection.id)
    return cmd.CancelMigration(active.id if active else "")


def _addable(state: State, selection: Selection) -> Verdict:
    if any(disk.use is DiskUse.AVAILABLE for disk in state.disks.values()):
        return OK
    return no("There is no disk in Available Storage.", "Add a disk to the cluster first (Storage > Add a disk).")


def _unassigned(state: State, selection: Selection) -> Verdict:
    if any(disk.use is DiskUse.UNASSIGNED for disk in state.disks.values()):
        return OK
    return no("There are no unused LUNs.", "Present a new LUN to all nodes.")


def _to_cluster(state: State, selection: Selection) -> Verdict:
    if state.cluster is not None and not state.cluster.engine:
        return OK  # other services and applications, too
    if any(not machine.is_highly_available for machine in state.machines.values()):
        return OK
    return no("All virtual machines are already highly available.", "Create a virtual machine first.")


def _machine(state: MachineState, forced: bool = False) -> Callable[[State, Selection], Command]:
    return lambda _, selection: cmd.SetMachineState(selection.id, state, forced)


def _redirected(state: State, selection: Selection) -> Command:
    on = state.shared_volumes[selection.id].access is not VolumeAccess.REDIRECTED
    return cmd.SetRedirectedAccess(selection.id, on)


def _maintenance(state: State, selection: Selection) -> Command:
    """The other way round than it is; the question before it has named the machines that are taken offline."""
    on = not in_maintenance(state, selection.id)
    return cmd.SetMaintenance(selection.id, on, force=on and bool(machines_in_the_way(state, selection.id)))


def _maintenance_words(state: State, selection: Selection) -> str:
    return f"Turn {'off' if in_maintenance(state, selection.id) else 'on'} maintenance mode for this disk"


def _disk_online(state: State, selection: Selection) -> Command:
    return cmd.SetDiskOnline(selection.id, online=True)


def _resource_online(state: State, selection: Selection) -> Command:
    """Disks and machines have commands of their own."""
    resource = state.resources[selection.id]
    if resource.type is ResourceType.PHYSICAL_DISK and resource.disk is not None:
        return cmd.SetDiskOnline(resource.disk, online=True)
    if resource.type is ResourceType.VIRTUAL_MACHINE and resource.machine is not None:
        return cmd.SetMachineState(resource.machine, MachineState.RUNNING)
    return cmd.BringOnline(resource.id)


def _disk_offline(state: State, selection: Selection) -> Command:
    return cmd.SetDiskOnline(selection.id, online=False)


def _add_one(state: State, selection: Selection) -> Command:
    return cmd.AddStorage((selection.id,))


def _name(state: State, selection: Selection) -> str:
    match selection.place:
        case Place.MACHINE:
            return state.machines[selection.id].name
        case Place.VOLUME:
            return state.shared_volumes[selection.id].name
        case Place.DISK:
            return state.disks[selection.id].name
        case Place.RESOURCE:
            return state.resources[selection.id].name
        case Place.GROUP:
            return state.groups[selection.id].name
        case _:
            return selection.id


QUESTIONS = 5
"""Things that are asked about one by one; of the others only their names are told..."""
NAMES = 40
"""... as far as a question can be read; of more, how many they are."""


def question_of(action: Action, state: State, selections: Sequence[Selection], commands: Sequence[Command] = ()) -> str:
    """What is asked before an action is done on all that is selected, with the names of those not asked about.

    Args:
        action: it may have a question.
        state: the cluster.
        selections: what it acts on.
        commands: what was chosen, one for each of them.
    """
    if action.asks is not None:
        asked = [action.asks(state, command) for command in commands[:QUESTIONS]]
        others = len(commands) - len(asked)
        return "\n".join([*asked, f"The same for {others} more."] if others else asked)
    assert action.confirm is not None
    lines = [action.confirm(state, one) for one in selections[:QUESTIONS]]
    rest = [_name(state, one) for one in selections[QUESTIONS:]]
    if not any(lines):
        return ""
    return "\n".join([*lines, f"The same for {len(rest)} more: {some(rest, NAMES)}."] if rest else lines)


def group_of(state: State, selection: Selection) -> str:
    """The id of the group that a machine or a resource is in; "" for a machine that is not clustered."""
    if selection.place is Place.RESOURCE:
        return state.resources[selection.id].group
    return state.machines[selection.id].group or ""


_P = Place
_MACHINE = frozenset({_P.MACHINE})
_CLUSTERS = frozenset({_P.CLUSTER})
_EVERYWHERE = frozenset(Place)

ACTIONS: tuple[Action, ...] = (
    # Failover Cluster Manager
    Action("validate-any", "Validate a Configuration...", "validate", frozenset({_P.ROOT}), dialog="validate-servers",
           window=True),
    Action("create-cluster", "Create a Cluster...", "create-cluster", frozenset({_P.ROOT}), dialog="create-cluster",
           window=True),
    Action("create-hosts-cluster", "Create a Cluster on Hosts...", "create-cluster", frozenset({_P.ROOT}),
           dialog="create-hosts-cluster", window=True),
    Action("destroy-hosts-cluster", "Destroy a Cluster on Hosts...", "delete", frozenset({_P.ROOT}),
           dialog="destroy-hosts-cluster", window=True),
    Action("manage-cluster", "Manage a Cluster...", "manage-cluster", frozenset({_P.ROOT}), dialog="manage-cluster",
           shortcut="Ctrl+O", window=True),
    Action("open-recording", "Open Recording...", "open-recording", frozenset({_P.ROOT}), dialog="open-recording",
           shortcut="Ctrl+R", window=True),
    # Cluster
    Action("configure-service", "Configure a Service or Application...", "configure-service",
           frozenset({_P.CLUSTER, _P.SERVICES}), dialog="high-availability", may=_to_cluster,
           of=cmd.MakeHighlyAvailable),
    Action("validate", "Validate This Cluster...", "validate", _CLUSTERS, dialog="validate", of=cmd.ValidateCluster),
    Action("validation-report", "View Validation Report", "validate-report", _CLUSTERS, dialog="validation-report",
           may=lambda s, _: OK if s.cluster and s.cluster.validation
           else no("This cluster has not been validated yet.", "Choose Validate This Cluster.")),
    Action("enable-csv", "Enable Cluster Shared Volumes...", "enable-csv", _CLUSTERS, dialog="enable-csv",
           may=lambda s, _: may_enable_shared_volumes(s), of=cmd.EnableSharedVolumes),
    Action("quorum", "Configure Cluster Quorum Settings...", "quorum", _CLUSTERS, dialog="quorum", of=cmd.SetQuorum),
    Action("migration-networks", "Networks for live migration...", "network-order",
           frozenset({_P.CLUSTER, _P.NETWORKS}), dialog="migration-networks", of=cmd.SetMigrationNetworks),
    Action("migration-settings", "Live Migration Settings...", "live-migrate",
           frozenset({_P.CLUSTER, _P.NETWORKS}), dialog="migration-settings", of=cmd.SetMigrationOptions),
    Action("start-cluster", "Start Cluster", "start-cluster", _CLUSTERS, command=lambda s, x: cmd.StartCluster(),
           of=cmd.StartCluster),
    Action("force-cluster-start", "Force Cluster Start", "force-start", _CLUSTERS, choices=force_choices,
           of=cmd.StartClusterService, asks=force_question_of),
    Action("shut-down-cluster", "Shut Down Cluster...", "shut-down-cluster", _CLUSTERS,
           command=lambda s, x: cmd.StopCluster(), of=cmd.StopCluster, confirm=shut_down_question),
    Action("node-commands", "Commands on the Nodes...", "console", _CLUSTERS, dialog="node-commands", special=True,
           able=lambda able: able.verdict(cmd.ConfirmNodeOff), may=lambda s, x: OK),
    Action("destroy-cluster", "Destroy Cluster...", "delete", _CLUSTERS, dialog="destroy-hosts-cluster", special=True,
           able=lambda able: able.verdict(cmd.ConfirmNodeOff), may=lambda s, x: OK),
    Action("reset-cluster", "Reset This Cluster...", "restart", _CLUSTERS, dialog="reset-cluster", special=True,
           of=cmd.InjectFault, may=lambda s, x: OK),
    Action("replay", "Replay the History", "replay", _CLUSTERS, dialog="replay",
           able=lambda able: no("This is a replay already.", "Use the time line under the page.") if able.replays
           else OK),
    Action("branch", "Branch Here...", "branch", _CLUSTERS, dialog="branch", special=True,
           able=lambda able: OK if able.replays else no("This cluster is no replay.")),
    AVAILABILITY_REPORT,
    Action("save-incident", "Save Incident...", "incident", _CLUSTERS, dialog="save-incident"),
    Action("close-cluster", "Close Connection", "close-connection", _CLUSTERS, dialog="close-cluster", window=True),
    # Virtual machines
    Action("new-machine", "New Virtual Machine...", "new-vm",
           frozenset({_P.CLUSTER, _P.NODE, _P.VOLUME}), dialog="new-machine",
           of=cmd.CreateVirtualMachine),
    NEW_MACHINE,
    Action("live-migrate", "Live migrate virtual machine to another node", "live-migrate", _MACHINE,
           choices=_live_choices, of=cmd.LiveMigrate, shortcut="Ctrl+M"),
    Action("preflight", "Check a live migration...", "pre-flight", _MACHINE, dialog="preflight", of=cmd.LiveMigrate),
    Action("migration-history", "Migration history...", "history", frozenset({_P.CLUSTER, _P.SERVICES, _P.MACHINE}),
           dialog="migration-history", shortcut="Ctrl+H"),
    Action("measure", "Measure memory writes...", "dirty-rate", _MACHINE, dialog="measure",
           may=lambda s, x: measurable(s, x.id)),
    Action("quick-migrate", "Quick migrate virtual machine to another node", "quick-migrate", _MACHINE,
           choices=_quick_choices, of=cmd.QuickMigrate),
    Action("move-machine", "Move virtual machine to another node", "move", _MACHINE, choices=_move_choices,
           of=cmd.MoveMachine),
    Action("cancel-migration", "Cancel live migration", "cancel", _MACHINE, command=_cancel_command, may=_cancel,
           of=cmd.CancelMigration, shortcut="Ctrl+Shift+M"),
    Action("tune-migration", "Change a running live migration...", "settings", _MACHINE, dialog="tune-migration",
           may=_tune, of=cmd.TuneMigration),
    Action("start-machine", "Start virtual machine", "start", _MACHINE, command=_machine(MachineState.RUNNING),
           of=cmd.SetMachineState),
    Action("shut-down-machine", "Shut down virtual machine", "shut-down", _MACHINE,
           command=_machine(MachineState.OFF), of=cmd.SetMachineState,
           confirm=lambda s, x: f"Shut down {_name(s, x)}? Its users will be disconnected."),
    Action("turn-off-machine", "Turn off virtual machine", "turn-off", _MACHINE,
           command=_machine(MachineState.OFF, forced=True), of=cmd.SetMachineState,
           confirm=lambda s, x: f"Turn off {_name(s, x)}? Data that it has not written to disk will be lost."),
    Action("save-machine", "Save virtual machine", "save", _MACHINE, command=_machine(MachineState.SAVED),
           of=cmd.SetMachineState),
    Action("snapshot", "Snapshot", "snapshot", _MACHINE, command=lambda s, x: cmd.TakeSnapshot(x.id),
           of=cmd.TakeSnapshot, confirm=snapshot_question),
    Action("revert", "Revert", "revert", _MACHINE, command=revert_command, may=revertible, of=cmd.RevertToSnapshot,
           confirm=revert_question),
    Action("apply-snapshot", "Apply snapshot", "revert", _MACHINE, choices=apply_choices, may=applicable,
           of=cmd.RevertToSnapshot, confirm=revert_question),
    Action("delete-snapshot", "Delete snapshot", "delete", _MACHINE, choices=delete_choices, may=deletable,
           of=cmd.DeleteSnapshot, confirm=lambda s, x: f"Delete a snapshot of {_name(s, x)}? The machine does not "
           "change, but can no longer be reverted to it."),
    Action("back-up", "Back up", "back-up", _MACHINE, command=lambda s, x: cmd.BackUpMachine(x.id),
           of=cmd.BackUpMachine),
    Action("clear-blocked", "Clear and keep running", "clear-blocked", frozenset({_P.MACHINE, _P.RESOURCE}),
           command=lambda s, x: cmd.ClearBlocked(group_of(s, x)), of=cmd.ClearBlocked, special=True),
    CONNECT,
    Action("machine-settings", "Settings...", "settings", _MACHINE, dialog="machine-settings",
           of=cmd.ConfigureVirtualMachine),
    Action("cluster-machine", "Make highly available...", "configure-service", _MACHINE,
           dialog="high-availability", command=lambda s, x: cmd.MakeHighlyAvailable((x.id,)),
           of=cmd.MakeHighlyAvailable),
    Action("remove-group", "Remove from the cluster", "delete", _MACHINE,
           command=lambda s, x: cmd.RemoveGroup(s.machines[x.id].group or ""), of=cmd.RemoveGroup, shortcut="Del",
           confirm=lambda s, x: f"Remove {_name(s, x)} from the cluster? The machine stays on its node and is no "
           "longer highly available."),
    Action("delete-machine", "Delete virtual machine", "delete", _MACHINE,
           command=lambda s, x: cmd.DeleteVirtualMachine(x.id), of=cmd.DeleteVirtualMachine,
           confirm=lambda s, x: f"Permanently delete {_name(s, x)} and its files?"),
    Action("resource-online", "Bring this resource online", "bring-online", frozenset({_P.RESOURCE}),
           command=_resource_online, of=cmd.BringOnline),
    *ROLE_ACTIONS,
    Action("fail-resource", "Simulate failure of this resource", "simulate-failure", frozenset({_P.RESOURCE}),
           command=lambda s, x: cmd.FailResource(x.id), of=cmd.FailResource,
           confirm=lambda s, x: resource_question(s, x.id)),
    Action("machine-properties", "Properties", "properties", _MACHINE, dialog="group-properties",
           shortcut="Alt+Return", of=cmd.ConfigureGroup,
           may=lambda s, x: OK if s.machines[x.id].is_highly_available
           else no("The machine is not highly available.", "Make it highly available first.")),
    Action("resource-properties", "Properties", "properties", frozenset({_P.RESOURCE}), dialog="resource-properties",
           shortcut="Alt+Return"),
    *NODE_ACTIONS,
    # Storage
    Action("add-storage", "Add storage", "add-storage", frozenset({_P.SHARED_VOLUMES}), dialog="add-storage",
           may=_addable, of=cmd.AddStorage),
    Action("add-to-csv", "Add to Cluster Shared Volumes", "add-storage", frozenset({_P.DISK}), command=_add_one,
           of=cmd.AddStorage),
    Action("add-disk", "Add a disk", "add-storage", frozenset({_P.STORAGE}), dialog="add-disk", may=_unassigned,
           of=cmd.AddClusterDisk),
    Action("disk-online", "Bring this resource online", "bring-online", frozenset({_P.DISK, _P.VOLUME}),
           command=_disk_online, of=cmd.SetDiskOnline),
    Action("disk-offline", "Take this resource offline", "take-offline", frozenset({_P.DISK, _P.VOLUME}),
           command=_disk_offline, of=cmd.SetDiskOnline),
    Action("move-volume", "Move this shared volume to another node", "move-volume", frozenset({_P.VOLUME}),
           choices=_volume_choices, of=cmd.MoveSharedVolume),
    Action("redirected-access", "Turn redirected access on or off", "redirected-access", frozenset({_P.VOLUME}),
           command=_redirected, of=cmd.SetRedirectedAccess, confirm=redirected_question, words=redirected_words,
           under=MORE),
    Action("maintenance", "Turn maintenance mode on or off for this disk", "maintenance",
           frozenset({_P.DISK, _P.VOLUME}), command=_maintenance, of=cmd.SetMaintenance,
           confirm=lambda s, x: maintenance_question(s, x.id), words=_maintenance_words, under=MORE),
    Action("rename-volume", "Rename", "rename", frozenset({_P.VOLUME}), dialog="rename-volume", shortcut="F2",
           of=cmd.RenameSharedVolume),
    Action("remove-volume", "Remove from Cluster Shared Volumes", "remove-storage", frozenset({_P.VOLUME}),
           command=lambda s, x: cmd.RemoveSharedVolume(x.id), of=cmd.RemoveSharedVolume, shortcut="Del",
           confirm=lambda s, x: f"Remove {_name(s, x)} from the Cluster Shared Volumes?"),
    VOLUME_PROPERTIES,
    # Networks
    Action("network-properties", "Properties", "properties", frozenset({_P.NETWORK}), dialog="network-properties",
           shortcut="Alt+Return", of=cmd.ConfigureNetwork),
    Action("fail-adapter", "Simulate failure of this adapter", "simulate-failure", frozenset({_P.ADAPTER}),
           command=unplug, of=cmd.InjectFault, confirm=lambda s, x: failure_question(s, unplug(s, x))),
    Action("repair-adapter", "Repair this adapter", "resume", frozenset({_P.ADAPTER}),
           command=plug_in, may=unplugged, of=cmd.RepairFault),
    # Failures
    Action("simulate-failure", "Simulate failure", "simulate-failure", FAILING, choices=failure_choices,
           of=cmd.InjectFault, asks=failure_question),
    Action("isolate", "Isolate nodes...", "isolate", frozenset({_P.NODE, _P.CLUSTER}), dialog="isolate", may=isolatable,
           of=cmd.InjectFault),
    Action("repair-failure", "Repair", "repair", FAILING, choices=repair_choices, may=repairable, of=cmd.RepairFault),
    Action("repair-fault", "Repair", "repair", frozenset({_P.FAULT}), command=lambda s, x: cmd.RepairFault(x.id),
           of=cmd.RepairFault),
    # Migrations
    Action("cancel-this", "Cancel", "cancel", frozenset({_P.MIGRATION}),
           command=lambda s, x: cmd.CancelMigration(x.id), of=cmd.CancelMigration),
    # Events
    Action("reset-recent-events", "Reset Recent Events", "clock", frozenset({_P.CLUSTER, _P.EVENTS}),
           dialog="reset-recent-events"),
    # Reports and rehearsal
    *REPORT_ACTIONS,
    Action("rehearse", "Rehearse...", "rehearse", PLACES, dialog="rehearse", may=may_rehearse,
           able=lambda capabilities: capabilities.rehearsal()),
    # Everywhere
    Action("refresh", "Refresh", "refresh", _EVERYWHERE, dialog="refresh", shortcut="F5", window=True),
    Action("help", "Help", "help", _EVERYWHERE, dialog="help", shortcut="F1", window=True),
)  # fmt: skip

BY_ID: dict[str, Action] = {action.id: action for action in ACTIONS}


def actions_for(place: Place) -> tuple[Action, ...]:
    """The actions of a place in the order in which menus show them."""
    return tuple(action for action in ACTIONS if place in action.places)
