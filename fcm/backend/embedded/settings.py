"""What is set for the whole cluster, for groups and for resources."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fcm.backend.embedded.cluster_file.groups import share_resource
from fcm.backend.embedded.membership.votes.weights import weigh
from fcm.backend.embedded.moves.memory import options_verdict
from fcm.model import events as ev
from fcm.model.entities import AUTOMATIC, GroupType, QuorumMode, ResourceType
from fcm.model.rules.cluster_properties import PROPERTIES
from fcm.model.rules.quorum import WITH_DISK, description
from fcm.model.validation.validate import validate

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.failover.failback import Failback
    from fcm.backend.embedded.storage.disks import Storage
    from fcm.model import commands as cmd
    from fcm.model.rules.verdict import Verdict


class Settings:
    """Properties of the cluster, of groups and of resources."""

    def __init__(self, core: Core, storage: Storage, failback: Failback) -> None:
        self._core = core
        self._storage = storage
        self._failback = failback

    def validate(self, command: cmd.ValidateCluster) -> None:
        """Run validation tests on the cluster as it is."""
        report = validate(self._core.state, command.tests, now=self._core.kernel.now)
        self._core.emit(ev.ClusterValidated(report))

    def enable_shared_volumes(self, command: cmd.EnableSharedVolumes) -> None:
        """Enable Cluster Shared Volumes."""
        self._core.emit(ev.SharedVolumesEnabled())

    def set_quorum(self, command: cmd.SetQuorum) -> None:
        """Quorum mode and witness; a disk witness before goes to Available Storage."""
        core, cluster = self._core, self._core.cluster
        self._remove_share()
        self._storage.witness_into(command.witness if command.mode in WITH_DISK else None)
        witness = None if command.mode is QuorumMode.NODE_MAJORITY else command.witness
        cluster = replace(cluster, quorum_mode=command.mode, witness=witness, witness_online=True)
        core.emit(ev.ClusterConfigured(cluster, f"Quorum: {description(cluster, core.state.disks)}"))
        if command.mode is QuorumMode.NODE_AND_FILE_SHARE_MAJORITY:
            group = core.group_of_type(GroupType.CLUSTER)
            core.emit(ev.ResourceChanged(share_resource(cluster, group.id, tuple(core.state.nodes))))
            core.refresh_group(group.id)
        weigh(core)

    def _remove_share(self) -> None:
        for resource in tuple(self._core.state.resources.values()):
            if resource.type is ResourceType.FILE_SHARE_WITNESS:
                self._core.emit(ev.ResourceRemoved(resource.id))
                self._core.refresh_group(resource.group)

    def configure_cluster(self, command: cmd.ConfigureCluster) -> None:
        """Common properties of the cluster."""
        changes = _given(command, tuple(PROPERTIES))
        cluster = replace(self._core.cluster, **changes)
        if cluster != self._core.cluster:
            words = ", ".join(f"{PROPERTIES[name].name} = {_written(value)}" for name, value in changes.items())
            self._core.emit(ev.ClusterConfigured(cluster, words))
            weigh(self._core)

    def configure_node(self, command: cmd.ConfigureNode) -> None:
        """The vote of a node."""
        node = self._core.state.nodes[command.node]
        if command.weight is not None and command.weight != node.weight:
            self._core.emit(ev.NodeChanged(replace(node, weight=command.weight)))
            weigh(self._core)

    def set_migration_networks(self, command: cmd.SetMigrationNetworks) -> None:
        """Networks for live migration and their order."""
        self._core.emit(ev.MigrationNetworksSet(command.order, command.excluded))

    def set_machine_networks(self, command: cmd.SetMachineNetworks) -> None:
        """Networks for the live migrations of one machine alone."""
        machine = self._core.state.machines[command.machine]
        self._core.emit(ev.MachineChanged(replace(machine, migration_networks=command.networks)))

    def set_concurrent_migrations(self, command: cmd.SetConcurrentMigrations) -> None:
        """Live migrations that one node may take part in at once."""
        cluster = replace(self._core.cluster, concurrent_migrations=command.limit)
        self._core.emit(ev.ClusterConfigured(cluster, f"Simultaneous live migrations per node: {command.limit}"))

    def set_migration_options(self, command: cmd.SetMigrationOptions) -> Verdict:
        """What live migrations use that name no options of their own."""
        possible = options_verdict(command.options)
        if not possible:
            return possible
        cluster = replace(self._core.cluster, migration_options=command.options)
        self._core.emit(ev.ClusterConfigured(cluster, "Options of live migrations changed"))
        return possible

    def configure_group(self, command: cmd.ConfigureGroup) -> None:
        """Properties of a service or application."""
        names = (
            "name",
            "preferred_owners",
            "auto_start",
            "persistent",
            "maximum_failures",
            "failover_period",
            "failback",
            "failback_window",
            "anti_affinity",
            "priority",
        )
        given = _given(command, names)
        if given.get("maximum_failures") == AUTOMATIC:
            given["maximum_failures"] = None
        if given.get("failback_window") == (AUTOMATIC, AUTOMATIC):
            given["failback_window"] = None
        self._core.change_group(self._core.state.groups[command.group], **given)
        self._failback.replan(command.group)

    def configure_resource(self, command: cmd.ConfigureResource) -> None:
        """Properties of a resource."""
        names = ("name", "possible_owners", "policy", "offline_action", "heartbeat", "depends_on", "alternatives",
                 "separate_monitor")  # fmt: skip
        self._core.change_resource(self._core.state.resources[command.resource], **_given(command, names))


def _written(value: object) -> str:
    return str(int(value) if isinstance(value, bool) else value or "none")


def _given(command: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(command, name)) is not None}
