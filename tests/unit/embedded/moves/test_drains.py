"""Draining a node of the embedded cluster, and canceling all migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.embedded import open_embedded
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import NodeState
from fcm.model.migrations import DrainMove
from fcm.model.telemetry import Phase
from fcm.workspace.files.journal import Journal
from tests.unit.embedded.desk import START, Desk

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.model.migrations import Drain


def the_drain(desk: Desk) -> Drain:
    return list(desk.state.drains.values())[-1]


def running_on(desk: Desk, node: str) -> set[str]:
    return {machine.name for machine in desk.state.machines_on(node) if machine.state.holds_memory}


def test_a_drained_node_is_paused_and_its_machines_move_in_order_through_the_queue(desk: Desk) -> None:
    assert desk.do(cmd.DrainNode("node1"))
    drain = the_drain(desk)
    assert desk.state.nodes["node1"].state is NodeState.PAUSED
    phases = [desk.state.active_migration(move.machine).phase for move in drain.moves]  # type: ignore[union-attr]
    assert phases == [Phase.SETUP, *[Phase.WAITING] * (len(drain.moves) - 1)]
    assert all(m.reason for m in desk.state.active_migrations() if m.phase is Phase.WAITING)

    desk.settle()

    drain = the_drain(desk)
    assert drain.ended is not None
    stay = {desk.state.machines[one.machine].name for one in drain.staying}
    assert running_on(desk, "node1") == stay
    begun = sorted(desk.state.migrations.values(), key=lambda one: one.started or 0.0)
    assert [one.machine for one in begun] == [move.machine for move in drain.moves]
    assert desk.state.nodes["node1"].state is NodeState.PAUSED


def test_chosen_destinations_are_kept_and_the_rest_stays(desk: Desk) -> None:
    web = desk.machine("WEB01").id
    assert desk.do(cmd.DrainNode("node1", (DrainMove(web, "node2", 3.0, "forecast"),)))
    desk.settle()
    assert desk.machine("WEB01").node == "node2"
    assert the_drain(desk).moves[0].predicted == 3.0
    assert len(desk.state.migrations) == 1


def test_cancel_all_ends_the_drain_and_leaves_the_node_paused(desk: Desk) -> None:
    before = running_on(desk, "node1")
    assert desk.do(cmd.DrainNode("node1"))
    desk.run(2.0)
    assert desk.do(cmd.CancelMigrations("node1"))
    assert {m.phase for m in desk.state.migrations.values()} == {Phase.CANCELED}
    assert the_drain(desk).ended is not None
    assert desk.state.nodes["node1"].state is NodeState.PAUSED
    desk.settle()
    assert running_on(desk, "node1") == before


def test_cancel_all_of_a_node_leaves_those_of_others_alone(fabrikam: Desk) -> None:
    on = {node: fabrikam.state.machines_on(node)[0] for node in fabrikam.state.nodes}
    assert fabrikam.do(cmd.LiveMigrate(on["host1"].id, "host2"))
    assert fabrikam.do(cmd.LiveMigrate(on["host3"].id, "host4"))
    assert fabrikam.do(cmd.CancelMigrations("host2"))
    assert fabrikam.migration(on["host1"].name).phase is Phase.CANCELED
    assert fabrikam.migration(on["host3"].name).phase is Phase.SETUP
    refused = fabrikam.do(cmd.CancelMigrations("host2"))
    assert refused.reason == "No live migration of host2 is waiting or running."
    assert fabrikam.do(cmd.CancelMigrations())


def test_a_destination_that_goes_down_meanwhile_fails_its_moves_with_the_reason_and_the_drain_ends(desk: Desk) -> None:
    web, dc = desk.machine("WEB01").id, desk.machine("DC01").id
    assert desk.do(cmd.DrainNode("node1", (DrainMove(web, "node2"), DrainMove(dc, "node3"))))
    assert desk.do(cmd.PauseNode("node3"))
    desk.settle()
    failed = desk.migration("DC01")
    assert (failed.phase, failed.reason) == (Phase.FAILED, "node3 is paused.")
    assert desk.machine("DC01").node == "node1"
    assert the_drain(desk).ended is not None


def test_resuming_with_failback_brings_back_what_the_drain_took_away(desk: Desk) -> None:
    before = running_on(desk, "node1")
    assert desk.do(cmd.DrainNode("node1"))
    desk.settle()
    assert desk.do(cmd.ResumeNode("node1", failback=True))
    desk.settle()
    assert running_on(desk, "node1") == before
    assert desk.state.nodes["node1"].state is NodeState.UP
    assert not desk.do(cmd.ResumeNode("node1", failback=True))


def test_a_drain_that_the_end_of_the_program_interrupted_is_over_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "c.journal"
    first = Desk(journal=Journal.open(path, "embedded:contoso"))
    assert first.do(cmd.DrainNode("node1"))
    first.run(1.0)
    first.close()
    again = Desk(
        journal=Journal.open(path, "embedded:contoso"), backend=open_embedded("contoso", seed=1, start_time=START)
    )
    assert the_drain(again).ended is not None
    assert not again.state.active_migrations()
    assert again.state.nodes["node1"].state is NodeState.PAUSED
    assert again.events(ev.NodeDrainEnded)
    again.close()
