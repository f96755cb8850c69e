"""corosync.conf: written from a plan, and recognized. Source: corosync.conf(5) and votequorum(5) of Corosync 3.1."""

from __future__ import annotations

import hashlib
import re
import shlex
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.steps import Step

if TYPE_CHECKING:
    from fcm.backend.pacemaker.forming.plan import ClusterPlan

PATH = "/etc/corosync/corosync.conf"
KEY = "/etc/corosync/authkey"
MARK = "# Written by fcm (Failover Cluster Manager) for the cluster"
"""How a file of fcm begins; the name of the cluster follows."""
MOST = 64 * 1024
"""bytes of a file that is read."""

_NAME = re.compile(r"^\s*cluster_name:\s*(\S.*?)\s*$", re.MULTILINE)
_NODE = re.compile(r"^\s*name:\s*(\S.*?)\s*\n\s*nodeid:\s*(\d{1,9})\s*$", re.MULTILINE)


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


def node_ids(text: str) -> dict[str, int]:
    """Names of the nodes in a file that fcm wrote, with their numbers."""
    return {name: int(number) for name, number in _NODE.findall(text)}


def is_of_plan(text: str, plan: ClusterPlan) -> bool:
    """Whether a file is one of the same cluster: written by fcm, of the same name, with nodes of the plan alone.

    It may have fewer nodes: then the others are to be added.
    """
    found = node_ids(text)
    planned = {node.name: node.id for node in plan.nodes}
    return is_of_fcm(text) and named(text) == plan.corosync_name and bool(found) and found.items() <= planned.items()


def reload_step() -> Step:
    """Corosync of all nodes reads its file again; soon after a change of members it asks to try again."""
    return Step(
        "Reload the configuration of Corosync",
        None,
        """\
for _ in $(seq 50); do
    said=$(corosync-cfgtool -R 2>&1) && exit 0
    case $said in *TRY_AGAIN*) sleep 0.2 ;; *) break ;; esac
done
echo "$said" >&2
exit 1""",
        shown="corosync-cfgtool -R",
    )


def conf_step(plan: ClusterPlan, node: str) -> Step:
    """Write the file on a node, once Corosync has accepted it there."""
    text = corosync_conf(plan)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Step(
        "Write corosync.conf",
        node,
        f"""\
mkdir -p /var/log/corosync /var/lib/corosync
cat >{PATH}.new <<'END'
{text}END
corosync -t -c {PATH}.new >/dev/null || {{
    rm -f {PATH}.new
    tail -n 2 /var/log/corosync/corosync.log >&2
    echo "fcm: Corosync does not accept the file. Check that this node has all its addresses in the hosts file." >&2
    exit 1
}}
mv -f {PATH}.new {PATH}""",
        check=f"[ \"$(sha256sum 2>/dev/null <{PATH} | cut -d' ' -f1)\" = {digest} ]",
        undo=f"rm -f {PATH}.new; if head -n 1 {PATH} 2>/dev/null | grep -qF {shlex.quote(MARK)}; then rm -f {PATH}; fi",
    )
