"""What may be done with services and applications that are no virtual machines, and with single resources."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from fcm.model.entities import DiskUse, GroupType, NetworkRole, NodeState, ResourceState, ResourceType
from fcm.model.roles import DETAILS, KINDS, address_name, resource_name
from fcm.model.rules import names
from fcm.model.rules.dependencies import providers
from fcm.model.rules.failing.access import path_works
from fcm.model.rules.maintenance import not_in_maintenance
from fcm.model.rules.verdict import OK, Verdict, no, some, together
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model import commands as cmd
    from fcm.model.entities import Disk, Group, Node, Resource
    from fcm.model.state import State

PROGRAM_LIMIT = 260
"""Characters of a service name or command line: the longest path of Windows (MAX_PATH)."""
_OFFLINE = (ResourceState.OFFLINE, ResourceState.FAILED)


def add_role(command: cmd.AddRole, state: State) -> Verdict:
    """A name and an address that nobody has, disks that nobody uses, and what runs behind them."""
    if command.type not in KINDS:
        return no(f"{command.type} is no service or application of this kind.", "Choose one of the list.")
    return together(_against_role(command, state))


def _against_role(command: cmd.AddRole, state: State) -> Iterator[Verdict]:
    kind = KINDS[command.type]
    yield free_server_name(command.name, state)
    yield free_address(command.address, state)
    if kind.program:
        yield valid_program(command.program, kind.program)
    elif command.program:
        yield no(f"A service or application of the type {command.type} starts no program.", "Leave it out.")
    for made in (resource_name(command.type, command.name, command.program), address_name(command.address)):
        taken = (one.name for one in state.resources.values())
        yield names.not_taken(made, taken, f"A resource {made} already exists.")
    if kind.needs_disk and not command.disks:
        yield no(f"A {command.type} needs a disk.", "Select at least one disk in Available Storage.")
    for identity in command.disks:
        yield from _against_disk(state.disks[identity], state)
    if len(set(command.disks)) < len(command.disks):
        yield no("A disk was chosen twice.", "Choose each disk once.")
    if not command.disks and first_owner(state) is None:
        yield no("No node is up.", "Start the cluster service of a node.")


def first_owner(state: State) -> str | None:
    """The node on which a new service or application without disks starts: up, with the fewest groups."""
    owners = [group.owner for group in state.groups.values()]
    return min((node.name for node in state.nodes.values() if node.state is NodeState.UP), key=owners.count,
               default=None)  # fmt: skip


def free_server_name(name: str, state: State) -> Verdict:
    """Whether a network name is valid, and no server, group or client access point has it."""
    cluster = state.cluster
    others = [*state.nodes, *(group.name for group in state.groups.values())]
    others += [one.detail for one in state.resources.values() if one.type is ResourceType.NETWORK_NAME]
    others += [one.name for one in state.resources.values()] + ([cluster.name] if cluster else [])
    return names.server_name(name, "client access point") and names.not_taken(
        name, others, f"The name {name} is already in use in this cluster."
    )


def free_address(text: str, state: State) -> Verdict:
    """Whether an IP address is on a network that clients use, and nobody has it."""
    try:
        address = ipaddress.ip_address("" if "%" in text else text)
    except ValueError:
        return no(f"{quoted(text)} is not an IP address.", "Enter an address such as 10.0.0.50.")
    subnets = {
        one.subnet: ipaddress.ip_network(one.subnet, strict=False)
        for one in state.networks.values()
        if one.role is NetworkRole.INTERNAL_AND_CLIENT
    }
    found = next((subnet for subnet in subnets.values() if address in subnet), None)
    if found is None:
        where = f"one of {', '.join(subnets)}" if subnets else "no subnet: clients may use no cluster network"
        return no(f"Clients cannot reach {address}: it should be in {where}.", "Enter another address.")
    if found.num_addresses > 2 and address in (found.network_address, found.broadcast_address):
        return no(f"{address} is the address of the whole subnet {found}.", "Enter another address.")
    taken = {one.address for one in state.adapters.values()}
    taken |= {one.detail for one in state.resources.values() if one.type is ResourceType.IP_ADDRESS}
    taken |= {str(one.gateway) for one in state.networks.values() if one.gateway}
    if state.cluster is not None:
        taken.add(state.cluster.address)
    return no(f"{address} is already in use.", "Enter another address.") if str(address) in taken else OK


def valid_program(text: str, what: str) -> Verdict:
    """Whether a text can be a service name or a command line."""
    if not text.strip():
        return no(f"The {what} is missing.", f"Enter the {what}.")
    if len(text) > PROGRAM_LIMIT:
        return no(f"The {what} has {len(text)} characters.", f"Use at most {PROGRAM_LIMIT}.")
    if any(ord(letter) < 32 for letter in text):
        return no(f"The {what} has a control character.", "Remove it.")
    return OK


def _against_disk(disk: Disk, state: State) -> Iterator[Verdict]:
    if disk.use is not DiskUse.AVAILABLE:
        yield no(f"{disk.name} is not in Available Storage ({disk.use}).", "Choose disks in Available Storage.")
        return
    if disk.state is not ResourceState.ONLINE:
        yield no(f"{disk.name} is {disk.state.lower()}.", "Bring the disk online first.")
    yield not_in_maintenance(state, disk.id)
    users = [machine.name for machine in state.machines_with_files_on(disk.id)]
    if users:
        yield no(f"{disk.name} holds files of {some(users, 3)}.", "Choose another disk.")


def _role(group: Group) -> Verdict:
    if group.type is GroupType.VIRTUAL_MACHINE:
        return no(f"{group.name} is a virtual machine.", "Use the actions of the virtual machine.")
    if group.is_core:
        return no(f"{group.name} belongs to the cluster itself.", "Choose a service or application.")
    return OK


def _has_owner(group: Group, state: State) -> Verdict:
    owner = state.nodes[group.owner]
    if owner.state.is_member:
        return OK
    text = f"{owner.name}, the owner of {group.name}, is {owner.state.lower()}."
    return no(text, "Wait until another node takes it over, or start the cluster service of the node.")


def set_group_online(command: cmd.SetGroupOnline, state: State) -> Verdict:
    """Services and applications that are not as they should be already."""
    group = state.groups[command.group]
    if not (mine := _role(group)):
        return mine
    if group.state is (ResourceState.ONLINE if command.online else ResourceState.OFFLINE):
        return no(f"{group.name} is already {group.state.lower()}.")
    if not state.group_resources(group.id):
        return no(f"{group.name} has no resources.", "Add a resource first.")
    return _has_owner(group, state)


def move_group(command: cmd.MoveGroup, state: State) -> Verdict:
    """To another node that is up and may own everything in it."""
    group, node = state.groups[command.group], state.nodes[command.destination]
    return _role(group) and together(_against_move(group, node, state))


def _against_move(group: Group, node: Node, state: State) -> Iterator[Verdict]:
    if group.owner == node.name:
        yield no(f"{node.name} already owns {group.name}.", "Choose another node.")
        return
    yield _has_owner(group, state)
    if node.state is not NodeState.UP:
        yield no(f"{node.name} is {node.state.lower()}.", "Choose a node that is up.")
    for resource in state.group_resources(group.id):
        if node.name not in resource.possible_owners:
            text = f"{node.name} is not a possible owner of {resource.name}."
            yield no(text, "Select it on the Advanced Policies tab of the resource.")
        if resource.disk is not None:
            yield not_in_maintenance(state, resource.disk)
            if node.name not in state.disks[resource.disk].visible_to:
                yield no(f"{node.name} does not see {resource.name}.", "Present the LUN to the node.")


def add_resource(command: cmd.AddResource, state: State) -> Verdict:
    """A type that can be added, with a name of its own and what it needs."""
    group = state.groups[command.group]
    if not (mine := _role(group)):
        return mine
    if command.type not in DETAILS:
        return no(f"A resource of the type {command.type} cannot be added here.", f"Choose one of: {_types()}.")
    return together((resource_free(command.name, state), _detail(command, state)))


def _types() -> str:
    return ", ".join(map(str, DETAILS))


def resource_free(name: str, state: State) -> Verdict:
    """Whether a resource can have a name."""
    others = [one.name for one in state.resources.values()] + [disk.name for disk in state.disks.values()]
    return names.object_name(name, "resource") and names.not_taken(name, others, f"A resource {name} already exists.")


def _detail(command: cmd.AddResource, state: State) -> Verdict:
    match command.type:
        case ResourceType.IP_ADDRESS:
            return free_address(command.detail, state)
        case ResourceType.NETWORK_NAME:
            return free_server_name(command.detail, state)
        case _ if DETAILS[command.type]:
            return valid_program(command.detail, DETAILS[command.type])
        case _:
            return no(f"A {command.type} needs no further text.", "Leave it out.") if command.detail else OK


def remove_resource(command: cmd.RemoveResource, state: State) -> Verdict:
    """Resources of services and applications that nothing depends on; disks go back to Available Storage instead."""
    resource = state.resources[command.resource]
    mine = _role(state.groups[resource.group])
    if resource.type is ResourceType.PHYSICAL_DISK:
        return mine and no(f"{resource.name} is a disk.", "Remove it from the service or application under Storage.")
    return mine and _needed_by(resource, state)


def _needed_by(resource: Resource, state: State) -> Verdict:
    users = [one.name for one in state.group_resources(resource.group) if resource.id in providers(one)]
    if users:
        return no(f"{some(users, 3)} depends on {resource.name}.", "Remove the dependency first.")
    return OK


def move_disk(command: cmd.MoveDisk, state: State) -> Verdict:
    """From Available Storage to a service or application, or from there back."""
    disk, group = state.disks[command.disk], state.groups[command.group]
    if group.type is GroupType.AVAILABLE_STORAGE:
        return together(_against_return(disk, state))
    if not (mine := _role(group)):
        return mine
    return together((*_against_disk(disk, state), path_works(state, group.owner, disk.id), _has_owner(group, state)))


def _against_return(disk: Disk, state: State) -> Iterator[Verdict]:
    resource = next((one for one in state.resources.values() if one.disk == disk.id), None)
    group = state.groups.get(resource.group) if resource is not None else None
    if resource is None or group is None or not group.is_role:
        yield no(f"{disk.name} is not in a service or application.", "Choose a disk of a service or application.")
        return
    yield _role(group)
    yield not_in_maintenance(state, disk.id)
    yield _needed_by(resource, state)
    storage = next((one for one in state.groups.values() if one.type is GroupType.AVAILABLE_STORAGE), None)
    if storage is not None and storage.owner != disk.owner:
        yield path_works(state, storage.owner, disk.id)


def take_offline(command: cmd.TakeOffline, state: State) -> Verdict:
    """Resources that are not offline, and are neither of the cluster itself nor have a command of their own."""
    resource = state.resources[command.resource]
    group = state.groups[resource.group]
    if resource.type is ResourceType.VIRTUAL_MACHINE:
        return no(f"{resource.name} is offline once its machine is.", "Save, shut down or turn off the machine.")
    if resource.type is ResourceType.PHYSICAL_DISK:
        return no(f"{resource.name} is a disk.", "Take the disk offline under Storage.")
    if group.is_core:
        return no(f"The cluster itself needs {resource.name}.", "It stays online while the cluster runs.")
    if resource.state is ResourceState.OFFLINE:
        return no(f"{resource.name} is already offline.")
    for machine in state.group_machines(group.id):
        if machine.state.holds_memory:
            return no(f"{machine.name} is running.", "Save, shut down or turn off the machine first.")
    return _has_owner(group, state)
