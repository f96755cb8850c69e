"""Random command sequences on an embedded cluster: what must hold after every step, whatever was asked."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from fcm.backend.embedded import EmbeddedBackend, open_embedded
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import (
    GIB,
    MIB,
    DiskUse,
    MachineState,
    NetworkRole,
    NodeState,
    OfflineAction,
    QuorumMode,
    ResourceState,
    StartAction,
    VolumeAccess,
)
from fcm.model.failures import FaultKind
from fcm.model.migrations import DrainMove, MigrationOptions, NetworkPreference
from fcm.model.resource_states import group_state
from fcm.model.rules.quorum import votes
from fcm.model.state import State, apply
from fcm.workspace.files.journal import Journal
from tests.property.journaled import LONG, JournaledCluster

INDEX = st.integers(0, 200)
"""Picks the object with that number, modulo how many there are; one pick in ten names nothing that exists."""


class EmbeddedCluster(JournaledCluster):
    def __init__(self) -> None:
        super().__init__()
        self.handed_over: set[str] = set()

    @initialize(cluster=st.sampled_from(["contoso", "fabrikam"]), seed=st.integers(0, 3))
    def begin(self, cluster: str, seed: int) -> None:
        self.cluster, self.seed = cluster, seed
        self.reopen()

    def made(self) -> EmbeddedBackend:
        return open_embedded(self.cluster, seed=self.seed, start_time=1000.0)

    def see(self, entry: ev.Entry) -> None:
        """One entry more: exactly one owner, a hand-over at most once a migration."""
        owners = {key: machine.node for key, machine in self.shadow.machines.items()}
        super().see(entry)
        if isinstance(entry.event, ev.MigrationHandedOver):
            assert entry.event.migration not in self.handed_over
            self.handed_over.add(entry.event.migration)
        else:
            for key, machine in self.shadow.machines.items():
                if owners.get(key, machine.node) != machine.node:
                    assert isinstance(entry.event, ev.MachineChanged), "moved without being told"
                    assert self.shadow.nodes[owners[key]].state is NodeState.DOWN

    # what is asked

    def pick(self, mapping: str, index: int) -> str:
        keys = list(getattr(self.state, mapping))
        return keys[index % len(keys)] if keys and index % 10 != 9 else "nothing"

    @rule(machine=INDEX, node=INDEX, kind=st.sampled_from(["live", "live", "live", "quick", "move"]))
    def migrate(self, machine: int, node: int, kind: str) -> None:
        what, where = self.pick("machines", machine), self.pick("nodes", node)
        options = MigrationOptions(post_copy=machine % 3 == 0, auto_converge=machine % 4 == 0)
        kinds: dict[str, cmd.Command] = {
            "live": cmd.LiveMigrate(what, where, options),
            "quick": cmd.QuickMigrate(what, where),
            "move": cmd.MoveMachine(what, where),
        }
        self.ask(kinds[kind])

    @rule(index=INDEX, limit=st.sampled_from([None, 0.0, 5.0, 60.0]), post_copy=st.booleans())
    def tune(self, index: int, limit: float | None, post_copy: bool) -> None:
        self.ask(cmd.TuneMigration(self.pick("migrations", index), limit, None, post_copy))

    @rule(node=INDEX, machine=INDEX, destination=INDEX, planned=st.booleans())
    def drain(self, node: int, machine: int, destination: int, planned: bool) -> None:
        where = self.pick("nodes", node)
        move = DrainMove(self.pick("machines", machine), self.pick("nodes", destination), 5.0, "forecast")
        if self.ask(cmd.DrainNode(where, None if planned else (move,))):
            assert self.state.nodes[where].state is NodeState.PAUSED

    @rule(node=INDEX, of_all=st.booleans())
    def cancel_all(self, node: int, of_all: bool) -> None:
        self.ask(cmd.CancelMigrations(None if of_all else self.pick("nodes", node)))

    @rule(index=INDEX)
    def fail_resource(self, index: int) -> None:
        self.ask(cmd.FailResource(self.pick("resources", index)))

    @rule(index=INDEX)
    def cancel(self, index: int) -> None:
        self.ask(cmd.CancelMigration(self.pick("migrations", index)))

    @rule(
        index=INDEX,
        wanted=st.sampled_from([MachineState.RUNNING, MachineState.OFF, MachineState.SAVED, MachineState.PAUSED]),
        forced=st.booleans(),
    )
    def start_or_stop(self, index: int, wanted: MachineState, forced: bool) -> None:
        self.ask(cmd.SetMachineState(self.pick("machines", index), wanted, forced))

    @rule(
        index=INDEX, node=INDEX, disk=INDEX, size=st.sampled_from([512 * MIB, 2 * GIB, 40 * GIB]), start=st.booleans()
    )
    def create(self, index: int, node: int, disk: int, size: int, start: bool) -> None:
        volume = self.pick("shared_volumes", disk) if disk % 3 else None
        self.ask(cmd.CreateVirtualMachine(f"VM{index}", self.pick("nodes", node), size, volume, start=start))

    @rule(index=INDEX, compatibility=st.booleans(), text=st.sampled_from([None, "", "VM Network"]))
    def configure(self, index: int, compatibility: bool, text: str | None) -> None:
        machine = self.pick("machines", index)
        self.ask(cmd.ConfigureVirtualMachine(machine, None, StartAction.NOTHING, compatibility, text, text))

    @rule(index=INDEX, kind=st.sampled_from(["take", "take", "revert", "delete", "back up"]))
    def protect(self, index: int, kind: str) -> None:
        machine, snapshot = self.pick("machines", index), self.pick("snapshots", index)
        kinds: dict[str, cmd.Command] = {
            "take": cmd.TakeSnapshot(machine),
            "revert": cmd.RevertToSnapshot(snapshot),
            "delete": cmd.DeleteSnapshot(snapshot),
            "back up": cmd.BackUpMachine(machine),
        }
        self.ask(kinds[kind])

    @rule(index=INDEX)
    def delete(self, index: int) -> None:
        self.ask(cmd.DeleteVirtualMachine(self.pick("machines", index)))

    @rule(index=INDEX, other=INDEX)
    def cluster_machines(self, index: int, other: int) -> None:
        self.ask(cmd.MakeHighlyAvailable((self.pick("machines", index), self.pick("machines", other))[: 1 + other % 2]))

    @rule(index=INDEX)
    def remove_group(self, index: int) -> None:
        self.ask(cmd.RemoveGroup(self.pick("groups", index)))

    @rule(index=INDEX, node=INDEX, failback=st.booleans(), auto_start=st.booleans())
    def configure_group(self, index: int, node: int, failback: bool, auto_start: bool) -> None:
        owners = (self.pick("nodes", node),)
        group = self.pick("groups", index)
        self.ask(cmd.ConfigureGroup(group, None, owners, auto_start, failback=failback))

    @rule(index=INDEX, node=INDEX, action=st.sampled_from(list(OfflineAction)))
    def configure_resource(self, index: int, node: int, action: OfflineAction) -> None:
        owners = tuple(dict.fromkeys((self.pick("nodes", node), self.pick("nodes", node + 1))))
        self.ask(cmd.ConfigureResource(self.pick("resources", index), None, owners, offline_action=action))

    @rule(
        kind=st.sampled_from(
            [cmd.PauseNode, cmd.ResumeNode, cmd.StartClusterService, cmd.StopClusterService, cmd.EvictNode]
        ),
        index=INDEX,
    )
    def change_node(self, kind: Any, index: int) -> None:
        self.ask(kind(self.pick("nodes", index)))

    @rule(index=INDEX, repair=st.booleans())
    def change_adapter(self, index: int, repair: bool) -> None:
        adapter = self.pick("adapters", index)
        known = [fault.id for fault in self.state.faults.values() if fault.target == adapter]
        unplug = cmd.InjectFault(FaultKind.UNPLUG_CABLE, adapter)
        self.ask(cmd.RepairFault(known[0] if known else "nothing") if repair else unplug)

    @rule(index=INDEX, role=st.sampled_from(list(NetworkRole)), metric=st.sampled_from([None, 500, 0]))
    def configure_network(self, index: int, role: NetworkRole, metric: int | None) -> None:
        self.ask(cmd.ConfigureNetwork(self.pick("networks", index), None, role, metric, metric is None))

    @rule(order=st.lists(INDEX, max_size=3, unique=True), excluded=st.lists(INDEX, max_size=1))
    def choose_networks(self, order: list[int], excluded: list[int]) -> None:
        chosen = tuple(self.pick("networks", index) for index in order)
        self.ask(cmd.SetMigrationNetworks(chosen, tuple(self.pick("networks", index) for index in excluded)))

    @rule(machine=INDEX, order=st.lists(INDEX, max_size=3, unique=True), own=st.booleans())
    def choose_networks_of_a_machine(self, machine: int, order: list[int], own: bool) -> None:
        chosen = NetworkPreference(tuple(self.pick("networks", index) for index in order)) if own else None
        self.ask(cmd.SetMachineNetworks(self.pick("machines", machine), chosen))

    @rule(
        kind=st.sampled_from([cmd.AddClusterDisk, cmd.AddStorage]),
        disks=st.lists(INDEX, min_size=1, max_size=3),
    )
    def add_disks(self, kind: Any, disks: list[int]) -> None:
        self.ask(kind(tuple(self.pick("disks", index) for index in disks)))

    @rule(index=INDEX, node=INDEX, on=st.booleans(), what=st.integers(0, 5))
    def change_volume(self, index: int, node: int, on: bool, what: int) -> None:
        volume = self.pick("shared_volumes", index)
        commands: list[cmd.Command] = [
            cmd.RemoveSharedVolume(volume),
            cmd.RenameSharedVolume(volume, f"Data {index}"),
            cmd.RenameVolumeFolder(volume, f"Folder{index}"),
            cmd.MoveSharedVolume(volume, self.pick("nodes", node)),
            cmd.SetRedirectedAccess(volume, on),
            cmd.SetDiskOnline(self.pick("disks", index), on),
        ]
        self.ask(commands[what])

    @rule(index=INDEX, on=st.sampled_from([True, True, False]), volume=st.booleans(), force=st.booleans())
    def maintain(self, index: int, on: bool, volume: bool, force: bool) -> None:
        self.ask(cmd.SetMaintenance(self.pick("shared_volumes" if volume else "disks", index), on, force))

    @rule(mode=st.sampled_from(list(QuorumMode)), index=INDEX, limit=st.integers(0, 3))
    def configure_cluster(self, mode: QuorumMode, index: int, limit: int) -> None:
        self.ask(cmd.EnableSharedVolumes(notice_accepted=True))
        self.ask(cmd.SetQuorum(mode, "\\\\s\\w" if "Share" in mode.value else self.pick("disks", index)))
        self.ask(cmd.SetConcurrentMigrations(limit))
        self.ask(cmd.ValidateCluster(("Validate Quorum Configuration",) if limit else ()))

    @rule(seconds=st.sampled_from([0.0, 0.05, 0.5, 3.0, 12.0, 45.0]))
    def wait(self, seconds: float) -> None:
        assert self.workspace is not None
        self.backend.advance(seconds)
        self.workspace.drain(LONG)

    @precondition(lambda self: self.workspace is not None)
    @rule(split=st.booleans())
    def end_and_start_again(self, split: bool) -> None:
        assert self.workspace is not None
        self.workspace.close()
        before = self.shadow
        self.shadow = State()
        journal = Journal.open(self.path, self.backend.uri)
        entries: list[ev.Entry] = []
        replayed = journal.follow(lambda entry, before, after: entries.append(entry), after=0)
        if split:
            journal.split_off(replayed)
        journal.close()
        assert replayed == before
        for entry in entries:
            self.shadow, _ = apply(self.shadow, entry)
        self.reopen()
        begun_before = list(before.migrations)
        assert all(self.state.migrations[key].phase.is_over for key in begun_before)
        between = {MachineState.STARTING, MachineState.STOPPING, MachineState.SAVING}
        assert not between & {machine.state for machine in self.state.machines.values()}

    # what holds

    @invariant()
    def the_state_is_that_of_the_events_and_that_of_the_cluster_itself(self) -> None:
        if self.workspace is not None:
            assert self.workspace.state == self.shadow == self.itself

    @invariant()
    def groups_go_with_their_machines_and_disks(self) -> None:
        for machine in self.state.machines.values() if self.workspace else ():
            if machine.group is None:
                continue
            assert self.state.groups[machine.group].owner == machine.node
            disk = self.state.disks[machine.disk or ""]
            assert disk.use in (DiskUse.GROUP, DiskUse.SHARED_VOLUME)
            assert disk.use is DiskUse.SHARED_VOLUME or disk.owner == machine.node

    @invariant()
    def groups_have_the_state_of_their_resources(self) -> None:
        for group in self.state.groups.values() if self.workspace else ():
            assert group.state is group_state(self.state, group.id)

    @invariant()
    def what_is_owned_is_owned_by_nodes_that_exist(self) -> None:
        if self.workspace is None:
            return
        nodes = set(self.state.nodes)
        owners = {machine.node for machine in self.state.machines.values()}
        owners |= {group.owner for group in self.state.groups.values()}
        owners |= {volume.owner for volume in self.state.shared_volumes.values()}
        assert owners <= nodes

    @invariant()
    def the_cluster_keeps_its_quorum(self) -> None:
        if self.workspace is not None:
            assert self.state.cluster is not None
            assert votes(self.state.cluster, self.state.nodes, self.state.disks).has_quorum

    @invariant()
    def no_node_takes_part_in_more_live_migrations_than_it_may_begin(self) -> None:
        for machine in self.state.machines.values() if self.workspace else ():
            active = [m for m in self.state.migrations.values() if m.machine == machine.id and not m.phase.is_over]
            assert len(active) <= 1

    @invariant()
    def memory_is_never_overcommitted(self) -> None:
        for node in self.state.nodes if self.workspace else ():
            assert self.state.free_memory(node) >= 0

    @invariant()
    def no_machine_runs_from_a_volume_that_no_node_reaches(self) -> None:
        for machine in self.state.machines.values() if self.workspace else ():
            volume = self.state.shared_volumes.get(machine.disk or "")
            if volume is not None and volume.access is VolumeAccess.MAINTENANCE:
                assert not machine.state.holds_memory
                assert self.state.active_migration(machine.id) is None

    @invariant()
    def only_cluster_disks_that_are_online_are_in_maintenance(self) -> None:
        for disk in self.state.disks.values() if self.workspace else ():
            if disk.maintenance:
                assert disk.use in (DiskUse.AVAILABLE, DiskUse.GROUP)
                assert disk.state is ResourceState.ONLINE
                assert disk.owner is not None
                assert self.state.nodes[disk.owner].state is not NodeState.DOWN

    @invariant()
    def a_drain_is_over_exactly_when_its_migrations_are(self) -> None:
        for drain in self.state.drains.values() if self.workspace else ():
            mine = [m for m in self.state.migrations.values() if m.drain == drain.id]
            assert (drain.ended is not None) == all(m.phase.is_over for m in mine)
            assert {m.machine for m in mine} == {move.machine for move in drain.moves}

    @invariant()
    def what_is_looked_up_is_what_a_search_finds(self) -> None:
        state = self.state if self.workspace else State()
        for node in state.nodes:
            assert state.machines_on(node) == tuple(m for m in state.machines.values() if m.node == node)
            for network in state.networks:
                adapter = state.adapter(node, network)
                assert adapter is None or (adapter.node, adapter.network) == (node, network)
        for machine in state.machines.values():
            mine = [m for m in state.migrations.values() if m.machine == machine.id]
            assert state.last_migration(machine.id) == (mine[-1] if mine else None)
            assert state.machine_named(machine.name.upper()) == machine
            resources = tuple(r for r in state.resources.values() if r.machine == machine.id)
            assert state.machine_resources(machine.id) == resources
        for group in state.groups:
            assert state.group_resources(group) == tuple(r for r in state.resources.values() if r.group == group)
            assert state.group_machines(group) == tuple(m for m in state.machines.values() if m.group == group)
        for disk in state.disks:
            assert state.machines_with_files_on(disk) == tuple(m for m in state.machines.values() if m.disk == disk)
        assert state.active_migrations() == tuple(m for m in state.migrations.values() if not m.phase.is_over)


TestEmbeddedCluster = EmbeddedCluster.TestCase
TestEmbeddedCluster.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
