"""A rehearsal tells what would happen, and the cluster does not notice it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from fcm.backend.base import Ending, Rehearsed, RehearseError
from fcm.backend.embedded import open_embedded
from fcm.backend.embedded.storage.disks import Storage
from fcm.backend.embedded.twin import LIMIT, QUIET
from fcm.backend.libvirt.capabilities import CAPABILITIES
from fcm.backend.read_only import ReadOnlyCluster
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, NodeState
from fcm.model.failures import FaultKind
from fcm.workspace.files.journal import Journal
from fcm.workspace.planning.rehearsal import Rehearsal, Rehearsing
from fcm.workspace.workspace import Workspace
from tests.unit.embedded.desk import START, Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from fcm.model.commands import Command
    from fcm.workspace.planning.rehearsal import Fate

URI = "embedded:contoso"


def rehearse(desk: Desk, *commands: Command, wanted: Callable[[], bool] = lambda: True) -> Rehearsal:
    looking = Rehearsing(commands)
    return looking.result(desk.workspace.rehearse(commands, looking.see, wanted))


def fate(found: Rehearsal, name: str) -> Fate:
    return next(one for one in found.fates if one.name == name)


def written(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.glob("one.journal*"))}


# what it finds


def test_it_tells_where_machines_are_afterwards_and_how_long_they_were_away(desk: Desk) -> None:
    found = rehearse(desk, cmd.StopClusterService("node1"))
    assert (found.ending, bool(found.verdict)) == (Ending.SETTLED, True)
    sql = fate(found, "SQL01")
    assert (sql.node, sql.state, sql.node_after, sql.state_after) == ("node1", "Running", "node2", "Running")
    assert sql.moves
    assert not sql.stays_down
    assert sql.away is not None
    assert 3.0 < sql.away < 20.0
    assert sql.why


def test_what_really_happens_then_is_what_was_rehearsed(desk: Desk) -> None:
    command = cmd.StopClusterService("node1")
    found = rehearse(desk, command)
    assert desk.do(command)
    desk.run(found.took)
    for one in found.fates:
        machine = desk.state.machines[one.machine]
        assert (machine.node, machine.state) == (one.node_after, one.state_after)
    touched = {one.machine for one in found.fates}
    assert found.untouched == len(set(desk.state.machines) - touched)


def test_a_live_migration_takes_a_machine_away_for_its_blackout_only(desk: Desk) -> None:
    found = rehearse(desk, cmd.LiveMigrate(desk.machine("WEB01").id, "node2"))
    assert [one.name for one in found.fates] == ["WEB01"]
    web = found.fates[0]
    assert (web.node_after, web.why) == ("node2", "Live migrated.")
    assert web.away is not None
    assert 0.0 < web.away < 2.0


def test_a_machine_that_nothing_starts_again_stays_down(desk: Desk) -> None:
    found = rehearse(desk, cmd.SetMachineState(desk.machine("WEB01").id, MachineState.OFF))
    assert fate(found, "WEB01").stays_down
    assert found.fates[0].name == "WEB01"
    assert "1 virtual machine stays down" in found.sentence()


def test_the_votes_are_told_line_by_line(desk: Desk) -> None:
    found = rehearse(desk, cmd.StopClusterService("node3"))
    assert [(line.present, line.total) for line in found.quorum] == [(4, 4), (3, 4)]
    assert "node1, node2" in found.quorum[-1].text
    assert "One more loss stops the cluster." in found.quorum[-1].text


def test_the_events_that_would_be_logged_are_told(desk: Desk) -> None:
    found = rehearse(desk, cmd.PauseNode("node2"))
    assert any("node2" in event.text for event in found.events)
    assert found.events[0].offset == 0.0


def test_what_the_cluster_refuses_is_said(desk: Desk) -> None:
    found = rehearse(desk, cmd.ResumeNode("node2"))
    assert found.ending is Ending.REFUSED
    assert found.sentence().startswith("The cluster would refuse this. node2 is not paused.")


def test_a_machine_is_away_from_the_moment_on_in_which_its_node_loses_its_power(desk: Desk) -> None:
    found = rehearse(desk, cmd.InjectFault(FaultKind.POWER_OFF, "node1"))
    sql = fate(found, "SQL01")
    noticed = next(event.offset for event in found.events if event.id == 1135)
    assert sql.away is not None
    assert sql.booted is not None
    assert 5.0 < noticed < sql.away < sql.booted
    assert (sql.node_after, sql.state_after) == ("node2", "Running")
    assert sql.why.startswith("No heartbeats came from node1. To node2: ")
    assert {event.node for event in found.events if event.id == 1135} == {"node2", "node3"}


def test_machines_without_their_disk_stay_down(desk: Desk) -> None:
    found = rehearse(desk, cmd.InjectFault(FaultKind.LOSE_LUN, desk.machine("SQL01").disk or ""))
    assert [(one.name, one.stays_down) for one in found.fates] == [("SQL01", True)]
    assert "Cluster Disk 5 failed" in found.fates[0].why


def test_a_cluster_without_quorum_is_told(desk: Desk) -> None:
    found = rehearse(desk, *(cmd.InjectFault(FaultKind.POWER_OFF, node) for node in ("node1", "node2")))
    assert found.stops_cluster
    assert "stopped" in found.quorum[-1].text or "no quorum" in found.quorum[-1].text
    assert all(one.stays_down for one in found.fates)
    assert fate(found, "SQL01").why.startswith("The cluster has stopped. Quorum was lost")


def test_a_guest_that_hangs_is_restarted_by_its_heartbeat(desk: Desk) -> None:
    found = rehearse(desk, cmd.InjectFault(FaultKind.GUEST_HANG, desk.machine("SQL01").id))
    sql = fate(found, "SQL01")
    assert (sql.node_after, sql.why) == ("node1", "Its resource failed and was restarted on the same node.")
    assert sql.booted is not None
    assert sql.away is not None
    assert sql.booted > sql.away > 0.0


def test_a_guest_that_restarts_is_away_though_its_machine_runs_on(desk: Desk) -> None:
    found = rehearse(desk, cmd.InjectFault(FaultKind.GUEST_BUGCHECK, desk.machine("SQL01").id))
    assert fate(found, "SQL01").away == 0.0
    assert found.sentence().startswith("1 virtual machine is unavailable for ")


def test_several_commands_are_rehearsed_together(desk: Desk) -> None:
    found = rehearse(desk, cmd.PauseNode("node2"), cmd.StopClusterService("node1"))
    assert fate(found, "WEB01").node_after == "node3"


# where it ends


def test_it_ends_when_things_have_settled(desk: Desk) -> None:
    found = rehearse(desk, cmd.StopClusterService("node1"))
    assert 0.0 < found.took < QUIET


def test_a_move_that_never_ends_does_not_keep_it_from_ending(desk: Desk) -> None:
    found = rehearse(desk, cmd.LiveMigrate(desk.machine("CACHE01").id, "node1"))
    assert found.ending is Ending.SETTLED
    assert found.took < LIMIT
    cache = fate(found, "CACHE01")
    assert (cache.node_after, cache.away) == ("node2", 0.0)
    assert "still in progress" in cache.why


def test_it_ends_when_it_is_no_longer_wanted(desk: Desk) -> None:
    asked = iter((True,) * 3)
    found = rehearse(desk, cmd.DrainNode("node1"), wanted=lambda: next(asked, False))
    assert found.ending is Ending.CANCELED
    assert "Canceled" in found.sentence()


def test_it_ends_where_the_guardian_finds_what_may_never_be(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Storage, "own", lambda *_: None)
    found = rehearse(desk, cmd.StopClusterService("node1"))
    assert found.ending is Ending.BROKEN
    assert "can write to it" in found.problem
    assert "Please report it." in found.sentence()


# what it leaves alone


def test_neither_the_cluster_nor_its_journal_nor_its_clock_notices_it(tmp_path: Path) -> None:
    desk = Desk(journal=Journal.open(tmp_path / "one.journal", URI))
    assert desk.do(cmd.LiveMigrate(desk.machine("WEB01").id, "node2"))
    desk.run(10.0)
    state, due, seen = desk.backend.state, desk.backend.next_due, len(desk.entries)
    before = written(tmp_path)
    assert before
    found = rehearse(desk, cmd.StopClusterService("node3"))
    assert found.fates
    desk.workspace.drain(60.0)
    assert desk.backend.state is state
    assert desk.state == state
    assert (desk.backend.next_due, len(desk.entries), desk.backend.clock.now()) == (due, seen, START + 10.0)
    assert written(tmp_path) == before
    desk.close()


def test_a_cluster_that_was_rehearsed_goes_on_as_one_that_was_not() -> None:
    told = []
    for rehearsed in (False, True):
        desk = Desk()
        assert desk.do(cmd.LiveMigrate(desk.machine("WEB01").id, "node2"))
        desk.run(10.0)
        if rehearsed:
            assert rehearse(desk, cmd.StopClusterService("node3")).fates
        desk.run(600.0)
        told.append(desk.entries)
        desk.close()
    assert told[0] == told[1]


def test_it_can_be_asked_for_by_another_thread_while_the_cluster_runs() -> None:
    backend = open_embedded("contoso", seed=1, start_time=START, paced=True, speed=60.0)
    workspace = Workspace(backend)
    workspace.open()
    found: list[Rehearsal] = []

    def work() -> None:
        commands: Sequence[Command] = (cmd.StopClusterService("node1"),)
        looking = Rehearsing(commands)
        found.append(looking.result(workspace.rehearse(commands, looking.see, lambda: True)))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60.0)
    workspace.close()
    assert [one.ending for one in found] == [Ending.SETTLED] * 3
    assert all(node.state is NodeState.UP for node in workspace.state.nodes.values())


# who cannot


def test_a_closed_cluster_has_no_twin(desk: Desk) -> None:
    desk.close()
    with pytest.raises(RehearseError, match="was closed"):
        rehearse(desk, cmd.PauseNode("node2"))


def test_real_hosts_cannot_be_rehearsed_and_say_why() -> None:
    verdict = CAPABILITIES.rehearsal()
    assert not verdict
    assert "Failures of real hosts cannot be rehearsed" in verdict.reason
    assert "cluster file" in verdict.remedy


def test_a_cluster_that_can_only_be_read_says_so() -> None:
    with pytest.raises(RehearseError, match="The journal is read-only"):
        ReadOnlyCluster(URI, "The journal is read-only.", "").rehearse((), _ignore, lambda: True)


def _ignore(step: Rehearsed) -> None:
    raise AssertionError(step)


def test_the_first_moment_is_that_of_today(desk: Desk) -> None:
    seen: list[Rehearsed] = []
    desk.workspace.rehearse((cmd.PauseNode("node2"),), seen.append, lambda: True)
    assert (seen[0].state, seen[0].entries) == (desk.backend.state, ())
    assert [type(entry.event) for entry in seen[1].entries] == [ev.NodeChanged]
