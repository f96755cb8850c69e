"""The hosts file that the lab writes."""

from __future__ import annotations

import tomllib

from fcm.lab.hosts_file import render_hosts_file
from fcm.lab.plan import LabFolders, make_plan


def _hosts(bandwidth: int | None = 200_000_000) -> dict[str, object]:
    return tomllib.loads(render_hosts_file(make_plan(3, bandwidth), LabFolders()))


def test_it_says_how_this_program_and_how_the_nodes_reach_each_node() -> None:
    node = _hosts()["node"][2]  # type: ignore[index]

    assert node == {
        "name": "node3",
        "uri": "qemu+unix:///system?socket=/run/fcm-lab/nodes/node3/run/libvirt/libvirt-sock",
        "peer_uri": "qemu+tcp://10.90.0.3/system",
        "storage": "/run/fcm-lab/shared",
        "probe_namespace": "fcm-node3",
        "addresses": {
            "Management": "10.90.0.3",
            "Cluster": "10.91.0.3",
            "Live Migration": "10.92.0.3",
            "Virtual Machines": "10.99.0.3",
        },
    }


def test_every_node_has_an_address_in_every_network() -> None:
    hosts = _hosts()
    names = {network["name"] for network in hosts["network"]}  # type: ignore[attr-defined]

    assert all(set(node["addresses"]) == names for node in hosts["node"])  # type: ignore[attr-defined]


def test_only_the_shaped_network_has_a_bandwidth_in_bytes_per_second() -> None:
    shaped = {network["name"]: network.get("bandwidth") for network in _hosts()["network"]}  # type: ignore[attr-defined]

    assert shaped.pop("Live Migration") == 25_000_000
    assert set(shaped.values()) == {None}
    assert "bandwidth" not in render_hosts_file(make_plan(3), LabFolders())


def test_plain_tcp_is_permitted_by_the_table_of_the_lab() -> None:
    assert _hosts()["lab"] == {"tcp": True, "same_file_system": True, "client_namespace": "fcm-client"}


def test_a_lab_with_failover_names_its_power_switch_and_its_witness() -> None:
    hosts = tomllib.loads(render_hosts_file(make_plan(3, failover=True), LabFolders()))

    assert hosts["fencing"] == {
        "agent": "fence_fcm_lab",
        "ip": "10.90.0.253",
        "ipport": 6230,
        "pcmk_reboot_action": "off",
    }
    assert hosts["witness"] == {"host": "10.90.0.200", "probe_namespace": "fcm-client"}
    assert not {"fencing", "witness"} & set(_hosts())
