"""Test-ClusterFailover: what a failure would bring, as objects; the cluster does not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.backend.base import RehearseError
from fcm.shell.values.values import ShellObject
from fcm.workspace.planning.rehearsal_scenarios import PLACES, rehearsal_text, scenarios
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


def objects(desk: ShellDesk, text: str) -> list[ShellObject]:
    """The output without the sentence before it."""
    return [one for one in desk.must(text) if isinstance(one, ShellObject)]


def test_it_tells_where_machines_are_afterwards(desk: ShellDesk) -> None:
    before = desk.state
    found = objects(desk, "Test-ClusterFailover node1 -Fault StopService")
    sql = next(one.properties for one in found if one.properties["Name"] == "SQL01")
    assert (sql["OwnerNode"], sql["NodeAfter"], sql["StateAfter"], sql["StaysDown"]) == (
        "node1",
        "node2",
        "Running",
        False,
    )
    assert sql["AwaySeconds"] > 1.0
    assert sql["Reason"]
    assert desk.state == before
    assert desk.commands == []


def test_a_sentence_sums_it_up_before_the_table(desk: ShellDesk) -> None:
    text = desk.run("Test-ClusterFailover node1 -Fault StopService").text()
    assert "4 virtual machines are unavailable for" in text
    assert "NodeAfter" in text
    assert "SQL01" in text


def test_votes_and_events_are_returned_on_request(desk: ShellDesk) -> None:
    votes = objects(desk, "Test-ClusterFailover node3 -Fault StopService -Show Quorum")
    assert [one.properties["Votes"] for one in votes] == [4, 3]
    events = objects(desk, "Test-ClusterFailover node3 -Fault StopService -Show Events")
    assert {"Seconds", "Id", "Message"} <= set(events[0].properties)
    assert len(objects(desk, "Test-ClusterFailover node3 -Fault StopService -Show AllEvents")) > len(events)


def test_a_piped_node_is_tried(desk: ShellDesk) -> None:
    assert desk.must("Get-ClusterNode node3 | Test-ClusterFailover -Fault Drain")


def test_an_unknown_name_is_an_error(desk: ShellDesk) -> None:
    results = desk.run("Test-ClusterFailover node9")
    assert results.errors
    assert "There is no node, disk, network or virtual machine 'node9'" in results.text()


def test_what_the_cluster_would_refuse_is_an_error(desk: ShellDesk) -> None:
    desk.must("Stop-ClusterNode node3")
    results = desk.run("Test-ClusterFailover node3 -Fault StopService")
    assert results.errors


def test_what_is_no_node_cannot_be_drained(desk: ShellDesk) -> None:
    results = desk.run("Test-ClusterFailover SQL01 -Fault Drain")
    assert "SQL01 cannot be used with -Fault Drain." in results.text()
    assert "Name a node." in results.text()


def test_a_cluster_that_has_stopped_says_so(desk: ShellDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise RehearseError("The embedded cluster has stopped.")

    monkeypatch.setattr(desk.backend, "rehearse", stopped)
    assert "The embedded cluster has stopped." in desk.run("Test-ClusterFailover node1").text()


def test_a_user_who_ends_it_does_not_wait_for_it(desk: ShellDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    rehearse = desk.backend.rehearse

    def slow(commands: object, seen: object, wanted: object) -> object:
        desk.session.stop()
        return rehearse(commands, seen, wanted)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.backend, "rehearse", slow)
    assert "The rehearsal was canceled." in desk.run("Test-ClusterFailover node1 -Fault Drain").text()


@pytest.mark.parametrize("place", sorted(PLACES))
def test_everything_that_the_window_offers_can_be_typed(desk: ShellDesk, place: Place) -> None:
    state = desk.state
    identity = {
        Place.NODE: "node2",
        Place.DISK: next(iter(state.disks)),
        Place.VOLUME: next(iter(state.shared_volumes), ""),
        Place.NETWORK: next(iter(state.networks)),
        Place.MACHINE: next(iter(state.machines)),
    }.get(place, "")
    rehearsed: list[object] = []
    desk.backend.rehearse = lambda commands, seen, wanted: rehearsed.append(tuple(commands)) or _ends()  # type: ignore[assignment,func-returns-value]
    for scenario in scenarios(state, Selection(place, identity)):
        rehearsed.clear()
        desk.run(rehearsal_text(scenario, state))
        assert rehearsed == [scenario.commands]


def _ends() -> object:
    raise RehearseError("Only the commands are looked at.")
