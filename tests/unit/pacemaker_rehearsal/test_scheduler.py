"""What the scheduler of Pacemaker would do, from answers that were recorded (tests/data/pacemaker/simulated)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.backend.pacemaker.rehearsal.changes import Lines, MachineFails, NodeFails, NodeLeaves, QuorumLost, script
from fcm.backend.pacemaker.rehearsal.scheduler import (
    ActionKind,
    SchedulerError,
    ask_scheduler,
    parsed,
    restarted_by,
    stopped_by,
    would_stop,
)
from tests.unit.pacemaker_rehearsal.recorded import Node, answer

if TYPE_CHECKING:
    from pathlib import Path

RUNNING = {"web": "node1", "db": "node2", "mail": "node3", "app": "node1", "sql": "node2", "files": "node3"}


def test_what_runs_now_is_told_without_fencing_devices() -> None:
    plan = parsed(answer("nothing"))
    assert plan.before == RUNNING
    assert plan.after() == RUNNING
    assert (plan.actions, plan.fenced, stopped_by(plan)) == ((), (), ())


def test_a_node_that_fails_is_fenced_and_what_has_room_starts_elsewhere() -> None:
    plan = parsed(answer("node-fails"), frozenset({"node3"}))
    assert plan.fenced == ("node3",)
    assert plan.after() == {**{name: node for name, node in RUNNING.items() if name != "files"}, "mail": "node2"}
    (stopped,) = stopped_by(plan)
    assert (stopped.resource, stopped.node) == ("files", "node3")
    assert stopped.reason == "No other node that may run it has room for it."
    assert [(one.resource, one.destination) for one in restarted_by(plan)] == [("mail", "node2")]


def test_standby_migrates_and_stops_what_finds_no_room() -> None:
    plan = parsed(answer("standby"))
    mail, files = plan.action_of("mail"), plan.action_of("files")
    assert mail is not None
    assert files is not None
    assert (mail.kind, mail.source, mail.destination) == (ActionKind.MIGRATE, "node3", "node2")
    assert (files.kind, files.source, files.destination) == (ActionKind.STOP, "node3", "")
    assert [one.resource for one in stopped_by(plan)] == ["files"]
    assert restarted_by(plan) == ()


def test_a_machine_that_fails_is_started_again_on_its_node() -> None:
    plan = parsed(answer("machine-fails"))
    (action,) = restarted_by(plan)
    assert (action.kind, action.resource, action.destination) == (ActionKind.RECOVER, "db", "node2")
    assert plan.after() == RUNNING


def test_without_quorum_everything_stops_and_what_the_lost_nodes_ran_is_not_started() -> None:
    plan = parsed(answer("quorum-lost"), frozenset({"node2", "node3"}))
    assert plan.after() == {}
    assert plan.fenced == ()
    reasons = {one.resource: one.reason for one in stopped_by(plan)}
    assert set(reasons) == set(RUNNING)
    assert reasons["web"] == "The remaining nodes have no quorum."
    assert reasons["db"] == "Its node is lost, and without quorum and fencing nothing starts it elsewhere."


def test_what_a_node_in_maintenance_ran_is_lost_with_it() -> None:
    plan = parsed(answer("maintenance-fails"), frozenset({"node3"}))
    assert plan.fenced == ("node3",)
    assert {one.resource: one.reason for one in stopped_by(plan)} == dict.fromkeys(
        ("mail", "files"), "Its node is lost, and nothing starts it elsewhere."
    )


def test_a_parameter_that_cannot_be_reloaded_restarts_the_machine() -> None:
    plan = parsed(answer("restart"))
    assert [(one.kind, one.resource, one.destination) for one in restarted_by(plan)] == [("restart", "db", "node2")]
    assert stopped_by(plan) == ()


def test_a_start_says_where_and_a_reason_of_pacemaker_is_told_in_its_words() -> None:
    text = answer("nothing").replace(
        "</cluster_status>",
        "</cluster_status><actions><rsc_action action='start' resource='new' node='node1'/>"
        "<rsc_action action='stop' resource='web' node='node1' reason='required fencing start'/>"
        "<rsc_action action='promote' resource='db' node='node1'/></actions>",
    )
    plan = parsed(text)
    assert plan.after()["new"] == "node1"
    assert [(one.resource, one.reason) for one in stopped_by(plan)] == [
        ("web", "Pacemaker stops it: required fencing start.")
    ]
    assert plan.action_of("db") is None, "machines are not promoted"


@pytest.mark.parametrize(("text", "words"), [("", "is not XML"), ("<a/>", "no cluster_status"), ("<a", "not XML")])
def test_what_is_no_answer_is_told_as_such(text: str, words: str) -> None:
    with pytest.raises(SchedulerError, match=words):
        parsed(text)


def test_changes_are_made_in_a_copy_that_only_root_reads_and_that_is_gone_afterwards(tmp_path: Path) -> None:
    node = Node(tmp_path, "standby")
    found = would_stop(node, (NodeLeaves("node 3; reboot"), Lines("crm_resource -r web --meta -p priority -v 1")))
    assert [one.resource for one in found] == ["files"]
    notes = node.notes.splitlines()
    copy = notes[0].rpartition(" in ")[2]
    assert notes[0] == f"standby -N node 3; reboot -v on in {copy}"
    assert notes[1] == "resource -r web --meta -p priority -v 1"
    assert notes[2] == f"simulate -R --xml-file {copy} --output-as=xml"
    assert notes[3].startswith("-rw-------")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes", "tools", "tried.xml"]


def test_failures_are_options_of_the_simulation(tmp_path: Path) -> None:
    node = Node(tmp_path, "node-fails")
    plan = ask_scheduler(node, (NodeFails("node3"), MachineFails("web", "node1", 6.0)))
    assert "--node-fail node3 --op-inject web_monitor_6000@node1=7 --output-as=xml" in node.notes
    assert plan.lost == {"node3"}
    assert "files" not in plan.after()


def test_lost_quorum_is_written_into_the_copy(tmp_path: Path) -> None:
    node = Node(tmp_path, "quorum-lost")
    ask_scheduler(node, (QuorumLost(),))
    assert 'have-quorum="0"' in node.tried
    assert "have-quorum" not in script((NodeFails("node3"),))


def test_a_change_that_is_refused_is_told_with_what_pacemaker_says(tmp_path: Path) -> None:
    node = Node(tmp_path)
    with pytest.raises(SchedulerError, match=r"on node1 did not respond \(exit code 3\)"):
        ask_scheduler(node, (Lines("exit 3"),))
    simulating = tmp_path / "second"
    simulating.mkdir()
    with pytest.raises(SchedulerError, match=r"exit code 105\)\. It says: .*No such object"):
        ask_scheduler(Node(simulating, code=105, errors="No such object"), ())
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("tmp.")] == []
