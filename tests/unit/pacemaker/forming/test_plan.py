"""Which cluster the hosts of a file form, and why others form none; corosync.conf as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.backend.pacemaker.forming.corosync_conf import corosync_conf, is_of_fcm, is_of_plan, named, node_ids
from fcm.backend.pacemaker.forming.plan import PlanError
from tests.unit.pacemaker.forming.hosts_of_test import DATA, hosts_text, plan_of

if TYPE_CHECKING:
    from pathlib import Path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(PlanError) as refused:
        plan_of(folder, text)
    return str(refused.value)


def test_each_network_of_the_cluster_is_a_link_in_the_order_of_its_metric(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)

    assert [link.network for link in plan.links] == ["Cluster", "Management"]
    assert plan.nodes[1].rings == ("10.91.0.2", "10.90.0.2")


def test_a_network_on_which_a_node_has_no_address_is_no_link(tmp_path: Path) -> None:
    text = hosts_text().replace('Cluster = "10.91.0.2", ', "")

    assert [link.network for link in plan_of(tmp_path, text).links] == ["Management"]


def test_addresses_of_a_node_are_in_the_order_of_live_migration_and_by_the_ids_of_the_networks(tmp_path: Path) -> None:
    assert plan_of(tmp_path).nodes[0].addresses == "network-1=10.90.0.1 network-2=10.91.0.1"


@pytest.mark.parametrize(("nodes", "algorithm"), [(2, "ffsplit"), (3, "lms"), (4, "ffsplit"), (5, "lms")])
def test_the_witness_has_one_vote_with_even_nodes_and_one_less_than_nodes_with_odd_ones(
    tmp_path: Path, nodes: int, algorithm: str
) -> None:
    witness = plan_of(tmp_path, hosts_text(nodes)).witness

    assert witness is not None
    assert witness.algorithm == algorithm


def test_two_nodes_without_a_witness_are_refused(tmp_path: Path) -> None:
    assert "Two nodes need a witness" in refusal(tmp_path, hosts_text(2, witness=False))


def test_one_node_is_no_cluster_and_seventeen_are_too_many(tmp_path: Path) -> None:
    assert "at least two nodes" in refusal(tmp_path, hosts_text(1))
    assert "17 nodes" in refusal(tmp_path, hosts_text(17))
    assert len(plan_of(tmp_path, hosts_text(16)).nodes) == 16


def test_without_a_fencing_device_it_is_refused_with_the_reason(tmp_path: Path) -> None:
    said = refusal(tmp_path, hosts_text(fencing=""))

    assert "names no fencing device" in said
    assert "it could then run twice" in said


@pytest.mark.parametrize("name", ["node 2", "-node2", "kn\u00f6ten", "node;2"])
def test_a_name_that_pacemaker_cannot_have_is_refused(tmp_path: Path, name: str) -> None:
    text = hosts_text().replace('name = "node2"', f'name = "{name}"')

    assert "cannot be the name of a node in Pacemaker" in refusal(tmp_path, text)


def test_networks_without_heartbeats_alone_are_refused(tmp_path: Path) -> None:
    text = hosts_text().replace('"internal-and-client"', '"none"').replace('"internal"', '"none"')

    assert "can carry heartbeats" in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("name", "corosync"),
    [("East 1", "East-1"), ("  ", "fcm"), ("\u6771", "fcm"), ("a" * 40, "a" * 32), ("a;b$(c)", "a-b-c")],
)
def test_the_name_of_the_cluster_is_made_fit_for_corosync(tmp_path: Path, name: str, corosync: str) -> None:
    if not name.strip():
        name = "\u00e9"
    assert plan_of(tmp_path, hosts_text(name=name)).corosync_name == corosync


@pytest.mark.parametrize(("nodes", "witness"), [(2, True), (3, False), (3, True)])
def test_corosync_conf_is_as_agreed(tmp_path: Path, nodes: int, witness: bool) -> None:
    golden = DATA / f"corosync-{nodes}{'-witness' if witness else ''}.conf"

    assert corosync_conf(plan_of(tmp_path, hosts_text(nodes, witness))) == golden.read_text(encoding="utf-8")


def test_a_file_of_fcm_is_recognized_by_its_first_line_its_name_and_its_nodes(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    text = corosync_conf(plan)

    assert is_of_fcm(text)
    assert named(text) == "East-1"
    assert node_ids(text) == {"node1": 1, "node2": 2, "node3": 3}
    assert is_of_plan(text, plan)
    assert is_of_plan(text.replace("token: 3000", "token: 9000"), plan)
    assert not is_of_plan(text.partition("\n")[2], plan)
    assert not is_of_plan(text.replace("cluster_name: East-1", "cluster_name: West"), plan)
    assert not is_of_plan(text.replace("name: node3", "name: node4"), plan)
    assert (named(""), node_ids("")) == ("", {})


def test_the_token_of_the_hosts_file_is_that_of_corosync(tmp_path: Path) -> None:
    text = hosts_text().replace("[cluster]", "[cluster]\ntoken = 1500")

    assert "    token: 1500\n" in corosync_conf(plan_of(tmp_path, text))
