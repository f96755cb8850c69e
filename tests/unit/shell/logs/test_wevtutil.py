"""wevtutil as its documentation has it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from evtx import PyEvtxParser

from fcm.backend.embedded import open_embedded
from fcm.shell.runtime.session import ShellSession
from fcm.workspace.files.journal import Journal
from fcm.workspace.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.shell.desk import ShellDesk

SPACE = "{http://schemas.microsoft.com/win/2004/08/events/event}"


@pytest.fixture
def busy(desk: ShellDesk) -> ShellDesk:
    """A node was lost."""
    desk.must("Stop-ClusterNode node2 | Out-Null")
    desk.write("1135", "node1", node="node2")
    desk.must("Start-Sleep 30")
    desk.must("wevtutil epl System system.evtx")
    return desk


def figures(lines: list[str]) -> dict[str, str]:
    return {name.strip(): value for name, _, value in (line.partition(": ") for line in lines)}


def test_a_log_file_is_read_as_the_log_is(busy: ShellDesk) -> None:
    of_log = busy.must("wevtutil qe System /f:text")
    of_file = busy.must("wevtutil qe system.evtx /lf:true /f:text")
    assert len(of_log) == len(of_file)
    assert [one for one in of_log if "Date" not in one] == [one for one in of_file if "Date" not in one]
    ids = [ET.fromstring(one).findtext(f"{SPACE}System/{SPACE}EventID")
           for one in busy.must("wevtutil qe system.evtx /logfile:true '/q:*[System[EventID=1135]]'")]  # fmt: skip
    assert ids == ["1135"]


def test_newest_first_and_so_many_at_most(busy: ShellDesk) -> None:
    first, last = (busy.must(f"wevtutil qe system.evtx /lf:true /c:1 /rd:{way}")[0] for way in ("false", "true"))
    everything = busy.must("wevtutil qe system.evtx /lf:true")
    assert (first, last) == (everything[0], everything[-1])


def test_a_root_element_makes_a_document_of_the_events(busy: ShellDesk) -> None:
    root = ET.fromstring("\n".join(busy.must("wevtutil qe System /e:Events")))
    assert (root.tag, {one.tag for one in root}) == ("Events", {f"{SPACE}Event"})
    rendered = ET.fromstring(busy.must("wevtutil qe System /c:1 /f:RenderedXml")[0])
    assert "node2" in (rendered.findtext(f"{SPACE}RenderingInfo/{SPACE}Message") or "")


def test_a_structured_query_may_stand_after_q_and_name_files(busy: ShellDesk) -> None:
    query = '<QueryList><Query><Select Path="file://system.evtx">*[System[EventID=1135]]</Select></Query></QueryList>'
    assert len(busy.must(f"wevtutil qe System '/q:{query}'")) == 1
    (busy.folder / "q.xml").write_bytes(f'<?xml version="1.0" encoding="utf-16"?>{query}'.encode("utf-16"))
    assert len(busy.must("wevtutil qe q.xml /sq:true")) == 1


def test_the_state_of_a_log_and_of_a_file(busy: ShellDesk) -> None:
    of_log, of_file = (figures(busy.must(f"wevtutil gli {what}")) for what in ("System", "system.evtx /lf:true"))
    assert of_log["numberOfLogRecords"] == of_file["numberOfLogRecords"] == str(len(busy.must("wevtutil qe System")))
    assert (of_log["fileSize"], of_file["fileSize"]) == ("69632", "69632")
    assert of_log["lastWriteTime"].endswith("Z")


def test_clearing_keeps_the_events_in_a_file_and_the_state_as_it_is(busy: ShellDesk) -> None:
    count, state = len(busy.must("wevtutil qe System")), busy.state
    busy.must("wevtutil cl System /bu:before.evtx")
    assert busy.must("wevtutil qe System") == []
    assert busy.must("Get-ClusterEvent System") == []
    assert sum(1 for _ in PyEvtxParser(str(busy.folder / "before.evtx")).records()) == count
    assert busy.state == state
    busy.must("Suspend-ClusterNode node3 | Out-Null")
    assert busy.must("wevtutil qe System")


def test_a_log_that_was_cleared_and_limited_is_so_in_the_next_session(tmp_path: Path) -> None:
    def opened() -> Workspace:
        journal = Journal.open(tmp_path / "one.journal", "embedded:contoso")
        workspace = Workspace(open_embedded("contoso", seed=1), journal)
        workspace.open()
        return workspace

    first = opened()
    session = ShellSession(first)
    assert session.execute("Suspend-ClusterNode node3 | Out-Null; wevtutil sl fcm /ms:70000 /rt:true /ab:true").ok
    assert session.execute("wevtutil cl System; wevtutil cl Microsoft-Windows-FailoverClustering-Operational").ok
    first.close()
    second = opened()
    session = ShellSession(second)
    assert session.execute("wevtutil qe System").objects == []
    shown = figures([str(one) for one in session.execute("wevtutil gl fcm").objects])
    assert (shown["maxSize"], shown["retention"], shown["autoBackup"]) == ("1048576", "true", "true")
    second.close()


def test_a_log_is_set_as_a_configuration_file_says(busy: ShellDesk) -> None:
    text = busy.must("wevtutil gl System /f:xml")[0]
    changed = text.replace("<retention>false", "<retention>true").replace(
        "</logging>", "<maxSize>9000000</maxSize></logging>"
    )
    (busy.folder / "config.xml").write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{changed}')
    busy.must("wevtutil sl /c:config.xml")
    shown = figures(busy.must("wevtutil gl System"))
    assert (shown["retention"], shown["maxSize"], shown["enabled"]) == ("true", "9043968", "true")


def test_providers_are_listed_and_shown(busy: ShellDesk) -> None:
    names = busy.must("wevtutil ep")
    assert "Microsoft-Windows-FailoverClustering" in names
    assert all(busy.must(f"wevtutil gp '{name}'")[0] == f"name: {name}" for name in names)


def test_a_whole_file_is_exported_as_it_is(busy: ShellDesk) -> None:
    busy.must("wevtutil epl system.evtx again.evtx /lf:true")
    assert (busy.folder / "again.evtx").read_bytes() == (busy.folder / "system.evtx").read_bytes()
    busy.must("wevtutil epl system.evtx some.evtx /lf:true '/q:*[System[EventID=1135]]'")
    assert len(busy.must("wevtutil qe some.evtx /lf:true")) == 1


def test_a_damaged_file_gives_its_other_events_and_an_error(busy: ShellDesk) -> None:
    raw = bytearray((busy.folder / "system.evtx").read_bytes())
    raw += b"ElfChnk\0" + b"\xff" * 65528
    (busy.folder / "system.evtx").write_bytes(raw)
    results = busy.run("wevtutil qe system.evtx /lf:true")
    assert len(results.objects) == len(busy.must("wevtutil qe System"))
    assert "1 of 2 chunks are damaged (2)" in results.errors[0].message


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("wevtutil", "requires a command"),
        ("wevtutil xx", "no command 'xx'"),
        ("wevtutil im a.xml", "im is not supported"),
        ("wevtutil qe System /bm:a.xml", "/bm is not supported"),
        ("wevtutil qe System /r:node1", "/r is not supported"),
        ("wevtutil sl System /ca:O:BAG:SY", "/ca is not supported"),
        ("wevtutil qe System /zz:1", "Unknown option /zz:1"),
        ("wevtutil qe System /c:many", "/c requires a number"),
        ("wevtutil qe System /e:1x", "/e requires the name of an element"),
        ("wevtutil qe System /e:x /f:text", "/e requires XML output"),
        ("wevtutil qe q.xml /sq:true /q:*", "/sq reads the complete query"),
        ("wevtutil qe nothing.evtx /lf:true", "does not exist"),
        ("wevtutil qe text.txt /lf:true", "not an event log"),
        ("wevtutil qe System '/q:*[contains(a)]'", "Character 3: contains() is not in the XPath"),
        ("wevtutil cl Nowhere", "no event log"),
        ("wevtutil cl System /bu:system.evtx", "already exists"),
        ("wevtutil sl System", "No setting is specified"),
        ("wevtutil sl System /ms:big", "/ms requires a size in bytes"),
        ("wevtutil sl System /rt:false /ab:true", "cannot be backed up"),
        ("wevtutil sl System /rt:true /ab:true", "in memory"),
        ("wevtutil gp Nobody", "no provider 'Nobody'"),
        ("wevtutil sl /c:text.txt", "not a log configuration"),
    ],
)
def test_what_cannot_be_done_is_said_in_words_and_nothing_is_changed(busy: ShellDesk, line: str, words: str) -> None:
    (busy.folder / "text.txt").write_text("hello")
    before = busy.must("wevtutil qe System"), busy.must("wevtutil gl System")
    error = busy.run(line).errors[0]
    assert words in error.message
    assert (busy.must("wevtutil qe System"), busy.must("wevtutil gl System")) == before
