"""corosync.conf: written from a plan, and recognized. Source: corosync.conf(5) and votequorum(5) of Corosync 3.1."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fcm.backend.pacemaker.forming.plan import ClusterPlan

PATH = "/etc/corosync/corosync.conf"
KEY = "/etc/corosync/authkey"
MARK = "# Written by fcm (Failover Cluster Manager) for the cluster"
"""How a file of fcm begins; the name of the cluster follows."""
MOST = 64 * 1024
"""bytes of a file that is read."""

_NAME = re.compile(r"^\s*cluster_name:\s*(\S.*?)\s*$", re.MULTILINE)
_NODE = re.compile(r"^\s*name:\s*(\S.*?)\s*$", re.MULTILINE)


def corosync_conf(plan: ClusterPlan) -> str:
    """The file: knet with one link per network, encrypted, votes by nodelist and witness, its log in a file."""
    lines = [
        f"{MARK} {plan.corosync_name}.",
        "# Changes are lost when 'fcm hosts cluster create' is run again.",
        "totem {",
        "    version: 2",
        f"    cluster_name: {plan.corosync_name}",
        "    transport: knet",
        "    link_mode: passive",
        "    crypto_cipher: aes256",
        "    crypto_hash: sha256",
        f"    token: {plan.token}",
    ]
    for link in plan.links:
        # Of the links that work, passive mode uses that of the highest priority.
        lines += [
            "    interface {",
            f"        linknumber: {link.number}",
            f"        knet_link_priority: {len(plan.links) - link.number}",
            "    }",
        ]
    lines += ["}", "nodelist {"]
    for node in plan.nodes:
        lines += ["    node {", f"        name: {node.name}", f"        nodeid: {node.id}"]
        lines += [f"        ring{number}_addr: {address}" for number, address in enumerate(node.rings)]
        lines.append("    }")
    lines += ["}", "quorum {", "    provider: corosync_votequorum"]
    if plan.witness is not None:
        lines += ["    device {", "        model: net"]
        if plan.witness.algorithm == "ffsplit":
            lines.append("        votes: 1")
        lines += [
            "        net {",
            f"            host: {plan.witness.host}",
            f"            algorithm: {plan.witness.algorithm}",
            "            tls: required",
            "        }",
            "    }",
        ]
    lines += [
        "}",
        "logging {",
        "    to_stderr: no",
        "    to_syslog: no",
        "    to_logfile: yes",
        "    logfile: /var/log/corosync/corosync.log",
        "    timestamp: hires",
        "}",
    ]
    return "\n".join(lines) + "\n"


def is_of_fcm(text: str) -> bool:
    """Whether fcm wrote it."""
    return text.startswith(MARK)


def named(text: str) -> str:
    """The name of the cluster in a file; "" if it has none."""
    match = _NAME.search(text)
    return match[1] if match else ""


def nodes_in(text: str) -> tuple[str, ...]:
    """Names of the nodes in a file."""
    return tuple(_NODE.findall(text))


def is_of_plan(text: str, plan: ClusterPlan) -> bool:
    """Whether a file is an earlier one of the same cluster: written by fcm, of the same name and the same nodes."""
    return is_of_fcm(text) and named(text) == plan.corosync_name and nodes_in(text) == plan.names
