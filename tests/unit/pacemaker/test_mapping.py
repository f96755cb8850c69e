"""Failover Cluster Manager's words and Pacemaker's."""

from __future__ import annotations

import pytest

from fcm.backend.pacemaker import mapping
from fcm.backend.pacemaker.status import ClusterStatus, LocationStatus, NodeStatus, ResourceStatus

UUID = "11111111-2222-3333-4444-555555555555"
AGENT = "ocf:fcm:VirtualMachine"


def machine(**meta: str) -> ResourceStatus:
    return ResourceStatus("web", AGENT, meta={"fcm-uuid": UUID} | {key.replace("_", "-"): meta[key] for key in meta})


def cluster(*locations: LocationStatus) -> ClusterStatus:
    nodes = tuple(NodeStatus(f"node{number}", str(number), online=True) for number in (1, 2, 3))
    return ClusterStatus("node1", 0.0, have_quorum=True, nodes=nodes, resources=(machine(),), locations=locations)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("web", "web"),
        ("web-1.old_2", "web-1.old_2"),
        ("web server", f"vm-{UUID}"),
        ("1web", f"vm-{UUID}"),
        ("büro", f"vm-{UUID}"),
        ("a'b", f"vm-{UUID}"),
        ("taken", f"vm-{UUID}"),
        ("w" * 101, f"vm-{UUID}"),
    ],
)
def test_a_resource_is_called_as_its_machine_where_xml_allows_it_and_the_name_is_free(name: str, expected: str) -> None:
    assert mapping.resource_id(name, UUID, {"taken"}) == expected


def test_a_machine_is_found_by_its_uuid_not_by_its_name() -> None:
    assert mapping.resource_of(cluster(), UUID.upper()) == machine()
    assert mapping.resource_of(cluster(), "web") is None
    assert mapping.uuid_of(machine()) == UUID


def test_preferred_owners_are_those_of_fcm_in_the_order_of_their_scores() -> None:
    status = cluster(
        LocationStatus("fcm-owner-web-node3", "web", "node3", "49"),
        LocationStatus("fcm-owner-web-node1", "web", "node1", "50"),
        LocationStatus("cli-prefer-web", "web", "node2", "INFINITY"),
        LocationStatus("fcm-owner-db-node2", "db", "node2", "50"),
    )
    assert mapping.preferred_owners(status, "web") == ("node1", "node3")


def test_possible_owners_are_all_nodes_without_a_ban() -> None:
    status = cluster(
        LocationStatus("fcm-never-web-node2", "web", "node2", "-INFINITY"),
        LocationStatus("fcm-owner-web-node1", "web", "node1", "50"),
    )
    assert mapping.possible_owners(status, "web") == ("node1", "node3")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", (False, None)),
        ("now", (True, None)),
        ("22-4", (True, (22, 4))),
        ("x-4", (False, None)),
    ],
)
def test_failback_is_read_as_it_was_written(said: str, expected: object) -> None:
    assert mapping.failback_of(machine(fcm_failback=said)) == expected


def test_classes_may_have_spaces_and_broken_ones_are_none() -> None:
    assert mapping.classes_of(machine(fcm_classes="'domain controllers' sql")) == ("domain controllers", "sql")
    assert mapping.classes_of(machine(fcm_classes="'broken")) == ()
