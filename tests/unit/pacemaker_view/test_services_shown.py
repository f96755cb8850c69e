"""Services and applications: each rule of what Pacemaker's words mean in the window."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fcm.backend.pacemaker.mapping import uuid_of
from fcm.backend.pacemaker.status import LocationStatus
from fcm.model.entities import MachineState, NodeState, OfflineAction, ResourceState
from fcm.model.rules.fencing import blocked
from tests.unit.pacemaker_reading.recorded import status
from tests.unit.pacemaker_view.shown import NAMES, Window, changed


def test_a_machine_that_pacemaker_runs_is_highly_available_and_online() -> None:
    window = Window("adopted")
    web = window.group("web")
    assert (web.state, web.owner, web.name) == (ResourceState.ONLINE, "node1", "web")
    machine = window.state.machine_named("web")
    assert machine is not None
    assert web.id == f"group-{machine.id}"
    assert window.resource("web").possible_owners == NAMES


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("stopping", ResourceState.PENDING),
        ("stopped", ResourceState.OFFLINE),
        ("starting", ResourceState.PENDING),
        ("start-failed-everywhere", ResourceState.FAILED),
        ("machine-failed-and-restarted", ResourceState.ONLINE),
        ("degraded", ResourceState.ONLINE),
        ("maintenance", ResourceState.ONLINE),
    ],
)
def test_the_state_of_a_service_is_what_pacemaker_says(name: str, state: ResourceState) -> None:
    window = Window("configured")
    window.show(status(name))
    assert window.group("db" if name != "degraded" else "web").state is state
    assert window.resource("db" if name != "degraded" else "web").state is state


def test_a_machine_that_is_migrated_stays_online() -> None:
    window = Window("migrating")
    assert window.group("web").state is ResourceState.ONLINE
    assert window.group("web").owner == "node1"


@pytest.mark.parametrize("name", ["unclean", "fencing-pending", "fencing-failed"])
def test_a_machine_on_a_lost_node_is_unknown_and_never_shown_as_online(name: str) -> None:
    window = Window("configured")
    window.show(status(name))
    assert window.group("web").state is ResourceState.PENDING
    assert window.resource("web").failure == "Unknown: it ran on node1, which is lost and is not known to be off."
    assert window.group("db").state is ResourceState.ONLINE


def test_after_fencing_the_machine_is_pending_then_online_elsewhere() -> None:
    window = Window("fencing-failed")
    window.show(status("fenced"))
    assert window.group("web").state is ResourceState.PENDING
    window.show(status("failed-over"))
    assert (window.group("web").state, window.group("web").owner) == (ResourceState.ONLINE, "node2")
    assert window.resource("web").failure == ""


def test_a_canceled_migration_is_blocked_and_says_that_the_machine_runs_on() -> None:
    window = Window("blocked")
    assert window.group("web").state is ResourceState.ONLINE
    text = blocked(window.state, window.group("web").id)
    assert text.startswith("The live migration from node2 to node1 was canceled.")
    assert "It keeps running" in text


def test_a_failed_migration_is_blocked_with_the_reason_of_the_agent() -> None:
    seen = status("blocked")
    told = {"node2": "network-3 10.92.0.1 failed 2577 ms nothing moved for 3 s"}
    window = Window()
    window.show(replace(seen, moves={"fcm-move-web": told}))
    assert "from node2 to node1 failed (nothing moved for 3 s)." in window.resource("web").blocked


def test_a_machine_that_is_no_longer_blocked_says_nothing() -> None:
    window = Window("blocked")
    window.show(status("adopted"))
    assert window.resource("web").blocked == ""


def test_a_machine_that_starts_nowhere_says_which_operation_failed() -> None:
    window = Window("configured")
    window.show(status("start-failed-everywhere"))
    assert window.resource("db").failure.startswith("The operation start failed on node")


def test_a_machine_without_a_node_that_may_run_it_has_failed() -> None:
    seen = changed(status("stopped"), "db", target_role="")
    bans = tuple(LocationStatus(f"never-{name}", "db", name, "-INFINITY") for name in NAMES)
    window = Window("configured")
    window.show(replace(seen, locations=(*seen.locations, *bans)))
    assert window.group("db").state is ResourceState.FAILED
    assert window.resource("db").failure == "No node that is online may run it."


def test_a_machine_that_waits_for_a_decision_is_pending() -> None:
    window = Window("configured")
    window.show(changed(status("stopped"), "db", target_role="", failures={}))
    assert window.group("db").state is ResourceState.PENDING


def test_all_machines_are_offline_when_the_cluster_is_to_stop_all() -> None:
    seen = changed(status("stopped"), "db", target_role="")
    window = Window("configured")
    window.show(replace(seen, properties={**seen.properties, "stop-all-resources": "true"}))
    assert window.group("db").state is ResourceState.OFFLINE


def test_without_quorum_a_stopped_machine_is_offline_and_not_failed() -> None:
    seen = changed(status("stopped"), "db", target_role="")
    window = Window("configured")
    window.show(replace(seen, have_quorum=False))
    assert window.group("db").state is ResourceState.OFFLINE


def test_a_machine_that_ended_and_was_not_noticed_is_pending() -> None:
    window = Window("adopted")
    machine = window.state.machine_named("web")
    assert machine is not None
    seen = status("adopted")
    off = replace(machine, state=MachineState.OFF)
    window.state = replace(window.state, machines={**window.state.machines, machine.id: off})
    window._machines = lambda _: None  # type: ignore[method-assign]
    window.show(seen)
    assert window.group("web").state is ResourceState.PENDING
    assert "has not noticed" in window.resource("web").failure


def test_a_blocked_machine_that_ended_has_failed_since_nobody_starts_it() -> None:
    window = Window("blocked")
    machine = window.state.machine_named("web")
    assert machine is not None
    off = replace(machine, state=MachineState.OFF)
    window.state = replace(window.state, machines={**window.state.machines, machine.id: off})
    window._machines = lambda _: None  # type: ignore[method-assign]
    window.show(status("blocked"))
    assert window.group("web").state is ResourceState.FAILED
    assert window.resource("web").failure == "web is off. Pacemaker does not start it as long as it is blocked."
    assert "keeps running" not in window.resource("web").blocked


def test_a_machine_that_is_off_when_fcm_opens_is_there_with_its_memory() -> None:
    window = Window("stopped")
    assert window.state.machine_named("db") is not None
    db = window.state.machine_named("db")
    assert db is not None
    assert (db.state, db.memory) == (MachineState.OFF, 256 * 2**20)
    assert window.group("db").state is ResourceState.OFFLINE
    assert not window.group("db").wanted


def test_a_machine_that_is_being_adopted_is_not_highly_available_yet() -> None:
    seen = status("unmanaged")
    web = seen.resource("web")
    assert web is not None
    window = Window()
    window.show(changed(seen, "web", meta={**web.meta, "fcm-adopting": "1"}))
    machine = window.state.machine_named("web")
    assert machine is not None
    assert machine.group is None


def test_a_machine_that_was_released_stays_without_being_highly_available() -> None:
    window = Window("configured")
    window.show(status("released"))
    db = window.state.machine_named("db")
    assert db is not None
    assert db.group is None


def test_an_orphan_is_not_highly_available() -> None:
    window = Window("configured")
    window.show(status("orphan"))
    db = window.state.machine_named("db")
    assert db is not None
    assert db.group is None


def test_a_part_without_quorum_takes_no_machine_away() -> None:
    window = Window("configured")
    window.show(replace(status("released"), have_quorum=False))
    assert window.group("db").id in window.state.groups


def test_settings_are_those_of_the_configuration() -> None:
    seen = status("adopted")
    web = seen.resource("web")
    assert web is not None
    meta = {
        **web.meta,
        "fcm-name": "The Web",
        "fcm-classes": "front 'back end'",
        "fcm-failback": "22-4",
        "priority": "3000",
        "migration-threshold": "3",
        "failure-timeout": "2h",
    }
    seen = changed(seen, "web", meta=meta, parameters={**web.parameters, "force_stop": "true"})
    owners = (
        LocationStatus("fcm-owner-web-node2", "web", "node2", "200"),
        LocationStatus("fcm-owner-web-node1", "web", "node1", "199"),
        LocationStatus("fcm-never-web-node3", "web", "node3", "-INFINITY"),
    )
    window = Window()
    window.show(replace(seen, locations=(*seen.locations, *owners)))
    group, resource = window.group("web"), window.resource("web")
    assert group.name == "The Web"
    assert group.preferred_owners == ("node2", "node1")
    assert (group.failback, group.failback_window) == (True, (22, 4))
    assert group.anti_affinity == ("front", "back end")
    assert group.priority == 3000
    assert resource.possible_owners == ("node1", "node2")
    assert (resource.policy.maximum_restarts, resource.policy.period) == (2, 7200)
    assert resource.offline_action is OfflineAction.TURN_OFF
    window.show(status("adopted"))
    assert window.group("web").priority == 2000
    assert window.resource("web").offline_action is OfflineAction.SHUT_DOWN


def test_an_own_order_of_networks_is_that_of_the_agent() -> None:
    window = Window("migrating")
    window.show(status("migrating"))
    machine = window.state.machine_named("web")
    assert machine is not None
    assert machine.migration_networks is not None
    assert machine.migration_networks.order == ("network-3", "network-2")
    window.show(changed(status("migrating"), "web", meta={"fcm-uuid": machine.id}))
    assert window.state.machines[machine.id].migration_networks is None


def test_when_nobody_answers_a_machine_of_a_silent_host_is_unknown() -> None:
    window = Window("configured")
    lost = dict.fromkeys(NAMES, "node does not respond.")
    window.show(None, silent={"node1": "silent."}, reasons=lost)
    assert window.group("web").state is ResourceState.PENDING
    assert window.resource("web").failure.startswith("Unknown: node1 does not respond")
    assert window.group("db").state is ResourceState.ONLINE


def test_every_machine_of_a_recording_has_an_owner_that_is_its_node() -> None:
    for name in ("adopted", "failed-over", "rejoined", "quorum-lost", "drained-by-standby"):
        window = Window(name)
        for resource in status(name).machines:
            machine = window.state.machines[uuid_of(resource)]
            assert machine.group is not None
            assert window.state.groups[machine.group].owner == machine.node
    assert Window("drained-by-standby").node("node2").state is NodeState.PAUSED
