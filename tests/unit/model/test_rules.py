# Longer than usual because it has an entry for every refusal, and they are found best in one place.
"""What is refused, with which words; one line a refusal. What is allowed is proved where it is carried out."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import (
    GIB,
    MIB,
    DiskUse,
    MachineState,
    NetworkRole,
    NodeState,
    QuorumMode,
    ResourceState,
    SharedVolume,
)
from fcm.model.events import Entry, NodeEvicted
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions, NetworkPreference
from fcm.model.rules.allowed import allowed
from fcm.model.rules.cluster import may_enable_shared_volumes
from fcm.model.state import State, apply
from fcm.model.telemetry import Phase
from tests.unit.model.changed import (
    disk,
    group,
    machine,
    network,
    resource,
    with_cluster,
    with_disk,
    with_machine,
    with_network,
    with_node,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Case = Callable[[State], tuple[cmd.Command, State]]


def enabled(state: State) -> State:
    return with_cluster(state, shared_volumes_enabled=True)


def with_volume(state: State, name: str = "Cluster Disk 2", folder: str = "Volume1") -> State:
    identity = disk(state, name).id
    changed = enabled(with_disk(state, name, use=DiskUse.SHARED_VOLUME))
    volume = SharedVolume(identity, name, folder, "node1")
    return replace(changed, shared_volumes=MappingProxyType({**changed.shared_volumes, identity: volume}))


def moving(state: State, name: str, phase: Phase = Phase.BROWNOUT, kind: MigrationKind = MigrationKind.LIVE) -> State:
    item = machine(state, name)
    target = "node2" if item.node == "node1" else "node1"
    migration = Migration(f"m-{name}", kind, item.id, item.node, target, MigrationOptions(), phase, 0.0)
    return replace(state, migrations=MappingProxyType({**state.migrations, migration.id: migration}))


def live(name: str, node: str = "node2", **options: float) -> Callable[[State], cmd.Command]:
    return lambda state: cmd.LiveMigrate(machine(state, name).id, node, MigrationOptions(**options))  # type: ignore[arg-type]


def on(command: Callable[[State], cmd.Command], change: Callable[[State], State] = lambda state: state) -> Case:
    """The command in the changed state."""

    def case(state: State) -> tuple[cmd.Command, State]:
        changed = change(state)
        return command(changed), changed

    return case


def new(**fields: object) -> Callable[[State], cmd.Command]:
    values: dict[str, object] = {"name": "NEW", "node": "node1", "memory": 512 * MIB, "disk": None, **fields}
    return lambda state: cmd.CreateVirtualMachine(**values)  # type: ignore[arg-type]


def settings(name: str, **fields: object) -> Callable[[State], cmd.Command]:
    return lambda state: cmd.ConfigureVirtualMachine(machine(state, name).id, **fields)  # type: ignore[arg-type]


def set_state(name: str, wanted: MachineState, forced: bool = False) -> Callable[[State], cmd.Command]:
    return lambda state: cmd.SetMachineState(machine(state, name).id, wanted, forced)


def on_disk(kind: type[cmd.Command], name: str, *rest: object) -> Callable[[State], cmd.Command]:
    return lambda state: kind(disk(state, name).id, *rest)


def on_disks(kind: type[cmd.Command], *names: str) -> Callable[[State], cmd.Command]:
    return lambda state: kind(tuple(disk(state, name).id for name in names))  # type: ignore[call-arg]


def plain(command: cmd.Command) -> Callable[[State], cmd.Command]:
    return lambda state: command


REFUSED: dict[str, tuple[Case, str]] = {
    # cluster
    "enable twice": (on(plain(cmd.EnableSharedVolumes(True)), enabled), "are already enabled"),
    "enable unread": (on(plain(cmd.EnableSharedVolumes())), "notice on Cluster Shared Volumes was not accepted"),
    "enable with other drives": (
        on(plain(cmd.EnableSharedVolumes(True)), lambda s: with_node(s, "node2", system_drive="D:")),
        "different system drives (C:, D:)",
    ),
    "quorum without witness": (on(plain(cmd.SetQuorum(QuorumMode.DISK_ONLY))), "No disk witness was chosen"),
    "quorum with a used disk": (
        on(lambda s: cmd.SetQuorum(QuorumMode.DISK_ONLY, disk(s, "Cluster Disk 5").id)),
        "Cluster Disk 5 is in use: Service or application",
    ),
    "share without path": (
        on(plain(cmd.SetQuorum(QuorumMode.NODE_AND_FILE_SHARE_MAJORITY, "server"))),
        "needs a UNC path",
    ),
    "quorum that is lost": (
        on(
            plain(cmd.SetQuorum(QuorumMode.NODE_MAJORITY)),
            lambda s: with_node(with_node(s, "node2", state=NodeState.DOWN), "node3", state=NodeState.DOWN),
        ),
        "Only 1 of 2 needed votes would be present",
    ),
    "order with a stranger": (on(plain(cmd.SetMigrationNetworks(("x",)))), "no cluster network 'x'"),
    "order with a repetition": (
        on(lambda s: cmd.SetMigrationNetworks((network(s, "Cluster Network 3").id,) * 2)),
        "listed twice",
    ),
    "order of nothing": (
        on(lambda s: cmd.SetMigrationNetworks((), tuple(s.networks))),
        "No network would be left for live migration",
    ),
    "an order of its own of nothing": (
        on(lambda s: cmd.SetMachineNetworks(next(iter(s.machines)), NetworkPreference((), tuple(s.networks)))),
        "No network would be left for live migration",
    ),
    "an order of no machine": (on(plain(cmd.SetMachineNetworks("x", None))), "no virtual machine 'x'"),
    "no migration at all": (on(plain(cmd.SetConcurrentMigrations(0))), "0 live migrations at once"),
    # storage
    "no LUN chosen": (on(plain(cmd.AddClusterDisk(()))), "No disk was chosen"),
    "a cluster disk again": (on(on_disks(cmd.AddClusterDisk, "Cluster Disk 2")), "is already a cluster disk"),
    "a LUN that is hidden": (on(on_disks(cmd.AddClusterDisk, "iSCSI Disk 17")), "is not visible to node3"),
    "a LUN without reservations": (
        on(
            on_disks(cmd.AddClusterDisk, "iSCSI Disk 15"),
            lambda s: with_disk(s, "iSCSI Disk 15", persistent_reservations=False),
        ),
        "does not support persistent reservations",
    ),
    "storage before enabling": (on(on_disks(cmd.AddStorage, "Cluster Disk 2")), "are not enabled"),
    "no storage chosen": (on(plain(cmd.AddStorage(())), enabled), "No disk was chosen"),
    "storage in use": (on(on_disks(cmd.AddStorage, "Cluster Disk 1"), enabled), "is not in Available Storage"),
    "storage that is offline": (
        on(
            on_disks(cmd.AddStorage, "Cluster Disk 2"),
            lambda s: enabled(with_disk(s, "Cluster Disk 2", state=ResourceState.OFFLINE)),
        ),
        "Cluster Disk 2 is offline",
    ),
    "storage in FAT": (
        on(
            on_disks(cmd.AddStorage, "Cluster Disk 2"),
            lambda s: enabled(with_disk(s, "Cluster Disk 2", file_system="FAT32")),
        ),
        "formatted with FAT32",
    ),
    "a volume with files": (
        on(
            on_disk(cmd.RemoveSharedVolume, "Cluster Disk 2"),
            lambda s: with_machine(with_volume(s), "TEST01", disk=disk(s, "Cluster Disk 2").id),
        ),
        "holds files of TEST01",
    ),
    "a volume without name": (on(on_disk(cmd.RenameSharedVolume, "Cluster Disk 2", " "), with_volume), "needs a name"),
    "a volume with a taken name": (
        on(on_disk(cmd.RenameSharedVolume, "Cluster Disk 2", "cluster disk 3"), with_volume),
        "Another disk is named",
    ),
    "a folder with a slash": (
        on(on_disk(cmd.RenameVolumeFolder, "Cluster Disk 2", "a/b"), with_volume),
        "has a character that file names cannot have",
    ),
    "a folder called as a device": (
        on(on_disk(cmd.RenameVolumeFolder, "Cluster Disk 2", "nul.txt"), with_volume),
        "Windows reserves the name NUL for a device",
    ),
    "a machine called as a device": (on(new(name="com1")), "Windows reserves the name COM1 for a device"),
    "a machine with a period at the end": (on(new(name="WEB09.")), "ends with a period"),
    "a node with a long name": (on(plain(cmd.AddNode("a-very-long-name"))), "has 16 characters"),
    "a taken folder": (
        on(
            on_disk(cmd.RenameVolumeFolder, "Cluster Disk 2", "volume2"),
            lambda s: with_volume(with_volume(s), "Cluster Disk 3", "Volume2"),
        ),
        "already has a folder volume2",
    ),
    "a folder in use": (
        on(
            on_disk(cmd.RenameVolumeFolder, "Cluster Disk 2", "X"),
            lambda s: moving(with_machine(with_volume(s), "WEB01", disk=disk(s, "Cluster Disk 2").id), "WEB01"),
        ),
        "is being migrated",
    ),
    "the same coordinator": (on(on_disk(cmd.MoveSharedVolume, "Cluster Disk 2", "node1"), with_volume), "already"),
    "a coordinator that is down": (
        on(
            on_disk(cmd.MoveSharedVolume, "Cluster Disk 2", "node2"),
            lambda s: with_node(with_volume(s), "node2", state=NodeState.DOWN),
        ),
        "node2 is down",
    ),
    "a coordinator that does not see": (
        on(
            on_disk(cmd.MoveSharedVolume, "Cluster Disk 2", "node2"),
            lambda s: with_disk(with_volume(s), "Cluster Disk 2", visible_to=("node1",)),
        ),
        "node2 does not see this disk",
    ),
    "no redirection to end": (
        on(on_disk(cmd.SetRedirectedAccess, "Cluster Disk 2", False), with_volume),
        "Redirected access of Cluster Disk 2 is already off",
    ),
    "maintenance of a LUN": (on(on_disk(cmd.SetMaintenance, "iSCSI Disk 15", True)), "is not a cluster disk"),
    "maintenance of the witness": (on(on_disk(cmd.SetMaintenance, "Cluster Disk 1", True)), "is the quorum witness"),
    "no maintenance to end": (
        on(on_disk(cmd.SetMaintenance, "Cluster Disk 2", False)),
        "Maintenance mode of Cluster Disk 2 is already off",
    ),
    "maintenance of a disk that is offline": (
        on(
            on_disk(cmd.SetMaintenance, "Cluster Disk 2", True),
            lambda s: with_disk(s, "Cluster Disk 2", state=ResourceState.OFFLINE),
        ),
        "Cluster Disk 2 is offline",
    ),
    "maintenance under a migration": (
        on(on_disk(cmd.SetMaintenance, "Cluster Disk 6", True), lambda s: moving(s, "WEB01")),
        "A live migration of WEB01 is in progress",
    ),
    "maintenance under a machine that the cluster cannot stop": (
        on(
            lambda s: cmd.SetMaintenance(disk(s, "Cluster Disk 2").id, True, force=True),
            lambda s: with_machine(with_volume(s), "WEB01", disk=disk(s, "Cluster Disk 2").id, group=None),
        ),
        "not highly available",
    ),
    "maintenance under a machine that is being saved": (
        on(
            lambda s: cmd.SetMaintenance(disk(s, "Cluster Disk 2").id, True, force=True),
            lambda s: with_machine(
                with_volume(s), "WEB01", disk=disk(s, "Cluster Disk 2").id, state=MachineState.SAVING
            ),
        ),
        "WEB01 is saving",
    ),
    "a disk in maintenance as volume": (
        on(
            on_disks(cmd.AddStorage, "Cluster Disk 2"),
            lambda s: with_disk(enabled(s), "Cluster Disk 2", maintenance=True),
        ),
        "Cluster Disk 2 is in maintenance mode",
    ),
    "a disk in maintenance as witness": (
        on(
            lambda s: cmd.SetQuorum(QuorumMode.NODE_AND_DISK_MAJORITY, disk(s, "Cluster Disk 2").id),
            lambda s: with_disk(s, "Cluster Disk 2", maintenance=True),
        ),
        "Cluster Disk 2 is in maintenance mode",
    ),
    "a LUN brought online": (on(on_disk(cmd.SetDiskOnline, "iSCSI Disk 15", True)), "is not a cluster disk"),
    "online twice": (on(on_disk(cmd.SetDiskOnline, "Cluster Disk 2", True)), "is already online"),
    "the witness offline": (on(on_disk(cmd.SetDiskOnline, "Cluster Disk 1", False)), "is the quorum witness"),
    "a disk under machines": (
        on(on_disk(cmd.SetDiskOnline, "Cluster Disk 5", False)),
        "is used by running machines: SQL01",
    ),
    # virtual machines
    "a machine without name": (on(new(name="")), "needs a name"),
    "a machine with a long name": (on(new(name="x" * 81)), "has 81 characters"),
    "a machine with a taken name": (on(new(name="sql01")), "A virtual machine sql01 already exists"),
    "a machine on a node that is down": (
        on(new(), lambda s: with_node(s, "node1", state=NodeState.DOWN)),
        "node1 is down",
    ),
    "a machine of odd memory": (on(new(memory=3 * MIB)), "in steps of 2 MiB"),
    "a machine of 128 GiB": (on(new(memory=128 * GIB)), "8 MiB to 64 GiB"),
    "a machine of five processors": (on(new(processors=5)), "cannot have 5 virtual processors"),
    "a machine on Available Storage": (
        on(lambda s: cmd.CreateVirtualMachine("NEW", "node1", 512 * MIB, disk(s, "Cluster Disk 2").id)),
        "is not a Cluster Shared Volume",
    ),
    "a machine too large for its volume": (
        on(
            lambda s: cmd.CreateVirtualMachine(
                "NEW", "node1", 512 * MIB, disk(s, "Cluster Disk 2").id, disk_size=600 * GIB
            ),
            with_volume,
        ),
        "600 GiB is needed",
    ),
    "a machine on a strange switch": (on(new(switch="WAN")), "no virtual network 'WAN'"),
    "a start without memory": (on(new(memory=40 * GIB, start=True)), "of free memory; 40 GiB is needed"),
    "settings in a migration": (
        on(settings("WEB01", switch=""), lambda s: moving(s, "WEB01")),
        "WEB01 is being migrated",
    ),
    "memory while running": (on(settings("WEB01", memory=GIB)), "memory of a machine can be changed only while"),
    "compatibility while running": (
        on(settings("WEB01", processor_compatibility=True)),
        "processor compatibility of a machine can be changed only while",
    ),
    "odd memory": (on(settings("TEST01", memory=5)), "in steps of 2 MiB"),
    "a strange switch": (on(settings("TEST01", switch="WAN")), "no virtual network 'WAN'"),
    "deleting a clustered machine": (
        on(lambda s: cmd.DeleteVirtualMachine(machine(s, "WEB01").id)),
        "WEB01 is clustered",
    ),
    "deleting a running machine": (
        on(lambda s: cmd.DeleteVirtualMachine(machine(s, "LEGACY01").id)),
        "LEGACY01 is running",
    ),
    "starting what runs": (on(set_state("WEB01", MachineState.RUNNING)), "WEB01 is running"),
    "pausing what is off": (on(set_state("TEST01", MachineState.PAUSED)), "TEST01 is off"),
    "asking for a state between": (on(set_state("WEB01", MachineState.STARTING)), "WEB01 is running"),
    "shutting down what is saved": (
        on(set_state("WEB01", MachineState.OFF), lambda s: with_machine(s, "WEB01", state=MachineState.SAVED)),
        "WEB01 is saved",
    ),
    "stopping in a migration": (
        on(set_state("WEB01", MachineState.OFF), lambda s: moving(s, "WEB01", Phase.WAITING)),
        "WEB01 is being migrated",
    ),
    "starting on a node that is down": (
        on(set_state("TEST01", MachineState.RUNNING), lambda s: with_node(s, "node1", state=NodeState.DOWN)),
        "node1 is down",
    ),
    "starting without memory": (
        on(set_state("TEST01", MachineState.RUNNING), lambda s: with_machine(s, "TEST01", memory=40 * GIB)),
        "40 GiB is needed",
    ),
    "starting from a disk that is offline": (
        on(
            set_state("WEB01", MachineState.RUNNING),
            lambda s: with_disk(
                with_machine(s, "WEB01", state=MachineState.OFF), "Cluster Disk 6", state=ResourceState.OFFLINE
            ),
        ),
        "disk of WEB01 is offline",
    ),
    "starting from a disk of another node": (
        on(
            set_state("WEB01", MachineState.RUNNING),
            lambda s: with_disk(with_machine(s, "WEB01", state=MachineState.OFF), "Cluster Disk 6", owner="node2"),
        ),
        "is owned by node2, not by node1",
    ),
    "nothing to cluster": (on(plain(cmd.MakeHighlyAvailable(()))), "No virtual machine was chosen"),
    "clustering twice": (
        on(lambda s: cmd.MakeHighlyAvailable((machine(s, "WEB01").id,))),
        "is already highly available",
    ),
    "clustering local storage": (
        on(lambda s: cmd.MakeHighlyAvailable((machine(s, "TEST01").id,))),
        "are on local storage of node1",
    ),
    "clustering on the witness": (
        on(
            lambda s: cmd.MakeHighlyAvailable((machine(s, "TEST01").id,)),
            lambda s: with_machine(s, "TEST01", disk=disk(s, "Cluster Disk 1").id),
        ),
        "which is in use: Disk Witness in Quorum",
    ),
    "clustering two on one disk": (
        on(
            lambda s: cmd.MakeHighlyAvailable((machine(s, "TEST01").id, machine(s, "LEGACY01").id)),
            lambda s: with_machine(
                with_machine(s, "TEST01", disk=disk(s, "Cluster Disk 2").id),
                "LEGACY01",
                disk=disk(s, "Cluster Disk 2").id,
            ),
        ),
        "share one cluster disk",
    ),
    "removing the core group": (on(lambda s: cmd.RemoveGroup(group(s, "Cluster Group").id)), "the cluster itself"),
    "removing what moves": (
        on(lambda s: cmd.RemoveGroup(group(s, "WEB01").id), lambda s: moving(s, "WEB01")),
        "WEB01 is being migrated",
    ),
    "a group with a taken name": (
        on(lambda s: cmd.ConfigureGroup(group(s, "WEB01").id, name="sql01")),
        "sql01 already exists",
    ),
    "a strange preferred owner": (
        on(lambda s: cmd.ConfigureGroup(group(s, "WEB01").id, preferred_owners=("node9",))),
        "There is no node node9",
    ),
    "failback to nobody": (
        on(lambda s: cmd.ConfigureGroup(group(s, "WEB01").id, failback=True)),
        "Failback needs a preferred owner",
    ),
    "failback at 25 o'clock": (
        on(lambda s: cmd.ConfigureGroup(group(s, "SQL01").id, failback=True, failback_window=(22, 25))),
        "must be from 0 to 23",
    ),
    "a period of no hours": (
        on(lambda s: cmd.ConfigureGroup(group(s, "WEB01").id, failover_period=0)),
        "at least 1 hour",
    ),
    "a resource without owners": (
        on(lambda s: cmd.ConfigureResource(resource(s, "Virtual Machine WEB01").id, possible_owners=())),
        "at least one possible owner",
    ),
    "a resource without its owner": (
        on(lambda s: cmd.ConfigureResource(resource(s, "Virtual Machine WEB01").id, possible_owners=("node2",))),
        "node1 owns the resource now",
    ),
    "a resource of a strange node": (
        on(lambda s: cmd.ConfigureResource(resource(s, "Virtual Machine WEB01").id, possible_owners=("x",))),
        "There is no node x",
    ),
    "a resource without name": (
        on(lambda s: cmd.ConfigureResource(resource(s, "Virtual Machine WEB01").id, name="")),
        "The resource needs a name",
    ),
    # migration
    "live: not clustered": (on(live("LEGACY01", "node1")), "is not highly available"),
    "live: not running": (
        on(live("WEB01"), lambda s: with_machine(s, "WEB01", state=MachineState.PAUSED)),
        "is not online (paused)",
    ),
    "live: to where it is": (on(live("WEB01", "node1")), "is already on node1"),
    "live: to a paused node": (
        on(live("WEB01"), lambda s: with_node(s, "node2", state=NodeState.PAUSED)),
        "node2 is paused",
    ),
    "live: to a node that is down": (
        on(live("WEB01"), lambda s: with_node(s, "node2", state=NodeState.DOWN)),
        "node2 is down",
    ),
    "live: short of memory": (
        on(live("WEB01"), lambda s: with_node(s, "node2", memory=14 * GIB)),
        "of free memory; WEB01 needs 2 GiB",
    ),
    "live: other features": (on(live("WEB01", "node3")), "lacks processor features that WEB01 uses: aes"),
    "live: no such switch": (on(live("WEB02")), "node2 has no virtual network named 'DMZ Network'"),
    "live: an ISO file": (on(live("SETUP01", "node1")), "The ISO file"),
    "live: a disk that is offline": (
        on(live("WEB01"), lambda s: with_disk(s, "Cluster Disk 6", state=ResourceState.OFFLINE)),
        "Cluster Disk 6 is offline",
    ),
    "live: a disk that is hidden": (
        on(live("WEB01"), lambda s: with_disk(s, "Cluster Disk 6", visible_to=("node1",))),
        "node2 does not see Cluster Disk 6",
    ),
    "live: already moving": (on(live("WEB01"), lambda s: moving(s, "WEB01")), "is already being moved to node2"),
    "live: no downtime at all": (on(live("WEB01", downtime_limit=0.0)), "downtime limit must be greater than 0"),
    "live: no bandwidth": (on(live("WEB01", bandwidth=0)), "bandwidth must be greater than 0"),
    "live: slowed by nothing": (on(live("WEB01", auto_converge_initial=0)), "can slow a guest by 1 to 99 %"),
    "live: slowed by all": (on(live("WEB01", auto_converge_increment=100)), "can slow a guest by 1 to 99 %"),
    "live: no connection": (on(live("WEB01", parallel_connections=0)), "1 to 255 parallel connections"),
    "live: post-copy over several": (
        on(live("WEB01", post_copy=True, parallel_connections=2)),
        "Post-copy and parallel connections cannot be used together",
    ),
    "live: xbzrle over several": (
        on(live("WEB01", xbzrle=True, parallel_connections=2)),
        "XBZRLE and parallel connections cannot be used together",
    ),
    "live: all networks excluded": (
        on(live("WEB01"), lambda s: with_cluster(s, migration_excluded=tuple(s.networks))),
        "No network may be used for live migration",
    ),
    "quick: not running": (
        on(
            lambda s: cmd.QuickMigrate(machine(s, "WEB01").id, "node2"),
            lambda s: with_machine(s, "WEB01", state=MachineState.OFF),
        ),
        "is not online",
    ),
    "move: not clustered": (
        on(lambda s: cmd.MoveMachine(machine(s, "TEST01").id, "node2")),
        "is not highly available",
    ),
    "cancel: over": (
        on(plain(cmd.CancelMigration("m-WEB01")), lambda s: moving(s, "WEB01", Phase.COMPLETED)),
        "That migration has ended",
    ),
    "cancel: too late": (
        on(plain(cmd.CancelMigration("m-WEB01")), lambda s: moving(s, "WEB01", Phase.BLACKOUT)),
        "too late to cancel",
    ),
    "cancel: a quick migration": (
        on(
            plain(cmd.CancelMigration("m-WEB01")),
            lambda s: moving(s, "WEB01", Phase.SETUP, MigrationKind.QUICK),
        ),
        "A quick migration cannot be canceled",
    ),
    "tune: over": (
        on(plain(cmd.TuneMigration("m-WEB01")), lambda s: moving(s, "WEB01", Phase.FAILED)),
        "Only a live migration in progress",
    ),
    "tune: no downtime": (
        on(plain(cmd.TuneMigration("m-WEB01", downtime_limit=-1)), lambda s: moving(s, "WEB01")),
        "must be greater than 0",
    ),
    "tune: no bandwidth": (
        on(plain(cmd.TuneMigration("m-WEB01", bandwidth=-1)), lambda s: moving(s, "WEB01")),
        "bandwidth must be greater than 0",
    ),
    # nodes and networks
    "pausing twice": (
        on(plain(cmd.PauseNode("node2")), lambda s: with_node(s, "node2", state=NodeState.PAUSED)),
        "node2 is paused",
    ),
    "resuming what is up": (on(plain(cmd.ResumeNode("node2"))), "node2 is not paused"),
    "starting what is up": (on(plain(cmd.StartClusterService("node2"))), "is already running"),
    "stopping what is down": (
        on(plain(cmd.StopClusterService("node2")), lambda s: with_node(s, "node2", state=NodeState.DOWN)),
        "node2 is already down",
    ),
    "stopping the quorum": (
        on(plain(cmd.StopClusterService("node2")), lambda s: with_node(s, "node3", state=NodeState.DOWN)),
        "Without node2 only 2 of 3 needed votes are left",
    ),
    "stopping a node in a migration": (
        on(plain(cmd.StopClusterService("node2")), lambda s: moving(s, "WEB01")),
        "takes part in a live migration",
    ),
    "evicting an owner": (on(plain(cmd.EvictNode("node2"))), "node2 owns "),
    "a network without name": (
        on(lambda s: cmd.ConfigureNetwork(network(s, "Cluster Network 1").id, name="")),
        "needs a name",
    ),
    "a network with a taken name": (
        on(lambda s: cmd.ConfigureNetwork(network(s, "Cluster Network 1").id, name="cluster network 2")),
        "already exists",
    ),
    "a metric of zero": (
        on(lambda s: cmd.ConfigureNetwork(network(s, "Cluster Network 1").id, metric=0)),
        "must be 1 to 65535",
    ),
    "the last network": (
        on(
            lambda s: cmd.ConfigureNetwork(network(s, "Cluster Network 1").id, role=NetworkRole.NONE),
            lambda s: with_network(
                with_network(s, "Cluster Network 2", role=NetworkRole.NONE),
                "Cluster Network 3",
                role=NetworkRole.NONE,
            ),
        ),
        "no network left",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_these_words(state: State, name: str) -> None:
    case, words = REFUSED[name]
    command, changed = case(state)
    verdict = allowed(command, changed)
    assert not verdict
    assert words in verdict.reason
    assert verdict.reason.endswith(".")


def test_the_closed_unions_name_every_command_and_every_event() -> None:
    # By name: a dataclass with slots leaves the class behind from which it was made.
    for named, base in ((cmd.COMMAND_TYPES, cmd.BaseCommand), (ev.EVENT_TYPES.values(), ev.BaseEvent)):
        assert {kind.__name__ for kind in named} == {kind.__name__ for kind in base.__subclasses__()}


def test_a_command_without_a_rule_is_a_fault_of_the_program_and_no_refusal(state: State) -> None:
    with pytest.raises(AssertionError):
        allowed(object(), state)  # type: ignore[arg-type]


def test_only_an_object_that_is_gone_is_refused_as_such(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*_: object) -> None:
        raise KeyError("a slip in a rule")

    assert "node9 is no longer in this cluster" in allowed(cmd.PauseNode("node9"), state).reason
    monkeypatch.setattr("fcm.model.rules.nodes.pause_node", faulty)
    with pytest.raises(KeyError):
        allowed(cmd.PauseNode("node1"), state)


def test_without_a_cluster_everything_is_refused() -> None:
    assert "No cluster is open" in allowed(cmd.ValidateCluster(), State()).reason


def test_what_is_gone_is_refused_instead_of_failing(state: State) -> None:
    verdict = allowed(cmd.SetDiskOnline("gone", online=True), state)
    assert verdict.reason == "gone is no longer in this cluster."
    assert verdict.remedy


def test_enabling_can_be_offered_before_its_notice_is_read(state: State) -> None:
    assert may_enable_shared_volumes(state)
    assert not may_enable_shared_volumes(enabled(state))


def test_a_busy_node_refuses_nothing_because_the_request_waits(state: State) -> None:
    assert allowed(cmd.LiveMigrate(machine(state, "SQL01").id, "node2"), moving(state, "WEB01"))


def test_a_node_that_is_down_can_be_evicted_whatever_it_owned(state: State) -> None:
    dead = with_node(with_volume(state), "node2", state=NodeState.DOWN)
    volumes = {key: replace(item, owner="node2") for key, item in dead.shared_volumes.items()}
    dead = replace(dead, shared_volumes=MappingProxyType(volumes))
    assert any(one.is_highly_available for one in dead.machines_on("node2"))
    assert allowed(cmd.EvictNode("node2"), dead)


def test_a_machine_that_is_not_clustered_does_not_keep_its_node_in_the_cluster(state: State) -> None:
    changed = state
    for item in state.machines_on("node3"):
        changed = with_machine(changed, item.name, node="node1")
    local = next(one.name for one in state.machines.values() if not one.is_highly_available and one.disk is None)
    changed = with_machine(changed, local, node="node3")
    assert allowed(cmd.EvictNode("node3"), changed)
    after, _ = apply(changed, Entry(changed.sequence + 1, 1.0, NodeEvicted("node3")))
    assert after.machine_named(local) is None


def test_everything_that_keeps_a_node_in_the_cluster_is_told_at_once(state: State) -> None:
    volume = with_volume(moving(state, "WEB01"))
    volumes = {key: replace(item, owner="node2") for key, item in volume.shared_volumes.items()}
    verdict = allowed(cmd.EvictNode("node2"), replace(volume, shared_volumes=MappingProxyType(volumes)))
    for words in ("node2 owns ", "coordinator of a shared volume", "takes part in a live migration"):
        assert words in verdict.reason
    assert "Move the volume to another node first." in verdict.remedy
    assert "Move or delete what it owns first." in verdict.remedy


def test_a_live_migration_is_refused_with_all_that_stands_against_it(state: State) -> None:
    changed = with_machine(with_node(state, "node2", memory=GIB), "WEB01", media="C:\\iso\\setup.iso")
    verdict = allowed(cmd.LiveMigrate(machine(changed, "WEB01").id, "node2"), changed)
    assert "of free memory" in verdict.reason
    assert "setup.iso" in verdict.reason
    assert "DVD drive" in verdict.remedy


def test_a_machine_on_a_node_that_is_down_is_not_migrated_live(state: State) -> None:
    down = with_node(state, "node1", state=NodeState.DOWN)
    verdict = allowed(cmd.LiveMigrate(machine(down, "WEB01").id, "node2"), down)
    assert verdict.reason == "node1, the owner of WEB01, is down."


def test_a_node_without_machines_and_volumes_can_be_evicted(state: State) -> None:
    changed = state
    for item in state.machines_on("node3"):
        changed = with_machine(changed, item.name, node="node1")
    assert allowed(cmd.EvictNode("node3"), changed)
    volume = with_volume(changed)
    volumes = {key: replace(item, owner="node3") for key, item in volume.shared_volumes.items()}
    refused = allowed(cmd.EvictNode("node3"), replace(volume, shared_volumes=MappingProxyType(volumes)))
    assert "coordinator of a shared volume" in refused.reason


def test_an_evicted_node_takes_its_vote_along_a_stopped_one_does_not(state: State) -> None:
    two = evicted_from(with_cluster(state, quorum_mode=QuorumMode.NODE_MAJORITY, witness=None), "node3")
    empty = two
    for item in two.machines_on("node2"):
        empty = with_machine(empty, item.name, node="node1")
    assert allowed(cmd.EvictNode("node2"), empty), "of one node that is left, one is the majority"
    refused = allowed(cmd.StopClusterService("node2"), empty)
    assert refused.reason.startswith("Without node2 only 1 of 2 needed votes are left")


def evicted_from(state: State, node: str) -> State:
    """The cluster after a node that is down was evicted."""
    down = with_node(state, node, state=NodeState.DOWN)
    for item in down.machines_on(node):
        down = with_machine(down, item.name, node="node1")
    assert allowed(cmd.EvictNode(node), down)
    return apply(down, Entry(down.sequence + 1, 1.0, NodeEvicted(node)))[0]
