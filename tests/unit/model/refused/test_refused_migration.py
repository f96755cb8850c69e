"""Which moves are refused, and in which words; one entry a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import (
    GIB,
    MachineState,
    NodeState,
    ResourceState,
)
from fcm.model.migrations import MigrationKind
from fcm.model.telemetry import Phase
from tests.unit.model.changed import (
    machine,
    with_cluster,
    with_disk,
    with_machine,
    with_node,
)
from tests.unit.model.refused.case import (
    assert_refused,
    live,
    moving,
    on,
    plain,
)

if TYPE_CHECKING:
    from fcm.model.state import State
    from tests.unit.model.refused.case import Case


REFUSED: dict[str, tuple[Case, str]] = {
    "live: not clustered": (on(live("LEGACY01", "node1")), "is not highly available"),
    "live: not running": (
        on(live("WEB01"), lambda s: with_machine(s, "WEB01", state=MachineState.PAUSED)),
        "is not online (paused)",
    ),
    "live: to where it is": (on(live("WEB01", "node1")), "is already on node1"),
    "live: to a paused node": (
        on(live("WEB01"), lambda s: with_node(s, "node2", state=NodeState.PAUSED)),
        "node2 is paused",
    ),
    "live: to a node that is down": (
        on(live("WEB01"), lambda s: with_node(s, "node2", state=NodeState.DOWN)),
        "node2 is down",
    ),
    "live: short of memory": (
        on(live("WEB01"), lambda s: with_node(s, "node2", memory=14 * GIB)),
        "of free memory; WEB01 needs 2 GiB",
    ),
    "live: other features": (on(live("WEB01", "node3")), "lacks processor features that WEB01 uses: aes"),
    "live: no such switch": (on(live("WEB02")), "node2 has no virtual network named 'DMZ Network'"),
    "live: an ISO file": (on(live("SETUP01", "node1")), "The ISO file"),
    "live: a disk that is offline": (
        on(live("WEB01"), lambda s: with_disk(s, "Cluster Disk 6", state=ResourceState.OFFLINE)),
        "Cluster Disk 6 is offline",
    ),
    "live: a disk that is hidden": (
        on(live("WEB01"), lambda s: with_disk(s, "Cluster Disk 6", visible_to=("node1",))),
        "node2 does not see Cluster Disk 6",
    ),
    "live: already moving": (on(live("WEB01"), lambda s: moving(s, "WEB01")), "is already being moved to node2"),
    "live: no downtime at all": (on(live("WEB01", downtime_limit=0.0)), "downtime limit must be greater than 0"),
    "live: no bandwidth": (on(live("WEB01", bandwidth=0)), "bandwidth must be greater than 0"),
    "live: slowed by nothing": (on(live("WEB01", auto_converge_initial=0)), "can slow a guest by 1 to 99 %"),
    "live: slowed by all": (on(live("WEB01", auto_converge_increment=100)), "can slow a guest by 1 to 99 %"),
    "live: no connection": (on(live("WEB01", parallel_connections=0)), "1 to 255 parallel connections"),
    "live: post-copy over several": (
        on(live("WEB01", post_copy=True, parallel_connections=2)),
        "Post-copy and parallel connections cannot be used together",
    ),
    "live: xbzrle over several": (
        on(live("WEB01", xbzrle=True, parallel_connections=2)),
        "XBZRLE and parallel connections cannot be used together",
    ),
    "live: all networks excluded": (
        on(live("WEB01"), lambda s: with_cluster(s, migration_excluded=tuple(s.networks))),
        "No network may be used for live migration",
    ),
    "quick: not running": (
        on(
            lambda s: cmd.QuickMigrate(machine(s, "WEB01").id, "node2"),
            lambda s: with_machine(s, "WEB01", state=MachineState.OFF),
        ),
        "is not online",
    ),
    "move: not clustered": (
        on(lambda s: cmd.MoveMachine(machine(s, "TEST01").id, "node2")),
        "is not highly available",
    ),
    "cancel: over": (
        on(plain(cmd.CancelMigration("m-WEB01")), lambda s: moving(s, "WEB01", Phase.COMPLETED)),
        "That migration has ended",
    ),
    "cancel: too late": (
        on(plain(cmd.CancelMigration("m-WEB01")), lambda s: moving(s, "WEB01", Phase.BLACKOUT)),
        "too late to cancel",
    ),
    "cancel: a quick migration": (
        on(
            plain(cmd.CancelMigration("m-WEB01")),
            lambda s: moving(s, "WEB01", Phase.SETUP, MigrationKind.QUICK),
        ),
        "A quick migration cannot be canceled",
    ),
    "tune: over": (
        on(plain(cmd.TuneMigration("m-WEB01")), lambda s: moving(s, "WEB01", Phase.FAILED)),
        "Only a live migration in progress",
    ),
    "tune: no downtime": (
        on(plain(cmd.TuneMigration("m-WEB01", downtime_limit=-1)), lambda s: moving(s, "WEB01")),
        "must be greater than 0",
    ),
    "tune: no bandwidth": (
        on(plain(cmd.TuneMigration("m-WEB01", bandwidth=-1)), lambda s: moving(s, "WEB01")),
        "bandwidth must be greater than 0",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_these_words(state: State, name: str) -> None:
    case, words = REFUSED[name]
    assert_refused(case, state, words)
