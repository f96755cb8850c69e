"""A recorded cluster as the window would show it: the view over a state, step by step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.backend.libvirt.cluster_view import formed_cluster
from fcm.backend.libvirt.configuration.failover_keys import Witness
from fcm.backend.libvirt.configuration.hosts_file import Host, HostNetwork, HostsFile
from fcm.backend.libvirt.inventory import HostReport
from fcm.backend.pacemaker.mapping import uuid_of
from fcm.backend.pacemaker.parts import Facts
from fcm.backend.pacemaker.view import PacemakerView
from fcm.model import events as ev
from fcm.model.entities import (
    MachineState,
    NetworkRole,
    Node,
    NodeState,
    Processor,
    VirtualMachine,
)
from fcm.model.entries import stamped
from fcm.model.state import State
from tests.unit.pacemaker_reading.recorded import status

if TYPE_CHECKING:
    from fcm.backend.pacemaker.status import ClusterStatus, ResourceStatus
    from fcm.model.entities import Group, Resource

NAMES = ("node1", "node2", "node3")
_NETWORKS = (("Management", 90), ("Cluster", 91), ("Live Migration", 92), ("Virtual Machines", 99))
FILE = HostsFile(
    Path("hosts.toml"),
    "s",
    tuple(
        HostNetwork(
            name,
            NetworkRole.NONE if net == 99 else NetworkRole.INTERNAL,
            f"10.{net}.0.0/24",
            None,
            None,
            125_000_000,
        )
        for name, net in _NETWORKS
    ),
    tuple(
        Host(
            name,
            f"qemu+ssh://{name}/system",
            "",
            {net: f"10.{part}.0.{number}" for net, part in _NETWORKS},
            "/vm",
            (),
            None,
        )
        for number, name in enumerate(NAMES, 1)
    ),
    is_lab=False,
    same_file_system=False,
    witness=Witness("10.90.0.200", None),
)


def report(node: str) -> HostReport:
    """What libvirt of a host says."""
    told = Node(node, NodeState.UP, 2**33, 0, 4, Processor("AMD", "EPYC", frozenset()), ("br0",), "/")
    return HostReport(told, ())


class Window:
    """The state of a cluster that is shown."""

    def __init__(self, name: str | None = None) -> None:
        self.view = PacemakerView()
        self.state, _ = stamped(State(), [formed_cluster(FILE, None)], 1.0)
        self.time = 1.0
        self.told: list[ev.Event] = []
        if name is not None:
            self.show(status(name))

    def show(self, seen: ClusterStatus | None, **facts: object) -> list[ev.Event]:
        """Show what a node said; machines that run are where Pacemaker says."""
        self.time += 1.0
        if seen is not None:
            self._machines(seen)
        silent = facts.get("silent", {})
        assert isinstance(silent, dict)
        made = Facts(FILE, seen, {name: report(name) for name in NAMES if name not in silent}, silent, {})
        self.told = list(self.view.events(self.state, replace(made, **facts)))
        self.state, _ = stamped(self.state, self.told, self.time)
        return self.told

    def _machines(self, seen: ClusterStatus) -> None:
        found: list[ev.Event] = []
        for resource in seen.machines:
            identity = uuid_of(resource)
            if not identity:
                continue
            known = self.state.machines.get(identity)
            where = resource.nodes[0] if resource.nodes else known.node if known else ""
            if not where:
                continue
            runs = MachineState.RUNNING if resource.nodes else MachineState.OFF
            machine = known or VirtualMachine(identity, resource.id, where, runs, 2**28, 1, "", "/vm", None, "br0")
            machine = replace(machine, node=where, state=runs)
            if known is None:
                found.append(ev.MachineCreated(machine))
            elif machine != known:
                found.append(ev.MachineChanged(machine))
        self.state, _ = stamped(self.state, found, self.time)

    def node(self, name: str) -> Node:
        """A node as it is shown."""
        return self.state.nodes[name]

    def group(self, name: str) -> Group:
        """The service or application of a machine."""
        machine = self.state.machine_named(name)
        assert machine is not None
        assert machine.group is not None
        return self.state.groups[machine.group]

    def resource(self, name: str) -> Resource:
        """The resource of a machine."""
        machine = self.state.machine_named(name)
        assert machine is not None
        found = self.state.machine_resource(machine.id)
        assert found is not None
        return found


def changed(seen: ClusterStatus, identity: str, **values: object) -> ClusterStatus:
    """A status in which a resource is otherwise."""
    resources: tuple[ResourceStatus, ...] = tuple(
        replace(one, **values) if one.id == identity else one  # type: ignore[arg-type]
        for one in seen.resources
    )
    return replace(seen, resources=resources)
