from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState
from fcm.model.telemetry import Phase
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Sequence


def migrate(desk: Desk, *moves: tuple[str, str]) -> None:
    for name, node in moves:
        assert desk.do(cmd.LiveMigrate(desk.machine(name).id, node))


def started(desk: Desk) -> list[str]:
    """Names of machines in the order in which their migrations started."""
    names = {machine.id: machine.name for machine in desk.state.machines.values()}
    begun = [m for m in desk.state.migrations.values() if m.started is not None]
    return [names[m.machine] for m in sorted(begun, key=lambda m: (m.started, m.id))]


def test_a_node_takes_part_in_one_live_migration_and_the_next_waits_with_its_reason(desk: Desk) -> None:
    migrate(desk, ("WEB01", "node2"), ("SQL01", "node2"))
    waiting = desk.migration("SQL01")
    assert waiting.phase is Phase.WAITING
    assert waiting.started is None
    assert waiting.reason == (
        "Other live migrations of node1 or node2 are ahead in the queue: a node takes part in one at a time."
    )


def test_the_queue_is_worked_off_in_the_order_of_the_requests(desk: Desk) -> None:
    migrate(desk, ("WEB01", "node2"), ("DC01", "node2"), ("BUILD01", "node1"), ("APP01", "node1"))
    desk.settle()
    assert started(desk) == ["WEB01", "DC01", "BUILD01", "APP01"]
    assert all(m.phase is Phase.COMPLETED for m in desk.state.migrations.values())


def test_a_request_whose_nodes_are_free_starts_past_one_that_waits_for_another_node(fabrikam: Desk) -> None:
    on = {node: fabrikam.state.machines_on(node)[0].name for node in fabrikam.state.nodes}
    migrate(fabrikam, (on["host1"], "host2"), (on["host3"], "host2"), (on["host4"], "host3"), (on["host5"], "host6"))
    phases = [fabrikam.migration(on[node]).phase for node in ("host1", "host3", "host4", "host5")]
    assert phases == [Phase.SETUP, Phase.WAITING, Phase.SETUP, Phase.SETUP]
    fabrikam.settle()
    assert all(one.phase is Phase.COMPLETED for one in fabrikam.state.migrations.values())


def test_a_migration_that_ends_tells_nothing_new_to_those_that_wait_on(desk: Desk) -> None:
    migrate(desk, ("WEB01", "node2"), ("DC01", "node2"), ("SQL01", "node2"), ("BUILD01", "node1"), ("APP01", "node1"))
    assert sum(m.phase is Phase.WAITING for m in desk.state.migrations.values()) == 4
    desk.settle()
    assert len(started(desk)) == 5
    assert not list(desk.events(ev.MigrationWaited))


def test_another_limit_is_told_to_those_that_still_wait(desk: Desk) -> None:
    migrate(desk, ("WEB01", "node2"), ("DC01", "node2"), ("SQL01", "node2"))
    assert desk.do(cmd.SetConcurrentMigrations(2))
    waiting = [m.reason for m in desk.state.migrations.values() if m.phase is Phase.WAITING]
    assert len(waiting) == 1
    assert all(reason.endswith("a node takes part in 2 at a time.") for reason in waiting)


def test_a_higher_limit_starts_what_waits(desk: Desk) -> None:
    migrate(desk, ("WEB01", "node2"), ("SQL01", "node2"), ("DC01", "node2"))
    assert desk.do(cmd.SetConcurrentMigrations(3))
    assert len(desk.state.running_migrations()) == 3


def test_a_waiting_migration_can_be_canceled(desk: Desk) -> None:
    migrate(desk, ("WEB01", "node2"), ("SQL01", "node2"))
    assert desk.do(cmd.CancelMigration(desk.migration("SQL01").id))
    desk.settle()
    assert desk.migration("SQL01").phase is Phase.CANCELED
    assert desk.machine("SQL01").node == "node1"


def test_what_became_impossible_while_it_waited_fails_with_the_reason(desk: Desk) -> None:
    migrate(desk, ("WEB01", "node2"), ("DC01", "node3"))
    assert desk.do(cmd.PauseNode("node3"))
    desk.settle()
    migration = desk.migration("DC01")
    assert migration.phase is Phase.FAILED
    assert "node3 is paused" in migration.reason
    assert desk.machine("DC01").node == "node1"


def test_a_destination_that_leaves_the_cluster_ends_the_waiting(desk: Desk) -> None:
    migrate(desk, ("WEB01", "node2"), ("DC01", "node3"))
    assert desk.do(cmd.StopClusterService("node3"))
    assert desk.migration("DC01").phase is Phase.FAILED
    assert "node3 went down" in desk.migration("DC01").reason


def test_a_quick_migration_does_not_occupy_the_nodes(desk: Desk) -> None:
    assert desk.do(cmd.QuickMigrate(desk.machine("APP01").id, "node1"))
    migrate(desk, ("WEB01", "node2"))
    assert desk.migration("WEB01").phase is Phase.SETUP


def test_eight_live_migrations_run_at_once_on_eight_nodes(fabrikam: Desk) -> None:
    assert fabrikam.do(cmd.SetConcurrentMigrations(2))
    nodes = list(fabrikam.state.nodes)
    for number, node in enumerate(nodes):
        machine = fabrikam.state.machines_on(node)[0]
        assert fabrikam.do(cmd.LiveMigrate(machine.id, nodes[(number + 1) % 8]))
    assert len(fabrikam.state.running_migrations()) == 8
    fabrikam.settle()
    assert all(m.phase is Phase.COMPLETED for m in fabrikam.state.migrations.values())


_MACHINES = ("SQL01", "WEB01", "DC01", "BUILD01", "APP01", "FILE01", "PRINT01")


@settings(max_examples=4)
@given(
    st.permutations(_MACHINES),
    st.lists(st.sampled_from(["node1", "node2", "node3"]), min_size=7, max_size=7),
    st.integers(1, 3),
)
def test_no_node_ever_takes_part_in_more_than_its_limit_and_everybody_gets_a_turn(
    order: Sequence[str], nodes: list[str], limit: int
) -> None:
    desk = Desk()
    try:
        assert desk.do(cmd.SetConcurrentMigrations(limit))
        for name, node in zip(order, nodes, strict=True):
            desk.do(cmd.LiveMigrate(desk.machine(name).id, node))
        accepted = len(desk.state.migrations)
        while desk.backend.next_due is not None:
            running = desk.state.running_migrations()
            for node in desk.state.nodes:
                assert sum(node in (m.source, m.destination) for m in running) <= limit
            desk.run(5.0)
        assert len(desk.state.migrations) == accepted
        assert all(m.phase in (Phase.COMPLETED, Phase.FAILED) for m in desk.state.migrations.values())
        assert all(desk.machine(name).state is MachineState.RUNNING for name in order)
    finally:
        desk.close()
