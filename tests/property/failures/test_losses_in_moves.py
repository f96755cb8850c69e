"""Whatever is lost at whatever moment of a move: one copy goes on, none is lost, and nothing is stuck."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.model import commands as cmd
from fcm.model.entities import MachineState, NodeState, OfflineAction, ResourceState
from fcm.model.failures import FaultKind, GuestState
from fcm.model.migrations import MigrationOptions
from fcm.model.rules.failing.guardian import violations
from fcm.model.telemetry import Phase
from tests.unit.embedded.cluster_of import cluster_of, machine
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SOURCE, DESTINATION, OTHERS = "n1", "n2", ("n3", "n4")
NAME = "VM1"
HOUR = 3600.0
LONG = 400.0
"""s after which every loss has been noticed, and an isolated node been given up."""


class Way(NamedTuple):
    """A way to move a machine, and a phase of it."""

    command: str
    phase: Phase


LIVE = [
    Way("live", phase)
    for phase in (Phase.SETUP, Phase.BROWNOUT, Phase.BLACKOUT, Phase.STORAGE, Phase.NETWORK, Phase.CLEANUP)
]
POST_COPY = [Way("post-copy", phase) for phase in (Phase.BLACKOUT, Phase.STORAGE, Phase.NETWORK, Phase.CLEANUP)]
STOPPED = [
    Way(command, phase)
    for command in ("quick", "shut down", "turn off")
    for phase in (Phase.BLACKOUT, Phase.STORAGE, Phase.NETWORK)
    if (command, phase) != ("turn off", Phase.BLACKOUT)
]
WAYS = [*LIVE, *POST_COPY, *STOPPED]
LOSSES = ("power", "bugcheck", "hang", "service crash", "isolation", "cables", "quorum")
SIDES = (SOURCE, DESTINATION)


def begin(desk: Desk, way: Way) -> None:
    """Ask for the move."""
    identity = desk.machine(NAME).id
    command: cmd.Command
    match way.command:
        case "live":
            command = cmd.LiveMigrate(identity, DESTINATION)
        case "post-copy":
            command = cmd.LiveMigrate(identity, DESTINATION, MigrationOptions(post_copy=True))
        case "quick":
            command = cmd.QuickMigrate(identity, DESTINATION)
        case action:
            resource = desk.state.machine_resource(identity)
            assert resource is not None
            offline = OfflineAction.SHUT_DOWN if action == "shut down" else OfflineAction.TURN_OFF
            assert desk.do(cmd.ConfigureResource(resource.id, offline_action=offline))
            command = cmd.MoveMachine(identity, DESTINATION)
    assert desk.do(command)


def step(desk: Desk) -> None:
    """The next thing that is due happens."""
    due = desk.backend.next_due
    assert due is not None
    desk.backend.advance(max(due - desk.workspace.now(), 0.0))
    desk.workspace.drain(60.0)
    assert violations(desk.state) == ()


def lose(desk: Desk, loss: str, side: str) -> None:
    """One side of the move is lost, in one of many ways."""
    kinds = {
        "power": FaultKind.POWER_OFF,
        "bugcheck": FaultKind.BUGCHECK,
        "hang": FaultKind.HANG,
        "service crash": FaultKind.SERVICE_CRASH,
        "isolation": FaultKind.ISOLATE,
    }
    if loss == "quorum":  # two of four votes are left
        for other in OTHERS:
            assert desk.do(cmd.InjectFault(FaultKind.POWER_OFF, other))
    elif loss == "cables":
        for adapter in [one for one in desk.state.adapters.values() if one.node == side]:
            assert desk.do(cmd.InjectFault(FaultKind.UNPLUG_CABLE, adapter.id))
    else:
        assert desk.do(cmd.InjectFault(kinds[loss], side))


def settled(desk: Desk, seconds: float) -> None:
    """Time passes, and at each step no rule of the guardian is broken."""
    end = desk.workspace.now() + seconds
    while (due := desk.backend.next_due) is not None and due <= end:
        step(desk)
    desk.run(max(end - desk.workspace.now(), 0.0))


class Loss(NamedTuple):
    """What is lost, and when."""

    what: str
    side: str
    wait: float
    """s in the phase of the move before that."""
    lasts: float
    """s until it is repaired."""


def live_through(folder: Path, way: Way, loss: Loss, seed: int, version: str = "2008 R2") -> None:
    """A move, a loss in its middle, its repair; what must hold in the end is asserted."""
    crowd = [machine(NAME, SOURCE, memory="2 GiB"), machine("VM2", "n2"), machine("VM3", "n3")]
    with closing(Desk(cluster_of(folder, crowd, version=version), seed=seed)) as desk:
        begin(desk, way)
        while desk.migration(NAME).phase is not way.phase:
            step(desk)
        desk.run(loss.wait)
        lose(desk, loss.what, loss.side)
        settled(desk, loss.lasts)
        if loss.lasts >= LONG:
            assert desk.migration(NAME).phase.is_over, desk.migration(NAME)
            whole(desk, may_stop=loss.what == "quorum")
        for fault in tuple(desk.state.faults):
            if fault in desk.state.faults:
                assert desk.do(cmd.RepairFault(fault))
        settled(desk, 2 * HOUR)
        assert desk.migration(NAME).phase is Phase.COMPLETED or desk.migration(NAME).reason
        whole(desk, may_stop=False)
        assert {node.state for node in desk.state.nodes.values()} == {NodeState.UP}
        assert not desk.state.copies
        assert not desk.state.faults
        for one in desk.state.machines.values():
            assert (one.state, one.guest, one.ended) == (MachineState.RUNNING, GuestState.RUNNING, False), one


def whole(desk: Desk, may_stop: bool) -> None:
    """Every machine has one owner, and runs if the cluster does; nothing is on its way for ever."""
    state = desk.state
    assert state.cluster is not None
    stopped = bool(state.cluster.stopped)  # with dynamic quorum, two of four may be enough
    assert may_stop or not stopped
    for one in state.machines.values():
        assert one.group is not None
        group = state.groups[one.group]
        assert group.owner == one.node
        assert group.state is not ResourceState.PENDING
        if stopped:
            assert not one.state.holds_memory
        else:
            assert one.state is MachineState.RUNNING, one
            assert state.nodes[one.node].state.is_member
    assert not [one for one in state.migrations.values() if not one.phase.is_over]


@settings(max_examples=60)
@given(
    way=st.sampled_from(WAYS),
    loss=st.builds(
        Loss,
        st.sampled_from(LOSSES),
        st.sampled_from(SIDES),
        st.sampled_from((0.0, 0.01, 0.1, 0.4, 2.0)),
        st.sampled_from((LONG, 2.0, 20.0, 100.0)),
    ),
    seed=st.integers(1, 50),
    version=st.sampled_from(("2008 R2", "2012", "2012 R2", "2016")),
)
def test_one_copy_goes_on_whatever_is_lost_at_whatever_moment_of_a_move(
    tmp_path_factory: pytest.TempPathFactory, way: Way, loss: Loss, seed: int, version: str
) -> None:
    live_through(tmp_path_factory.mktemp("cluster"), way, loss, seed, version)
