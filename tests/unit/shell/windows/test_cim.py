"""Get-CimInstance and Get-WmiObject on what a cluster publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.shell.cmdlets.windows.cim import CLASSES

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk

SPACE = "-Namespace root\\MSCluster"


def names(desk: ShellDesk, words: str) -> list[str]:
    return [one.get("Name") for one in desk.must(f"Get-CimInstance {SPACE} {words}")]


def test_states_are_numbers_and_owners_names(desk: ShellDesk) -> None:
    desk.must("Stop-ClusterGroup WEB01 | Out-Null")
    (group,) = desk.must(f"Get-WmiObject {SPACE} MSCluster_ResourceGroup -Filter \"Name='WEB01'\"")
    assert (group.get("State"), group.get("OwnerNode"), group.get("GroupType")) == (3, "node1", 111)
    assert type(group.get("State")) is int


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("Name = 'node1'", ["node1"]),
        ("name='NODE1'", ["node1"]),
        ("Name <> 'node1'", ["node2", "node3"]),
        ("Name LIKE 'node%' AND NOT Name = 'node2'", ["node1", "node3"]),
        ("Name LIKE '_ode1'", ["node1"]),
        ("State = 0 AND (Name = 'node1' OR Name = 'node3')", ["node1", "node3"]),
        ("NodeWeight >= 1 AND State < 1", ["node1", "node2", "node3"]),
        ("State != 0", []),
        ("Nothing = 'x'", []),
        ('Name = "node3"', ["node3"]),
    ],
)
def test_a_condition_of_wql_selects(desk: ShellDesk, condition: str, found: list[str]) -> None:
    written = condition.replace("'", "''")
    assert names(desk, f"MSCluster_Node -Filter '{written}'") == found
    assert names(desk, f"-Query 'SELECT * FROM MSCluster_Node WHERE {written}'") == found


@pytest.mark.parametrize(
    "condition", ["Name", "Name =", "= 1", "Name = 'x' AND", "(Name = 'x'", "Name = 'x')", "Name ~ 'x'"]
)
def test_what_is_no_condition_selects_nothing_and_is_an_error(desk: ShellDesk, condition: str) -> None:
    written = condition.replace("'", "''")
    results = desk.run(f"Get-CimInstance {SPACE} MSCluster_Node -Filter '{written}'")
    assert (results.objects, len(results.errors)) == ([], 1)
    assert "is not a condition of WQL" in results.errors[0].message


@pytest.mark.parametrize("name", CLASSES)
def test_each_class_has_instances_in_its_own_namespace_alone(desk: ShellDesk, name: str) -> None:
    desk.must("(Get-Cluster).EnableSharedVolumes = 'Enabled'; Add-ClusterSharedVolume 'Cluster Disk 2' | Out-Null")
    space = CLASSES[name][0]
    assert desk.must(f"Get-CimInstance -Namespace {space} -ClassName {name}")
    other = "root\\virtualization\\v2" if space.endswith("mscluster") else "root\\mscluster"
    results = desk.run(f"Get-CimInstance -Namespace {other} -ClassName {name}")
    assert f"-Namespace {space}" in results.errors[0].remedy


def test_a_query_and_property_choose_what_is_shown(desk: ShellDesk) -> None:
    (one,) = desk.must(
        "Get-CimInstance -Namespace root\\virtualization\\v2 "
        "-Query \"SELECT ElementName FROM Msvm_ComputerSystem WHERE ElementName = 'SQL01'\""
    )
    assert one.properties == {"ElementName": "SQL01"}
    (one,) = desk.must(f"Get-CimInstance {SPACE} MSCluster_Cluster -Property Name")
    assert one.properties == {"Name": "contoso"}


def test_machines_of_a_node_are_those_on_it(desk: ShellDesk) -> None:
    space = "-Namespace root\\virtualization\\v2 Msvm_ComputerSystem"
    shown = desk.must(f"Get-CimInstance {space} -ComputerName node1 | Select-Object -ExpandProperty ElementName")
    assert set(shown) == {"node1", *desk.must("Get-VM -ComputerName node1 | Select-Object -ExpandProperty Name")}
    results = desk.run(f"Get-CimInstance {space} -ComputerName node9")
    assert (results.objects, len(results.errors)) == ([], 1)


def test_classes_of_other_namespaces_are_refused(desk: ShellDesk) -> None:
    results = desk.run("Get-CimInstance Win32_OperatingSystem")
    assert results.errors[0].message == "fcm has no class 'Win32_OperatingSystem' in 'root/cimv2'."
