"""The page Cluster Events: queries, filters, live tail, details, saved queries, exports."""

from __future__ import annotations

import threading
from array import array
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QListWidget, QTabWidget, QWidget

from fcm.logs.queries.form import EventFilter, Ids, filter_of
from fcm.logs.queries.xml import custom_view
from fcm.model import events as ev
from fcm.model.entities import NodeState
from fcm.ui.events.event_rows import Step
from fcm.ui.events.event_table import EventTable
from fcm.ui.events.events import EventsPage
from fcm.ui.pages.page import EVERYTHING
from fcm.ui.tables.table_view import TableView
from fcm.ui.tour.patience import PATIENCE, stretched
from fcm.workspace.events.saved_queries import ALL_EVENTS, GUIDE, RECENT, read_query
from fcm.workspace.files.settings import EVENT_QUERIES
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import formed, node, opened
from tests.ui.window_by_hand import busy_window, named
from tests.unit.logs.test_evtx import record

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow
    from tests.ui.by_hand import Backend

ENTER = Qt.Key.Key_Return


def at_rest(qtbot: QtBot, page: Any) -> Any:
    """The page once everything that it asked for is there."""
    qtbot.waitUntil(lambda: not page.feed.is_busy and page.feed.selection is not None)
    return page


def events_page(qtbot: QtBot, folder: Path) -> tuple[MainWindow, Backend, Any]:
    """A window at Cluster Events, all events shown."""
    shown, backend = busy_window(qtbot, folder)
    shown.select(Selection(Place.EVENTS))
    return shown, backend, at_rest(qtbot, shown.page)


def column(page: Any, title: str) -> list[str]:
    """The texts of a column, top to bottom."""
    place = [one.title for one in page.model.columns].index(title)
    return [page.model.index(row, place).data() for row in range(page.model.rowCount())]


def opened_dialog(qtbot: QtBot, name: str) -> Any:
    """The open dialog of that name."""
    dialogs = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
    found = [one for one in dialogs if one.accessibleName() == name]
    assert found, f"no dialog {name!r} is open"
    return found[0]


def press(qtbot: QtBot, parent: QWidget, name: str) -> None:
    qtbot.mouseClick(named(parent, name), Qt.MouseButton.LeftButton)


def choose(page: Any, entry: str) -> None:
    """An entry of the menu of saved queries."""
    menu = page.queries.manage.menu()
    menu.aboutToShow.emit()
    (found,) = [one for one in menu.actions() if one.text().replace("&", "") == entry]
    assert found.isEnabled()
    found.trigger()


def tick(dialog: QDialog, name: str, label: str) -> None:
    """Tick a row of a list with the space bar."""
    ticks = named(dialog, name, QListWidget)
    (item,) = ticks.findItems(label, Qt.MatchFlag.MatchExactly)
    ticks.setCurrentItem(item)
    item.setCheckState(Qt.CheckState.Checked)


def typed_xml(dialog: Any, test: str) -> None:
    """XML written into the tab XML."""
    text = f'<QueryList>\n<Query Id="0">\n<Select Path="System">{test}</Select>\n</Query>\n</QueryList>'
    named(dialog, "Query editor", QTabWidget).setCurrentIndex(1)
    named(dialog, "Query as XML").setPlainText(text)


# The list


def test_events_are_filtered_by_level_and_words(qtbot: QtBot, tmp_path: Path) -> None:
    _, _, page = events_page(qtbot, tmp_path)
    total = page.model.rowCount()
    named(page, "Show Information").click()
    at_rest(qtbot, page)
    assert 0 < page.model.rowCount() < total
    qtbot.keyClicks(page.search_box(), "mail")
    at_rest(qtbot, page)
    assert column(page, "Event ID") == ["21502"]


def test_the_selected_event_is_shown_in_words_and_as_xml_and_can_be_copied(qtbot: QtBot, tmp_path: Path) -> None:
    _, _, page = events_page(qtbot, tmp_path)
    qtbot.keyClicks(page.search_box(), "blackout time")
    at_rest(qtbot, page)
    page.events.select_ids(page.model.ids[:1])
    assert "Event ID 20415" in page.detail.toPlainText()
    assert "Web01" in page.detail.toPlainText()
    press(qtbot, page, "Copy event")
    assert QGuiApplication.clipboard().text() == page.detail.toPlainText()
    named(page, "Details of the event", QTabWidget).setCurrentIndex(1)
    press(qtbot, page, "Copy event")
    assert "<EventID>20415</EventID>" in QGuiApplication.clipboard().text()


def test_new_events_come_in_on_top_and_leave_selection_and_view_alone(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend, page = events_page(qtbot, tmp_path)
    assert shown.workspace is not None
    shown.workspace.events.append([record(number, channel="System") for number in range(200)])
    page.refresh(EVERYTHING)
    qtbot.waitUntil(lambda: page.model.rowCount() > 200)
    page.events.select_ids([page.model.id_at(60)])
    chosen, top = page.events.selected_ids(), page.model.id_at(page.events.rowAt(0))
    assert page.events.verticalScrollBar().value() > 0
    before = page.model.rowCount()
    backend.tell(ev.NodeLogged("1135", "node1", (("node", "node3"),)), at=500)
    qtbot.waitUntil(lambda: page.model.rowCount() == before + 1)
    at_rest(qtbot, page)
    assert column(page, "Event ID")[0] == "1135"
    assert page.events.selected_ids() == chosen
    assert page.model.id_at(page.events.rowAt(0)) == top


def test_a_paused_list_takes_no_new_events_until_it_goes_on(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend, page = events_page(qtbot, tmp_path)
    before = page.model.rowCount()
    press(qtbot, page, "Pause")
    with qtbot.waitSignal(shown.happened):
        backend.tell(ev.NodeChanged(node("node3", NodeState.DOWN)), at=500)
    at_rest(qtbot, page)
    assert page.model.rowCount() == before
    press(qtbot, page, "Pause")
    qtbot.waitUntil(lambda: page.model.rowCount() == before + 1)
    at_rest(qtbot, page)


def test_what_happened_while_another_page_was_shown_is_there_on_the_way_back(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend, page = events_page(qtbot, tmp_path)
    before = page.model.rowCount()
    shown.select(Selection(Place.NODES))
    with qtbot.waitSignal(shown.happened):
        backend.tell(ev.NodeChanged(node("node3", NodeState.DOWN)), at=500)
    shown.select(Selection(Place.EVENTS))
    qtbot.waitUntil(lambda: page.model.rowCount() == before + 1)
    at_rest(qtbot, page)


def test_the_events_of_another_cluster_take_the_place_of_those_before(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _, page = events_page(qtbot, tmp_path)
    page.events.select_ids(page.model.ids[:1])
    before = page.detail.toPlainText()
    assert before
    shown.close_cluster()
    workspace, _ = opened(formed())
    shown.show_workspace(workspace)
    shown.select(Selection(Place.EVENTS))
    after = shown.page
    assert isinstance(after, EventsPage)
    at_rest(qtbot, after)
    qtbot.waitUntil(lambda: after.model.rowCount() == 1)
    assert after.detail.toPlainText() == ""


def test_an_event_names_a_machine_that_is_gone(qtbot: QtBot, tmp_path: Path) -> None:
    _, backend, page = events_page(qtbot, tmp_path)
    backend.tell(ev.MachineDeleted("vm-Test-VM"), at=500)
    wanted = "The virtual machine Test-VM was deleted."
    qtbot.waitUntil(lambda: column(page, "Description")[0] == wanted)
    at_rest(qtbot, page)


def test_a_column_sorts_all_events_and_not_only_those_that_were_read(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _, page = events_page(qtbot, tmp_path)
    assert shown.workspace is not None
    shown.workspace.events.append([record(n, channel="System", id=n % 7000) for n in range(8000)])
    page.events.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    at_rest(qtbot, page)
    qtbot.waitUntil(lambda: page.model.rowCount() > 8000)
    page.events.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    at_rest(qtbot, page)
    assert [int(number) for number in column(page, "Event ID")[:3]] == [0, 0, 1]
    page.events.scrollToBottom()
    qtbot.waitUntil(lambda: column(page, "Event ID")[-1] != "")
    at_rest(qtbot, page)
    assert int(column(page, "Event ID")[-1]) >= 60000


def test_a_table_of_200000_rows_keeps_only_what_was_looked_at(qtbot: QtBot, tmp_path: Path) -> None:
    table = EventTable()
    table.replace(array("q", range(1, 200_001)), [record(n) for n in range(200_000, 199_900, -1)])
    assert (table.rowCount(), table.id_at(0), table.id_at(199_999)) == (200_000, "200000", "1")
    assert (table.row_of("1"), table.row_of("200000"), table.row_of("0")) == (199_999, 0, None)
    assert list(table.ids[:3]) == ["200000", "199999", "199998"]
    table.visible = lambda: (1000, 1030)
    with qtbot.waitSignal(table.rows_wanted):
        assert table.index(1000, 2).data() == ""
    lacking = table.lacking()
    assert (lacking[0], lacking[-1]) == (199_150, 198_820)
    table.keep([record(number) for number in lacking])
    assert table.index(1000, 2).data() == "20415"
    more = Step((), array("q", [200_001, 200_002]))
    table.take(more, [record(200_001), record(200_002)])
    assert (table.id_at(0), table.row_of("200000")) == ("200002", 2)


# Queries


def test_the_form_writes_the_query_and_the_page_shows_what_it_selects(qtbot: QtBot, tmp_path: Path) -> None:
    _, _, page = events_page(qtbot, tmp_path)
    press(qtbot, page, "Edit query")
    dialog = opened_dialog(qtbot, "Cluster Events Filter")
    qtbot.keyClick(named(dialog, "Error"), Qt.Key.Key_Space)
    qtbot.keyClicks(named(dialog, "Event IDs"), "21500-21600,-21501")
    tick(dialog, "Event sources", "Hyper-V-High-Availability")
    said = filter_of(dialog.xml.toPlainText())
    assert said == EventFilter(
        levels=(2,),
        providers=("Microsoft-Windows-Hyper-V-High-Availability",),
        ids=Ids(((21500, 21600),), ((21501, 21501),)),
    )
    assert dialog.power_shell.text().startswith("Get-ClusterEvent -FilterXml '<QueryList>")
    press(qtbot, dialog, "OK")
    at_rest(qtbot, page)
    assert set(column(page, "Event ID")) == {"21502"}
    assert named(page, "Query").currentText() == "Edited query"


def test_what_the_form_cannot_say_is_edited_by_hand(qtbot: QtBot, tmp_path: Path) -> None:
    _, _, page = events_page(qtbot, tmp_path)
    dialog = page.queries.open_dialog()
    typed_xml(dialog, "*[System[Level=2]]")
    assert dialog.form.isEnabled()
    assert dialog.form.filter() == EventFilter(levels=(2,), logs=("System",))
    typed_xml(dialog, "*[System[not(Level=4)]]")
    dialog.tabs.setCurrentIndex(0)
    assert not dialog.form.isEnabled()
    assert "Edit it on the XML tab" in dialog.by_hand.text()
    press(qtbot, dialog, "Start again with the form")
    assert dialog.form.isEnabled()
    assert dialog.form.filter() == EventFilter()
    dialog.reject()


def test_a_fault_in_the_xml_is_told_with_its_place_and_cannot_be_chosen(qtbot: QtBot, tmp_path: Path) -> None:
    _, _, page = events_page(qtbot, tmp_path)
    dialog = page.queries.open_dialog()
    typed_xml(dialog, "*[System[Colour=1]]")
    assert dialog.notice.text().startswith("Line 3, column 32: 'Colour' is not part of System.")
    assert not named(dialog, "OK").isEnabled()
    dialog.reject()


def test_wrong_event_numbers_are_told_in_the_dialog(qtbot: QtBot, tmp_path: Path) -> None:
    _, _, page = events_page(qtbot, tmp_path)
    dialog = page.queries.open_dialog()
    qtbot.keyClicks(named(dialog, "Event IDs"), "9-5")
    assert "runs backwards" in dialog.notice.text()
    assert not named(dialog, "OK").isEnabled()
    dialog.reject()


def test_a_range_of_ones_own_begins_at_the_clock_of_the_cluster(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _, page = events_page(qtbot, tmp_path)
    assert shown.workspace is not None
    dialog = page.queries.open_dialog()
    period = named(dialog, "Logged")
    assert not dialog.form.start.isVisible()
    qtbot.keyClicks(period, "Custom")
    assert dialog.form.start.isVisible()
    said = filter_of(dialog.xml.toPlainText())
    assert said is not None
    assert said.end == pytest.approx(shown.workspace.now(), abs=1.0)
    assert said.start == pytest.approx(shown.workspace.now() - 86400, abs=7200)
    dialog.reject()


def test_a_log_that_takes_no_events_says_how_it_is_enabled(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _, page = events_page(qtbot, tmp_path)
    name = "Microsoft-Windows-Hyper-V-High-Availability-Analytic"
    dialog = page.queries.open_dialog()
    logs = named(dialog, "Event logs", QListWidget)
    (item,) = logs.findItems("Hyper-V-High-Availability-Analytic (disabled)", Qt.MatchFlag.MatchExactly)
    assert f'wevtutil sl "{name}" /e:true' in item.toolTip()
    dialog.reject()
    assert shown.workspace is not None
    shown.workspace.events.enable(name, True, 0.0)
    dialog = page.queries.open_dialog()
    assert named(dialog, "Event logs", QListWidget).findItems(
        name.removeprefix("Microsoft-Windows-"), Qt.MatchFlag.MatchExactly
    )
    dialog.reject()


def test_a_query_is_saved_renamed_and_deleted_by_its_name(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _, page = events_page(qtbot, tmp_path)
    names = named(page, "Query")
    assert [names.itemText(row) for row in range(names.count())] == [ALL_EVENTS, RECENT, GUIDE]
    page.queries.show_xml(EventFilter(levels=(2,)).xml())
    choose(page, "Save query as...")
    dialog = opened_dialog(qtbot, "Save Query As")
    dialog.name.clear()
    qtbot.keyClick(dialog.name, ENTER)
    assert "Enter a name" in dialog.notice.text()
    qtbot.keyClicks(dialog.name, "Errors")
    qtbot.keyClick(dialog.name, ENTER)
    assert names.currentText() == "Errors"
    choose(page, "Rename query...")
    dialog = opened_dialog(qtbot, "Rename Query")
    qtbot.keyClicks(dialog.name, "All errors")
    qtbot.keyClick(dialog.name, ENTER)
    assert shown.context.settings.get(EVENT_QUERIES) == {"All errors": EventFilter(levels=(2,)).xml()}
    choose(page, "Delete query")
    assert shown.context.settings.get(EVENT_QUERIES) == {}
    assert page.queries.xml == EventFilter(levels=(2,)).xml()
    at_rest(qtbot, page)
    shown.context.settings.flush()


def test_a_query_goes_to_a_file_and_comes_back(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _, page = events_page(qtbot, tmp_path)
    page.queries.show_query(GUIDE)
    path = tmp_path / "The guide.xml"
    page.queries.export_query(path).wait()
    qtbot.waitUntil(lambda: bool(shown.messages.strips))
    assert shown.messages.strips[0].text == f"The query was written to {path}."
    page.queries.import_query(path).wait()
    qtbot.waitUntil(lambda: named(page, "Query").currentText() == "The guide")
    at_rest(qtbot, page)
    assert page.queries.xml.split() == page.queries.saved.all()[GUIDE].split()
    shown.context.settings.flush()


def test_a_custom_view_of_event_viewer_comes_in_under_its_name_and_goes_out_as_one(
    qtbot: QtBot, tmp_path: Path
) -> None:
    shown, _, page = events_page(qtbot, tmp_path)
    path = tmp_path / "view.xml"
    text = custom_view(EventFilter(levels=(2,), logs=("System",)).xml(), "Node left", "Who left, and when?")
    path.write_bytes(f'<?xml version="1.0" encoding="utf-16"?>\r\n{text}'.encode("utf-16"))
    page.queries.import_query(path).wait()
    qtbot.waitUntil(lambda: named(page, "Query").currentText() == "Node left")
    at_rest(qtbot, page)
    assert filter_of(page.queries.xml) == EventFilter(levels=(2,), logs=("System",))
    assert named(page, "Query").toolTip() == "Who left, and when?"
    page.queries.export_query(tmp_path / "again.xml", as_view=True).wait()
    qtbot.waitUntil(lambda: bool(shown.messages.strips))
    again = read_query(tmp_path / "again.xml")
    assert (again.name, again.description) == ("Node left", "Who left, and when?")
    shown.context.settings.flush()


def test_a_file_without_a_query_is_told_with_the_place(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _, page = events_page(qtbot, tmp_path)
    (tmp_path / "broken.xml").write_text("<QueryList>\n<Quer/></QueryList>")
    page.queries.import_query(tmp_path / "broken.xml").wait()
    qtbot.waitUntil(lambda: bool(shown.messages.strips))
    assert "line 2, column 1" in shown.messages.strips[0].text


# Recent events


def test_the_counts_of_the_cluster_page_lead_to_these_events_and_can_be_reset(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    shown.select(Selection(Place.CLUSTER))
    assert shown.workspace is not None
    link: Any = shown.page.events  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: "Error" in link.text())
    link.click()
    page: Any = at_rest(qtbot, shown.page)
    assert named(page, "Query").currentText() == RECENT
    assert {"Error", "Warning", "Critical"} >= set(column(page, "Level"))
    button = shown.actions_pane.container.button("reset-recent-events")
    assert button is not None
    button.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    shown.select(Selection(Place.CLUSTER))
    qtbot.waitUntil(lambda: link.text() == "None in the last 24 hours")
    assert shown.workspace.events.reset_at > 0


# Export


@pytest.mark.parametrize("suffix", ["evtx", "csv", "html"])
def test_the_events_of_the_list_are_written_to_a_file(suffix: str, qtbot: QtBot, tmp_path: Path) -> None:
    shown, _, page = events_page(qtbot, tmp_path)
    path = tmp_path / f"out.{suffix}"
    page.write(path, suffix)
    qtbot.waitUntil(lambda: not page.export_bar.is_busy)
    assert f"{page.model.rowCount()} events were written to {path}" in shown.messages.strips[0].text
    assert path.stat().st_size > 0
    assert not page.export_bar.isVisible()


def test_an_export_that_is_canceled_leaves_no_file(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, _, page = events_page(qtbot, tmp_path)
    begun, go_on = threading.Event(), threading.Event()
    real = page.export_bar.report_progress

    def slow(done: int, total: int) -> bool:
        begun.set()
        go_on.wait(stretched(PATIENCE))
        return bool(real(done, total))

    monkeypatch.setattr(page.export_bar, "report_progress", slow)
    page.write(tmp_path / "out.evtx", "evtx")
    assert begun.wait(stretched(PATIENCE))
    press(qtbot, page, "Cancel export")
    go_on.set()
    qtbot.waitUntil(lambda: not page.export_bar.is_busy)
    assert "canceled" in shown.messages.strips[0].text
    assert not (tmp_path / "out.evtx").exists()


def test_the_cluster_logs_of_all_nodes_are_written_to_a_folder(qtbot: QtBot, tmp_path: Path) -> None:
    _, _, page = events_page(qtbot, tmp_path)
    page.write(tmp_path / "logs", "log")
    qtbot.waitUntil(lambda: not page.export_bar.is_busy)
    found = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert found == [f"{name}_cluster.log" for name in sorted(page.state.nodes)]


def test_export_list_writes_all_events_and_not_only_those_that_were_read(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _, page = events_page(qtbot, tmp_path)
    asked: list[str] = []
    page.model.ask_export = lambda: asked.append("csv")
    shown.export_list()
    assert asked == ["csv"]


def test_without_room_the_source_is_hidden_before_the_name_of_a_node_is_cut(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _, page = events_page(qtbot, tmp_path)
    table = page.findChild(TableView)
    titles = [one.title for one in page.model.columns]
    node, source = titles.index("Node"), titles.index("Source")
    for width in (1600, 1280, 1024):
        shown.resize(width, 700)
        at_rest(qtbot, page)
        assert table.columnWidth(node) >= table.sizeHintForColumn(node)
    assert table.isColumnHidden(source)
    shown.resize(2000, 700)
    at_rest(qtbot, page)
    assert not table.isColumnHidden(source)
