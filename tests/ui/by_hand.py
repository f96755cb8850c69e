"""A cluster made by hand and a backend that does only what a test tells it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fcm.backend.base import Capabilities, ConsoleError, Operation, RehearseError
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import (
    GIB,
    Adapter,
    AdapterState,
    Cluster,
    Disk,
    DiskUse,
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
    VolumeAccess,
)
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions, NetworkAttempt
from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow
from fcm.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.base import Console, RehearsalEnd, Rehearsed, Sink
    from fcm.migration.judging.fitting import DirtySample
    from fcm.model.commands import Command
    from fcm.model.state import State

NOW = 1_260_000_000.0
"""s since the epoch: December 2009."""
ALL_COMMANDS = frozenset(cmd.COMMAND_TYPES)
NODES = ("node1", "node2", "node3")
_NEW = Processor("GenuineIntel", "Intel Xeon X5570", frozenset({"sse4_2", "popcnt", "vmx", "ept"}))
_OLD = Processor("GenuineIntel", "Intel Xeon E5440", frozenset({"vmx"}))


def node(name: str, state: NodeState = NodeState.UP, memory: int = 64 * GIB, **other: Any) -> Node:
    return Node(
        name,
        state,
        memory,
        2 * GIB,
        8,
        _OLD if name == "node3" else _NEW,
        ("Production",),
        version="Windows Server 2008 R2 Enterprise, build 7600",
        **other,
    )


def machine(name: str, at: str = "node1", clustered: bool = True, **other: Any) -> VirtualMachine:
    made: dict[str, Any] = {
        "id": f"vm-{name}",
        "name": name,
        "node": at,
        "state": MachineState.RUNNING,
        "memory": 4 * GIB,
        "processors": 2,
        "workload": "web server",
        "path": f"C:\\ClusterStorage\\Volume1\\{name}",
        "disk": "disk-2",
        "switch": "Production",
        "features": frozenset({"vmx"}),
        "group": f"group-{name}" if clustered else None,
    }
    return VirtualMachine(**{**made, **other})


def group_of(machine: VirtualMachine, state: ResourceState = ResourceState.ONLINE) -> Group:
    return Group(f"group-{machine.name}", machine.name, GroupType.VIRTUAL_MACHINE, machine.node, state)


def resources_of(machine: VirtualMachine, state: ResourceState = ResourceState.ONLINE) -> tuple[Resource, ...]:
    group = f"group-{machine.name}"
    configuration = Resource(
        f"config-{machine.name}",
        f"Virtual Machine Configuration {machine.name}",
        ResourceType.VIRTUAL_MACHINE_CONFIGURATION,
        group,
        state,
        NODES,
        machine=machine.id,
    )
    return (
        Resource(
            f"res-{machine.name}",
            f"Virtual Machine {machine.name}",
            ResourceType.VIRTUAL_MACHINE,
            group,
            state,
            NODES,
            depends_on=(configuration.id,),
            machine=machine.id,
        ),
        configuration,
    )


def _networks() -> tuple[Network, ...]:
    return (
        Network("net-1", "Management", "10.0.0.0/24", NetworkRole.INTERNAL_AND_CLIENT, 10000, gateway="10.0.0.1"),
        Network("net-2", "CSV and cluster", "10.0.1.0/24", NetworkRole.INTERNAL, 1000),
        Network("net-3", "Live migration", "10.0.2.0/24", NetworkRole.INTERNAL, 1100, bandwidth=1_250_000_000),
        Network("net-4", "Storage", "10.0.3.0/24", NetworkRole.NONE, 1200),
    )


def _disks() -> tuple[Disk, ...]:
    def disk(number: int, use: DiskUse, size: int, used: int) -> Disk:
        owner = None if use is DiskUse.UNASSIGNED else "node1"
        name = f"LUN {number}" if use is DiskUse.UNASSIGNED else f"Cluster Disk {number}"
        return Disk(f"disk-{number}", name, number, size * GIB, used * GIB, use, owner, visible_to=NODES)

    return (
        disk(1, DiskUse.WITNESS, 1, 0),
        disk(2, DiskUse.SHARED_VOLUME, 500, 260),
        disk(3, DiskUse.SHARED_VOLUME, 1000, 850),
        disk(4, DiskUse.AVAILABLE, 250, 1),
        disk(5, DiskUse.UNASSIGNED, 250, 0),
    )


def formed(
    machines: Sequence[VirtualMachine] = (), with_volumes: bool = True, nodes: Sequence[Node] = ()
) -> ev.ClusterFormed:
    """The cluster contoso with these machines."""
    clustered = [vm for vm in machines if vm.group is not None]
    disks = _disks()
    if not with_volumes:
        disks = tuple(replace(d, use=DiskUse.AVAILABLE) if d.use is DiskUse.SHARED_VOLUME else d for d in disks)
    core = Group("core", "Cluster Group", GroupType.CLUSTER, "node1", ResourceState.ONLINE)
    core_resources = (
        Resource("core-name", "Cluster Name", ResourceType.NETWORK_NAME, "core", ResourceState.ONLINE, NODES,
                 detail="contoso"),
        Resource("core-ip", "Cluster IP Address", ResourceType.IP_ADDRESS, "core", ResourceState.ONLINE, NODES,
                 detail="10.0.0.50"),
        Resource("core-disk", "Cluster Disk 1", ResourceType.PHYSICAL_DISK, "core", ResourceState.ONLINE, NODES,
                 disk="disk-1"),
    )  # fmt: skip
    return ev.ClusterFormed(
        cluster=Cluster(
            "contoso",
            "contoso.com",
            "10.0.0.50",
            "node1",
            QuorumMode.NODE_AND_DISK_MAJORITY,
            "disk-1",
            shared_volumes_enabled=with_volumes,
            created=NOW,
        ),
        nodes=tuple(nodes) or tuple(node(name) for name in NODES),
        networks=_networks(),
        adapters=tuple(
            Adapter(f"{name}-{net.id}", f"{name} - {net.name}", name, net.id, f"10.0.{n}.{k + 11}")
            for k, name in enumerate(NODES)
            for n, net in enumerate(_networks())
        ),
        disks=disks,
        shared_volumes=(
            SharedVolume("disk-2", "Cluster Disk 2", "Volume1", "node1"),
            SharedVolume("disk-3", "Cluster Disk 3", "Volume2", "node2", VolumeAccess.REDIRECTED),
        )
        if with_volumes
        else (),
        groups=(core, *(group_of(vm) for vm in clustered)),
        resources=(*core_resources, *(r for vm in clustered for r in resources_of(vm))),
        machines=tuple(machines),
    )


def migration(of: VirtualMachine, to: str = "node2", number: int = 1, **other: Any) -> Migration:
    made: dict[str, Any] = {"phase": Phase.SETUP, "requested": NOW, "options": MigrationOptions()}
    made |= other
    return Migration(f"m{number}", MigrationKind.LIVE, of.id, of.node, to, **made)


def row(time: float, sent: int, remaining: int, number: int = 1, phase: Phase = Phase.BROWNOUT) -> TelemetryRow:
    return TelemetryRow(time, number, remaining, sent, 12_000.0, 117_000_000.0, phase)


class Clock:
    """A virtual clock that stands still."""

    def __init__(self) -> None:
        self.speed = 1.0
        self.time = NOW

    def set_speed(self, speed: float) -> None:
        self.speed = speed

    def now(self) -> float:
        return self.time


class Backend:
    """Posts what a test says, keeps what it is asked to do, and finishes it at once."""

    def __init__(self, begin: Sequence[ev.Event] = (), clock: bool = True, able: frozenset[Any] = ALL_COMMANDS) -> None:
        self.uri = "embedded:contoso" if clock else "libvirt:hosts.toml"
        self.clock = Clock() if clock else None
        self.submitted: list[cmd.Command] = []
        self.closed = False
        self.silences: dict[str, float] = {}
        """Node -> s since its last answer."""
        self.answer: Callable[[Operation], None] | None = None
        self.holds = False
        """Whether commands stay under way until the test lets them go."""
        self._held: list[Operation] = []
        self.samples: tuple[DirtySample, ...] | Exception = ()
        self._begin = tuple(begin)
        self._able = able
        self._sink: Sink | None = None
        self._sequence = 0

    def capabilities(self) -> Capabilities:
        return Capabilities(self._able, "Real hosts cannot do that.")

    def silence(self, node: str) -> float | None:
        return self.silences.get(node)

    def start(self, sink: Sink, state: State) -> None:
        self._sink, self._sequence = sink, state.sequence
        self.tell(*self._begin)

    def tell(self, *events: ev.Event, at: float | None = None) -> None:
        """Post events, ``at`` s after the beginning."""
        entries = []
        for event in events:
            if not event.transient:
                self._sequence += 1
            entries.append(ev.Entry(0 if event.transient else self._sequence, NOW + (at or 0.0), event))
        assert self._sink is not None
        self._sink.post(entries)

    def submit(self, operation: Operation) -> None:
        self.submitted.append(operation.command)
        if self.holds:
            self._held.append(operation)
            return
        self.finish(operation)

    def let_go(self) -> None:
        """Finish the oldest command that is held."""
        self.finish(self._held.pop(0))

    def finish(self, operation: Operation) -> None:
        """Give the operation its answer, or its end, and tell the workspace."""
        if self.answer is not None:
            self.answer(operation)
        else:
            operation.finish()
        assert self._sink is not None
        self._sink.finished(operation)

    def measure_writes(
        self, machine: str, told: Callable[[DirtySample], None], wanted: Callable[[], bool]
    ) -> tuple[DirtySample, ...]:
        """What ``samples`` says; an exception in its place is raised."""
        if isinstance(self.samples, Exception):
            raise self.samples
        for sample in self.samples:
            told(sample)
        return self.samples

    def console(self, machine: str) -> Console:
        raise ConsoleError(self.capabilities().console().sentence())

    def rehearse(
        self, commands: Sequence[Command], seen: Callable[[Rehearsed], None], wanted: Callable[[], bool]
    ) -> RehearsalEnd:
        raise RehearseError(self.capabilities().rehearsal().sentence())

    def close(self) -> None:
        self.closed = True


def opened(*begin: ev.Event, **how: Any) -> tuple[Workspace, Backend]:
    """A workspace over a backend made by hand, its first events applied."""
    backend = Backend(begin, **how)
    workspace = Workspace(backend)
    workspace.open()
    workspace.drain(60)
    return workspace, backend


def busy_cluster() -> tuple[Workspace, Backend]:
    """A lively cluster: machines in many states, one migration running, one waiting, some over."""
    db, hog = machine("Database", memory=16 * GIB), machine("Reports", "node1", memory=8 * GIB)
    web, mail = machine("Web01", "node2"), machine("Mail", "node2", media="C:\\ISO\\tools.iso")
    off = machine("Archive", "node3", state=MachineState.OFF)
    saved = machine("Build", "node3", state=MachineState.SAVED)
    loose = machine("Test-VM", "node3", clustered=False, disk=None, path="D:\\VMs\\Test-VM")
    workspace, backend = opened(formed([db, hog, web, mail, off, saved, loose]))
    for vm in (off, saved):
        backend.tell(ev.GroupChanged(group_of(vm, ResourceState.OFFLINE)))
        backend.tell(*(ev.ResourceChanged(r) for r in resources_of(vm, ResourceState.OFFLINE)[:1]))
    backend.tell(ev.MigrationRequested(migration(web, "node1", 1)), at=10)
    backend.tell(ev.MigrationCompleted("m1", FinalFigures(42.1, 0.213, 4_500_000_000, 5)), at=52)
    backend.tell(ev.MigrationRequested(migration(mail, "node3", 2)), at=60)
    backend.tell(ev.MigrationFailed("m2", "node3 has no memory left.", "Shut a machine down there."), at=61)
    backend.tell(ev.AdapterChanged(Adapter("node3-net-3", "node3 - Live migration", "node3", "net-3", "10.0.2.13",
                                           AdapterState.FAILED)), at=70)  # fmt: skip
    failed = (("interface", "node3 - Live migration"), ("node", "node3"), ("network", "Live migration"))
    backend.tell(ev.NodeLogged("1127", "node1", failed), at=70)
    backend.tell(ev.MigrationRequested(migration(db, "node2", 3)), at=100)
    attempt = NetworkAttempt("net-3", "10.0.2.12", NOW + 100, 0.02, True, "connected")
    backend.tell(ev.MigrationNetworkTried("m3", attempt), ev.MigrationPhaseEntered("m3", Phase.BROWNOUT), at=101)
    waiting = migration(
        hog,
        "node2",
        4,
        phase=Phase.WAITING,
        reason="node2 is already taking part in a live migration (Database, node1 to node2).",
    )
    backend.tell(ev.MigrationRequested(waiting), at=102)
    for step in range(1, 60):
        sent = step * 130_000_000
        backend.tell(ev.MigrationProgressed("m3", row(step, sent, 16 * GIB - sent)), at=101 + step)
    assert backend.clock is not None
    backend.clock.time = NOW + 161
    workspace.drain(60)
    return workspace, backend
