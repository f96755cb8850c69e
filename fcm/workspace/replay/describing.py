"""A state as the text of a cluster file (docs/cluster-files.md), so that a simulated cluster can begin like it.

What a file cannot say is left out: services that are not virtual machines, snapshots, failures, running migrations. Of
real hosts, what is not known is assumed: virtual machines whose workload nobody measured are idle.
"""

from __future__ import annotations

import ipaddress
import json
import re
from typing import TYPE_CHECKING

from fcm.migration.engine.catalogue import workload_names
from fcm.model.entities import GIB, MIB, DiskUse, MachineState, NetworkRole, QuorumMode
from fcm.model.rules.names import server_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fcm.model.entities import Disk, Network, Node, VirtualMachine
    from fcm.model.state import State

LEAST, MOST, STEP = 8 * MIB, 64 * GIB, 2 * MIB
"""Memory of a machine in a cluster file, bytes."""
_ROLES = {
    NetworkRole.NONE: "none",
    NetworkRole.INTERNAL: "internal",
    NetworkRole.INTERNAL_AND_CLIENT: "internal and client",
}
_SETTLED = (MachineState.RUNNING, MachineState.OFF, MachineState.SAVED, MachineState.PAUSED)


def cluster_file_of(state: State, name: str, about: str) -> str:
    """The text of a cluster file.

    Args:
        state: it has a cluster.
        name: of the new cluster.
        about: a line about where it comes from.
    """
    return "\n".join(_Describing(state).lines(name, about)) + "\n"


class _Describing:
    def __init__(self, state: State) -> None:
        self._state = state
        self._nodes = {one: _server(one) for one in state.nodes}
        """Name of a node -> its name in the file: without the domain that hosts may have."""
        self._networks = [one for one in state.networks.values() if _is_subnet(one.subnet) and self._addresses(one)]
        self._disks = self._described_disks()

    def lines(self, name: str, about: str) -> Iterator[str]:
        state, cluster = self._state, self._state.cluster
        assert cluster is not None
        witness = any(disk.use is DiskUse.WITNESS for disk in self._disks)
        mode = cluster.quorum_mode
        if not witness and mode in (QuorumMode.NODE_AND_DISK_MAJORITY, QuorumMode.DISK_ONLY):
            mode = QuorumMode.NODE_MAJORITY
        share = cluster.witness if mode is QuorumMode.NODE_AND_FILE_SHARE_MAJORITY else None
        if mode is QuorumMode.NODE_AND_FILE_SHARE_MAJORITY and not (share or "").startswith("\\\\"):
            mode, share = QuorumMode.NODE_MAJORITY, None
        if witness and mode not in (QuorumMode.NODE_AND_DISK_MAJORITY, QuorumMode.DISK_ONLY):
            mode = QuorumMode.NODE_AND_DISK_MAJORITY
        yield f"# {' '.join(about.split())}"
        yield "format = 1"
        yield from _table(
            "[cluster]",
            name=name,
            domain=cluster.domain,
            address=self._address(),
            version=str(cluster.version),
            quorum=str(mode),
            file_share_witness=share,
            host=self._nodes.get(cluster.host),
            shared_volumes=cluster.shared_volumes_enabled or any(d.use is DiskUse.SHARED_VOLUME for d in self._disks),
            concurrent_migrations=max(1, min(cluster.concurrent_migrations, 16)),
        )
        processors = {node.processor.model or node.processor.vendor: node.processor for node in state.nodes.values()}
        for model, processor in processors.items():
            vendor = processor.vendor or "unknown"
            yield from _table(
                "[[processors]]", name=model or "unknown", vendor=vendor, features=sorted(processor.features)
            )
        for node in state.nodes.values():
            yield from self._node(node)
        for network in self._networks:
            yield from self._network(network)
        for disk in self._disks:
            yield from self._disk(disk)
        for machine in state.machines.values():
            yield from self._machine(machine)

    def _address(self) -> str:
        cluster = self._state.cluster
        assert cluster is not None
        if _is_address(cluster.address):
            return cluster.address
        for network in self._networks:  # hosts have no access point: a free address stands for it
            taken = {one.address for one in self._state.adapters.values()} | {network.gateway}
            for number in range(10, 250):
                free = str(ipaddress.ip_network(network.subnet)[0] + number)
                if free not in taken:
                    return free
        return "192.0.2.10"

    def _node(self, node: Node) -> Iterator[str]:
        memory = max(node.memory, GIB)
        yield from _table(
            "[[nodes]]",
            name=self._nodes[node.name],
            memory=_size(memory),
            reserved_memory=_size(min(node.reserved_memory, memory // 2)),
            logical_processors=max(1, min(node.logical_processors, 4096)),
            processor=node.processor.model or node.processor.vendor or "unknown",
            switches=list(dict.fromkeys(node.switches)),
            updates=list(node.updates) or None,
            system_drive=node.system_drive if re.fullmatch("[A-Z]:", node.system_drive) else None,
            weight=min(node.weight, 1),
        )

    def _addresses(self, network: Network) -> dict[str, str]:
        inside = ipaddress.ip_network(network.subnet)
        return {
            self._nodes[one.node]: one.address
            for one in self._state.adapters.values()
            if one.network == network.id
            and one.node in self._nodes
            and _is_address(one.address)
            and ipaddress.ip_address(one.address) in inside
        }

    def _network(self, network: Network) -> Iterator[str]:
        yield from _table(
            "[[networks]]",
            name=network.name,
            subnet=network.subnet,
            gateway=network.gateway,
            role=_ROLES[network.role],
            metric=None if network.auto_metric else network.metric,
            bandwidth=f"{network.bandwidth * 8 / 1e6:.6g} Mbit/s" if network.bandwidth > 0 else "1 Gbit/s",
            description=network.description or None,
        )
        pairs = ", ".join(f"{_toml(node)} = {_toml(address)}" for node, address in self._addresses(network).items())
        yield f"addresses = {{ {pairs} }}"

    def _described_disks(self) -> list[Disk]:
        witness = next((one.id for one in self._state.disks.values() if one.use is DiskUse.WITNESS), None)
        seen, found = set(), []
        for disk in self._state.disks.values():
            is_other = disk.use is DiskUse.WITNESS and disk.id != witness
            if disk.size > 0 and disk.name.casefold() not in seen and not is_other:
                seen.add(disk.name.casefold())
                found.append(disk)
        return found

    def _disk(self, disk: Disk) -> Iterator[str]:
        volume = self._state.shared_volumes.get(disk.id)
        use = DiskUse.AVAILABLE if disk.use is DiskUse.GROUP else disk.use
        visible = [self._nodes[one] for one in disk.visible_to if one in self._nodes]
        owner = self._nodes.get(disk.owner or "")
        folder = volume.folder if volume is not None and not volume.folder.startswith("/") else None
        yield from _table(
            "[[disks]]",
            name=volume.name if volume is not None else disk.name,
            use=str(use),
            size=_size(disk.size),
            used=_size(min(disk.used, disk.size)) if disk.used else None,
            owner=owner if use is not DiskUse.UNASSIGNED and (owner in visible or not visible) else None,
            visible_to=visible or None,
            folder=folder if use is DiskUse.SHARED_VOLUME else None,
        )

    def _machine(self, machine: VirtualMachine) -> Iterator[str]:
        node = self._state.nodes.get(machine.node)
        if node is None:
            return
        disk = next((one for one in self._disks if one.id == machine.disk), None)
        volume = self._state.shared_volumes.get(machine.disk or "")
        group = self._state.groups.get(machine.group or "")
        is_clustered = group is not None and disk is not None
        owners = [self._nodes[one] for one in (group.preferred_owners if group else ()) if one in self._nodes]
        on_disk = disk is not None and (is_clustered or disk.use is DiskUse.SHARED_VOLUME)
        yield from _table(
            "[[machines]]",
            name=machine.name,
            node=self._nodes[machine.node],
            memory=_size(min(max(machine.memory // STEP * STEP, LEAST), MOST)),
            processors=max(1, min(machine.processors, 64)),
            workload=machine.workload if machine.workload in workload_names() else "idle",
            state=str(machine.state if machine.state in _SETTLED else MachineState.RUNNING),
            disk=(volume.name if volume is not None else disk.name) if on_disk and disk is not None else None,
            start_action=str(machine.start_action),
            disk_size=_size(machine.disk_size) if machine.disk_size else None,
            switch=machine.switch if machine.switch in node.switches else None,
            processor_compatibility=machine.processor_compatibility or None,
            media=machine.media,
            zero_share=machine.zero_share or None,
            highly_available=is_clustered or None,
            preferred_owners=owners if owners and is_clustered else None,
        )


def _server(name: str) -> str:
    """A name that a server can have: that of a host without its domain, at most 15 characters."""
    plain = re.sub(r"[^A-Za-z0-9-]+", "-", name.partition(".")[0]).strip("-")[:15].strip("-")
    return plain if server_name(plain, "node") else f"node-{plain}"[:15].strip("-")


def _is_subnet(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def _size(count: int) -> str:
    return f"{count // GIB} GiB" if count % GIB == 0 else f"{max(1, -(-count // MIB))} MiB"


def _table(head: str, **values: object) -> Iterable[str]:
    return ["", head, *(f"{key} = {_toml(value)}" for key, value in values.items() if value not in (None, ""))]


def _toml(value: object) -> str:
    # Strings and arrays of JSON are strings and arrays of TOML, but for the character DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
