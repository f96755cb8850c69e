"""Courses (see `courses`) of what was due while the program was closed, of memory, paths and votes that are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import ClusterVersion, MachineState, NetworkRole, OfflineAction, StartAction
from fcm.model.failures import FaultKind
from fcm.model.migrations import MigrationOptions
from fcm.model.telemetry import Phase
from fcm.workspace.files.journal import Journal
from tests.unit.embedded.cluster_of import cluster_of, machine
from tests.unit.embedded.courses import VERSIONS, after, course
from tests.unit.embedded.desk import Desk
from tests.unit.embedded.failing import cluster_file, repair, unplug
from tests.unit.embedded.failing_storage import with_volume
from tests.unit.embedded.versions import desk_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.embedded.courses import Stage

    Steps = Callable[[Desk], None]


def _closed(stage: Stage, name: str, opened: Callable[[Journal], Desk], begin: Steps, moment: float) -> None:
    """Something begins, the program is closed a moment later, and opened: what goes on then is written down."""
    path = stage.folder / f"{len(stage.lines)}.journal"
    desk = opened(Journal.open(path, "embedded:course"))
    begin(desk)
    desk.run(moment)
    desk.close()
    stage.on(opened(Journal.open(path, "embedded:course")), name, _end, desk.state)


def _end(desk: Desk) -> None:
    desk.run(400.0)
    repair(desk)
    desk.run(900.0)


@course
def what_is_due_after_reopening(stage: Stage) -> None:
    def of(version: ClusterVersion) -> Callable[[Journal], Desk]:
        return lambda journal: desk_of(version, journal=journal)

    for version in VERSIONS:
        for kind in (FaultKind.POWER_OFF, FaultKind.HANG, FaultKind.BUGCHECK, FaultKind.SERVICE_CRASH):
            for moment in (2.0, 45.0):

                def fails(desk: Desk, kind: FaultKind = kind) -> None:
                    desk.inject(kind, "node1")

                _closed(stage, f"{version} {kind} {moment}", of(version), fails, moment)
        for kind in (FaultKind.GUEST_HANG, FaultKind.GUEST_BUGCHECK, FaultKind.GUEST_SHUTDOWN):

            def guest(desk: Desk, kind: FaultKind = kind) -> None:
                desk.inject(kind, desk.machine("WEB01").id)

            _closed(stage, f"{version} {kind}", of(version), guest, 15.0)
        for kind in (FaultKind.LOSE_LUN, FaultKind.LOSE_RESERVATION, FaultKind.LOSE_PATH):

            def disk(desk: Desk, kind: FaultKind = kind) -> None:
                with_volume(desk, "node1", IN1="node1", IN2="node2")
                owner = "node1" if kind is FaultKind.LOSE_PATH else ""
                for name in ("Cluster Disk 1", "Cluster Disk 2"):
                    desk.inject(kind, desk.disk(name).id, owner)

            _closed(stage, f"{version} {kind}", of(version), disk, 3.0)


@course
def what_is_under_way_after_reopening(stage: Stage) -> None:
    def again(desk: Desk) -> None:
        for _ in range(3):
            resource = next(one for one in desk.state.resources.values() if one.name == "Virtual Machine WEB01")
            after(desk, cmd.FailResource(resource.id), 20.0)

    def failback(desk: Desk) -> None:
        group = desk.group("WEB01").id
        after(desk, cmd.ConfigureGroup(group, preferred_owners=("node1",), failback=True), 1.0)
        after(desk, cmd.MoveMachine(desk.machine("WEB01").id, "node2"), 60.0)
        desk.inject(FaultKind.POWER_OFF, "node1")
        desk.run(60.0)
        repair(desk)

    def merge(desk: Desk) -> None:
        after(desk, cmd.TakeSnapshot(desk.machine("TEST01").id), 60.0)
        after(desk, cmd.DeleteSnapshot(next(iter(desk.state.snapshots))))

    beginnings: dict[str, Steps] = {
        "backup": lambda desk: after(desk, cmd.BackUpMachine(desk.machine("WEB01").id)),
        "merge": merge,
        "saving": lambda desk: after(desk, cmd.SetMachineState(desk.machine("SQL01").id, MachineState.SAVED)),
        "shutting down": lambda desk: after(desk, cmd.SetMachineState(desk.machine("SQL01").id, MachineState.OFF)),
        "live": lambda desk: after(desk, cmd.LiveMigrate(desk.machine("SQL01").id, "node2")),
        "quick": lambda desk: after(desk, cmd.QuickMigrate(desk.machine("SQL01").id, "node2")),
        "move": lambda desk: after(desk, cmd.MoveMachine(desk.machine("WEB01").id, "node2")),
        "drain": lambda desk: after(desk, cmd.DrainNode("node1")),
        "shutdown": lambda desk: after(desk, cmd.StopCluster()),
        "node leaves": lambda desk: after(desk, cmd.ShutDownNode("node1", restart=True)),
        "fails again": again,
        "failback": failback,
    }
    for version in VERSIONS:
        for name, begin in beginnings.items():

            def opened(journal: Journal, version: ClusterVersion = version) -> Desk:
                return desk_of(version, journal=journal)

            _closed(stage, f"{version} {name}", opened, begin, 4.0)


@course
def memory_that_is_short(stage: Stage) -> None:
    """Higher priorities take the memory of lower ones (from 2012); what has no room waits or fails."""
    for version in ("2008 R2", "2012", "2016"):

        def short(desk: Desk) -> None:
            for number, name in enumerate(("A", "B", "C", "D", "E")):
                after(desk, cmd.ConfigureGroup(desk.group(name).id, priority=(3000, 1000, 2000, 0, 3000)[number]))
            desk.inject(FaultKind.POWER_OFF, "n1")
            desk.run(900.0)
            after(desk, cmd.SetMachineState(desk.machine("B").id, MachineState.OFF), 120.0)
            repair(desk)
            desk.run(900.0)

        machines = [machine(name, "n1", memory="5 GiB") for name in ("A", "B", "E")]
        machines += [machine(name, "n2", memory="5 GiB") for name in ("C", "D")]
        machines += [machine("F", "n3", memory="13 GiB"), machine("G", "n4", memory="13 GiB")]
        stage.on(Desk(cluster_of(stage.folder, machines, version=version, memory="18 GiB")), version, short)


@course
def volumes_of_a_cluster_that_forms_again(stage: Stage) -> None:
    for version in VERSIONS:
        for lost in ((), ("node1",), ("node1", "node2", "node3")):

            def again(desk: Desk, lost: tuple[str, ...] = lost) -> None:
                desk.inject(FaultKind.POWER_OFF, "node1")
                desk.inject(FaultKind.POWER_OFF, "node3")
                desk.run(60.0)
                for node in lost:
                    desk.inject(FaultKind.LOSE_PATH, desk.disk("Cluster Disk 2").id, node)
                repair(desk, FaultKind.POWER_OFF)
                desk.run(400.0)
                repair(desk)
                desk.run(1000.0)

            desk = desk_of(version)
            with_volume(desk, "node1", IN1="node1", IN2="node2")
            stage.on(desk, f"{version} {' '.join(lost) or 'all'}", again)


@course
def offline_actions_of_a_shutdown(stage: Stage) -> None:
    for version in VERSIONS:
        for action in OfflineAction:

            def down(desk: Desk, action: OfflineAction = action) -> None:
                for one in tuple(desk.state.resources.values()):
                    if one.machine is not None:
                        after(desk, cmd.ConfigureResource(one.id, offline_action=action))
                after(desk, cmd.SetMachineState(desk.machine("WEB01").id, MachineState.OFF), 60.0)
                after(desk, cmd.StopClusterService("node2"), 120.0)
                after(desk, cmd.StartClusterService("node2"), 120.0)
                after(desk, cmd.StopCluster(), 300.0)
                after(desk, cmd.StartCluster(), 300.0)

            stage.on(desk_of(version), f"{version} {action}", down)


@course
def files_lost_in_a_move(stage: Stage) -> None:
    """The source or the volume's owner loses its path at a moment of a move; then the destination dies."""
    for phase in (Phase.BROWNOUT, Phase.BLACKOUT, Phase.STORAGE):
        for owner in ("node1", "node3"):
            for lost in (("node1",), ("node1", "node3")):

                def cut(desk: Desk, phase: Phase = phase, lost: tuple[str, ...] = lost) -> None:
                    identity = desk.machine("IN1").id
                    after(desk, cmd.LiveMigrate(identity, "node2", MigrationOptions()))
                    for _ in range(400):
                        if desk.migration("IN1").phase is phase or desk.migration("IN1").phase.is_over:
                            break
                        desk.run(0.05)
                    for node in lost:
                        desk.inject(FaultKind.LOSE_PATH, desk.disk("Cluster Disk 2").id, node)
                    desk.inject(FaultKind.POWER_OFF, "node2")
                    desk.run(200.0)
                    repair(desk)
                    desk.run(600.0)

                desk = desk_of(VERSIONS[0])
                with_volume(desk, owner, IN1="node1")
                stage.on(desk, f"{phase} {owner} {' '.join(lost)}", cut)


@course
def networks_of_little_use(stage: Stage) -> None:
    """Roles decide which routes carry heartbeats; the newest rules log each."""
    for version in ("2012", "2016"):
        for role in NetworkRole:

            def roles(desk: Desk, role: NetworkRole = role) -> None:
                after(desk, cmd.ConfigureNetwork(desk.network("Cluster Network 2").id, role=role), 10.0)
                unplug(desk, "node2", "Cluster Network 2")
                desk.run(60.0)
                unplug(desk, "node2", "Cluster Network 1")
                desk.run(120.0)
                repair(desk)
                desk.run(400.0)
                desk.inject(FaultKind.SWITCH_DOWN, desk.network("Cluster Network 1").id)
                desk.run(60.0)
                repair(desk)
                desk.run(400.0)

            stage.on(Desk(cluster_file(stage.folder, 3, "disk", version)), f"{version} {role}", roles)


@course
def paused_and_quarantined(stage: Stage) -> None:
    """A pause and a quarantine survive what happens to the node."""
    for version in VERSIONS:

        def often(desk: Desk) -> None:
            after(desk, cmd.PauseNode("node2"), 5.0)
            for kind in (FaultKind.POWER_OFF, FaultKind.SERVICE_CRASH, FaultKind.HANG):
                desk.inject(kind, "node2")
                desk.run(300.0)
                repair(desk)
                desk.run(700.0)
            after(desk, cmd.ResumeNode("node2"), 60.0)
            for _ in range(4):
                desk.inject(FaultKind.ISOLATE, "node3")
                desk.run(300.0)
                repair(desk)
                desk.run(200.0)
            after(desk, cmd.StartClusterService("node3"), 300.0)
            desk.run(7200.0)

        stage.on(desk_of(version), str(version), often)


@course
def starts_of_nodes(stage: Stage) -> None:
    """Machines that are not clustered start as their start action says, when their node is back."""
    for action in StartAction:

        def back(desk: Desk, action: StartAction = action) -> None:
            one = desk.machine("TEST01")
            after(desk, cmd.ConfigureVirtualMachine(one.id, start_action=action))
            for state in (MachineState.RUNNING, MachineState.OFF):
                after(desk, cmd.SetMachineState(one.id, state), 60.0)
                desk.inject(FaultKind.POWER_OFF, one.node)
                desk.run(60.0)
                repair(desk)
                desk.run(600.0)

        stage.on(Desk(), str(action), back)
