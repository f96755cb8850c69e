"""A Pacemaker cluster made by hand: three hosts, machines on shared storage, two networks, a qnetd witness.

It has the machines of tests/data/pacemaker/simulated, so that answers of crm_simulate that were recorded fit.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fcm.backend.base import Capabilities
from fcm.backend.pacemaker.rehearsal.twin import rehearse
from fcm.backend.pacemaker.remote.shells import Answer
from fcm.backend.pacemaker.status import ClusterStatus, OperationStatus, ResourceStatus
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import (
    GIB,
    Adapter,
    AdapterState,
    Cluster,
    Disk,
    DiskUse,
    FencingState,
    Group,
    GroupType,
    MachineState,
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
    VirtualMachine,
)
from fcm.model.rules.verdict import no
from fcm.workspace.workspace import Workspace
from tests.ui.by_hand import NOW, Backend

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.base import RehearsalEnd, Rehearsed
    from fcm.model.commands import Command

DATA = Path(__file__).resolve().parents[1] / "data" / "pacemaker" / "simulated"
NODES = ("node1", "node2", "node3")
WHERE = {"web": "node1", "db": "node2", "mail": "node3", "app": "node1", "sql": "node2", "files": "node3"}
"""Virtual machines and their nodes."""
REFUSED = frozenset(
    {
        cmd.InjectFault,
        cmd.RepairFault,
        cmd.FailResource,
        cmd.QuickMigrate,
        cmd.TakeSnapshot,
        cmd.EnableSharedVolumes,
        cmd.AddNode,
    }
)
"""What this cluster cannot do; a few of what real ones cannot."""
_PROCESSOR = Processor("AuthenticAMD", "AMD EPYC 7302", frozenset({"vmx"}))


def node(name: str, **other: Any) -> Node:
    made: dict[str, Any] = {"state": NodeState.UP, "memory": 16 * GIB, "reserved_memory": 4 * GIB}
    made |= {"logical_processors": 16, "processor": _PROCESSOR, "switches": ("br0",), "system_drive": "/"}
    return Node(name, **{**made, "version": "QEMU 7.2, libvirt 9.0", **other})


def machine(name: str, **other: Any) -> VirtualMachine:
    made: dict[str, Any] = {"state": MachineState.RUNNING, "memory": (8 if name == "files" else 4) * GIB}
    made |= {"processors": 2, "workload": "", "path": f"/srv/vm/{name}.qcow2", "disk": "disk-1", "switch": "br0"}
    return VirtualMachine(f"uuid-{name}", name, **{"node": WHERE[name], "group": f"group-uuid-{name}", **made, **other})


def group(name: str, state: ResourceState = ResourceState.ONLINE, **other: Any) -> Group:
    made = {"owner": WHERE[name], **other}
    return Group(f"group-uuid-{name}", name, GroupType.VIRTUAL_MACHINE, state=state, **made)


def resource(name: str, state: ResourceState = ResourceState.ONLINE, **other: Any) -> Resource:
    return Resource(
        f"resource-uuid-{name}",
        f"Virtual Machine {name}",
        ResourceType.VIRTUAL_MACHINE,
        f"group-uuid-{name}",
        state,
        NODES,
        machine=f"uuid-{name}",
        **other,
    )


def cluster(**other: Any) -> Cluster:
    made: dict[str, Any] = {"witness": "corosync-qnetd on 10.90.0.200", "witness_weight": 2, "created": NOW}
    mode = QuorumMode.NODE_AND_FILE_SHARE_MAJORITY
    return Cluster(
        "ha",
        "",
        "",
        "node1",
        mode,
        shared_volumes_enabled=True,
        engine="Pacemaker 2.1.5",
        **{**made, **other},
    )


NETWORKS = (
    Network("network-1", "management", "10.90.0.0/24", NetworkRole.INTERNAL_AND_CLIENT, 10000),
    Network("network-2", "migration", "10.92.0.0/24", NetworkRole.INTERNAL, 1000),
)


def formed(**other: Any) -> ev.ClusterFormed:
    """The cluster with all nodes up and all machines running."""
    return ev.ClusterFormed(
        cluster=cluster(**other),
        nodes=tuple(node(name) for name in NODES),
        networks=NETWORKS,
        adapters=tuple(
            Adapter(f"{name}-{net.id}", f"{name} - {net.name}", name, net.id, f"10.9{number}.0.{last}")
            for last, name in enumerate(NODES, 1)
            for number, net in zip((0, 2), NETWORKS, strict=True)
        ),
        disks=(Disk("disk-1", "vm", 1, 500 * GIB, 200 * GIB, DiskUse.SHARED_VOLUME, "node1", visible_to=NODES),),
        shared_volumes=(SharedVolume("disk-1", "vm", "/srv/vm", "node1"),),
        groups=tuple(group(name) for name in WHERE),
        resources=tuple(resource(name) for name in WHERE),
        machines=tuple(machine(name) for name in WHERE),
    )


def status() -> ClusterStatus:
    """What a node says of the cluster."""
    return ClusterStatus(
        "node1",
        NOW,
        have_quorum=True,
        resources=tuple(
            ResourceStatus(name, "ocf:fcm:VirtualMachine", "Started", (where,), meta={"fcm-uuid": f"uuid-{name}"})
            for name, where in WHERE.items()
        ),
        operations=(OperationStatus("db", "node2", "monitor", 6.0, 5, False, 0, NOW),),
    )


class Scheduler:
    """A shell whose crm_simulate gives answers that were recorded, by what is tried."""

    node = "node1"

    def __init__(self, answers: dict[str, str] | None = None) -> None:
        self.answers = answers or {
            "QUORUM": "quorum-lost",
            "--op-inject": "machine-fails",
            "crm_standby": "standby",
            "--node-fail": "node-fails",
        }
        self.scripts: list[str] = []

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        self.scripts.append(script)
        tried = script.replace("have-quorum", "QUORUM")
        name = next(found for mark, found in self.answers.items() if mark in tried)
        if name.startswith("!"):
            return Answer(1, "", name[1:])
        return Answer(0, (DATA / f"{name}.xml").read_text(encoding="utf-8"))

    def close(self) -> None:
        """Nothing is open."""


class PacemakerByHand(Backend):
    """Posts what a test says; rehearses as the real one does, with a scheduler whose answers were recorded."""

    def __init__(self, begin: Sequence[ev.Event] = ()) -> None:
        able = frozenset(kind for kind in cmd.COMMAND_TYPES if kind not in REFUSED)
        super().__init__(begin or (formed(),), clock=False, able=able)
        self.uri = "pacemaker:hosts.toml"
        self.scheduler = Scheduler()
        self.status: ClusterStatus | None = status()
        self.workspace: Workspace | None = None

    def capabilities(self) -> Capabilities:
        why = no("Real hosts would really fail.", "Rehearse it.")
        return Capabilities(
            self._able,
            "Pacemaker has no equivalent.",
            special=tuple((kind, why) for kind in (cmd.InjectFault, cmd.RepairFault, cmd.FailResource)),
            rehearses=True,
        )

    def rehearse(
        self, commands: Sequence[Command], seen: Callable[[Rehearsed], None], wanted: Callable[[], bool]
    ) -> RehearsalEnd:
        assert self.workspace is not None
        return rehearse(self.workspace.state, self.status, lambda: self.scheduler, commands, seen, wanted)


def opened(*begin: ev.Event) -> tuple[Workspace, PacemakerByHand]:
    """A workspace of the cluster, its first events applied."""
    backend = PacemakerByHand((formed(), *begin) if begin else ())
    workspace = Workspace(backend)
    backend.workspace = workspace
    workspace.open()
    workspace.drain(60)
    return workspace, backend


BLOCKED = "Its live migration to node2 failed. It keeps running on node1."


def in_trouble() -> tuple[ev.Event, ...]:
    """web is blocked; node3 is lost and could not be fenced, with mail and files; node2 is in standby."""
    lost = "node3 is lost and could not be fenced."
    return (
        ev.ResourceChanged(resource("web", ResourceState.FAILED, blocked=BLOCKED)),
        ev.GroupChanged(group("web", ResourceState.FAILED)),
        ev.NodeChanged(node("node3", state=NodeState.DOWN, fencing=FencingState.FAILED, note=lost)),
        *(ev.ResourceChanged(resource(name, ResourceState.PENDING)) for name in ("mail", "files")),
        *(ev.GroupChanged(group(name, ResourceState.PENDING)) for name in ("mail", "files")),
        ev.NodeChanged(node("node2", state=NodeState.PAUSED, paused=True, standby=True)),
        ev.AdapterChanged(_down()),
    )


def _down() -> Adapter:
    found = next(one for one in formed().adapters if one.id == "node3-network-2")
    return replace(found, state=AdapterState.FAILED)
