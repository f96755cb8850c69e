"""The cluster service of all nodes at once: Stop-Cluster and Start-Cluster.

As on Windows and with ``pcs cluster stop --all``, virtual machines are shut down with the cluster: daemons that ended
one node after the other would move all of them to the last node. So first everything is stopped, then the daemons of
all nodes end at the same time. The wish to stop everything carries an end, so that nodes that boot later start what
they should, also where nobody starts the cluster with fcm.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.forming import services
from fcm.backend.pacemaker.forming.corosync_conf import PATH
from fcm.backend.pacemaker.impact import OrderError, order, status_of
from fcm.backend.pacemaker.remote.service import MEMBER_LIMIT, START_LIMIT, STOP_LIMIT
from fcm.backend.pacemaker.remote.shells import NodeUnreachableError
from fcm.model.rules.verdict import OK, Verdict, no, some

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.backend.pacemaker.context import Context
    from fcm.backend.pacemaker.status import ClusterStatus, ResourceStatus
    from fcm.model import commands as cmd

MACHINES_LIMIT = 600.0
"""s in which all virtual machines must have shut down."""
WISH = 20
"""minutes after which the wish to stop everything ends by itself: more than all limits of a stop together."""
_SET = "fcm-stop-cluster"
_WITHDRAW = f"cibadmin -D -X '<cluster_property_set id=\"{_SET}\"/>' >/dev/null 2>&1; :"


def _wish() -> str:
    """A set of properties that holds until a time (Pacemaker Explained, Rules), of the clock of the node."""
    return f"""\
end=$(date -u -d '+{WISH} minutes' +%Y-%m-%dT%H:%M:%SZ) || exit 1
cibadmin -M --allow-create -o crm_config -X "<cluster_property_set id='{_SET}'>\
<rule id='{_SET}-rule' score='0'><date_expression id='{_SET}-until' operation='lt' end='$end'/></rule>\
<nvpair id='{_SET}-all' name='stop-all-resources' value='true'/></cluster_property_set>\""""


def stop_cluster(context: Context, command: cmd.StopCluster) -> Verdict:
    """Shut all virtual machines down, then end the cluster service on all nodes; blocks."""
    status = status_of(context)
    verdict = _may_stop(status)
    if not verdict:
        return verdict
    order(context, [_wish()])
    if not context.wait_for(lambda now: not _running(now), MACHINES_LIMIT):
        if context.closing.is_set():
            return no("fcm was closed before all virtual machines had shut down.", "Stop the cluster again.")
        late = _running(status if context.status is None else context.status)
        order(context, [_WITHDRAW])
        return no(
            f"Virtual machines did not shut down within {MACHINES_LIMIT / 60:.0f} minutes: {some(late, 5)}. The "
            "cluster keeps running, and Pacemaker starts the others again.",
            "Shut these down first.",
        )
    nodes = [node.name for node in status.nodes if node.online]
    for script in (services.STOP_PACEMAKER, services.STOP_DEVICE, services.STOP_COROSYNC):
        _on_all(context, nodes, script, STOP_LIMIT, "did not stop")
    return OK


def start_cluster(context: Context, command: cmd.StartCluster) -> Verdict:
    """Start the cluster service on all nodes that respond and on which it does not run; blocks."""
    if command.ignore_persistent_state:
        return no(
            "Pacemaker starts virtual machines with the cluster.", "Take them offline, or start the cluster without it."
        )
    status = context.status
    up = set() if status is None else {node.name for node in status.nodes if node.online}
    nodes = [host.name for host in context.file.hosts if host.name not in up]
    silent = dict(_silent(context, nodes))
    nodes = [name for name in nodes if name not in silent]
    if not nodes:
        return no(f"No node responds. {' '.join(silent.values())}", "Turn on a node first.")
    device = f"if grep -q '^ *device *{{' {PATH}; then ( {services.start_device()} ); fi"
    for script in (services.start_corosync(), device, services.start_pacemaker()):
        _on_all(context, nodes, script, START_LIMIT, "did not start")
    wanted = up | set(nodes)
    if not context.wait_for(lambda now: now.have_quorum and wanted <= _online(now), 2 * MEMBER_LIMIT):
        return no(
            "The cluster service was started, but not all nodes are members of a cluster with quorum yet.",
            "Check their networks. Virtual machines start once there is quorum.",
        )
    order(context, [_WITHDRAW])
    if silent:
        return no(
            f"The cluster runs on {', '.join(sorted(wanted))}. Not started: {' '.join(silent.values())}",
            "Turn these nodes on; they join by themselves.",
        )
    return OK


def _may_stop(status: ClusterStatus) -> Verdict:
    blocked = [one.id for one in _machines(status) if one.blocked or not one.managed]
    if blocked:
        return no(
            f"Pacemaker does not manage these, so it would leave them running: {', '.join(blocked)}.",
            "Use Clear and keep running, or resume their nodes.",
        )
    unclean = [node.name for node in status.nodes if node.unclean]
    if unclean:
        return no(
            f"{', '.join(unclean)} is lost and not fenced yet.", "Wait until it is fenced, or confirm that it is off."
        )
    return OK


def _machines(status: ClusterStatus) -> list[ResourceStatus]:
    """All that is not fencing."""
    return [one for one in status.resources if not one.agent.startswith("stonith:")]


def _running(status: ClusterStatus) -> list[str]:
    """Virtual machines that are not off yet."""
    return [one.id for one in _machines(status) if one.role != "Stopped" or one.active]


def _online(status: ClusterStatus) -> set[str]:
    return {node.name for node in status.nodes if node.online}


def _silent(context: Context, nodes: Sequence[str]) -> list[tuple[str, str]]:
    """Nodes that do not answer, with the reason."""

    def ask(name: str) -> tuple[str, str]:
        try:
            context.shell_of(name).run(":")
        except NodeUnreachableError as error:
            return name, str(error)
        return name, ""

    with ThreadPoolExecutor(max(1, len(nodes)), thread_name_prefix="whole-cluster") as pool:
        return [(name, why) for name, why in pool.map(ask, nodes) if why]


def _on_all(context: Context, nodes: Sequence[str], script: str, limit: float, what: str) -> None:
    """Run a script on several nodes at the same time.

    Raises:
        OrderError: it failed on one of them; the others were not held up.
    """

    def run(name: str) -> str:
        try:
            answer = context.shell_of(name).run(script, limit=limit)
        except NodeUnreachableError as error:
            return f"{name}: {error}"
        said = (answer.errors.strip().splitlines() or ["no reason was given."])[-1].removeprefix("fcm: ")
        return f"The cluster service on {name} {what}: {said}" if answer.code else ""

    with ThreadPoolExecutor(len(nodes), thread_name_prefix="whole-cluster") as pool:
        failed = [why for why in pool.map(run, nodes) if why]
    if failed:
        raise OrderError(" ".join(failed))
