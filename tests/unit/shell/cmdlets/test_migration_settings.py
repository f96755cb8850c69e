"""Settings of live migration by the cmdlets of the Hyper-V module: they are those of the whole cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


def order(desk: ShellDesk) -> list[str]:
    return [str(one.get("Subnet")) for one in desk.must("Get-VMMigrationNetwork -ComputerName node1")]


def test_the_limit_of_live_migrations_is_that_of_the_cluster(desk: ShellDesk) -> None:
    desk.must("Set-VMHost -MaximumVirtualMachineMigrations 3")
    assert desk.must("(Get-Cluster).MaximumParallelMigrations") == [3]
    shown = desk.must("Set-VMHost -MaximumVirtualMachineMigrations 2 -ComputerName node1, node2, node3 -Passthru")
    assert [one.get("MaximumVirtualMachineMigrations") for one in shown] == [2, 2, 2]
    assert "What if" in desk.must("Set-VMHost -MaximumVirtualMachineMigrations 9 -WhatIf")[0]
    assert desk.must("(Get-Cluster).MaximumParallelMigrations") == [2]


@pytest.mark.parametrize(
    "line",
    [
        "Set-VMHost -MaximumVirtualMachineMigrations 4 -ComputerName node1",
        "Remove-VMMigrationNetwork 10.0.2.0/24 -ComputerName node1, node2",
    ],
)
def test_a_setting_of_some_nodes_is_refused_since_the_others_would_change_as_well(desk: ShellDesk, line: str) -> None:
    (error,) = desk.run(line).errors
    assert "would also change" in error.message
    assert "node3" in error.message
    assert desk.commands == []


def test_networks_are_taken_out_put_back_and_moved(desk: ShellDesk) -> None:
    assert order(desk) == ["10.0.3.0/24", "10.0.1.0/24", "10.0.2.0/24"]
    desk.must("Remove-VMMigrationNetwork 10.0.2.0/24")
    assert order(desk) == ["10.0.3.0/24", "10.0.1.0/24"]
    shown = desk.must("Add-VMMigrationNetwork 10.0.2.0/24 -Priority 0 -Passthru")
    assert [one.get("Priority") for one in shown] == [0, 0, 0]
    assert order(desk) == ["10.0.2.0/24", "10.0.3.0/24", "10.0.1.0/24"]
    desk.must("Get-VMMigrationNetwork 10.0.2.0/24 -ComputerName node1 | Set-VMMigrationNetwork -NewPriority 2")
    assert order(desk) == ["10.0.3.0/24", "10.0.1.0/24", "10.0.2.0/24"]
    desk.must("[pscustomobject]@{ Subnet = '10.0.1.0/24' } | Remove-VMMigrationNetwork")
    assert order(desk) == ["10.0.3.0/24", "10.0.2.0/24"]
    assert desk.must("(Get-VMHost node1).UseAnyNetworkForMigration") == [False]
    desk.must("Set-VMHost -UseAnyNetworkForMigration $true")
    assert len(order(desk)) == 3
    assert desk.must("(Get-VMHost node1).UseAnyNetworkForMigration") == [True]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Add-VMMigrationNetwork 10.0.3.0/24", "may already use Cluster Network 3"),
        ("Add-VMMigrationNetwork 10.9.9.0/24", "no network with the subnet '10.9.9.0/24'"),
        ("(Get-ClusterNetwork 'Cluster Network 2').Role = 0; Add-VMMigrationNetwork 10.0.2.0/24", "does not use"),
        ("Remove-VMMigrationNetwork 10.0.2.0/24; Remove-VMMigrationNetwork 10.0.2.0/24", "does not use"),
        ("Set-VMHost -UseAnyNetworkForMigration $false", "does not say which networks"),
        ("Set-VMHost -VirtualMachinePath C:\\VMs", "is not supported"),
        ("Disable-VMMigration", "Live migration is always enabled"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(desk: ShellDesk, line: str, why: str) -> None:
    assert why in desk.run(line).text()


def test_live_migration_is_enabled_on_every_node(desk: ShellDesk) -> None:
    assert desk.must("Enable-VMMigration") == []
    (host,) = desk.must("Get-ClusterNode node2 | Enable-VMMigration -Passthru")
    assert (host.get("Name"), host.get("VirtualMachineMigrationEnabled")) == ("node2", True)
