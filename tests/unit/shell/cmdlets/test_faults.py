"""Failures by PowerShell: names by kind, pipelines, and what is refused in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model.commands import InjectFault
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.faults import answers, has_power
from tests.unit.shell.desk import ShellDesk

if TYPE_CHECKING:
    from pathlib import Path


def kinds(desk: ShellDesk) -> list[FaultKind]:
    return [fault.kind for fault in desk.state.faults.values()]


def test_a_failure_is_simulated_listed_and_repaired(desk: ShellDesk) -> None:
    (made,) = desk.must("Invoke-ClusterFault node3 -Fault PowerOff")
    assert (made.get("Name"), made.get("Fault"), made.get("Description")) == ("node3", "PowerOff", "power lost")
    assert not has_power(desk.state, "node3")
    (listed,) = desk.must("Get-ClusterFault")
    assert listed.get("Id") == made.get("Id")
    desk.must("Get-ClusterFault | Repair-ClusterFault")
    assert desk.must("Get-ClusterFault") == []
    assert has_power(desk.state, "node3")


def test_names_are_those_of_what_can_fail_in_that_way(desk: ShellDesk) -> None:
    desk.must("Invoke-ClusterFault 'cluster network 3' SwitchDown")
    desk.must("Invoke-ClusterFault 'Cluster Disk 2' -Fault LosePath -Node NODE1")
    desk.must("Invoke-ClusterFault SQL01 -Fault GuestHang")
    assert kinds(desk) == [FaultKind.SWITCH_DOWN, FaultKind.LOSE_PATH, FaultKind.GUEST_HANG]
    assert "node 'SQL01'" in desk.run("Invoke-ClusterFault SQL01 -Fault PowerOff").text()
    assert "virtual machine 'node1'" in desk.run("Invoke-ClusterFault node1 -Fault GuestHang").text()


def test_what_is_piped_of_another_kind_is_told_by_its_name(desk: ShellDesk) -> None:
    for piped in ("Get-VM SQL01", "Get-ClusterGroup SQL01"):
        assert "There is no node 'SQL01'" in desk.run(f"{piped} | Invoke-ClusterFault -Fault PowerOff").text()
    told = desk.run("Get-ClusterResource 'Cluster Disk 2' | Invoke-ClusterFault -Fault GuestHang").text()
    assert "There is no virtual machine 'Cluster Disk 2'" in told
    assert desk.state.faults == {}


def test_what_is_piped_fails_or_is_an_error(desk: ShellDesk) -> None:
    desk.must("Get-ClusterNode node3 | Invoke-ClusterFault -Fault Hang")
    assert not answers(desk.state, "node3")
    desk.must("Get-ClusterResource 'Cluster Disk 1' | Invoke-ClusterFault -Fault LoseLun")
    desk.must("Get-VM WEB01 | Invoke-ClusterFault -Fault GuestHang")
    assert len(desk.state.faults) == 3
    desk.must("Get-ClusterNode nothing* | Invoke-ClusterFault -Fault Hang")
    assert "cannot be bound" in desk.run("Get-Cluster | Repair-ClusterFault").text() or len(desk.state.faults) == 3
    assert not desk.run("Get-ClusterNode node1 | Invoke-ClusterFault -Fault GuestHang").ok
    desk.must("Get-ClusterNode node3 | Repair-ClusterFault")
    assert answers(desk.state, "node3")


def test_nodes_can_be_isolated_together(desk: ShellDesk) -> None:
    (made,) = desk.must("Invoke-ClusterFault node1 -Fault Isolate -Together node2")
    assert list(made.get("Together")) == ["node2"]
    assert made.get("Description") == "isolated together with node2"


def test_what_makes_no_sense_is_refused_with_the_reason(desk: ShellDesk) -> None:
    for line, words in (
        ("Invoke-ClusterFault node1 -Fault PowerCut", "PowerOff"),
        ("Invoke-ClusterFault node1", "Fault"),
        ("Invoke-ClusterFault -Fault PowerOff", "requires the name of what is to fail"),
        ("Invoke-ClusterFault -Fault LoseShare", "has no file share witness"),
        ("Invoke-ClusterFault 'Cluster Disk 2' -Fault LosePath", "requires -Node"),
        ("Invoke-ClusterFault node1 -Fault Hang -Node node2", "-Node requires -Fault LosePath"),
        ("Invoke-ClusterFault node1 -Fault Hang -Together node2", "-Together requires -Fault Isolate"),
        ("Repair-ClusterFault", "requires a name, a failure or -All"),
        ("Repair-ClusterFault -Fault Hang", "No such failure is simulated now"),
        ("Enable-NetAdapter 'node1*'", "plugged in"),
    ):
        results = desk.run(line)
        assert not results.ok, line
        assert words in results.text(), (line, results.text())
    assert not desk.state.faults


def test_repair_takes_one_kind_or_all(desk: ShellDesk) -> None:
    desk.must("Invoke-ClusterFault 'Cluster Disk 2' LosePath -Node node1")
    desk.must("Invoke-ClusterFault 'Cluster Disk 2' LosePath -Node node2")
    desk.must("Invoke-ClusterFault SQL01 GuestHang")
    desk.must("Repair-ClusterFault 'Cluster Disk 2' -Fault LosePath -Node node1")
    assert [fault.node for fault in desk.state.faults.values()] == ["node2", ""]
    desk.must("Repair-ClusterFault -All")
    assert not desk.state.faults
    desk.must("Repair-ClusterFault -All")


def test_with_what_if_nothing_fails(desk: ShellDesk) -> None:
    (said,) = desk.must("Invoke-ClusterFault node1 PowerOff -WhatIf")
    assert 'Target "node1"' in str(said)
    assert not desk.state.faults


@pytest.mark.parametrize(
    "name", ["Cluster Disk 4", "Cluster Disk 1", "Cluster IP Address", "Cluster Name", "virtual machine sql01"]
)
def test_any_resource_fails_and_its_policies_bring_it_back(desk: ShellDesk, name: str) -> None:
    (failed,) = desk.must(f"Test-ClusterResourceFailure '{name}'")
    assert failed.get("State") == "Failed"
    desk.must("Start-Sleep 120")
    (again,) = desk.must(f"Get-ClusterResource '{name}'")
    assert again.get("State") == "Online"


def test_a_resource_that_is_not_there_is_named(desk: ShellDesk) -> None:
    assert "'Cluster Disk 44'" in desk.run("Test-ClusterResourceFailure 'Cluster Disk 44'").text()
    assert not desk.run("Test-ClusterResourceFailure 'iSCSI Disk 15'").ok


def test_a_shared_volume_fails_by_its_reservation(tmp_path: Path) -> None:
    eight = ShellDesk(tmp_path, "fabrikam")
    volume = next(iter(eight.state.shared_volumes.values()))
    eight.must(f"Get-ClusterSharedVolume '{volume.name}' | Test-ClusterResourceFailure")
    injected = [one for one in eight.commands if isinstance(one, InjectFault)]
    assert injected == [InjectFault(FaultKind.LOSE_RESERVATION, volume.disk)]
    eight.must("Start-Sleep 120")
    assert eight.state.disks[volume.disk].state == "Online"
    eight.close()


def test_a_cable_that_test_cluster_resource_failure_pulls_is_plugged_in_by_enable_net_adapter(desk: ShellDesk) -> None:
    adapter = next(iter(desk.state.adapters.values())).name
    desk.must(f"Test-ClusterResourceFailure '{adapter}'")
    assert kinds(desk) == [FaultKind.UNPLUG_CABLE]
    desk.must(f"Enable-NetAdapter '{adapter}'")
    assert not desk.state.faults
