"""The lab's networks: bridges in a switch namespace, interfaces in the nodes, a station for the client."""

from __future__ import annotations

import contextlib
import os

from fcm.lab.plan import (
    CLIENT,
    LIVE_MIGRATION,
    MACHINE_BRIDGE,
    MACHINES,
    MANAGEMENT,
    NETWORKS,
    LabError,
    LabFolders,
    LabNetwork,
    LabNode,
    LabPlan,
)
from fcm.lab.processes import NAMESPACES, end_all_in, ip, network_namespaces, run

_STATIONS = (MANAGEMENT, MACHINES)
"""Networks the client namespace is attached to."""


def port(network: LabNetwork, owner: str) -> str:
    """Name of the switch's port to which *owner*, a node or the client, is wired in *network*."""
    return f"{network.interface}-{owner}"


def build_networks(plan: LabPlan, folders: LabFolders) -> None:
    """Make the namespaces of the switch, the client and all nodes, and wire them.

    Both ends of each cable are created inside the namespaces: the machine's own interfaces are never touched.

    Raises:
        LabError: the kernel or ``ip`` refused.
    """
    switch, client = folders.namespace("switch"), folders.namespace("client")
    ip(
        None,
        *(f"netns add {name}" for name in (switch, client)),
        *(f"netns add {folders.namespace(node.name)}" for node in plan.nodes),
    )
    ip(
        switch,
        "link set lo up",
        *(
            line
            for network in NETWORKS
            for line in (
                f"link add br-{network.interface} type bridge forward_delay 0 stp_state 0",
                f"link set br-{network.interface} up",
            )
        ),
        f"addr add {MANAGEMENT.gateway}/24 dev br-{MANAGEMENT.interface}",
    )
    cables = [(network, node.name) for node in plan.nodes for network in NETWORKS]
    cables += [(network, "client") for network in _STATIONS]
    ip(
        None,
        *(
            f"link add {network.interface} netns {folders.namespace(owner)} "
            f"type veth peer name {port(network, owner)} netns {switch}"
            for network, owner in cables
        ),
    )
    ip(
        switch,
        *(f"link set {port(network, owner)} master br-{network.interface} up" for network, owner in cables),
    )
    for node in plan.nodes:
        _configure_node(node, folders)
    ip(
        client,
        "link set lo up",
        *(
            line
            for network in _STATIONS
            for line in (
                f"link set {network.interface} up",
                f"addr add {network.address(CLIENT)}/24 dev {network.interface}",
            )
        ),
    )
    shape(plan, folders)


def _configure_node(node: LabNode, folders: LabFolders) -> None:
    lines = ["link set lo up"]
    for network in NETWORKS:
        lines.append(f"link set {network.interface} up")
        holder = network.interface
        if network is MACHINES:
            holder = MACHINE_BRIDGE
            lines += [
                f"link add {holder} type bridge forward_delay 0 stp_state 0",
                f"link set {network.interface} master {holder}",
                f"link set {holder} up",
            ]
        lines.append(f"addr add {network.address(node.number)}/24 dev {holder}")
    lines.append(f"route add default via {MANAGEMENT.gateway}")
    ip(folders.namespace(node.name), *lines)


def shape(plan: LabPlan, folders: LabFolders) -> None:
    """Limit the live-migration network to the plan's bandwidth, each way, at each node; or lift the limit.

    A token bucket filter: its bucket holds 4 ms at full rate, no less than 256 KiB, so that the mean is kept.
    """
    for node in plan.nodes:
        interface = LIVE_MIGRATION.interface
        inside = ("tc", "-n", folders.namespace(node.name), "qdisc")
        if plan.bandwidth is None:
            with contextlib.suppress(LabError):
                run(*inside, "del", "dev", interface, "root")  # there is none to take away
        else:
            burst = max(256 << 10, plan.bandwidth // 8 // 250)
            run(
                *inside, "replace", "dev", interface, "root", "tbf",
                "rate", f"{plan.bandwidth}bit", "burst", str(burst), "latency", "50ms",
            )  # fmt: skip


def remove_networks(folders: LabFolders, own_mount: bool) -> None:
    """End whatever runs in the lab's namespaces and remove them, however far a lab had come.

    Args:
        folders: which lab.
        own_mount: the mount that ``ip netns`` makes for its names was not there before the lab: remove it too
            when no name is left.
    """
    names = [name for name in network_namespaces() if folders.owns(name)]
    for name in names:
        end_all_in(name)
    for name in names:
        run("ip", "netns", "delete", name)
    if own_mount and NAMESPACES.is_dir() and not os.listdir(NAMESPACES):
        with contextlib.suppress(LabError):
            run("umount", NAMESPACES)
        with contextlib.suppress(OSError):
            NAMESPACES.rmdir()
