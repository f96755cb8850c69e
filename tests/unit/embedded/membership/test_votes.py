"""Votes, versions and properties of quorum of the embedded cluster, and its file share witness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm import resources
from fcm.backend.embedded import ClusterFileError
from fcm.backend.embedded.cluster_file.reading import load
from fcm.model import commands as cmd
from fcm.model.entities import ClusterVersion, QuorumMode, ResourceState, ResourceType
from fcm.model.rules.failing.assumed import FIGURES, figure
from fcm.model.rules.quorum import votes
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

SHARE = "\\\\server\\witness"


def contoso(folder: Path, *cluster: str, tail: str = "") -> Path:
    """The shipped cluster with further lines in [cluster], and at the end."""
    text = resources.path("clusters", "contoso.toml").read_text(encoding="utf-8")
    path = folder / "contoso.toml"
    path.write_text(text.replace("[cluster]\n", "\n".join(("[cluster]", *cluster, "")), 1) + tail, encoding="utf-8")
    return path


def shares(desk: Desk) -> list[ResourceState]:
    return [one.state for one in desk.state.resources.values() if one.type is ResourceType.FILE_SHARE_WITNESS]


def test_a_cluster_follows_the_rules_of_2008_r2_unless_its_file_says_otherwise(tmp_path: Path) -> None:
    assert load(resources.path("clusters", "contoso.toml")).cluster.version is ClusterVersion.V2008_R2
    formed = load(contoso(tmp_path, 'version = "2012 R2"'))
    assert formed.cluster.version is ClusterVersion.V2012_R2
    assert formed.cluster.witness_weight == 0


def test_a_version_that_does_not_exist_is_refused_with_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(ClusterFileError, match="2008 R2, 2012, 2012 R2, 2016, 2019"):
        load(contoso(tmp_path, 'version = "2003"'))


def test_the_nodes_run_the_version_of_the_cluster_where_the_file_does_not_say(tmp_path: Path) -> None:
    formed = load(contoso(tmp_path, 'version = "2016"'))
    assert {node.version for node in formed.nodes} == {"Windows Server 2016 Datacenter, 10.0.14393"}


def test_assumed_figures_can_be_set_for_a_cluster(tmp_path: Path) -> None:
    formed = load(contoso(tmp_path, tail="\n[assumed]\nboot = 30\njoin = 2.5\n"))
    assert (figure(formed.cluster, "boot"), figure(formed.cluster, "join")) == (30.0, 2.5)
    assert figure(formed.cluster, "leave") == FIGURES["leave"].value


@pytest.mark.parametrize(
    ("line", "said"),
    [("luck = 1", "luck"), ("boot = -1", "zero or more"), ('boot = "x"', "number"), ("boot = 1e300", "31536000")],
)
def test_a_figure_that_does_not_exist_or_cannot_be_is_refused(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(ClusterFileError, match=said):
        load(contoso(tmp_path, tail=f"\n[assumed]\n{line}\n"))


def test_a_file_share_witness_becomes_a_resource_of_the_core_group_and_goes_with_its_mode(desk: Desk) -> None:
    assert desk.do(cmd.SetQuorum(QuorumMode.NODE_AND_FILE_SHARE_MAJORITY, SHARE))
    assert shares(desk) == [ResourceState.ONLINE]
    (found,) = (one for one in desk.state.resources.values() if one.type is ResourceType.FILE_SHARE_WITNESS)
    assert (found.group, found.detail) == (desk.group("Cluster Group").id, SHARE)
    assert desk.do(cmd.SetQuorum(QuorumMode.NODE_AND_FILE_SHARE_MAJORITY, "\\\\other\\share"))
    assert [one.detail for one in desk.state.resources.values() if one.id == found.id] == ["\\\\other\\share"]
    assert desk.do(cmd.SetQuorum(QuorumMode.NODE_MAJORITY))
    assert shares(desk) == []


def test_a_cluster_file_with_a_file_share_witness_has_its_resource(tmp_path: Path) -> None:
    path = contoso(tmp_path)
    text = path.read_text(encoding="utf-8").replace('"NodeAndDiskMajority"', '"NodeAndFileShareMajority"')
    text = text.replace('"Disk Witness in Quorum"', '"Available Storage"')
    path.write_text(text.replace("[cluster]\n", f"[cluster]\nfile_share_witness = '{SHARE}'\n"), encoding="utf-8")
    formed = load(path)
    assert [one.detail for one in formed.resources if one.type is ResourceType.FILE_SHARE_WITNESS] == [SHARE]


def test_properties_of_the_cluster_are_kept(tmp_path: Path) -> None:
    desk = Desk(contoso(tmp_path, 'version = "2016"'))
    assert desk.do(
        cmd.ConfigureCluster(same_subnet_delay=500, quarantine_threshold=5, lower_quorum_priority_node="node2")
    )
    cluster = desk.state.cluster
    assert cluster is not None
    assert (cluster.same_subnet_delay, cluster.quarantine_threshold) == (500, 5)
    assert cluster.lower_quorum_priority_node == "node2"
    desk.close()


def test_without_a_witness_one_of_two_votes_is_given_up_and_dynamic_quorum_turned_off_gives_it_back(
    tmp_path: Path,
) -> None:
    desk = Desk(contoso(tmp_path, 'version = "2012 R2"'))
    assert desk.do(cmd.SetQuorum(QuorumMode.NODE_MAJORITY))
    assert desk.do(cmd.ConfigureNode("node3", 0))
    assert [node.dynamic_weight for node in desk.state.nodes.values()] == [1, 0, 0]
    assert desk.do(cmd.ConfigureCluster(lower_quorum_priority_node="node1"))
    assert [node.dynamic_weight for node in desk.state.nodes.values()] == [0, 1, 0]
    assert desk.do(cmd.ConfigureCluster(dynamic_quorum=False))
    assert [node.dynamic_weight for node in desk.state.nodes.values()] == [1, 1, 0]
    desk.close()


def test_a_node_that_is_added_has_a_vote_whatever_the_host_has(tmp_path: Path) -> None:
    desk = Desk(contoso(tmp_path, 'version = "2012 R2"'))
    assert desk.do(cmd.ConfigureNode("node1", 0))
    assert desk.do(cmd.AddNode("node4"))
    assert [node.dynamic_weight for node in desk.state.nodes.values()] == [0, 1, 1, 1]
    desk.close()


def test_a_dynamic_witness_votes_only_with_an_even_number_of_nodes(tmp_path: Path) -> None:
    desk = Desk(contoso(tmp_path, 'version = "2012 R2"'))
    cluster = desk.state.cluster
    assert cluster is not None
    assert votes(cluster, desk.state.nodes, desk.state.disks).total == 3
    assert desk.do(cmd.ConfigureNode("node3", 0))
    cluster = desk.state.cluster
    assert (cluster.witness_weight, votes(cluster, desk.state.nodes, desk.state.disks).total) == (1, 3)
    desk.close()


def test_setting_what_is_set_already_is_no_event(desk: Desk) -> None:
    assert desk.do(cmd.ConfigureCluster(same_subnet_delay=500))
    before = desk.state.sequence
    assert desk.do(cmd.ConfigureCluster(same_subnet_delay=500))
    assert desk.state.sequence == before
