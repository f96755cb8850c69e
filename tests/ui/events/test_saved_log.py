"""Open Saved Log: the events of a file in place of those of the cluster, with all that the page can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.logs.evtx import write_evtx
from fcm.logs.queries.form import EventFilter
from tests.ui.events.test_events import at_rest, column, events_page, press
from tests.ui.window_by_hand import named
from tests.unit.logs.test_evtx import record

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


def log_file(path: Path, count: int = 300) -> Path:
    with path.open("wb") as file:
        write_evtx(
            file,
            [
                record(number, channel="Application", provider="MsiInstaller", id=1000, level=2 + number % 3,
                       data=(("Product", f"Setup {number}"), ("Text", f"Installed {number}.")))
                for number in range(1, count + 1)
            ],
        )  # fmt: skip
    return path


def with_file(qtbot: QtBot, folder: Path, path: Path) -> tuple[Any, Any]:
    """The page with a file that was chosen in the dialog of its button."""
    shown, _, page = events_page(qtbot, folder)
    dialog = page.saved_log.ask()
    dialog.fileSelected.emit(str(path))
    dialog.close()
    qtbot.waitUntil(lambda: not page.saved_log.is_busy)
    return shown, at_rest(qtbot, page)


def test_the_events_of_a_file_are_shown_newest_first_and_those_of_the_cluster_come_back(
    qtbot: QtBot, tmp_path: Path
) -> None:
    shown, page = with_file(qtbot, tmp_path, log_file(tmp_path / "other.evtx"))
    qtbot.waitUntil(lambda: page.model.rowCount() == 300)
    qtbot.waitUntil(lambda: column(page, "Description")[:2] == ["Installed 300.", "Installed 299."])
    assert named(shown, "Close saved log").isVisible()
    press(qtbot, shown, "Close saved log")
    qtbot.waitUntil(lambda: page.model.rowCount() not in (0, 300))
    at_rest(qtbot, page)
    assert "Installed 300." not in column(page, "Description")
    assert not page.saved_log.isVisible()


def test_queries_words_and_levels_are_asked_of_the_file(qtbot: QtBot, tmp_path: Path) -> None:
    _, page = with_file(qtbot, tmp_path, log_file(tmp_path / "other.evtx"))
    page.queries.show_xml(
        "<QueryList><Query Path='System'><Select>*[EventData/Data[@Name='Product']='Setup 7' or "
        "System[EventRecordID &gt; 298]]</Select></Query></QueryList>"
    )
    qtbot.waitUntil(lambda: column(page, "Description") == ["Installed 300.", "Installed 299.", "Installed 7."])
    page.queries.show_xml(EventFilter().xml())
    page.filter.setText("installed 299.")
    qtbot.waitUntil(lambda: column(page, "Description") == ["Installed 299."])


def test_the_events_of_a_file_go_out_as_another_file(qtbot: QtBot, tmp_path: Path) -> None:
    shown, page = with_file(qtbot, tmp_path, log_file(tmp_path / "other.evtx", 5))
    qtbot.waitUntil(lambda: page.model.rowCount() == 5)
    page.write(tmp_path / "out.csv", "csv")
    qtbot.waitUntil(lambda: bool(shown.messages.strips))
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert "Date and Time (UTC)" in lines[0]
    assert len(lines) == 6
    assert "Application" in lines[1]


def test_the_xml_of_an_event_is_that_of_the_file(qtbot: QtBot, tmp_path: Path) -> None:
    _, page = with_file(qtbot, tmp_path, log_file(tmp_path / "other.evtx", 5))
    qtbot.waitUntil(lambda: page.model.rowCount() == 5)
    page.events.selectRow(0)
    qtbot.waitUntil(lambda: "Setup 5" in page.details.xml.toPlainText())
    assert "local time" in page.details.general.toPlainText()
    assert "in UTC" in page.details.general.toPlainText()


def test_a_file_that_is_none_is_told_and_the_list_stays(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "x.evtx").write_text("hello")
    shown, page = with_file(qtbot, tmp_path, tmp_path / "x.evtx")
    qtbot.waitUntil(lambda: bool(shown.messages.strips))
    assert "This is not an event log" in shown.messages.strips[0].text
    assert page.saved_log.log is None
    assert not page.saved_log.isVisible()
    assert page.model.rowCount()


def test_a_damaged_part_is_told_and_the_rest_is_shown(qtbot: QtBot, tmp_path: Path) -> None:
    raw = bytearray(log_file(tmp_path / "other.evtx").read_bytes())
    (tmp_path / "other.evtx").write_bytes(raw + b"ElfChnk\0" + b"\xff" * 65528)
    shown, page = with_file(qtbot, tmp_path, tmp_path / "other.evtx")
    qtbot.waitUntil(lambda: page.model.rowCount() == 300)
    assert "chunks are damaged" in shown.messages.strips[0].text


def test_a_query_that_names_a_file_says_how_the_file_is_opened(qtbot: QtBot, tmp_path: Path) -> None:
    _, _, page = events_page(qtbot, tmp_path)
    page.queries.show_xml("<QueryList><Query Path='file:///a.evtx'><Select>*</Select></Query></QueryList>")
    qtbot.waitUntil(lambda: not page.model.rowCount())
    assert "Open the file with Open log" in page.list.empty
