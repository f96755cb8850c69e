"""The page Map: moving machines by hand, by mouse and by keyboard."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from shiboken6 import isValid

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import AdapterState, MachineState, NodeState, ResourceState
from fcm.ui.dialogs.moves.preflight import PreflightDialog
from fcm.ui.map.canvas import HELP, MapCanvas
from fcm.ui.map.scene import Mood, Residents, lanes_of, load_of, machine_mood, node_mood, traffic_of
from fcm.ui.pages.page import EVERYTHING
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import busy_cluster
from tests.ui.parts import is_idle, part
from tests.ui.window_by_hand import busy_window

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.model.state import State
    from fcm.ui.window.main_window import MainWindow
    from tests.ui.by_hand import Backend


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[MainWindow, Backend, MapCanvas]]:
    window, backend = busy_window(qtbot, tmp_path)
    window.resize(1300, 900)
    window.select(Selection(Place.MAP))
    canvas = part(window, MapCanvas, "Map of the cluster")
    qtbot.waitUntil(lambda: canvas.width() > 400)
    yield window, backend, canvas
    # Windows are closed before fixtures end: then the canvas takes nothing any more.
    qtbot.waitUntil(lambda: not isValid(canvas) or canvas.verdicts.is_idle)


def movable(window: MainWindow) -> tuple[str, str]:
    """A machine that may go, and where to."""
    assert window.workspace is not None
    for machine in window.state.machines:
        for node in window.state.nodes:
            if window.workspace.allowed(cmd.LiveMigrate(machine, node)):
                return machine, node
    raise AssertionError("none may go")


def refused(window: MainWindow) -> tuple[str, str]:
    """A machine that may not go to a node on which it is not."""
    assert window.workspace is not None
    for machine in window.state.machines.values():
        for node in window.state.nodes:
            if node != machine.node and not window.workspace.allowed(cmd.LiveMigrate(machine.id, node)):
                return machine.id, node
    raise AssertionError("all may go")


def middle(canvas: MapCanvas, selection: Selection) -> QPoint:
    return canvas.place_of(selection).center().toPoint()


def drag(canvas: MapCanvas, machine: str, node: str) -> QPoint:
    start, end = middle(canvas, Selection(Place.MACHINE, machine)), middle(canvas, Selection(Place.NODE, node))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, start + QPoint(15, 15))
    QTest.mouseMove(canvas, end)
    return end


def sent(backend: Backend) -> list[cmd.Command]:
    return [one for one in backend.submitted if isinstance(one, cmd.LiveMigrate)]


def test_each_machine_is_in_the_box_of_its_node(opened: tuple[MainWindow, Backend, MapCanvas]) -> None:
    window, _, canvas = opened
    assert set(canvas.places.boxes) == set(window.state.nodes)
    for machine in window.state.machines.values():
        place = canvas.place_of(Selection(Place.MACHINE, machine.id))
        assert canvas.place_of(Selection(Place.NODE, machine.node)).contains(place)


def test_a_machine_that_is_dragged_to_a_node_opens_the_check_with_that_destination(
    opened: tuple[MainWindow, Backend, MapCanvas], qtbot: QtBot
) -> None:
    window, backend, canvas = opened
    machine, node = movable(window)
    end = drag(canvas, machine, node)
    assert canvas.carried == machine
    hint = canvas.hint
    assert hint is not None
    assert hint.allowed
    assert "of memory left afterwards" in hint.text
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)
    assert canvas.carried == ""
    dialog = window.findChild(PreflightDialog)
    assert isinstance(dialog, PreflightDialog)
    assert dialog.destination.currentData() == node
    assert sent(backend) == []
    qtbot.waitUntil(lambda: is_idle(dialog))
    dialog.reject()


def test_with_shift_it_goes_at_once(opened: tuple[MainWindow, Backend, MapCanvas]) -> None:
    window, backend, canvas = opened
    machine, node = movable(window)
    end = drag(canvas, machine, node)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, end)
    assert sent(backend) == [cmd.LiveMigrate(machine, node)]


def test_a_node_says_why_it_does_not_take_a_machine_and_shift_does_not_force_it(
    opened: tuple[MainWindow, Backend, MapCanvas],
) -> None:
    window, backend, canvas = opened
    machine, node = refused(window)
    end = drag(canvas, machine, node)
    hint = canvas.hint
    assert hint is not None
    assert not hint.allowed
    assert hint.mood is Mood.BAD
    assert hint.text.startswith(f"Not to {node}: ")
    assert canvas.accessibleDescription() == hint.text.replace("\N{NO-BREAK SPACE}", " ")
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, end)
    assert sent(backend) == []
    assert window.findChild(PreflightDialog) is None


def test_what_is_dropped_beside_every_node_or_at_home_stays(opened: tuple[MainWindow, Backend, MapCanvas]) -> None:
    window, backend, canvas = opened
    machine, _ = movable(window)
    drag(canvas, machine, window.state.machines[machine].node)
    assert canvas.hint is None
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(2, canvas.height() - 2))
    assert window.findChild(PreflightDialog) is None
    assert sent(backend) == []


def test_a_click_is_no_drag(opened: tuple[MainWindow, Backend, MapCanvas]) -> None:
    window, _, canvas = opened
    machine, _ = movable(window)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=middle(canvas, Selection(Place.MACHINE, machine)))
    assert canvas.carried == ""
    assert canvas.current == Selection(Place.MACHINE, machine)
    assert window.findChild(PreflightDialog) is None


def test_a_node_says_room_processor_and_network_to_a_machine_that_hovers_over_it(
    opened: tuple[MainWindow, Backend, MapCanvas],
) -> None:
    window, _, canvas = opened
    machine, node = movable(window)
    canvas.pick_up(machine)
    canvas.hover(node)
    assert canvas.hint is not None
    room, processor, network, *_ = canvas.hint.text.splitlines()
    assert room.endswith("of memory left afterwards.")
    assert processor == f"{node} has all features that the machine uses."
    assert network.endswith("will be used.")
    canvas.put_back()


def test_the_time_that_a_move_takes_is_told_as_soon_as_it_is_known(
    opened: tuple[MainWindow, Backend, MapCanvas], qtbot: QtBot
) -> None:
    window, _, canvas = opened
    machine, node = movable(window)
    canvas.pick_up(machine)
    canvas.hover(node)
    assert canvas.hint is not None
    assert canvas.hint.text.endswith("are being predicted ...")
    qtbot.waitUntil(lambda: canvas.hint is not None and "are being predicted" not in canvas.hint.text)
    canvas.put_back()


def test_all_of_it_can_be_done_by_keyboard(opened: tuple[MainWindow, Backend, MapCanvas]) -> None:
    window, backend, canvas = opened
    assert canvas.accessibleDescription() == HELP
    machine, node = movable(window)
    home = window.state.machines[machine].node
    nodes = list(window.state.nodes)
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.current == Selection(Place.NODE, nodes[0])
    for _ in range(nodes.index(home)):
        QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert canvas.current == Selection(Place.NODE, home)
    for _ in range(1 + canvas.residents.on(home).index(machine)):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.current == Selection(Place.MACHINE, machine)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    step = Qt.Key.Key_Right if nodes.index(node) > nodes.index(home) else Qt.Key.Key_Left
    for _ in range(abs(nodes.index(node) - nodes.index(home))):
        QTest.keyClick(canvas, step)
    QTest.keyClick(canvas, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert sent(backend) == [cmd.LiveMigrate(machine, node)]


def test_escape_puts_back_what_was_picked_up(opened: tuple[MainWindow, Backend, MapCanvas]) -> None:
    window, backend, canvas = opened
    machine, _ = movable(window)
    canvas.select(Selection(Place.MACHINE, machine))
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    assert canvas.carried == machine
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.carried == ""
    assert sent(backend) == []


def test_enter_and_a_double_click_open_what_is_selected(opened: tuple[MainWindow, Backend, MapCanvas]) -> None:
    window, _, canvas = opened
    machine, _ = movable(window)
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=middle(canvas, Selection(Place.MACHINE, machine)))
    assert window.selection == Selection(Place.MACHINE, machine)
    window.select(Selection(Place.MAP))
    canvas.select(Selection(Place.NODE, "node2"))
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert window.selection == Selection(Place.NODE, "node2")


def test_a_machine_that_moves_changes_its_box_and_nothing_else(
    opened: tuple[MainWindow, Backend, MapCanvas], qtbot: QtBot
) -> None:
    window, backend, canvas = opened
    machine = next(one for one in window.state.machines.values() if one.group is None or one.node == "node1")
    backend.tell(ev.MachineChanged(replace(machine, node="node2")), at=500)
    qtbot.waitUntil(lambda: machine.id in canvas.residents.on("node2"))
    assert machine.id not in canvas.residents.on(machine.node)
    everything = Residents()
    everything.update(window.state, EVERYTHING)
    assert all(everything.on(node) == canvas.residents.on(node) for node in window.state.nodes)


def test_what_is_carried_is_put_back_if_it_is_deleted_meanwhile(
    opened: tuple[MainWindow, Backend, MapCanvas], qtbot: QtBot
) -> None:
    window, backend, canvas = opened
    loose = next(one.id for one in window.state.machines.values() if one.group is None)
    canvas.select(Selection(Place.MACHINE, loose))
    canvas.pick_up(loose)
    backend.tell(ev.MachineDeleted(loose), at=500)
    qtbot.waitUntil(lambda: canvas.carried == "")
    assert canvas.current == Selection(Place.CLUSTER)


def test_the_map_is_painted_as_it_was_until_it_takes_the_next_change(
    opened: tuple[MainWindow, Backend, MapCanvas],
) -> None:
    window, backend, canvas = opened
    machine = next(one.id for one in window.state.machines.values() if one.group is None)
    backend.tell(ev.MachineDeleted(machine), at=500)
    assert window.workspace is not None
    change = window.workspace.drain()
    assert machine not in window.state.machines
    canvas.resize(canvas.width() - 100, canvas.height() - 100)  # then every node is painted anew
    assert not canvas.grab().isNull()
    assert machine in canvas.state.machines
    canvas.take(change)
    assert machine not in canvas.state.machines
    assert not canvas.grab().isNull()


def state_of() -> State:
    workspace, _ = busy_cluster()
    state = workspace.state
    workspace.close()
    return state


def test_colors_follow_the_state_of_machines_and_nodes() -> None:
    state = state_of()
    machine = next(
        one
        for one in state.machines.values()
        if one.state is MachineState.RUNNING and one.group and state.active_migration(one.id) is None
        if state.nodes[one.node].state is NodeState.UP and state.groups[one.group].state is ResourceState.ONLINE
    )
    assert machine_mood(state, machine) is Mood.GOOD
    assert machine_mood(state, replace(machine, state=MachineState.OFF)) is Mood.QUIET
    assert machine_mood(state, replace(machine, state=MachineState.PAUSED)) is Mood.WARNING
    assert machine_mood(state, replace(machine, state=MachineState.PAUSED_CRITICAL)) is Mood.BAD
    assert machine_mood(state, replace(machine, state=MachineState.STARTING)) is Mood.BUSY
    moving = next(one for one in state.running_migrations())
    assert machine_mood(state, state.machines[moving.machine]) is Mood.BUSY
    moods = {}
    for found in NodeState:
        nodes = {**state.nodes, "node1": replace(state.nodes["node1"], state=found)}
        moods[found] = node_mood(replace(state, nodes=nodes), "node1")
    assert moods[NodeState.UP] is Mood.GOOD
    assert moods[NodeState.DOWN] is Mood.BAD
    assert moods[NodeState.PAUSED] is Mood.WARNING
    assert moods[NodeState.JOINING] is Mood.BUSY


def test_bars_tell_memory_and_processors_of_what_runs() -> None:
    state = state_of()
    for node in state.nodes.values():
        holding = [one for one in state.machines_on(node.name) if one.state.holds_memory]
        load = load_of(state, node.name)
        assert load.memory == (node.reserved_memory + sum(one.memory for one in holding)) / node.memory
        assert load.processors == sum(one.processors for one in holding) / node.logical_processors


def test_a_lane_knows_which_nodes_do_not_reach_it() -> None:
    state = state_of()
    adapter = next(iter(state.adapters.values()))
    broken = replace(state, adapters={**state.adapters, adapter.id: replace(adapter, state=AdapterState.FAILED)})
    assert adapter.node in lanes_of(broken)[adapter.network].cut_off
    names = [lane.name.casefold() for lane in lanes_of(state).values()]
    assert names == sorted(names)


def test_only_live_migrations_that_have_a_network_are_on_a_lane(
    opened: tuple[MainWindow, Backend, MapCanvas],
) -> None:
    window, _, _ = opened
    found = traffic_of(window.state, window.figures)
    wanted = [one for one in window.state.running_migrations() if one.network]
    assert [(one.machine, one.network) for one in found] == [(one.machine, one.network) for one in wanted]
    assert wanted


def test_nodes_that_have_no_time_in_a_frame_follow_in_the_next_ones(
    opened: tuple[MainWindow, Backend, MapCanvas], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    _, _, canvas = opened
    monkeypatch.setattr("fcm.ui.map.painting.FRAME", -1.0)
    canvas.take(EVERYTHING)
    canvas.grab()
    assert canvas.is_behind, "one node had time, the others not"
    qtbot.waitUntil(lambda: not canvas.is_behind)
    whole = canvas.grab().toImage()
    monkeypatch.setattr("fcm.ui.map.painting.FRAME", 60.0)
    canvas.take(EVERYTHING)
    assert canvas.grab().toImage() == whole
