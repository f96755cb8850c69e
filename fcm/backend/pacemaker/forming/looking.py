"""What stands on the nodes: one script for each, all at the same time. No record of earlier runs is trusted."""

from __future__ import annotations

import base64
import binascii
import shlex
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.forming.corosync_conf import KEY, PATH, is_of_plan
from fcm.backend.pacemaker.remote.shells import NodeUnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fcm.backend.pacemaker.forming.plan import ClusterPlan
    from fcm.backend.pacemaker.remote.shells import NodeShell

LIMIT = 20.0
"""s that a node may take to answer."""
MOST = 32 * 1024 * 1024
"""Characters of an answer."""
PROGRAMS = (
    "corosync", "corosync-cfgtool", "corosync-quorumtool", "pacemakerd", "cibadmin", "crm_mon", "crm_attribute",
    "crm_resource", "stonith_admin", "attrd_updater", "virsh", "base64", "sha256sum", "setsid", "timeout",
)  # fmt: skip
"""What a node must have; in the order in which packages bring them."""
WITNESS_PROGRAMS = ("corosync-qdevice", "corosync-qdevice-net-certutil", "certutil")
CIB = "/var/lib/pacemaker/cib/cib.xml"
DATABASE = "/etc/corosync/qdevice/net/nssdb"
"""Certificates of a node for the witness."""

_LOOK = r"""
say() { printf '%s %s\n' "$1" "$2"; }
file() { [ -r "$2" ] && say "$1" "$(base64 -w0 <"$2")"; }
LC_ALL=C; export LC_ALL
say clock "$(date +%s.%N)"
say uid "$(id -u)"
[ -d /run/systemd/system ] && say systemd yes
for program in @PROGRAMS@; do command -v "$program" >/dev/null 2>&1 || say missing "$program"; done
say corosync "$(corosync -v 2>/dev/null | sed -n "s/.*version '\([0-9.]*\).*/\1/p" | head -n 1)"
say pacemaker "$(pacemakerd --version 2>/dev/null | sed -n 's/^Pacemaker \([0-9.]*\).*/\1/p' | head -n 1)"
say libvirt "$(timeout 5 virsh -q -r -c qemu:///system version --daemon 2>/dev/null |
    sed -n 's/^Running against daemon: *//p;s/^Running hypervisor: */qemu /p' | tr '\n' ' ')"
say memory "$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)"
file conf @CONF@
if [ -r @CONF@ ] && command -v dpkg-query >/dev/null 2>&1; then
    sum=$(md5sum <@CONF@ | cut -d' ' -f1)
    dpkg-query -W -f='${Conffiles}\n' corosync 2>/dev/null | grep -q "@CONF@ $sum" && say conf_package yes
fi
[ -r @KEY@ ] && say key "$(sha256sum <@KEY@ | cut -d' ' -f1)"
for daemon in corosync corosync-qdevice pacemakerd; do pidof "$daemon" >/dev/null 2>&1 && say running "$daemon"; done
if [ -d /run/systemd/system ]; then
    systemctl -q is-enabled pacemaker 2>/dev/null && say enabled yes
else
    [ -e @ENABLED@ ] && say enabled yes
fi
if certutil -L -d @DATABASE@ 2>/dev/null | grep -q '^Cluster Cert .*u,u,u'; then
    say certificate "$(sha256sum <@DATABASE@/qnetd-cacert.crt | cut -d' ' -f1)"
fi
say metadata "$(echo action=metadata | timeout 10 @AGENT@ 2>/dev/null | base64 -w0)"
if pidof pacemakerd >/dev/null 2>&1; then
    say cib "$(timeout 5 cibadmin -Q 2>/dev/null | base64 -w0)"
    say monitor "$(timeout 5 crm_mon -1 --output-as=xml 2>/dev/null | base64 -w0)"
else
    file cib @CIB@
fi
if pidof corosync >/dev/null 2>&1; then
    say quorum "$(timeout 5 corosync-quorumtool -s 2>/dev/null | base64 -w0)"
    say links "$(timeout 5 corosync-cfgtool -n 2>/dev/null | base64 -w0)"
    say device "$(timeout 5 corosync-qdevice-tool -s 2>/dev/null | base64 -w0)"
fi
"""

ENABLED = "/etc/corosync/fcm-enabled"
"""Without systemd: the node starts Corosync and Pacemaker when it boots (as ``systemctl enable``)."""


def look_script(plan: ClusterPlan, agent_version: str = "") -> str:
    """The script that tells what stands on a node; it changes nothing.

    Args:
        plan: what is to stand.
        agent_version: script that prints the version of fcm's resource agent.
    """
    programs = (*PROGRAMS, *(WITNESS_PROGRAMS if plan.witness else ()), plan.agent)
    script = _LOOK.replace("@PROGRAMS@", shlex.join(programs))
    for mark, text in (
        ("AGENT", plan.agent),
        ("CONF", PATH),
        ("KEY", KEY),
        ("ENABLED", ENABLED),
        ("DATABASE", DATABASE),
        ("CIB", CIB),
    ):
        script = script.replace(f"@{mark}@", text)
    storages = sorted({node.storage for node in plan.nodes if node.storage})
    for storage in storages:
        quoted = shlex.quote(storage)
        script += f"[ -d {quoted} ] && say storage \"$(stat -f -c '%i %T' {quoted}) $(stat -c '%i' {quoted})\"\n"
    if agent_version:
        script += f'say agent "$({agent_version}\n)"\n'
    return script


@dataclass(frozen=True, slots=True)
class NodeLook:
    """What stands on one node."""

    name: str
    error: str = ""
    """Why it did not respond: a sentence."""
    ahead: tuple[float, float] = (0.0, 0.0)
    """s that its clock is ahead of this computer's: at least and at most, since a question takes time."""
    is_root: bool = False
    has_systemd: bool = False
    missing: tuple[str, ...] = ()
    """Programs that it lacks."""
    corosync: str = ""
    pacemaker: str = ""
    libvirt: str = ""
    """Versions."""
    agent: str = ""
    """Version of fcm's resource agent; "" where it is not there."""
    memory: int = 0
    """MiB."""
    storage: str = ""
    """Identity of the file system and of the folder of the shared storage."""
    conf: str = ""
    """Its corosync.conf."""
    conf_is_packages: bool = False
    """It is the example that came with the package."""
    key: str = ""
    """SHA-256 of its authkey."""
    running: frozenset[str] = frozenset()
    """Daemons: corosync, corosync-qdevice, pacemakerd."""
    enabled: bool = False
    """They start when it boots."""
    certificate: str = ""
    """SHA-256 of the authority that signed its certificate for the witness; "" where it has none."""
    metadata: str = ""
    """Of the fence agent, as XML."""
    cib: str = ""
    """Of the running Pacemaker, else as it was left on disk."""
    monitor: str = ""
    """crm_mon as XML; "" where Pacemaker does not run."""
    quorum: str = ""
    links: str = ""
    device: str = ""
    """What corosync-quorumtool, corosync-cfgtool and corosync-qdevice-tool said."""

    @property
    def answered(self) -> bool:
        """Whether it was reached."""
        return not self.error

    def runs(self, daemon: str) -> bool:
        """Whether a daemon runs there."""
        return daemon in self.running

    def belongs_to(self, plan: ClusterPlan) -> bool:
        """Whether its corosync.conf is one of this cluster."""
        return is_of_plan(self.conf, plan)


@dataclass
class _Told:
    """Lines of an answer."""

    values: dict[str, list[str]] = field(default_factory=dict)

    def one(self, key: str) -> str:
        return self.values.get(key, [""])[-1].strip()

    def has(self, key: str) -> bool:
        return self.one(key) == "yes"

    def blob(self, key: str) -> str:
        try:
            return base64.b64decode(self.one(key), validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return ""

    def number(self, key: str) -> float:
        try:
            return float(self.one(key))
        except ValueError:
            return 0.0


def read_look(name: str, output: str, begun: float, ended: float) -> NodeLook:
    """What a node answered to ``look_script``, asked from ``begun`` to ``ended`` (s since the epoch)."""
    told = _Told()
    for line in output[:MOST].splitlines():
        key, _, value = line.partition(" ")
        told.values.setdefault(key, []).append(value)
    clock = told.number("clock")
    return NodeLook(
        name,
        "" if told.one("uid") else "its response is not what was expected.",
        (clock - ended, clock - begun) if clock else (0.0, 0.0),
        told.one("uid") == "0",
        told.has("systemd"),
        tuple(told.values.get("missing", ())),
        told.one("corosync"),
        told.one("pacemaker"),
        told.one("libvirt"),
        told.one("agent"),
        int(told.number("memory")) // 1024,
        told.one("storage"),
        told.blob("conf"),
        told.has("conf_package"),
        told.one("key"),
        frozenset(told.values.get("running", ())),
        told.has("enabled"),
        told.one("certificate"),
        told.blob("metadata"),
        told.blob("cib"),
        told.blob("monitor"),
        told.blob("quorum"),
        told.blob("links"),
        told.blob("device"),
    )


def look(shells: Mapping[str, NodeShell], script: str, limit: float = LIMIT) -> dict[str, NodeLook]:
    """Look at all nodes at the same time; blocks ``limit`` s at most and a little more. Order of ``shells``."""
    found: dict[str, NodeLook] = {}

    def ask(name: str, shell: NodeShell) -> None:
        begun = time.time()
        try:
            answer = shell.run(script, limit=limit)
        except NodeUnreachableError as error:
            found[name] = NodeLook(name, str(error))
            return
        found[name] = read_look(name, answer.output, begun, time.time())

    threads = [
        threading.Thread(target=ask, args=(name, shell), name=f"look-{name}", daemon=True)
        for name, shell in shells.items()
    ]
    end = time.monotonic() + limit + 2.0
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return {name: found.get(name) or NodeLook(name, f"No response within {limit:g} s.") for name in shells}


def any_of(looks: Iterable[NodeLook], daemon: str) -> bool:
    """Whether a daemon runs on any node."""
    return any(one.runs(daemon) for one in looks)
