"""A network that fails while post-copy fetches memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.lab.faults import LinkFault, break_link
from fcm.lab.machines import remove_machine
from fcm.lab.plan import LIVE_MIGRATION
from fcm.model import commands as cmd
from fcm.model.events import BackendReported
from fcm.model.migrations import MigrationOptions
from fcm.model.telemetry import Phase
from tests.live.live_lab import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fcm.lab.machines import LabMachine
    from fcm.model.events import Entry
    from tests.live.live_lab import LiveLab
    from tests.live.watched import Watched

pytestmark = pytest.mark.live


@pytest.fixture
def restless(lab: LiveLab) -> Iterator[LabMachine]:
    """A guest whose memory takes post-copy several seconds to fetch."""
    made = lab.add_machine("torn", fill=150, dirty=40, working_set=120)
    yield made
    remove_machine(made.name, lab.plan, lab.folders)


def test_a_network_that_is_away_during_post_copy_loses_no_machine_and_the_waiting_is_told(
    lab: LiveLab, watched: Watched, restless: LabMachine
) -> None:
    """Resuming over another network is tested without hosts: QEMU 7.2 cannot always be resumed (docs/live-hosts.md)."""
    machine, second = watched.machine(restless.name), lab.node("node2")
    told: list[str] = []

    def keep(entries: Sequence[Entry]) -> None:
        told.extend(entry.event.text for entry in entries if isinstance(entry.event, BackendReported))

    watched.workspace.subscribe(lambda _change, entries: keep(entries))
    with lab.hold(restless) as held:
        identity = watched.migrate(machine, "node2", MigrationOptions(post_copy=True))
        watched.until_memory_moves(identity, 8 << 20)
        watched.workspace.submit(cmd.TuneMigration(identity, post_copy=True))
        watched.until(
            lambda: watched.workspace.state.migrations[identity].phase is Phase.NETWORK, "post-copy has begun"
        )
        # Until it runs there, a connection that breaks ends QEMU at the destination.
        there = lab.connection("node2")
        wait_until(lambda: there.lookupByName(restless.name).state() == [1, 10], "the guest runs at the destination")
        break_link(LinkFault.DOWN, second, LIVE_MIGRATION, lab.plan, lab.folders)
        try:
            watched.until(lambda: any("in post-copy" in text for text in told), "the waiting is told", 15.0)
        finally:
            break_link(LinkFault.UP, second, LIVE_MIGRATION, lab.plan, lab.folders)
        ended = watched.end_of(identity)
        held.wait_for_ticks(50)
        continuity = held.read()

    print(f"\nnetwork away in post-copy: {ended.figures}, longest gap {continuity.longest_gap:.1f} s")
    assert ended.phase is Phase.COMPLETED, ended.reason
    assert lab.running(restless) == ["node2"]
    assert continuity.unbroken, continuity
