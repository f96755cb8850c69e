"""The contract suite of the backends, on real hosts: the very tests that the embedded cluster passes."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from fcm.backend.libvirt import open_hosts
from fcm.lab.machines import remove_machine
from fcm.model import commands as cmd
from fcm.model.entities import NodeState
from fcm.ui.tour.patience import stretched
from fcm.workspace.workspace import Workspace
from tests.contract.harness import Harness
from tests.contract.test_backend_contract import *  # noqa: F403
from tests.live.pace import set_pace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fcm.lab.machines import LabMachine
    from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live

ANSWER_LIMIT = 20.0
"""s until all hosts and the machine must have been seen."""


@pytest.fixture(scope="module")
def traveller(lab: LiveLab) -> Iterator[LabMachine]:
    """One guest that goes to and fro between node1 and node2.

    It writes 40 MiB in 8 s: of the 128 pages that QEMU samples of it 20 are dirty then, and 4 are needed to show.
    """
    made = lab.add_machine("traveller", fill=60, dirty=5, working_set=48)
    yield made
    remove_machine(made.name, lab.plan, lab.folders)


@pytest.fixture(scope="module")
def companion(lab: LiveLab) -> Iterator[LabMachine]:
    """A small guest that is moved beside the traveller."""
    made = lab.add_machine("companion", fill=20, dirty=0)
    yield made
    remove_machine(made.name, lab.plan, lab.folders)


@pytest.fixture
def cluster(
    lab: LiveLab, traveller: LabMachine, companion: LabMachine, request: pytest.FixtureRequest
) -> Iterator[Harness]:
    """The companion is beside the traveller for the tests that move both."""
    awake = threading.Event()

    def pass_time() -> None:
        awake.wait(0.1)
        awake.clear()

    [where], [beside] = lab.running(traveller), lab.running(companion)
    if where != beside and "request" in request.node.name:
        lab.move(companion, beside, where)
    workspace = Workspace(open_hosts(lab.hosts_file, f"libvirt:{lab.hosts_file}"))
    workspace.open()
    workspace.set_wake(awake.set)

    def until(reached: Callable[[], bool]) -> None:
        end = time.monotonic() + stretched(ANSWER_LIMIT)
        while not reached():
            assert time.monotonic() < end, "the hosts did not respond in time"
            pass_time()
            workspace.drain()

    until(lambda: _answered(workspace, traveller.name, companion.name))
    set_pace(request.node.name, workspace, until)
    machine = workspace.state.machine_named(traveller.name)
    other = workspace.state.machine_named(companion.name)
    assert machine is not None
    assert other is not None
    destination = "node2" if machine.node == "node1" else "node1"
    harness = Harness(
        workspace, machine.id, destination, machine.id, destination, other.id, "node9", pass_time, limit=60.0
    )
    try:
        yield harness
        _end_migrations(harness)
    finally:
        workspace.close()


def _answered(workspace: Workspace, *machines: str) -> bool:
    state = workspace.state
    up = all(node.state is NodeState.UP for node in state.nodes.values())
    return up and all(state.machine_named(name) is not None for name in machines)


def _end_migrations(harness: Harness) -> None:
    """The next test finds the machine at rest."""
    workspace = harness.workspace
    workspace.drain()
    for migration in workspace.state.migrations.values():
        if not migration.phase.is_over:
            workspace.submit(cmd.CancelMigration(migration.id))
    end = time.monotonic() + stretched(ANSWER_LIMIT)
    while any(not m.phase.is_over for m in workspace.state.migrations.values()) and time.monotonic() < end:
        harness.pass_time()
        workspace.drain()
