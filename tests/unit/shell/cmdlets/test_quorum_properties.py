"""Properties of membership and quorum in PowerShell: read, set, refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fcm import resources
from fcm.backend.embedded.cluster_file.reading import load
from fcm.model import commands as cmd
from fcm.model.entities import ClusterVersion
from tests.property.shell.test_shell_commands import again
from tests.unit.shell.desk import ShellDesk

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def newer(tmp_path: Path) -> Iterator[ShellDesk]:
    """A shell on contoso as a cluster of Windows Server 2016."""
    text = resources.path("clusters", "contoso.toml").read_text(encoding="utf-8")
    path = tmp_path / "newer.toml"
    path.write_text(text.replace("[cluster]\n", '[cluster]\nversion = "2016"\n', 1), encoding="utf-8")
    opened = ShellDesk(tmp_path, str(path))
    yield opened
    opened.close()


def test_the_version_and_the_heartbeats_of_the_cluster_are_shown(desk: ShellDesk) -> None:
    assert desk.must("(Get-Cluster).Version, (Get-Cluster).SameSubnetDelay, (Get-Cluster).SameSubnetThreshold") == [
        "2008 R2",
        1000,
        5,
    ]


def test_heartbeats_are_set_by_assignment(desk: ShellDesk) -> None:
    desk.must("(Get-Cluster).SameSubnetThreshold = 10; (Get-Cluster).SameSubnetDelay = 2000")
    assert desk.must("(Get-Cluster).SameSubnetDelay * (Get-Cluster).SameSubnetThreshold") == [20000]


def test_2008_r2_shows_no_property_of_later_versions(desk: ShellDesk) -> None:
    names = desk.must("(Get-Cluster | Get-Member).Name")
    assert not {"DynamicQuorum", "WitnessDynamicWeight", "ResiliencyLevel"} & set(names)


def test_setting_a_property_of_a_later_version_is_refused_with_the_version_that_has_it(desk: ShellDesk) -> None:
    results = desk.run("(Get-Cluster).DynamicQuorum = 0")
    assert not results.ok
    assert "requires Windows Server 2012" in results.text()


@pytest.mark.parametrize(
    ("name", "first", "then"),
    [
        ("DynamicQuorum", 1, 0),
        ("ResiliencyLevel", 2, 1),
        ("ResiliencyDefaultPeriod", 240, 30),
        ("QuarantineThreshold", 3, 5),
        ("QuarantineDuration", 7200, 4294967295),
    ],
)
def test_later_properties_are_read_and_set(newer: ShellDesk, name: str, first: int, then: int) -> None:
    assert newer.must(f"(Get-Cluster).{name}") == [first]
    newer.must(f"(Get-Cluster).{name} = {then}")
    assert newer.must(f"(Get-Cluster).{name}") == [then]


def test_the_weight_of_the_witness_is_read_only(newer: ShellDesk) -> None:
    assert newer.must("(Get-Cluster).WitnessDynamicWeight") == [0]
    assert "cannot be set" in newer.run("(Get-Cluster).WitnessDynamicWeight = 1").text()


@pytest.mark.parametrize("value", ["(Get-ClusterNode node2).Id", "2", "'node2'"])
def test_the_node_that_gives_up_its_vote_first_is_set_by_id_or_name(newer: ShellDesk, value: str) -> None:
    newer.must(f"(Get-Cluster).LowerQuorumPriorityNodeID = {value}")
    assert newer.must("(Get-Cluster).LowerQuorumPriorityNodeID") == [2]
    newer.must("(Get-Cluster).LowerQuorumPriorityNodeID = 0")
    assert newer.must("(Get-Cluster).LowerQuorumPriorityNodeID") == [0]


def test_an_id_that_no_node_has_is_refused(newer: ShellDesk) -> None:
    assert "no node with the Id 9" in newer.run("(Get-Cluster).LowerQuorumPriorityNodeID = 9").text()


def test_the_votes_of_nodes_are_shown_and_taken(newer: ShellDesk) -> None:
    newer.must("(Get-ClusterNode node3).NodeWeight = 0")
    found = newer.must("Get-ClusterNode | ForEach-Object { $_.NodeWeight; $_.DynamicWeight }")
    assert found == [1, 1, 1, 1, 0, 0]
    assert newer.must("(Get-Cluster).WitnessDynamicWeight") == [1]


@pytest.mark.parametrize(
    "command",
    [
        cmd.StartCluster(),
        cmd.StartCluster(ignore_persistent_state=True),
        cmd.StopCluster(),
        cmd.StartClusterService("node1", fix_quorum=True),
        cmd.StartClusterService("node1", prevent_quorum=True, clear_quarantine=True),
        cmd.ConfigureNode("node1", 0),
        cmd.ConfigureCluster(same_subnet_delay=500),
        cmd.ConfigureCluster(lower_quorum_priority_node="node2"),
        cmd.ConfigureCluster(lower_quorum_priority_node=""),
        cmd.ConfigureCluster(dynamic_quorum=True),
        cmd.ConfigureCluster(dynamic_quorum=False),
        cmd.ConfigureCluster(resiliency_level=1),
        cmd.ConfigureCluster(resiliency_period=10),
        cmd.ConfigureCluster(quarantine_threshold=2),
        cmd.ConfigureCluster(quarantine_duration=60),
        cmd.ConfigureCluster(same_subnet_delay=500, same_subnet_threshold=10, dynamic_quorum=True),
    ],
)
def test_the_text_of_a_command_gives_it_again(command: cmd.Command) -> None:
    assert again(command) == [command]


@pytest.mark.parametrize("flag", ["-FixQuorum", "-ForceQuorum", "-fq"])
def test_the_names_of_a_forced_start_are_those_of_windows(desk: ShellDesk, flag: str) -> None:
    assert "The cluster is running." in desk.run(f"Start-ClusterNode node1 {flag}").text()


def test_the_quorum_is_set_by_the_names_of_later_versions_too(newer: ShellDesk) -> None:
    newer.must("Set-ClusterQuorum -FileShareWitness \\\\files\\witness")
    assert newer.must("(Get-ClusterQuorum).QuorumType") == ["NodeAndFileShareMajority"]
    assert "File Share Witness" in newer.must("(Get-ClusterResource).Name")
    newer.must("Set-ClusterQuorum -DiskWitness 'Cluster Disk 1'; Set-ClusterQuorum -NoWitness")
    assert newer.must("(Get-ClusterQuorum).QuorumType") == ["NodeMajority"]


def test_new_cluster_takes_a_version(desk: ShellDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FCM_DATA", str(desk.folder / "data"))
    (made,) = desk.must("New-Cluster -Name fabrikam -Node one, two -Version '2012 r2'")
    formed = load(Path(str(made.properties["OpenedBy"]).removeprefix("embedded:")))
    assert formed.cluster.version is ClusterVersion.V2012_R2
