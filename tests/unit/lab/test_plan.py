"""What a lab consists of, before it exists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.lab.plan import (
    NETWORKS,
    LabError,
    LabFolders,
    find_network,
    make_plan,
    parse_bandwidth,
    parse_memory,
)


def test_a_plan_has_three_nodes_with_names_uuids_and_peer_uris_of_their_own() -> None:
    nodes = make_plan().nodes

    assert [node.name for node in nodes] == ["node1", "node2", "node3"]
    assert len({node.host_uuid for node in nodes}) == 3
    assert nodes[1].peer_uri == "qemu+tcp://10.90.0.2/system"


def test_only_the_named_node_has_the_older_processor() -> None:
    assert [node.older_processor for node in make_plan(3, older="node2").nodes] == [False, True, False]


@pytest.mark.parametrize("nodes", [0, -1, 9, 100_000])
def test_a_number_of_nodes_that_no_machine_carries_is_refused(nodes: int) -> None:
    with pytest.raises(LabError, match=f"1 to 8 nodes, not {nodes}"):
        make_plan(nodes)


def test_an_unknown_node_is_answered_with_those_there_are() -> None:
    with pytest.raises(LabError, match=r"no node 'node4'\. Nodes: node1, node2, node3"):
        make_plan(3, older="node4")


def test_networks_with_a_gateway_have_the_metrics_above_ten_thousand() -> None:
    assert all((network.metric >= 10_000) == (network.role != "internal") for network in NETWORKS)
    assert [network.name for network in NETWORKS if network.gateway] == ["Management"]


@pytest.mark.parametrize("name", ["lm", "Live Migration", "live migration"])
def test_a_network_is_found_by_its_name_and_by_its_interface(name: str) -> None:
    assert find_network(name).interface == "lm"


def test_an_unknown_network_is_answered_with_those_there_are() -> None:
    with pytest.raises(LabError, match=r'no network \'storage\'. Networks: "Management" \(mgmt\)'):
        find_network("storage")


@given(st.integers(1, 100_000))
def test_bandwidths_are_decimal_bits_per_second(mbit: int) -> None:
    assert parse_bandwidth(f"{mbit}mbit") == mbit * 10**6
    assert make_plan(1, parse_bandwidth(f"{mbit}Mbit/s")).bytes_per_second == mbit * 125_000


def test_no_bandwidth_means_no_limit() -> None:
    assert parse_bandwidth("none") is None
    assert make_plan(1).bytes_per_second is None


@pytest.mark.parametrize("text", ["", "fast", "200", "10MB/s", "-1mbit", "1kbit", "1000gbit"])
def test_what_is_no_sensible_bandwidth_is_refused(text: str) -> None:
    with pytest.raises(LabError, match=r"not a bandwidth|out of range"):
        parse_bandwidth(text)


@pytest.mark.parametrize(("text", "mib"), [("256MiB", 256), ("1GiB", 1024), ("2g", 2048), ("300", 300)])
def test_memory_is_read_in_mib(text: str, mib: int) -> None:
    assert parse_memory(text) == mib


@pytest.mark.parametrize("text", ["", "lots", "1.5GiB", "-1MiB", "1TiB"])
def test_what_is_no_amount_of_memory_is_refused(text: str) -> None:
    with pytest.raises(LabError, match="not a memory size"):
        parse_memory(text)


def test_labs_of_other_names_share_neither_folder_nor_namespace() -> None:
    users, tests = LabFolders(), LabFolders(name="test")

    assert users.namespace("node1") == "fcm-node1"
    assert str(users.state) == "/run/fcm-lab"
    assert users.owns("fcm-node1")
    assert tests.owns("fcm-test-node1")
    assert not users.owns("fcm-test-node1")
    assert not tests.owns("fcm-node1")
    assert not users.owns("fcm-")
    assert tests.state != users.state


def test_a_socket_path_stays_below_the_limit_of_the_kernel() -> None:
    folders = LabFolders(name="a-rather-long-name")

    assert all(len(str(folders.socket(node))) < 108 for node in make_plan(8).nodes)


def test_a_lab_with_failover_needs_a_node_that_takes_over() -> None:
    with pytest.raises(LabError, match="A lab with failover can have 2 to 8 nodes, not 1"):
        make_plan(1, failover=True)

    assert make_plan(2, failover=True).failover
    assert not make_plan(2).failover
