"""Actions on services and applications that are no virtual machines, on single resources, and on shared volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import GIB, DiskUse, GroupType, MachineState, OfflineAction, ResourceType, VolumeAccess
from fcm.model.rules.allowed import allowed
from fcm.model.rules.verdict import OK, Verdict, no
from fcm.model.structures.tables import name_of
from fcm.workspace.actions.action import Action
from fcm.workspace.actions.choice import Choice
from fcm.workspace.selection import Place

if TYPE_CHECKING:
    from fcm.model.commands import Command
    from fcm.model.entities import Group
    from fcm.model.state import State
    from fcm.workspace.selection import Selection

MORE = "More Actions..."
"""The submenu of what is rarely wanted."""
MACHINES = "Virtual Machines..."
OFFLINE = {
    OfflineAction.TURN_OFF: (MachineState.OFF, True),
    OfflineAction.SAVE: (MachineState.SAVED, False),
    OfflineAction.SHUT_DOWN: (MachineState.OFF, False),
    OfflineAction.SHUT_DOWN_FORCED: (MachineState.OFF, False),
}
"""What taking a Virtual Machine resource offline does to its machine."""


def group_of(state: State, selection: Selection) -> Group | None:
    """The service or application of what is selected; None: it is in none."""
    if selection.place is Place.RESOURCE:
        return state.groups.get(state.resources[selection.id].group)
    if selection.place is Place.MACHINE:
        return state.groups.get(state.machines[selection.id].group or "")
    return state.groups.get(selection.id)


def _group_id(state: State, selection: Selection) -> str:
    group = group_of(state, selection)
    return group.id if group is not None else ""


def _in_a_group(state: State, selection: Selection) -> Verdict:
    if group_of(state, selection) is not None:
        return OK
    return no("The machine is not highly available.", "Make it highly available first.")


def _move_choices(state: State, selection: Selection) -> tuple[Choice, ...]:
    others = [name for name in state.nodes if name != state.groups[selection.id].owner]
    return tuple(
        Choice(f"{number} - Move to node {node}", cmd.MoveGroup(selection.id, node), node)
        for number, node in enumerate(others, 1)
    )


def _storage_to_add(state: State, selection: Selection) -> Verdict:
    if any(disk.use is DiskUse.AVAILABLE for disk in state.disks.values()):
        return OK
    return no("There is no disk in Available Storage.", "Add a disk to the cluster first (Storage > Add a disk).")


def _auto_start(state: State, selection: Selection) -> Command:
    group = group_of(state, selection)
    return cmd.ConfigureGroup(group.id if group else "", auto_start=not (group and group.auto_start))


def _auto_start_words(state: State, selection: Selection) -> str:
    group = group_of(state, selection)
    return "Disable auto start" if group is None or group.auto_start else "Enable auto start"


def _may_change_auto_start(state: State, selection: Selection) -> Verdict:
    return _in_a_group(state, selection) and allowed(_auto_start(state, selection), state)


def _offline_question(state: State, selection: Selection) -> str:
    name = name_of(state.groups, selection.id)
    return f"Take {name} offline? Its clients will be disconnected, and it stays offline until you bring it online."


def _delete_question(state: State, selection: Selection) -> str:
    name = name_of(state.groups, selection.id)
    disks = any(one.disk is not None for one in state.group_resources(selection.id))
    return (
        f"Delete the service or application {name}? Its clients will be disconnected."
        f"{' Its disks go to Available Storage.' if disks else ''}"
    )


def _critical_words(state: State, selection: Selection) -> str:
    return f"Show the critical events for this {'resource' if selection.place is Place.RESOURCE else 'application'}"


# resources


def _is_machine(state: State, selection: Selection) -> bool:
    resource = state.resources[selection.id]
    return resource.type is ResourceType.VIRTUAL_MACHINE and resource.machine in state.machines


def resource_offline(state: State, selection: Selection) -> Command:
    """Disks and machines have commands of their own; a machine goes offline by the offline action of its resource."""
    resource = state.resources[selection.id]
    if resource.type is ResourceType.PHYSICAL_DISK and resource.disk is not None:
        return cmd.SetDiskOnline(resource.disk, online=False)
    if resource.type is ResourceType.VIRTUAL_MACHINE and resource.machine is not None:
        return cmd.SetMachineState(resource.machine, *OFFLINE[resource.offline_action])
    return cmd.TakeOffline(resource.id)


def _resource_offline_question(state: State, selection: Selection) -> str:
    resource = state.resources[selection.id]
    return f"Take {resource.name} offline? What depends on it goes offline too."


def _live_choices(state: State, selection: Selection) -> tuple[Choice, ...]:
    machine = state.machines.get(state.resources[selection.id].machine or "")
    if machine is None or not _is_machine(state, selection):
        return ()
    return tuple(
        Choice(f"{number} - Live migrate to node {node}", cmd.LiveMigrate(machine.id, node), node)
        for number, node in enumerate((name for name in state.nodes if name != machine.node), 1)
    )


def _of_role(state: State, selection: Selection) -> bool:
    group = group_of(state, selection)
    return group is not None and group.is_role


def _delete_resource(state: State, selection: Selection) -> Command:
    resource = state.resources[selection.id]
    if resource.type is ResourceType.PHYSICAL_DISK and resource.disk is not None:
        storage = next((one.id for one in state.groups.values() if one.type is GroupType.AVAILABLE_STORAGE), "")
        return cmd.MoveDisk(resource.disk, storage)
    return cmd.RemoveResource(resource.id)


def _delete_words(state: State, selection: Selection) -> str:
    resource = state.resources[selection.id]
    if resource.type is not ResourceType.PHYSICAL_DISK:
        return "Delete"
    return f"Remove from {name_of(state.groups, resource.group)}"


def _delete_resource_question(state: State, selection: Selection) -> str:
    resource = state.resources[selection.id]
    group = name_of(state.groups, resource.group)
    if resource.type is ResourceType.PHYSICAL_DISK:
        return f"Remove {resource.name} from {group}? The disk goes to Available Storage."
    return f"Delete {resource.name} from {group}?"


# shared volumes


def redirected_words(state: State, selection: Selection) -> str:
    """Turn it on or off, as it is now."""
    on = state.shared_volumes[selection.id].access is VolumeAccess.REDIRECTED
    return f"Turn {'off' if on else 'on'} redirected access for this Cluster shared volume"


def redirected_question(state: State, selection: Selection) -> str:
    """What changes for the nodes."""
    volume = state.shared_volumes[selection.id]
    if volume.access is VolumeAccess.REDIRECTED:
        return f"Turn off redirected access of {volume.name}? All nodes access the volume directly again."
    return (
        f"Turn on redirected access of {volume.name}? While it is on, all nodes except the coordinator access the "
        "volume over the network."
    )


# new machines


def _free_name(state: State) -> str:
    name, number = "New Virtual Machine", 1
    while state.machine_named(name) is not None:
        number += 1
        name = f"New Virtual Machine {number}"
    return name


def _new_machine_choices(state: State, selection: Selection) -> tuple[Choice, ...]:
    name, volume = _free_name(state), next(iter(state.shared_volumes), None)
    return tuple(
        Choice(f"{number} - {node}", cmd.CreateVirtualMachine(name, node, GIB, volume), node, dialog="new-machine")
        for number, node in enumerate(state.nodes, 1)
    )


_P = Place
_GROUP = frozenset({_P.GROUP})
_SERVICE = frozenset({_P.GROUP, _P.MACHINE})
_RESOURCE = frozenset({_P.RESOURCE})

CONNECT = Action("connect", "Connect...", "connect", frozenset({_P.MACHINE}), dialog="connect",
                 able=lambda capabilities: capabilities.console())  # fmt: skip
VOLUME_PROPERTIES = Action("volume-properties", "Properties", "properties", frozenset({_P.VOLUME}),
                           dialog="volume-properties", shortcut="Alt+Return",
                           of=cmd.RenameSharedVolume)  # fmt: skip
NEW_MACHINE = Action("new-machine-on", "New Virtual Machine...", "new-vm", frozenset({_P.SERVICES}),
                     choices=_new_machine_choices, of=cmd.CreateVirtualMachine, under=MACHINES)  # fmt: skip

ROLE_ACTIONS: tuple[Action, ...] = (
    Action("resource-offline", "Take this resource offline", "take-offline", _RESOURCE, command=resource_offline,
           confirm=_resource_offline_question),
    Action("resource-migrate", "Live migrate virtual machine to another node", "live-migrate", _RESOURCE,
           choices=_live_choices, of=cmd.LiveMigrate, fits=_is_machine),
    Action("group-online", "Bring this service or application online", "bring-online", _GROUP,
           command=lambda s, x: cmd.SetGroupOnline(x.id, online=True), of=cmd.SetGroupOnline),
    Action("group-offline", "Take this service or application offline", "take-offline", _GROUP,
           command=lambda s, x: cmd.SetGroupOnline(x.id, online=False), of=cmd.SetGroupOnline,
           confirm=_offline_question),
    Action("move-group", "Move this service or application to another node", "move", _GROUP, choices=_move_choices,
           of=cmd.MoveGroup),
    Action("critical-events", "Show the critical events for this application", "level-critical",
           _SERVICE | _RESOURCE, dialog="critical-events", words=_critical_words),
    Action("add-group-storage", "Add storage", "add-storage", _GROUP, dialog="add-group-storage",
           may=_storage_to_add, of=cmd.MoveDisk),
    Action("add-resource", "Add a resource...", "add-resource", _GROUP, dialog="add-resource", of=cmd.AddResource),
    Action("auto-start", "Disable auto start", "auto-start", _SERVICE, command=_auto_start,
           may=_may_change_auto_start, of=cmd.ConfigureGroup, words=_auto_start_words),
    Action("dependency-report", "Show Dependency Report", "dependencies", frozenset({_P.GROUP, _P.MACHINE}),
           dialog="dependency-report", may=_in_a_group, under=MORE),
    Action("delete-group", "Delete", "delete", _GROUP, command=lambda s, x: cmd.RemoveGroup(x.id),
           of=cmd.RemoveGroup, shortcut="Del", confirm=_delete_question),
    Action("group-properties", "Properties", "properties", _GROUP, dialog="group-properties", shortcut="Alt+Return",
           of=cmd.ConfigureGroup),
    Action("delete-resource", "Delete", "delete", _RESOURCE, command=_delete_resource, of=cmd.RemoveResource,
           shortcut="Del", confirm=_delete_resource_question, words=_delete_words, fits=_of_role),
)  # fmt: skip
"""In the order of the menus."""
