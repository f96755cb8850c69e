"""Availability: what is counted as running, unavailable and off, from the events of a history."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.backend.embedded import formed_state
from fcm.model import events as ev
from fcm.model.entities import MachineState
from fcm.model.failures import Candidate, Failover
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions
from fcm.model.state import State, apply
from fcm.model.telemetry import FinalFigures, Phase
from fcm.workspace.reporting.availability import Availability, AvailabilityCount

HOUR = 3600.0
STATES = st.sampled_from(list(MachineState))


def counted(events: list[tuple[float, ev.Event]], begin: float = 0.0, end: float = 10 * HOUR) -> Availability:
    """What is counted of contoso when these events happen at these times."""
    state = formed_state("contoso")
    count = AvailabilityCount(begin, end)
    for time, event in events:
        after, _ = apply(state, ev.Entry(state.sequence + 1, time, event))
        count.take(ev.Entry(state.sequence + 1, time, event), state, after)
        state = after
    if not events:
        count.take(ev.Entry(2, begin - 1, ev.SharedVolumesEnabled()), state, state)
    return count.result(end)


def first(of: State | None = None) -> str:
    state = of or formed_state("contoso")
    return next(key for key, one in state.machines.items() if one.group and one.state is MachineState.RUNNING)


def machine_is(identity: str, state: MachineState) -> ev.MachineChanged:
    return ev.MachineChanged(replace(formed_state("contoso").machines[identity], state=state))


def test_a_machine_that_is_down_for_an_hour_of_ten_was_available_for_nine() -> None:
    identity = first()
    name = formed_state("contoso").machines[identity].name
    found = counted(
        [
            (2 * HOUR, machine_is(identity, MachineState.OFF)),
            (3 * HOUR, machine_is(identity, MachineState.RUNNING)),
        ]
    )
    (figures,) = [one for one in found.machines if one.name == name]
    assert (figures.running, figures.unavailable, figures.off) == (9 * HOUR, HOUR, 0.0)
    assert figures.share == pytest.approx(0.9)
    (outage,) = found.outages
    assert (outage.begin, outage.end, outage.lasts) == (2 * HOUR, 3 * HOUR, False)
    others = [one for one in found.machines if one.name != name and one.running]
    assert all(one.share == 1.0 for one in others)


def test_a_machine_that_nobody_wants_to_run_is_off_and_not_unavailable() -> None:
    state = formed_state("contoso")
    identity = first()
    group = state.groups[state.machines[identity].group or ""]
    found = counted(
        [
            (HOUR, ev.GroupChanged(replace(group, wanted=False))),
            (HOUR, machine_is(identity, MachineState.OFF)),
        ]
    )
    (figures,) = [one for one in found.machines if one.name == state.machines[identity].name]
    assert (figures.running, figures.unavailable, figures.off) == (HOUR, 0.0, 9 * HOUR)
    assert not found.outages


def test_an_outage_that_lasts_is_said_to_last() -> None:
    found = counted([(4 * HOUR, machine_is(first(), MachineState.PAUSED_CRITICAL))])
    assert [(one.duration, one.lasts) for one in found.outages] == [(6 * HOUR, True)]


def test_a_time_without_events_is_counted_whole() -> None:
    found = counted([])
    running = [one for one in found.machines if one.running]
    assert running
    assert all(one.running == 10 * HOUR for one in running)


def moved(identity: str, downtime: float, limit: float, endless: str = "") -> list[ev.Event]:
    one = Migration(
        "m1", MigrationKind.LIVE, identity, "node1", "node2", MigrationOptions(downtime_limit=limit), Phase.SETUP,
        HOUR, HOUR, endless=endless,
    )  # fmt: skip
    return [ev.MigrationRequested(one), ev.MigrationCompleted("m1", FinalFigures(10.0, downtime, 1 << 30, 3))]


def test_a_blackout_is_taken_from_what_was_available_and_listed() -> None:
    identity = first()
    found = counted([(2 * HOUR, event) for event in moved(identity, 36.0, 100.0)])
    (figures,) = [one for one in found.machines if one.migrations]
    assert figures.share == pytest.approx(1 - 36.0 / (10 * HOUR))
    assert [one.id for one in found.blackouts] == ["m1"]
    assert not found.near


@pytest.mark.parametrize(
    ("downtime", "said"), [(0.05, None), (0.09, "came near"), (0.2, "longer than the downtime limit")]
)
def test_a_blackout_near_or_above_its_limit_is_a_near_miss(downtime: float, said: str | None) -> None:
    found = counted([(2 * HOUR, event) for event in moved(first(), downtime, 0.1)])
    assert [said in text for _, text in found.near if said] == ([True] if said else [])
    assert bool(found.near) is (said is not None)


def test_a_migration_that_would_not_have_ended_is_a_near_miss() -> None:
    found = counted([(2 * HOUR, event) for event in moved(first(), 0.01, 0.1, "It writes faster than the network.")])
    assert "would not have ended by itself" in found.near[0][1]


def failover(reasons: dict[str, str]) -> ev.FailoverRecorded:
    state = formed_state("contoso")
    group = state.machines[first()].group or ""
    nodes = tuple(Candidate(node, node == "node2", reason) for node, reason in reasons.items())
    return ev.FailoverRecorded(Failover("f1", group, "node1 failed", "node1", "node2", HOUR, candidates=nodes))


def test_a_failover_with_one_possible_node_is_a_near_miss_and_one_with_two_is_none() -> None:
    one = {"node1": "Is down.", "node2": "Owns the fewest.", "node3": "Is not a possible owner of SQL01."}
    assert "only node that could take it over" in counted([(2 * HOUR, failover(one))]).near[0][1]
    two = {**one, "node3": "Owns more services and applications (3) than node2 (1)."}
    assert not counted([(2 * HOUR, failover(two))]).near


def test_a_failover_between_two_looks_at_real_hosts_is_an_outage_although_the_machine_was_seen_running() -> None:
    state = formed_state("contoso")
    machine = state.machines[first()]
    assert machine.group is not None
    record = ev.FailoverRecorded(Failover("f1", machine.group, "lost", "node1", "node2", HOUR, online=HOUR + 7.0))
    found = counted([(HOUR + 7.0, record)])
    (figures,) = [one for one in found.machines if one.name == machine.name]
    assert (figures.running, figures.unavailable, figures.outages) == (10 * HOUR - 7.0, 7.0, 1)
    (outage,) = found.outages
    assert (outage.begin, outage.end) == (HOUR, HOUR + 7.0)


def test_a_failover_whose_outage_was_seen_is_counted_once() -> None:
    state = formed_state("contoso")
    machine = state.machines[first()]
    assert machine.group is not None
    record = ev.FailoverRecorded(Failover("f1", machine.group, "lost", "node1", "node2", HOUR, online=HOUR + 7.0))
    found = counted(
        [
            (HOUR + 2.0, machine_is(machine.id, MachineState.OFF)),
            (HOUR + 7.0, record),
            (HOUR + 7.0, machine_is(machine.id, MachineState.RUNNING)),
        ]
    )
    assert [one.duration for one in found.outages] == [5.0]


@given(changes=st.lists(st.tuples(st.floats(0, 12 * HOUR), STATES), max_size=12))
def test_what_is_counted_of_a_machine_is_the_whole_time(changes: list[tuple[float, MachineState]]) -> None:
    identity = first()
    events: list[tuple[float, ev.Event]] = [
        (time, machine_is(identity, state)) for time, state in sorted(changes, key=lambda change: change[0])
    ]
    found = counted(events, HOUR, 9 * HOUR)
    name = formed_state("contoso").machines[identity].name
    for figures in found.machines:
        if figures.name == name:
            assert figures.running + figures.unavailable + figures.off == pytest.approx(8 * HOUR)
            assert figures.unavailable == pytest.approx(sum(o.duration for o in found.outages if o.machine == identity))
            assert figures.share is None or 0.0 <= figures.share <= 1.0
