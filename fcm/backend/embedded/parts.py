"""The parts of the embedded cluster put together, and which part carries out which command."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from fcm.backend.embedded.failover.failback import Failback
from fcm.backend.embedded.failover.online import Online
from fcm.backend.embedded.failover.policies import Policies
from fcm.backend.embedded.failover.priorities import Priorities
from fcm.backend.embedded.failover.records import Records
from fcm.backend.embedded.failover.retries import Retries
from fcm.backend.embedded.failover.roles import Roles
from fcm.backend.embedded.failover.takeover import Takeover
from fcm.backend.embedded.machines.guests import Guests
from fcm.backend.embedded.machines.machines import Machines
from fcm.backend.embedded.machines.snapshots import Backups, Snapshots
from fcm.backend.embedded.machines.unmonitored import Unmonitored
from fcm.backend.embedded.membership.faults import Faults
from fcm.backend.embedded.membership.leaving import Leaving
from fcm.backend.embedded.membership.membership import Membership
from fcm.backend.embedded.membership.networks import Networks
from fcm.backend.embedded.membership.nodes import Nodes
from fcm.backend.embedded.membership.planned import Planned
from fcm.backend.embedded.membership.shutdown import Shutdown
from fcm.backend.embedded.membership.votes.witness_resource import WitnessResource
from fcm.backend.embedded.moves.migrations import Migrations
from fcm.backend.embedded.settings import Settings
from fcm.backend.embedded.storage.disks import Storage
from fcm.backend.embedded.storage.losses import Disks
from fcm.backend.embedded.storage.maintenance import Maintenance
from fcm.model import commands as cmd
from fcm.model.rules.fencing import NOT_SIMULATED
from fcm.model.rules.verdict import OK, Verdict

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.failover.loss import Loss


class Parts:
    """All that makes up one embedded cluster."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.faults = Faults(core)
        self.storage = Storage(core)
        self.guests = Guests(core, self.faults)
        self.machines = Machines(core, self.storage, self.guests)
        self.unmonitored = Unmonitored(core, self.machines)
        self.disks = Disks(core, self.storage, self.machines, self.faults)
        self.networks = Networks(core)
        self.online = Online(core, self.machines)
        self.failback = Failback(core)
        self.retries = Retries(core)
        records = Records(core)
        self.takeover = Takeover(core, self.storage, self.machines, self.online, self.retries, records, self.failback)
        self.online.weigh = Priorities(core, self.machines, self.retries).weigh
        self.policies = Policies(core, self.online, self.takeover, self.retries, records)
        self.roles = Roles(core, self.storage, self.online, self.takeover, self.policies)
        self.failback.on_group_failback = self.roles.move
        self.membership = Membership(core, self.faults, self.networks)
        self.witness = WitnessResource(core)
        self.shutdown = Shutdown(core, self.machines, self.membership)
        self.nodes = Nodes(core, self.storage, self.takeover, self.membership)
        self.settings = Settings(core, self.storage, self.failback)
        self.migrations = Migrations(core, self.storage, self.machines, self.nodes)
        self.book = self.migrations.book
        self.maintenance = Maintenance(core, self.storage, self.machines)
        self.snapshots = Snapshots(core, self.storage)
        self.backups = Backups(core, self.storage)
        self.planned = Planned(core, self.faults)
        self.planned.follow(self.look)
        self.leaving = Leaving(core, self.faults, self.nodes, self.machines, self.migrations)
        self.guests.on_failed = self.machines.fails
        self.guests.on_shut_down = self.machines.shut_down_inside
        self.machines.on_failed = self.policies.resource_failed
        self.machines.on_stopped = self.migrations.machine_stopped
        self.failback.on_failback = self.migrations.fail_back
        self.migrations.on_looked = self.backups.look
        self.disks.follow(self.migrations.look)
        self.disks.cluster_disks.on_failed = self.policies.resource_failed
        self.online.on_reserved = self.disks.cluster_disks.on_reserved
        self.takeover.on_dropped = self.disks.nodes_dropped
        self.faults.on_changed = [
            self.membership.fault_changed,
            self.disks.fault_changed,
            self.guests.fault_changed,
            self.machines.fault_changed,
            self.migrations.fault_changed,
            self.policies.fault_changed,
        ]
        self.membership.on_dropped = self._nodes_dropped
        self.membership.on_formed = self._cluster_formed
        self.membership.on_quietly_formed = self._cluster_formed_quietly
        self.membership.on_quietly_joined = self._node_joined_quietly
        self.membership.on_joined = self._node_joined
        self.membership.on_ended = self._node_ended
        self.membership.on_stopped = self._cluster_stopped
        self.membership.resiliency.on_isolated = self._node_isolated
        self.membership.resiliency.on_returned = self._node_returned

    def settle(self) -> None:
        """Complete what was under way when the program ended."""
        self.migrations.interrupt()
        self.book.tell_ended_drains()
        self.backups.settle()
        self.machines.settle()
        self.nodes.settle()
        self.witness.settle()
        self.membership.settle()
        self.disks.settle()
        self.faults.settle()
        self.leaving.settle()
        self.shutdown.settle()
        self.policies.settle()
        self.failback.settle()
        self.planned.settle()

    def begin(self) -> None:
        """The cluster was formed just now."""
        self.planned.settle()

    def _nodes_dropped(self, losses: tuple[Loss, ...]) -> None:
        for loss in losses:
            self.migrations.node_lost(loss.node)
            self.backups.node_lost(loss.node)
        self.takeover.nodes_dropped(losses)

    def _node_isolated(self, node: str) -> None:
        self.migrations.node_lost(node)
        self.networks.refresh()
        self.unmonitored.node_isolated(node)
        self.roles.node_isolated(node)
        self.disks.look()

    def _node_returned(self, node: str) -> None:
        self.networks.refresh()
        self.disks.look()
        self.unmonitored.node_back(node)

    def _node_ended(self, node: str) -> None:
        if not self.core.state.nodes[node].state.counts_as_running:
            self.migrations.node_lost(node)
            self.backups.node_lost(node)
        self.machines.node_ended(node)
        self.disks.look()

    def _cluster_stopped(self) -> None:
        for group in tuple(self.core.state.groups.values()):
            self.online.take_group_down(group.id)

    def _cluster_formed(self) -> None:
        self.disks.formed()
        self.takeover.cluster_formed()

    def _cluster_formed_quietly(self) -> None:
        self.disks.formed()
        self.takeover.cluster_formed(quiet=True)

    def _node_joined_quietly(self, node: str) -> None:
        self.disks.node_joined(node)
        self.machines.node_back(node)

    def _node_joined(self, node: str) -> None:
        self.disks.node_joined(node)
        self.machines.node_back(node)
        self.takeover.node_joined(node)

    def look(self) -> None:
        """After a command: start what can start now."""
        self.membership.look()
        self.disks.look()
        self.guests.look()
        self.migrations.look()

    def carry_out(self, command: cmd.Command) -> Verdict:
        """Do what a command that the rules allow asks for; a refusal is of what only its handler can know."""
        match command:
            case cmd.ValidateCluster():
                self.settings.validate(command)
            case cmd.EnableSharedVolumes():
                self.settings.enable_shared_volumes(command)
            case cmd.SetQuorum():
                self.settings.set_quorum(command)
            case cmd.SetMigrationNetworks():
                self.settings.set_migration_networks(command)
            case cmd.SetMachineNetworks():
                self.settings.set_machine_networks(command)
            case cmd.SetConcurrentMigrations():
                self.settings.set_concurrent_migrations(command)
            case cmd.SetMigrationOptions():
                return self.settings.set_migration_options(command)
            case cmd.AddClusterDisk():
                self.storage.add_cluster_disk(command)
            case cmd.AddStorage():
                self.storage.add_storage(command)
            case cmd.RemoveSharedVolume():
                self.storage.remove_volume(command)
            case cmd.RenameSharedVolume():
                self.storage.rename_volume(command)
            case cmd.RenameVolumeFolder():
                self.storage.rename_folder(command)
            case cmd.MoveSharedVolume():
                self.storage.move_volume(command)
            case cmd.SetRedirectedAccess():
                self.storage.redirect(command)
            case cmd.SetMaintenance():
                self.maintenance.set(command)
            case cmd.SetDiskOnline():
                self.policies.disk_asked(command, self.storage)
            case cmd.CreateVirtualMachine():
                return self.machines.create(command)
            case cmd.ConfigureVirtualMachine():
                return self.machines.configure(command)
            case cmd.DeleteVirtualMachine():
                self.machines.delete(command)
            case cmd.SetMachineState():
                return self.machines.set_state(command) if self.policies.asked(command) else OK
            case cmd.TakeSnapshot():
                self.snapshots.take(command)
            case cmd.RevertToSnapshot():
                self.snapshots.revert(command)
            case cmd.DeleteSnapshot():
                self.snapshots.delete(command)
            case cmd.BackUpMachine():
                self.backups.back_up(command)
            case cmd.MakeHighlyAvailable():
                self.machines.make_highly_available(command)
            case cmd.RemoveGroup():
                if self.core.state.groups[command.group].is_role:
                    self.roles.remove(command.group)
                else:
                    self.machines.remove_group(command)
            case cmd.ConfigureGroup():
                self.settings.configure_group(command)
            case cmd.ConfigureResource():
                self.settings.configure_resource(command)
            case cmd.BringOnline():
                self.roles.bring_online(command)
            case cmd.FailResource():
                self.policies.fail(command)
            case cmd.LiveMigrate():
                return self.migrations.live_migrate(command)
            case cmd.QuickMigrate():
                self.migrations.quick_migrate(command)
            case cmd.MoveMachine():
                self.migrations.move(command)
            case cmd.CancelMigration():
                self.migrations.cancel(command)
            case cmd.CancelMigrations():
                self.migrations.cancel_all(command)
            case cmd.TuneMigration():
                self.migrations.tune(command)
            case cmd.PauseNode():
                self.nodes.pause(command)
            case cmd.DrainNode():
                self.book.drain(command)
                self.roles.drain(command.node)
            case cmd.ResumeNode():
                self.book.resume(command)
            case cmd.StartClusterService():
                self.membership.start(command)
            case cmd.StopClusterService():
                self.nodes.stop(command)
            case cmd.AddNode():
                self.nodes.add(command)
            case cmd.EvictNode():
                self.nodes.evict(command)
            case cmd.ConfigureNetwork():
                self.networks.configure(command)
            case cmd.InjectFault():
                self.faults.inject(command)
            case cmd.RepairFault():
                self.faults.repair(command)
            case cmd.StartCluster():
                self.membership.start_all(command)
            case cmd.StopCluster():
                self.shutdown.stop()
            case cmd.ShutDownNode():
                self.leaving.shut_down(command)
            case cmd.ConfigureNode():
                self.settings.configure_node(command)
            case cmd.ConfigureCluster():
                self.settings.configure_cluster(command)
            case cmd.ClearBlocked() | cmd.ConfirmNodeOff():
                return NOT_SIMULATED
            case _:
                self._carry_out_role(command)
        return OK

    def _carry_out_role(self, command: cmd.RoleCommand) -> None:
        match command:
            case cmd.AddRole():
                self.roles.add(command)
            case cmd.SetGroupOnline():
                self.roles.set_online(command)
            case cmd.MoveGroup():
                self.roles.move(command.group, command.destination)
            case cmd.AddResource():
                self.roles.add_resource(command)
            case cmd.RemoveResource():
                self.roles.remove_resource(command)
            case cmd.MoveDisk():
                self.roles.move_disk(command)
            case cmd.TakeOffline():
                self.roles.take_offline(command)
            case _:
                assert_never(command)
