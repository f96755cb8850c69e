"""Every command line of Microsoft's guide to live migration, as printed: typographic quotes and dashes included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


def test_the_printed_move_runs_a_live_migration_to_its_end(desk: ShellDesk) -> None:
    desk.must("Add-Module FailoverClusters")
    shown = desk.run("Get-Cluster “contoso” | Move-ClusterVirtualMachineRole -Name “DC01” -Node “node2”")
    machine = desk.state.machine_named("DC01")
    assert machine is not None
    assert machine.node == "node2"
    migration = desk.state.last_migration(machine.id)
    assert migration is not None
    assert migration.phase is Phase.COMPLETED
    assert shown.text().splitlines() == [
        "",
        "Name                       OwnerNode                                       State",
        "----                       ---------                                       -----",
        "DC01                       node2                                          Online",
    ]


def test_the_guide_enables_shared_volumes_and_adds_storage(desk: ShellDesk) -> None:
    desk.must('(Get-Cluster).EnableSharedVolumes = "Enabled"')
    desk.must("Add-ClusterSharedVolume –Name “Cluster Disk 2”")
    assert [volume.folder for volume in desk.state.shared_volumes.values()] == ["Volume1"]


def test_the_order_of_networks_is_a_private_property_of_the_machine(desk: ShellDesk) -> None:
    networks = {network.name: network.id for network in desk.state.networks.values()}
    first, last = networks["Cluster Network 3"], networks["Cluster Network 1"]
    desk.must(
        f"Get-ClusterResource 'Virtual Machine SQL01' | Set-ClusterParameter MigrationNetworkOrder '{first};{last}'"
    )
    assert desk.commands == [cmd.SetMigrationNetworks((first, last))]
    shown = desk.must("Get-ClusterResource 'Virtual Machine WEB01' | Get-ClusterParameter MigrationNetworkOrder")
    assert [item.get("Value") for item in shown] == [f"{first};{last}"]
