"""Failures in the window: what can be made to fail where, what is asked, what is seen of it, and its repair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QMessageBox, QTableView, QToolButton

from fcm.model import commands as cmd
from fcm.model.failures import Fault, FaultKind
from fcm.model.rules.failing.failure_words import happened
from fcm.ui.pages.cluster import ClusterPage
from fcm.ui.pages.simulated_failures import FailureStrip
from fcm.ui.tour.driver import Driver
from fcm.ui.window.qactions import Entry, commands_of, entries, question
from fcm.workspace.actions.failure_actions import ICONS, LABELS, repair_label
from fcm.workspace.actions.failure_questions import failure_question
from fcm.workspace.selection import Place, Selection
from tests.ui.window_by_hand import named, window_of
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
DRIVER = Driver()


@pytest.fixture
def desk() -> Iterator[Desk]:
    """The shipped cluster contoso."""
    made = Desk()
    yield made
    made.close()


def opened(qtbot: QtBot, folder: Path, desk: Desk, place: Selection) -> MainWindow:
    shown = window_of(qtbot, folder, desk.workspace)
    shown.resize(1024, 640)
    shown.select(place)
    DRIVER.settle()
    return shown


def entry(desk: Desk, action: str, *selections: Selection) -> Entry:
    return next(one for one in entries(desk.workspace, selections) if one.action.id == action)


def labels(desk: Desk, selection: Selection, action: str = "simulate-failure") -> list[str]:
    return [choice.label for choice in entry(desk, action, selection).choices if choice.verdict]


def lines(shown: MainWindow) -> list[str]:
    strip = shown.page.findChild(FailureStrip)
    assert strip is not None
    return [child.accessibleName() for child in strip.findChildren(QToolButton) if child.isVisible()]


def choose(shown: MainWindow, action: str, label: str) -> None:
    """Open a menu of the Actions pane and click an entry."""
    button = shown.actions_pane.button(action)
    assert button is not None
    assert button.isEnabled()
    menu = button.menu()
    assert isinstance(menu, QMenu)
    menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
    DRIVER.choose_in_menu(label)


def asked(shown: MainWindow) -> QMessageBox:
    return DRIVER.wait(
        lambda: next((one for one in shown.findChildren(QMessageBox, "question") if one.isVisible()), None),
        "a question",
    )


def test_the_plug_of_a_node_is_pulled_and_seen_on_its_page_and_its_repair_turns_it_on(
    qtbot: QtBot, tmp_path: Path, desk: Desk
) -> None:
    shown = opened(qtbot, tmp_path, desk, Selection(Place.NODE, "node1"))
    choose(shown, "simulate-failure", LABELS[FaultKind.POWER_OFF])
    box = asked(shown)
    assert "Cut the power of node1?" in box.text()
    assert "SQL01" in box.text()
    assert "about 6 s (5 missed heartbeats)" in box.text()
    DRIVER.click(named(box, "Simulate failure"))
    DRIVER.wait(lambda: desk.state.faults, "the failure")
    DRIVER.find(FailureStrip, "Simulated failures")
    assert lines(shown) == ["Turn on"]
    DRIVER.press("Turn on")
    DRIVER.wait(lambda: not desk.state.faults, "the repair")
    DRIVER.wait(lambda: DRIVER.look_for(FailureStrip, "Simulated failures") is None, "the strip to go")


def test_cancel_changes_nothing(qtbot: QtBot, tmp_path: Path, desk: Desk) -> None:
    shown = opened(qtbot, tmp_path, desk, Selection(Place.NODE, "node2"))
    choose(shown, "simulate-failure", LABELS[FaultKind.HANG])
    DRIVER.click(named(asked(shown), "Cancel"))
    assert not desk.state.faults


@pytest.mark.parametrize(
    ("place", "kinds"),
    [
        (Selection(Place.NODE, "node1"), ("POWER_OFF", "HANG", "BUGCHECK", "SERVICE_CRASH", "ISOLATE")),
        (Selection(Place.NETWORK, "Cluster Network 2"), ("SWITCH_DOWN",)),
        (Selection(Place.MACHINE, "SQL01"), ("GUEST_HANG", "GUEST_BUGCHECK", "GUEST_SHUTDOWN")),
    ],
    ids=["node", "network", "machine"],
)
def test_each_object_offers_what_can_happen_to_it(desk: Desk, place: Selection, kinds: tuple[str, ...]) -> None:
    if place.place is Place.NETWORK:
        place = Selection(place.place, desk.network(place.id).id)
    elif place.place is Place.MACHINE:
        place = Selection(place.place, desk.machine(place.id).id)
    assert labels(desk, place) == [LABELS[FaultKind[kind]] for kind in kinds]


def test_a_disk_offers_the_path_of_each_node_that_has_one(desk: Desk) -> None:
    disk = Selection(Place.DISK, desk.disk("Cluster Disk 2").id)
    paths = [f"Lose the path of {node}" for node in ("node1", "node2", "node3")]
    assert labels(desk, disk) == [LABELS[FaultKind.LOSE_LUN], *paths, LABELS[FaultKind.LOSE_RESERVATION]]
    assert desk.inject(FaultKind.LOSE_PATH, disk.id, "node2")
    assert labels(desk, disk) == [LABELS[FaultKind.LOSE_LUN], paths[0], paths[2], LABELS[FaultKind.LOSE_RESERVATION]]
    assert labels(desk, disk, "repair-failure") == ["Restore the path of node2"]


def test_the_cluster_offers_the_repair_of_everything_by_name(desk: Desk) -> None:
    cluster = Selection(Place.CLUSTER)
    assert entry(desk, "repair-failure", cluster).reason == "No failure is simulated here."
    assert desk.inject(FaultKind.HANG, "node3")
    assert desk.inject(FaultKind.LOSE_PATH, desk.disk("Cluster Disk 2").id, "node1")
    assert labels(desk, cluster, "repair-failure") == [
        "node3: End the hang",
        "Cluster Disk 2: Restore the path of node1",
    ]


def test_what_makes_no_sense_is_disabled_with_its_reason(desk: Desk) -> None:
    cluster = entry(desk, "simulate-failure", Selection(Place.CLUSTER))
    assert "has no file share witness" in cluster.reason
    assert desk.inject(FaultKind.POWER_OFF, "node1")
    node = entry(desk, "simulate-failure", Selection(Place.NODE, "node1"))
    assert not node.verdict
    assert all("already simulated" in c.verdict.reason or "no power" in c.verdict.reason for c in node.choices)
    repair = entry(desk, "repair-failure", Selection(Place.NODE, "node2"))
    assert repair.reason == "No failure is simulated here."


def test_several_nodes_fail_at_once_and_each_is_asked_about(desk: Desk) -> None:
    nodes = [Selection(Place.NODE, name) for name in ("node1", "node3")]
    found = entry(desk, "simulate-failure", *nodes)
    choice = next(one for one in found.choices if one.label == LABELS[FaultKind.POWER_OFF])
    commands = commands_of(found, choice, desk.workspace)
    assert commands == (cmd.InjectFault(FaultKind.POWER_OFF, "node1"), cmd.InjectFault(FaultKind.POWER_OFF, "node3"))
    text = question(found, desk.workspace, commands)
    assert "power of node1?" in text
    assert "power of node3?" in text


def test_the_page_of_the_cluster_lists_all_failures_and_repairs_one_or_all(
    qtbot: QtBot, tmp_path: Path, desk: Desk
) -> None:
    shown = opened(qtbot, tmp_path, desk, Selection(Place.CLUSTER))
    page = shown.page
    assert isinstance(page, ClusterPage)
    assert not page.failed.isVisible()
    with qtbot.waitSignal(shown.changed):
        desk.workspace.submit(cmd.InjectFault(FaultKind.HANG, "node3"))
        desk.workspace.submit(cmd.InjectFault(FaultKind.LOSE_PATH, desk.disk("Cluster Disk 2").id, "node1"))
        desk.workspace.submit(cmd.InjectFault(FaultKind.GUEST_HANG, desk.machine("SQL01").id))
    table = DRIVER.find(QTableView, "Simulated failures")
    assert [str(index.data()) for index in DRIVER.rows(table)] == ["node3", "Cluster Disk 2", "SQL01"]
    assert DRIVER.cell("Simulated failures", "Cluster Disk 2", "Failure") == "path of node1 lost"
    assert DRIVER.cell("Simulated failures", "node3", "Ends") == "When it is repaired"
    DRIVER.click_row("Simulated failures", "node3")
    DRIVER.wait(lambda: shown.actions_pane.item.button("repair-fault"), "Repair in the Actions pane")
    button = shown.actions_pane.item.button("repair-fault")
    assert button is not None
    DRIVER.click(button)
    DRIVER.wait(lambda: len(desk.state.faults) == 2, "the repair")
    DRIVER.press("Repair all")
    DRIVER.wait(lambda: not desk.state.faults, "all repairs")
    DRIVER.wait(lambda: DRIVER.look_for(QTableView, "Simulated failures") is None, "the list to go")


def test_lists_say_what_has_failed_beside_what_the_cluster_has_noticed(
    qtbot: QtBot, tmp_path: Path, desk: Desk
) -> None:
    shown = opened(qtbot, tmp_path, desk, Selection(Place.NODES))
    with qtbot.waitSignal(shown.changed):
        desk.workspace.submit(cmd.InjectFault(FaultKind.HANG, "node2"))
    assert DRIVER.cell("Nodes", "node2", "Status") == "Up (simulated: operating system hangs)"
    assert DRIVER.cell("Nodes", "node1", "Status") == "Up"


def test_a_node_that_shuts_down_says_so_and_can_be_turned_on_again(qtbot: QtBot, tmp_path: Path, desk: Desk) -> None:
    shown = opened(qtbot, tmp_path, desk, Selection(Place.NODES))
    with qtbot.waitSignal(shown.changed):
        desk.workspace.submit(cmd.ShutDownNode("node3"))
    assert DRIVER.cell("Nodes", "node3", "Status") == "Up: shutting down"
    desk.run(300.0)
    shown.select(Selection(Place.NODE, "node3"))
    DRIVER.find(FailureStrip, "Simulated failures")
    DRIVER.wait(lambda: entry(desk, "turn-on-node", Selection(Place.NODE, "node3")).verdict, "the node to be off")
    DRIVER.press("Turn on this computer")
    DRIVER.wait(lambda: not desk.state.faults, "the node to be on")


def test_nodes_are_isolated_together_by_a_dialog_that_says_what_comes_of_it(
    qtbot: QtBot, tmp_path: Path, desk: Desk
) -> None:
    shown = opened(qtbot, tmp_path, desk, Selection(Place.NODE, "node1"))
    button = shown.actions_pane.button("isolate")
    assert button is not None
    DRIVER.click(button)
    dialog = DRIVER.wait_for_dialog("Isolate Nodes")
    words = named(dialog, "What will happen")
    assert "notice it after about 6 s" in words.text()
    nodes = named(dialog, "Nodes on one side")
    nodes.setCurrentItem(nodes.topLevelItem(1))
    DRIVER.key(Qt.Key.Key_Space, widget=nodes)
    assert nodes.ticked() == ("node1", "node2")
    assert "node3 has no majority" in words.text()
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    (fault,) = desk.state.faults.values()
    assert (fault.kind, fault.target, fault.together) == (FaultKind.ISOLATE, "node1", ("node2",))


def test_a_side_needs_a_node_and_the_other_side_too(qtbot: QtBot, tmp_path: Path, desk: Desk) -> None:
    shown = opened(qtbot, tmp_path, desk, Selection(Place.CLUSTER))
    shown.show_dialog("isolate", Selection(Place.CLUSTER))
    dialog = DRIVER.wait_for_dialog("Isolate Nodes")
    words, ok = named(dialog, "What will happen"), named(dialog, "OK")
    assert (words.text(), ok.isEnabled()) == ("Select at least one node.", False)
    nodes = named(dialog, "Nodes on one side")
    for row in range(3):
        nodes.setCurrentItem(nodes.topLevelItem(row))
        DRIVER.key(Qt.Key.Key_Space, widget=nodes)
    assert "No node would be on the other side" in words.text()
    assert not ok.isEnabled()
    DRIVER.key(Qt.Key.Key_Escape, widget=dialog)
    DRIVER.wait_for_no_dialog()


def test_every_failure_has_a_label_an_icon_and_a_repair() -> None:
    assert set(LABELS) == set(ICONS) == set(FaultKind)
    for kind in FaultKind:
        fault = Fault("f", kind, "node1", 1.0, "node2")
        assert repair_label(fault)
        assert happened(fault)


@pytest.mark.parametrize("kind", FaultKind)
def test_every_failure_has_a_question_that_names_what_fails(desk: Desk, kind: FaultKind) -> None:
    state = desk.state
    disk, machine = desk.disk("Cluster Disk 5"), desk.machine("SQL01")
    targets = {
        FaultKind.UNPLUG_CABLE: (desk.adapter("node1", "Cluster Network 1").id, "node1 - Cluster Network 1"),
        FaultKind.SWITCH_DOWN: (desk.network("Cluster Network 1").id, "Cluster Network 1"),
        FaultKind.LOSE_SHARE: (r"\\server\share", r"\\server\share"),
    }
    for one in (FaultKind.LOSE_LUN, FaultKind.LOSE_PATH, FaultKind.LOSE_RESERVATION):
        targets[one] = (disk.id, disk.name)
    for one in (FaultKind.GUEST_HANG, FaultKind.GUEST_BUGCHECK, FaultKind.GUEST_SHUTDOWN):
        targets[one] = (machine.id, "SQL01")
    target, name = targets.get(kind, ("node1", "node1"))
    node = "node1" if kind is FaultKind.LOSE_PATH else ""
    text = failure_question(state, cmd.InjectFault(kind, target, node))
    first, mark, rest = text.partition("?")
    assert name in first
    assert mark
    assert rest.strip().endswith(".") or not rest
