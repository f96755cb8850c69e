"""What each page says of a lively cluster, of an empty one, and after a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QTableView, QToolButton, QWidget

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import GIB, AdapterState, MachineState, NodeState, ResourceState
from fcm.model.failures import FaultKind
from fcm.model.telemetry import FinalFigures, Phase
from fcm.ui.look import appearance, icons
from fcm.ui.migration import MigrationView
from fcm.ui.pages.machine import alerts
from fcm.ui.pages.node import NodePage
from fcm.ui.widgets.page_parts import Link, LoadBar
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import formed, group_of, machine, migration, node, opened, row
from tests.ui.parts import fact, part, text_of
from tests.ui.window_by_hand import KNOWN, busy_window, named, window, window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.tables.table_view import TableView
    from fcm.ui.window.main_window import MainWindow

PLACES = [
    Selection(Place.ROOT),
    Selection(Place.CLUSTER),
    Selection(Place.SERVICES),
    Selection(Place.MACHINE, "vm-Database"),
    Selection(Place.MACHINE, "vm-Test-VM"),
    Selection(Place.NODES),
    Selection(Place.NODE, "node1"),
    Selection(Place.SHARED_VOLUMES),
    Selection(Place.STORAGE),
    Selection(Place.NETWORKS),
    Selection(Place.NETWORK, "net-3"),
    Selection(Place.EVENTS),
]


def cells(view: TableView, identity: str) -> dict[str, str]:
    """A row by its headings."""
    at = view.table.row_of(identity)
    assert at is not None, f"{identity} is not in {view.accessibleName()}"
    columns = enumerate(view.table.columns)
    return {column.title: view.table.index(at, n).data().replace("\N{NO-BREAK SPACE}", " ") for n, column in columns}


def at(shown: MainWindow, place: Place, identity: str = "") -> Any:
    shown.select(Selection(place, identity))
    return shown.page


def words(parent: QWidget) -> str:
    return "\n".join(label.text() for label in parent.findChildren(QLabel) if label.isVisible())


@pytest.mark.parametrize("selection", PLACES, ids=lambda s: f"{s.place}-{s.id}")
def test_every_page_can_be_opened_redrawn_and_left(qtbot: QtBot, tmp_path: Path, selection: Selection) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    shown.select(selection)
    assert shown.selection == selection
    with qtbot.waitSignal(shown.changed):
        backend.tell(ev.NodeChanged(node("node2", NodeState.PAUSED)))
    assert shown.page.isVisible()
    shown.refresh()
    shown.close_cluster()
    assert shown.selection == Selection(Place.ROOT)


@pytest.mark.parametrize("selection", PLACES, ids=lambda s: f"{s.place}-{s.id}")
def test_no_page_needs_more_room_than_a_narrow_window_has(qtbot: QtBot, tmp_path: Path, selection: Selection) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    shown.select(selection)
    parts = [child for child in shown.page.children() if isinstance(child, QWidget) and child.isVisible()]
    assert all(child.geometry().right() <= shown.page.width() for child in parts)


@pytest.mark.parametrize("place", [p for p in Place if p.value.endswith("s") and p is not Place.EVENTS])
def test_an_empty_cluster_has_pages_that_teach(qtbot: QtBot, tmp_path: Path, place: Place) -> None:
    formation = formed()
    empty = ev.ClusterFormed(formation.cluster, formation.nodes, (), (), (), (), (), (), ())
    workspace, _ = opened(empty)
    shown = window_of(qtbot, tmp_path, workspace)
    page = at(shown, place)
    assert page.isVisible()
    if place is not Place.NODES:
        assert "." in words(page)


# Root


def test_the_root_page_lists_known_clusters_and_opens_one(qtbot: QtBot, tmp_path: Path) -> None:
    shown = window(qtbot, tmp_path)
    title = KNOWN[0].title
    qtbot.waitUntil(lambda: any(link.text() == title and link.isVisible() for link in shown.page.findChildren(Link)))
    with qtbot.waitSignal(shown.opened):
        named(shown.page, "contoso", QToolButton).click()
    assert shown.state.cluster is not None


def clusters_of(page: QWidget) -> list[QWidget]:
    """The links to known clusters."""
    titles = {cluster.title for cluster in KNOWN}
    return [link for link in page.findChildren(Link) if link.accessibleName() in titles]


def test_validation_is_offered_whether_or_not_a_cluster_is_open(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    page = at(shown, Place.ROOT)
    assert named(page, "Validate a Configuration...").isEnabled()
    shown.close_cluster()
    assert named(shown.page, "Validate a Configuration...").isEnabled()
    qtbot.waitUntil(lambda: any(link.isVisible() for link in clusters_of(shown.page)))


# Cluster


def test_the_summary_of_the_cluster_is_a_sentence_with_its_numbers(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    page = at(shown, Place.CLUSTER)
    assert text_of(page, "summary") == (
        "contoso has 6 services or applications and 3 nodes; 1 virtual machine is not highly available."
    )
    assert fact(page, "Quorum Configuration") == "Node and Disk Majority (Cluster Disk 1)"
    assert fact(page, "Current Host Server") == "node1"
    assert fact(page, "Networks for live migration") == "Live migration, then Management, then CSV and cluster"


def test_recent_events_are_counted_by_level_and_lead_to_the_events(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    page = at(shown, Place.CLUSTER)
    qtbot.waitUntil(lambda: page.is_settled)
    named(page, "Error: 2").click()
    assert shown.selection == Selection(Place.EVENTS)


def test_enable_cluster_shared_volumes_is_under_configure_until_it_is_done(qtbot: QtBot, tmp_path: Path) -> None:
    workspace, backend = opened(formed(with_volumes=False))
    shown = window_of(qtbot, tmp_path, workspace)
    link = named(shown.page, "Enable Cluster Shared Volumes...")
    assert link.isEnabled()
    with qtbot.waitSignal(shown.changed):
        backend.tell(ev.SharedVolumesEnabled())
    assert not link.isVisible()
    assert named(shown.page, "Cluster Shared Volumes").isVisible()


def test_a_node_that_is_down_is_named_in_the_summary(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    page = at(shown, Place.CLUSTER)
    with qtbot.waitSignal(shown.changed):
        backend.tell(ev.NodeChanged(node("node3", NodeState.DOWN)))
    assert text_of(page, "summary").endswith("node3 is down.")


# Services and applications


def test_a_machine_has_its_figures_in_the_list_of_services(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    page = at(shown, Place.SERVICES)
    assert cells(page.services, "vm-Web01") == {
        "Name": "Web01",
        "Status": "Online",
        "Type": "Virtual Machine",
        "Current Owner": "node2",
        "Auto Start": "Yes",
        "Memory": "4 GiB",
        "Dirty rate": "–",
        "Blackout": "213 ms",
    }
    database = cells(page.services, "vm-Database")
    assert database["Status"].startswith("Live Migrating, ")
    assert database["Status"].endswith(" % completed")
    assert database["Dirty rate"] == "46.9 MiB/s"
    assert cells(page.services, "vm-Reports")["Status"] == "Waiting to migrate to node2"
    assert cells(page.services, "vm-Build")["Status"] == "Offline (saved)"
    backend.tell(ev.MigrationCompleted("m3", FinalFigures(90.0, 0.311, 10**10, 7)))
    qtbot.waitUntil(lambda: cells(page.services, "vm-Database")["Status"] == "Online")
    assert cells(page.services, "vm-Database")["Blackout"] == "311 ms"


def test_machines_that_are_not_clustered_have_a_list_of_their_own(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    page = at(shown, Place.SERVICES)
    assert list(page.loose.table.ids) == ["vm-Test-VM"]
    assert cells(page.loose, "vm-Test-VM")["Node"] == "node3"


def test_only_one_of_two_lists_has_a_selection(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    page = at(shown, Place.SERVICES)
    page.services.select_ids(["vm-Web01"])
    page.loose.select_ids(["vm-Test-VM"])
    assert page.services.selected_ids() == []
    assert shown.selection == Selection(Place.MACHINE, "vm-Test-VM")


def test_progress_never_runs_backwards(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcm.workspace.forecasts.TELL_EVERY", 0.0)
    monkeypatch.setattr("fcm.workspace.forecasts.TELL_EVERY_OF_MANY", 0.0)
    shown, backend = busy_window(qtbot, tmp_path)
    seen = [shown.figures.progress(shown.state.migrations["m3"])]
    for remaining in (8, 2, 6, 1, 3, 0):
        with qtbot.waitSignal(shown.changed):
            backend.tell(ev.MigrationProgressed("m3", row(70 + remaining, 10**10, remaining * 10**9, number=2)))
        seen.append(shown.figures.progress(shown.state.migrations["m3"]))
    assert seen == sorted(seen)
    assert seen[-1] < 1


def test_double_click_goes_to_the_page_of_the_machine(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    page = at(shown, Place.SERVICES)
    page.services.opened.emit("vm-Web01")
    assert shown.selection == Selection(Place.MACHINE, "vm-Web01")


# A virtual machine


def test_the_summary_of_a_machine_tells_what_stands_in_its_way(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    page = at(shown, Place.MACHINE, "vm-Mail")
    assert fact(page, "Status") == "Online"
    assert "ISO file" in fact(page, "Alerts")
    assert fact(page, "Preferred Owners") == "<none>"
    assert fact(page, "Current Owner") == "node2"


def test_the_resources_of_a_machine_offer_their_properties(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    page = at(shown, Place.MACHINE, "vm-Web01")
    assert list(page.resources.table.ids) == ["res-Web01", "config-Web01"]
    page.resources.select_ids(["res-Web01"])
    asked: list[tuple[str, Selection]] = []
    monkeypatch.setattr(shown.desk, "show_dialog", lambda *given: asked.append(given))
    button = shown.actions_pane.item.button("resource-properties")
    assert button is not None
    button.click()
    assert asked == [("resource-properties", Selection(Place.RESOURCE, "res-Web01"))]


def test_a_machine_that_is_not_clustered_is_offered_to_be(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    page = at(shown, Place.MACHINE, "vm-Test-VM")
    assert not page.resources.isVisible()
    link = named(page, "Make highly available...")
    assert not link.isEnabled()
    assert "local storage" in link.toolTip()


def migrations(page: QWidget) -> list[str | None]:
    """The migrations that the views on a page show."""
    return [view.migration for view in page.findChildren(MigrationView)]


def test_the_machine_page_shows_its_newest_migration(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    page = at(shown, Place.MACHINE, "vm-Web01")
    qtbot.waitUntil(lambda: migrations(page) == ["m1"])
    web = machine("Web01", "node2")
    backend.tell(ev.MigrationRequested(migration(web, "node3", 9, requested=2e9, phase=Phase.BROWNOUT)))
    qtbot.waitUntil(lambda: migrations(page) == ["m9"])


def test_an_older_migration_can_be_reopened(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    web = machine("Web01", "node2")
    backend.tell(ev.MigrationRequested(migration(web, "node3", 9)), ev.MigrationCanceled("m9"))
    qtbot.waitUntil(lambda: "m9" in shown.state.migrations)
    shown.select(Selection(Place.MIGRATION, "m1"))
    page: Any = shown.page
    qtbot.waitUntil(lambda: migrations(page) == ["m1"])


@pytest.mark.parametrize(
    ("other", "text"),
    [
        ({"media": "C:\\tools.iso"}, "ISO file"),
        ({"switch": "Lab"}, "no virtual network named 'Lab'"),
        ({"disk": "disk-3"}, "Redirected Access"),
        ({"state": MachineState.PAUSED}, "paused"),
    ],
)
def test_alerts_say_what_would_stop_a_live_migration(other: dict[str, Any], text: str) -> None:
    found = machine("Web01", **other)
    workspace, _ = opened(formed([found]))
    assert text in " ".join(alerts(workspace.state, found))


# Nodes


def test_a_node_tells_its_load_and_the_migrations_it_takes_part_in(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    page = at(shown, Place.NODES)
    found = cells(page.nodes, "node2")
    assert found["Migrations"] == "Database from node1"
    assert found["Memory free"] == "38 GiB"
    assert found["Memory in use"] == "15 %"


def test_each_node_tells_what_finds_no_place_if_it_fails_now(qtbot: QtBot, tmp_path: Path) -> None:
    big = machine("Big", memory=60 * GIB)
    workspace, backend = opened(formed([big, machine("Small"), machine("Other", "node2", memory=20 * GIB)]))
    backend.tell(ev.NodeChanged(node("node3", NodeState.PAUSED)))
    workspace.drain(60)
    page = at(window_of(qtbot, tmp_path, workspace), Place.NODES)
    qtbot.waitUntil(lambda: page.is_settled)
    assert cells(page.losses, "node1")["Then"] == "No node has enough memory for Big"
    assert cells(page.losses, "node2")["Then"] == "No node has enough memory for Other"
    backend.tell(ev.NodeChanged(node("node3", NodeState.DOWN)))
    qtbot.waitUntil(lambda: cells(page.losses, "node3")["Then"] == "Is down")
    assert cells(page.losses, "node2")["Then"].startswith("The cluster stops: ")
    backend.tell(ev.NodeChanged(node("node3")))
    qtbot.waitUntil(
        lambda: cells(page.losses, "node2")["Then"] == "Every service and application can start on another node"
    )
    assert named(page, "If a node fails now", QTableView).isVisible()


def test_the_page_of_a_node_says_how_old_its_facts_are_and_they_age_while_it_is_seen(
    qtbot: QtBot, tmp_path: Path
) -> None:
    workspace, backend = opened(formed())
    shown = window_of(qtbot, tmp_path, workspace)
    backend.silences["node2"] = 3.0
    page = at(shown, Place.NODE, "node2")

    def told() -> str:
        return words(page).replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")

    assert "virtual machines, last seen 3 s ago" in told()
    backend.silences["node2"] = 75.0
    qtbot.waitUntil(lambda: "seen 1 min ago" in told())
    backend.silences.clear()
    qtbot.waitUntil(lambda: ", seen " not in told())


def test_the_page_of_a_node_shows_what_it_owns_and_how_it_reaches_the_volumes(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    page = at(shown, Place.NODE, "node2")
    assert isinstance(page, NodePage)
    assert set(page.machines.table.ids) == {"vm-Web01", "vm-Mail"}
    told_of_memory = [
        bar.toolTip() for bar in page.findChildren(LoadBar) if bar.accessibleName().startswith("Memory: ")
    ]
    assert any(
        "16 GiB more is being migrated here" in told.replace("\N{NO-BREAK SPACE}", " ") for told in told_of_memory
    )
    assert cells(page.volumes, "disk-2")["I/O path of this node"] == "Direct"
    assert cells(page.volumes, "disk-3")["I/O path of this node"] == "Direct (coordinator)"
    assert cells(page.adapters, "node2-net-3")["Network"] == "Live migration"


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_machine_can_be_migrated_from_the_page_of_its_node(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    page = at(shown, Place.NODE, "node2")
    page.machines.select_ids(["vm-Web01"])
    menu = shown.show_context_menu(page.picked_selections(), QPoint(5, 5))
    assert "Live migrate virtual machine to another node" in [action.text() for action in menu.actions()]
    menu.close()


def test_a_handed_over_machine_moves_to_its_new_node(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    page = at(shown, Place.NODE, "node1")
    assert "vm-Database" in page.machines.table.ids
    backend.tell(ev.MigrationHandedOver("m3"))
    qtbot.waitUntil(lambda: "vm-Database" not in page.machines.table.ids)


# Storage


def test_a_volume_has_its_path_fill_and_way_per_node(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    shown.select(Selection(Place.VOLUME, "disk-3"))
    page: Any = shown.page
    found = cells(page.volumes, "disk-3")
    assert found["Status"] == "Redirected Access"
    assert found["Path"] == "C:\\ClusterStorage\\Volume2"
    assert (found["Capacity"], found["Free"]) == ("1,000 GiB", "150 GiB")
    assert cells(page.paths, "node1")["I/O path"] == "Redirected through node2"
    assert cells(page.paths, "node2")["I/O path"] == "Direct (coordinator)"


def test_disks_are_in_the_order_of_their_use(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    page = at(shown, Place.STORAGE)
    uses = [cells(page.disks, identity)["Assigned to"] for identity in page.disks.table.ids]
    assert uses == [
        "Disk Witness in Quorum",
        "Available Storage",
        "Cluster Shared Volume",
        "Cluster Shared Volume",
        "Not used by the cluster",
    ]
    assert named(page, "Add a disk (1 LUN visible to the nodes)").isVisible()


# Networks


def test_networks_tell_their_use_metric_and_rank_for_live_migration(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    page = at(shown, Place.NETWORKS)
    found = cells(page.networks, "net-3")
    assert (found["Cluster Use"], found["Live migration"], found["Metric"]) == ("Internal", "1", "1,100 (automatic)")
    assert found["Adapters"] == "2 of 3 up"
    assert cells(page.networks, "net-4")["Live migration"] == "Not used"
    assert "Live migration tries Live migration, then Management" in text_of(page, "summary")


def test_an_adapter_can_be_made_to_fail_from_the_page_of_its_network(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    shown.select(Selection(Place.ADAPTER, "node1-net-3"))
    button = shown.actions_pane.item.button("fail-adapter")
    assert button is not None
    button.click()
    box = next(found for found in shown.findChildren(QMessageBox, "question") if found.isVisible())
    assert "heartbeats continue over" in box.text()
    qtbot.mouseClick(named(box, "Simulate failure of this adapter"), Qt.MouseButton.LeftButton)
    assert backend.submitted == [cmd.InjectFault(FaultKind.UNPLUG_CABLE, "node1-net-3")]
    page: Any = shown.page
    assert cells(page.adapters, "node3-net-3")["Status"] == str(AdapterState.FAILED)


# Words and pictures of states


def test_every_state_has_an_icon_that_exists() -> None:
    found = {appearance.machine_icon(machine("x", state=state), None, False) for state in MachineState}
    found |= {appearance.machine_icon(machine("x"), state, moving) for state in ResourceState for moving in (0, 1)}
    found |= {appearance.node_icon(node("x", state)) for state in NodeState}
    workspace, _ = opened(formed([machine("x")]))
    state = workspace.state
    found |= {appearance.disk_icon(disk) for disk in state.disks.values()}
    found |= {appearance.volume_icon(volume, None) for volume in state.shared_volumes.values()}
    found |= {appearance.network_icon(network) for network in state.networks.values()}
    found |= {appearance.cluster_icon(state), appearance.resource_icon(state.resources["res-x"])}
    assert found <= icons.available()


def test_a_failed_group_is_failed_whatever_its_machine_does() -> None:
    found = machine("x")
    workspace, _ = opened(formed([found]), ev.GroupChanged(group_of(found, ResourceState.FAILED)))
    assert appearance.machine_words(found, workspace.state) == "Failed"
    assert appearance.machine_icon(found, ResourceState.FAILED, moving=True) == "vm-failed"


def test_nothing_of_a_closed_cluster_is_left_in_hidden_pages(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    for place in (Place.SERVICES, Place.NODES, Place.STORAGE, Place.NETWORKS):
        shown.select(Selection(place))
    other, _ = opened(formed([machine("Other", memory=1 << 30)]))
    shown.show_workspace(other)
    for view in shown.findChildren(QTableView):
        model = view.model()
        for line in range(model.rowCount()):
            for column in range(model.columnCount()):
                text = model.index(line, column).data(Qt.ItemDataRole.AccessibleTextRole)
                assert "Web01" not in str(text)
    qtbot.waitUntil(lambda: shown.stack.count() <= 2)


def test_the_scale_of_the_plot_is_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    at(shown, Place.MACHINE, "vm-Web01")
    qtbot.waitUntil(lambda: bool(shown.page.findChildren(QToolButton, "logarithmicScale")))
    scale = part(shown.page, QToolButton, "Logarithmic scale")
    assert not scale.isChecked()
    qtbot.mouseClick(scale, Qt.MouseButton.LeftButton)
    shown.context.settings.flush()
    again = busy_window(qtbot, tmp_path)[0]
    at(again, Place.MACHINE, "vm-Web01")
    qtbot.waitUntil(lambda: bool(again.page.findChildren(QToolButton, "logarithmicScale")))
    assert part(again.page, QToolButton, "Logarithmic scale").isChecked()
