"""Who is asked how the cluster is: nodes that fail, hang, or are cut off."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

import pytest

from fcm.backend.pacemaker import asking as module
from fcm.backend.pacemaker.asking import Asking, NotAClusterError
from fcm.backend.pacemaker.remote.shells import Answer, NodeUnreachableError
from fcm.backend.pacemaker.status import ClusterStatus
from fcm.mistakes import SentenceError
from fcm.ui.tour.patience import stretched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

QUORATE, CUT_OFF, DEAD, HANGS, NO_PACEMAKER, NONSENSE = "quorate", "cut off", "dead", "hangs", "no cluster", "nonsense"


class Node:
    """A node that answers as a test wants it."""

    def __init__(self, name: str, does: str) -> None:
        self.node = name
        self.does = does
        self.asked = 0
        self._closed = threading.Event()

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        assert script == "ask"
        self.asked += 1
        if self.does == HANGS:
            self._closed.wait(limit)
            raise NodeUnreachableError(f"{self.node} did not respond within {limit:g} s.")
        if self.does == DEAD or self._closed.is_set():
            raise NodeUnreachableError(f"{self.node} is switched off.")
        return Answer(0, self.does)

    def close(self) -> None:
        self._closed.set()


def read(output: str, node: str, at: float) -> ClusterStatus:
    if output == NO_PACEMAKER:
        raise NotAClusterError(f"Pacemaker does not run on {node}.")
    if output == NONSENSE:
        raise SentenceError(f"{node} printed what fcm does not understand.")
    return ClusterStatus(node, at, have_quorum=output == QUORATE)


class Told:
    """What the listener was told, in order."""

    def __init__(self) -> None:
        self._all: queue.Queue[ClusterStatus | tuple[dict[str, str], bool]] = queue.Queue()

    def status_told(self, status: ClusterStatus) -> None:
        self._all.put(status)

    def nobody_answers(self, reasons: Mapping[str, str], is_cluster: bool) -> None:
        self._all.put((dict(reasons), is_cluster))

    def next(self) -> ClusterStatus | tuple[dict[str, str], bool]:
        return self._all.get(timeout=stretched(20))

    def until(self, wanted: Callable[[ClusterStatus], bool]) -> ClusterStatus:
        while True:
            told = self.next()
            if isinstance(told, ClusterStatus) and wanted(told):
                return told


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY", 0.05)
    monkeypatch.setattr(module, "SOONEST", 0.01)
    monkeypatch.setattr(module, "LOOK_AROUND", 0.05)
    monkeypatch.setattr(module, "ANSWER_LIMIT", 0.3)


class Cluster:
    """Three nodes, and who asks them."""

    def __init__(self) -> None:
        self.nodes = {name: Node(name, QUORATE) for name in ("node1", "node2", "node3")}
        self.told = Told()
        self.asking = Asking(self.nodes, "ask", read, self.told)

    def does(self, **how: str) -> None:
        for name, what in how.items():
            self.nodes[name].does = what


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    yield made
    made.asking.close()


def test_one_node_is_asked_again_and_again(cluster: Cluster) -> None:
    cluster.does(node2=DEAD, node3=DEAD)
    cluster.asking.start()

    answers = [cluster.told.next() for _ in range(4)]

    assert {answer.asked for answer in answers if isinstance(answer, ClusterStatus)} == {"node1"}
    assert cluster.asking.current == "node1"
    assert cluster.nodes["node2"].asked == 1


def test_after_an_event_it_is_asked_at_once(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY", 3600.0)
    cluster.asking.start()
    cluster.told.next()

    cluster.asking.ask_now()

    assert isinstance(cluster.told.next(), ClusterStatus)


@pytest.mark.parametrize("fault", [DEAD, HANGS, NONSENSE, NO_PACEMAKER])
def test_when_the_node_that_is_asked_fails_another_one_answers(cluster: Cluster, fault: str) -> None:
    cluster.does(node2=DEAD, node3=DEAD)
    cluster.asking.start()
    cluster.told.next()

    cluster.does(node1=fault, node3=QUORATE)

    assert cluster.told.until(lambda status: status.asked != "node1").asked == "node3"
    assert cluster.asking.current == "node3"


def test_a_node_that_is_cut_off_is_told_and_another_one_with_quorum_is_found(cluster: Cluster) -> None:
    cluster.does(node2=DEAD, node3=DEAD)
    cluster.asking.start()
    cluster.told.next()

    cluster.does(node1=CUT_OFF)
    assert not cluster.told.until(lambda status: not status.have_quorum).have_quorum
    cluster.does(node3=QUORATE)

    assert cluster.told.until(lambda status: status.have_quorum).asked == "node3"
    assert cluster.told.next().asked == "node3"  # type: ignore[union-attr]


def test_of_many_answers_that_with_quorum_is_taken_though_it_comes_last(cluster: Cluster) -> None:
    cluster.does(node1=CUT_OFF, node2=HANGS, node3=QUORATE)
    cluster.asking.start()

    first = cluster.told.next()

    assert isinstance(first, ClusterStatus)
    assert first.asked == "node3"


def test_a_cluster_without_quorum_anywhere_is_told_as_such(cluster: Cluster) -> None:
    cluster.does(node1=DEAD, node2=CUT_OFF, node3=CUT_OFF)
    cluster.asking.start()

    answers = [cluster.told.next() for _ in range(3)]

    assert all(isinstance(answer, ClusterStatus) and not answer.have_quorum for answer in answers)


def test_when_nobody_answers_the_reason_of_each_node_is_told_and_asking_goes_on(cluster: Cluster) -> None:
    cluster.does(node1=DEAD, node2=HANGS, node3=NONSENSE)
    cluster.asking.start()

    told = cluster.told.next()

    assert told == (
        {
            "node1": "node1 is switched off.",
            "node2": "node2 did not respond within 0.3 s.",
            "node3": "node3 printed what fcm does not understand.",
        },
        True,
    )
    assert cluster.asking.current is None
    cluster.does(node2=QUORATE)
    assert cluster.told.until(lambda _: True).asked == "node2"


def test_hosts_on_which_no_pacemaker_runs_are_told_apart_from_a_cluster_that_is_silent(cluster: Cluster) -> None:
    cluster.does(node1=NO_PACEMAKER, node2=DEAD, node3=NO_PACEMAKER)
    cluster.asking.start()

    reasons, is_cluster = cluster.told.next()  # type: ignore[misc]

    assert not is_cluster
    assert reasons["node3"] == "Pacemaker does not run on node3."


def test_nodes_of_which_none_can_be_reached_are_taken_for_a_cluster(cluster: Cluster) -> None:
    cluster.does(node1=DEAD, node2=DEAD, node3=DEAD)
    cluster.asking.start()

    assert cluster.told.next()[1]  # type: ignore[index]


def test_closing_does_not_wait_for_a_node_that_hangs(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_LIMIT", 3600.0)
    cluster.does(node1=HANGS, node2=HANGS, node3=HANGS)
    cluster.asking.start()
    while not all(node.asked for node in cluster.nodes.values()):
        threading.Event().wait(0.01)

    cluster.asking.close()

    assert not [thread for thread in threading.enumerate() if thread.name.startswith("pacemaker-")]
