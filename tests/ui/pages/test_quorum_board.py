"""The quorum board of the cluster page, and what the window says of a cluster that is stopped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QMenu, QMessageBox

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import ClusterVersion, NodeState
from fcm.ui.pages.cluster import ClusterPage
from fcm.workspace.quorum_board import WITNESS
from fcm.workspace.selection import Place, Selection
from tests.ui.window_by_hand import named, window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.model.failure_events import NodeLogged
    from fcm.ui.window.main_window import MainWindow
    from tests.unit.embedded.desk import Desk


def opened(qtbot: QtBot, folder: Path, desk: Desk) -> tuple[MainWindow, ClusterPage]:
    shown = window_of(qtbot, folder, desk.workspace)
    shown.resize(1024, 640)
    shown.select(Selection(Place.CLUSTER))
    assert isinstance(shown.page, ClusterPage)
    return shown, shown.page


def told(shown: MainWindow, qtbot: QtBot, desk: Desk, *events: ev.Event | NodeLogged) -> None:
    """Let these things happen, and wait until the window shows them."""
    first = desk.workspace.state.sequence + 1
    with qtbot.waitSignal(shown.changed):
        desk.workspace.post([ev.Entry(first + n, desk.workspace.now(), event) for n, event in enumerate(events)])


def stop(shown: MainWindow, qtbot: QtBot, desk: Desk) -> None:
    """Quorum is lost; node1 waits for others."""
    state = desk.state
    assert state.cluster is not None
    gone = [replace(state.nodes[name], state=NodeState.DOWN) for name in ("node2", "node3")]
    told(
        shown,
        qtbot,
        desk,
        ev.ClusterConfigured(replace(state.cluster, stopped="Quorum was lost."), "Quorum was lost."),
        ev.NodeChanged(replace(state.nodes["node1"], state=NodeState.JOINING)),
        *map(ev.NodeChanged, gone),
    )


def cells(page: ClusterPage, identity: str) -> list[str]:
    table = page.quorum.voters.table
    at = table.row_of(identity)
    assert at is not None
    return [table.index(at, number).data() for number in range(len(table.columns))]


def test_the_board_has_a_row_for_each_voter_and_says_what_a_loss_would_do(
    qtbot: QtBot, tmp_path: Path, desk: Desk
) -> None:
    shown, page = opened(qtbot, tmp_path, desk)
    assert page.quorum.sentence.text() == "Survives any one loss."
    assert cells(page, "node1")[:4] == ["node1", "1", "Up", "node2, node3"]
    assert cells(page, WITNESS)[-1] == "Continues: 3 of 4"
    told(shown, qtbot, desk, ev.NodeChanged(replace(desk.state.nodes["node3"], state=NodeState.DOWN)))
    assert page.quorum.sentence.text().startswith("One more loss stops the cluster")
    assert cells(page, "node1")[-1] == "Stops: 2 of 4"


def test_the_board_is_read_by_name_and_goes_to_the_page_of_a_node(qtbot: QtBot, tmp_path: Path, desk: Desk) -> None:
    shown, page = opened(qtbot, tmp_path, desk)
    assert named(page, "Votes") is page.quorum.voters
    assert named(page, "Survives any one loss.") is page.quorum.sentence
    page.quorum.voters.opened.emit(WITNESS)
    assert shown.selection == Selection(Place.CLUSTER)
    page.quorum.voters.opened.emit("node2")
    assert shown.selection == Selection(Place.NODE, "node2")


def test_the_page_names_the_version_of_the_cluster(qtbot: QtBot, tmp_path: Path, desk: Desk) -> None:
    shown, page = opened(qtbot, tmp_path, desk)
    assert named(page, "Version: Windows Server 2008 R2").isVisible()
    assert desk.state.cluster is not None
    changed = replace(desk.state.cluster, version=ClusterVersion.V2016)
    told(shown, qtbot, desk, ev.ClusterConfigured(changed, ""))
    assert named(page, "Version: Windows Server 2016").isVisible()


def test_a_stopped_cluster_says_what_is_missing_wherever_one_looks(qtbot: QtBot, tmp_path: Path, desk: Desk) -> None:
    shown, page = opened(qtbot, tmp_path, desk)
    assert not page.stopped.isVisible()
    stop(shown, qtbot, desk)
    missing = "contoso is stopped for lack of quorum: 2 of 4 votes, 3 needed. Start node2 or node3, or force the start."
    assert named(page.stopped, missing).isVisible()
    qtbot.waitUntil(lambda: named(shown.status, missing).isVisible())
    assert (
        shown.tree_model.data(shown.tree_model.index_of(Selection(Place.CLUSTER), shown.desk.cluster))
        == "contoso.contoso.example"
    )
    assert page.stopped.start.isEnabled()
    assert page.stopped.force.isEnabled()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_start_is_forced_from_a_node_after_a_question(qtbot: QtBot, tmp_path: Path, desk: Desk) -> None:
    shown, page = opened(qtbot, tmp_path, desk)
    given: list[cmd.Command] = []
    stop(shown, qtbot, desk)
    desk.workspace.observe_commands(given.append)
    page.stopped.force.click()
    menu = named(shown, "Force Cluster Start", QMenu)
    labels = [action.text() for action in menu.actions()]
    assert [label.split(",")[0] for label in labels] == [f"{n} - From node node{n}" for n in (1, 2, 3)]
    menu.actions()[0].trigger()
    menu.close()
    box = shown.findChild(QMessageBox, "question")
    assert isinstance(box, QMessageBox)
    assert "replaces the one of all other nodes" in box.text()
    box.reject()
    assert given == []
