"""The plan of a new cluster, and the cluster file that it becomes."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.backend.embedded.cluster_file.reading import load
from fcm.model.entities import GIB, DiskUse, QuorumMode
from fcm.model.rules.names import server_name
from fcm.model.rules.networks import default_migration_order
from fcm.workspace.planning import cluster_plan
from fcm.workspace.planning.cluster_plan import ClusterPlan, PlannedNetwork, PlannedNode, cluster_file

if TYPE_CHECKING:
    from pathlib import Path

PLAN = ClusterPlan(
    name="tailspin",
    domain="example",
    address="10.0.1.10",
    nodes=(PlannedNode("one"), PlannedNode("two")),
    networks=(
        PlannedNetwork("Management", "10.0.1.0/24", "10.0.1.1"),
        PlannedNetwork("Cluster", "10.0.2.0/24"),
        PlannedNetwork("Migration", "10.0.3.0/24", bandwidth=1_250_000_000),
    ),
    disks=(GIB, 500 * GIB),
    witness=True,
)


def test_a_plan_becomes_a_cluster_that_can_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "tailspin.toml"
    path.write_text(cluster_file(PLAN), encoding="utf-8")
    formed = load(path)
    assert formed.cluster.full_name == "tailspin.example"
    assert [node.name for node in formed.nodes] == ["one", "two"]
    assert formed.cluster.quorum_mode is QuorumMode.NODE_AND_DISK_MAJORITY
    assert [disk.use for disk in formed.disks] == [DiskUse.WITNESS, DiskUse.AVAILABLE]
    assert [network.bandwidth for network in formed.networks] == [125_000_000, 125_000_000, 1_250_000_000]


def test_live_migration_prefers_the_last_private_network_of_a_plan(tmp_path: Path) -> None:
    path = tmp_path / "tailspin.toml"
    path.write_text(cluster_file(PLAN), encoding="utf-8")
    networks = {network.id: network for network in load(path).networks}
    order = [networks[identity].name for identity in default_migration_order(networks.values())]
    assert order == ["Migration", "Management", "Cluster"]


_names = st.text(
    st.characters(exclude_characters='\\/:*?"<>|', exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20
)
_names = _names.filter(lambda text: bool(text.strip()))


_names = _names.filter(lambda text: not text.endswith(" "))
_servers = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,12}[A-Za-z0-9]", fullmatch=True)
_servers = _servers.filter(lambda text: bool(server_name(text, "server")))


@given(st.lists(_servers, min_size=1, max_size=5, unique_by=str.casefold), _names)
def test_any_name_survives_the_way_through_the_file(servers: list[str], network: str) -> None:
    plan = replace(
        PLAN,
        name="its-own-name-15",
        nodes=tuple(PlannedNode(name) for name in servers),
        networks=(PlannedNetwork(network, "10.0.1.0/24", "10.0.1.1"),),
    )
    read = tomllib.loads(cluster_file(plan))
    assert [node["name"] for node in read["nodes"]] == servers
    assert read["networks"][0]["name"] == network
    assert set(read["networks"][0]["addresses"]) == set(servers)


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        (replace(PLAN, nodes=()), "No server"),
        (replace(PLAN, nodes=(PlannedNode("a"), PlannedNode("A"))), "Two servers are named"),
        (replace(PLAN, nodes=tuple(PlannedNode(f"n{i}") for i in range(17))), "17 servers"),
        (replace(PLAN, nodes=(PlannedNode("a"), PlannedNode("b", processor="AMD Opteron 6174"))), "manufacturers"),
        (replace(PLAN, networks=()), "No network"),
        (replace(PLAN, networks=(PlannedNetwork("n", "10.0.1"),)), "not a subnet"),
        (replace(PLAN, networks=(PlannedNetwork("n", "10.0.1.0/29"),)), "too small"),
        (replace(PLAN, networks=(*PLAN.networks, PlannedNetwork("n", "10.0.0.0/16"))), "overlaps"),
        (replace(PLAN, networks=(PlannedNetwork("n", "10.0.1.0/24", "10.0.2.1"),)), "gateway"),
        (replace(PLAN, address="192.168.0.1"), "not in any of the networks"),
        (replace(PLAN, address="10.0.1.1"), "in use"),
        (replace(PLAN, name="one"), "A server is named one"),
        (replace(PLAN, name=""), "needs a name"),
    ],
)
def test_what_cannot_be_a_cluster_is_refused_with_a_remedy(plan: ClusterPlan, reason: str) -> None:
    verdict = cluster_plan.verdict(plan)
    assert not verdict
    assert reason in verdict.reason
    assert verdict.remedy
    with pytest.raises(ValueError, match=r"\w"):
        cluster_file(plan)
