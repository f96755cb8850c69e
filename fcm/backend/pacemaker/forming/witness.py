"""The witness: corosync-qnetd outside the cluster, its certificates, and the client on each node.

Each node makes its own key and has it signed by the witness, so that no private key leaves the node it was made on; all
certificates have the cluster's name as their subject, which the witness compares (corosync-qdevice-net-certutil(8)).
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.forming import services
from fcm.backend.pacemaker.forming.looking import DATABASE
from fcm.backend.pacemaker.steps import Source, Step

if TYPE_CHECKING:
    from collections.abc import Collection

    from fcm.backend.pacemaker.forming.plan import ClusterPlan

WITNESS = "(witness)"
"""Stands for the witness where steps name a node; no node can be called so."""
PORT = 5403
"""TCP, of corosync-qnetd."""
QNETD_DATABASE = "/etc/corosync/qnetd/nssdb"
CA = f"{QNETD_DATABASE}/qnetd-cacert.crt"
STARTED = "/etc/corosync/qnetd/fcm-started"
"""Exists where fcm started corosync-qnetd, so that it also ends it."""
_REMEDY = "Check the witness: it needs the package corosync-qnetd, and TCP port 5403 must be reachable from the nodes."


def look_script() -> str:
    """Ends with 0 if the host can be the witness, and tells its state; else it says what it lacks."""
    return """\
[ "$(id -u)" = 0 ] || { echo "fcm: The login on the witness is not root." >&2; exit 1; }
for program in corosync-qnetd corosync-qnetd-certutil certutil; do
    command -v $program >/dev/null || {
        echo "fcm: The witness lacks $program. Install the packages corosync-qnetd and libnss3-tools." >&2
        exit 1
    }
done
pidof corosync-qnetd >/dev/null && echo "running yes"
[ -r @CA@ ] && echo "ca $(sha256sum <@CA@ | cut -d' ' -f1)"
timeout 5 corosync-qnetd-tool -l 2>/dev/null | sed -n 's/^Cluster "\\(.*\\)":/cluster \\1/p'
:""".replace("@CA@", CA)


def certificate_steps(plan: ClusterPlan, have: Collection[str] = ()) -> list[Step]:
    """The witness with its certificates and running, and a certificate for each node but those that ``have`` one."""
    has_ca = f"certutil -L -d {QNETD_DATABASE} -n 'QNetd Cert' >/dev/null 2>&1 && [ -s {CA} ]"
    steps = [
        Step(
            "Create the certificates of the witness",
            WITNESS,
            f"""\
if ! {{ {has_ca}; }}; then
    rm -rf {QNETD_DATABASE}
    mkdir -p /etc/corosync/qnetd
    id coroqnetd >/dev/null 2>&1 && chown root:coroqnetd /etc/corosync/qnetd
    corosync-qnetd-certutil -i -G
fi""",
            check=has_ca,
            limit=60.0,
            remedy=_REMEDY,
        ),
        Step(
            "Start corosync-qnetd",
            WITNESS,
            f"""\
: >{STARTED}
if [ -d /run/systemd/system ]; then
    systemctl -q enable corosync-qnetd
    systemctl start corosync-qnetd
else
    mkdir -p /run/corosync-qnetd /var/log
    setsid --fork corosync-qnetd -f >>/var/log/corosync-qnetd.log 2>&1 </dev/null
fi
for _ in $(seq 100); do
    corosync-qnetd-tool -s >/dev/null 2>&1 && exit 0
    sleep 0.1
done
echo "fcm: corosync-qnetd did not start." >&2
exit 1""",
            check="corosync-qnetd-tool -s >/dev/null 2>&1",
            undo=f"""\
[ -e {STARTED} ] || exit 0
corosync-qnetd-tool -l 2>/dev/null | grep '^Cluster ' | grep -vq '"{plan.corosync_name}"' && exit 0
if [ -d /run/systemd/system ]; then
    systemctl -q disable corosync-qnetd
    systemctl stop corosync-qnetd
else
    pids=$(pidof corosync-qnetd) && kill -TERM $pids
fi
rm -f {STARTED}""",
            remedy=_REMEDY,
        ),
    ]
    for node in plan.names:
        if node not in have:
            steps += _node_certificate(plan, node)
    return steps


def _node_certificate(plan: ClusterPlan, node: str) -> list[Step]:
    # The letter u is there only if the private key is.
    has_one = f"certutil -L -d {DATABASE} 2>/dev/null | grep -q '^Cluster Cert .*u,u,u'"
    has_request = f"[ -s {DATABASE}/qdevice-net-node.crq ]"
    label = f"{plan.corosync_name}-{node}"
    signed = f"{QNETD_DATABASE}/cluster-{label}.crt"
    request = f"/etc/corosync/qnetd/fcm-{label}.crq"
    return [
        Step(
            "Create a key and ask the witness to sign it",
            node,
            # One that runs goes on with the certificates that it has read: it is started again by a later step.
            f"""\
( {services.STOP_DEVICE} ) || exit 1
rm -rf {DATABASE}
mkdir -p {DATABASE}
cat >{DATABASE}/qnetd-cacert.crt
corosync-qdevice-net-certutil -i -c {DATABASE}/qnetd-cacert.crt
corosync-qdevice-net-certutil -r -n {shlex.quote(plan.corosync_name)}
{has_request}""",
            undo=f"rm -rf {DATABASE}; cd /etc/corosync 2>/dev/null && rmdir -p qdevice/net 2>/dev/null || :",
            source=Source(WITNESS, f"cat {CA}"),
            limit=60.0,
        ),
        Step(
            f"Sign the key of {node}",
            WITNESS,
            f"""\
base64 -d >{request}
rm -f {signed}
corosync-qnetd-certutil -s -G -c {request} -n {shlex.quote(label)}
rm -f {request}
[ -s {signed} ]""",
            undo=f"rm -f {signed} {request}",
            source=Source(node, f"base64 {DATABASE}/qdevice-net-node.crq"),
            limit=60.0,
        ),
        Step(
            "Store the certificate",
            node,
            f"""\
base64 -d >{DATABASE}/cluster.crt
certutil -A -d {DATABASE} -t u,u,u -n 'Cluster Cert' -i {DATABASE}/cluster.crt
{has_one}""",
            source=Source(WITNESS, f"base64 {signed}"),
        ),
    ]


def device_steps(plan: ClusterPlan) -> list[Step]:
    """The client of the witness on each node."""
    return [
        Step(
            "Start corosync-qdevice",
            node,
            services.start_device(),
            check="corosync-qdevice-tool -s >/dev/null 2>&1",
            undo=services.STOP_DEVICE,
            limit=40.0,
            remedy=_REMEDY,
        )
        for node in plan.names
    ]


def vote_steps(plan: ClusterPlan) -> list[Step]:
    """The vote of the witness, as each node sees it."""
    steps = []
    has_vote = """corosync-quorumtool -s 2>/dev/null | grep -q '^ *0 .*Qdevice$'"""
    connected = "corosync-qdevice-tool -s 2>/dev/null | grep -q '^State:.*Connected'"
    for node in plan.names:
        steps.append(
            Step(
                "Wait for the vote of the witness",
                node,
                f"""\
for _ in $(seq 150); do
    {connected} && {has_vote} && exit 0
    sleep 0.2
done
corosync-qdevice-tool -s >&2
echo "fcm: The witness {plan.witness and plan.witness.host} is not connected." >&2
exit 1""",
                check=f"{connected} && {has_vote}",
                limit=40.0,
                remedy=_REMEDY,
            )
        )
    return steps
