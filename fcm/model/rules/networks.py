"""Roles and metrics of cluster networks, and the order in which live migration prefers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import NetworkRole
from fcm.model.migrations import NetworkPreference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fcm.model.entities import Cluster, Network, VirtualMachine

FIRST_PRIVATE_METRIC = 1000
FIRST_GATEWAY_METRIC = 10_000
METRIC_STEP = 100


def automatic_metrics(networks: Iterable[Network]) -> dict[str, int]:
    """Metrics that the cluster gives by itself: id -> metric, only for networks with automatic metric.

    Networks without a default gateway get 1000, 1100 ...; those with one 10000, 10100 ... in the order in which
    they were found. Source: TechNet ff182335, "Live Migration: Network Requirements" and Metric property.
    """
    metrics: dict[str, int] = {}
    private, gateway = FIRST_PRIVATE_METRIC, FIRST_GATEWAY_METRIC
    for network in networks:
        if not network.auto_metric:
            continue
        if network.gateway is None:
            metrics[network.id], private = private, private + METRIC_STEP
        else:
            metrics[network.id], gateway = gateway, gateway + METRIC_STEP
    return metrics


def shared_volume_network(networks: Iterable[Network]) -> Network | None:
    """The network that Cluster Shared Volumes and internal cluster traffic use: the lowest metric of those enabled."""
    enabled = [network for network in networks if network.role is not NetworkRole.NONE]
    return min(enabled, key=lambda network: (network.metric, network.id), default=None)


def default_migration_order(networks: Iterable[Network]) -> tuple[str, ...]:
    """Ids of the networks in the default preference order for live migration.

    Networks without a default gateway first, the network of Cluster Shared Volumes and cluster traffic last, by
    metric within each class (guide dd446679, "Configure cluster networks for live migration"). Networks that the
    cluster may not use (role 0) are left out: live migration needs cluster communication on the network
    (KB 4558514, error 5035).
    """
    usable = [network for network in networks if network.role is not NetworkRole.NONE]
    shared = shared_volume_network(usable)

    def preference(network: Network) -> tuple[int, int, str]:
        if shared is not None and network.id == shared.id and len(usable) > 1:
            return (2, network.metric, network.id)
        return (0 if network.gateway is None else 1, network.metric, network.id)

    return tuple(network.id for network in sorted(usable, key=preference))


def migration_order(
    cluster: Cluster, networks: Mapping[str, Network], machine: VirtualMachine | None = None
) -> tuple[str, ...]:
    """Ids of the networks that a live migration tries, first to last.

    The user's order where one was set, then networks that came since, by the default rule; without the excluded
    ones and those that the cluster may not use.

    Args:
        cluster: whose order holds for all machines that have none of their own.
        networks: all there are, by id.
        machine: the one that moves; None for the order of the cluster.
    """
    preference = machine.migration_networks if machine is not None else None
    if preference is None:
        preference = NetworkPreference(cluster.migration_order, cluster.migration_excluded)
    default = default_migration_order(networks.values())
    chosen = [identity for identity in preference.order if identity in default]
    rest = [identity for identity in default if identity not in chosen]
    return tuple(identity for identity in (*chosen, *rest) if identity not in preference.excluded)


def rank_reason(network: Network, networks: Iterable[Network]) -> str:
    """Why a network stands where it stands in the default preference order, in words."""
    if network.role is NetworkRole.NONE:
        return "Not used: cluster communication is not allowed on it."
    shared = shared_volume_network(networks)
    if shared is not None and shared.id == network.id:
        return "Last: carries shared volumes and cluster traffic."
    if network.gateway is None:
        return "First: private, no default gateway."
    return f"After the private networks: default gateway {network.gateway}."
