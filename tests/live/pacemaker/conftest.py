"""One cluster of three nodes with fencing and a witness for all live tests of Pacemaker: it takes half a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.lab.lab import bring_up, take_down
from fcm.lab.plan import make_plan
from tests.live.live_lab import own_folders
from tests.live.pacemaker.cluster import Failover
from tests.live.pacemaker.watcher import Watcher

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def failover() -> Iterator[Failover]:
    """The cluster with the agent on its nodes and two machines, web and db, that it keeps available."""
    folders = own_folders("testha")
    plan = make_plan(3, bandwidth=200_000_000, failover=True)
    try:
        cluster = Failover(plan, folders, bring_up(plan, folders, own=True))
        cluster.install_agent()
        for name in ("web", "db"):
            cluster.add_highly_available(name, "node1", memory=192, fill=48, dirty=6, working_set=24)
        yield cluster
        for node in plan.nodes:
            cluster.disconnect(node.name)
    finally:
        take_down(folders)


@pytest.fixture
def watch(failover: Failover) -> Iterator[Watcher]:
    """The whole cluster, with both machines on node1; what a test breaks is mended after it.

    Never more than one copy of a machine runs, whatever happens in the test.
    """
    failover.make_ready("node1")
    with Watcher(failover) as watcher:
        yield watcher
    failover.mend()
    assert not watcher.doubled
    assert watcher.looks
