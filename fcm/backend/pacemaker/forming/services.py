"""Corosync, the witness' client and Pacemaker started, ended and kept for the next boot: by systemd where there is one,
else as the packages' own units would.

Without systemd nobody starts the daemons after a boot; the file ``looking.ENABLED`` asks whoever boots the node for it.
Source of folders and owners: the maintainer scripts of Debian's packages pacemaker and corosync.
"""

from __future__ import annotations

from fcm.backend.pacemaker.forming.looking import ENABLED

_SYSTEMD = "[ -d /run/systemd/system ]"

PREPARE = """\
mkdir -p /var/lib/corosync /var/log/corosync /var/log/pacemaker /run/crm /run/resource-agents
for folder in cib pengine cores blackbox; do mkdir -p /var/lib/pacemaker/$folder; done
chown hacluster:haclient /run/crm /var/log/pacemaker /var/lib/pacemaker /var/lib/pacemaker/*
chmod 750 /var/lib/pacemaker /var/lib/pacemaker/*
chmod 770 /var/log/pacemaker"""
"""The folders that the packages make, for nodes whose /var and /run are new."""


def _detached(command: str, log: str) -> str:
    """A program that outlives the shell that starts it."""
    return f"setsid --fork {command} >>{log} 2>&1 </dev/null"


def start_corosync() -> str:
    """Start Corosync and wait until it answers (20 s at most)."""
    return f"""\
if {_SYSTEMD}; then
    systemctl start corosync
else
{_indented(PREPARE)}
    pidof corosync >/dev/null || {_detached("corosync -f", "/var/log/corosync/start.log")}
fi
for _ in $(seq 200); do
    corosync-cfgtool -s >/dev/null 2>&1 && exit 0
    sleep 0.1
done
tail -n 3 /var/log/corosync/corosync.log >&2
echo "fcm: Corosync did not start. See /var/log/corosync/corosync.log on this node." >&2
exit 1"""


def start_device() -> str:
    """Start the client of the witness."""
    return f"""\
if {_SYSTEMD}; then
    systemctl start corosync-qdevice
else
    mkdir -p /run/corosync-qdevice
    pidof corosync-qdevice >/dev/null || {_detached("corosync-qdevice -f", "/var/log/corosync/qdevice.log")}
fi
for _ in $(seq 200); do
    corosync-qdevice-tool -s >/dev/null 2>&1 && exit 0
    sleep 0.1
done
echo "fcm: corosync-qdevice did not start. See /var/log/corosync on this node." >&2
exit 1"""


def start_pacemaker() -> str:
    """Start Pacemaker and wait until its daemons answer (60 s at most)."""
    return f"""\
if {_SYSTEMD}; then
    systemctl start pacemaker
else
{_indented(PREPARE)}
    pidof pacemakerd >/dev/null || {_detached("pacemakerd", "/var/log/pacemaker/start.log")}
fi
for _ in $(seq 300); do
    timeout 5 cibadmin -Q >/dev/null 2>&1 && exit 0
    sleep 0.2
done
echo "fcm: Pacemaker did not start. See /var/log/pacemaker/pacemaker.log on this node." >&2
exit 1"""


def start_all() -> str:
    """What a node without systemd does when it boots: the daemons of a cluster that is enabled there, in order."""
    return f"""\
[ -e {ENABLED} ] && [ -e /etc/corosync/corosync.conf ] || exit 0
( {start_corosync()} ) || exit 1
if grep -q '^ *device *{{' /etc/corosync/corosync.conf; then
    ( {start_device()} )
fi
( {start_pacemaker()} )"""


def stop(daemon: str, unit: str, limit: int) -> str:
    """End a daemon in order and wait for its end, ``limit`` s at most. Never killed: it could be fenced."""
    return f"""\
if {_SYSTEMD}; then
    systemctl stop {unit} 2>/dev/null
else
    pids=$(pidof {daemon}) && kill -TERM $pids
fi
for _ in $(seq {limit * 5}); do
    pidof {daemon} >/dev/null || exit 0
    sleep 0.2
done
echo "fcm: {daemon} did not end within {limit} s." >&2
exit 1"""


STOP_PACEMAKER = stop("pacemakerd", "pacemaker", 120)
STOP_DEVICE = stop("corosync-qdevice", "corosync-qdevice", 20)
STOP_COROSYNC = stop("corosync", "corosync", 30)


def runs(daemon: str) -> str:
    """Whether a daemon runs."""
    return f"pidof {daemon} >/dev/null"


def enable(with_device: bool) -> str:
    """Start the daemons when the node boots."""
    units = "corosync pacemaker" + (" corosync-qdevice" if with_device else "")
    return f"if {_SYSTEMD}; then systemctl -q enable {units}; else : >{ENABLED}; fi"


def is_enabled(with_device: bool) -> str:
    """Whether they are started when the node boots."""
    units = "corosync pacemaker" + (" corosync-qdevice" if with_device else "")
    each = "; ".join(f"systemctl -q is-enabled {unit} || exit 1" for unit in units.split())
    return f"if {_SYSTEMD}; then {each}; else [ -e {ENABLED} ]; fi"


DISABLE = f"""\
if {_SYSTEMD}; then systemctl -q disable pacemaker corosync corosync-qdevice 2>/dev/null; fi
rm -f {ENABLED}"""


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
