"""Random failures of storage on an embedded cluster: what must hold whatever fails, and once all is repaired."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from fcm.backend.embedded import EmbeddedBackend, find_cluster_file
from fcm.backend.embedded.cluster_file.reading import load
from fcm.model import commands as cmd
from fcm.model.entities import MIB, ClusterVersion, MachineState, ResourceState
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.faults import reaches_disk, service_runs
from fcm.model.rules.failing.guardian import violations
from tests.property.journaled import LONG, JournaledCluster

INDEX = st.integers(0, 100)
DISKS = ("Cluster Disk 2", "Cluster Disk 3", "Cluster Disk 4")
KINDS = st.sampled_from([FaultKind.LOSE_PATH, FaultKind.LOSE_PATH, FaultKind.LOSE_LUN, FaultKind.LOSE_RESERVATION])

NODE_KINDS = st.sampled_from(
    [FaultKind.POWER_OFF, FaultKind.HANG, FaultKind.SERVICE_CRASH, FaultKind.ISOLATE, FaultKind.BUGCHECK]
)


class FailingStorage(JournaledCluster):
    @initialize(version=st.sampled_from(list(ClusterVersion)), seed=st.integers(0, 3))
    def begin(self, version: ClusterVersion, seed: int) -> None:
        self.version, self.seed = version, seed
        self.reopen()
        self.ask(cmd.EnableSharedVolumes(notice_accepted=True))
        volumes = [disk.id for disk in self.state.disks.values() if disk.name in DISKS]
        assert self.ask(cmd.AddStorage(tuple(volumes)))
        for number, node in enumerate(self.state.nodes):
            command = cmd.CreateVirtualMachine(
                f"DB{number}", node, 512 * MIB, volumes[number % 2], disk_size=100 * 2**30, workload="oltp-database"
            )
            assert self.ask(command)
            machine = next(reversed(self.state.machines))
            assert self.ask(cmd.MakeHighlyAvailable((machine,)))
            assert self.ask(cmd.SetMachineState(machine, MachineState.RUNNING))
        self.backend.advance(20)

    def made(self) -> EmbeddedBackend:
        formed = load(find_cluster_file("contoso"))
        formed = replace(formed, cluster=replace(formed.cluster, version=self.version))
        return EmbeddedBackend(formed, "embedded:contoso", seed=self.seed, start_time=1000.0)

    def disk(self, index: int) -> str:
        """Half of the time a shared volume, else any disk."""
        found = list(self.state.shared_volumes if index % 2 else self.state.disks)
        return found[index // 2 % len(found)]

    def node(self, index: int) -> str:
        return list(self.state.nodes)[index % len(self.state.nodes)]

    @rule(kind=KINDS, disk=INDEX, node=INDEX)
    def fail(self, kind: FaultKind, disk: int, node: int) -> None:
        self.ask(cmd.InjectFault(kind, self.disk(disk), self.node(node) if kind is FaultKind.LOSE_PATH else ""))

    @rule(kind=NODE_KINDS, node=INDEX)
    def fail_node(self, kind: FaultKind, node: int) -> None:
        self.ask(cmd.InjectFault(kind, self.node(node)))

    @rule(adapter=INDEX)
    def unplug(self, adapter: int) -> None:
        adapters = list(self.state.adapters)
        self.ask(cmd.InjectFault(FaultKind.UNPLUG_CABLE, adapters[adapter % len(adapters)]))

    @rule(index=INDEX)
    def repair(self, index: int) -> None:
        faults = list(self.state.faults)
        if faults:
            self.ask(cmd.RepairFault(faults[index % len(faults)]))

    @rule(seconds=st.sampled_from([1.0, 5.0, 16.0, 60.0, 300.0, 4000.0]))
    def wait(self, seconds: float) -> None:
        self.backend.advance(seconds)
        assert self.workspace is not None
        self.workspace.drain(LONG)

    @rule(disk=INDEX, node=INDEX, what=st.integers(0, 4))
    def change(self, disk: int, node: int, what: int) -> None:
        identity, where = self.disk(disk), self.node(node)
        commands: list[cmd.Command] = [
            cmd.MoveSharedVolume(identity, where),
            cmd.SetDiskOnline(identity, online=True),
            cmd.SetRedirectedAccess(identity, on=bool(node % 2)),
            cmd.StopClusterService(where),
            cmd.StartClusterService(where),
        ]
        self.ask(commands[what])

    @rule(machine=INDEX, what=st.integers(0, 5))
    def use(self, machine: int, what: int) -> None:
        identity = list(self.state.machines)[machine % len(self.state.machines)]
        commands: list[cmd.Command] = [
            cmd.TakeSnapshot(identity),
            cmd.SetMachineState(identity, MachineState.SAVED),
            cmd.SetMachineState(identity, MachineState.RUNNING),
            cmd.SetMachineState(identity, MachineState.OFF, forced=True),
            cmd.DeleteSnapshot(next(reversed(self.state.snapshots), "none")),
            cmd.LiveMigrate(identity, self.node(machine)),
        ]
        self.ask(commands[what])

    @rule()
    def close_and_reopen(self) -> None:
        assert self.workspace is not None
        self.workspace.close()
        self.reopen()

    @invariant()
    def no_disk_is_too_full_the_journal_gives_the_state_and_the_guardian_is_content(self) -> None:
        if self.workspace is None:
            return
        for disk in self.state.disks.values():
            assert 0 <= disk.used <= disk.size
            assert sum(size for _, size in (*disk.saved, *disk.written)) <= disk.used
        self.workspace.drain(LONG)
        assert self.shadow == self.itself
        assert not violations(self.state)

    @rule()
    def owners_reach_their_volumes_where_anybody_does(self) -> None:
        """After a while without anything new; nodes that return meanwhile have a path to lose again."""
        self.backend.advance(120.0)
        for _ in range(20):
            if not self.unsettled():
                return
            self.backend.advance(30.0)
        assert not self.unsettled()

    def unsettled(self) -> list[str]:
        """Volumes that are online, but not as they will be."""
        state = self.state
        members = [name for name, node in state.nodes.items() if node.state.is_member and service_runs(state, name)]
        found = []
        for volume in state.shared_volumes.values():
            if state.disks[volume.disk].state is ResourceState.ONLINE and members:
                able = [node for node in members if reaches_disk(state, node, volume.disk)]
                known = set(volume.redirected) & set(members)
                if volume.owner not in able or volume.paused or known != set(members) - set(able):
                    found.append(f"{volume} {able}")
        return found

    def teardown(self) -> None:
        """Once all is repaired and the hour of the retry is over, everything is back."""
        try:
            if self.workspace is not None:
                self.all_is_back()
        finally:
            super().teardown()

    def all_is_back(self) -> None:
        for fault in tuple(self.state.faults):
            self.ask(cmd.RepairFault(fault))
        self.backend.advance(8000.0)  # a node in quarantine waits for two hours
        for node in self.state.nodes:
            self.ask(cmd.StartClusterService(node))
        self.backend.advance(3900.0)
        members = any(node.state.is_member for node in self.state.nodes.values())
        for volume in self.state.shared_volumes.values():
            assert not volume.paused
            assert not volume.redirected
            assert self.state.disks[volume.disk].state is ResourceState.ONLINE or not members
        late = self.version.at_least(ClusterVersion.V2016)
        critical = [one for one in self.state.machines.values() if one.state is MachineState.PAUSED_CRITICAL]
        assert not (critical and late and members)


TestFailingStorage = FailingStorage.TestCase
TestFailingStorage.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
