"""The cluster of a lab with failover: formed, mended and told."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from fcm.lab.node import BOOT, start_node
from fcm.lab.plan import CLIENT, CLUSTER, LIVE_MIGRATION, MANAGEMENT, POWER_PORT, SWITCH, LabError, LabFolders, LabPlan
from fcm.lab.power import ask_switch, start_switch
from fcm.lab.processes import inside, run
from fcm.lab.station import has_witness, start_station, start_witness, witness_process
from fcm.text.words import counted

if TYPE_CHECKING:
    from fcm.lab.plan import LabNode

_ENABLED = "etc/corosync/fcm-enabled"


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """How the cluster of a lab is, as one of its nodes tells."""

    formed: bool
    asked: str = ""
    """Node that told; "": none answered."""
    online: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    """Nodes that are not online: name and state."""
    quorate: bool = False
    votes: int = 0
    expected: int = 0
    witness: bool = False
    """The witness votes."""


def prepare(plan: LabPlan, folders: LabFolders) -> None:
    """Start the power switch and the management station where they do not run."""
    start_switch(plan, folders)
    start_station(plan, folders)
    if has_witness(folders):
        start_witness(folders)


def is_formed(plan: LabPlan, folders: LabFolders) -> bool:
    """Whether every node starts a cluster when it is turned on."""
    return all((folders.node(node) / _ENABLED).exists() for node in plan.nodes)


def _on(node: LabNode, folders: LabFolders, script: str, limit: float = 60.0) -> str:
    into = inside(folders.namespace(node.name))
    if into is None:
        raise LabError(f"{node.name} is off.")
    return run(*into, "sh", "-c", script, limit=limit)


def form(plan: LabPlan, folders: LabFolders) -> None:
    """Form the cluster, or mend it: start what does not run on its nodes, and wait until all are members."""
    if not is_formed(plan, folders):
        start_witness(folders)
        for node in plan.nodes:
            etc = folders.node(node) / "etc" / "corosync"
            (etc / "corosync.conf").write_text(_corosync_conf(plan), encoding="utf-8", newline="\n")
            (etc / "fcm-enabled").touch()
    _wait_for_members(plan, folders)
    _configure(plan, folders)


def _wait_for_members(plan: LabPlan, folders: LabFolders, limit: float = 120.0) -> None:
    """Start what does not run until every node sees all nodes as members.

    A node that lost its power a moment ago may be fenced while it starts, so this looks at nodes that were on, too.
    """
    give_up = time.monotonic() + limit
    names = {node.name for node in plan.nodes}
    while True:
        for node in plan.nodes:
            start_node(node, plan, folders)
        seen = [_seen_from(node, folders, True, _START_AND_ASK) for node in plan.nodes]
        if all(status is not None and set(status.online) == names for status in seen):
            return
        if time.monotonic() > give_up:
            raise LabError(f"Not all nodes are members of the cluster after {limit:g} s. See: fcm lab status")
        time.sleep(0.2)


def _configure(plan: LabPlan, folders: LabFolders) -> None:
    script = """
    crm_attribute -n no-quorum-policy -v stop
    crm_attribute -t rsc_defaults -n resource-stickiness -v 100
    crm_attribute -n stop-orphan-resources -v false
    crm_attribute -n placement-strategy -v balanced
    """
    networks = {"network-2": CLUSTER, "network-3": LIVE_MIGRATION, "network-1": MANAGEMENT}
    for node in plan.nodes:
        addresses = " ".join(f"{name}={network.address(node.number)}" for name, network in networks.items())
        script += f"""
        crm_attribute -N {node.name} -n fcm-addresses -v '{addresses}'
        crm_attribute -N {node.name} -n fcm-peer-uri -v '{node.peer_uri}'
        cibadmin -Q -A "//primitive[@id='fence-{node.name}']" >/dev/null 2>&1 || cibadmin -o resources -C -X '
        <primitive id="fence-{node.name}" class="stonith" type="fence_fcm_lab">
        <instance_attributes id="fence-{node.name}-p">
        <nvpair id="fence-{node.name}-ip" name="ip" value="{MANAGEMENT.address(SWITCH)}"/>
        <nvpair id="fence-{node.name}-ipport" name="ipport" value="{POWER_PORT}"/>
        <nvpair id="fence-{node.name}-reboot" name="pcmk_reboot_action" value="off"/>
        <nvpair id="fence-{node.name}-hosts" name="pcmk_host_list" value="{node.name}"/>
        <nvpair id="fence-{node.name}-check" name="pcmk_host_check" value="static-list"/>
        </instance_attributes>
        <operations><op id="fence-{node.name}-m" name="monitor" interval="60s"/></operations>
        </primitive>'
        cibadmin -o constraints -M -c -X '<rsc_location id="fence-{node.name}-not-on-{node.name}"
        rsc="fence-{node.name}" node="{node.name}" score="-INFINITY"/>'
        """
    script += "crm_attribute -n stonith-enabled -v true; crm_resource --wait"
    _on(plan.nodes[0], folders, script, limit=120)


def _corosync_conf(plan: LabPlan) -> str:
    nodes = "".join(
        f"node {{\n name: {node.name}\n nodeid: {node.number}\n"
        + "".join(
            f" ring{ring}_addr: {network.address(node.number)}\n"
            for ring, network in enumerate((CLUSTER, LIVE_MIGRATION, MANAGEMENT))
        )
        + "}\n"
        for node in plan.nodes
    )
    algorithm = "ffsplit\n" if len(plan.nodes) % 2 == 0 else "lms\n"
    votes = " votes: 1\n" if len(plan.nodes) % 2 == 0 else ""
    return (
        "totem {\n version: 2\n cluster_name: lab\n transport: knet\n crypto_cipher: none\n crypto_hash: none\n"
        f" token: 3000\n}}\nnodelist {{\n{nodes}}}\n"
        f"quorum {{\n provider: corosync_votequorum\n device {{\n model: net\n{votes}"
        f" net {{\n host: {MANAGEMENT.address(CLIENT)}\n algorithm: {algorithm} tls: off\n }}\n }}\n}}\n"
        "logging {\n to_stderr: no\n to_syslog: no\n to_logfile: yes\n logfile: /var/log/corosync/corosync.log\n}\n"
    )


_ASK = "timeout 5 crm_mon -1 --output-as=xml; echo; echo ----; timeout 5 corosync-quorumtool -s; exit 0"
_START_AND_ASK = f"(\n{BOOT}\n) >/dev/null 2>&1 || :; {_ASK}"


def _seen_from(node: LabNode, folders: LabFolders, formed: bool, script: str) -> ClusterStatus | None:
    try:
        return _read(_on(node, folders, script), node.name, formed)
    except LabError:
        return None


def read_cluster(plan: LabPlan, folders: LabFolders) -> ClusterStatus:
    """How the cluster is; the first node that has quorum tells, else the first that answers."""
    best = ClusterStatus(is_formed(plan, folders))
    for node in plan.nodes:
        seen = _seen_from(node, folders, best.formed, _ASK)
        if seen is not None and (seen.quorate or not best.asked):
            best = seen
            if seen.quorate:
                break
    return best


def _read(told: str, node: str, formed: bool) -> ClusterStatus | None:
    monitor, _, quorum = told.partition("\n----\n")
    try:
        nodes = ElementTree.fromstring(monitor.strip()).findall("./nodes/node")
    except ElementTree.ParseError:
        return None
    online: list[str] = []
    others: list[tuple[str, str]] = []
    for seen in nodes:
        name = seen.get("name", "")
        states = [word for word in ("unclean", "pending", "standby", "maintenance") if seen.get(word) == "true"]
        if seen.get("online") == "true" and not states:
            online.append(name)
        else:
            others.append((name, states[0] if states else "off"))
    return ClusterStatus(
        formed,
        node,
        tuple(sorted(online)),
        tuple(sorted(others)),
        re.search(r"^Quorate:\s+Yes", quorum, re.MULTILINE) is not None,
        _number("Total votes", quorum),
        _number("Expected votes", quorum),
        re.search(r"^\s+0\s+[1-9]\d*\s+Qdevice", quorum, re.MULTILINE) is not None,
    )


def _number(what: str, text: str) -> int:
    match = re.search(rf"^{what}:\s+(\d+)", text, re.MULTILINE)
    return int(match[1]) if match else 0


def cluster_sentences(plan: LabPlan, folders: LabFolders) -> list[str]:
    """Cluster, quorum, witness and power switch of a lab with failover, a line each."""
    cluster = read_cluster(plan, folders)
    lines = []
    if not cluster.asked:
        why = "no node answers" if cluster.formed else "it is not formed. To form it: fcm lab up"
        lines.append(f"Cluster: {why}")
    else:
        states = "".join(f"; {name} {state}" for name, state in cluster.others)
        lines.append(f"Cluster: {', '.join(cluster.online) or 'no node'} online{states}")
        has = "yes" if cluster.quorate else "no"
        lines.append(f"Quorum: {has}, {cluster.votes} of {counted(cluster.expected, 'vote')}")
    if witness_process(folders) is None:
        lines.append("Witness: not running")
    elif cluster.asked and not cluster.witness:
        lines.append("Witness: running, but it does not vote")
    else:
        lines.append("Witness: running")
    try:
        ask_switch("list", folders, limit=3.0)
        deaf = [node.name for node in plan.nodes if folders.no_answer(node).exists()]
        lines.append(f"Power switch: does not answer for {', '.join(deaf)}" if deaf else "Power switch: running")
    except LabError:
        lines.append("Power switch: not running")
    return lines
