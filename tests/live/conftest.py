"""The lab under the live tests: one for the whole session, with a name of its own beside a user's."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import libvirt
import pytest

from fcm.backend.libvirt.event_loop import EVENT_LOOP
from fcm.lab.existing import remove_abandoned
from fcm.lab.lab import bring_up, take_down
from fcm.lab.machines import remove_machine
from fcm.lab.plan import make_plan
from tests.live.live_lab import LiveLab, own_folders
from tests.live.watched import Watched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fcm.lab.machines import LabMachine

_numbers = itertools.count(1)

TEST_LIMIT = 900
"""s for one test: it may build the lab, and the machine may have other work. Waits within a test are shorter."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("live") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(TEST_LIMIT))


@pytest.fixture(scope="session", autouse=True)
def _libvirt_loop() -> Iterator[None]:
    """libvirt's event loop for the whole run, with errors not printed to stderr.

    A connection that was opened while a loop ran is closed by its host when nobody answers the host's keepalive
    messages for half a minute: on a busy machine the tests' own connections died between two tests.
    """
    with EVENT_LOOP.running():
        libvirt.registerErrorHandler(lambda _context, _error: None, None)
        yield


@pytest.fixture(scope="session")
def lab() -> Iterator[LiveLab]:
    """Three nodes, the third with an older processor; live migration at 200 Mbit/s."""
    remove_abandoned()
    folders = own_folders("test")
    plan = make_plan(3, bandwidth=200_000_000, older="node3")
    try:
        live = LiveLab(plan, folders, bring_up(plan, folders, own=True))
        yield live
        for node in plan.nodes:
            live.disconnect(node.name)
    finally:
        take_down(folders)


@pytest.fixture
def machine(lab: LiveLab) -> Iterator[LabMachine]:
    """A machine on node1 with 48 MiB of data of which 4 MiB/s are rewritten; gone after the test."""
    made = lab.add_machine(f"vm{next(_numbers)}", fill=48, dirty=4, working_set=16)
    yield made
    remove_machine(made.name, lab.plan, lab.folders)


@pytest.fixture
def watched(lab: LiveLab, tmp_path: Path) -> Iterator[Watched]:
    """The lab's hosts in a workspace with a journal of its own."""
    opened = Watched(lab, tmp_path)
    yield opened
    opened.workspace.close()


@pytest.fixture
def writing(lab: LiveLab) -> Iterator[LabMachine]:
    """A guest with 90 MiB of data that rewrites 10 MiB/s of 45 MiB: several passes at 200 Mbit/s."""
    made = lab.add_machine("writer", fill=90, dirty=10, working_set=45)
    yield made
    remove_machine(made.name, lab.plan, lab.folders)
