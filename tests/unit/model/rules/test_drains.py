"""What a drain of a node may be, and where its machines go."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import GIB, NodeState
from fcm.model.migrations import DrainMove, Migration, MigrationKind, MigrationOptions, Staying
from fcm.model.rules.allowed import allowed
from fcm.model.rules.moving.drains import (
    LEFT_OUT,
    drain_of,
    drains_to_end,
    moves_back,
    plan_destinations,
    running_machines,
)
from fcm.model.state import State, apply
from fcm.model.structures.tables import Table
from fcm.model.telemetry import Phase
from tests.unit.model.changed import group, machine, with_machine, with_node, with_object

if TYPE_CHECKING:
    from collections.abc import Sequence


def after(state: State, *events: ev.Event) -> State:
    for event in events:
        state, _ = apply(state, ev.Entry(state.sequence + 1, state.time + 1.0, event))
    return state


def begun(state: State, moves: Sequence[DrainMove] | None = None) -> tuple[State, str]:
    """node1 is being drained, its migrations wait; the id of the drain."""
    command = cmd.DrainNode("node1", None if moves is None else tuple(moves))
    assert allowed(command, state)
    drain = drain_of(command, state, 5.0)
    state = after(state, ev.NodeDrainBegun(drain))
    state = with_node(state, "node1", state=NodeState.PAUSED)
    for number, move in enumerate(drain.moves):
        requested = Migration(
            f"m{number}",
            MigrationKind.LIVE,
            move.machine,
            "node1",
            move.destination,
            MigrationOptions(),
            Phase.WAITING,
            5.0,
            drain=drain.id,
        )
        state = after(state, ev.MigrationRequested(requested))
    return state, drain.id


def refusal(command: cmd.DrainNode | cmd.ResumeNode, state: State) -> str:
    verdict = allowed(command, state)
    assert not verdict
    return verdict.sentence()


def test_every_running_machine_moves_or_stays_with_a_reason(state: State) -> None:
    moves, staying = plan_destinations(state, "node1")
    running = {one.id for one in running_machines(state, "node1")}
    assert {one.machine for one in (*moves, *staying)} == running
    assert moves
    assert all(one.reason for one in staying)


def test_groups_of_one_anti_affinity_class_go_to_different_nodes_although_one_has_more_memory(state: State) -> None:
    names = ("WEB01", "DC01")
    for name in names:
        state = with_object(state, "groups", group(state, name).id, anti_affinity=("web",))
    state = with_node(with_node(state, "node2", memory=256 * GIB), "node3", memory=128 * GIB)
    state = with_node(state, "node3", processor=state.nodes["node1"].processor)
    moves, _ = plan_destinations(state, "node1")
    by_machine = {one.machine: one for one in moves}
    first, second = sorted((by_machine[machine(state, name).id] for name in names), key=lambda one: one.node)
    assert (first.node, second.node) == ("node2", "node3")
    assert "anti-affinity class web" in second.reason


def test_a_class_that_cannot_be_kept_apart_is_no_reason_to_stay(state: State) -> None:
    for name in ("WEB01", "DC01"):
        state = with_object(state, "groups", group(state, name).id, anti_affinity=("web",))
    state = with_node(with_node(state, "node2", memory=256 * GIB), "node3", state=NodeState.DOWN)
    moves, _ = plan_destinations(state, "node1")
    wanted = {machine(state, name).id for name in ("WEB01", "DC01")}
    assert {one.node for one in moves if one.machine in wanted} == {"node2"}
    assert any("already has one of the anti-affinity class web" in one.reason for one in moves)


def test_a_node_that_is_down_is_not_drained_and_a_paused_one_is(state: State) -> None:
    down = with_node(state, "node1", state=NodeState.DOWN)
    assert refusal(cmd.DrainNode("node1"), down) == "node1 is down. Only a node that is up or paused can be drained."
    assert allowed(cmd.DrainNode("node1"), with_node(state, "node1", state=NodeState.PAUSED))


def test_a_node_is_not_drained_twice_at_once_nor_resumed_meanwhile(state: State) -> None:
    state, drain = begun(state)
    count = len(state.drains[drain].moves)
    text = refusal(cmd.DrainNode("node1"), state)
    assert text.startswith(f"node1 is already being drained: 0 of {count} moves are finished. Wait")
    assert "is being drained" in refusal(cmd.ResumeNode("node1"), state)


def test_the_only_node_has_nowhere_to_move_its_machines(state: State) -> None:
    single = replace(state, nodes=Table({"node1": state.nodes["node1"]}))
    assert "is the only node" in refusal(cmd.DrainNode("node1"), single)


def test_a_machine_on_its_way_to_the_node_must_arrive_first(state: State) -> None:
    other = next(one for one in state.machines.values() if one.node == "node2" and one.state == "Running")
    coming = Migration("m1", MigrationKind.LIVE, other.id, "node2", "node1", MigrationOptions(), Phase.BROWNOUT, 0.0)
    text = refusal(cmd.DrainNode("node1"), after(state, ev.MigrationRequested(coming)))
    assert text == f"{other.name} is being moved to node1 now. Wait until that move ends, or cancel it."


def staying_of(state: State, name: str) -> Staying:
    return next(one for one in plan_destinations(state, "node1")[1] if one.machine == machine(state, name).id)


def test_a_node_is_drained_although_no_machine_can_leave_and_each_tells_why_it_stays(state: State) -> None:
    for name in ("node2", "node3"):
        state = with_node(state, name, state=NodeState.DOWN)
    assert allowed(cmd.DrainNode("node1"), state)
    drain = drain_of(cmd.DrainNode("node1"), state, 0.0)
    assert drain.moves == ()
    assert {one.machine for one in drain.staying} == {one.id for one in running_machines(state, "node1")}
    assert all("is down." in one.reason and "Start the cluster service" in one.remedy for one in drain.staying)
    assert allowed(cmd.DrainNode("node1", ()), state)


def test_every_obstacle_of_a_machine_is_told_and_each_once(state: State) -> None:
    state = with_machine(state, "WEB01", media="C:\\iso\\setup.iso")
    for resource in state.machine_resources(machine(state, "WEB01").id):
        state = with_object(state, "resources", resource.id, possible_owners=("node1",))
    state = with_node(state, "node3", state=NodeState.PAUSED)
    one = staying_of(state, "WEB01")
    for words in ("setup.iso is attached", "is not a possible owner", "node3 is paused"):
        assert one.reason.count(words) == 1, one.reason
    assert one.reason.count("The same applies to") == 1
    assert "DVD drive" in one.remedy
    assert "Advanced Policies" in one.remedy
    assert "Resume the node." in one.remedy


def test_chosen_moves_are_refused_with_the_reasons_of_all_of_them(state: State) -> None:
    state = with_machine(state, "WEB01", media="C:\\iso\\setup.iso")
    moves = tuple(DrainMove(machine(state, name).id, node) for name, node in (("WEB01", "node2"), ("DC01", "node1")))
    text = refusal(cmd.DrainNode("node1", moves), state)
    assert "setup.iso" in text
    assert "DC01 is already on node1." in text


def test_a_node_without_running_machines_is_only_paused(state: State) -> None:
    empty = replace(state, machines=Table())
    assert allowed(cmd.DrainNode("node1"), empty)
    assert drain_of(cmd.DrainNode("node1"), empty, 0.0).moves == ()


@pytest.mark.parametrize(
    ("moves", "words"),
    [
        ([("WEB01", "node2"), ("WEB01", "node3")], "is listed twice"),
        ([("WEB01", "node1")], "is already on node1"),
        ([("BUILD01", "node3")], "is on node2, not on node1. Plan the drain again."),
        ([], "No machine was chosen to move."),
    ],
)
def test_chosen_destinations_are_checked(state: State, moves: list[tuple[str, str]], words: str) -> None:
    chosen = tuple(DrainMove(machine(state, name).id, node) for name, node in moves)
    assert words in refusal(cmd.DrainNode("node1", chosen), state)


def test_memory_is_not_given_twice_by_chosen_destinations_either(state: State) -> None:
    first, second = running_machines(state, "node1")[:2]
    free = state.free_memory("node2")
    room = state.nodes["node2"].memory - free + first.memory + second.memory - 1
    tight = with_node(state, "node2", memory=room)
    moves = (DrainMove(first.id, "node2"), DrainMove(second.id, "node2"))
    assert f"{second.name} needs" in refusal(cmd.DrainNode("node1", moves), tight)
    assert allowed(cmd.DrainNode("node1", moves), with_node(state, "node2", memory=room + 1))


def test_machines_that_were_not_chosen_stay_and_it_is_said(state: State) -> None:
    web = machine(state, "WEB01").id
    drain = drain_of(cmd.DrainNode("node1", (DrainMove(web, "node2"),)), state, 0.0)
    moves, staying = plan_destinations(state, "node1")
    left = {one.machine for one in moves} - {web}
    assert {one.machine for one in drain.staying if one.reason == LEFT_OUT} == left
    assert len(drain.staying) == len(left) + len(staying)


def test_a_drain_is_over_when_all_its_migrations_are_whichever_way(state: State) -> None:
    state, drain = begun(state)
    *first, last = state.migrations
    assert drains_to_end(state) == []
    state = after(state, *(ev.MigrationCanceled(one) for one in first))
    assert drains_to_end(state) == []
    state = after(state, ev.MigrationFailed(last, "The link broke.", ""))
    assert drains_to_end(state) == [ev.NodeDrainEnded(drain)]
    assert drains_to_end(after(state, ev.NodeDrainEnded(drain))) == []


def test_what_was_moved_and_is_still_there_can_be_brought_back(state: State) -> None:
    web, dc = machine(state, "WEB01").id, machine(state, "DC01").id
    state, drain = begun(state, [DrainMove(web, "node2"), DrainMove(dc, "node2")])
    state = after(state, ev.MigrationHandedOver("m0"), ev.MigrationCompleted("m0", None), ev.MigrationCanceled("m1"))
    state = after(state, ev.NodeDrainEnded(drain))
    assert moves_back(state, "node1") == (cmd.LiveMigrate(web, "node1"),)
    elsewhere = with_machine(state, "WEB01", node="node3")
    assert "No machine that a drain moved away from node1 can move back." in refusal(
        cmd.ResumeNode("node1", failback=True), elsewhere
    )
