"""What real nodes said (tests/data/pacemaker) is read as what was the case then."""

from __future__ import annotations

import pytest

from fcm.backend.pacemaker.asking import NotAClusterError
from fcm.backend.pacemaker.reading import read
from fcm.backend.pacemaker.status import FencingStatus, LocationStatus
from tests.unit.pacemaker_reading.recorded import ASKED, names, status, text


def test_a_cluster_at_rest_is_read_whole() -> None:
    found = status("idle")
    assert (found.asked, found.at, found.have_quorum, found.dc, found.version) == (
        "node1",
        ASKED,
        True,
        "node3",
        "2.1.5",
    )
    assert [(node.name, node.id, node.online, node.is_dc) for node in found.nodes] == [
        ("node1", "1", True, False),
        ("node2", "2", True, False),
        ("node3", "3", True, True),
    ]
    assert found.properties["no-quorum-policy"] == "stop"
    assert found.defaults == {"resource-stickiness": "100"}
    assert found.epoch == "0.19.30"
    assert not found.missing
    assert not found.machines
    assert len(found.fencing_devices) == 3


def test_attributes_of_a_node_are_those_of_the_configuration() -> None:
    node = status("idle").node("node2")
    assert node is not None
    assert node.attributes["fcm-addresses"] == "network-2=10.91.0.2 network-3=10.92.0.2 network-1=10.90.0.2"


def test_the_clock_of_the_node_is_compared_with_ours() -> None:
    found = status("idle", at=1_796_018_416.0)
    assert found.skew == pytest.approx(found.clock - 1_796_018_416.0)
    assert abs(found.skew) < 5


def test_a_machine_has_its_parameters_metas_memory_and_operations() -> None:
    web = status("adopted").resource("web")
    assert web is not None
    assert web.is_machine
    assert (web.role, web.nodes, web.managed, web.active) == ("Started", ("node1",), True, True)
    assert web.parameters["config"].endswith("/web.xml")
    assert len(web.meta["fcm-uuid"]) == 36
    assert web.utilization == {"memory": "256"}
    assert {action.name: action.on_fail for action in web.actions}["migrate_to"] == "block"


def test_a_machine_that_is_being_adopted_is_not_managed() -> None:
    web = status("unmanaged").resource("web")
    assert web is not None
    assert not web.managed
    assert web.role == "Started"


def test_a_migration_in_progress_is_a_pending_operation_with_both_nodes() -> None:
    pending = [one for one in status("migrating").operations if one.pending]
    assert [(one.resource, one.name, one.migrate_source, one.migrate_target, one.call) for one in pending] == [
        ("web", "migrate_to", "node1", "node2", -1)
    ]


def test_the_attempts_of_a_migration_are_those_of_the_agent() -> None:
    moves = status("migrating").moves
    assert moves["fcm-move-web"]["node1"].startswith("network-3 10.92.0.2 begins")
    assert moves["fcm-cancel-web"]["node1"] == "0"


def test_the_attempts_are_told_for_a_while_after_the_migration() -> None:
    assert " done " in status("migrated").moves["fcm-move-web"]["node1"]


def test_a_canceled_migration_leaves_a_machine_that_is_blocked_on_two_nodes() -> None:
    found = status("blocked")
    web = found.resource("web")
    assert web is not None
    assert (web.blocked, web.failed, web.managed, len(web.nodes)) == (True, True, False, 2)
    assert found.moves["fcm-move-web"]["node2"].endswith("canceled")


def test_a_preference_with_an_end_is_read_from_its_rule() -> None:
    moving = [one for one in status("canceling").locations if one.id == "cli-prefer-web"]
    assert [(one.resource, one.node, one.score) for one in moving] == [("web", "node1", "INFINITY")]
    assert moving[0].ends.startswith("2026-11-30")


@pytest.mark.parametrize(("name", "word"), [("standby", "standby"), ("maintenance", "maintenance")])
def test_a_paused_node_is_in_standby_or_maintenance(name: str, word: str) -> None:
    found = {node.name: getattr(node, word) for node in status(name).nodes}
    assert found == {"node1": False, "node2": False, "node3": True}


@pytest.mark.parametrize(
    ("name", "role", "wanted"),
    [("stopping", "Stopping", "Stopped"), ("stopped", "Stopped", "Stopped"), ("starting", "Starting", "Started")],
)
def test_a_machine_that_is_stopped_and_started_says_so(name: str, role: str, wanted: str) -> None:
    db = status(name).resource("db")
    assert db is not None
    assert (db.role, db.target_role) == (role, wanted)


def test_a_machine_that_starts_nowhere_has_failed_on_all_nodes() -> None:
    found = status("start-failed-everywhere")
    db = found.resource("db")
    assert db is not None
    assert (db.role, db.nodes, db.target_role) == ("Stopped", (), "Started")
    assert db.failures == {"node1": "INFINITY", "node2": "INFINITY", "node3": "INFINITY"}


def test_a_monitor_that_could_not_ask_libvirt_is_degraded_with_its_reason() -> None:
    found = [one for one in status("degraded").operations if one.code == 190]
    assert found[0].resource == "web"
    assert "libvirtd on this node does not answer" in found[0].reason


def test_a_machine_whose_qemu_died_is_counted_as_one_failure() -> None:
    db = status("machine-failed-and-restarted").resource("db")
    assert db is not None
    assert dict(db.failures) == {"node3": "1"}


def test_a_link_that_is_down_is_named_with_its_addresses() -> None:
    down = [link for link in status("link-down").links if not link.connected]
    assert [(link.number, link.node, link.own_address, link.address) for link in down] == [
        (0, "node2", "10.91.0.1", "10.91.0.2")
    ]
    assert all(link.connected for link in status("idle").links)
    assert len(status("idle").links) == 6


def test_a_witness_that_answers_gives_its_votes() -> None:
    quorum = status("idle").quorum
    assert quorum is not None
    assert (quorum.quorate, quorum.expected, quorum.total, quorum.needed) == (True, 5, 5, 3)
    assert (quorum.device, quorum.device_votes, quorum.device_alive) == ("A,V,NMW", 2, True)
    assert dict(quorum.votes) == {"node1": 1, "node2": 1, "node3": 1}


def test_a_witness_that_is_gone_keeps_its_votes_but_does_not_give_them() -> None:
    quorum = status("witness-gone").quorum
    assert quorum is not None
    assert (quorum.total, quorum.device_votes, quorum.device_alive) == (3, 2, False)


def test_a_node_without_quorum_is_read_although_quorumtool_ends_with_an_error() -> None:
    found = status("quorum-lost")
    assert found.quorum is not None
    assert not found.have_quorum
    assert not found.quorum.quorate
    assert dict(found.quorum.votes) == {"node1": 1}
    assert not any("votes" in sentence for sentence in found.missing)


def test_a_lost_node_is_unclean_before_it_is_offline() -> None:
    node = status("unclean").node("node1")
    assert node is not None
    assert (node.online, node.unclean) == (True, True)


def test_fencing_in_progress_failed_and_done_is_the_history_newest_first() -> None:
    assert [one.status for one in status("fencing-pending").fencing] == [FencingStatus.PENDING]
    failed = status("fencing-failed").fencing
    assert [one.status for one in failed] == [FencingStatus.PENDING, FencingStatus.FAILED, FencingStatus.FAILED]
    assert "did not complete within" in failed[1].reason
    done = status("failed-over").fencing[0]
    assert (done.target, done.action, done.status, done.device) == ("node1", "reboot", FencingStatus.SUCCESS, "node2")
    assert done.completed == 1_796_019_022


def test_an_orphan_is_there_although_no_configuration_has_it() -> None:
    db = status("orphan").resource("db")
    assert db is not None
    assert db.orphaned
    assert not db.parameters


def test_owners_and_pairs_that_are_kept_apart_are_read() -> None:
    found = status("configured")
    assert LocationStatus("web-owner-node1", "web", "node1", "50") in found.locations
    assert LocationStatus("db-not-node3", "db", "node3", "-INFINITY") in found.locations
    assert [(one.resource, one.other, one.score) for one in found.colocations] == [("db", "web", "-1000")]


def test_a_node_without_pacemaker_says_which_daemon_is_missing() -> None:
    with pytest.raises(NotAClusterError, match=r"^Pacemaker does not run on node3\. Corosync does\.$"):
        read(text("pacemaker-dead"), "node3", ASKED)
    with pytest.raises(NotAClusterError, match=r"^Corosync and Pacemaker do not run on node3\.$"):
        read(text("corosync-dead"), "node3", ASKED)


@pytest.mark.parametrize("name", names())
def test_every_recording_is_read_without_anything_lacking(name: str) -> None:
    found = status(name)
    assert not found.missing
    assert len(found.nodes) == 3
    assert found.quorum is not None
    known = {resource.id for resource in found.resources}
    assert {one.resource for one in found.operations} <= known
