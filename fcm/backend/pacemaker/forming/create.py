"""The steps of *Create a Cluster* in order. Taken back from the last to the first they are those of *destroy*.

Of a cluster that runs with fewer nodes they are those that add the others.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shlex
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.forming import configuration, fencing, members, services, witness
from fcm.backend.pacemaker.forming.corosync_conf import KEY, MARK, PATH, conf_step, corosync_conf, reload_step
from fcm.backend.pacemaker.forming.looking import CIB
from fcm.backend.pacemaker.steps import Source, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.backend.pacemaker.forming.looking import NodeLook
    from fcm.backend.pacemaker.forming.plan import ClusterPlan

KEY_SIZE = 256
"""bytes of a new authkey: what corosync-keygen(8) writes."""
BEFORE = f"{PATH}.fcm-before"
"""Where the file that came with the package is kept meanwhile."""

MACHINES_LEFT = """\
if pidof pacemakerd >/dev/null; then
    resources=$(timeout 10 cibadmin -Q -o resources) || {
        echo "fcm: Pacemaker does not respond, so fcm cannot tell whether virtual machines are highly available." >&2
        exit 1
    }
    if printf '%s\\n' "$resources" | grep '<primitive ' | grep -vq 'class="stonith"'; then
        echo "fcm: Virtual machines or other resources are still managed by Pacemaker." >&2
        exit 1
    fi
fi"""
"""Refuses to go on while Pacemaker manages anything but fencing: it would be stopped or moved with it."""


ELSEWHERE = f"""\
if [ -e {PATH} ] && ! head -n 1 {PATH} | grep -qF {shlex.quote(MARK)}; then exit 0; fi"""
"""Takes nothing back on a node whose configuration is not one of fcm."""


def create_steps(
    plan: ClusterPlan,
    looks: Mapping[str, NodeLook],
    passwords: Mapping[str, str],
    agent: list[Step],
    authority: str = "",
) -> list[Step]:
    """All steps.

    Args:
        plan: the cluster.
        looks: what stands on the nodes.
        passwords: file -> password for fencing.
        agent: the steps that install fcm's resource agent.
        authority: SHA-256 of the certificate of the witness' authority; "": it has none yet.
    """
    have = [name for name, look in looks.items() if authority and look.certificate == authority]
    steps = [*agent, *fencing.password_steps(plan, dict(passwords)), *fencing.ask_steps(plan)]
    if plan.witness is not None:
        steps += witness.certificate_steps(plan, have)
    steps += [_set_aside(plan, node) for node in plan.names]
    steps += _key_steps(plan, looks)
    if members.changes_votes(plan, looks.values()):
        steps.append(members.keep_running_step())
    steps += [conf_step(plan, node) for node in plan.names]
    if any(look.runs("corosync") and look.conf != corosync_conf(plan) for look in looks.values()):
        steps.append(reload_step())
    steps += [
        Step(
            "Start Corosync",
            node,
            services.start_corosync(),
            check="corosync-cfgtool -s >/dev/null 2>&1",
            undo=f"{ELSEWHERE}\n{services.STOP_COROSYNC}",
            limit=40.0,
        )
        for node in plan.names
    ]
    steps += [_links_step(plan, node) for node in plan.names]
    if plan.witness is not None:
        steps += [*members.witness_steps(plan, looks), *witness.device_steps(plan), *witness.vote_steps(plan)]
    steps += [_seed_step(node) for node in plan.names]
    steps += [
        Step(
            "Start Pacemaker",
            node,
            services.start_pacemaker(),
            check="pidof pacemakerd >/dev/null && timeout 5 cibadmin -Q >/dev/null 2>&1",
            undo=f"{ELSEWHERE}\n{MACHINES_LEFT}\n{services.STOP_PACEMAKER}",
            limit=150.0,
        )
        for node in plan.names
    ]
    steps.append(_members_step(plan))
    steps += configuration.configuration_steps(plan, {name: look.memory for name, look in looks.items()})
    steps += fencing.device_steps(plan)
    has_device = plan.witness is not None
    steps += [
        Step(
            "Start the cluster when the node boots",
            node,
            services.enable(has_device),
            check=services.is_enabled(has_device),
            undo=f"{ELSEWHERE}\n{services.DISABLE}",
        )
        for node in plan.names
    ]
    return steps


def destroy_steps(plan: ClusterPlan, agent: list[Step]) -> list[Step]:
    """The steps whose taking back, from the last to the first, removes the cluster, whatever of it stands."""
    return create_steps(plan, {}, dict.fromkeys(fencing.password_files(plan), "-"), agent)


def _set_aside(plan: ClusterPlan, node: str) -> Step:
    """What the packages started by themselves: a cluster of one node with an example as its configuration."""
    is_ours = f"head -n 1 {PATH} 2>/dev/null | grep -qxF {shlex.quote(f'{MARK} {plan.corosync_name}.')}"
    return Step(
        "Stop the example cluster of the packages",
        node,
        f"""\
( {services.STOP_PACEMAKER} ) || exit 1
( {services.STOP_COROSYNC} ) || exit 1
if [ -e {PATH} ]; then mv {PATH} {BEFORE}; fi
rm -f {CIB} {CIB}.sig /var/lib/pacemaker/cib/cib-* /var/lib/pacemaker/cib/cib.last""",
        check=f"{is_ours} || {{ [ ! -e {PATH} ] && [ ! -e {CIB} ] && ! {services.runs('corosync')}; }}",
        undo=f"""\
{ELSEWHERE}
if pidof pacemakerd corosync >/dev/null; then
    echo "fcm: Corosync or Pacemaker is still running." >&2
    exit 1
fi
rm -f /var/lib/pacemaker/cib/cib* /var/lib/pacemaker/pengine/* /var/lib/corosync/ringid_*
if [ -e {BEFORE} ]; then mv {BEFORE} {PATH}; fi""",
        limit=170.0,
    )


def _key_steps(plan: ClusterPlan, looks: Mapping[str, NodeLook]) -> list[Step]:
    """The key with which the nodes encrypt. One that a node of this cluster has already is taken, else a new one."""
    ours = [look for look in looks.values() if look.key and look.belongs_to(plan)]
    holder = next((look for look in ours if look.runs("corosync")), ours[0] if ours else None)
    new = secrets.token_bytes(KEY_SIZE)
    digest = holder.key if holder else hashlib.sha256(new).hexdigest()
    write = f"""\
umask 077
mkdir -p /etc/corosync
base64 -d >{KEY}.new
chmod 400 {KEY}.new
mv -f {KEY}.new {KEY}"""
    return [
        Step(
            "Store the key of Corosync",
            node,
            write,
            check=f"[ \"$(sha256sum 2>/dev/null <{KEY} | cut -d' ' -f1)\" = {digest} ]",
            undo=f"{ELSEWHERE}\nrm -f {KEY} {KEY}.new",
            stdin=b"" if holder else _base64(new),
            source=Source(holder.name, f"base64 {KEY}") if holder else None,
        )
        for node in plan.names
    ]


def _base64(raw: bytes) -> bytes:
    from base64 import encodebytes

    return encodebytes(raw)


def _links_step(plan: ClusterPlan, node: str) -> Step:
    """Each node must reach each other one on every link, and count it as a member."""
    ways = (len(plan.nodes) - 1) * len(plan.links)
    up = f"[ \"$(corosync-cfgtool -n 2>/dev/null | grep -c 'LINK: .* connected')\" = {ways} ]"
    members = f"[ \"$(corosync-quorumtool -l 2>/dev/null | grep -cE '^ *[1-9][0-9]* ')\" -ge {len(plan.nodes)} ]"
    return Step(
        "Wait for the links to the other nodes",
        node,
        f"""\
for _ in $(seq 150); do
    {up} && {members} && exit 0
    sleep 0.2
done
corosync-cfgtool -n | grep 'LINK: ' | grep -v ' connected' >&2
echo "fcm: Not all links to the other nodes are connected after 30 s." >&2
exit 1""",
        check=f"{up} && {members}",
        limit=40.0,
        remedy="Check cables and addresses, and allow UDP ports 5405 to 5412 between the nodes in their firewalls.",
    )


def _seed_step(node: str) -> Step:
    """An empty configuration with which the first vote for a coordinator comes after 2 s, in place of 20 s.

    Only now, while there is no fencing device, it does no harm that the coordinator waits so short for the others: the
    property is removed before fencing is configured (``configuration.FIRST_VOTE``).
    """
    name, value = configuration.FIRST_VOTE
    pair = f'<nvpair id="cib-bootstrap-options-{name}" name="{name}" value="{value}"/>'
    options = f'<crm_config><cluster_property_set id="cib-bootstrap-options">{pair}</cluster_property_set></crm_config>'
    return Step(
        "Write an empty configuration of Pacemaker",
        node,
        f"""\
mkdir -p {CIB.rpartition("/")[0]}
cibadmin --empty | sed 's,<crm_config/>,{options},' >{CIB}.new
chown hacluster:haclient {CIB.rpartition("/")[0]} {CIB}.new
chmod 750 {CIB.rpartition("/")[0]}
chmod 600 {CIB}.new
mv -f {CIB}.new {CIB}""",
        check=f"[ -e {CIB} ] || pidof pacemakerd >/dev/null",
    )


def _members_step(plan: ClusterPlan) -> Step:
    nodes = "crm_mon -1 --output-as=xml 2>/dev/null | grep '<node name='"
    online = f"{nodes} | grep 'online=\"true\"' | grep -c 'pending=\"false\"'"
    check = f'[ "$({online})" = {len(plan.nodes)} ]'
    return Step(
        "Wait until all nodes are members",
        None,
        f"""\
for _ in $(seq 240); do
    {check} && exit 0
    sleep 0.5
done
crm_mon -1 -n | sed -n '/Node List/,$p' >&2
echo "fcm: Not all nodes became members of the cluster within 120 s." >&2
exit 1""",
        check=check,
        limit=130.0,
    )


def commands_shown(step: Step) -> str:
    """The commands of a step for people: blank lines left out."""
    return re.sub(r"\n{2,}", "\n", step.text)
