"""What is allowed, and in words why not and what to do: menus, dialogs, cmdlets and backends share these."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from fcm.model import commands as cmd
from fcm.model.rules import cluster as cluster_rules
from fcm.model.rules import cluster_properties as property_rules
from fcm.model.rules import fencing as fencing_rules
from fcm.model.rules import groups as group_rules
from fcm.model.rules import machines as machine_rules
from fcm.model.rules import nodes as node_rules
from fcm.model.rules import roles as role_rules
from fcm.model.rules import snapshots as snapshot_rules
from fcm.model.rules import storage as storage_rules
from fcm.model.rules.failing import failures as failure_rules
from fcm.model.rules.failing.stopped import runs
from fcm.model.rules.maintenance import set_maintenance
from fcm.model.rules.moving.drains import may_drain
from fcm.model.rules.new_node import may_add
from fcm.model.rules.verdict import Verdict, no
from fcm.model.structures.tables import GoneError

if TYPE_CHECKING:
    from fcm.model.state import State


def allowed(command: cmd.Command, state: State) -> Verdict:
    """Whether the command may be carried out in this state.

    Unknown ids are refused like everything else.
    """
    if state.cluster is None:
        return no("No cluster is open.", "Open one with Manage a Cluster.")
    try:
        return runs(command, state) and _rule(command, state)
    except GoneError as gone:
        return no(f"{gone.key} is no longer in this cluster.", "Refresh the view (F5) and try again.")


def _rule(command: cmd.Command, state: State) -> Verdict:
    match command:
        case cmd.ValidateCluster():
            return cluster_rules.validate(command, state)
        case cmd.EnableSharedVolumes():
            return cluster_rules.enable_shared_volumes(command, state)
        case cmd.SetQuorum():
            return cluster_rules.set_quorum(command, state)
        case cmd.SetMigrationNetworks():
            return cluster_rules.set_migration_networks(command, state)
        case cmd.SetMachineNetworks():
            return cluster_rules.set_machine_networks(command, state)
        case cmd.SetConcurrentMigrations():
            return cluster_rules.set_concurrent(command, state)
        case cmd.SetMigrationOptions():
            return cluster_rules.set_migration_options(command, state)
        case cmd.AddClusterDisk():
            return storage_rules.add_cluster_disk(command, state)
        case cmd.AddStorage():
            return storage_rules.add_storage(command, state)
        case cmd.RemoveSharedVolume():
            return storage_rules.remove_volume(command, state)
        case cmd.RenameSharedVolume():
            return storage_rules.rename_volume(command, state)
        case cmd.RenameVolumeFolder():
            return storage_rules.rename_folder(command, state)
        case cmd.MoveSharedVolume():
            return storage_rules.move_volume(command, state)
        case cmd.SetRedirectedAccess():
            return storage_rules.redirect(command, state)
        case cmd.SetMaintenance():
            return set_maintenance(command, state)
        case cmd.SetDiskOnline():
            return storage_rules.disk_online(command, state)
        case cmd.CreateVirtualMachine():
            return machine_rules.create_machine(command, state)
        case cmd.ConfigureVirtualMachine():
            return machine_rules.configure_machine(command, state)
        case cmd.DeleteVirtualMachine():
            return machine_rules.delete_machine(command, state)
        case cmd.SetMachineState():
            return machine_rules.set_machine_state(command, state)
        case cmd.TakeSnapshot():
            return snapshot_rules.take(command, state)
        case cmd.RevertToSnapshot():
            return snapshot_rules.revert(command, state)
        case cmd.DeleteSnapshot():
            return snapshot_rules.delete(command, state)
        case cmd.BackUpMachine():
            return snapshot_rules.back_up(command, state)
        case cmd.MakeHighlyAvailable():
            return machine_rules.make_highly_available(command, state)
        case cmd.RemoveGroup():
            return group_rules.remove_group(command, state)
        case cmd.ConfigureGroup():
            return group_rules.configure_group(command, state)
        case cmd.ConfigureResource():
            return group_rules.configure_resource(command, state)
        case cmd.BringOnline():
            return group_rules.bring_online(command, state)
        case cmd.FailResource():
            return group_rules.fail_resource(command, state)
        case cmd.ClearBlocked():
            return fencing_rules.clear_blocked(command, state)
        case cmd.ConfirmNodeOff():
            return fencing_rules.confirm_node_off(command, state)
        case cmd.LiveMigrate():
            return machine_rules.live_migrate(command, state)
        case cmd.QuickMigrate():
            return machine_rules.offline_move(command, state)
        case cmd.MoveMachine():
            return machine_rules.offline_move(command, state)
        case cmd.CancelMigration():
            return machine_rules.cancel(command, state)
        case cmd.CancelMigrations():
            return machine_rules.cancel_all(command, state)
        case cmd.TuneMigration():
            return machine_rules.tune(command, state)
        case cmd.PauseNode():
            return node_rules.pause_node(command, state)
        case cmd.DrainNode():
            return may_drain(command, state)
        case cmd.ResumeNode():
            return node_rules.resume_node(command, state)
        case cmd.StartClusterService():
            return node_rules.start_service(command, state)
        case cmd.StopClusterService():
            return node_rules.stop_service(command, state)
        case cmd.AddNode():
            return may_add(command, state)
        case cmd.EvictNode():
            return node_rules.evict(command, state)
        case cmd.ConfigureNetwork():
            return node_rules.configure_network(command, state)
        case cmd.InjectFault():
            return failure_rules.inject_fault(command, state)
        case cmd.RepairFault():
            return failure_rules.repair_fault(command, state)
        case cmd.StopCluster():
            return failure_rules.stop_cluster(command, state)
        case cmd.StartCluster():
            return failure_rules.start_cluster(command, state)
        case cmd.ShutDownNode():
            return failure_rules.shut_down_node(command, state)
        case cmd.ConfigureNode():
            return property_rules.configure_node(command, state)
        case cmd.ConfigureCluster():
            return property_rules.configure_cluster(command, state)
        case _:
            return _rule_of_role(command, state)


def _rule_of_role(command: cmd.RoleCommand, state: State) -> Verdict:
    match command:
        case cmd.AddRole():
            return role_rules.add_role(command, state)
        case cmd.SetGroupOnline():
            return role_rules.set_group_online(command, state)
        case cmd.MoveGroup():
            return role_rules.move_group(command, state)
        case cmd.AddResource():
            return role_rules.add_resource(command, state)
        case cmd.RemoveResource():
            return role_rules.remove_resource(command, state)
        case cmd.MoveDisk():
            return role_rules.move_disk(command, state)
        case cmd.TakeOffline():
            return role_rules.take_offline(command, state)
        case _:
            assert_never(command)
