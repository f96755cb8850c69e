"""What the window offers for several selected machines: what can be done with one at least, and with whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import GIB, MachineState
from fcm.ui.window.qactions import ASKED, Entry, commands_of, entries
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import formed, machine, opened

if TYPE_CHECKING:
    from fcm.workspace.workspace import Workspace

RUNNING, OFF = MachineState.RUNNING, MachineState.OFF


def selected(*states: MachineState, at: tuple[str, ...] = ()) -> tuple[Workspace, dict[str, Entry]]:
    """Machines VM0, VM1 ... in these states, all selected: the entries of the menu by the action's name."""
    nodes = at or ("node1",) * len(states)
    machines = [machine(f"VM{n}", nodes[n], state=state, memory=1 << 28) for n, state in enumerate(states)]
    workspace, _ = opened(formed(machines))
    found = entries(workspace, [Selection(Place.MACHINE, one.id) for one in machines])
    return workspace, {entry.action.id: entry for entry in found}


@pytest.mark.parametrize("states", [(RUNNING, OFF), (OFF, RUNNING)], ids=["the last can", "the first can"])
def test_what_one_of_several_can_do_is_offered_and_done_with_that_one_alone(
    states: tuple[MachineState, ...],
) -> None:
    workspace, found = selected(*states)
    start = found["start-machine"]
    assert start.verdict
    assert start.reason == ""
    able = next(f"vm-VM{n}" for n, state in enumerate(states) if state is OFF)
    assert commands_of(start, None, workspace) == (cmd.SetMachineState(able, RUNNING),)


def test_what_none_of_several_can_do_is_refused_with_the_reason_of_each() -> None:
    _, found = selected(RUNNING, RUNNING)
    start = found["start-machine"]
    assert not start.verdict
    assert "VM0" in start.reason
    assert "VM1" in start.reason


def test_what_all_of_several_can_do_is_done_with_all() -> None:
    workspace, found = selected(OFF, OFF, OFF)
    commands = commands_of(found["start-machine"], None, workspace)
    assert commands == tuple(cmd.SetMachineState(f"vm-VM{n}", RUNNING) for n in range(3))


def test_of_many_refusals_the_first_are_told_and_a_later_one_that_can_is_found() -> None:
    workspace, found = selected(*(RUNNING,) * (ASKED + 3))
    assert f"VM{ASKED - 1}" in found["start-machine"].reason
    assert f"VM{ASKED}" not in found["start-machine"].reason
    workspace, found = selected(*(RUNNING,) * (ASKED + 3), OFF)
    assert commands_of(found["start-machine"], None, workspace) == (cmd.SetMachineState(f"vm-VM{ASKED + 3}", RUNNING),)


def test_a_node_to_migrate_to_tells_how_many_of_the_selected_can_go_there() -> None:
    workspace, found = selected(RUNNING, OFF, RUNNING, at=("node1", "node1", "node2"))
    by_node = {choice.label.partition(" node ")[2]: choice for choice in found["live-migrate"].choices}
    assert set(by_node) == {"node1 (1 of 3)", "node2 (1 of 3)", "node3 (2 of 3)"}
    to_node3 = by_node["node3 (2 of 3)"]
    assert to_node3.verdict
    moves = commands_of(found["live-migrate"], to_node3, workspace)
    assert moves == (cmd.LiveMigrate("vm-VM0", "node3"), cmd.LiveMigrate("vm-VM2", "node3"))


def test_a_node_that_none_of_the_selected_can_go_to_is_refused_for_all_of_them() -> None:
    _, found = selected(OFF, OFF)
    choices = found["live-migrate"].choices
    assert choices
    assert not any(choice.verdict for choice in choices)
    assert all(name in choices[0].verdict.sentence() for name in ("VM0", "VM1"))
    assert not found["live-migrate"].verdict


def test_several_machines_are_spoken_of_as_several() -> None:
    _, one = selected(RUNNING)
    _, two = selected(RUNNING, RUNNING)
    assert one["live-migrate"].label == "Live migrate virtual machine to another node"
    assert two["live-migrate"].label == "Live migrate virtual machines to another node"


def test_machines_that_have_no_room_together_are_not_counted_and_not_sent() -> None:
    machines = [machine(f"VM{n}", "node1", memory=20 * GIB) for n in range(4)]
    workspace, _ = opened(formed(machines))
    found = {entry.action.id: entry for entry in entries(workspace, [Selection(Place.MACHINE, m.id) for m in machines])}
    room = workspace.state.free_memory("node3") // (20 * GIB)
    assert 0 < room < 4
    choice = next(one for one in found["live-migrate"].choices if "node3" in one.label)
    assert choice.label.endswith(f"node3 ({room} of 4)")
    moves = commands_of(found["live-migrate"], choice, workspace)
    assert moves == tuple(cmd.LiveMigrate(f"vm-VM{n}", "node3") for n in range(room))
