"""The hosts file of the lab: what fcm opens to see its nodes as a cluster."""

from __future__ import annotations

import json

from fcm.lab.plan import CLIENT, LIVE_MIGRATION, MANAGEMENT, NETWORKS, POWER_PORT, SWITCH, LabFolders, LabPlan
from fcm.lab.ssh import ssh_uri

FENCE_AGENT = "fence_fcm_lab"
"""The fence agent of the lab's power switch, in resources/lab."""


TOKEN = 1000
"""ms without the token after which Corosync of a lab takes a node for lost: its links are those of one computer, and
Corosync has real-time priority, so that this is no guess even while the computer is busy (measured, see docs/lab.md).
Hosts have 3000, Corosync's default."""


def _text(value: str) -> str:
    """A TOML basic string; JSON's escapes are a subset of its own."""
    return json.dumps(value, ensure_ascii=False)


def _reached(plan: LabPlan, folders: LabFolders, over_ssh: bool) -> list[tuple[str, str, str, str]]:
    """How each node is reached: uri, peer_uri, network namespace, storage."""
    return [
        (
            ssh_uri(node, folders, "station") if over_ssh else folders.uri(node),
            ssh_uri(node, folders, "node") if over_ssh else node.peer_uri,
            folders.namespace(node.name),
            str(folders.shared),
        )
        for node in plan.nodes
    ]


def permitted_nodes(plan: LabPlan, folders: LabFolders) -> list[tuple[str, str, str, str]]:
    """What the record of the lab permits its hosts files and no others; ``lab_record`` of libvirt reads it."""
    return _reached(plan, folders, False) + _reached(plan, folders, True)


def render_hosts_file(plan: LabPlan, folders: LabFolders, over_ssh: bool = False, identity: str = "") -> str:
    """The hosts file as TOML text; with *over_ssh* this program and the nodes reach the nodes as any hosts, by ssh.

    Beside what any hosts file has, each node carries ``peer_uri`` (how nodes reach each other, other than how this
    program reaches them), ``probe_namespace`` (the network namespace from which its paths can be tried) and the
    table ``[lab]`` permits plain TCP and says that the shared folder is one although libvirt cannot know it. With its
    *identity* a lab is another cluster than the one that was there before it. A lab with failover names its power
    switch and its witness.
    """
    lines = [
        "# Written by 'fcm lab up'; open it with: fcm --open libvirt:PATH",
        "[cluster]",
        f"name = {_text(folders.name)}",
        *([f"identity = {_text(identity)}"] if identity else []),
        *([f"token = {TOKEN}"] if plan.failover else []),
        "",
        "[lab]",
        "tcp = true",
        "same_file_system = true",
        f"client_namespace = {_text(folders.namespace('client'))}",
    ]
    if plan.failover:
        lines += [
            "",
            "[fencing]",
            f"agent = {_text(FENCE_AGENT)}",
            f"ip = {_text(MANAGEMENT.address(SWITCH))}",
            f"ipport = {POWER_PORT}",
            # A node that was fenced stays off, so that it can be looked at; Pacemaker would switch it on again.
            'pcmk_reboot_action = "off"',
            "",
            "[witness]",
            f"host = {_text(MANAGEMENT.address(CLIENT))}",
            f"probe_namespace = {_text(folders.namespace('client'))}",
        ]
    for network in NETWORKS:
        lines += [
            "",
            "[[network]]",
            f"name = {_text(network.name)}",
            f"role = {_text(network.role)}",
            f"subnet = {_text(network.subnet)}",
            f"metric = {network.metric}",
        ]
        if network.gateway is not None:
            lines.append(f"gateway = {_text(network.gateway)}")
        if network is LIVE_MIGRATION and plan.bytes_per_second is not None:
            lines.append(f"bandwidth = {plan.bytes_per_second}")
    for node, (uri, peer_uri, namespace, storage) in zip(plan.nodes, _reached(plan, folders, over_ssh), strict=True):
        addresses = ", ".join(f"{_text(network.name)} = {_text(network.address(node.number))}" for network in NETWORKS)
        lines += [
            "",
            "[[node]]",
            f"name = {_text(node.name)}",
            f"uri = {_text(uri)}",
            f"peer_uri = {_text(peer_uri)}",
            f"storage = {_text(storage)}",
            f"probe_namespace = {_text(namespace)}",
            f"addresses = {{ {addresses} }}",
        ]
    return "\n".join(lines) + "\n"
