from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from fcm.model.entities import AdapterState, Processor, SharedVolume, VolumeAccess
from fcm.model.failures import Fault, FaultKind
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions
from fcm.model.rules.moving.preflight_checks import migration_checks, queue_reason, waiting_reason
from fcm.model.telemetry import Phase
from tests.unit.model.changed import group, machine, network, with_cluster, with_machine, with_node, with_object

if TYPE_CHECKING:
    from fcm.model.state import State


def checks(state: State, name: str = "WEB01", node: str = "node2") -> dict[str, str]:
    return {check.name: check.level for check in migration_checks(state, machine(state, name), node)}


def text(state: State, check_name: str, name: str = "WEB01", node: str = "node2") -> str:
    found = migration_checks(state, machine(state, name), node)
    return next(check.text for check in found if check.name == check_name)


def test_all_is_well_between_like_nodes(state: State) -> None:
    assert set(checks(state).values()) == {"pass"}


def test_the_list_of_a_ready_machine_names_everything_that_windows_would_stumble_over(state: State) -> None:
    assert list(checks(state)) == [
        "Virtual machine",
        "Destination",
        "Possible owner",
        "Memory",
        "Virtual network",
        "Storage",
        "Processor",
        "Attached media",
        "Network",
        "Concurrency",
    ]


def test_a_machine_that_is_not_ready_has_one_answer(state: State) -> None:
    assert checks(state, "TEST01") == {"Virtual machine": "fail"}


def test_another_manufacturer_fails_even_with_compatibility(state: State) -> None:
    other = with_node(state, "node3", processor=Processor("AuthenticAMD", "Opteron", frozenset()))
    assert checks(other, "DC01", "node3")["Processor"] == "fail"
    assert "one from GenuineIntel" in text(other, "Processor", "DC01", "node3")


def test_missing_features_are_named(state: State) -> None:
    assert "aes, page1gb, pclmulqdq" in text(state, "Processor", "WEB01", "node3")


def test_compatibility_lets_a_machine_go_to_the_older_node(state: State) -> None:
    assert checks(state, "DC01", "node3")["Processor"] == "pass"


def test_a_node_that_is_not_preferred_is_only_mentioned(state: State) -> None:
    changed = with_object(state, "groups", group(state, "WEB01").id, preferred_owners=("node1",))
    assert checks(changed)["Possible owner"] == "info"


def test_a_machine_without_network_is_only_mentioned(state: State) -> None:
    assert checks(with_machine(state, "WEB01", switch=None))["Virtual network"] == "info"


def test_redirected_access_warns(state: State) -> None:
    web = machine(state, "WEB01")
    assert web.disk is not None
    volume = SharedVolume(web.disk, "Data", "Volume1", "node1", VolumeAccess.REDIRECTED)
    changed = replace(state, shared_volumes=MappingProxyType({web.disk: volume}))
    assert checks(changed)["Storage"] == "warn"


def test_a_volume_or_disk_in_maintenance_fails(state: State) -> None:
    web = machine(state, "WEB01")
    assert web.disk is not None
    volume = SharedVolume(web.disk, "Data", "Volume1", "node1", VolumeAccess.MAINTENANCE)
    changed = replace(state, shared_volumes=MappingProxyType({web.disk: volume}))
    assert checks(changed)["Storage"] == "fail"
    assert checks(with_object(state, "disks", web.disk, maintenance=True))["Storage"] == "fail"


def test_a_first_choice_that_is_down_warns_and_names_the_second(state: State) -> None:
    adapter = state.adapter("node2", network(state, "Cluster Network 3").id)
    assert adapter is not None
    changed = with_object(state, "adapters", adapter.id, state=AdapterState.FAILED)
    assert checks(changed)["Network"] == "warn"
    assert "Cluster Network 1 will be used" in text(changed, "Network")


def test_a_network_with_a_gateway_in_the_first_place_warns(state: State) -> None:
    first = network(state, "Cluster Network 1").id
    assert checks(with_cluster(state, migration_order=(first,)))["Network"] == "warn"


def busy(state: State, kind: MigrationKind) -> State:
    running = Migration(
        "m1", kind, machine(state, "SQL01").id, "node1", "node3", MigrationOptions(), Phase.BROWNOUT, 0.0
    )
    return replace(state, migrations=MappingProxyType({"m1": running}))


def test_a_node_in_a_live_migration_makes_the_next_one_wait_and_a_quick_one_does_not(state: State) -> None:
    assert waiting_reason(busy(state, MigrationKind.QUICK), "node1", "node2") == ""
    live = busy(state, MigrationKind.LIVE)
    assert checks(live)["Concurrency"] == "warn"
    assert waiting_reason(live, "node1", "node2").startswith("node1 is already taking part in a live migration (SQL01")
    assert waiting_reason(live, "node2", "node3").startswith("node3 is already")
    assert waiting_reason(live, "node1", "node2", but=live.migrations["m1"]) == ""
    assert waiting_reason(with_cluster(live, concurrent_migrations=2), "node1", "node2") == ""


def test_a_destination_that_lost_its_path_to_the_volume_warns_and_one_that_has_it_passes(state: State) -> None:
    web = machine(state, "WEB01")
    assert web.disk is not None
    volume = SharedVolume(web.disk, "Data", "Volume1", "node1", VolumeAccess.DIRECT)
    direct = replace(state, shared_volumes=MappingProxyType({web.disk: volume}))
    assert checks(direct)["Storage"] == "pass"
    fault = Fault("f1", FaultKind.LOSE_PATH, web.disk, 1.0, "node2")
    lost = replace(direct, faults=MappingProxyType({fault.id: fault}))
    assert checks(lost)["Storage"] == "warn"
    assert "node2 has no path to Data" in text(lost, "Storage")
    assert checks(lost, node="node3")["Storage"] == checks(direct, node="node3")["Storage"]


@pytest.mark.parametrize(("limit", "said"), [(1, "one"), (2, "2"), (16, "16")])
def test_whoever_waits_in_the_queue_reads_how_many_a_node_takes_part_in(state: State, limit: int, said: str) -> None:
    assert queue_reason(with_cluster(state, concurrent_migrations=limit), "node1", "node2") == (
        f"Other live migrations of node1 or node2 are ahead in the queue: a node takes part in {said} at a time."
    )
