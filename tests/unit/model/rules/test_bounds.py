"""Where a limit lies exactly, and what holds if nobody says otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, RestartPolicy
from fcm.model.failures import Fault, FaultKind, ServiceProcess
from fcm.model.quantities import rate, seconds
from fcm.model.rules.allowed import allowed
from fcm.model.rules.moving.drains import plan_destinations
from fcm.model.rules.snapshots import backup_words
from fcm.model.snapshots import Backup, Snapshot
from fcm.model.state import Kind, State, apply
from fcm.model.structures.codec import DecodeError, decode, encode
from fcm.model.structures.tables import Table
from tests.unit.model.changed import group, machine, with_object


@pytest.mark.parametrize("sign", [1, -1])
def test_a_whole_number_of_64_bits_is_read_and_the_next_one_refused(sign: int) -> None:
    data = encode(RestartPolicy())
    largest = sign * (2**64 - 1)
    assert decode(RestartPolicy, {**data, "period": largest}).period == largest
    with pytest.raises(DecodeError, match="more than 64 bits"):
        decode(RestartPolicy, {**data, "period": largest + sign})


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0099, "9.9 ms"),
        (0.999, "999 ms"),
        (1.0, "1.0 s"),
        (59.9, "59.9 s"),
        (60.0, "1 min 0 s"),
        (3599.0, "59 min 59 s"),
        (3600.0, "1 h 0 min"),
        (2 * 86_400.0 - 1, "47 h 59 min"),
        (2 * 86_400.0, "2.0 days"),
        (100 * 86_400.0, "100 days"),
        (3 * 365.25 * 86_400.0, "3.0 years"),
        (100 * 365.25 * 86_400.0, "100 years"),
    ],
)
def test_a_duration_changes_its_unit_exactly_where_the_next_one_begins(value: float, words: str) -> None:
    assert seconds(value) == words


@pytest.mark.parametrize(
    ("bits", "words"),
    [
        (900, "900 bit/s"),
        (1e3, "1 kbit/s"),
        (999e3, "999 kbit/s"),
        (1e6, "1 Mbit/s"),
        (999e6, "999 Mbit/s"),
        (1e9, "1 Gbit/s"),
        (999e9, "999 Gbit/s"),
        (1e12, "1 Tbit/s"),
    ],
)
def test_a_rate_changes_its_unit_exactly_where_the_next_one_begins(bits: float, words: str) -> None:
    assert rate(bits / 8) == words


def test_a_node_has_one_vote_unless_it_is_taken_away(state: State) -> None:
    assert {node.weight for node in state.nodes.values()} == {1}


def test_a_cluster_service_that_starts_as_usual_may_form_the_cluster_and_brings_its_groups_online() -> None:
    usual = ServiceProcess()
    assert (usual.joins_only, usual.forces, usual.quiet, usual.dirty) == (False, False, False, False)


def test_a_fault_touches_its_object_the_cluster_and_all_nodes_on_its_side(state: State) -> None:
    fault = Fault("f1", FaultKind.ISOLATE, "node1", 5.0, together=("node2",))
    _, change = apply(state, ev.Entry(state.sequence + 1, 5.0, ev.FaultInjected(fault)))
    assert change.of(Kind.NODE) == {"node1", "node2"}
    assert change.of(Kind.CLUSTER)


@pytest.mark.parametrize(("taken", "possible"), [(49, True), (50, False)])
def test_a_machine_has_fifty_snapshots_at_most_as_in_hyper_v(state: State, taken: int, possible: bool) -> None:
    web = machine(state, "WEB01")
    kept = {f"s{number}": Snapshot(f"s{number}", f"s{number}", web, float(number), 0) for number in range(taken)}
    verdict = allowed(cmd.TakeSnapshot(web.id, "one more"), replace(state, snapshots=Table(kept)))
    assert bool(verdict) is possible
    assert possible or "50 snapshots" in verdict.reason


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "waiting for the live migration to end"),
        ({"started": 2.0}, "in progress"),
        ({"started": 2.0, "file_copy": True}, "in progress, as a copy of files"),
        ({"started": 2.0, "ended": 3.0}, "complete"),
        ({"ended": 3.0, "reason": "the node failed"}, "stopped: the node failed"),
    ],
)
def test_a_backup_is_told_by_how_far_it_has_come(state: State, changes: dict[str, object], words: str) -> None:
    web = machine(state, "WEB01")
    assert backup_words(state, web.id) == ""
    backup = replace(Backup("b1", web.id, "node1", None, 1.0), **changes)  # type: ignore[arg-type]
    assert backup_words(replace(state, backups=Table({"b1": backup})), web.id) == words


def test_a_drain_avoids_a_node_where_a_machine_of_the_class_already_is(eight: State) -> None:
    """Although it is the one with the most free memory, to which it would go otherwise."""
    node = next(one.node for one in eight.machines.values() if one.state is MachineState.RUNNING and one.group)
    usual, _ = plan_destinations(eight, node)
    moving = eight.machines[usual[0].machine]
    other = next(one for one in eight.machines_on(usual[0].node) if one.group)
    state = eight
    for one in (moving, other):
        state = with_object(state, "groups", group(state, one.name).id, anti_affinity=("web",))
    planned, _ = plan_destinations(state, node)
    (choice,) = (choice for choice in planned if choice.machine == moving.id)
    assert choice.node != usual[0].node
    assert "anti-affinity class web" in choice.reason
