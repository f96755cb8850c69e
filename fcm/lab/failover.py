"""The cluster of a lab with failover: formed, mended and told."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from fcm.lab.node import boot_script, start_node
from fcm.lab.plan import LabError, LabFolders, LabPlan
from fcm.lab.power import ask_switch, start_switch
from fcm.lab.processes import inside, run
from fcm.lab.station import has_witness, start_station, start_witness, witness_process
from fcm.mistakes import SentenceError
from fcm.text.words import counted

if TYPE_CHECKING:
    from fcm.lab.plan import LabNode


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """How the cluster of a lab is, as one of its nodes tells."""

    formed: bool
    asked: str = ""
    """Node that told; "": none answered."""
    online: tuple[str, ...] = ()
    """Nodes that are members and may run machines."""
    others: tuple[tuple[str, str], ...] = ()
    """Nodes that are not online: name and state."""
    quorate: bool = False
    votes: int = 0
    expected: int = 0
    witness: bool = False
    """The witness votes."""

    @property
    def members(self) -> tuple[str, ...]:
        """Nodes that are members, paused or not."""
        return (*self.online, *(name for name, state in self.others if state in ("standby", "maintenance")))


def prepare(plan: LabPlan, folders: LabFolders) -> None:
    """Start the power switch and the management station where they do not run."""
    start_switch(plan, folders)
    start_station(plan, folders)
    if has_witness(folders):
        start_witness(folders)


def is_formed(plan: LabPlan, folders: LabFolders) -> bool:
    """Whether every node starts a cluster when it is turned on."""
    from fcm.backend.pacemaker.forming.looking import ENABLED

    return all((folders.node(node) / ENABLED.lstrip("/")).exists() for node in plan.nodes)


def _on(node: LabNode, folders: LabFolders, script: str, limit: float = 60.0) -> str:
    into = inside(folders.namespace(node.name))
    if into is None:
        raise LabError(f"{node.name} is off.")
    return run(*into, "sh", "-c", script, limit=limit)


def form(folders: LabFolders) -> None:
    """Form the cluster with the code of ``fcm hosts cluster create``, or go on where an earlier call was killed.

    Raises:
        LabError: a check or a step failed.
    """
    # Only now: "fcm lab" does without the libvirt backend.
    from fcm.backend.libvirt.configuration.hosts_file import load
    from fcm.backend.pacemaker.forming.site import Site
    from fcm.backend.pacemaker.remote.shells import shells_of, witness_shell

    hosts = load(folders.hosts_file)
    shells, witness = shells_of(hosts), witness_shell(hosts)
    try:
        Site(hosts, shells, witness).create().require()
    except SentenceError as error:
        raise LabError(f"The lab is running, but its cluster could not be formed. {error}") from None
    finally:
        for shell in (*shells.values(), *([] if witness is None else [witness])):
            shell.close()


def mend(plan: LabPlan, folders: LabFolders, limit: float = 120.0) -> None:
    """Start what does not run of a cluster that was formed, until every node sees all nodes as members.

    A node that lost its power a moment ago may be fenced while it starts, so this looks at nodes that were on, too.

    Raises:
        LabError: they are not within *limit* s.
    """
    give_up = time.monotonic() + limit
    names = {node.name for node in plan.nodes}
    start_and_ask = f"(\n{boot_script()}\n) >/dev/null 2>&1; {_ASK}"
    while True:
        for node in plan.nodes:
            start_node(node, plan, folders)
        seen = [_seen_from(node, folders, True, start_and_ask) for node in plan.nodes]
        if all(status is not None and names == set(status.members) for status in seen):
            return
        if time.monotonic() > give_up:
            raise LabError(f"Not all nodes are members of the cluster after {limit:g} s. See: fcm lab status")
        time.sleep(0.2)


_ASK = "timeout 5 crm_mon -1 --output-as=xml; echo; echo ----; timeout 5 corosync-quorumtool -s; exit 0"


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
        lines.append(f"Power switch: does not respond for {', '.join(deaf)}" if deaf else "Power switch: running")
    except LabError:
        lines.append("Power switch: not running")
    return lines
