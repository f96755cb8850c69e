"""A node is lost in the middle of a move: what becomes of the machine, and what is said about it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, OfflineAction
from fcm.model.failures import FaultKind, GuestState
from fcm.model.migrations import MigrationKind, MigrationOptions
from fcm.model.telemetry import Phase
from tests.unit.embedded.cluster_of import cluster_of, machine
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAME = "VM1"
SOURCE, DESTINATION = "n1", "n2"


@pytest.fixture
def equal(tmp_path: Path) -> Iterator[Desk]:
    """Four equal nodes; one machine, and others so that n4 has the fewest groups."""
    others = [machine("VM2", "n2"), machine("VM3", "n3"), machine("VM4", "n3")]
    with closing(Desk(cluster_of(tmp_path, [machine(NAME, SOURCE, memory="2 GiB"), *others]))) as desk:
        yield desk


def until(desk: Desk, reached: Callable[[Desk], bool], most: float = 600.0) -> None:
    """Let happen what is due, one thing after another, until something is reached."""
    end = desk.workspace.now() + most
    while not reached(desk):
        due = desk.backend.next_due
        assert due is not None, "nothing is due any more"
        assert due <= end, f"not within {most:g} s"
        desk.backend.advance(max(due - desk.workspace.now(), 0.0))
        desk.workspace.drain(60.0)


def moving(desk: Desk, kind: MigrationKind, phase: Phase, post_copy: bool = False) -> None:
    """The machine is on its way from n1 to n2, and the move has just entered a phase."""
    identity = desk.machine(NAME).id
    options = MigrationOptions(post_copy=True) if post_copy else None
    commands = {
        MigrationKind.LIVE: cmd.LiveMigrate(identity, DESTINATION, options),
        MigrationKind.QUICK: cmd.QuickMigrate(identity, DESTINATION),
        MigrationKind.MOVE: cmd.MoveMachine(identity, DESTINATION),
    }
    assert desk.do(commands[kind])
    until(desk, lambda one: one.migration(NAME).phase is phase)


def ended(desk: Desk, most: float = 60.0) -> str:
    """The move is over: what is said about it."""
    until(desk, lambda one: one.migration(NAME).phase.is_over, most)
    return desk.migration(NAME).reason


def power_off(desk: Desk, node: str) -> None:
    assert desk.do(cmd.InjectFault(FaultKind.POWER_OFF, node))


def is_up(desk: Desk, *nodes: str) -> bool:
    found = desk.machine(NAME)
    return found.state is MachineState.RUNNING and found.node in nodes and desk.group(NAME).owner == found.node


BEFORE = [Phase.SETUP, Phase.BROWNOUT, Phase.BLACKOUT, Phase.STORAGE]
AFTER = [Phase.NETWORK, Phase.CLEANUP]


@pytest.mark.parametrize("phase", BEFORE)
def test_a_source_that_dies_before_the_machine_has_moved_takes_it_along(equal: Desk, phase: Phase) -> None:
    moving(equal, MigrationKind.LIVE, phase)
    power_off(equal, SOURCE)
    reason = ended(equal)
    assert equal.migration(NAME).phase is Phase.FAILED
    assert reason.startswith(f"The cluster lost n1 {WHEN[phase]}")
    assert reason.endswith("VM1 starts again from its disk (cold boot) on the node to which it fails over.")
    assert not equal.migration(NAME).handed_over
    equal.run(10.0)
    assert is_up(equal, "n2", "n3", "n4")
    assert equal.machine(NAME).guest is GuestState.BOOTING
    equal.run(90.0)
    assert equal.machine(NAME).guest is GuestState.RUNNING


@pytest.mark.parametrize("phase", AFTER)
def test_a_source_that_dies_after_the_machine_has_moved_is_not_missed(equal: Desk, phase: Phase) -> None:
    moving(equal, MigrationKind.LIVE, phase)
    power_off(equal, SOURCE)
    ended(equal)
    assert equal.migration(NAME).phase is Phase.COMPLETED
    equal.run(60.0)
    assert is_up(equal, DESTINATION)
    assert equal.machine(NAME).guest is GuestState.RUNNING


@pytest.mark.parametrize("phase", BEFORE)
def test_a_destination_that_dies_before_the_machine_has_moved_leaves_it_at_the_source(
    equal: Desk, phase: Phase
) -> None:
    moving(equal, MigrationKind.LIVE, phase)
    power_off(equal, DESTINATION)
    reason = ended(equal)
    assert equal.migration(NAME).phase is Phase.FAILED
    assert "VM1 is still running on n1." in reason
    if phase is not Phase.SETUP:
        assert reason.startswith(f"n2 stopped responding {WHEN[phase]}")
    equal.run(60.0)
    assert is_up(equal, SOURCE)
    assert equal.machine(NAME).guest is GuestState.RUNNING
    keys = [(e.event.key, e.event.node) for e in equal.entries if isinstance(e.event, ev.NodeLogged)]
    assert ("21111", SOURCE) in keys


def test_a_guest_in_its_blackout_waits_for_the_dead_destination_before_it_goes_on(equal: Desk) -> None:
    moving(equal, MigrationKind.LIVE, Phase.BLACKOUT)
    begin = equal.workspace.now()
    power_off(equal, DESTINATION)
    until(equal, lambda desk: desk.migration(NAME).phase is Phase.SETUP)
    assert 19.9 < equal.workspace.now() - begin < 20.5


@pytest.mark.parametrize("phase", AFTER)
def test_a_destination_that_dies_after_the_machine_has_moved_takes_it_along(equal: Desk, phase: Phase) -> None:
    moving(equal, MigrationKind.LIVE, phase)
    power_off(equal, DESTINATION)
    reason = ended(equal)
    assert reason.startswith(
        "The cluster lost n2 after VM1 had moved there. VM1 starts again from its disk (cold boot)"
    )
    equal.run(10.0)
    assert is_up(equal, "n1", "n3", "n4")
    assert equal.machine(NAME).guest is GuestState.BOOTING


def test_in_post_copy_the_machine_is_lost_with_the_source_that_still_had_its_memory(equal: Desk) -> None:
    moving(equal, MigrationKind.LIVE, Phase.NETWORK, post_copy=True)
    assert equal.migration(NAME).handed_over
    power_off(equal, SOURCE)
    reason = ended(equal)
    assert reason == ("The cluster lost n1 while it still had memory that VM1 needs (post-copy). VM1 cannot continue.")
    equal.run(10.0)
    assert is_up(equal, DESTINATION)
    assert equal.machine(NAME).guest is GuestState.BOOTING


# quick migration and Move


def test_a_source_that_dies_while_it_saves_a_machine_leaves_a_cold_boot(equal: Desk) -> None:
    moving(equal, MigrationKind.QUICK, Phase.BLACKOUT)
    power_off(equal, SOURCE)
    assert ended(equal) == (
        "The cluster lost n1 before VM1 was offline. VM1 starts again from its disk (cold boot) on the node to which "
        "it fails over."
    )
    equal.run(10.0)
    assert is_up(equal, "n2", "n3", "n4")
    assert equal.machine(NAME).guest is GuestState.BOOTING


def test_a_saved_machine_is_restored_though_its_source_has_died(equal: Desk) -> None:
    moving(equal, MigrationKind.QUICK, Phase.STORAGE)
    power_off(equal, SOURCE)
    ended(equal)
    assert equal.migration(NAME).phase is Phase.COMPLETED
    assert is_up(equal, DESTINATION)
    assert equal.machine(NAME).guest is GuestState.RUNNING


@pytest.mark.parametrize("phase", [Phase.BLACKOUT, Phase.STORAGE])
def test_a_destination_that_dies_before_it_owns_a_saved_machine_has_it_restored_at_the_source(
    equal: Desk, phase: Phase
) -> None:
    moving(equal, MigrationKind.QUICK, phase)
    power_off(equal, DESTINATION)
    assert ended(equal) == "The cluster lost n2 before it owned VM1. VM1 is restored on n1."
    equal.run(60.0)
    assert is_up(equal, SOURCE)
    assert equal.machine(NAME).guest is GuestState.RUNNING


def test_a_destination_that_dies_while_it_restores_a_machine_leaves_the_saved_state(equal: Desk) -> None:
    moving(equal, MigrationKind.QUICK, Phase.NETWORK)
    power_off(equal, DESTINATION)
    assert ended(equal) == (
        "The cluster lost n2 while VM1 was being started there. Its saved state is on the shared disk: it is restored "
        "on the node to which it fails over."
    )
    equal.run(60.0)
    assert is_up(equal, "n1", "n3", "n4")
    assert equal.machine(NAME).guest is GuestState.RUNNING


def test_a_move_that_shuts_down_boots_elsewhere_when_its_destination_dies(equal: Desk) -> None:
    resource = equal.state.machine_resource(equal.machine(NAME).id)
    assert resource is not None
    assert equal.do(cmd.ConfigureResource(resource.id, offline_action=OfflineAction.SHUT_DOWN))
    moving(equal, MigrationKind.MOVE, Phase.NETWORK)
    power_off(equal, DESTINATION)
    assert ended(equal).endswith("VM1 starts again from its disk (cold boot) on the node to which it fails over.")
    equal.run(10.0)
    assert is_up(equal, "n1", "n3", "n4")
    assert equal.machine(NAME).guest is GuestState.BOOTING


# other losses


def test_a_frozen_source_that_wakes_up_in_time_goes_on_with_the_migration(equal: Desk) -> None:
    moving(equal, MigrationKind.LIVE, Phase.BROWNOUT)
    assert equal.do(cmd.InjectFault(FaultKind.HANG, SOURCE))
    equal.run(3.0)
    (fault,) = equal.state.faults
    assert equal.do(cmd.RepairFault(fault))
    ended(equal)
    assert equal.migration(NAME).phase is Phase.COMPLETED
    assert is_up(equal, DESTINATION)


def test_the_cluster_service_of_the_source_takes_its_machines_along_at_once(equal: Desk) -> None:
    moving(equal, MigrationKind.LIVE, Phase.BROWNOUT)
    begin = equal.workspace.now()
    assert equal.do(cmd.InjectFault(FaultKind.SERVICE_CRASH, SOURCE))
    assert ended(equal).endswith("It ended with the cluster service of n1.")
    assert equal.workspace.now() - begin < 0.1
    equal.run(20.0)
    assert is_up(equal, "n2", "n3", "n4")


def test_an_isolated_source_gives_up_after_3_s_and_the_others_take_the_machine(equal: Desk) -> None:
    moving(equal, MigrationKind.LIVE, Phase.BROWNOUT)
    assert equal.do(cmd.InjectFault(FaultKind.ISOLATE, SOURCE))
    reason = ended(equal)
    assert reason.startswith("n2 stopped responding while memory was being copied")
    equal.run(20.0)
    assert is_up(equal, "n2", "n3", "n4")


def test_the_queue_goes_on_when_the_destination_of_a_move_has_died(equal: Desk) -> None:
    moving(equal, MigrationKind.LIVE, Phase.BROWNOUT)
    assert equal.do(cmd.LiveMigrate(equal.machine("VM2").id, "n3"))
    assert equal.migration("VM2").phase is Phase.WAITING
    assert equal.do(cmd.LiveMigrate(equal.machine("VM3").id, SOURCE))
    power_off(equal, DESTINATION)
    until(equal, lambda desk: all(one.phase.is_over for one in desk.state.migrations.values()), 120.0)
    assert equal.migration("VM3").phase is Phase.COMPLETED
    assert equal.migration("VM2").phase is Phase.FAILED


def test_a_drain_goes_on_with_its_other_moves(tmp_path: Path) -> None:
    crowd = [machine(f"VM{number}", SOURCE) for number in range(6)]
    with closing(Desk(cluster_of(tmp_path, crowd))) as desk:
        assert desk.do(cmd.DrainNode(SOURCE))
        until(desk, lambda one: any(m.phase is Phase.BROWNOUT for m in one.state.migrations.values()))
        (first,) = (m for m in desk.state.migrations.values() if m.phase is Phase.BROWNOUT)
        power_off(desk, first.destination)
        until(desk, lambda one: all(drain.ended is not None for drain in one.state.drains.values()), 900.0)
        ends = {m.destination: m.phase for m in desk.state.migrations.values()}
        assert ends[first.destination] is Phase.FAILED
        assert [phase for node, phase in ends.items() if node != first.destination] == [Phase.COMPLETED] * 2


WHEN = {
    Phase.SETUP: "while the migration was being set up",
    Phase.BROWNOUT: "while memory was being copied",
    Phase.BLACKOUT: "during the blackout",
    Phase.STORAGE: "while control of the storage was being moved",
}


def test_a_backup_ends_with_the_node_on_which_it_was_made(equal: Desk) -> None:
    assert equal.do(cmd.BackUpMachine(equal.machine(NAME).id))
    equal.run(3.0)
    power_off(equal, SOURCE)
    equal.run(30.0)
    (backup,) = equal.state.backups.values()
    assert backup.ended is not None
    assert [e.event.reason for e in equal.entries if isinstance(e.event, ev.BackupEnded)] == [
        "The cluster lost n1 during the backup."
    ]
