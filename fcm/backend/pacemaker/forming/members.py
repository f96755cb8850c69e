"""A cluster whose nodes change while it runs: nodes are added by *create*, and evicted by the steps here.

The votes of all change at one moment, when Corosync reads its file again. Meanwhile a lost majority must not stop the
virtual machines (no-quorum-policy=stop), so it is "freeze" from before that moment until *Set the properties of the
cluster* sets it back. Another number of nodes can need another algorithm of the witness, which its clients read only
when they start: they are started anew, one after the other, while the nodes alone have a majority.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.forming import configuration, fencing, services, witness
from fcm.backend.pacemaker.forming.corosync_conf import conf_step, is_of_fcm, named, node_ids, reload_step
from fcm.backend.pacemaker.steps import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fcm.backend.pacemaker.forming.looking import NodeLook
    from fcm.backend.pacemaker.forming.plan import ClusterPlan

ALGORITHMS = {"lms": "LMS", "ffsplit": "Fifty-Fifty split"}
"""How corosync-qdevice-tool names the algorithms of the witness (3.0)."""
_ALGORITHM = re.compile(r"^Algorithm:\s+(.+?)\s*$", re.MULTILINE)


def known_numbers(corosync_name: str, looks: Iterable[NodeLook]) -> dict[str, int]:
    """The numbers that the nodes of a cluster have already, those that run believed first."""
    found: dict[str, int] = {}
    for look in sorted(looks, key=lambda one: not one.runs("corosync")):
        if is_of_fcm(look.conf) and named(look.conf) == corosync_name:
            for name, number in node_ids(look.conf).items():
                found.setdefault(name, number)
    return found


def changes_votes(plan: ClusterPlan, looks: Iterable[NodeLook]) -> bool:
    """Whether a cluster that runs has other nodes than it will have."""
    return any(look.runs("pacemakerd") and set(node_ids(look.conf)) != set(plan.names) for look in looks)


def keeps_majority(plan: ClusterPlan, looks: Mapping[str, NodeLook]) -> bool:
    """Whether the nodes that run have a majority, with the witness, of the votes that there will be."""
    running = sum(look.runs("corosync") for look in looks.values())
    count = len(plan.nodes)
    device = 0 if plan.witness is None else count - 1 if plan.witness.algorithm == "lms" else 1
    return not running or running + device >= (count + device) // 2 + 1


def keep_running_step() -> Step:
    """Before votes change: see the head of this module."""
    return Step(
        "Keep virtual machines running if the cluster has no quorum for a moment",
        None,
        "crm_attribute -n no-quorum-policy -v freeze",
        check='[ "$(crm_attribute -n no-quorum-policy -G -q 2>/dev/null)" = freeze ]',
    )


def witness_steps(plan: ClusterPlan, looks: Mapping[str, NodeLook]) -> list[Step]:
    """Clients of the witness that run with another algorithm are started anew."""
    if plan.witness is None:
        return []
    wanted = ALGORITHMS[plan.witness.algorithm]
    found = {name: _ALGORITHM.search(look.device) for name, look in looks.items() if look.runs("corosync-qdevice")}
    return [
        Step(
            "Start corosync-qdevice with the algorithm for this number of nodes",
            name,
            f"( {services.STOP_DEVICE} ) || exit 1\n{services.start_device()}",
            check=f"corosync-qdevice-tool -s 2>/dev/null | grep -q '^Algorithm:.*{wanted}$'",
            limit=60.0,
        )
        for name, told in found.items()
        if told is not None and told[1] != wanted
    ]


def evict_steps(after: ClusterPlan, node: str, taken_back: Iterable[Step], looks: Mapping[str, NodeLook]) -> list[Step]:
    """The steps that take a node out of a cluster that runs.

    Args:
        after: the cluster without it.
        node: its name; no highly available machine runs there.
        taken_back: what *create* did on the node, the last step first; Pacemaker, which is ended here, is not among it.
        looks: what stands on the nodes.
    """
    left = {name: looks[name] for name in after.names if name in looks}
    return [
        Step(
            f"Let nothing start on {node}",
            None,
            f"crm_standby -N {node} -v on",
            check=f"""\
[ "$(crm_standby -N {node} -G -q 2>/dev/null)" = on ] ||
    ! crm_mon -1 --output-as=xml | grep '<node name="{node}"' | grep -q 'online="true"'""",
        ),
        keep_running_step(),
        Step("Stop Pacemaker", node, services.STOP_PACEMAKER, check="! pidof pacemakerd >/dev/null", limit=150.0),
        *(Step(f"Undo: {step.title}", step.node, step.undo, limit=step.limit) for step in taken_back),
        *(conf_step(after, name) for name in after.names),
        reload_step(),
        *(_votes_step(after, name) for name in after.names),
        *witness_steps(after, left),
        *(witness.vote_steps(after) if after.witness is not None else ()),
        Step(f"Remove fencing of {node}", None, fencing.removal(node)),
        Step(
            f"Remove {node} from the configuration",
            None,
            f"""\
cibadmin --delete-all --force --xpath "//rsc_location[@node='{node}']" >/dev/null 2>&1
crm_node --force -R {node} >&2""",
            check=f"! cibadmin -Q -o nodes | grep -q 'uname=\"{node}\"'",
        ),
        configuration.property_step(after),
    ]


def _votes_step(plan: ClusterPlan, node: str) -> Step:
    """Corosync counts the members that are left, and they have quorum."""
    told = "corosync-quorumtool -s 2>/dev/null"
    well = f"{told} | grep -q '^Nodes: *{len(plan.nodes)}$' && {told} | grep -q '^Quorate: *Yes'"
    return Step(
        "Wait until the remaining nodes have quorum",
        node,
        f"""\
for _ in $(seq 150); do
    {well} && exit 0
    sleep 0.2
done
{told} >&2
echo "fcm: The remaining nodes have no quorum after 30 s." >&2
exit 1""",
        check=well,
        limit=40.0,
    )
