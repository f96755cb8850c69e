"""What is piped finds its parameter, or is an error; nothing piped means nothing done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


def test_the_resource_of_a_machine_means_that_machine_alone(desk: ShellDesk) -> None:
    (machine,) = (one for one in desk.state.machines.values() if one.name == "DC01")
    desk.must("Get-ClusterResource 'Virtual Machine DC01' | Get-VM | Stop-VM -TurnOff")
    assert [command.machine for command in desk.commands if isinstance(command, cmd.SetMachineState)] == [machine.id]


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("Get-ClusterGroup SQL01, WEB01 | Get-VM", ["SQL01", "WEB01"]),
        ("Get-ClusterGroup zz* | Get-VM", []),
        ("@() | Get-VM", []),
        ("Get-VM zz*", []),
        ("'DC01', 'WEB01' | Get-VM", ["DC01", "WEB01"]),
        ("Get-VM -Name (Get-VM DC01)", ["DC01"]),
        ("Get-VM -Name (Get-ClusterGroup DC01)", ["DC01"]),
        ("Get-ClusterResource 'Virtual Machine DC01' | Get-ClusterGroup", ["DC01"]),
        ("Get-ClusterGroup -InputObject @()", []),
        ("Get-Cluster | Get-ClusterNode node1", ["node1"]),
        ("Get-ClusterNode node1 | Get-ClusterNode", ["node1"]),
        ("(Get-ClusterGroup DC01), (Get-ClusterNode node9 -ea SilentlyContinue) | Get-ClusterGroup", ["DC01"]),
    ],
)
def test_what_is_piped_is_what_is_listed(desk: ShellDesk, script: str, shown: list[str]) -> None:
    assert [one.get("Name") for one in desk.run(script).objects] == shown


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("Get-ClusterResource 'Cluster Disk 1' | Get-VM", "'Cluster Disk 1': it has no virtual machine"),
        ("Get-ClusterGroup 'Cluster Group' | Get-VM", "'Cluster Group': it has no virtual machine"),
        ("Get-ClusterNode node1 | Stop-VM", "does not accept a ClusterNode 'node1'"),
        ("Get-ClusterNode node1 | New-TimeSpan", "Move it to the start"),
        ("Get-VM DC01 | Stop-VM SQL01", "Remove -Name, or do not use pipeline input"),
        ("Get-Cluster | Stop-VM", "requires the name of a virtual machine"),
        ("@{ Name = 'DC01' } | Stop-VM", "ForEach-Object { Stop-VM ... $_.Name }"),
        ("Stop-VM -Name $null", "because it is null"),
        ("Stop-VM -Name @()", "because it is an empty array"),
        ("Stop-VM -Name ''", "because it is an empty string"),
        ("Set-VMMigrationNetworkOrder WEB01 -Network 'LM*'", "no cluster network 'LM*'"),
        ("Set-ClusterOwnerNode -Group zz* -Owners node1", "'zz*' matches 0 groups"),
        ("Set-ClusterQuorum -NodeAndDiskMajority zz*", "'zz*' matches 0 disks"),
        ("Set-ClusterVirtualMachineMigration zz* -Bandwidth 5MB", "matches 0 virtual machines"),
        ("Suspend-ClusterNode node1 -Drain -Destinations @{ 'zz*' = 'node2' }", "matches 0 virtual machines"),
    ],
)
def test_what_cannot_be_bound_is_an_error_and_nothing_is_done(desk: ShellDesk, script: str, why: str) -> None:
    results = desk.run(script)
    assert why in results.text()
    assert desk.commands == []


def test_an_object_that_does_not_fit_keeps_none_of_the_others_back(desk: ShellDesk) -> None:
    results = desk.run("Get-ClusterGroup 'Cluster Group', DC01, WEB01 | Get-VM -ErrorVariable why; $?; $why.Count")
    assert [one.get("Name") for one in results.objects[:2]] == ["DC01", "WEB01"]
    assert results.objects[2:] == [False, 1]
    assert len(results.errors) == 1
    quiet = desk.run("Get-ClusterGroup | Get-VM -ErrorAction SilentlyContinue | Measure-Object | ForEach-Object Count")
    assert quiet.objects == [10]
    assert not quiet.errors
    assert not desk.run("Get-ClusterGroup | Get-VM -ErrorAction Stop; 'on'").objects


def test_a_machine_whose_name_reads_as_a_wildcard_means_itself(desk: ShellDesk) -> None:
    desk.must("New-VM 'DC0[1]' -ComputerName node1")
    desk.commands.clear()
    desk.must("Get-VM | Where-Object { $_.Name -eq 'DC0[1]' } | Remove-VM")
    (deleted,) = (one.machine for one in desk.commands if isinstance(one, cmd.DeleteVirtualMachine))
    assert deleted not in desk.state.machines
    assert "DC01" in {one.name for one in desk.state.machines.values()}
