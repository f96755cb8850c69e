"""Cluster files: a whole cluster described in TOML (docs/cluster-files.md).

Sizes are texts with a unit ("32 GiB"), line rates too ("1 Gbit/s"). Whatever is wrong is refused with file, line and
reason before a cluster exists; what a real cluster could be but should not (different updates, misnamed virtual
networks, overlapping subnets) is accepted, validation is there to find it.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.embedded.cluster_file.faults import YEAR, read_faults
from fcm.backend.embedded.cluster_file.groups import disk_resource, share_resource, witness_policy
from fcm.backend.embedded.cluster_file.identity import identity
from fcm.backend.embedded.cluster_file.machines import read_machines
from fcm.backend.embedded.cluster_file.parts import checked_name, known_node
from fcm.backend.embedded.cluster_file.roles import read_roles
from fcm.backend.toml_lines import TomlLines
from fcm.backend.toml_table import ClusterFileError, Table, read_table
from fcm.model.entities import (
    GIB,
    Adapter,
    Cluster,
    ClusterVersion,
    Disk,
    DiskUse,
    Group,
    GroupType,
    Network,
    NetworkRole,
    Node,
    NodeState,
    Processor,
    QuorumMode,
    Resource,
    ResourceState,
    ResourceType,
    SharedVolume,
)
from fcm.model.events import ClusterFormed
from fcm.model.rules.failing.assumed import FIGURES
from fcm.model.rules.names import FOLDER_LIMIT, domain_name, file_name, is_taken, object_name, server_name
from fcm.model.rules.networks import automatic_metrics
from fcm.model.rules.quorum import recommended_mode, reweighted, votes
from fcm.text.textfile import CLUSTER, parse_toml
from fcm.text.words import quoted

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FILE_LIMIT", "MACHINE_LIMIT", "NODE_LIMIT", "ClusterFileError", "from_table", "load", "read"]

FORMAT = 1
FILE_LIMIT = CLUSTER.most
"""bytes of a cluster file."""
NODE_LIMIT = 64
"""Windows Server 2012 and later; 2008 R2 has 16."""
MACHINE_LIMIT = 8000
"""Virtual machines of a cluster of Windows Server 2012 and later; 2008 R2 has 1,000."""
NETWORK_LIMIT = 64
DISK_LIMIT = 512


def load(path: Path) -> ClusterFormed:
    """Read a cluster file.

    Raises:
        ClusterFileError: the file cannot be read or does not describe a cluster that could run.
    """
    return from_table(read_table(path, CLUSTER, lambda text: _refuse_crowds(path, text)))


def read(text: str, path: Path) -> ClusterFormed:
    """The cluster that the text of a cluster file describes; ``path`` is named in errors. Raises ClusterFileError."""
    return from_table(Table(path, TomlLines(text), parse_toml(text, path)))


def _refuse_crowds(path: Path, text: str) -> None:
    """Refuse far too many machines before the parser spends minutes on them."""
    heads = list(re.finditer(r"^[ \t]*\[\[[ \t]*machines[ \t]*\]\]", text, re.MULTILINE))
    if len(heads) > MACHINE_LIMIT:
        line = text.count("\n", 0, heads[MACHINE_LIMIT].start()) + 1
        reason = f"The cluster has {len(heads)} virtual machines; at most {MACHINE_LIMIT} are possible."
        raise ClusterFileError(path, line, reason)


def from_table(file: Table) -> ClusterFormed:
    """The cluster of a file whose other tables were read before.

    Raises:
        ClusterFileError: it does not describe a cluster that could run.
    """
    file.whole("format", least=FORMAT, most=FORMAT)
    settings = file.table("cluster")
    name = settings.text("name")
    version: ClusterVersion = settings.choice("version", ClusterVersion, ClusterVersion.V2008_R2)
    processors = _processors(file)
    nodes = _nodes(file, processors, version)
    networks, adapters = _networks(file, name, nodes)
    volumes_on = settings.flag("shared_volumes", default=False)
    disks, volumes = _disks(file, name, nodes, volumes_on)
    cluster = replace(_cluster(settings, name, version, nodes, disks, volumes_on), assumed=_assumed(file))
    cluster, nodes = reweighted(cluster, nodes, nodes, witness_ok=True)
    machines = read_machines(file, cluster, nodes, disks, MACHINE_LIMIT, volumes)
    names = [group.name for group in machines.groups]
    roles, of_roles = read_roles(file, cluster, nodes, networks, adapters, disks, names)
    core, resources = _core_groups(cluster, nodes, disks)
    planned = read_faults(file, cluster, nodes, networks, adapters, disks.values(), machines.machines)
    file.end()
    return ClusterFormed(
        cluster=cluster,
        nodes=tuple(nodes.values()),
        networks=tuple(networks),
        adapters=tuple(adapters),
        disks=tuple(disks.values()),
        shared_volumes=tuple(volumes.values()),
        groups=(*core, *machines.groups, *roles),
        resources=(*resources, *machines.resources, *of_roles),
        machines=tuple(machines.machines),
        planned=planned,
    )


OPERATING_SYSTEMS = {
    ClusterVersion.V2008_R2: "Windows Server 2008 R2 Enterprise, 6.1.7601 Service Pack 1",
    ClusterVersion.V2012: "Windows Server 2012 Datacenter, 6.2.9200",
    ClusterVersion.V2012_R2: "Windows Server 2012 R2 Datacenter, 6.3.9600",
    ClusterVersion.V2016: "Windows Server 2016 Datacenter, 10.0.14393",
    ClusterVersion.V2019: "Windows Server 2019 Datacenter, 10.0.17763",
}
"""Operating system of the nodes of a cluster of each version, where the file does not say."""


def _assumed(file: Table) -> tuple[tuple[str, float], ...]:
    """Figures of the simulation that this cluster has otherwise; only those that exist."""
    if "assumed" not in file:
        return ()
    table = file.table("assumed")
    figures = {name: table.number(name, usual.value) for name, usual in FIGURES.items()}
    table.end()
    for name, value in figures.items():
        if value > YEAR:
            raise table.error(f"{quoted(name)} is {value:g}; it must be 0 to {YEAR:.0f}.", name)
    return tuple((name, value) for name, value in figures.items() if name in table)


def _processors(file: Table) -> dict[str, Processor]:
    found: dict[str, Processor] = {}
    taken: set[str] = set()
    for table in file.tables("processors", 1, NODE_LIMIT, "processors"):
        name = checked_name(table, "processor", taken, object_name)
        found[name] = Processor(table.text("vendor"), name, frozenset(table.texts("features", ())))
        table.end()
    return found


def _nodes(file: Table, processors: dict[str, Processor], version: ClusterVersion) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    taken: set[str] = set()
    for table in file.tables("nodes", 1, NODE_LIMIT, "nodes"):
        name = checked_name(table, "node", taken, server_name)
        processor = table.text("processor")
        if processor not in processors:
            known = ", ".join(processors)
            raise table.error(f"There is no processor {quoted(processor)}. The file defines: {known}.", "processor")
        memory, reserved = table.size("memory"), table.size("reserved_memory", 2 * GIB)
        if reserved >= memory:
            raise table.error("All memory is reserved for the host, so that no virtual machine can run here.", "memory")
        drive = table.text("system_drive", "C:")
        if not re.fullmatch(r"[A-Za-z]:", drive):
            raise table.error(f"'system_drive' is {quoted(drive)}; it must be a letter and a colon.", "system_drive")
        nodes[name] = Node(
            name=name,
            state=NodeState.UP,
            memory=memory,
            reserved_memory=reserved,
            logical_processors=table.whole("logical_processors", 8, 1, 4096),
            processor=processors[processor],
            switches=table.texts("switches", ()),
            system_drive=drive.upper(),
            version=table.text("version", OPERATING_SYSTEMS[version]),
            updates=table.texts("updates", ()),
            weight=table.whole("weight", 1, 0, 1),
        )
        table.end()
    return nodes


def _networks(file: Table, cluster: str, nodes: dict[str, Node]) -> tuple[list[Network], list[Adapter]]:
    networks: dict[str, Network] = {}
    taken: set[str] = set()
    adapters: list[Adapter] = []
    for table in file.tables("networks", 1, NETWORK_LIMIT, "networks"):
        name = checked_name(table, "network", taken, object_name)
        subnet = table.subnet("subnet")
        key = identity(cluster, "network", name)
        metric = table.whole("metric", 0, 1, 65535)
        networks[name] = Network(
            id=key,
            name=name,
            subnet=str(subnet),
            role=table.choice("role", NetworkRole, NetworkRole.INTERNAL),
            metric=metric,
            auto_metric=metric == 0,
            gateway=_address(table, "gateway", table.optional("gateway"), subnet),
            bandwidth=table.rate("bandwidth", 125_000_000),
            description=table.text("description", ""),
        )
        addresses = table.table("addresses")
        connected: set[str] = set()
        for node in addresses.keys():  # noqa: SIM118 - a method of Table, not of a dict
            owner = known_node(addresses, node, nodes, node)
            if owner in connected:
                raise addresses.error(f"{owner} has two addresses on this network.", node)
            connected.add(owner)
            address = _address(addresses, node, addresses.text(node), subnet)
            adapters.append(
                Adapter(identity(cluster, "adapter", owner, name), f"{owner} - {name}", owner, key, address or "")
            )
        if not any(adapter.network == key for adapter in adapters):
            raise addresses.error(
                f"No node has an adapter on {quoted(name)}. Add an address for each node on this network."
            )
        addresses.end()
        table.end()
    automatic = automatic_metrics(networks.values())
    numbered = [replace(network, metric=automatic.get(network.id, network.metric)) for network in networks.values()]
    if all(network.role is NetworkRole.NONE for network in numbered):
        raise file.error(
            "The cluster has no network. Set the role of at least one network to a value other than none.", "networks"
        )
    return numbered, adapters


def _address(
    table: Table, key: str, text: str | None, subnet: ipaddress.IPv4Network | ipaddress.IPv6Network | None
) -> str | None:
    if text is None:
        return None
    try:
        address = ipaddress.ip_address("" if "%" in text else text)  # a zone means nothing here
    except ValueError as error:
        raise table.error(f"{quoted(key)} is {quoted(text)}, which is not an IP address.", key) from error
    if subnet is not None and address not in subnet:
        raise table.error(f"{text} is not in the subnet {subnet}.", key)
    return str(address)


def _disks(
    file: Table, cluster: str, nodes: dict[str, Node], volumes_on: bool
) -> tuple[dict[str, Disk], dict[str, SharedVolume]]:
    disks: dict[str, Disk] = {}
    taken: set[str] = set()
    volumes: dict[str, SharedVolume] = {}
    names = list(nodes)
    for count, table in enumerate(file.tables("disks", 0, DISK_LIMIT, "disks")):
        name = checked_name(table, "disk", taken, object_name)
        use = table.choice("use", DiskUse, DiskUse.UNASSIGNED)
        size, used = table.size("size"), table.size("used", 0)
        if size == 0 or used > size:
            raise table.error(
                f"The used space of the disk {quoted(name)} is larger than its size.", "used" if used else "size"
            )
        visible = tuple(
            known_node(table, node, nodes, "visible_to", place)
            for place, node in enumerate(table.texts("visible_to", tuple(names)))
        )
        owner = table.text("owner", visible[0] if visible else "")
        if use is not DiskUse.UNASSIGNED:
            owner = known_node(table, owner, nodes, "owner")
            if owner not in visible:
                raise table.error(f"{owner} owns {quoted(name)} but cannot access it.", "owner")
        if use is DiskUse.GROUP:
            raise table.error("For a disk that belongs to a virtual machine, set the use to Available Storage.", "use")
        number = table.whole("number", count + 1, 0, 9999)
        if any(number == other.number for other in disks.values()):
            raise table.error(f"Two disks have the number {number}.", "number")
        disks[name] = Disk(
            id=identity(cluster, "disk", name),
            name=name,
            number=number,
            size=size,
            used=used,
            use=use,
            owner=None if use is DiskUse.UNASSIGNED else owner,
            file_system=table.text("file_system", "NTFS"),
            visible_to=visible,
            persistent_reservations=table.flag("persistent_reservations", default=True),
        )
        folder = table.optional("folder")
        if use is DiskUse.SHARED_VOLUME:
            if not volumes_on:
                raise table.error("Cluster Shared Volumes are not enabled: set shared_volumes = true.", "use")
            folder = folder or f"Volume{len(volumes) + 1}"
            verdict = file_name(folder, "folder", FOLDER_LIMIT)
            if not verdict:
                raise table.error(verdict.sentence(), "folder")
            if is_taken(folder, (other.folder for other in volumes.values())):
                raise table.error(
                    f"Two volumes have the folder {quoted(folder)}.", "folder" if "folder" in table else "name"
                )
            volumes[name] = SharedVolume(disks[name].id, name, folder, owner)
        elif folder is not None:
            raise table.error("Only a Cluster Shared Volume has a folder.", "folder")
        table.end()
    return disks, volumes


def _cluster(
    table: Table,
    name: str,
    version: ClusterVersion,
    nodes: dict[str, Node],
    disks: dict[str, Disk],
    volumes_on: bool,
) -> Cluster:
    verdict = server_name(name, "cluster")
    if not verdict:
        raise table.error(verdict.sentence(), "name")
    verdict = domain_name(table.text("domain", ""))
    if not verdict:
        raise table.error(verdict.sentence(), "domain")
    witnesses = [disk for disk in disks.values() if disk.use is DiskUse.WITNESS]
    if len(witnesses) > 1:
        raise table.error(f"{witnesses[0].name} and {witnesses[1].name} are both the witness; there can be only one.")
    mode: QuorumMode = table.choice("quorum", QuorumMode, recommended_mode(len(nodes), bool(witnesses), version))
    witness: str | None = table.optional("file_share_witness")
    if mode in (QuorumMode.NODE_AND_DISK_MAJORITY, QuorumMode.DISK_ONLY):
        if not witnesses:
            raise table.error(f"{mode} requires a disk with the use {quoted(str(DiskUse.WITNESS))}.", "quorum")
        witness = witnesses[0].id
    elif witnesses:
        raise table.error(
            f"{witnesses[0].name} is a witness, but the quorum mode {mode} does not use a disk witness.", "quorum"
        )
    elif mode is QuorumMode.NODE_AND_FILE_SHARE_MAJORITY and not (witness or "").startswith("\\\\"):
        raise table.error("'file_share_witness' must be a UNC path such as '\\\\server\\witness'.", "quorum")
    host = known_node(table, table.text("host", next(iter(nodes))), nodes, "host")
    cluster = Cluster(
        name=name,
        domain=table.text("domain", ""),
        address=_address(table, "address", table.text("address"), None) or "",
        host=host,
        quorum_mode=mode,
        witness=witness,
        shared_volumes_enabled=volumes_on,
        concurrent_migrations=table.whole("concurrent_migrations", 1, 1, 16),
        version=version,
    )
    table.end()
    if not votes(cluster, nodes, {disk.id: disk for disk in disks.values()}).has_quorum:
        raise table.error(f"With the quorum mode {mode}, the cluster does not have enough votes to run.", "quorum")
    return cluster


def _core_groups(
    cluster: Cluster, nodes: dict[str, Node], disks: dict[str, Disk]
) -> tuple[tuple[Group, ...], list[Resource]]:
    owners = tuple(nodes)
    core = Group(identity(cluster.name, "group", "core"), "Cluster Group", GroupType.CLUSTER, cluster.host, _ONLINE)
    storage = [disk for disk in disks.values() if disk.use is DiskUse.AVAILABLE]
    available = Group(
        identity(cluster.name, "group", "storage"),
        "Available Storage",
        GroupType.AVAILABLE_STORAGE,
        (storage[0].owner if storage else None) or cluster.host,
        _ONLINE if storage else ResourceState.OFFLINE,
    )
    address = Resource(
        identity(cluster.name, "resource", "address"),
        "Cluster IP Address",
        ResourceType.IP_ADDRESS,
        core.id,
        _ONLINE,
        owners,
        detail=cluster.address,
    )
    name = Resource(
        identity(cluster.name, "resource", "name"),
        "Cluster Name",
        ResourceType.NETWORK_NAME,
        core.id,
        _ONLINE,
        owners,
        depends_on=(address.id,),
        detail=cluster.name,
    )
    resources = [name, address]
    for key, disk in disks.items():
        if disk.use in (DiskUse.WITNESS, DiskUse.AVAILABLE):
            group = core if disk.use is DiskUse.WITNESS else available
            made = disk_resource(cluster.name, disk, group.id, owners)
            if disk.use is DiskUse.WITNESS:
                made = replace(made, policy=witness_policy(cluster))
            resources.append(made)
            if disk.owner != group.owner:
                disks[key] = replace(disk, owner=group.owner)
    if cluster.quorum_mode is QuorumMode.NODE_AND_FILE_SHARE_MAJORITY:
        resources.append(share_resource(cluster, core.id, owners))
    return (core, available), resources


_ONLINE = ResourceState.ONLINE
