from __future__ import annotations

from dataclasses import replace

from fcm.model.entities import Cluster, Network, NetworkRole, QuorumMode
from fcm.model.rules.networks import (
    automatic_metrics,
    default_migration_order,
    migration_order,
    rank_reason,
    shared_volume_network,
)

CLUSTER = Cluster("c", "", "10.0.0.1", "n1", QuorumMode.NODE_MAJORITY, None)


def net(name: str, metric: int, gateway: bool = False, role: NetworkRole = NetworkRole.INTERNAL) -> Network:
    return Network(name, name, "10.0.0.0/24", role, metric, gateway="10.0.0.1" if gateway else None)


MANAGEMENT = net("management", 10_000, gateway=True, role=NetworkRole.INTERNAL_AND_CLIENT)
CSV = net("csv", 900)
LIVE = net("live", 1000)
STORAGE = net("storage", 1100, role=NetworkRole.NONE)
ALL = (MANAGEMENT, CSV, LIVE, STORAGE)


def test_private_networks_come_first_then_those_with_a_gateway_then_that_of_shared_volumes() -> None:
    assert default_migration_order(ALL) == ("live", "management", "csv")


def test_a_network_that_the_cluster_may_not_use_is_never_in_the_order() -> None:
    assert "storage" not in default_migration_order(ALL)
    cluster = replace(CLUSTER, migration_order=("storage", "csv"))
    assert migration_order(cluster, {n.id: n for n in ALL}) == ("csv", "live", "management")


def test_the_lowest_metric_carries_shared_volumes() -> None:
    assert shared_volume_network(ALL) == CSV
    assert shared_volume_network([STORAGE]) is None


def test_a_single_network_is_used_for_everything() -> None:
    assert default_migration_order([MANAGEMENT]) == ("management",)


def test_the_order_of_the_user_comes_before_the_default_and_excluded_ones_are_left_out() -> None:
    cluster = replace(CLUSTER, migration_order=("csv", "management"), migration_excluded=("live",))
    assert migration_order(cluster, {n.id: n for n in ALL}) == ("csv", "management")


def test_a_network_that_came_later_is_appended() -> None:
    cluster = replace(CLUSTER, migration_order=("csv",))
    assert migration_order(cluster, {n.id: n for n in ALL}) == ("csv", "live", "management")


def test_automatic_metrics_count_up_in_hundreds_apart_for_gateways() -> None:
    second = net("second", 0, gateway=True)
    fixed = replace(CSV, auto_metric=False)
    assert automatic_metrics([MANAGEMENT, fixed, LIVE, second, STORAGE]) == {
        "management": 10_000,
        "live": 1000,
        "second": 10_100,
        "storage": 1100,
    }


def test_the_place_of_a_network_in_the_default_order_is_explained() -> None:
    unused = net("Unused", 100, role=NetworkRole.NONE)
    shared, private, clients = net("Shared", 1000), net("Private", 1100), net("Clients", 1200, gateway=True)
    every = (unused, shared, private, clients)
    assert [rank_reason(one, every).partition(":")[0] for one in every] == [
        "Not used",
        "Last",
        "First",
        "After the private networks",
    ]
