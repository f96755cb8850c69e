"""The rows of a migration tell one course, however many connections it took."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.telemetry import Phase
from tests.unit.embedded.cluster_of import cluster_of, machine
from tests.unit.embedded.desk import Desk
from tests.unit.embedded.failing import repair, unplug

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def broken(tmp_path: Path) -> Desk:
    """A migration whose connection breaks in the middle, so that memory starts anew."""
    desk = Desk(cluster_of(tmp_path, [machine("VM1", "n1", memory="2 GiB"), machine("VM2", "n2")]))
    assert desk.do(cmd.LiveMigrate(desk.machine("VM1").id, "n2"))
    for _ in range(400):
        if desk.migration("VM1").phase is Phase.BROWNOUT and len(desk.workspace.rows(desk.migration("VM1").id)) > 10:
            break
        desk.run(0.1)
    first = desk.migration("VM1").network
    assert first is not None
    unplug(desk, "n1", desk.state.networks[first].name)
    desk.run(10.0)
    repair(desk)
    desk.settle()
    assert desk.migration("VM1").phase is Phase.COMPLETED
    assert len(desk.migration("VM1").attempts) > 1
    return desk


def test_time_and_bytes_never_go_back_and_what_the_first_connection_sent_counts(broken: Desk) -> None:
    rows = broken.workspace.rows(broken.migration("VM1").id)
    assert all(one.time <= other.time for one, other in pairwise(rows))
    assert all(one.sent <= other.sent for one, other in pairwise(rows))
    assert rows[-1].sent > broken.machine("VM1").memory, "its memory was sent once, and a part of it twice"
    assert rows[0].time < 1.0
    broken.close()
