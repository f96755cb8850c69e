from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from evtx import PyEvtxParser

from fcm.backend.base import NodeLogError
from fcm.logs.evtx import ExportStoppedError
from fcm.workspace.events.event_export import FORMATS, export_cluster_logs, export_events
from fcm.workspace.events.event_log import EventLog
from tests.unit.logs.test_evtx import record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNT = 2500


@pytest.fixture
def events() -> Iterator[EventLog]:
    log = EventLog()
    log.append([record(number, text=f"größe <{number}>", nodes=("node1",), fact="X") for number in range(1, COUNT + 1)])
    yield log
    log.close()


def go_on(done: int, total: int) -> bool:
    """The progress of an export that nobody stops."""
    return done <= total


def rows_of(path: Path) -> list[tuple[str, str]]:
    """Number and text of each event of an exported file."""
    content = path.read_text(encoding="utf-8") if path.suffix != ".evtx" else ""
    match path.suffix:
        case ".evtx":
            found = [ET.fromstring(item["data"]) for item in PyEvtxParser(str(path)).records()]
            return [_of_xml(one) for one in found]
        case ".xml":
            return [_of_xml(one) for one in ET.fromstring(content)]
        case ".csv":
            return [(row["Event ID"], row["Description"]) for row in csv.DictReader(content.splitlines())]
        case ".json":
            return [(str(item["Id"]), item["Message"]) for item in json.loads(content)]
        case _:
            page = _Page()
            page.feed(content)
            return page.rows


def _of_xml(root: ET.Element) -> tuple[str, str]:
    space = "{http://schemas.microsoft.com/win/2004/08/events/event}"
    texts = [one.text or "" for one in root.iter(f"{space}Data") if one.get("Name") == "VmName"]
    return root.findtext(f"{space}System/{space}EventID") or "", texts[0].replace("VM ", "größe <") + ">"


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, str]] = []
        self.kind = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.kind = dict(attributes).get("class") or "" if tag == "td" else ""

    def handle_data(self, data: str) -> None:
        if self.kind == "number":
            self.rows.append((data, ""))
        if self.kind == "text":
            self.rows[-1] = (self.rows[-1][0], data)
        self.kind = ""


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_holds_every_event_in_its_order(suffix: str, events: EventLog, tmp_path: Path) -> None:
    numbers = list(range(COUNT, 0, -1))
    path = tmp_path / f"events.{suffix}"
    assert export_events(events, numbers, path, go_on) == COUNT
    assert rows_of(path) == [("20415", f"größe <{number}>") for number in numbers]


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_export_that_is_stopped_leaves_no_file(suffix: str, events: EventLog, tmp_path: Path) -> None:
    with pytest.raises(ExportStoppedError):
        export_events(events, range(1, COUNT), tmp_path / f"events.{suffix}", lambda done, total: done < 2000)
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_fails_leaves_the_file_that_was_there(events: EventLog, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("as before")
    events.close()
    with pytest.raises(Exception, match="was closed"):
        export_events(events, range(1, 10), path, go_on)
    assert [one.read_text() for one in tmp_path.iterdir()] == ["as before"]


def test_a_text_is_no_formula_in_a_spreadsheet(tmp_path: Path) -> None:
    log = EventLog()
    log.append([record(1, text="=1+1", computer="@node")])
    export_events(log, [1], tmp_path / "events.csv", go_on)
    (row,) = csv.DictReader((tmp_path / "events.csv").read_text(encoding="utf-8").splitlines())
    assert (row["Description"], row["Computer"]) == ("'=1+1", "'@node")
    log.close()


def test_another_suffix_is_refused_in_words(events: EventLog, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"Use \.evtx"):
        export_events(events, [1], tmp_path / "events.doc", go_on)


def test_cluster_logs_are_written_for_each_node(events: EventLog, tmp_path: Path) -> None:
    files = export_cluster_logs(events, range(1, 11), ("node1", "node2"), tmp_path / "new", go_on)
    assert [path.name for path in files] == ["node1_cluster.log", "node2_cluster.log"]
    assert [len(path.read_bytes().splitlines()) for path in files] == [11, 1]
    with pytest.raises(ExportStoppedError):
        export_cluster_logs(events, range(1, 11), ("node3",), tmp_path, lambda done, total: False)
    assert not (tmp_path / "node3_cluster.log").exists()


def test_a_cluster_log_has_what_the_node_logged_itself_at_its_place(events: EventLog, tmp_path: Path) -> None:
    export_cluster_logs(events, range(1, 11), ("node1",), tmp_path, go_on)
    own = "00000001.00000001::2999/01/01-00:00:00.000 INFO  [MAIN] the last"

    def node_log(node: str) -> list[str]:
        if node == "node2":
            raise NodeLogError("node2 is off.")
        return ["00000001.00000001::1999/01/01-00:00:00.000 INFO  [MAIN] the first", own]

    before = (tmp_path / "node1_cluster.log").read_text(encoding="utf-8").splitlines()
    paths = export_cluster_logs(events, range(1, 11), ("node1", "node2"), tmp_path, go_on, node_log, 4e9)
    lines = paths[0].read_text(encoding="utf-8").splitlines()
    assert lines[0].endswith("the first")
    assert lines[-1] == own
    assert lines[1:-1] == before
    last = paths[1].read_text(encoding="utf-8").splitlines()[-1]
    assert last.endswith("WARN  [LOG] The logs of node2 could not be read: node2 is off.")
