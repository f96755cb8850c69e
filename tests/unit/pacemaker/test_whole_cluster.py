"""Stop-Cluster and Start-Cluster on Pacemaker: everything is shut down first, then all nodes at once, and back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from fcm.backend.pacemaker.impact import OrderError
from fcm.backend.pacemaker.remote import whole_cluster
from fcm.backend.pacemaker.remote.shells import Answer, NodeUnreachableError
from fcm.backend.pacemaker.status import NodeStatus
from fcm.model import commands as cmd
from tests.unit.pacemaker.fake_context import FakeContext, cluster, machine

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.pacemaker.status import ClusterStatus

NAMES = ("node1", "node2", "node3")


class Node:
    """Keeps what is run on it."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.scripts: list[str] = []
        self.away = False
        self.fails = ""

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        if self.away:
            raise NodeUnreachableError(f"{self.node} is off.")
        self.scripts.append(script)
        if self.fails and self.fails in script:
            return Answer(1, "", "fcm: It hangs.")
        return Answer(0, "")

    def ran(self, words: str) -> bool:
        return any(words in script for script in self.scripts)


class Context(FakeContext):
    """Three nodes, each of its own."""

    def __init__(self, answers: Callable[[], ClusterStatus | None]) -> None:
        self.nodes = {name: Node(name) for name in NAMES}
        super().__init__(self.nodes["node1"], answers)  # type: ignore[arg-type]
        self.file = SimpleNamespace(hosts=[SimpleNamespace(name=name) for name in NAMES])

    def shell_of(self, node: str) -> Any:
        return self.nodes[node]


def off() -> ClusterStatus:
    return cluster(machine(role="Stopped", nodes=(), active=False))


def test_everything_is_shut_down_before_the_service_ends_on_any_node_and_the_wish_ends_by_itself() -> None:
    answers = [cluster(machine()), off()]
    context = Context(lambda: answers[0])
    before: list[bool] = []

    def wait_for(reached: Callable[[ClusterStatus], bool], limit: float) -> bool:
        before.extend(node.ran("pacemakerd") for node in context.nodes.values())
        assert not reached(answers.pop(0))
        return reached(answers[0])

    context.wait_for = wait_for  # type: ignore[method-assign]
    assert whole_cluster.stop_cluster(context.context, cmd.StopCluster())
    assert before == [False, False, False]
    wish = next(script for script in context.nodes["node1"].scripts if "stop-all-resources" in script)
    assert "operation='lt' end='$end'" in wish
    for node in context.nodes.values():
        order = [next(i for i, one in enumerate(node.scripts) if f"pidof {name} " in one)
                 for name in ("pacemakerd", "corosync-qdevice", "corosync")]  # fmt: skip
        assert order == sorted(order)


def test_a_machine_that_does_not_shut_down_keeps_the_cluster_running() -> None:
    context = Context(lambda: cluster(machine()))
    verdict = whole_cluster.stop_cluster(context.context, cmd.StopCluster())
    assert "did not shut down within 10 minutes: web." in verdict.reason
    assert context.nodes["node1"].ran("cibadmin -D"), "the wish is withdrawn"
    assert not any(node.ran("pacemakerd") for node in context.nodes.values())


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (cluster(machine(blocked=True)), "would leave them running: web."),
        (cluster(machine(managed=False)), "would leave them running: web."),
        (cluster(nodes=(NodeStatus("node3", "3", online=False, unclean=True),)), "node3 is lost and not fenced yet."),
    ],
)
def test_what_would_be_left_half_done_is_refused_before(status: ClusterStatus, words: str) -> None:
    context = Context(lambda: status)
    assert words in whole_cluster.stop_cluster(context.context, cmd.StopCluster()).reason
    assert not any(node.scripts for node in context.nodes.values())


def test_a_node_whose_service_does_not_end_is_named_and_the_others_end() -> None:
    context = Context(off)
    context.nodes["node2"].fails = "pidof pacemakerd "
    with pytest.raises(OrderError, match=r"^The cluster service on node2 did not stop: It hangs\.$"):
        whole_cluster.stop_cluster(context.context, cmd.StopCluster())
    assert context.nodes["node3"].ran("pidof pacemakerd ")
    assert not context.nodes["node3"].ran("pidof corosync "), "Corosync stays while Pacemaker runs somewhere"


def test_all_nodes_are_started_and_the_wish_to_stop_is_withdrawn_once_there_is_quorum() -> None:
    up: list[ClusterStatus | None] = [None]
    context = Context(lambda: up[0])

    def wait_for(reached: Callable[[ClusterStatus], bool], limit: float) -> bool:
        assert not context.nodes["node1"].ran("cibadmin -D")
        assert not reached(cluster(have_quorum=False))
        up[0] = cluster(machine())
        return reached(up[0])

    context.wait_for = wait_for  # type: ignore[method-assign]
    assert whole_cluster.start_cluster(context.context, cmd.StartCluster())
    assert all(node.ran("corosync -f") for node in context.nodes.values())
    assert context.nodes["node1"].ran("cibadmin -D")


def test_nodes_that_do_not_respond_are_named_and_the_others_run() -> None:
    online = tuple(NodeStatus(name, name[-1], online=name != "node3") for name in NAMES)
    context = Context(lambda: cluster(machine(), nodes=online))
    context.nodes["node3"].away = True
    verdict = whole_cluster.start_cluster(context.context, cmd.StartCluster())
    assert verdict.reason == "No node responds. node3 is off."

    status: list[ClusterStatus | None] = [None]
    context = Context(lambda: status[0])
    context.nodes["node3"].away = True

    def wait_for(reached: Callable[[ClusterStatus], bool], limit: float) -> bool:
        status[0] = cluster(machine(), nodes=online)
        return reached(status[0])

    context.wait_for = wait_for  # type: ignore[method-assign]
    verdict = whole_cluster.start_cluster(context.context, cmd.StartCluster())
    assert verdict.reason == "The cluster runs on node1, node2. Not started: node3 is off."


def test_starting_without_virtual_machines_is_refused() -> None:
    verdict = whole_cluster.start_cluster(Context(off).context, cmd.StartCluster(ignore_persistent_state=True))
    assert "starts virtual machines with the cluster" in verdict.reason
