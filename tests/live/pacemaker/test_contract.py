"""The contract suite of the backends, on hosts whose machines Pacemaker fails over."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING

import pytest

from fcm.backend.pacemaker.opening import open_pacemaker
from fcm.model import commands as cmd
from fcm.model.entities import NodeState, ResourceState
from fcm.ui.tour.patience import stretched
from fcm.workspace.workspace import Workspace
from tests.contract.harness import Harness
from tests.contract.test_backend_contract import *  # noqa: F403
from tests.live.pace import set_pace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.live.pacemaker.cluster import Failover

# Workers of the cluster that stays open come when they are needed first.
pytestmark = [pytest.mark.live, pytest.mark.keeps_threads("pacemaker-orders-")]

ANSWER_LIMIT = 90.0
"""s until all hosts, the cluster and its machines must have been seen, and until all is at rest after a test."""
LIMIT = 180.0
"""s for one thing in a test: Pacemaker begins, ends and forgets a move by a dozen commands each."""


class Desk:
    """The cluster, opened for all tests of the suite: that takes some seconds."""

    def __init__(self, failover: Failover) -> None:
        self._awake = threading.Event()
        file = failover.hosts_file
        self.workspace = Workspace(open_pacemaker(file, f"pacemaker:{file}"))
        self.workspace.open()
        self.workspace.set_wake(self._awake.set)

    def see(self) -> None:
        """Let a node be asked from now on: an order is over once its answer is shown; this one changes nothing."""
        operation = self.workspace.submit(cmd.ConfigureNode("node3", 1))
        self.until(lambda: operation.verdict is not None)
        assert operation.verdict, operation.verdict

    def pass_time(self) -> None:
        """Until something happens, 0.1 s at most."""
        self._awake.wait(0.1)
        self._awake.clear()

    def until(self, reached: Callable[[], bool]) -> None:
        """Let time pass until something is so."""
        end = time.monotonic() + stretched(ANSWER_LIMIT)
        while not reached():
            assert time.monotonic() < end, "it did not come about in time"
            self.pass_time()
            self.workspace.drain()

    def rest(self) -> None:
        """Cancel what moves and resume what is paused, so that the next test finds all at rest."""
        workspace = self.workspace
        workspace.drain()
        for migration in tuple(workspace.state.active_migrations()):
            workspace.submit(cmd.CancelMigration(migration.id))
        self.until(lambda: not tuple(workspace.state.active_migrations()))
        for node in workspace.state.nodes.values():
            if node.paused:
                workspace.submit(cmd.ResumeNode(node.name))
        self.until(lambda: not any(node.paused for node in workspace.state.nodes.values()))


@pytest.fixture(scope="module")
def opened_once(failover: Failover) -> Iterator[Desk]:
    failover.make_ready("node1")
    found = Desk(failover)
    found.until(lambda: _shows(found.workspace, "node1", "web"))
    yield found
    found.workspace.close()


@pytest.fixture
def cluster(failover: Failover, opened_once: Desk, request: pytest.FixtureRequest) -> Iterator[Harness]:
    """Web goes to and fro between node1 and node2; db is beside it for the tests that move both."""
    where = failover.where("web")
    where = where if where in ("node1", "node2") else "node1"
    failover.make_ready(where, *(("web", "db") if "request" in request.node.name else ("web",)))
    closing = "closing" in request.node.name
    desk = Desk(failover) if closing else opened_once
    workspace = desk.workspace
    with contextlib.ExitStack() as still_open:
        if closing:
            still_open.callback(workspace.close)
            desk.until(lambda: _shows(workspace, where, "web"))  # nothing is ordered before a node has responded
        # Pacemaker has moved them here, which is shown as migrations of its own, at the next answer of a node.
        desk.see()
        desk.until(lambda: _shows(workspace, where, "web") and not tuple(workspace.state.active_migrations()))
        set_pace(request.node.name, workspace, desk.until)
        machine, other = workspace.state.machine_named("web"), workspace.state.machine_named("db")
        assert machine is not None
        assert other is not None
        destination = "node2" if where == "node1" else "node1"
        limit = stretched(LIMIT)
        yield Harness(
            workspace, machine.id, destination, machine.id, destination, other.id, "node9", desk.pass_time, limit
        )
        if not closing:
            desk.rest()


def _shows(workspace: Workspace, node: str, name: str) -> bool:
    state = workspace.state
    machine = state.machine_named(name)
    group = state.groups.get(machine.group or "") if machine is not None else None
    return (
        all(node.state is NodeState.UP for node in state.nodes.values())
        and group is not None
        and (group.owner, group.state) == (node, ResourceState.ONLINE)
    )
