"""The order book: who may start, who waits, and that nobody waits for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.backend.embedded.cluster_file.reading import load
from fcm.backend.orders import MOST_PASSED, OrderBook
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import NodeState
from fcm.model.state import State, apply
from fcm.model.telemetry import Phase
from fcm.resources import path
from tests.unit.model.changed import with_cluster, with_node

if TYPE_CHECKING:
    from fcm.model.migrations import Migration

FORMED, _ = apply(State(), ev.Entry(1, 1.0, load(path("clusters") / "fabrikam.toml")))
NODES = list(FORMED.nodes)


class Carrier:
    """A backend on which nothing ends before the test says so."""

    facts_are_final = False

    def __init__(self, limit: int = 1) -> None:
        self.state = with_cluster(FORMED, concurrent_migrations=limit)
        self.book = OrderBook(self)
        self.begun: list[str] = []
        self.told: list[ev.Event] = []
        self.fail_at_once = False

    def now(self) -> float:
        return float(self.state.sequence)

    def tell(self, *events: ev.Event) -> None:
        for event in events:
            self.state, _ = apply(self.state, ev.Entry(self.state.sequence + 1, self.now(), event))
            self.told.append(event)

    def begin(self, migration: str) -> None:
        self.begun.append(migration)
        if self.fail_at_once:
            self.tell(ev.MigrationFailed(migration, "The host refuses.", ""))
            self.book.look()

    def stop(self, migration: str) -> None:
        self.tell(ev.MigrationCanceled(migration))
        self.book.look()

    def pause(self, node: str) -> None:
        self.state = with_node(self.state, node, state=NodeState.PAUSED)

    def resume(self, command: cmd.ResumeNode) -> None:
        self.state = with_node(self.state, command.node, state=NodeState.UP)

    # words for the tests

    def request(self, source: str, destination: str, number: int = 0) -> Migration:
        """Move the ``number``-th machine of a node that is not being moved."""
        free = [one for one in self.state.machines_on(source) if self.state.active_migration(one.id) is None]
        self.book.request(cmd.LiveMigrate(free[number].id, destination))
        return list(self.state.migrations.values())[-1]

    def phase(self, migration: Migration) -> Phase:
        return self.state.migrations[migration.id].phase

    def end(self, migration: Migration) -> None:
        self.tell(ev.MigrationHandedOver(migration.id), ev.MigrationCompleted(migration.id, None))
        self.book.look()

    def waiting(self) -> list[Migration]:
        return [one for one in self.state.active_migrations() if one.phase is Phase.WAITING]

    def taking_part(self, node: str) -> int:
        return sum(node in (one.source, one.destination) for one in self.state.running_migrations())


def test_a_request_waits_while_one_of_its_nodes_takes_part_in_a_migration_and_says_so() -> None:
    carrier = Carrier()
    first = carrier.request("host1", "host2")
    second = carrier.request("host3", "host2")
    assert carrier.phase(first) is Phase.SETUP
    assert carrier.phase(second) is Phase.WAITING
    assert "host2" in carrier.state.migrations[second.id].reason
    assert carrier.begun == [first.id]
    carrier.end(first)
    assert carrier.begun == [first.id, second.id]
    assert carrier.phase(second) is Phase.SETUP


def test_a_request_whose_nodes_are_free_passes_one_that_waits_for_another_node() -> None:
    carrier = Carrier()
    carrier.request("host1", "host2")
    carrier.request("host3", "host2")
    third = carrier.request("host3", "host4")
    assert carrier.phase(third) is Phase.SETUP


def test_one_that_was_passed_often_enough_keeps_its_nodes_free() -> None:
    carrier = Carrier()
    running = carrier.request("host1", "host2")
    patient = carrier.request("host3", "host2")
    for turn in range(MOST_PASSED):
        younger = carrier.request(*(("host4", "host3"), ("host3", "host4"))[turn % 2])
        assert carrier.phase(younger) is Phase.SETUP
        carrier.end(younger)
    late = carrier.request("host5", "host3")
    assert carrier.phase(late) is Phase.WAITING
    carrier.end(running)
    assert carrier.phase(patient) is Phase.SETUP
    carrier.end(patient)
    assert carrier.phase(late) is Phase.SETUP


def test_those_that_wait_start_in_the_order_of_their_requests() -> None:
    carrier = Carrier()
    first = carrier.request("host1", "host2")
    second = carrier.request("host3", "host2")
    third = carrier.request("host4", "host2")
    carrier.end(first)
    assert [carrier.phase(second), carrier.phase(third)] == [Phase.SETUP, Phase.WAITING]


def test_a_higher_limit_starts_what_waits_and_no_more() -> None:
    carrier = Carrier()
    several = [carrier.request(f"host{number}", "host2") for number in (1, 3, 4)]
    carrier.state = with_cluster(carrier.state, concurrent_migrations=2)
    carrier.book.look()
    assert [carrier.phase(one) for one in several] == [Phase.SETUP, Phase.SETUP, Phase.WAITING]


def test_one_that_ends_as_soon_as_it_begins_lets_the_next_start_and_none_twice() -> None:
    carrier = Carrier()
    first = carrier.request("host1", "host2")
    rest = [carrier.request(f"host{number}", "host2") for number in (3, 4, 5)]
    carrier.fail_at_once = True
    carrier.end(first)
    assert carrier.begun == [first.id, *(one.id for one in rest)]
    assert not carrier.waiting()


def test_canceling_all_of_a_node_starts_none_of_them() -> None:
    carrier = Carrier()
    first = carrier.request("host1", "host2")
    carrier.request("host3", "host2")
    other = carrier.request("host5", "host6")
    carrier.book.cancel_all("host2")
    carrier.book.look()
    assert carrier.begun == [first.id, other.id]
    assert carrier.phase(other) is Phase.SETUP


def test_a_node_that_may_come_back_ends_no_waiting_before_its_turn() -> None:
    carrier = Carrier()
    first = carrier.request("host1", "host2")
    second = carrier.request("host1", "host3")
    carrier.state = with_node(carrier.state, "host3", state=NodeState.DOWN)
    carrier.book.look()
    assert carrier.phase(second) is Phase.WAITING
    carrier.end(first)
    assert carrier.phase(second) is Phase.FAILED
    assert "host3 went down" in carrier.state.migrations[second.id].reason


def test_a_node_that_is_down_for_good_ends_the_waiting_at_once() -> None:
    carrier = Carrier()
    carrier.facts_are_final = True
    carrier.request("host1", "host2")
    second = carrier.request("host1", "host3")
    carrier.state = with_node(carrier.state, "host3", state=NodeState.DOWN)
    carrier.book.look()
    assert carrier.phase(second) is Phase.FAILED


def test_a_drain_moves_everything_and_ends_when_the_last_move_is_over() -> None:
    carrier = Carrier()
    carrier.book.drain(cmd.DrainNode("host2"))
    assert carrier.state.nodes["host2"].state is NodeState.PAUSED
    while running := carrier.state.running_migrations():
        assert len(running) == 1, "the drained node takes part in one at a time"
        assert not [event for event in carrier.told if isinstance(event, ev.NodeDrainEnded)]
        carrier.end(running[0])
    assert len([event for event in carrier.told if isinstance(event, ev.NodeDrainEnded)]) == 1
    assert not [one for one in carrier.state.machines_on("host2") if one.state.holds_memory]
    carrier.book.resume(cmd.ResumeNode("host2", failback=True))
    assert {one.destination for one in carrier.state.active_migrations()} == {"host2"}


def test_identities_are_never_used_twice() -> None:
    carrier = Carrier(limit=8)
    several = [carrier.request(f"host{number}", "host2") for number in (1, 3, 4)]
    assert len({one.id for one in several}) == 3
    assert several[0].id == "migration-1"


@pytest.mark.parametrize("limit", [1, 2, 3])
@settings(max_examples=40)
@given(data=st.data())
def test_whatever_is_asked_for_limits_hold_nobody_waits_beside_free_nodes_and_all_get_their_turn(
    limit: int, data: st.DataObject
) -> None:
    carrier = Carrier(limit)
    requested: list[Migration] = []
    for _ in range(data.draw(st.integers(1, 25), "steps")):
        running = carrier.state.running_migrations()
        source, destination = data.draw(st.permutations(NODES).map(lambda drawn: drawn[:2]), "move")
        free = [
            one
            for one in carrier.state.machines_on(source)
            if one.state.holds_memory and carrier.state.active_migration(one.id) is None
        ]
        if running and (not free or data.draw(st.booleans(), "end one")):
            carrier.end(data.draw(st.sampled_from(running), "which"))
        elif free:
            carrier.book.request(cmd.LiveMigrate(free[0].id, destination))
            requested.append(list(carrier.state.migrations.values())[-1])
        assert all(carrier.taking_part(node) <= limit for node in NODES)
        waiting = carrier.waiting()
        if waiting:
            oldest = waiting[0]
            assert limit in (carrier.taking_part(oldest.source), carrier.taking_part(oldest.destination)), (
                "the oldest waits only for a node that is busy"
            )
    for _ in range(len(requested) + 1):
        for one in carrier.state.running_migrations()[:1]:
            carrier.end(one)
    assert all(carrier.state.migrations[one.id].phase.is_over for one in requested)
    assert sorted(carrier.begun) == sorted(set(carrier.begun)), "nothing begins twice"


def test_a_migration_is_said_not_to_converge_once_and_only_while_it_runs() -> None:
    carrier = Carrier()
    first = carrier.request(NODES[0], NODES[1])
    other = carrier.request(NODES[2], NODES[3])

    def said() -> list[str]:
        return [one.migration for one in carrier.told if isinstance(one, ev.MigrationFoundEndless)]

    for _ in range(2):
        carrier.book.found_endless(first.id, "It writes too fast.", "Cancel it.")
    assert said() == [first.id]
    carrier.end(other)
    carrier.book.found_endless(other.id, "It writes too fast.", "Cancel it.")
    carrier.book.found_endless("unknown", "It writes too fast.", "Cancel it.")
    assert said() == [first.id]
