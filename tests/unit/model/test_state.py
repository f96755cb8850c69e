from __future__ import annotations

from dataclasses import replace

import pytest

from fcm.model import events as ev
from fcm.model.entities import DiskUse, MachineState, ResourceState, SharedVolume
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions, NetworkAttempt
from fcm.model.resource_states import group_state, machine_resource_state
from fcm.model.state import Change, Kind, State, apply
from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow
from tests.unit.model.changed import disk, group, machine, network, with_machine


def after(state: State, *events: ev.Event) -> State:
    for event in events:
        state, _ = apply(state, ev.Entry(state.sequence + 1, state.time + 1.0, event))
    return state


def change_of(state: State, event: ev.Event) -> Change:
    return apply(state, ev.Entry(state.sequence + 1, state.time + 1.0, event))[1]


def migration(state: State, phase: Phase = Phase.SETUP) -> Migration:
    return Migration(
        "m1", MigrationKind.LIVE, machine(state, "WEB01").id, "node1", "node2", MigrationOptions(), phase, 0.0
    )


def test_an_event_must_follow_the_one_before(state: State) -> None:
    with pytest.raises(ValueError, match="event 5 does not follow event 1"):
        apply(state, ev.Entry(5, 0.0, ev.SharedVolumesEnabled()))


def test_a_transient_event_changes_nothing_but_touches_the_telemetry(state: State) -> None:
    row = TelemetryRow(0.0, 1, 10, 10, 0.0, 0.0, Phase.BROWNOUT)
    same, change = apply(state, ev.Entry(0, 5.0, ev.MigrationProgressed("m1", row)))
    assert same is state
    assert change.touched == {(Kind.TELEMETRY, "m1")}


def test_sequence_and_time_are_those_of_the_last_event(state: State) -> None:
    changed = after(state, ev.SharedVolumesEnabled())
    assert (changed.sequence, changed.time) == (2, 1.0)


def test_the_state_before_is_left_as_it_was(state: State) -> None:
    before = dict(state.machines)
    after(state, ev.MachineDeleted(machine(state, "TEST01").id))
    assert dict(state.machines) == before


def test_a_shared_volume_gives_its_disk_use_name_and_owner(state: State) -> None:
    identity = disk(state, "Cluster Disk 2").id
    changed = after(state, ev.SharedVolumeAdded(SharedVolume(identity, "Data", "Volume1", "node2")))
    assert changed.disks[identity].use is DiskUse.SHARED_VOLUME
    assert (changed.disks[identity].name, changed.disks[identity].owner) == ("Data", "node2")
    back = after(changed, ev.SharedVolumeRemoved(identity))
    assert back.disks[identity].use is DiskUse.AVAILABLE
    assert not back.shared_volumes


def test_handing_over_moves_machine_and_group_in_one_event(state: State) -> None:
    changed = after(state, ev.MigrationRequested(migration(state)), ev.MigrationHandedOver("m1"))
    assert machine(changed, "WEB01").node == "node2"
    assert group(changed, "WEB01").owner == "node2"
    assert changed.migrations["m1"].handed_over


def test_a_migration_keeps_its_attempts_and_the_network_that_carries_it(state: State) -> None:
    first, second = network(state, "Cluster Network 3").id, network(state, "Cluster Network 1").id
    changed = after(
        state,
        ev.MigrationRequested(migration(state)),
        ev.MigrationNetworkTried("m1", NetworkAttempt(first, "a", 0.0, 1.0, connected=False, result="No answer.")),
        ev.MigrationNetworkTried("m1", NetworkAttempt(second, "b", 1.0, 0.1, connected=True, result="Connected.")),
    )
    assert [attempt.network for attempt in changed.migrations["m1"].attempts] == [first, second]
    assert changed.migrations["m1"].network == second


@pytest.mark.parametrize(
    ("event", "phase", "reason"),
    [
        (ev.MigrationCompleted("m1", FinalFigures(1.0, 0.1, 5, 2)), Phase.COMPLETED, ""),
        (ev.MigrationFailed("m1", "broke", "repair"), Phase.FAILED, "broke"),
        (ev.MigrationCanceled("m1"), Phase.CANCELED, ""),
        (ev.MigrationInterrupted("m1", "ended"), Phase.INTERRUPTED, "ended"),
    ],
)
def test_a_migration_ends_once_with_phase_time_and_reason(
    state: State, event: ev.Event, phase: Phase, reason: str
) -> None:
    changed = after(state, ev.MigrationRequested(migration(state)), event)
    ended = changed.migrations["m1"]
    assert (ended.phase, ended.reason, ended.ended) == (phase, reason, changed.time)
    assert changed.active_migration(machine(state, "WEB01").id) is None
    assert changed.last_migration(machine(state, "WEB01").id) == ended


def test_a_waiting_migration_has_not_started_and_starts_with_its_first_phase(state: State) -> None:
    waiting = after(state, ev.MigrationRequested(replace(migration(state, Phase.WAITING), reason="busy")))
    assert waiting.migrations["m1"].started is None
    waiting = after(waiting, ev.MigrationWaited("m1", "busier"))
    assert waiting.migrations["m1"].reason == "busier"
    begun = after(waiting, ev.MigrationPhaseEntered("m1", Phase.SETUP))
    assert (begun.migrations["m1"].started, begun.migrations["m1"].reason) == (begun.time, "")


def test_memory_of_incoming_migrations_is_no_longer_free(state: State) -> None:
    free = state.free_memory("node2")
    requested = after(state, ev.MigrationRequested(migration(state)))
    assert requested.free_memory("node2") == free - machine(state, "WEB01").memory
    over = after(requested, ev.MigrationHandedOver("m1"))
    assert over.free_memory("node2") == requested.free_memory("node2")
    waiting = after(state, ev.MigrationRequested(migration(state, Phase.WAITING)))
    assert waiting.free_memory("node2") == free


def test_a_machine_that_is_off_or_saved_needs_no_memory(state: State) -> None:
    free = state.free_memory("node1")
    for off in (MachineState.OFF, MachineState.SAVED):
        changed = with_machine(state, "WEB01", state=off)
        assert changed.free_memory("node1") == free + machine(state, "WEB01").memory


def test_an_evicted_node_takes_adapters_and_possible_ownership_with_it(state: State) -> None:
    changed = after(state, ev.NodeEvicted("node3"))
    assert "node3" not in changed.nodes
    assert not [adapter for adapter in changed.adapters.values() if adapter.node == "node3"]
    assert not [item for item in changed.resources.values() if "node3" in item.possible_owners]


def test_a_removed_group_takes_its_resources_and_leaves_its_machine(state: State) -> None:
    removed = group(state, "WEB01")
    changed = after(state, ev.GroupRemoved(removed.id))
    assert not changed.group_resources(removed.id)
    assert not machine(changed, "WEB01").is_highly_available


def test_a_removed_resource_touches_its_group(state: State) -> None:
    resource = next(item for item in state.resources.values() if item.disk == disk(state, "Cluster Disk 2").id)
    changed, change = apply(state, ev.Entry(2, 1.0, ev.ResourceRemoved(resource.id)))
    assert resource.id not in changed.resources
    assert (Kind.GROUP, resource.group) in change.touched


def test_a_new_formation_keeps_the_history_of_migrations(state: State) -> None:
    requested = after(state, ev.MigrationRequested(migration(state)))
    assert state.cluster is not None
    formed = ev.ClusterFormed(state.cluster, (), (), (), (), (), (), (), ())
    assert list(after(requested, formed).migrations) == ["m1"]


def test_only_appearing_going_moving_and_renaming_is_structural(state: State) -> None:
    web = machine(state, "WEB01")
    assert not change_of(state, ev.MachineChanged(replace(web, state=MachineState.PAUSED))).structural
    assert change_of(state, ev.MachineChanged(replace(web, node="node2"))).structural
    assert change_of(state, ev.MachineChanged(replace(web, name="X"))).structural
    assert change_of(state, ev.MachineDeleted(web.id)).structural
    live = network(state, "Cluster Network 3")
    assert not change_of(state, ev.NetworkChanged(replace(live, metric=5))).structural
    assert change_of(state, ev.NetworkChanged(replace(live, name="LM"))).structural


def test_changes_add_up() -> None:
    one = Change(frozenset({(Kind.NODE, "a")}))
    other = Change(frozenset({(Kind.NODE, "b"), (Kind.DISK, "d")}), structural=True)
    both = one | other
    assert both.of(Kind.NODE) == {"a", "b"}
    assert both.kinds() == {Kind.NODE, Kind.DISK}
    assert both.structural
    assert both
    assert not Change()


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["Online", "Online"], "Online"),
        (["Online", "Offline"], "PartialOnline"),
        (["Offline", "Offline"], "Offline"),
        (["Online", "Pending"], "Pending"),
        (["Pending", "Failed", "Online"], "Failed"),
        ([], "Offline"),
    ],
)
def test_the_state_of_a_group_follows_any_failed_any_pending_some_online_all_online(
    state: State, states: list[str], expected: str
) -> None:
    model = next(iter(state.resources.values()))
    items = {f"r{n}": replace(model, id=f"r{n}", group="g", state=ResourceState(s)) for n, s in enumerate(states)}
    assert group_state(replace(state, resources=items), "g") is ResourceState(expected)


def test_the_resource_of_a_machine_is_online_while_it_runs_or_pauses_and_pending_between() -> None:
    found = {kind: machine_resource_state(kind) for kind in MachineState}
    assert [kind for kind, value in found.items() if value is ResourceState.ONLINE] == ["Running", "Paused"]
    assert [kind for kind, value in found.items() if value is ResourceState.OFFLINE] == ["Off", "Saved"]


def test_a_migration_is_called_as_its_machine_is_and_as_it_was_once_the_machine_is_gone(state: State) -> None:
    asked = after(state, ev.MigrationRequested(migration(state, Phase.WAITING)))
    (one,) = asked.migrations.values()
    name = asked.machines[one.machine].name
    assert asked.moved_name(one) == name
    renamed = with_machine(asked, name, name="NEW01")
    assert renamed.moved_name(one) == "NEW01"
    gone = after(asked, ev.MachineDeleted(one.machine))
    assert gone.moved_name(gone.migrations[one.id]) == name
