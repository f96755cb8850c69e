"""The section [[roles]] of a cluster file: services and applications that are no virtual machines."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.embedded.cluster_file.groups import role_group
from fcm.backend.embedded.cluster_file.parts import checked_name, known_node
from fcm.model.commands import AddRole
from fcm.model.entities import DiskUse, GroupType, NetworkRole, ResourceState
from fcm.model.roles import KINDS
from fcm.model.rules.names import same, server_name
from fcm.model.rules.roles import valid_program
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.backend.toml_table import Table
    from fcm.model.entities import Adapter, Cluster, Disk, Group, Network, Node, Resource

ROLE_LIMIT = 1000


def read_roles(
    file: Table,
    cluster: Cluster,
    nodes: dict[str, Node],
    networks: Iterable[Network],
    adapters: Iterable[Adapter],
    disks: dict[str, Disk],
    names: Iterable[str],
) -> tuple[list[Group], list[Resource]]:
    """Read all of them; disks that become their own are changed in ``disks``.

    Args:
        file: the whole file.
        cluster: as read so far.
        nodes: by name.
        networks: of the cluster.
        adapters: whose addresses are taken.
        disks: by name.
        names: of services and applications that exist already.
    """
    groups: list[Group] = []
    resources: list[Resource] = []
    taken = {same(name) for name in (*nodes, cluster.name, *names)}
    addresses = {one.address for one in adapters} | {cluster.address}
    subnets = [ipaddress.ip_network(one.subnet, strict=False)
               for one in networks if one.role is NetworkRole.INTERNAL_AND_CLIENT]  # fmt: skip
    for table in file.tables("roles", 0, ROLE_LIMIT, "services and applications"):
        name = checked_name(table, "client access point", taken, server_name)
        kind: GroupType = table.choice("type", GroupType, GroupType.OTHER_SERVER)
        if kind not in KINDS:
            known = ", ".join(map(str, KINDS))
            raise table.error(f"'type' is {quoted(str(kind))}; it must be one of: {known}.", "type")
        node = known_node(table, table.text("node", next(iter(nodes))), nodes, "node")
        address = _address(table, subnets, addresses)
        own = _disks(table, node, disks)
        if KINDS[kind].needs_disk and not own:
            raise table.error(f"A {kind} needs a disk.", "disks" if "disks" in table else "name")
        program = _program(table, kind)
        command = AddRole(kind, name, address, tuple(disk.id for disk in own), program)
        group, made = role_group(cluster.name, command, own, node, tuple(nodes))
        online = table.flag("online", default=True)
        preferred = tuple(
            known_node(table, one, nodes, "preferred_owners", place)
            for place, one in enumerate(table.texts("preferred_owners", ()))
        )
        state = ResourceState.ONLINE if online else ResourceState.OFFLINE
        for disk in own:
            disks[disk.name] = replace(disk, state=state)
        groups.append(replace(group, state=state, wanted=online, preferred_owners=preferred))
        resources += [replace(one, state=state) for one in made]
        table.end()
    return groups, resources


def _address(table: Table, subnets: list[ipaddress.IPv4Network | ipaddress.IPv6Network], taken: set[str]) -> str:
    text = table.text("address")
    try:
        address = ipaddress.ip_address("" if "%" in text else text)
    except ValueError as error:
        raise table.error(f"'address' is {quoted(text)}, which is not an IP address.", "address") from error
    if not any(address in subnet for subnet in subnets):
        raise table.error(f"{address} is on no network that clients use (role internal and client).", "address")
    if str(address) in taken:
        raise table.error(f"{address} is already in use.", "address")
    taken.add(str(address))
    return str(address)


def _disks(table: Table, node: str, disks: dict[str, Disk]) -> tuple[Disk, ...]:
    found: list[Disk] = []
    for place, name in enumerate(table.texts("disks", ())):
        disk = disks.get(name)
        if disk is None:
            known = ", ".join(disks) or "none"
            raise table.error(f"There is no disk {quoted(name)}; the disks are: {known}.", "disks", place)
        if disk.use is not DiskUse.AVAILABLE:
            raise table.error(f"{quoted(name)} is not in Available Storage ({disk.use.value}).", "disks", place)
        if node not in disk.visible_to:
            raise table.error(f"{node} cannot access {quoted(name)}.", "disks", place)
        disk = disks[name] = replace(disk, use=DiskUse.GROUP, owner=node)
        found.append(disk)
    return tuple(found)


def _program(table: Table, kind: GroupType) -> str:
    """What is started: the key is named after what the type needs."""
    key = KINDS[kind].program.replace(" ", "_")
    if not key:
        return ""
    program = table.text(key)
    verdict = valid_program(program, KINDS[kind].program)
    if not verdict:
        raise table.error(verdict.sentence(), key)
    return program
