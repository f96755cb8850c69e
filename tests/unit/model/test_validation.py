from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.model.entities import (
    MIB,
    AdapterState,
    ClusterVersion,
    DiskUse,
    NetworkRole,
    NodeState,
    Processor,
    QuorumMode,
    ResourceState,
    StartAction,
)
from fcm.model.state import State
from fcm.model.validation.validate import CATEGORIES, TESTS, validate
from tests.unit.model.changed import (
    disk,
    machine,
    network,
    resource,
    with_cluster,
    with_disk,
    with_machine,
    with_network,
    with_node,
    with_object,
)

if TYPE_CHECKING:
    from collections.abc import Callable

LEVELS = ("info", "pass", "warn", "fail")


def worst(state: State, test: str) -> tuple[str, str]:
    """The worst level of a test and its text."""
    results = validate(state, (test,)).results
    found = max(results, key=lambda result: LEVELS.index(result.level))
    return found.level, found.text


def test_there_are_five_categories_and_more_than_twenty_five_tests_with_names_of_their_own() -> None:
    assert CATEGORIES == (
        "Cluster Configuration",
        "Inventory",
        "Network",
        "Storage",
        "System Configuration",
    )
    assert {test.category for test in TESTS} == set(CATEGORIES)
    assert len({test.name for test in TESTS}) == len(TESTS) > 25


def test_every_test_says_something_and_every_complaint_has_a_remedy(state: State, eight: State) -> None:
    for cluster in (state, eight):
        report = validate(cluster)
        assert {result.name for result in report.results} == {test.name for test in TESTS}
        for result in report.results:
            assert result.level in LEVELS
            assert result.text.strip()
            assert bool(result.remedy) == (result.level in ("warn", "fail")), result.name


def test_a_cluster_in_good_order_has_nothing_to_complain_about(eight: State) -> None:
    assert validate(eight).level == "pass"


def test_contoso_has_warnings_and_no_failure(state: State) -> None:
    report = validate(state)
    assert report.level == "warn"
    warned = {result.name for result in report.results if result.level == "warn"}
    assert {
        "Validate Processor Features",
        "Validate Virtual Network Names",
        "Validate Software Update Levels",
    } <= warned


def test_only_the_chosen_tests_run_and_progress_is_told(state: State) -> None:
    told: list[tuple[str, int, int]] = []
    chosen = ("List All Disks", "Validate IP Configuration")
    report = validate(state, chosen, progress=lambda name, number, count: told.append((name, number, count)), now=5.0)
    assert {result.name for result in report.results} == set(chosen)
    assert told == [("Validate IP Configuration", 0, 2), ("List All Disks", 1, 2)]
    assert report.time == 5.0


def test_a_test_that_does_not_exist_is_told(state: State) -> None:
    report = validate(state, ("Validate Everything",))
    assert report.level == "fail"
    assert "no validation test 'Validate Everything'" in report.results[0].text


def shared_address(state: State) -> State:
    adapter = state.adapter("node2", network(state, "Cluster Network 3").id)
    assert adapter is not None
    return with_object(state, "adapters", adapter.id, address="10.0.3.11")


def failed_adapter(state: State, *names: str) -> State:
    for name in names:
        adapter = state.adapter("node2", network(state, name).id)
        assert adapter is not None
        state = with_object(state, "adapters", adapter.id, state=AdapterState.FAILED)
    return state


def without_adapter(state: State) -> State:
    adapter = state.adapter("node2", network(state, "Cluster Network 3").id)
    assert adapter is not None
    return replace(state, adapters={key: item for key, item in state.adapters.items() if key != adapter.id})


def one_network(state: State) -> State:
    for name in ("Cluster Network 2", "Cluster Network 3"):
        state = with_network(state, name, role=NetworkRole.NONE)
    return state


COMPLAINTS: list[tuple[str, str, Callable[[State], State], str]] = [
    (
        "Validate Quorum Configuration",
        "fail",
        lambda s: with_node(with_node(s, "node1", state=NodeState.DOWN), "node2", state=NodeState.DOWN),
        "2 of 3 needed votes",
    ),
    (
        "Validate Quorum Configuration",
        "warn",
        lambda s: with_node(s, "node1", state=NodeState.DOWN),
        "3 of 4 votes are present",
    ),
    (
        "Validate Quorum Configuration",
        "warn",
        lambda s: with_cluster(s, quorum_mode=QuorumMode.DISK_ONLY),
        "single point of failure",
    ),
    (
        "Validate Resource Status",
        "fail",
        lambda s: with_object(s, "resources", resource(s, "Cluster Name").id, state=ResourceState.FAILED),
        "Cluster Name has failed",
    ),
    (
        "Validate Resource Status",
        "warn",
        lambda s: with_object(s, "resources", resource(s, "Cluster Name").id, state=ResourceState.OFFLINE),
        "Cluster Name is offline",
    ),
    (
        "Validate Disk Status",
        "warn",
        lambda s: with_disk(s, "Cluster Disk 5", maintenance=True),
        "Cluster Disk 5 is in maintenance mode",
    ),
    ("Validate Node Status", "warn", lambda s: with_node(s, "node2", state=NodeState.PAUSED), "node2 is paused"),
    ("Validate Node Status", "warn", lambda s: with_node(s, "node2", state=NodeState.DOWN), "node2 is down"),
    (
        "Validate Highly Available Virtual Machines",
        "warn",
        lambda s: with_machine(s, "SQL01", start_action=StartAction.ALWAYS),
        "SQL01: the automatic start action",
    ),
    (
        "Validate Networks for Live Migration",
        "warn",
        lambda s: with_cluster(s, migration_order=(network(s, "Cluster Network 1").id,)),
        "has a default gateway",
    ),
    (
        "Validate Networks for Live Migration",
        "fail",
        lambda s: with_cluster(s, migration_excluded=tuple(s.networks)),
        "No network may be used",
    ),
    ("Validate Cluster Network Configuration", "warn", without_adapter, "node2 has no adapter on Cluster Network 3"),
    ("Validate Cluster Network Configuration", "warn", one_network, "Cluster Network 1 carries all traffic"),
    (
        "Validate Cluster Network Configuration",
        "warn",
        lambda s: with_network(s, "Cluster Network 3", gateway="10.0.3.1"),
        "Several networks have a default gateway",
    ),
    ("Validate IP Configuration", "fail", shared_address, "10.0.3.11 is used more than once"),
    (
        "Validate IP Configuration",
        "fail",
        lambda s: with_cluster(s, address="10.0.1.11"),
        "the cluster itself",
    ),
    (
        "Validate IP Configuration",
        "fail",
        lambda s: with_network(s, "Cluster Network 3", subnet="10.0.9.0/24"),
        "is not in 10.0.9.0/24",
    ),
    (
        "Validate IP Configuration",
        "fail",
        lambda s: with_network(s, "Cluster Network 1", gateway="10.9.9.9"),
        "The gateway 10.9.9.9 is not in 10.0.1.0/24",
    ),
    (
        "Validate Multiple Subnet Properties",
        "fail",
        lambda s: with_network(s, "Cluster Network 3", subnet="10.0.0.0/16"),
        "overlap",
    ),
    (
        "Validate Network Communication",
        "fail",
        lambda s: failed_adapter(s, "Cluster Network 1", "Cluster Network 2", "Cluster Network 3"),
        "failed",
    ),
    (
        "Validate Network Bandwidth",
        "warn",
        lambda s: with_network(s, "Cluster Network 3", bandwidth=12_500_000),
        "Cluster Network 3 carries 100 Mbit/s",
    ),
    (
        "Validate Disk Access",
        "fail",
        lambda s: with_disk(s, "Cluster Disk 2", visible_to=("node1",)),
        "Cluster Disk 2 is not visible to node2, node3",
    ),
    ("Validate Disk Access", "warn", lambda s: s, "iSCSI Disk 17 is not visible to node3"),
    (
        "Validate SCSI-3 Persistent Reservation",
        "fail",
        lambda s: with_disk(s, "Cluster Disk 1", persistent_reservations=False),
        "Cluster Disk 1 does not support",
    ),
    (
        "Validate File System",
        "fail",
        lambda s: with_disk(s, "Cluster Disk 2", file_system="FAT32"),
        "formatted with FAT32",
    ),
    (
        "Validate Disk Status",
        "warn",
        lambda s: with_disk(s, "Cluster Disk 2", state=ResourceState.OFFLINE),
        "Cluster Disk 2 is offline",
    ),
    (
        "Validate Disk Space",
        "warn",
        lambda s: with_disk(s, "Cluster Disk 2", use=DiskUse.SHARED_VOLUME, used=disk(s, "Cluster Disk 2").size),
        "0 B of 500 GiB free",
    ),
    (
        "Validate Disk Witness",
        "warn",
        lambda s: with_disk(s, "Cluster Disk 1", size=256 * MIB),
        "The witness Cluster Disk 1 has 256 MiB",
    ),
    (
        "Validate Same Processor Architecture",
        "fail",
        lambda s: with_node(s, "node2", processor=Processor("AuthenticAMD", "Opteron", frozenset())),
        "GenuineIntel: node1, node3; AuthenticAMD: node2",
    ),
    ("Validate Processor Features", "warn", lambda s: s, "aes, page1gb, pclmulqdq, popcnt, rdtscp, sse4.2"),
    (
        "Validate Operating System Versions",
        "fail",
        lambda s: with_node(s, "node2", version="Windows Server 2012"),
        "Windows Server 2012: node2",
    ),
    ("Validate Software Update Levels", "warn", lambda s: s, "node3 lacks updates that other nodes have: KB2520235"),
    (
        "Validate System Drive Variable",
        "fail",
        lambda s: with_node(s, "node2", system_drive="D:"),
        "node2: D:",
    ),
    ("Validate Virtual Network Names", "warn", lambda s: s, "named 'DMZ-Network'"),
    (
        "Validate Memory for Failover",
        "warn",
        lambda s: with_machine(s, "SQL01", memory=machine(s, "SQL01").memory * 7),
        "If node1 fails",
    ),
    (
        "Validate Memory for Failover",
        "warn",
        lambda s: with_node(with_node(s, "node2", state=NodeState.PAUSED), "node3", state=NodeState.DOWN),
        "the others that are up have 0 B free. There is no room for ",
    ),
]


@pytest.mark.parametrize(("test", "level", "change", "words"), COMPLAINTS, ids=[f"{c[0]}: {c[3]}" for c in COMPLAINTS])
def test_what_is_wrong_is_found(
    state: State, test: str, level: str, change: Callable[[State], State], words: str
) -> None:
    changed = change(state)
    results = validate(changed, (test,)).results
    assert any(result.level == level and words in result.text for result in results), results


def test_an_even_number_of_nodes_without_a_witness_is_warned_of(eight: State) -> None:
    changed = with_cluster(eight, quorum_mode=QuorumMode.NODE_MAJORITY, witness=None)
    level, text = worst(changed, "Validate Quorum Configuration")
    assert level == "warn"
    assert "two halves" in text


def test_from_2012_r2_a_witness_is_advised_for_an_odd_number_of_nodes_and_never_called_useless(state: State) -> None:
    newer = with_cluster(state, version=ClusterVersion.V2012_R2)
    alone = with_cluster(newer, quorum_mode=QuorumMode.NODE_MAJORITY, witness=None)
    for changed, wanted in ((newer, False), (alone, True)):
        texts = " ".join(result.text for result in validate(changed, ("Validate Quorum Configuration",)).results)
        assert ("a witness helps any number of nodes" in texts) is wanted
        assert "just as many failures" not in texts


def test_two_nodes_that_cannot_reach_each_other_fail(state: State) -> None:
    changed = failed_adapter(state, "Cluster Network 1", "Cluster Network 2", "Cluster Network 3")
    texts = [result.text for result in validate(changed, ("Validate Network Communication",)).results]
    assert "node1 cannot reach node2 on any network." in texts


def test_without_a_cluster_validation_fails_instead_of_breaking() -> None:
    report = validate(State())
    assert report.level == "fail"
