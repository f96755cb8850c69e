"""A rehearsal on a Pacemaker cluster: what its scheduler answers becomes what a user is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.backend.base import Ending, RehearseError
from fcm.backend.pacemaker.rehearsal.twin import machine_ids, rehearse
from fcm.model import commands as cmd
from fcm.model.failures import FaultKind
from fcm.workspace.planning.rehearsal import Rehearsing
from fcm.workspace.planning.rehearsal_scenarios import may_rehearse, scenarios
from fcm.workspace.selection import Place, Selection
from tests.ui.pacemaker_by_hand import Scheduler, formed, opened, status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model.commands import Command
    from fcm.model.state import State
    from fcm.workspace.planning.rehearsal import Rehearsal


@pytest.fixture
def state() -> Iterator[State]:
    workspace, _ = opened()
    yield workspace.state
    workspace.close()


def tried(state: State, *commands: Command, scheduler: Scheduler | None = None) -> Rehearsal:
    looking = Rehearsing(commands)
    asked = scheduler or Scheduler()
    return looking.result(rehearse(state, status(), lambda: asked, commands, looking.see, lambda: True))


def failing(*nodes: str) -> tuple[Command, ...]:
    return tuple(cmd.InjectFault(FaultKind.POWER_OFF, node) for node in nodes)


def test_a_node_that_fails_takes_down_what_has_no_room_elsewhere(state: State) -> None:
    scheduler = Scheduler()
    found = tried(state, *failing("node3"), scheduler=scheduler)
    files, mail = found.fates
    assert (files.name, files.stays_down, files.node) == ("files", True, "node3")
    assert files.why == "No other node that may run it has room for it."
    assert (mail.name, mail.node_after, mail.state_after, mail.restarts) == ("mail", "node2", "Running", True)
    assert mail.why == "node3 is lost. To node2: it starts on node2."
    assert "--node-fail node3" in scheduler.scripts[0]
    assert "have-quorum" not in scheduler.scripts[0]


def test_it_is_said_what_happens_and_not_when(state: State) -> None:
    found = tried(state, *failing("node3"))
    assert not found.timed
    assert found.events == ()
    assert found.sentence() == (
        "1 virtual machine stays down, 1 restarts, 4 are not affected. 4 of 5 votes, 3 needed: the witness, node1, "
        "node2. The duration of each step is not predicted."
    )


def test_a_drain_migrates_live_and_stops_what_finds_no_room(state: State) -> None:
    found = tried(state, cmd.DrainNode("node3"))
    files, mail = found.fates
    assert files.stays_down
    assert (mail.node_after, mail.restarts, mail.away, mail.why) == ("node2", False, 0.0, "Live migrated.")
    assert "1 is live migrated" in found.sentence()
    assert "The votes do not change: 5 of 5." in found.sentence()


def test_a_machine_whose_process_ends_restarts_on_its_node(state: State) -> None:
    scheduler = Scheduler()
    found = tried(state, cmd.InjectFault(FaultKind.GUEST_SHUTDOWN, "uuid-db"), scheduler=scheduler)
    (db,) = found.fates
    assert (db.node, db.node_after, db.restarts, db.stays_down) == ("node2", "node2", True, False)
    assert db.why == "db has failed. To node2: it starts again on node2."
    assert "db_monitor_6000@node2=7" in scheduler.scripts[0], "the interval is that of its monitor"


def test_two_nodes_without_a_witness_take_the_quorum_with_them_and_everything_stops(state: State) -> None:
    assert state.cluster is not None
    alone = replace(state, cluster=replace(state.cluster, witness_online=False))
    scheduler = Scheduler()
    found = tried(alone, *failing("node2", "node3"), scheduler=scheduler)
    assert 'have-quorum="0"' in scheduler.scripts[0]
    assert found.stops_cluster
    assert len([fate for fate in found.fates if fate.stays_down]) == 6
    reasons = {fate.name: fate.why for fate in found.fates}
    assert reasons["web"] == "The remaining nodes have no quorum."
    assert reasons["mail"] == "Its node is lost, and without quorum and fencing nothing starts it elsewhere."


def test_what_runs_and_is_restarted_is_seen_to_stop_in_between(state: State) -> None:
    found = tried(state, *failing("node3"), scheduler=Scheduler({"--node-fail": "restart"}))
    (db,) = [fate for fate in found.fates if fate.name == "db"]
    assert (db.restarts, db.stays_down) == (True, False)
    assert db.why.startswith("db is restarted (resource definition change).")


def test_two_nodes_with_a_witness_leave_quorum(state: State) -> None:
    scheduler = Scheduler()
    tried(state, *failing("node2", "node3"), scheduler=scheduler)
    assert "have-quorum" not in scheduler.scripts[0]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (cmd.StopCluster(), "Only these can be rehearsed"),
        (cmd.InjectFault(FaultKind.LOSE_LUN, "disk-1"), "Only these can be rehearsed"),
        (cmd.InjectFault(FaultKind.POWER_OFF, "node9"), "node9 is not a member"),
    ],
)
def test_what_the_scheduler_cannot_be_asked_is_refused(state: State, command: Command, words: str) -> None:
    found = tried(state, command)
    assert found.ending is Ending.REFUSED
    assert words in found.verdict.reason


def test_a_machine_that_is_not_highly_available_is_not_watched(state: State) -> None:
    machines = {**state.machines, "uuid-loose": replace(state.machines["uuid-web"], id="uuid-loose", name="loose")}
    found = tried(replace(state, machines=machines), cmd.InjectFault(FaultKind.GUEST_SHUTDOWN, "uuid-loose"))
    assert found.verdict.reason == "loose is not highly available."


def test_without_an_answer_of_the_cluster_or_of_its_scheduler_nothing_is_rehearsed(state: State) -> None:
    def silent(scheduler: Scheduler, known: bool) -> None:
        looking = Rehearsing(())
        rehearse(state, status() if known else None, lambda: scheduler, failing("node3"), looking.see, lambda: True)

    with pytest.raises(RehearseError, match="is unknown"):
        silent(Scheduler(), known=False)
    with pytest.raises(RehearseError, match=r"exit code 1\).*No such device"):
        silent(Scheduler({"crm_simulate": "!No such device"}), known=True)


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_it_can_be_canceled_before_the_scheduler_is_asked_and_between_steps(state: State, steps: int) -> None:
    scheduler, left = Scheduler(), [steps]

    def wanted() -> bool:
        left[0] -= 1
        return left[0] >= 0

    looking = Rehearsing(())
    end = rehearse(state, status(), lambda: scheduler, failing("node3"), looking.see, wanted)
    assert end.ending is Ending.CANCELED
    assert len(scheduler.scripts) == (0 if steps == 0 else 1)
    assert "Canceled: the result is incomplete." in looking.result(end).sentence()


def test_machines_are_known_by_their_uuid_and_else_by_their_name(state: State) -> None:
    told = status()
    assert machine_ids(told, state)["web"] == "uuid-web"
    first, *others = told.resources
    nameless = replace(first, id="web-1", meta={}, parameters={"name": "web"})
    strange = replace(first, id="gone", meta={"fcm-uuid": "gone"})
    found = machine_ids(replace(told, resources=(nameless, strange, *others)), state)
    assert found["web-1"] == "uuid-web"
    assert "gone" not in found


def test_what_is_offered_is_what_the_scheduler_knows(state: State) -> None:
    node = scenarios(state, Selection(Place.NODE, "node1"))
    assert [one.label for one in node] == ["node1 fails", "Drain node1", "Stop the cluster service of node1"]
    cluster = scenarios(state, Selection(Place.CLUSTER))
    assert len(cluster) == 6
    assert cluster[3].label == "node1 and node2 fail together"
    (machine,) = scenarios(state, Selection(Place.MACHINE, "uuid-web"))
    assert machine.label == "The process of web ends"
    assert not may_rehearse(state, Selection(Place.NETWORK, "network-1"))
    assert all(one.verdict(state) for one in (*node, *cluster, machine))


def test_the_cluster_by_hand_is_whole() -> None:
    assert {one.machine for one in formed().resources} == {one.id for one in formed().machines}
