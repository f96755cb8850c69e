"""Courses (see `courses`) of what administrators do: services, many moves at once, settings, plans, starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import (
    ClusterVersion,
    GroupType,
    MachineState,
    NetworkRole,
    ResourceType,
    StartAction,
)
from fcm.model.failures import FaultKind
from fcm.model.migrations import MigrationOptions, NetworkPreference
from fcm.model.telemetry import Phase
from tests.unit.embedded.cluster_of import cluster_of, machine
from tests.unit.embedded.courses import VERSIONS, after, course
from tests.unit.embedded.desk import Desk
from tests.unit.embedded.failing import cluster_file, repair, unplug
from tests.unit.embedded.failing_storage import with_volume
from tests.unit.embedded.versions import desk_of

if TYPE_CHECKING:
    from fcm.model.entities import Resource
    from tests.unit.embedded.courses import Stage


def _resource(desk: Desk, name: str) -> Resource:
    return next(one for one in desk.state.resources.values() if one.name == name)


def _services(desk: Desk) -> None:
    two = desk.disk("Cluster Disk 2").id
    after(desk, cmd.AddRole(GroupType.FILE_SERVER, "FS01", "10.0.1.60", (two,)), 5.0)
    after(desk, cmd.AddRole(GroupType.GENERIC_SERVICE, "TIME01", "10.0.1.61", (), "W32Time"), 5.0)
    after(desk, cmd.AddRole(GroupType.OTHER_SERVER, "OTHER01", "10.0.1.62"), 5.0)


@course
def services_and_applications(stage: Stage) -> None:
    def work(desk: Desk) -> None:
        _services(desk)
        for group in ("FS01", "TIME01"):
            for one in desk.state.group_resources(desk.group(group).id):
                after(desk, cmd.FailResource(one.id), 30.0)
        after(desk, cmd.MoveGroup(desk.group("FS01").id, "node2"), 20.0)
        after(desk, cmd.MoveDisk(desk.disk("Cluster Disk 3").id, desk.group("FS01").id), 20.0)
        after(desk, cmd.AddResource(desk.group("FS01").id, ResourceType.GENERIC_SERVICE, "Scan", "Scanner"), 5.0)
        after(desk, cmd.BringOnline(_resource(desk, "Scan").id), 20.0)
        after(desk, cmd.TakeOffline(_resource(desk, "FS01").id), 20.0)
        after(desk, cmd.BringOnline(_resource(desk, "File Server (FS01)").id), 20.0)
        after(desk, cmd.RemoveResource(_resource(desk, "Scan").id), 5.0)
        for online in (False, True):
            after(desk, cmd.SetGroupOnline(desk.group("FS01").id, online), 30.0)
        after(desk, cmd.ConfigureGroup(desk.group("FS01").id, name="FILES", preferred_owners=("node3", "node2")))
        after(desk, cmd.RemoveGroup(desk.group("TIME01").id), 5.0)
        after(desk, cmd.RemoveGroup(desk.group("FILES").id), 20.0)

    for version in VERSIONS:
        stage.on(desk_of(version), str(version), work)


@course
def services_that_lose_something(stage: Stage) -> None:
    kinds = (FaultKind.POWER_OFF, FaultKind.HANG, FaultKind.SERVICE_CRASH)
    for version in VERSIONS:
        for kind in (*kinds, FaultKind.LOSE_LUN, FaultKind.LOSE_PATH, FaultKind.UNPLUG_CABLE):

            def lose(desk: Desk, kind: FaultKind = kind) -> None:
                _services(desk)
                owner = desk.group("FS01").owner
                if kind is FaultKind.UNPLUG_CABLE:
                    unplug(desk, owner, "Cluster Network 1")
                elif kind in kinds:
                    desk.inject(kind, owner)
                else:
                    desk.inject(kind, desk.disk("Cluster Disk 2").id, owner if kind is FaultKind.LOSE_PATH else "")
                desk.run(120.0)
                repair(desk)
                desk.run(4000.0)

            stage.on(desk_of(version), f"{version} {kind}", lose)


@course
def many_moves_at_once(stage: Stage) -> None:
    names = [f"VM{number}" for number in range(1, 9)]
    for concurrent in (1, 2):
        machines = [machine(name, f"n{1 + number % 3}", memory="2 GiB") for number, name in enumerate(names)]

        def move(desk: Desk) -> None:
            for number, name in enumerate(names):
                after(desk, cmd.LiveMigrate(desk.machine(name).id, f"n{1 + (number + 2) % 4}"), 0.3)
            after(desk, cmd.CancelMigration(desk.migration("VM5").id), 2.0)
            after(desk, cmd.TuneMigration(desk.migration("VM1").id, 0.5, 50_000_000), 5.0)
            after(desk, cmd.QuickMigrate(desk.machine("VM4").id, "n4"), 120.0)
            after(desk, cmd.DrainNode("n1"), 3.0)
            after(desk, cmd.CancelMigrations("n1"), 30.0)
            after(desk, cmd.DrainNode("n2", None, MigrationOptions(auto_converge=True)), 200.0)
            after(desk, cmd.ResumeNode("n2", failback=True), 200.0)
            after(desk, cmd.ResumeNode("n1"), 20.0)
            for name in names[:4]:
                after(desk, cmd.LiveMigrate(desk.machine(name).id, "n4"))
            desk.inject(FaultKind.POWER_OFF, "n4")
            desk.run(300.0)
            after(desk, cmd.CancelMigrations(), 60.0)

        stage.on(Desk(cluster_of(stage.folder, machines, concurrent=concurrent)), f"{concurrent} at once", move)


@course
def moves_that_are_held(stage: Stage) -> None:
    for kind in (FaultKind.HANG, FaultKind.ISOLATE, FaultKind.UNPLUG_CABLE):
        for lost in ("n1", "n2"):
            for phase in (Phase.SETUP, Phase.STORAGE, Phase.CLEANUP):
                for seconds in (2.0, 30.0):

                    def hold(
                        desk: Desk,
                        kind: FaultKind = kind,
                        lost: str = lost,
                        phase: Phase = phase,
                        seconds: float = seconds,
                    ) -> None:
                        desk.do(cmd.QuickMigrate(desk.machine("VM1").id, "n2"))
                        for _ in range(400):
                            if desk.migration("VM1").phase is phase or desk.migration("VM1").phase.is_over:
                                break
                            desk.run(0.1)
                        if kind is FaultKind.UNPLUG_CABLE:
                            unplug(desk, lost)
                        else:
                            desk.inject(kind, lost)
                        desk.run(seconds)
                        repair(desk)
                        desk.run(300.0)

                    desk = Desk(cluster_of(stage.folder, [machine("VM1", "n1", memory="2 GiB")]))
                    stage.on(desk, f"{kind} {lost} {phase} {seconds}", hold)


@course
def settings_that_change(stage: Stage) -> None:
    def change(desk: Desk) -> None:
        first, second = desk.network("Cluster Network 1").id, desk.network("Cluster Network 2").id
        web = desk.machine("WEB01").id
        after(desk, cmd.ConfigureNetwork(first, name="Clients", role=NetworkRole.INTERNAL_AND_CLIENT, metric=777))
        after(desk, cmd.ConfigureNetwork(second, auto_metric=True, role=NetworkRole.NONE), 20.0)
        after(desk, cmd.SetMigrationNetworks((first,), (second,)))
        after(desk, cmd.SetMachineNetworks(web, NetworkPreference((second, first))))
        after(desk, cmd.SetConcurrentMigrations(2))
        after(desk, cmd.SetMigrationOptions(MigrationOptions(auto_converge=True, downtime_limit=0.2)))
        after(desk, cmd.LiveMigrate(web, "node2"), 200.0)
        after(desk, cmd.ConfigureNode("node3", weight=0), 20.0)
        after(desk, cmd.ConfigureCluster(same_subnet_delay=2000, same_subnet_threshold=10))
        desk.inject(FaultKind.POWER_OFF, "node3")
        desk.run(100.0)
        repair(desk)
        desk.run(200.0)
        test = desk.machine("TEST01").id
        after(desk, cmd.ConfigureVirtualMachine(test, memory=768 << 20, start_action=StartAction.ALWAYS))
        after(desk, cmd.ConfigureVirtualMachine(web, media="", workload="idle", switch=""), 10.0)
        after(desk, cmd.AddNode("node9"), 60.0)
        after(desk, cmd.LiveMigrate(web, "node9"), 200.0)
        after(desk, cmd.EvictNode("node9"), 20.0)
        after(desk, cmd.StopClusterService("node3"), 60.0)
        after(desk, cmd.EvictNode("node3"), 60.0)

    for version in VERSIONS:
        stage.on(desk_of(version), str(version), change)


@course
def failures_again_and_again(stage: Stage) -> None:
    for most, period in ((1, 1), (2, 6), (3, 1)):

        def again(desk: Desk, most: int = most, period: int = period) -> None:
            group = desk.group("WEB01")
            after(desk, cmd.ConfigureGroup(group.id, maximum_failures=most, failover_period=period))
            for pause in (20.0, 20.0, 60.0, 1800.0, 20.0, 3700.0, 20.0, 20.0, 7300.0):
                after(desk, cmd.FailResource(_resource(desk, "Virtual Machine WEB01").id), pause)

        stage.on(Desk(), f"{most} in {period} h", again)


@course
def priorities_and_classes(stage: Stage) -> None:
    names = [f"VM{number}" for number in range(1, 7)]
    for version in ("2012", "2012 R2", "2016"):

        def power(desk: Desk) -> None:
            for number, name in enumerate(names):
                group = desk.group(name).id
                after(desk, cmd.ConfigureGroup(group, priority=(0, 1000, 2000, 3000)[number % 4]))
                after(desk, cmd.ConfigureGroup(group, anti_affinity=("web",) if number < 3 else ()))
            after(desk, cmd.ConfigureGroup(desk.group("VM4").id, auto_start=False, persistent=False))
            for node in ("n1", "n2"):
                desk.inject(FaultKind.POWER_OFF, node)
                desk.run(200.0)
            repair(desk)
            desk.run(400.0)
            after(desk, cmd.DrainNode("n3"), 300.0)
            after(desk, cmd.ResumeNode("n3", failback=True), 300.0)

        machines = [machine(name, "n1", memory="6 GiB") for name in names]
        stage.on(Desk(cluster_of(stage.folder, machines, version=version, memory="48 GiB")), version, power)


@course
def clusters_that_start(stage: Stage) -> None:
    for version in ("2008 R2", "2012 R2"):
        for ignored in (False, True):

            def start(desk: Desk, ignored: bool = ignored) -> None:
                after(desk, cmd.StopCluster(), 200.0)
                after(desk, cmd.StartCluster(ignore_persistent_state=ignored), 300.0)
                for node in tuple(desk.state.nodes)[:3]:
                    desk.inject(FaultKind.POWER_OFF, node)
                    desk.run(10.0)
                desk.run(60.0)
                after(desk, cmd.StartClusterService("node4", fix_quorum=True), 120.0)
                repair(desk)
                desk.run(200.0)
                after(desk, cmd.ShutDownNode("node2", restart=True), 600.0)
                after(desk, cmd.StartClusterService("node1", prevent_quorum=True), 60.0)

            stage.on(Desk(cluster_file(stage.folder, 4, "disk", version)), f"{version} {ignored}", start)


@course
def machines_that_start_together(stage: Stage) -> None:
    def start(desk: Desk) -> None:
        for number in range(1, 7):
            identity = desk.machine(f"VM{number}").id
            desk.do(cmd.SetMachineState(identity, MachineState.OFF, forced=True))
        for number in range(1, 7):
            after(desk, cmd.SetMachineState(desk.machine(f"VM{number}").id, MachineState.RUNNING), 0.5)
        desk.run(4.0)
        desk.inject(FaultKind.SERVICE_CRASH, "n1")
        desk.run(300.0)
        after(desk, cmd.ShutDownNode("n2", restart=True), 600.0)

    machines = [machine(f"VM{number}", memory="4 GiB") for number in range(1, 7)]
    for version in ("", "2016"):
        stage.on(Desk(cluster_of(stage.folder, machines, nodes=3, version=version)), version or "2008 R2", start)


@course
def files_that_grow(stage: Stage) -> None:
    def grow(desk: Desk) -> None:
        after(desk, cmd.TakeSnapshot(desk.machine("IN1").id, "before"), 600.0)
        after(desk, cmd.TakeSnapshot(desk.machine("IN1").id, "after"), 600.0)
        after(desk, cmd.SetMachineState(desk.machine("IN2").id, MachineState.SAVED), 60.0)
        disk = desk.disk("Cluster Disk 2")
        room = disk.size - disk.used - desk.state.machines[desk.machine("IN1").id].memory
        after(desk, cmd.CreateVirtualMachine("BIG", "node1", 512 << 20, disk.id, disk_size=room - (300 << 20)), 900.0)
        after(desk, cmd.SetMachineState(desk.machine("IN2").id, MachineState.RUNNING), 60.0)
        for snapshot in tuple(desk.state.snapshots):
            after(desk, cmd.DeleteSnapshot(snapshot), 100.0)
        after(desk, cmd.SetMachineState(desk.machine("IN1").id, MachineState.OFF, forced=True), 100.0)
        after(desk, cmd.RemoveGroup(desk.group("IN1").id), 5.0)
        after(desk, cmd.DeleteVirtualMachine(desk.machine("IN1").id), 5.0)
        after(desk, cmd.BackUpMachine(desk.machine("IN2").id), 20.0)
        after(desk, cmd.LiveMigrate(desk.machine("IN2").id, "node1"), 600.0)

    for version in (ClusterVersion.V2008_R2, ClusterVersion.V2016):
        desk = desk_of(version)
        with_volume(desk, "node1", IN1="node1", IN2="node2")
        stage.on(desk, str(version), grow)
