"""Hosts, switches, adapters and services of the nodes, and Move-VM."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


def test_a_host_is_a_node_with_its_processors_and_memory(desk: ShellDesk) -> None:
    (host,) = desk.must("Get-ClusterNode node3 | Get-VMHost")
    assert (host.get("Name"), host.get("LogicalProcessorCount"), host.get("MemoryCapacity")) == ("node3", 8, 32 * 2**30)
    assert len(desk.must("Get-VMHost")) == 3


def test_switches_are_those_of_the_nodes(desk: ShellDesk) -> None:
    shown = desk.must("Get-VMSwitch 'DMZ*' -ComputerName node1, node2")
    assert [(one.get("Name"), one.get("ComputerName")) for one in shown] == [
        ("DMZ Network", "node1"), ("DMZ-Network", "node2")
    ]  # fmt: skip
    assert "There is no virtual network 'Nope'" in desk.run("Get-VMSwitch Nope").text()


def test_an_adapter_says_to_what_its_machine_is_connected(desk: ShellDesk) -> None:
    desk.must("Disconnect-VMNetworkAdapter TEST01")
    sql, test = desk.must("Get-VMNetworkAdapter SQL01, TEST01")
    assert (sql.get("SwitchName"), sql.get("Connected")) == ("VM Network", True)
    assert test.get("Connected") is False
    assert desk.must("Get-VMNetworkAdapter SQL01 -Name 'Legacy*'") == []
    assert "requires virtual machines" in desk.run("Get-VMNetworkAdapter").text()
    assert len(desk.must("Get-VMNetworkAdapter *")) == len(desk.state.machines)


def test_migration_networks_are_in_the_order_of_preference(desk: ShellDesk) -> None:
    shown = desk.must("Get-VMMigrationNetwork -ComputerName node1")
    assert [one.get("Priority") for one in shown] == [0, 1, 2]
    assert shown[0].get("Subnet") == "10.0.3.0/24"
    assert len(desk.must("Get-VMMigrationNetwork 10.0.3.0/24")) == 3


def test_move_vm_moves_live_and_shows_it_if_asked(desk: ShellDesk) -> None:
    assert desk.must("Move-VM DC01 node2") == []
    assert desk.must("(Get-VM DC01).ComputerName") == ["node2"]
    (shown,) = desk.must("Get-VM DC01 | Move-VM -DestinationHost node3 -Passthru")
    assert shown.get("ComputerName") == "node3"
    assert "What if" in desk.must("Move-VM DC01 node1 -WhatIf")[0]
    assert desk.must("(Get-VM DC01).ComputerName") == ["node3"]
    assert "requires the name of a virtual machine" in desk.run("Move-VM").text()


def test_the_cluster_service_is_running_stopped_or_starting(desk: ShellDesk) -> None:
    desk.must("Stop-ClusterNode node3 | Out-Null")
    shown = desk.must("Get-Service ClusSvc -ComputerName node1, node3")
    assert [one.get("Status") for one in shown] == ["Running", "Stopped"]
    assert [one.get("Status").number for one in shown] == [4, 1]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("Get-Service spooler -ComputerName node1", "knows no service 'spooler'"),
        ("Get-Service ClusSvc", "requires the name of a node"),
        ("Get-Service ClusSvc -ComputerName other", "There is no node 'other'"),
    ],
)
def test_services_that_are_not_known_are_refused(desk: ShellDesk, line: str, word: str) -> None:
    results = desk.run(line)
    assert results.objects == []
    assert word in results.text()


def test_a_node_without_power_has_no_services(desk: ShellDesk) -> None:
    desk.must("Invoke-ClusterFault node2 PowerOff | Out-Null")
    results = desk.run("Get-Service vmms -ComputerName node1, node2")
    assert [one.get("MachineName") for one in results.objects] == ["node1"]
    assert [error.target for error in results.errors] == ["node2"]
