"""Properties that stand for objects and for enumerations, by the server and in the built-in shell alike."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from fcm.shell.serving.values import from_wire, to_wire
from fcm.shell.values.enumerations import ENUMERATIONS, Enumerated, enumerated
from tests.unit.shell.desk import ShellDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.serving.talk import Talk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ShellDesk]:
    made = ShellDesk(tmp_path)
    yield made
    made.close()


def test_the_owner_of_a_group_is_a_node_that_can_be_read_and_piped(talk: Talk) -> None:
    (group,) = talk.run("Get-ClusterGroup", Name="SQL01")
    owner = group["p"]["OwnerNode"]
    assert owner == {"$": "name", "v": "node1", "type": "ClusterNode", "id": "node1"}
    (node,) = [one for line in talk.answers(talk.send(do="read", object=owner)) for one in line.get("outputs", ())]
    assert (node["type"], node["p"]["LogicalProcessors"]) == ("ClusterNode", 24)
    assert talk.names("Get-ClusterNode", owner) == ["node1"]
    machines = talk.run("Get-VM", owner)
    assert machines
    assert {one["p"]["ComputerName"] for one in machines} == {"node1"}


@pytest.mark.parametrize(
    ("cmdlet", "name", "kind"),
    [
        ("Get-ClusterGroup", "Cluster", "Cluster"),
        ("Get-ClusterResource", "OwnerGroup", "ClusterGroup"),
        ("Get-ClusterResource", "OwnerNode", "ClusterNode"),
        ("Get-ClusterResource", "ResourceType", "ClusterResourceType"),
        ("Get-ClusterNetworkInterface", "Network", "ClusterNetwork"),
        ("Get-ClusterQuorum", "QuorumResource", "ClusterResource"),
    ],
)
def test_what_a_property_refers_to_can_be_read(talk: Talk, cmdlet: str, name: str, kind: str) -> None:
    refers = talk.run(cmdlet)[0]["p"][name]
    assert refers["type"] == kind
    lines = talk.answers(talk.send(do="read", object=refers))
    (whole,) = [one for line in lines for one in line["outputs"]]
    assert (whole["type"], whole["text"]) == (kind, refers["v"])


def test_an_object_that_is_gone_cannot_be_read(talk: Talk) -> None:
    gone = {"$": "name", "v": "node9", "type": "ClusterNode", "id": "node9"}
    (line,) = talk.answers(talk.send(do="read", object=gone))
    assert line["error"]["message"] == "The ClusterNode node9 no longer exists."


def test_the_greeting_names_the_properties_of_what_is_referred_to(talk: Talk) -> None:
    (line,) = talk.answers(talk.send(do="hello", protocol=1))
    types = line["hello"]["types"]
    (node,) = talk.run("Get-ClusterNode", Name="node1")
    assert types["ClusterNode"] == {"properties": list(node["p"]), "settable": ["NodeWeight"]}
    assert set(types) == {
        "Cluster", "ClusterNode", "ClusterGroup", "ClusterResource", "ClusterResourceType", "ClusterNetwork"
    }  # fmt: skip


def test_a_state_is_a_name_and_a_number(talk: Talk) -> None:
    (group,) = talk.run("Get-ClusterGroup", Name="SQL01")
    assert group["p"]["State"] == {"$": "enum", "type": "ClusterGroupState", "v": 0, "text": "Online"}
    assert group["p"]["GroupType"] == {"$": "enum", "type": "ClusterGroupType", "v": 111, "text": "VirtualMachine"}


def test_an_enumeration_comes_back_as_it_was() -> None:
    value = enumerated("ClusterNodeState", "Paused")
    back = from_wire(to_wire(value))
    assert isinstance(back, Enumerated)
    assert (back, back.kind, back.number) == ("Paused", "ClusterNodeState", 2)
    assert copy.deepcopy(value).number == 2  # type: ignore[attr-defined]


def test_a_state_that_the_type_does_not_have_stays_a_text() -> None:
    assert type(enumerated("VMState", "Paused-Critical")) is str


def test_no_two_names_of_an_enumeration_share_a_number() -> None:
    assert all(len(set(members.values())) == len(members) for members in ENUMERATIONS.values())


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("(Get-ClusterGroup SQL01).OwnerNode.State", "Up"),
        ("(Get-ClusterGroup SQL01).OwnerNode.OwnerNode", None),
        ("(Get-ClusterResource 'Virtual Machine SQL01').OwnerGroup.GroupType", "VirtualMachine"),
        ("(Get-ClusterResource 'Virtual Machine SQL01').ResourceType.Name", "Virtual Machine"),
        ("(Get-ClusterGroup SQL01).Cluster.Domain", "contoso.example"),
        ("(Get-ClusterQuorum).QuorumResource.ResourceType", "Physical Disk"),
        ("[int](Get-ClusterGroup SQL01).State", 0),
        ("(Get-ClusterNode node1).State -eq 0", True),
        ("(Get-ClusterNode node1).State -eq 'up'", True),
        ("(Get-ClusterGroup SQL01).OwnerNode -eq 'NODE1'", True),
        ("(Get-ClusterNode node1).BuildNumber", 7601),
        ("(Get-ClusterOwnerNode -Resource 'Virtual Machine SQL01').OwnerNodes[0].State", "Up"),
        ("(Get-ClusterOwnerNode -Group SQL01).ClusterObject.GroupType", "VirtualMachine"),
        ("(Get-ClusterResource 'Cluster IP Address' | Get-ClusterParameter Address).Value", "10.0.1.10"),
        ("(Get-ClusterResource 'Cluster Name' | Get-ClusterParameter Name).ClusterObject.State", "Online"),
    ],
)
def test_the_built_in_shell_reads_through_a_reference(desk: ShellDesk, line: str, value: object) -> None:
    found = desk.must(line)
    assert found == [value]  # a property that is not there is $null, as in PowerShell


def test_groups_are_sorted_by_the_number_of_their_state(desk: ShellDesk) -> None:
    desk.must("Stop-ClusterGroup WEB01")
    states = desk.must("Get-ClusterGroup | Sort-Object State | Select-Object -ExpandProperty State")
    numbers = [one.number for one in states]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) > 1


def test_a_referred_node_lists_its_groups(desk: ShellDesk) -> None:
    by_name = desk.must("Get-ClusterNode node1 | Get-ClusterGroup | Select-Object -ExpandProperty Name")
    by_reference = desk.must(
        "(Get-ClusterGroup SQL01).OwnerNode | Get-ClusterGroup | Select-Object -ExpandProperty Name"
    )
    assert by_reference == by_name
