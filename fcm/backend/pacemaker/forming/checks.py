"""What prevents a cluster on the hosts, found by looking and by trying the ways between them."""

from __future__ import annotations

import re
import shlex
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.forming import fencing, members
from fcm.backend.pacemaker.forming.corosync_conf import is_of_fcm, named, node_ids
from fcm.backend.pacemaker.remote import agent
from fcm.backend.pacemaker.remote.shells import NodeUnreachableError
from fcm.model.validation.report import CheckResult
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from fcm.backend.pacemaker.forming.looking import NodeLook
    from fcm.backend.pacemaker.forming.plan import ClusterPlan, PlannedNode
    from fcm.backend.pacemaker.forming.setup_state import ManagedMachine, SetupState
    from fcm.backend.pacemaker.remote.shells import NodeShell

CATEGORY = "Create a Cluster"
CLOCKS = 1.0
"""s by which clocks may differ: dates of failures are compared, and preferences end at a time."""
WAY = 10
"""s that libvirt of another node may take to answer."""

PACKAGES = {
    "corosync-qdevice": "corosync-qdevice",
    "corosync-qdevice-net-certutil": "corosync-qdevice",
    "certutil": "libnss3-tools",
    "virsh": "libvirt-clients",
}
"""Package of Debian by what is missing; others are corosync and pacemaker."""

_PARAMETER = re.compile(r'<parameter\s[^>]*name="([^"]{1,100})"')


def judge(plan: ClusterPlan, looks: Mapping[str, NodeLook]) -> list[CheckResult]:
    """What looking at the nodes found; nothing where all is well."""
    results = [
        fail(f"{name}: {look.error}", "Check that the node is on and that fcm can log in as root.")
        for name, look in looks.items()
        if not look.answered
    ]
    answered = [look for look in looks.values() if look.answered]
    for look in answered:
        results += _one(plan, look)
    results += _differing("Pacemaker", {look.name: look.pacemaker for look in answered})
    results += _differing("Corosync", {look.name: look.corosync for look in answered})
    results += _differing("libvirt and QEMU", {look.name: look.libvirt for look in answered})
    results += _clocks(answered)
    results += _agent_options(plan, answered)
    if members.changes_votes(plan, answered) and not members.keeps_majority(plan, looks):
        text = "The nodes that run would not have a majority of the new number of votes."
        results.append(fail(text, "Add fewer nodes at once, and start all nodes of the cluster first."))
    return results


def _one(plan: ClusterPlan, look: NodeLook) -> Iterator[CheckResult]:
    if not look.is_root:
        yield fail(f"{look.name}: the login is not root.", 'Use the login of root: ssh = "root@host".')
    if look.missing:
        agents = [one for one in look.missing if one == plan.agent]
        programs = [one for one in look.missing if one != plan.agent]
        if programs:
            packages = sorted({PACKAGES.get(one, _package(one)) for one in programs})
            remedy = f"Install on this node: {' '.join(packages)}. Their services need not be started."
            yield fail(f"{look.name} lacks {', '.join(programs)}.", remedy)
        if agents:
            remedy = "Install the fence agents (fence-agents), or correct [fencing]."
            yield fail(f"{look.name} lacks the fence agent {plan.agent}.", remedy)
    if look.conf and not look.conf_is_packages and not look.belongs_to(plan):
        name = named(look.conf)
        whose = f"the cluster {quoted(name)}" if name else "another cluster"
        remedy = "Remove the node from that cluster first. If it is left over, delete /etc/corosync/corosync.conf."
        more = sorted(node_ids(look.conf).keys() - set(plan.names))
        if name == plan.corosync_name and is_of_fcm(look.conf) and more:
            whose += f" with more nodes: {', '.join(more)}"
            remedy = "Add them to the hosts file again. To remove a node, use: fcm hosts cluster evict"
        elif name == plan.corosync_name:
            whose += " with other nodes, or one that fcm did not create"
        yield fail(f"{look.name} has a corosync.conf of {whose}.", remedy)
    elif not look.belongs_to(plan) and _resources(look.cib):
        text = f"{look.name} has a configuration of Pacemaker with resources in it, of another cluster."
        yield fail(text, "Remove these resources first (crm_mon shows them).")
    if look.pacemaker and _number(look.pacemaker) < (2, 1):
        yield fail(f"{look.name} has Pacemaker {look.pacemaker}.", "Use version 2.1 or later.")
    if look.corosync and _number(look.corosync) < (3, 0):
        yield fail(f"{look.name} has Corosync {look.corosync}.", "Use version 3.0 or later.")


def _package(program: str) -> str:
    return "corosync" if program.startswith("corosync") else "pacemaker"


def _resources(cib: str) -> bool:
    return re.search(r'<primitive [^>]*class="(?!stonith")', cib) is not None


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _differing(what: str, versions: Mapping[str, str]) -> Iterator[CheckResult]:
    if len(set(filter(None, versions.values()))) > 1:
        listed = ", ".join(f"{name} {version.strip() or 'unknown'}" for name, version in versions.items())
        yield warn(f"The versions of {what} differ: {listed}.", "Update all nodes to the same version.")


def _clocks(looks: Sequence[NodeLook]) -> Iterator[CheckResult]:
    for index, first in enumerate(looks):
        for second in looks[index + 1 :]:
            gap = max(first.ahead[0] - second.ahead[1], second.ahead[0] - first.ahead[1])
            if gap > CLOCKS:
                text = f"The clocks of {first.name} and {second.name} differ by at least {gap:.1f} s."
                yield warn(text, "Synchronize them with a time server (NTP) on all nodes.")


def _agent_options(plan: ClusterPlan, looks: Sequence[NodeLook]) -> Iterator[CheckResult]:
    """Options that the fence agent does not have."""
    metadata = next((look.metadata for look in looks if "<parameter" in look.metadata), "")
    if not metadata:
        return
    known = set(_PARAMETER.findall(metadata))
    seen: set[str] = set()
    for node in plan.nodes:
        for option in fencing.options_of(plan, node):
            if option not in known and not option.startswith("pcmk_") and option not in seen:
                seen.add(option)
                remedy = f"Its options are: {', '.join(sorted(known))}."
                yield fail(f"The fence agent {plan.agent} has no option {quoted(option)}.", remedy)


def try_ways(plan: ClusterPlan, shells: Mapping[str, NodeShell], running: Collection[str] = ()) -> list[CheckResult]:
    """Try what the nodes need of each other: libvirt, the addresses of the links, one shared storage. Blocks.

    In the shared storage a file is created for a moment. Corosync does not respond to strangers, so the links to nodes
    that are ``running`` it are not tried.
    """
    results: list[CheckResult] = []
    with ThreadPoolExecutor(len(plan.nodes), thread_name_prefix="ways") as pool:
        for found in pool.map(lambda node: _ways_from(plan, node, shells[node.name], running), plan.nodes):
            results += found
    return results + _storage(plan, shells)


def _ways_from(plan: ClusterPlan, node: PlannedNode, shell: NodeShell, running: Collection[str]) -> list[CheckResult]:
    lines = ["LC_ALL=C; export LC_ALL"]
    for peer in plan.nodes:
        if peer is node:
            continue
        uri = shlex.quote(peer.peer_uri)
        lines += [
            f"said=$(timeout {WAY} virsh -q -c {uri} hostname 2>&1 </dev/null) ||",
            f"    printf 'libvirt {peer.name} %s\\n' \"$(printf '%s' \"$said\" | tail -n 1)\"",
        ]
        # Nothing listens there yet, so a node that is reached refuses; a firewall that drops says nothing.
        for link, address in enumerate(() if peer.name in running else peer.rings):
            way = shlex.quote(f"exec 3<>/dev/udp/{address}/{5405 + link} && echo >&3 && sleep 0.3 && echo >&3")
            lines += [
                f"pidof corosync >/dev/null || bash -c {way} 2>&1 | grep -q 'refused' ||",
                f"    echo 'link {peer.name} {link}'",
            ]
    try:
        answer = shell.run("\n".join(lines), limit=(WAY + 2.0) * len(plan.nodes) + 10.0)
    except NodeUnreachableError as error:
        return [fail(f"{node.name}: {error}")]
    results = []
    dead: dict[str, list[str]] = {}
    for line in answer.output.splitlines():
        kind, _, rest = line.partition(" ")
        peer_name, _, said = rest.partition(" ")
        if kind == "libvirt":
            text = f"{node.name} cannot reach libvirt on {peer_name}: {said.removeprefix('error: ') or 'no response'}"
            results.append(
                fail(
                    f"{text.rstrip('.')}.",
                    "The nodes move machines themselves. Let root on each node log in to every other node (host key "
                    "and key for ssh, or certificates for TLS), or correct 'peer_uri'.",
                )
            )
        elif kind == "link" and said.isdigit():
            dead.setdefault(peer_name, []).append(plan.links[int(said)].network)
    results += [
        warn(
            f"{node.name} gets no response from {peer} on UDP port 5405 and above ({', '.join(networks)}).",
            "A firewall may block them. Allow UDP ports 5405 to 5412 between the nodes.",
        )
        for peer, networks in dead.items()
    ]
    return results


def validate_machines(
    setup: SetupState, machines: Sequence[ManagedMachine], shells: Mapping[str, NodeShell]
) -> list[CheckResult]:
    """Ask the resource agent of each node whether each virtual machine could be started there; blocks.

    Its action validate-all with OCF_CHECK_LEVEL 10 changes nothing; nodes without the agent are left out.
    """
    nodes = [name for name, look in setup.looks.items() if look.answered and look.agent]
    if not machines or not nodes:
        return []
    lines = ["LC_ALL=C OCF_ROOT=/usr/lib/ocf OCF_CHECK_LEVEL=10; export LC_ALL OCF_ROOT OCF_CHECK_LEVEL"]
    for number, machine in enumerate(machines):
        uuid = f"OCF_RESKEY_CRM_meta_fcm_uuid={shlex.quote(machine.uuid)} " if machine.uuid else ""
        lines += [
            f"said=$(OCF_RESOURCE_INSTANCE={shlex.quote(machine.resource)} {uuid}"
            f"OCF_RESKEY_config={shlex.quote(machine.config)} "
            f"timeout {WAY} {agent.PATH} validate-all 2>&1 </dev/null) ||",
            f"    printf 'invalid {number} %s\\n' \"$(printf '%s' \"$said\" | tail -n 1)\"",
        ]
    script, limit = "\n".join(lines), WAY * len(machines) + 10.0

    def ask(name: str) -> list[CheckResult]:
        try:
            answer = shells[name].run(script, limit=limit)
        except NodeUnreachableError as error:
            return [fail(f"{name}: {error}")]
        found = []
        for line in answer.output.splitlines():
            kind, _, rest = line.partition(" ")
            number, _, said = rest.partition(" ")
            if kind == "invalid" and number.isdigit() and int(number) < len(machines):
                text = f"{machines[int(number)].name} cannot start on {name}: {said.strip() or 'no reason was given'}"
                found.append(fail(f"{text.rstrip('.')}.", "Check the shared storage and the definition there."))
        return found

    with ThreadPoolExecutor(len(nodes), thread_name_prefix="validate") as pool:
        return [result for results in pool.map(ask, nodes) for result in results]


def _storage(plan: ClusterPlan, shells: Mapping[str, NodeShell]) -> list[CheckResult]:
    """Whether what one node writes to the shared storage is there on the others."""
    having = [node for node in plan.nodes if node.storage]
    if not having:
        return [fail("No node has shared storage.", "Add 'storage' with its folder to each node.")]
    lacking = [node.name for node in plan.nodes if not node.storage]
    if lacking:
        text = f"The hosts file names no shared storage for {', '.join(lacking)}."
        return [fail(text, "Add 'storage' to each node; a machine cannot fail over without its disks.")]
    first = having[0]
    try:
        made = shells[first.name].run(f"mktemp {shlex.quote(f'{first.storage}/.fcm-check-XXXXXXXX')}")
        path = made.output.strip()
        if made.code or not path:
            text = f"{first.name} cannot write to the shared storage {first.storage}: {made.errors.strip()}"
            return [fail(f"{text.rstrip('.')}.", "Mount it with write access.")]
        name = path.rpartition("/")[2]
        try:
            return [
                fail(
                    f"{node.name} does not see in {node.storage} what {first.name} writes to {first.storage}.",
                    "Mount the same storage on all nodes.",
                )
                for node in having[1:]
                if shells[node.name].run(f"ls {shlex.quote(node.storage or '')} >/dev/null; "
                                         f"[ -e {shlex.quote(f'{node.storage}/{name}')} ]").code
            ]  # fmt: skip
        finally:
            shells[first.name].run(f"rm -f {shlex.quote(path)}")
    except NodeUnreachableError as error:
        return [fail(f"The shared storage cannot be tested: {error}")]


def fail(text: str, remedy: str = "") -> CheckResult:
    """A test that was not passed."""
    return CheckResult("Hosts", CATEGORY, "fail", text, remedy)


def warn(text: str, remedy: str = "") -> CheckResult:
    """Something that should be put right."""
    return CheckResult("Hosts", CATEGORY, "warn", text, remedy)
