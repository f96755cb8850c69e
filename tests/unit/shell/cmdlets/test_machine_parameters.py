"""-VM, -VMId, -ComputerName and -Passthru of the cmdlets of virtual machines, and their devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.shell import cmdlets
from fcm.shell.runtime.absent_parameters import ABSENT, absent_parameters
from fcm.shell.runtime.registry import REGISTRY

if TYPE_CHECKING:
    from fcm.shell.runtime.call import Cmdlet
    from tests.unit.shell.desk import ShellDesk


cmdlets.load()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Get-VM -Id (Get-VM DC01).Id", ["DC01"]),
        ("[pscustomobject]@{ VMId = (Get-VM DC01).Id } | Get-VM", ["DC01"]),
        ("Get-ClusterGroup -VMId (Get-VM DC01).VMId", ["DC01"]),
        ("[pscustomobject]@{ VMId = (Get-VM SQL01).VMId.ToUpper() } | Get-ClusterGroup", ["SQL01"]),
        ("Get-VM SQL01 | Select-Object VMId | Get-ClusterGroup", ["SQL01"]),
        ("Move-ClusterVirtualMachineRole -VMId (Get-VM DC01).Id -Node node2", ["DC01"]),
        ("Suspend-VM -VM (Get-VM DC01) -Passthru", ["DC01"]),
        ("Get-VM -ComputerName node3 -Name FILE*", ["FILE01"]),
        ("Stop-VM * -ComputerName node3 -TurnOff -Passthru -WhatIf | Measure-Object | ForEach-Object Count", None),
    ],
)
def test_a_machine_is_named_by_its_id_and_its_node(desk: ShellDesk, line: str, shown: list[str] | None) -> None:
    found = desk.must(line)
    if shown is None:
        assert found == [len([one for one in desk.state.machines.values() if one.node == "node3"])]
    else:
        assert [one.get("Name") for one in found] == shown


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Get-VM -Id nobody", "no virtual machine with the Id 'nobody'"),
        ("Get-ClusterGroup -VMId nobody", "no virtual machine with the Id 'nobody'"),
        ("Get-ClusterGroup DC01 -VMId nobody", "-VMId and -Name cannot be used together"),
        ("Stop-VM SQL01 -ComputerName node3", "There is no virtual machine 'SQL01' on node3"),
        ("Stop-VM SQL01 -ComputerName node9", "no node 'node9'"),
        ("Get-VHD -Path C:\\x.vhd", "use -VMId"),
        ("Get-VMHardDiskDrive", "requires virtual machines"),
        ("Get-VMHardDiskDrive SQL01 -ControllerNumber 0", "controllers of virtual machines are not known"),
    ],
)
def test_what_means_no_machine_does_nothing(desk: ShellDesk, line: str, why: str) -> None:
    assert why in desk.run(line).text()
    assert desk.commands == []


def test_a_machine_that_has_no_group_has_none_by_its_id(desk: ShellDesk) -> None:
    assert "it has no service or application" in desk.run("Get-ClusterGroup -VMId (Get-VM TEST01).Id").text()


def test_the_disk_of_a_machine_has_a_size_and_what_is_not_known_is_null(desk: ShellDesk) -> None:
    (disk,) = desk.must("Get-VM SQL01 | Get-VMHardDiskDrive | Get-VHD")
    machine = desk.state.machine_named("SQL01")
    assert machine is not None
    assert (disk.get("Size"), disk.get("VMId")) == (machine.disk_size, machine.id)
    assert [disk.get(name) for name in ("Path", "VhdType", "FileSize")] == [None, None, None]
    assert desk.must("$null -eq (Get-VMHardDiskDrive SQL01).Path") == [True]
    assert len(desk.must("Get-VM | Get-VMHardDiskDrive")) == len(desk.state.machines)


def test_a_machine_has_its_adapter_and_its_disk(desk: ShellDesk) -> None:
    assert desk.must("(Get-VM SQL01).NetworkAdapters.SwitchName") == ["VM Network"]
    assert desk.must("(Get-VM SQL01).NetworkAdapters[0].Name") == ["Network Adapter"]
    assert desk.must("(Get-VM SQL01).HardDrives.VMName") == ["SQL01"]


def test_drive_memory_and_processors_are_those_of_the_model(desk: ShellDesk) -> None:
    desk.must("Set-VMDvdDrive SETUP01 -Path C:\\ISO\\server.iso")
    assert desk.must("Get-VMDvdDrive SETUP01 | ForEach-Object { $_.DvdMediaType; $_.Path }") == [
        "ISO", "C:\\ISO\\server.iso"
    ]  # fmt: skip
    machine = desk.state.machine_named("SQL01")
    assert machine is not None
    assert desk.must("(Get-VMMemory SQL01).Startup; (Get-VMProcessor SQL01).Count") == [
        machine.memory, machine.processors
    ]  # fmt: skip


def test_checkpoints_go_by_both_names_and_are_returned(desk: ShellDesk) -> None:
    (taken,) = desk.must("Checkpoint-VM DC01 -CheckpointName before -Passthru")
    assert (taken.get("Name"), taken.get("VMName")) == ("before", "DC01")
    (shown,) = desk.must("Get-VMCheckpoint -VM DC01")
    assert shown.get("Id") == taken.get("Id")
    desk.must("Get-VMCheckpoint DC01 | Remove-VMCheckpoint")
    assert desk.must("Get-VMSnapshot DC01") == []


def test_adapters_are_connected_by_machine_adapter_and_switch(desk: ShellDesk) -> None:
    for line in (
        "Connect-VMNetworkAdapter -VMName DC01 -Name 'Network*' -SwitchName 'DMZ Network'",
        "Get-VMNetworkAdapter DC01 | Connect-VMNetworkAdapter -SwitchName 'DMZ Network'",
        "Get-VMSwitch 'DMZ Network' -ComputerName node1 | Connect-VMNetworkAdapter DC01",
    ):
        desk.must("Get-VMNetworkAdapter DC01 | Disconnect-VMNetworkAdapter")
        assert desk.must("(Get-VMNetworkAdapter DC01).Connected") == [False]
        desk.must(line)
        assert desk.must("(Get-VM DC01).SwitchName") == ["DMZ Network"]
    desk.commands.clear()
    assert "no network adapter 'Internet'" in desk.run("Connect-VMNetworkAdapter DC01 Internet 'VM Network'").text()
    assert desk.commands == []


@pytest.mark.parametrize(
    "cmdlet", [one for one in REGISTRY.cmdlets.values() if absent_parameters(one.name)], ids=lambda one: one.name
)
def test_a_parameter_that_only_windows_has_is_refused_with_its_reason(desk: ShellDesk, cmdlet: Cmdlet) -> None:
    for param in absent_parameters(cmdlet.name):
        for value in ("", " 1"):
            (error,) = desk.run(f"{cmdlet.name} -{param.name}{value}").errors
            assert error.message == f"-{param.name} is not supported: {param.absent}"
    assert desk.commands == []


def test_every_reason_is_of_a_cmdlet_that_there_is() -> None:
    assert all(REGISTRY.get(name) is not None for names, _, _ in ABSENT for name in names.split())


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Get-VM -CimSession $session", "-CimSession is not supported: use -ComputerName."),
        ("Stop-VM DC01 -Credential $account", "-Credential is not supported: fcm has no accounts."),
        ("Move-VM DC01 node2 -AsJob", "-AsJob is not supported: jobs are not supported."),
        ("Get-ClusterAffinityRule -ThrottleLimit 4",
         "-ThrottleLimit is not supported: there are no jobs or sessions to limit."),
        ("New-ClusterAffinityRule apart -CimSession node1", "-CimSession is not supported: use -Cluster."),
        ("Restart-Computer node3 -AsJob", "-AsJob is not supported: jobs are not supported."),
    ],
)  # fmt: skip
def test_sessions_accounts_and_jobs_of_windows_have_their_reasons(desk: ShellDesk, line: str, why: str) -> None:
    assert [error.message for error in desk.run(line).errors] == [why]
    assert desk.commands == []


def test_each_cmdlet_of_machines_that_names_computers_has_a_reason_for_sessions_and_accounts() -> None:
    for cmdlet in REGISTRY.cmdlets.values():
        names = {param.name: param for param in cmdlet.parameters}
        if cmdlet.module == "Hyper-V" and "ComputerName" in names:
            assert names["CimSession"].absent
            assert names["Credential"].absent
